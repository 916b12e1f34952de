"""What the rules on eligibility and allocation share: files by month, yes or no of a file, two days in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, statement_on
from qa_lib.audit.findings import Status
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import day_text

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
    whose, key
        What the days are of, and the column of its ids.
    """

    first: str
    then: str
    done: str
    held: str
    what: str
    may_lie_ahead: bool = False
    whose: str = "file"
    key: str = "case_id"


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


def in_order(
    audit: Audit,
    rule_id: str,
    order: Order,
    *,
    severity: str = "",
    rows: pd.DataFrame | None = None,
    beside: Callable[[pd.DataFrame, Any], Iterable[Statement]] | None = None,
) -> Iterator[Statement]:
    """Yield the files whose days are not in order, or lack the first one, and one line over all that can be judged.

    Parameters
    ----------
    audit, rule_id, order
        The rule whose value says what is in time, ``on_or_before`` or ``before``: too late is a breach.
    severity
        Where the rule's value is a table of severities: which of them is meant. Where the value says nothing of the
        order, as such a table does, the day itself is in time.
    rows
        What is looked at, each with its ``month``; the files of the months where nothing is said.
    beside
        What else is said of those of a month whose second day is known, under the rule's value.
    """
    # Only what is looked at: cutting out rows of all columns takes most of the time.
    needed = [order.key, order.first, order.then]
    filled = audit.value("X.RECORDED")["filled"]
    found: list[Statement] = []
    whole = 0
    every = audit.files(order.first, order.then) if rows is None else rows
    for month, of_month in every.groupby("month"):
        value = audit.value(rule_id, f"{month}-01")
        choice = value if value in ("on_or_before", "before") else "on_or_before"
        status: Status = value[severity] if severity else "breach"
        due = of_month.loc[of_month[order.then].notna(), needed]
        undone = NoneRecorded(blank=due.loc[due[order.first].isna(), order.key].tolist(), due=len(due), filled=filled)
        why = f"by {day_text(audit.as_of)} no day is recorded on which {order.done}, though {order.held}"
        found += undone.statements(order.whose, status, why, about=f"{audit.provider}/{month}")
        found += _too_late(due, order, choice, status)
        found += beside(due, value) if beside else ()
        whole += undone.judged
        if not order.may_lie_ahead:
            untold = of_month[of_month[order.then].isna()]
            found += blanks(untold, order.key, order.whose, f"the day is blank on which {order.held}")
            whole += len(untold)
    yield from with_summary(found, whole=whole, what=order.what)


def _too_late(rows: pd.DataFrame, order: Order, choice: str, status: Status) -> Iterator[Statement]:
    first, then = rows[order.first], rows[order.then]
    late = first > then if choice == "on_or_before" else first >= then
    limit = choice.replace("_", " ")
    for row in rows[late].to_dict("records"):
        done, held = row[order.first].date(), row[order.then].date()
        message = f"{order.held} on {held}, but {order.done} on {done}; expected {limit} that day"
        figures = {"value": str(done), "threshold": f"{limit} {held}"}
        yield statement_on(order.whose, row[order.key], status, message, **figures)


def not_yes(
    files: pd.DataFrame, column: str, *, no: str, untold: str = "", status: Status = "breach"
) -> Iterator[Statement]:
    """Yield the files of which a yes or no is blank, which says nothing, or no.

    Parameters
    ----------
    no
        What no says, as a sentence.
    untold
        What a blank says, as the end of a sentence; that the column is blank, where nothing is given.
    status
        How severe no is.
    """
    yield from blanks(files[files[column].isna()], "case_id", "file", untold or f"the column {column} is blank")
    for file in files.loc[files[column].eq(False).fillna(False), "case_id"]:
        yield about(file, status, no, value="no", threshold="yes")


def about(file: object, status: Status, message: str, **more: str) -> Statement:
    """Return what is said of a file."""
    return Statement(status=status, subject_type="file", subject=str(file), message=message, **more)
