"""Workbooks: one sheet per table, read as values, with the row numbers of the sheet.

A sheet named as a table is that table; in a workbook that is itself named as a table, the first of the other sheets is
that one. The header is the first row that is not blank. A cell with an error such as ``#N/A`` is blank to the reader of
the file, and therefore here. Formulas count as what they last showed.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from qa_lib.errors import IntakeError
from qa_lib.intake.archives import SAVE_AGAIN, check_archive
from qa_lib.intake.faults import Ledger, Place, left_out
from qa_lib.intake.layout import canonical, nearest
from qa_lib.intake.raw import (
    DATE,
    FRACTION,
    NO_HEADER,
    NUMBER,
    TEXT,
    TRUTH,
    Broken,
    Columns,
    RawTable,
    headless,
    without_blanks,
)
from qa_lib.tables.vocabulary import Table


def read_workbook(data: bytes, file: str, tables: Mapping[str, Table], ledger: Ledger) -> list[RawTable]:
    """Read the sheets of a workbook that are tables of the scheme.

    Raises
    ------
    IntakeError
        If the workbook is encrypted, damaged or too large.
    """
    check_archive(data, file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        named = _named_sheets([sheet.name for sheet in book.sheets_metadata if _has_cells(sheet)], file, tables)
        found = [_read_sheet(book, sheet, Place(name, file, sheet)) for sheet, name in named.items() if name]
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise IntakeError(f"{file} is a damaged workbook ({error}); {SAVE_AGAIN}") from error
    except BaseException as error:
        # A panic of the reader's own language is no Exception, and is about the file all the same.
        if type(error).__name__ != "PanicException":
            raise
        raise IntakeError(f"{file} is a damaged workbook; {SAVE_AGAIN}") from error
    for sheet in (sheet for sheet, name in named.items() if not name):
        left_out(ledger, Place("", file, sheet), "a sheet named as a table", f"left out{nearest(sheet, tables)}")
    return found


def _has_cells(sheet: calamine.SheetMetadata) -> bool:
    return sheet.typ == calamine.SheetTypeEnum.WorkSheet


def _named_sheets(sheets: Sequence[str], file: str, tables: Mapping[str, Table]) -> dict[str, str]:
    """Return sheet -> table, or nothing where it is none."""
    named = {sheet: canonical(sheet) if canonical(sheet) in tables else "" for sheet in sheets}
    own = canonical(Path(file).stem)
    others = [sheet for sheet, name in named.items() if not name]
    if own in tables and own not in named.values() and others:
        named[others[0]] = own
    return named


def _read_sheet(book: calamine.CalamineWorkbook, name: str, place: Place) -> RawTable:
    records: Iterator[Sequence[object]] = iter(book.get_sheet_by_name(name).iter_rows())
    numbered = enumerate(records, start=1)
    header_row, top = next(((row, cells) for row, cells in numbered if any(map(_is_filled, cells))), (0, ()))
    if not top:
        return headless(place, Broken(0, (), "nothing", NO_HEADER))
    columns = Columns(len(top), _pack)
    columns.extend(records)
    frame, header = columns.frame(), tuple(_cell(cell)[0].strip() for cell in top)
    rows = np.arange(header_row + 1, header_row + 1 + len(frame))
    return without_blanks(RawTable(place, header, header_row, frame, rows, columns.marks()))


def _is_filled(cell: object) -> bool:
    return bool(_cell(cell)[0].strip())


def _pack(cells: Sequence[object]) -> tuple[pa.Array, np.ndarray | None]:
    try:
        return pa.array(cells, pa.large_string()), None
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts, marks = zip(*map(_cell, cells), strict=True)
        return pa.array(texts, pa.large_string()), np.array(marks, np.uint8)


@lru_cache(maxsize=100_000, typed=True)
def _cell(cell: object) -> tuple[str, int]:
    """Return a cell as text, and what it was."""
    if isinstance(cell, str):
        return cell, TEXT
    if isinstance(cell, bool):
        return str(cell).lower(), TRUTH
    if isinstance(cell, int | float):
        return (str(int(cell)), NUMBER) if float(cell).is_integer() else (repr(cell), FRACTION)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat(), DATE
    return str(cell), DATE
