"""A sheet of a filled form under check: which rows it has, what is given in them, and what people entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qa_lib.forms.declaration import Field, FormCopy, Sheet
from qa_lib.forms.entries import day_remarks, read_entry, unreadable, wanted
from qa_lib.forms.opening import FORMULA, ArrivedSheet, Row
from qa_lib.forms.remarks import Place, Remarks
from qa_lib.intake.faults import Problem
from qa_lib.intake.values import MISSING

#: The cells by which a row is known.
Key = tuple[str, ...]


@dataclass
class SheetCheck:
    """A sheet under check; the sheets of several workbooks, once they are put together.

    Attributes
    ----------
    declared, arrived
        The sheet as the form has it, and as it came back.
    copy
        What was given in it.
    faults, notices
        Where they go.
    rows
        Its rows by key, once they are read.
    halves
        Where several workbooks were put together: the sheet of each.
    whole
        Every workbook has the sheet, and on it the columns by which its rows are known.
    """

    declared: Sheet
    arrived: ArrivedSheet
    copy: FormCopy
    faults: Remarks
    notices: Remarks
    rows: dict[Key, Row] = field(default_factory=dict)
    halves: Sequence[SheetCheck] = ()
    whole: bool = True

    @cached_property
    def given(self) -> Mapping[Key, Mapping[str, str]]:
        """Key -> heading -> what is given there, for every row that the form gives."""
        rows = [dict(zip(self.declared.given, row, strict=True)) for row in self.copy.rows[self.declared.title]]
        return {tuple(row[name] for name in self.declared.key): row for row in rows}

    @property
    def has_key(self) -> bool:
        """Whether the columns by which its rows are known are there."""
        return set(self.declared.key) <= set(self.arrived.letters)

    def place(self, row: Row, column: str) -> Place:
        """Return where a cell stands."""
        letter = self.arrived.letters.get(column, "")
        own = Place(self.declared.title, row.number, letter, column, self.faults.workbook)
        return row.places.get(column, own)

    def fault(self, row: Row, column: str, problem: Problem) -> None:
        """Add a fault of a cell; other rules leave that cell alone from now on."""
        self.faults.add(self.place(row, column), problem, row.cell(column).text)
        row.unread.add(column)

    def notice(self, row: Row, column: str, problem: Problem) -> None:
        """Add a notice about a cell."""
        self.notices.add(self.place(row, column), problem, row.cell(column).text)

    def missing(self, expected: str, advice: str) -> None:
        """Add a fault of the sheet: a row that should be there."""
        self.faults.add(Place(self.declared.title), Problem("missing_row", expected, advice))

    def read_rows(self) -> None:
        """Read every cell of every row that can be known; find what was changed or cannot be read."""
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in self.arrived.rows if self.has_key else ():
            if key := self._key(row):
                found[key].append(row)
        for same in found.values():
            numbers = ", ".join(str(row.number) for row in same)
            for row in same if len(same) > 1 else ():
                what = self.declared.row
                expected = self.declared.one_row or f"one row for each {what}"
                advice = f"rows {numbers} are for the same {what}: keep one"
                self.fault(row, self.declared.key[-1], Problem(f"duplicate_{what}", expected, advice))
        self.rows = {key: same[0] for key, same in found.items()}
        for key, row in self.rows.items():
            self._read_row(row, self.given.get(key, {}))

    def _key(self, row: Row) -> Key | None:
        """Return what a row is known by; of a sheet without spare rows, one of those that are given."""
        key: list[str] = []
        last = self.declared.by_name[self.declared.key[-1]]
        for one in (self.declared.by_name[name] for name in self.declared.key):
            cell = row.cell(one.name)
            value = read_entry(cell, one, self.copy) if cell.text else wanted("unknown", one, self.copy)
            if not (cell.text or self.declared.spare):
                advice = f"clear this row, or put its {one.name.replace('_', ' ')} back"
                value = Problem(f"no_{one.name}", one.wanted[0], advice)
            if isinstance(value, Problem):
                self.fault(row, one.name, value)
                return None
            key.append(value)
        if self.declared.spare or tuple(key) in self.given:
            return tuple(key)
        self.fault(row, last.name, wanted("unknown", last, self.copy))
        return None

    def _read_row(self, row: Row, given: Mapping[str, str]) -> None:
        for one in self.declared.fields:
            value = given.get(one.name)
            if value is None or (one.open_if_blank and not value):
                self._read_cell(row, one)
                continue
            cell = row.cell(one.name)
            if one.name not in row.unread and (cell.mark == FORMULA or cell.text != value):
                expected = f'"{value}"' if value else "an empty cell"
                advice = "this cell is given and must stay as it was: undo the change"
                self.fault(row, one.name, Problem("given_changed", expected, advice))
            row.values[one.name] = value

    def _read_cell(self, row: Row, one: Field) -> None:
        cell = row.cell(one.name)
        if one.name in row.unread or cell.text.casefold() in MISSING:
            return
        value = unreadable(cell, one) or read_entry(cell, one, self.copy)
        if isinstance(value, Problem):
            self.fault(row, one.name, value)
            return
        row.values[one.name] = value
        row.entered.append(one.name)
        for problem in day_remarks(cell, value, self.copy.days.get(one.name)) if one.kind == "date" else ():
            self.notice(row, one.name, problem)

    def check_rows(self) -> None:
        """Find rows that are missing, and cells that have to be filled in; for a form without rules of its own."""
        if self.whole:
            self.check_missing()
            for row in self.rows.values():
                self.check_required(row)

    def check_missing(self) -> None:
        """Find rows that the form gave and that did not come back."""
        of = self.declared
        for key in sorted(set(self.given) - set(self.rows)):
            expected = f"a row for the {of.row} {' '.join(key)}, which is in {of.among}"
            self.missing(expected, f"put its row back, or {self.copy.form.new_copy}")

    def check_required(self, row: Row) -> None:
        """Find cells of a row that have to be filled in."""
        for one in self.declared.fields:
            other, word = one.required_if or ("", "")
            if (one.required or (other and row.values.get(other) == word)) and row.lacks(one.name):
                self.fault(row, one.name, wanted("no", one, self.copy))
