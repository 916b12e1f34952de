"""What the pages say of the made-up NPQ years: planted facts are found, noise accuses nobody, clean years are clean."""

from fractions import Fraction
from pathlib import Path

import npq_counts as by
import pytest

from qa_lib import load_rulebook, read_dataset
from qa_lib.audit.rule_answers import answers_of
from qa_lib.made_up.facts import facts_of
from qa_lib.register.list_draws import draw_from_list
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS
from qa_lib.schemes.npq.made_up.framework import FACTS, build_npq
from qa_lib.schemes.npq.pages.group_tables import compare_within_strata, mix_sentences
from qa_lib.schemes.npq.pages.provider_page import script_bounds
from qa_lib.schemes.npq.rules.group_gaps import cohort, group_gaps
from qa_lib.schemes.npq.rules.script_moderation import moderated

SLICE = Path(__file__).parents[2] / "notebooks" / "data" / "npq"
AS_OF, PERIOD = "2020-03-01", "2018-19"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of the planted years."""
    built = tmp_path_factory.mktemp("npq")
    build_npq(built)
    return built


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory):
    """Return the folder of the clean years."""
    built = tmp_path_factory.mktemp("npq-clean")
    build_npq(built, planted=False)
    return built


@pytest.fixture(scope="module")
def planted(folder):
    """Return the tables of the planted years and their facts by id."""
    data = read_dataset(folder, scheme="npq")
    assert data.rejected.empty
    return data.tables, {fact.id: fact for fact in facts_of(FACTS, "whole")}


@pytest.fixture(scope="module")
def text(folder):
    """Return the planted years as they are counted without the library."""
    return by.read(folder)


@pytest.fixture(scope="module")
def clean_text(clean_folder):
    """Return the clean years as they are counted without the library."""
    return by.read(clean_folder)


@pytest.fixture(scope="module")
def book():
    """Return the NPQ rule book."""
    return load_rulebook("npq")


def provider_of(fact):
    """Return the provider of a fact that is about a level or its groups."""
    return fact.subjects[0].partition(" NPQ")[0]


def audit(tables, book, provider):
    """Return the audit of a provider."""
    return make_audit(tables, book, provider=provider, as_of=AS_OF, period=PERIOD)


@pytest.mark.parametrize("fact_id", ["N10", "N11", "N20", "N30", "N40"])
def test_a_level_just_inside_the_boundary_is_met(planted, book, fact_id):
    """The one figure of the level is met where it holds by one person."""
    tables, facts = planted
    fact = facts[fact_id]
    level = next(one.subjects[0] for one in (*fact.also, fact) if one.rule == fact.rule)
    provider = level.rpartition(" ")[0]
    said = answers_of(book)[fact.rule](audit(tables, book, provider))
    assert [one.status for one in said if f"{provider} {one.level}" == level and one.target] == ["met"]


def test_flags_are_the_planted_ones_and_verdicts_tell_noise_from_difference(planted, book):
    """The rule misses the real difference and flags the noise; the verdicts do neither."""
    tables, facts = planted
    groups = {
        fact_id: group_gaps(audit(tables, book, provider_of(facts[fact_id])))
        for fact_id in ("N01", "N03", "N04", "N05")
    }
    named = {
        fact_id: table["provider"].str.cat(table[["level", "measure", "characteristic", "group"]], sep=" ")
        for fact_id, table in groups.items()
    }
    for fact_id, flagged in (("N01", set()), ("N03", set(facts["N03"].subjects)), ("N04", set())):
        assert set(named[fact_id][groups[fact_id]["flag"]]) == flagged
    real = groups["N01"][named["N01"] == facts["N01"].subjects[0]].iloc[0]
    assert (real["verdict"], round(real["diff_points"], 9)) == ("different", -14)
    assert set(groups["N03"]["verdict"]) <= {"cannot tell", "not tested", "shown equivalent"}
    exactly_ten = groups["N04"][named["N04"] == facts["N04"].subjects[0]].iloc[0]
    assert exactly_ten["flag_relative"]
    assert set(facts["N05"].subjects) <= set(named["N05"][groups["N05"]["flag"]])


def test_the_reversal_is_named(planted, book):
    """Women pass less often in all together and more often in each region; the page says so in words."""
    tables, facts = planted
    people = cohort(audit(tables, book, provider_of(facts["N02"])))
    people = people[people["level"] == "NPQSL"]
    mix = compare_within_strata(people, outcomes="achieved", groups=["sex"], strata="region", within=["level"])
    women = mix[mix["group"] == "Female"].iloc[0]
    assert women["reversal"]
    assert women["diff_points"] < 0 < women["adjusted_points"]
    assert any("Simpson's paradox" in line for line in mix_sentences(mix, strata="region"))


@pytest.mark.parametrize("fact_id", ["N50", "N51", "N52"])
def test_the_bounds_of_the_drawn_scripts_hold_the_planted_number(planted, book, fact_id):
    """A tenth of all scripts, rounded up, is drawn; how many would be overturned lies between the bounds."""
    tables, facts = planted
    about = {"provider": facts[fact_id].subjects[0], "as_of": AS_OF, "period": PERIOD}
    drawn = draw_from_list(SCRIPTS, tables, book, seed_series="the golden test", **about)
    row = script_bounds(drawn, moderated(make_audit(tables, book, script_draw=drawn, **about))).iloc[0]
    assert row["sampled"] == -(-row["scripts"] // 10)
    assert row["low"] <= facts[fact_id].count / row["scripts"] <= row["high"]


def test_clean_years_have_no_difference(clean_folder, book):
    """Of the providers that the planted years fail most no group differs when nothing is planted."""
    data = read_dataset(clean_folder, scheme="npq")
    assert data.rejected.empty
    for provider in ("Oakhanger Institute of School Leadership", "Larkrise Institute of School Leadership"):
        groups = group_gaps(audit(data.tables, book, provider))
        assert len(groups)
        assert not groups["verdict"].str.startswith("different").any()


def test_two_schools_of_every_authority_lie_at_the_boundary(text, clean_text):
    """One primary school has exactly 30 % free school meals, one secondary school would only with a rounded rate."""
    for tables, authorities in ((text, 72), (clean_text, 72), (by.read(SLICE), 16)):
        schools = tables["schools"]
        exact = schools[schools["share"] == Fraction(3, 10)]
        rounded = schools[
            (schools["share"] < Fraction(3, 10)) & ((100 * schools["share"].astype(float)).round(1) == 30)
        ]
        for found, phase, fsm in ((exact, "Primary", "high"), (rounded, "Secondary", "low")):
            assert found["la"].nunique() == len(found) == authorities
            assert set(found["phase"]) == {phase}
            assert set(found["fsm"]) == {fsm}


def test_noise_is_noise_and_the_real_difference_is_real(text, planted):
    """After Holm no group of the noise provider is significant at any level, and the real difference is."""
    table, facts = by.gaps(text), planted[1]
    noise = table[table["place"].str.startswith(provider_of(facts["N03"]))]
    assert all(by.holm(level).min() > 0.05 for _, level in noise.groupby("place"))
    real = table[table["who"] == facts["N01"].subjects[0].removesuffix(" sex Male")]
    adjusted = by.holm(real)
    assert adjusted[adjusted.index.str.contains(" sex ")].max() < 0.001


def test_without_holm_the_noise_would_accuse(text, planted):
    """Some group of the noise level is below 5 % unadjusted, so that the adjustment matters."""
    table, noise = by.gaps(text), planted[1]["N03"].subjects[0].partition(" retention ")[0]
    table = table[table["who"] == f"{noise} retention"]
    assert min(by.midp(*row) for row in table[["k", "n", "yes", "total"]].to_numpy()) < 0.05


@pytest.mark.parametrize(("cohort", "in_time"), [("P11-1718-H", 54), ("P12-1718-H", 53)])
def test_metric_4_is_at_its_boundary(text, cohort, in_time):
    """With the one of N11 exactly 54 of 60 are in time; with the one of N12, 53 of 60."""
    own = text["people"].query("due and participant_id.str.startswith(@cohort)")
    assert (int(own["in_time"].sum()), len(own)) == (in_time, 60)


def test_metric_4_fails_nowhere_else(text, clean_text):
    """Over those who are due 90 % are in time at every level but that of N12, and at every level of the clean years."""
    failed = by.metric_4(text, only_due=True)
    assert [code for code, passes in failed.items() if not passes] == [
        ("Larkrise Institute of School Leadership", "NPQH")
    ]
    assert by.metric_4(clean_text, only_due=True).all()


def test_no_sample_of_the_clean_years_can_breach_metric_5(clean_text):
    """A provider's overturned scripts are at most 5 % of the smallest sample they could be drawn into."""
    table = clean_text["national_moderation"].merge(clean_text["people"], on="participant_id")
    table["turned"] = table["moderated_passed"] != table["original_passed"]
    for keys in (["provider"], ["provider", "year"]):
        counts = table.groupby(keys)["turned"].agg(["sum", "size"])
        assert (20 * counts["sum"] <= -(-counts["size"] // 10)).all()
    assert table["turned"].sum() > 10
