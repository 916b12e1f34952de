"""Requests of schools for support are answered (HLTA.PAR.7), beside the days of every enquiry (HLTA.PAR.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable, statement_on
from qa_lib.audit.findings import Status
from qa_lib.audit.words import is_word
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.enquiries import followed_enquiries


@answers("HLTA.PAR.7")
def support_for_schools(audit: Audit) -> Iterator[Statement]:
    """Look for requests that nobody answered by the last day of HLTA.PAR.1; a late answer is an answer."""
    audit.table("enquiries", "kind")
    log = followed_enquiries(audit)
    asked, unanswered = is_word(log["kind"], "school_support"), log["replied_on"].isna()
    unknown = log[log["kind"].isna() & unanswered]
    why = "it is not answered, and whether a school asks for support is blank"
    found = [*blanks(unknown, "enquiry_id", "enquiry", why)]
    contradicted = log[asked & ~unanswered & (log["answered"] == "not assessable") & log["received_on"].notna()]
    found += blanks(contradicted, "enquiry_id", "enquiry", "it was answered before it was received")
    found += [_unanswered(audit, row) for row in log[asked & unanswered].to_dict("records")]
    found += [_late(row) for row in log[asked & (log["answered"] == "late")].to_dict("records")]
    waiting = log.loc[asked & unanswered & (log["answered"] == "not yet due"), "enquiry_id"]
    what = "requests of schools for support were answered"
    yield from with_summary(found, whole=int(asked.sum()) + len(unknown), what=what, waiting=waiting)


def _unanswered(audit: Audit, row: dict[Any, Any]) -> Statement:
    if pd.isna(row["received_on"]):
        why = "it is not answered, and the day of receipt is blank"
        return not_assessable(why, subject_type="enquiry", subject=str(row["enquiry_id"]))
    received, due, deadline = row["received_on"].date(), row["answer_by"].date(), row["answered_deadline"]
    status: Status = "information" if row["answered"] == "not yet due" else "warning"
    message = f"a school asked for support on {received} and has no answer by {audit.as_of.date()}; expected by {due}"
    taken = deadline.taken(row["received_on"], audit.as_of)
    return statement_on("enquiry", row["enquiry_id"], status, message, value=taken, threshold=str(deadline))


def _late(row: dict[Any, Any]) -> Statement:
    message = f"a school asked for support and was answered on {row['replied_on'].date()}, after the days of HLTA.PAR.1"
    return statement_on("enquiry", row["enquiry_id"], "information", message)
