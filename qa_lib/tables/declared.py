"""What is wrong with the declaration of a table: said before anything is read by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from qa_lib.lookalikes import bare_word, letters_and_digits
from qa_lib.tables.vocabulary import GROUP, PERIOD, Column, Table


def table_faults(table: Table, among: Mapping[str, Table]) -> Iterator[str]:
    """Say what a table's declaration lacks, or names that is not there.

    Parameters
    ----------
    table, among
        The table, and all tables of its scheme.
    """
    if not table.meaning:
        yield f"the table {table.name} has no meaning; say what a row of it is"
    twice = [name for name, number in Counter(table.names).items() if number > 1]
    if twice:
        yield f"the table {table.name} declares {', '.join(twice)} twice"
    since = {column.since for column in table.columns}
    named = {table.known_from, *table.key, *(one.column for one in table.references), *since} - {""}
    if unknown := sorted(named - set(table.names)):
        yield f"the table {table.name} has no column {', '.join(unknown)}, which its declaration names"
    for one in table.references:
        if one.table not in among or one.target not in among[one.table].names:
            yield f"{table.name}.{one.column} points to {one.table}.{one.target}, which is not declared"
    for column in table.columns:
        yield from (f"{table.name}.{column.name} {fault}" for fault in _column_faults(column))


def _column_faults(column: Column) -> Iterator[str]:
    if not column.meaning:
        yield "has no meaning; say in one sentence what a cell of it says"
    if column.names in (GROUP, PERIOD) and column.kind != "text":
        yield f"names a {column.names}; expected text, for words of a list are counted as they are"
    if column.names not in ("", GROUP, PERIOD) and column.kind != "id":
        yield f"names a {column.names} and is no id"
    form = letters_and_digits if column.kind == "text" else bare_word
    spelled = Counter(map(form, [*column.options, *(other for other, _ in column.synonyms)]))
    if twice := sorted(word for word, number in spelled.items() if number > 1):
        yield f"reads {', '.join(twice)} as more than one of its words; say each once"
