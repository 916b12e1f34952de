"""NPQ.M7: the threshold alone is the verdict, strictly more than 10; the statistics stand beside it."""

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import audit, frame, only, people

from qa_lib.schemes.npq.rules.group_gaps import CHARACTERISTICS, cohort, group_gaps, groups_alike

START = {"enrolled_on": "2017-09-01", "commenced_on": "2017-09-01"}


def cohort_of(**groups):
    """Return a closed cohort of ``sex=(presented, people)``."""
    rows = [
        {"sex": label, "presented_on": "2018-09-01" if number < k else None, "result": "pass" if number < k else "none"}
        for label, (k, n) in groups.items()
        for number in range(n)
    ]
    return people(*rows, **START)


def compared(table, **more):
    """Return the comparison by measure and group of sex."""
    groups = group_gaps(audit(participants=table, **more))
    return groups[groups["characteristic"] == "sex"].set_index(["measure", "group"])


@pytest.mark.parametrize(
    ("group", "rest", "flag"),
    [((80, 100), (820, 900), False), ((79, 100), (821, 900), True), ((100, 100), (800, 900), False)],
)
def test_a_gap_of_exactly_ten_points_is_not_more_than_ten(group, rest, flag):
    """80 % against an overall 90 % is in; 79 % is not; above counts as below does."""
    table = cohort_of(a=group, b=rest)
    row = compared(table).loc[("retention", "a")]
    assert bool(row["flag"]) is flag
    said = groups_alike(audit(participants=table))
    verdict = [one.status for one in said if one.measure.startswith("retention")]
    assert verdict == ["breach" if flag else "met"]
    assert sum(one.subject_type == "group" for one in said) == flag


def test_the_relative_reading_stands_beside():
    """8.9 of 90 points are 10 % of the rate: flagged in that reading before it is in points."""
    row = compared(cohort_of(a=(30, 50), b=(40, 50))).loc[("retention", "a")]
    assert (bool(row["flag"]), bool(row["flag_relative"])) == (False, True)


@pytest.mark.parametrize(
    ("group", "rest", "said", "apart"),
    [
        ((3, 4), (93, 96), "3 of 4 (75 %), -21.0 points from 96 %", "too few people to be tested"),
        (
            (4, 5),
            (92, 95),
            "4 of 5 (80 %), -16.0 points from 96 %",
            "chance alone may give this: the numbers cannot tell",
        ),
    ],
)
def test_a_flag_says_apart_what_chance_does(group, rest, said, apart):
    """One who did not present is far off: of five the numbers cannot tell, fewer are not tested; one makes the flag."""
    found = groups_alike(audit(participants=cohort_of(a=group, b=rest)))
    flagged = only([one for one in found if one.subject_type == "group"], measure=False)
    assert flagged.subject == "P NPQH retention sex a"
    assert flagged.message == (
        f"retention of sex a: {said}; apart from the rule: {apart}; 1 person with the other outcome would clear it"
    )


def test_retention_is_of_commenced_and_achievement_of_presented():
    """Two of three presented, one of two passed; a time limit plays no part."""
    table = people(
        {"presented_on": "2018-01-01", "result": "pass"}, {"presented_on": "2019-12-31", "result": "fail"},
        {"withdrawn_on": "2018-01-01"}, sex="Female", **START,
    )  # fmt: skip
    rows = compared(table)
    assert rows.loc[("retention", "Female"), ["k", "n"]].tolist() == [2, 3]
    assert rows.loc[("achievement", "Female"), ["k", "n"]].tolist() == [1, 2]


def test_who_has_no_result_yet_is_in_no_achievement_rate():
    """They are counted as unknown, and the finding says how many."""
    table = people(
        {"presented_on": "2018-01-01", "result": "pass"}, {"presented_on": "2019-12-31", "result": "none"},
        sex="Female", **START,
    )  # fmt: skip
    row = compared(table).loc[("achievement", "Female")]
    assert (row["k"], row["n"], row["unknown"]) == (1, 1, 1)
    (said,) = [one for one in groups_alike(audit(participants=table)) if one.measure.startswith("achievement")]
    assert said.message.endswith("; of 1 it is not known")


def test_open_cohorts_are_compared_with_nobody():
    """Who commenced less than 18 months ago is in neither rate."""
    late = people({"sex": "Male"}, enrolled_on="2019-01-01", commenced_on="2019-01-01")
    assert group_gaps(audit(participants=late)).empty
    (said,) = groups_alike(audit(participants=late))
    assert said.message == "not assessable, because no cohort had 18 months by 2020-03-01"


def test_schools_give_phase_type_rating_and_free_meals():
    """Blank where the school is not found; the missing are a group that counts and is not tested."""
    rows = [{"school_urn": urn, "presented_on": "2018-09-01"} for urn in ("1", "2", "9")]
    table = people(*rows, **START)
    schools = frame("schools", [
        {"urn": "1", "phase": "Primary", "type": "Academy", "ofsted": "Good", "pupils": 100, "fsm_pupils": 30},
        {"urn": "2", "phase": "Primary", "type": "Academy", "ofsted": None, "pupils": 100, "fsm_pupils": 29},
    ])  # fmt: skip
    found = cohort(audit(participants=table, schools=schools))
    assert found["fsm_30"].fillna("").tolist() == ["at or above the threshold", "below the threshold", ""]
    rows = group_gaps(audit(participants=table, schools=schools))
    assert rows["characteristic"].unique().tolist() == ["phase", "type", "ofsted", "fsm_30"]
    retention = rows[(rows["characteristic"] == "fsm_30") & (rows["measure"] == "retention")]
    assert retention["missing"].tolist() == [False, False, True]


def test_every_characteristic_that_is_missing_is_named():
    """And the others are still judged."""
    said = groups_alike(audit(participants=cohort_of(a=(5, 5), b=(5, 5))))
    unknown = [one.subject for one in said if one.subject_type == "characteristic"]
    assert unknown == [f"P {name}" for name in CHARACTERISTICS if name != "sex"]
    assert [one.status for one in said if one.measure] == ["met", "met"]


def test_further_characteristics_are_compared_too():
    """A column that the framework does not name is one, unless nearly everybody has another value."""
    table = cohort_of(a=(40, 40)).assign(age_band=["30-39", "40-49"] * 20)
    table["remark"] = [f"text {number}" for number in range(40)]
    rows = group_gaps(audit(participants=table))
    assert rows["characteristic"].unique().tolist() == ["sex", "age_band"]
    chosen = group_gaps(audit(participants=table), characteristics=["age_band"])
    assert chosen["characteristic"].unique().tolist() == ["age_band"]


def test_order_of_rows_says_nothing():
    """Shuffled rows give the same table."""
    table = cohort_of(a=(8, 10), b=(30, 40)).assign(level=["NPQEL", "NPQML"] * 25)
    shuffled = table.sample(frac=1, random_state=3).reset_index(drop=True)
    first, second = (group_gaps(audit(participants=one)) for one in (table, shuffled))
    pd.testing.assert_frame_equal(first, second)
    assert first["level"].unique().tolist() == ["NPQML", "NPQEL"]


def test_without_dates_there_is_no_cohort():
    """The finding names the columns; the tables are empty."""
    bare = frame("participants", [{"participant_id": "p1", "provider": "P", "level": "NPQH"}])
    assert "no column enrolled_on" in groups_alike(audit(participants=bare))[0].message
    assert group_gaps(audit(participants=bare)).empty
    assert cohort(audit(participants=bare)).empty


def test_without_results_achievement_is_not_assessable():
    """Retention still is."""
    table = cohort_of(a=(5, 5)).drop(columns="result")
    said = groups_alike(audit(participants=table))
    assert any("no column result" in one.message for one in said)
    assert {one.measure.split(":")[0]: one.status for one in said if one.measure} == {
        "retention": "met", "achievement": "not_assessable",
    }  # fmt: skip
    assert cohort(audit(participants=table))["achieved"].isna().all()


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N01": by.fourteen,
    "N02": by.reversals,
    "N03": by.flags(several=True),
    "N04": by.exactly_ten,
    "N05": by.flags(several=False),
    "N43": by.people(lambda p: p["sex"] == ""),
    "N44": by.people(lambda p: p["disability"] == ""),
}
