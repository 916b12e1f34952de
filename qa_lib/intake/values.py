"""Text into values: what a cell of each kind may look like. One function per kind, each asked once per distinct text.

Every function returns ``(value, problem, remark)``: the value or None; why it is rejected or None; the word for what
was repaired or looks suspicious (see :data:`REMARKS`) or None. Choices:

* Blank, ``NA``, ``N/A``, ``#N/A``, ``n.a.``, ``?``, ``-``, ``null`` and ``nan`` are missing in every kind, ids too:
  statistics programs write ``NA`` for a blank, and a person called ``NA`` who is nobody would be worse than a fault
  that can be seen. ``none`` is not missing: it is a word of several columns.
* Ids: kept as they are but for Unicode form C and white space around them. A workbook's whole number becomes its
  digits, with a notice, because leading zeros may be lost; a number that is no whole one or has more than 15 digits, a
  date, a yes/no, ``20-Oct``, ``Jan-24`` and ``1.00E+05`` are what a spreadsheet makes of an id: rejected. ``1E5`` and
  ``7.0`` are noticed.
* Words of a closed list, yes and no, and the names of months: case, blanks, hyphens and underscores do not matter,
  wherever they stand; the schema rejects anything else. Only between two digits they do: ``1-3`` is not 13. A word
  that is declared to mean one of the list is read as that one, with a notice.
* *Not known*, *not stated* and the like are blank in closed lists, but in columns that decide a draw.
* Words of an open list: signs do not matter either, and what is not of the list is kept (:mod:`qa_lib.intake.spellings`
  says what was read as what).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

from qa_lib.intake.dates import MONTH_WORD, parse_date, parse_month
from qa_lib.intake.faults import Problem
from qa_lib.intake.parsed import Parsed
from qa_lib.intake.raw import DATE, FRACTION, NUMBER, TEXT, TRUTH
from qa_lib.lookalikes import bare_word
from qa_lib.sampling.identifiers import normalise_identifier
from qa_lib.tables.open_words import is_not_known, read_text
from qa_lib.tables.vocabulary import Column
from qa_lib.tables.wording import NOTE, in_bounds

MISSING = frozenset({"", "na", "n/a", "#n/a", "n.a.", "?", "-", "–", "—", "null", "nan"})
_YES, _NO = frozenset({"yes", "y", "true", "t", "1", "1.0"}), frozenset({"no", "n", "false", "f", "0", "0.0"})
_MANGLED = re.compile(rf"\d{{1,2}}-{MONTH_WORD}|{MONTH_WORD}-\d{{2}}", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d\d+", re.IGNORECASE)
_LIKE_NUMBER = re.compile(r"\d+E\d+|\d+\.0+", re.IGNORECASE)
_SUSPECT = re.compile(f"{_MANGLED.pattern}|{_SCIENTIFIC.pattern}|{_LIKE_NUMBER.pattern}", re.IGNORECASE)
_AMOUNT = re.compile(r"(-?)£?\s?(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?", re.ASCII)
# Excel keeps 15 digits of a number and writes zeros for the rest.
EXCEL_DIGITS = 15

MANGLED = Problem(
    "mangled",
    "the text as it was entered",
    "a spreadsheet made a date or number of it: format the column as text and enter it again",
)
NOTED = Problem(
    "note",
    "a value, or a row of notes alone",
    "a note of the template stands among values: delete it, or the whole row",
)
DAMAGED = Problem("encoding", "readable characters", "a character was damaged on the way: enter it again")

#: Remark -> what is expected, and what to do.
REMARKS = {
    "spaces": ("no spaces around a value", "spaces were taken away; nothing to do"),
    "word_form": ("the word as listed", "read in spite of its spelling; nothing to do"),
    "synonym": ("the word as listed", "another word for it, and read as it; nothing to do"),
    "unsaid": ("a word as listed, or nothing", "it says that nothing is known, and was read as blank; nothing to do"),
    "number_id": ("an id stored as text", "read as its digits; leading zeros may be lost: format the column as text"),
    "like_number": ("an id that is not a number", "kept as it is; check that a spreadsheet did not change it"),
    "normalised": ("Unicode normal form C", "accents were put into their usual form; nothing to do"),
    "invisible": ("visible characters only", "kept as it is; an invisible character makes it another id"),
    "mangled_text": ("the text as it was entered", "kept as it is; check that a spreadsheet did not make a date of it"),
    "damaged_text": ("readable characters", "kept as it is; a character was damaged on the way"),
    "day_first": ("dates as 2024-08-31", "read day first, as in England: 03/04/2024 is 3 April; write the year first"),
    "date_form": ("dates as 2024-08-31", "read; write the year first"),
    "time_dropped": ("a date without a time", "the time of day was left out; nothing to do"),
    "month_form": ("months as 2024-01", "read; write year and month so, as text"),
    "number_form": ("plain digits", "read without its currency sign, commas or decimals; nothing to do"),
}


def parse(column: Column, text: str, mark: int) -> Parsed:
    """Read one distinct text of a column, already stripped and not missing."""
    if text.startswith(NOTE):
        return None, NOTED, None
    if "\ufffd" in text:
        return (text, None, "damaged_text") if column.kind == "text" else (None, DAMAGED, None)
    if column.kind == "id":
        return _id(text, mark)
    if column.kind == "text":
        return read_text(column, text), None, "mangled_text" if mark == DATE or _MANGLED.fullmatch(text) else None
    if column.kind == "date":
        return parse_date(_one_blank(text), mark)
    if column.kind == "month":
        return parse_month(_one_blank(text), mark)
    if column.kind == "bool":
        return _bool(column, text)
    if column.kind == "count":
        return _count(column, text)
    if column.kind == "decimal":
        return _decimal(text.removesuffix("%").rstrip() if column.unit == "per cent" else text, mark)
    return _words(column, text)


def _one_blank(text: str) -> str:
    """Return a text with one plain space where any white space is."""
    return " ".join(text.split())


def _id(text: str, mark: int) -> Parsed:
    if mark == TEXT and text.isascii() and not _SUSPECT.fullmatch(text):
        return text, None, None
    if mark in (FRACTION, DATE, TRUTH) or _MANGLED.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return None, MANGLED, None
    if mark == NUMBER:
        return (None, MANGLED, None) if len(text.lstrip("-")) > EXCEL_DIGITS else (text, None, "number_id")
    if _LIKE_NUMBER.fullmatch(text):
        return text, None, "like_number"
    value = normalise_identifier(text)
    if any(unicodedata.category(character) == "Cf" for character in value):
        return value, None, "invisible"
    return value, None, None if value == text else "normalised"


def _bool(column: Column, text: str) -> Parsed:
    word = bare_word(text)
    if word in _YES:
        return True, None, None
    if word in _NO:
        return False, None, None
    if is_not_known(text) and not column.draw:
        return None, None, "unsaid"
    return None, Problem("word", "yes or no", "write yes, no, true, false, 1 or 0, or leave it blank"), None


def _count(column: Column, text: str) -> Parsed:
    digits = re.fullmatch(r"(-?\d{1,15})(\.0+)?", text)
    if digits and text.isascii():
        return int(digits[1]), None, "number_form" if digits[2] else None
    return None, Problem("number", in_bounds(column), "write digits only"), None


def _decimal(text: str, mark: int) -> Parsed:
    amount = _AMOUNT.fullmatch(text)
    if amount:
        plain = amount[1] + amount[2].replace(",", "") + (amount[3] or "")
        return plain, None, None if plain == text else "number_form"
    if mark == FRACTION and Decimal(text).is_finite():
        # A workbook's 0.0000001 arrives as 1e-07.
        return format(Decimal(text), "f"), None, None
    return None, Problem("number", "a number such as 12.50", "write digits and a decimal point only"), None


def _words(column: Column, text: str) -> Parsed:
    listed, synonyms = _folded(column.options), _meant(column.synonyms)
    parts = text.split(";") if column.kind == "choices" else [text]
    stripped = [part.strip() for part in parts if part.strip()]
    meant = [listed.get(bare := bare_word(part)) or synonyms.get(bare, part) for part in stripped]
    value = ";".join(dict.fromkeys(meant))
    if any(bare_word(part) in synonyms for part in stripped):
        return value, None, "synonym"
    if column.kind == "choice" and is_not_known(text) and value not in column.options and not column.draw:
        return None, None, "unsaid"
    return value or None, None, None if meant == stripped else "word_form"


@cache
def _folded(options: tuple[str, ...]) -> dict[str, str]:
    return {bare_word(option): option for option in options}


@cache
def _meant(synonyms: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {bare_word(other): word for other, word in synonyms}
