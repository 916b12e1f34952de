"""Files against the capacity of assessors: what the months brought, and the forecast with its assumption."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import MONTH, OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.capacity import FORECAST, capacity_against_files, capacity_forecast, capacity_sentence


def people(*rows):
    """Return the register: each row over an assessor with room for four files a month."""
    ordinary = {"assessor_id": "A1", "rpa": RPA, "roles": "assessor", "capacity_per_month": 4}
    return frame("assessors", [ordinary | row for row in rows])


def months(**numbers):
    """Return files of months, as ``m2024_03=5``."""
    rows = [
        {"month": name[1:].replace("_", "-"), "submitted_on": f"{name[1:].replace('_', '-')}-15"}
        for name, number in numbers.items()
        for _ in range(number)
    ]
    return files(*rows)


def ahead(made, **more):
    """Return the forecast part of the frame."""
    frame = capacity_forecast(made, **more)
    return frame[frame["files_seen"].isna()].reset_index(drop=True)


@pytest.mark.parametrize(("number", "short"), [(4, False), (5, True)])
def test_a_month_with_more_files_than_room_is_information(number, short):
    """Room for four: four files fit, the fifth is too many."""
    made = audit(cases=months(m2024_03=number), assessors=people({}))
    seen = [row for row in told(capacity_against_files(made)) if "brought 5" in row[2]]
    message = "2024-03 brought 5 files, 1 more than there is room for: 4 with 1 assessors free to assess"
    assert seen == ([("information", "", message)] if short else [])
    share = "0 of 1 (0 %)" if short else "1 of 1 (100 %)"
    last = told(capacity_against_files(made))[-1]
    assert last == ("information", "", f"{share} months brought no more files than assessors have room for")


def test_what_is_expected_is_the_mean_of_three_months_and_of_the_month_a_year_earlier():
    """7 last April and 1, 2, 3 since January are 13 / 4, rounded up; May of last year brought none."""
    made = audit(
        cases=months(m2023_04=7, m2024_01=1, m2024_02=2, m2024_03=3), assessors=people({"capacity_per_month": 3})
    )
    found = ahead(made, horizon=2)
    assert found[["month", "files_expected", "capacity", "shortfall"]].values.tolist() == [
        ["2024-04", 4, 3, 1],
        ["2024-05", 2, 3, 0],
    ]
    assert found["based_on"].tolist() == [
        "the mean of 7 in 2023-04, 1 in 2024-01, 2 in 2024-02, 3 in 2024-03 is 3.25",
        "the mean of 0 in 2023-05, 1 in 2024-01, 2 in 2024-02, 3 in 2024-03 is 1.5",
    ]
    assert len(capacity_forecast(made, horizon=2)) == 7 + 2


def test_a_month_before_the_data_begin_is_not_known_and_is_no_zero():
    """Of a data set that begins in March only March counts."""
    found = ahead(audit(cases=months(m2024_03=3), assessors=people({})))
    assert found["files_expected"].tolist() == [3, 3, 3]
    assert found["based_on"].iloc[0] == "the mean of 3 in 2024-03 is 3"
    assert capacity_forecast(audit(cases=months(m2024_03=3), assessors=people({})))["month"].tolist() == [
        "2024-03",
        "2024-04",
        "2024-05",
        "2024-06",
    ]


def test_months_after_those_in_question_and_other_rpas_files_are_not_counted():
    """April's files are known by the end of April and are none of March's audit."""
    table = pd.concat([months(m2024_03=2, m2024_04=9), files({"rpa": OTHER}).assign(case_id="x")], ignore_index=True)
    assert ahead(audit(cases=table, assessors=people({})))["files_expected"].tolist() == [2, 2, 2]
    assert capacity_forecast(audit(cases=table[::-1], assessors=people({}))).equals(
        capacity_forecast(audit(cases=table, assessors=people({})))
    )


@pytest.mark.parametrize(
    ("row", "room"),
    [
        ({"started_on": "2024-03-31"}, 8),
        ({"started_on": "2024-04-01"}, 4),
        ({"started_on": None}, 8),
        ({"roles": "peer_reviewer"}, 4),
        ({"roles": None}, 8),
        ({"rpa": OTHER}, 4),
    ],
)
def test_who_counts_towards_a_months_room(row, room):
    """Assessors of the RPA who have started by the last day of the month."""
    made = audit(cases=months(m2024_03=1), assessors=people({}, {"assessor_id": "A2"} | row))
    assert capacity_forecast(made)["capacity"].iloc[0] == room


@pytest.mark.parametrize(
    ("action", "room"),
    [
        ({"opened_on": "2024-03-01", "closed_on": "2024-04-01"}, 0),
        ({"opened_on": "2024-03-02", "closed_on": "2024-04-01"}, 4),
        ({"opened_on": "2024-03-01", "closed_on": "2024-03-31"}, 4),
        ({"opened_on": "2024-01-10", "closed_on": None}, 0),
        ({"opened_on": "2024-01-10", "closed_on": None, "procedure": "discussion"}, 4),
        ({"opened_on": "2024-01-10", "closed_on": None, "rpa": OTHER}, 4),
    ],
)
def test_who_is_barred_for_the_whole_month_does_not_count(action, room):
    """A suspension over every day of March; a single free day is enough to count."""
    row = {"action_id": "AC1", "assessor_id": "A1", "rpa": RPA, "procedure": "suspension"} | action
    made = audit(cases=months(m2024_03=1), assessors=people({}), actions=frame("actions", [row]))
    assert capacity_forecast(made)["capacity"].iloc[0] == room


def test_a_blank_capacity_is_said_and_counts_as_nothing():
    """Two assessors, of whom one has a capacity on record."""
    made = audit(cases=months(m2024_03=1), assessors=people({}, {"assessor_id": "A2", "capacity_per_month": None}))
    assert told(capacity_against_files(made))[0] == (
        "not_assessable",
        "A2",
        "not assessable, because the capacity per month is blank",
    )
    first = capacity_forecast(made).iloc[0]
    assert (first["assessors"], first["capacity"], first["unknown"]) == (2, 4, 1)


def test_an_expected_shortfall_is_said_with_what_it_rests_on():
    """The month ahead, the reason in the sentence."""
    made = audit(cases=months(m2024_03=6), assessors=people({}))
    found = told(capacity_against_files(made))
    assert found[1] == (
        "information",
        "",
        "2024-04 is expected to bring 6 files (the mean of 6 in 2024-03 is 6), 2 more than there is room for: "
        "4 with 1 assessors free to assess",
    )
    assert {row[0] for row in found} == {"information"}


def test_the_sentence_states_the_assumption_and_what_follows():
    """Room, no room, and nothing known."""
    how = "Expected files of a month: the mean of the last three months"
    enough = capacity_sentence(audit(cases=months(m2024_03=4), assessors=people({})))
    assert enough.startswith(how)
    assert enough.endswith("HLTA North is expected to have room for all files in the next 3 months.")
    short = capacity_sentence(audit(cases=months(m2024_03=6), assessors=people({})), horizon=2)
    assert short.endswith("HLTA North is expected to be short of room for files: 2 in 2024-04, 2 in 2024-05.")
    assert capacity_sentence(audit()).endswith("not recorded, so nothing can be said of HLTA North.")


def test_without_capacities_the_files_are_still_counted():
    """The frame keeps its columns, the finding says what is missing."""
    made = audit(cases=months(m2024_03=2))
    found = capacity_forecast(made)
    assert list(found.columns) == FORECAST
    assert found["capacity"].isna().all()
    assert found["files_seen"].iloc[0] == 2
    assert told(capacity_against_files(made)) == [
        ("not_assessable", "", "not assessable, because the data set has no table assessors")
    ]


def test_a_month_without_files_has_nothing_to_look_at_and_rpas_fit_together():
    """An RPA without files in the months is not judged; the frames of RPAs can be put under each other."""
    made = audit(cases=months(m2024_01=1), assessors=people({}), months=["2024-02"])
    assert told(capacity_against_files(made)) == [("information", "", "nothing to look at: 0 files in the months")]
    both = [
        capacity_forecast(audit(cases=files({}, {"rpa": OTHER}), assessors=people({}), provider=rpa))
        for rpa in (RPA, OTHER)
    ]
    every = pd.concat(both, ignore_index=True)
    assert every.loc[every["month"] == MONTH, "rpa"].tolist() == [RPA, OTHER]
    assert every["shortfall"].dtype == "Int64"


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F102": by.too_little_room,
}
