"""A table as it arrived: cells as text, each record with the row number that the user sees.

Text is kept column by column in Arrow arrays, filled in blocks, so that a sheet of a million rows stays in memory once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from qa_lib.intake.faults import Place, Problem

#: What a cell was before it became text. Files without types have text only.
TEXT, NUMBER, FRACTION, DATE, TRUTH = range(5)
BLOCK = 50_000
#: What parts the cells of a line of text.
SEPARATORS = ",;\t|"
STR = pd.StringDtype("pyarrow", na_value=np.nan)


class Broken(NamedTuple):
    """A record that could not be laid out in columns: its row, its fields as far as read, what is odd, and why."""

    row: int
    fields: tuple[str, ...]
    arrived: str
    problem: Problem


#: A header is looked for among this many rows: titles, notes and dates above it take a few.
LOOKED_THROUGH = 30
#: More columns than any table has; the cells of each would be kept, and its name looked up.
MOST_COLUMNS = 1_000
NO_HEADER = Problem("empty_file", "a header with column names", "it is empty: export it again, or take it away")


def no_header(row: int = 0) -> Broken:
    """Return why a file has no header: it is empty, or has nothing in the row where its header was said to be."""
    if not row:
        return Broken(0, (), "nothing", NO_HEADER)
    advice = "nothing is there: give the number of the row that holds the names"
    return Broken(row, (), "nothing", Problem("empty_file", f"a header with column names in row {row}", advice))


def too_wide(row: int, columns: int) -> Broken:
    """Return why a table of more columns than anybody has is not read."""
    advice = "take away the columns that are not the table's, also blank ones beyond it, and check again"
    return Broken(row, (), f"{columns:,} columns", Problem("columns", f"at most {MOST_COLUMNS:,} columns", advice))


@dataclass(frozen=True)
class RawTable:
    """A table as it arrived.

    Attributes
    ----------
    place
        Table, file and sheet.
    header, header_row
        The header's cells, stripped, and its row.
    cells, marks
        One text column per header cell, numbered from 0 (a header may name two columns alike); and, where a file has
        types, what each cell was.
    rows
        The row number of each record of ``cells``.
    broken, remarks
        Records that have no place in ``cells``; what is to be noticed about the file, with its row.
    above
        Where the header's row was told: the rows above it, which belong to no record.
    notes_alone
        Nothing but the notes of a template stands below the header.
    """

    place: Place
    header: tuple[str, ...]
    header_row: int
    cells: pd.DataFrame
    rows: np.ndarray
    marks: dict[int, np.ndarray] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    remarks: tuple[tuple[int, Problem], ...] = ()
    above: tuple[tuple[int, tuple[str, ...]], ...] = ()
    notes_alone: bool = False


@lru_cache(maxsize=100_000, typed=True)
def cell_as_text(cell: object) -> tuple[str, int]:
    """Return a cell of a workbook as text, and what it was."""
    if isinstance(cell, str):
        return cell, TEXT
    if isinstance(cell, bool):
        return str(cell).lower(), TRUTH
    if isinstance(cell, int | float):
        return (str(int(cell)), NUMBER) if float(cell).is_integer() else (repr(cell), FRACTION)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat(), DATE
    return str(cell), DATE


#: A block of one column's cells -> its text, and what each cell was (None: all text).
Pack = Callable[[Sequence[object]], tuple[pa.Array, np.ndarray | None]]


def pack_text(cells: Sequence[object]) -> tuple[pa.Array, np.ndarray | None]:
    """Pack cells that are text already."""
    return pa.array(cells, pa.large_string()), None


class Columns:
    """Gathers records of equal width into text columns, block by block."""

    def __init__(self, width: int, pack: Pack = pack_text) -> None:
        self.width = width
        self._pack = pack
        self._records: list[Sequence[object]] = []
        self._blocks: list[list[tuple[pa.Array, np.ndarray | None]]] = []

    def add(self, record: Sequence[object]) -> None:
        """Add one record of ``width`` cells."""
        self._records.append(record)
        if len(self._records) >= BLOCK:
            self._close()

    def extend(self, records: Iterator[Sequence[object]]) -> None:
        """Add all records of an iterator, a block at a time."""
        while block := list(islice(records, BLOCK)):
            self._records += block
            self._close()

    def _close(self) -> None:
        if self._records:
            self._blocks.append([self._pack(column) for column in zip(*self._records, strict=True)])
            self._records = []

    def frame(self) -> pd.DataFrame:
        """Return all records as a frame of text, columns numbered from 0."""
        self._close()
        parts = [[text for text, _ in self._column(number)] for number in range(self.width)]
        return text_frame([pa.chunked_array(part, pa.large_string()) for part in parts])

    def marks(self) -> dict[int, np.ndarray]:
        """Return what each cell was, for the columns that are not all text."""
        self._close()
        found = {}
        for number in range(self.width):
            part = [np.zeros(len(text), np.uint8) if marks is None else marks for text, marks in self._column(number)]
            if part and np.concatenate(part).any():
                found[number] = np.concatenate(part)
        return found

    def _column(self, number: int) -> list[tuple[pa.Array, np.ndarray | None]]:
        return [block[number] for block in self._blocks]


def text_frame(columns: Sequence[pa.ChunkedArray]) -> pd.DataFrame:
    """Return Arrow text columns as a frame of pandas text, columns numbered from 0."""
    frame: pd.DataFrame = pa.table({str(number): column for number, column in enumerate(columns)}).to_pandas()
    return frame.set_axis(range(len(columns)), axis=1)


def headless(place: Place, why: Broken) -> RawTable:
    """Return a table without a header, and therefore without anything else."""
    return RawTable(place, (), why.row, Columns(0).frame(), np.empty(0, np.int64), broken=(why,))


def without_blanks(raw: RawTable, blank: Sequence[int] = ()) -> RawTable:
    """Return a table without its blank records; they, and the rows ``blank`` already left out, become one remark."""
    empty = np.arange(len(raw.rows))
    for number in raw.cells:
        # Most records have something in their first column: look on only at those that do not.
        if not len(empty):
            break
        empty = empty[(raw.cells[number].iloc[empty].str.strip() == "").to_numpy(dtype=bool)]
    rows = sorted([*blank, *raw.rows[empty].tolist()])
    if not rows:
        return raw
    what = "1 blank row was" if len(rows) == 1 else f"{len(rows)} blank rows were"
    remark = Problem("blank_row", "no blank rows between records", f"{what} left out; nothing to do")
    return replace(without_records(raw, empty), remarks=(*raw.remarks, (rows[0], remark)))


def without_records(raw: RawTable, positions: np.ndarray) -> RawTable:
    """Return a table without the records at some positions."""
    there = np.ones(len(raw.rows), bool)
    there[positions] = False
    cells, marks = raw.cells[there].reset_index(drop=True), {name: kinds[there] for name, kinds in raw.marks.items()}
    return replace(raw, cells=cells, rows=raw.rows[there], marks=marks)
