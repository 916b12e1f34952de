"""Initial training in every topic before the first assessment, and development after it."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_books import book_with
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.training import trained_and_developed

TOPICS = ["standards", "preparation", "pre_assessment", "questions", "interviews", "documentation", "moderation"]


def log_of(day="2024-03-01", assessor="A1", **changed):
    """Return rows of initial training in all topics on a day; a topic with None is left out."""
    days = dict.fromkeys(TOPICS, day) | changed
    return [
        {"assessor_id": assessor, "rpa": RPA, "stage": "initial", "topic": topic, "taken_on": taken}
        for topic, taken in days.items()
        if taken is not None
    ]


def developed(day, assessor="A1", rpa=RPA):
    """Return a row of development."""
    return {"assessor_id": assessor, "rpa": rpa, "stage": "development", "topic": "writing", "taken_on": day}


def people(*rows):
    """Return the register of assessors."""
    return frame("assessors", [{"assessor_id": "A1", "rpa": RPA, "roles": "assessor", **row} for row in rows])


def trained_case(log, *rows, **given):
    """Return an audit with a training log and a register."""
    return audit(training=frame("training", log), assessors=people(*(rows or [{}])), **given)


def test_all_topics_before_the_first_assessment_are_in_order():
    """The file was assessed on 11 March; that day itself is in time, the day after is not."""
    assert told(trained_and_developed(trained_case(log_of("2024-03-11")))) [0] == (
        "met",
        "",
        "1 of 1 (100 %) assessors with files had all 7 topics before they assessed",
    )  # fmt: skip
    late = told(trained_and_developed(trained_case(log_of("2024-03-01", questions="2024-03-12"))))
    assert late[0] == ("breach", "A1", "questions was taken on 2024-03-12, after they assessed on 2024-03-11")
    assert late[1][0] == "information"


def test_a_month_without_files_has_nobody_to_look_at():
    """Nobody assessed a file: the answer counts none and does not stumble over days that are not there."""
    empty = replace(trained_case(log_of()), months=("2024-04",))
    assert told(trained_and_developed(empty))[0] == (
        "information",
        "",
        "nothing to look at: 0 assessors with files had all 7 topics",
    )


def test_any_time_is_enough_where_the_rule_says_so(tmp_path):
    """A topic taken after the first assessment is then in order; one never taken is not."""
    book = book_with(tmp_path, "HLTA.ASR.3", "topics_due: before_first_assessment\n", "topics_due: any_time\n")
    made = replace(trained_case(log_of(questions="2024-03-12")), book=book)
    assert told(trained_and_developed(made))[0] == (
        "met",
        "",
        "1 of 1 (100 %) assessors with files had all 7 topics",
    )
    made = replace(trained_case(log_of(questions=None)), book=book)
    assert told(trained_and_developed(made))[0][:2] == ("breach", "A1")


def test_a_topic_is_missing_where_neither_log_nor_list_has_it():
    """The list of the register stands in for the log; what another RPA trained holds too."""
    missing = told(trained_and_developed(trained_case(log_of(interviews=None), {"trained": "standards"})))
    assert missing[0] == ("breach", "A1", "initial training lacks interviews although they assess")
    other = {"assessor_id": "A1", "rpa": OTHER, "stage": "initial", "topic": " Interviews ", "taken_on": "2024-01-08"}
    elsewhere = [*log_of(interviews=None), other]
    assert told(trained_and_developed(trained_case(elsewhere)))[0][0] == "met"


def test_a_topic_without_a_day_cannot_be_judged():
    """Listed, or logged without a day: when it was taken is not known."""
    undated = told(trained_and_developed(trained_case(log_of(interviews=None), {"trained": "interviews;standards"})))
    assert undated[0] == ("not_assessable", "A1", "not assessable, because the log has no day for interviews")
    blank = told(trained_and_developed(trained_case(log_of(interviews=pd.NaT))))
    assert blank[0] == undated[0]


def test_without_a_log_only_the_lists_speak():
    """A list that lacks a topic is a breach, a blank list is not; the log's lack is said once."""
    no_log = ("not_assessable", "", "not assessable, because the data set has no table training")
    whole = told(trained_and_developed(audit(assessors=people({"trained": ";".join(TOPICS)}))))
    assert whole == [("met", "", "1 of 1 (100 %) assessors with files had all 7 topics"), no_log]
    short = told(trained_and_developed(audit(assessors=people({"trained": ";".join(TOPICS[1:])}))))
    assert short[0] == ("breach", "A1", "initial training lacks standards although they assess")
    blank = told(trained_and_developed(audit(assessors=people({"trained": None}))))
    assert blank[0] == ("not_assessable", "A1", "not assessable, because the list of topics trained is blank")
    assert blank[-1] == no_log
    bare = told(trained_and_developed(audit()))
    assert {row[0] for row in bare} == {"not_assessable"}


def test_blank_days_of_assessment_leave_the_order_open():
    """Trained, but the days of their assessments are not known."""
    made = trained_case(log_of(), cases=files({"assessed_on": None}))
    assert told(trained_and_developed(made))[0] == (
        "not_assessable",
        "A1",
        "not assessable, because the days of their assessments are blank",
    )


#: Somebody else of the RPA who had development, so that the log is one that holds it.
OTHERS = developed("2024-01-10", "A9")
SINCE = {"started_on": "2020-01-06"}


def on_development(*rows, people_=({},), **given):
    """Return what is said of the development of A1 and others, where these are logged, as of 30 April 2024."""
    register = people(*(SINCE | row for row in people_), {"assessor_id": "A9", "started_on": "2024-04-01"})
    made = audit(training=frame("training", [*log_of(), OTHERS, *rows]), assessors=register, **given)
    return told(trained_and_developed(made))[1:]


@pytest.mark.parametrize(("day", "status"), [("2023-04-29", "information"), ("2023-04-30", "met")])
def test_the_last_development_is_shown_when_it_is_more_than_twelve_months_ago(day, status):
    """It is ours: twelve months to the day are within, and longer ago is information, never a breach."""
    said = on_development(developed(day))
    assert said[0][0] == status
    if status == "information":
        assert said[0][1:] == ("A1", "their last development, on 2023-04-29, is more than 12 months ago (ours)")
        assert said[-1][0] == "met"


def test_no_development_ever_is_a_breach():
    """Another RPA's development holds; a blank day cannot be judged, and nor can an unknown first day."""
    assert on_development()[0] == ("breach", "A1", "no development is recorded, though they assess since 2020-01-06")
    assert [row[0] for row in on_development(developed("2024-01-10", rpa=OTHER))] == ["met"]
    undated = on_development(developed(None))
    assert undated[0] == ("not_assessable", "A1", "not assessable, because the day of their development is blank")
    unknown = on_development(people_=[{"started_on": None}])
    assert unknown[0][2].endswith("no development is recorded, and since when they assess is blank")


def test_a_log_that_holds_no_development_of_anybody_accuses_nobody():
    """It is a log of something else; so it is where only people of other RPAs are in it."""
    for more in ([], [developed("2024-01-10", "B1", rpa=OTHER)]):
        said = told(trained_and_developed(trained_case([*log_of(), *more], SINCE)))
        assert [row[0] for row in said] == ["met", "not_assessable"]
        assert "holds no development of an assessor of the RPA" in said[1][2]


def test_development_is_asked_of_those_who_have_been_on_the_register_for_twelve_months():
    """Who started later, was removed by the audit's day, or only reviews others, is not asked."""
    register = [
        {"started_on": "2023-04-30"},
        {"assessor_id": "A2", "started_on": "2023-05-01"},
        {"assessor_id": "A3", "roles": "peer_reviewer"},
        {"assessor_id": "A4"},
        {"assessor_id": "A5"},
    ]
    removed = {"rpa": RPA, "procedure": "removal", "closed_on": None, "responsible": "S1"}
    log = [{"action_id": f"AC{n}", "assessor_id": f"A{n}", "opened_on": day, **removed}
           for n, day in ((4, "2024-04-30"), (5, "2024-05-01"))]  # fmt: skip
    found = on_development(people_=register, actions=frame("actions", log))
    assert [row[1] for row in found if row[0] == "breach"] == ["A1", "A5"]
    assert found[-1][2] == (
        "0 of 2 (0 %) assessors who have been on the register for 12 months have development recorded"
    )


def test_development_is_asked_where_the_rule_asks_for_it(tmp_path):
    """Where it is not required nothing is said of it."""
    book = book_with(tmp_path, "HLTA.ASR.3", "development_due: each_year\n", "development_due: not_required\n")
    made = replace(trained_case([*log_of(), OTHERS], SINCE, {"assessor_id": "A9"}), book=book)
    assert len(told(trained_and_developed(made))) == 1


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F43": by.table_rows("assessors", "assessor_id", lambda rows: rows["trained"].str.split(";").map(set) != by.TOPICS),
    "F44": by.topic_late,
    "F45": by.undeveloped,
}
