"""The bank holidays that deadlines are counted with are those that the government publishes."""

import datetime as dt
import json

import pytest

from qa_lib.calendar.working_days import WorkingDays, bank_holidays

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def published(real_data):
    """Return the published days of England and Wales."""
    path = real_data / "calendar" / "bank-holidays.json"
    events = json.loads(path.read_text(encoding="utf-8"))["england-and-wales"]["events"]
    return {dt.date.fromisoformat(event["date"]) for event in events}


def test_the_same_weekdays_are_free(published):
    """In every year that is published, the same Mondays to Fridays are bank holidays; weekends are free anyway."""
    years = sorted({day.year for day in published})
    ours = {day for year in years for day in bank_holidays(year) if day.weekday() < 5}
    assert len(years) >= 4
    assert ours == published


def test_every_other_weekday_is_worked(published):
    """From the first to the last published day, a weekday is a working day unless it is published."""
    calendar = WorkingDays()
    first, last = min(published), max(published)
    every = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    assert {day for day in every if day.weekday() < 5 and not calendar.is_working(day)} == published
    assert not any(calendar.is_working(day) for day in every if day.weekday() >= 5)
