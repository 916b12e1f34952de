"""Working days of England and Wales: what lies between two days, and what a Partnership adds or takes away."""

import datetime as dt

import holidays
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.calendar.working_days import YEARS, WorkingDays, bank_holidays
from qa_lib.errors import IntakeError
from qa_lib.intake.free_days import read_free_days

CALENDAR = WorkingDays()


def day(text):
    """Return a date."""
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "n", "last"),
    [
        ("2024-03-28", 3, "2024-04-04"),  # Maundy Thursday: Good Friday and Easter Monday lie between
        ("2024-03-28", 4, "2024-04-05"),
        ("2023-12-21", 3, "2023-12-28"),  # Christmas Day and Boxing Day on Monday and Tuesday
        ("2023-12-21", 4, "2023-12-29"),
        ("2023-12-21", 10, "2024-01-09"),  # and New Year's Day
        ("2022-12-23", 1, "2022-12-28"),  # Christmas Day on a Sunday: its substitute is the Tuesday
        ("2021-12-24", 1, "2021-12-29"),  # both on a weekend: Monday and Tuesday are free
        ("2022-06-01", 1, "2022-06-06"),  # the Platinum Jubilee, and the spring holiday moved to it
        ("2022-05-27", 1, "2022-05-30"),  # so the last Monday of May was worked
        ("2022-09-16", 1, "2022-09-20"),  # the state funeral
        ("2023-05-05", 1, "2023-05-09"),  # the Coronation
        ("2023-04-28", 1, "2023-05-02"),
        ("2020-05-07", 1, "2020-05-11"),  # Early May moved to the Friday of VE Day
        ("2024-06-08", 1, "2024-06-10"),  # a Saturday
        ("2024-06-10", 0, "2024-06-10"),
        ("2024-06-08", 0, "2024-06-08"),
    ],
)
def test_the_working_day_after(first, n, last):
    """Weekends, bank holidays, their substitutes and the proclaimed ones are not counted, nor the first day."""
    assert CALENDAR.after(day(first), n) == day(last)


def test_scotlands_and_northern_irelands_own_holidays_are_worked():
    """2 January and 17 March are working days here."""
    assert CALENDAR.is_working(day("2024-01-02"))
    assert CALENDAR.is_working(day("2025-03-17"))


def test_wales_has_the_same_bank_holidays():
    """England and Wales are one division: the library gives both the same days, in every year."""
    wales = holidays.country_holidays("GB", subdiv="WLS", years=YEARS)
    assert frozenset(wales) == frozenset().union(*map(bank_holidays, YEARS))


def test_kinds_of_days_give_the_same():
    """A timestamp and a date with a time count as their day."""
    for one in (pd.Timestamp("2024-03-28"), dt.datetime(2024, 3, 28, 17, 30), day("2024-03-28")):
        assert CALENDAR.after(one, 3) == day("2024-04-04")
        assert type(CALENDAR.after(one, 0)) is dt.date
        assert CALENDAR.between(one, pd.Timestamp("2024-04-04")) == 3
        assert not WorkingDays({day("2024-03-28"): True}).is_working(one)


def test_named_days_decide():
    """A day that was named free is not counted, a bank holiday or Saturday that was named worked is."""
    named = WorkingDays({day("2024-04-02"): True, day("2024-04-01"): False, day("2024-03-30"): False})
    assert named.between(day("2024-03-28"), day("2024-04-02")) == 2
    assert named.after(day("2024-03-28"), 3) == day("2024-04-03")
    assert CALENDAR.after(day("2024-03-28"), 3) == day("2024-04-04")


@pytest.mark.parametrize(("inside", "outside"), [("1872-01-02", "1871-12-29"), ("2100-12-31", "2101-01-03")])
def test_a_year_without_known_holidays_is_refused(inside, outside):
    """Beyond the library's years the answer would be wrong by every bank holiday, so there is none."""
    assert CALENDAR.is_working(day(inside))
    with pytest.raises(IntakeError, match=f"a day of {outside[:4]} arrived; .* known from 1872 to 2100"):
        CALENDAR.is_working(day(outside))


@pytest.mark.parametrize(
    ("first", "n", "last"),
    [
        ("2024-04-03", -3, "2024-03-27"),  # Good Friday and Easter Monday lie between
        ("2024-03-30", -1, "2024-03-28"),  # from a Saturday
        ("2024-05-07", -1, "2024-05-03"),  # over the early May bank holiday
    ],
)
def test_a_negative_number_counts_back(first, n, last):
    """The day itself is not counted, whichever way."""
    assert CALENDAR.after(day(first), n) == day(last)


days = st.dates(dt.date(2010, 1, 1), dt.date(2040, 12, 31))
calendars = st.dictionaries(st.dates(dt.date(2024, 1, 1), dt.date(2024, 2, 28)), st.booleans(), max_size=20)


@given(days | st.dates(dt.date(2023, 12, 1), dt.date(2024, 3, 1)), st.integers(0, 30), calendars)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_counting_and_adding_are_inverse(first, n, named):
    """As many working days lie between a day and the n-th after it as n says, whatever days were named."""
    calendar = WorkingDays(named)
    last = calendar.after(first, n)
    assert calendar.between(first, last) == n
    assert calendar.between(last, first) == -n
    assert n == 0 or calendar.is_working(last)
    assert not calendar.is_working(first) or calendar.after(last, -n) == first


@given(days, days)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_adding_and_counting_are_inverse(first, last):
    """What lies between leads to the last day where it is worked, else to the working day before it."""
    first, last = min(first, last), first + (abs(last - first) % dt.timedelta(days=400))
    reached = CALENDAR.after(first, CALENDAR.between(first, last))
    assert reached == last if CALENDAR.is_working(last) else reached <= last


def write(path, text):
    """Return a file with this text."""
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_free_days_are_read_from_a_file(tmp_path):
    """Columns in any order, dates as people write them, yes and no; the days come ascending."""
    text = "reason;free;day\nclosed;yes;31/05/2024\nopen;no;2024-04-01\n\n"
    assert read_free_days(write(tmp_path / "free.csv", text)) == {day("2024-04-01"): False, day("2024-05-31"): True}
    assert read_free_days(write(tmp_path / "none.csv", "day,free,reason\n")) == {}


def test_every_fault_of_the_file_is_told_by_its_line(tmp_path):
    """One line per fault: what arrived, what was expected."""
    rows = [
        "day,free,reason", "2024-05-31,yes,closed", "2024-02-30,maybe,", "03/04/2024,yes,either", "2024-05-31,no,again",
        "2150-01-01,yes,far", "2024-06-01,yes", ",yes,nothing",
    ]  # fmt: skip
    with pytest.raises(IntakeError) as told:
        read_free_days(write(tmp_path / "free.csv", "\n".join(rows)))
    lines = str(told.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"free.csv, line {n}" for n in (3, 3, 3, 4, 5, 6, 7, 8)]
    for line, words in zip(
        lines,
        (
            "day is '2024-02-30'", "free is 'maybe'; expected yes or no", "reason is blank",
            "2024-04-03 or the day and month the other way round", "an earlier line names too", "from 1872 to 2100",
            "2 fields; expected 3 fields", "day is ''; expected a date such as",
        ),
        strict=True,
    ):  # fmt: skip
        assert words in line


@pytest.mark.parametrize("text", ["", "day,free\n2024-05-31,yes\n", "day,free,reason,more\n"])
def test_another_header_is_refused(tmp_path, text):
    """The three columns are named."""
    with pytest.raises(IntakeError, match="expected day, free, reason"):
        read_free_days(write(tmp_path / "free.csv", text))


def test_a_file_that_is_not_there_is_told(tmp_path):
    """The message names the file and what was expected of it."""
    with pytest.raises(IntakeError, match=r"free days 'none.csv' cannot be read .* day, free and reason"):
        read_free_days(tmp_path / "none.csv")
