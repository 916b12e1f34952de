"""Which months of a year a page rests on, where that is not all of those that have files."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from qa_lib.calendar.months import listed_months
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.rules.year_coverage import not_drawn


def seen_sentences(months: Collection[str], draws: Iterable[Draw], *, later: Collection[str] = ()) -> list[str]:
    """Say which months a page of a year rests on, where that is not every month with files; nothing where it is.

    Parameters
    ----------
    months
        The months of the year so far that have files.
    draws
        The year's draws.
    later
        Months after them of which the data set has files that the page was not given.
    """
    missing = not_drawn(months, draws)
    sentences = []
    if missing:
        drawn = set(months) - set(missing)
        share = f"{len(drawn)} of {len(months)} months with files ({listed_months(drawn)})"
        sentences.append(
            f"This rests on {share if drawn else 'none of the months with files'}: "
            f"{listed_months(missing)} {'is' if len(missing) == 1 else 'are'} not drawn."
        )
    if later:
        sentences.append(f"The data set has files of {listed_months(later)} too, which this page does not look at.")
    return sentences
