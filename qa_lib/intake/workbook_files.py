"""Workbooks of Excel, old and new, and OpenDocument: one sheet per table, read as values, rows numbered as there.

A sheet named as a table is that table; in a workbook that is itself named as a table, the first of the other sheets is
that one. The header is the first row that is not blank, or the one that the reader is told. A cell with an error such
as ``#N/A`` is blank to the reader of the file, and therefore here. Formulas count as what they last showed. Rows,
columns and sheets that are hidden are read, and said; so are values across merged cells.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from qa_lib.errors import IntakeError, command_line
from qa_lib.intake.archives import check_sheets, check_workbook
from qa_lib.intake.faults import Ledger, Place
from qa_lib.intake.hidden import Hidden, with_hidden
from qa_lib.intake.kinds import ODS, SAVE_AGAIN, XLS, kind_of
from qa_lib.intake.layout import canonical
from qa_lib.intake.old_excel import check_old_excel
from qa_lib.intake.opendocument import check_opendocument
from qa_lib.intake.raw import (
    LOOKED_THROUGH,
    MOST_COLUMNS,
    Columns,
    RawTable,
    cell_as_text,
    headless,
    no_header,
    too_wide,
    without_blanks,
)
from qa_lib.scheme import find_forms
from qa_lib.screen import one_line
from qa_lib.tables.vocabulary import Table
from qa_lib.tables.wording import READ_ME

_CHECKS = {XLS: check_old_excel, ODS: check_opendocument}


class ReturnArrived(IntakeError):  # noqa: N818 - what happened is no error of the file
    """A form that comes back, called ``form``, stands where a data set was expected."""

    def __init__(self, file: str, form: str) -> None:
        self.form = form
        command = command_line(["qa", "import-return", file])
        super().__init__(f"{file} is a {form}, not a data set: record it with {command}")


def read_workbook(
    data: bytes, file: str, tables: Mapping[str, Table], ledger: Ledger, header_rows: Mapping[str, int]
) -> list[RawTable]:
    """Read the sheets of a workbook that are tables of the scheme.

    Parameters
    ----------
    data, file
        The workbook's bytes, and what to call it in messages.
    tables, ledger
        The scheme's tables, and where sheets are noticed that are none of them.
    header_rows
        Table -> the row of its header.

    Raises
    ------
    ReturnArrived
        If it is a form that comes back, such as a moderation return.
    IntakeError
        If the workbook is encrypted, damaged or too large.
    """
    with _told_if_damaged(file):
        hidden, book = _opened(data, file)
        sheets = _sheets(book, file)
        named = _named_sheets(list(sheets), file, tables)
        found = [
            _read_sheet(
                book.get_sheet_by_name(title),
                Place(name, file, one_line(title)),
                header_rows.get(name, 0),
                replace(hidden.get(title, Hidden()), sheet=sheets[title]),
            )
            for title, name in named.items()
            if name
        ]
    for title in (title for title, name in named.items() if not name and not _says_how(title)):
        ledger.unnamed.append((Place("", file, one_line(title)), "a sheet named as a table", title))
    return found


def sheet_names(data: bytes, file: str) -> list[str]:
    """Return the names of a workbook's sheets.

    Raises
    ------
    IntakeError
        If the workbook is encrypted, damaged or too large.
    """
    with _told_if_damaged(file):
        names: list[str] = _opened(data, file)[1].sheet_names
    return names


def _opened(data: bytes, file: str) -> tuple[Mapping[str, Hidden], calamine.CalamineWorkbook]:
    """Check a workbook before it is opened; return what it hides, and itself."""
    hidden = _CHECKS.get(kind_of(data), check_workbook)(data, file)
    with _told_nothing():
        return hidden, calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))


@contextmanager
def _told_if_damaged(file: str) -> Iterator[None]:
    try:
        yield
    except IntakeError:
        raise
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise IntakeError(f"{file} is a damaged workbook ({error}); {SAVE_AGAIN}") from error
    except BaseException as error:
        # A panic of the reader's own language is no Exception, and is about the file all the same.
        if type(error).__name__ != "PanicException":
            raise
        raise IntakeError(f"{file} is a damaged workbook; {SAVE_AGAIN}") from error


def _sheets(book: calamine.CalamineWorkbook, file: str) -> dict[str, bool]:
    """Return sheet with cells -> whether it is hidden."""
    found = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    check_sheets(len(found), file)
    titles = {canonical(sheet.name) for sheet in found}
    for form in find_forms():
        if titles >= set(map(canonical, form.columns)):
            raise ReturnArrived(file, form.name)
    return {sheet.name: sheet.visible != calamine.SheetVisibleEnum.Visible for sheet in found}


@contextmanager
def _told_nothing() -> Iterator[None]:
    """Keep off the terminal what the reader's own language prints of a damaged file before it raises an error."""
    try:
        terminal = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def _named_sheets(sheets: Sequence[str], file: str, tables: Mapping[str, Table]) -> dict[str, str]:
    """Return sheet -> table, or nothing where it is none."""
    named = {sheet: canonical(sheet) if canonical(sheet) in tables else "" for sheet in sheets}
    own = canonical(Path(file).stem)
    others = [sheet for sheet, name in named.items() if not name and not _says_how(sheet)]
    if own in tables and own not in named.values() and others:
        named[others[0]] = own
    return named


def _says_how(sheet: str) -> bool:
    """Say whether a sheet tells how the workbook is filled in, as that of a template does."""
    return canonical(sheet) == canonical(READ_ME)


def _read_sheet(sheet: calamine.CalamineSheet, place: Place, header_row: int, hidden: Hidden) -> RawTable:
    hidden.merged += [first[0] + 1 for first, _ in sheet.merged_cell_ranges or ()]
    records: Iterator[Sequence[object]] = iter(sheet.iter_rows())
    above: list[tuple[int, tuple[str, ...]]] = []
    for row, cells in enumerate(records, start=1):
        if row == header_row or (not header_row and any(map(_is_filled, cells))):
            empty = replace(headless(place, no_header(header_row)), above=tuple(above))
            return with_hidden(_below(records, row, cells, empty), hidden)
        if row <= LOOKED_THROUGH:
            above.append((row, _texts(cells)))
    return headless(place, no_header(header_row))


def _below(records: Iterator[Sequence[object]], row: int, top: Sequence[object], empty: RawTable) -> RawTable:
    """Return the table below a header; ``empty`` is what it is where the header is none."""
    if not any(map(_is_filled, top)):
        return empty
    if len(top) > MOST_COLUMNS:
        return headless(empty.place, too_wide(row, len(top)))
    columns = Columns(len(top), _pack)
    columns.extend(records)
    frame = columns.frame()
    rows = np.arange(row + 1, row + 1 + len(frame))
    return without_blanks(RawTable(empty.place, _texts(top), row, frame, rows, columns.marks(), above=empty.above))


def _texts(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple(cell_as_text(cell)[0].strip() for cell in cells)


def _is_filled(cell: object) -> bool:
    return bool(cell_as_text(cell)[0].strip())


def _pack(cells: Sequence[object]) -> tuple[pa.Array, np.ndarray | None]:
    try:
        return pa.array(cells, pa.large_string()), None
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts, marks = zip(*map(cell_as_text, cells), strict=True)
        return pa.array(texts, pa.large_string()), np.array(marks, np.uint8)
