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
import pyarrow as pa
import pyarrow.compute as pc

from qa_lib.errors import first_few
from qa_lib.intake.checking import Checked
from qa_lib.intake.faults import Ledger, Problem
from qa_lib.intake.raw import STR
from qa_lib.intake.spellings import makes_groups
from qa_lib.lookalikes import DIFFERENCES, folded_name, near_equal, shown_name

NEAR_EQUAL = "near_equal"
#: Spellings of one name that a line lists.
NAMED = 6
#: So many different names are folded at once by Python alone.
FEW = 1000


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
    for columns in _by_kind(tables).values():
        for group in _groups(columns):
            rarest = group[-1]
            problem = Problem(NEAR_EQUAL, "one spelling of one name", _advice(group, named=_may_be_shown(rarest)))
            found[rarest.checked.table.name, rarest.column].append((rarest, problem))
    for (table, column), notices in found.items():
        positions = np.array([spelling.first for spelling, _ in notices])
        tables[table].notice(ledger, column, positions, [problem for _, problem in notices])


def _may_be_shown(spelling: Spelling) -> bool:
    """Say whether a name may stand in a message; what a further column holds is anybody's."""
    table = spelling.checked.table
    return spelling.column in table.names and table.column(spelling.column).may_be_shown


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
    if name not in checked.table.names:
        return f"{name} (further)" if makes_groups(checked.frame[name]) else None
    if any(one.binding and one.column == name and one.table in tables for one in checked.table.references):
        return None  # every accepted id of it stands in the other table, letter by letter
    return checked.table.column(name).named


def _groups(columns: Sequence[_Cells]) -> Iterator[list[Spelling]]:
    """Yield the spellings of each name that has several, the most frequent first, the rarest and latest last."""
    distinct = [cells.drop_duplicates() for _, _, cells in columns]
    names = distinct[0] if len(distinct) == 1 else pd.concat(distinct).drop_duplicates()
    groups = near_equal(may_be_near(names))
    spellings = _spellings(columns, {name for group in groups for name in group}) if groups else {}
    for group in groups:
        yield sorted((spellings[name] for name in group), key=lambda one: (-one.rows, one.row, one.text))


def may_be_near(names: pd.Series) -> list[str]:
    """Return those of some different names that another of them may be near-equal to: all that are, and hardly more.

    Most ids are plain. Arrow folds them by the million in the time that Python takes for a few; the others are folded
    one by one.
    """
    if len(names) < FEW:
        return [str(name) for name in names]
    plain, folded = _folded_plainly(pa.array(names.astype(STR)))
    others = ~plain.to_numpy(zero_copy_only=False)
    if others.any():
        texts = folded.to_numpy(zero_copy_only=False)
        texts[others] = [folded_name(str(name)) for name in names[others]]
        folded = pa.array(texts)
    return [str(name) for name in names[pd.Series(folded, dtype=STR).duplicated(keep=False).to_numpy()]]


def _folded_plainly(names: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return which names are plain, and all folded as ``folded_name`` folds those: letter case, separators, zeros."""
    text = pc.replace_substring(pc.ascii_lower(names), pattern="&", replacement="and")
    for _ in range(2):  # one pass sees a digit once: 1-1-1 has two separators around it
        text = pc.replace_substring_regex(text, pattern=r"([0-9])[ ._-]+([0-9])", replacement=r"\1/\2")
    text = pc.replace_substring_regex(text, pattern=r"[ '`\",._-]+", replacement="")
    odd = pc.match_substring_regex(text, r"[oil][0-9]|[0-9][oil]|[^\x21-\x7e]")
    folded = pc.replace_substring_regex(text, pattern=r"(^|[^0-9])0+([0-9])", replacement=r"\1\2")
    return pc.invert(odd), folded


def _spellings(columns: Sequence[_Cells], wanted: set[str]) -> dict[str, Spelling]:
    found: dict[str, Spelling] = {}
    for checked, column, cells in columns:
        own = cells[cells.isin(wanted)]
        counts = own.value_counts()
        for position, name in own.drop_duplicates().items():
            spelling = found.setdefault(name, Spelling(name, 0, checked, column, int(str(position))))
            spelling.rows += int(counts[name])
    return found


def _advice(group: Sequence[Spelling], *, named: bool) -> str:
    listed = first_few([_listed(one, group, named=named) for one in group], NAMED)
    return f"{listed} differ only in {DIFFERENCES}, and count as different; if they are one, {_remedy(group, named)}"


def _remedy(group: Sequence[Spelling], named: bool) -> str:
    first, last, others = group[0], group[-1], group[1:NAMED]
    if last.checked.table.key == (last.column,):
        return "keep one row"
    as_they_are = named and all(shown_name(one.text) == f'"{one.text}"' for one in others)
    pairs = [f"{one.column}:{one.text}={first.text}" for one in others] if as_they_are else [f"{last.column}:ONE=OTHER"]
    options = " ".join(f'--values "{pair}"' for pair in pairs)
    return f"correct the file or map them ({options})"


def _listed(spelling: Spelling, group: Sequence[Spelling], *, named: bool) -> str:
    many = f"{spelling.rows:,} row{'s' if spelling.rows != 1 else ''}"
    if named:
        return f"{shown_name(spelling.text)} ({many})"
    files = {one.checked.raw.place.file for one in group}
    where = f"{spelling.checked.raw.place.file} " if len(files) > 1 else ""
    return f"that of {where}row {spelling.row} ({many})"
