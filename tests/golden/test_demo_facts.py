"""Every planted fact is in the made-up tables in its exact count, and in the clean year it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import demo_counts as by
import pandas as pd
import pytest

from qa_lib.made_up.fact import Fact
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.made_up import build_partnership, build_slice, planted_facts
from qa_lib.schemes.hlta.made_up.facts import NOT_PLANTED, demo_data_page

ROOT = Path(__file__).parents[2]


COUNTS: dict[str, Callable[[by.Tables], by.Count]] = {
    "F01": by.no("funded"),
    "F02": by.no("judged_ready"),
    "F03": by.no("opportunity"),
    "F04": by.no("employer_support"),
    "F05": lambda tables: by.chosen_rows(
        by.ages(tables), by.ages(tables).eval("low < 3 and setting != 'school-run nursery'")
    ),
    "F06": lambda tables: by.chosen_rows(by.ages(tables), by.ages(tables).eval("high > 19")),
    "F07": lambda tables: by.chosen_rows(
        by.ages(tables), by.ages(tables).eval("low == 2 and setting == 'school-run nursery'")
    ),
    "F08": by.blank("l2_maths_submitted_on"),
    "F09": by.late("l2_english_submitted_on", "allocated_on"),
    "F10": by.late("l2_maths_submitted_on", "allocated_on"),
    "F11": by.cases(lambda cases: cases["preparation_days"].astype(float) < 3),
    "F12": by.cases(lambda c: (c["preparation_days"].astype(float) > 3) & (c["preparation_set_apart"] == "no")),
    "F13": by.cases(lambda c: (c["preparation_days"].astype(float) > 3) & (c["preparation_set_apart"] == "yes")),
    "F14": by.cases(lambda c: (c["assessed_on"] < c["paid_on"]) & (c["paid_on"] <= c["result_released_on"])),
    "F15": by.cases(lambda c: (c["result_released_on"] != "") & (c["result_released_on"] < c["paid_on"])),
    "F16": by.blank("paid_on"),
    "F17": by.cases(lambda cases: by.evidence_age(cases) & ~by.leap(cases)),
    "F18": by.cases(lambda cases: by.leap(cases) & (cases["evidence_from"] == "2023-02-28")),
    "F19": by.cases(lambda cases: by.evidence_age(cases) & by.leap(cases)),
    "F20": by.blank("standard11_verified_on"),
    "F21": by.late("standard11_verified_on", "assessed_on"),
    "F22": by.late("registered_on", "second_session_on"),
    "F23": by.late("level2_checked_on", "first_session_on"),
    "F24": by.harm_untold,
    "F25": by.table_rows(
        "feedback_log", "case_id", lambda log: (log["subject"] == "harm") & (log["told_pop_on"] == "")
    ),
    "F26": by.documents_late,
    "F27": by.late("paperwork_on", "paperwork_due_on"),
    "F28": by.cases(lambda cases: (cases["disability_disclosed"] == "yes") & (cases["adjustments"] == "")),
    "F29": by.missing_forms({"F15"}),
    "F30": by.missing_forms({"F9/10", "F11"}),
    "F31": by.missing_forms(set(by.FORMS) - {"F0"}),
    "F32": by.late("appeals_information_on", "assessment_information_on"),
    "F33": by.cases(lambda cases: cases["fee"] != "495.00"),
    "F34": by.area(listed=True),
    "F35": by.area(listed=False),
    "F36": by.met_with_gaps,
    "F40": by.cases(lambda cases: (cases["first_solo"] == "yes") & (cases["senior_assessor_id"] == "")),
    "F41": by.heaviest("iso"),
    "F42": by.heaviest("seven"),
    "F43": by.table_rows("assessors", "assessor_id", lambda rows: rows["trained"].str.split(";").map(set) != by.TOPICS),
    "F44": by.topic_late,
    "F45": by.undeveloped,
    "F46": by.no_senior,
    "F47": by.barred("suspension"),
    "F48": by.barred("removal"),
    "F49": by.table_rows(
        "actions", "action_id", lambda rows: (rows["closed_on"] == "") & (rows["procedure"] != "removal")
    ),
    "F50": by.table_rows("actions", "action_id", lambda rows: rows["responsible"] == ""),
    "F51": by.table_rows("assessors", "assessor_id", lambda rows: rows["outside_assignment"] != ""),
    "F52": by.unscrutinised,
    "F53": by.fit_in_time,
    "F54": by.fit_late,
    "F55": by.never_back,
    "F56": by.cases(lambda c: (c["attempt"] == "full_reassessment") & (c["assessor_id"] == c["previous_assessor_id"])),
    "F57": by.table_rows("scrutiny", "case_id", lambda rows: rows["result"] == "full_reassessment"),
    "F58": by.evidence_after_return,
    "F60": by.no_event,
    "F62": lambda tables: by.absent(set(tables["cases"]["month"]) - set(tables["national_standards"]["month"])),
    "F63": by.moderations(by.gap_missed),
    "F64": by.moderations(lambda rows: (rows["decision"] == "overturned") & (rows["second_moderator_id"] == "")),
    "F65": by.moderations(
        lambda r: (r["final_outcome"] == "full_reassessment") & (r["outcome"] != "full_reassessment")
    ),
    "F66": lambda tables: by.chosen_rows(by.pending(tables), by.pending(tables)["case_id"] != ""),
    "F67": lambda tables: by.chosen_rows(by.pending(tables), by.pending(tables)["result_released_on"] != ""),
    "F68": by.moderations(lambda rows: (rows["final_outcome"] != rows["outcome"]) & (rows["reason"] == "")),
    "F69": by.moderations(lambda rows: (rows["strengths"] == "") & (rows["weaknesses"] == "")),
    "F70": by.events(lambda events: events["improvements"] == ""),
    "F71": by.weak_pops,
    "F72": by.table_rows(
        "feedback_log", "feedback_id", lambda log: (log["subject"] == "trend") & (log["told_pop_on"] == "")
    ),
    "F73": lambda tables: by.unconfirmed(tables["moderated"], tables),
    "F74": by.moderations(lambda r: r["moderator_id"] == r["assessor_id"]),
    "F75": by.overturning(("met", "partial_reassessment"), 0.3, 3),
    "F76": by.overturning(("partial_reassessment", "met"), 0.5, 3),
    "F80": by.own_reviewers,
    "F81": by.events(lambda events: events["deputy_id"] == ""),
    "F82": by.long_pairings,
    "F83": by.events(lambda events: by.report_days(events) > 3),
    "F84": by.events(lambda events: events["joint_report_on"] == ""),
    "F85": by.events(
        lambda e: (
            (by.report_days(e) <= 3) & (by.days(e["joint_report_on"]) - by.days(e["event_on"]) > pd.Timedelta(days=5))
        )
    ),
    "F86": lambda tables: by.chosen_rows(
        tables["forums"].assign(name=tables["forums"]["rpa"] + "/" + tables["forums"]["held_on"]),
        tables["forums"]["attended"] == "no",
        "name",
    ),
    "F87": by.table_rows("appeals", "appeal_id", lambda rows: rows["by_candidate"] == "no"),
    "F88": by.table_rows("appeals", "appeal_id", lambda rows: rows["ground"] != "procedure"),
    "F89": by.table_rows("appeals", "appeal_id", lambda rows: rows["acknowledged_on"] == ""),
    "F90": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_on"] > rows["due_on"]),
    "F91": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_in_writing"] == "no"),
    "F92": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_on"] == ""),
    "F93": by.table_rows(
        "appeals",
        "appeal_id",
        lambda rows: (rows["panel_member_1_rpa"] == rows["rpa"]) | (rows["panel_member_2_rpa"] == rows["rpa"]),
    ),
    "F94": by.table_rows(
        "appeals",
        "appeal_id",
        lambda rows: (rows["panel_on"] != "") & (rows["panel_member_1_rpa"] == rows["panel_member_2_rpa"]),
    ),
    "F95": by.table_rows("appeals", "appeal_id", lambda rows: rows["partnership_route_explained"] == "no"),
    "F96": by.unpublished("appeals_procedure"),
    "F97": by.enquiry_days("acknowledged_on", 3, 99),
    "F98": by.enquiry_days("replied_on", 10, 99),
    "F99": by.table_rows(
        "enquiries", "enquiry_id", lambda r: (r["received_on"] == "2023-12-21") & (r["replied_on"] == "2024-01-09")
    ),
    "F100": by.unpublished("charges"),
    "F101": by.table_rows("publications", "rpa", lambda rows: (rows["item"] == "fee") & (rows["reviewed_on"] == "")),
    "F102": by.too_little_room,
    "F103": by.table_rows("enquiries", "enquiry_id", lambda rows: rows["replied_on"] == ""),
    "F110": by.text("enquiries", "enquiry_id", "subject", r"^[=+\-@]"),
    "F111": by.text("moderations", "case_id", "weaknesses", "<[a-z]"),
    "F112": by.text("appeals", "appeal_id", "nature", '"'),
    "F113": by.text("moderations", "case_id", "weaknesses", "[\U0001f300-\U0001faff]"),
    "F114": by.text("moderations", "case_id", "weaknesses", "[\u0600-\u06ff]"),
    "F115": by.events(lambda events: events["issues"].str.contains("<")),
    "F116": by.text("moderations", "case_id", "strengths", "^="),
    "S01": lambda tables: by.with_files(tables, "assessor_id", 0),
    "S02": lambda tables: by.with_files(tables, "assessor_id", 2),
    "S03": lambda tables: by.with_files(tables, "pop_id", 1),
    "S04": lambda tables: by.doubled(tables["assessors"]["assessor_id"]),
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
