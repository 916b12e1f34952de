"""Looks into a workbook before it is opened: encrypted, damaged, or built to fill the memory of whoever opens it.

A reader of workbooks lays a sheet out as one block from its first to its last cell, so a file of a kilobyte with one
cell in the last corner fills any memory. What an archive states about itself may be wrong; therefore every part is
unpacked here once, in pieces and to nowhere, which also compares its check sum. Any part may be a sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from qa_lib.errors import IntakeError

MOST_PARTS = 5_000
MOST_UNPACKED = 4_000_000_000
#: Honest sheets shrink to a tenth or a twentieth of their size; below ``FREE`` nobody is hurt.
MOST_SHRUNK, FREE = 100, 20_000_000
#: The format's own limit of rows, and what fits into the memory of an office computer.
MOST_ROWS, MOST_CELLS = 1_048_576, 60_000_000
#: A block larger than this must not be mostly empty.
SPARSE_CELLS, FULLEST = 5_000_000, 20

_PIECE = 1 << 20
# A cell's column and row as every program writes them, and as the format allows them to be written.
_PLAINLY = re.compile(rb'r="([A-Za-z]{1,7})\d'), re.compile(rb'r="[A-Za-z]*(\d{1,15})')
_FREELY = tuple(re.compile(rb"r\s*=\s*[\"']" + rest) for rest in (rb"([A-Za-z]{1,7})\d", rb"[A-Za-z]*(\d{1,15})"))
_UNUSUAL = re.compile(rb"r(?:=[\s']|\s+=)")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
SAVE_AGAIN = "open it in a spreadsheet program and save it again as .xlsx"
SMALLER = "split it, or save the table as CSV or Parquet"


def check_archive(data: bytes, file: str) -> None:
    """Refuse a workbook that cannot or must not be opened.

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
            _check_sizes(archive, len(data), file)
            for part in archive.infolist():
                _check_part(archive, part, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise IntakeError(f"{file} is a damaged workbook ({error}); {SAVE_AGAIN}") from error


def _refuse_ole(data: bytes, file: str) -> None:
    import msoffcrypto

    try:
        encrypted = bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # whatever a parser of foreign bytes raises: it is not readable
        encrypted = False
    if encrypted:
        raise IntakeError(f"{file} is encrypted; open it with its password and save it without one")
    raise IntakeError(f"{file} is a workbook of the old .xls kind, or a damaged one; {SAVE_AGAIN}")


def _check_sizes(archive: zipfile.ZipFile, size: int, file: str) -> None:
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


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    letters: set[bytes] = set()
    last, cells, rest, sheet = 0, 0, b"", False
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if piece.startswith(_WIDE):
                raise ValueError("a part is not UTF-8")
            # A reference cut in two by the end of a piece is seen with the next one.
            text = rest + piece
            end = text.rfind(b">") + 1
            text, rest = text[:end], text[end:][-1000:]
            sheet = sheet or b"sheetData" in text
            spelling = _FREELY if _UNUSUAL.search(text) else _PLAINLY
            columns = spelling[0].findall(text)
            cells += len(columns)
            letters.update(columns)
            last = max(last, *map(int, spelling[1].findall(text)), 0)
    if sheet:
        _check_extent(last, max(map(_number, letters), default=0), cells, file)


def _check_extent(last: int, width: int, cells: int, file: str) -> None:
    """Refuse a sheet whose cells lie too far out or too far apart."""
    if last > MOST_ROWS:
        raise IntakeError(f"{file} has a sheet with row {last}; a sheet has at most {MOST_ROWS} rows; {SMALLER}")
    if last * width > MOST_CELLS:
        raise IntakeError(f"{file} has a sheet of {last} rows and {width} columns; that is too large; {SMALLER}")
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
