"""How candidates' records are kept: filled in, standing there twice, days that contradict (HLTA.REC.1)."""

import hlta_counts as by
import pytest
from hlta_frames import OTHER, audit, files, told

from qa_lib.schemes.hlta.rules.candidate_records import EXPECTED, IN_ORDER, records_kept
from qa_lib.schemes.hlta.tables import TABLES


def lines(said):
    """Return the lines over all files."""
    return [message for status, subject, message in told(said) if not subject and status == "information"]


def test_records_judge_nobody():
    """Whatever is blank, twice or contradicts, all is information, or not assessable where a column is missing."""
    table = files({"difficult": None, "evidence_from": "2024-03-01", "evidence_to": "2024-02-01"}, {})
    assert {row[0] for row in told(records_kept(audit(cases=table)))} == {"information", "not_assessable"}
    assert len(lines(records_kept(audit(cases=table)))) == 3


def test_cells_to_judge_by_are_counted_with_the_blank_ones_by_column():
    """Columns that decide a draw, days, and yes or no, as far as the data set has them; no others are counted."""
    table = files({"difficult": None, "setting": None}, {"difficult": False, "paid_on": "2024-01-05", "setting": "x"})
    said = records_kept(audit(cases=table))
    # case, RPA, month, candidate, assessor, PoP, outcome, attempt, assessed and submitted on, difficult, paid on
    share = "22 of 24 (91.67 %) cells by which files are drawn and judged are filled in"
    assert lines(said)[0] == f"{share}; blank: difficult 1, paid_on 1"
    assert (said[0].value, said[0].threshold) == ("22", "24")


def test_columns_that_the_data_set_lacks_are_named():
    """What is not there is neither filled in nor blank."""
    (lacking,) = [row[2] for row in told(records_kept(audit())) if "would count: " in row[2]]
    assert "would count: difficult, first_solo, allocated_on, " in lacking
    assert "assessed_on" not in lacking


def test_what_may_be_blank_is_not_counted():
    """Nobody has to tell of a disability, a result is released later, and an event comes after the file."""
    open_ones = {"disability_disclosed", "no_adjustment_agreed_on", "preparation_set_apart"}
    open_ones |= {"result_released_on", "available_at_event"}
    kinds = {column.name for column in TABLES["cases"].columns if column.draw or column.kind in ("date", "bool")}
    assert kinds - set(EXPECTED) == open_ones


def test_one_assessment_under_two_numbers_is_named_in_both():
    """The same candidate on the same day; another day, another candidate or another RPA is another assessment."""
    table = files(
        {"candidate_id": "k1"},
        {"candidate_id": "k1"},
        {"candidate_id": "k1", "assessed_on": "2024-03-12"},
        {"candidate_id": "k2"},
        {"candidate_id": "k2", "rpa": OTHER},
    )
    said = records_kept(audit(cases=table))
    assert [row for row in told(said) if row[1]] == [
        ("information", "c001", "the same candidate was assessed on 2024-03-11 in c002 too"),
        ("information", "c002", "the same candidate was assessed on 2024-03-11 in c001 too"),
    ]
    assert lines(said)[1] == "2 of 4 (50 %) files hold an assessment that another one holds too, by candidate and day"


def test_a_file_of_another_month_is_found_too():
    """The file of March is named, that of February is not in question; three files name the two others each."""
    table = files({}, {"month": "2024-02"}, {"month": "2024-02"}, candidate_id="k1")
    assert told(records_kept(audit(cases=table)), "c001")[0][2].endswith("in c002, c003 too")
    assert told(records_kept(audit(cases=table)), "c002") == []


@pytest.mark.parametrize("column", ["candidate_id", "assessed_on"])
def test_files_without_candidate_or_day_are_not_compared(column):
    """Two blanks are not the same; how many there are is said, and without the column nothing is compared."""
    said = records_kept(audit(cases=files({column: None}, {column: None}, {})))
    assert lines(said)[1].startswith("0 of 1 (0 %) files hold")
    assert lines(said)[1].endswith("; 2 name no candidate or no day")
    without = files({}).drop(columns=column)
    assert f"the table cases has no column {column}" in " ".join(
        row[2] for row in told(records_kept(audit(cases=without)))
    )


@pytest.mark.parametrize(("first", "then"), [(pair[0], pair[2]) for pair in IN_ORDER])
def test_days_contradict_each_other_from_the_day_after_on(first, then):
    """The same day is no contradiction; a blank is none either."""
    assert TABLES["cases"].column(first).kind == TABLES["cases"].column(then).kind == "date"
    days = [("2024-03-04", "2024-03-04"), ("2024-03-05", "2024-03-04"), (None, "2024-03-04"), ("2024-03-05", None)]
    blank = dict.fromkeys({"candidate_id", "assessed_on", "submitted_on"} - {first, then})
    table = files(*({**blank, first: one, then: other} for one, other in days))
    said = records_kept(audit(cases=table))
    assert [row[:2] for row in told(said) if row[1]] == [("information", "c002")]
    assert lines(said)[2].startswith("1 of 2 (50 %) pairs of days contradict each other (")


def test_a_contradiction_tells_both_days_and_is_counted_by_its_kind():
    """What lies after what, and how often."""
    early = {"candidate_id": "k2", "submitted_on": "2024-03-10"}
    table = files({"evidence_from": "2024-03-05", "evidence_to": "2024-03-04"}, early)
    said = records_kept(audit(cases=table))
    assert told(said, "c001") == [
        (
            "information",
            "c001",
            "the days contradict each other: the oldest evidence is of 2024-03-05, the latest evidence of 2024-03-04",
        )
    ]
    assert lines(said)[2] == (
        "2 of 3 (66.67 %) pairs of days contradict each other "
        "(the assessment after the submission: 1; the oldest evidence after the latest evidence: 1)"
    )


def test_days_that_the_data_set_lacks_are_named():
    """Pairs of which both are there are compared all the same."""
    said = records_kept(audit())
    assert lines(said)[2] == "0 of 1 (0 %) pairs of days contradict each other"
    (lacking,) = [row[2] for row in told(said) if "would be compared: " in row[2]]
    assert lacking.endswith(
        "would be compared: allocated_on, evidence_from, evidence_to, final_session_on, "
        "first_session_on, paperwork_on, registered_on, result_released_on, second_session_on"
    )


def test_row_order_says_nothing_of_records():
    """The same files in another order say the same."""
    table = files({}, {"submitted_on": "2024-03-10"}, {"candidate_id": None}, {"candidate_id": "k2"})
    assert records_kept(audit(cases=table)) == records_kept(audit(cases=table[::-1]))


#: Planted facts of this rule -> how each is counted in the tables of text.
PLANTED = {
    "F133": by.late("evidence_from", "evidence_to"),
    "F134": by.cases(lambda cases: cases.duplicated(["rpa", "candidate_id", "assessed_on"], keep=False)),
}
