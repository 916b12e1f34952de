"""Working days and school days in England, as the made-up year needs them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from functools import cache

import holidays

#: First and last day of the calendar: a year of preparation before the files, half a year of answers after them.
FIRST = dt.date(2022, 1, 1)
LAST = dt.date(2025, 6, 30)

# Assessments pause while schools are closed around the turn of the year.
_CLOSED = (dt.date(2023, 12, 21), dt.date(2024, 1, 3))


@cache
def working_days() -> tuple[dt.date, ...]:
    """Return all working days of the calendar: Monday to Friday without the bank holidays of England."""
    bank_holidays = set(holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST.year, LAST.year + 1)))
    days = (FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return tuple(day for day in days if day.weekday() < 5 and day not in bank_holidays)


@cache
def school_days(month: str) -> tuple[dt.date, ...]:
    """Return the days of ``month`` on which files come in."""
    days = (day for day in working_days() if day.isoformat().startswith(month))
    return tuple(day for day in days if not _CLOSED[0] <= day <= _CLOSED[1])


def is_working_day(day: dt.date) -> bool:
    """Say whether ``day`` is a working day."""
    days = working_days()
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


def shift(day: dt.date, days: int) -> dt.date:
    """Return the working day that lies ``days`` working days after (before, where negative) ``day``.

    Shifting by 0 gives the day itself, or the next working day where it is none.
    """
    calendar = working_days()
    place = bisect_left(calendar, day)
    if calendar[place] != day and days > 0:
        place -= 1
    return calendar[place + days]


def shift_school(day: dt.date, days: int) -> dt.date:
    """Shift as :func:`shift`, and further the same way while schools are closed."""
    moved = shift(day, days)
    while _CLOSED[0] <= moved <= _CLOSED[1]:
        moved = shift(moved, 1 if days > 0 else -1)
    return moved


def working_day_of(month: str, number: int) -> dt.date:
    """Return the ``number``-th working day of ``month``, counted from 1."""
    days = working_days()
    return days[bisect_left(days, dt.date.fromisoformat(f"{month}-01")) + number - 1]


def following(month: str, months: int = 1) -> str:
    """Return the month that lies ``months`` after ``month``.

    Examples
    --------
    >>> following("2023-11", 3)
    '2024-02'
    """
    year, number = map(int, month.split("-"))
    total = year * 12 + number - 1 + months
    return f"{total // 12:04d}-{total % 12 + 1:02d}"
