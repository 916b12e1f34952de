"""Schools that ask for support get an answer (HLTA.PAR.7)."""

import hlta_counts as by
import pytest
from hlta_frames import RPA, audit, frame, told

from qa_lib.schemes.hlta.rules.school_support import support_for_schools

REQUEST = {
    "enquiry_id": "e", "rpa": RPA, "received_on": "2024-03-04", "acknowledged_on": "2024-03-05",
    "replied_on": None, "kind": "school_support",
}  # fmt: skip


def said_of(*rows, **given):
    """Return what is said of enquiries, each over a request that waits."""
    return told(support_for_schools(audit(enquiries=frame("enquiries", [REQUEST | row for row in rows]), **given)))


@pytest.mark.parametrize(("as_of", "status"), [("2024-03-18", "information"), ("2024-03-19", "warning")])
def test_a_request_is_unanswered_when_the_days_of_every_enquiry_are_over(as_of, status):
    """On the tenth working day it may still be answered, and no percentage counts it; on the next it is a warning."""
    first, summary = said_of({}, as_of=as_of)
    assert first[:2] == (status, "e")
    assert first[2] == f"a school asked for support on 2024-03-04 and has no answer by {as_of}; expected by 2024-03-18"
    assert ("not due yet: 1" in summary[2]) == (status == "information")


@pytest.mark.parametrize(("replied", "statuses"), [("2024-03-18", ["met"]), ("2024-03-19", ["information", "met"])])
def test_a_late_answer_is_an_answer(replied, statuses):
    """That it was late is said beside, and judged by HLTA.PAR.1."""
    assert [status for status, _, _ in said_of({"replied_on": replied})] == statuses


@pytest.mark.parametrize(("replied", "status"), [("2024-03-03", "not_assessable"), ("2024-03-04", "met")])
def test_an_answer_of_before_the_request_is_not_judged(replied, status):
    """One of the two days is wrong; the day itself is in time."""
    assert said_of({"acknowledged_on": None, "replied_on": replied})[0][0] == status


def test_other_enquiries_are_not_requests_and_a_blank_kind_is_not_judged_while_it_waits():
    """An answered one needs no kind."""
    assert said_of({"kind": "other"})[0][2].startswith("nothing to look at")
    unknown = said_of({"kind": None})
    assert unknown[0][:2] == ("not_assessable", "e")
    assert unknown[-1][2].startswith("0 of 1")
    assert said_of({"kind": None, "replied_on": "2024-03-06"})[0][2].startswith("nothing to look at")


def test_without_a_day_of_receipt_nobody_can_tell_whether_it_is_due():
    """It is named and not assessable."""
    first, *_ = said_of({"received_on": None, "acknowledged_on": None})
    assert first[:2] == ("not_assessable", "e")
    assert first[2].endswith("it is not answered, and the day of receipt is blank")


def test_an_unanswered_request_stays_visible_in_later_months():
    """Until it is answered."""
    assert said_of({}, months=["2024-05"])[0][:2] == ("warning", "e")


@pytest.mark.parametrize("column", ["kind", "replied_on", "received_on", "acknowledged_on"])
def test_a_missing_column_is_said(column):
    """Nothing is met without it."""
    table = frame("enquiries", [REQUEST | {"replied_on": "2024-03-06"}]).drop(columns=column)
    said = told(support_for_schools(audit(enquiries=table)))
    assert [status for status, _, _ in said] == ["not_assessable"]
    assert f"no column {column}" in said[0][2]
    assert "no table enquiries" in told(support_for_schools(audit()))[0][2]


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F146": by.table_rows(
        "enquiries", "enquiry_id", lambda rows: (rows["kind"] == "school_support") & (rows["replied_on"] == "")
    ),
}
