"""How long candidates were prepared, how old their evidence is, and what was checked (HLTA.PREP.3, 5 and 6)."""

import datetime as dt
from dataclasses import replace

import hlta_counts as by
import pytest
from dateutil.relativedelta import relativedelta
from hlta_frames import BOOK, audit, files, told

from qa_lib.schemes.hlta.rules.preparation import (
    checks_during_preparation,
    evidence_of_twelve_months,
    three_days_of_preparation,
)

CHECKED = {
    "assessed_on": "2024-03-11", "standard11_verified_on": "2024-03-11", "level2_checked_on": "2024-01-10",
    "first_session_on": "2024-01-10", "registered_on": "2024-01-24", "second_session_on": "2024-01-24",
}  # fmt: skip


def of_files(said):
    """Return the (status, subject) of what stands out."""
    return [(status, subject) for status, subject, _ in told(said) if subject]


@pytest.mark.parametrize(
    ("days", "apart", "expected"),
    [
        ("2.9", False, "warning"),
        ("2.5", True, "warning"),
        ("3", False, None),
        ("3.0", None, None),
        ("3.1", False, "warning"),
        ("3.1", True, None),
        ("5", True, None),
        ("4", None, "not_assessable"),
        (None, True, "not_assessable"),
    ],
)
def test_preparation_is_three_days_and_more_is_set_apart(days, apart, expected):
    """Three is in order; less is a warning, more only where it is not set apart; a blank that decides is said."""
    said = three_days_of_preparation(audit(cases=files({"preparation_days": days, "preparation_set_apart": apart})))
    assert [status for status, _ in of_files(said)] == ([expected] if expected else [])
    assert said[-1].status == ("information" if expected else "met")


def test_days_of_preparation_are_shown_exactly():
    """What was found and what was expected."""
    said = three_days_of_preparation(
        audit(cases=files({"preparation_days": "2.50"}, {"preparation_days": "4"}, preparation_set_apart=False))
    )
    assert [(one.value, one.threshold) for one in said] == [("2.5", "3"), ("4", "3"), ("0", "2")]
    assert (
        told(said)[1][2]
        == "4 days of preparation; expected the equivalent of 3, with anything longer clearly set apart"
    )


def test_whether_days_are_set_apart_is_asked_only_of_longer_preparation():
    """Without that column three days are in order, four cannot be judged; without days nothing can."""
    said = three_days_of_preparation(audit(cases=files({"preparation_days": "3"}, {"preparation_days": "4"})))
    assert of_files(said) == [("not_assessable", "c002")]
    assert [status for status, *_ in told(three_days_of_preparation(audit()))] == ["not_assessable"]


@pytest.mark.parametrize(
    ("assessed", "oldest", "old"),
    [
        ("2024-03-11", "2023-03-11", False),
        ("2024-03-11", "2023-03-10", True),
        ("2024-02-29", "2023-02-28", False),
        ("2024-02-29", "2023-02-27", True),
        ("2024-02-28", "2023-02-28", False),
        ("2024-03-01", "2023-02-28", True),
        ("2025-02-28", "2024-02-29", False),
        ("2025-02-28", "2024-02-28", False),
        ("2025-02-28", "2024-02-27", True),
        ("2025-03-01", "2024-02-29", True),
        ("2024-12-31", "2023-12-31", False),
        ("2024-01-01", "2022-12-31", True),
    ],
)
def test_evidence_goes_back_twelve_calendar_months(assessed, oldest, old):
    """The same day a year before is in; in February the last day counts where there is no 29th; as dateutil counts."""
    looked = audit(cases=files({"assessed_on": assessed, "evidence_from": oldest}), as_of="2025-04-30")
    assert of_files(evidence_of_twelve_months(looked)) == ([("warning", "c001")] if old else [])
    back = dt.date.fromisoformat(assessed) - relativedelta(months=BOOK["HLTA.PREP.5"].on(assessed).value)
    assert (dt.date.fromisoformat(oldest) < back) is old


def test_old_evidence_says_its_days():
    """What was found and what was expected, as days."""
    said = evidence_of_twelve_months(audit(cases=files({"assessed_on": "2024-02-29", "evidence_from": "2023-02-27"})))
    assert told(said) == [
        (
            "warning",
            "c001",
            "the oldest evidence is of 2023-02-27; 12 months before the assessment of 2024-02-29 is 2023-02-28",
        ),
        ("information", "", "0 of 1 (0 %) files rest on evidence of the last 12 months"),
    ]
    assert (said[0].value, said[0].threshold) == ("2023-02-27", "on or after 2023-02-28")


def test_the_age_of_evidence_without_its_days():
    """A blank day is not assessable for its file, a missing column for all at once."""
    table = files({"evidence_from": None}, {"evidence_from": "2024-01-01", "assessed_on": None})
    assert sorted(of_files(evidence_of_twelve_months(audit(cases=table)))) == [
        ("not_assessable", "c001"),
        ("not_assessable", "c002"),
    ]
    assert told(evidence_of_twelve_months(audit())) == [
        ("not_assessable", "", "not assessable, because the table cases has no column evidence_from")
    ]


@pytest.mark.parametrize(
    ("column", "in_time", "late", "severity"),
    [
        ("standard11_verified_on", "2024-03-11", "2024-03-12", "breach"),
        ("level2_checked_on", "2024-01-10", "2024-01-11", "warning"),
        ("registered_on", "2024-01-24", "2024-01-25", "warning"),
    ],
)
def test_each_check_has_its_day_and_its_severity(column, in_time, late, severity):
    """The day itself and any earlier one are in time; the day after is as severe as the rule book says."""
    table = files(CHECKED | {column: in_time}, CHECKED | {column: late}, CHECKED | {column: "2023-12-01"})
    assert of_files(checks_during_preparation(audit(cases=table))) == [(severity, "c002")]


def test_severities_of_checks_come_from_the_rule_book():
    """Where the rule book makes registration a breach and standard 11 information, so it is."""
    card = BOOK["HLTA.PREP.6"]
    value = {
        **card.on("2024-03-01").value,
        "registered_by_second_session": "breach",
        "standard_11_verified": "information",
    }
    entries = tuple(replace(entry, value=value) for entry in card.entries)
    book = replace(BOOK, rules={**BOOK.rules, card.id: card.model_copy(update={"entries": entries})})
    table = files(CHECKED | {"standard11_verified_on": None, "registered_on": "2024-01-25"}, *[CHECKED] * 9)
    said = checks_during_preparation(replace(audit(cases=table), book=book))
    assert of_files(said) == [("information", "c001"), ("breach", "c001")]


@pytest.mark.parametrize(
    ("column", "status"),
    [("standard11_verified_on", "breach"), ("level2_checked_on", "warning"), ("registered_on", "warning")],
)
def test_a_check_that_is_not_recorded_was_not_made(column, status):
    """Where nine of ten are; each as severe as it is. With fewer it is a count, with none nothing can be judged."""
    for filled, found in (
        (9, (status, "c001")),
        (8, ("warning", "HLTA North/2024-03")),
        (0, ("not_assessable", "HLTA North/2024-03")),
    ):
        table = files(CHECKED | {column: None}, *[CHECKED] * filled)
        said = told(checks_during_preparation(audit(cases=table)))
        assert [(one, who) for one, who, _ in said if who] == [found]


@pytest.mark.parametrize("column", ["assessed_on", "first_session_on", "second_session_on"])
def test_a_check_cannot_be_judged_where_the_day_itself_is_blank(column):
    """It is said of the file."""
    said = told(checks_during_preparation(audit(cases=files(CHECKED | {column: None}, CHECKED))))
    assert [(status, who) for status, who, _ in said if who] == [("not_assessable", "c001")]


def test_a_missing_session_leaves_the_other_checks():
    """Each check says for itself what it lacks."""
    table = files({key: value for key, value in CHECKED.items() if key != "second_session_on"})
    said = checks_during_preparation(audit(cases=table))
    assert [status for status, *_ in told(said)] == ["met", "met", "not_assessable"]
    assert len(told(checks_during_preparation(audit()), status="not_assessable")) == 3


def test_row_order_says_nothing_of_preparation():
    """The same files in another order say the same."""
    rest = {"preparation_days": "2", "evidence_from": "2022-01-01"}
    table = files(CHECKED | rest, CHECKED | rest | {"registered_on": None, "preparation_days": "3"}, CHECKED | rest)
    for answer in (three_days_of_preparation, evidence_of_twelve_months, checks_during_preparation):
        assert answer(audit(cases=table)) == answer(audit(cases=table[::-1]))


@pytest.mark.parametrize("answer", [three_days_of_preparation, evidence_of_twelve_months, checks_during_preparation])
def test_a_month_without_files_has_nothing_to_look_at(answer):
    """It is information, never met."""
    rest = {"preparation_days": "2", "evidence_from": "2022-01-01"}
    said = answer(audit(cases=files(CHECKED | rest), months=["2024-02"]))
    assert {status for status, *_ in told(said)} == {"information"}


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F11": by.cases(lambda cases: cases["preparation_days"].astype(float) < 3),
    "F12": by.cases(lambda c: (c["preparation_days"].astype(float) > 3) & (c["preparation_set_apart"] == "no")),
    "F13": by.cases(lambda c: (c["preparation_days"].astype(float) > 3) & (c["preparation_set_apart"] == "yes")),
    "F17": by.cases(lambda cases: by.evidence_age(cases) & ~by.leap(cases)),
    "F18": by.cases(lambda cases: by.leap(cases) & (cases["evidence_from"] == "2023-02-28")),
    "F19": by.cases(lambda cases: by.evidence_age(cases) & by.leap(cases)),
    "F20": by.blank("standard11_verified_on"),
    "F21": by.late("standard11_verified_on", "assessed_on"),
    "F22": by.late("registered_on", "second_session_on"),
    "F23": by.late("level2_checked_on", "first_session_on"),
}
