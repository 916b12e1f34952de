"""Every planted fact is in the made-up tables in its exact count, and in the clean year it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hlta_counts as by
import pytest
from counts_beside_tests import counts_beside_tests

from qa_lib.made_up.fact import Fact
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.made_up import build_partnership, build_slice, planted_facts
from qa_lib.schemes.hlta.made_up.facts import NOT_PLANTED, demo_data_page

ROOT = Path(__file__).parents[2]


COUNTS: dict[str, Callable[[by.Tables], by.Count]] = {
    **counts_beside_tests("hlta"),
    "F110": by.text("enquiries", "enquiry_id", "subject", r"^[=+\-@]"),
    "F111": by.text("moderations", "case_id", "weaknesses", "<[a-z]"),
    "F112": by.text("appeals", "appeal_id", "nature", '"'),
    "F113": by.text("moderations", "case_id", "weaknesses", "[\U0001f300-\U0001faff]"),
    "F114": by.text("moderations", "case_id", "weaknesses", "[\u0600-\u06ff]"),
    "F115": by.events(lambda events: events["issues"].str.contains("<")),
    "F116": by.text("moderations", "case_id", "strengths", "^="),
}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return the whole year with its facts."""
    folder = tmp_path_factory.mktemp("year")
    build_partnership(folder)
    return by.read(folder)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return the whole year without facts."""
    folder = tmp_path_factory.mktemp("clean")
    build_partnership(folder, planted=False)
    return by.read(folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return the slice."""
    folder = tmp_path_factory.mktemp("slice")
    build_slice(folder)
    return by.read(folder)


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    """Return the year's facts by id."""
    return {fact.id: fact for fact in planted_facts()}


def test_every_fact_is_counted(facts: dict[str, Fact]) -> None:
    """There is a count here for each fact of the year, and the slice has no others."""
    assert set(COUNTS) == set(facts)
    assert {fact.id for fact in planted_facts(small=True)} <= set(COUNTS)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_year_holds_each_fact_in_its_exact_count(year: by.Tables, facts: dict[str, Fact], fact_id: str) -> None:
    """Subjects and number of rows of every fact are in the tables as listed, and nothing else shows it."""
    assert COUNTS[fact_id](year) == (set(facts[fact_id].subjects), facts[fact_id].count)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_clean_year_holds_the_standing_facts_only(clean: by.Tables, facts: dict[str, Fact], fact_id: str) -> None:
    """Without planting no row shows any fact but those that stand: who has no file, two files, two providers."""
    expected = (set(facts[fact_id].subjects), facts[fact_id].count) if fact_id.startswith("S") else (set(), 0)
    assert COUNTS[fact_id](clean) == expected


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_slice_holds_its_facts_and_no_others(small: by.Tables, fact_id: str) -> None:
    """The slice shows the facts listed for it in their exact count, and none of the year's others."""
    fact = next((fact for fact in planted_facts(small=True) if fact.id == fact_id), None)
    assert COUNTS[fact_id](small) == ((set(fact.subjects), fact.count) if fact else (set(), 0))


def test_both_variants_have_the_same_files(year: by.Tables, clean: by.Tables) -> None:
    """Planting changes files; it neither adds nor takes away any."""
    assert len(year["cases"]) == len(clean["cases"]) == 4000
    assert set(year["cases"]["case_id"]) == set(clean["cases"]["case_id"])


def test_every_rule_that_data_can_breach_has_a_fact(facts: dict[str, Fact]) -> None:
    """All HLTA rules of the rule book have a planted or standing fact, or are said to be impossible to plant."""
    rules = {rule for rule in load_rulebook("hlta").rules if rule.startswith("HLTA.")}
    assert rules == {fact.rule for fact in facts.values() if fact.rule.startswith("HLTA.")} | set(NOT_PLANTED)


def test_the_page_lists_the_facts() -> None:
    """docs/demo-data.md is what the facts say."""
    assert (ROOT / "docs" / "demo-data.md").read_text(encoding="utf-8") == demo_data_page()


def test_nobody_depends_on_the_month_without_event(year: by.Tables) -> None:
    """Whoever has files in the month without event has files in other months of the provider."""
    cases = year["cases"]
    hidden = (cases["rpa"] == by.NORTH) & (cases["month"] == "2024-08")
    for column in ("assessor_id", "pop_id"):
        there = cases.loc[(cases["rpa"] == by.NORTH) & ~hidden, column]
        assert set(cases.loc[hidden, column]) <= set(there)
