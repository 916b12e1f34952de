"""What a file calls otherwise: the column and value mapping of a data set, laid over the tables that arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.intake.faults import Ledger, Problem
from qa_lib.intake.layout import ANY_TABLE, Mappings, canonical, nearest
from qa_lib.intake.raw import RawTable
from qa_lib.intake.typed import words_in_any_form
from qa_lib.lookalikes import bare_word, shown_name
from qa_lib.tables.vocabulary import Table

Columns = dict[str, dict[str, str]]
Values = dict[str, dict[str, dict[str, str]]]


def mapping_by_table(
    raws: Sequence[RawTable],
    tables: Mapping[str, Table],
    columns: Mappings,
    values: Mapping[str, Mappings],
    ledger: Ledger,
) -> tuple[Columns, Values]:
    """Return the mapping table by table: what is said of every table goes to those that have the column.

    A text of the value mapping that no cell holds is noticed: it may be misspelled.

    Raises
    ------
    IntakeError
        If what is said of every table concerns no column of the scheme, or no column of any file.
    """
    by_column = {name: dict(own) for name, own in columns.items() if name != ANY_TABLE}
    for theirs, ours in columns.get(ANY_TABLE, {}).items():
        for raw in _with_column(theirs, ours, raws, tables):
            by_column.setdefault(raw.place.table, {}).setdefault(theirs, ours)
    by_value = {
        name: {column: dict(words) for column, words in own.items()}
        for name, own in values.items()
        if name != ANY_TABLE
    }
    for raw in raws:
        for column, own_words in by_value.get(raw.place.table, {}).items():
            _notice_unused([raw], tables, column, own_words, by_column, ledger)
    for column, words in values.get(ANY_TABLE, {}).items():
        holders = _holders(column, raws, tables, by_column)
        for raw in holders:
            own = by_value.setdefault(raw.place.table, {})
            own[column] = {**words, **own.get(column, {})}
        _notice_unused(holders, tables, column, words, by_column, ledger)
    return by_column, by_value


def _with_column(theirs: str, ours: str, raws: Sequence[RawTable], tables: Mapping[str, Table]) -> Iterator[RawTable]:
    """Yield the tables whose file has the column and whose scheme knows what it is to be read as."""
    _refuse_unknown(ours, tables)
    named = [raw for raw in raws if canonical(theirs) in {canonical(name) for name in raw.header}]
    if not named:
        known = {name for raw in raws for name in raw.header}
        raise IntakeError(f'no file has a column "{theirs}" that could be read as {ours}{nearest(theirs, known)}')
    takers = [raw for raw in named if _takes(tables[raw.place.table], ours)]
    if not takers:
        where = ", ".join(raw.place.table for raw in named)
        raise IntakeError(f'the column "{theirs}" stands in {where}, which has no column {ours}; name another')
    yield from takers


def _takes(table: Table, column: str) -> bool:
    return column in table.names or table.keeps_extra


def _refuse_unknown(column: str, tables: Mapping[str, Table]) -> None:
    if not any(_takes(table, column) for table in tables.values()):
        known = {name for table in tables.values() for name in table.names}
        raise IntakeError(f'no table of the scheme has a column "{column}"{nearest(column, known)}')


def _holders(column: str, raws: Sequence[RawTable], tables: Mapping[str, Table], columns: Columns) -> list[RawTable]:
    _refuse_unknown(column, tables)
    holders = [
        raw
        for raw in raws
        if _takes(tables[raw.place.table], column) and _cells(raw, column, columns.get(raw.place.table, {})) is not None
    ]
    if not holders:
        raise IntakeError(f'no file has a column "{column}" whose values could be mapped')
    return holders


def _cells(raw: RawTable, column: str, columns: Mapping[str, str]) -> pd.Series | None:
    """Return the cells of the column that is read as this one."""
    mapped = {canonical(theirs): ours for theirs, ours in columns.items()}
    for number, name in enumerate(raw.header):
        if mapped.get(canonical(name), canonical(name)) == column:
            return raw.cells[number]
    return None


def _notice_unused(
    raws: Sequence[RawTable],
    tables: Mapping[str, Table],
    column: str,
    words: Mapping[str, str],
    columns: Columns,
    ledger: Ledger,
) -> None:
    there: set[str] = set()
    for raw in raws:
        cells = _cells(raw, column, columns.get(raw.place.table, {}))
        texts = set() if cells is None else set(cells.str.strip().unique().tolist())
        known = {one.name: one for one in tables[raw.place.table].columns}
        alike = words_in_any_form(known[column], words) if column in known else {}
        held = alike.keys() & set(map(bare_word, texts)) if alike else set()
        there |= texts | {text for text in words if bare_word(text) in held}
    for text in (text for text in words if text not in there):
        advice = f"the value mapping names {shown_name(text)}, which no cell holds: check its spelling"
        ledger.notice(raws[0].place, Problem("mapping", "a value of the file", advice), row=0, column=column)
