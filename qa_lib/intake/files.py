"""Files into raw tables: which files count, which table each one is, what cannot be read at all.

Hidden files, lock files of an open workbook (``~$cases.xlsx``), folders and symbolic links are not looked at: a link
may lead out of the data set. Files of other kinds and files named as no table are left out with a notice. Two files (or
sheets) of one table, and files that cannot be read, are refused, all of them by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from qa_lib.errors import IntakeError
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Ledger, Place, left_out
from qa_lib.intake.layout import canonical, nearest
from qa_lib.intake.parquet import read_parquet
from qa_lib.intake.raw import RawTable
from qa_lib.intake.workbook import read_workbook
from qa_lib.tables.vocabulary import Table

#: Largest file that is read into memory.
MOST_BYTES = 2_000_000_000
ACCEPTED = "a folder of CSV, XLSX or Parquet files named as the tables, or one workbook with a sheet per table"

Reader = Callable[[bytes, str, Mapping[str, Table], Ledger], Iterable[RawTable]]


def raw_tables(path: str | Path, tables: Mapping[str, Table], ledger: Ledger) -> tuple[list[RawTable], dict[str, str]]:
    """Read every table of a data set as it arrived, and hash every file read.

    Raises
    ------
    IntakeError
        If nothing can be read there, naming each file that cannot and each table that came twice.
    """
    raws: list[RawTable] = []
    inputs: dict[str, str] = {}
    unreadable: list[str] = []
    for file in data_files(path):
        read = READERS.get(file.suffix.lower())
        if read is None:
            left_out(ledger, Place("", file.name), "a CSV, XLSX or Parquet file", "left out; nothing to do")
            continue
        try:
            data = contents(file)
            found = list(read(data, file.name, tables, ledger))
        except IntakeError as error:
            unreadable.append(str(error))
            continue
        if found:
            inputs[file.name] = hashlib.sha256(data).hexdigest()
            raws += found
    faults = unreadable + _twice(raws)
    if not raws and not faults:
        faults = [f"no table was found; expected {ACCEPTED}: {', '.join(tables)}"]
    if faults:
        raise IntakeError("the data set cannot be read: " + "; ".join(faults))
    return raws, inputs


def data_files(path: str | Path) -> list[Path]:
    """Return the files of a data set, sorted by name: those of a folder, or the one given."""
    if "://" in str(path):
        raise IntakeError(
            f"a data set arrived as an address; expected {ACCEPTED}. Give the path of the folder or file."
        )
    place = Path(path)
    if place.is_dir():
        return sorted(file for file in place.iterdir() if file.is_file() and not file.is_symlink() and _shown(file))
    if not place.is_file():
        raise IntakeError(f'nothing is at "{place}"; expected {ACCEPTED}. Check the path.')
    return [place]


def contents(file: Path) -> bytes:
    """Return the bytes of a file, unless there are too many of them."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        raise IntakeError(
            f"{file.name} has {size // 1_000_000} MB; at most {limit} MB are read. Split it, or use Parquet"
        )
    try:
        return file.read_bytes()
    except OSError as error:
        raise IntakeError(f"{file.name} cannot be opened ({error.strerror}); check its permissions") from error


def _shown(file: Path) -> bool:
    return not file.name.startswith((".", "~$", "~")) and file.name.lower() not in {"thumbs.db", "desktop.ini"}


def _twice(raws: Iterable[RawTable]) -> list[str]:
    places: dict[str, list[str]] = {}
    for raw in raws:
        where = f"{raw.place.file}, sheet {raw.place.sheet}" if raw.place.sheet else raw.place.file
        places.setdefault(raw.place.table, []).append(where)
    return [
        f"{name} came {len(found)} times ({' and '.join(found)}); keep one of them"
        for name, found in sorted(places.items())
        if len(found) > 1
    ]


def _csv(data: bytes, file: str, tables: Mapping[str, Table], ledger: Ledger) -> Iterable[RawTable]:
    name = canonical(Path(file).stem)
    if name in tables:
        return [read_delimited(data, Place(name, file))]
    left_out(ledger, Place("", file), "a file named as a table", f"left out{nearest(name, tables)}")
    return []


def _parquet(data: bytes, file: str, tables: Mapping[str, Table], ledger: Ledger) -> Iterable[RawTable]:
    name = canonical(Path(file).stem)
    if name in tables:
        return [read_parquet(data, Place(name, file))]
    left_out(ledger, Place("", file), "a file named as a table", f"left out{nearest(name, tables)}")
    return []


READERS: dict[str, Reader] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".parquet": _parquet,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
}
