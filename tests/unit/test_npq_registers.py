"""NPQ.REQ.8 to REQ.15 and RET.3: what registers of a provider show, to both sides of each day, and blank."""

import npq_counts as by
import pytest
from npq_frames import audit, frame, people

from qa_lib.audit.answering import Statement
from qa_lib.schemes.npq.rules.answers_owed import complaints_handled, requests_answered
from qa_lib.schemes.npq.rules.coming_due import coming_due, work_list
from qa_lib.schemes.npq.rules.completion import attendance_on_record, participants_provided_for
from qa_lib.schemes.npq.rules.evidence import metrics_substantiated
from qa_lib.schemes.npq.rules.provision import (
    declared_of_itself,
    every_part_of_provision,
    participants_comment_throughout,
    suitable_venues,
)

PARTS = ("workplace training", "coach or mentor", "resources", "credible peers", "structured reflection")
DECLARED = ("branding", *(f"lead school in {letter}" for letter in "DFIM"))


def rows(name, *records, **shared):
    """Return a table of provider P."""
    return frame(name, [{"provider": "P", **shared, **record} for record in records])


def said(rule, *, participants=None, **tables):
    """Return status and message of everything that a rule says of provider P."""
    found = rule(audit(participants=people({}) if participants is None else participants, **tables))
    return [(one.status, one.message.removeprefix("not assessable, because ")) for one in found]


def statuses(rule, **tables):
    """Return the statuses of everything that a rule says of provider P."""
    return [status for status, _ in said(rule, **tables)]


@pytest.mark.parametrize(
    ("due", "answered", "complete", "accurate", "expected"),
    [
        ("2020-02-28", "2020-02-28", True, True, ["met"]),
        ("2020-02-28", "2020-02-29", True, True, ["breach"]),
        ("2020-02-28", "2020-02-29", False, True, ["breach", "breach"]),
        ("2020-02-28", "2020-02-28", True, False, ["breach"]),
        ("2020-02-28", "2020-02-28", None, True, ["not_assessable"]),
        ("2020-03-01", None, None, None, ["information"]),
        ("2020-02-29", None, None, None, ["breach"]),
        (None, "2020-02-28", True, True, ["not_assessable"]),
    ],
)
def test_requests_are_answered_whole_right_and_in_time(due, answered, complete, accurate, expected):
    """The last day is in time, the next is late; open past it is a breach, before it is not due."""
    request = {"request_id": "r", "due_on": due, "answered_on": answered, "complete": complete, "accurate": accurate}
    assert statuses(requests_answered, information_requests=rows("information_requests", request)) == expected


@pytest.mark.parametrize(("asked", "expected"), [("2020-02-02", "not_assessable"), ("2020-02-01", "met")])
def test_an_answer_before_its_question_is_not_in_time(asked, expected):
    """The day of the question itself may be the answer's; one before it is a slip."""
    request = {"request_id": "r", "asked_on": asked, "due_on": "2020-02-28", "answered_on": "2020-02-01"}
    table = rows("information_requests", request | {"complete": True, "accurate": True})
    assert statuses(requests_answered, information_requests=table) == [expected]


def test_of_a_request_without_the_columns_that_judge_its_answer_nothing_is_met():
    """Where nobody noted whether an answer was complete and accurate, it is not assessable."""
    request = {"request_id": "r", "due_on": "2020-02-28", "answered_on": "2020-02-28"}
    assert statuses(requests_answered, information_requests=rows("information_requests", request)) == ["not_assessable"]


@pytest.mark.parametrize(
    ("kind", "received", "answered", "outcome", "cooperated", "expected"),
    [
        ("complaint", "2020-01-01", "2020-01-29", "settled", None, ["met"]),
        ("complaint", "2020-01-01", "2020-01-30", "settled", None, ["information"]),
        ("complaint", "2020-01-01", "2020-01-29", None, None, ["met", "not_assessable"]),
        ("complaint", "2020-01-01", None, None, None, ["information"]),
        ("complaint", None, "2020-01-29", "settled", None, ["not_assessable"]),
        ("complaint", "2020-01-30", "2020-01-29", "settled", None, ["not_assessable"]),
        ("appeal", "2020-01-01", "2020-01-29", "settled", True, ["met"]),
        ("appeal", "2020-01-01", "2020-01-29", "settled", False, ["met", "breach"]),
        ("appeal", "2020-01-01", "2020-01-29", "settled", None, ["met", "not_assessable"]),
        ("complaint", "2020-01-01", "2020-01-29", "N/K", None, ["met", "not_assessable"]),
        (None, "2020-01-01", "2020-01-29", "settled", False, ["met", "not_assessable"]),
    ],
)
def test_complaints_have_an_age_and_an_end(kind, received, answered, outcome, cooperated, expected):
    """Four weeks are the project's own number, so that longer is information; not co-operating is a breach."""
    about = {"complaint_id": "c", "kind": kind, "outcome": outcome, "cooperated": cooperated}
    table = rows("complaints", about | {"received_on": received, "answered_on": answered})
    assert statuses(complaints_handled, complaints=table) == expected


@pytest.mark.parametrize(
    ("state", "arranged", "expected"),
    [
        ("open", ("a",), "information"), ("appealed", (), "information"), ("overturned", (), "information"),
        ("upheld", ("a",), "breach"), ("upheld", ("a", "b"), "met"), ("closed", (), "breach"),
        (None, ("a", "b"), "not_assessable"),
    ],
)  # fmt: skip
def test_after_a_revocation_everybody_is_provided_for(state, arranged, expected):
    """Of four, one has passed and one has withdrawn: for the two others something is to be arranged."""
    there = people({}, {}, {"result": "pass"}, {"withdrawn_on": "2019-01-01"})
    ids = dict(zip("ab", there["participant_id"], strict=False))
    actions = rows("actions", {"action_id": "x", "kind": "revocation", "state": state})
    blank = [{"participant_id": "p0003", "arrangement": None}]
    settled = [{"participant_id": ids[one], "arrangement": "refund"} for one in arranged]
    table = rows("completion_arrangements", *blank, *settled)
    there["withdrawn_on"] = frame("participants", [{"withdrawn_on": None}] * 3 + [{"withdrawn_on": "2019-01-01"}])[
        "withdrawn_on"
    ]
    found = said(participants_provided_for, participants=there, actions=actions, completion_arrangements=table)
    assert [status for status, _ in found] == [expected]


def test_where_everybody_had_finished_nothing_is_arranged_and_nothing_met():
    """Who passed is done, and staff are no participants: nobody is left for whom to arrange anything."""
    there = people({"result": "pass"}, {"staff_role": "team"}, withdrawn_on=None)
    actions = rows("actions", {"action_id": "x", "kind": "revocation", "state": "upheld"})
    table = rows("completion_arrangements", {"participant_id": "p0001", "arrangement": None})
    found = said(participants_provided_for, participants=there, actions=actions, completion_arrangements=table)
    assert found == [("information", "everybody had finished: nothing is to be arranged")]


def test_without_a_list_of_arrangements_nothing_is_met():
    """A revocation that stands, and no table: not assessable."""
    actions = rows("actions", {"action_id": "x", "kind": "revocation", "state": "upheld"})
    there = people({"withdrawn_on": None})
    ((status, message),) = said(participants_provided_for, participants=there, actions=actions)
    assert status == "not_assessable"
    assert "completion_arrangements" in message


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([True] * 5, ["met"]),
        ([True] * 4, ["breach"]),
        ([True] * 4 + [False], ["breach"]),
        ([True] * 4 + [None], ["not_assessable"]),
        ([True] * 3 + [None, False], ["breach", "not_assessable"]),
        ([], ["not_assessable"]),
    ],
)
def test_the_provision_has_five_parts(given, expected):
    """A part that is not listed beside others is not there; of a level of which none is listed nothing is known."""
    parts = [{"part": part, "in_place": one, "level": "NPQH"} for part, one in zip(PARTS, given, strict=False)]
    other = [{"part": "resources", "in_place": True, "level": "NPQML"}]
    assert statuses(every_part_of_provision, provision=rows("provision", *parts, *other)) == expected


@pytest.mark.parametrize(
    ("venues", "expected"),
    [
        ([("venue", True), ("placement school", True)], ["met", "met"]),
        ([("venue", True)], ["met", "breach"]),
        ([("venue", False), ("venue", True), ("placement school", True)], ["breach", "met", "met"]),
        ([("venue", None), ("placement school", True)], ["not_assessable", "met"]),
        ([("venue", None), ("venue", True), ("placement school", True)], ["met", "met"]),
        ([(None, True), ("venue", True)], ["met", "not_assessable"]),
        ([(None, False), ("venue", True)], ["breach", "met", "not_assessable"]),
    ],
)
def test_there_are_suitable_venues_and_placements(venues, expected):
    """NPQH needs a placement school beside a venue; one that is not suitable is named."""
    listed = [{"venue_id": f"v{n}", "kind": kind, "suitable": fit} for n, (kind, fit) in enumerate(venues)]
    assert statuses(suitable_venues, venues=rows("venues", *listed, level=None)) == expected


def test_venues_of_another_level_are_none_of_this_one():
    """A blank holds for every level; without the column it does not show whose a venue is."""
    listed = [{"venue_id": kind, "kind": kind, "suitable": True} for kind in ("venue", "placement school")]
    assert statuses(suitable_venues, venues=rows("venues", *listed, level="NPQML")) == ["breach", "breach"]
    ((status, message),) = said(suitable_venues, venues=rows("venues", *listed))
    assert (status, message) == ("not_assessable", "the table venues has no column level")


@pytest.mark.parametrize(
    ("during", "final", "ends", "expected"),
    [
        ("2019-08-31", "2019-09-01", None, ["met"]),
        ("2019-09-01", "2019-09-01", None, ["warning"]),
        (None, "2019-09-01", None, ["not_assessable"]),
        ("2019-09-01", None, "2020-03-01", ["met"]),
        ("2019-09-01", None, "2020-03-02", ["not_assessable"]),
    ],
)
def test_there_is_a_round_of_comments_before_the_end(during, final, ends, expected):
    """A round on the final one's day is no earlier one; before the programme's end nothing is due."""
    about = {"level": "NPQH", "cohort": "2018-19"}
    held = [{"kind": "during", "held_on": during}, {"kind": "final", "held_on": final}]
    tables = {"comment_rounds": rows("comment_rounds", *held, **about)}
    delivery = rows("delivery", {"designed_to": ends}, **about)
    assert statuses(participants_comment_throughout, **tables, delivery=delivery) == expected
    # Without the last days of delivery a cohort that was never asked does not show.
    assert statuses(participants_comment_throughout, **tables)[0] == "not_assessable"


def test_a_cohort_without_any_round_is_warned_of_once_it_is_over():
    """The last day of delivery has passed and nobody was asked."""
    other = rows("comment_rounds", {"level": "NPQML", "cohort": "x", "kind": "during", "held_on": "2019-01-01"})
    delivery = rows("delivery", {"level": "NPQH", "cohort": "2018-19", "designed_to": "2019-07-01"})
    assert statuses(participants_comment_throughout, comment_rounds=other, delivery=delivery) == ["warning"]


def test_what_a_provider_declares_is_taken_at_its_word():
    """Yes with evidence is met, yes without is not assessable, no is a breach, blank or not listed is nothing."""
    table = rows(
        "declarations",
        {"item": DECLARED[0], "in_place": True, "evidence": "minutes"},
        {"item": DECLARED[1], "in_place": True, "evidence": None},
        {"item": DECLARED[2], "in_place": False, "evidence": "minutes"},
        {"item": DECLARED[3], "in_place": None, "evidence": "minutes"},
    )
    expected = ["met", "not_assessable", "breach", "not_assessable", "not_assessable"]
    assert statuses(declared_of_itself, declarations=table) == expected


@pytest.mark.parametrize(
    ("blank", "expected"), [(0, ["met"]), (1, ["information", "breach"]), (2, ["warning"]), (10, ["not_assessable"])]
)
def test_attendance_of_who_presented_is_on_record(blank, expected):
    """Of ten who presented one blank is a breach of his own, two are below nine tenths and are a warning."""
    there = people(*[{"sessions_attended": None if n < blank else 8} for n in range(10)], presented_on="2019-12-01")
    assert statuses(attendance_on_record, participants=there) == expected


def test_nobody_who_attended_nothing_has_attendance_on_record():
    """Nought sessions are no record; nobody who presented is not assessable."""
    there = people(*[{"sessions_attended": 8}] * 9, {"sessions_attended": 0}, presented_on="2019-12-01")
    assert statuses(attendance_on_record, participants=there) == ["information", "breach"]
    assert statuses(attendance_on_record, participants=people({"sessions_attended": 8})) == ["not_assessable"]


def judged_metrics(*, failing=False):
    """Return what was said of two metrics."""
    found = {"status": "breach" if failing else "met", "message": "", "measure": "x"}
    return {"NPQ.M1": [Statement(**found)], "NPQ.M6": [Statement(status="met", message="", measure="x")]}


@pytest.mark.parametrize(("listed", "expected"), [("M1 M6", "met"), ("M1", "breach")])
def test_each_judged_metric_has_evidence(listed, expected):
    """A metric that was judged and of which no evidence is listed is a breach."""
    evidence = rows("metric_evidence", *[{"metric": one} for one in listed.split()], period="2018-19", evidence="e")
    reviews = rows("performance_reviews", {"kind": "periodic", "reviewed_on": "2020-01-20"})
    about = audit(participants=people({}), metric_evidence=evidence, performance_reviews=reviews)
    found = metrics_substantiated(about, judged_metrics())
    assert [one.status for one in found] == [expected, "information"]


@pytest.mark.parametrize(("year", "failing", "expected"), [(2, False, 0), (3, False, 1), (2, True, 1), (3, True, 2)])
def test_reviews_that_are_not_logged_are_information(year, failing, expected):
    """From the third year a periodic one is expected, and an immediate one where a metric fails."""
    evidence = rows("metric_evidence", {"metric": "M1"}, {"metric": "M6"}, period="2018-19", evidence="e")
    reviews = rows("performance_reviews", {"kind": "periodic", "reviewed_on": None})
    tables = {"metric_evidence": evidence, "performance_reviews": reviews, "operating_year": year}
    found = metrics_substantiated(audit(participants=people({}), **tables), judged_metrics(failing=failing))
    assert [one.status for one in found] == ["met"] + ["information"] * expected


def test_where_no_metric_was_judged_none_is_substantiated():
    """Evidence of nothing is not met."""
    evidence = rows("metric_evidence", {"metric": "M1"}, period="2018-19", evidence="e")
    found = metrics_substantiated(audit(participants=people({}), metric_evidence=evidence), {})
    assert [one.status for one in found] == ["not_assessable", "not_assessable"]
    assert "no metric was judged" in found[0].message


def test_evidence_of_another_year_is_none():
    """What substantiates last year's metrics says nothing of this one's."""
    evidence = rows("metric_evidence", {"metric": "M1"}, period="2017-18", evidence="e")
    found = metrics_substantiated(audit(participants=people({}), metric_evidence=evidence), judged_metrics())
    assert [one.status for one in found] == ["not_assessable", "not_assessable"]


@pytest.mark.parametrize(
    ("day", "more", "listed"),
    [
        ("2018-11-30", {}, ["p0001"]),
        ("2018-12-01", {}, []),
        ("2018-09-01", {}, ["p0001"]),
        ("2018-08-31", {}, []),
        ("2018-11-30", {"presented_on": "2020-02-01"}, []),
        ("2018-11-30", {"withdrawn_on": "2020-02-01"}, []),
    ],
)
def test_who_is_to_present_soon_is_on_the_work_list(day, more, listed):
    """From the as-of day to ninety days after it the 18 months end; who presented or left is not chased."""
    there = people(
        {"enrolled_on": day, "commenced_on": day, "withdrawn_on": None, "feedback_completed_on": None} | more
    )
    assert work_list(audit(participants=there))["participant_id"].tolist() == listed


def test_who_began_anew_is_chased_once_and_staff_never():
    """The last attempt of a person counts, here one that was presented; a team member owes no feedback."""
    earlier = {"trn": "1", "enrolled_on": "2018-10-01", "commenced_on": "2018-10-01"}
    later = {"trn": "1", "enrolled_on": "2018-11-01", "commenced_on": "2018-11-01", "presented_on": "2019-12-01"}
    there = people(earlier, later, {"staff_role": "team", "result": "pass"}, feedback_completed_on=None)
    assert work_list(audit(participants=there)).empty
    assert work_list(audit(participants=there.iloc[:1]))["participant_id"].tolist() == ["p0001"]


def test_who_passed_and_gave_no_feedback_is_on_the_work_list():
    """A form in the table of feedback, or a day in the participant's row, is feedback."""
    about = {"result": "pass", "presented_on": "2019-12-01"}
    there = people(*[about | {"feedback_completed_on": day} for day in (None, "2020-01-01", None)])
    given = frame("feedback", [{"participant_id": "p0003", "rating": "7", "completed_on": None}])
    found = work_list(audit(participants=there, feedback=given))
    assert found[["participant_id", "what", "by"]].to_numpy().tolist() == [["p0001", "complete the feedback form", ""]]


@pytest.mark.parametrize(("recruited", "said_of_it"), [(10, []), (9, ["1 recruit more for the target"])])
def test_recruits_that_the_target_lacks_are_counted(recruited, said_of_it):
    """Nothing is said of a level that has reached its target."""
    status = "met" if recruited >= 10 else "breach"
    figure = {"level": "NPQH", "measure": "recruited", "numerator": recruited, "denominator": 10, "target": 1}
    there = people({"feedback_completed_on": None})
    found = coming_due(audit(participants=there), {"NPQ.M1": [Statement(status=status, message="", **figure)]})
    assert [one.message for one in found if "recruit" in one.message] == said_of_it
    assert {one.status for one in found} == {"information"}


def named(table, *columns, where):
    """Return what counts rows of a table that hold, by the names of several columns."""

    def count(tables):
        rows = tables[table]
        return by.chosen(rows.assign(name=by.named(rows, *columns)), where(rows), "name")

    return count


def without_placement(tables):
    """Count the providers whose venues hold no placement school."""
    held = tables["venues"].groupby("provider")["kind"].agg(lambda kinds: "placement school" in set(kinds))
    lacking = held.index[~held]
    return {f"{name} NPQH" for name in lacking}, len(lacking)


def without_evidence(tables):
    """Count the providers with evidence of fewer than seven metrics of the year."""
    held = tables["metric_evidence"].query("period == '2018-19'").groupby("provider")["metric"].nunique()
    return set(held.index[held < 7]), int((held < 7).sum())


def without_form(tables):
    """Count who passed and gave no feedback, by provider and level."""
    people = tables["people"]
    rows = people[people["passed"] & (people["feedback_completed_on"] == "") & (people["awarded_on"] == "")]
    return set(by.named(rows, "provider", "level")), len(rows)


PLANTED = {
    "N150": by.rows(
        "information_requests",
        "request_id",
        lambda log: (log["answered_on"] != "") & (log["answered_on"] > log["due_on"]),
    ),
    "N151": by.rows("information_requests", "request_id", lambda log: log["answered_on"] == ""),
    "N152": by.rows(
        "actions", "provider", lambda log: (log["kind"] == "revocation") & log["state"].isin(["upheld", "closed"])
    ),
    "N153": by.rows("complaints", "complaint_id", lambda log: log["cooperated"] == "no"),
    "N154": named("provision", "provider", "level", where=lambda rows: rows["in_place"] != "yes"),
    "N155": without_placement,
    "N156": by.rows("people", "participant_id", lambda rows: rows["presented"] & (rows["sessions_attended"] == "")),
    "N157": named(
        "comment_rounds", "provider", "level", "cohort",
        where=lambda rows: (rows["kind"] == "during") & rows["held_on"].str.endswith("-09-09"),
    ),
    "N158": named("declarations", "provider", "item", where=lambda rows: rows["in_place"] != "yes"),
    "N159": without_evidence,
    "N160": without_form,
}  # fmt: skip
