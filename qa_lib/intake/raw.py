"""A table as it arrived: cells as text, each record with the row number that the user sees.

Text is kept column by column in Arrow arrays, filled in blocks, so that a sheet of a million rows stays in memory once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from qa_lib.intake.faults import Place, Problem

#: What a cell was before it became text. Files without types have text only.
TEXT, NUMBER, FRACTION, DATE, TRUTH = range(5)
BLOCK = 50_000
STR = pd.StringDtype("pyarrow", na_value=np.nan)


class Broken(NamedTuple):
    """A record that could not be laid out in columns: its row, its fields as far as read, what is odd, and why."""

    row: int
    fields: tuple[str, ...]
    arrived: str
    problem: Problem


NO_HEADER = Problem("empty_file", "a header with column names", "it is empty: export it again, or take it away")


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
    """

    place: Place
    header: tuple[str, ...]
    header_row: int
    cells: pd.DataFrame
    rows: np.ndarray
    marks: dict[int, np.ndarray] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    remarks: tuple[tuple[int, Problem], ...] = ()


class Columns:
    """Gathers records of equal width into text columns, in blocks."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._records: list[Sequence[str]] = []
        self._blocks: list[list[pa.Array]] = []

    def add(self, record: Sequence[str]) -> None:
        """Add one record of ``width`` texts."""
        self._records.append(record)
        if len(self._records) >= BLOCK:
            self._pack()

    def _pack(self) -> None:
        if self._records:
            columns = zip(*self._records, strict=True)
            self._blocks.append([pa.array(column, pa.large_string()) for column in columns])
            self._records = []

    def frame(self) -> pd.DataFrame:
        """Return all records as a frame of text, columns numbered from 0."""
        self._pack()
        return text_frame(
            [pa.chunked_array([block[i] for block in self._blocks], pa.large_string()) for i in range(self.width)]
        )


def text_frame(columns: Sequence[pa.ChunkedArray]) -> pd.DataFrame:
    """Return Arrow text columns as a frame of pandas text, columns numbered from 0."""
    frame: pd.DataFrame = pa.table({str(number): column for number, column in enumerate(columns)}).to_pandas()
    return frame.set_axis(range(len(columns)), axis=1)


def headless(place: Place, why: Broken) -> RawTable:
    """Return a table without a header, and therefore without anything else."""
    return RawTable(place, (), why.row, Columns(0).frame(), np.empty(0, np.int64), broken=(why,))


def blank_rows(rows: Sequence[int]) -> list[tuple[int, Problem]]:
    """Return the remark on rows without any text, if there were some."""
    if not rows:
        return []
    what = "1 blank row was" if len(rows) == 1 else f"{len(rows)} blank rows were"
    return [(min(rows), Problem("blank_row", "no blank rows between records", f"{what} left out; nothing to do"))]
