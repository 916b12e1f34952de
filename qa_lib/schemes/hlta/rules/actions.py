"""The log of actions where quality issues arise, and assessments by someone who was barred (HLTA.ASR.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable, once, statement_on
from qa_lib.audit.findings import Status
from qa_lib.audit.state_log import days_held, held_on
from qa_lib.audit.words import blank
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import barring, day_text
from qa_lib.schemes.hlta.rules.quality_signals import without_action

#: Columns of :func:`action_log`.
LOG = ["action", "assessor", "procedure", "opened", "closed", "days_open", "responsible", "state"]


@answers("HLTA.ASR.6")
def quality_procedures(audit: Audit) -> Iterator[Statement]:
    """Say which actions name no procedure or nobody, are open, or are lacking, and who assessed while barred.

    An action holds from the day on which it is opened to the day before it is closed. An assessment while another RPA
    bars its assessor is information, since an RPA's register is its own.
    """
    log = audit.table("actions", "action_id", "assessor_id", "rpa", "opened_on", "closed_on")
    barred = _while_barred(audit) if "procedure" in log.columns else ()
    yield from all_parts(_entries(audit), barred, without_action(audit))


def action_log(audit: Audit) -> pd.DataFrame:
    """Return the RPA's actions of the months, and those opened before that were still open in them.

    Returns
    -------
    DataFrame
        Columns :data:`LOG`, the oldest first. ``days_open`` runs to the day of closing, or to the audit's day.
        ``state`` is *open*, *open since before* these months, or *closed*. Empty where the log or a column of it is
        missing; HLTA.ASR.6 says which.
    """
    try:
        rows = _in_scope(audit)
    except NotAssessable:
        return pd.DataFrame(columns=LOG)
    began = pd.Timestamp(f"{audit.months[0]}-01")
    state = pd.Series("closed", index=rows.index, dtype="str")
    state = state.mask(rows["closed_on"].isna(), "open")
    state = state.mask(rows["closed_on"].isna() & (rows["opened_on"] < began), "open since before")
    none = pd.Series("", index=rows.index, dtype="str")
    frame = pd.DataFrame(
        {
            "action": rows["action_id"],
            "assessor": rows["assessor_id"],
            "procedure": rows.get("procedure", none).fillna(""),
            "opened": rows["opened_on"].dt.strftime("%Y-%m-%d").fillna(""),
            "closed": rows["closed_on"].dt.strftime("%Y-%m-%d").fillna(""),
            "days_open": days_held(rows["opened_on"], rows["closed_on"], as_of=audit.as_of),
            "responsible": rows.get("responsible", none).fillna(""),
            "state": state,
        }
    )
    return frame.sort_values(["opened", "action"], ignore_index=True)[LOG]


@once
def _in_scope(audit: Audit) -> pd.DataFrame:
    """Return the RPA's actions that began by the end of the months and were not closed before they began."""
    rows = audit.own("actions", "action_id", "assessor_id", "opened_on", "closed_on")
    first, last = pd.Timestamp(f"{audit.months[0]}-01"), audit.year_so_far[1]
    here = ~(rows["opened_on"] > last) & ~(rows["closed_on"] < first)
    return rows[here].sort_values("action_id", ignore_index=True)


def _entries(audit: Audit) -> Iterator[Statement]:
    """Yield what an entry of the log lacks, and the open ones with their age."""
    rows = _in_scope(audit)
    why = "the day on which it was opened is blank"
    found = [*blanks(rows[rows["opened_on"].isna()], "action_id", "action", why)]
    for column, lack in (("procedure", "names no procedure"), ("responsible", "names nobody as responsible")):
        if column not in rows.columns:
            yield not_assessable(f"the table actions has no column {column}")
            continue
        for row in rows[blank(rows[column])].itertuples():
            message = f"the action for {row.assessor_id}, opened on {day_text(row.opened_on)}, {lack}"
            found.append(statement_on("action", row.action_id, "breach", message))
    log = action_log(audit)
    found += [_still_open(audit, row) for row in log[log["state"] != "closed"].to_dict("records") if row["opened"]]
    yield from with_summary(found, whole=len(rows), what="actions name a procedure and who is responsible")


def _still_open(audit: Audit, row: dict[Any, Any]) -> Statement:
    message = (
        f"{row['procedure'] or 'action'} for {row['assessor']}, opened on {row['opened']}, is open for "
        f"{row['days_open']} days as of {audit.as_of:%Y-%m-%d}; responsible: {row['responsible'] or 'nobody named'}"
    )
    return statement_on("action", row["action"], "information", message, value=str(row["days_open"]))


def _while_barred(audit: Audit) -> Iterator[Statement]:
    """Yield files of the months that were assessed while an action barred their assessor."""
    files = audit.files("assessor_id", "assessed_on")
    pairs = files.merge(barring(audit), on="assessor_id", suffixes=("", "_action"))
    undated = pairs[pairs["assessed_on"].isna()].drop_duplicates("case_id")
    during = held_on(pairs["opened_on"], pairs["closed_on"], pairs["assessed_on"])
    why = "the day of assessment is blank and its assessor was barred for a time"
    found = [*blanks(undated, "case_id", "file", why), *map(_barred, pairs[during].to_dict("records"))]
    yield from with_summary(found, whole=len(files), what="files were assessed by someone who was free to")


def _barred(row: dict[Any, Any]) -> Statement:
    own = row["rpa"] == row["rpa_action"]
    until = f" until {day_text(row['closed_on'])}" if day_text(row["closed_on"]) else ", which is open"
    assessed, opened = day_text(row["assessed_on"]), day_text(row["opened_on"])
    message = (
        f"assessed on {assessed} by {row['assessor_id']}, barred by {row['procedure']} "
        f"({row['action_id']}{'' if own else ' of ' + str(row['rpa_action'])}) from {opened}{until}"
    )
    status: Status = "breach" if own else "information"
    return statement_on("file", row["case_id"], status, message, value=assessed, threshold=opened)
