"""Working days and school days in England, as the made-up year needs them."""

from __future__ import annotations

import datetime as dt
from functools import cache

from qa_lib.calendar.working_days import WorkingDays

# Assessments pause while schools are closed around the turn of the year.
_CLOSED = (dt.date(2023, 12, 21), dt.date(2024, 1, 3))
_DAY = dt.timedelta(days=1)
_CALENDAR = WorkingDays()

#: Return the working day that lies so many working days after (before, where negative) a day.
shift = _CALENDAR.after


@cache
def school_days(month: str) -> tuple[dt.date, ...]:
    """Return the days of ``month`` on which files come in."""
    first = dt.date.fromisoformat(f"{month}-01")
    days = (first + number * _DAY for number in range(31))
    own = (day for day in days if day.month == first.month and _CALENDAR.is_working(day))
    return tuple(day for day in own if not _CLOSED[0] <= day <= _CLOSED[1])


def shift_school(day: dt.date, days: int) -> dt.date:
    """Shift as :data:`shift`, and further the same way while schools are closed."""
    moved = shift(day, days)
    while _CLOSED[0] <= moved <= _CLOSED[1]:
        moved = shift(moved, 1 if days > 0 else -1)
    return moved


def working_day_of(month: str, number: int) -> dt.date:
    """Return the ``number``-th working day of ``month``, counted from 1."""
    return shift(dt.date.fromisoformat(f"{month}-01") - _DAY, number)
