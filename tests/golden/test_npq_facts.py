"""Every planted fact is in the made-up NPQ tables in its exact count, and in the clean years it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import npq_counts as by
import pytest
from counts_beside_tests import counts_beside_tests

from qa_lib.made_up.fact import Fact
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.made_up import build_npq, build_npq_slice, planted_npq_facts
from qa_lib.schemes.npq.made_up.framework_facts import npq_demo_data_page

ROOT = Path(__file__).parents[2]

COUNTS: dict[str, Callable[[by.Tables], by.Count]] = {
    **counts_beside_tests("npq"),
    "N95": by.people(lambda p: p["reason"].str.contains(r"^[=+\-@]")),
    "N96": by.people(lambda p: p["job_role"].str.contains("<script")),
    "N97": by.people(lambda p: p["name"].str.contains("[\u0600-\u06ff]")),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return both years with their facts."""
    folder = tmp_path_factory.mktemp("npq")
    build_npq(folder)
    return by.read(folder)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return both years without facts."""
    folder = tmp_path_factory.mktemp("npq-clean")
    build_npq(folder, planted=False)
    return by.read(folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> by.Tables:
    """Return the slice."""
    folder = tmp_path_factory.mktemp("npq-slice")
    build_npq_slice(folder)
    return by.read(folder)


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    """Return the facts by id."""
    return {fact.id: fact for fact in planted_npq_facts()}


def test_every_fact_is_counted(facts: dict[str, Fact]) -> None:
    """There is a count here for each fact, and the slice has no others."""
    assert set(COUNTS) == set(facts)
    assert {fact.id for fact in planted_npq_facts(small=True)} <= set(COUNTS)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_years_hold_each_fact_in_its_exact_count(full: by.Tables, facts: dict[str, Fact], fact_id: str) -> None:
    """Subjects and number of rows of every fact are in the tables as listed, and nothing else shows it."""
    assert COUNTS[fact_id](full) == (set(facts[fact_id].subjects), facts[fact_id].count)


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_clean_years_hold_the_standing_facts_only(clean: by.Tables, facts: dict[str, Fact], fact_id: str) -> None:
    """Without planting no row shows any fact but those of the schools."""
    expected = (set(facts[fact_id].subjects), facts[fact_id].count) if fact_id.startswith("S") else (set(), 0)
    assert COUNTS[fact_id](clean) == expected


@pytest.mark.parametrize("fact_id", COUNTS)
def test_the_slice_holds_its_facts_and_no_others(small: by.Tables, fact_id: str) -> None:
    """The slice shows the facts listed for it in their exact count, and none of the others."""
    fact = next((fact for fact in planted_npq_facts(small=True) if fact.id == fact_id), None)
    assert COUNTS[fact_id](small) == ((set(fact.subjects), fact.count) if fact else (set(), 0))


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
    assert facts["N12"].what.count("Larkrise Institute of School Leadership/NPQH") == 1
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
    """docs/demo-data-npq.md is what the NPQ facts say."""
    assert (ROOT / "docs" / "demo-data-npq.md").read_text(encoding="utf-8") == npq_demo_data_page()
