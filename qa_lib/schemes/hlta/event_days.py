"""When a month's moderation took place, or until when it may still take place."""

from __future__ import annotations

import pandas as pd

from qa_lib.audit.answering import once
from qa_lib.schemes.hlta.audit import Audit


def last_day(month: str) -> pd.Timestamp:
    """Return the day until which a month's event may still come: the end of the month after (our reading)."""
    return pd.Timestamp(f"{month}-01") + pd.offsets.MonthEnd(2)


@once
def event_days(audit: Audit) -> dict[str, list[pd.Timestamp]]:
    """Return the days of the RPA's events by month, ascending; none where the data set has no events."""
    if not audit.has("events", "rpa", "month", "event_on"):
        return {}
    events = audit.own("events").dropna(subset=["event_on"]).sort_values("event_on")
    return {str(month): days.tolist() for month, days in events.groupby("month")["event_on"]}


def event_day(audit: Audit, month: str, part: str = "month") -> pd.Timestamp | None:
    """Return the day of a month's own event, or of the event of its late files; None while it is not known."""
    days = event_days(audit).get(month, [])
    place = 0 if part == "month" else int(part.rpartition("-")[2])
    return days[place] if place < len(days) else None


def event_over(audit: Audit, month: str, part: str = "month") -> bool:
    """Say whether a month's event has been: it is known, or it can no longer come."""
    return event_day(audit, month, part) is not None or audit.as_of >= last_day(month)
