"""Initial training in every topic before the first assessment, and development in the year."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_books import book_with
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.training import trained_and_developed

TOPICS = ["standards", "preparation", "pre_assessment", "questions", "interviews", "documentation", "moderation"]
YEAR = [f"2023-{n:02}" for n in range(9, 13)] + [f"2024-{n:02}" for n in range(1, 9)]


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


@pytest.mark.parametrize(
    ("day", "status"),
    [("2023-08-31", "breach"), ("2023-09-01", "met"), ("2024-08-31", "met"), ("2024-09-01", "breach")],
)
def test_development_counts_within_the_year(day, status):
    """From 1 September to 31 August, both included."""
    made = trained_case([*log_of(), developed(day)], months=YEAR)
    last = told(trained_and_developed(made))[1:]
    assert last[0][0] == status
    if status == "breach":
        assert last[0] == ("breach", "A1", "no development is recorded in the year from 2023-09")


def test_development_before_the_year_is_over_is_information():
    """July is the eleventh month; nobody is accused."""
    made = trained_case(log_of(), months=["2024-07"], cases=files({"month": "2024-07", "submitted_on": "2024-07-15"}))
    assert told(trained_and_developed(made))[-1] == (
        "information",
        "",
        "0 of 1 (0 %) assessors have development recorded so far in the year from 2023-09, which is not over",
    )


def test_development_is_asked_of_those_on_the_register_in_the_year():
    """Who starts after the year, was removed before it, or only reviews others, is not asked; another RPA's counts."""
    log = frame("training", [*log_of(), developed("2024-01-10", rpa=OTHER), developed(None, "A6")])
    register = people(
        {"started_on": "2024-08-31"},
        {"assessor_id": "A2", "started_on": "2024-09-01"},
        {"assessor_id": "A3", "roles": "peer_reviewer"},
        {"assessor_id": "A4"},
        {"assessor_id": "A5"},
        {"assessor_id": "A6"},
    )
    removed = {"rpa": RPA, "procedure": "removal", "closed_on": None, "responsible": "S1"}
    actions = frame(
        "actions",
        [
            {"action_id": "AC1", "assessor_id": "A4", "opened_on": "2023-08-31", **removed},
            {"action_id": "AC2", "assessor_id": "A5", "opened_on": "2023-09-01", **removed},
        ],
    )
    made = audit(training=log, assessors=register, actions=actions, months=YEAR)
    found = told(trained_and_developed(made))
    assert [row[1] for row in found if row[0] == "breach"] == ["A5"]
    assert ("not_assessable", "A6", "not assessable, because the day of their development is blank") in found
    assert found[-1][2] == "1 of 3 (33.33 %) assessors have development recorded in the year from 2023-09"


def test_development_is_asked_where_the_rule_asks_for_it(tmp_path):
    """Where it is not required nothing is said of it."""
    book = book_with(tmp_path, "HLTA.ASR.3", "development_due: each_year\n", "development_due: not_required\n")
    made = replace(trained_case(log_of(), months=YEAR), book=book)
    assert len(told(trained_and_developed(made))) == 1


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F43": by.table_rows("assessors", "assessor_id", lambda rows: rows["trained"].str.split(";").map(set) != by.TOPICS),
    "F44": by.topic_late,
    "F45": by.undeveloped,
}
