"""Names of a data set that differ only in what a reader overlooks: noticed, never changed.

``Alpha`` and ``AL PHA`` are two providers until somebody says that they are one, in the value mapping. Names are held
against each other over all tables that name the same kind of thing, so that a list of assessors that spells an id
otherwise than the files do is seen too. Each distinct name is folded once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qa_lib.intake.checking import Checked
from qa_lib.intake.faults import Ledger, Problem
from qa_lib.lookalikes import DIFFERENCES, near_equal, shown_name
from qa_lib.tables.names import may_be_shown, named_kind

NEAR_EQUAL = "near_equal"
#: Spellings of one name that a line lists; and most distinct values of a further column that still make groups.
NAMED, GROUPS = 6, 200


@dataclass
class Spelling:
    """One spelling of a name: in how many rows it stands, and where the first of them is."""

    text: str
    rows: int
    checked: Checked
    column: str
    first: int

    @property
    def row(self) -> int:
        """The number of the first row, as the user sees it."""
        return int(self.checked.raw.rows[self.first])


_Cells = tuple[Checked, str, pd.Series]


def notice_near_names(tables: Mapping[str, Checked], ledger: Ledger) -> None:
    """Notice every group of names that differ only in what a reader overlooks, at the rarest spelling's first row."""
    found: dict[tuple[str, str], list[tuple[Spelling, Problem]]] = defaultdict(list)
    for kind, columns in _by_kind(tables).items():
        for group in _groups(columns):
            rarest = group[-1]
            place = rarest.checked.table.name, rarest.column
            found[place].append((rarest, Problem(NEAR_EQUAL, "one spelling of one name", _advice(group, kind))))
    for (table, column), notices in found.items():
        positions = np.array([spelling.first for spelling, _ in notices])
        tables[table].notice(ledger, column, positions, [problem for _, problem in notices])


def _by_kind(tables: Mapping[str, Checked]) -> dict[str, list[_Cells]]:
    """Return the accepted cells that name something, by what they name."""
    kinds: dict[str, list[_Cells]] = defaultdict(list)
    for checked in tables.values():
        for name in checked.frame.columns:
            kind = _kind(checked, str(name), tables)
            if kind is not None:
                kinds[kind].append((checked, str(name), checked.frame[name][checked.good].dropna()))
    return kinds


def _kind(checked: Checked, name: str, tables: Mapping[str, Checked]) -> str | None:
    if name not in checked.table.names:  # a further characteristic, unless everybody has one of their own
        return f"{name} (further)" if 1 < checked.frame[name].nunique() <= min(GROUPS, len(checked.frame) / 2) else None
    if any(one.binding and one.column == name and one.table in tables for one in checked.table.references):
        return None  # every accepted id of it stands in the other table, letter by letter
    return named_kind(checked.table.column(name))


def _groups(columns: Sequence[_Cells]) -> Iterator[list[Spelling]]:
    """Yield the spellings of each name that has several, the most frequent first, the rarest and latest last."""
    names = [name for _, _, cells in columns for name in cells.unique().tolist()]
    groups = near_equal(names)
    spellings = _spellings(columns, {name for group in groups for name in group}) if groups else {}
    for group in groups:
        yield sorted((spellings[name] for name in group), key=lambda one: (-one.rows, one.row, one.text))


def _spellings(columns: Sequence[_Cells], wanted: set[str]) -> dict[str, Spelling]:
    found: dict[str, Spelling] = {}
    for checked, column, cells in columns:
        own = cells[cells.isin(wanted)]
        counts = own.value_counts()
        for position, name in own.drop_duplicates().items():
            spelling = found.setdefault(name, Spelling(name, 0, checked, column, int(str(position))))
            spelling.rows += int(counts[name])
    return found


def _advice(group: Sequence[Spelling], kind: str) -> str:
    named = may_be_shown(kind)
    listed = ", ".join(_listed(one, group, named=named) for one in group[:NAMED])
    more = f" and {len(group) - NAMED} more" if len(group) > NAMED else ""
    return (
        f"{listed}{more} differ only in {DIFFERENCES}, and count as different; if they are one, {_remedy(group, named)}"
    )


def _remedy(group: Sequence[Spelling], named: bool) -> str:
    first, last = group[0], group[-1]
    if last.checked.table.key == (last.column,):
        return "keep one row"
    example = f"{last.text}={first.text}" if named and last.text.isascii() else "ONE=OTHER"
    return f'correct the file or map them (--values "{last.column}:{example}")'


def _listed(spelling: Spelling, group: Sequence[Spelling], *, named: bool) -> str:
    many = f"{spelling.rows:,} row{'s' if spelling.rows != 1 else ''}"
    if named:
        return f"{shown_name(spelling.text)} ({many})"
    files = {one.checked.raw.place.file for one in group}
    where = f"{spelling.checked.raw.place.file} " if len(files) > 1 else ""
    return f"{where}row {spelling.row} ({many})"
