"""Which days and which year of the provider a period is taken to be, where nobody said (X.YEAR)."""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.answering import Statement, answers, not_assessable
from qa_lib.schemes.npq.audit import Audit


@answers("X.YEAR")
def period_taken(audit: Audit) -> Iterator[Statement]:
    """Say on which days the period begins and ends and which year of the provider it is, and what of it was guessed."""
    if not audit.period:
        yield Statement(status="information", message="no period is judged: all that is known on the day counts")
        return
    if audit.first_day is None or audit.last_day is None:
        yield not_assessable(f"on which days the period {audit.period!r} begins and ends is not known; give both")
    else:
        days = f"{audit.period} is taken from {audit.first_day.date()} to {audit.last_day.date()}"
        how = "as was given" if "days" in audit.given else "guessed from its year; give both days if they are others"
        yield Statement(status="information", message=f"{days}, {how}")
    if audit.operating_year is None:
        yield not_assessable("the data do not tell which year of the provider this is; give it")
        return
    how = "as was given" if "operating_year" in audit.given else "guessed from the first year in the data; give it"
    message = f"{audit.period} is taken as year {audit.operating_year} of the provider, {how}"
    yield Statement(status="information", message=message, value=str(audit.operating_year))
