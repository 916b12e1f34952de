"""What a spreadsheet shows otherwise than it is read is said: what is hidden, merged, or a formula without a value.

Whoever sends a filtered list may mean the rows that can be seen; all are read. A value that stands across merged cells
is the first one's alone. A formula that failed, or that no program worked out, is read as a blank cell. Nobody can know
what was meant; but nobody shall be surprised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from qa_lib.intake.faults import Problem
from qa_lib.intake.raw import RawTable


@dataclass
class Hidden:
    """Whether a sheet is hidden, its hidden rows and columns as ranges of numbers from 1, and where cells are merged.

    ``merged`` holds the first row of each area of merged cells, ``valueless`` the row of each cell that shows an error
    or holds a formula whose value the file does not.
    """

    rows: list[range] = field(default_factory=list)
    columns: list[range] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    valueless: list[int] = field(default_factory=list)
    sheet: bool = False

    def hide_row(self, first: int, count: int = 1) -> None:
        """Add rows; neighbours are kept as one range, so that a filter of a million rows takes no room."""
        last = self.rows[-1] if self.rows else range(0)
        if last and last.stop == first:
            self.rows[-1] = range(last.start, first + count)
        else:
            self.rows.append(range(first, first + count))


def with_hidden(raw: RawTable, hidden: Hidden) -> RawTable:
    """Return a table that notices how many of its rows and columns nobody sees, and what else looks otherwise."""
    remarks = list(raw.remarks)
    if hidden.sheet:
        remarks.append((0, _problem("the sheet is", "sheet")))
    rows = raw.rows[_inside(raw.rows, hidden.rows)]
    if len(rows):
        remarks.append((int(rows.min()), _problem("1 row is" if len(rows) == 1 else f"{len(rows):,} rows are", "row")))
    numbers = np.arange(1, len(raw.header) + 1)
    named = [raw.header[number - 1] for number in numbers[_inside(numbers, hidden.columns)] if raw.header[number - 1]]
    if named:
        what = f"the column {named[0]} is" if len(named) == 1 else f"the columns {', '.join(named)} are"
        remarks.append((raw.header_row, _problem(what, "column")))
    merged = [row for row in hidden.merged if row > raw.header_row]
    if merged:
        what = "1 value stands" if len(merged) == 1 else f"{len(merged):,} values stand"
        advice = f"{what} across merged cells, and the first cell's alone was read: split them and fill in every cell"
        remarks.append((min(merged), Problem("merged_cells", "one cell for each value", advice)))
    valueless = [row for row in hidden.valueless if row > raw.header_row]
    if valueless:
        what = "1 cell shows" if len(valueless) == 1 else f"{len(valueless):,} cells show"
        advice = f"{what} an error or a formula that was not worked out, read as blank: mend it and save the file again"
        remarks.append((min(valueless), Problem("formula_without_value", "the value of every formula", advice)))
    return replace(raw, remarks=tuple(remarks)) if raw.header else raw


def _problem(what: str, kind: str) -> Problem:
    them = "it was" if what.endswith(" is") else "they were"
    advice = f"{what} hidden in the spreadsheet, and {them} read: take away what is not meant"
    return Problem(f"hidden_{kind}", f"no hidden {kind}s", advice)


def _inside(numbers: np.ndarray, ranges: Sequence[range]) -> np.ndarray:
    """Say which numbers lie in any of the ranges, of which there may be as many as rows."""
    if not ranges:
        return np.zeros(len(numbers), bool)
    bounds = np.array([(one.start, one.stop) for one in ranges], np.int64)
    bounds = bounds[bounds[:, 0].argsort()]
    before = np.searchsorted(bounds[:, 0], numbers, side="right")
    # A number lies in one that begins before it and ends after it: of all that begin before, the last end counts.
    ends = np.maximum.accumulate(np.concatenate([[0], bounds[:, 1]]))
    inside: np.ndarray = numbers < ends[before]
    return inside
