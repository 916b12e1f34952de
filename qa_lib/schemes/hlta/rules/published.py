"""What an RPA has on its website: whether an item was there on every day of the months."""

from __future__ import annotations

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable
from qa_lib.schemes.hlta.audit import Audit


def days_judged(audit: Audit) -> pd.DatetimeIndex:
    """Return the days of the months, as far as they are past on the audit's day."""
    last = min(pd.Timestamp(f"{audit.months[-1]}-01") + pd.offsets.MonthEnd(0), audit.as_of)
    days = pd.date_range(f"{audit.months[0]}-01", last)
    return days[days.strftime("%Y-%m").isin(audit.months)]


def in_force(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series:
    """Say for each day whether one of the rows was published on it; the day of withdrawal still counts."""
    shown = pd.Series(data=False, index=days)
    withdrawn = rows["withdrawn_on"] if "withdrawn_on" in rows.columns else pd.Series(pd.NaT, index=rows.index)
    for start, end in zip(rows["published_on"], withdrawn, strict=True):
        shown |= (days >= start) & ~(days > end)
    return shown


def published(audit: Audit, item: str, name: str) -> Statement:
    """Say whether an item was published on every day of the months.

    Parameters
    ----------
    item, name
        The word of the table ``publications``, and what it is called in the message.

    Raises
    ------
    NotAssessable
        Where there is no table ``publications`` with what it needs.
    """
    rows = audit.own("publications", "item", "published_on")
    rows, days = rows[rows["item"] == item], days_judged(audit)
    if days.empty:
        return Statement(status="information", message=f"{name}: the months have not begun on {audit.as_of.date()}")
    off = days[~in_force(rows, days)]
    span = f"from {days[0].date()} to {days[-1].date()}"
    if off.empty:
        return Statement(status="met", message=f"{name}: published on every day {span}")
    if rows["published_on"].isna().any():
        return not_assessable(f"{name}: the day of publication is blank")
    which = f"any of the days {span}" if len(off) == len(days) else f"{len(off)} days, the first {off[0].date()}"
    message = f"{name}: not published on {which}; expected on every day"
    return Statement(status="breach", message=message, value=str(len(days) - len(off)), threshold=str(len(days)))
