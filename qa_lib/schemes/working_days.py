"""Working days of England and Wales: Monday to Friday without bank holidays, and what a Partnership adds or takes away.

Bank holidays come from the library ``holidays``. It holds those that were proclaimed once (jubilees, a coronation, a
state funeral) up to its release and computes all others by rule, from 1872 to 2100; other years are refused. What is
proclaimed later, and local closures, come from a file (:func:`read_free_days`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import holidays

from qa_lib.errors import IntakeError
from qa_lib.intake.dates import parse_date
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Place
from qa_lib.intake.raw import TEXT
from qa_lib.intake.values import parse
from qa_lib.tables.vocabulary import Column

#: The years for which the library knows the bank holidays.
YEARS = range(1872, 2101)
_COLUMNS = ("day", "free", "reason")
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
        """Return the ``n``-th working day after a day, which is itself not counted; for 0 the day itself."""
        if n < 0:
            raise ValueError(f"n is {n}; expected 0 or more working days after")
        found = _date(day)
        while n:
            found += _DAY
            n -= self.is_working(found)
        return found

    def between(self, first: dt.date, last: dt.date) -> int:
        """Return how many working days lie after a day, up to and including another; negative where that is earlier."""
        first, last = _date(first), _date(last)
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + n * _DAY) for n in range(1, (last - first).days + 1))


def _date(day: dt.date) -> dt.date:
    return day.date() if isinstance(day, dt.datetime) else day


def read_free_days(path: str | Path) -> dict[dt.date, bool]:
    """Read the days on which a Partnership differs from the bank holidays.

    Parameters
    ----------
    path
        A CSV file with the columns ``day``, ``free`` (yes or no) and ``reason``: a bank holiday proclaimed since, a
        local closure, or a bank holiday on which people work.

    Returns
    -------
    dict
        Day -> whether it is free, ascending; for :class:`WorkingDays`.

    Raises
    ------
    IntakeError
        If the file cannot be read, or with every fault of it, one per line of the message.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise IntakeError(
            f"the file of free days {file.name!r} cannot be read ({error.strerror}); "
            "expected a CSV file with the columns day, free and reason"
        ) from None
    days: dict[dt.date, bool] = {}
    faults = list(_read(data, file.name, days))
    if faults:
        raise IntakeError("\n".join(faults))
    return dict(sorted(days.items()))


def _read(data: bytes, name: str, days: dict[dt.date, bool]) -> Iterator[str]:
    """Fill ``days``, and yield what is wrong by line."""
    raw = read_delimited(data, Place("free_days", name, ""))
    header = [cell.casefold() for cell in raw.header]
    if sorted(header) != sorted(_COLUMNS):
        found = ", ".join(raw.header) or "nothing"
        yield f"{name}, line {raw.header_row or 1}: the header is {found}; expected day, free, reason"
        return
    faults = [
        (broken.row, f"{broken.arrived}; expected {broken.problem.expected}: {broken.problem.advice}")
        for broken in raw.broken
    ]
    for row, *cells in zip(raw.rows.tolist(), *(raw.cells[header.index(column)] for column in _COLUMNS), strict=True):
        faults += [(row, fault) for fault in _row([str(cell).strip() for cell in cells], days)]
    yield from (f"{name}, line {row}: {fault}" for row, fault in sorted(faults))


def _row(cells: list[str], days: dict[dt.date, bool]) -> Iterator[str]:
    """Add a day to ``days``, or yield what is wrong with its row."""
    text, word, reason = cells
    day, problem, remark = parse_date(text, TEXT)
    free, no_word, _ = parse(Column("free", "bool"), word, TEXT)
    if not isinstance(day, dt.date):
        expected = f"{problem.expected}: {problem.advice}" if problem else "a date"
        yield f"day is {text!r}; expected {expected}"
    elif remark == "day_first":
        yield f"day is {text!r}, which is {day} or the day and month the other way round; write the year first"
    elif day.year not in YEARS:
        yield f"day is {text!r}; expected a year from {YEARS[0]} to {YEARS[-1]}: correct it"
    elif day in days:
        yield f"day is {text!r}, which an earlier line names too; expected each day once: keep one of them"
    if no_word:
        yield f"free is {word!r}; expected yes or no: write yes where nobody works on that day"
    if not reason:
        yield "reason is blank; expected why the day is other than usual: write it, for deadlines move with it"
    if isinstance(day, dt.date) and isinstance(free, bool):
        days.setdefault(day, free)
