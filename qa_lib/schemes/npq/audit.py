"""What the functions of the framework's rules look at, and the shape of what they say.

Findings and the table of metrics are both made from what the functions say, so that no figure has a verdict of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from qa_lib.audit import answering
from qa_lib.audit.answering import BECAUSE, BaseAudit, decimal_text, percent
from qa_lib.audit.as_known import as_known
from qa_lib.audit.findings import Finding
from qa_lib.errors import IntakeError
from qa_lib.parameter_values import as_number_text, as_text
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.tables import LEVELS as LEVEL_WORDS
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.strict_yaml import nearest

#: The four qualifications, in the framework's order.
LEVELS = tuple(LEVEL_WORDS.split())

_OF_PARTICIPANTS = ("scripts", "national_moderation", "feedback")
_YEAR = re.compile(r"(\d{4})\D.*|(\d{4})")


@dataclass(frozen=True, kw_only=True)
class Statement(answering.Statement):
    """What a rule says of one subject; with a ``measure``, also a row of the table of metrics.

    Without a subject it is about the provider, or its level where ``level`` is given; ``value`` and ``threshold`` are
    empty where ``rate`` and ``target`` say it.

    Attributes
    ----------
    level, measure
        For the table of metrics.
    numerator, denominator, rate, target
        Exact; ``None`` where there is none. ``unit`` is ``share``, ``people`` or ``points``.
    low, high
        Interval of the rate, where one is shown.
    beside
        A second reading in words, shown beside and never deciding.
    """

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

    def finding(self, audit: BaseAudit, rule: RuleValue) -> Finding:
        """Return it as a finding: without a subject it is about the provider, or its level."""
        told = replace(
            self,
            subject_type=self.subject_type or ("level" if self.level else ""),
            subject=self.subject or f"{audit.provider} {self.level}".strip(),
            value=self.value or _shown(self.rate, self.unit),
            threshold=self.threshold or _shown(self.target, self.unit),
        )
        return super(Statement, told).finding(audit, rule)


@dataclass(frozen=True, kw_only=True)
class Audit(BaseAudit):
    """One provider's data on a day, and the rule book they are held against.

    The tables are the provider's rows, ``schools`` whole; rule values are those in force on ``as_of``.

    Attributes
    ----------
    provider, period
        The provider, and the year that recruitment is judged for, as written in the data (``2018-19``).
    as_of
        What happened after this day is not known.
    operating_year
        Which year of the provider the period is, 1 for the first; ``None`` where the data do not tell.
    script_draw
        The draw of the scripts for national moderation, where one was made.
    """

    as_of: pd.Timestamp
    period: str
    operating_year: int | None = None
    script_draw: FrozenList | None = None

    def rule(self, rule_id: str) -> RuleValue:
        """Return the value of a rule on the as-of day."""
        return self.book[rule_id].on(self.as_of.date())

    def value(self, rule_id: str) -> Any:
        """Return the plain value of a rule on the as-of day."""
        return self.rule(rule_id).value

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


#: Mark a function as the answer to a rule of the framework.
answers = partial(answering.answers, said=Statement)
Answer: TypeAlias = Callable[[Audit], Iterable[Statement]]


def not_assessable(why: str, **more: Any) -> Statement:
    """Return what is said where data are missing."""
    return Statement(status="not_assessable", message=f"{BECAUSE} {why}", **more)


def make_audit(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    schools: pd.DataFrame | None = None,
    script_draw: FrozenList | None = None,
    operating_year: int | None = None,
) -> Audit:
    """Return the audit of one provider.

    Raises
    ------
    IntakeError
        If there is no table of participants, no such provider, or the as-of day is no date.
    """
    known, provider = providers_of(tables), as_text(provider, name="provider")
    period = as_number_text(period, name="period")
    if provider not in known:
        shown = ", ".join(known[:10]) + (" ..." if len(known) > 10 else "")
        raise IntakeError(
            f'no provider "{provider}" in the data set; there are: {shown or "none"}{nearest(provider, known)}'
        )
    day = _day(as_of)
    tables = as_known(tables, TABLES, day)
    own = {name: _own(name, frame, tables, provider) for name, frame in tables.items()}
    if schools is not None:
        own["schools"] = schools
    if operating_year is None:
        operating_year = _operating_year(own, period)
    return Audit(
        tables=own, book=book, provider=provider, as_of=day, period=period,
        operating_year=operating_year, script_draw=script_draw,
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
    return sorted(people["provider"].dropna().unique())


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
        # A bare number would be taken for nanoseconds since 1970.
        day = text if isinstance(text, dt.date) else dt.date.fromisoformat(as_text(text, name="as_of"))
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


def _shown(number: Fraction | None, unit: str) -> str:
    if number is None:
        return ""
    return percent(number) if unit == "share" else decimal_text(number, places=4)
