"""Enquiries are acknowledged within three working days and answered within ten (HLTA.PAR.1)."""

import datetime as dt

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import OTHER, RPA, audit, frame, told

from qa_lib.schemes.hlta.rules.enquiries import STATES, enquiries_in_time, enquiry_counts, late_enquiries

ENQUIRY = {
    "enquiry_id": "e", "rpa": RPA, "received_on": "2024-03-04", "acknowledged_on": "2024-03-05",
    "replied_on": "2024-03-08", "subject": "dates",
}  # fmt: skip


def enquiries(*rows):
    """Return enquiries, each over one that is in order."""
    return frame("enquiries", [ENQUIRY | row for row in rows])


#: Nine earlier enquiries with both days: a tenth that lacks one is judged by itself.
IN_ORDER = [
    {"enquiry_id": f"b{n}", "received_on": "2023-12-04", "acknowledged_on": "2023-12-05", "replied_on": "2023-12-08"}
    for n in range(9)
]
SPAN = f"{RPA}/2024-03"


@pytest.mark.parametrize(
    ("blank", "asked"),
    [
        ({"acknowledged_on": None, "replied_on": "2024-03-14"}, "acknowledged"),
        ({"replied_on": None}, "answered"),
    ],
)
def test_days_that_the_log_seldom_holds_accuse_no_single_enquiry(blank, asked):
    """From nine of ten in twelve months on a blank counts by itself; below it one warning, without any no judgement."""
    for others, expected in ((9, [("breach", "e")]), (8, [("warning", SPAN)]), (0, [("not_assessable", SPAN)])):
        found = enquiries_in_time(audit(enquiries=enquiries(blank, *IN_ORDER[:others])))
        assert off(found) == expected
        words = f"enquiries of the twelve months up to 2024-03 were {asked} is not recorded, though it was due"
        assert others == 9 or words in told(found, SPAN)[0][2]


def test_an_office_that_keeps_no_acknowledgements_is_not_accused_by_its_prompt_replies():
    """A reply in time calls for no acknowledgement, so that it says nothing of whether they are recorded."""
    prompt = [row | {"acknowledged_on": None, "replied_on": "2023-12-05"} for row in IN_ORDER]
    late = {"acknowledged_on": None, "replied_on": "2024-03-14"}
    assert off(enquiries_in_time(audit(enquiries=enquiries(late, *prompt)))) == [("not_assessable", SPAN)]


def off(said):
    """Return the (status, subject) of what is not in order."""
    return [(status, subject) for status, subject, _ in told(said) if status not in ("met", "information")]


@pytest.mark.parametrize(
    ("received", "acknowledged", "replied", "late"),
    [
        ("2024-03-28", "2024-04-04", "2024-04-15", []),  # over Easter: the third and the tenth
        ("2024-03-28", "2024-04-05", "2024-04-15", ["acknowledged on 2024-04-05; expected by 2024-04-04"]),
        ("2024-03-28", "2024-04-04", "2024-04-16", ["answered on 2024-04-16; expected by 2024-04-15"]),
        ("2023-12-21", "2023-12-28", "2024-01-09", []),  # over Christmas
        ("2023-12-21", "2023-12-29", "2024-01-10", ["acknowledged on 2023-12-29", "answered on 2024-01-10"]),
        ("2024-03-04", "2024-03-04", "2024-03-04", []),
        ("2024-03-09", "2024-03-13", "2024-03-22", []),  # received on a Saturday
        ("2024-03-09", "2024-03-14", "2024-03-25", ["acknowledged on 2024-03-14", "answered on 2024-03-25"]),
    ],
)
def test_working_days_are_counted_from_receipt(received, acknowledged, replied, late):
    """The day of receipt is not counted, nor weekends and bank holidays; both limits stand by themselves."""
    table = enquiries({"received_on": received, "acknowledged_on": acknowledged, "replied_on": replied})
    said = enquiries_in_time(audit(enquiries=table, months=[received[:7]]))
    assert off(said) == [("breach", "e")] * len(late)
    for words, (*_, message) in zip(late, told(said, "e"), strict=True):
        assert words in message
    if not late:
        assert [(one.status, one.value, one.threshold) for one in said] == [("met", "1", "1")]


def test_the_partnerships_own_days_count():
    """A day that was named free gives a day more."""
    table = enquiries({"received_on": "2024-03-28", "acknowledged_on": "2024-04-05", "replied_on": "2024-04-05"})
    assert off(enquiries_in_time(audit(enquiries=table))) == [("breach", "e")]
    assert off(enquiries_in_time(audit(enquiries=table, free_days={dt.date(2024, 4, 2): True}))) == []


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-03-07", ["information", "information"]),
        ("2024-03-08", ["breach", "information"]),
        ("2024-03-18", ["breach", "information"]),
        ("2024-03-19", ["breach", "breach"]),
    ],
)
def test_what_never_came_is_late_after_its_day(as_of, expected):
    """On the last day it may still come."""
    table = enquiries({"acknowledged_on": None, "replied_on": None}, *IN_ORDER)
    said = [one for one in enquiries_in_time(audit(enquiries=table, as_of=as_of)) if one.subject]
    assert [one.status for one in said] == expected
    if expected[1] == "breach":
        assert said[1].message == "received on 2024-03-04 and not answered; expected by 2024-03-18"
        assert (said[1].value, said[1].threshold) == ("11 working days", "10 working days")


def test_a_reply_acknowledges():
    """Where a reply came within the first limit no acknowledgement is missed; a later one leaves it late."""
    assert (
        off(enquiries_in_time(audit(enquiries=enquiries({"acknowledged_on": None, "replied_on": "2024-03-07"})))) == []
    )
    late = enquiries({"acknowledged_on": None, "replied_on": "2024-03-08"}, *IN_ORDER)
    assert off(enquiries_in_time(audit(enquiries=late))) == [("breach", "e")]


@pytest.mark.parametrize(
    "row", [{"received_on": None}, {"acknowledged_on": "2024-03-03"}, {"replied_on": "2024-03-03"}]
)
def test_days_without_sense_cannot_be_judged(row):
    """No day of receipt, or something before it: said once."""
    assert off(enquiries_in_time(audit(enquiries=enquiries(row)))) == [("not_assessable", "e")]


def test_missing_data_are_said():
    """The table or the column is named; no enquiry at all is no success."""
    assert "no table enquiries" in told(enquiries_in_time(audit()))[0][2]
    gone = audit(enquiries=enquiries({}).drop(columns="replied_on"))
    assert "no column replied_on" in told(enquiries_in_time(gone))[0][2]
    none = audit(enquiries=enquiries({"rpa": OTHER}))
    assert [one.status for one in enquiries_in_time(none)] == ["information"]
    for empty in (audit(), gone, none):
        assert late_enquiries(empty).empty
        assert enquiry_counts(empty).drop(columns="month").to_numpy().sum() == 0


LOG = [
    {"enquiry_id": "open", "received_on": "2024-01-08", "replied_on": None},
    {"enquiry_id": "since", "received_on": "2024-02-08", "acknowledged_on": "2024-02-09", "replied_on": "2024-04-02"},
    {"enquiry_id": "before", "received_on": "2024-02-08", "acknowledged_on": "2024-02-09", "replied_on": "2024-03-29"},
    {"enquiry_id": "later", "received_on": "2024-04-02"},
    {"enquiry_id": "soon", "received_on": "2024-03-28", "acknowledged_on": "2024-03-28", "replied_on": None},
    {},
]


def test_open_enquiries_stay_visible_and_are_counted_once():
    """Earlier ones are followed while they were open; counts are of those received in the months."""
    found = audit(enquiries=enquiries(*LOG, *IN_ORDER), as_of="2024-04-10")
    assert {subject for _, subject, _ in told(enquiries_in_time(found)) if subject} == {"open", "since", "soon"}
    counts = enquiry_counts(found).set_index("month").loc["2024-03"]
    assert (counts["enquiries"], counts["answered in time"], counts["answered not yet due"]) == (2, 1, 1)


def test_late_ones_are_listed_with_their_days():
    """Those received first come first, with the working days that they took or take; row order says nothing."""
    table = enquiries(*LOG)
    late = late_enquiries(audit(enquiries=table, as_of="2024-04-10"))
    assert late["enquiry_id"].tolist() == ["open", "since"]
    assert late["answered"].tolist() == ["overdue", "late"]
    assert late["working_days"].tolist() == [65, 36]
    assert late["answer_by"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-22", "2024-02-22"]
    pd.testing.assert_frame_equal(late, late_enquiries(audit(enquiries=table[::-1], as_of="2024-04-10")))


def test_counts_add_up():
    """The states of each month make up its enquiries, and the months make up the last row."""
    table = enquiries(
        {}, {"enquiry_id": "f", "replied_on": "2024-03-19"}, {"enquiry_id": "g", "acknowledged_on": "2024-03-03"},
        {"enquiry_id": "h", "received_on": "2024-02-08", "replied_on": None},
    )  # fmt: skip
    counts = enquiry_counts(audit(enquiries=table, months=["2024-02", "2024-03"])).set_index("month")
    for asked in ("acknowledged", "answered"):
        assert (counts[[f"{asked} {state}" for state in STATES]].sum(axis=1) == counts["enquiries"]).all()
    assert (counts.loc[["2024-02", "2024-03"]].sum() == counts.loc["all"]).all()
    assert (counts.loc["2024-03", "answered late"], counts.loc["2024-02", "answered overdue"]) == (1, 1)


@pytest.mark.parametrize(
    ("acknowledged", "words"),
    [
        ("2024-03-05", "nothing to look at: 0 enquiries were acknowledged and answered in time; not due yet: 1"),
        ("2024-03-15", "0 of 1 (0 %) enquiries were acknowledged and answered in time"),
    ],
)
def test_an_enquiry_whose_answer_is_not_due_yet_is_in_neither_number(acknowledged, words):
    """Unless its acknowledgement was late: that stands out already."""
    row = {"received_on": "2024-03-04", "acknowledged_on": acknowledged, "replied_on": None}
    said = told(enquiries_in_time(audit(enquiries=enquiries(row), as_of="2024-03-15")))
    assert said[-1] == ("information", "", words)


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F97": by.enquiry_days("acknowledged_on", 3, 99),
    "F98": by.enquiry_days("replied_on", 10, 99),
    "F99": by.table_rows(
        "enquiries", "enquiry_id", lambda r: (r["received_on"] == "2023-12-21") & (r["replied_on"] == "2024-01-09")
    ),
    "F103": by.table_rows(
        "enquiries", "enquiry_id", lambda rows: (rows["replied_on"] == "") & (rows["kind"] == "other")
    ),
}
