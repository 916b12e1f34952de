"""Who may moderate: assessors named as moderators, trained, confirmed beforehand, not in their own files."""

from functools import cache

import hlta_counts as by
import pytest
from hlta_draws import moderations, month_draw, with_value
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.moderators import moderators_qualified

FIT = {
    "assessor_id": "M1", "rpa": RPA, "roles": "assessor;moderator", "trained": "standards;moderation",
    "moderator_confirmed_on": "2023-01-01", "moderator_confirmed_by": "S1", "assessments_before": 20,
}  # fmt: skip
SECOND = {**FIT, "assessor_id": "M2"}
SENIOR = {"assessor_id": "S1", "rpa": RPA, "roles": "assessor;senior", "started_on": "2023-01-01"}


@cache
def one_certain_file():
    """Return the table of one file that every sample holds, and its draw."""
    table = files({"outcome": "partial_reassessment"})
    return table, month_draw({"cases": table})


def moderated_by(*people, said=None, **more):
    """Return the audit of one certain file that M1 moderated on 2024-04-10, with these people on the register."""
    table, drawn = one_certain_file()
    rows = moderations({"case_id": "c001", "second_moderator_id": None, **(said or {})})
    everyone = [*people, *[SENIOR] * all(person["assessor_id"] != "S1" for person in people)]
    tables = {"assessors": frame("assessors", everyone)} if people else {}
    return audit(cases=table, moderations=rows, draws=[drawn], **tables, **more)


def worst(given, subject="c001"):
    """Return the statuses of a subject."""
    return {one.status for one in moderators_qualified(given) if one.subject == subject}


def test_a_qualified_moderator_is_in_order():
    """Four things are looked at, each is met."""
    assert [row[0] for row in told(moderators_qualified(moderated_by(FIT)))] == ["met"] * 4


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"roles": "moderator"}, "breach", "who is not listed as an assessor"),
        ({"roles": "assessor"}, "breach", "who is not named as a moderator"),
        ({"trained": "standards"}, "breach", "who was not trained in moderation by then"),
        ({"moderator_confirmed_on": None, "moderator_confirmed_by": None}, "breach",
         "whose competence as a moderator nobody confirmed"),
        ({"moderator_confirmed_on": "2024-04-11"}, "breach", "whose competence was confirmed only afterwards"),
        ({"moderator_confirmed_by": "M1"}, "breach", "who confirmed their own competence"),
    ],
)  # fmt: skip
def test_what_a_moderator_lacks(change, status, message):
    """Each is named at the file, once."""
    said = told(moderators_qualified(moderated_by({**FIT, **change}, as_of="2024-04-30")), "c001")
    assert said == [(status, "c001", f"moderated by M1, {message}")]


@pytest.mark.parametrize(
    ("senior", "found"),
    [
        ({}, set()),
        ({"roles": "assessor"}, {"breach"}),
        ({"roles": "moderator"}, {"breach"}),
        ({"roles": "senior_moderator"}, set()),
        ({"started_on": "2023-01-02"}, {"breach"}),
        ({"started_on": None}, set()),
        ({"rpa": OTHER}, set()),
    ],
)
def test_a_senior_confirms(senior, found):
    """A senior assessor where the RPA names no senior moderator; on the day of confirmation, 1 January 2023."""
    assert worst(moderated_by(FIT, {**SENIOR, **senior})) == found


def test_where_the_rpa_names_a_senior_moderator_a_senior_assessor_confirms_nobody(monkeypatch):
    """One of another RPA changes nothing; the rule book can ask for a senior moderator everywhere."""
    lead = {"assessor_id": "S2", "rpa": RPA, "roles": "senior_moderator"}
    given = moderated_by(FIT, SENIOR, lead)
    assert told(moderators_qualified(given), "c001") == [
        ("breach", "c001", "moderated by M1, confirmed by S1, who was not a senior moderator")
    ]
    assert worst(moderated_by({**FIT, "moderator_confirmed_by": "S2"}, SENIOR, lead)) == set()
    elsewhere = moderated_by(FIT, SENIOR, {**lead, "rpa": OTHER})
    assert worst(elsewhere) == set()
    value = elsewhere.value("HLTA.MOD.12")
    with_value(monkeypatch, elsewhere, "HLTA.MOD.12", {**value, "may_confirm": "senior_moderator"})
    assert worst(elsewhere) == {"breach"}


@pytest.mark.parametrize(
    "people", [[FIT, {**SENIOR, "roles": None}], [{**FIT, "moderator_confirmed_by": "S9"}]], ids=["blank", "unlisted"]
)
def test_a_senior_whose_roles_are_not_recorded_cannot_be_judged(people):
    """It is said of the moderator, and accuses nobody."""
    given = moderated_by(*people)
    assert (worst(given, "M1"), worst(given)) == ({"not_assessable"}, set())


@pytest.mark.parametrize(("day", "found"), [("2024-04-10", set()), ("2024-04-11", {"breach"})])
def test_confirmed_on_the_day_is_in_time(day, found):
    """The day after is too late."""
    assert worst(moderated_by({**FIT, "moderator_confirmed_on": day})) == found


@pytest.mark.parametrize("topic", ["Moderation", " MODERATION ", "moderation"])
def test_a_topic_is_the_same_however_it_is_written(topic):
    """Case and spaces of a topic, in the list or in the table of courses, leave nobody untrained."""
    assert worst(moderated_by({**FIT, "trained": f"standards;{topic}"})) == set()
    courses = frame("training", [{"assessor_id": "M1", "rpa": RPA, "topic": topic, "taken_on": "2024-04-10"}])
    assert worst(moderated_by({**FIT, "trained": "standards"}, training=courses)) == set()


@pytest.mark.parametrize(("day", "found"), [("2024-04-10", set()), ("2024-04-11", {"breach"})])
def test_training_counts_from_its_day(day, found):
    """A course of the table training counts where the list of topics does not hold it."""
    courses = frame("training", [{"assessor_id": "M1", "rpa": RPA, "topic": "moderation", "taken_on": day}])
    assert worst(moderated_by({**FIT, "trained": "standards"}, training=courses)) == found
    bare = {name: value for name, value in FIT.items() if name != "trained"}
    assert worst(moderated_by(bare, training=courses)) == found


@pytest.mark.parametrize(
    "change",
    [{"roles": None}, {"trained": None}, {"moderator_confirmed_by": None}, {"moderator_confirmed_on": None}],
)
def test_a_blank_cannot_be_judged(change):
    """It is said of the person, once, and accuses nobody."""
    said = moderators_qualified(moderated_by({**FIT, **change}))
    assert [row[:2] for row in told(said, "M1")] == [("not_assessable", "M1")]
    assert {one.status for one in said} <= {"not_assessable", "met", "information"}


def test_a_moderator_whom_nobody_lists_cannot_be_judged_and_a_blank_name_neither():
    """They are named; the file without a name under its id."""
    assert worst(moderated_by(SECOND), "M1") == {"not_assessable"}
    assert worst(moderated_by(FIT, said={"moderator_id": None})) == {"not_assessable"}


def test_without_the_table_only_their_own_files_are_judged():
    """The other three parts need the table of assessors; that it is missing is said once."""
    statuses = [row[0] for row in told(moderators_qualified(moderated_by()))]
    assert sorted(statuses) == ["met", "not_assessable"]


def test_the_assessor_of_a_file_should_not_moderate_it():
    """A warning, as first and as second moderator."""
    own = {**FIT, "assessor_id": "A1"}
    assert worst(moderated_by(FIT, own, said={"moderator_id": "A1"})) == {"warning"}
    assert worst(moderated_by(FIT, own, said={"second_moderator_id": "A1"})) == {"warning"}


NEW = FIT | {"moderator_confirmed_on": None, "moderator_confirmed_by": None}


@pytest.mark.parametrize(
    ("new", "under", "found"),
    [
        (NEW, SECOND, set()),
        (NEW | {"roles": "assessor"}, SECOND, set()),
        (NEW | {"trained": "standards"}, SECOND, {"breach"}),
        (NEW, SECOND | {"moderator_confirmed_on": "2024-04-10"}, set()),
        (NEW, SECOND | {"moderator_confirmed_on": "2024-04-11"}, {"breach"}),
        (NEW, SECOND | {"moderator_confirmed_on": None}, {"breach"}),
        (NEW, SECOND | {"roles": "assessor"}, {"breach"}),
        (NEW, SECOND | {"roles": None}, {"not_assessable"}),
        (FIT | {"moderator_confirmed_on": "2024-04-11"}, SECOND, set()),
    ],
)
def test_a_trial_under_a_confirmed_moderator_is_no_full_responsibility(new, under, found):
    """It spares the confirmation and the role, not the training; who was not confirmed by that day spares nobody."""
    assert worst(moderated_by(new, under, said={"trial_under": "M2"})) == found


def test_a_trial_under_oneself_or_under_nobody_known_spares_nobody():
    """Oneself is no other person; a name that the table does not list leaves it open."""
    assert worst(moderated_by(NEW, said={"trial_under": "M1"})) == {"breach"}
    unlisted = moderated_by(NEW, said={"trial_under": "M9"})
    assert (worst(unlisted), worst(unlisted, "M1")) == ({"not_assessable"}, set())
    assert worst(moderated_by(NEW, said={"trial_under": None})) == {"breach"}


@pytest.mark.parametrize("said", [{"trial_under": "M9"}, {"trial_under": "M2", "moderated_on": None}])
def test_a_trial_of_which_it_is_not_known_under_whom_meets_nothing(said):
    """Neither the role nor the confirmation of who was on trial counts as in order."""
    given = told(moderators_qualified(moderated_by(NEW | {"roles": "assessor"}, SECOND, said=said)))
    assert {status for status, _, message in given if "named as moderators" in message or "confirmed" in message} == {
        "information"
    }


def test_a_second_moderator_is_never_on_trial():
    """Who reviews an overturn has full responsibility for it."""
    said = {"decision": "overturned", "second_moderator_id": "M3", "trial_under": "M2"}
    people = [FIT, SECOND, NEW | {"assessor_id": "M3"}]
    assert worst(moderated_by(*people, said=said)) == {"breach"}


def test_the_second_moderator_is_looked_at_too():
    """Who reviews an overturn is a moderator."""
    said = {"decision": "overturned", "second_moderator_id": "M2"}
    assert worst(moderated_by(FIT, SECOND, said=said)) == set()
    assert worst(moderated_by(FIT, {**SECOND, "roles": "assessor"}, said=said)) == {"breach"}


def test_the_rpas_own_row_of_a_person_counts_before_another_rpas():
    """Only where the RPA lists nobody of that name is another's row taken; the order of rows says nothing."""
    elsewhere = {**FIT, "rpa": OTHER, "roles": "assessor"}
    for people in ((FIT, elsewhere), (elsewhere, FIT)):
        assert worst(moderated_by(*people)) == set()
    assert worst(moderated_by(elsewhere)) == {"breach"}


@pytest.mark.parametrize(("before", "found"), [(9, {"information"}), (10, set())])
def test_little_experience_is_information(before, found):
    """The document asks for experience and names no number: ours breaches nothing."""
    assert worst(moderated_by({**FIT, "assessments_before": before}), "M1") == found


def test_the_rule_book_says_how_severe_it_is(monkeypatch):
    """The severities are a value of the rule."""
    given = moderated_by({**FIT, "roles": "moderator"})
    table = dict.fromkeys(("not_an_experienced_assessor", "not_trained", "not_confirmed", "own_file"), "information")
    table["may_confirm"] = "senior_moderator"
    with_value(monkeypatch, given, "HLTA.MOD.12", table)
    assert worst(given) == {"information"}


@pytest.mark.parametrize("drawn", [True, False])
def test_whoever_moderated_is_looked_at_drawn_or_not(drawn):
    """A moderation beyond the draw is judged as any other, and so is an RPA's history without any draw."""
    table = files(*[{}] * 25)
    sample = month_draw({"cases": table})
    left = sorted(set(table["case_id"]) - set(sample.sample["case_id"]))[0]
    rows = moderations({"case_id": left, "moderator_id": "A1"}, {"case_id": sample.sample["case_id"].iloc[0]})
    people = frame("assessors", [FIT, SENIOR])
    given = audit(cases=table, moderations=rows, draws=[sample] * drawn, assessors=people)
    assert worst(given, left) == {"warning"}


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F155": by.on_trial(confirmed=True),
    "F156": by.on_trial(confirmed=False),
    "F73": lambda tables: by.unconfirmed(tables["moderated"], tables),
    "F74": by.moderations(lambda r: r["moderator_id"] == r["assessor_id"]),
}
