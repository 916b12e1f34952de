"""What the functions of the framework's rules look at: one provider and period, as they were known on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from qa_lib.audit import audit
from qa_lib.audit.answering import NotAssessable
from qa_lib.audit.audit import as_day, providers_of
from qa_lib.calendar.school_years import with_school_years
from qa_lib.errors import IntakeError
from qa_lib.parameter_values import as_number_text, as_whole
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.scheme import SCHEME
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.tables.open_words import mapped
from qa_lib.tables.vocabulary import PERIOD

#: The four qualifications, in the framework's order.
LEVELS = TABLES["participants"].column("level").options

_OF_PARTICIPANTS = ("scripts", "national_moderation", "feedback")
_YEAR = re.compile(r"(\d{4})\D.*|(\d{4})")


@dataclass(frozen=True, kw_only=True)
class Audit(audit.Audit):
    """One provider's data on a day, and the rule book they are held against.

    The tables are the provider's rows, ``schools`` whole; rule values are those in force on ``as_of``.

    Attributes
    ----------
    period
        The year that is judged, as written in the data (``2018-19``); blank: all that was known on the day.
    first_day, last_day
        The days on which the period begins and ends; ``None`` where neither they nor its year are known.
    operating_year
        Which year of the provider the period is, 1 for the first; ``None`` where the data do not tell.
    given
        Which of ``days`` and ``operating_year`` were given; what was not is taken from the rule book or the data.
    script_draw
        The draw of the scripts for national moderation, where one was made.
    characteristics
        Columns by which groups are compared beside those of the framework.
    """

    period: str
    first_day: pd.Timestamp | None = None
    last_day: pd.Timestamp | None = None
    operating_year: int | None = None
    given: frozenset[str] = frozenset()
    script_draw: FrozenList | None = None
    characteristics: tuple[str, ...] = ()

    def since(self, day: pd.Timestamp) -> int:
        """Return how many days ago a day was."""
        return int((self.as_of - day).days)

    def in_period(self, days: pd.Series) -> pd.Series:
        """Say which days lie in the period; all known ones where no period is judged.

        Raises
        ------
        NotAssessable
            Where a period is judged and its days are not known.
        """
        if not self.period:
            return days.notna()
        if self.first_day is None or self.last_day is None:
            raise NotAssessable(f"on which days the period {self.period!r} begins and ends is not known; give both")
        return (days >= self.first_day) & (days <= self.last_day)

    @property
    def period_is_over(self) -> bool:
        """Whether the last day of the period has passed; taken to be so where that day is not known."""
        return self.last_day is None or self.as_of > self.last_day

    @property
    def started_on(self) -> pd.Timestamp | None:
        """The provider's first day: of its first year where that year was given, else the first in its data."""
        if self.first_day is not None and self.operating_year is not None and "operating_year" in self.given:
            return self.first_day - pd.DateOffset(years=self.operating_year - 1)
        people = self.tables["participants"]
        days = [people[name].min() for name in ("enrolled_on", "commenced_on") if name in people.columns]
        return min((day for day in days if pd.notna(day)), default=None)

    @property
    def levels(self) -> list[str]:
        """The levels that the provider offers: those with participants, targets or a delivery."""
        named = [
            self.tables[name]["level"] for name in ("participants", "targets", "delivery") if self.has(name, "level")
        ]
        there = {level for column in named for level in column.dropna()}
        return [level for level in LEVELS if level in there]


def make_audit(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str = "",
    first_day: str | dt.date = "",
    last_day: str | dt.date = "",
    script_draw: FrozenList | None = None,
    operating_year: int | str | None = None,
    characteristics: str | Sequence[str] = (),
) -> Audit:
    """Return the audit of one provider.

    Parameters
    ----------
    tables
        The tables of a data set. What a missing one would have shown is said to be not assessable.
    book
        The rule book of NPQ, or another with the same ids; its values on ``as_of`` count.
    provider, as_of
        Whose rows; what happened after this day is not known.
    period
        The year that is judged. Without one every closed cohort counts, every script and every form.
    first_day, last_day
        On which days the period begins and ends: both or neither. By default the twelve months of its year, as the
        rule book lays them (X.YEAR).
    script_draw
        The draw of the scripts for national moderation. Without one the moderated scripts are taken as the sample.
    operating_year
        Which year of the provider the period is. By default counted from the first year in its data.
    characteristics
        Columns that are declared to be characteristics by which groups are compared, beside those of the framework:
        their names, or one text with commas between them. ``age`` stands for the bands of age.

    Raises
    ------
    IntakeError
        If there is no table of participants, no such provider, or a day is no date; if one end of the period is given
        without the other or without a period, or it ends before it begins; if the operating year is below 1, or a
        declared characteristic is a number, a day, the level or the result.
    """
    period = with_school_years(as_number_text(period, name="period"))
    names = characteristics.split(",") if isinstance(characteristics, str) else characteristics
    # Ages are compared in bands alone: a year of age is no group.
    declared = tuple("age_band" if name.strip() == "age" else name.strip() for name in names if name.strip())
    _check_declared(declared)
    alike = {name: _with_periods(name, frame) for name, frame in tables.items()}
    made = Audit.begin(
        SCHEME, alike, book, provider=provider, as_of=as_of, period=period, script_draw=script_draw,
        characteristics=declared,
    )  # fmt: skip
    own = {name: _own(name, frame, made) for name, frame in made.tables.items()}
    first = as_day(first_day, name="first_day", called="first day") if first_day else None
    last = as_day(last_day, name="last_day", called="last day") if last_day else None
    given = {"days"} if first or last else set()
    if given:
        _check_ends(first, last, period)
    else:
        first, last = days_of(period, begins=made.value("X.YEAR"))
    year = _operating_year(own, period)
    if operating_year not in (None, ""):
        year, given = _as_year(operating_year), {*given, "operating_year"}
    return replace(made, tables=own, first_day=first, last_day=last, operating_year=year, given=frozenset(given))


def _check_ends(first: pd.Timestamp | None, last: pd.Timestamp | None, period: str) -> None:
    if first is None or last is None or last < first:
        ends = [str(day.date()) if day else "no day" for day in (first, last)]
        expected = "its first and its last day in this order, or neither"
        raise IntakeError(f"the period runs from {ends[0]} to {ends[1]}; expected {expected}")
    if not period:
        raise IntakeError(f"the days {first.date()} to {last.date()} are of no period; name it, or leave them out")


def _check_declared(declared: Sequence[str]) -> None:
    table = TABLES["participants"]
    none = {one.name for one in table.columns if one.kind in ("id", "date")} | {"level", "result"}
    if wrong := sorted(none & set(declared)):
        told = ", ".join(wrong)
        raise IntakeError(f"declared as characteristics: {told}; expected columns that say what people are like")


def _as_year(operating_year: object) -> int:
    year = as_whole(operating_year, name="operating_year")
    if year < 1:
        raise IntakeError(
            f"the parameter operating_year arrived as {year}; expected 1 for the first year, 2, 3 and so on"
        )
    return year


def make_audits(tables: Mapping[str, pd.DataFrame], book: RuleBook, **asked: Any) -> dict[str, Audit]:
    """Return the audit of every provider by name: everything else is handed to :func:`make_audit`."""
    return {name: make_audit(tables, book, provider=name, **asked) for name in providers_of(SCHEME, tables)}


def _with_periods(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with school years as intake writes them, for tables that did not come from there."""
    spans = [one.name for one in (TABLES[name].columns if name in TABLES else ()) if one.names == PERIOD]
    return frame.assign(**{one: mapped(frame[one], with_school_years) for one in spans if one in frame.columns})


def _own(name: str, frame: pd.DataFrame, made: Audit) -> pd.DataFrame:
    if "provider" in frame.columns:
        return made.own(name)
    if name in _OF_PARTICIPANTS and "participant_id" in frame.columns:
        ids = made.own("participants")[["participant_id", "level"]]
        return frame.merge(ids, on="participant_id", how="inner", validate="many_to_one")
    return frame


def year_number(period: str) -> int | None:
    """Return the calendar year in which a year such as ``2018-19`` begins.

    Examples
    --------
    >>> year_number("2018-19"), year_number("second year") is None
    (2018, True)
    """
    match = _YEAR.fullmatch(period.strip())
    return int(match[1] or match[2]) if match else None


def days_of(period: str, *, begins: int) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Return the first and the last day of a year that begins in a month of the calendar; none where it is no year.

    Examples
    --------
    >>> [str(day.date()) for day in days_of("2018-19", begins=10)]
    ['2018-10-01', '2019-09-30']
    """
    year = year_number(period)
    if year is None:
        return None, None
    return pd.Timestamp(year, begins, 1), pd.Timestamp(year + 1, begins, 1) - pd.Timedelta(days=1)


def periods_so_far(made: Audit) -> list[Audit]:
    """Return the audits of the years of a provider from its first to the one in which the as-of day lies.

    Each has the days of the period that is judged, whole years before or after it; nothing where these are not known.
    """
    year, start = year_number(made.period), made.started_on
    if year is None or start is None or made.first_day is None or made.last_day is None:
        return []
    found, step = [], -((made.last_day - start).days // 365 + 1)
    while made.first_day + pd.DateOffset(years=step) <= made.as_of:
        ends = {"first_day": made.first_day, "last_day": made.last_day}
        moved: Any = {name: day + pd.DateOffset(years=step) for name, day in ends.items()}
        if moved["last_day"] >= start:
            moved["period"] = f"{year + step}-{(year + step + 1) % 100:02d}" if step else made.period
            moved["operating_year"] = made.operating_year + step if made.operating_year else None
            moved["script_draw"] = None if step else made.script_draw
            found.append(replace(made, kept={}, **moved))
        step += 1
    return found


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
