"""Planting facts: the edits of a file of facts, made in tables of text, or refused with everything that is wrong.

A row is called by its key, or by its columns where the table has none, joined by ``/``, as far as it takes to tell it
from the others: ``A026/2024-06``. ``A026 .. A029`` are the rows from one to another, as they stand in the table.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import accumulate
from pathlib import Path
from typing import Any

from qa_lib.made_up.facts import BESIDE, Scope, read_facts
from qa_lib.strict_yaml import Loc, StrictYaml, arrived, nearest
from qa_lib.tables.vocabulary import Column, Table

#: Made-up tables as they are written: name -> rows, of which each is column -> text.
Tables = dict[str, list[dict[str, str]]]

#: Kind of column -> what it holds, and what reads it: a text that does not come out as it went in is refused.
_HELD: Mapping[str, tuple[str, Any]] = {
    "date": ("a day such as 2024-02-07", dt.date.fromisoformat),
    "month": ("a month such as 2024-02", lambda text: dt.date.fromisoformat(f"{text}-01").isoformat()[:7]),
    "bool": ("yes or no", {"yes": "yes", "no": "no"}.get),
    "count": ("a whole number within its bounds", int),
    "decimal": ("a number such as 2.5", Decimal),
}


def plant(
    tables: Tables, declared: Mapping[str, Table], path: Path, scope: Scope, *, into: Collection[str] = ()
) -> None:
    """Edit tables as the facts of a file say.

    Parameters
    ----------
    tables, declared
        What is edited, and how the scheme declares it.
    into
        The tables to edit, where the others are not made yet, or are done.

    Raises
    ------
    QAError
        If a table, row or column is not there, a column does not allow a value, two facts edit one cell or an edit
        changes nothing: with all that is wrong, and the lines of it.
    """
    file, entries = read_facts(path)
    planting = _Planting(file, tables, declared)
    every = [(name, key, edits) for name, entry in entries.items() for key, edits in entry.edits(scope).items()]
    for name, key, edits in every:
        for place, table, row, cells in edits.steps():
            at = (name, key, *place)
            if into and table in declared and table not in into:
                continue
            if table not in tables:
                file.fault(at, f"unknown table {table!r}{nearest(table, tables)}")
            else:
                planting.edit(at, table, row, cells)
    file.check()
    for table in tables:
        tables[table] = [row for row in tables[table] if id(row) not in planting.gone]


def allows(column: Column, text: str) -> bool:
    """Say whether a column allows a text that is not blank."""
    words = text.split(";") if column.kind == "choices" else [text]
    listed = column.options if column.kind != "text" else ()
    try:
        read = str(_HELD.get(column.kind, ("", str))[1](text)) == text and set(words) <= set(listed or words)
        return read and (column.kind != "count" or column.least <= int(text) <= (column.most or int(text)))
    except (ValueError, InvalidOperation):
        return False


class _Planting:
    """Tables while they are edited: whose each edited cell is, and which rows are to go."""

    def __init__(self, file: StrictYaml, tables: Tables, declared: Mapping[str, Table]) -> None:
        self.file, self.tables, self.declared = file, tables, declared
        self.owners: dict[tuple[int, str], str] = {}
        self.gone: set[int] = set()
        self.called: dict[str, dict[str, list[dict[str, str]]]] = {}

    def edit(self, at: Loc, table: str, name: str, cells: Mapping[str, str] | None) -> None:
        """Make one edit, or note why not."""
        if at[2] == "add":
            self._add(at, table, dict(cells or {}))
        for row in self._rows(at, table, name) if at[2] != "add" else ():
            if cells is None:
                self.gone.add(id(row))
            for column, text in (cells or dict.fromkeys(row)).items():
                self._put((*at, column), table, row, column, text)

    def _rows(self, at: Loc, table: str, name: str) -> list[dict[str, str]]:
        """Return the row of that name, or all rows from one to another."""
        ends = [self._row(at, table, end) for end in name.split(" .. ")]
        if None in ends or len(ends) == 1:
            return [row for row in ends if row]
        first, last = (n for n, row in enumerate(self.tables[table]) if row is ends[0] or row is ends[-1])
        return self.tables[table][first : last + 1]

    def _row(self, at: Loc, table: str, name: str) -> dict[str, str] | None:
        if table not in self.called:
            self.called[table] = defaultdict(list)
            self._call(table, self.tables[table])
        found = self.called[table].get(name, [])
        if len(found) == 1:
            return found[0]
        self.file.fault(at, f"{len(found)} rows of {table} are called {name!r}; expected one")
        return None

    def _call(self, table: str, rows: Iterable[dict[str, str]]) -> None:
        """Note what rows are called: by their key as a whole, and by what it begins with."""
        columns, called = self.declared[table].key or self.declared[table].names, self.called[table]
        for row in rows:
            for name in accumulate((row[column] for column in columns), "{}/{}".format):
                called[name].append(row)

    def _put(self, at: Loc, table: str, row: dict[str, str], column: str, text: str | None) -> None:
        """Write a text into a cell; None where its row is removed."""
        known = self.declared[table]
        if column not in row:
            self.file.fault(at, f"unknown column {column!r} of {table}{nearest(column, row)}")
        elif other := self.owners.get((id(row), column)):
            self.file.fault(at, f"{other} edits {column} of this row too")
        elif text == row[column]:
            self.file.fault(at, f"{column} is {arrived(text)} already: the edit changes nothing")
        elif not text and text is not None and column in known.filled:
            self.file.fault(at, f"{column} is blank; no cell of it may be")
        elif text and column in known.names and not allows(known.column(column), text):
            wanted = ", ".join(known.column(column).options) or _HELD[known.column(column).kind][0]
            self.file.fault(at, f"{column} is {arrived(text)}; expected {wanted}")
        elif text is not None:
            row[column] = text
        self.owners.setdefault((id(row), column), str(at[0]).split()[0])

    def _add(self, at: Loc, table: str, cells: dict[str, str]) -> None:
        rows = self.tables[table]
        before, model = (self._row(at, table, name) if (name := cells.pop(word, "")) else None for word in BESIDE)
        row = dict(model or dict.fromkeys(rows[0] if rows else self.declared[table].names, ""))
        for column, text in cells.items():
            self._put((*at, column), table, row, column, text)
        for column in sorted(name for name in self.declared[table].filled if not row[name] and cells.get(name) != ""):
            self.file.fault(at, f"{column} is blank; no cell of it may be")
        rows.insert(next((n for n, one in enumerate(rows, 1) if one is before), len(rows)), row)
        if table in self.called:
            self._call(table, [row])
