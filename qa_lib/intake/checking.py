"""A raw table into typed rows: columns found, cells read by kind, every fault and notice written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from qa_lib.intake.faults import Ledger, Problem
from qa_lib.intake.layout import Mappings, header_elsewhere, lay_out
from qa_lib.intake.notes import NOTES_ALONE
from qa_lib.intake.raw import RawTable
from qa_lib.intake.spellings import in_one_spelling, readings
from qa_lib.intake.typed import typed
from qa_lib.intake.values import REMARKS
from qa_lib.intake.zeros import lost_zeros
from qa_lib.tables.vocabulary import Column, Table

EMPTY = Problem("empty_table", "at least one row", "kept as a table without rows; nothing to do if that is meant")

#: Rows of one column and kind of fault that are listed one by one: nobody reads more, and a list costs memory.
MOST_LISTED = 100_000
#: What the kind of the line over the rows that are not listed ends in.
FURTHER = "_more"


@dataclass
class Checked:
    """A table on its way: all rows that have columns, typed, and which of them are good so far.

    Attributes
    ----------
    raw, table
        As it arrived, and what it should be.
    numbers
        Canonical column name -> number of the raw column; empty where the table cannot be used.
    frame, good
        The typed rows, and the ones without a fault.
    unread
        Per column the cells that could not be read, and are blank in ``frame`` for that reason.
    """

    raw: RawTable
    table: Table
    numbers: Mapping[str, int]
    good: np.ndarray
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    unread: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether the table has the columns without which it is of no use."""
        return bool(self.numbers)

    def reject(self, ledger: Ledger, column: str, positions: np.ndarray, problems: Sequence[Problem]) -> None:
        """Reject rows because of one column, each with its own problem."""
        self.good[positions] = False
        self._write(ledger.faults, column, positions, problems)

    def notice(self, ledger: Ledger, column: str, positions: np.ndarray, problems: Sequence[Problem]) -> None:
        """Notice something about one column of rows, each with its own problem."""
        self._write(ledger.notices, column, positions, problems)

    def _write(
        self, record: Callable[..., None], column: str, positions: np.ndarray, problems: Sequence[Problem]
    ) -> None:
        where = {"column": column, "header": self.raw.header[self.numbers[column]]}
        shown, more = positions[:MOST_LISTED], positions[MOST_LISTED:]
        arrived = listed(self.raw.cells[self.numbers[column]], shown)
        record(self.raw.place, problems[:MOST_LISTED], rows=self.raw.rows[shown], arrived=arrived, **where)
        if len(more):
            words = f"the same is found in {len(more):,} more rows, which are not listed one by one"
            further = Problem(f"{problems[MOST_LISTED].kind}{FURTHER}", problems[MOST_LISTED].expected, words)
            record(self.raw.place, [further], rows=self.raw.rows[more[:1]], arrived=[""], **where)


def listed(cells: pd.Series, positions: np.ndarray) -> list[str]:
    """Return some cells of a text column as a list; asking Arrow for them one by one takes ten times as long."""
    texts: list[str] = cells.iloc[positions].to_numpy(dtype=object).tolist()
    return texts


def check_cells(raw: RawTable, table: Table, columns: Mapping[str, str], values: Mappings, ledger: Ledger) -> Checked:
    """Find the columns of one table and read its cells."""
    elsewhere = header_elsewhere(raw, table, columns)
    if elsewhere is not None:
        ledger.fault(raw.place, elsewhere, row=raw.header_row)
        return Checked(raw, table, {}, np.zeros(len(raw.rows), bool))
    if raw.notes_alone:
        ledger.notice(raw.place, NOTES_ALONE, row=raw.header_row)
        return Checked(raw, table, {}, np.zeros(0, bool))
    for row, problem in raw.remarks:
        ledger.notice(raw.place, problem, row=row)
    rows, arrived = [broken.row for broken in raw.broken], [broken.arrived for broken in raw.broken]
    ledger.faults(raw.place, [broken.problem for broken in raw.broken], rows=rows, arrived=arrived)
    numbers = lay_out(raw, table, columns, ledger) if raw.header else None
    checked = Checked(raw, table, numbers or {}, np.full(len(raw.rows), numbers is not None))
    if raw.header and not len(raw.rows) and not raw.broken:
        ledger.notice(raw.place, EMPTY, row=raw.header_row)
    order = {name: place for place, name in enumerate(table.names)}
    names = sorted(checked.numbers, key=lambda name: (order.get(name, len(order)), name))
    read = {name: _read(checked, name, values.get(name, {}), ledger) for name in names}
    checked.frame = pd.DataFrame(read, index=raw.cells.index)
    return checked


def _read(checked: Checked, name: str, words: Mapping[str, str], ledger: Ledger) -> pd.Series:
    raw, number = checked.raw, checked.numbers[name]
    column = checked.table.column(name) if name in checked.table.names else Column(name, "text")
    read = typed(raw.cells[number], raw.marks.get(number), column, words)
    checked.unread[name] = np.zeros(len(raw.rows), bool)
    for problem, positions in read.problems:
        checked.unread[name][positions] = True
        checked.reject(ledger, name, positions, [problem] * len(positions))
    for word, positions in read.remarks:
        _remark(checked, ledger, name, Problem(word, *REMARKS[word]), positions)
    if column.kind == "id":
        positions, lost = lost_zeros(raw.cells[number], raw.marks.get(number))
        if lost and len(positions):
            _remark(checked, ledger, name, lost, positions)
    values = in_one_spelling(read.values, column, checked.table)
    for position, problem in readings(raw.cells[number], values, column, words):
        checked.notice(ledger, name, np.array([position]), [problem])
    return values


def _remark(checked: Checked, ledger: Ledger, name: str, problem: Problem, positions: np.ndarray) -> None:
    """Write one notice for all cells of a column of which the same is to be said, at the first of them."""
    cells = "1 cell" if len(positions) == 1 else f"{len(positions)} cells, this the first"
    first = positions[[np.argmin(checked.raw.rows[positions])]]
    checked.notice(ledger, name, first, [problem._replace(advice=f"{cells}: {problem.advice}")])
