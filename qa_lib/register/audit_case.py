"""The case of an RPA with what the register knows of it: its draws, and the returns that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.register.moderation import draw_year
from qa_lib.register.returns import returned_files
from qa_lib.register.store import Register
from qa_lib.register.year import draws_of_year
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.months import check_month, year_of
from qa_lib.schemes.hlta.case import Case, hlta_case
from qa_lib.schemes.hlta.plan import PlanChoices


def audit_case(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    register: Register,
    month: str = "",
    year: str = "",
    as_of: str = "",
    choices: PlanChoices | None = None,
    seed_series: str = "",
    national_fee: str = "",
) -> Case:
    """Return the case of an RPA's month, or of its year as far as the data go.

    Months that the register does not hold are frozen and drawn with the seeds in the data; none after the month in
    question. A freeze that waits for its seed, and a month without files, are in the case as they are.

    Parameters
    ----------
    tables, book
        Accepted tables of a data set, and the HLTA rule book.
    provider
        The RPA.
    register
        Where draws and returns are.
    month, year
        A month, or the first month of a year: one of them.
    as_of, national_fee
        As in :func:`qa_lib.schemes.hlta.case.hlta_case`.
    choices, seed_series
        As in :func:`qa_lib.register.moderation.draw_year`, for months that are drawn now.

    Raises
    ------
    IntakeError
        If there is no such RPA, no month, or the data set lacks what every answer needs.
    """
    choices = choices or PlanChoices()
    months = _months(tables, book, provider, month=month, year=year, rules_on=choices.rules_on)
    # Built once without draws, so that a name typed wrongly is refused before anything is drawn.
    given = {"provider": provider, "months": months, "as_of": as_of, "rules_on": choices.rules_on}
    first = hlta_case(tables, book, **given, national_fee=national_fee)  # type: ignore[arg-type]
    asked = {"provider": provider, "year": first.year}
    draws = _draws(tables, book, register, until=months[-1], choices=choices, series=seed_series, **asked)
    back = returned_files(register, **asked)
    known = {"draws": draws, "returned": back.files, "returned_standards": back.standards}
    return hlta_case(tables, book, **given, national_fee=national_fee, **known)  # type: ignore[arg-type]


def months_of_year(tables: Mapping[str, pd.DataFrame], book: RuleBook, *, year: str, rules_on: str = "") -> list[str]:
    """Return the months of a year in which any RPA has files, ascending."""
    cases = tables.get("cases", pd.DataFrame({"month": []}))
    starts_in = int(book["HLTA.MOD.4"].on(rules_on or check_month(year)).value["year_starts_in_month"])
    return sorted({str(month) for month in cases["month"] if year_of(str(month), starts_in=starts_in) == year})


def _months(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, provider: str, *, month: str, year: str, rules_on: str
) -> Sequence[str]:
    if bool(month) == bool(year):
        raise IntakeError(f"month is {month!r} and year is {year!r}; expected one of them: give a month or a year")
    if month:
        return (month,)
    own = {name: table[table["rpa"] == provider] for name, table in tables.items() if name == "cases"}
    months = months_of_year(own, book, year=year, rules_on=rules_on)
    if not months:
        raise IntakeError(f"no file of {provider!r} lies in the year from {year}; is the year its first month?")
    return months


def _draws(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    register: Register,
    *,
    provider: str,
    year: str,
    until: str,
    choices: PlanChoices,
    series: str,
) -> list[Draw]:
    """Return the draws of a year up to a month: those of the register where it holds that month, else drawn now."""
    held = draws_of_year(register, provider=provider, year=year)
    if any(draw.freeze.month == until and draw.status == "drawn" for draw in held):
        return held
    return draw_year(
        tables, book, provider=provider, year=year, register=register, choices=choices, series=series, until=until
    )
