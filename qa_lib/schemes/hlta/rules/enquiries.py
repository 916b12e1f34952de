"""Enquiries: acknowledged and answered within so many working days of receipt (HLTA.PAR.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, once
from qa_lib.audit.deadlines import STATES, judged
from qa_lib.audit.log_rows import month_of, rows_in_scope, rows_of_habit
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.calendar.working_days import WorkingDays
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.values_then import deadline_then

#: What is asked of an enquiry -> the limit in HLTA.PAR.1, and the column of the last day.
_ASKED = {"acknowledged": ("acknowledged_within", "acknowledge_by"), "answered": ("answered_within", "answer_by")}
_NEEDED = ("enquiry_id", "received_on", "acknowledged_on", "replied_on")
_LOG = [
    *("enquiry_id", "subject", "received_on", "acknowledge_by", "acknowledged_on", "acknowledged"),
    *("answer_by", "replied_on", "answered", "working_days"),
]


@answers("HLTA.PAR.1")
def enquiries_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold acknowledgement and reply against the working days after receipt; what never came is late."""
    log, habits = followed_enquiries(audit), _habits(audit)
    waiting = log.loc[(log[[*_ASKED]] == "not yet due").any(axis=1), "enquiry_id"]
    unjudged = {enquiry for habit in habits.values() for enquiry in habit.unjudged} & set(log["enquiry_id"])
    what = "enquiries were acknowledged and answered in time"
    yield from with_summary(_late(audit, log), whole=len(log), what=what, waiting=waiting, unjudged=unjudged)
    for asked, habit in habits.items():
        if not habit.row_by_row:
            month = audit.months[-1]
            why = f"that enquiries of the twelve months up to {month} were {asked} is not recorded, though it was due"
            yield from habit.statements("enquiry", "breach", why, about=f"{audit.provider}/{month}")


def followed_enquiries(audit: Audit) -> pd.DataFrame:
    """Return the enquiries that are looked at, by id: those of :func:`_with_states` that are in scope."""
    log = _with_states(audit)
    log = rows_in_scope(log, audit.months, began=month_of(log["received_on"]), ended=log["replied_on"])
    return log.sort_values("enquiry_id")


@once
def _habits(audit: Audit) -> dict[str, NoneRecorded]:
    """Return whether acknowledgements and replies are usually recorded: of the enquiries in which they were due.

    No acknowledgement is called for where the reply came in its time.
    """
    log, filled = _with_states(audit), audit.value("X.RECORDED")["filled"]
    rows = rows_of_habit(log, followed_enquiries(audit), audit.months, began=month_of(log["received_on"]))
    blank = {"acknowledged": rows["acknowledged_on"].isna(), "answered": rows["replied_on"].isna()}
    by_reply = blank["acknowledged"] & (rows["acknowledged"] == "in time")
    due = {asked: rows[asked].isin(["in time", "late", "overdue"]) for asked in _ASKED}
    due["acknowledged"] &= ~by_reply
    return {
        asked: NoneRecorded.of_log(rows, "enquiry_id", due=due[asked], blank=blank[asked], filled=filled)
        for asked in _ASKED
    }


@once
def _with_states(audit: Audit) -> pd.DataFrame:
    """Return the RPA's enquiries, each with its deadlines, last days, and the state of both.

    A reply acknowledges: where it came first, or no acknowledgement is recorded, its day counts for both.
    """
    log = audit.own("enquiries", *_NEEDED).copy()
    done = {"acknowledged": log[["acknowledged_on", "replied_on"]].min(axis=1), "answered": log["replied_on"]}
    for asked, (limit, due) in _ASKED.items():
        found = judged(log["received_on"], done[asked], deadline_then(audit, "HLTA.PAR.1", limit), as_of=audit.as_of)
        log[[f"{asked}_done", f"{asked}_deadline", due, asked]] = found[["done", "deadline", "due", "state"]]
    return log


def _late(audit: Audit, log: pd.DataFrame) -> Iterator[Statement]:
    unknown = log["received_on"].isna()
    yield from blanks(log[unknown], "enquiry_id", "enquiry", "the day of receipt is blank")
    before = ~unknown & (log[[*_ASKED]] == "not assessable").any(axis=1)
    yield from blanks(log[before], "enquiry_id", "enquiry", "it was acknowledged or answered before it was received")
    for asked, habit in _habits(audit).items():
        unjudged = log["enquiry_id"].isin(habit.unjudged)
        for row in log[~unjudged & ~unknown & ~before & (log[asked] != "in time")].to_dict("records"):
            yield _not_in_time(row, asked, audit.as_of)


def _not_in_time(row: dict[Any, Any], asked: str, as_of: pd.Timestamp) -> Statement:
    deadline, done, due = row[f"{asked}_deadline"], row[f"{asked}_done"], row[_ASKED[asked][1]].date()
    received = row["received_on"].date()
    about = {"subject_type": "enquiry", "subject": str(row["enquiry_id"]), "threshold": str(deadline)}
    if row[asked] == "not yet due":
        return Statement(status="information", message=f"received on {received}, to be {asked} by {due}", **about)
    overdue = row[asked] == "overdue"
    taken = deadline.taken(row["received_on"], as_of if overdue else done)
    what = f"not {asked}" if overdue else f"{asked} on {done.date()}"
    message = f"received on {received} and {what}; expected by {due}"
    return Statement(status="breach", message=message, value=taken, **about)


def _there(audit: Audit) -> bool:
    return audit.has("enquiries", "rpa", *_NEEDED)


def late_enquiries(audit: Audit) -> pd.DataFrame:
    """Return the enquiries that were or are late, those received first first.

    Returns
    -------
    DataFrame
        Columns ``enquiry_id``, ``subject``, ``received_on``, ``acknowledge_by``, ``acknowledged_on``, ``acknowledged``,
        ``answer_by``, ``replied_on``, ``answered`` and ``working_days``, from receipt to the reply, or to the audit's
        day. ``acknowledged`` and ``answered`` are one of :data:`qa_lib.audit.deadlines.STATES`.
    """
    if not _there(audit):
        return pd.DataFrame(columns=_LOG)
    log = followed_enquiries(audit)
    log = log[log[[*_ASKED]].isin(["late", "overdue"]).any(axis=1)]
    calendar, ends = WorkingDays(audit.free_days), log["replied_on"].fillna(audit.as_of)
    days = [calendar.between(first, last) for first, last in zip(log["received_on"], ends, strict=True)]
    log = log.assign(working_days=pd.Series(days, index=log.index, dtype="Int64"))
    return log.reindex(columns=_LOG).sort_values(["received_on", "enquiry_id"], ignore_index=True)


def enquiry_counts(audit: Audit) -> pd.DataFrame:
    """Return how many enquiries of each month were acknowledged and answered in time; the last row is all of them.

    Returns
    -------
    DataFrame
        Columns ``month``, ``enquiries``, and ``acknowledged ...`` and ``answered ...`` for each of
        :data:`qa_lib.audit.deadlines.STATES`. Enquiries received in the months; earlier ones that are open are in
        :func:`late_enquiries`.
    """
    names = [f"{asked} {state}" for asked in _ASKED for state in STATES]
    log = followed_enquiries(audit) if _there(audit) else pd.DataFrame(columns=["received_on", *_ASKED], dtype="object")
    months = month_of(pd.to_datetime(log["received_on"]))
    rows = []
    for month in (*audit.months, "all"):
        own = log[months.isin(audit.months) if month == "all" else months == month]
        counts = [int((own[asked] == state).sum()) for asked in _ASKED for state in STATES]
        rows.append([month, len(own), *counts])
    return pd.DataFrame(rows, columns=["month", "enquiries", *names])
