"""Working days of England and Wales: Monday to Friday without bank holidays, and what a Partnership adds or takes away.

Bank holidays come from the library ``holidays``. It holds those that were proclaimed once (jubilees, a coronation, a
state funeral) up to its release and computes all others by rule, from 1872 to 2100; other years are refused. What is
proclaimed later, and local closures, come from a file (:mod:`qa_lib.intake.free_days`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import holidays

from qa_lib.errors import IntakeError

#: The years for which the library knows the bank holidays.
YEARS = range(1872, 2101)
_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[dt.date]:
    """Return the bank holidays of England and Wales in a year, substitute days among them.

    Raises
    ------
    IntakeError
        If the library does not know the year: an empty answer would make every weekday a working day.
    """
    if year not in YEARS:
        raise IntakeError(
            f"a day of {year} arrived; bank holidays are known from {YEARS[0]} to {YEARS[-1]}: correct the date"
        )
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True)
class WorkingDays:
    """The calendar that deadlines are counted in. A day may be a ``date``, a ``datetime`` or a ``Timestamp``.

    Attributes
    ----------
    free_days
        What is other than the bank holidays say: day -> whether it is free. Any day can be named, a Saturday too.

    Examples
    --------
    >>> calendar = WorkingDays()
    >>> calendar.after(dt.date(2024, 3, 28), 3)  # Good Friday and Easter Monday lie between
    datetime.date(2024, 4, 4)
    >>> calendar.between(dt.date(2024, 3, 28), dt.date(2024, 4, 4))
    3
    """

    free_days: Mapping[dt.date, bool] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool:
        """Say whether a day is a working day."""
        day = _date(day)
        free = self.free_days.get(day)
        if free is None:
            return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)
        return not free

    def after(self, day: dt.date, n: int) -> dt.date:
        """Return the ``n``-th working day after a day, before it where ``n`` is negative; for 0 the day itself."""
        found, step = _date(day), 1 if n > 0 else -1
        while n:
            found += step * _DAY
            n -= step * self.is_working(found)
        return found

    def between(self, first: dt.date, last: dt.date) -> int:
        """Return how many working days lie after a day, up to and including another; negative where that is earlier."""
        first, last = _date(first), _date(last)
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + n * _DAY) for n in range(1, (last - first).days + 1))


def _date(day: dt.date) -> dt.date:
    return day.date() if isinstance(day, dt.datetime) else day
