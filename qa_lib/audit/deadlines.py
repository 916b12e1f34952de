"""By when something is to be done, and whether it was: due days, and what is in time, late or overdue.

A rule book says how long something may take: three *working days after receipt*, one *day*, six *months*. What begins
on a day is due on the last of them; the due day itself is in time, the day after is late. While nothing is done it is
not due until that day is over, and overdue from the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.calendar.working_days import WorkingDays
from qa_lib.rulebook import Rule

#: What limits are counted in. Where a month is too short for a day, its last day counts.
UNITS = ("working days", "days", "weeks", "months")
#: What may be said of something that has a due day.
STATES = ("in time", "late", "overdue", "not yet due", "not assessable")


@dataclass(frozen=True)
class Deadline:
    """How long something may take.

    Attributes
    ----------
    limit, unit
        A number of *working days*, *days*, *weeks* or *months*. The day on which it begins is not counted.
    calendar
        The working days of England and Wales, and of the office.
    month_ends
        Whether what begins on the last day of a month is due on the last day of one, where months are counted.

    Examples
    --------
    >>> three = Deadline(3, "working days")
    >>> str(three), three.due(pd.Timestamp("2024-03-28"))  # Easter lies between
    ('3 working days', Timestamp('2024-04-04 00:00:00'))
    >>> Deadline(6, "months").due(pd.Timestamp("2018-08-31"))
    Timestamp('2019-02-28 00:00:00')
    >>> Deadline(6, "months", month_ends=True).due(pd.Timestamp("2019-02-28"))
    Timestamp('2019-08-31 00:00:00')
    """

    limit: int
    unit: str
    calendar: WorkingDays = field(default_factory=WorkingDays)
    month_ends: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unit is {self.unit!r}; expected one of {', '.join(UNITS)}")

    @classmethod
    def from_rule(cls, rule: Rule, value: Any, column: str = "", *, calendar: WorkingDays | None = None) -> Deadline:
        """Return the deadline that a rule sets; its unit may say more: *working days after receipt*.

        Parameters
        ----------
        rule, value
            The rule, and the plain value of it that counts.
        column
            Which column of the value holds the limit, where it is a table.
        calendar
            As for the class; without days of the office where none is given.

        Raises
        ------
        ValueError
            If the rule's unit names none of :data:`UNITS`.

        Examples
        --------
        >>> from qa_lib.scheme import load_rulebook
        >>> rule = load_rulebook("npq")["NPQ.RET.1"]
        >>> str(Deadline.from_rule(rule, rule.on("2019-09-01").value, "recruitment"))
        '6 months'
        """
        unit = str((rule.columns or {})[column].unit if column else rule.unit)
        counted = next((name for name in UNITS if name in unit), unit)
        return cls(value[column] if column else value, counted, calendar or WorkingDays())

    def __str__(self) -> str:
        return f"{self.limit} {self.unit}"

    def due(self, start: pd.Timestamp) -> pd.Timestamp:
        """Return the last day that is in time for what begins on a day."""
        if self.unit == "working days":
            return pd.Timestamp(self.calendar.after(start, self.limit))
        step: dict[str, Any] = {self.unit: self.limit}
        due = start + pd.DateOffset(**step)
        return due + pd.offsets.MonthEnd(0) if self.month_ends and start.is_month_end else due

    def taken(self, start: pd.Timestamp, end: pd.Timestamp) -> str:
        """Return how long something took: ``4 working days`` where these are counted, else ``4 days``."""
        if self.unit == "working days":
            return f"{self.calendar.between(start, end)} working days"
        return f"{(end - start).days} days"


def judged(
    start: pd.Series,
    done: pd.Series,
    deadline: Deadline | Callable[[pd.Timestamp], Deadline],
    *,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Return by when each of many things was due, and whether it was in time.

    Parameters
    ----------
    start, done
        The days on which each began and was done, with one index; blank where they are not known, or not yet.
    deadline
        How long it may take; or a function of the day on which it begins, where the rule changed over time.
    as_of
        The day up to which things are known.

    Returns
    -------
    DataFrame
        On the same index: ``start``, ``done``, ``deadline`` (a :class:`Deadline`), ``due`` and ``state``, one of
        :data:`STATES`. What has no start, or was done before it, is *not assessable*.

    Examples
    --------
    A scheme whose reports are owed within ten working days of a visit has the limit in its rule book (``within:
    {type: count, unit: working days after the visit}``) and asks in the answer to the rule:

    >>> log = pd.DataFrame({"visited_on": ["2024-03-01"] * 3, "reported_on": ["2024-03-15", "2024-03-18", None]})
    >>> log = log.apply(pd.to_datetime)
    >>> deadline = Deadline(10, "working days")  # Deadline.from_rule(audit.book[id], audit.value(id), "within")
    >>> judged(log["visited_on"], log["reported_on"], deadline, as_of=pd.Timestamp("2024-03-31"))["state"].tolist()
    ['in time', 'late', 'overdue']
    """
    by = (lambda _: deadline) if isinstance(deadline, Deadline) else deadline
    deadlines = {day: by(day) for day in start.dropna().unique()}
    due = pd.to_datetime(start.map({day: one.due(day) for day, one in deadlines.items()}))
    state = timeliness(due, done, as_of=as_of).mask(done < start, "not assessable")
    return pd.DataFrame({"start": start, "done": done, "deadline": start.map(deadlines), "due": due, "state": state})


def timeliness(due: pd.Series, done: pd.Series, *, as_of: pd.Timestamp) -> pd.Series:
    """Return the state of things whose due days are known: one of :data:`STATES`.

    Examples
    --------
    >>> day = pd.Timestamp("2024-03-05")
    >>> due, done = pd.Series([day] * 3), pd.to_datetime(pd.Series(["2024-03-05", "2024-03-06", None]))
    >>> timeliness(due, done, as_of=day).tolist()
    ['in time', 'late', 'not yet due']
    """
    undone = done.isna()
    cases = [due.isna(), undone & (due < as_of), undone, done > due]
    state = np.select(cases, ["not assessable", "overdue", "not yet due", "late"], "in time")
    return pd.Series(state, index=due.index, dtype="str")
