"""Looks into a workbook of the old Excel kind (``.xls``) before it is opened, as ``archives`` does into one of today.

The file is a list of records (number, length, content), described in [MS-XLS]. Its reader lays every sheet out as one
block from its first to its last cell, and makes room for what a sheet says of its own size: both are read here first,
with the rows and columns that are hidden.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa_lib.errors import IntakeError
from qa_lib.intake.archives import check_extent, check_sheets, check_size
from qa_lib.intake.hidden import Hidden
from qa_lib.intake.kinds import SAVE_AGAIN

_BEGIN, _END, _SHEET, _SIZE, _ROW, _COLUMNS = 0x0809, 0x000A, 0x0085, 0x0200, 0x0208, 0x007D
#: Records that hold one cell (formula, number, text, yes/no), and those that hold a run of them.
_CELL = {0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6}
_CELLS = 0x00BD
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01


def check_old_excel(data: bytes, file: str) -> dict[str, Hidden]:
    """Refuse an old Excel workbook that cannot or must not be opened; return what it hides, by sheet.

    Raises
    ------
    IntakeError
        Saying what is wrong with it, and what to do.
    """
    import msoffcrypto
    import olefile

    try:
        if msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted():
            raise IntakeError(f"{file} is encrypted; open it with its password and save it without one")
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            name = "Workbook" if ole.exists("Workbook") else "Book"
            return _Book(ole.openstream(name).read(), file).read()
    except IntakeError:
        raise
    except Exception as error:  # whatever a parser of foreign bytes raises: it is not readable
        raise IntakeError(f"{file} is a damaged workbook ({type(error).__name__}); {SAVE_AGAIN}") from error


@dataclass
class _Book:
    stream: bytes
    file: str
    hidden: dict[str, Hidden] = field(default_factory=dict)

    def read(self) -> dict[str, Hidden]:
        sheets = [content for kind, content in self._records(0) if kind == _SHEET]
        check_sheets(len(sheets), self.file)
        room = 0
        for content in sheets:
            (position,) = struct.unpack_from("<I", content)
            room += self._sheet(position, self.hidden.setdefault(_name(content), Hidden()))
            # All sheets are laid out as soon as the workbook is opened.
            check_size(1, room, self.file)
        return self.hidden

    def _records(self, position: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records of one part, from its beginning to its end."""
        while position + 4 <= len(self.stream):
            kind, length = struct.unpack_from("<HH", self.stream, position)
            yield kind, self.stream[position + 4 : position + 4 + length]
            if kind == _END:
                return
            position += 4 + length

    def _sheet(self, position: int, hidden: Hidden) -> int:
        """Check one sheet, and return how many cells it takes when it is laid out."""
        last, width, cells = 0, 0, 0
        for kind, content in self._records(position):
            if kind in _CELL or kind == _CELLS:
                row, column = struct.unpack_from("<HH", content)
                end = struct.unpack_from("<H", content, len(content) - 2)[0] if kind == _CELLS else column
                last, width, cells = max(last, row + 1), max(width, end + 1), cells + end - column + 1
            elif kind == _SIZE and len(content) >= 14:
                first, beyond, left, right = struct.unpack_from("<IIHH", content)
                check_size(max(beyond - first, 0), max(right - left, 0), self.file)
            elif kind == _ROW and struct.unpack_from("<H", content, 12)[0] & _HIDDEN_ROW:
                hidden.hide_row(struct.unpack_from("<H", content)[0] + 1)
            elif kind == _COLUMNS and struct.unpack_from("<H", content, 8)[0] & _HIDDEN_COLUMN:
                left, right = struct.unpack_from("<HH", content)
                hidden.columns.append(range(left + 1, right + 2))
        check_extent(last, width, cells, self.file)
        return last * width


def _name(content: bytes) -> str:
    """Return a sheet's name: its length, in the newer of two forms whether its characters are wide, and they."""
    length, wide = content[6], content[7]
    if len(content) == 7 + length:  # the older form
        return content[7:].decode("cp1252", errors="replace")
    return content[8:].decode("utf-16-le" if wide & 1 else "latin-1", errors="replace")
