"""What a spreadsheet does not show is read all the same, and said: rows that a filter or a hand hid, columns, sheets.

Whoever sends a filtered list may mean the rows that can be seen. Nobody can know; but nobody shall be surprised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from qa_lib.intake.faults import Problem
from qa_lib.intake.raw import RawTable


@dataclass
class Hidden:
    """The hidden rows and columns of one sheet, as ranges of numbers from 1."""

    rows: list[range] = field(default_factory=list)
    columns: list[range] = field(default_factory=list)

    def hide_row(self, first: int, count: int = 1) -> None:
        """Add rows; neighbours are kept as one range, so that a filter of a million rows takes no room."""
        last = self.rows[-1] if self.rows else range(0)
        if last and last.stop == first:
            self.rows[-1] = range(last.start, first + count)
        else:
            self.rows.append(range(first, first + count))


def with_hidden(raw: RawTable, hidden: Hidden, *, sheet_is_hidden: bool) -> RawTable:
    """Return a table that notices how many of its rows and columns nobody sees, and whether its sheet is hidden."""
    remarks = list(raw.remarks)
    if sheet_is_hidden:
        remarks.append((0, _problem("the sheet is", "sheet")))
    rows = raw.rows[_inside(raw.rows, hidden.rows)]
    if len(rows):
        remarks.append((int(rows.min()), _problem("1 row is" if len(rows) == 1 else f"{len(rows):,} rows are", "row")))
    numbers = np.arange(1, len(raw.header) + 1)
    named = [raw.header[number - 1] for number in numbers[_inside(numbers, hidden.columns)] if raw.header[number - 1]]
    if named:
        what = f"the column {named[0]} is" if len(named) == 1 else f"the columns {', '.join(named)} are"
        remarks.append((raw.header_row, _problem(what, "column")))
    return replace(raw, remarks=tuple(remarks)) if raw.header else raw


def _problem(what: str, kind: str) -> Problem:
    them = "it was" if what.endswith(" is") else "they were"
    advice = f"{what} hidden in the spreadsheet, and {them} read: take away what is not meant"
    return Problem(f"hidden_{kind}", f"no hidden {kind}s", advice)


def _inside(numbers: np.ndarray, ranges: Iterable[range]) -> np.ndarray:
    found = np.zeros(len(numbers), bool)
    for one in ranges:
        found |= (numbers >= one.start) & (numbers < one.stop)
    return found
