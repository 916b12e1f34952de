"""NPQ.REM.2 and what NPQ.REM.1 leaves to a person: remedial actions in time, and the three serious cases."""

import npq_counts as by
import pytest
from npq_frames import audit, frame, people

from qa_lib.audit.answering import Statement
from qa_lib.schemes.npq.rules.remedial import done_in_time, overdue, remedial_action

ACTION = {
    "provider": "P", "action_id": "a", "kind": "remedial", "state": "open", "metric": "M4", "opened_on": "2019-12-02",
    "notice_on": "2019-12-02", "due_on": "2020-02-28", "closed_on": None, "extenuating_considered": True,
}  # fmt: skip


def judged(**more):
    """Return what is said of one action."""
    return done_in_time(audit(participants=people({}), actions=frame("actions", [ACTION | more])))


@pytest.mark.parametrize(
    ("due", "closed", "status"),
    [
        ("2020-02-28", "2020-02-28", "met"), ("2020-02-28", "2020-02-29", "breach"),
        ("2020-02-29", None, "breach"), ("2020-03-01", None, "information"), (None, None, "not_assessable"),
        (None, "2020-02-28", "not_assessable"),
    ],
)  # fmt: skip
def test_an_action_is_done_by_its_due_day(due, closed, status):
    """The day itself is in time; open after it, it is overdue; a due day may lie ahead."""
    (said,) = judged(due_on=due, closed_on=closed)
    assert said.status == status
    assert said.subject == "a"
    if status == "breach" and closed is None:
        assert (said.message, said.value) == ("overdue: due by 2020-02-29, and open", "1 day")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"state": "closed"}, "it is closed, and the day on which it was is blank"),
        ({"closed_on": "2019-12-01"}, "closed on 2019-12-01, before it was opened on 2019-12-02"),
    ],
)
def test_an_action_whose_days_are_doubtful_is_neither_met_nor_overdue(more, told):
    """It is no serious case to decide on, either; closed on the day of opening it is in time."""
    (said,) = judged(**more)
    assert (said.status, said.message.removeprefix("not assessable, because ")) == ("not_assessable", told)
    assert overdue(audit(participants=people({}), actions=frame("actions", [ACTION | more]))).empty
    assert judged(closed_on="2019-12-02")[0].status == "met"


@pytest.mark.parametrize(
    ("more", "status", "told"),
    [
        ({"notice_on": None}, "not_assessable", "no day is recorded on which notice of it was given"),
        ({"notice_on": "2020-02-29"}, "breach", "notice was given on 2020-02-29, after the due day 2020-02-28"),
        ({"extenuating_considered": None}, "not_assessable", "whether extenuating evidence was considered is blank"),
        ({"extenuating_considered": False}, "breach", "extenuating evidence was not considered"),
    ],
)
def test_an_action_has_a_notice_and_evidence_is_considered(more, status, told):
    """A blank is no yes; notice on the due day itself is still before it has passed."""
    _, said = judged(closed_on="2020-02-28", **more)
    assert said.status == status
    assert told in said.message
    assert len(judged(closed_on="2020-02-28", notice_on="2020-02-28")) == 1


def test_revocations_have_no_due_day_and_none_logged_is_told():
    """Only remedial actions are held against one; without the column there is none to hold them against."""
    (said,) = judged(kind="revocation")
    assert said.message == "no remedial action is logged"
    bare = frame("actions", [{name: ACTION[name] for name in ("provider", "action_id", "kind", "closed_on")}])
    (said,) = done_in_time(audit(participants=people({}), actions=bare))
    assert said.message == "not assessable, because the table actions has no column due_on"


def test_what_may_be_a_serious_case_is_named_for_a_person_to_decide():
    """Overdue remedies, awards against the evidence, malpractice not reported: each by its name, none concluded."""
    others = {
        "NPQ.AWD.1": [Statement(status="breach", message="", subject_type="participant", subject="p1")],
        "NPQ.REQ.6": [
            Statement(status="breach", message="", subject_type="finding", subject="m1"),
            Statement(status="met", message="", subject_type="finding", subject="m2"),
        ],
    }
    said = remedial_action(audit(participants=people({}), actions=frame("actions", [ACTION])), others)
    cases = [(one.value, one.subject_type, one.subject, one.status) for one in said if "to decide" in one.message]
    assert cases == [
        ("first", "action", "a", "information"), ("second", "participant", "p1", "information"),
        ("third", "finding", "m1", "information"),
    ]  # fmt: skip
    without = remedial_action(audit(participants=people({})), others)
    assert [one.subject for one in without] == ["p1", "m1", ""]
    assert "no table actions" in without[-1].message


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N125": by.rows(
        "actions", "action_id", lambda a: (a["closed_on"] == "") & (a["due_on"] < "2020-03-01") & (a["due_on"] != "")
    ),
    "N126": by.rows("actions", "action_id", lambda a: (a["closed_on"] != "") & (a["closed_on"] == a["due_on"])),
    "N127": by.rows("actions", "action_id", lambda a: a["extenuating_considered"] == "no"),
}
