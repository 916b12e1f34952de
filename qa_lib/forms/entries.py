"""What people entered, cell by cell: formulas, dates, words of a list, ids, numbers and free text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from qa_lib.forms.declaration import Days, Field, FormCopy
from qa_lib.forms.opening import ERROR, FORMULA, Cell
from qa_lib.intake.dates import parse_date
from qa_lib.intake.faults import Problem
from qa_lib.intake.layout import nearest
from qa_lib.intake.raw import DATE, FRACTION, TRUTH
from qa_lib.intake.values import MANGLED, REMARKS
from qa_lib.lookalikes import word_form
from qa_lib.sampling.identifiers import forbidden_character, identifier_fault, normalise_identifier

_FORMULA = Problem("formula", "a value, not a formula", "type the value itself, or paste it as a value")
_ERROR = Problem("error_value", "a value", "the spreadsheet shows an error there: type the value itself")
#: Digits of a whole number; more are an id that lost its way.
_MOST_DIGITS = 15


def unreadable(cell: Cell, field: Field) -> Problem | None:
    """Return why nothing can be read of a cell, whatever belongs there."""
    if cell.mark in (FORMULA, ERROR):
        return _FORMULA if cell.mark == FORMULA else _ERROR
    # Line breaks and tabs are part of a text that people write.
    if fault := forbidden_character(cell.text.replace("\n", " ").replace("\t", " ")):
        return Problem("control_character", "characters that can be seen", f"it {fault}: type it again")
    if len(cell.text) > field.longest:
        advice = "shorten it, or send the document beside the return"
        return Problem("too_long", f"at most {field.longest:,} characters", advice)
    return None


def wanted(kind: str, field: Field, copy: FormCopy) -> Problem:
    """Return what belongs in a field, as a problem: ``no`` where it is missing, ``unknown`` where it is another."""
    expected, advice = field.wanted
    words = list(copy.sources[field.source].words) if field.source in copy.sources else ["none"]
    return Problem(f"{kind}_{field.name}", expected.format(first=words[0], last=words[-1]), advice)


def read_entry(cell: Cell, field: Field, copy: FormCopy) -> str | Problem:
    """Return what a cell holds in the form's own words, or why it cannot be read."""
    if field.kind == "date":
        return _read_day(cell, copy.days.get(field.name, Days()))
    if field.words:
        return _read_word(cell, field)
    if field.kind == "id":
        return _read_id(cell)
    text = cell.text
    if field.kind == "whole number":
        is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        text = str(int(text)) if is_number else ""
    known = copy.sources[field.source].words if field.source in copy.sources else ()
    return text if text and (text in known or not field.source) else wanted("unknown", field, copy)


def _read_day(cell: Cell, days: Days) -> str | Problem:
    """Return a date as ISO text."""
    date, problem, _ = parse_date(cell.text, cell.mark)
    if problem:
        return Problem("not_a_date", problem.expected, problem.advice)
    day = dt.date.fromisoformat(str(date))
    if day < days.first:
        return Problem("too_early", f"a day from {days.first} on, {days.since}", "correct the date")
    if days.last and day > days.last:
        return Problem("in_the_future", f"a day up to today, {days.last}", "correct the date")
    return day.isoformat()


def day_remarks(cell: Cell, value: str, days: Days | None) -> Iterator[Problem]:
    """Yield what to notice of a date: another country would read it as another day, or the day is a doubtful one."""
    remark = parse_date(cell.text, cell.mark)[2]
    if remark == "day_first":
        yield Problem(remark, *REMARKS[remark])
    if days and days.doubtful and dt.date.fromisoformat(value) < days.doubtful[0]:
        yield days.doubtful[1]


def _read_word(cell: Cell, field: Field) -> str | Problem:
    """Return a word as the list has it; case, blanks and hyphens do not matter."""
    known = {word_form(word): word for word in field.words}
    advice = f"choose from the list{nearest(cell.text, field.words)}"
    return known.get(word_form(cell.text), Problem("unknown_word", " or ".join(field.words), advice))


def _read_id(cell: Cell) -> str | Problem:
    """Return an id in its normal form; what a spreadsheet makes of one is refused."""
    if cell.mark in (FRACTION, DATE, TRUTH):
        return Problem("not_an_id", "an id", MANGLED.advice)
    found = normalise_identifier(cell.text)
    if fault := identifier_fault(found):
        return Problem("not_an_id", "an id that every program reads alike", f"it {fault}: correct it")
    return found
