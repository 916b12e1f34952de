"""Academic terms, and how long it may be from one return to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable
from qa_lib.audit.deadlines import Deadline, judged

TERMS = ("autumn", "spring", "summer")


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


def spaced(
    days: pd.Series, deadline: Deadline, *, what: str, start: pd.Timestamp | None, until: pd.Timestamp
) -> Statement:
    """Say whether each follows the one before within a deadline, the first the start, and whether the next is overdue.

    Parameters
    ----------
    days, deadline
        The days on which it was done, and how long it may be until the next.
    what
        What was done, in the plural.
    start
        The provider's first day, where it is known.
    until
        The last day that is looked at.
    """
    known = days[days <= until].sort_values(ignore_index=True)
    last = f"last on {known.iloc[-1].date()}" if len(known) else "none"
    begun = pd.Series([] if start is None else [min([start, *known])], dtype="datetime64[ns]")
    points = pd.concat([begun, known], ignore_index=True)
    if points.empty:
        return not_assessable(f"neither a day of {what} nor the provider's first day is known up to {until.date()}")
    gaps = judged(points, points.shift(-1), deadline, as_of=until)
    late = [
        ("the start on " if place < len(begun) else "")
        + f"{gap['start'].date()} to "
        + (f"{until.date()} (none since)" if gap["state"] == "overdue" else f"{gap['done'].date()}")
        for place, gap in enumerate(gaps.to_dict("records"))
        if gap["state"] in ("late", "overdue")
    ]
    between, figure = f"more than {deadline} between {what}", {"value": last, "threshold": str(deadline)}
    if late:
        return Statement(status="breach", message=f"{between}: {', '.join(late)}", **figure)
    if start is None or known.empty:
        unknown = (
            "the provider's first day is not known"
            if start is None
            else f"the first is due by {gaps['due'].max().date()}"
        )
        return not_assessable(f"{unknown}; never {between} up to {until.date()}", **figure)
    message = f"never {between}, from the start on {points[0].date()} up to {until.date()}"
    return Statement(status="met", message=message, **figure)
