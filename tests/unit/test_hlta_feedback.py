"""Feedback: who had to be told of preparation, changes and improvements, on both sides of every date and number."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame, told

from qa_lib import draw, freeze, open_register
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.rules.feedback_given import (
    entries,
    feedback_on_preparation,
    feedback_to_assessors,
    what_can_improve,
)

ASSESSED = "2024-03-11"
ENTRY = {
    "feedback_id": "FB1", "rpa": RPA, "month": MONTH, "subject": "preparation", "case_id": None,
    "raised_on": "2024-03-13", "told_pop_on": "2024-03-13", "told_candidate_on": "2024-03-13",
    "told_assessor_on": None,
}  # fmt: skip
EVENT = {"rpa": RPA, "month": MONTH, "event_on": "2024-04-10", "improvements": "More practice in writing summaries."}


def log(*rows):
    """Return a feedback log, each row over an ordinary entry on preparation."""
    return frame("feedback_log", [{**ENTRY, "feedback_id": f"FB{n}", **row} for n, row in enumerate(rows, start=1)])


def preparation(*rows, cases=None, **given):
    """Return what PREP.7 says of these log rows over files without harm."""
    cases = files({"preparation_concern": False}) if cases is None else cases
    return feedback_on_preparation(audit(cases=cases, feedback_log=log(*rows), **given))


def test_preparation_that_was_told_to_the_pop_is_met():
    """An entry with its day is in order; where there is none, there is nothing to look at."""
    assert told(preparation({}), status="met")[0][2] == "1 of 1 (100 %) entries on preparation were told to the PoP"
    assert {one[0] for one in told(preparation({"rpa": OTHER, "told_pop_on": None}))} == {"information"}


def test_preparation_that_the_pop_was_not_told_is_a_breach():
    """The entry itself is the subject, with the days."""
    assert told(preparation({"told_pop_on": None}), "FB1") == [
        (
            "breach",
            "FB1",
            "feedback on preparation, raised on 2024-03-13, was not told to the PoP by 2024-04-30",
        )
    ]
    said = preparation({"told_pop_on": None, "raised_on": None})
    assert told(said, "FB1")[0][2] == "feedback on preparation was not told to the PoP by 2024-04-30"


@pytest.mark.parametrize(
    ("blank", "whom"),
    [
        ({"told_pop_on": None}, "the PoP"),
        ({"told_candidate_on": None}, "the candidate"),
        ({"told_pop_on": None, "told_candidate_on": None}, "the candidate and the PoP"),
    ],
)
def test_harm_has_to_reach_candidate_and_pop(blank, whom):
    """Whoever was not told is named; the file is the subject, or the entry where it names no file."""
    said = preparation({"subject": "harm", "case_id": "c001", **blank})
    assert [one[:2] for one in told(said, status="breach")] == [("breach", "c001")]
    assert f"was not told to {whom} by" in told(said, "c001")[0][2]
    assert told(preparation({"subject": "harm", **blank}), "FB1", "breach")
    assert not told(preparation({"subject": "harm", "case_id": "c001"}), status="breach")


def test_harm_that_the_file_tells_and_the_log_does_not_is_a_breach():
    """An entry of any month will do; one on another subject will not."""
    cases = files({"preparation_concern": True}, {"preparation_concern": False})
    assert [one[:2] for one in told(preparation({"case_id": "c001"}, cases=cases), status="breach")] == [
        ("breach", "c001")
    ]
    earlier = {"subject": "harm", "case_id": "c001", "month": "2024-02"}
    assert not told(preparation(earlier, cases=cases), status="breach")


def test_whether_there_was_harm_may_be_unknown():
    """A blank is not assessable per file, a missing column once; what the log holds is judged all the same."""
    untold = {"subject": "harm", "case_id": "c001", "told_pop_on": None}
    unknown = preparation(untold, cases=files({}, {}, preparation_concern=None))
    assert {one[:2] for one in told(unknown) if one[1]} == {("breach", "c001"), ("not_assessable", "c002")}
    missing = preparation(untold, cases=files({}, {}))
    assert {one[:2] for one in told(missing) if one[1]} == {("breach", "c001")}
    assert "no column preparation_concern" in told(missing, "", "not_assessable")[0][2]


@pytest.mark.parametrize(
    ("told_on", "status"),
    [("2024-03-10", []), (ASSESSED, ["breach"]), ("2024-03-12", ["breach"]), (None, ["breach"])],
)
def test_problems_in_documents_are_told_before_the_assessment(told_on, status):
    """The day before is in time, the day of the assessment is not, and no day is not."""
    said = preparation({"subject": "documents", "case_id": "c001", "told_candidate_on": told_on})
    assert [one[0] for one in told(said, "c001")] == status


def test_documents_cannot_be_judged_without_the_day_of_the_assessment():
    """A blank day, and an entry that names no file, are not assessable, each with its subject."""
    cases = files({"preparation_concern": False, "assessed_on": None})
    said = preparation({"subject": "documents", "case_id": "c001"}, {"subject": "documents"}, cases=cases)
    assert {one[:2] for one in told(said, status="not_assessable")} == {
        ("not_assessable", "c001"),
        ("not_assessable", "FB2"),
    }


def test_a_missing_log_or_column_is_said_once():
    """Three duties rest on one log: that it is missing is one line; a column that one lacks leaves the others."""
    said = feedback_on_preparation(audit(cases=files({"preparation_concern": True})))
    assert told(said) == [("not_assessable", "", "not assessable, because the data set has no table feedback_log")]
    said = feedback_on_preparation(
        audit(cases=files({"preparation_concern": False}), feedback_log=log({}).drop(columns="told_candidate_on"))
    )
    assert [one[0] for one in told(said)] == ["met", "not_assessable"]
    without = log({}).drop(columns=["month", "raised_on"])
    assert "neither a column month nor" in told(feedback_on_preparation(audit(feedback_log=without)))[0][2]


def test_what_nobody_was_told_stays_visible():
    """An earlier entry is shown until it is told; a later one is not yet; order of rows says nothing."""
    rows = [
        {"month": "2024-02", "told_pop_on": None},
        {"month": "2024-02"},
        {"month": "2024-04", "told_pop_on": None},
        {"month": None, "raised_on": "2024-03-20"},
        {"month": None, "raised_on": None},
    ]
    seen = audit(feedback_log=log(*rows))
    assert entries(seen, "preparation")["feedback_id"].tolist() == ["FB1", "FB4", "FB5"]
    assert entries(audit(feedback_log=log(*rows)[::-1]), "preparation").equals(entries(seen, "preparation"))


def test_a_day_that_lies_ahead_is_not_known():
    """Who is told after the day in question was not told by then."""
    later = {"told_pop_on": "2024-05-02"}
    assert told(preparation(later), "FB1", "breach")
    assert not told(preparation(later, as_of="2024-05-02"), status="breach")


@pytest.fixture(scope="module")
def drawn():
    """Return the draw of a month of four files that are all certain."""
    tables = {"cases": files({}, {}, {}, {}, outcome="partial_reassessment")}
    frozen = freeze(tables, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    return draw(frozen, seed="1234 5624 1553 2461 4", reviewer="R1", reviewer_rpa=OTHER)


SAID = {"moderated_on": "2024-04-10", "decision": "endorsed", "final_outcome": "partial_reassessment",
        "reason": None, "strengths": "Clear summaries.", "weaknesses": "none"}  # fmt: skip


def feedback(drawn, *rows, actions=(), **given):
    """Return what MOD.9 says of what moderators said of the files in turn, in order where nothing is said."""
    said = [{**SAID, **(rows[n] if n < len(rows) else {}), "case_id": f"c{n + 1:03}"} for n in range(4)]
    given = {"moderations": frame("moderations", said)} | given
    tables = {"actions": frame("actions", list(actions) or [ACTION]), "feedback_log": log({"subject": "trend"})}
    return feedback_to_assessors(audit(**(tables | given), draws=[drawn]))


ACTION = {"action_id": "AC1", "assessor_id": "A1", "rpa": RPA, "procedure": "training", "opened_on": "2024-03-05",
          "closed_on": None, "reason": None}  # fmt: skip
OVERTURN = {"decision": "overturned", "final_outcome": "met", "reason": "Standard 4 is evidenced."}


def test_a_change_has_its_reason(drawn):
    """An overturn without a reason is a breach, with blanks or white space; one with a reason is in order."""
    assert ("met", "", "1 of 1 (100 %) changed outcomes have their reason") in told(feedback(drawn, OVERTURN))
    for nothing in (None, "  "):
        said = feedback(drawn, OVERTURN, {**OVERTURN, "reason": nothing})
        assert told(said, status="breach") == [
            ("breach", "c002", "changed from partial reassessment to met without a reason")
        ]


@pytest.mark.parametrize(
    ("reason", "comment", "breaches"),
    [("", "", 1), ("", " ", 1), ("", None, 1), ("Said so.", "", 0), ("", "Said so.", 0)],
)
def test_an_overturned_judgement_has_its_reason_too(drawn, reason, comment, breaches):
    """Though the file is endorsed: for the file, or beside the judgement."""
    row = {**SAID, "case_id": "c001", "reason": reason, "final_outcome": "partial_reassessment"}
    pair = {"assessor_judgement": "met", "moderator_judgement": "insufficient", "comment": comment}
    given = {
        "returned": pd.DataFrame([row]),
        "returned_standards": pd.DataFrame([{"case_id": "c001", "standard": "3", **pair}]),
    }
    said = told(feedback(drawn, **given), "c001")
    assert said == [("breach", "c001", "a judgement of a standard was overturned without a reason")] * breaches
    whole = f"{1 - breaches} of 1"
    assert any(
        line[2].startswith(whole) and "changed outcomes have" in line[2] for line in told(feedback(drawn, **given))
    )


def test_a_change_is_one_whatever_it_is_called(drawn):
    """Another final outcome needs a reason even where the decision says endorsed."""
    assert told(feedback(drawn, {"final_outcome": "met"}), "c001", "breach")
    none = pd.DataFrame([{"decision": "endorsed", "final_outcome": "", "outcome": "met"}])
    assert not is_changed(none).any()


def test_only_sampled_files_count(drawn):
    """What the data set says of a file that nobody drew is not looked at."""
    table = frame("moderations", [{**SAID, **OVERTURN, "reason": None, "case_id": "c999"}])
    said = feedback(drawn, moderations=table)
    assert not told(said, status="breach")
    assert "nothing came back of the 4 sampled files" in told(said, f"{RPA}/{MONTH}")[0][2]


def test_feedback_names_strengths_or_weaknesses(drawn):
    """A file with neither is a warning, a file with one of them is not; most files should have both."""
    neither, one = {"strengths": None, "weaknesses": None}, {"strengths": None}
    assert [line[:2] for line in told(feedback(drawn, neither, one), status="warning")] == [
        ("warning", "c001"),
        ("warning", ""),
    ]
    assert [line[:2] for line in told(feedback(drawn, neither), status="warning")] == [("warning", "c001")]
    assert ("met", "", "3 of 4 (75 %) moderated files have both; expected in most cases") in told(feedback(drawn, one))


def test_what_did_not_come_back_cannot_be_judged(drawn):
    """One file without a decision is named; one that could not be moderated needs no feedback; a sample waits."""
    said = feedback(drawn, {"decision": None})
    assert told(said, status="not_assessable") == [
        ("not_assessable", "c001", "not assessable, because the moderators' decision is blank")
    ]
    back = pd.DataFrame([{**SAID, "case_id": "c001", "decision": "", "not_moderatable_reason": "no F15"}]).fillna("")
    assert not told(feedback(drawn, returned=back), status="not_assessable")
    alone = feedback_to_assessors(audit(draws=[]))
    assert "no sample of the months was drawn" in told(alone, "", "not_assessable")[0][2]


def test_a_column_that_is_missing_is_no_blank(drawn):
    """Old data without the columns of feedback cannot be judged by them, and sanctions are judged all the same."""
    table = frame("moderations", [{"case_id": "c001", "decision": "overturned", "reason": "x"}])
    said = feedback(drawn, moderations=table)
    assert any("no column strengths" in line[2] for line in told(said, status="not_assessable"))
    assert any("sanctions" in line[2] for line in told(said))


def test_a_change_has_no_reason_where_there_is_no_place_for_one(drawn):
    """A change always has its reason: in a table without the column none has, and what was endorsed needs none."""
    said = [{"case_id": "c002", "decision": "overturned", "final_outcome": "met"}]
    found = [line for line in told(feedback(drawn, moderations=frame("moderations", said))) if "reason" in line[2]]
    nowhere = "changed from partial reassessment to met without a reason, as the table moderations has no column reason"
    assert ("breach", "c002", nowhere) in found
    endorsed = feedback(drawn, moderations=frame("moderations", [{"case_id": "c001", "decision": "endorsed"}]))
    assert not any("without a reason" in line[2] for line in told(list(endorsed)))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, []),
        ({"procedure": "suspension"}, ["breach"]),
        ({"procedure": "removal"}, ["breach"]),
        ({"procedure": "removal", "reason": "Two reclassified files."}, []),
        ({"procedure": "suspension", "opened_on": "2024-02-29"}, ["breach"]),
        ({"procedure": "suspension", "opened_on": "2024-02-29", "closed_on": "2024-03-01"}, []),
        ({"procedure": "suspension", "opened_on": "2024-04-01"}, []),
        ({"procedure": "suspension", "rpa": OTHER}, []),
        ({"procedure": None}, ["not_assessable"]),
    ],
)
def test_a_sanction_is_justified(drawn, change, status):
    """Suspension and removal need a reason, those of the months and earlier ones still open; help needs none."""
    said = feedback(drawn, actions=[{**ACTION, **change}])
    assert [line[0] for line in told(said, "AC1")] == status


def test_feedback_that_did_not_reach_the_assessor_is_named(drawn):
    """It is information: the code sets no day for it."""
    table = log({"subject": "assessor", "case_id": "c001"}, {"subject": "assessor", "told_assessor_on": "2024-04-16"})
    said = feedback(drawn, feedback_log=table)
    assert [line[:2] for line in told(said, "FB1")] == [("information", "FB1")]
    assert not told(said, "FB2")


def improvements(*rows, **given):
    """Return what MOD.10 says of these events, each over an ordinary one."""
    return what_can_improve(audit(events=frame("events", [{**EVENT, **row} for row in rows]), **given))


def test_moderators_report_what_can_improve():
    """A month with a report, or nothing to report, is in order, one with neither is a breach; two events need one."""
    assert [line[0] for line in told(improvements({}))] == ["met"]
    assert [line[:2] for line in told(improvements({"improvements": None}), status="breach")] == [
        ("breach", f"{RPA}/{MONTH}")
    ]
    assert [line[0] for line in told(improvements({"improvements": "Nothing to report."}))] == ["met"]
    two = improvements({"improvements": " "}, {"event_on": "2024-04-20"})
    assert [line[0] for line in told(two)] == ["met"]


def test_months_without_an_event_are_not_looked_at():
    """Other months and RPAs say nothing, nor does an event that lies ahead."""
    said = improvements({"month": "2024-02"}, {"rpa": OTHER}, {"event_on": "2024-05-02", "improvements": None})
    assert [line[0] for line in told(said)] == ["information"]


def test_improvements_may_be_unknown():
    """Without the column nothing can be said; without the day of the event neither, unless there is a report."""
    assert [line[0] for line in told(what_can_improve(audit()))] == ["not_assessable"]
    gone = frame("events", [EVENT]).drop(columns="improvements")
    assert "no column improvements" in told(what_can_improve(audit(events=gone)))[0][2]
    undated = improvements({"event_on": None, "improvements": None})
    assert [line[:2] for line in told(undated, status="not_assessable")] == [("not_assessable", f"{RPA}/{MONTH}")]
    assert [line[0] for line in told(improvements({"event_on": None}))] == ["met"]
    dayless = frame("events", [EVENT]).drop(columns="event_on")
    assert [line[0] for line in told(what_can_improve(audit(events=dayless)))] == ["met"]


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F24": by.harm_untold,
    "F25": by.table_rows(
        "feedback_log", "case_id", lambda log: (log["subject"] == "harm") & (log["told_pop_on"] == "")
    ),
    "F26": by.documents_late,
    "F68": by.moderations(lambda rows: (rows["final_outcome"] != rows["outcome"]) & (rows["reason"] == "")),
    "F69": by.moderations(lambda rows: (rows["strengths"] == "") & (rows["weaknesses"] == "")),
    "F70": by.events(lambda events: events["improvements"] == ""),
    "F154": by.events(lambda events: events["improvements"] == "Nothing to report."),
}
