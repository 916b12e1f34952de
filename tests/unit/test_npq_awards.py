"""NPQ.AWD.1: who was awarded without presenting, a pass or feedback, or after an overturn; results and scripts."""

import npq_counts as by
import pytest
from npq_frames import audit, frame, people

from qa_lib.schemes.npq.rules.awards import awarded_on_evidence

RIGHT = {
    "presented_on": "2019-06-03", "result": "pass", "awarded_on": "2019-09-02", "feedback_completed_on": "2019-08-01",
}  # fmt: skip
MODERATED = {"participant_id": "p0009", "moderated_passed": True, "moderated_on": "2019-08-05"}


def judged(*rows, scripts=(), moderation=(MODERATED,), without=""):
    """Return what is said of participants who differ from one who was rightly awarded."""
    table = people(*[RIGHT | row for row in rows])
    passes = [{"participant_id": one, "passed": True} for one in table["participant_id"]]
    of_script = frame("scripts", [one | dict(scripts).get(one["participant_id"], {}) for one in passes])
    given = {
        "scripts": of_script, "national_moderation": frame("national_moderation", list(moderation)),
        "feedback": frame("feedback", [{"participant_id": "p0009", "rating": "7", "completed_on": "2019-08-01"}]),
    }  # fmt: skip
    there = {name: one for name, one in given.items() if name != without}
    return awarded_on_evidence(audit(participants=table, **there))


def contradictions(said):
    """Return what is a breach, by participant."""
    return {one.subject: one.message for one in said if one.status == "breach"}


def test_an_award_after_presenting_a_pass_and_feedback_is_in_order():
    """On the day of presenting too; who is not awarded has nothing to show."""
    (said,) = judged({}, {"awarded_on": "2019-06-03"}, {"awarded_on": None, "result": "none", "presented_on": None})
    assert (said.status, said.value) == ("met", "2")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"awarded_on": "2019-06-02"}, "awarded on 2019-06-02; but presented only on 2019-06-03"),
        (
            {"result": "fail"},
            "awarded on 2019-09-02; but the result is a fail; the result is a fail, the script a pass",
        ),
        ({"result": None}, "awarded on 2019-09-02; but no result is recorded"),
        ({"result": "none"}, "awarded on 2019-09-02; but no result is recorded"),
        ({"presented_on": None}, "awarded on 2019-09-02; but no day of presenting is recorded"),
        ({"feedback_completed_on": None}, "awarded on 2019-09-02; but no feedback form is recorded"),
    ],
)
def test_an_award_against_the_evidence_is_a_breach_of_its_participant(row, told):
    """Each names the participant, the day, and all that contradicts it."""
    assert contradictions(judged({}, row)) == {"p0002": told}


@pytest.mark.parametrize(("moderated_on", "wrong"), [("2019-09-01", True), ("2019-09-02", True), ("2019-09-03", False)])
def test_an_award_after_an_overturn_to_fail_is_wrong(moderated_on, wrong):
    """On the day itself too; who was awarded before nobody knew, and an overturn to a pass accuses nobody."""
    found = {"participant_id": "p0001", "moderated_passed": False, "moderated_on": moderated_on}
    said = contradictions(judged({}, {}, moderation=[found]))
    assert list(said) == ["p0001"] * wrong
    assert not contradictions(judged({}, moderation=[found | {"moderated_passed": True}]))


def test_an_overturn_on_a_day_that_is_not_known_is_neither_before_nor_after_the_award():
    """Of that participant it is not assessable; an undated pass accuses nobody."""
    found = {"participant_id": "p0001", "moderated_passed": False, "moderated_on": None}
    (said,) = judged({}, {}, moderation=[MODERATED, found])
    assert (said.status, said.subject) == ("not_assessable", "p0001")
    assert "the day on which it did is blank" in said.message
    assert judged({}, moderation=[MODERATED, found | {"moderated_passed": True}])[0].status == "met"


def test_a_result_agrees_with_its_script_or_with_its_moderation():
    """Awarded or not; what moderation turned may stand as the result."""
    fails = {"passed": False}
    said = contradictions(judged({}, {"awarded_on": None}, scripts=[("p0001", fails), ("p0002", fails)]))
    assert said == {
        "p0001": "awarded on 2019-09-02; but the result is a pass, the script a fail",
        "p0002": "not awarded; but the result is a pass, the script a fail",
    }
    assert contradictions(judged({}, {"result": "fail", "awarded_on": None})) == {
        "p0002": "not awarded; but the result is a fail, the script a pass"
    }
    turned = {"participant_id": "p0001", "moderated_passed": True, "moderated_on": "2019-08-05"}
    assert not contradictions(judged({}, scripts=[("p0001", fails)], moderation=[turned]))


def test_staff_are_no_participants():
    """Their rows are in no award."""
    assert not contradictions(judged({}, {"result": "fail", "staff_role": "team"}))


def test_what_few_fill_in_is_one_warning():
    """Half of the awards with a result are enough to judge each blank; with fewer one line gives the count."""
    blank = {"result": None}
    assert list(contradictions(judged({}, blank))) == ["p0002"]
    said = judged({}, blank, blank)
    assert not contradictions(said)
    (warning,) = said
    assert (warning.status, warning.subject_type, warning.subject, warning.value) == (
        "warning", "provider", "P", "2",
    )  # fmt: skip
    assert "no result is recorded" in warning.message


@pytest.mark.parametrize("name", ["scripts", "national_moderation"])
def test_a_table_that_is_missing_is_named_and_nothing_is_met(name):
    """What it would show does not show."""
    said = judged({}, without=name)
    assert {one.status for one in said} == {"not_assessable"}
    assert all(f"no table {name}" in one.message for one in said)


def test_a_column_that_is_missing_is_named_and_the_rest_is_judged():
    """Presenting, result and feedback, one by one; without a day of award there is nothing to judge."""
    table = people(RIGHT)
    scripts = frame("scripts", [{"participant_id": "p0001", "passed": True}])
    national = frame("national_moderation", [MODERATED])
    for column, told in {
        "presented_on": "awards before presenting", "result": "awards without a pass",
        "feedback_completed_on": "awards without feedback", "awarded_on": "no column awarded_on",
    }.items():  # fmt: skip
        given = audit(participants=table.drop(columns=column), scripts=scripts, national_moderation=national)
        (said,) = awarded_on_evidence(given)
        assert said.status == "not_assessable"
        assert told in said.message


def test_nobody_awarded_is_not_met():
    """It is told, as information."""
    (said,) = judged({"awarded_on": None})
    assert (said.status, said.message) == ("information", "no award is recorded")


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N117": by.people(lambda p: (p["awarded_on"] != "") & (p["result"] == "fail")),
    "N118": by.people(lambda p: by.days(p["awarded_on"]) < p["presented_on"]),
    "N119": by.people(lambda p: (p["awarded_on"] != "") & ~p["presented"]),
    "N120": by.awarded(lambda t: (t["result"] == "pass") & (t["passed"] == "no")),
    "N121": by.awarded(
        lambda t: (
            (t["moderated_passed"] == "no") & (t["awarded_on"] >= t["moderated_on"]) & (t["original_passed"] == "yes")
        )
    ),
}
