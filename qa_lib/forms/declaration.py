"""What a form is: its sheets, their fields, and what one copy of it gives.

A form is declared once. From the declaration and a copy's content its workbook is written
(:func:`qa_lib.forms.form_workbook.write_form`), and read again when it comes back
(:class:`qa_lib.forms.filled.FilledForm`). What comes back is called a return.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from qa_lib.intake.faults import Problem

Kind = Literal["text", "id", "date", "choice", "yes-no", "whole number"]

#: The sheet with the words behind the drop-downs of a form.
LISTS = "Lists"
#: The columns of the sheet that says which copy it is, and the item there that holds the form's edition.
FACT_COLUMNS = ("item", "value")
EDITION = "form"


@dataclass(frozen=True)
class Field:
    """One column of a sheet.

    Attributes
    ----------
    name, kind
        The heading, and what its cells hold.
    given
        The form holds it already: the cell is locked and must come back as it was.
    open_if_blank
        Of a given field: a cell that the form does not know is open, to be filled in.
    label
        What its drop-down or date is called; the source, or the heading, in plain words where nothing is said.
    options
        For a choice: its words.
    source
        Where further words come from: the name of a list of the copy, or of a sheet, whose first column is offered. A
        choice or a whole number must be one of them; for an id others may be typed.
    required, required_if
        The cell must be filled in: always, or where another field of the row holds a certain word. The latter turns
        orange until it is.
    wanted
        What belongs there, and what to do about a cell that is missing or none of the source's words. ``{first}`` and
        ``{last}`` stand for the first and last word of its source.
    longest
        Characters that a cell may hold.
    wide
        The column is wide enough for sentences.
    """

    name: str
    kind: Kind = "text"
    _: KW_ONLY
    given: bool = False
    open_if_blank: bool = False
    label: str = ""
    options: tuple[str, ...] = ()
    source: str = ""
    required: bool = False
    required_if: tuple[str, str] | None = None
    wanted: tuple[str, str] = ("an entry", "fill it in")
    longest: int = 5_000  # two printed pages
    wide: bool = False

    @property
    def title(self) -> str:
        """What its drop-down or date is called."""
        return self.label or (self.source or self.name).removesuffix("_id").replace("_", " ").capitalize()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a choice."""
        return ("yes", "no") if self.kind == "yes-no" else self.options


@dataclass(frozen=True)
class Sheet:
    """A sheet to fill in, of one row for each of what is given.

    Attributes
    ----------
    title
        Its name.
    key
        The given fields by which a row is known.
    fields
        Its columns; those that are given come first.
    spare
        Empty rows at the end for further ones. Without any, every row must be one of those given.
    row, among
        What a row is of, and what all of them are, in the words of messages: a *file*, which is in *the sample*.
    one_row
        How many rows there may be of one key, where that takes other words.
    """

    title: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    _: KW_ONLY
    spare: int = 0
    row: str = "row"
    among: str = "the form"
    one_row: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their headings."""
        return {field.name: field for field in self.fields}

    @property
    def given(self) -> list[str]:
        """The headings of what the form gives."""
        return [field.name for field in self.fields if field.given]

    @property
    def to_fill_in(self) -> list[str]:
        """The headings of what people fill in."""
        return [field.name for field in self.fields if not field.given]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form.

    Attributes
    ----------
    name
        What it is called: *moderation return*.
    of
        What one copy of it belongs to: a *draw*.
    editions
        The editions that are still taken in, the first one first.
    sheets
        The sheets to fill in.
    facts
        The sheet that says which copy it is, of one row for each fact.
    shown
        Sheets for the reader only.
    take_in
        ``"package.module:name"`` of the function that records filled workbooks: it takes their paths, and ``register``
        and ``by``. What it returns says what they are of (``of_what``), in lines for the terminal what was recorded
        (``lines()``), and what should be looked at (``notices``, of :meth:`qa_lib.forms.remarks.Remarks.frame`).
    """

    name: str
    of: str
    editions: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    facts: str
    shown: tuple[str, ...] = ()
    take_in: str = ""

    @property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """Sheet that is read when the form comes back -> its headings."""
        return {**{sheet.title: tuple(sheet.by_name) for sheet in self.sheets}, self.facts: FACT_COLUMNS}

    @property
    def new_copy(self) -> str:
        """What to do about a copy beyond repair."""
        return f"take a new copy of this {self.of}'s form"


@dataclass(frozen=True, kw_only=True)
class Days:
    """Which days a date may be.

    Attributes
    ----------
    first
        The first day that it may be.
    last
        Today, if it cannot lie ahead; None where it can.
    since
        What happened on the first day, for the message.
    doubtful
        A day before which a date is accepted with a notice, and the notice.
    """

    first: dt.date = dt.date(1900, 1, 1)
    last: dt.date | None = None
    since: str = "the first that a spreadsheet knows"
    doubtful: tuple[dt.date, Problem] | None = None


class Source(NamedTuple):
    """Words that a field may hold, in order, and the cells in which they stand."""

    words: dict[str, None]
    cells: str


@dataclass(frozen=True, kw_only=True)
class FormCopy:
    """One copy of a form: what stands in it when it goes out, and how that must come back.

    Attributes
    ----------
    form
        The form.
    title, lines
        The workbook's title, and the page for its reader, a line to a row.
    facts
        Which copy it is: item -> value.
    rows
        Sheet to fill in -> its rows of given cells.
    lists
        Name -> words to offer.
    days
        Field -> which days it may hold.
    shown
        Sheet for the reader -> headings and rows.
    """

    form: Form
    title: str
    lines: Sequence[str]
    facts: Mapping[str, str]
    rows: Mapping[str, Sequence[Sequence[str]]]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    days: Mapping[str, Days] = field(default_factory=dict)
    shown: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]] = field(default_factory=dict)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every source that has words."""
        from xlsxwriter.utility import quote_sheetname  # only who writes a form needs it

        found, last = {}, 1
        for name, words in self.lists.items():
            first, last = last + 1, last + len(words)
            found[name] = Source(dict.fromkeys(words), f"={LISTS}!$B${first}:$B${last}")
        for title, rows in self.rows.items():
            cells = f"={quote_sheetname(title)}!$A$2:$A${len(rows) + 1}"
            found[title] = Source(dict.fromkeys(row[0] for row in rows), cells)
        return {name: source for name, source in found.items() if source.words}
