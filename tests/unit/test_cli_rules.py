"""``qa rules``: readable within 100 columns, independent of the clock, plain about what is wrong."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import qa_lib.rulebook
import qa_lib.scheme
from qa_lib.audit import rule_answers
from qa_lib.cli import rules
from qa_lib.cli.scheme_check import scheme_faults
from qa_lib.errors import RulebookError
from qa_lib.rulebook import rulebook_names
from qa_lib.scheme import Scheme, find_scheme, load_rulebook

SCRIPTS = "qa_lib.schemes.npq.draws.script_draw:SCRIPTS"
_read_once = functools.cache(load_rulebook)


@pytest.fixture(autouse=True)
def _books_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands of these tests share each rule book, for speed."""
    monkeypatch.setattr(qa_lib.scheme, "load_rulebook", _read_once)


def _qa(*arguments: str) -> Result:
    return CliRunner().invoke(rules.command, list(arguments))


def _shown(*arguments: str) -> str:
    result = _qa(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def _refused(*arguments: str) -> RulebookError:
    error = _qa(*arguments).exception
    assert isinstance(error, RulebookError)
    assert error.exit_code == 2
    return error


def test_the_list_names_every_rule_and_fits_100_columns() -> None:
    """Every id of the rule book begins a row, and no line is wider than 100 columns."""
    lines = _shown("--scheme", "hlta").splitlines()
    starts = {line.split(" ")[0] for line in lines}
    assert {rule.id for rule in load_rulebook("hlta")} <= starts
    assert max(map(len, lines)) <= 100


def test_without_a_scheme_the_rule_books_are_listed() -> None:
    """Each with its title and how many rules it holds, and how they are listed."""
    listed = " ".join(_shown().split())
    assert "npq: National Professional Qualifications" in listed
    assert f"{len(load_rulebook('hlta'))} rules (parameters/rules/hlta.yaml)" in listed
    assert listed.endswith("qa rules --scheme NAME")


def test_a_rule_book_that_a_scheme_brings_is_listed_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It need not stand under parameters/rules: the scheme's record says where it is."""
    text = (qa_lib.rulebook.RULES / "npq.yaml").read_text(encoding="utf-8")
    (tmp_path / "elsewhere.yaml").write_text(text.replace("scheme: npq", "scheme: third"), encoding="utf-8")
    third = Scheme(
        name="third", title="A third", tables={}, provider_table="x", rule_book=str(tmp_path / "elsewhere.yaml")
    )
    monkeypatch.setattr(qa_lib.scheme, "schemes", lambda: {"third": third})
    monkeypatch.setattr(qa_lib.scheme, "scheme_names", lambda: ["third"])
    monkeypatch.setattr(qa_lib.scheme, "find_scheme", lambda _name: third)
    assert "third: National" in _shown()
    assert "NPQ.M1" in _shown("--scheme", "third")


WRONG = {
    "the month of the year": (
        {"year_starts": ("HLTA.MOD.4", "begins")},
        ["the value of HLTA.MOD.4 from 2022-11-01 has no column 'begins'; it has"],
    ),
    "a rule of the year": ({"year_starts": ("HLTA.MOD.44", "x")}, ["no rule 'HLTA.MOD.44' in the rule book of hlta"]),
    "rules of draws": ({"draw_rules": "X.TIERS X.TEARS"}, ["no rule 'X.TEARS' in the rule book of hlta"]),
    "what is loaded": (
        {"month_draw": "qa_lib.no:X", "forms": {"f": "qa_lib.scheme:FORM"}, "readers": {"r": "qa_lib.scheme:READ"}},
        ["qa_lib.no:X cannot be loaded", "qa_lib.scheme:READ cannot", "qa_lib.scheme:FORM cannot be loaded"],
    ),
    "lists": ({"list_draws": {"papers": SCRIPTS}}, [f"{SCRIPTS} is 'scripts'; expected the draw of 'papers'"]),
    "rules of lists": ({"list_draws": {"scripts": SCRIPTS}}, ["no rule 'NPQ.M5' in the rule book of hlta"]),
    "no functions": ({"answers_in": "qa_lib.nowhere"}, ["qa_lib.nowhere cannot be loaded (ModuleNotFoundError: No"]),
    "other functions": ({"answers_in": "qa_lib.schemes.npq.rules"}, ["answers NPQ."]),
}


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_a_scheme_that_does_not_fit_its_rule_book_is_told(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: list[str]
) -> None:
    """Every fault of what the scheme names, before a report of a certain day stumbles over one."""
    wrong = dataclasses.replace(find_scheme("hlta"), **changes)
    monkeypatch.setattr(rule_answers, "find_scheme", lambda _: wrong)
    faults = scheme_faults(wrong, _read_once("hlta"))
    assert len(faults) == len(said)
    assert [one for one, fault in zip(said, faults, strict=True) if one not in fault] == []


def test_checking_the_rule_books_checks_their_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schemes as they are have no fault; one that has stands among those of the rule books."""
    assert [scheme_faults(find_scheme(name), _read_once(name)) for name in ("hlta", "npq")] == [[], []]
    wrong = dataclasses.replace(find_scheme("npq"), draw_rules="NPQ.NOT.1")
    monkeypatch.setattr(qa_lib.scheme, "find_scheme", lambda name: {"npq": wrong}.get(name) or find_scheme(name))
    assert "the scheme npq: no rule 'NPQ.NOT.1' in the rule book of npq" in str(_refused("--check"))


def test_the_page_of_a_scheme_is_written(tmp_path: Path) -> None:
    """The page of all rules on a day, and what was written is said."""
    page = tmp_path / "rules.md"
    assert _shown("--scheme", "npq", "--page", str(page)) == f"{page}: {len(load_rulebook('npq'))} rules\n"
    assert "| NPQ.REM.1 | Remedial action and revocation |" in page.read_text(encoding="utf-8")


def test_a_card_says_where_its_findings_stand_and_who_does_what() -> None:
    """With the heading of the report; a convention that no finding speaks of has none of it."""
    card = _shown("HLTA.PEER.3")
    assert "Section:  Peer review (asks for something by a day)" in card
    assert "Not met:  peer reviewer and moderator: exchange the joint report; find out why" in card
    assert "Section:  Eligibility and allocation\n" in _shown("HLTA.PREP.2")
    assert "Not met:" not in _shown("X.TIERS")


def test_a_day_that_nobody_named_is_the_last_change_and_is_said() -> None:
    """Without --on the output says which day it shows; no clock is read."""
    last = load_rulebook("hlta").changes[-1]
    assert f"On {last}, the last day on which this rule book changes" in _shown("--scheme", "hlta")
    assert f"On {last}, the last day on which this rule book changes" in _shown("HLTA.MOD.3")


def test_a_card_holds_value_clause_reading_and_who_reads_it() -> None:
    """One rule is shown with all that the rule book says of it; its id may be typed in small letters."""
    card = _shown("hlta.mod.3", "--on", "2024-01")
    for part in (
        "On 2024-01-01:",
        "0.05 of the files",
        "Moderation, list 1, item 6: one in twenty",
        "Reading:",
        "2022-11-01  0.05",
    ):
        assert part in card
    assert "Read by:  qa_lib/schemes/hlta/draws/sampling_plan.py" in card


@pytest.mark.parametrize("scheme", rulebook_names())
def test_every_card_fits_100_columns(scheme: str) -> None:
    """Long readings, clauses and tables are wrapped."""
    book = load_rulebook(scheme)
    assert {rule.id for rule in book if max(map(len, rules.card(book, rule, None).splitlines())) > 100} == set()


def test_a_table_is_shown_column_by_column_with_what_nobody_has_entered() -> None:
    """Units and other options stand beside the values, and an empty optional column is named."""
    assert "raised    0.05 of the tier's files in the stratum met" in _shown("X.TIERS")
    assert "fee       not entered" in _shown("HLTA.PAR.2")
    assert "suspension  bars (or: allows)" in _shown("HLTA.ASR.6")


def test_a_rule_outside_its_dates_says_when_it_is_in_force() -> None:
    """On a day before its first value a rule has a card that says so, and a row in the list."""
    assert "has no value on 2022-10-31" in _shown("HLTA.MOD.3", "--on", "2022-10-31")
    listed = _shown("--scheme", "hlta", "--on", "2022-10-31")
    assert "not in force  from 2022-11-01" in listed
    assert "first sight" in listed, "conventions are in force earlier"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["HLTA.MOD.33"], "no rule 'HLTA.MOD.33' in any rule book; did you mean 'HLTA.MOD.3'?"),
        (["QQQ"], "no rule 'QQQ' in any rule book; list them with: qa rules"),
        (["NPQ.M1", "--scheme", "hlta"], "no rule 'NPQ.M1' in the rule book hlta"),
        (["--scheme", "hlt"], "no rule book 'hlt' under parameters/rules; there are"),
        (["HLTA.MOD.3", "--on", "soon"], "--on is 'soon'; expected a day of the calendar as YYYY-MM-DD, or a month"),
        (["--scheme", "npq", "--on", "2024-02-30"], "--on is '2024-02-30'; expected a day"),
        (["--on", "2024-02-01"], "--page and --on are about one rule book; name it with --scheme: hlta, npq"),
        (["--page", "rules.md"], "--page and --on are about one rule book; name it with --scheme: hlta, npq"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_exit_code_2(arguments: list[str], message: str) -> None:
    """An unknown id, scheme or day is named, with the nearest known one."""
    assert message in str(_refused(*arguments))


def test_check_counts_what_is_in_every_rule_book() -> None:
    """All rule books of the project pass, and the command says what it looked at."""
    rules_in_all = len(load_rulebook("hlta"))
    assert f"parameters/rules/hlta.yaml: {rules_in_all} rules, 2 sources, 2 days of change" in _shown("--check")


def test_check_reports_the_faults_of_all_books_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of two books and an id that stands in two come in one message."""
    text = (qa_lib.rulebook.RULES / "hlta.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(text.replace('value: "0.05"', 'value: "5%"'), encoding="utf-8")
    (tmp_path / "d.yaml").write_text("scheme: [\n", encoding="utf-8")
    monkeypatch.setattr(qa_lib.rulebook, "RULES", tmp_path)
    message = str(_refused("--check"))
    assert "HLTA.MOD.3 stands in" in message
    assert "value is '5%'" in message
    assert "d.yaml:2: not YAML" in message
