"""Looks into a workbook before it is opened: encrypted, damaged, or built to fill the memory of whoever opens it.

A reader of workbooks lays a sheet out as one block from its first to its last cell, so a file of a kilobyte with one
cell in the last corner fills any memory. What an archive states about itself may be wrong; therefore every part is
unpacked here once, in pieces and to nowhere, which also compares its check sum. Any part may be a sheet. Archives
within the archive are never opened.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from qa_lib.errors import IntakeError
from qa_lib.intake.formulas import may_lack_values, valueless_rows
from qa_lib.intake.hidden import Hidden
from qa_lib.intake.kinds import SAVE_AGAIN, XLS, kind_of
from qa_lib.intake.shared_text import SharedText

MOST_PARTS = 5_000
MOST_UNPACKED = 4_000_000_000
MOST_SHEETS = 200
#: Honest sheets shrink to a tenth or a twentieth of their size; below ``FREE`` nobody is hurt.
MOST_SHRUNK, FREE = 100, 20_000_000
#: The format's own limit of rows, and what fits into the memory of an office computer.
MOST_ROWS, MOST_CELLS = 1_048_576, 60_000_000
#: A block larger than this must not be mostly empty.
SPARSE_CELLS, FULLEST = 5_000_000, 20

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PIECE = 1 << 20
# A cell's column and row as every program writes them, and as the format allows them to be written.
_PLAINLY = re.compile(rb'r="([A-Za-z]{1,7})\d'), re.compile(rb'r="[A-Za-z]*(\d{1,15})')
_FREELY = tuple(re.compile(rb"r\s*=\s*[\"']" + rest) for rest in (rb"([A-Za-z]{1,7})\d", rb"[A-Za-z]*(\d{1,15})"))
_UNUSUAL = re.compile(rb"r(?:=[\s']|\s+=)")
_HIDDEN = re.compile(rb"<(?:\w+:)?(row|col)\s(?=[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'])[^>]*>")
_NUMBERED = re.compile(rb"\b(r|min|max)\s*=\s*[\"'](\d{1,9})[\"']")
#: What is raised by an archive that is not what it says.
BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, RuntimeError, OSError, ValueError)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
SMALLER = "split it, or save the table as CSV or Parquet"


def check_archive(data: bytes, file: str) -> dict[str, Hidden]:
    """Refuse a workbook that cannot or must not be opened; return what its parts hide, by their paths.

    Raises
    ------
    IntakeError
        Saying which of these it is, and what to do.
    """
    if data.startswith(_OLE):
        _refuse_ole(data, file)
    if not data.startswith(_ZIP):
        raise IntakeError(f"{file} is no workbook, or a damaged one; {SAVE_AGAIN}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_sizes(archive, len(data), file)
            shared = SharedText()
            parts = {part.filename: _check_part(archive, part, file, shared) for part in archive.infolist()}
            shared.check(archive, parts, file)
            return parts
    except BROKEN as error:
        raise IntakeError(f"{file} is a damaged workbook ({error}); {SAVE_AGAIN}") from error


def check_workbook(data: bytes, file: str) -> dict[str, Hidden]:
    """Check an Excel workbook as :func:`check_archive` does; return what it hides, by the names of its sheets."""
    parts = check_archive(data, file)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book, links = (archive.read(name) if name in parts else b"" for name in (_BOOK, _LINKS))
    targets = {one.get("Id", ""): one.get("Target", "") for one in _tags(b"Relationship", links)}
    sheets = {one.get("name", ""): targets.get(one.get("id", ""), "") for one in _tags(b"sheet", book)}
    # A path is the archive's, or counts from the folder of the workbook.
    paths = {name: path.removeprefix("/") if path.startswith("/") else f"xl/{path}" for name, path in sheets.items()}
    return {name: parts.get(path, Hidden()) for name, path in paths.items()}


def _tags(name: bytes, text: bytes) -> Iterator[dict[str, str]]:
    """Yield the attributes of every element of a name, without the prefixes of theirs."""
    for tag in re.finditer(rb"<(?:\w+:)?" + name + rb"\s([^>]*)>", text):
        pairs = re.findall(rb"([\w.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag[1])
        yield {key.decode(): html.unescape((one or other).decode(errors="replace")) for key, one, other in pairs}


def _refuse_ole(data: bytes, file: str) -> None:
    import msoffcrypto

    try:
        encrypted = bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # whatever a parser of foreign bytes raises: it is not readable
        encrypted = False
    if encrypted:
        raise IntakeError(f"{file} is encrypted; open it with its password and save it without one")
    what = "a workbook of the old .xls kind" if kind_of(data) == XLS else "a damaged workbook, or none"
    raise IntakeError(f"{file} is {what}; {SAVE_AGAIN}")


def check_sizes(archive: zipfile.ZipFile, size: int, file: str) -> None:
    """Refuse an archive by what it says of its own parts."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        raise IntakeError(f"{file} has {len(parts)} parts; a workbook has at most {MOST_PARTS}; {SAVE_AGAIN}")
    if unpacked > MOST_UNPACKED:
        arrived, limit = unpacked // 1_000_000, MOST_UNPACKED // 1_000_000
        raise IntakeError(f"{file} unpacks to {arrived} MB; at most {limit} MB are read; {SMALLER}")
    if unpacked > FREE and unpacked > MOST_SHRUNK * size:
        raise IntakeError(
            f"{file} unpacks to {unpacked // size} times its size; at most {MOST_SHRUNK} times is read; {SMALLER}"
        )


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str, shared: SharedText) -> Hidden:
    letters: set[bytes] = set()
    hidden = Hidden()
    last, cells, rest, read, sheet, formulas = 0, 0, b"", 0, False, False
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if piece.startswith(_WIDE):
                raise ValueError("a part is not UTF-8")
            # A reference cut in two by the end of a piece is seen with the next one.
            text, at = rest + piece, read - len(rest)
            read += len(piece)
            end = text.rfind(b">") + 1
            text, rest = text[:end], text[end:][-1000:]
            sheet = sheet or b"sheetData" in text
            formulas = formulas or may_lack_values(text)
            shared.note(part.filename, text, at)
            spelling = _FREELY if _UNUSUAL.search(text) else _PLAINLY
            columns = spelling[0].findall(text)
            cells += len(columns)
            letters.update(columns)
            last = max(last, *map(int, spelling[1].findall(text)), 0)
            if b"hidden" in text:
                _note_hidden(text, hidden)
    if sheet:
        check_extent(last, max(map(_number, letters), default=0), cells, file)
        if formulas:
            with archive.open(part) as stream:
                hidden.valueless = valueless_rows(stream)
    return hidden


def _note_hidden(text: bytes, hidden: Hidden) -> None:
    for tag in _HIDDEN.finditer(text):
        numbers = {name: int(number) for name, number in _NUMBERED.findall(tag.group())}
        if tag[1] == b"row" and b"r" in numbers:
            hidden.hide_row(numbers[b"r"])
        elif tag[1] == b"col" and {b"min", b"max"} <= set(numbers):
            hidden.columns.append(range(numbers[b"min"], numbers[b"max"] + 1))


def check_sheets(number: int, file: str) -> None:
    """Refuse a workbook of more sheets than anybody looks at."""
    if number > MOST_SHEETS:
        raise IntakeError(f"{file} has {number} sheets; at most {MOST_SHEETS} are looked at; keep the sheets of tables")


def check_size(rows: int, columns: int, file: str) -> None:
    """Refuse a sheet that would be laid out in too large a block."""
    if rows > MOST_ROWS:
        raise IntakeError(f"{file} has a sheet with row {rows}; a sheet has at most {MOST_ROWS} rows; {SMALLER}")
    if rows * columns > MOST_CELLS:
        raise IntakeError(f"{file} has a sheet of {rows} rows and {columns} columns; that is too large; {SMALLER}")


def check_extent(last: int, width: int, cells: int, file: str) -> None:
    """Refuse a sheet whose cells lie too far out or too far apart."""
    check_size(last, width, file)
    if last * width > max(SPARSE_CELLS, FULLEST * cells):
        raise IntakeError(
            f"{file} has a sheet that reaches to row {last} and column {width} and is nearly empty; "
            "delete the rows and columns beyond the table"
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
