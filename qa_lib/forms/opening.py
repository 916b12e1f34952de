"""Opens a filled workbook safely and gives its sheets as cells of text that know what they were.

Read with a library that tells formulas and error values from texts: a formula shows what another program computed, so
it is nobody's judgement.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from qa_lib.errors import IntakeError, command_line
from qa_lib.forms.remarks import Place
from qa_lib.intake.archives import check_archive
from qa_lib.intake.kinds import ODS, SAVE_AGAIN, XLSX, kind_of
from qa_lib.intake.raw import TEXT, cell_as_text
from qa_lib.lookalikes import word_form
from qa_lib.scheme import find_scheme, scheme_names

#: What a cell is beside the kinds that intake knows.
FORMULA, ERROR = 5, 6
_MACROS = "vbaProject.bin"


class Cell(NamedTuple):
    """A cell as text without white space around it, and what it was."""

    text: str = ""
    mark: int = TEXT


@dataclass
class Row:
    """One row of a sheet.

    Attributes
    ----------
    number
        As the spreadsheet counts it.
    cells
        Column name -> cell, as it arrived.
    values
        Column name -> what was given, or read of it, in the form's own words; empty where there is nothing.
    unread
        Columns whose cell has a fault of its own already: no rule looks at it again.
    entered
        Columns in which people entered something that could be read.
    places
        Column name -> where its cell stands, for a row that was put together from several workbooks.
    """

    number: int
    cells: dict[str, Cell]
    values: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    entered: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def cell(self, column: str) -> Cell:
        """Return a cell as it arrived; a blank one where there is none."""
        return self.cells.get(column, Cell())

    def lacks(self, column: str) -> bool:
        """Say whether a column holds nothing, and not because its cell could not be read."""
        return column not in self.unread and not self.values.get(column)


@dataclass(frozen=True)
class ArrivedSheet:
    """A sheet with a header: the letter of each named column, columns named twice, and the rows that are not blank."""

    name: str
    letters: Mapping[str, str]
    twice: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheets(data: bytes, name: str, *, titles: Iterable[str], form: str) -> dict[str, ArrivedSheet]:
    """Read sheets of a workbook by their names; case, blanks and hyphens in a name do not matter.

    Parameters
    ----------
    data, name
        The workbook's bytes, and what to call it in messages.
    titles
        The sheets to read. All sheets are returned; the others without rows.
    form
        What the workbook should be, for the message where it is a data set.

    Raises
    ------
    IntakeError
        If it is no workbook that can be read: encrypted, damaged, of another kind, too large.
    """
    kind = kind_of(data)
    _refuse_data_set(name, [] if kind == XLSX else [Path(name).stem], form)
    parts = check_archive(data, name)
    if kind == ODS:
        raise IntakeError(f"{name} is an OpenDocument file; {SAVE_AGAIN}")
    if any(part.endswith(_MACROS) for part in parts):
        raise IntakeError(f"{name} holds macros, which the form has not; save it as .xlsx, without macros")
    if kind != XLSX:
        raise IntakeError(f"{name} is a ZIP archive but no workbook; send the .xlsx file itself")
    wanted = {word_form(title): title for title in titles}
    try:
        with warnings.catch_warnings():
            # The library warns of what it leaves out (extensions of drop-downs); nothing of that is read here.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            found = {}
            for sheet in book.worksheets:
                title = wanted.get(word_form(sheet.title), sheet.title)
                rows = _numbered(sheet) if title in wanted.values() else iter(())
                found[title] = _laid_out(title, rows)
    except Exception as error:  # whatever a parser of foreign bytes raises: it is not readable
        raise IntakeError(f"{name} is a damaged workbook ({type(error).__name__}); {SAVE_AGAIN}") from error
    if not found:
        raise IntakeError(f"{name} has no sheet that can be read; {SAVE_AGAIN} (Excel workbook)")
    if not set(found) & set(wanted.values()):
        _refuse_data_set(name, [*found, Path(name).stem], form)
    return found


def _refuse_data_set(name: str, titles: Iterable[str], form: str) -> None:
    """Refuse a file or workbook whose name, or a sheet's, is that of a table."""
    known = {table for scheme in scheme_names() for table in find_scheme(scheme).tables}
    table = next((word_form(title) for title in titles if word_form(title) in known), None)
    if table is not None:
        raise IntakeError(
            f"{name} is a data set (it holds the table {table}), not a {form}: check it with "
            f"{command_line(['qa', 'check', name])}"
        )


def _numbered(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_cell(cell.value, cell.data_type) for cell in cells]
        if any(cell.text for cell in row):
            yield number, row


def _cell(value: object, kind: str) -> Cell:
    if value is None:
        return Cell()
    if kind == "f":
        return Cell(str(getattr(value, "text", None) or value), FORMULA)
    if kind == "e":
        return Cell(str(value), ERROR)
    text, mark = cell_as_text(value)
    return Cell(text.replace("\r\n", "\n").strip(), mark)


def _laid_out(title: str, rows: Iterator[tuple[int, list[Cell]]]) -> ArrivedSheet:
    """Return a sheet whose first filled row is its header; cells under no heading are left out."""
    _, header = next(rows, (0, []))
    names = [word_form(cell.text) for cell in header]
    places = {name: position for position, name in reversed(list(enumerate(names))) if name}
    return ArrivedSheet(
        name=title,
        letters={name: get_column_letter(position + 1) for name, position in sorted(places.items())},
        twice=tuple(sorted({name for name in names if name and names.count(name) > 1})),
        rows=tuple(
            Row(number, {name: cells[position] for name, position in places.items() if position < len(cells)})
            for number, cells in rows
        ),
    )
