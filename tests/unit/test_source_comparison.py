"""A new edition is held against what a rule book cites: each edit names the rules that it concerns, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cited_books import cited_book

from qa_lib.errors import SourceError
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import load_rulebook
from qa_lib.sources.comparison import compare, differences, source_of
from qa_lib.sources.reading import read_paragraphs

CODE = """\
Samples

A sample is drawn for each month of the year, by lot.

It holds - without exception - the office's own:

- whatever was found difficult by an assessor
- files that came back for a second look
- one file in ten of all the others.

Over a year no assessor is left out of the samples.

Nobody is told beforehand which files will be drawn.

Appeals

Candidates may appeal within twenty days.

An appeal is answered in writing by the office.

Offices publish how many appeals they had.
"""
CITED = {
    "EX.MONTH": ["Samples, paragraph 1"],
    "EX.ALWAYS": ["Samples, list 1, item 1", "Samples, list 1, item 2"],
    "EX.RATE": ["Samples, list 1, item 3"],
    "EX.YEAR": ["Samples, paragraph 3"],
    "EX.LIST": ["Samples, list 1"],
    "EX.WRITTEN": ["Appeals, paragraph 2"],
}


def _book(folder: Path, scheme: str = "example", text: str = CODE, cited: dict[str, list[str]] = CITED) -> RuleBook:
    rules = {rule: [(at, "in words of ours") for at in places] for rule, places in cited.items()}
    path = folder / f"{scheme}.yaml"
    path.write_text(cited_book(scheme, text, rules), encoding="utf-8")
    return load_rulebook(path)


def _states(folder: Path, new: str, before: str = "") -> dict[tuple[str, str], tuple[str, str]]:
    """Return what is not as it was: rule and cited place -> status, and where it is now."""
    found = compare(_book(folder), "code", read_paragraphs(new), read_paragraphs(before))
    return {
        (one.rule, one.place.at): (one.status, one.now.place if one.now else "")
        for one in found.places
        if one.status != "unchanged"
    }


DROPPED = CODE.replace("An appeal is answered in writing by the office.\n\n", "")
EDITS = {
    "nothing": (CODE, {}),
    "what no rule cites": (CODE.replace("twenty days", "thirty days").replace("Nobody is", "No office is"), {}),
    "a sentence": (
        CODE.replace("by lot", "by lot and by date"),
        {("EX.MONTH", "Samples, paragraph 1"): ("changed", "Samples, paragraph 1")},
    ),
    "a paragraph that is gone": (DROPPED, {("EX.WRITTEN", "Appeals, paragraph 2"): ("gone", "")}),
    "a paragraph that moved": (
        DROPPED + "\nComplaints\n\nAn appeal is answered in writing by the office.\n",
        {("EX.WRITTEN", "Appeals, paragraph 2"): ("moved", "Complaints, paragraph 1")},
    ),
    "an uncited paragraph that is gone": (
        CODE.replace("It holds - without exception - the office's own:\n\n", ""),
        {("EX.YEAR", "Samples, paragraph 3"): ("renumbered", "Samples, paragraph 2")},
    ),
    "a new paragraph": (
        CODE.replace("It holds", "Samples are small.\n\nIt holds"),
        {("EX.YEAR", "Samples, paragraph 3"): ("renumbered", "Samples, paragraph 4")},
    ),
    "an item that is divided": (
        CODE.replace("for a second look", "for a\n- second look"),
        {
            ("EX.ALWAYS", "Samples, list 1, item 2"): ("changed", "Samples, list 1, item 2"),
            ("EX.RATE", "Samples, list 1, item 3"): ("renumbered", "Samples, list 1, item 4"),
            ("EX.LIST", "Samples, list 1"): ("changed", "Samples, list 1"),
        },
    ),
    "an item that is gone": (
        CODE.replace("- files that came back for a second look\n", ""),
        {
            ("EX.ALWAYS", "Samples, list 1, item 2"): ("gone", ""),
            ("EX.RATE", "Samples, list 1, item 3"): ("renumbered", "Samples, list 1, item 2"),
            ("EX.LIST", "Samples, list 1"): ("changed", "Samples, list 1"),
        },
    ),
    "the last item that is gone": (
        CODE.replace("- one file in ten of all the others.\n", ""),
        {
            ("EX.RATE", "Samples, list 1, item 3"): ("gone", ""),
            ("EX.LIST", "Samples, list 1"): ("changed", "Samples, list 1"),
        },
    ),
    "an item that changed beside one that is gone": (
        CODE.replace("by an assessor\n- files that came back for a second look", "by two assessors"),
        {
            ("EX.ALWAYS", "Samples, list 1, item 1"): ("changed", "Samples, list 1, item 1"),
            ("EX.ALWAYS", "Samples, list 1, item 2"): ("gone", ""),
            ("EX.RATE", "Samples, list 1, item 3"): ("renumbered", "Samples, list 1, item 2"),
            ("EX.LIST", "Samples, list 1"): ("changed", "Samples, list 1"),
        },
    ),
    "a paragraph that changed beside one that no rule cites": (
        CODE.replace("twenty days", "thirty days").replace("in writing", "by letter"),
        {("EX.WRITTEN", "Appeals, paragraph 2"): ("changed", "Appeals, paragraph 2")},
    ),
    "a paragraph that moved under its heading": (
        CODE.replace("Over a year no assessor is left out of the samples.\n\n", "").replace(
            "A sample is", "Over a year no assessor is left out of the samples.\n\nA sample is"
        ),
        {
            ("EX.MONTH", "Samples, paragraph 1"): ("renumbered", "Samples, paragraph 2"),
            ("EX.YEAR", "Samples, paragraph 3"): ("moved", "Samples, paragraph 1"),
        },
    ),
    "another number": (
        CODE.replace("one file in ten", "one file in five"),
        {
            ("EX.RATE", "Samples, list 1, item 3"): ("changed", "Samples, list 1, item 3"),
            ("EX.LIST", "Samples, list 1"): ("changed", "Samples, list 1"),
        },
    ),
    "another heading": (
        CODE.replace("Appeals\n", "Appeals and complaints\n"),
        {("EX.WRITTEN", "Appeals, paragraph 2"): ("moved", "Appeals and complaints, paragraph 2")},
    ),
}


@pytest.mark.parametrize(("new", "expected"), EDITS.values(), ids=EDITS)
def test_an_edit_names_the_rules_that_it_concerns(tmp_path: Path, new: str, expected: dict) -> None:
    """Changed, gone, moved, or only counted otherwise: each cited place by its own state, and no other place at all."""
    assert _states(tmp_path, new) == expected


@pytest.mark.parametrize(("new", "expected"), EDITS.values(), ids=EDITS)
def test_the_text_of_the_edition_before_changes_no_verdict(tmp_path: Path, new: str, expected: dict) -> None:
    """What is told by order is told by likeness too."""
    assert _states(tmp_path, new, CODE) == expected


def test_a_new_paragraph_about_something_else_takes_no_place_of_one_that_is_gone(tmp_path: Path) -> None:
    """Where the text of the edition before is given, likeness tells; by order alone the new one seems its wording."""
    new = CODE.replace("An appeal is answered in writing by the office.", "Panels have three members from elsewhere.")
    cited = ("EX.WRITTEN", "Appeals, paragraph 2")
    assert _states(tmp_path, new, CODE) == {cited: ("gone", "")}
    assert _states(tmp_path, new) == {cited: ("changed", "Appeals, paragraph 2")}


def test_signs_of_typesetters_are_no_other_words(tmp_path: Path) -> None:
    """Of one document one program makes curly quotes, long dashes and letters in one, and another plain ones."""
    book = _book(tmp_path, cited={**CITED, "EX.OWN": ["Samples, paragraph 2"]})
    typeset = CODE.replace("'", "’").replace(" - ", " – ").replace("difficult", "diﬃcult").replace("office", "oﬃce")
    assert typeset != CODE
    found = compare(book, *source_of(read_paragraphs(typeset), [book])[1:], read_paragraphs(typeset))
    assert {one.status for one in found.places} == {"unchanged"}
    assert found.new == []
    half = read_paragraphs(CODE.replace("'", "’"))
    assert {one.status for one in compare(book, "code", half, read_paragraphs(typeset)).places} == {"unchanged"}


def test_a_paragraph_that_moved_and_changed_is_found_by_its_likeness(tmp_path: Path) -> None:
    """Only where the text of the edition before is given; by order alone it is gone."""
    new = DROPPED + "\nComplaints\n\nAn appeal is answered in writing by the office, in ten days.\n"
    cited = ("EX.WRITTEN", "Appeals, paragraph 2")
    assert _states(tmp_path, new) == {cited: ("gone", "")}
    assert _states(tmp_path, new, CODE) == {cited: ("changed", "Complaints, paragraph 1")}


def test_paragraphs_that_no_rule_cites_are_told_apart(tmp_path: Path) -> None:
    """New ones, and those that were there before; an item whose list is cited is none of them."""
    found = compare(
        _book(tmp_path), "code", read_paragraphs(CODE.replace("It holds", "Samples are small.\n\nIt holds"))
    )
    assert [one.place for one in found.new] == ["Samples, paragraph 2"]
    assert [one.place for one in found.uncited] == [
        "Samples, paragraph 3", "Samples, paragraph 5", "Appeals, paragraph 1", "Appeals, paragraph 3",
    ]  # fmt: skip


def test_another_text_than_the_cited_edition_is_refused_as_the_one_before(tmp_path: Path) -> None:
    """How many cited places it lacks, and the first of them, are said."""
    with pytest.raises(SourceError, match=r"2 cited places do not stand in it, the first at Samples, list 1$"):
        _states(tmp_path, CODE, CODE.replace("one file in ten", "one file in five"))


def test_the_source_is_the_one_of_which_most_places_stand_in_the_text(tmp_path: Path) -> None:
    """A few edits do not hide it; where two fit equally well, or none does, it has to be said."""
    book = _book(tmp_path)
    other = _book(tmp_path, "other", "Aims\n\nOffices help.", {"OT.AIM": ["Aims, paragraph 1"]})
    assert source_of(read_paragraphs(DROPPED), [other, book]) == (book, "code")
    said = re.escape("say it: --scheme example --source code or --scheme other --source code")
    with pytest.raises(SourceError, match=f"no cited place of any source stands in it; {said}"):
        source_of(read_paragraphs("Aims\n\nNothing of it."), [book, other])
    twin = _book(tmp_path, "twin")
    with pytest.raises(SourceError, match="several sources fit it equally well; say it: --scheme example"):
        source_of(read_paragraphs(CODE), [book, twin])


def test_a_source_that_is_named_is_taken_although_nothing_stands_in_the_text(tmp_path: Path) -> None:
    """An edition may have been written anew; a name that no rule book knows is refused."""
    book = _book(tmp_path)
    text = read_paragraphs("Aims\n\nNothing of it.")
    assert source_of(text, [book], "code") == (book, "code")
    assert {one.status for one in compare(book, "code", text).places} <= {"gone", "changed"}
    said = "no rule cites a place of the source kode; sources with cited places: --scheme example --source code$"
    with pytest.raises(SourceError, match=said):
        source_of(text, [book], "kode")
    with pytest.raises(SourceError, match=r"no rule cites a place of any source; sources with cited places: none$"):
        source_of(text, [])
    with pytest.raises(SourceError, match="the rule book of example has no source 'kode'; it has code"):
        compare(book, "kode", text)


def test_differences_are_told_word_by_word_and_shortly() -> None:
    """What went and what came in its place; of a long run the beginning."""
    assert differences("at least 5 per cent", "at least 10 per cent, by lot") == [("5", "10"), ("cent", "cent, by lot")]
    assert differences("a", "a " + "b " * 20, longest=3) == [("", "b b b …")]
    assert differences("a b", "a b") == []
