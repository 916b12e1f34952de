"""Enquiries: acknowledged and answered within so many working days of receipt (HLTA.PAR.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, once
from qa_lib.calendar.working_days import WorkingDays
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.log_rows import month_of, rows_in_scope, value_then

#: What is asked of an enquiry -> the column of the day on which it was done, and the limit in HLTA.PAR.1.
_ASKED = {"acknowledged": ("acknowledged_on", "acknowledged_within"), "answered": ("replied_on", "answered_within")}
_NEEDED = ("enquiry_id", "received_on", "acknowledged_on", "replied_on")
#: States of an enquiry, in the order of the table of counts.
STATES = ("in time", "late", "overdue", "not yet due", "not assessable")
_LOG = [
    *("enquiry_id", "subject", "received_on", "acknowledge_by", "acknowledged_on", "acknowledged"),
    *("answer_by", "replied_on", "answered", "working_days"),
]


@answers("HLTA.PAR.1")
def enquiries_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold acknowledgement and reply against the working days after receipt; what never came is late."""
    log = _log(audit)
    what = "enquiries were acknowledged and answered in time, or may still be"
    yield from with_summary(_late(audit, log), whole=len(log), what=what)


@once
def _log(audit: Audit) -> pd.DataFrame:
    """Return the enquiries that are looked at, each with its last days, and the state of both.

    A reply acknowledges: where it came first, or no acknowledgement is recorded, its day counts for both.
    """
    log = audit.own("enquiries", *_NEEDED)
    log = rows_in_scope(audit, log, began=month_of(log["received_on"]), ended=log["replied_on"])
    log = log.sort_values("enquiry_id", ignore_index=True)
    calendar, received = WorkingDays(audit.free_days), log["received_on"]
    limits = {day: value_then(audit, "HLTA.PAR.1", day) for day in received.dropna().unique()}
    for asked, (column, limit) in _ASKED.items():
        due = {day: pd.Timestamp(calendar.after(day, value[limit])) for day, value in limits.items()}
        last = pd.to_datetime(received.map(due))
        done = log[["acknowledged_on", "replied_on"]].min(axis=1) if asked == "acknowledged" else log[column]
        log[f"{asked}_by"], log[f"{asked}_within"] = last, received.map({d: v[limit] for d, v in limits.items()})
        log[f"{asked}_day"], log[asked] = done, _state(received, done, last, audit.as_of)
    return log


def _state(received: pd.Series, done: pd.Series, last: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    state = pd.Series("in time", index=done.index, dtype="str")
    state = state.mask(done > last, "late")
    state = state.mask(done.isna(), "not yet due").mask(done.isna() & (last < as_of), "overdue")
    return state.mask(received.isna() | (done < received), "not assessable")


def _late(audit: Audit, log: pd.DataFrame) -> Iterator[Statement]:
    unknown = log["received_on"].isna()
    yield from blanks(log[unknown], "enquiry_id", "enquiry", "the day of receipt is blank")
    before = ~unknown & ((log["acknowledged"] == "not assessable") | (log["answered"] == "not assessable"))
    yield from blanks(log[before], "enquiry_id", "enquiry", "it was acknowledged or answered before it was received")
    calendar = WorkingDays(audit.free_days)
    for asked in _ASKED:
        for row in log[log[asked].isin(["late", "overdue", "not yet due"]) & ~before].to_dict("records"):
            yield _said(row, asked, calendar, audit.as_of)


def _said(row: dict[Any, Any], asked: str, calendar: WorkingDays, as_of: pd.Timestamp) -> Statement:
    limit, due, received = row[f"{asked}_within"], row[f"{asked}_by"].date(), row["received_on"].date()
    about = {
        "subject_type": "enquiry", "subject": str(row["enquiry_id"]), "threshold": f"{limit:.0f} working days",
    }  # fmt: skip
    if row[asked] == "not yet due":
        return Statement(status="information", message=f"received on {received}, to be {asked} by {due}", **about)
    days = calendar.between(received, as_of if row[asked] == "overdue" else row[f"{asked}_day"])
    what = f"not {asked}" if row[asked] == "overdue" else f"{asked} on {row[f'{asked}_day'].date()}"
    message = f"received on {received} and {what}; expected by {due}"
    return Statement(status="breach", message=message, value=f"{days} working days", **about)


def _there(audit: Audit) -> bool:
    return audit.has("enquiries", "rpa", *_NEEDED)


def late_enquiries(audit: Audit) -> pd.DataFrame:
    """Return the enquiries that were or are late, those received first first.

    Returns
    -------
    DataFrame
        Columns ``enquiry_id``, ``subject``, ``received_on``, ``acknowledge_by``, ``acknowledged_on``, ``acknowledged``,
        ``answer_by``, ``replied_on``, ``answered`` and ``working_days``, from receipt to the reply, or to the audit's
        day. ``acknowledged`` and ``answered`` are one of :data:`STATES`.
    """
    if not _there(audit):
        return pd.DataFrame(columns=_LOG)
    log = _log(audit).rename(columns={"acknowledged_by": "acknowledge_by", "answered_by": "answer_by"})
    log = log[log[["acknowledged", "answered"]].isin(["late", "overdue"]).any(axis=1)]
    calendar, ends = WorkingDays(audit.free_days), log["replied_on"].fillna(audit.as_of)
    days = [calendar.between(first, last) for first, last in zip(log["received_on"], ends, strict=True)]
    log = log.assign(working_days=pd.Series(days, index=log.index, dtype="Int64"))
    return log.reindex(columns=_LOG).sort_values(["received_on", "enquiry_id"], ignore_index=True)


def enquiry_counts(audit: Audit) -> pd.DataFrame:
    """Return how many enquiries of each month were acknowledged and answered in time; the last row is all of them.

    Returns
    -------
    DataFrame
        Columns ``month``, ``enquiries``, and ``acknowledged ...`` and ``answered ...`` for each of :data:`STATES`.
        Enquiries received in the months; earlier ones that are open are in :func:`late_enquiries`.
    """
    names = [f"{asked} {state}" for asked in _ASKED for state in STATES]
    log = _log(audit) if _there(audit) else pd.DataFrame(columns=["received_on", *_ASKED], dtype="object")
    months = month_of(pd.to_datetime(log["received_on"]))
    rows = []
    for month in (*audit.months, "all"):
        own = log[months.isin(audit.months) if month == "all" else months == month]
        counts = {f"{asked} {state}": int((own[asked] == state).sum()) for asked in _ASKED for state in STATES}
        rows.append({"month": month, "enquiries": len(own), **counts})
    return pd.DataFrame(rows, columns=["month", "enquiries", *names])
