"""Planted facts of every scheme stand in its data as its file says, and are found; clean data breach nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from counts_beside_tests import counts_beside_tests
from made_up_schemes import SCHEMES, Judged, Rows, read_rows
from npq_counts import gaps, holm, metric_4, midp

from qa_lib.forms.remarks import ReturnError
from qa_lib.made_up.facts import BESIDE, facts_of, read_facts, renewed_page
from qa_lib.made_up.planting import plant
from qa_lib.made_up.writing import digest_of_folder
from qa_lib.register.list_draws import draw_from_list
from qa_lib.register.returned_files import returned_files
from qa_lib.scheme import find_scheme, load_rulebook
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from qa_lib.schemes.hlta.results.moderated_files import moderated
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS
from qa_lib.schemes.npq.pages.group_tables import compare_within_strata, mix_sentences
from qa_lib.schemes.npq.pages.provider_page import script_bounds
from qa_lib.schemes.npq.rules.group_gaps import cohort, group_gaps
from qa_lib.schemes.npq.rules.script_moderation import moderated as scripts_moderated
from qa_lib.tables.vocabulary import Table

SCOPES = ("whole", "slice")
FACTS = {
    (name, scope): {fact.id: fact for fact in facts_of(one.facts, scope)}
    for name, one in SCHEMES.items()
    for scope in SCOPES
}
COUNTS = {name: counts_beside_tests(name) | one.counts.SAFE for name, one in SCHEMES.items()}
EVERY = [(name, scope) for name in SCHEMES for scope in SCOPES]
OFF = ("breach", "warning", "not_assessable")
#: Nothing of an environment but the project gets into the data.
STRANGE = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
BUILD = """
import importlib, pathlib, sys
planted, out, *builders = sys.argv[1:]
for builder in builders:
    scope, module, name = builder.split(":")
    getattr(importlib.import_module(module), name)(pathlib.Path(out, scope), planted=planted == "True")
"""

Built = Callable[..., Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the folder of a scheme's data of a scope: both scopes are built once, in a strange environment."""

    @cache
    def build(name: str, *, planted: bool) -> Path:
        folder = tmp_path_factory.mktemp("année")
        builders = [f"{scope}:{one.__module__}:{one.__name__}" for scope, one in SCHEMES[name].build.items()]
        command = [sys.executable, "-c", BUILD, str(planted), str(folder), *builders]
        subprocess.run(command, env={**os.environ, **STRANGE}, cwd=folder, check=True)
        return folder

    return lambda name, scope, *, planted: build(name, planted=planted) / scope


@pytest.fixture(scope="module")
def judged(built: Built) -> Callable[..., Judged]:
    """Return what judges the whole data of a scheme once."""
    return cache(lambda name, *, planted: SCHEMES[name].judge(built(name, "whole", planted=planted), planted=planted))


@pytest.fixture(scope="module")
def text(built: Built) -> Callable[..., Any]:
    """Return what reads data once, as the counts of facts read them."""
    return cache(lambda name, scope, *, planted: SCHEMES[name].counts.read(built(name, scope, planted=planted)))


def facts_with_a_rule(*, counted: bool = False) -> list[tuple[str, str]]:
    """Return scheme and fact, of those that rules are about or of those that are counted."""
    if counted:
        return [(name, fact) for name in SCHEMES for fact in COUNTS[name]]
    return [
        (name, fact.id) for name in SCHEMES for fact in FACTS[name, "whole"].values() if not fact.rule.startswith("X.")
    ]


@pytest.mark.parametrize(("name", "fact_id"), facts_with_a_rule())
def test_each_planted_fact_is_found(judged: Callable[..., Judged], name: str, fact_id: str) -> None:
    """Every subject of the fact has a finding of its rule with the status that the fact expects, or none if it should.

    So have the findings that follow from it.
    """
    fact, findings = FACTS[name, "whole"][fact_id], judged(name, planted=True).findings
    for wanted in (fact, *fact.also):
        own = findings[(findings["rule"] == wanted.rule) & findings["subject"].isin(wanted.subjects)]
        if wanted.expect == "none":
            assert own.loc[own["status"].isin(OFF), "message"].tolist() == [], fact.what
        else:
            assert set(own.loc[own["status"] == wanted.expect, "subject"]) == set(wanted.subjects), fact.what


@pytest.mark.parametrize("name", SCHEMES)
def test_what_nobody_planted_is_not_accused(judged: Callable[..., Judged], name: str) -> None:
    """Every breach is of a rule and a subject of which a fact says so."""
    findings = judged(name, planted=True).findings
    said = [wanted for fact in FACTS[name, "whole"].values() for wanted in (fact, *fact.also)]
    known = {(wanted.rule, subject) for wanted in said if wanted.expect == "breach" for subject in wanted.subjects}
    breaches = findings[findings["status"] == "breach"]
    assert {*zip(breaches["rule"], breaches["subject"], strict=True)} <= known


@pytest.mark.parametrize("name", SCHEMES)
def test_clean_data_breach_nothing(judged: Callable[..., Judged], name: str) -> None:
    """Without planted facts no finding of any rule is a breach."""
    findings = judged(name, planted=False).findings
    breaches = findings[findings["status"] == "breach"]
    assert breaches.empty, breaches[["rule", "subject", "message"]].to_string()


@pytest.mark.parametrize(("name", "scope"), EVERY)
def test_planted_data_are_the_clean_ones_with_the_edits(built: Built, name: str, scope: Any) -> None:
    """Each edit changes the clean data and stands in the planted ones, which differ in nothing else."""
    one, declared = SCHEMES[name], {**find_scheme(name).tables, **SCHEMES[name].plans}
    clean, planted = (read_rows(built(name, scope, planted=planted)) for planted in (False, True))
    given: Rows = {table: clean[table] for table in clean if table not in one.follow}
    plant(given, declared, one.facts, scope, into=given)
    assert given == {table: planted[table] for table in given}
    for fact_id, entry in read_facts(one.facts)[1].items():
        for _, table, row, cells in (step for edits in entry.edits(scope).values() for step in edits.steps()):
            if table in one.follow and cells is not None:
                wanted = {column: text for column, text in cells.items() if column not in BESIDE}
                found = rows_called(row, planted[table], declared[table])
                assert found, fact_id
                assert all(wanted.items() <= one.items() for one in found), fact_id


def rows_called(name: str, rows: list[dict[str, str]], table: Table) -> list[dict[str, str]]:
    """Return the rows whose key begins with a name, or lies between two."""
    keys = ["/".join(row[column] for column in table.key) for row in rows]
    places = [[n for n, key in enumerate(keys) if f"{key}/".startswith(f"{end}/")] for end in name.split(" .. ")]
    return rows[places[0][0] : places[-1][-1] + 1]


@pytest.mark.parametrize(("name", "fact_id"), facts_with_a_rule(counted=True))
def test_each_fact_is_counted_where_it_was_planted(text: Callable[..., Any], name: str, fact_id: str) -> None:
    """Without the library, in CSV text: the whole data and the slice show each fact in its subjects and exact number.

    The clean data show none but those that chance made.
    """
    count = COUNTS[name][fact_id]
    for scope in SCOPES:
        fact = FACTS[name, scope].get(fact_id)
        expected = (set(fact.subjects), fact.count) if fact else (set(), 0)
        assert count(text(name, scope, planted=True)) == expected, scope
    stands = FACTS[name, "whole"][fact_id] if fact_id.startswith("S") else None
    expected = (set(stands.subjects), stands.count) if stands else (set(), 0)
    assert count(text(name, "whole", planted=False)) == expected


@pytest.mark.parametrize("name", SCHEMES)
def test_every_rule_that_data_can_breach_has_a_fact(name: str) -> None:
    """Each rule of the book, which is more than a convention, has a fact, or it is said why it has none."""
    rules = {rule.id for rule in load_rulebook(name) if rule.kind == "rule"}
    of_facts = {fact.rule for fact in FACTS[name, "whole"].values() if not fact.rule.startswith("X.")}
    assert rules == of_facts | set(SCHEMES[name].no_fact)
    assert set(FACTS[name, "slice"]) <= set(FACTS[name, "whole"])


@pytest.mark.parametrize("name", SCHEMES)
def test_the_page_lists_the_facts(built: Built, name: str) -> None:
    """The page of the made-up data is what the file of facts says, and tells the digest of the data."""
    page, digest = SCHEMES[name].page, digest_of_folder(built(name, "whole", planted=True))
    assert page.read_text(encoding="utf-8") == renewed_page(
        page.read_text(encoding="utf-8"), SCHEMES[name].facts, digest
    )


PARTNERSHIP = FACTS["hlta", "whole"] if "hlta" in SCHEMES else {}


@pytest.mark.parametrize("planted", [True, False])
def test_moderations_are_of_drawn_files_only(judged: Callable[..., Judged], planted: bool) -> None:
    """What was drawn while the year was built is what is drawn over it later; two facts lie beyond the draw."""
    audits = judged("hlta", planted=planted).audits
    drawn = Counter(case_id for audit in audits for draw in audit.draws for case_id in draw.sample["case_id"])
    beyond = [fact for fact in PARTNERSHIP.values() if fact.what.startswith("Beyond the draw:") and planted]
    assert len(beyond) == 2 * planted
    assert Counter(audits[0].tables["moderations"]["case_id"]) == drawn + Counter(fact.subjects[0] for fact in beyond)


def test_moderators_agree_with_most_recommendations(text: Callable[..., Any]) -> None:
    """Two people who did not assess the file say where its outcome changes, and why; 1 to 4 % of the clean year do."""
    rows = text("hlta", "whole", planted=False)["moderated"]
    assert (rows["moderator_id"] != rows["assessor_id"]).all()
    assert (rows["second_moderator_id"] != rows["assessor_id"]).all()
    overturned = rows["decision"] == "overturned"
    assert (overturned == (rows["final_outcome"] != rows["outcome"])).all()
    assert (overturned == (rows["reason"] != "")).all()
    assert (overturned == (rows["second_moderator_id"] != "")).all()
    assert 0.01 * len(rows) < overturned.sum() < 0.04 * len(rows)


def test_planting_neither_adds_nor_takes_away_files(text: Callable[..., Any]) -> None:
    """The year has 4,000 files with and without facts."""
    planted, clean = (text("hlta", "whole", planted=planted)["cases"]["case_id"] for planted in (True, False))
    assert len(planted) == planted.nunique() == 4000
    assert set(planted) == set(clean)


def test_nobody_depends_on_the_month_without_event(text: Callable[..., Any]) -> None:
    """Whoever has files in the month without event has files in other months of the provider."""
    cases = text("hlta", "whole", planted=True)["cases"].query("rpa == 'HLTA North'")
    hidden = cases["month"] == "2024-08"
    assert hidden.any()
    for column in ("assessor_id", "pop_id"):
        assert set(cases.loc[hidden, column]) <= set(cases.loc[~hidden, column])


@pytest.mark.parametrize(
    ("fact_id", "month", "expected"),
    [
        ("F64", "2024-02", "expected a second moderator, as the file is overturned"),
        ("F68", "2024-02", "expected a reason, as the file is overturned"),
        ("F63", "2024-07", "expected your judgement of a standard that has to be moderated"),
    ],
)
def test_the_return_refuses_what_the_scheme_refuses(
    judged: Callable[..., Judged], fact_id: str, month: str, expected: str
) -> None:
    """The three faults that no return may hold are refused by sheet, row and column, and with them the whole return."""
    year, case_id = judged("hlta", planted=True), PARTNERSHIP[fact_id].subjects[0]
    assert year.register is not None
    audit = next(audit for audit in year.audits if case_id in set(audit.files()["case_id"]))
    drawn = next(draw for draw in audit.draws if draw.freeze.month == month and case_id in set(draw.sample["case_id"]))
    filled = fill_in_return(draw_files(drawn)[RETURN], audit.tables["moderations"])
    with pytest.raises(ReturnError, match=expected) as refused:
        import_return(filled, register=year.register)
    assert len(refused.value.faults) == 1
    assert returned_files(year.register, provider=audit.provider, year="2023-09").files.empty


def test_every_return_of_the_clean_year_comes_back(judged: Callable[..., Judged]) -> None:
    """With the returns of twelve months imported, every sampled file of every RPA has its decision from a return."""
    clean = judged("hlta", planted=False)
    assert clean.refused == []
    for audit in clean.audits:
        found = moderated(audit)
        assert found["month"].nunique() == 12
        assert set(found["source"]) == {"return"}


@pytest.mark.parametrize("rule", ["HLTA.MOD.4", "HLTA.MOD.5"])
def test_at_the_end_of_the_clean_year_everyone_has_been_sampled(judged: Callable[..., Judged], rule: str) -> None:
    """For each RPA every assessor and every PoP with files has been in a sample; who had no file is named."""
    findings = judged("hlta", planted=False).findings
    own = findings[findings["rule"] == rule]
    assert (own["status"] == "met").groupby(own["provider"]).sum().tolist() == [1, 1, 1]
    without = set(PARTNERSHIP["S01"].subjects) if rule == "HLTA.MOD.4" else set()
    assert set(own.loc[own["status"].isin(OFF), "subject"]) == without


FRAMEWORK = FACTS["npq", "whole"]


def audit_of(judged: Callable[..., Judged], provider: str, *, planted: bool = True) -> Any:
    """Return the audit of a provider of the framework."""
    return next(audit for audit in judged("npq", planted=planted).audits if audit.provider == provider)


@pytest.mark.parametrize("fact_id", ["N10", "N11", "N20", "N30", "N40"])
def test_a_level_just_inside_the_boundary_is_met(judged: Callable[..., Judged], fact_id: str) -> None:
    """The one figure of the level is met where it holds by one person."""
    fact, findings = FRAMEWORK[fact_id], judged("npq", planted=True).findings
    level = next(one.subjects[0] for one in (*fact.also, fact) if one.rule == fact.rule)
    own = findings[(findings["rule"] == fact.rule) & (findings["subject"] == level) & (findings["threshold"] != "")]
    assert own["status"].tolist() == ["met"]


def test_flags_are_the_planted_ones_and_verdicts_tell_noise_from_difference(judged: Callable[..., Judged]) -> None:
    """The rule misses the real difference and flags the noise; the verdicts do neither."""
    groups, named = {}, {}
    for fact_id in ("N01", "N03", "N04", "N05"):
        table = group_gaps(audit_of(judged, FRAMEWORK[fact_id].subjects[0].partition(" NPQ")[0]))
        groups[fact_id] = table
        named[fact_id] = table["provider"].str.cat(table[["level", "measure", "characteristic", "group"]], sep=" ")
    for fact_id, flagged in (("N01", set()), ("N03", set(FRAMEWORK["N03"].subjects)), ("N04", set())):
        assert set(named[fact_id][groups[fact_id]["flag"]]) == flagged
    real = groups["N01"][named["N01"] == FRAMEWORK["N01"].subjects[0]].iloc[0]
    assert (real["verdict"], round(real["diff_points"], 9)) == ("different", -14)
    assert set(groups["N03"]["verdict"]) <= {"cannot tell", "not tested", "shown equivalent", "too few"}
    assert groups["N03"].loc[groups["N03"]["flag"], "people_to_change"].between(1, 2).all()
    exactly_ten = groups["N04"][named["N04"] == FRAMEWORK["N04"].subjects[0]].iloc[0]
    assert exactly_ten["flag_relative"]
    assert set(FRAMEWORK["N05"].subjects) <= set(named["N05"][groups["N05"]["flag"]])


def test_the_reversal_is_named(judged: Callable[..., Judged]) -> None:
    """Women pass less often in all together and more often in each region; the page says so in words."""
    people = cohort(audit_of(judged, FRAMEWORK["N02"].subjects[0].partition(" NPQ")[0]))
    people = people[people["level"] == "NPQSL"]
    mix = compare_within_strata(people, outcomes="achieved", groups=["sex"], strata="region", within=["level"])
    women = mix[mix["group"] == "Female"].iloc[0]
    assert women["reversal"]
    assert women["diff_points"] < 0 < women["adjusted_points"]
    assert any("Simpson's paradox" in line for line in mix_sentences(mix, strata="region"))


@pytest.mark.parametrize("fact_id", ["N50", "N51", "N52"])
def test_the_bounds_of_the_drawn_scripts_hold_the_planted_number(judged: Callable[..., Judged], fact_id: str) -> None:
    """A tenth of all scripts, rounded up, is drawn; how many would be overturned lies between the bounds."""
    tables, book = judged("npq", planted=True).tables, load_rulebook("npq")
    about = {"provider": FRAMEWORK[fact_id].subjects[0], "as_of": "2020-03-01", "period": "2018-19"}
    drawn = draw_from_list(SCRIPTS, tables, book, seed_series="the golden test", **about)
    row = script_bounds(drawn, scripts_moderated(make_audit(tables, book, script_draw=drawn, **about))).iloc[0]
    assert row["sampled"] == -(-row["scripts"] // 10)
    assert row["low"] <= FRAMEWORK[fact_id].count / row["scripts"] <= row["high"]


@pytest.mark.parametrize("name", ["Oakhanger", "Larkrise"])
def test_clean_years_have_no_difference(judged: Callable[..., Judged], name: str) -> None:
    """Of the providers that the planted years fail most no group differs when nothing is planted."""
    groups = group_gaps(audit_of(judged, f"{name} Institute of School Leadership", planted=False))
    assert len(groups)
    assert not groups["verdict"].str.startswith("different").any()


def test_two_schools_of_every_authority_lie_at_the_boundary(text: Callable[..., Any]) -> None:
    """One primary school has exactly 30 % free school meals, one secondary school would only with a rounded rate."""
    for scope, planted, authorities in (("whole", True, 72), ("whole", False, 72), ("slice", True, 16)):
        schools = text("npq", scope, planted=planted)["schools"]
        exact = schools[schools["share"] == Fraction(3, 10)]
        rounded = schools[
            (schools["share"] < Fraction(3, 10)) & ((100 * schools["share"].astype(float)).round(1) == 30)
        ]
        for found, phase, fsm in ((exact, "Primary", "high"), (rounded, "Secondary", "low")):
            assert found["la"].nunique() == len(found) == authorities
            assert set(found["phase"]) == {phase}
            assert set(found["fsm"]) == {fsm}


def test_noise_is_noise_and_the_real_difference_is_real(text: Callable[..., Any]) -> None:
    """After Holm no group of the noise provider is significant at any level, and the real difference is."""
    table, noise = gaps(text("npq", "whole", planted=True)), FRAMEWORK["N03"].subjects[0].partition(" NPQ")[0]
    levels = table[table["place"].str.startswith(noise)].groupby("place")
    assert all(holm(level).min() > 0.05 for _, level in levels)
    adjusted = holm(table[table["who"] == FRAMEWORK["N01"].subjects[0].removesuffix(" sex Male")])
    assert adjusted[adjusted.index.str.contains(" sex ")].max() < 0.001


def test_without_holm_the_noise_would_accuse(text: Callable[..., Any]) -> None:
    """Some group of the noise level is below 5 % unadjusted, so that the adjustment matters."""
    table, noise = gaps(text("npq", "whole", planted=True)), FRAMEWORK["N03"].subjects[0].partition(" retention ")[0]
    table = table[table["who"] == f"{noise} retention"]
    assert min(midp(*row) for row in table[["k", "n", "yes", "total"]].to_numpy()) < 0.05


@pytest.mark.parametrize(("cohort", "in_time"), [("P11-1718-H", 54), ("P12-1718-H", 53)])
def test_metric_4_is_at_its_boundary(text: Callable[..., Any], cohort: str, in_time: int) -> None:
    """With the one of N11 exactly 54 of 60 are in time; with the one of N12, 53 of 60."""
    own = text("npq", "whole", planted=True)["people"].query("due and participant_id.str.startswith(@cohort)")
    assert (int(own["in_time"].sum()), len(own)) == (in_time, 60)


def test_metric_4_fails_nowhere_else(text: Callable[..., Any]) -> None:
    """Over those who are due 90 % are in time at every level but that of N12, and at every level of the clean years."""
    planted, clean = (metric_4(text("npq", "whole", planted=planted), only_due=True) for planted in (True, False))
    assert [" ".join(level) for level, passes in planted.items() if not passes] == list(FRAMEWORK["N12"].subjects)
    assert clean.all()


def test_no_sample_of_the_clean_years_can_breach_metric_5(text: Callable[..., Any]) -> None:
    """A provider's overturned scripts are at most 5 % of the smallest sample they could be drawn into."""
    clean = text("npq", "whole", planted=False)
    table = clean["national_moderation"].merge(clean["people"], on="participant_id")
    table["turned"] = table["moderated_passed"] != table["original_passed"]
    for keys in (["provider"], ["provider", "year"]):
        counts = table.groupby(keys)["turned"].agg(["sum", "size"])
        assert (20 * counts["sum"] <= -(-counts["size"] // 10)).all()
    assert table["turned"].sum() > 10
