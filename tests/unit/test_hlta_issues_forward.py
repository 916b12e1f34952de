"""Issues from moderation are followed to their end (HLTA.MOD.14)."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import OTHER, RPA, audit, frame, told

from qa_lib.schemes.hlta.rules.issues_forward import LOG, issue_log, issues_taken_forward

ISSUE = {
    "issue_id": "i", "rpa": RPA, "month": "2024-02", "raised_in": "joint_report", "issue": "brief summaries",
    "taken_to": "partnership", "raised_on": "2024-03-08", "responsible": "A9", "ended_on": "2024-03-20",
    "result": "on the agenda",
}  # fmt: skip
EVENT = {"rpa": RPA, "month": "2024-03", "event_on": "2024-04-08", "issues": "none", "improvements": "none"}


def issues(*rows):
    """Return a log of issues, each over one that came to its end."""
    return frame("issue_log", [ISSUE | row for row in rows])


def said_of(*rows, **given):
    """Return what is said of a log beside an event that names nothing."""
    given.setdefault("events", frame("events", [EVENT]))
    return told(issues_taken_forward(audit(issue_log=issues(*rows), **given)))


def test_an_issue_with_its_end_is_in_order():
    """With a day and a result it is met."""
    assert said_of({}) == [("met", "", "1 of 1 (100 %) issues from moderation were brought to an end")]


def test_an_open_issue_stays_visible_month_after_month_until_it_has_ended():
    """It is information with its age and who sees to it, in its own month and later; no percentage counts it."""
    row = {"ended_on": None, "result": None}
    for month, as_of, days in (("2024-03", "2024-04-30", 53), ("2024-05", "2024-06-30", 114)):
        shown, summary = said_of(row, months=[month], as_of=as_of)
        assert shown[:2] == ("information", "i")
        assert f"to the Partnership, and open for {days} days as of {as_of}; responsible: A9" in shown[2]
        assert summary[2].endswith("not due yet: 1")
    assert said_of({}, months=["2024-05"]) == [
        ("information", "", "nothing to look at: 0 issues from moderation were brought to an end")
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"raised_on": None}, "the day on which it was brought up is blank"),
        ({"ended_on": "2024-03-07"}, "it was ended before it was brought up"),
        ({"result": None}, "it was ended and what came of it is blank"),
        ({"result": " "}, "it was ended and what came of it is blank"),
    ],
)
def test_an_entry_without_sense_cannot_be_judged(row, why):
    """What it lacks is named; the day itself is a possible end."""
    first, _ = said_of(row)
    assert first == ("not_assessable", "i", f"not assessable, because {why}")
    assert said_of({"ended_on": "2024-03-08"})[0][0] == "met"


@pytest.mark.parametrize(
    ("named", "logged", "lacking"),
    [
        ({"issues": "Task sheets were hard to read."}, {}, ["the joint report names issues"]),
        ({"issues": "Task sheets were hard to read."}, {"month": "2024-03"}, []),
        ({"issues": "Task sheets were hard to read."}, {"month": "2024-03", "raised_in": "return"}, ["joint report"]),
        ({"improvements": "Shadowing helps."}, {"month": "2024-03"}, ["moderators reported"]),
        ({"improvements": "Shadowing helps."}, {"month": "2024-03", "raised_in": "return"}, []),
        ({"improvements": "Shadowing helps."}, {"month": "2024-03", "raised_in": None}, []),
        ({"issues": " No issues. ", "improvements": "Nothing to report"}, {}, []),
        ({"issues": None, "improvements": None}, {}, []),
    ],
)
def test_what_an_event_names_and_the_log_does_not_hold_is_said(named, logged, lacking):
    """By month and by where it was brought up; a record that there was nothing names nothing."""
    said = said_of(logged, events=frame("events", [EVENT | named]))
    found = [message for status, subject, message in said if (status, subject) == ("information", f"{RPA}/2024-03")]
    assert len(found) == len(lacking)
    assert all(words in message for words, message in zip(lacking, found, strict=True))


def test_missing_data_are_said_and_others_entries_are_not_looked_at():
    """The log or a column of it is named, and never met; another RPA's issues are its own."""
    events = frame("events", [EVENT])
    assert "no table issue_log" in told(issues_taken_forward(audit(events=events)))[0][2]
    for column in ("ended_on", "raised_on", "result", "raised_in"):
        gone = audit(events=events, issue_log=issues({}).drop(columns=column))
        assert [one.status for one in issues_taken_forward(gone)].count("not_assessable") == 1
    assert "no table events" in told(issues_taken_forward(audit(issue_log=issues({}))))[-1][2]
    assert said_of({"rpa": OTHER, "ended_on": None})[0][2].startswith("nothing to look at")


def test_the_log_lists_the_oldest_first_with_its_state():
    """Whatever the order of rows; without a log there are no rows."""
    rows = [
        {"issue_id": "new", "raised_on": "2024-03-11", "ended_on": None},
        {"issue_id": "old", "raised_on": "2024-01-11", "ended_on": None, "responsible": None},
        {},
    ]
    table = issues(*rows)
    log = issue_log(audit(issue_log=table))
    assert log.columns.tolist() == LOG
    assert log["issue_id"].tolist() == ["old", "i", "new"]
    assert log["state"].tolist() == ["open since before", "ended", "open"]
    assert log["days_open"].tolist() == [110, 12, 50]
    assert log["responsible"].tolist() == ["", "A9", "A9"]
    pd.testing.assert_frame_equal(log, issue_log(audit(issue_log=table[::-1])))
    assert issue_log(audit()).empty


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F135": by.table_rows("issue_log", "issue_id", lambda rows: rows["ended_on"] == ""),
    "F136": by.table_rows("issue_log", "issue_id", lambda rows: (rows["ended_on"] != "") & (rows["result"] == "")),
}
