"""Answers that a provider owes: to the regulator (NPQ.REQ.8) and to participants who complain (NPQ.REQ.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable
from qa_lib.audit.deadlines import Deadline, judged, timeliness
from qa_lib.schemes.npq.audit import Audit
from qa_lib.tables.open_words import is_unsaid


@answers("NPQ.REQ.8")
def requests_answered(audit: Audit) -> Iterator[Statement]:
    """Hold each request for information against its day, and its answer against complete and accurate."""
    table = audit.table("information_requests", "request_id", "due_on", "answered_on").sort_values("request_id")
    if table.empty:
        yield Statement(status="information", message="no request for information is logged", value="0")
    states = timeliness(table["due_on"], table["answered_on"], as_of=audit.as_of)
    for row, state in zip(table.to_dict("records"), states, strict=True):
        yield from _request(audit, row, state)


def _request(audit: Audit, row: dict[Any, Any], state: str) -> Iterator[Statement]:
    due, answered = row["due_on"], row["answered_on"]
    about: dict[str, Any] = {"subject_type": "request for information", "subject": str(row["request_id"])}
    if state == "not assessable":
        yield not_assessable("the last day for the answer is blank", **about)
        return
    about["threshold"] = str(due.date())
    if state == "overdue":
        yield Statement(status="breach", message=f"open, {(audit.as_of - due).days} days past its day", **about)
        return
    if state == "not yet due":
        yield Statement(status="information", message="open, and not due yet", **about)
        return
    about["value"], asked = str(answered.date()), row.get("asked_on")
    if asked is not None and answered < asked:
        yield not_assessable(f"answered on {answered.date()}, before it was asked on {asked.date()}", **about)
        return
    wrong = [name for name in ("complete", "accurate") if row.get(name) is False]
    blank = [name for name in ("complete", "accurate") if name not in row or pd.isna(row[name])]
    if state == "late":
        yield Statement(status="breach", message=f"answered {(answered - due).days} days late", **about)
    if wrong:
        yield Statement(status="breach", message=f"the answer was not {' and not '.join(wrong)}", **about)
    elif blank:
        yield not_assessable(f"whether the answer was {' and '.join(blank)} is blank", **about)
    elif state == "in time":
        yield Statement(status="met", message="answered in time, complete and accurate", **about)


@answers("NPQ.REQ.10")
def complaints_handled(audit: Audit) -> Iterator[Statement]:
    """Show how long each complaint took and how it ended; not co-operating in an appeal is a breach."""
    table = audit.table("complaints", "complaint_id", "kind", "received_on", "answered_on").sort_values("complaint_id")
    deadline = Deadline.from_rule(audit.book["NPQ.REQ.10"], audit.value("NPQ.REQ.10"))
    if table.empty:
        yield Statement(status="information", message="no complaint and no appeal is logged", value="0")
    states = judged(table["received_on"], table["answered_on"], deadline, as_of=audit.as_of)
    for row, state in zip(table.to_dict("records"), states["state"], strict=True):
        yield from _complaint(audit, row, state, deadline)


def _complaint(audit: Audit, row: dict[Any, Any], state: str, deadline: Deadline) -> Iterator[Statement]:
    kind = "complaint" if pd.isna(row["kind"]) else str(row["kind"])
    received, answered = row["received_on"], row["answered_on"]
    about: dict[str, Any] = {"subject_type": kind, "subject": str(row["complaint_id"]), "threshold": str(deadline)}
    if pd.isna(received):
        yield not_assessable("the day on which it was received is blank", **about)
    elif state == "not assessable":
        yield not_assessable(f"answered on {answered.date()}, before it was received on {received.date()}", **about)
    elif pd.isna(answered):
        beyond = f", longer than {deadline}" if state == "overdue" else ""
        yield Statement(status="information", message=f"open for {audit.since(received)} days{beyond}", **about)
    else:
        beyond = f", longer than {deadline}" if state == "late" else ""
        outcome = row.get("outcome")
        ended = "" if outcome is None or pd.isna(outcome) or is_unsaid(str(outcome)) else f": {outcome}"
        taken = deadline.taken(received, answered)
        status: Any = "information" if beyond else "met"
        yield Statement(status=status, message=f"answered after {taken}{beyond}{ended}", value=taken, **about)
        if not ended:
            yield not_assessable("it was answered, and how it ended is blank", **about)
    if pd.isna(row["kind"]):
        yield not_assessable("whether it is a complaint or an appeal is blank", **about)
    elif kind == "appeal" and row.get("cooperated") is False:
        yield Statement(status="breach", message="the provider did not co-operate in the appeal", **about)
    elif kind == "appeal" and ("cooperated" not in row or pd.isna(row["cooperated"])):
        yield not_assessable("whether the provider co-operated in the appeal is blank", **about)
