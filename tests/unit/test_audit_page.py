"""The first screen of the audit pages: who has to do what, what is late, what is met; findings by section."""

import pandas as pd
import pytest
from hlta_draws import moderations
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame

from qa_lib.audit.answering import NotAssessable
from qa_lib.audit.findings import COLUMNS, Finding, findings_frame
from qa_lib.audit.first_screen import action_table, late_table, rule_table, section_findings
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.schemes.hlta.pages.audit_page import (
    audit_sentences,
    coverage_sentences,
    coverage_table,
    made_or_why,
    months_in_words,
    verdict_first,
)
from qa_lib.schemes.hlta.pages.partnership_page import (
    by_rpa,
    coverage_so_far,
    next_rota,
    partnership_findings,
    partnership_sentences,
    rpa_overview,
    rules_by_rpa,
    shared_actions,
    shared_late,
    shared_pending,
)

WHOLE = ("rpa", RPA)


def findings(*rows):
    """Return findings of (rule, status, subject)."""
    return findings_frame(
        Finding(
            rule=rule,
            status=status,
            subject_type="rpa" if subject == RPA else "file",
            subject=subject,
            message=f"{subject} is {status}",
        )
        for rule, status, subject in rows
    )


SOME = findings(
    ("HLTA.PREP.2", "breach", "c1"),
    ("HLTA.PREP.2", "breach", "c2"),
    ("HLTA.PREP.3", "warning", "c1"),
    ("HLTA.PEER.3", "breach", "N/2024-03"),
    ("HLTA.MOD.7", "met", RPA),
    ("HLTA.MOD.4", "not_assessable", "A1"),
    ("HLTA.MOD.4", "information", RPA),
)


def test_the_first_sentences_count_what_needs_action_what_is_late_and_what_is_met():
    """Breaches and warnings by the number of their rules; what is not assessable is named."""
    said = audit_sentences(SOME, audit())
    assert said[0] == "Needs action: 3 breaches and 1 warning of 3 rules. Late or missing on its day: 1 entry."
    named = f"{BOOK['HLTA.MOD.4'].title} (HLTA.MOD.4)"
    assert said[-1].startswith(
        f"Met: 1 of 5 rules. Not assessable in part or whole, because data are missing: {named}."
    )
    assert said[-1].endswith(f"{RPA}, March 2024, as known on 2024-04-30.")


def test_where_nothing_is_wrong_nothing_needs_action():
    """A clean month says so, and a month without any draw says so, with what was moderated all the same."""
    said = audit_sentences(findings(("HLTA.MOD.7", "met", RPA)), audit())
    assert said[0] == "Needs action: nothing. Late or missing on its day: 0 entries."
    assert "No draw of these months is at hand; moderated without one: 0 files." in said
    one = audit(cases=files({}, {}), moderations=moderations({"case_id": "c001"}))
    assert "No draw of these months is at hand; moderated without one: 1 file." in audit_sentences(SOME, one)


def test_what_stays_open_is_on_the_first_screen():
    """Open actions, appeals and issues are counted month after month."""
    actions = frame("actions", [{"action_id": "1", "assessor_id": "A1", "rpa": RPA, "procedure": "training",
                                 "opened_on": "2023-11-01", "closed_on": None, "responsible": "S1"}])  # fmt: skip
    appeals = frame("appeals", [{"appeal_id": "1", "rpa": RPA, "received_on": "2024-03-04"}])
    issues = frame("issue_log", [{"issue_id": "1", "rpa": RPA, "raised_on": "2024-01-08", "ended_on": None}])
    said = audit_sentences(SOME, audit(actions=actions, appeals=appeals, issue_log=issues))
    assert "Still open: 1 action, 1 appeal, 1 issue taken forward." in said


def test_what_was_sent_back_stays_on_the_first_screen_until_it_is_back():
    """By moderators here; a look that finds it fit ends it."""
    row = {"case_id": "c001", "moderated_on": "2024-04-10", "not_moderatable_reason": "records lacking"}
    sent = frame("moderations", [row])
    said = audit_sentences(SOME, audit(moderations=sent))
    assert "Still open: 1 file sent back and not come again." in said
    fit = frame("scrutiny", [{"case_id": "c001", "scrutinised_on": "2024-04-12", "result": "fit"}])
    assert not any("Still open" in one for one in audit_sentences(SOME, audit(moderations=sent, scrutiny=fit)))


def test_the_list_of_actions_has_one_line_per_rule_the_worst_and_most_frequent_first():
    """Each line says who, what, how many and which; long lists are cut with the number of the rest."""
    many = findings(*(("HLTA.SCR.4", "breach", f"c{number}") for number in range(7)))
    table = action_table(pd.concat([SOME, many], ignore_index=True), BOOK)
    assert table["rule"].tolist() == ["HLTA.SCR.4", "HLTA.PREP.2", "HLTA.PEER.3", "HLTA.PREP.3"]
    assert table.loc[0, "which"] == "c0, c1, c2, c3 and 3 more"
    assert table.loc[1, ["status", "who", "number", "which"]].tolist() == ["breach", "RPA", 2, "c1, c2"]


def test_feedback_without_both_sides_does_not_ask_for_the_reason_of_a_change_alone():
    """Where nothing was overturned there is no reason to give: what is missing is named."""
    (what,) = action_table(findings(("HLTA.MOD.9", "warning", RPA)), BOOK)["what_to_do"]
    assert "strengths and weaknesses" in what


def test_late_is_what_had_to_be_there_on_a_day():
    """A joint report is; an allocation that came too early is not."""
    table = late_table(SOME, BOOK)
    assert table["rule"].tolist() == ["HLTA.PEER.3"]
    assert table.loc[0, "what_to_do"] == "exchange the joint report; find out why it was not in time"


def test_every_rule_stands_once_with_its_worst_status_and_its_heading():
    """Counts are in words, and only of what is not in order."""
    table = rule_table(SOME, BOOK).set_index("rule")
    assert table.loc["HLTA.PREP.2", ["status", "found", "first"]].tolist() == [
        "breach",
        "2 breaches",
        "c1: c1 is breach",
    ]
    assert table.loc["HLTA.MOD.4", "found"] == "1 not assessable"
    assert table.loc["HLTA.MOD.7", "found"] == ""
    assert table.loc["HLTA.PEER.3", "section"] == "Peer review"
    assert table["status"].tolist()[0] == "breach"
    assert table["status"].tolist()[-1] == "met"


def test_a_section_holds_its_own_findings_the_worst_first():
    """Findings on the RPA as a whole do not repeat its name."""
    more = pd.concat([SOME, findings(("HLTA.MOD.9", "breach", "c3"), ("HLTA.MOD.7", "breach", "c9"))])
    table = section_findings(more, BOOK, "Moderation")
    assert table["subject"].tolist() == ["c9", "RPA"]
    assert section_findings(more, BOOK, "Coverage")["status"].tolist() == ["not assessable", "information"]


def test_no_findings_give_empty_tables():
    """Nothing fails where no rule was asked."""
    none = pd.DataFrame(columns=COLUMNS, dtype="str")
    for table in (action_table, late_table, rule_table):
        assert table(none, BOOK).empty
    assert section_findings(none, BOOK, "Moderation").empty


@pytest.mark.parametrize(
    ("months", "words"),
    [(["2024-03"], "March 2024"), (["2024-03", "2023-09"], "September 2023 to March 2024")],
)
def test_months_are_said_in_words(months, words):
    """One month, or the first and the last."""
    assert months_in_words(months) == words


def test_who_was_not_sampled_is_named_with_the_reason():
    """An assessor and a PoP whose files nobody froze are both named, with how many files and when last."""
    said = coverage_sentences(audit())
    assert said == [
        "0 of 1 assessor with files so far this year have been in a sample.",
        "Not in a sample: A1 (1 file, last in 2024-03: not frozen).",
        "0 of 1 PoP with files so far this year have been in a sample.",
        "Not in a sample: P1 (1 file, last in 2024-03: not frozen).",
        "This rests on none of the months with files: 2024-03 is not drawn.",
    ]
    assert coverage_table(audit())["id"].tolist() == ["P1", "A1"]


def test_a_table_that_cannot_be_made_says_why():
    """One row with the reason stands in its place; another is as it is."""

    def lacking(of):
        raise NotAssessable("the data set has no table forms")

    assert made_or_why(lacking, audit()).iloc[0, 0] == "not assessable, because the data set has no table forms"
    assert made_or_why(coverage_table, audit())["kind"].tolist() == ["PoP", "assessor"]


def test_a_verdict_moves_to_the_front():
    """All columns stay."""
    assert list(verdict_first(pd.DataFrame(columns=["id", "n", "verdict"]))) == ["id", "verdict", "n"]
    assert list(verdict_first(pd.DataFrame(columns=["id", "n"]))) == ["id", "n"]


@pytest.fixture(scope="module")
def cases():
    """Return the audits of two RPAs with a file each; one was assessed before it was paid for."""
    two = files({}, {"rpa": OTHER, "paid_on": "2024-03-12"}, paid_on="2024-03-01")
    return {name: audit(cases=two, provider=name) for name in (RPA, OTHER)}


def test_rpas_stand_side_by_side(cases):
    """By name, whoever has more breaches; rules show each RPA's worst status; actions name the RPAs."""
    every = partnership_findings(cases)
    overview = rpa_overview(every, cases)
    assert overview["rpa"].tolist() == [RPA, OTHER]
    assert overview.loc[0, "breaches"] < overview.loc[1, "breaches"]
    assert overview["files"].tolist() == [1, 1]
    rules = rules_by_rpa(every, BOOK).set_index("rule")
    assert rules.loc["HLTA.PREP.4", OTHER] == "breach (1)"
    assert rules.loc["HLTA.PREP.4", RPA] != rules.loc["HLTA.PREP.4", OTHER]
    actions = shared_actions(every, BOOK).set_index("rule")
    assert actions.loc["HLTA.PREP.4", "rpas"] == OTHER
    assert all(BOOK[rule].timed for rule in shared_late(every, BOOK)["rule"])
    said = partnership_sentences(every, cases)
    assert f"{OTHER} " in said[0]
    assert f"No draw is at hand: {RPA}, {OTHER}." in said


def test_the_findings_of_all_rpas_are_those_of_each(cases):
    """Nothing is added and nothing lost."""
    every = partnership_findings(cases)
    for name, one in cases.items():
        own = every[every["rpa"] == name].drop(columns="rpa").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, audit_findings(one), check_dtype=False)


def test_tables_of_all_rpas_name_each_of_them(cases):
    """The RPA comes first; coverage counts assessors and PoPs; a flag that two RPAs see stands once."""
    assert by_rpa(coverage_table, cases)["rpa"].tolist() == [RPA, RPA, OTHER, OTHER]
    assert coverage_so_far(cases)["not_sampled"].tolist() == [1, 1, 1, 1]
    assert shared_pending(cases).empty


def test_where_no_rota_can_be_made_the_reason_stands_in_its_place(cases):
    """One RPA alone has nobody to review it; with two there is a proposal for the months after."""
    alone = {"cases": files({})}
    assert "no_rota" in next_rota(alone, BOOK, month=MONTH)
    rota = next_rota(cases[RPA].tables, BOOK, month="2023-12")
    assert rota["month"].min() == "2024-01"
