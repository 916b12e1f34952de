"""Academic terms, and months between self-assessments or returns.

A provider's year runs from September to August: the framework does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement
from qa_lib.schemes.npq.audit import Audit, year_number

TERMS = ("autumn", "spring", "summer")


def year_end(begun: int) -> pd.Timestamp:
    """Return the last day of the provider's year that begins in a calendar year."""
    return pd.Timestamp(begun + 1, 8, 31)


def terms_in(first: pd.Timestamp, last: pd.Timestamp, value: Mapping[str, Any]) -> list[str]:
    """Return the terms that a period touches, or that lie in it from end to end, in order.

    Parameters
    ----------
    first, last
        Both days are in the period.
    value
        The value of NPQ.REQ.3: months of the terms, and ``counted``: ``touched`` or ``whole``.

    Examples
    --------
    >>> months = {f"{term}_{end}_month": month for term, pair in zip(TERMS, [(9, 12), (1, 3), (4, 7)], strict=True)
    ...           for end, month in zip(("first", "last"), pair, strict=True)}
    >>> terms_in(pd.Timestamp("2018-12-31"), pd.Timestamp("2019-03-31"), months | {"counted": "touched"})
    ['autumn 2018', 'spring 2019']
    >>> terms_in(pd.Timestamp("2018-12-31"), pd.Timestamp("2019-03-31"), months | {"counted": "whole"})
    ['spring 2019']
    """
    found = []
    for year in range(first.year, last.year + 1):
        for term in TERMS:
            begin = pd.Timestamp(year, value[f"{term}_first_month"], 1)
            end = pd.Timestamp(year, value[f"{term}_last_month"], 1) + pd.offsets.MonthEnd(0)
            whole = first <= begin and end <= last
            touched = begin <= last and first <= end
            if whole if value["counted"] == "whole" else touched:
                found.append((begin, f"{term} {year}"))
    return [name for _, name in sorted(found)]


def overdue(days: Sequence[pd.Timestamp], *, months: int, as_of: pd.Timestamp) -> list[str]:
    """Return in words where more than so many calendar months lie between two days, or since the last.

    Examples
    --------
    >>> days = [pd.Timestamp("2018-08-31"), pd.Timestamp("2019-02-28")]
    >>> overdue(days, months=6, as_of=pd.Timestamp("2019-08-28"))
    []
    >>> overdue(days, months=6, as_of=pd.Timestamp("2019-08-29"))
    ['2019-02-28 to 2019-08-29 (none since)']
    """
    step = pd.DateOffset(months=months)
    late = [f"{first.date()} to {after.date()}" for first, after in pairwise(days) if after > first + step]
    if days and as_of > days[-1] + step:
        late.append(f"{days[-1].date()} to {as_of.date()} (none since)")
    return late


def spaced(audit: Audit, days: pd.Series, months: int, *, what: str, early: int | None = None) -> Iterator[Statement]:
    """Yield whether no more than so many calendar months lie between two days, and since the last.

    Parameters
    ----------
    audit, days, months
        The audit, the days on which it was done, and the most months between two.
    what
        What was done, in the plural.
    early
        Asked in so many first years of the provider only; None: always.

    Raises
    ------
    NotAssessable
        If no day is known, or not in which year of the provider they are.
    """
    until = audit.as_of
    if early is not None:
        year, begun = audit.operating_year, year_number(audit.period)
        if year is None or begun is None:
            raise NotAssessable(f"the data do not tell which year of the provider this is; {what} depend on it")
        if year > early:
            message = f"not applicable in year {year}: {what} every {months} months are of years 1 to {early}"
            yield Statement(status="information", message=message)
            return
        until = min(until, year_end(begun - year + early))
    known = sorted(day for day in days.dropna() if day <= until)
    if not known:
        raise NotAssessable(f"no day of {what} is known up to {until.date()}")
    late = overdue(known, months=months, as_of=until)
    value: dict[str, Any] = {"value": f"last on {known[-1].date()}", "threshold": f"{months} months"}
    if late:
        yield Statement(
            status="breach", message=f"more than {months} months between {what}: {', '.join(late)}", **value
        )
    else:
        yield Statement(
            status="met", message=f"never more than {months} months between {what} up to {until.date()}", **value
        )
