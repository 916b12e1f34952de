"""Files into raw tables: which files count, which table each one is, what cannot be read at all.

Hidden files and lock files of an open workbook (``~$cases.xlsx``) are not looked at. Links are not followed, since one
may lead out of the data set, folders not looked into, and files of other kinds not read: each is said, and where its
name is a table's it is a fault, so that nobody takes a data set for whole which lacks that table. Two files (or sheets)
of one table, and files that cannot be read, are refused, all of them by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from qa_lib.errors import IntakeError, first_few
from qa_lib.intake.delimited import check_text, read_delimited
from qa_lib.intake.faults import Ledger, Place, Problem, left_out
from qa_lib.intake.kinds import ENDINGS, PARQUET, READ, TEXT, WORKBOOKS, refuse_misnamed
from qa_lib.intake.layout import canonical, nearest
from qa_lib.intake.notes import without_notes
from qa_lib.intake.parquet import read_parquet
from qa_lib.intake.raw import RawTable
from qa_lib.intake.workbook_files import ReturnArrived, read_workbook
from qa_lib.screen import one_line
from qa_lib.tables.vocabulary import Table

#: Largest file that is read into memory, and most files that a data set has.
MOST_BYTES, MOST_FILES = 2_000_000_000, 1_000
_NAMED = 5
ACCEPTED = (
    "a folder of CSV, Excel, OpenDocument or Parquet files named as the tables, or one workbook with a sheet per table"
)

Reader = Callable[[bytes, str, Mapping[str, Table], Ledger, Mapping[str, int]], Iterable[RawTable]]


def raw_tables(
    path: str | Path,
    tables: Mapping[str, Table],
    ledger: Ledger,
    header_rows: Mapping[str, int],
    *,
    ask: str,
) -> tuple[list[RawTable], dict[str, str]]:
    """Read every table of a data set as it arrived, and hash every file read.

    Parameters
    ----------
    path, tables, ledger
        The data set, the scheme's tables, and where files are noticed that are none of them.
    header_rows
        Table -> the row of its header, where that is not the first row with text.
    ask
        What the user may have left out, where no table is found.

    Raises
    ------
    IntakeError
        If nothing can be read there, naming each file that cannot and each table that came twice.
    """
    raws: list[RawTable] = []
    inputs: dict[str, str] = {}
    unreadable: list[str] = []
    returns: list[str] = []
    for file in data_files(path):
        name = one_line(file.name)
        if _is_passed_over(file, name, tables, ledger, rows_in_scope=file == Path(path)):
            continue
        try:
            data = contents(file)
            found = [without_notes(raw) for raw in READERS[_ending(file)](data, name, tables, ledger, header_rows)]
        except ReturnArrived as error:
            returns.append(str(error))
            left_out(ledger, Place("", name), "a table", f"left out: it is a {error.form}, for qa import-return")
        except IntakeError as error:
            unreadable.append(str(error))
        else:
            if found:
                inputs[file.name] = hashlib.sha256(data).hexdigest()
                raws += found
    faults = unreadable + _twice(raws)
    if not raws and not faults:
        faults = returns or [_nothing(ledger, tables, ask)]
    if faults:
        raise IntakeError("the data set cannot be read: " + "; ".join(faults))
    return raws, inputs


def notice_unnamed(ledger: Ledger, tables: Mapping[str, Table]) -> None:
    """Notice files and sheets that are left out for their names, with the nearest table, once it is known whose."""
    for place, expected, name in ledger.unnamed:
        left_out(ledger, place, expected, f"left out; if it is a table, give it the name of one{nearest(name, tables)}")


def data_files(path: str | Path) -> list[Path]:
    """Return what a data set holds, sorted by name: what can be seen in the folder, or the one file given."""
    if "://" in str(path):
        raise IntakeError(
            f"a data set arrived as an address; expected {ACCEPTED}. Give the path of the folder or file."
        )
    place = Path(path)
    if place.is_dir():
        found = sorted(file for file in place.iterdir() if _shown(file))
        if len(found) > MOST_FILES:
            raise IntakeError(
                f"the folder holds {len(found):,} files; a data set has at most {MOST_FILES:,}. "
                "Give the folder that holds its tables and nothing else."
            )
        return found
    if not place.is_file():
        raise IntakeError(f'nothing is at "{one_line(str(place))}"; expected {ACCEPTED}. Check the path.')
    return [place]


def contents(file: Path) -> bytes:
    """Return the bytes of a file, unless there are too many of them or it is something else than its name says."""
    name = one_line(file.name)
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            limit = MOST_BYTES // 1_000_000
            raise IntakeError(
                f"{name} has {size // 1_000_000:,} MB; at most {limit:,} MB are read. Split it, or use Parquet"
            )
        if ENDINGS.get(_ending(file)) == TEXT:
            check_text(file)
        data = file.read_bytes()
    except OSError as error:
        raise IntakeError(f"{name} cannot be opened ({error.strerror}); check its permissions") from error
    refuse_misnamed(data, name)
    return data


def _ending(file: Path) -> str:
    return file.suffix.lower()


def _is_passed_over(file: Path, name: str, tables: Mapping[str, Table], ledger: Ledger, *, rows_in_scope: bool) -> bool:
    """Say whether something is not read, and note it: a fault where its name is a table's, else a notice."""
    table = canonical(name.split(".")[0])
    if file.is_dir() and not file.is_symlink():
        beside = f"put the table {table} beside it" if table in tables else "put tables beside it if any are in it"
        left_out(ledger, Place("", name), READ, f"the folder is not looked into; {beside}")
        return True
    if (file.is_symlink() and not rows_in_scope) or not file.is_file():
        expected, why = "the file itself", "links are not followed; put the file in its place"
    elif _ending(file) not in READERS:
        ending = f"a {_ending(file)} file" if file.suffix else "a file without an ending"
        expected, why = READ, f"{ending} is not read; save its table as one of these, or give it another name"
    else:
        return False
    if table in tables:
        advice = f"{why}; as it is named, it may be the table {table}"
        ledger.fault(Place(table, name), Problem("unread_file", expected, advice), row=0)
    else:
        left_out(ledger, Place("", name), expected, "left out; nothing to do")
    return True


def _nothing(ledger: Ledger, tables: Mapping[str, Table], ask: str) -> str:
    """Say that no table was found, and what was found in its place."""
    notice_unnamed(ledger, tables)
    places = pd.concat([ledger.rejected, ledger.noticed])[["file", "sheet"]].to_numpy().tolist()
    others = [f"sheet {sheet} of {file}" if sheet else file for file, sheet in places]
    there = f" (not read: {first_few(others, _NAMED)})" if others else ""
    names = f", as qa template SCHEME writes them; {ask}" if ask else f": {', '.join(tables)}"
    return (
        f"no table was found{there}; expected {ACCEPTED}; name the file or sheet after the table that it holds{names}"
    )


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


def _one_table(read: Callable[[bytes, Place, int], RawTable]) -> Reader:
    """Return a reader of files that hold one table each, and are named as it."""

    def reader(
        data: bytes, file: str, tables: Mapping[str, Table], ledger: Ledger, header_rows: Mapping[str, int]
    ) -> Iterable[RawTable]:
        name = canonical(Path(file).stem)
        if name in tables:
            return [read(data, Place(name, file), header_rows.get(name, 0))]
        ledger.unnamed.append((Place("", file), "a file named as a table", name))
        return []

    return reader


def _parquet(data: bytes, place: Place, header_row: int) -> RawTable:
    if header_row:
        raise IntakeError(f"{place.file} has no row of headers to choose; give the row for other tables only: TABLE=N")
    return read_parquet(data, place)


_FOR_KIND: dict[str, Reader] = {
    TEXT: _one_table(read_delimited),
    PARQUET: _one_table(_parquet),
    **dict.fromkeys(WORKBOOKS, read_workbook),
}
READERS: dict[str, Reader] = {ending: _FOR_KIND[kind] for ending, kind in ENDINGS.items()}
