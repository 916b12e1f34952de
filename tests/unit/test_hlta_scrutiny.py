"""Scrutiny before upload: of whom, what went back, full reassessments, forms, evidence after a return."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_draws import events, moderations, month_draw
from hlta_frames import BOOK, OTHER, RPA, audit, files, frame, told

from qa_lib import draw, freeze, open_register
from qa_lib.audit.answering import NotAssessable
from qa_lib.schemes.hlta.rules.consequences import may_be_confirmed
from qa_lib.schemes.hlta.rules.monthly_moderation import judged_in_months
from qa_lib.schemes.hlta.rules.months_without_draw import months_without_draw
from qa_lib.schemes.hlta.rules.pre_upload_scrutiny import (
    completeness_matrix,
    every_assessor_scrutinised,
    forms_complete,
    no_further_evidence,
    returned_files_come_again,
)
from qa_lib.schemes.hlta.rules.reassessments import reassessed_by_another

FORMS = ["F0", *(f"F{number}" for number in range(1, 9)), "F9/10", *(f"F{number}" for number in range(11, 16))]


def looks(*rows):
    """Return looks of scrutiny as (file, day, result)."""
    names = ("case_id", "scrutinised_on", "result")
    return frame("scrutiny", [dict(zip(names, row, strict=True)) for row in rows])


def statuses(said):
    """Return who was named, and how."""
    return sorted({(one.subject, one.status) for one in said if one.subject})


def test_each_assessor_needs_a_scrutinised_file_in_each_month():
    """One of several files is enough; an assessor without any is a breach, under the month."""
    table = files({"assessor_id": "A1"}, {"assessor_id": "A1"}, {"assessor_id": "A2"})
    said = every_assessor_scrutinised(audit(cases=table, scrutiny=looks(("c002", "2024-03-18", "fit"))))
    assert told(said, "A2/2024-03") == [
        ("breach", "A2/2024-03", "0 of 1 files of 2024-03 scrutinised before the month's event; expected at least 1")
    ]
    assert told(said)[-1][0] == "information"
    both = looks(("c002", "2024-03-18", "fit"), ("c003", "2024-03-18", "returned"))
    assert [row[0] for row in told(every_assessor_scrutinised(audit(cases=table, scrutiny=both)))] == ["met"]


@pytest.mark.parametrize(("day", "status"), [("2024-04-10", "met"), ("2024-04-11", "breach"), (None, "not_assessable")])
def test_scrutiny_is_in_time_up_to_the_day_of_the_event(day, status):
    """The day itself is in time, the day after is not, a blank day cannot be judged."""
    said = every_assessor_scrutinised(audit(scrutiny=looks(("c001", day, "fit")), events=events("2024-04-10")))
    assert status in {one.status for one in said}
    assert ("breach" in {one.status for one in said}) == (status == "breach")


@pytest.mark.parametrize(("by", "status"), [("A1", "breach"), ("S1", "met"), (None, "met")])
def test_nobody_scrutinises_their_own_file(by, status):
    """A look by the file's assessor counts as none; who it was may be blank."""
    looked = looks(("c001", "2024-03-18", "fit")).assign(by=pd.Series([by], dtype="str"))
    assert status in {one.status for one in every_assessor_scrutinised(audit(scrutiny=looked))}


@pytest.mark.parametrize(("day", "found"), [("2024-04-24", []), ("2024-04-25", ["breach"])])
def test_a_late_file_is_scrutinised_by_the_day_of_its_own_event(day, found):
    """The month's event was before; the file was drawn by itself, with an event on 24 April."""
    table = files({"submitted_on": "2024-03-15"}, {"assessor_id": "A2", "submitted_on": "2024-04-12"})
    register = open_register("sqlite://")
    month = month_draw({"cases": table[:1]}, register=register)
    frozen = freeze({"cases": table}, BOOK, provider=RPA, month="2024-03", late=True, register=register)
    late = draw(frozen, seed="5312 4416 2351 6642 1", reviewer="R1", reviewer_rpa=OTHER, register=register)
    assert late.freeze.part == "late-1"
    seen = looks(("c001", "2024-03-18", "fit"), ("c002", day, "fit"))
    given = audit(cases=table, draws=[month, late], scrutiny=seen, events=events("2024-04-10", "2024-04-24"))
    assert [one.status for one in every_assessor_scrutinised(given) if one.subject == "A2/2024-03"] == found


@pytest.mark.parametrize(("as_of", "status"), [("2024-04-29", "information"), ("2024-04-30", "breach")])
def test_scrutiny_may_still_come_until_the_end_of_the_next_month(as_of, status):
    """Without an event nobody is accused before the end of the month after."""
    said = every_assessor_scrutinised(audit(scrutiny=looks(("x", "2024-04-01", "fit")), as_of=as_of))
    assert [row[0] for row in told(said, "A1/2024-03")] == [status]


def test_what_a_tier_would_have_asked_is_shown_and_breaches_nothing():
    """An assessor of little experience is asked for two files, which is ours; with one file there is no more to ask."""
    table = files({"assessor_id": "A1"}, {"assessor_id": "A1"}, {"assessor_id": "A2"})
    people = frame("assessors", [{"assessor_id": name, "rpa": RPA, "assessments_before": 9} for name in ("A1", "A2")])
    seen = looks(("c001", "2024-03-18", "fit"), ("c003", "2024-03-18", "fit"))
    said = every_assessor_scrutinised(audit(cases=table, scrutiny=seen, assessors=people))
    assert told(said)[0] == (
        "information", "A1/2024-03", "1 of 2 files of 2024-03 scrutinised; the tier raised asks for 2 (ours)",
    )  # fmt: skip
    assert [row[0] for row in told(said)] == ["information", "met"]
    experienced = people.assign(assessments_before=pd.array([10, 10], dtype="Int64"))
    again = every_assessor_scrutinised(audit(cases=table, scrutiny=seen, assessors=experienced))
    assert [row[0] for row in told(again)] == ["met"]


@pytest.mark.parametrize(
    "answer", [every_assessor_scrutinised, returned_files_come_again, no_further_evidence, forms_complete]
)
def test_without_its_table_nothing_is_said_to_be_in_order(answer):
    """A missing table is named."""
    assert [row[0] for row in told(answer(audit()))] == ["not_assessable"]


def test_what_became_of_returned_files():
    """It came again, it waits with its age, or a later look sent it to full reassessment."""
    seen = looks(
        ("c001", "2024-03-18", "returned"),
        ("c001", "2024-03-20", "fit"),
        ("c002", "2024-03-19", "returned"),
        ("c003", "2024-03-18", "returned"),
        ("c003", "2024-03-25", "full_reassessment"),
        ("c004", "2024-03-18", "fit"),
    )
    said = told(returned_files_come_again(audit(cases=files({}, {}, {}, {}), scrutiny=seen[::-1])))
    assert said[:-1] == [
        (
            "information", "c001",
            "sent back on 2024-03-18, fit on 2024-03-20: it came again and counts as resubmitted",
        ),
        ("information", "c002", "sent back on 2024-03-19 and not come again after 42 days"),
        ("information", "c003", "sent back on 2024-03-18; a later look did not find it fit"),
    ]  # fmt: skip
    assert said[-1][0] == "met"


def test_a_file_that_never_came_again_stays_visible_and_one_that_did_does_not():
    """In the audit of a later month the open one is still listed."""
    table = files({"month": "2024-02"}, {"month": "2024-02"}, {})
    seen = looks(("c001", "2024-02-18", "returned"), ("c002", "2024-02-18", "returned"), ("c002", "2024-02-20", "fit"))
    said = returned_files_come_again(audit(cases=table, scrutiny=seen))
    assert statuses(said) == [("c001", "information")]


@pytest.mark.parametrize(
    ("returned", "fit", "status"),
    [
        ("2024-04-09", None, "breach"),
        ("2024-04-09", "2024-04-10", "information"),
        ("2024-04-09", "2024-04-11", "breach"),
        ("2024-04-10", None, "information"),
    ],
)
def test_moderated_while_sent_back(returned, fit, status):
    """Sent back before the event and not fit by its day is a breach; what goes back on the day was moderated first."""
    seen = looks(("c001", returned, "returned"), *([("c001", fit, "fit")] if fit else []))
    tables = {"cases": files({"outcome": "partial_reassessment"})}
    given = audit(**tables, scrutiny=seen, moderations=moderations({"case_id": "c001"}), draws=[month_draw(tables)])
    found = {one.status for one in returned_files_come_again(given) if one.subject == "c001"}
    assert ("breach" in found) == (status == "breach")


UNABLE = {"case_id": "c001", "decision": None, "not_moderatable_reason": "records lack detail", "moderated_on": None}


def sent_back_by_moderators(*fit, by="table", day="2024-04-10", **row):
    """Return the audit of a sampled file that moderators could not moderate, with later looks at it."""
    table = files({"outcome": "partial_reassessment", **row})
    said = {**UNABLE, "moderated_on": day}
    back = pd.DataFrame([{"final_outcome": "", **said, "decision": ""}])
    told_by = {"moderations": moderations(said)} if by == "table" else {"returned": back}
    given = {"cases": table, "draws": [month_draw({"cases": table})], "events": events("2024-04-10"), **told_by}
    return audit(**given, **({"scrutiny": looks(*fit)} if fit else {}))


@pytest.mark.parametrize("by", ["table", "returned"])
@pytest.mark.parametrize("day", ["2024-04-10", None])
def test_what_moderators_send_back_waits_to_come_again(by, day):
    """It is to be done until it comes back; the day is that of their entry, else of the event."""
    waiting = sent_back_by_moderators(by=by, day=day)
    assert told(returned_files_come_again(waiting), "c001") == [
        ("warning", "c001", "sent back by the moderators on 2024-04-10 and not come again after 20 days")
    ]
    again = sent_back_by_moderators(("c001", "2024-03-20", "fit"), ("c001", "2024-04-18", "fit"), by=by, day=day)
    assert told(returned_files_come_again(again), "c001") == [
        ("information", "c001", "sent back on 2024-04-10, fit on 2024-04-18: it came again and counts as resubmitted")
    ]
    before = sent_back_by_moderators(("c001", "2024-04-10", "fit"), by=by, day=day)
    assert told(returned_files_come_again(before), "c001")[0][0] == "warning", "their look came after that of the day"


def test_what_moderators_send_back_is_returned_though_no_sample_holds_it():
    """An office with its own list has no draw here: the file waits all the same, and counts as no moderation."""
    tables = {"cases": files({"outcome": "partial_reassessment"}), "events": events("2024-04-10")}
    given = audit(**tables, moderations=moderations(UNABLE))
    assert told(returned_files_come_again(given), "c001") == [
        ("warning", "c001", "sent back by the moderators on 2024-04-10 and not come again after 20 days")
    ]
    assert may_be_confirmed(given)["why_not"].str.startswith("could not be moderated: records lack detail").all()
    assert months_without_draw(given) == {}
    with pytest.raises(NotAssessable, match="no draw of these months"):
        judged_in_months(given)


@pytest.mark.parametrize(("evidence", "status"), [("2024-04-10", []), ("2024-04-11", ["breach"])])
def test_no_evidence_is_sought_after_moderators_sent_a_file_back(evidence, status):
    """As after a return at scrutiny."""
    given = sent_back_by_moderators(evidence_to=evidence)
    assert [one.status for one in no_further_evidence(given) if one.subject == "c001"] == status


def test_a_late_file_is_named_as_one():
    """Which part of the month it was frozen with is said."""
    tables = {"cases": files({})}
    drawn = month_draw(tables)
    late = replace(drawn, freeze=replace(drawn.freeze, content={**drawn.freeze.content, "part": "late-1"}))
    seen = looks(("c001", "2024-03-18", "returned"), ("c001", "2024-04-12", "fit"))
    said = told(returned_files_come_again(audit(**tables, scrutiny=seen, draws=[late])), "c001")
    assert "it came again as a late file (late-1)" in said[0][2]


def test_a_full_reassessment_needs_another_assessor():
    """The recorded previous assessor counts; the same one is a breach."""
    again = {"attempt": "full_reassessment", "assessor_id": "A1"}
    table = files({**again, "previous_assessor_id": "A1"}, {**again, "previous_assessor_id": "A2"}, {})
    said = reassessed_by_another(audit(cases=table, scrutiny=looks(("c003", "2024-03-18", "fit"))))
    assert statuses(said) == [("c001", "breach")]
    assert told(said)[-1][2] == "1 of 2 (50 %) full reassessments were done by another assessor"


def test_who_assessed_before_is_found_from_the_candidate():
    """Where no previous assessor is recorded, the candidate's earlier file of any RPA says who it was."""
    again = {"attempt": "full_reassessment", "previous_assessor_id": None}
    table = files(
        {"candidate_id": "k1", "rpa": OTHER, "month": "2024-01", "submitted_on": "2024-01-15"},
        {"candidate_id": "k1", **again},
        {"candidate_id": "k2", **again},
    )
    said = reassessed_by_another(audit(cases=table, scrutiny=looks(("c003", "2024-03-18", "fit"))))
    assert statuses(said) == [("c002", "breach"), ("c003", "not_assessable")]


def test_what_scrutiny_sent_to_full_reassessment_waits_for_another_assessor():
    """It is listed until a file of the candidate comes; if the same assessor submits it, that is a breach."""
    table = files(
        {"candidate_id": "k1", "month": "2024-02", "submitted_on": "2024-02-10"},
        {"candidate_id": "k1"},
        {"candidate_id": "k2", "assessor_id": "A2"},
    )
    seen = looks(("c001", "2024-02-12", "full_reassessment"), ("c003", "2024-03-18", "full_reassessment"))
    said = reassessed_by_another(audit(cases=table, scrutiny=seen, months=["2024-02", "2024-03"]))
    assert statuses(said) == [("c001", "information"), ("c002", "breach"), ("c003", "information")]
    assert "no file of the candidate has come since" in told(said, "c003")[0][2]
    assert "A1 submitted c002" in told(said, "c001")[0][2]
    later = reassessed_by_another(audit(cases=table, scrutiny=seen, months=["2024-04"]))
    assert statuses(later) == [("c003", "information")], "the open one stays visible"


def test_reassessments_are_judged_without_a_table_of_scrutiny():
    """What the files themselves say is judged, and the rest is not assessable."""
    table = files({"attempt": "full_reassessment", "previous_assessor_id": "A1"})
    assert [row[0] for row in told(reassessed_by_another(audit(cases=table)))] == [
        "breach", "information", "not_assessable",
    ]  # fmt: skip


def forms_of(**lacking):
    """Return the forms of files by case id, without those that it lacks."""
    rows = [{"case_id": name, "form": form} for name, gone in lacking.items() for form in FORMS if form not in gone]
    return frame("forms", rows)


def test_missing_forms_are_named():
    """A complete file is not listed; one without any record cannot be judged."""
    given = audit(cases=files({}, {}, {}), forms=forms_of(c001=[], c002=["F9/10", "F15"]))
    said = forms_complete(given)
    assert told(said) == [
        ("breach", "c002", "the file lacks F9/10, F15"),
        ("not_assessable", "c003", "not assessable, because no form of the file is recorded"),
        ("information", "", "1 of 3 (33.33 %) files hold every form"),
    ]
    matrix = completeness_matrix(given).set_index("case_id")
    assert matrix.loc["c002", ["F9/10", "F15", "F0", "missing", "recorded"]].tolist() == [
        "missing", "missing", "held", "F9/10, F15", True,
    ]  # fmt: skip
    assert matrix.index.tolist() == ["c002", "c003"]
    assert list(matrix.columns)[: len(FORMS)] == FORMS


@pytest.mark.parametrize("grid", ["F9", "F10"])
def test_either_number_stands_for_the_assessment_grid(grid):
    """F9/10 is one form."""
    rows = pd.concat([forms_of(c001=["F9/10"]), frame("forms", [{"case_id": "c001", "form": grid}])])
    assert [row[0] for row in told(forms_complete(audit(forms=rows)))] == ["met"]


def test_a_matrix_of_complete_files_is_empty_and_one_without_forms_cannot_be_made():
    """Nothing lacking is an empty table; no table of forms is said."""
    assert completeness_matrix(audit(forms=forms_of(c001=[]))).empty
    with pytest.raises(NotAssessable, match="no table forms"):
        completeness_matrix(audit())


@pytest.mark.parametrize(
    ("evidence", "status"), [("2024-03-18", "met"), ("2024-03-19", "breach"), (None, "not_assessable")]
)
def test_evidence_may_be_as_late_as_the_day_of_the_return(evidence, status):
    """The day itself is in order, the day after is a breach, a blank cannot be judged."""
    table = files({"evidence_to": evidence}, {"evidence_to": "2024-05-01"})
    said = no_further_evidence(audit(cases=table, scrutiny=looks(("c001", "2024-03-18", "returned"))))
    assert status in {one.status for one in said}
    assert ("breach" in {one.status for one in said}) == (status == "breach")


@pytest.mark.parametrize(("frozen", "status"), [("2024-04-02", "warning"), ("2024-03-19", "met")])
def test_a_file_that_came_again_is_frozen_as_resubmitted(frozen, status):
    """A freeze after it came again that does not mark it is told; one before could not know."""
    table = files({"evidence_to": "2024-03-01"})
    drawn = month_draw({"cases": table})
    seen = looks(("c001", "2024-03-18", "returned"), ("c001", "2024-03-20", "fit"))
    held = events("2024-04-10", frozen_on=frozen)
    said = no_further_evidence(audit(cases=table, scrutiny=seen, draws=[drawn], events=held))
    assert ("warning" in {one.status for one in said}) == (status == "warning")
    marked = month_draw({"cases": table, "scrutiny": seen})
    fine = no_further_evidence(audit(cases=table, scrutiny=seen, draws=[marked], events=held))
    assert [one.status for one in fine] == ["met"]


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F29": by.missing_forms({"F15"}),
    "F30": by.missing_forms({"F9/10", "F11"}),
    "F31": by.missing_forms(set(by.FORMS) - {"F0"}),
    "F52": by.unscrutinised,
    "F53": by.fit_in_time,
    "F54": by.fit_late,
    "F55": by.never_back,
    "F56": by.cases(lambda c: (c["attempt"] == "full_reassessment") & (c["assessor_id"] == c["previous_assessor_id"])),
    "F57": by.table_rows("scrutiny", "case_id", lambda rows: rows["result"] == "full_reassessment"),
    "F58": by.evidence_after_return,
}


@pytest.mark.parametrize(("assessed", "expected"), [("2024-03-28", ["breach"]), ("2024-03-27", [])])
def test_what_moderators_decide_later_makes_no_full_reassessment_of_an_earlier_file(assessed, expected):
    """A file assessed before the candidate's earlier result was changed was no answer to the change."""
    table = files(
        {"candidate_id": "k1", "month": "2024-02", "submitted_on": "2024-02-10"},
        {"candidate_id": "k1", "assessed_on": assessed, "submitted_on": "2024-03-29"},
    )
    change = {"decision": "overturned", "final_outcome": "full_reassessment", "moderator_id": "M1"}
    said = frame("moderations", [{"case_id": "c001", "moderated_on": "2024-03-28", **change}])
    found = reassessed_by_another(audit(cases=table, moderations=said))
    assert [row[0] for row in told(found, "c002")] == expected
