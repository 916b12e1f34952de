"""A cell is read as what it says, and refused where it could be something else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from qa_lib.intake.raw import DATE, FRACTION, NUMBER, TEXT, TRUTH
from qa_lib.intake.typed import read_cell
from qa_lib.tables.vocabulary import Column, column

ID, TEXT_COLUMN, DAY, MONTH = (Column(kind, kind) for kind in ("id", "text", "date", "month"))
FLAG, COUNT, MONEY = Column("flag", "bool"), Column("standard", "count", least=1, most=33), Column("fee", "decimal")
WORD = Column("outcome", "choice", options=("met", "full_reassessment"))
WORDS = Column("roles", "choices", options=("assessor", "peer_reviewer"))
COLUMNS = [ID, TEXT_COLUMN, DAY, MONTH, FLAG, COUNT, MONEY, WORD, WORDS]


def read(column: Column, text: str, mark: int = TEXT) -> tuple[object, str | None, str | None]:
    """Return value, the kind of problem, the remark."""
    value, problem, remark = read_cell(column, text, mark, {})
    return value, problem and problem.kind, remark


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.kind)
@pytest.mark.parametrize("text", ["", "  ", "NA", "na", "N/A", "#N/A", "?", " - ", "NULL", "nan", "\u2013"])
def test_words_for_nothing_are_missing_in_every_kind(column: Column, text: str) -> None:
    """Blank, NA, N/A, ? and - are missing everywhere, in ids too."""
    assert read(column, text) == (None, None, None)


@pytest.mark.parametrize(("column", "text"), [(FLAG, "-1"), (FLAG, "1-"), (WORDS, "assessor-;x"), (WORD, "-met")])
def test_a_sign_before_or_behind_a_word_is_not_overlooked(column: Column, text: str) -> None:
    """-1 is not 1, and so not yes."""
    value, problem, _ = read(column, text)
    assert problem == "word" or value == text


@pytest.mark.parametrize("text", ["Full reassessment", "FULL_REASSESSMENT", "full  re-assessment", "fullreassessment"])
def test_words_are_read_whatever_stands_between_their_parts(text: str) -> None:
    """Case, blanks, hyphens and underscores do not matter, and it is said that the word was written otherwise."""
    assert read(WORD, text) == ("full_reassessment", None, "word_form")


@pytest.mark.parametrize("text", ["31 AUGUST  2024", "31\u00a0august 2024"])
def test_spaces_and_case_of_a_month_do_not_matter(text: str) -> None:
    """A date and a month with a name are read with any spaces in them."""
    assert read(DAY, text) == (dt.date(2024, 8, 31), None, "date_form")
    assert read(MONTH, text[3:]) == ("2024-08", None, "month_form")


def test_none_is_a_word_and_not_missing() -> None:
    """``none`` stands in lists of words (past difficulty: none), so it is kept."""
    assert read(Column("past_difficulty", "choice", options=("none", "some")), "None") == ("none", None, "word_form")


@pytest.mark.parametrize("text", ["007", "A-7", "1E", "E1", "0012/24", "Mar", "20-Octo", "x.0", "NAB"])
def test_ids_are_kept_as_they_are(text: str) -> None:
    """An id that nothing speaks against comes through unchanged, leading zeros included."""
    assert read(ID, text) == (text, None, None)


@pytest.mark.parametrize("text", ["20-Oct", "1-jan", "Oct-20", "JAN-24", "1.00E+05", "1.23457E+11", "1E+05"])
def test_what_a_spreadsheet_makes_of_an_id_is_rejected(text: str) -> None:
    """A date without a year or a number in scientific notation is not the id that was entered."""
    assert read(ID, text) == (None, "mangled", None)


@pytest.mark.parametrize("text", ["1E5", "12e3", "7.0", "11391.00"])
def test_ids_that_look_like_numbers_are_noticed(text: str) -> None:
    """They may be ids, so they are kept, and may have been changed, so it is said."""
    assert read(ID, text) == (text, None, "like_number")


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("7", NUMBER, ("7", None, "number_id")),
        ("999999999999999", NUMBER, ("999999999999999", None, "number_id")),
        ("1000000000000000", NUMBER, (None, "mangled", None)),
        ("7.5", FRACTION, (None, "mangled", None)),
        ("2024-10-20", DATE, (None, "mangled", None)),
        ("true", TRUTH, (None, "mangled", None)),
    ],
)
def test_ids_in_typed_cells(text: str, mark: int, expected: tuple[object, str | None, str | None]) -> None:
    """A whole number of up to 15 digits is read with a notice; anything else a workbook made of an id is rejected."""
    assert read(ID, text, mark) == expected


def test_ids_are_normalised_and_stripped_with_a_notice() -> None:
    """Composed and decomposed accents are one id; spaces around it go; an invisible character is pointed at."""
    assert read(ID, "Zoe\u0308") == ("Zo\u00eb", None, "normalised")
    assert read(ID, " A-7\u00a0") == ("A-7", None, "spaces")
    assert read(ID, "A\u200b7") == ("A\u200b7", None, "invisible")


@pytest.mark.parametrize("column", [ID, WORD, DAY], ids=lambda column: column.kind)
def test_damaged_characters_are_rejected_where_they_matter(column: Column) -> None:
    """A replacement character rejects an id, a word or a date, and is noticed in free text."""
    assert read(column, "A\ufffd") == (None, "encoding", None)
    assert read(TEXT_COLUMN, "A\ufffd") == ("A\ufffd", None, "damaged_text")


@pytest.mark.parametrize(
    ("text", "expected", "remark"),
    [
        ("2024-08-31", dt.date(2024, 8, 31), None),
        ("2024/8/31", dt.date(2024, 8, 31), None),
        ("2024-08-31T00:00:00Z", dt.date(2024, 8, 31), None),
        ("2024-08-31 10:30", dt.date(2024, 8, 31), "time_dropped"),
        ("31/08/2024", dt.date(2024, 8, 31), "date_form"),
        ("31.8.2024", dt.date(2024, 8, 31), "date_form"),
        ("03/04/2024", dt.date(2024, 4, 3), "day_first"),
        ("04/04/2024", dt.date(2024, 4, 4), "date_form"),
        ("31 August 2024", dt.date(2024, 8, 31), "date_form"),
        ("31-Aug-2024", dt.date(2024, 8, 31), "date_form"),
        ("1st Sept 2024", dt.date(2024, 9, 1), "date_form"),
        ("29/02/2024", dt.date(2024, 2, 29), "date_form"),
        ("1900-01-01", dt.date(1900, 1, 1), None),
    ],
)
def test_dates_are_read_day_first(text: str, expected: dt.date, remark: str | None) -> None:
    """ISO dates are read in silence, English ones with a notice, ambiguous ones with a notice of their own."""
    assert read(DAY, text) == (expected, None, remark)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("31/02/2024", "no such day"),
        ("2023-02-29", "no such day"),
        ("08/31/2024", "month seems to come first"),
        ("31/08/24", "four digits"),
        ("31-Aug-24", "four digits"),
        ("20-Oct", "dropped the year"),
        ("1899-12-31", "between 1900 and 2199"),
        ("0024-08-31", "between 1900 and 2199"),
        ("31 Agosto 2024", "in digits"),
        ("next week", "in digits"),
    ],
)
def test_dates_that_cannot_be_known_are_rejected(text: str, advice: str) -> None:
    """Impossible days, two-digit years, American order and dates without a year are faults with advice of their own."""
    value, problem, _ = read_cell(DAY, text, TEXT, {})
    assert value is None
    assert problem is not None
    assert advice in problem.advice


def test_a_number_in_a_date_column_is_no_date() -> None:
    """45292 is a date only to a spreadsheet that formats it as one."""
    assert read(DAY, "45292", NUMBER) == (None, "date", None)


@pytest.mark.parametrize(
    ("text", "mark", "expected", "remark"),
    [
        ("2024-01", TEXT, "2024-01", None),
        ("01/2024", TEXT, "2024-01", "month_form"),
        ("January 2024", TEXT, "2024-01", "month_form"),
        ("Jan-2024", TEXT, "2024-01", "month_form"),
        ("2024-01-01", DATE, "2024-01", "month_form"),
        ("2024-01-01 00:00:00", TEXT, "2024-01", "month_form"),
    ],
)
def test_months_are_read(text: str, mark: int, expected: str, remark: str | None) -> None:
    """A month written with its year, and the first of a month that a spreadsheet makes of it, are months."""
    assert read(MONTH, text, mark) == (expected, None, remark)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Jan-24", TEXT),
        ("20-Oct", TEXT),
        ("2024-13", TEXT),
        ("2024-00", TEXT),
        ("202401", TEXT),
        ("202401", NUMBER),
        ("2024-01-02", DATE),
        ("31/01/2024", TEXT),
        ("2024-1", TEXT),
    ],
)
def test_months_that_cannot_be_known_are_rejected(text: str, mark: int) -> None:
    """Two-digit years, months beyond 12, numbers and days are not months."""
    assert read(MONTH, text, mark) == (None, "month", None)


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "t", "1", "1.0"])
def test_words_for_yes(text: str) -> None:
    """Yes, true and 1 are true, in any case."""
    assert read(FLAG, text)[0] is True
    assert read(FLAG, {"yes": "no", "Y": "N", "TRUE": "False", "t": "f", "1": "0", "1.0": "0.0"}[text])[0] is False


def test_other_words_are_neither_yes_nor_no() -> None:
    """A word that is no yes or no is rejected, not taken for no."""
    assert read(FLAG, "perhaps") == (None, "word", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", (7, None, None)), ("7.0", (7, None, "number_form")), ("-1", (-1, None, None))],
)
def test_whole_numbers(text: str, expected: tuple[object, str | None, str | None]) -> None:
    """Digits are a number, 7.0 too with a notice; bounds are the schema's."""
    assert read(COUNT, text) == expected


@pytest.mark.parametrize("text", ["7.5", "1,234", "seven", "\u0667", "1e3", "9" * 16])
def test_other_text_is_no_whole_number(text: str) -> None:
    """Fractions, commas, words, other scripts' digits and numbers beyond 15 digits are rejected."""
    assert read(COUNT, text) == (None, "number", None)


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("450.10", TEXT, ("450.10", None, None)),
        ("\u00a31,234.50", TEXT, ("1234.50", None, "number_form")),
        ("-3", TEXT, ("-3", None, None)),
        ("1e-07", FRACTION, ("0.0000001", None, None)),
        ("1,23", TEXT, (None, "number", None)),
        ("inf", FRACTION, (None, "number", None)),
    ],
)
def test_amounts_stay_text(text: str, mark: int, expected: tuple[object, str | None, str | None]) -> None:
    """Money and marks keep their digits exactly; a pound sign and commas between thousands go."""
    assert read(MONEY, text, mark) == expected


@pytest.mark.parametrize("text", ["Full reassessment", "FULL-REASSESSMENT", "full_reassessment "])
def test_the_spelling_of_a_listed_word_does_not_matter(text: str) -> None:
    """Case, blanks and hyphens are forgiven."""
    assert read(WORD, text)[:2] == ("full_reassessment", None)


def test_a_synonym_is_read_as_its_word_in_any_form() -> None:
    """With a notice; among several words too, and never in place of a word of the list."""
    result = column("result", "choice", words={"met": "Standards met, pass", "not met": ""})
    assert read(result, "STANDARDS-MET") == read(result, "Pass") == ("met", None, "synonym")
    assert read(result, "Not met") == ("not met", None, "word_form")
    roles = column("roles", "choices", words={"senior": "senior assessor", "assessor": ""})
    assert read(roles, "Senior assessor; assessor") == ("senior;assessor", None, "synonym")
    assert read(roles, "senior; assessors") == ("senior;assessors", None, None)


def test_several_words_are_joined_by_semicolons() -> None:
    """A list of words is cleaned, keeps its order and holds each once; unknown ones are left for the schema."""
    assert read(WORDS, "Peer reviewer;assessor; assessor;") == ("peer_reviewer;assessor", None, "word_form")
    assert read(WORDS, "assessor;clerk")[0] == "assessor;clerk"
    assert read(WORDS, ";") == (None, None, None)


def test_mapped_values_are_read_in_place_of_what_stands_there() -> None:
    """A value mapping comes before everything else, the words for nothing included."""
    assert read_cell(WORD, " Standards met ", TEXT, {"Standards met": "met"}) == ("met", None, None)
    assert read_cell(ID, "NA", TEXT, {"NA": "NA-1"}) == ("NA-1", None, None)
    assert read_cell(WORD, "void", TEXT, {"void": ""}) == (None, None, None)


def test_dates_in_free_text_are_noticed() -> None:
    """Free text is never rejected for what a spreadsheet may have done to it."""
    assert read(TEXT_COLUMN, "20-Oct") == ("20-Oct", None, "mangled_text")
    assert read(TEXT_COLUMN, "2024-10-20", DATE) == ("2024-10-20", None, "mangled_text")


@pytest.mark.parametrize("text", ["Not known", "unknown", "N/K", "not stated", "Not recorded"])
def test_a_closed_list_reads_words_for_nothing_as_blank(text: str) -> None:
    """So the row is kept; what decides a draw has to be said, and *refused* may be an answer."""
    for closed in (FLAG, WORD):
        assert read(closed, text) == (None, None, "unsaid")
        assert read(replace(closed, draw=True), text) != (None, None, "unsaid")
        assert read(closed, "refused") != (None, None, "unsaid")
    listed = Column("state", "choice", options=("known", "not_known"))
    assert read(listed, "Not known") == ("not_known", None, "word_form")
