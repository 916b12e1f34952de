"""Filled workbooks of one form: opened, held against the form, and read as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qa_lib.forms.declaration import EDITION, FACT_COLUMNS, LISTS, Form, FormCopy, Sheet
from qa_lib.forms.merging import merged
from qa_lib.forms.opening import ArrivedSheet, Row, read_sheets
from qa_lib.forms.remarks import Place, Remarks, ReturnError, shortened
from qa_lib.forms.sent import Sent, sent_workbooks
from qa_lib.forms.sheet_check import SheetCheck
from qa_lib.intake.faults import Problem
from qa_lib.intake.layout import nearest
from qa_lib.tables.wording import READ_ME


@dataclass(frozen=True)
class FilledBook:
    """One filled workbook: its sheets as they arrived, what it says of itself, and where its faults and notices go."""

    form: Form
    sent: Sent
    sheets: Mapping[str, ArrivedSheet]
    faults: Remarks
    notices: Remarks

    @cached_property
    def facts(self) -> Mapping[str, Row] | None:
        """The row of each fact; None where the workbook does not say what it is of."""
        sheet = self.sheets.get(self.form.facts)
        if sheet is None or not set(FACT_COLUMNS) <= set(sheet.letters):
            return None
        return {row.cell(FACT_COLUMNS[0]).text: row for row in sheet.rows}

    def said(self, item: str) -> str:
        """Return what it says of itself; an empty text where it does not."""
        row = (self.facts or {}).get(item)
        return row.cell(FACT_COLUMNS[1]).text if row else ""

    def fault(self, item: str, problem: Problem) -> None:
        """Add a fault of what it says of itself."""
        row, letter = (self.facts or {}).get(item), self.sheets[self.form.facts].letters[FACT_COLUMNS[1]]
        self.faults.add(Place(self.form.facts, row.number if row else 0, letter, item), problem, self.said(item))

    def compare(self, facts: Mapping[str, str]) -> None:
        """Find what it says otherwise of itself than the register does."""
        of = self.form.of
        for item, value in facts.items():
            if item != EDITION and self.said(item) != value:
                expected = f'"{shortened(value)}", as the register holds it'
                undo = f"import the workbook that was made with this {of}, with its sheet {self.form.facts} as it was"
                self.fault(item, Problem(f"another_{of}", expected, undo))

    def check_form(self) -> None:
        """Find sheets and columns that are missing, another edition, and notice what the form has not.

        The rows of a sheet without a column count as unread there, so that no rule asks for what cannot be given.
        """
        own = {*self.form.columns, *self.form.shown, READ_ME, LISTS}
        strange = [title for title in self.sheets if title not in own]
        for title in strange:
            self.notices.add(Place(title), Problem("unknown_sheet", "the sheets of the form", "it is not read"))
        for title, columns in self.form.columns.items():
            if title not in self.sheets:
                there = f'; if it is now "{strange[0]}", name it {title} again' if strange else ""
                problem = Problem("missing_sheet", "this sheet of the form, which is missing", f"put it back{there}")
                self.faults.add(Place(title), problem)
            elif not self.sheets[title].letters:
                advice = f"{self.form.new_copy} and fill it in there"
                problem = Problem("empty_sheet", f"the headings {', '.join(columns[:3])} ...", advice)
                self.faults.add(Place(title), problem)
            else:
                self._check_columns(self.sheets[title], columns)
        if self.facts is not None and self.said(EDITION) not in self.form.editions:
            expected = f"version {' or '.join(self.form.editions)} of the form"
            self.fault(EDITION, Problem("unknown_form", expected, f"{self.form.new_copy} and fill it in there"))

    def _check_columns(self, sheet: ArrivedSheet, columns: Sequence[str]) -> None:
        unknown = [name for name in sheet.letters if name not in columns]
        for name in unknown:
            place = Place(sheet.name, 0, sheet.letters[name], name)
            self.notices.add(place, Problem("unknown_column", "the columns of the form", "it is not read"))
        for name in columns:
            if name not in sheet.letters:
                advice = f"put its heading back{nearest(name, unknown).replace('did you mean', 'is it now')}"
                problem = Problem("missing_column", "this column of the form, which is missing", advice)
                self.faults.add(Place(sheet.name, 0, "", name), problem)
                for row in sheet.rows:
                    row.unread.add(name)
            elif name in sheet.twice:
                problem = Problem("column_twice", f"one column {name}", "take the other one away")
                self.faults.add(Place(sheet.name, 0, sheet.letters[name], name), problem, name)


class FilledForm:
    """The filled workbooks of one copy of a form; they are refused together, with every fault.

    Parameters
    ----------
    form
        The form.
    workbooks
        Paths of ``.xlsx`` files, or their bytes. Several fill in a part each.

    Attributes
    ----------
    books
        Each workbook, in the order of their digests.
    faults, notices
        What was found so far.

    Raises
    ------
    IntakeError
        If a workbook cannot be read at all.
    """

    def __init__(self, form: Form, workbooks: Sequence[str | Path | bytes]) -> None:
        self.form, self.faults, self.notices = form, Remarks(), Remarks()
        sent = sent_workbooks(workbooks)
        self.books = [self._opened(one, "" if len(sent) == 1 else one.name) for one in sent]

    def _opened(self, sent: Sent, name: str) -> FilledBook:
        sheets = read_sheets(sent.data, sent.name, titles=self.form.columns, form=self.form.name)
        book = FilledBook(self.form, sent, sheets, self.faults.within(name), self.notices.within(name))
        book.check_form()
        return book

    def are_of_one(self, of: Sequence[tuple[str, str]]) -> bool:
        """Say whether all workbooks are of the same copy; a fault of each that is not.

        Parameters
        ----------
        of
            Of each workbook: by which text its copy is known, and what to call it.
        """
        (first, named), what = of[0], self.form.of
        for book, (key, name) in zip(self.books, of, strict=True):
            if key != first:
                expected = f"the {what} of {self.books[0].sent.name}, which is {named}; this one is of {name}"
                advice = f"import the workbooks of each {what} by themselves"
                book.faults.add(Place(self.form.facts), Problem(f"several_{what}s", expected, advice))
        return {key for key, _ in of} == {first}

    def read(self, copy: FormCopy, settle: Callable[[FilledBook, SheetCheck], None] | None = None) -> list[SheetCheck]:
        """Return every sheet with its rows, those of several workbooks as one; find what cannot be read.

        Parameters
        ----------
        copy
            What was given in the workbooks.
        settle
            What is to be done with the sheet of each workbook once it is read, before they are put together.
        """
        found = []
        for sheet in self.form.sheets:
            halves = []
            for book in self.books:
                if sheet.title in book.sheets:
                    half = SheetCheck(sheet, book.sheets[sheet.title], copy, book.faults, book.notices)
                    half.read_rows()
                    if settle:
                        settle(book, half)
                    halves.append(half)
            found.append(self._together(sheet, copy, halves))
        return found

    def _together(self, sheet: Sheet, copy: FormCopy, halves: Sequence[SheetCheck]) -> SheetCheck:
        arrived = halves[0].arrived if halves else ArrivedSheet(sheet.title, {}, (), ())
        whole = len(halves) == len(self.books) and all(half.has_key for half in halves)
        together = SheetCheck(sheet, arrived, copy, self.faults, self.notices, halves=halves, whole=whole)
        together.rows = merged(halves, together)
        return together

    def refusal(self, hint: str = "") -> ReturnError:
        """Return the error that refuses the workbooks, with every fault, and a hint below them."""
        return ReturnError([book.sent.name for book in self.books], self.faults.frame(), hint=hint)
