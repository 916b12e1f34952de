"""Looks into a workbook of the old Excel kind (``.xls``) before it is opened, as ``archives`` does into one of today.

The file is a list of records (number, length, content), described in [MS-XLS]. Its reader lays every sheet out as one
block from its first to its last cell, with a copy of a text for each cell that holds it, and makes room for what a
sheet says of its own size: all of that is added up here first, with the rows and columns that are hidden.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa_lib.errors import IntakeError
from qa_lib.intake.archives import check_extent, check_sheets, check_size
from qa_lib.intake.hidden import Hidden
from qa_lib.intake.kinds import SAVE_AGAIN
from qa_lib.intake.shared_text import check_text_size

_END, _SHEET, _SIZE, _ROW, _COLUMNS = 0x000A, 0x0085, 0x0200, 0x0208, 0x007D
#: The texts that cells share, going on in as many records as they need; a cell that holds one of them.
_TEXTS, _CONTINUED, _TEXT_CELL = 0x00FC, 0x003C, 0x00FD
#: Records that hold one cell (formula, number, text, yes/no), and those that hold a run of them.
_CELL = {0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6}
_CELLS = 0x00BD
_FORMULA, _TRUTH_OR_ERROR = 0x0006, 0x0205
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
    lengths: list[int] = field(default_factory=list)
    text: int = 0

    def read(self) -> dict[str, Hidden]:
        records = list(self._records(0))
        sheets = [content for kind, content in records if kind == _SHEET]
        self.lengths = _text_lengths(records)
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
            if kind == _TEXT_CELL:
                self._add_text(struct.unpack_from("<I", content, 6)[0])
            if kind in _CELL or kind == _CELLS:
                row, column = struct.unpack_from("<HH", content)
                end = struct.unpack_from("<H", content, len(content) - 2)[0] if kind == _CELLS else column
                last, width, cells = max(last, row + 1), max(width, end + 1), cells + end - column + 1
                if _is_error(kind, content):
                    hidden.valueless.append(row + 1)
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

    def _add_text(self, number: int) -> None:
        self.text += self.lengths[number] if number < len(self.lengths) else 0
        check_text_size(self.text, self.file)


def _is_error(kind: int, content: bytes) -> bool:
    """Say whether a cell is an error value, or a formula that came to one."""
    if kind == _FORMULA:
        return content[6] == 2 and content[12:14] == b"\xff\xff"
    return kind == _TRUTH_OR_ERROR and content[7] == 1


def _text_lengths(records: Sequence[tuple[int, bytes]]) -> list[int]:
    """Return how many characters each shared text has."""
    kinds = [kind for kind, _ in records]
    if _TEXTS not in kinds:
        return []
    first = kinds.index(_TEXTS)
    last = next((place for place in range(first + 1, len(kinds)) if kinds[place] != _CONTINUED), len(kinds))
    pieces = [content for _, content in records[first:last]]
    texts, lengths = _Pieces(pieces), []
    _, number = struct.unpack("<II", texts.take(8))
    for _ in range(number):
        length, form = struct.unpack("<HB", texts.take(3))
        runs = struct.unpack("<H", texts.take(2))[0] if form & 0x08 else 0
        extra = struct.unpack("<I", texts.take(4))[0] if form & 0x04 else 0
        texts.skip_characters(length, wide=bool(form & 0x01))
        texts.skip(4 * runs + extra)
        lengths.append(length)
    return lengths


class _Pieces:
    """Bytes that go on from record to record."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces, self._piece, self._place = pieces, 0, 0

    def take(self, number: int) -> bytes:
        """Return the next bytes, which are never cut in two."""
        if self._place == len(self._pieces[self._piece]):
            self._piece, self._place = self._piece + 1, 0
        self._place += number
        return self._pieces[self._piece][self._place - number : self._place]

    def skip(self, number: int) -> None:
        while number > (there := len(self._pieces[self._piece]) - self._place):
            number -= there
            self._piece, self._place = self._piece + 1, 0
        self._place += number

    def skip_characters(self, number: int, *, wide: bool) -> None:
        """Pass over characters; where they go on in the next record, that says anew whether they are wide."""
        while number > (there := (len(self._pieces[self._piece]) - self._place) // (2 if wide else 1)):
            number -= there
            self._piece, self._place = self._piece + 1, 1
            wide = bool(self._pieces[self._piece][0] & 0x01)
        self._place += number * (2 if wide else 1)


def _name(content: bytes) -> str:
    """Return a sheet's name: its length, in the newer of two forms whether its characters are wide, and they."""
    length, wide = content[6], content[7]
    if len(content) == 7 + length:  # the older form
        return content[7:].decode("cp1252", errors="replace")
    return content[8:].decode("utf-16-le" if wide & 1 else "latin-1", errors="replace")
