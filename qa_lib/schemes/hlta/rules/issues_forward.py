"""Issues from moderation that are taken forward, each followed to its end (HLTA.MOD.14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable, once, statement_on
from qa_lib.audit.log_rows import month_of, rows_in_scope
from qa_lib.audit.state_log import days_held
from qa_lib.audit.words import blank, is_word
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import day_text

#: Columns of :func:`issue_log`.
LOG = ["issue_id", "month", "raised_in", "issue", "taken_to", "raised", "ended", "days_open", "responsible", "state"]
#: Words by which a record of issues, or of what can improve, says that there were none.
NO_ISSUES = ("none", "no", "nil", "no issues", "no issues were raised", "nothing to report")
#: Column of an event -> where the log says that such an issue was brought up, and what named it.
_NAMED_BY = {
    "issues": ("joint_report", "the joint report names issues"),
    "improvements": ("return", "moderators reported what can improve the RPA's systems"),
}


def names_issues(text: object) -> bool:
    """Say whether a record of issues names any.

    Examples
    --------
    >>> names_issues("Task sheets were hard to read."), names_issues(" No  issues. "), names_issues(None)
    (True, False, False)
    """
    said = "" if pd.isna(text) else " ".join(str(text).strip().rstrip(".").casefold().split())  # type: ignore[call-overload]
    return bool(said) and said not in NO_ISSUES


@answers("HLTA.MOD.14")
def issues_taken_forward(audit: Audit) -> Iterator[Statement]:
    """Say which issues are open, since when and with whom, which ended without a result, and what nobody logged.

    The document lets moderators and reviewers choose what they take forward: what the log lacks is information.
    """
    audit.own("issue_log", "issue_id", "raised_on", "ended_on")
    yield from all_parts(_entries(audit), *(_not_logged(audit, column) for column in _NAMED_BY))


@once
def _in_scope(audit: Audit) -> pd.DataFrame:
    log = audit.own("issue_log", "issue_id", "raised_on", "ended_on")
    log = rows_in_scope(log, audit.months, began=month_of(log["raised_on"]), ended=log["ended_on"])
    return log.sort_values(["raised_on", "issue_id"], ignore_index=True)


def _entries(audit: Audit) -> Iterator[Statement]:
    log = _in_scope(audit)
    ended, early = log["ended_on"].notna(), log["ended_on"] < log["raised_on"]
    undated = log["raised_on"].isna()
    found = [*blanks(log[undated], "issue_id", "issue", "the day on which it was brought up is blank")]
    found += blanks(log[early], "issue_id", "issue", "it was ended before it was brought up")
    if "result" in log.columns:
        silent = ended & ~early & ~undated & blank(log["result"])
        found += blanks(log[silent], "issue_id", "issue", "it was ended and what came of it is blank")
    else:
        yield not_assessable("the table issue_log has no column result")
    shown = issue_log(audit)
    going_on = shown[(shown["state"] != "ended") & (shown["raised"] != "")]
    found += [_open(audit, row) for row in going_on.to_dict("records")]
    what = "issues from moderation were brought to an end"
    yield from with_summary(found, whole=len(log), what=what, waiting=going_on["issue_id"])


def _open(audit: Audit, row: dict[Any, Any]) -> Statement:
    whom = {"partnership": "to the Partnership", "rpa": "within the RPA"}.get(row["taken_to"], "to nobody named")
    message = (
        f"brought up on {row['raised']}, taken forward {whom}, and open for {row['days_open']} days as of "
        f"{day_text(audit.as_of)}; responsible: {row['responsible'] or 'nobody named'}"
    )
    return statement_on("issue", row["issue_id"], "information", message, value=str(row["days_open"]))


def _not_logged(audit: Audit, column: str) -> Iterator[Statement]:
    """Yield the months of which an event names something and the log holds no entry from there."""
    source, said = _NAMED_BY[column]
    log, events = audit.own("issue_log", "month", "raised_in"), audit.own("events", "month", column)
    logged = set(log.loc[is_word(log["raised_in"], source) | log["raised_in"].isna(), "month"])
    named = events[events["month"].isin(audit.months) & events[column].map(names_issues).astype(bool)]
    for month in sorted({*named["month"]} - logged):
        message = f"{said}, and the log of issues holds none of them: take them forward, or note why not"
        yield statement_on("event", f"{audit.provider}/{month}", "information", message)


def issue_log(audit: Audit) -> pd.DataFrame:
    """Return the RPA's issues of the months, and those brought up before that were still open in them.

    Returns
    -------
    DataFrame
        Columns :data:`LOG`, the oldest first. ``days_open`` runs to the day on which it ended, or to the audit's day.
        ``state`` is *open*, *open since before* these months, or *ended*. Empty where the log or a column of it is
        missing; HLTA.MOD.14 says which.
    """
    try:
        log = _in_scope(audit)
    except NotAssessable:
        return pd.DataFrame(columns=LOG)
    before = log["raised_on"] < pd.Timestamp(f"{audit.months[0]}-01")
    state = before.map({True: "open since before", False: "open"}).astype("str").mask(log["ended_on"].notna(), "ended")
    texts = log.reindex(columns=["month", "raised_in", "issue", "taken_to", "responsible"]).astype("object")
    dates = {"raised": log["raised_on"], "ended": log["ended_on"]}
    shown = texts.where(texts.notna(), "").assign(
        issue_id=log["issue_id"],
        **{name: days.dt.strftime("%Y-%m-%d").fillna("") for name, days in dates.items()},
        days_open=days_held(log["raised_on"], log["ended_on"], as_of=audit.as_of),
        state=state,
    )
    return shown[LOG]
