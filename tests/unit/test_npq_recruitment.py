"""NPQ.M1, M2, M3: who counts as recruited, and shares of the recruited, exactly at their targets."""

from fractions import Fraction

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import BOOK, PERIOD, audit, frame, only, people

from qa_lib.schemes.npq.readers.school_files import fsm_high
from qa_lib.schemes.npq.rules import recruited_people as eligible
from qa_lib.schemes.npq.rules.recruited_people import count_once
from qa_lib.schemes.npq.rules.recruitment import (
    from_schools_with_free_meals,
    not_white_british,
    recruited_to_target,
    white_british,
)


def targets(metric, target, year=PERIOD):
    """Return one target of provider P at NPQH."""
    return frame("targets", [{"provider": "P", "level": "NPQH", "year": year, "metric": metric, "target": target}])


def why_not(table, **options):
    """Return why each participant is not counted."""
    counted = count_once(table, as_of=pd.Timestamp("2020-03-01"), **options)
    return counted.set_index("participant_id")["why_not"].to_dict()


@pytest.mark.parametrize(("recruited", "status"), [(9, "breach"), (10, "met"), (11, "met")])
def test_the_target_is_met_when_it_is_reached(recruited, status):
    """Ten of ten is 100 %; nine is not."""
    said = only(recruited_to_target(audit(participants=people(*[{}] * recruited), targets=targets("M1", "10"))))
    assert (said.status, said.rate) == (status, Fraction(recruited, 10))


@pytest.mark.parametrize(("as_of", "status"), [("2019-09-30", "not_assessable"), ("2019-10-01", "breach")])
def test_a_target_may_be_reached_until_the_year_is_over(as_of, status):
    """Nine of ten are no breach on the last day of the year, and are one the day after; ten are met on any day."""
    for number, expected in ((9, status), (10, "met")):
        table = people(*[{"enrolled_on": "2018-10-01"}] * number)
        said = only(recruited_to_target(audit(participants=table, targets=targets("M1", "10"), as_of=as_of)))
        assert (said.status, said.numerator, said.target * said.denominator) == (expected, number, 10)
    table = people({"ethnicity": "White Irish"}, {"ethnicity": "White British"})
    for target, otherwise in (("0.5", "met"), ("0.6", "breach")):
        said = only(not_white_british(audit(participants=table, targets=targets("M3", target), as_of=as_of)))
        assert said.status == (status if status == "not_assessable" else otherwise)
        assert (said.rate, "the year is not over" in said.message) == (Fraction(1, 2), status == "not_assessable")


@pytest.mark.parametrize("role", ["facilitator", "administrator", "team"])
def test_whoever_delivers_is_not_recruited(role):
    """Facilitators, administrators and team members do not count; the row is listed with the reason."""
    table = people({}, {"staff_role": role})
    assert why_not(table) == {"p0001": "", "p0002": eligible.STAFF}
    said = recruited_to_target(audit(participants=table, targets=targets("M1", "2")))
    assert only(said).status == "breach"
    assert eligible.STAFF in only(said, measure=False).message


def test_a_person_counts_once_in_the_first_year():
    """The same TRN at the same level is one recruit, of the first row; at another level it is another."""
    table = people(
        {"trn": "1", "year": "2017-18", "enrolled_on": "2017-09-01"},
        {"trn": "1", "previous_attempt": "withdrawn"},
        {"trn": "1", "level": "NPQSL"},
        {"trn": "2"},
        {"trn": None},
        {"trn": "N/K"},
        {"trn": "N/K"},
    )
    expected = dict.fromkeys(["p0001", "p0003", "p0004", "p0005", "p0006", "p0007"], "") | {"p0002": eligible.AGAIN}
    assert why_not(table) == expected
    assert why_not(table.iloc[::-1]) == expected
    assert why_not(table, enrolled_again="last_year") == expected | {"p0001": eligible.AGAIN, "p0002": ""}


@pytest.mark.parametrize("attempt", ["withdrawn", "deferred", "failed"])
def test_an_earlier_attempt_that_is_not_in_the_data_takes_nobody_out(attempt):
    """Five of five are recruited in the year given, and it is said that they may have been counted elsewhere."""
    table = people(*({"trn": str(n), "previous_attempt": attempt} for n in range(1, 6)))
    said = recruited_to_target(audit(participants=table, targets=targets("M1", "5")))
    assert (only(said).status, only(said).numerator) == ("met", 5)
    notice = only(said, measure=False)
    assert notice.status == "information"
    assert notice.message.startswith("5 of those recruited made an attempt at this level before that is in no row")


def test_an_earlier_attempt_in_the_data_is_counted_there_and_not_noticed():
    """The second row of one person is left out, as counted before; nothing may have been counted elsewhere."""
    first = {"trn": "1", "year": "2017-18", "enrolled_on": "2017-09-01"}
    table = people(first, {"trn": "1", "previous_attempt": "withdrawn"}, {"trn": "2"})
    said = recruited_to_target(audit(participants=table, targets=targets("M1", "1")))
    assert only(said).numerator == 1
    assert [one.message.endswith(eligible.AGAIN) for one in said if not one.measure] == [True]


@pytest.mark.parametrize(("attempt", "target", "status"), [
    ("withdrawn", "2", "not_assessable"), (None, "2", "not_assessable"), ("none", "2", "met"),
    ("withdrawn", "1", "met"),
])  # fmt: skip
def test_without_a_number_nobody_can_tell_whether_they_count_twice(attempt, target, status):
    """A blank TRN after an earlier attempt withholds the verdict where one person decides; so does its whole column."""
    table = people({"trn": "1"}, {"trn": None, "previous_attempt": attempt})
    assert only(recruited_to_target(audit(participants=table, targets=targets("M1", target)))).status == status
    bare = audit(participants=table.drop(columns="trn"), targets=targets("M1", target))
    assert only(recruited_to_target(bare)).status == status


def test_a_row_that_does_not_count_hides_no_other():
    """Staff and people without an enrolment date do not use up a person's one count."""
    table = people(
        {"trn": "1", "year": "2017-18", "staff_role": "team"}, {"trn": "1"}, {"trn": "2", "enrolled_on": None},
        {"enrolled_on": "2020-03-01"}, {"enrolled_on": "2020-03-02"}, {"year": None},
    )  # fmt: skip
    reasons = [eligible.STAFF, "", eligible.NOT_ENROLLED, "", eligible.LATER, eligible.NO_YEAR]
    assert list(why_not(table).values()) == reasons


@pytest.mark.parametrize(("target", "status"), [("1", "met"), ("2", "not_assessable"), ("3", "breach")])
def test_a_blank_role_is_told_and_withholds_the_verdict_only_where_it_decides(target, status):
    """Of two recruited one may be staff: a target of 1 is met anyway, of 3 missed anyway."""
    table = people({}, {"staff_role": None})
    said = only(recruited_to_target(audit(participants=table, targets=targets("M1", target))))
    assert said.status == status
    assert "does not show of 1 of" in said.message


@pytest.mark.parametrize("year", ["2017-18", None])
def test_without_a_target_nothing_is_judged(year):
    """A target of another year is none."""
    table = targets("M1", "1", year="2017-18") if year else targets("M2", "0.1")
    said = only(recruited_to_target(audit(participants=people({}), targets=table)))
    assert said.status == "not_assessable"
    assert "no target is given for 2018-19" in said.message


def schools(**fsm_of_200):
    """Return schools of 200 pupils by URN."""
    rows = [{"urn": urn, "pupils": 200, "fsm_pupils": fsm} for urn, fsm in fsm_of_200.items()]
    return frame("schools", rows)


@pytest.mark.parametrize(
    ("pupils", "fsm", "high"),
    [(200, 60, True), (200, 59, False), (3333, 999, False), (3333, 1000, True), (0, 0, None), (5, None, None)],
)  # fmt: skip
def test_thirty_per_cent_of_pupils_is_in(pupils, fsm, high):
    """30.00 % from counts is high; 29.97 % is not, though it rounds to 30."""
    reached = fsm_high(pd.Series([pupils], dtype="Int64"), pd.Series([fsm], dtype="Int64"))
    assert (None if pd.isna(reached[0]) else bool(reached[0])) is high


def test_the_published_percentage_decides_where_there_is_one():
    """30.0 % is in though 999 of 3,333 are not, 29.9 % is out though 60 of 200 are in; a blank leaves the counts."""
    about = [("a", "30.0", 3333, 999), ("b", "29.9", 200, 60), ("c", None, 200, 60), ("d", "30", None, None)]
    rows = [{"urn": urn, "fsm_percent": share, "pupils": n, "fsm_pupils": k} for urn, share, n, k in about]
    given = audit(
        participants=people(*({"school_urn": urn} for urn in "abcd")), schools=frame("schools", rows),
        targets=targets("M2", "0.75"),
    )  # fmt: skip
    said = from_schools_with_free_meals(given)
    assert (only(said).status, only(said).numerator, only(said).denominator) == ("met", 3, 4)
    (torn,) = [one for one in said if one.status == "information"]
    assert torn.message == (
        "of 2 schools the published percentage and the counts lie on different sides of 30 %: a (30.0 % published, 999 "
        "of 3333 counted), b (29.9 % published, 60 of 200 counted); decided by the published percentage"
    )


def test_percentages_alone_are_enough():
    """A table of schools without counts is read by its percentages; without either M2 says which columns it needs."""
    table, goal = people({"school_urn": "a"}), targets("M2", "0.5")
    given = audit(participants=table, schools=frame("schools", [{"urn": "a", "fsm_percent": "30"}]), targets=goal)
    assert [one.status for one in from_schools_with_free_meals(given)] == ["met"]
    (said,) = from_schools_with_free_meals(
        audit(participants=table, schools=frame("schools", [{"urn": "a"}]), targets=goal)
    )
    assert "the table schools has no column pupils and no fsm_pupils" in said.message


def free_meals(urns, target="0.5", **more):
    """Say what M2 says of people at these schools, in the provider's second year."""
    earlier = {"year": "2017-18", "level": "NPQSL"}
    table = people(*[{"school_urn": urn} for urn in urns], earlier | {"school_urn": "low"})
    named = {"schools": schools(high=60, low=59), "targets": targets("M2", target)} | more
    return only(from_schools_with_free_meals(audit(participants=table, **named)), level="NPQH")


def test_a_share_exactly_at_its_target_meets_it():
    """One of two is 50 %; one of three is not; a school that is not found stays in the denominator."""
    assert free_meals(["high", "low"]).status == "met"
    said = free_meals(["high", "low", "gone"])
    assert (said.status, said.rate) == ("breach", Fraction(1, 3))
    assert "of those known: 1 of 2 (50 %); 1 whose school" in said.beside


def test_year_one_has_no_target():
    """Without a target the first year is not applicable; a target that was allocated is held against."""
    table = people({"school_urn": "high"})
    none = targets("M1", "1")
    said = only(from_schools_with_free_meals(audit(participants=table, schools=schools(high=60), targets=none)))
    assert said.status == "information"
    assert said.message.startswith("not applicable: targets start in year 2, and this is year 1")
    second = audit(participants=table, schools=schools(high=60), targets=none, operating_year=2)
    assert only(from_schools_with_free_meals(second)).status == "not_assessable"
    given = audit(participants=table, schools=schools(high=60), targets=targets("M2", "0.2"))
    assert only(from_schools_with_free_meals(given)).status == "met"


@pytest.mark.parametrize(("urns", "why"), [(["gone"], "of nobody it is known"), ([], "nobody was recruited")])
def test_nobody_matched_is_not_a_breach(urns, why):
    """No school found, or nobody recruited: not assessable, because ..."""
    said = free_meals(urns)
    assert said.status == "not_assessable"
    assert why in said.message


def test_a_target_that_is_no_share_is_not_used():
    """30 where 0.30 is meant judges nobody."""
    assert "expected a share" in free_meals(["high"], target="30").message


@pytest.mark.parametrize(
    ("text", "british"),
    [
        ("White British", True), ("white - british", True), ("WBRI", True), ("White: Irish", False), ("Asian", False),
        ("Prefer not to say", None), ("White", None), ("Unknown", None), (None, None),
    ],
)  # fmt: skip
def test_words_for_white_british(text, british):
    """Spelling does not matter; what does not say is not known."""
    answer = white_british(pd.Series([text], dtype="str"))[0]
    assert (None if pd.isna(answer) else bool(answer)) is british


def test_unknown_ethnicity_is_in_the_denominator():
    """One of three is not white British where one is unknown, and one of two of the known."""
    table = people({"ethnicity": "Mixed"}, {"ethnicity": "White British"}, {"ethnicity": None})
    said = only(not_white_british(audit(participants=table, targets=targets("M3", "0.34"))))
    assert (said.status, said.numerator, said.denominator) == ("breach", 1, 3)
    assert "of those known: 1 of 2 (50 %); 1 whose ethnicity is not known" in said.beside
    exactly = audit(participants=table.iloc[:2], targets=targets("M3", "0.50"))
    assert only(not_white_british(exactly)).status == "met"


def test_a_census_label_of_white_british_counts_as_white_british():
    """Ten with the label of 2011 are none of ten, however the word that M3 was thought of is spelt."""
    table = people(*[{"ethnicity": "English/Welsh/Scottish/Northern Irish/British"}] * 10)
    said = only(not_white_british(audit(participants=table, targets=targets("M3", "0.5"))))
    assert (said.status, said.numerator, said.denominator) == ("breach", 0, 10)


def test_a_word_that_is_no_ethnic_group_is_named_and_counts_as_not_known():
    """It stays in the denominator, is in no numerator, and the known stand beside."""
    table = people({"ethnicity": "Indain"}, {"ethnicity": "N/K"}, {"ethnicity": "AIND"}, {"ethnicity": "WBRI"})
    said = not_white_british(audit(participants=table, targets=targets("M3", "0.26")))
    assert (only(said).status, only(said).numerator, only(said).denominator) == ("breach", 1, 4)
    assert "of those known: 1 of 2 (50 %); 2 whose ethnicity is not known" in only(said).beside
    (named,) = [one for one in said if one.status == "information"]
    assert named.subject == "P ethnicity"
    assert 'of 1 person is in words that are not known, and counts as not known: "Indain" (1, perhaps "Indian")' in (
        named.message
    )


@pytest.mark.parametrize("year", ["2018/19", "2018–19", "2018-2019"])
def test_years_of_tables_and_of_the_audit_may_be_spelt_otherwise(year):
    """Recruits of 2018/19 count against a target of 2018-19, asked for in either form."""
    tables = {"participants": people({"year": year}), "targets": targets("M1", "1")}
    assert only(recruited_to_target(audit(**tables))).status == "met"
    assert only(recruited_to_target(audit(period=year, **tables))).status == "met"


@pytest.mark.parametrize("answer", [recruited_to_target, from_schools_with_free_meals, not_white_british])
def test_what_is_missing_is_named(answer):
    """Without a table or a column there is no verdict, and the message names it."""
    bare = frame("participants", [{"participant_id": "p1", "provider": "P", "level": "NPQH"}])
    (said,) = answer(audit(participants=bare))
    assert said.status == "not_assessable"
    assert "no column enrolled_on and no year" in said.message
    (said,) = [
        one for one in answer(audit(participants=people({"ethnicity": "Mixed"}))) if one.status == "not_assessable"
    ]
    assert "no table" in said.message


def test_the_numbers_come_from_the_rule_book():
    """What decides is in the book."""
    assert BOOK["NPQ.M1"].on("2020-03-01").value["least"] == 1
    assert BOOK["NPQ.M2"].on("2020-03-01").value["free_school_meals"] == Fraction(3, 10)


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N20": by.against_target("M1", lambda t: t["all"] == t["target"]),
    "N21": by.against_target("M1", lambda t: t["all"] < t["target"]),
    "N22": by.levels(lambda p: (p["previous_attempt"] != "none") & p["again"] & (p["year"] == "2018-19")),
    "N23": by.at_two_levels,
    "N24": by.levels(lambda p: p["staff_role"] != "none"),
    "N30": by.against_target("M2", lambda t: t["high"] == t["target"] * t["all"]),
    "N31": by.against_target("M2", lambda t: t["high"] < t["target"] * t["found"]),
    "N32": by.against_target(
        "M2", lambda t: (t["high"] < t["target"] * t["all"]) & (t["high"] >= t["target"] * t["found"])
    ),
    "N33": by.people(lambda p: p["urn"].isna() & (p["school_urn"] != "")),
    "N40": by.against_target("M3", lambda t: t["other"] == t["target"] * t["all"]),
    "N41": by.against_target(
        "M3",
        lambda t: t["known"].gt(0) & (t["other"] < t["target"] * t["all"]) & (t["other"] >= t["target"] * t["known"]),
    ),
    "N42": by.people(lambda p: p["ethnicity"].isin(by.UNKNOWN) & (p["school_urn"] != "")),
    "N100": by.levels(lambda p: p["ethnicity_written"].str.startswith("English/Welsh")),
    "N101": by.levels(lambda p: p["year_written"] == "2018/19"),
    "N102": by.levels(lambda p: (p["previous_attempt"] != "none") & ~p["again"]),
    "N103": by.of_providers("ethnicity", lambda p: p["ethnicity"] == by.NO_GROUP),
    "N109": by.torn_schools,
    "N110": by.levels(lambda p: p["ethnicity_written"] == "WBRI"),
}
