"""``read_dataset``: a folder or a workbook into validated tables, rejected rows with reasons, notices and hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.intake.accepted import COUNTS, Dataset
from qa_lib.intake.checking import Checked, check_cells
from qa_lib.intake.column_mapping import mapping_by_table
from qa_lib.intake.faults import Ledger
from qa_lib.intake.layout import ANY_TABLE, Mappings, check_header_rows, check_mappings
from qa_lib.intake.near_names import notice_near_names
from qa_lib.intake.prepared import is_prepared, read_prepared
from qa_lib.intake.raw import RawTable
from qa_lib.intake.raw_files import notice_unnamed, raw_tables
from qa_lib.intake.scheme_of import ask_for_scheme, scheme_of
from qa_lib.intake.verdicts import ask_schema, check_references
from qa_lib.parameter_values import as_text
from qa_lib.scheme import find_scheme, load, scheme_of_reader, schemes


def read_dataset(
    path: str | Path,
    *,
    scheme: str | None = None,
    columns: Mappings | None = None,
    values: Mapping[str, Mappings] | None = None,
    reader: str | None = None,
    header_rows: Mapping[str, int] | None = None,
) -> Dataset:
    """Read and validate a data set. Every fault is found in one go; no row is silently lost or changed.

    Parameters
    ----------
    path
        A folder of CSV, Excel, OpenDocument or Parquet files named as the tables, one workbook with a sheet per table,
        or one file.
    scheme
        Name of the scheme whose tables they are; where nothing is said, the one that all tables found there are of.
    columns
        Per table, the file's column name -> the canonical one. The table ``*`` stands for all that have the column.
    values
        Per table (or ``*``) and canonical column, the text in the file -> the text to read in its place.
    reader
        Name of a reader for data that is laid out in another way; each scheme has its own.
    header_rows
        Table -> the row of its header, where titles or notes stand above it; otherwise the first row with text. The
        table ``*`` stands for all others.

    Raises
    ------
    IntakeError
        If a file cannot be read at all, two files are the same table, or a mapping names what the scheme lacks; or if
        nobody said whose tables they are, and they do not fit one scheme alone.
    """
    path = path if isinstance(path, Path) else as_text(path, name="dataset")
    if header_rows and (reader is not None or is_prepared(path)):
        raise IntakeError("rows of headers are told where tables are read as they are; here they are known: tell none")
    if (columns or values) and (reader is not None or is_prepared(path)):
        what = "a run's prepared data" if reader is None else f"data for the reader {reader}"
        raise IntakeError(
            f"columns and values are mapped where tables are read as they are; this is {what}: map nothing"
        )
    if is_prepared(path):
        return read_prepared(path, scheme=scheme)
    if reader is not None:
        made: Dataset = load(scheme_of_reader(reader).readers[reader])(Path(path))
        return made
    among, ask = ({scheme: find_scheme(scheme)}, "") if scheme else (schemes(), ask_for_scheme())
    named, ledger = {name: table for one in among.values() for name, table in one.tables.items()}, Ledger()
    columns, values, header_rows = columns or {}, values or {}, header_rows or {}
    raws, inputs = raw_tables(path, named, ledger, _by_table(header_rows, named), ask=ask)
    whose = scheme_of({raw.place.table for raw in raws} | set(ledger.rejected["table"]), among)
    notice_unnamed(ledger, whose.tables)
    check_mappings(whose.tables, columns, values)
    check_header_rows(whose.tables, _by_table(header_rows, whose.tables))
    columns, values = mapping_by_table(raws, whose.tables, columns, values, ledger)
    return assemble(raws, inputs, scheme=whose.name, columns=columns, values=values, ledger=ledger)


def _by_table(header_rows: Mapping[str, int], tables: Iterable[str]) -> dict[str, int]:
    own = {name: row for name, row in header_rows.items() if name != ANY_TABLE}
    return dict.fromkeys(tables if ANY_TABLE in header_rows else (), header_rows.get(ANY_TABLE, 0)) | own


def assemble(
    raws: Iterable[RawTable],
    inputs: Mapping[str, str],
    *,
    scheme: str,
    columns: Mappings,
    values: Mapping[str, Mappings] | None = None,
    ledger: Ledger | None = None,
) -> Dataset:
    """Check tables as they arrived, one by one and against each other, and part good rows from rejected ones."""
    tables, ledger, values = find_scheme(scheme).tables, ledger or Ledger(), values or {}
    checked = {
        name: check_cells(raw, tables[name], columns.get(name, {}), values.get(name, {}), ledger)
        for name, raw in ((raw.place.table, raw) for raw in raws)
    }
    for table in checked.values():
        ask_schema(table, ledger)
    check_references(checked, ledger)
    notice_near_names(checked, ledger)
    names = [name for name in tables if name in checked]
    failing = {name: _failing(checked[name]) for name in names}
    return Dataset(
        scheme=scheme,
        tables={
            name: checked[name].frame[checked[name].good].reset_index(drop=True)
            for name in names
            if checked[name].usable
        },
        rejected=ledger.rejected,
        notices=ledger.noticed,
        inputs=dict(sorted(inputs.items())),
        counts=pd.DataFrame([_counts(checked[name]) for name in names], columns=COUNTS),
        failing={name: rows for name, rows in failing.items() if len(rows)},
    )


def _counts(checked: Checked) -> tuple[str, str, str, int, int, int]:
    place, accepted = checked.raw.place, int(checked.good.sum())
    rows = len(checked.raw.rows) + sum(1 for broken in checked.raw.broken if broken.row > checked.raw.header_row)
    return place.table, place.file, place.sheet, rows, accepted, rows - accepted


def _failing(checked: Checked) -> pd.DataFrame:
    """Return the whole rejected rows as they arrived; a broken record stands in the columns as far as it was read."""
    raw, bad = checked.raw, np.flatnonzero(~checked.good)
    broken = [item for item in raw.broken if item.row > raw.header_row]
    width = max([len(raw.header), *(len(item.fields) for item in broken)])
    fields = [[*item.fields, *[""] * (width - len(item.fields))] for item in broken]
    rows = raw.cells.iloc[bad].reindex(columns=range(width), fill_value="")
    rows = pd.concat([rows, pd.DataFrame(fields, columns=range(width), dtype="str")], ignore_index=True)
    numbers = np.array([*raw.rows[bad], *(item.row for item in broken)], np.int64)
    whole = rows.set_axis(_unlike(raw.header, width), axis=1)
    where = pd.DataFrame({"file": raw.place.file, "sheet": raw.place.sheet, "row": numbers}, index=whole.index)
    return pd.concat([where, whole], axis=1).iloc[np.argsort(numbers, kind="stable")].reset_index(drop=True)


def _unlike(header: Sequence[str], width: int) -> list[str]:
    """Return names for all columns of a file, no two alike: a header may leave some out and repeat others."""
    names: list[str] = []
    for number in range(width):
        name = header[number] if number < len(header) else ""
        taken = not name or name in names or name in ("file", "sheet", "row")
        plain = f"column {number + 1}"
        names.append((f"{name} ({plain})" if name else plain) if taken else name)
    return names
