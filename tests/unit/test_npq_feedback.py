"""NPQ.M6: an exact mean of at least 6, and no award before the form."""

from fractions import Fraction

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import audit, frame, only, people
from statsmodels.stats.weightstats import DescrStatsW

from qa_lib.schemes.npq.rules.participant_feedback import mean_feedback, mean_interval, ratings

TEN = (Fraction(0), Fraction(10))


def feedback(*ratings, **shared):
    """Return feedback of the first participants."""
    day = {"completed_on": "2019-02-01"}
    rows = [{"participant_id": f"p{n:04}", "rating": text, **day, **shared} for n, text in enumerate(ratings, 1)]
    return frame("feedback", rows)


def judged(*ratings, **more):
    """Return what is said of the provider's mean."""
    everybody = people(*[{"presented_on": "2019-01-01"}] * max(len(ratings), 4))
    return mean_feedback(audit(participants=everybody, feedback=feedback(*ratings), **more))


@pytest.mark.parametrize(
    ("ratings", "status"),
    [(["6", "6"], "met"), (["5", "7"], "met"), (["5.999", "6"], "breach"), (["5.9", "6", "6.1"], "met")],
)
def test_exactly_six_is_enough(ratings, status):
    """The mean is exact: 5.9, 6 and 6.1 make 6, which floats do not."""
    said = only(judged(*ratings), level="")
    assert said.status == status
    assert said.rate == sum(map(Fraction, ratings)) / len(ratings)


def test_the_interval_is_students():
    """As statsmodels has it; within the scale; none for one rating."""
    ratings = [Fraction(number) for number in (3, 7, 8, 9, 6)]
    low, high = DescrStatsW([float(number) for number in ratings]).tconfint_mean()
    assert mean_interval(ratings, scale=TEN) == pytest.approx((low, high))
    assert mean_interval([Fraction(10), Fraction(9)], scale=TEN)[1] == 10
    assert mean_interval([Fraction(6)], scale=TEN) is None


@pytest.mark.parametrize(("rating", "inside"), [("0", True), ("10", True), ("10.01", False), ("-1", False)])
def test_a_rating_outside_the_scale_is_told_and_in_no_mean(rating, inside):
    """The ends of the scale belong to it."""
    said = judged("6", rating)
    assert only(said, level="").denominator == (2 if inside else 1)
    assert any("outside the scale" in one.message for one in said) != inside


def test_the_response_rate_is_of_those_who_presented():
    """Two ratings of four."""
    assert "response rate 2 of 4 (50 %) who presented" in only(judged("6", "7"), level="").message


def test_levels_stand_beside_and_are_not_judged():
    """A level below 6 is information."""
    assert only(judged("5", "5"), level="NPQH").status == "information"


@pytest.mark.parametrize(
    ("awarded", "status"), [("2019-05-01", "breach"), ("2019-05-02", "met"), ("2019-05-03", "met")]
)
def test_an_award_on_the_day_of_the_form_is_in_time(awarded, status):
    """The day before is a breach of that participant."""
    table = people({"awarded_on": awarded, "presented_on": "2019-01-01"})
    said = mean_feedback(audit(participants=table, feedback=feedback("8", completed_on="2019-05-02")))
    award = only(said, measure=False)
    assert (award.status, award.subject) == (status, "p0001" if status == "breach" else "")


def test_a_blank_day_of_the_form_is_not_a_breach():
    """Awarded without a day of the form: not assessable; else the participant's own column serves."""
    table = people({"awarded_on": "2019-05-01"}, {"awarded_on": "2019-05-01", "feedback_completed_on": "2019-04-30"})
    said = mean_feedback(audit(participants=table, feedback=feedback("8", "8", completed_on=None)))
    assert [one.status for one in said if not one.measure] == ["not_assessable", "met", "not_assessable"]
    assert "the day of the form is blank for 1 of 2 (50 %) ratings: in no period's mean" in said[2].message


def test_no_feedback_is_not_assessable():
    """No table, no rating."""
    assert "no table feedback" in mean_feedback(audit(participants=people({})))[-1].message
    assert "no feedback was received" in judged(None)[-1].message


@pytest.mark.parametrize(
    ("day", "inside"), [("2018-09-30", False), ("2018-10-01", True), ("2019-09-30", True), ("2019-10-01", False)]
)
def test_a_form_counts_in_the_period_of_its_day(day, inside):
    """The first and the last day of the period are in it; every period stands beside."""
    table = pd.concat([feedback("7", "7"), feedback("1", completed_on=day).assign(participant_id="p0003")])
    given = audit(participants=people({}, {}, {}), feedback=table)
    said = only(mean_feedback(given), level="")
    assert (said.denominator, said.status) == ((3, "breach") if inside else (2, "met"))
    assert said.beside.endswith("of every period so far: mean 5 over 3")
    assert len(ratings(given)) == said.denominator
    assert len(ratings(audit(participants=people({}, {}, {}), feedback=table, period=""))) == 3


def test_feedback_of_staff_is_told_and_in_no_mean():
    """Who delivers the programme is no participant of it, whatever they rate."""
    table = people({"staff_role": "facilitator"}, {}, {"staff_role": None})
    said = mean_feedback(audit(participants=table, feedback=feedback("10", "5", "6")))
    assert only(said, level="").rate == Fraction(11, 2)
    assert [one.message for one in said if one.status == "information" and not one.measure] == [
        "1 rating of staff who deliver: in no mean"
    ]


def test_a_period_without_forms_is_not_assessable():
    """Of another period's forms nothing is held against it."""
    said = mean_feedback(audit(participants=people({}), feedback=feedback("8", completed_on="2018-09-30")))
    assert said[-1].message == "not assessable, because no feedback was received in 2018-19"


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N60": by.ratings(lambda total, number: total == 6 * number),
    "N61": by.ratings(lambda total, number: total < 6 * number),
    "N62": by.people(
        lambda p: (by.days(p["awarded_on"]) >= p["presented_on"]) & (p["awarded_on"] < p["feedback_completed_on"])
    ),
    "N63": by.rows("people", "provider", lambda p: (p["awarded_on"] != "") & (p["feedback_completed_on"] == "")),
    "N64": by.people(lambda p: (p["awarded_on"] != "") & (p["awarded_on"] == p["feedback_completed_on"])),
}
