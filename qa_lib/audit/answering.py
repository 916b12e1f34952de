"""How a function answers a rule: what it looks at, what it says, and what is said in its place where data are missing.

A function that answers a rule takes an audit and yields :class:`Statement`. Where a table or a column is missing it
does not run to its end: :func:`answers` adds *not assessable, because ...* and keeps what was said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import pandas as pd

from qa_lib.audit.findings import Finding, Status
from qa_lib.audit.words import decimal_text, percent
from qa_lib.rulebook import RuleValue

#: How a finding says that data are missing.
BECAUSE = "not assessable, because"


#: A number or ``None``; typed loosely, since rules hand words and numbers of a figure on together.
Number: TypeAlias = Any


class NotAssessable(Exception):  # noqa: N818 - the name says the state
    """A rule cannot be judged; the message says because of what. It never leaves the package of a scheme."""


_Made = TypeVar("_Made")


class Audited(Protocol):
    """An audit, as far as it is asked here (:class:`qa_lib.audit.audit.Audit`)."""

    def keep(self, name: str, make: Callable[[], _Made]) -> _Made:
        """Return what is kept under a name, made now where it is not there yet."""


_Audit = TypeVar("_Audit", bound=Audited)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a rule says of one subject; with a ``measure``, also a figure for a table of metrics.

    Attributes
    ----------
    status, message
        As in a finding.
    subject_type, subject
        Whom it is about. Empty: the provider, or its ``level`` where one is given.
    value, threshold
        What was found and what it is held against, as text; empty where ``rate`` and ``target`` say it.
    level, measure
        Of what qualification or stage the figure is, and what was measured.
    numerator, denominator, rate, target
        Exact; ``None`` where there is none. ``unit`` is ``share``, ``people`` or ``points``.
    low, high
        Interval of the rate, where one is shown.
    beside
        A second reading in words, shown beside and never deciding.
    """

    status: Status
    message: str
    subject_type: str = ""
    subject: str = ""
    value: str = ""
    threshold: str = ""
    level: str = ""
    measure: str = ""
    numerator: Number = None
    denominator: Number = None
    rate: Number = None
    target: Number = None
    unit: str = "share"
    low: Number = None
    high: Number = None
    beside: str = ""

    def finding(self, rule: RuleValue, provider: str, *, word: str) -> Finding:
        """Return it as a finding of a rule, with its clause; of the provider, a ``word``, where it names nobody."""
        return Finding(
            rule=rule.rule,
            status=self.status,
            subject_type=self.subject_type or ("level" if self.level else word),
            subject=self.subject or f"{provider} {self.level}".strip(),
            message=self.message,
            value=self.value or _figure_text(self.rate, self.unit),
            threshold=self.threshold or _figure_text(self.target, self.unit),
            clause=rule.clause,
        )


def _figure_text(number: Number, unit: str) -> str:
    if number is None:
        return ""
    return percent(number) if unit == "share" else decimal_text(number, places=4)


def once(function: Callable[[_Audit], _Made]) -> Callable[[_Audit], _Made]:
    """Make something of an audit once; nobody may change it in place."""
    name = f"{function.__module__}.{function.__name__}"

    @wraps(function)
    def kept(audit: _Audit) -> _Made:
        return audit.keep(name, lambda: function(audit))

    return kept


class Answering(Protocol):
    """A function that answers one rule: it never raises for lack of data."""

    rule: str
    after_others: bool
    __name__: str
    __module__: str

    def __call__(self, audit: Any, *others: Mapping[str, list[Any]]) -> list[Any]:
        """Return what the rule says of the audit, and of what was said of the other rules, by their ids."""


def answers(rule_id: str, *, after_others: bool = False) -> Callable[[Callable[..., Iterable[Any]]], Answering]:
    """Mark a function as the answer to a rule, and let it say *not assessable* where data are missing.

    Parameters
    ----------
    rule_id
        Id of the rule in its rule book.
    after_others
        Whether it looks at what is said of all other rules: a mapping of rule id to statements, given after the audit.
    """

    def mark(function: Callable[..., Iterable[Any]]) -> Answering:
        @wraps(function)
        def answer(audit: Any, *others: Mapping[str, list[Any]]) -> list[Any]:
            every: list[Any] = []
            try:
                # One by one: what was said before data were found missing stays said.
                for one in function(audit, *others):
                    every.append(one)
            except NotAssessable as reason:
                every.append(not_assessable(str(reason)))
            return every

        marked = cast("Answering", answer)
        marked.rule, marked.after_others = rule_id, after_others
        return marked

    return mark


def statement_on(subject_type: str, subject: object, status: Status, message: str, **more: Any) -> Statement:
    """Return what is said of one subject: a file, a person, an entry of a log."""
    return Statement(status=status, message=message, subject_type=subject_type, subject=str(subject), **more)


def not_assessable(why: str, **more: Any) -> Statement:
    """Return what is said where data are missing."""
    return Statement(status="not_assessable", message=f"{BECAUSE} {why}", **more)


def made_or_empty(make: Callable[[_Audit], pd.DataFrame], audit: _Audit, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a table of an audit; where data are missing, an empty one: the findings of its rule say which.

    Parameters
    ----------
    kinds
        Columns of the empty table, and the kind of each.
    """
    try:
        return make(audit)
    except NotAssessable:
        return pd.DataFrame(columns=list(kinds)).astype(dict(kinds))


def all_parts(*parts: Iterable[Statement]) -> Iterator[Statement]:
    """Yield what each part of an answer says; data that one lacks are named once and do not silence the others."""
    given = set()
    for part in parts:
        try:
            yield from part
        except NotAssessable as reason:
            if str(reason) not in given:
                yield not_assessable(str(reason))
            given.add(str(reason))
