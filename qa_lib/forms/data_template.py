"""The workbook in which a data set is filled in: a sheet per table, as the tables of a scheme are declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from qa_lib.errors import IntakeError, command_line
from qa_lib.reports.workbook import Entry, Workbook, choice, date_from, whole_number
from qa_lib.scheme import Scheme
from qa_lib.tables.vocabulary import Column, Kind, Table
from qa_lib.tables.wording import NOTE, READ_ME, note_on

_FORMATS: dict[Kind, Literal["text", "date", "number"]] = {"date": "date", "count": "number", "decimal": "number"}
#: The first day that a spreadsheet has.
_FIRST = dt.date(1900, 1, 1)
#: Characters that a drop-down and its message may hold, and the name of a column above it.
_LONGEST_LIST, _LONGEST_TITLE = 255, 32


def data_template(scheme: Scheme, *, tables: Sequence[str] = ()) -> bytes:
    """Return an empty data set as the bytes of an ``.xlsx`` file, ready to fill in and to read.

    Parameters
    ----------
    scheme
        Whose tables.
    tables
        Those that are wanted, by name; all where none is named.

    Raises
    ------
    IntakeError
        If the scheme has no such table.
    """
    if unknown := [name for name in tables if name not in scheme.tables]:
        known = ", ".join(scheme.tables)
        raise IntakeError(f"{scheme.name} has no table {' and no '.join(unknown)}; choose among {known}")
    book = Workbook(title=f"{scheme.title}: data to fill in")
    book.text(READ_ME, _how(scheme))
    for name, table in scheme.tables.items():
        if not tables or name in tables:
            book.entries(name, [_entry(column, table) for column in table.columns])
    return book.content()


def _how(scheme: Scheme) -> list[str]:
    required = {name: table.required for name, table in scheme.tables.items() if table.required}
    needed = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in required.items())
    page = [f"Each column in full, with the rules that read it: {scheme.data_page}."] if scheme.data_page else []
    return [
        f"{scheme.title}: data to fill in",
        "Each of the following sheets is a table. Fill in what you have, from row 3 on, and leave the rest blank.",
        f"Needed are the columns with a dark heading ({needed}). Rules that need more say so; a sheet without a column "
        "that tells its rows apart is refused by name.",
        "Keep the names of the sheets and the headings in row 1. Delete columns and sheets that you do not need.",
        f"Row 2 of each sheet explains its columns. It is never read as data; every cell of it begins with {NOTE}.",
        "A sheet without a row below the notes counts as not filled in. Where you know that there are none, such as no "
        "appeal in the year, delete the notes of its sheet.",
        f"Then check the file, which names every fault at once: {command_line(['qa', 'check', 'FILE.xlsx'])}",
        *page,
    ]


def _entry(column: Column, table: Table) -> Entry:
    required = column.name in table.filled
    note = note_on(column, required=required)
    return Entry(column.name, note, required, _FORMATS.get(column.kind, "text"), _check(column))


def _check(column: Column) -> dict[str, Any] | None:
    """Return the drop-down of a column, or the check of a date or number; the words of a long list are in its note."""
    title = column.name[:_LONGEST_TITLE]
    if column.kind == "date":
        return date_from(title, _FIRST)
    if column.kind == "count":
        return whole_number(title, column.least, column.most)
    if column.kind == "bool":
        return choice(title, ["yes", "no"])
    words = choice(title, column.options)
    fits = max(len(words["error_message"]), len(",".join(column.options))) <= _LONGEST_LIST
    return words if column.kind == "choice" and fits else None
