"""Every planted fact is in the made-up NPQ tables in its exact count, and in the clean years it is not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import npq_counts as by
import pytest
from counts_beside_tests import counts_beside_tests

from qa_lib.made_up.facts import Fact, facts_of, renewed_page
from qa_lib.made_up.writing import digest_of
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.made_up import build_npq
from qa_lib.schemes.npq.made_up.framework import FACTS, make_npq

ROOT = Path(__file__).parents[2]

COUNTS: dict[str, Callable[[by.Tables], by.Count]] = {
    **counts_beside_tests("npq"),
    "N95": by.people(lambda p: p["reason"].str.contains(r"^[=+\-@]")),
    "N96": by.people(lambda p: p["job_role"].str.contains("<script")),
    "N97": by.people(lambda p: p["name"].str.contains("[\u0600-\u06ff]")),
}


@pytest.fixture(scope="module")
def full() -> by.Tables:
    """Return both years with their facts."""
    return by.frames(make_npq("whole"))


@pytest.fixture(scope="module")
def clean() -> by.Tables:
    """Return both years without facts."""
    return by.frames(make_npq("whole", planted=False))


@pytest.fixture(scope="module")
def small() -> by.Tables:
    """Return the slice."""
    return by.frames(make_npq("slice"))


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    """Return the facts by id."""
    return {fact.id: fact for fact in facts_of(FACTS, "whole")}


def test_every_fact_is_counted(facts: dict[str, Fact]) -> None:
    """There is a count here for each fact, and the slice has no others."""
    assert set(COUNTS) == set(facts)
    assert {fact.id for fact in facts_of(FACTS, "slice")} <= set(COUNTS)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_years_hold_each_fact_in_its_exact_count(full: by.Tables, facts: dict[str, Fact], fact_id: str) -> None:
    """Subjects and number of rows of every fact are in the tables as listed, and nothing else shows it."""
    assert COUNTS[fact_id](full) == (set(facts[fact_id].subjects), facts[fact_id].count)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_clean_years_hold_no_fact(clean: by.Tables, fact_id: str) -> None:
    """Without planting no row shows any fact."""
    assert COUNTS[fact_id](clean) == (set(), 0)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_slice_holds_its_facts_and_no_others(small: by.Tables, fact_id: str) -> None:
    """The slice shows the facts listed for it in their exact count, and none of the others."""
    fact = next((fact for fact in facts_of(FACTS, "slice") if fact.id == fact_id), None)
    assert COUNTS[fact_id](small) == ((set(fact.subjects), fact.count) if fact else (set(), 0))


def test_two_schools_of_every_authority_lie_at_the_boundary(
    full: by.Tables, clean: by.Tables, small: by.Tables
) -> None:
    """One primary school has exactly 30 % free school meals, one secondary school would only with a rounded rate."""
    for tables, authorities in ((full, 72), (clean, 72), (small, 16)):
        schools = tables["schools"]
        exact = schools[schools["share"] == Fraction(3, 10)]
        rounded = schools[
            (schools["share"] < Fraction(3, 10)) & ((100 * schools["share"].astype(float)).round(1) == 30)
        ]
        for found, phase, fsm in ((exact, "Primary", "high"), (rounded, "Secondary", "low")):
            assert found["la"].nunique() == len(found) == authorities
            assert set(found["phase"]) == {phase}
            assert set(found["fsm"]) == {fsm}


def test_noise_is_noise_and_the_real_difference_is_real(full: by.Tables, facts: dict[str, Fact]) -> None:
    """After Holm no group of the noise provider is significant at any level, and the real difference is."""
    table = by.gaps(full)
    provider = facts["N03"].subjects[0].split("/")[0]
    places = [place for place in table["place"].unique() if place.startswith(provider)]
    assert all(by.holm(table[table["place"] == place]).min() > 0.05 for place in places)
    real = facts["N01"].subjects[0]
    adjusted = by.holm(table[table["place"] == real.rpartition("/")[0]])
    assert adjusted[adjusted.index.str.contains("/sex=")].max() < 0.001


def test_without_holm_the_noise_would_accuse(full: by.Tables, facts: dict[str, Fact]) -> None:
    """Some group of the noise level is below 5 % unadjusted, so that the adjustment matters."""
    table = by.gaps(full)
    table = table[table["place"] == facts["N03"].subjects[0].rpartition("/")[0]]
    assert min(by.midp(*row) for row in table[["k", "n", "yes", "total"]].to_numpy()) < 0.05


def test_metric_4_is_at_its_boundary(full: by.Tables, facts: dict[str, Fact]) -> None:
    """With the one of N11 exactly 54 of 60 are in time; with the one of N12, 53 of 60."""
    table = full["people"].query("due")
    found = []
    for fact in ("N11", "N12"):
        own = table[table["participant_id"].str.startswith(facts[fact].subjects[0].rpartition("-")[0])]
        found.append((int(own["in_time"].sum()), len(own)))
    assert found == [(54, 60), (53, 60)]


def test_metric_4_fails_nowhere_else(full: by.Tables, clean: by.Tables, facts: dict[str, Fact]) -> None:
    """Over those who are due 90 % are in time at every level but that of N12, and at every level of the clean years."""
    failed = by.metric_4(full, only_due=True)
    assert [code for code, passes in failed.items() if not passes] == [
        ("Larkrise Institute of School Leadership", "NPQH")
    ]
    assert by.metric_4(clean, only_due=True).all()


def test_no_sample_of_the_clean_years_can_breach_metric_5(clean: by.Tables) -> None:
    """A provider's overturned scripts are at most 5 % of the smallest sample they could be drawn into."""
    table = clean["national_moderation"].merge(clean["people"], on="participant_id")
    table["turned"] = table["moderated_passed"] != table["original_passed"]
    for keys in (["provider"], ["provider", "year"]):
        counts = table.groupby(keys)["turned"].agg(["sum", "size"])
        assert (20 * counts["sum"] <= -(-counts["size"] // 10)).all()
    assert table["turned"].sum() > 10


def test_every_rule_that_data_can_breach_has_a_fact(facts: dict[str, Fact]) -> None:
    """All NPQ rules of the rule book have a planted fact."""
    rules = {rule for rule in load_rulebook("npq").rules if rule.startswith("NPQ.")}
    assert rules == {fact.rule for fact in facts.values() if fact.rule.startswith("NPQ.")}


def test_the_page_lists_the_npq_facts() -> None:
    """docs/demo-data-npq.md says what the file of facts says, and the digest of the years."""
    page = (ROOT / "docs" / "demo-data-npq.md").read_text(encoding="utf-8")
    assert page == renewed_page(page, FACTS, digest_of(build_npq))
    assert [page.count(f"<!-- {mark} -->") for mark in ("planted", "digest", "slice")] == [1, 1, 1]
