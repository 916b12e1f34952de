"""The documents that the schemes rest on: read into places, cited where they say it, and copied nowhere."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from qa_lib.rulebook import RuleBook
from qa_lib.rulebook_file import OUTLINE_DIGITS, Place
from qa_lib.scheme import load_rulebook
from qa_lib.sources.comparison import cited_places, compare, outline, source_of
from qa_lib.sources.reading import Paragraph, read_paragraphs, read_source, with_lists

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[2]

#: What each document is, by the number that its file begins with.
CODE, ICT_MARK, QMR, ASSESSOR, FRAMEWORK = "000", "001", "002", "003", "004"
CITED = {"hlta": ("cop-2022", CODE), "npq": ("framework-2017", FRAMEWORK)}
SCHEMES = pytest.mark.parametrize("scheme", CITED)
#: Words in a row that are a copy of a sentence, or of a good part of one.
ROW = 8
#: Rules whose place says neither must nor should of what they ask, although its paragraph says it of something else.
ELSEWHERE = {
    "HLTA.PREP.2": "copies of the evidence",
    "HLTA.ASR.4": "assessments in a week",
    "HLTA.ASR.7": "assessments in a week",
    "HLTA.SCR.3": "what the process has to produce",
    "HLTA.PEER.2": "who supports whom",
    "NPQ.RET.3": "remedial action",
}


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    """Return the folder of the documents as plain text, which lies beside the public data."""
    found = real_data.parent / "seeds"
    if not found.is_dir():
        pytest.skip("the documents of the schemes are not beside the real public data")
    return found


def _file(folder: Path, number: str) -> Path:
    (found,) = folder.glob(f"{number}_*.txt")
    return found


def _text(folder: Path, number: str) -> str:
    return _file(folder, number).read_text(encoding="utf-8")


@cache
def _read(path: Path) -> list[Paragraph]:
    return read_source(path)


@cache
def _book(scheme: str) -> RuleBook:
    return load_rulebook(scheme)


def _cited(scheme: str) -> list[tuple[str, Place]]:
    return cited_places(_book(scheme), CITED[scheme][0])


@pytest.mark.parametrize(
    ("number", "headings", "paragraphs", "items", "cells"),
    [
        (CODE, 9, 85, 82, 0),
        (ICT_MARK, 17, 31, 15, 0),
        (QMR, 41, 97, 131, 278),
        (ASSESSOR, 21, 52, 30, 0),
        (FRAMEWORK, 31, 81, 32, 74),
    ],
)
def test_every_document_is_read_whole(
    folder: Path, number: str, headings: int, paragraphs: int, items: int, cells: int
) -> None:
    """So many headings with something under them, paragraphs, list items and cells of tables; no place stands twice."""
    found = _read(_file(folder, number))
    kinds = Counter(one.place.rpartition(", ")[2].split()[0] for one in found)
    assert (len({one.heading for one in found}), kinds["paragraph"], kinds["item"], kinds["cell"]) == (
        headings, paragraphs, items, cells,
    )  # fmt: skip
    assert len({one.place for one in found}) == len(found)


@pytest.mark.parametrize(
    ("number", "heading", "paragraphs", "items"),
    [
        (CODE, "Preparation", 15, 37),
        (CODE, "Moderation", 15, 6),
        (CODE, "Appeals", 10, 9),
        (CODE, "Risk Management", 3, 0),
        (ICT_MARK, "Quality assurance", 5, 0),
        (ICT_MARK, "Eligibility to assess", 3, 0),
        (QMR, "Centre Quality Reviewer responsibilities", 0, 13),
        (QMR, "Quality Nominee Quality Management Review responsibilities", 0, 12),
        (ASSESSOR, "Knowledge, skills and behaviours (KSBs)", 0, 30),
        (ASSESSOR, "Duty D9", 1, 0),
        (FRAMEWORK, "Section 2, Requirement E", 2, 3),
        (FRAMEWORK, "Section 3, Requirement J", 2, 5),
        (FRAMEWORK, "Section 4", 6, 7),
    ],
)
def test_sections_have_what_a_reader_counts_in_them(
    folder: Path, number: str, heading: str, paragraphs: int, items: int
) -> None:
    """Counted by eye: paragraphs that a page's end divides are one, lists that it divides too."""
    places = [one.place for one in _read(_file(folder, number)) if one.heading == heading]
    found = sum(place.startswith(f"{heading}, paragraph") for place in places)
    assert (found, len(places) - found) == (paragraphs, items)


@SCHEMES
def test_every_citation_stands_exactly_where_the_rule_book_says(folder: Path, scheme: str) -> None:
    """The text at each place has the digest that is cited, and the outline is that of the document."""
    source, number = CITED[scheme]
    paragraphs = _read(_file(folder, number))
    at = {one.place: one.sha256 for one in with_lists(paragraphs)}
    assert {place.at: place.sha256 for _, place in _cited(scheme)}.items() <= at.items()
    assert " ".join(_book(scheme).sources[source].outline) == outline(paragraphs)
    beginnings = Counter({one.sha256[:OUTLINE_DIGITS]: one.text for one in with_lists(paragraphs)}.keys())
    assert len(beginnings) == len({one.sha256 for one in with_lists(paragraphs)}), (
        "a beginning stands for one text only"
    )


@SCHEMES
def test_every_place_has_the_verb_that_is_declared_of_it(folder: Path, scheme: str) -> None:
    """Must, should and may stand in the text; a place with none of them has neither must nor should for its rule."""
    at = {one.place: one.text for one in with_lists(_read(_file(folder, CITED[scheme][1])))}
    without = set()
    for rule, place in _cited(scheme):
        verbs = set(re.findall(r"\b(?:must|should|may)\b", at[place.at]))
        if place.verb != "none":
            assert place.verb in verbs, (rule, place.at)
        elif verbs & {"must", "should"}:
            without.add(rule)
    assert without == {rule for rule in ELSEWHERE if rule.startswith(scheme.upper())}


@SCHEMES
def test_the_document_itself_is_found_and_unchanged(folder: Path, scheme: str) -> None:
    """Of which source a text is an edition is told by what is cited of it, and every rule stands as it was."""
    paragraphs = _read(_file(folder, CITED[scheme][1]))
    book, source = source_of(paragraphs, map(_book, CITED))
    assert (book.scheme, source) == (scheme, CITED[scheme][0])
    assert {one.status for one in compare(book, source, paragraphs).places} == {"unchanged"}


def _wrapped(text: str, width: int) -> str:
    """Return a text as a PDF reader gives it: in lines of one width, but for tables; with the line ends of Windows."""
    lines = [line if "\t" in line else textwrap.fill(line, width) for line in text.split("\n")]
    return "\n".join(lines).replace("\n", "\r\n")


WAYS = {
    "narrow lines": lambda text: _wrapped(text, 60),
    "wide lines": lambda text: _wrapped(text, 95),
    "a paragraph a line": lambda text: re.sub("\n\n+", "\n", text.strip()),
    "curly quotes": lambda text: text.replace("'", "’"),
}


@SCHEMES
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_document_that_another_program_saved_is_the_same_document(
    folder: Path, scheme: str, way: Callable[[str], str]
) -> None:
    """No words changed and none are new; at most rows of a table that have one cell alone are counted otherwise."""
    source, number = CITED[scheme]
    found = compare(_book(scheme), source, read_paragraphs(way(_text(folder, number))))
    assert Counter(one.status for one in found.places)["unchanged"] >= len(found.places) - 2
    assert {one.status for one in found.places} <= {"unchanged", "renumbered"}
    assert found.new == []


@SCHEMES
def test_a_word_put_in_anywhere_names_the_rules_that_rest_there_and_no_other(folder: Path, scheme: str) -> None:
    """Of every cited paragraph, item and cell; where its whole list is cited, the rules of that too."""
    source, number = CITED[scheme]
    paragraphs, book, cited = _read(_file(folder, number)), _book(scheme), _cited(scheme)
    for place, one in enumerate(paragraphs):
        around = {one.place, one.place.rpartition(", item ")[0]}
        concerned = {rule for rule, where in cited if where.at in around}
        if concerned:
            edited = [*paragraphs[:place], replace(one, text=f"{one.text} newly"), *paragraphs[place + 1 :]]
            found = compare(book, source, edited)
            assert {done.rule for done in found.those("changed")} == concerned, one.place
            assert {done.status for done in found.places} <= {"changed", "unchanged"}, one.place


def test_an_edited_copy_names_exactly_the_rules_concerned(folder: Path) -> None:
    """A sentence changed, a paragraph gone, one moved, an item divided: four rules, beside those counted otherwise."""
    text = _text(folder, CODE)
    gone = _paragraph(text, "RPA moderators must report back")
    moved = _paragraph(text, "RPAs will inform PoPs and candidates")
    edited = text.replace(gone, "").replace(moved, "").replace("Risk Management\n\nIf", f"Risk Management\n\n{moved}If")
    edited = edited.replace("at least a 5 per cent", "at least a 6 per cent")
    edited = edited.replace("\n- all full reassessments", "\n- all full\n- reassessments")
    for before in ([], _read(_file(folder, CODE))):
        found = compare(_book("hlta"), "cop-2022", read_paragraphs(edited), before)
        assert {status: {one.rule for one in found.those(status)} for status in ("changed", "gone", "moved")} == {
            "changed": {"HLTA.MOD.2", "HLTA.MOD.3"},
            "gone": {"HLTA.MOD.10", "HLTA.MOD.14"},
            "moved": {"HLTA.PREP.4", "HLTA.PREP.8"},
        }


def _paragraph(text: str, beginning: str) -> str:
    start = text.index(beginning)
    return text[start : text.index("\n\n", start) + 2]


def _words(text: str) -> list[str]:
    """Return the words of a text without their case and punctuation."""
    return re.findall(r"[^\W_]+", re.sub("['’]", "", text.casefold()))


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return zip(*(words[place:] for place in range(ROW)), strict=False)


def _texts(path: Path) -> Iterator[str]:
    """Yield what stands in a file; of a notebook each source and each output by itself."""
    content = path.read_bytes()
    if b"\0" not in content:
        text = content.decode("utf-8")
        yield from _strings(json.loads(text)) if path.suffix == ".ipynb" else [text]


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list) and all(isinstance(one, str) for one in content):
        yield "".join(content)
    elif isinstance(content, list | dict):
        for one in content.values() if isinstance(content, dict) else content:
            yield from _strings(one)


def test_no_sentence_of_a_document_stands_in_the_project(folder: Path) -> None:
    """No eight words in a row of any of the five documents, in any file that is kept: code, pages, tests, notebooks."""
    copied = {row for path in sorted(folder.glob("*.txt")) for row in _rows(path.read_text(encoding="utf-8"))}
    assert len(copied) > 10_000
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {
        f"{name}: {' '.join(row)}"
        for name in kept.stdout.split("\0")[:-1]
        for text in _texts(ROOT / name)
        for row in _rows(text)
        if row in copied
    }
    assert found == set()
