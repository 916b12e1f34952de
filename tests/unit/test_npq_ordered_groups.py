"""Retention and achievement along Ofsted grades and bands of age."""

import pandas as pd
import pytest

from qa_lib.schemes.npq.pages.ordered_groups import GRADES, ordered_trends, trend_sentences

AGES = ("under 30", "30-39", "40-49", "50 and over")


@pytest.fixture(scope="module")
def people():
    """Return sixteen schools of ten: retention falls clearly with age, and hardly with the grade."""
    rows = [
        (f"1{school:05}", GRADES[school % 4], AGES[i % 4], i // 4 < 2 or i % 4 == 0 or (i % 4 == 1 and school % 2 == 0))
        for school in range(16)
        for i in range(12)
    ]
    frame = pd.DataFrame(rows, columns=["school_urn", "ofsted", "age_band", "retained"])
    return frame.assign(provider="P", level="NPQH", achieved=frame["retained"])


def test_each_order_runs_from_its_first_group_to_its_last(people):
    """Grades from the worst to the best, bands of age by age; the clear trend is said, the other is counted."""
    table = ordered_trends(people, outcomes="retained, achieved").set_index(["measure", "characteristic"])
    assert len(table) == 4
    ages, grades = table.loc[("retained", "age_band")], table.loc[("retained", "ofsted")]
    assert (ages["first"], ages["last"], ages["people"]) == ("under 30", "50 and over", 192)
    assert (grades["first"], grades["last"]) == ("Inadequate", "Outstanding")
    assert ages["slope_points"] < -5
    assert ages["p_adjusted"] < 0.01 < 0.05 < grades["p_adjusted"]
    said = trend_sentences(table.reset_index())
    assert said[0].startswith("NPQH, retained: -")
    assert "with each step from under 30 to 50 and over (age_band; p = " in said[0]
    assert said[-1] == "4 trends along ordered groups were looked for; 2 of them are more than chance would often give."


def test_grades_go_by_schools_where_these_are_known(people):
    """Of one school that loses everybody chance is asked school by school, and by people where no school is known."""
    lumpy = people.assign(retained=people["school_urn"] != "100000")
    by_schools = ordered_trends(lumpy, outcomes="retained").set_index("characteristic").loc["ofsted"]
    by_people = ordered_trends(lumpy.drop(columns="school_urn"), outcomes="retained").set_index("characteristic")
    assert by_people.loc["ofsted", "p_trend"] < 0.001 < 0.05 < by_schools["p_trend"]
    assert by_people.loc["ofsted", "slope_points"] == pytest.approx(by_schools["slope_points"])


def test_without_an_order_nothing_is_looked_for(people):
    """No such column, one group only, or nobody: the table is empty and the sentence says so."""
    for table in (people.drop(columns=["ofsted", "age_band"]), people.assign(ofsted="Good", age_band=None), people[:0]):
        trends = ordered_trends(table, outcomes="retained")
        assert trends.empty
        assert "No characteristic with an order" in trend_sentences(trends)[0]
