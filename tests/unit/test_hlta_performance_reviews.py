"""Assessors' performance is reviewed after signals of quality issues, and shown where a year passes (HLTA.ASR.9)."""

import hlta_counts as by
import pytest
from hlta_draws import moderations
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.performance_reviews import performance_reviewed

PARTIAL = {"decision": "overturned", "final_outcome": "partial_reassessment"}
FULL = PARTIAL | {"final_outcome": "full_reassessment"}
PAPERS = {"paperwork_due_on": "2024-03-20", "paperwork_on": "2024-03-20"}


def review(day="2024-03-01", assessor="A1", rpa=RPA):
    """Return a row of a review."""
    return {"assessor_id": assessor, "rpa": rpa, "reviewed_on": day, "by": "S1"}


def reviewed(*rows, found=({},), people=(), **given):
    """Return what is said of A1's reviews, where moderators found this in files of the month on 10 April."""
    cases = files(*[PAPERS] * max(2, len(found)))
    said = moderations(*({"case_id": name, **one} for name, one in zip(cases["case_id"], found, strict=False)))
    register = frame("assessors", [{"assessor_id": "A1", "rpa": RPA, "started_on": None}, *people])
    looks = frame("scrutiny", [{"case_id": "c001", "result": "fit", "scrutinised_on": "2024-03-18"}])
    tables = {"cases": cases, "moderations": said, "scrutiny": looks, "assessors": register}
    if rows:
        tables["performance_reviews"] = frame("performance_reviews", rows)
    return told(performance_reviewed(audit(**(tables | given))))


@pytest.mark.parametrize(
    ("found", "day", "warned"),
    [
        ([FULL], "2024-04-09", "1 result overturned to full reassessment (2024-04-10) since their last review on"),
        ([FULL], "2024-04-10", ""),
        ([PARTIAL], "2024-03-01", ""),
        ([PARTIAL, PARTIAL], "2024-04-09", "2 results overturned (2024-04-10) since their last review on 2024-04-09"),
        ([PARTIAL, PARTIAL], "2024-04-11", ""),
        ([PARTIAL | {"moderated_on": "2024-04-03"}, PARTIAL], "2024-04-05", ""),
    ],
)
def test_a_signal_after_the_last_review_is_warned_of(found, day, warned):
    """Files after the day of the review count as often as the convention asks; those up to it are known to it."""
    said = reviewed(review(day), found=found)
    warnings = [message for status, who, message in said if (status, who) == ("warning", "A1")]
    assert len(warnings) == bool(warned)
    assert all(warned in message and message.endswith("has to be reviewed") for message in warnings)
    expected = "information" if warned or found == [PARTIAL] else "met"
    assert [status for status, who, _ in said if not who] == [expected]


def test_reviews_by_others_or_of_others_are_no_review_of_theirs():
    """Another RPA's review, or another person's, leaves the assessor without; it is said that there is none."""
    for rows in ([review("2024-04-20", "A2")], [review("2024-04-20", rpa=OTHER), review("2024-04-20", "A2")]):
        assert "(2024-04-10) and no review of theirs is recorded" in reviewed(*rows, found=[FULL])[0][2]


def test_a_review_without_its_day_cannot_be_judged():
    """Whether it came before or after is not known."""
    said = reviewed(review(None), review("2024-03-01"), found=[FULL])
    assert said[0] == ("not_assessable", "A1", "not assessable, because the day of a review of theirs is blank")


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([FULL | {"moderated_on": None}], "not_assessable"),
        ([PARTIAL | {"moderated_on": None}], None),
        ([PARTIAL | {"moderated_on": None}, PARTIAL], "not_assessable"),
        ([PARTIAL | {"moderated_on": None}, PARTIAL, PARTIAL], "warning"),
    ],
)
def test_a_signal_without_its_day_may_be_of_after_the_review(found, status):
    """Where it makes up the number that counts nothing is met; enough with a day are a warning all the same."""
    said = reviewed(review("2024-04-09"), found=found)
    assert [one for one, who, _ in said if who == "A1"] == [status] * (status is not None)
    assert "met" not in {one for one, _, _ in said}


@pytest.mark.parametrize(
    ("day", "started", "shown"),
    [
        ("2023-04-29", "2023-04-30", "12 months up to 2024-04-30 (ours); the last was on 2023-04-29"),
        ("2023-04-30", "2023-04-30", ""),
        (None, "2023-04-30", "12 months up to 2024-04-30 (ours); none is recorded"),
        (None, "2023-05-01", ""),
    ],
)
def test_a_year_without_a_review_is_information(day, started, shown):
    """Twelve months to the day are within; who started later is not asked; it accuses nobody."""
    people = [{"assessor_id": "A2", "rpa": RPA, "started_on": started}]
    said = reviewed(review(), *[review(day, "A2")] * (day is not None), people=people)
    assert [row[2].partition("review in ")[2] for row in said if row[1] == "A2"] == [shown] * bool(shown)
    assert {row[0] for row in said} == {"information"}


def test_without_reviews_on_record_nothing_is_judged():
    """The table is missing, holds nothing of the RPA, or lacks a column."""
    assert told(performance_reviewed(audit()))[0][2].endswith("the data set has no table performance_reviews")
    assert [row[0] for row in reviewed(review(rpa=OTHER), found=[FULL])] == ["not_assessable"]
    short = frame("performance_reviews", [review()]).drop(columns="reviewed_on")
    assert "no column reviewed_on" in reviewed(found=[FULL], performance_reviews=short)[0][2]


def test_signals_that_the_data_cannot_show_are_named_and_nothing_is_met():
    """Without scrutiny a file sent back could stand after the review."""
    said = reviewed(review("2024-04-20"), found=[FULL], scrutiny=frame("scrutiny", [{"case_id": "c001"}]))
    assert [row[0] for row in said] == ["not_assessable"]
    assert "files sent back at scrutiny (the table scrutiny has no column scrutinised_on and no result)" in said[0][2]


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {"F150": by.unreviewed, "F151": by.long_unreviewed}
