"""Who assesses: first solo files, weeks, senior assessors, assignments outside the Partnership."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_books import book_with
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame, told

from qa_lib import draw, freeze, open_register
from qa_lib.schemes.hlta.rules.assessors import first_solo_quality_assured, no_outside_assignment, senior_assessor_named
from qa_lib.schemes.hlta.rules.weekly_workload import assessments_in_a_week

SEED = "1234 5624 1553 2461 4"


def drawn(table, **more):
    """Return the draw of the month over these files."""
    frozen = freeze({"cases": table, **more}, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    return draw(frozen, seed=SEED, reviewer="R1", reviewer_rpa=OTHER)


# ASR.1


def register(**roles):
    """Return a register of people by id: their roles at OTHER from 1 March 2024 on."""
    rows = [
        {"assessor_id": name, "rpa": OTHER, "roles": held, "started_on": "2024-03-01"} for name, held in roles.items()
    ]
    return frame("assessors", rows)


SENIOR = register(S1="assessor;senior")


def test_a_first_solo_file_names_a_senior_assessor_and_is_in_the_sample():
    """Two lines over everything, both met."""
    table = files({"first_solo": True, "senior_assessor_id": "S1"}, {"first_solo": False})
    assert told(first_solo_quality_assured(audit(cases=table, draws=[drawn(table)], assessors=SENIOR))) == [
        ("met", "", "1 of 1 (100 %) first solo files of drawn months are in a sample"),
        (
            "met",
            "",
            "1 of 1 (100 %) first solo files were quality assured by a senior assessor who is not their assessor",
        ),
    ]


@pytest.mark.parametrize("blank", [None, ""])
def test_a_first_solo_file_without_senior_assessor_is_a_breach(blank):
    """A blank is the breach; a file that is no first solo needs none."""
    table = files({"first_solo": True, "senior_assessor_id": blank}, {"first_solo": False, "senior_assessor_id": "S1"})
    found = told(first_solo_quality_assured(audit(cases=table)))
    assert (
        "breach",
        "c001",
        "the first solo assessment of A1 names no senior assessor who quality assured it",
    ) in found
    assert [row[1] for row in found if row[0] == "breach"] == ["c001"]


def test_a_first_solo_file_is_a_breach_only_once_its_month_is_drawn_without_it():
    """Not drawn and waiting for a seed are information; drawn without it is a breach."""
    table = files({"first_solo": True, "senior_assessor_id": "S1"}, *[{}] * 3)
    assert ("information", "c001", "the first solo assessment is not drawn yet") in told(
        first_solo_quality_assured(audit(cases=table))
    )
    frozen = freeze({"cases": table}, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    waiting = draw(frozen, seed="", reviewer="", reviewer_rpa="")
    assert ("information", "c001", "the first solo assessment is frozen, and waits for its seed") in told(
        first_solo_quality_assured(audit(cases=table, draws=[waiting]))
    )
    # Frozen before anyone said that it is a first solo: the lot passed it by.
    unmarked = drawn(table.assign(first_solo=False, assessor_id=["A1", "A1", "A1", "A1"]))
    missed = next(name for name in table["case_id"] if name not in set(unmarked.sample["case_id"]))
    marked = table.assign(first_solo=table["case_id"] == missed, senior_assessor_id="S1")
    found = told(first_solo_quality_assured(audit(cases=marked, draws=[unmarked])), status="breach")
    assert found == [("breach", missed, "the first solo assessment is in a drawn population and not in the sample")]


def test_the_share_of_first_solo_files_is_the_rules(tmp_path):
    """Where half is enough, one of two in the sample is enough."""
    half = book_with(tmp_path, "HLTA.ASR.1", 'value: "1"', 'value: "0.5"')
    table = files(*[{}] * 4)
    unmarked = drawn(table)
    inside = set(unmarked.sample["case_id"])
    outside = [name for name in table["case_id"] if name not in inside]
    for chosen, status in (([next(iter(inside)), outside[0]], "information"), (outside[:2], "breach")):
        marked = table.assign(first_solo=table["case_id"].isin(chosen), senior_assessor_id="S1")
        made = replace(audit(cases=marked, draws=[unmarked], assessors=SENIOR), book=half)
        assert {row[0] for row in told(first_solo_quality_assured(made)) if row[1] in outside} == {status}


@pytest.mark.parametrize(
    ("senior", "status", "message"),
    [
        ("S1", None, ""),
        ("A1", "breach", "A1 quality assured their own first solo assessment"),
        ("A2", "breach", "A2 quality assured it and does not have the role of a senior assessor on that day"),
        ("A3", "not_assessable", "not assessable, because whether A3, who quality assured it, is a senior assessor is"),
        ("S9", "not_assessable", "not assessable, because whether S9, who quality assured it, is a senior assessor is"),
    ],
)
def test_only_a_senior_assessor_who_is_another_person_quality_assures(senior, status, message):
    """The register knows S1 as a senior, A1 and A2 as none; of A3 it has no roles, and S9 is not in it."""
    people = register(S1="assessor;senior", A1="assessor", A2="assessor", A3=None)
    made = audit(cases=files({"first_solo": True, "senior_assessor_id": senior}), assessors=people)
    off = [row for row in told(first_solo_quality_assured(made), "c001") if "not drawn yet" not in row[2]]
    assert [row[0] for row in off] == ([status] if status else [])
    assert all(row[2].startswith(message) for row in off)


@pytest.mark.parametrize(("assessed", "found"), [("2024-02-29", ["breach"]), ("2024-03-01", []), (None, [])])
def test_a_senior_holds_the_role_on_the_day_of_the_assessment(assessed, found):
    """From the day on which they started; a blank day of assessment is no hindrance."""
    table = files({"first_solo": True, "senior_assessor_id": "S1", "assessed_on": assessed})
    said = first_solo_quality_assured(audit(cases=table, assessors=SENIOR))
    assert [one.status for one in said if one.status == "breach"] == found


def test_a_senior_who_was_removed_quality_assures_no_more():
    """From the day of the removal to the day before it is closed."""
    gone = {"action_id": "X", "assessor_id": "S1", "rpa": OTHER, "procedure": "removal", "closed_on": None}
    table = files({"first_solo": True, "senior_assessor_id": "S1"})
    for opened, closed, found in (
        ("2024-03-12", None, []), ("2024-03-11", None, ["breach"]), ("2024-03-01", "2024-03-12", ["breach"]),
        ("2024-03-01", "2024-03-11", []),
    ):  # fmt: skip
        actions = frame("actions", [gone | {"opened_on": opened, "closed_on": closed}])
        said = first_solo_quality_assured(audit(cases=table, assessors=SENIOR, actions=actions))
        assert [one.status for one in said if one.status == "breach"] == found


def test_without_any_roles_who_is_a_senior_is_not_known():
    """It is said once, never *met*; who quality assured themselves is seen all the same."""
    table = files(*({"first_solo": True, "senior_assessor_id": name} for name in ("S1", "A1", "S2")))
    said = told(first_solo_quality_assured(audit(cases=table)))
    assert [row[:2] for row in said if row[0] in ("breach", "not_assessable")] == [
        ("breach", "c002"),
        ("not_assessable", ""),
    ]
    assert not [row for row in said if row[0] == "met"]


@pytest.mark.parametrize(
    ("before", "marks", "found"),
    [(0, [False, False], ["warning"]), (0, [False, True], []), (0, [False, None], []), (1, [False, False], [])],
)
def test_somebody_new_whose_first_solo_file_is_not_marked_is_warned_of(before, marks, found):
    """With 0 assessments before, one of the files has to be marked; a blank may be the mark."""
    people = frame("assessors", [{"assessor_id": "A1", "rpa": RPA, "assessments_before": before}])
    table = files(*({"first_solo": mark} for mark in marks)).assign(senior_assessor_id="S1")
    said = told(first_solo_quality_assured(audit(cases=table, assessors=people)), "A1")
    assert [row[0] for row in said] == found
    assert all("in these months: 2" in row[2] for row in said)


def test_first_solo_without_its_columns_or_cells_is_not_assessable():
    """A blank is said per file, a column once, and what can be said is said."""
    assert told(first_solo_quality_assured(audit())) == [
        ("not_assessable", "", "not assessable, because the table cases has no column first_solo")
    ]
    found = told(first_solo_quality_assured(audit(cases=files({"first_solo": None}, {"first_solo": True}))))
    assert ("not_assessable", "c001", "not assessable, because first_solo is blank") in found
    assert ("information", "c002", "the first solo assessment is not drawn yet") in found
    assert found[-1] == (
        "not_assessable",
        "",
        "not assessable, because the table cases has no column senior_assessor_id",
    )


# ASR.2


def on(*days, **shared):
    """Return a file for each day of assessment."""
    return files(*({"assessed_on": day} for day in days), **shared)


def in_march(*numbers):
    """Return days of March 2024."""
    return [f"2024-03-{number:02}" for number in numbers]


def test_five_assessments_in_an_iso_week_are_in_order_and_six_are_warned_of():
    """Monday 4 to Sunday 10 March; the sixth makes it."""
    assert told(assessments_in_a_week(audit(cases=on(*in_march(4, 5, 6, 7, 10))))) == [
        ("met", "", "1 of 1 (100 %) assessors did no more than 5 assessments in any week")
    ]
    six = audit(cases=on(*in_march(4, 5, 6, 7, 8, 10)))
    assert told(assessments_in_a_week(six), status="warning") == [
        ("warning", "A1", "6 assessments in the week from Monday 2024-03-04; expected no more than 5 normally")
    ]
    said = assessments_in_a_week(six)[0]
    assert (said.value, said.threshold) == ("6", "5")


def test_six_in_seven_days_over_two_iso_weeks_are_warned_of_and_over_eight_days_are_not():
    """Thursday to Wednesday are seven days, Thursday to Thursday eight."""
    seven = told(assessments_in_a_week(audit(cases=on(*in_march(7, 7, 8, 11, 12, 13)))), status="warning")
    assert seven == [
        ("warning", "A1", "6 assessments in the seven days 2024-03-07 to 2024-03-13; expected no more than 5 normally")
    ]
    assert not told(assessments_in_a_week(audit(cases=on(*in_march(7, 8, 8, 11, 12, 14)))), status="warning")
    assert not told(assessments_in_a_week(audit(cases=on(*in_march(7, 8, 11, 12, 13)))), status="warning")


def test_a_full_iso_week_is_named_once_and_fuller_seven_days_beside_it():
    """Seven days that hold no more than the week they overlap say nothing new; those that hold more do."""
    week = in_march(4, 5, 6, 7, 8, 8)
    assert len(told(assessments_in_a_week(audit(cases=on(*week))), status="warning")) == 1
    more = told(assessments_in_a_week(audit(cases=on(*week, *in_march(11, 11, 11, 12)))), status="warning")
    assert [row[2].split(";")[0] for row in more] == [
        "6 assessments in the week from Monday 2024-03-04",
        "8 assessments in the seven days 2024-03-05 to 2024-03-11",
    ]


def test_assessments_of_all_rpas_count():
    """Three for one RPA and three for another are six for the assessor; an assessor of the other only is its own."""
    table = files(
        *({"assessed_on": day} for day in in_march(4, 5, 6)),
        *({"assessed_on": day, "rpa": OTHER} for day in in_march(7, 8, 8)),
        *({"assessed_on": day, "rpa": OTHER, "assessor_id": "A2"} for day in in_march(4, 4, 5, 6, 7, 8)),
    )
    assert told(assessments_in_a_week(audit(cases=table)), status="warning") == [
        (
            "warning",
            "A1",
            "6 assessments in the week from Monday 2024-03-04, for 2 RPAs; expected no more than 5 normally",
        )
    ]


@pytest.mark.parametrize(
    ("monday", "after", "months"),
    [
        ("2024-02-26", [0, 1, 3, 3, 4, 4], ("2024-02", "2024-03")),
        ("2024-12-30", [0, 0, 1, 3, 3, 4], ("2024-12", "2025-01")),
    ],
)
def test_a_week_over_the_end_of_a_month_or_year_is_named_in_both_months(monday, after, months):
    """Week 1 of 2025 begins on 30 December; months are those of submission, and each that has a file names the week."""
    days = [f"{pd.Timestamp(monday) + pd.Timedelta(days=number):%Y-%m-%d}" for number in after]
    table = files(*({"assessed_on": day, "month": day[:7], "submitted_on": day} for day in days))
    for month in months:
        found = told(assessments_in_a_week(audit(cases=table, months=[month])), status="warning")
        message = f"6 assessments in the week from Monday {monday}; expected no more than 5 normally"
        assert found == [("warning", "A1", message)]
    five = table.iloc[1:]
    assert not told(assessments_in_a_week(audit(cases=five, months=[months[1]])), status="warning")


def test_a_week_without_a_file_of_the_months_is_left_to_its_own_months():
    """A full week of February, of files submitted in February, is not named in March."""
    early = files(*[{"month": "2024-02", "assessed_on": "2024-02-14", "submitted_on": "2024-02-16"}] * 6, {})
    assert not told(assessments_in_a_week(audit(cases=early)), status="warning")
    assert told(assessments_in_a_week(audit(cases=early, months=["2024-02"])), status="warning")


@pytest.mark.parametrize(("window", "named"), [("iso_week", 0), ("any_seven_days", 1), ("both", 1)])
def test_the_rule_says_which_weeks_are_looked_at(tmp_path, window, named):
    """Six in seven days over two ISO weeks are seen by two of the three settings."""
    book = book_with(tmp_path, "HLTA.ASR.2", "window: both", f"window: {window}")
    made = replace(audit(cases=on(*in_march(7, 7, 8, 11, 12, 13))), book=book)
    assert len(told(assessments_in_a_week(made), status="warning")) == named


def test_blank_days_of_assessment_are_said_and_rows_may_come_in_any_order():
    """The files without a day are named; the others are counted."""
    table = on(*in_march(4, 5, 6, 7, 8, 8), None)
    made = told(assessments_in_a_week(audit(cases=table)))
    assert made == told(assessments_in_a_week(audit(cases=table[::-1])))
    assert made[0] == (
        "not_assessable",
        "A1",
        "not assessable, because the day of assessment is blank in 1 of their files: c007",
    )
    assert [row[0] for row in made] == ["not_assessable", "warning", "information"]
    without = audit(cases=table.drop(columns="assessed_on"))
    assert told(assessments_in_a_week(without)) == [
        ("not_assessable", "", "not assessable, because the table cases has no column assessed_on")
    ]


def people(*rows):
    """Return the register of assessors."""
    return frame("assessors", [{"assessor_id": "A1", "rpa": RPA, "roles": "assessor", **row} for row in rows])


# ASR.4


def test_a_senior_assessor_on_every_day_of_the_month():
    """The role counts from the day on which they start: the first of the month is in time, the second is not."""
    register = people({"roles": "assessor;senior", "started_on": "2024-03-01"})
    assert told(senior_assessor_named(audit(assessors=register))) == [
        ("met", "", "31 of 31 (100 %) days had 1 or more senior assessors")
    ]
    register = people({"roles": "senior", "started_on": "2024-03-02"})
    said = senior_assessor_named(audit(assessors=register))
    assert told(said) == [
        ("breach", "A1", f"{RPA} has no senior assessor on 2024-03-01, days: 1; A1 starts on 2024-03-02"),
        ("information", "", "30 of 31 (96.77 %) days had 1 or more senior assessors"),
    ]
    assert (said[0].value, said[0].threshold) == ("1", "0")


def test_nobody_with_the_role_is_the_rpas_breach():
    """A moderator, another RPA's senior and a role that only sounds alike are none."""
    register = people(
        {"roles": "assessor;moderator", "started_on": "2023-01-01"},
        {"assessor_id": "A2", "rpa": OTHER, "roles": "senior", "started_on": "2023-01-01"},
    )
    assert told(senior_assessor_named(audit(assessors=register))) == [
        ("breach", "", f"{RPA} has no senior assessor on 2024-03-01 to 2024-03-31, days: 31"),
        ("information", "", "0 of 31 (0 %) days had 1 or more senior assessors"),
    ]


def test_a_removal_ends_the_role_until_it_is_closed():
    """From the day of removal to the day before it is closed; a suspension and another RPA's removal end nothing."""
    register = people({"roles": "senior", "started_on": "2023-01-01"})
    row = {"action_id": "AC1", "assessor_id": "A1", "rpa": RPA, "procedure": "removal"}
    dates = {"opened_on": "2024-03-10", "closed_on": "2024-03-12"}
    removed = audit(assessors=register, actions=frame("actions", [row | dates]))
    assert told(senior_assessor_named(removed))[0] == (
        "breach",
        "",
        f"{RPA} has no senior assessor on 2024-03-10 to 2024-03-11, days: 2",
    )
    for change in ({"procedure": "suspension"}, {"rpa": OTHER}):
        made = audit(assessors=register, actions=frame("actions", [row | dates | change]))
        assert told(senior_assessor_named(made))[0][0] == "met"


def test_blank_roles_and_first_days_leave_it_open():
    """Somebody might have been a senior assessor: no breach, and not met."""
    for unknown in ({"roles": None, "started_on": "2023-01-01"}, {"roles": "senior", "started_on": None}):
        found = told(senior_assessor_named(audit(assessors=people(unknown))))
        assert [row[0] for row in found] == ["not_assessable", "information"]
        assert "seniors are not known on 31 days: 2024-03-01 to 2024-03-31" in found[0][2]
    known = people({"roles": "senior", "started_on": "2023-01-01"}, {"assessor_id": "A2", "roles": None})
    assert told(senior_assessor_named(audit(assessors=known)))[0][0] == "met"
    assert told(senior_assessor_named(audit()))[0][0] == "not_assessable"


def test_days_that_have_not_come_are_not_looked_at():
    """As of 10 March there are ten days; as of February none."""
    register = people({"roles": "senior", "started_on": "2023-01-01"})
    assert told(senior_assessor_named(audit(assessors=register, as_of="2024-03-10")))[0][2].startswith("10 of 10")
    assert told(senior_assessor_named(audit(assessors=register, as_of="2024-02-29"))) == [
        ("information", "", "nothing to look at: no day of the months by 2024-02-29")
    ]


def test_the_rule_says_how_many_senior_assessors(tmp_path):
    """Where two are asked for, one is too few."""
    book = book_with(tmp_path, "HLTA.ASR.4", 'value: "1"', 'value: "2"')
    register = people({"roles": "senior", "started_on": "2023-01-01"})
    found = told(senior_assessor_named(replace(audit(assessors=register), book=book)))
    assert found[0][2] == f"{RPA} has fewer than 2 senior assessors on 2024-03-01 to 2024-03-31, days: 31"


# ASR.7


def test_an_assignment_outside_the_partnership_is_a_breach():
    """What is written is quoted; a blank, and a word that says none, is none; another RPA's assessor is not asked."""
    register = people(
        {"outside_assignment": "a training company"},
        {"assessor_id": "A2", "outside_assignment": None},
        {"assessor_id": "A3", "outside_assignment": " None "},
        {"assessor_id": "A4", "rpa": OTHER, "outside_assignment": "another"},
    )
    found = told(no_outside_assignment(audit(assessors=register[::-1])))
    assert found == [
        ("breach", "A1", "an assignment outside the Partnership is recorded, without its day: a training company"),
        ("information", "", "2 of 3 (66.67 %) assessors have no assignment outside the Partnership on record"),
    ]
    assert told(no_outside_assignment(audit(assessors=register[1:3])))[0][0] == "met"


@pytest.mark.parametrize(("as_of", "found"), [("2024-04-19", []), ("2024-04-20", ["breach"])])
def test_an_assignment_outside_is_known_from_its_day(as_of, found):
    """An audit as of an earlier day does not know it."""
    register = people({"outside_assignment": "a training company", "outside_assignment_on": "2024-04-20"})
    said = told(no_outside_assignment(audit(assessors=register, as_of=as_of)), "A1")
    assert [row[0] for row in said] == found
    assert all("on 2024-04-20: a training" in row[2] for row in said)


def test_outside_assignments_without_their_column_are_not_assessable():
    """A data set that has no such column says nothing of anybody."""
    assert told(no_outside_assignment(audit(assessors=people({})))) == [
        ("not_assessable", "", "not assessable, because the table assessors has no column outside_assignment")
    ]


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F40": by.cases(lambda cases: (cases["first_solo"] == "yes") & (cases["senior_assessor_id"] == "")),
    "F41": by.heaviest("iso"),
    "F42": by.heaviest("seven"),
    "F46": by.no_senior,
    "F51": by.table_rows("assessors", "assessor_id", lambda rows: rows["outside_assignment"] != ""),
}
