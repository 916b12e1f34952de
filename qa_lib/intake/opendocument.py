"""Looks into an OpenDocument workbook before it is opened, as ``archives`` does into one of Excel.

A cell or row may say that it repeats a billion times, and its reader would lay all of them out; only blank ones at the
end cost nothing. The content is read once here, counting, with its hidden rows and columns on the way.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from qa_lib.errors import IntakeError
from qa_lib.intake.archives import BROKEN, check_extent, check_size, check_sizes
from qa_lib.intake.hidden import Hidden
from qa_lib.intake.kinds import SAVE_AGAIN
from qa_lib.intake.shared_text import check_text_size

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_PIECE = 1 << 20
_REPEATED_ROWS, _REPEATED_COLUMNS = "table:number-rows-repeated", "table:number-columns-repeated"
_SPANNED = ("table:number-rows-spanned", "table:number-columns-spanned")
_CELLS = ("table:table-cell", "table:covered-table-cell")
#: A row is hidden by hand or by a filter.
_UNSEEN = ("collapse", "filter")


def check_opendocument(data: bytes, file: str) -> dict[str, Hidden]:
    """Refuse an OpenDocument workbook that cannot or must not be opened; return what it hides, by sheet.

    Raises
    ------
    IntakeError
        Saying what is wrong with it, and what to do.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_sizes(archive, len(data), file)
            if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
                raise IntakeError(f"{file} is encrypted; open it with its password and save it without one")
            return _Content(file).read(archive)
    except BROKEN as error:
        raise IntakeError(f"{file} is a damaged workbook ({error}); {SAVE_AGAIN}") from error


@dataclass
class _Content:
    """Counts rows, columns and filled cells of each sheet while the content goes by."""

    file: str
    hidden: dict[str, Hidden] = field(default_factory=dict)
    sheet: Hidden = field(default_factory=Hidden)
    row: int = 0
    repeated: int = 1
    column: int = 0
    #: Of this sheet: its last row, its width, its filled cells; of those before it, the cells laid out.
    extent: tuple[int, int, int] = (0, 0, 0)
    before: int = 0
    #: How often the text that goes by is repeated, and the text of all cells together.
    copies: int = 0
    text: int = 0

    def read(self, archive: zipfile.ZipFile) -> dict[str, Hidden]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._refuse_types
        parser.CharacterDataHandler = self._characters
        parser.EndElementHandler = self._stop
        with archive.open(_CONTENT) as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
        return self.hidden

    def _refuse_types(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table:table":
            self.sheet = self.hidden.setdefault(attributes.get("table:name", ""), Hidden())
            self.before += self.extent[0] * self.extent[1]
            self.row, self.repeated, self.column, self.extent = 0, 1, 0, (0, 0, 0)
        elif name == "table:table-column":
            self._column(attributes)
        elif name == "table:table-row":
            self.row += self.repeated if self.row else 1
            self.repeated, self.column = int(attributes.get(_REPEATED_ROWS, 1)), 0
            if attributes.get("table:visibility") in _UNSEEN:
                self.sheet.hide_row(self.row, self.repeated)
        elif name in _CELLS:
            self._cell(attributes)

    def _column(self, attributes: Mapping[str, str]) -> None:
        first, count = self.column + 1, int(attributes.get(_REPEATED_COLUMNS, 1))
        self.column += count
        if attributes.get("table:visibility") in _UNSEEN:
            self.sheet.columns.append(range(first, first + count))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        count = int(attributes.get(_REPEATED_COLUMNS, 1))
        self.column += count
        if not any(key.startswith("office:") or key == "table:formula" for key in attributes):
            return
        last, width, cells = self.extent
        last, width = max(last, self.row + self.repeated - 1), max(width, self.column)
        self.extent = last, width, cells + count * self.repeated
        check_extent(*self.extent, self.file)
        # All sheets are laid out as soon as the workbook is opened.
        check_size(1, self.before + last * width, self.file)
        without = "table:formula" in attributes and "office:value-type" not in attributes
        if without or attributes.get("calcext:value-type") == "error":
            self.sheet.valueless.append(self.row)
        if any(int(attributes.get(spanned, 1)) > 1 for spanned in _SPANNED):
            self.sheet.merged.append(self.row)
        self.copies = count * self.repeated
        self._characters(attributes.get("office:string-value", ""))

    def _characters(self, text: str) -> None:
        self.text += len(text) * self.copies
        check_text_size(self.text, self.file)

    def _stop(self, name: str) -> None:
        if name in _CELLS:
            self.copies = 0
