"""What a file is, told by its first bytes: names are given by hand, and the ending of a name says only what was meant.

A workbook named ``.csv`` is hundreds of faults when it is read as text, a web page named ``.xls`` a damaged workbook.
Each of them is said in one sentence instead, before anything of it is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple

from qa_lib.errors import IntakeError

TEXT, PARQUET = "text", "parquet"
XLSX, XLS, ODS = "xlsx", "xls", "ods"
WORKBOOKS = (XLSX, XLS, ODS)
#: What each ending promises.
ENDINGS = {
    ".csv": TEXT,
    ".tsv": TEXT,
    ".txt": TEXT,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".xls": XLS,
    ".ods": ODS,
    ".parquet": PARQUET,
}
READ = "a CSV, Excel (.xlsx, .xls), OpenDocument (.ods) or Parquet file"
SAVE_AGAIN = "open it in a spreadsheet program and save it again as .xlsx"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_START = 2_000


class _Kind(NamedTuple):
    """In the words of a message: what it is, and what to do where a table was expected."""

    what: str
    advice: str


_NAMED = {
    TEXT: _Kind("a text file", "name it .csv"),
    XLSX: _Kind("an Excel workbook", "name it .xlsx"),
    XLS: _Kind("an Excel workbook of the old kind", "name it .xls"),
    ODS: _Kind("an OpenDocument workbook", "name it .ods"),
    PARQUET: _Kind("a Parquet file", "name it .parquet"),
    "xlsb": _Kind("a binary Excel workbook (.xlsb)", SAVE_AGAIN),
    "numbers": _Kind("a Numbers workbook", "export it from Numbers as Excel (.xlsx)"),
    "document": _Kind("a text document", "copy its table into a spreadsheet and save that as .xlsx"),
    "zip": _Kind("a ZIP archive", "unpack it, and give the files in it"),
    "ole": _Kind("an old Office file without a workbook, or a damaged one", SAVE_AGAIN),
    "html": _Kind("a web page, whatever its name says", f"{SAVE_AGAIN}, or download it again if it asks to sign in"),
    "xml": _Kind("an XML file, whatever its name says", SAVE_AGAIN),
    "json": _Kind("a JSON file, whatever its name says", "export the table as CSV"),
    "pdf": _Kind("a PDF document", "ask for the spreadsheet that it was made from"),
    "database": _Kind("a database", "export its tables as CSV"),
    "packed": _Kind("a compressed file", "unpack it, and give the file in it"),
}
_BEGINNINGS = {
    b"PAR1": PARQUET,
    b"%PDF": "pdf",
    b"{\\rtf": "document",
    b"SQLite format 3\0": "database",
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf\x27\x1c": "packed",
}
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|meta|table|style|body)\b", re.IGNORECASE)
_JSON = re.compile(rb"\[\s*[{\[]|\{\s*\"")
_XML = re.compile(rb"<\?xml\b|<\?mso-application\b|<workbook\b", re.IGNORECASE)


def kind_of(data: bytes) -> str:
    """Return what a file is by its content: one of the values of :data:`ENDINGS`, or something that is not read."""
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if data.startswith(_ZIP):
        return _kind_of_zip(data)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    # Without a byte order mark and the zeros of wide characters every encoding begins alike.
    start = data[:_START].removeprefix(b"\xef\xbb\xbf").strip(b"\xff\xfe").replace(b"\0", b"").lstrip()
    if _PAGE.match(start) or (_XML.match(start) and b"<html" in start.lower()):
        return "html"
    if _JSON.match(start):
        return "json"
    return "xml" if _XML.match(start) else TEXT


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return "zip"
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if any(part.startswith("xl/") for part in parts):
        return XLSX
    if "content.xml" in parts:
        return ODS
    if any(part.startswith("Index/") for part in parts):
        return "numbers"
    return "document" if any(part.startswith("word/") for part in parts) else "zip"


def _kind_of_ole(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            if file.exists("EncryptedPackage"):
                return XLSX
            return XLS if file.exists("Workbook") or file.exists("Book") else "ole"
    except Exception:  # whatever a parser of foreign bytes raises: it is not readable
        return "ole"


def refuse_misnamed(data: bytes, name: str) -> None:
    """Refuse a file that is something else than its name says, in one sentence.

    Raises
    ------
    IntakeError
        Saying what it is, and what to do.
    """
    meant = ENDINGS.get("." + name.lower().rpartition(".")[2])
    found = kind_of(data)
    if not data or meant in (None, found):
        return
    # What is left of a damaged workbook is the workbook's own fault, and said by its reader.
    if meant in WORKBOOKS and found in ("zip", "ole") and not _is_whole_zip(data):
        return
    what, advice = _NAMED[found]
    raise IntakeError(f"{name} is {what}; {advice}")


def _is_whole_zip(data: bytes) -> bool:
    return data.startswith(_ZIP) and zipfile.is_zipfile(io.BytesIO(data))
