"""Finds the cells of an Excel sheet that show an error, or hold a formula whose value the file does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

#: One of these is in every sheet with a formula or an error; a sheet without them need not be read again.
_MARKS = (b"<f", b":f", b'"e"', b"'e'")


def may_lack_values(text: bytes) -> bool:
    """Say whether a part of a sheet may have such cells."""
    return any(mark in text for mark in _MARKS)


def valueless_rows(sheet: IO[bytes]) -> list[int]:
    """Return the row of every such cell of a sheet's part, counted from 1."""
    cells = _Cells()
    parser = expat.ParserCreate()
    parser.StartElementHandler = cells.start
    parser.CharacterDataHandler = cells.characters
    parser.EndElementHandler = cells.stop
    parser.StartDoctypeDeclHandler = cells.refuse_types
    parser.ParseFile(sheet)
    return cells.rows


@dataclass
class _Cells:
    """Goes from cell to cell."""

    rows: list[int] = field(default_factory=list)
    row: int = 0
    kind: str = ""
    formula: bool = False
    value: bool = False
    in_value: bool = False

    def refuse_types(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        element = name.rpartition(":")[2]
        if element == "row":
            self.row = int(attributes.get("r", self.row + 1))
        elif element == "c":
            self.kind, self.formula, self.value = attributes.get("t", ""), False, False
        elif element == "f":
            self.formula = True
        self.in_value = element == "v"

    def characters(self, text: str) -> None:
        self.value = self.value or (self.in_value and bool(text.strip()))

    def stop(self, name: str) -> None:
        self.in_value = False
        # A formula may well come to a text without characters, which its kind then says.
        if name.rpartition(":")[2] == "c" and (
            self.kind == "e" or (self.formula and not self.value and self.kind != "str")
        ):
            self.rows.append(self.row)
