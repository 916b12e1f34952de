"""What the functions of all rules share: the case they look at, and the shape of what they say.

A function that answers a rule takes a :class:`Case` and yields :class:`Said`. Findings and the table of metrics are
both made from these, so that no figure has a verdict of its own. Where a table or a column is missing the function
does not run: :func:`answers` says *not assessable, because ...* in its place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, Protocol, TypeAlias, cast

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.findings import Finding, Status
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.schemes.npq.scripts import ScriptDraw
from qa_lib.tables.npq import LEVELS as LEVEL_WORDS

#: The four qualifications, in the framework's order.
LEVELS = tuple(LEVEL_WORDS.split())
#: How a finding says that data are missing.
BECAUSE = "not assessable, because"

_OF_PARTICIPANTS = ("scripts", "national_moderation", "feedback")
_YEAR = re.compile(r"(\d{4})\D.*|(\d{4})")


class NotAssessable(Exception):  # noqa: N818 - the name says the state
    """A rule cannot be judged; the message says because of what. It never leaves this package."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a rule says of one subject; with a ``measure``, also a row of the table of metrics.

    Attributes
    ----------
    status, message
        As in a finding.
    subject_type, subject
        Whom it is about. Empty: the provider, or its level where ``level`` is given.
    value, threshold
        As text. Empty where ``rate`` and ``target`` say it.
    level, measure
        For the table of metrics.
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
    numerator: Fraction | int | None = None
    denominator: Fraction | int | None = None
    rate: Fraction | None = None
    target: Fraction | None = None
    unit: str = "share"
    low: float | None = None
    high: float | None = None
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One provider's data on a day, and the rule book they are held against.

    Attributes
    ----------
    tables
        The provider's rows of every table; ``schools`` whole.
    book
        The rule book. Values are those in force on ``as_of``.
    provider, period
        The provider, and the year that recruitment is judged for, as written in the data (``2018-19``).
    as_of
        What happened after this day is not known.
    operating_year
        Which year of the provider the period is, 1 for the first; ``None`` where the data do not tell.
    drawn
        The draw of the scripts for national moderation, where one was made.
    breaches
        (metric, level) that fail, for the log of remedial action.
    kept
        Tables that several rules need, made once (:func:`once`).
    """

    tables: Mapping[str, pd.DataFrame]
    book: RuleBook
    provider: str
    as_of: pd.Timestamp
    period: str
    operating_year: int | None = None
    drawn: ScriptDraw | None = None
    breaches: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    kept: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def rule(self, rule_id: str) -> RuleValue:
        """Return the value of a rule on the as-of day."""
        return self.book[rule_id].on(self.as_of.date())

    def value(self, rule_id: str) -> Any:
        """Return the plain value of a rule on the as-of day."""
        return self.rule(rule_id).value

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

    def past(self, days: pd.Series) -> pd.Series:
        """Return dates with those after the as-of day taken away."""
        return days.where(days <= self.as_of)

    def since(self, day: pd.Timestamp) -> int:
        """Return how many days ago a day was."""
        return int((self.as_of - day).days)

    @property
    def levels(self) -> list[str]:
        """The levels that the provider offers: those with participants, targets or a delivery."""
        named = [
            self.tables[name]["level"] for name in ("participants", "targets", "delivery") if self.has(name, "level")
        ]
        there = {level for column in named for level in column.dropna()}
        return [level for level in LEVELS if level in there]


def once(function: Callable[[Case], pd.DataFrame]) -> Callable[[Case], pd.DataFrame]:
    """Make a table of a case once; nobody may change it in place."""

    @wraps(function)
    def kept(case: Case) -> pd.DataFrame:
        if function.__name__ not in case.kept:
            case.kept[function.__name__] = function(case)
        return case.kept[function.__name__]

    return kept


Answer: TypeAlias = Callable[[Case], Iterable[Said]]


class Answering(Protocol):
    """A function that answers one rule: it never raises for lack of data."""

    rule: str
    __name__: str

    def __call__(self, case: Case) -> list[Said]:
        """Return what the rule says of the case."""


def answers(rule_id: str) -> Callable[[Answer], Answering]:
    """Mark a function as the answer to a rule, and let it say *not assessable* where data are missing."""

    def mark(function: Answer) -> Answering:
        @wraps(function)
        def answer(case: Case) -> list[Said]:
            said: list[Said] = []
            try:
                # One by one: what was said before data were found missing stays said.
                for one in function(case):
                    said.append(one)
            except NotAssessable as reason:
                said.append(not_assessable(str(reason)))
            return said

        marked = cast("Answering", answer)
        marked.rule = rule_id
        return marked

    return mark


def not_assessable(why: str, **more: Any) -> Said:
    """Return what is said where data are missing."""
    return Said(status="not_assessable", message=f"{BECAUSE} {why}", **more)


def make_case(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    schools: pd.DataFrame | None = None,
    drawn: ScriptDraw | None = None,
    operating_year: int | None = None,
) -> Case:
    """Return the case of one provider.

    Raises
    ------
    IntakeError
        If there is no table of participants, no such provider, or the as-of day is no date.
    """
    known = providers_of(tables)
    if provider not in known:
        shown = ", ".join(known[:10]) + (" ..." if len(known) > 10 else "")
        raise IntakeError(f'no provider "{provider}" in the data set; there are: {shown or "none"}')
    own = {name: _own(name, frame, tables, provider) for name, frame in tables.items()}
    if schools is not None:
        own["schools"] = schools
    if operating_year is None:
        operating_year = _operating_year(own, period)
    return Case(
        tables=own, book=book, provider=provider, as_of=_day(as_of), period=period,
        operating_year=operating_year, drawn=drawn,
    )  # fmt: skip


def providers_of(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the providers of a data set, sorted.

    Raises
    ------
    IntakeError
        If there is no table of participants.
    """
    people = tables.get("participants")
    if people is None or "provider" not in people.columns:
        raise IntakeError("the data set has no table participants with a column provider; every NPQ answer needs it")
    return sorted(set(people["provider"].dropna()))


def _own(name: str, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], provider: str) -> pd.DataFrame:
    if "provider" in frame.columns:
        return frame[frame["provider"] == provider].reset_index(drop=True)
    if name in _OF_PARTICIPANTS and "participant_id" in frame.columns:
        people = tables["participants"]
        ids = people.loc[people["provider"] == provider, ["participant_id", "level"]]
        return frame.merge(ids, on="participant_id", how="inner", validate="many_to_one")
    return frame


def _day(text: str | dt.date) -> pd.Timestamp:
    try:
        day = dt.date.fromisoformat(text) if isinstance(text, str) else text
        return pd.Timestamp(day).normalize()
    except ValueError:
        raise IntakeError(f"the as-of day is {text!r}; expected a date as 2020-03-01") from None


def year_number(period: str) -> int | None:
    """Return the calendar year in which a year such as ``2018-19`` begins.

    Examples
    --------
    >>> year_number("2018-19"), year_number("second year") is None
    (2018, True)
    """
    match = _YEAR.fullmatch(period.strip())
    return int(match[1] or match[2]) if match else None


def _operating_year(tables: Mapping[str, pd.DataFrame], period: str) -> int | None:
    """Count from the first year of which the data set knows anything."""
    now = year_number(period)
    texts = {
        year
        for name in ("participants", "targets")
        if "year" in tables.get(name, pd.DataFrame()).columns
        for year in tables[name]["year"].dropna()
    }
    known = [number for number in map(year_number, texts) if number is not None]
    return now - min(known) + 1 if now is not None and known and now >= min(known) else None


def findings_of(case: Case, rule_id: str, said: Iterable[Said]) -> Iterator[Finding]:
    """Return what a rule said as findings, with its clause."""
    clause = case.rule(rule_id).clause
    for one in said:
        subject = one.subject or f"{case.provider} {one.level}".strip()
        yield Finding(
            rule=rule_id,
            status=one.status,
            subject_type=one.subject_type or ("level" if one.level else "provider"),
            subject=subject,
            message=one.message,
            value=one.value or _shown(one.rate, one.unit),
            threshold=one.threshold or _shown(one.target, one.unit),
            clause=clause,
        )


def _shown(number: Fraction | None, unit: str) -> str:
    if number is None:
        return ""
    return percent(number) if unit == "share" else plain(number, places=4)


def percent(share: Fraction) -> str:
    """Return an exact share in per cent with at most two decimals, rounded half up.

    Examples
    --------
    >>> percent(Fraction(9, 10)), percent(Fraction(1, 3)), percent(Fraction(1, 800))
    ('90 %', '33.33 %', '0.13 %')
    """
    return f"{plain(100 * share)} %"


def plain(number: Fraction | int, *, places: int = 2) -> str:
    """Return an exact number with as many decimals as it has, or rounded half away from zero to so many places.

    A number that was rounded keeps its zeros, so that 5.9999 does not read as 6.

    Examples
    --------
    >>> plain(Fraction(6)), plain(Fraction(25, 4)), plain(Fraction(-1, 3)), plain(Fraction(5999, 1000))
    ('6', '6.25', '-0.33', '6.00')
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


def of(part: int, whole: int) -> str:
    """Return ``9 of 10 (90 %)``.

    Examples
    --------
    >>> of(9, 10), of(0, 0)
    ('9 of 10 (90 %)', '0 of 0')
    """
    return f"{part} of {whole}" + (f" ({percent(Fraction(part, whole))})" if whole else "")


def met(holds: bool, otherwise: Status = "breach") -> Status:
    """Return ``met`` or what it is otherwise."""
    return "met" if holds else otherwise


def is_word(column: pd.Series, word: str) -> pd.Series:
    """Say where a column of words holds a word; blanks do not."""
    return (column == word).fillna(False).astype(bool)


def blank(column: pd.Series) -> pd.Series:
    """Say where a column has nothing."""
    nothing = column.isna()
    return nothing | (column.astype("str").str.strip() == "") if column.dtype == "str" else nothing
