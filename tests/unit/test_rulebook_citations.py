"""What an entry of a rule book cites: a source in force on its day, and places in it that the source has."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from qa_lib.errors import RulebookError
from qa_lib.rulebook import RuleBook
from qa_lib.rulebook_file import Place
from qa_lib.scheme import load_rulebook

DIGEST = hashlib.sha256(b"one in ten").hexdigest()
CODE = f'published: "2012-09-01", until: "2014-05-31", outline: "{DIGEST[:8]} 01234567"'
BOOK = """\
scheme: example
title: An example
sources:
  code: {{title: A code, {code}}}
rules:
  EX.SAMPLE:
    title: A sample
    description: What it asks for.
    reading: How it is read.
    kind: convention
    severity: information
    type: count
    unit: files
    checked_on: "2026-01-15"
    values:
      "{day}":
        value: "4"
        cite:
          source: code
{cited}
"""
PLACES = f"""\
          places:
            - at: Samples, paragraph 1
              says: ten per cent
              verb: must
              sha256: {DIGEST}
            - at: Samples, list 1, item 2
              says: more where there is doubt
              verb: should
              sha256: {DIGEST}"""


def _load(folder: Path, cited: str = PLACES, *, code: str = CODE, day: str = "2013-01-01") -> RuleBook:
    path = folder / "example.yaml"
    path.write_text(BOOK.format(code=code, day=day, cited=cited), encoding="utf-8")
    return load_rulebook(path)


def _faults(folder: Path, cited: str = PLACES, *, code: str = CODE, day: str = "2013-01-01") -> list[str]:
    with pytest.raises(RulebookError) as caught:
        _load(folder, cited, code=code, day=day)
    return [line.split("example.yaml:")[1] for line in str(caught.value).splitlines()]


def test_places_arrive_and_make_the_clause(tmp_path: Path) -> None:
    """A value brings its places as they are written; its clause is each place with its paraphrase, in one text."""
    value = _load(tmp_path)["EX.SAMPLE"].on("2013-01-01")
    assert value.places == (
        Place(at="Samples, paragraph 1", says="ten per cent", verb="must", sha256=DIGEST),
        Place(at="Samples, list 1, item 2", says="more where there is doubt", verb="should", sha256=DIGEST),
    )
    assert value.clause == "Samples, paragraph 1: ten per cent; Samples, list 1, item 2: more where there is doubt"


def test_a_clause_stands_where_nothing_can_be_located(tmp_path: Path) -> None:
    """Then there are no places, and no outline is needed."""
    value = _load(tmp_path, "          clause: Section 4", code='published: "2012-09-01"')["EX.SAMPLE"].on("2013-01-01")
    assert (value.clause, value.places) == ("Section 4", ())


@pytest.mark.parametrize("day", ["2012-09-01", "2014-05-31"])
def test_a_source_may_be_cited_on_its_first_and_on_its_last_day(tmp_path: Path, day: str) -> None:
    """Both days are its own."""
    assert _load(tmp_path, day=day)["EX.SAMPLE"].on(day).source == "code"


@pytest.mark.parametrize("day", ["2012-08-31", "2014-06-01"])
def test_a_source_that_is_not_in_force_on_the_day_of_an_entry_is_refused(tmp_path: Path, day: str) -> None:
    """A day before or after, the book is refused: with the line, the span, the day and what to do."""
    assert _faults(tmp_path, day=day) == [
        f"19: source 'code' is in force from 2012-09-01 to 2014-05-31, not on {day}; "
        "cite the edition of that day, or mend its dates"
    ]


def test_a_source_without_an_end_is_in_force_from_its_first_day_on(tmp_path: Path) -> None:
    """No later day is too late; a day before is too early, and the span says no end."""
    code = CODE.replace(', until: "2014-05-31"', "")
    assert _load(tmp_path, code=code, day="2099-01-01").changes
    (fault,) = _faults(tmp_path, code=code, day="2012-08-31")
    assert "is in force from 2012-09-01, not on 2012-08-31" in fault


def test_a_source_that_ends_before_it_begins_is_a_fault(tmp_path: Path) -> None:
    """One day of force is enough; none is a fault of the source's own line."""
    assert _load(tmp_path, code=CODE.replace("2014-05-31", "2012-09-01"), day="2012-09-01").changes
    faults = _faults(tmp_path, code=CODE.replace("2014-05-31", "2012-08-31"))
    assert "4: source 'code' ends on 2012-08-31, before it is published on 2012-09-01; mend one" in faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (f"              sha256: {DIGEST}\n", "", "21: key 'sha256' is missing; add it"),
        ("- at: Samples, paragraph 1\n              says", "- says", "21: key 'at' is missing; add it"),
        (
            "at: Samples, list 1, item 2",
            "at: Samples, list one",
            "25: at is 'Samples, list one'; expected a place such as 'Moderation, list 1, item 6', as qa rules "
            "--places FILE prints them",
        ),
        ("              says: ten per cent\n", "", "21: key 'says' is missing; add it"),
        ("says: ten per cent", "says: ' '", "22: says is ' '; expected text that is not blank"),
        ("              verb: must\n", "", "21: key 'verb' is missing; add it"),
        ("verb: must", "verb: shall", "23: verb is 'shall'; expected one of 'must', 'should', 'may' or 'none'"),
        (
            DIGEST,
            DIGEST[:-1],
            f"24: sha256 is {DIGEST[:60]!r}… (63 characters); expected 64 digits 0-9a-f, as qa rules",
        ),
        (DIGEST, DIGEST.upper(), f"24: sha256 is {DIGEST.upper()[:60]!r}… (64 characters); expected 64 digits 0-9a-f"),
        (DIGEST, "0" * 64, "24: sha256 of 'Samples, paragraph 1' does not stand in the outline of source 'code'; take"),
        (PLACES, "          places: []", "18: cite has no places; add them, or a clause where nothing can be located"),
        (
            "          places:",
            "          clause: x\n          places:",
            "20: cite has places and a clause; keep the places",
        ),
    ],
)
def test_a_place_is_whole_or_refused_on_its_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """What is missing, blank, malformed or of another document is said with its line, what arrived and what to do."""
    found = _faults(tmp_path, PLACES.replace(old, new, 1))
    assert any(line.startswith(fault) for line in found), found


def test_places_need_the_outline_of_their_source(tmp_path: Path) -> None:
    """Without one nobody could tell later what a new edition left out."""
    faults = _faults(tmp_path, code='published: "2012-09-01"')
    assert [line.split(": ")[0] for line in faults] == ["24", "28"]
    assert "does not stand in the outline of source 'code'; take both from qa rules --places FILE" in faults[0]


@pytest.mark.parametrize("written", ["0123456", "0123456789", "01234567, 89abcdef", "' '", "0123456X"])
def test_an_outline_is_runs_of_eight_digits(tmp_path: Path, written: str) -> None:
    """Anything else is refused on the line of the source."""
    faults = _faults(tmp_path, code=f'published: "2012-09-01", outline: "{written}"')
    assert any("4: outline is" in line and "expected runs of 8 digits 0-9a-f" in line for line in faults)
