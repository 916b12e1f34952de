"""Who may be assessed (HLTA.PREP.1), and who gets adjustments (HLTA.ASR.8)."""

import hlta_counts as by
import pytest
from hlta_frames import audit, files, told

from qa_lib.schemes.hlta.rules.eligibility import adjusted, eligible, school_run

FINE = {
    "funded": True, "judged_ready": True, "opportunity": True, "employer_support": True, "setting": "primary school",
    "ages_min": 5, "ages_max": 11, "l2_english_submitted_on": "2024-01-08", "l2_maths_submitted_on": "2024-01-08",
}  # fmt: skip


def of_files(said):
    """Return the (status, subject) of what stands out."""
    return [(status, subject) for status, subject, _ in told(said) if subject]


def test_an_eligible_candidate_meets_each_part():
    """Seven parts are met; the setting is information, for no document says which is suitable."""
    said = eligible(audit(cases=files(FINE, FINE)))
    assert [status for status, *_ in told(said)].count("met") == 7
    assert told(said, status="information") == [
        (
            "information",
            "",
            "2 of 2 (100 %) files name the setting; whether it is a suitable one is for the RPA to judge",
        )
    ]


@pytest.mark.parametrize("column", ["funded", "judged_ready", "opportunity", "employer_support"])
def test_no_is_a_breach_and_a_blank_is_not(column):
    """Each answer stands alone: no is a breach of that file, a blank cannot be judged."""
    said = eligible(audit(cases=files(FINE, FINE | {column: False}, FINE | {column: None})))
    assert of_files(said) == [("not_assessable", "c003"), ("breach", "c002")]
    assert "1 of 3 (33.33 %)" in " ".join(message for _, subject, message in told(said) if not subject)


@pytest.mark.parametrize(
    ("low", "high", "setting", "expected"),
    [
        (3, 19, "nursery", None),
        (2, 4, "nursery", "breach"),
        (2, 4, "school-run nursery", None),
        (2, 2, "School run nursery", None),
        (1, 4, "school-run nursery", "breach"),
        (2, 4, "primary school", "breach"),
        (2, 4, "nursery class of a primary school", "not_assessable"),
        (2, 4, None, "not_assessable"),
        (1, 4, None, "breach"),
        (16, 19, "college", None),
        (16, 20, "college", "information"),
        (19, 25, "college", "information"),
        (20, 25, "college", "breach"),
        (11, 5, "primary school", "not_assessable"),
        (None, 11, "primary school", "not_assessable"),
        (5, None, "primary school", "not_assessable"),
    ],
)
def test_ages_are_three_to_nineteen_and_two_in_a_school_run_nursery(low, high, setting, expected):
    """3 and 19 are in, 2 only where a school runs the nursery; older ones beside the others are no obstacle."""
    place = {"setting": setting} if setting else {}
    ages = {key: value for key, value in FINE.items() if key != "setting"} | {"ages_min": low, "ages_max": high}
    said = [status for status, _ in of_files(eligible(audit(cases=files(ages | place))))]
    assert said == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("school-run nursery", True),
        ("A School-Run Nursery class", True),
        ("nursery run by a school", True),
        ("nursery", False),
        ("private day nursery", False),
        ("college", False),
        ("not a school-run nursery", None),
        ("pre-school nursery", None),
        ("nursery school", None),
        ("nursery unit of a primary academy", None),
        ("Infants' nursery", None),
        ("", None),
        ("2+", None),
    ],
)
def test_a_setting_says_whether_a_school_runs_the_nursery(setting, expected):
    """Only plain words say yes; what names a school and a nursery otherwise is left open."""
    assert school_run(setting) is expected


def test_evidence_of_level_2_in_both_subjects_is_looked_for():
    """A blank day of English or of mathematics is not assessable, each for itself."""
    said = eligible(
        audit(cases=files(FINE | {"l2_english_submitted_on": None}, FINE | {"l2_maths_submitted_on": None}, FINE))
    )
    assert told(said, "c001")[0][2].endswith("no day of submission of evidence of Level 2 English is recorded")
    assert told(said, "c002")[0][2].endswith("no day of submission of evidence of Level 2 mathematics is recorded")
    assert of_files(said) == [("not_assessable", "c001"), ("not_assessable", "c002")]


def test_a_blank_setting_is_not_assessable():
    """Whether someone works in a school or a suitable setting cannot be told where none is named."""
    assert of_files(eligible(audit(cases=files(FINE, FINE | {"setting": "  "})))) == [("not_assessable", "c002")]


def test_a_missing_column_takes_its_own_part_only():
    """Without funded the other parts are judged, and the lack is said once."""
    rows = [{key: value for key, value in FINE.items() if key != "funded"}] * 2
    said = eligible(audit(cases=files(*rows)))
    assert told(said, status="not_assessable") == [
        ("not_assessable", "", "not assessable, because the table cases has no column funded")
    ]
    assert [status for status, *_ in told(said)].count("met") == 6


def test_row_order_says_nothing_of_eligibility():
    """The same files in another order say the same."""
    table = files(FINE, FINE | {"funded": False}, FINE | {"ages_min": 2}, FINE | {"judged_ready": None})
    assert eligible(audit(cases=table)) == eligible(audit(cases=table[::-1]))


YES = {"disability_disclosed": True, "adjustments": "large print"}


@pytest.mark.parametrize("entry", [None, " ", "none", "None.", "No", "nil", "No adjustments."])
def test_disclosed_without_an_adjustment_is_a_breach_that_says_no_more(entry):
    """The message names neither value nor number; an entry that says none is none."""
    said = adjusted(audit(cases=files(YES, YES | {"adjustments": entry})))
    message = "a disability was disclosed, and neither an adjustment nor an agreement on none is recorded"
    assert told(said) == [("breach", "c002", message)]
    assert all(one.value == one.threshold == "" for one in said)


@pytest.mark.parametrize("entry", ["unknown", "n/k", "Not applicable", "-"])
def test_an_entry_that_says_nothing_is_no_adjustment(entry):
    """It neither meets the rule nor accuses anybody; with a day on which none was agreed nothing is asked."""
    said = told(adjusted(audit(cases=files(YES, YES | {"adjustments": entry}))))
    assert [row[:2] for row in said] == [("not_assessable", "c002")]
    agreed = YES | {"adjustments": entry, "no_adjustment_agreed_on": "2024-02-20"}
    assert [one.status for one in adjusted(audit(cases=files(agreed)))] == ["met"]


@pytest.mark.parametrize("entry", [None, "none", "None needed", "not required"])
def test_that_none_is_needed_counts_with_the_day_on_which_it_was_agreed(entry):
    """With a day it is in order whatever the entry says; an entry that claims it without a day cannot be judged."""
    agreed = YES | {"adjustments": entry, "no_adjustment_agreed_on": "2024-02-20"}
    assert [row[0] for row in told(adjusted(audit(cases=files(YES, agreed))))] == ["met"]
    undated = told(adjusted(audit(cases=files(agreed, agreed | {"no_adjustment_agreed_on": None}))))
    assert [row[:2] for row in undated] == [("not_assessable" if entry and " " in entry else "breach", "c002")]


def test_a_day_on_which_none_was_agreed_needs_no_disclosure():
    """Where it is blank whether a disability was disclosed, there is nothing to ask for."""
    row = {"disability_disclosed": None, "adjustments": None, "no_adjustment_agreed_on": "2024-02-20"}
    assert [one.status for one in adjusted(audit(cases=files(row)))] == ["met"]


def test_adjustments_for_all_who_disclosed_are_met_without_a_number():
    """One sentence that reads the same whoever disclosed anything, and if nobody did."""
    nobody = {"disability_disclosed": False, "adjustments": None}
    expected = [("met", "", "wherever a disability was disclosed, an adjustment or an agreement on none is recorded")]
    for rows in ([YES, YES | {"adjustments": "no small print"}], [nobody], [YES, nobody]):
        said = adjusted(audit(cases=files(*rows)))
        assert told(said) == expected
        assert all(one.value == one.threshold == "" for one in said)


def test_a_blank_disclosure_is_not_assessable_unless_an_adjustment_is_there():
    """Telling is voluntary, so a blank is not taken for no; with an adjustment there is nothing to ask for."""
    untold = {"disability_disclosed": None, "adjustments": None}
    said = adjusted(audit(cases=files(untold, untold | {"adjustments": "a reader"}, YES)))
    assert told(said) == [
        ("not_assessable", "c001", "not assessable, because whether a disability was disclosed is blank")
    ]


def test_adjustments_without_their_columns_or_files():
    """A missing column is said once; a month without files is information."""
    assert [status for status, *_ in told(adjusted(audit(cases=files({"disability_disclosed": True}))))] == [
        "not_assessable"
    ]
    assert told(adjusted(audit(cases=files(YES), months=["2024-02"]))) == [
        ("information", "", "nothing to look at: 0 files")
    ]


def test_row_order_says_nothing_of_adjustments():
    """The same files in another order say the same."""
    table = files(YES | {"adjustments": None}, YES, {"disability_disclosed": None, "adjustments": None})
    assert adjusted(audit(cases=table)) == adjusted(audit(cases=table[::-1]))


def disclosed_without(cases):
    """Say of which files a disability is disclosed and no adjustment made."""
    return (cases["disability_disclosed"] == "yes") & (cases["adjustments"] == "")


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F01": by.no("funded"),
    "F02": by.no("judged_ready"),
    "F03": by.no("opportunity"),
    "F04": by.no("employer_support"),
    "F05": lambda tables: by.chosen_rows(
        by.ages(tables), by.ages(tables).eval("low < 3 and setting != 'school-run nursery'")
    ),
    "F06": lambda tables: by.chosen_rows(by.ages(tables), by.ages(tables).eval("high > 19")),
    "F07": lambda tables: by.chosen_rows(
        by.ages(tables), by.ages(tables).eval("low == 2 and setting == 'school-run nursery'")
    ),
    "F28": by.cases(lambda cases: disclosed_without(cases) & (cases["no_adjustment_agreed_on"] == "")),
    "F153": by.cases(lambda cases: disclosed_without(cases) & (cases["no_adjustment_agreed_on"] != "")),
}
