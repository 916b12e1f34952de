"""Writes small workbooks of the kinds that no library here writes: old Excel (``.xls``) and OpenDocument (``.ods``).

Only what the tests need: sheets of texts, numbers and yes/no, and whatever records or elements a test adds by hand.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Cells = Sequence[Sequence[object]]
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, *parts: bytes) -> bytes:
    """Return one record of an old workbook."""
    content = b"".join(parts)
    return struct.pack("<HH", kind, len(content)) + content


def text(value: str) -> bytes:
    """Return a text as a record holds it: its length, that it is wide, its characters."""
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


def old_excel(
    sheets: Mapping[str, Cells],
    *,
    first: bytes = b"",
    more: bytes = b"",
    shared: Sequence[str] = (),
    hidden_sheets: Sequence[str] = (),
) -> bytes:
    """Return an ``.xls`` file, with ``first`` its first records, and ``more`` those of every sheet."""
    parts = [_sheet(cells, more) for cells in sheets.values()]
    texts = [record(0x00FC, struct.pack("<II", len(shared), len(shared)), *map(text, shared))] if shared else []
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0x0600)) + first
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    place = len(begin) + sum(10 + len(name) for name in names) + sum(map(len, texts)) + 4
    bounds = b""
    for title, name, part in zip(sheets, names, parts, strict=True):
        bounds += record(0x0085, struct.pack("<IBB", place, int(title in hidden_sheets), 0), name)
        place += len(part)
    return _compound(b"".join([begin, bounds, *texts, record(0x000A), *parts]))


def _sheet(cells: Cells, more: bytes) -> bytes:
    rows = [_cell(row, column, cell) for row, line in enumerate(cells) for column, cell in enumerate(line)]
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0x0600))
    return b"".join([begin, more, *rows, record(0x000A)])


def _cell(row: int, column: int, cell: object) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, bool):
        return record(0x0205, at, struct.pack("<BB", cell, 0))
    if isinstance(cell, int | float):
        return record(0x0203, at, struct.pack("<d", cell))
    return record(0x0204, at, text(str(cell)))


def _compound(stream: bytes) -> bytes:
    """Return the compound file that holds one stream, ``Workbook``, in sectors one after another."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    fats = -(-(sectors + 2) // 127)
    chain = [_FAT] * fats + [_END] + [fats + 2 + number for number in range(sectors - 1)] + [_END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(fats * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    header += struct.pack(f"<{fats}I", *range(fats)).ljust(436, b"\xff")
    entries = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, fats + 1, len(stream))
    return header + table + entries.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, _FREE, _FREE, child)
    return wide.ljust(64, b"\0") + struct.pack("<H", len(wide)) + links + bytes(36) + struct.pack("<IQ", start, size)


def opendocument(sheets: Mapping[str, Cells | str], *, manifest: str = "", columns: str = "") -> bytes:
    """Return an ``.ods`` file; a sheet is rows of cells, or the XML of its rows."""
    body = "".join(
        f"<table:table table:name={quoteattr(name)}>{columns}{rows if isinstance(rows, str) else ods_rows(rows)}"
        "</table:table>"
        for name, rows in sheets.items()
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{body}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("content.xml", content + "</office:spreadsheet></office:body></office:document-content>")
    return out.getvalue()


def ods_rows(rows: Cells, attributes: str = "") -> str:
    """Return rows as XML, each with these attributes."""
    return "".join(f"<table:table-row {attributes}>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)


def ods_cell(cell: object, attributes: str = "") -> str:
    """Return a cell as XML with these attributes; None is a blank one."""
    if cell is None:
        return f"<table:table-cell {attributes}/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    shown = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:table-cell office:value-type="string" {attributes}>{shown}</table:table-cell>'
