"""Remedial action and revocation: a log with its state (NPQ.REM.1), done in time and after a notice (NPQ.REM.2).

The three cases of serious underperformance are named where data point to one; only a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, statement_on
from qa_lib.audit.deadlines import timeliness
from qa_lib.audit.words import count_with_noun, is_word, met
from qa_lib.schemes.npq.audit import LEVELS, Audit


@answers("NPQ.REM.1", after_others=True)
def remedial_action(audit: Audit, others: Mapping[str, list[Statement]] = MappingProxyType({})) -> Iterator[Statement]:
    """Show every logged action with its state, failures without one, and what a person has to decide on."""
    yield from _to_decide(audit, others)
    table = audit.table("actions", "action_id", "kind", "state")
    for row in table.sort_values("action_id").to_dict("records"):
        yield from _action(audit, row)
    failing = {
        (rule.removeprefix("NPQ."), one.level)
        for rule, statements in others.items()
        for one in statements
        if one.status == "breach" and one.measure
    }
    if not failing and table.empty:
        yield Statement(status="information", message="no metric fails and no action is logged")
    yield from _without_action(failing, table)


#: Serious case -> the rule whose breaches point to it.
_POINTING = {"second": "NPQ.AWD.1", "third": "NPQ.REQ.6"}


def _to_decide(audit: Audit, others: Mapping[str, list[Statement]]) -> Iterator[Statement]:
    """Yield whatever may be one of the three serious cases, each for a person to decide."""
    found = [("first", "action", name) for name in made_or_empty(overdue, audit, {"action_id": "str"})["action_id"]]
    found += [
        (case, one.subject_type, one.subject)
        for case, rule in _POINTING.items()
        for one in others.get(rule, [])
        if one.status == "breach"
    ]
    for case, kind, subject in found:
        meaning = str(audit.value("NPQ.REM.1")[case]).replace("_", " ")
        message = f"for a person to decide: whether this is the {case} serious case ({meaning})"
        yield statement_on(kind, subject, "information", message, value=case)


def _remedial(audit: Audit) -> pd.DataFrame:
    """Return the remedial actions with the state of each against its due day, and what of its days is doubtful."""
    table = audit.table("actions", "action_id", "kind", "due_on", "closed_on").sort_values("action_id")
    own = table[~is_word(table["kind"], "revocation")].reset_index(drop=True)
    timely = timeliness(own["due_on"], own["closed_on"], as_of=audit.as_of)
    doubt = pd.Series([_doubt(row) for row in own.to_dict("records")], index=own.index, dtype="str")
    return own.assign(doubt=doubt, timely=timely.mask(doubt != "", "not assessable"))


def _doubt(row: dict[Any, Any]) -> str:
    """Return why the day on which an action was closed cannot be held against anything; blank where it can."""
    due, closed = row["due_on"], row["closed_on"]
    opened: Any = row.get("opened_on")
    if not _there(due):
        return "the day by which it is due is blank"
    if not _there(closed):
        return "it is closed, and the day on which it was is blank" if row.get("state") == "closed" else ""
    if _there(opened) and closed < opened:
        return f"closed on {closed.date()}, before it was opened on {opened.date()}"
    return ""


def overdue(audit: Audit) -> pd.DataFrame:
    """Return the remedial actions that are open after their due day."""
    actions = _remedial(audit)
    return actions[actions["timely"] == "overdue"]


@answers("NPQ.REM.2")
def done_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold every remedial action against its due day; look for its notice and for the evidence considered."""
    actions = _remedial(audit)
    if actions.empty:
        yield Statement(status="information", message="no remedial action is logged")
    for row in actions.to_dict("records"):
        yield _timely(audit, row)
        yield from _noticed(row)


def _timely(audit: Audit, row: dict[Any, Any]) -> Statement:
    due, closed = row["due_on"], row["closed_on"]
    about: dict[str, Any] = {"subject_type": "action", "subject": str(row["action_id"])}
    if row["timely"] == "not assessable":
        return not_assessable(row["doubt"], **about)
    about["threshold"] = f"by {due.date()}"
    if row["timely"] == "not yet due":
        return Statement(status="information", message=f"open, and due by {due.date()}", **about)
    if row["timely"] == "overdue":
        days = count_with_noun(audit.since(due), "day")
        return Statement(status="breach", message=f"overdue: due by {due.date()}, and open", value=days, **about)
    message = f"closed on {closed.date()}, due by {due.date()}"
    return Statement(status=met(row["timely"] == "in time"), message=message, value=str(closed.date()), **about)


def _noticed(row: dict[Any, Any]) -> Iterator[Statement]:
    about: dict[str, Any] = {"subject_type": "action", "subject": str(row["action_id"])}
    if not _there(row.get("notice_on")):
        yield not_assessable("no day is recorded on which notice of it was given", **about)
    elif _there(row["due_on"]) and row["notice_on"] > row["due_on"]:
        message = f"notice was given on {row['notice_on'].date()}, after the due day {row['due_on'].date()}"
        yield Statement(status="breach", message=message, **about)
    considered = row.get("extenuating_considered")
    if not _there(considered):
        yield not_assessable("whether extenuating evidence was considered is blank", **about)
    elif not considered:
        yield Statement(status="breach", message="extenuating evidence was not considered", **about)


def _action(audit: Audit, row: dict[Any, Any]) -> Iterator[Statement]:
    about: dict[str, Any] = {"subject_type": "action", "subject": str(row["action_id"])}
    opened: Any = row.get("opened_on")
    state = "" if pd.isna(row["state"]) else str(row["state"])
    what = " ".join(_words(row, "kind", "metric", "level")) or "action"
    since = f", opened {audit.since(opened)} days ago" if _there(opened) and state in ("open", "appealed") else ""
    if state:
        yield Statement(status="information", message=f"{what}: {state}{since}", value=state, **about)
    else:
        yield not_assessable(f"{what}: its state is blank", **about)
    serious = row.get("serious_case")
    if not _there(serious):
        return
    meaning = str(audit.value("NPQ.REM.1")[serious]).replace("_", " ")
    if _there(row.get("set_by")):
        message = f"serious underperformance, {serious} case ({meaning}), set by {row['set_by']}"
        yield Statement(status="information", message=message, value=str(serious), **about)
    else:
        why = f"the {serious} serious case ({meaning}) is flagged and who set it is blank; only a person sets it"
        yield not_assessable(why, value=str(serious), **about)


def _words(row: dict[Any, Any], *names: str) -> list[str]:
    return [str(row[name]) for name in names if _there(row.get(name))]


def _there(cell: object) -> bool:
    return cell is not None and not pd.isna(cell)  # type: ignore[call-overload, no-any-return, unused-ignore]


def _without_action(failing: set[tuple[str, str]], table: pd.DataFrame) -> Iterator[Statement]:
    """Yield failing metrics for which no remedial action is logged."""
    if not failing:
        return
    if "metric" not in table.columns:
        raise NotAssessable("the table actions has no column metric, so which failures have an action does not show")
    logged = {
        (
            re.sub(r"\s", "", str(row["metric"])).upper().removeprefix("NPQ."),
            str(row["level"]) if _there(row.get("level")) else "",
        )
        for row in table.to_dict("records")
    }
    order = {level: place for place, level in enumerate(("", *LEVELS))}
    for metric, level in sorted(failing, key=lambda pair: (pair[0], order[pair[1]])):
        if not {(metric, level), (metric, "")} & logged:
            message = f"{metric} is not met and no action is logged for it"
            yield Statement(status="information", message=message, level=level)
