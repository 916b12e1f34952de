"""How a function answers a rule: what it looks at, what it says, and what is said in its place where data are missing.

A function that answers a rule takes an audit and yields :class:`Statement`. Where a table or a column is missing it
does not run to its end: :func:`answers` adds *not assessable, because ...* and keeps what was said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

import pandas as pd

from qa_lib.audit.findings import Finding, Status
from qa_lib.lookalikes import word_form
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.scheme import Scheme, find_scheme

#: How a finding says that data are missing.
BECAUSE = "not assessable, because"


class NotAssessable(Exception):  # noqa: N818 - the name says the state
    """A rule cannot be judged; the message says because of what. It never leaves the package of a scheme."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a rule says of one subject.

    Attributes
    ----------
    status, message
        As in a finding.
    subject_type, subject
        Whom it is about. Empty: the provider.
    value, threshold
        What was found and what it is held against, as text.
    """

    status: Status
    message: str
    subject_type: str = ""
    subject: str = ""
    value: str = ""
    threshold: str = ""

    def finding(self, audit: BaseAudit, rule: RuleValue) -> Finding:
        """Return it as a finding of a rule, with its clause; without a subject it is about the audit's provider."""
        return Finding(
            rule=rule.rule,
            status=self.status,
            subject_type=self.subject_type or audit.scheme.provider_word.lower(),
            subject=self.subject or audit.provider,
            message=self.message,
            value=self.value,
            threshold=self.threshold,
            clause=rule.clause,
        )


@dataclass(frozen=True, kw_only=True)
class BaseAudit:
    """What the functions of every scheme look at: tables, a rule book, and tables made once.

    Attributes
    ----------
    tables
        The tables of a data set.
    book
        The rule book.
    provider
        Whose data are looked at.
    kept
        Tables that several rules need, made once (:func:`once`).
    """

    tables: Mapping[str, pd.DataFrame]
    book: RuleBook
    provider: str
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def scheme(self) -> Scheme:
        """The scheme whose rules they are."""
        return find_scheme(self.book.scheme)

    def rule(self, rule_id: str) -> RuleValue:
        """Return the value of a rule that counts for this audit."""
        raise NotImplementedError

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """Return a table that has these columns.

        Raises
        ------
        NotAssessable
            Where the data set lacks the table or a column.
        """
        if name not in self.tables:
            raise NotAssessable(f"the data set has no table {name}")
        missing = [column for column in columns if column not in self.tables[name].columns]
        if missing:
            raise NotAssessable(f"the table {name} has no column {' and no '.join(missing)}")
        return self.tables[name]

    def has(self, name: str, *columns: str) -> bool:
        """Say whether a table is there with these columns."""
        return name in self.tables and set(columns) <= set(self.tables[name].columns)


_Case = TypeVar("_Case", bound=BaseAudit)
_Made = TypeVar("_Made")


def once(function: Callable[[_Case], _Made]) -> Callable[[_Case], _Made]:
    """Make something of a case once; nobody may change it in place."""
    name = f"{function.__module__}.{function.__name__}"

    @wraps(function)
    def kept(case: _Case) -> _Made:
        if name not in case.kept:
            case.kept[name] = function(case)
        return cast("_Made", case.kept[name])

    return kept


class Answering(Protocol):
    """A function that answers one rule: it never raises for lack of data."""

    rule: str
    after_others: bool
    __name__: str
    __module__: str

    def __call__(self, audit: Any, *others: Mapping[str, list[Any]]) -> list[Any]:
        """Return what the rule says of the audit, and of what was said of the other rules, by their ids."""


def answers(
    rule_id: str, *, after_others: bool = False, said: Callable[..., Any] = Statement
) -> Callable[[Callable[..., Iterable[Any]]], Answering]:
    """Mark a function as the answer to a rule, and let it say *not assessable* where data are missing.

    Parameters
    ----------
    rule_id
        Id of the rule in its rule book.
    after_others
        Whether it looks at what is said of all other rules: a mapping of rule id to statements, given after the audit.
    said
        What is made where data are missing.
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
                every.append(said(status="not_assessable", message=f"{BECAUSE} {reason}"))
            return every

        marked = cast("Answering", answer)
        marked.rule, marked.after_others = rule_id, after_others
        return marked

    return mark


def not_assessable(why: str, **more: Any) -> Statement:
    """Return what is said where data are missing."""
    return Statement(status="not_assessable", message=f"{BECAUSE} {why}", **more)


def all_parts(*parts: Iterable[Statement]) -> Iterator[Statement]:
    """Yield what each part of an answer says; data that one lacks are named once and do not silence the others."""
    told = set()
    for part in parts:
        try:
            yield from part
        except NotAssessable as reason:
            if str(reason) not in told:
                yield not_assessable(str(reason))
            told.add(str(reason))


def percent(share: Fraction) -> str:
    """Return an exact share in per cent with at most two decimals, rounded half up.

    Examples
    --------
    >>> percent(Fraction(9, 10)), percent(Fraction(1, 3)), percent(Fraction(1, 800))
    ('90 %', '33.33 %', '0.13 %')
    """
    return f"{decimal_text(100 * share)} %"


def decimal_text(number: Fraction | int, *, places: int = 2) -> str:
    """Return an exact number with as many decimals as it has, or rounded half away from zero to so many places.

    A number that was rounded keeps its zeros, so that 5.9999 does not read as 6.

    Examples
    --------
    >>> [decimal_text(number) for number in (6, Fraction(25, 4), Fraction(-1, 3), Fraction(5999, 1000))]
    ['6', '6.25', '-0.33', '6.00']
    """
    scaled = abs(Fraction(number)) * 10**places
    whole = int(scaled + Fraction(1, 2))
    text = f"{whole // 10**places}.{whole % 10**places:0{places}d}"
    if scaled == whole:
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 and whole else text


def exact(text: object) -> Fraction | None:
    """Return the exact number that a cell of decimals holds, or None where it is blank."""
    return None if pd.isna(text) else Fraction(str(text))  # type: ignore[call-overload, no-any-return, unused-ignore]


def out_of(part: int, whole: int) -> str:
    """Return ``9 of 10 (90 %)``.

    Examples
    --------
    >>> out_of(9, 10), out_of(0, 0)
    ('9 of 10 (90 %)', '0 of 0')
    """
    return f"{part} of {whole}" + (f" ({percent(Fraction(part, whole))})" if whole else "")


def met(holds: bool, otherwise: Status = "breach") -> Status:
    """Return ``met`` or what it is otherwise."""
    return "met" if holds else otherwise


def is_word(column: pd.Series, word: str) -> pd.Series:
    """Say where a column of words holds a word; blanks do not."""
    return (column == word).fillna(False).astype(bool)


def word_forms(column: pd.Series) -> pd.Series:
    """Return words of free text as they are compared: whatever their case, and what stands between their parts.

    Examples
    --------
    >>> word_forms(pd.Series(["Pre-Assessment", " pre  assessment", None])).tolist()
    ['pre_assessment', 'pre_assessment', nan]
    """
    return column.map({text: word_form(str(text)) for text in column.dropna().unique()}).astype("str")


def blank(column: pd.Series) -> pd.Series:
    """Say where a column has nothing."""
    nothing = column.isna()
    return nothing | (column.astype("str").str.strip() == "") if column.dtype == "str" else nothing
