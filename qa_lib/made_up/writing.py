"""Writing the made-up tables: CSV in UTF-8 with LF and without a byte-order mark, the same bytes every time."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from qa_lib.files import write_whole
from qa_lib.made_up.planting import Tables
from qa_lib.tables.vocabulary import Table

#: A row while it is made: what is not said of it is blank. Its columns are the declared ones, which writing sees to.
Row = SimpleNamespace


def as_text(table: Table, rows: Iterable[Row], *, without: str = "", more: str = "") -> list[dict[str, str]]:
    """Return rows as they are written, with the declared columns in their order.

    Parameters
    ----------
    without, more
        Columns that made-up data leave out, and further ones, separated by spaces.

    Raises
    ------
    ValueError
        If a row has a column that is not among them, or a blank where the table allows none.
    """
    columns = [*(name for name in table.names if name not in without.split()), *more.split()]
    known, filled, written = set(columns), table.filled, []
    for row in map(vars, rows):
        written.append({column: _text(row.get(column)) for column in columns})
        if faulty := (row.keys() - known) | {column for column in filled if not written[-1][column]}:
            raise ValueError(f"a row of {table.name} has {row}; look at {', '.join(sorted(faulty))}")
    return written


def write_tables(tables: Tables, out: Path) -> None:
    """Write each table that has rows into a folder."""
    for name, rows in tables.items():
        if rows:
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(rows[0])
            writer.writerows(row.values() for row in rows)
            write_whole(out / f"{name}.csv", text.getvalue().encode("utf-8"))


def digest_of_folder(folder: Path) -> str:
    """Return the SHA-256 over name and bytes of each table in a folder, in their order."""
    files = sorted(folder.glob("*.csv"))
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def digest_of(build: Callable[[Path], None]) -> str:
    """Return the digest of the tables that a function writes into a folder."""
    with TemporaryDirectory() as folder:
        build(Path(folder))
        return digest_of_folder(Path(folder))


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)
