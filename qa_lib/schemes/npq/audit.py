"""What the functions of the framework's rules look at: one provider and year, as they were known on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from qa_lib.audit import audit
from qa_lib.audit.audit import providers_of
from qa_lib.calendar.school_years import with_school_years
from qa_lib.parameter_values import as_number_text
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
        The year that recruitment and targets are judged for, as written in the data (``2018-19``).
    operating_year
        Which year of the provider the period is, 1 for the first; ``None`` where the data do not tell.
    script_draw
        The draw of the scripts for national moderation, where one was made.
    characteristics
        Columns by which groups are compared beside those of the framework.
    """

    period: str
    operating_year: int | None = None
    script_draw: FrozenList | None = None
    characteristics: tuple[str, ...] = ()

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


def make_audit(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str = "",
    script_draw: FrozenList | None = None,
    operating_year: int | None = None,
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
        The year that recruitment and targets are judged for; what looks at closed cohorts alone needs none.
    script_draw
        The draw of the scripts for national moderation. Without one the moderated scripts are taken as the sample.
    operating_year
        Which year of the provider the period is. By default counted from the first year in its data.
    characteristics
        Columns that are declared to be characteristics by which groups are compared, beside those of the framework:
        their names, or one text with commas between them.

    Raises
    ------
    IntakeError
        If there is no table of participants, no such provider, or the as-of day is no date.
    """
    period = with_school_years(as_number_text(period, name="period"))
    names = characteristics.split(",") if isinstance(characteristics, str) else characteristics
    declared = tuple(name.strip() for name in names if name.strip())
    alike = {name: _with_periods(name, frame) for name, frame in tables.items()}
    made = Audit.begin(
        SCHEME, alike, book, provider=provider, as_of=as_of, period=period, script_draw=script_draw,
        characteristics=declared,
    )  # fmt: skip
    own = {name: _own(name, frame, made) for name, frame in made.tables.items()}
    year = _operating_year(own, period) if operating_year is None else operating_year
    return replace(made, tables=own, operating_year=year)


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
