"""How often chance alone would do this: a group off by so many points, or so many groups at once.

In a fair provider it does not matter who is in which group. So the outcomes are handed out to the same people anew:
for one group all ways of doing that are counted exactly (the hypergeometric distribution); for all groups at once,
which share people, many made-up years are drawn from a seed and each is compared as the real one was.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from qa_lib.errors import NothingToShow, RunError
from qa_lib.parameter_values import as_whole, as_wholes
from qa_lib.reports.cells import percent_text
from qa_lib.reports.charts import BLUE, ORANGE, Chart, house_figure, need_columns, or_nothing
from qa_lib.statistics.counting import read_outcome
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.hypergeometric import exact_cumulative
from qa_lib.statistics.inputs import rate

_MOST_CELLS = 20_000_000


def chance_of_flag(size: int, *, people: int, successes: int, margin: str | Fraction = "0.10") -> Fraction:
    """Return the exact chance that a group of a fair provider is more than the margin off the overall rate.

    Parameters
    ----------
    size
        People in the group.
    people, successes
        Of the whole provider and level, the group included.
    margin
        The rule's threshold, in points.

    Raises
    ------
    RunError
        If the numbers do not fit one another.

    Examples
    --------
    >>> round(float(chance_of_flag(10, people=200, successes=180)), 4)
    0.0653
    >>> chance_of_flag(200, people=200, successes=180)
    Fraction(0, 1)
    """
    if not (0 <= successes <= people and 1 <= size <= people):
        raise RunError(
            f"a group of {size} among {people} people with {successes} successes cannot be; "
            "give 1 or more in the group, no more than there are people, and no more successes than people"
        )
    limit = rate(margin, name="margin")
    overall = Fraction(successes, people)
    lowest, highest = max(0, size + successes - people), min(size, successes)
    inside = [k for k in range(lowest, highest + 1) if abs(Fraction(k, size) - overall) <= limit]
    if not inside:
        return Fraction(1)
    first, last = (exact_cumulative(k, size, successes, people) for k in (inside[0] - 1, inside[-1]))
    return 1 - (last - first)


def chance_by_size(
    sizes: Sequence[int], *, people: int, successes: int, margin: str | Fraction = "0.10"
) -> pd.DataFrame:
    """Return :func:`chance_of_flag` for groups of several sizes: ``size, chance``."""
    people, successes = as_whole(people, name="overall_people"), as_whole(successes, name="overall_successes")
    wholes = as_wholes(sizes, name="group_sizes")
    chances = [chance_of_flag(size, people=people, successes=successes, margin=margin) for size in wholes]
    return pd.DataFrame({"size": wholes, "chance": [float(chance) for chance in chances]})


def fair_years(
    people: pd.DataFrame,
    *,
    outcome: str,
    groups: Sequence[str],
    years: int,
    seed: int,
    margin: str | Fraction = "0.10",
) -> pd.DataFrame:
    """Return what the rule and the tests would say of made-up years in which the groups do not matter.

    Parameters
    ----------
    people
        One row per person of one provider and level; those whose outcome is missing are left out.
    outcome, groups, margin
        As in ``compare_groups``.
    years
        How many years to make up.
    seed
        The same seed gives the same years.

    Returns
    -------
    DataFrame
        ``year, flagged, different``: how many groups were over the threshold, and how many were called different.

    Raises
    ------
    NothingToShow
        If nobody is left.
    RunError
        If people times years are too many, or no year is asked for.
    """
    years, seed = as_whole(years, name="years"), as_whole(seed, name="chance_seed")
    known = people[read_outcome(people[outcome]) >= 0].reset_index(drop=True)
    if known.empty:
        raise NothingToShow(f"of none of the {len(people)} people is the outcome {outcome} known yet")
    cells = len(known) * len(groups) * years
    if not 0 < cells <= _MOST_CELLS:
        most = _MOST_CELLS // max(len(known) * len(groups), 1)
        raise RunError(f"{years} years of {len(known)} people cannot be made up; give 1 to {most} years, and people")
    hit = np.sort(read_outcome(known[outcome]))
    made = np.random.Generator(np.random.PCG64(seed)).permuted(np.tile(hit, (years, 1)), axis=1)
    long = pd.concat([known[list(groups)]] * years, ignore_index=True)
    long["_year"], long["_hit"] = np.repeat(np.arange(years), len(known)), made.ravel()
    result = compare_groups(long, outcome="_hit", groups=list(groups), within="_year", margin=margin)
    counted = result.assign(flagged=result["flag"], different=result["verdict"].str.startswith("different"))
    by_year = counted.assign(year=counted["_year"].astype("int64")).groupby("year")[["flagged", "different"]].sum()
    return by_year.astype("int64").reset_index()


def fair_shares(years: pd.DataFrame, *, observed: int) -> pd.DataFrame:
    """Return how the made-up years are shared out by number of flagged groups: ``flagged, share, observed``."""
    need_columns(years, ["flagged", "different"])
    most = max(int(years["flagged"].max()), observed)
    counts = years["flagged"].value_counts().reindex(range(most + 1), fill_value=0)
    return pd.DataFrame(
        {
            "flagged": range(most + 1),
            "share": (counts / len(years)).to_list(),
            "observed": ["this year" if number == observed else "" for number in range(most + 1)],
        }
    )


def fair_sentences(years: pd.DataFrame, *, observed: int) -> list[str]:
    """Return what the made-up years say of the real one."""
    flagged, different = years["flagged"], years["different"]
    some, as_many = float((flagged > 0).mean()), float((flagged >= observed).mean())
    called = float((different > 0).mean())
    return [
        f"In {len(years):,} made-up years with the same people, in which no group matters, the rule flags at least one "
        f"group in {percent_text(some)} of the years, and {observed} or more groups in {percent_text(as_many)}.",
        f"The tests, with Holm's adjustment, call some group different in {percent_text(called)} of these years.",
        "A result that chance gives often says little about these people. It does not say that all is well.",
    ]


@or_nothing
def fair_chart(shares: pd.DataFrame, *, title: str) -> Chart:
    """Draw :func:`fair_shares` as bars, this year's in another colour and named."""
    need_columns(shares, ["flagged", "share", "observed"])
    with house_figure(title, height=3.6) as (figure, (axis,)):
        colours = [ORANGE if mark else BLUE for mark in shares["observed"]]
        bars = axis.bar(shares["flagged"], shares["share"], color=colours, width=0.8)
        axis.bar_label(bars, labels=list(shares["observed"]), padding=3, fontweight="bold")
        axis.set_xticks(range(0, len(shares), max(1, len(shares) // 12)))
        axis.set_ylim(0, float(shares["share"].max()) * 1.15)
        axis.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        axis.set_xlabel("groups over the threshold in a year")
        axis.set_ylabel("share of made-up years")
        axis.grid(visible=False, axis="x")
    return Chart(figure, _fair_words(shares))


def _fair_words(shares: pd.DataFrame) -> str:
    there = shares[shares["share"] > 0]
    parts = [f"{row['flagged']} in {percent_text(row['share'])}" for row in there.to_dict("records")]
    marked = ", ".join(str(number) for number in shares.loc[shares["observed"] != "", "flagged"])
    start = "Bars of how many groups chance alone puts over the threshold in a year"
    return f"{start}: {', '.join(parts)}. This year: {marked}."


@or_nothing
def chance_chart(frame: pd.DataFrame, *, title: str) -> Chart:
    """Draw :func:`chance_by_size` as a line: small groups are flagged by chance, large ones hardly."""
    need_columns(frame, ["size", "chance"])
    ordered = frame.sort_values("size")
    with house_figure(title, height=3.4) as (figure, (axis,)):
        axis.plot(ordered["size"], ordered["chance"], "o-", color=BLUE, linewidth=2, markersize=5, clip_on=False)
        axis.set_ylim(0, max(float(ordered["chance"].max()) * 1.15, 0.1))
        axis.yaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 6):g} %")
        axis.set_xlabel("people in the group")
        axis.set_ylabel("chance of a flag")
    parts = [f"{row['size']:g} people {percent_text(row['chance'])}" for row in ordered.to_dict("records")]
    start = "Line of the chance that a fair provider's group is over the threshold, by its size"
    return Chart(figure, f"{start}: {', '.join(parts)}.")
