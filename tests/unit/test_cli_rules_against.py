"""``qa rules --against`` and ``--places``: what a new edition changes, in words a person can act on, and exit codes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from cited_books import cited_book
from click.testing import CliRunner, Result

import qa_lib.rulebook
import qa_lib.scheme
from qa_lib.cli import rules
from qa_lib.errors import QAError
from qa_lib.scheme import Scheme
from qa_lib.sources.comparison import outline
from qa_lib.sources.reading import read_paragraphs

CODE = """\
Samples

A sample of one file in ten is drawn for each month, by lot, and nobody is told beforehand which.

Over a year no assessor is left out.

Appeals

Offices publish how many appeals they had.
"""
PLACES = [("Samples, paragraph 1", "ten per cent at random"), ("Samples, paragraph 2", "everybody in twelve months")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the code as a text; its rule book is the only one."""
    (tmp_path / "code.txt").write_text(CODE, encoding="utf-8")
    monkeypatch.setattr(qa_lib.rulebook, "RULES", tmp_path)
    monkeypatch.setattr(qa_lib.scheme, "schemes", dict)
    _add_book(tmp_path, "example")
    return tmp_path


def _add_book(folder: Path, scheme: str) -> None:
    text = cited_book(scheme, CODE, {f"{scheme.upper()}.RATE": PLACES})
    (folder / f"{scheme}.yaml").write_text(text, encoding="utf-8")


def _against(folder: Path, text: str, *more: str) -> Result:
    (folder / "new.txt").write_text(text, encoding="utf-8")
    return CliRunner().invoke(rules.command, ["--against", str(folder / "new.txt"), *more])


def test_an_edition_with_every_place_word_for_word_ends_with_0(folder: Path) -> None:
    """How many places there are is said, and which paragraphs no rule cites, by heading."""
    result = _against(folder, CODE.replace("\n", "\r\n"))
    assert result.exit_code == 0
    assert "1 rules of example cite 2 places of code" in " ".join(result.output.split())
    assert "Unchanged: 2 of 2 places" in result.output
    assert "  Appeals: 1, from Offices publish how many appeals they had." in result.output
    assert "Changed" not in result.output


def test_a_changed_place_ends_with_1_and_shows_what_it_says_now(folder: Path) -> None:
    """Beside our paraphrase stands the beginning of the new words; no line is wider than 100 columns."""
    result = _against(folder, CODE.replace("one file in ten", "one file in five"))
    assert result.exit_code == 1
    assert "Changed: hold the rule against the new words:\n  EXAMPLE.RATE  Samples, paragraph 1\n" in result.output
    assert "    we say: ten per cent at random\n    it says: A sample of one file in five" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_with_the_edition_before_the_words_that_differ_are_shown(folder: Path) -> None:
    """The ones that went and the ones that came."""
    new = CODE.replace("one file in ten", "one file in five")
    assert "    differs: “ten” → “five”\n" in _against(folder, new, "--before", str(folder / "code.txt")).output


def test_a_place_that_is_gone_ends_with_1(folder: Path) -> None:
    """With our paraphrase of what stood there."""
    result = _against(folder, CODE.replace("Over a year no assessor is left out.\n\n", ""))
    assert result.exit_code == 1
    assert "Gone: find out whether the rule still holds:\n  EXAMPLE.RATE  Samples, paragraph 2\n" in result.output


def test_a_place_that_only_moved_is_named_and_ends_with_0(folder: Path) -> None:
    """From where to where; new paragraphs are named one by one."""
    result = _against(folder, CODE.replace("Over a year", "Samples are small.\n\nOver a year"))
    assert result.exit_code == 0
    assert "  EXAMPLE.RATE  Samples, paragraph 2 → Samples, paragraph 3\n" in result.output
    assert "New, and no rule cites it:\n  Samples, paragraph 2: Samples are small.\n" in result.output


def test_the_csv_has_a_row_per_place_and_no_words_of_the_document(folder: Path) -> None:
    """Cited places with their status, then the paragraphs that no rule cites; digests, to cite them."""
    new = CODE.replace("ten", "five").replace("Appeals\n\n", "Appeals\n\nThere are some.\n\n")
    _against(folder, new, "--out", str(folder / "out.csv"))
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [tuple(row[name] for name in ("status", "rule", "cited_at", "now_at")) for row in csv.DictReader(file)]
    assert rows == [
        ("changed", "EXAMPLE.RATE", "Samples, paragraph 1", "Samples, paragraph 1"),
        ("unchanged", "EXAMPLE.RATE", "Samples, paragraph 2", "Samples, paragraph 2"),
        ("new", "", "", "Appeals, paragraph 1"),
        ("uncited", "", "", "Appeals, paragraph 2"),
    ]
    content = (folder / "out.csv").read_text(encoding="utf-8")
    assert "There are some" not in content
    assert read_paragraphs(new)[0].sha256 in content


def test_a_source_that_cannot_be_told_is_asked_for(folder: Path) -> None:
    """Where two rule books fit, or none does; with --scheme, or --source, it goes on."""
    _add_book(folder, "twin")
    assert "several sources fit it equally well; say it: --scheme example" in str(_against(folder, CODE).exception)
    assert _against(folder, CODE, "--scheme", "twin").exit_code == 0
    nothing = _against(folder, "Aims\n\nNothing of it.", "--scheme", "twin")
    assert "no cited place of any source stands in it" in str(nothing.exception)
    assert _against(folder, "Aims\n\nNothing of it.", "--scheme", "twin", "--source", "code").exit_code == 1


def test_a_rule_book_that_a_scheme_brings_is_compared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It need not stand under parameters/rules, and need not be named."""
    (folder / "elsewhere").mkdir()
    (folder / "example.yaml").rename(folder / "elsewhere" / "example.yaml")
    brought = Scheme(
        name="example", title="Example", tables={}, provider_table="x", rule_book=str(folder / "elsewhere/example.yaml")
    )
    monkeypatch.setattr(qa_lib.scheme, "schemes", lambda: {"example": brought})
    monkeypatch.setattr(qa_lib.scheme, "scheme_names", lambda: ["example"])
    monkeypatch.setattr(qa_lib.scheme, "find_scheme", lambda _name: brought)
    assert "Unchanged: 2 of 2 places" in _against(folder, CODE).output


def test_the_places_of_a_text_are_shown_to_cite_them(folder: Path) -> None:
    """Each with its whole digest and first words, and at the end the outline as a rule book holds it."""
    result = CliRunner().invoke(rules.command, ["--places", str(folder / "code.txt")])
    first = read_paragraphs(CODE)[0]
    assert f"Samples, paragraph 1\n  sha256: {first.sha256}\n  A sample of one file in ten" in result.output
    assert result.output.endswith(f"outline: >-\n  {outline(read_paragraphs(CODE))}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--against", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["--places", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["--source", "code"], "--before, --source and --out belong to --against FILE; give that too"),
        (["--before", "x.txt"], "--before, --source and --out belong to --against FILE; give that too"),
        (["A.B", "--against", "x.txt"], "give each without ID, --on, --check, --page"),
        (["--check", "--places", "x.txt"], "give each without ID, --on, --check, --page"),
        (["--against", "x.txt", "--places", "x.txt"], "--against and --places are about a whole text"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_exit_code_2(arguments: list[str], said: str) -> None:
    """A file that is not there, and options that do not belong together."""
    error = CliRunner().invoke(rules.command, arguments).exception
    assert isinstance(error, QAError)
    assert said in str(error)
    assert error.exit_code == 2
