"""By when something is due, and what is in time, late, overdue, not yet due or not to be judged."""

import datetime as dt

import pandas as pd
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.audit.deadlines import STATES, UNITS, Deadline, judged, timeliness
from qa_lib.calendar.working_days import WorkingDays
from qa_lib.scheme import load_rulebook

DAY = pd.Timedelta(days=1)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31)).map(pd.Timestamp)


def days(*texts):
    """Return a column of days."""
    return pd.to_datetime(pd.Series(texts)).astype("datetime64[ns]")


@pytest.mark.parametrize(
    ("limit", "unit", "start", "due"),
    [
        (3, "working days", "2024-03-28", "2024-04-04"),  # over Easter
        (1, "working days", "2024-03-30", "2024-04-02"),  # from a Saturday
        (0, "working days", "2024-03-30", "2024-03-30"),
        (3, "days", "2024-03-28", "2024-03-31"),
        (2, "weeks", "2024-03-28", "2024-04-11"),
        (6, "months", "2018-08-31", "2019-02-28"),
        (6, "months", "2019-08-31", "2020-02-29"),
        (18, "months", "2018-09-01", "2020-03-01"),
        (12, "months", "2024-02-29", "2025-02-28"),
    ],
)
def test_the_last_day_is_counted_in_its_unit(limit, unit, start, due):
    """The first day is not counted; where a month is too short for the day, its last day counts."""
    assert Deadline(limit, unit).due(pd.Timestamp(start)) == pd.Timestamp(due)


def test_months_are_those_of_the_calendar_on_every_day():
    """The last day in time is dateutil's, for four years of days."""
    begun = [dt.date(2016, 1, 1) + dt.timedelta(days=number) for number in range(1461)]
    found = judged(days(*begun), days(*begun), Deadline(18, "months"), as_of=pd.Timestamp("2020-01-01"))
    assert [day.date() for day in found["due"]] == [day + relativedelta(months=18) for day in begun]


def test_days_of_the_office_move_the_deadline():
    """A day that was named free gives a day more."""
    calendar = WorkingDays({dt.date(2024, 4, 2): True})
    assert Deadline(3, "working days", calendar).due(pd.Timestamp("2024-03-28")) == pd.Timestamp("2024-04-05")


@pytest.mark.parametrize(
    ("done", "as_of", "state"),
    [
        ("2024-04-04", "2024-04-30", "in time"),
        ("2024-04-05", "2024-04-30", "late"),
        ("2024-03-28", "2024-04-30", "in time"),
        ("2024-03-27", "2024-04-30", "not assessable"),
        (None, "2024-04-04", "not yet due"),
        (None, "2024-04-05", "overdue"),
    ],
)
def test_the_due_day_is_in_time_and_the_day_after_is_late(done, as_of, state):
    """On the due day itself it may still be done; what was done before it began cannot be judged."""
    found = judged(days("2024-03-28"), days(done), Deadline(3, "working days"), as_of=pd.Timestamp(as_of))
    assert found["state"].tolist() == [state]


def test_without_a_first_day_nothing_is_due():
    """Done or not: it cannot be judged, and has neither deadline nor due day; no row at all is no fault."""
    found = judged(days(None, None), days(None, "2024-03-28"), Deadline(1, "days"), as_of=pd.Timestamp("2024-04-30"))
    assert found["state"].tolist() == ["not assessable"] * 2
    assert found[["start", "deadline", "due"]].isna().all(axis=None)
    assert judged(days(), days(), Deadline(1, "days"), as_of=pd.Timestamp("2024-04-30")).empty


def test_each_has_the_deadline_of_the_day_on_which_it_began():
    """Where a rule changed, what began before is held against the old value; the rows keep their index."""
    begun = days("2024-03-01", "2024-04-01").set_axis([7, 3])
    done = days("2024-03-03", "2024-04-03").set_axis([7, 3])
    found = judged(
        begun, done, lambda day: Deadline(2 if day.month < 4 else 1, "days"), as_of=pd.Timestamp("2024-04-30")
    )
    assert found["state"].to_dict() == {7: "in time", 3: "late"}
    assert found["deadline"].map(str).tolist() == ["2 days", "1 days"]


def test_a_due_day_that_was_told_is_judged_as_it_stands():
    """The same states where the day was agreed, and no limit is counted."""
    due = days("2024-04-04", "2024-04-04", "2024-04-04", "2024-04-30", None)
    done = days("2024-04-04", "2024-04-05", None, None, "2024-04-01")
    assert tuple(timeliness(due, done, as_of=pd.Timestamp("2024-04-30"))) == STATES


@given(DAYS, st.integers(0, 400), st.sampled_from(UNITS), st.integers(-400, 800))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_one_day_divides_what_is_in_time_from_what_is_late(start, limit, unit, later):
    """Done on a day and not done by it agree: in time until the due day, late or overdue from the next."""
    limit = limit if unit != "months" else limit % 60
    day, deadline = start + later * DAY, Deadline(limit, unit)
    due = deadline.due(start)
    done = judged(pd.Series([start]), pd.Series([day]), deadline, as_of=day)["state"].iloc[0]
    undone = judged(pd.Series([start]), days(None), deadline, as_of=day)["state"].iloc[0]
    assert undone == ("overdue" if day > due else "not yet due")
    assert done == ("not assessable" if day < start else "late" if day > due else "in time")


def test_the_rule_book_gives_limit_and_unit():
    """A count as it is, a table by its column; the unit may say more, and the words are the short ones."""
    hlta, npq = load_rulebook("hlta")["HLTA.PAR.1"], load_rulebook("npq")
    asked = [
        Deadline.from_rule(hlta, hlta.on("2024-01-01").value, f"{what}_within") for what in ("acknowledged", "answered")
    ]
    assert [str(one) for one in asked] == ["3 working days", "10 working days"]
    rule = npq["NPQ.REQ.6"]
    assert str(Deadline.from_rule(rule, rule.on("2019-01-01").value)) == "1 days"
    rule = npq["NPQ.M4"]
    assert str(Deadline.from_rule(rule, rule.on("2019-01-01").value, "within")) == "18 months"
    with pytest.raises(ValueError, match="unit is 'years'; expected one of working days, days, weeks, months"):
        Deadline.from_rule(npq["NPQ.REQ.1"], npq["NPQ.REQ.1"].on("2019-01-01").value, "years")


def test_what_something_took_is_told_in_the_deadlines_days():
    """Working days where these are counted, else days of the calendar."""
    first, last = pd.Timestamp("2024-03-28"), pd.Timestamp("2024-04-04")
    took = [Deadline(1, unit).taken(first, last) for unit in UNITS]
    assert took == ["3 working days", "7 days", "7 days", "7 days"]
