"""The metrics of every period of a provider, as a table and as lines."""

import pandas as pd
import pytest
from npq_frames import audit, frame, people

from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.audit import periods_so_far
from qa_lib.schemes.npq.pages.metric_tables import metrics, trends
from qa_lib.schemes.npq.pages.provider_page import trend_lines, trend_table


def given(**more):
    """Return the audit of a provider of two years: all of the first cohort present, half of the second."""
    first = {"enrolled_on": "2016-10-03", "commenced_on": "2016-10-03", "presented_on": "2017-12-01", "result": "pass"}
    second = {"enrolled_on": "2017-10-02", "commenced_on": "2017-10-02", "result": "pass"}
    table = people(*[first] * 4, *[second | {"presented_on": "2018-12-03"}] * 2, *[second | {"result": None}] * 2)
    table = table.assign(sex=["Female", "Male"] * 4)
    ratings = [("p0001", "5", "2018-01-08"), ("p0005", "8", "2019-01-07"), ("p0006", "9", "2019-01-07")]
    columns = ("participant_id", "rating", "completed_on")
    forms = frame("feedback", [dict(zip(columns, row, strict=True)) for row in ratings])
    return audit(participants=table, feedback=forms, **more)


def test_the_periods_of_a_provider_go_from_its_first_day_to_the_as_of_day():
    """Whole years of the days that are judged; without days or a year there is none to step from."""
    found = periods_so_far(given())
    assert [(one.period, str(one.first_day.date()), str(one.last_day.date())) for one in found] == [
        ("2016-17", "2016-10-01", "2017-09-30"), ("2017-18", "2017-10-01", "2018-09-30"),
        ("2018-19", "2018-10-01", "2019-09-30"), ("2019-20", "2019-10-01", "2020-09-30"),
    ]  # fmt: skip
    assert [one.operating_year for one in periods_so_far(given(operating_year=2))] == [1, 2, 3]
    assert periods_so_far(given(period="")) == []
    assert trends(given(period="second year")).empty


def test_each_period_is_judged_by_itself():
    """The figures of the period that is judged are those of its own page; another period has others."""
    found, own = trends(given()), metrics(given())
    now = found[found["period"] == "2018-19"].reset_index(drop=True)
    pd.testing.assert_frame_equal(now, own[own["rate"].notna()].reset_index(drop=True))
    mean = found[(found["metric"] == "M6") & (found["level"] == "")].set_index("period")["rate"]
    assert mean.to_dict() == {"2017-18": 5.0, "2018-19": 8.5}
    in_time = found[found["metric"] == "M4"].set_index("period")
    assert in_time["rate"].to_dict() == {"2017-18": 1.0, "2018-19": 0.5}
    assert in_time["status"].to_dict() == {"2017-18": "met", "2018-19": "breach"}


def test_the_table_has_a_column_for_each_period_and_the_lines_a_series_for_each_level():
    """A figure that a period has not is blank; nothing is a table without rows."""
    found = trends(given())
    table = trend_table(found).set_index(["metric", "level"])
    assert table.columns.tolist() == ["measure", "2017-18", "2018-19"]
    assert table.loc[("M6", "all"), "2017-18"] == "5 (5 over 1), breach"
    assert table.loc[("M4", "NPQH"), "2018-19"] == "50.0 % (2 of 4), breach"
    lines = trend_lines(found)
    assert lines["measure"].unique().tolist() == ["presented", "retention", "achievement"]
    assert set(lines["series"]) == {"NPQH"}
    assert trend_table(found.iloc[:0]).empty
    assert trend_lines(found.iloc[:0]).empty


@pytest.mark.parametrize("year", [0, "-1"])
def test_the_years_of_a_provider_begin_at_one(year):
    """Nought is not taken for nothing given, and years before the first would start returns in the time to come."""
    with pytest.raises(IntakeError, match=f"operating_year arrived as {year}; expected 1"):
        given(operating_year=year)
