"""The file of days on which an office works, or does not, other than the bank holidays say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from qa_lib.calendar.working_days import YEARS
from qa_lib.errors import IntakeError
from qa_lib.intake.dates import parse_date
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Place
from qa_lib.intake.raw import TEXT
from qa_lib.intake.values import parse
from qa_lib.tables.vocabulary import Column

_COLUMNS = ("day", "free", "reason")


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
        Day -> whether it is free, ascending; for :class:`qa_lib.calendar.working_days.WorkingDays`.

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
