"""NPQ.M4: 18 calendar months from formally commencing, and 90 %."""

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import audit, only, people

from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.rules.presentation import attempts, commenced, presented_in_time


def cohort(presented, size, **shared):
    """Return people of whom so many presented after a year."""
    rows = [{"presented_on": "2018-09-01" if number < presented else None} for number in range(size)]
    return people(*rows, **({"enrolled_on": "2017-09-01", "commenced_on": "2017-09-01"} | shared))


@pytest.mark.parametrize(("presented", "status"), [(17, "breach"), (18, "met"), (19, "met")])
def test_ninety_per_cent_is_enough(presented, status):
    """18 of 20 is exactly 90 %."""
    said = only(presented_in_time(audit(participants=cohort(presented, 20))))
    assert (said.status, said.numerator, said.denominator) == (status, presented, 20)


@pytest.mark.parametrize(
    ("began", "presented", "in_time"),
    [
        ("2017-08-31", "2019-02-28", True),
        ("2017-08-31", "2019-03-01", False),
        ("2018-08-31", "2020-02-29", True),
        ("2017-09-01", "2019-03-01", True),
        ("2017-09-01", "2019-03-02", False),
    ],
)
def test_eighteen_months_to_the_day(began, presented, in_time):
    """The last day is in time; 31 August and 18 months is the last day of February, in leap years the 29th."""
    table = people({"enrolled_on": began, "commenced_on": began, "presented_on": presented})
    assert commenced(audit(participants=table, as_of="2021-01-01"))["in_time"].tolist() == [in_time]


@pytest.mark.parametrize(("enrolled", "active"), [("2017-09-05", "2017-10-01"), ("2017-10-01", "2017-09-05")])
def test_commencing_is_the_later_of_enrolled_and_active(enrolled, active):
    """Both are needed, so the clock starts with the second."""
    table = people({"enrolled_on": enrolled, "commenced_on": active, "presented_on": "2019-04-01"})
    (row,) = commenced(audit(participants=table)).to_dict("records")
    assert (row["began"], row["in_time"]) == (pd.Timestamp("2017-10-01"), True)


@pytest.mark.parametrize(("as_of", "closed"), [("2019-02-27", False), ("2019-02-28", True)])
def test_a_cohort_is_closed_on_its_last_day(as_of, closed):
    """From the day on which nobody of it can be in time any more."""
    table = people({"enrolled_on": "2017-08-31", "commenced_on": "2017-08-31"})
    assert commenced(audit(participants=table, as_of=as_of))["closed"].tolist() == [closed]


def test_who_is_not_due_is_provisional_and_in_no_rate():
    """Later starters neither help, when they presented early, nor harm."""
    table = pd.concat([cohort(9, 10), people({"presented_on": "2019-01-01"}, {})], ignore_index=True)
    table["participant_id"] = [f"q{number}" for number in range(len(table))]
    said = only(presented_in_time(audit(participants=table, as_of="2019-12-01")))
    assert (said.status, said.denominator) == ("met", 10)
    later, over = said.beside.split("; ")
    assert later == "provisional, not yet 18 months: 1 of 2 (50 %) presented so far"
    assert over == "every cohort whose 18 months are over: 9 of 10 (90 %)"


def test_withdrawn_and_deferred_count_as_not_presented():
    """Leaving does not take anybody out of the denominator."""
    table = people(
        {"presented_on": "2019-01-01"}, {"withdrawn_on": "2018-12-01"}, {"deferred_on": "2018-12-01"},
        enrolled_on="2018-01-01", commenced_on="2018-01-01",
    )  # fmt: skip
    assert only(presented_in_time(audit(participants=table))).denominator == 3


def test_what_happens_later_is_not_known():
    """Presenting after the as-of day does not count yet."""
    table = cohort(1, 1, commenced_on="2017-01-01", enrolled_on="2017-01-01")
    assert commenced(audit(participants=table, as_of="2018-08-31"))["presented"].tolist() == [False]
    assert commenced(audit(participants=table, as_of="2018-09-01"))["presented"].tolist() == [True]


def test_staff_and_rows_listed_twice_are_no_further_participants():
    """A double row counts once, in whatever order; a second attempt is a second commencing."""
    start = {"enrolled_on": "2017-09-01", "commenced_on": "2017-09-01", "trn": "1"}
    again = {"enrolled_on": "2018-03-01", "commenced_on": "2018-03-01", "trn": "1", "previous_attempt": "withdrawn"}
    table = people(start, start | {"presented_on": "2018-09-01"}, again, start | {"trn": "2", "staff_role": "team"})
    for rows in (table, table.iloc[::-1]):
        found = commenced(audit(participants=rows))
        assert found["participant_id"].tolist() == ["p0002", "p0003"]


def test_nobody_due_is_not_assessable():
    """A level whose cohorts are all open has no rate."""
    said = only(presented_in_time(audit(participants=people({}), as_of="2019-06-01")))
    assert said.status == "not_assessable"
    assert "nobody's 18 months ended in 2018-19, as known on 2019-06-01" in said.message


def test_who_presented_without_a_day_of_commencing_is_told():
    """They are in no rate, visibly."""
    table = people({"commenced_on": None, "presented_on": "2019-01-01"}, {"commenced_on": None})
    said = only(presented_in_time(audit(participants=table)), measure=False)
    assert said.message.startswith("not assessable, because 1 presented but")


def test_a_period_has_the_cohorts_whose_time_ended_in_it():
    """The first and the last day of the period are in it, the days around are not; every cohort stands beside."""
    ends = {"2018-09-30": False, "2018-10-01": True, "2019-09-30": True, "2019-10-01": False}
    starts = [
        {"enrolled_on": day, "commenced_on": day} for day in ("2017-03-30", "2017-04-01", "2018-03-30", "2018-04-01")
    ]
    found = commenced(audit(participants=people(*starts)))
    assert found["due"].dt.strftime("%Y-%m-%d").tolist() == list(ends)
    assert found["of_period"].tolist() == list(ends.values())
    said = only(presented_in_time(audit(participants=people(*starts))))
    assert (said.numerator, said.denominator) == (0, 2)
    assert said.beside.endswith("every cohort whose 18 months are over: 0 of 4 (0 %)")
    assert commenced(audit(participants=people(*starts), period=""))["of_period"].all()


def test_the_days_of_a_period_are_given_or_of_its_year():
    """Given days stand; a period that is no year has none, and what depends on them is not assessable."""
    table = people({"enrolled_on": "2017-04-01", "commenced_on": "2017-04-01"})
    given = audit(participants=table, first_day="2018-09-01", last_day="2018-09-30")
    assert not commenced(given)["of_period"].any()
    (said,) = presented_in_time(audit(participants=table, period="second year"))
    assert "on which days the period 'second year' begins and ends is not known" in said.message
    for ends in ({"first_day": "2018-09-01"}, {"first_day": "2018-09-01", "last_day": "2018-08-31"}):
        with pytest.raises(IntakeError, match="expected its first and its last day in this order"):
            audit(participants=table, **ends)
    with pytest.raises(IntakeError, match="are of no period; name it, or leave them out"):
        audit(participants=table, period="", first_day="2018-09-01", last_day="2018-09-30")


def test_what_contradicts_commencing_is_named_and_helps_nobody():
    """Presented years before: not in time, and not presented. Withdrawn before commencing: did not commence."""
    start = {"enrolled_on": "2017-07-01", "commenced_on": "2017-07-20"}
    table = people(
        start | {"presented_on": "2007-06-01"}, start | {"withdrawn_on": "2017-07-19"},
        start | {"withdrawn_on": "2017-07-20"}, start | {"withdrawn_on": "2017-07-19", "presented_on": "2018-07-19"},
    )  # fmt: skip
    given = audit(participants=table)
    assert commenced(given)["participant_id"].tolist() == ["p0001", "p0003", "p0004"]
    said = presented_in_time(given)
    assert (only(said).numerator, only(said).denominator) == (1, 3)
    assert [(one.subject, one.status) for one in said if not one.measure] == [
        ("p0001", "not_assessable"), ("p0002", "information"),
    ]  # fmt: skip
    assert "presented on 2007-06-01, before commencing on 2017-07-20" in said[1].message
    assert "withdrew on 2017-07-19, before commencing on 2017-07-20: did not commence" in said[2].message


def test_presenting_on_the_day_of_commencing_is_no_contradiction():
    """The day before is one."""
    start = {"enrolled_on": "2017-07-01", "commenced_on": "2017-07-20"}
    table = people(start | {"presented_on": "2017-07-20"}, start | {"presented_on": "2017-07-19"})
    assert commenced(audit(participants=table))["in_time"].tolist() == [True, False]


def test_every_attempt_is_shown_and_the_last_one_counts():
    """A person of two rows, whose numbers are their own; others are not listed."""
    first = {"enrolled_on": "2016-09-01", "commenced_on": "2016-09-01", "deferred_on": "2017-01-10", "trn": "1"}
    table = people(
        {"enrolled_on": "2018-03-01", "commenced_on": "2018-03-01", "trn": "1", "presented_on": "2019-03-01"}, first,
        {"trn": "2"}, {"trn": "1", "level": "NPQEL"},
    )  # fmt: skip
    found = attempts(audit(participants=table))
    assert found[["participant_id", "counts"]].to_numpy().tolist() == [["p0002", False], ["p0001", True]]
    assert attempts(audit(participants=table.drop(columns="commenced_on"))).empty


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N10": by.fails_by_the_undue,
    "N11": by.people(lambda p: (p["presented_on"] == p["due_on"]) & (p["enrolled_on"] <= p["commenced_on"])),
    "N12": by.levels(lambda p: p["presented_on"] == p["due_on"] + pd.Timedelta(days=1)),
    "N13": by.people(lambda p: (p["presented_on"] == p["due_on"]) & (p["enrolled_on"] > p["commenced_on"])),
    "N115": by.people(lambda p: p["presented_on"] < p["commenced_on"]),
    "N116": by.people(lambda p: by.days(p["withdrawn_on"]) < p["commenced_on"]),
    "N14": by.people(lambda p: (p["year"] == "2017-18") & ~p["due"]),
}
