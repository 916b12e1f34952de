"""What people entered, cell by cell: formulas, dates, words of a list, ids and free text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_lib.intake.dates import parse_date
from qa_lib.intake.layout import nearest
from qa_lib.intake.raw import DATE, FRACTION, TRUTH
from qa_lib.intake.values import MANGLED, MISSING, REMARKS
from qa_lib.lookalikes import word_form
from qa_lib.sampling.identifiers import forbidden_character, identifier_fault, normalise_identifier
from qa_lib.schemes.hlta.forms.reading import ERROR, FORMULA, Cell, Row, Sheet
from qa_lib.schemes.hlta.forms.return_faults import Place, Problem, Remarks

#: Characters of a free text: two printed pages, more than any feedback needs.
LONGEST_TEXT = 5_000

_FORMULA = Problem("formula", "a value, not a formula", "type the value itself, or paste it as a value")
_ERROR = Problem("error_value", "a value", "the spreadsheet shows an error there: type the value itself")
_LONG = Problem(
    "too_long", f"at most {LONGEST_TEXT:,} characters", "shorten it, or send the document beside the return"
)


@dataclass(frozen=True)
class Checks:
    """A sheet under check, and where its faults and notices go; the sheets of several workbooks, once they are one."""

    sheet: Sheet
    faults: Remarks
    notices: Remarks

    def fault(self, row: Row, column: str, problem: Problem) -> None:
        """Add a fault of a cell; other rules leave that cell alone from now on."""
        self.faults.add(self.place(row, column), problem, row.cell(column).text)
        row.unread.add(column)

    def notice(self, row: Row, column: str, problem: Problem) -> None:
        """Add a notice about a cell."""
        self.notices.add(self.place(row, column), problem, row.cell(column).text)

    def missing(self, expected: str, advice: str) -> None:
        """Add a fault of the sheet: a row that should be there."""
        self.faults.add(Place(self.sheet.name), Problem("missing_row", expected, advice))

    def place(self, row: Row, column: str) -> Place:
        """Return where a cell stands."""
        own = Place(self.sheet.name, row.number, self.sheet.letters.get(column, ""), column, self.faults.workbook)
        return row.places.get(column, own)

    def read(self, row: Row, column: str, reader: Reader) -> None:
        """Read one cell into ``row.values``; a fault where it cannot be."""
        cell = row.cell(column)
        if column in row.unread or cell.text.casefold() in MISSING:
            return
        value = _readable(cell) or reader.read(cell)
        if isinstance(value, Problem):
            self.fault(row, column, value)
            return
        row.values[column] = value
        for problem in reader.remarks(cell, value):
            self.notice(row, column, problem)


def _readable(cell: Cell) -> Problem | None:
    if cell.mark in (FORMULA, ERROR):
        return _FORMULA if cell.mark == FORMULA else _ERROR
    # Line breaks and tabs are part of a text that people write.
    if fault := forbidden_character(cell.text.replace("\n", " ").replace("\t", " ")):
        return Problem("control_character", "characters that can be seen", f"it {fault}: type it again")
    return _LONG if len(cell.text) > LONGEST_TEXT else None


class Reader:
    """Reads free text; the other readers are for dates, words and ids."""

    def read(self, cell: Cell) -> str | Problem:
        """Return what a cell holds, or why it cannot be read."""
        return cell.text

    def remarks(self, _: Cell, __: str) -> list[Problem]:
        """Return what should be noticed of a cell that was read, and of what was read."""
        return []


@dataclass(frozen=True)
class Day(Reader):
    """Reads a date as year-month-day, not before the first day and not after the last.

    Attributes
    ----------
    first, last
        The days between which it has to lie.
    since
        What happened on the first day, for the message.
    recorded
        The day on which a seed was recorded, where that may have been long after it was given: an earlier date is
        noticed.
    """

    first: dt.date
    last: dt.date
    since: str
    recorded: dt.date | None = None

    def read(self, cell: Cell) -> str | Problem:
        """Return the date as ISO text."""
        date, problem, _ = parse_date(cell.text, cell.mark)
        if problem:
            return Problem("not_a_date", problem.expected, problem.advice)
        day = dt.date.fromisoformat(str(date))
        if day < self.first:
            return Problem("too_early", f"a day from {self.first} on, {self.since}", "correct the date")
        if day > self.last:
            return Problem("in_the_future", f"a day up to today, {self.last}", "correct the date")
        return day.isoformat()

    def remarks(self, cell: Cell, value: str) -> list[Problem]:
        """Notice a date that another country would read as another day, and one before the seed was recorded."""
        remark, found = parse_date(cell.text, cell.mark)[2], []
        if remark == "day_first":
            found.append(Problem(remark, *REMARKS[remark]))
        if self.recorded and dt.date.fromisoformat(value) < self.recorded:
            expected = f"a day from {self.recorded} on, when the seed was recorded"
            advice = "accepted, as a draw may be recorded in retrospect; if this one was not, correct the date"
            found.append(Problem("before_the_seed", expected, advice))
        return found


class Word(Reader):
    """Reads a word of a list; case, blanks and hyphens do not matter."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words: Mapping[str, str] = {word_form(word): word for word in words}

    def read(self, cell: Cell) -> str | Problem:
        """Return the word as the list has it."""
        words = list(self._words.values())
        unknown = Problem("unknown_word", " or ".join(words), f"choose from the list{nearest(cell.text, words)}")
        return self._words.get(word_form(cell.text), unknown)


class Id(Reader):
    """Reads an id; what a spreadsheet makes of one is refused."""

    def read(self, cell: Cell) -> str | Problem:
        """Return the id in its normal form."""
        if cell.mark in (FRACTION, DATE, TRUTH):
            return Problem("not_an_id", "an id", MANGLED.advice)
        found = normalise_identifier(cell.text)
        if fault := identifier_fault(found):
            return Problem("not_an_id", "an id that every program reads alike", f"it {fault}: correct it")
        return found


def check_given(checks: Checks, row: Row, given: Mapping[str, str]) -> None:
    """Find given cells that were changed."""
    for column, value in given.items():
        cell = row.cell(column)
        if column not in row.unread and (cell.mark == FORMULA or cell.text != value):
            advice = "this cell is given and must stay as it was: undo the change"
            checks.fault(row, column, Problem("given_changed", f'"{value}"' if value else "an empty cell", advice))
