"""Academic terms, and how long it may be from one return to the next.

A provider's year runs from September to August: the framework does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable
from qa_lib.audit.deadlines import Deadline, judged
from qa_lib.audit.words import met

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


def spaced(days: pd.Series, deadline: Deadline, *, what: str, until: pd.Timestamp) -> Statement:
    """Say whether each follows the one before within a deadline, and whether the next is overdue.

    Parameters
    ----------
    days, deadline
        The days on which it was done, and how long it may be until the next.
    what
        What was done, in the plural.
    until
        The last day that is looked at.
    """
    known = days[days <= until].sort_values(ignore_index=True)
    if known.empty:
        return not_assessable(f"no day of {what} is known up to {until.date()}")
    gaps = judged(known, known.shift(-1), deadline, as_of=until)
    late = [
        f"{gap['start'].date()} to "
        + (f"{until.date()} (none since)" if gap["state"] == "overdue" else f"{gap['done'].date()}")
        for gap in gaps[gaps["state"].isin(["late", "overdue"])].to_dict("records")
    ]
    between = f"more than {deadline} between {what}"
    message = f"{between}: {', '.join(late)}" if late else f"never {between} up to {until.date()}"
    return Statement(
        status=met(not late), message=message, value=f"last on {known.iloc[-1].date()}", threshold=str(deadline)
    )
