"""What the functions of the code of practice look at: one RPA, the months in question, as it was known on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from qa_lib.audit import audit
from qa_lib.audit.answering import Statement, not_assessable
from qa_lib.audit.words import exact, out_of
from qa_lib.calendar.months import check_month, place_in_year, year_of
from qa_lib.errors import IntakeError
from qa_lib.parameter_values import as_number_text, as_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.scheme import SCHEME

_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Audit(audit.Audit):
    """One RPA, the months in question, and the rule book they are held against.

    ``tables`` hold every RPA's rows, for an assessor may work for several; :meth:`own` and :meth:`files` narrow them.

    Attributes
    ----------
    months
        The months that are judged, ascending: one for a monthly audit, up to twelve of one year.
    draws
        The RPA's draws of the year up to the last of the months, in order; waiting ones too.
    returned, returned_standards
        What came back from the moderators through the return workbook, as the register holds it.
    returned_elsewhere
        The same of other RPAs and other years, one row per file, as far as it makes files wait for a review.
    earlier
        The audits, as of the same day, of those earlier years of which a result has not been released.
    national_fee
        The national assessment fee that the run gives, where the rule book has none (HLTA.PAR.2).
    free_days
        Days that the Partnership adds to, or takes from, the bank holidays: day -> whether it is free.
    """

    months: tuple[str, ...]
    draws: tuple[Draw, ...] = ()
    returned: pd.DataFrame
    returned_standards: pd.DataFrame
    returned_elsewhere: pd.DataFrame
    earlier: tuple[Audit, ...] = ()
    national_fee: Fraction | None = None
    free_days: Mapping[dt.date, bool]

    @property
    def usual_day(self) -> str:
        """The first day of the months."""
        return f"{self.months[0]}-01"

    @property
    def year_starts(self) -> int:
        """In which month the year begins (HLTA.MOD.4)."""
        return int(self.value("HLTA.MOD.4")["year_starts_in_month"])

    @property
    def year(self) -> str:
        """First month of the year that the months lie in."""
        return year_of(self.months[-1], starts_in=self.year_starts)

    @property
    def year_over(self) -> bool:
        """Whether the last month of the year is among the months, so that nothing of it can still come."""
        return place_in_year(self.months[-1], starts_in=self.year_starts) == _MONTHS

    @property
    def year_so_far(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First day of the year, and last day of the last of the months."""
        return pd.Timestamp(f"{self.year}-01"), pd.Timestamp(f"{self.months[-1]}-01") + pd.offsets.MonthEnd(0)

    def files(self, *columns: str) -> pd.DataFrame:
        """Return the RPA's files of the months, by case id.

        Raises
        ------
        NotAssessable
            Where ``cases`` lacks a column.
        """
        files = self.own("cases", "case_id", "month", *columns)
        return self.keep(
            "files", lambda: files[files["month"].isin(self.months)].sort_values("case_id", ignore_index=True)
        )

    def files_of_year(self, *columns: str) -> pd.DataFrame:
        """Return the RPA's files of the year so far, by case id.

        Raises
        ------
        NotAssessable
            Where ``cases`` lacks a column.
        """
        files = self.own("cases", "case_id", "month", "assessor_id", *columns)
        return self.keep(
            "files of the year",
            lambda: files[files["month"].between(self.year, self.months[-1])].sort_values("case_id", ignore_index=True),
        )

    def within(self, days: pd.Series) -> pd.Series:
        """Say which days lie in the months."""
        inside: pd.Series = days.dt.strftime("%Y-%m").isin(self.months)
        return inside

    @property
    def month_draws(self) -> tuple[Draw, ...]:
        """The draws of the months themselves."""
        return tuple(draw for draw in self.draws if draw.freeze.month in self.months)


def make_audit(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    months: Sequence[str],
    as_of: str | dt.date = "",
    rules_on: str = "",
    draws: Sequence[Draw] = (),
    returned: pd.DataFrame | None = None,
    returned_standards: pd.DataFrame | None = None,
    returned_elsewhere: pd.DataFrame | None = None,
    national_fee: str = "",
    free_days: Mapping[dt.date, bool] | None = None,
) -> Audit:
    """Return the audit of one RPA.

    Parameters
    ----------
    tables
        Accepted tables of a data set, of all RPAs that it knows.
    book
        The HLTA rule book.
    provider, months
        The RPA and the months in question, of one year.
    as_of
        What happened after this day is not known; the last day of the month after the months where nothing is said.
    rules_on, draws, returned, returned_standards, returned_elsewhere, national_fee, free_days
        As in :class:`Audit`. Draws of later months than the last in question are left out.

    Raises
    ------
    IntakeError
        If there is no table of files, no such RPA, no month, or something is not a date or an amount.
    """
    if not months:
        raise IntakeError("no month was named; expected one or more such as 2024-01")
    wanted = tuple(sorted({check_month(month) for month in months}))
    return Audit.begin(
        SCHEME,
        tables,
        book,
        provider=provider,
        months=wanted,
        as_of=as_of or (pd.Timestamp(f"{wanted[-1]}-01") + pd.offsets.MonthEnd(2)).date(),
        rules_on=as_text(rules_on, name="rules_on"),
        draws=tuple(draw for draw in draws if draw.freeze.month <= wanted[-1] and draw.freeze.provider == provider),
        returned=pd.DataFrame() if returned is None else returned,
        returned_standards=pd.DataFrame() if returned_standards is None else returned_standards,
        returned_elsewhere=pd.DataFrame() if returned_elsewhere is None else returned_elsewhere,
        national_fee=_amount(national_fee),
        free_days=free_days or {},
    )


def _amount(text: str) -> Fraction | None:
    text = as_number_text(text, name="national_fee")
    try:
        return exact(text) if text.strip() else None
    except ValueError:
        raise IntakeError(f"the national fee is {text!r}; expected an amount in pounds such as 495.00") from None


def with_summary(
    found: Iterable[Statement],
    *,
    whole: int,
    what: str,
    waiting: Collection[str] = (),
    unjudged: Collection[str] = (),
) -> Iterator[Statement]:
    """Yield what stands out one by one, and one line over everything that was looked at.

    Parameters
    ----------
    found
        What is not in order: breaches, warnings, what cannot be assessed, and information, each with its subject.
    whole
        How many were looked at.
    what
        What they are and what is in order with them, to follow a count: ``files were allocated in time``.
    waiting
        Those that are not due yet: unless something stands out in them, they are not counted in either number.
    unjudged
        Those in part of which nothing can be said one by one: the same, without a word.
    """
    every = list(found)
    yield from every
    off = {one.subject for one in every if one.status in ("breach", "warning", "not_assessable")}
    open_ones = len({*waiting} - off)
    whole -= open_ones + len({*unjudged} - {*waiting} - off)
    later = f"; not due yet: {open_ones}" if open_ones else ""
    if not whole:
        yield Statement(status="information", message=f"nothing to look at: 0 {what}{later}")
        return
    fine = max(whole - len(off), 0)
    message = f"{out_of(fine, whole)} {what}{later}"
    yield Statement(status="information" if off else "met", message=message, value=str(fine), threshold=str(whole))


def blanks(files: pd.DataFrame, key: str, subject_type: str, why: str) -> Iterator[Statement]:
    """Yield *not assessable* for each row, by its key."""
    for subject in files[key]:
        yield not_assessable(why, subject_type=subject_type, subject=str(subject))
