"""Remedial action and revocation (NPQ.REM.1): a log with its state. Nothing is concluded here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable
from qa_lib.schemes.npq.audit import LEVELS, Audit


@answers("NPQ.REM.1", after_others=True)
def remedial_action(audit: Audit, others: Mapping[str, list[Statement]] = MappingProxyType({})) -> Iterator[Statement]:
    """Show every logged action with its state, serious cases as set by a person, and failures without an action."""
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
