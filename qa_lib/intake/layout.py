"""Which column of a file is which column of a table: canonical names, the mapping, the faults of a header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from qa_lib.errors import IntakeError
from qa_lib.intake.faults import Ledger, Problem
from qa_lib.intake.raw import LOOKED_THROUGH, SEPARATORS, RawTable
from qa_lib.intake.values import MISSING
from qa_lib.lookalikes import suggestion, word_form
from qa_lib.tables.vocabulary import Table

Mappings = Mapping[str, Mapping[str, str]]
#: In a mapping: every table that has the column.
ANY_TABLE = "*"


def canonical(name: str) -> str:
    """Return a table or column name as it is declared.

    Examples
    --------
    >>> canonical(" Case-ID ")
    'case_id'
    """
    return word_form(name)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "..."?`` for the known word nearest to one that is not known, or nothing.

    Never its opposite: see :func:`qa_lib.lookalikes.suggestion`.

    Examples
    --------
    >>> nearest("metx", ["met", "insufficient"])
    '; did you mean "met"?'
    """
    near = suggestion(word, known)
    return f'; did you mean "{near}"?' if near else ""


def check_mappings(tables: Mapping[str, Table], columns: Mappings, values: Mapping[str, Mappings]) -> None:
    """Refuse mappings to tables and columns that the scheme does not have, all at once."""
    wrong = [
        f'"{name}" is no table of the scheme{nearest(name, tables)}'
        for name in sorted({*columns, *values} - {ANY_TABLE})
        if name not in tables
    ]
    named = [(name, goal) for name in columns for goal in columns[name].values()]
    named += [(name, goal) for name in values for goal in values[name]]
    wrong += [
        f'"{goal}" is no column of {name}{nearest(goal, tables[name].names)}'
        for name, goal in sorted(set(named))
        if name in tables and goal not in tables[name].names and not tables[name].keeps_extra
    ]
    if wrong:
        raise IntakeError(
            "the column or value mapping names what the scheme does not have: "
            + "; ".join(wrong)
            + ". Write the names that the scheme has."
        )


def check_header_rows(tables: Mapping[str, Table], header_rows: Mapping[str, int]) -> None:
    """Refuse the row of a header of a table that the scheme does not have, and a number that no row has."""
    wrong = [f'"{name}" is no table of the scheme{nearest(name, tables)}' for name in header_rows if name not in tables]
    wrong += [f"row {row} of {name} is no row; rows are counted from 1" for name, row in header_rows.items() if row < 1]
    if wrong:
        such = f"write TABLE=N, such as {next(iter(tables))}=4"
        raise IntakeError(f"the rows of headers cannot be read so: {'; '.join(wrong)}; {such}")


def header_elsewhere(raw: RawTable, table: Table, mapping: Mapping[str, str]) -> Problem | None:
    """Return what to do where another row holds the names of a table's columns, and the header's row does not.

    A title, a date or a note often stands above the table. Every row below would be a fault, every column missing.
    """
    mapped = {canonical(source): goal for source, goal in mapping.items()}

    def known(cells: Iterable[str]) -> set[str]:
        return {mapped.get(canonical(cell), canonical(cell)) for cell in cells} & set(table.names)

    if table.required and set(table.required) <= known(raw.header):
        return None
    best = likely_header(raw, known, least=min(2, len(table.names)))
    if best is None and any(raw.header) and not known(raw.header):
        best = _fullest_row(raw)
    if best is None:
        return None
    advice = (
        f"the header seems to be in row {best}: have it read from there with --header-row {table.name}={best} "
        f"(in a run file: header_rows: {{{table.name}: {best}}}), or take away the rows above it"
    )
    return Problem("header_row", "the names of the columns", advice)


def likely_header(raw: RawTable, known: Callable[[Iterable[str]], set[str]], *, least: int = 2) -> int | None:
    """Return the row that holds more names of columns than the header does, and at least so many, or None.

    Parameters
    ----------
    raw
        The table as it arrived.
    known
        Cells of a row -> the names of columns among them.
    least
        Fewer names than these make no header.
    """
    rows = {row: max(map(known, _as_cells(fields)), key=len) for row, fields in _first_rows(raw)}
    best = max(rows, key=lambda row: (len(rows[row]), -row), default=0)
    if not best or not raw.header_row or len(rows[best]) < max(len(known(raw.header)) + 1, least):
        return None
    return best


def _fullest_row(raw: RawTable) -> int | None:
    """Return the first row that fills the most cells, where the header names less than half as many columns, or None.

    So a title is known for one where the list calls every column otherwise.
    """
    filled = {row: sum(map(bool, fields)) for row, fields in _first_rows(raw)}
    best = max(filled, key=lambda row: (filled[row], -row), default=0)
    return best if raw.header_row and best and 2 * sum(map(bool, raw.header)) < filled[best] else None


def _first_rows(raw: RawTable) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield number and cells of the first rows of a file but its header: above it where that was told, and below."""
    yield from raw.above[:LOOKED_THROUGH]
    yield from ((broken.row, broken.fields) for broken in raw.broken[:LOOKED_THROUGH])
    records = raw.cells.head(LOOKED_THROUGH).itertuples(index=False, name=None)
    yield from islice(zip(raw.rows.tolist(), records, strict=False), LOOKED_THROUGH)


def _as_cells(fields: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the cells of a row; a single one also as every separator would part it, which a title does not tell."""
    yield fields
    filled = [field for field in fields if field]
    yield from (filled[0].split(separator) for separator in SEPARATORS if len(filled) == 1)


def lay_out(raw: RawTable, table: Table, mapping: Mapping[str, str], ledger: Ledger) -> dict[str, int] | None:
    """Return canonical column name -> number of the file's column, or None where the table cannot be used."""
    mapped = {canonical(source): goal for source, goal in mapping.items()}
    found: dict[str, list[int]] = {}
    for number, name in enumerate(raw.header):
        if name:
            found.setdefault(mapped.get(canonical(name), canonical(name)), []).append(number)
        elif not raw.cells[number].str.strip().str.casefold().isin(MISSING).all():
            expected, advice = "a name above every column", f"column {number + 1} was left out; name it to have it read"
            ledger.notice(raw.place, Problem("unnamed_column", expected, advice), row=raw.header_row)
    known = {name: numbers for name, numbers in found.items() if name in table.names or table.keeps_extra}
    _unknown(raw, table, sorted(found.keys() - known.keys()), ledger)
    _unmapped(raw, mapping, ledger)
    usable = _header_faults(raw, table, known, sorted(found.keys() - set(table.names)), ledger)
    return {name: numbers[0] for name, numbers in known.items()} if usable else None


def _unknown(raw: RawTable, table: Table, names: list[str], ledger: Ledger) -> None:
    advice = "left out; map it to a known column if it is needed"
    expected = f"a column of {table.name}"
    problems = [Problem("unknown_column", expected, advice + nearest(name, table.names)) for name in names]
    number = len(names)
    rows, arrived = [raw.header_row] * number, [""] * number
    ledger.notices(raw.place, problems, rows=rows, column=names, arrived=arrived)


def _unmapped(raw: RawTable, mapping: Mapping[str, str], ledger: Ledger) -> None:
    there = {canonical(name) for name in raw.header}
    for source in sorted(source for source in mapping if canonical(source) not in there):
        advice = f"the column mapping names it, the file does not have it{nearest(source, raw.header)}"
        ledger.notice(raw.place, Problem("mapping", "a column of the file", advice), row=raw.header_row, column=source)


def _header_faults(
    raw: RawTable, table: Table, known: Mapping[str, list[int]], others: list[str], ledger: Ledger
) -> bool:
    usable = True
    for name in (name for name in table.identifying if name not in known):
        advice = f'add the column, or map another to it: --columns "THEIRS={name}"{nearest(name, others)}'
        expected = f"a column {name} ({table.column(name).meaning.rstrip('.')})"
        ledger.fault(raw.place, Problem("missing_column", expected, advice), row=raw.header_row, column=name)
        usable = False
    for name in (name for name, numbers in known.items() if len(numbers) > 1):
        arrived = f"{len(known[name])} columns"
        problem = Problem("double_column", "one column of that name", "take away or rename all but one")
        ledger.fault(raw.place, problem, row=raw.header_row, column=name, arrived=arrived)
        usable = False
    return usable
