"""NPQ.M7: the threshold alone is the verdict, strictly more than 10; the statistics stand beside it."""

from fractions import Fraction
from itertools import product

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import audit, frame, only, people

from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.rules.group_gaps import CHARACTERISTICS, cohort, group_gaps, groups_alike
from qa_lib.schemes.npq.rules.pending_results import _ends, _side

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
    table = cohort_of(Female=group, Male=rest)
    row = compared(table).loc[("retention", "Female")]
    assert bool(row["flag"]) is flag
    said = groups_alike(audit(participants=table))
    verdict = [one.status for one in said if one.measure.startswith("retention")]
    assert verdict == ["breach" if flag else "met"]
    assert sum(one.subject_type == "group" for one in said) == flag


def test_the_relative_reading_stands_beside():
    """8.9 of 90 points are 10 % of the rate: flagged in that reading before it is in points."""
    row = compared(cohort_of(Female=(30, 50), Male=(40, 50))).loc[("retention", "Female")]
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
    found = groups_alike(audit(participants=cohort_of(Female=group, Male=rest)))
    flagged = only([one for one in found if one.subject_type == "group"], measure=False)
    assert flagged.subject == "P NPQH retention sex Female"
    assert flagged.message == (
        f"retention of sex Female: {said}; apart from the rule: {apart}; 1 person with the other outcome would clear it"
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


def waiting(passed, pending, *, rest=0):
    """Return a cohort of women of whom some wait for a result, and of men who all passed."""
    there = {"presented_on": "2018-09-01", "sex": "Female"}
    rows = [there | {"result": "pass"}] * passed + [there | {"result": "none"}] * pending
    return people(*rows, *[there | {"sex": "Male", "result": "pass"}] * rest, **START)


def achievement(table, **more):
    """Return what is said of achievement: of the level, then of groups."""
    said = groups_alike(audit(participants=table, **more))
    return [one for one in said if one.measure.startswith("achievement") or " achievement " in one.subject]


def test_who_has_no_result_yet_stays_in_the_denominator():
    """5 of 20 have passed so far; with 15 pending the rate may yet be anything from 25 to 100 %."""
    (said,) = achievement(waiting(5, 15))
    assert (said.status, said.numerator, said.denominator) == ("not_assessable", 5, 20)
    assert said.message.startswith(
        "provisional: achievement 5 of 20 (25 %) so far, 15 pending, so between 25 % and 100 %"
    )
    assert "passed of commenced: 5 of 20 (25 %)" in said.beside
    row = compared(waiting(5, 15)).loc[("achievement", "Female")]
    assert (row["k"], row["n"], row["pending"]) == (5, 20, 15)


@pytest.mark.parametrize(
    ("passed", "pending", "rest", "status", "groups"),
    [
        (80, 20, 100, "met", []),
        (79, 21, 100, "not_assessable", ["Female", "Male"]),
        (79, 21, 400, "not_assessable", ["Female"]),
        (100, 0, 100, "met", []),
    ],
)
def test_a_pending_result_makes_provisional_only_what_it_can_change(passed, pending, rest, status, groups):
    """80 of 100 women are exactly 10 points below all at worst; with 79 they, and the men above, may be beyond."""
    level, *said = achievement(waiting(passed, pending, rest=rest))
    assert (level.status, [one.subject.split()[-1] for one in said]) == (status, groups)
    assert all(one.message.startswith("provisional") == (status == "not_assessable") for one in (level, *said))


@pytest.mark.parametrize("reading", ["points", "relative"])
def test_the_two_ends_tell_what_every_outcome_of_the_pending_results_would(reading):
    """By trying all of them: a group is open where some flag it and some do not, and else flagged or not by each."""
    value, tried = {"margin": Fraction(1, 10), "reading": reading}, 0
    for known, others_known, pending, others in product(range(4), range(0, 9, 4), range(3), range(5)):
        row = {
            "k": known, "n": 4 + pending, "pending": pending, "k_overall": known + others_known,
            "n_overall": 12 + pending + others, "pending_overall": pending + others,
        }  # fmt: skip
        sides = {
            _side(row, known + own, known + others_known + own + rest, value)
            for own in range(pending + 1)
            for rest in range(others + 1)
        }
        ends = {_side(row, *end, value) for end in _ends(row)}
        assert (len(ends) > 1) == (len(sides) > 1)
        tried += 1
    assert tried == 180


def test_a_flag_that_no_result_can_clear_stands_while_others_are_pending():
    """Half of the men failed; the one woman who waits changes nothing for them."""
    there = {"presented_on": "2018-09-01"}
    rows = [{"sex": "Female", "result": "pass"}] * 99 + [{"sex": "Female", "result": "none"}]
    rows += [{"sex": "Male", "result": "pass"}] * 50 + [{"sex": "Male", "result": "fail"}] * 50
    level, *groups = achievement(people(*rows, **there, **START))
    assert level.status == "breach"
    assert [(one.status, one.subject.split()[-1]) for one in groups] == [("breach", "Female"), ("breach", "Male")]


def test_a_person_counts_once_by_the_last_attempt():
    """Deferred, enrolled again and presented: one person, who was retained and has passed; ten of ten."""
    start = {"sex": "Female", "trn": "77"}
    nine = [{"presented_on": "2018-09-01", "result": "pass", "sex": "Male"}] * 9
    again = {"enrolled_on": "2018-03-01", "commenced_on": "2018-03-01", "presented_on": "2019-03-01", "result": "pass"}
    table = people(*nine, start | {"deferred_on": "2018-01-10"}, start | again)
    table.loc[:9, ["enrolled_on", "commenced_on"]] = pd.Timestamp("2017-09-01")
    for rows in (table, table.iloc[::-1]):
        found = compared(rows)
        assert found["n_overall"].unique().tolist() == [10]
        assert found["k_overall"].unique().tolist() == [10]
    left = table.assign(presented_on=table["presented_on"].mask(table["participant_id"] == "p0011"))
    assert compared(left).loc["retention", "k_overall"].unique().tolist() == [9]


def test_a_period_compares_its_own_cohorts_and_tells_the_others_beside():
    """Whose 18 months ended in the year before is in no rate of the period."""
    earlier = cohort_of(Female=(0, 5), Male=(5, 5)).assign(
        participant_id=[f"q{number}" for number in range(10)],
        enrolled_on=pd.Timestamp("2016-09-01"), commenced_on=pd.Timestamp("2016-09-01"),
    )  # fmt: skip
    table = pd.concat([cohort_of(Female=(5, 5), Male=(5, 5)), earlier], ignore_index=True)
    said = [one for one in groups_alike(audit(participants=table)) if one.measure.startswith("retention")]
    assert [(one.status, one.numerator, one.denominator) for one in said] == [("met", 10, 10)]
    assert said[0].beside.endswith("every cohort whose time is over: retention 15 of 20 (75 %)")
    assert compared(table, period="")["n_overall"].max() == 20
    (none,) = groups_alike(audit(participants=table, period="2030-31"))
    assert "nobody's 18 months ended in 2030-31, as known on 2020-03-01" in none.message
    assert none.message.endswith(
        "every cohort whose time is over: retention 15 of 20 (75 %), achievement 15 of 15 (100 %)"
    )


def test_one_group_is_compared_with_nobody():
    """Where every characteristic has one group there is nothing to be met."""
    said = [one for one in groups_alike(audit(participants=cohort_of(Female=(5, 5)))) if one.measure]
    assert {one.status for one in said} == {"not_assessable"}
    assert all("no characteristic has two groups to compare" in one.message for one in said)


def test_open_cohorts_are_compared_with_nobody():
    """Who commenced less than 18 months ago is in neither rate."""
    late = people({"sex": "Male"}, enrolled_on="2019-01-01", commenced_on="2019-01-01")
    assert group_gaps(audit(participants=late)).empty
    (said,) = groups_alike(audit(participants=late))
    assert said.message == "not assessable, because nobody's 18 months ended in 2018-19, as known on 2020-03-01"


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
    said = groups_alike(audit(participants=cohort_of(Female=(5, 5), Male=(5, 5))))
    unknown = [one.subject for one in said if one.subject_type == "characteristic"]
    assert unknown == [f"P {name}" for name in CHARACTERISTICS if name != "sex"]
    assert [one.status for one in said if one.measure] == ["met", "met"]


@pytest.mark.parametrize("name", ["provider", "level", "result", "participant_id", "enrolled_on"])
def test_what_says_who_or_when_is_no_characteristic(name):
    """A number, a day, the level and the result cannot be declared to be one; the message names it."""
    with pytest.raises(IntakeError, match=f"declared as characteristics: {name}; expected"):
        audit(participants=people({}), characteristics=f"job_role, {name}")


def test_only_declared_characteristics_are_compared():
    """A column that nobody declared is named and judges nobody; a declared one is compared as the framework's are."""
    table = cohort_of(Female=(40, 40)).assign(age_band=["30-39", "40-49"] * 20)
    table["coach"] = ["Ann", "Ben", "Cyd", "Dee"] * 10
    rows = group_gaps(audit(participants=table))
    assert rows["characteristic"].unique().tolist() == ["sex", "age_band"]
    (said,) = [one for one in groups_alike(audit(participants=table)) if one.status == "information"]
    assert said.message == "not compared, as nobody declared them to be characteristics: coach"
    declared = audit(participants=table, characteristics="coach, shoe_size")
    assert group_gaps(declared)["characteristic"].unique().tolist() == ["sex", "age_band", "coach"]
    said = groups_alike(declared)
    assert not [one for one in said if one.status == "information"]
    assert [one.status for one in said if one.subject == "P shoe_size"] == ["not_assessable"]
    chosen = group_gaps(audit(participants=table), characteristics=["age_band"])
    assert chosen["characteristic"].unique().tolist() == ["age_band"]


def test_a_column_that_is_blank_for_the_provider_is_not_named():
    """What another provider holds in a further column is no matter of this one."""
    table = cohort_of(Female=(4, 4)).assign(coach=None)
    assert not [one for one in groups_alike(audit(participants=table)) if one.status == "information"]


def test_ages_are_compared_in_the_bands_of_the_rule():
    """A band begins with the age that the rule names; a band that is given stands; what is no age is named."""
    ages = ["29", "30", "39", "40", "49", "50", "n/k", "thirty"]
    table = people(*[{"age": age} for age in ages], **START)
    bands = cohort(audit(participants=table))["age_band"].fillna("").tolist()
    assert bands == ["Under 30", "30-39", "30-39", "40-49", "40-49", "50 and over", "", ""]
    (said,) = [one for one in groups_alike(audit(participants=table)) if one.subject == "P age"]
    assert (said.status, "the age of 1 person is no whole number" in said.message) == ("not_assessable", True)
    declared = audit(participants=table, characteristics="age")
    assert set(group_gaps(declared)["characteristic"]) == {"age_band"}
    given = audit(participants=table.assign(age_band=["20s", *[None] * 7]))
    assert cohort(given)["age_band"].tolist()[:2] == ["20s", "30-39"]


def test_words_that_say_nothing_or_are_not_known_make_no_group():
    """One person whose sex is misspelt or not told accuses nobody: both count with those of whom it is not known."""
    table = cohort_of(Female=(9, 9), woman=(9, 9), Femail=(0, 1), refused=(0, 1))
    rows = compared(table).loc["retention"]
    assert rows["n"].to_dict() == {"Female": 18, "(missing)": 2}
    assert not rows["flag"].any()
    (said,) = [one for one in groups_alike(audit(participants=table)) if one.subject == "P sex"]
    assert said.status == "not_assessable"
    assert (
        'the sex of 1 person is in words that are not known, and counts as not known: "Femail" (1, perhaps "Female")'
        in (said.message)
    )


def test_words_of_schools_are_read_as_those_of_people_are():
    """Grade 2 is Good, a middle school deemed primary is primary; another word is named with how many it concerns."""
    schools = frame("schools", [
        {"urn": "1", "phase": "Middle deemed primary", "ofsted": "2"},
        {"urn": "2", "phase": "Primry", "ofsted": "good"},
    ])  # fmt: skip
    table = people({"school_urn": "1"}, {"school_urn": "2"}, **START)
    found = cohort(audit(participants=table, schools=schools))
    assert found["ofsted"].tolist() == ["Good", "Good"]
    assert found["phase"].fillna("").tolist() == ["Primary", ""]
    said = {one.subject: one.message for one in groups_alike(audit(participants=table, schools=schools))}
    assert '"Primry" (1, perhaps "Primary")' in said["P phase"]


def test_a_level_without_any_known_characteristic_is_not_assessable():
    """Nothing is met by 0 of 0 groups; the other level is judged, and what is unknown at one level is named with it."""
    known = cohort_of(Female=(9, 9), Male=(9, 9))
    unknown = known.assign(level="NPQML", sex=None, participant_id="q" + known["participant_id"])
    said = groups_alike(audit(participants=pd.concat([known, unknown], ignore_index=True)))
    assert {(one.level, one.status) for one in said if one.measure} == {("NPQH", "met")}
    (level,) = [one for one in said if one.level == "NPQML"]
    assert level.message.endswith("no characteristic of anybody at this level is known: there is no group")
    assert level.status == "not_assessable"
    (sex,) = [one for one in said if one.subject == "P sex"]
    assert sex.message.endswith("sex of nobody at NPQML is known")


def test_order_of_rows_says_nothing():
    """Shuffled rows give the same table."""
    table = cohort_of(Female=(8, 10), Male=(30, 40)).assign(level=["NPQEL", "NPQML"] * 25)
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
    table = cohort_of(Female=(5, 5), Male=(5, 5)).drop(columns="result")
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
    "N122": by.levels(lambda p: p["year"] == "2016-17"),
    "N123": by.levels(lambda p: p["due"] & p["presented"] & (p["result"] == "none")),
    "N43": by.people(lambda p: (p["sex"] == "") & (p["school_urn"] != "")),
    "N44": by.people(lambda p: (p["disability"] == "") & (p["school_urn"] != "")),
    "N104": by.people(lambda p: (p["sex_written"] == "Not disclosed") & (p["disability_written"] == "N/K")),
    "N105": by.of_providers("sex", lambda p: p["sex_written"] == "Femal"),
    "N106": by.people(lambda p: p["sex_written"] == "female"),
    "N107": by.of_providers("", lambda p: p["coach"] != ""),
    "N108": by.people(lambda p: p["age"] != ""),
    "N111": by.levels(lambda p: (p[["sex", "disability", "ethnicity", "school_urn"]] == "").all(axis=1)),
}
