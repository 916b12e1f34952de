"""Writing the made-up tables: CSV in UTF-8 with LF and without a byte-order mark, the same bytes every time."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qa_lib.files import write_whole


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(value) for value in row] for row in rows)
    write_whole(path, text.getvalue().encode("utf-8"))


def write_lists(tables: Any, out: Path) -> None:
    """Write each list of rows that a dataclass holds as the table of its name; fields of the rows are columns."""
    for table in fields(tables):
        rows = getattr(tables, table.name)
        if rows and isinstance(rows, list):
            columns = [field.name for field in fields(rows[0])]
            write_table(out / f"{table.name}.csv", columns, ([getattr(row, name) for name in columns] for row in rows))


def digest_of(build: Callable[[Path], None]) -> str:
    """Return the SHA-256 over name and bytes of each file that a function writes into a folder, in their order."""
    with TemporaryDirectory() as folder:
        build(Path(folder))
        files = sorted(Path(folder).iterdir())
        return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)
