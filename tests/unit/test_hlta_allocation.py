"""What comes first: Level 2 evidence (HLTA.PREP.2), payment (HLTA.PREP.4), confirmed arrangements (HLTA.PREP.9)."""

from dataclasses import replace

import hlta_counts as by
import pytest
from hlta_frames import BOOK, audit, files, told

from qa_lib.schemes.hlta.rules.allocation import (
    arrangements_confirmed,
    level_2_before_allocation,
    paid_before_assessment,
)

QUALIFIED = {
    "allocated_on": "2024-02-05", "l2_english_submitted_on": "2024-02-05", "l2_maths_submitted_on": "2024-02-05",
}  # fmt: skip
PAID = {"assessed_on": "2024-03-11", "paid_on": "2024-03-11", "result_released_on": "2024-04-15"}


def strict(looked, rule):
    """Return an audit whose rule book asks for the day before, not the day itself."""
    card = BOOK[rule]
    entries = tuple(replace(entry, value="before", text="before") for entry in card.entries)
    book = replace(BOOK, rules={**BOOK.rules, rule: card.model_copy(update={"entries": entries})})
    return replace(looked, book=book)


def of_files(said):
    """Return the (status, subject) of what stands out."""
    return [(status, subject) for status, subject, _ in told(said) if subject]


@pytest.mark.parametrize("column", ["l2_english_submitted_on", "l2_maths_submitted_on"])
@pytest.mark.parametrize(
    ("day", "by_default", "where_strict"),
    [("2024-02-04", "met", "met"), ("2024-02-05", "met", "breach"), ("2024-02-06", "breach", "breach")],
)
def test_evidence_is_submitted_by_the_day_of_allocation(column, day, by_default, where_strict):
    """The day itself is in time, or not, as the rule book says; the day after never is."""
    early = QUALIFIED | {"l2_english_submitted_on": "2024-02-01", "l2_maths_submitted_on": "2024-02-01"}
    looked = audit(cases=files(early | {column: day}))
    assert of_files(level_2_before_allocation(looked)) == ([("breach", "c001")] if by_default == "breach" else [])
    said = level_2_before_allocation(strict(looked, "HLTA.PREP.2"))
    assert of_files(said) == ([("breach", "c001")] if where_strict == "breach" else [])


def test_a_late_submission_says_both_days():
    """What was found and what was expected, as days."""
    said = level_2_before_allocation(audit(cases=files(QUALIFIED, QUALIFIED | {"l2_maths_submitted_on": "2024-02-06"})))
    assert told(said) == [
        ("met", "", "2 of 2 (100 %) files had Level 2 English submitted when they were allocated"),
        (
            "breach",
            "c002",
            "the assessment was allocated on 2024-02-05, but verification of Level 2 mathematics was submitted on "
            "2024-02-06; expected on or before that day",
        ),
        ("information", "", "1 of 2 (50 %) files had Level 2 mathematics submitted when they were allocated"),
    ]
    assert (said[1].value, said[1].threshold) == ("2024-02-06", "on or before 2024-02-05")


@pytest.mark.parametrize("column", ["l2_english_submitted_on", "l2_maths_submitted_on"])
@pytest.mark.parametrize(
    ("blank", "filled", "found"),
    [
        (1, 9, [("breach", "c001")]),
        (2, 17, [("warning", "HLTA North/2024-03")]),
        (1, 0, [("not_assessable", "HLTA North/2024-03")]),
    ],
)
def test_evidence_that_is_not_recorded_though_the_file_was_allocated(column, blank, filled, found):
    """With nine of ten filled in a blank says that there was none; with fewer it is a count; with none nothing."""
    table = files(*[QUALIFIED | {column: None}] * blank, *[QUALIFIED] * filled)
    said = level_2_before_allocation(audit(cases=table))
    assert of_files(said) == found
    assert "no day is recorded on which verification of Level 2" in next(one.message for one in said if one.subject)


@pytest.mark.parametrize("column", ["l2_english_submitted_on", "l2_maths_submitted_on"])
def test_evidence_that_came_after_the_day_of_the_audit_is_none_by_then(column):
    """Verified on 15 May, looked at on 30 April: none recorded by that day; on 15 May it is late."""
    table = files(QUALIFIED | {column: "2024-05-15"}, *[QUALIFIED] * 19)
    messages = {
        day: told(level_2_before_allocation(audit(cases=table, as_of=day)), "c001")
        for day in ("2024-05-14", "2024-05-15")
    }
    assert [row[0] for rows in messages.values() for row in rows] == ["breach", "breach"]
    assert messages["2024-05-14"][0][2].startswith("by 2024-05-14 no day is recorded on which")
    assert messages["2024-05-15"][0][2].endswith("2024-05-15; expected on or before that day")


def test_a_blank_day_of_allocation_is_not_assessable():
    """The file cannot be judged for either subject; it is never in time."""
    said = level_2_before_allocation(audit(cases=files(QUALIFIED | {"allocated_on": None}, QUALIFIED)))
    assert of_files(said) == [("not_assessable", "c001")] * 2


def test_a_missing_subject_leaves_the_other():
    """Without the column of mathematics, English is judged and the lack is said once."""
    table = files({key: value for key, value in QUALIFIED.items() if key != "l2_maths_submitted_on"})
    assert [status for status, *_ in told(level_2_before_allocation(audit(cases=table)))] == ["met", "not_assessable"]


@pytest.mark.parametrize(
    ("paid", "expected", "where_strict"),
    [
        ("2024-03-10", 0, 0),
        ("2024-03-11", 0, 1),
        ("2024-03-12", 1, 1),
        ("2024-04-14", 1, 1),
        ("2024-04-15", 1, 2),
        ("2024-04-16", 2, 2),
    ],
)
def test_payment_comes_by_the_day_of_assessment_and_of_release(paid, expected, where_strict):
    """Both days themselves are in time, or not, as the rule book says; each missed day is a breach of its own."""
    looked = audit(cases=files(PAID | {"paid_on": paid}))
    assert of_files(paid_before_assessment(looked)) == [("breach", "c001")] * expected
    assert of_files(paid_before_assessment(strict(looked, "HLTA.PREP.4"))) == [("breach", "c001")] * where_strict


def test_a_result_that_is_not_released_is_not_looked_at():
    """Neither a blank nor a day after what is known says that a result was released; the assessment is judged."""
    open_, later = PAID | {"result_released_on": None}, PAID | {"result_released_on": "2024-05-01"}
    said = paid_before_assessment(audit(cases=files(open_, later)))
    assert [status for status, *_ in told(said)] == ["met", "information"]
    assert said[-1].message == "nothing to look at: 0 released results were paid for when they were released"


def test_no_payment_is_a_breach_of_the_assessment_and_of_the_release():
    """Among files that are paid for; a blank day of assessment cannot be judged."""
    table = files(PAID | {"paid_on": None}, PAID | {"assessed_on": None}, *[PAID] * 9)
    said = paid_before_assessment(audit(cases=table))
    assert told(said, "c001") == [
        ("breach", "c001", f"by 2024-04-30 no day is recorded on which payment was received, {why}")
        for why in ("though the candidate was assessed", "though the result was released")
    ]
    assert told(said, "c002") == [
        ("not_assessable", "c002", "not assessable, because the day is blank on which the candidate was assessed")
    ]


def test_a_missing_release_leaves_the_assessment():
    """Without the column of release the assessment is judged and the lack is said once."""
    table = files({"paid_on": "2024-03-11"})
    assert [status for status, *_ in told(paid_before_assessment(audit(cases=table)))] == ["met", "not_assessable"]


CONFIRMED = {"assessed_on": "2024-03-11", "arrangements_confirmed_on": "2024-03-11"}


@pytest.mark.parametrize(
    ("day", "expected", "where_strict"),
    [("2024-03-10", [], []), ("2024-03-11", [], ["breach"]), ("2024-03-12", ["breach"], ["breach"])],
)
def test_arrangements_are_confirmed_by_the_day_of_the_assessment(day, expected, where_strict):
    """The day itself is in time, or not, as the rule book says; the day after never is."""
    looked = audit(cases=files(CONFIRMED | {"arrangements_confirmed_on": day}))
    assert [status for status, _ in of_files(arrangements_confirmed(looked))] == expected
    assert [status for status, _ in of_files(arrangements_confirmed(strict(looked, "HLTA.PREP.9")))] == where_strict


@pytest.mark.parametrize(
    ("blank", "filled", "found"),
    [
        (1, 9, [("breach", "c001")]),
        (2, 17, [("warning", "HLTA North/2024-03")]),
        (1, 0, [("not_assessable", "HLTA North/2024-03")]),
    ],
)
def test_arrangements_that_nobody_recorded_count_as_elsewhere(blank, filled, found):
    """With nine of ten filled in a blank says that none were confirmed; with fewer it is a count; with none nothing."""
    table = files(*[CONFIRMED | {"arrangements_confirmed_on": None}] * blank, *[CONFIRMED] * filled)
    said = arrangements_confirmed(audit(cases=table))
    assert of_files(said) == found
    assert "were confirmed to the candidate, though the candidate was assessed" in said[0].message


def test_arrangements_without_their_days_are_not_assessable():
    """A blank day of assessment cannot be judged for its file, a missing column for all at once."""
    said = arrangements_confirmed(audit(cases=files(CONFIRMED | {"assessed_on": None}, CONFIRMED)))
    assert of_files(said) == [("not_assessable", "c001")]
    assert told(arrangements_confirmed(audit())) == [
        ("not_assessable", "", "not assessable, because the table cases has no column arrangements_confirmed_on")
    ]


def test_row_order_says_nothing_of_days():
    """The same files in another order say the same."""
    late, none = (
        QUALIFIED | PAID | CONFIRMED | {"paid_on": "2024-04-20"},
        QUALIFIED | PAID | {"paid_on": None, "arrangements_confirmed_on": "2024-03-12"},
    )
    table = files(late, QUALIFIED | PAID | CONFIRMED, none, late | {"l2_english_submitted_on": "2024-02-07"})
    for answer in (level_2_before_allocation, paid_before_assessment, arrangements_confirmed):
        assert answer(audit(cases=table)) == answer(audit(cases=table[::-1]))


def test_months_are_judged_together_as_one_by_one():
    """What stands out in two months is what stands out in each."""
    late = PAID | {"paid_on": "2024-03-12"}
    table = files(late, PAID, late | {"month": "2024-02"})
    both = of_files(paid_before_assessment(audit(cases=table, months=["2024-02", "2024-03"])))
    single = [paid_before_assessment(audit(cases=table, months=[month])) for month in ("2024-02", "2024-03")]
    assert sorted(both) == sorted(one for said in single for one in of_files(said)) == [
        ("breach", "c001"), ("breach", "c003"),
    ]  # fmt: skip


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F08": by.blank("l2_maths_submitted_on"),
    "F09": by.late("l2_english_submitted_on", "allocated_on"),
    "F10": by.late("l2_maths_submitted_on", "allocated_on"),
    "F14": by.cases(lambda c: (c["assessed_on"] < c["paid_on"]) & (c["paid_on"] <= c["result_released_on"])),
    "F15": by.cases(lambda c: (c["result_released_on"] != "") & (c["result_released_on"] < c["paid_on"])),
    "F16": by.blank("paid_on"),
    "F129": by.late("arrangements_confirmed_on", "assessed_on"),
    "F130": by.blank("arrangements_confirmed_on"),
}
