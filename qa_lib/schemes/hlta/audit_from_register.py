"""The audit of an RPA with what the register knows of it: its draws, and the returns that came back. It only reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qa_lib.audit.audit import providers_of
from qa_lib.calendar.months import check_month, year_of
from qa_lib.errors import IntakeError
from qa_lib.parameter_values import as_text
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.months_with_files import refuse_month, refuse_year
from qa_lib.register.returned_files import merged_returns, returned_elsewhere, returned_files
from qa_lib.register.store import Register
from qa_lib.register.working_folder import found_file
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.audit import Audit, make_audit
from qa_lib.schemes.hlta.scheme import SCHEME


def read_audit(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    register: Register,
    month: str = "",
    year: str = "",
    as_of: str = "",
    rules_on: str = "",
    national_fee: str = "",
    free_days: str = "",
) -> Audit:
    """Return the audit of an RPA's month, of its year as far as the data go, or of its year up to a month.

    Nothing is frozen or drawn here: :func:`qa_lib.schemes.hlta.draws.missing_months.draw_missing_months` does that. A
    freeze that waits for its seed, and a month without freeze or files, are in the audit as they are.

    Parameters
    ----------
    tables, book
        Accepted tables of a data set, and the HLTA rule book.
    provider
        The RPA.
    register
        Where draws and returns are.
    month, year
        A month, or the first month of a year, or both.
    as_of, rules_on, national_fee
        As in :func:`qa_lib.schemes.hlta.audit.make_audit`.
    free_days
        A file of :func:`qa_lib.intake.free_days.read_free_days`, from the current or working folder or the project's.

    Raises
    ------
    IntakeError
        If there is no such RPA, no month was named, or the data set lacks what every answer needs.
    SampleError
        If no RPA at all has files of the month: the nearest is named. An RPA may have none in a month of others.
    """
    provider, rules_on = as_text(provider, name="provider"), as_text(rules_on, name="rules_on")
    month, year = as_text(month, name="month"), as_text(year, name="year")
    if month and provider in providers_of(SCHEME, tables):
        refuse_month(month, set(tables["cases"]["month"]), of="any RPA")
    asked: dict[str, Any] = {"as_of": as_of, "rules_on": rules_on, "national_fee": national_fee}
    asked["free_days"] = _free_days(free_days)
    months = _months(tables, book, provider, month=month, year=year, rules_on=rules_on)
    audit = _as_recorded(make_audit(tables, book, provider=provider, months=months, **asked), register)
    asked["as_of"] = audit.as_of.date()
    earlier = [make_audit(tables, book, provider=provider, months=one, **asked) for one in _unreleased_years(audit)]
    return replace(audit, earlier=tuple(_as_recorded(one, register) for one in earlier), kept={})


def _as_recorded(audit: Audit, register: Register) -> Audit:
    """Return an audit with the draws and returns that the register holds."""
    asked = {"provider": audit.provider, "year": audit.year}
    draws, back = draws_of_year(register, **asked), returned_files(register, **asked)
    return replace(
        audit,
        draws=tuple(draw for draw in draws if draw.freeze.month <= audit.months[-1]),
        returned=back.files,
        returned_standards=back.standards,
        returned_elsewhere=returned_elsewhere(register, **asked),
        kept={},
    )


def _unreleased_years(audit: Audit) -> list[list[str]]:
    """Return the months with files, year by year, of the years before in which a result has not been released."""
    if not audit.has("cases", "result_released_on"):
        return []
    cases = audit.own("cases", "month", "result_released_on")
    cases = cases[cases["month"] < audit.year]
    years = cases["month"].map(lambda month: year_of(month, starts_in=audit.year_starts))
    waiting = sorted(set(years[cases["result_released_on"].isna()]))
    return [sorted(set(cases.loc[years == year, "month"])) for year in waiting]


def read_audits(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, *, register: Register, month: str, year: str = "", **given: Any
) -> dict[str, Audit]:
    """Return the audit of every RPA by name: of a month, or with ``year`` of those with files in the year up to it.

    Parameters
    ----------
    tables, book, register, month, year
        As in :func:`read_audit`, to which everything else is handed.
    """
    names, month = providers_of(SCHEME, tables), as_text(month, name="month")
    if year:
        cases = tables["cases"]
        names = sorted(cases.loc[cases["month"].between(year, month), "rpa"].dropna().unique())
    return {
        name: read_audit(tables, book, provider=name, register=register, month=month, year=year, **given)
        for name in names
    }


def returned_versions(register: Register, audit: Audit) -> pd.DataFrame:
    """Return which returns of the audit's months came back, and in how many versions: one row per version.

    Returns
    -------
    DataFrame
        ``month, part, version, files, changed``: how many files it holds, and how many differ from the one before.
    """
    versions = returned_files(register, provider=audit.provider, year=audit.year).versions
    own = versions[versions["month"] <= audit.months[-1]]
    return own[["month", "part", "version", "files", "changed"]].reset_index(drop=True)


def entered_by(register: Register, audit: Audit) -> pd.DataFrame:
    """Return who entered what of those returns of the audit's months that were put together from several workbooks.

    Returns
    -------
    DataFrame
        ``month, part, version, case_id, standard, workbook, file_digest, moderator_id, columns``: one row per workbook
        and file, or standard of a file, in which it fills in the cells of ``columns``. Empty where each return came in
        one workbook.
    """
    entered = merged_returns(register, provider=audit.provider, year=audit.year)
    return entered[entered["month"] <= audit.months[-1]].reset_index(drop=True)


def _free_days(path: str) -> dict[dt.date, bool]:
    path = as_text(path, name="free_days")
    if not path:
        return {}
    from qa_lib.intake.free_days import read_free_days

    return read_free_days(found_file(path))


def months_of_year(tables: Mapping[str, pd.DataFrame], book: RuleBook, *, year: str, rules_on: str = "") -> list[str]:
    """Return the months of a year in which any RPA has files, ascending."""
    cases = tables.get("cases", pd.DataFrame({"month": []}))
    starts_in = int(book["HLTA.MOD.4"].on(rules_on or check_month(year)).value["year_starts_in_month"])
    return sorted({str(month) for month in cases["month"] if year_of(str(month), starts_in=starts_in) == year})


def _months(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, provider: str, *, month: str, year: str, rules_on: str
) -> Sequence[str]:
    if not year:
        return (month,) if month else ()
    own = {name: table[table["rpa"] == provider] for name, table in tables.items() if name == "cases"}
    every = months_of_year(own, book, year=year, rules_on=rules_on)
    if not every and provider in providers_of(SCHEME, tables):
        years = {year_of(str(one), starts_in=int(check_month(year)[5:])) for one in own["cases"]["month"]}
        refuse_year(year, years, provider=provider)
    months = [one for one in every if one <= (month or one)]
    if not months:
        raise IntakeError(f"no file of {provider!r} lies in the year from {year} up to {month or 'its end'}")
    return months
