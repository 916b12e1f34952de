"""Every planted fact is in the made-up NPQ tables in its exact count, and in the clean years it is not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import npq_counts as by
import pandas as pd
import pytest

from qa_lib.made_up.fact import Fact
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.made_up import build_npq, build_npq_slice, planted_npq_facts
from qa_lib.schemes.npq.made_up.framework_facts import npq_demo_data_page

ROOT = Path(__file__).parents[2]

COUNTS: dict[str, Callable[[by.Tables], by.Count]] = {
    "N01": by.fourteen,
    "N02": by.reversals,
    "N03": by.flags(several=True),
    "N04": by.exactly_ten,
    "N05": by.flags(several=False),
    "N10": by.fails_by_the_undue,
    "N11": by.people(lambda p: (p["presented_on"] == p["due_on"]) & (p["enrolled_on"] <= p["commenced_on"])),
    "N12": by.people(lambda p: p["presented_on"] == p["due_on"] + pd.Timedelta(days=1)),
    "N13": by.people(lambda p: (p["presented_on"] == p["due_on"]) & (p["enrolled_on"] > p["commenced_on"])),
    "N14": by.people(lambda p: (p["year"] == "2017-18") & ~p["due"]),
    "N20": by.against_target("M1", lambda t: t["all"] == t["target"]),
    "N21": by.against_target("M1", lambda t: t["all"] < t["target"]),
    "N22": by.people(lambda p: p["previous_attempt"] != "none"),
    "N23": by.at_two_levels,
    "N24": by.people(lambda p: p["staff_role"] != "none"),
    "N30": by.against_target("M2", lambda t: t["high"] == t["target"] * t["all"]),
    "N31": by.against_target("M2", lambda t: t["high"] < t["target"] * t["found"]),
    "N32": by.against_target(
        "M2", lambda t: (t["high"] < t["target"] * t["all"]) & (t["high"] >= t["target"] * t["found"])
    ),
    "N33": by.people(lambda p: p["urn"].isna()),
    "N40": by.against_target("M3", lambda t: t["other"] == t["target"] * t["all"]),
    "N41": by.against_target(
        "M3", lambda t: (t["other"] < t["target"] * t["all"]) & (t["other"] >= t["target"] * t["known"])
    ),
    "N42": by.people(lambda p: p["ethnicity"].isin(by.UNKNOWN)),
    "N43": by.people(lambda p: p["sex"] == ""),
    "N44": by.people(lambda p: p["disability"] == ""),
    "N50": by.overturned(lambda turned, size: 20 * turned == size),
    "N51": by.overturned(lambda turned, size: 0 < 20 * turned - size <= 20),
    "N52": by.overturned(lambda turned, size: 20 * turned - size > 20),
    "N60": by.ratings(lambda total, number: total == 6 * number),
    "N61": by.ratings(lambda total, number: total < 6 * number),
    "N62": by.people(lambda p: (p["awarded_on"] != "") & (p["awarded_on"] < p["feedback_completed_on"])),
    "N63": by.people(lambda p: (p["awarded_on"] != "") & (p["feedback_completed_on"] == "")),
    "N64": by.people(lambda p: (p["awarded_on"] != "") & (p["awarded_on"] == p["feedback_completed_on"])),
    "N66": by.returned_late,
    "N67": by.return_overdue,
    "N70": lambda tables: by.unpublished(tables, ("performance",)),
    "N71": lambda tables: by.chosen(
        tables["publications"].assign(name=by.named(tables["publications"], "provider", "level", "item")),
        tables["publications"]["published_on"] == "",
        "name",
    ),
    "N72": lambda tables: by.unassessed(tables, period=False),
    "N73": lambda tables: by.chosen(
        tables["self_assessment"].assign(name=by.named(tables["self_assessment"], "provider", "period", "requirement")),
        tables["self_assessment"][["judgement", "evidence", "owner"]].eq("").all(axis=1),
        "name",
    ),
    "N74": lambda tables: by.unassessed(tables, period=True),
    "N75": by.leaders(lambda t: (2 * t["serving"] == t["n"]) & (t["level"] != "NPQEL")),
    "N76": by.leaders(lambda t: (2 * t["serving"] < t["n"]) & (t["level"] != "NPQEL")),
    "N77": by.leaders(lambda t: (2 * t["serving"] < t["n"]) & (t["level"] == "NPQEL")),
    "N78": lambda tables: by.unpublished(tables, ("cost", "duration")),
    "N80": by.terms(lambda names, _: names == {"autumn"}),
    "N81": by.terms(lambda names, number: len(names) == 2 and number < 100),
    "N82": by.terms(lambda names, _: names == {"summer"}),
    "N83": by.rows("personnel", "person_id", lambda p: (p["role"] == "assessor") & (p["trained"] != "yes")),
    "N84": by.rows(
        "scripts",
        "participant_id",
        lambda s: s["final_mark"].astype(int).between(18, 22) & (s["peer_moderated"] != "yes"),
    ),
    "N86": by.reported(2, 7),
    "N87": by.reported(8, 999),
    "N88": by.rows("malpractice", "malpractice_id", lambda log: log["reported_on"] == ""),
    "N90": by.without_recruits,
    "N91": by.rows("actions", "action_id", lambda actions: actions["state"] == "open"),
    "N92": by.rows("actions", "action_id", lambda actions: actions["serious_case"] != ""),
    "N95": by.people(lambda p: p["reason"].str.contains(r"^[=+\-@]")),
    "N96": by.people(lambda p: p["job_role"].str.contains("<script")),
    "N97": by.people(lambda p: p["name"].str.contains("[\u0600-\u06ff]")),
    "S01": by.rows("schools", "urn", lambda s: 10 * s["fsm_pupils"].astype(int) == 3 * s["pupils"].astype(int)),
    "S02": by.rows(
        "schools",
        "urn",
        lambda s: (
            (s["share"] < Fraction(3, 10))
            & ((100 * s["fsm_pupils"].astype(int) / s["pupils"].astype(int)).round(1) == 30)
        ),
    ),
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
