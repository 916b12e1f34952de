"""Workbooks that are safe to open: every text is text, nothing is a formula, the same content gives the same bytes.

One tagged table to a sheet under one header row, no merged cells, title and language set. Sheets are protected
without a password, so that what is given cannot be changed by accident; only cells to fill in are open. A sheet of
entries has nothing but those, and is not protected.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from qa_lib.errors import RunError
from qa_lib.files import zipped
from qa_lib.reports.cells import Cell

CREATED = dt.datetime(2000, 1, 1)  # a real clock would change the bytes
#: Text stays text: no cell becomes a formula, a link or a number.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_LANGUAGE = "en-GB"
_A4 = 9
#: Width of a sheet of prose, in characters.
_PROSE = 110
#: Height of a line, and the most that a row can have, in points.
_LINE, _HIGHEST = 15, 409
#: The last row that a sheet has, from 0.
_LAST_ROW = 1_048_575
_ALLOWED = {"autofilter": True, "format_columns": True, "format_rows": True}


class Entry(NamedTuple):
    """A column to fill in: heading and note, what its cells are formatted as, and a drop-down or another check."""

    heading: str
    note: str
    required: bool
    format: Literal["text", "date", "number"]
    check: dict[str, Any] | None


class Workbook:
    """A workbook in memory.

    Attributes
    ----------
    entry, date_entry
        Formats of open cells for text and for a date.
    missing
        Format of a cell that still has to be filled in.
    """

    def __init__(self, *, title: str) -> None:
        import xlsxwriter

        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, SAFE)
        self._book.set_properties({"title": title[:255], "created": CREATED})
        text = {"num_format": "@", "valign": "top"}
        entry = {"valign": "top", "locked": False, "bg_color": "#FFF9DB", "border": 1, "border_color": "#8A8F98"}
        make = self._book.add_format
        self._locked, self._wrapped = make(text), make({**text, "text_wrap": True})
        self._typed = {dt.date: make({**text, "num_format": "yyyy-mm-dd"}), float: make({"valign": "top"})}
        self._typed[int] = self._typed[float]
        self._header = make({"bold": True, "font_color": "#FFFFFF", "bg_color": "#12436D", "valign": "top"})
        self.entry = make({**entry, "num_format": "@", "text_wrap": True})
        self.date_entry = make({**entry, "num_format": "yyyy-mm-dd"})
        self._light_header = make({"bold": True, "bg_color": "#D7E3EE", "valign": "top"})
        self._note = make({**text, "text_wrap": True, "italic": True, "font_size": 9, "bg_color": "#F3F4F6"})
        self._kinds = {"text": make({"num_format": "@"}), "date": make({"num_format": "yyyy-mm-dd"}), "number": None}
        self.missing = make({"bg_color": "#F7B48F", "border": 1, "border_color": "#B0430A"})

    def sheet(
        self,
        name: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        spare: int = 0,
        wide: Sequence[str] = (),
        wrap: bool = False,
    ) -> Any:
        """Write a sheet of locked cells under one header row; ``spare`` empty rows belong to its table too."""
        sheet, count = self._new(name), 0
        form = self._wrapped if wrap else self._locked
        sheet.repeat_rows(0)
        for column, heading in enumerate(columns):
            _put(sheet, 0, column, heading, self._header)
            sheet.set_column(column, column, 44 if heading in wide else 20)
        for count, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                _put(sheet, count, column, cell, form if isinstance(cell, str) else self._typed[type(cell)])
        if count + spare:
            headers = [{"header": heading, "header_format": self._header} for heading in columns]
            options = {"columns": headers, "name": f"{name.lower().replace(' ', '_')}_table", "style": None}
            sheet.add_table(0, 0, count + spare, len(columns) - 1, options)
        sheet.freeze_panes(1, 1)
        return sheet

    def entries(self, name: str, columns: Sequence[Entry]) -> Any:
        """Write a sheet to fill in: a header, dark where a column must be filled in, and below it a row of notes."""
        sheet = self._new(name, protected=False)
        sheet.repeat_rows(0)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, 22, self._kinds[column.format])
            _put(sheet, 0, number, column.heading, self._header if column.required else self._light_header)
            _put(sheet, 1, number, column.note, self._note)
            if column.check:
                sheet.data_validation(2, number, _LAST_ROW, number, column.check)
        sheet.set_row(1, _LINE * 8)
        sheet.freeze_panes(2, 1)
        return sheet

    def text(self, name: str, lines: Sequence[str]) -> None:
        """Write a sheet of prose, a line to a row, the first one as heading."""
        sheet = self._new(name)
        fit(sheet, ([line] for line in lines[1:]), [_PROSE])
        for row, line in enumerate(lines):
            _put(sheet, row, 0, line, self._wrapped if row else self._header)

    def _new(self, name: str, *, protected: bool = True) -> Any:
        sheet = self._book.add_worksheet(name)
        if protected:
            sheet.protect("", _ALLOWED)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def content(self) -> bytes:
        """Close the workbook and return its bytes."""
        self._book.close()
        return with_language(self._buffer.getvalue())


def blank(sheet: Any, column: int, rows: tuple[int, int], form: Any, *, note: tuple[str, str] | None = None) -> None:
    """Open the cells of one column for entry, from the first to the last row; a heading and text may tell what for."""
    for row in range(rows[0], rows[1] + 1):
        sheet.write_blank(row, column, None, form)
    if note:
        told = {"validate": "any", "input_title": note[0], "input_message": note[1]}
        sheet.data_validation(rows[0], column, rows[1], column, told)


def fit(sheet: Any, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """Set the widths of columns in characters, and the heights of rows under the header so that wrapped text shows.

    Not every spreadsheet program lets a row grow with its text.
    """
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, cells in enumerate(rows, start=1):
        lines = [
            sum(1 + int(len(line) / (0.9 * width)) for line in cell.split("\n"))
            for cell, width in zip(cells, widths, strict=True)
        ]
        sheet.set_row(row, min(_LINE * max(lines), _HIGHEST))


def choice(name: str, source: Sequence[str] | str, *, strict: bool = True) -> dict[str, Any]:
    """Return a drop-down of words, or of a range; one that is not strict lets other words pass after a warning."""
    words = source if isinstance(source, str) else list(source)
    listed = "the list" if isinstance(source, str) else " or ".join(source)
    return {
        "validate": "list",
        "source": words,
        "input_title": name,
        "input_message": f"Choose from {listed}.",
        "error_title": "Not in the list",
        "error_message": f"Choose from {listed}, or press Delete to leave the cell empty.",
        "error_type": "stop" if strict else "warning",
    }


def date_from(name: str, first: dt.date) -> dict[str, Any]:
    """Return a check that a cell holds a date, not before ``first``."""
    expected = f"Enter a date as year-month-day, {first.isoformat()} or later."
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": first,
        "maximum": dt.date(2199, 12, 31),
        "input_title": name,
        "input_message": expected,
        "error_title": "Not such a date",
        "error_message": expected,
    }


def whole_number(name: str, least: int, most: int | None) -> dict[str, Any]:
    """Return a check that a cell holds a whole number within bounds."""
    expected = (
        f"Enter a whole number, {least} or more." if most is None else f"Enter a whole number, {least} to {most}."
    )
    bounds = {"criteria": ">=", "value": least} if most is None else {"minimum": least, "maximum": most}
    return {
        "validate": "integer",
        "criteria": "between",
        **bounds,
        "input_title": name,
        "input_message": expected,
        "error_title": "Not such a number",
        "error_message": expected,
    }


def _put(sheet: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if isinstance(cell, str):
        failed = sheet.write_string(row, column, cell, form) if cell else sheet.write_blank(row, column, None, form)
    elif isinstance(cell, dt.date):
        failed = sheet.write_datetime(row, column, cell, form)
    else:
        failed = sheet.write_number(row, column, cell, form)
    if failed:
        raise RunError(f"row {row + 1}, column {column + 1} of sheet {sheet.name!r} is beyond what a sheet can hold")


def with_language(content: bytes) -> bytes:
    """Return a workbook that names its language: its writer has no property for it, and screen readers go by it."""
    tag = f"<dc:language>{_LANGUAGE}</dc:language></cp:coreProperties>".encode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    core = b"</cp:coreProperties>"
    return zipped((name, data.replace(core, tag) if name == "docProps/core.xml" else data) for name, data in parts)
