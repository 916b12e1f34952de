"""How much text the cells of an Excel workbook hold together: a text that many cells share is stored once.

A page of text in a million cells is a file of a megabyte and fills any memory. Usually the longest text times the
number of cells settles that it does not; only where it might are the cells asked one by one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from qa_lib.errors import IntakeError

#: Most bytes of text in the cells of one workbook.
MOST_TEXT = 2_000_000_000
_TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
_PIECE = 1 << 20


@dataclass
class SharedText:
    """Gathers where each shared text begins, and how many values the cells have, while an archive goes by."""

    begins: list[np.ndarray] = field(default_factory=list)
    end: int = 0
    values: int = 0

    def note(self, part: str, piece: bytes, at: int) -> None:
        """Look at the piece of a part that begins at a position; no element is cut in two between pieces."""
        if is_texts(part):
            self.begins.append(np.array([found.start() for found in _TEXT.finditer(piece)], np.int64) + at)
            self.end = at + len(piece)
        else:
            self.values += piece.count(b"<v") + piece.count(b":v")

    def check(self, archive: zipfile.ZipFile, sheets: Mapping[str, object], file: str) -> None:
        """Refuse a workbook whose cells hold too much text.

        Raises
        ------
        IntakeError
            Saying how much is read.
        """
        lengths = np.diff([*np.concatenate([*self.begins, np.empty(0, np.int64)]), self.end])
        if not len(lengths) or int(lengths.max()) * self.values <= MOST_TEXT:
            return
        check_text_size(sum(_Uses(lengths).size_of(archive, part) for part in sheets if not is_texts(part)), file)


def is_texts(part: str) -> bool:
    """Say whether a part holds the shared texts."""
    return part.lower() == "xl/sharedstrings.xml"


def check_text_size(size: int, file: str) -> None:
    """Refuse a workbook whose cells hold too much text together."""
    if size > MOST_TEXT:
        limit = f"{MOST_TEXT // 1_000_000:,} MB"
        raise IntakeError(
            f"{file} has cells with more than {limit} of text together; at most {limit} are read; split it, or save "
            "the table as CSV"
        )


class _Uses:
    """Adds up the texts that the cells of one part refer to."""

    def __init__(self, lengths: np.ndarray) -> None:
        self._lengths: list[int] = lengths.tolist()
        self._is_shared = False
        self._number: list[str] | None = None
        self._size = 0

    def size_of(self, archive: zipfile.ZipFile, part: str) -> int:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._stop
        parser.CharacterDataHandler = self._text
        if part.endswith(".xml"):
            with archive.open(part) as stream:
                while (piece := stream.read(_PIECE)) and self._size <= MOST_TEXT:
                    parser.Parse(piece, False)
        return self._size

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._is_shared = attributes.get("t") == "s"
        elif local == "v" and self._is_shared:
            self._number = []

    def _text(self, text: str) -> None:
        if self._number is not None:
            self._number.append(text)

    def _stop(self, name: str) -> None:
        if self._number is not None and name.rpartition(":")[2] == "v":
            number, self._number = "".join(self._number).strip(), None
            if number.isdecimal() and int(number) < len(self._lengths):
                self._size += self._lengths[int(number)]
