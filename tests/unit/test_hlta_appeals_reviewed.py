"""RPAs work together in appeals, and look at how appeals are dealt with (HLTA.APP.4)."""

import hlta_counts as by
import pytest
from hlta_books import book_with
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.appeals_reviewed import appeals_reviewed

APPEAL = {"appeal_id": "a", "rpa": RPA, "received_on": "2024-03-05", "collaborated_on": "2024-03-11"}
LOOKS = [
    {"rpa": RPA, "procedure": "appeals_procedure", "reviewed_on": "2023-06-12"},
    {"rpa": OTHER, "procedure": "referral_process", "reviewed_on": "2023-06-12"},
]


def said_of(appeals, looks=LOOKS, **given):
    """Return (status, message) of what is said."""
    tables = {"appeals": frame("appeals", appeals), "appeals_reviews": frame("appeals_reviews", looks)}
    return [(status, message) for status, _, message in told(appeals_reviewed(audit(**tables, **given)))]


def test_days_of_all_three_are_in_order():
    """Other RPAs took part, the RPA looked at its procedures, and any RPA noted the Partnership's look."""
    assert [status for status, _ in said_of([APPEAL])] == ["met"] * 3


@pytest.mark.parametrize(
    ("appeals", "status", "words"),
    [
        ([], "information", "nothing to look at: 0 appeals received in the 12 months to 2024-03-31"),
        ([APPEAL | {"collaborated_on": None}], "information", "0 of 1 (0 %) appeals"),
        ([APPEAL | {"collaborated_on": None}, APPEAL], "information", "1 of 2 (50 %) appeals"),
        ([APPEAL | {"collaborated_on": None, "panel_on": "2024-04-10"}], "met", "1 of 1 (100 %) appeals"),
        ([APPEAL | {"received_on": "2023-03-31", "collaborated_on": None}], "information", "0 of 1 (0 %)"),
        ([APPEAL | {"received_on": "2023-03-30", "collaborated_on": None}], "information", "nothing to look at"),
        ([APPEAL | {"received_on": "2024-04-01", "collaborated_on": None}], "information", "nothing to look at"),
        ([APPEAL | {"received_on": None}], "information", "nothing to look at"),
    ],
)
def test_collaboration_is_counted_over_twelve_months(appeals, status, words):
    """Back from the last day of the months, which is in; a panel of the Partnership counts, and none is no breach."""
    table = frame("appeals", [*appeals, APPEAL | {"rpa": OTHER}])
    first = told(appeals_reviewed(audit(appeals=table, appeals_reviews=frame("appeals_reviews", LOOKS))))[0]
    assert first[0] == status
    assert first[2].startswith(words)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2023-03-31", "met"),
        ("2023-03-30", "information"),
        ("2024-03-31", "met"),
        ("2024-04-01", "information"),
        (None, "information"),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_review_counts_for_twelve_months(day, status, place):
    """The day itself is in time; a later one does not speak for the months; none is information."""
    looks = [dict(look) for look in LOOKS]
    looks[place]["reviewed_on"] = day
    assert [one for one, _ in said_of([APPEAL], looks)][1 + place] == status


def test_whose_look_counts():
    """Another RPA's look at its own procedures says nothing of this one; a look at the way to the Partnership does."""
    looks = [LOOKS[0] | {"rpa": OTHER}, LOOKS[1] | {"rpa": RPA}]
    assert [status for status, _ in said_of([APPEAL], looks)] == ["met", "information", "met"]


def test_the_number_of_months_is_the_rule_books(tmp_path):
    """With nine months the look of last June is too long ago."""
    book = book_with(tmp_path, "HLTA.APP.4", 'value: "12"', 'value: "9"')
    tables = {"cases": files({}), "appeals_reviews": frame("appeals_reviews", LOOKS)}
    said = told(appeals_reviewed(make_audit(tables, book, provider=RPA, months=["2024-03"])))
    assert [one[2] for one in said][1:] == [
        "no review of how the RPA's appeals procedures work is recorded in the 9 months to 2024-03-31",
        "no review of how appeals are referred to the Partnership is recorded in the 9 months to 2024-03-31",
    ]


def test_missing_data_are_said():
    """Table or column is named, part by part."""
    none = told(appeals_reviewed(audit()))
    assert [message for _, _, message in none] == [
        "not assessable, because the data set has no table appeals",
        "not assessable, because the data set has no table appeals_reviews",
    ]
    said = said_of([{key: APPEAL[key] for key in ("appeal_id", "rpa", "received_on")}])
    assert [status for status, _ in said] == ["not_assessable", "met", "met"]
    assert said[0][1].endswith("the table appeals has no column collaborated_on")


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F147": lambda tables: (
        {*tables["appeals"].query("collaborated_on == ''")["rpa"]},
        int((tables["appeals"]["collaborated_on"] == "").sum()),
    ),
    "F137": lambda tables: by.absent(
        set(tables["assessors"]["rpa"])
        - set(tables["appeals_reviews"].query("procedure == 'appeals_procedure'")["rpa"])
    ),
}
