"""What the rules on eligibility and allocation share: files month by month, and two days of a file in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement
from qa_lib.audit.findings import Status
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary

#: The files of each month with the value of a rule on its first day.
Months = list[tuple[Any, pd.DataFrame]]


@dataclass(frozen=True, kw_only=True)
class Order:
    """Two days of a file, of which the first must not come too late.

    Attributes
    ----------
    first, then
        The columns of the two days.
    done, held
        What happened on them, before ``on 2024-03-05``: ``payment was received``, ``the candidate was assessed``.
    what
        What is in order, to follow a count: ``files were paid for when they were assessed``.
    may_lie_ahead
        Whether a blank second day says that it has not come yet, so that there is nothing to look at.
    """

    first: str
    then: str
    done: str
    held: str
    what: str
    may_lie_ahead: bool = False


def by_month(audit: Audit, rule_id: str, *columns: str) -> Months:
    """Return the files of each month with the value of a rule on its first day.

    Raises
    ------
    NotAssessable
        Where ``cases`` lacks a column.
    """
    files = audit.files(*columns)
    return [(audit.value(rule_id, f"{month}-01"), rows) for month, rows in files.groupby("month")]


def over(months: Months, look: Callable[[pd.DataFrame, Any], Iterable[Statement]], *, what: str) -> Iterator[Statement]:
    """Yield what stands out in the files of each month under its value, and one line over all of them."""
    found = [one for value, files in months for one in look(files, value)]
    yield from with_summary(found, whole=sum(len(files) for _, files in months), what=what)


def in_order(audit: Audit, rule_id: str, order: Order, *, severity: str = "") -> Iterator[Statement]:
    """Yield the files whose days are not in order, or lack the first one, and one line over all that can be judged.

    Parameters
    ----------
    audit, rule_id, order
        The rule whose value says what is in time, ``on_or_before`` or ``before``: too late is a breach.
    severity
        Where the rule's value is a table of severities: which of them is meant. Where the value says nothing of the
        order, as such a table does, the day itself is in time.
    """
    # Only what is looked at: cutting out rows of all columns takes most of the time.
    needed = ["case_id", order.first, order.then]
    filled = audit.value("X.RECORDED")["filled"]
    found: list[Statement] = []
    whole = 0
    for month, files in audit.files(order.first, order.then).groupby("month"):
        value = audit.value(rule_id, f"{month}-01")
        choice = value if value in ("on_or_before", "before") else "on_or_before"
        status: Status = value[severity] if severity else "breach"
        rows = files.loc[files[order.then].notna(), needed]
        undone = NoneRecorded(
            blank=rows.loc[rows[order.first].isna(), "case_id"].tolist(), due=len(rows), filled=filled
        )
        why = f"no day is recorded on which {order.done}, though {order.held}"
        found += undone.statements("file", status, why, about=f"{audit.provider}/{month}")
        found += _too_late(rows, order, choice, status)
        whole += undone.judged
        if not order.may_lie_ahead:
            untold = files[files[order.then].isna()]
            found += blanks(untold, "case_id", "file", f"the day is blank on which {order.held}")
            whole += len(untold)
    yield from with_summary(found, whole=whole, what=order.what)


def _too_late(files: pd.DataFrame, order: Order, choice: str, status: Status) -> Iterator[Statement]:
    first, then = files[order.first], files[order.then]
    late = first > then if choice == "on_or_before" else first >= then
    limit = choice.replace("_", " ")
    for row in files[late].to_dict("records"):
        done, held = row[order.first].date(), row[order.then].date()
        message = f"{order.held} on {held}, but {order.done} on {done}; expected {limit} that day"
        yield about(row["case_id"], status, message, value=str(done), threshold=f"{limit} {held}")


def about(file: object, status: Status, message: str, **more: str) -> Statement:
    """Return what is said of a file."""
    return Statement(status=status, subject_type="file", subject=str(file), message=message, **more)
