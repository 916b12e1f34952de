"""Whether a data set holds files of a provider and month that somebody names; a slip of the pen gets the nearest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from qa_lib.calendar.months import check_month, listed_months, nearest_month
from qa_lib.errors import SampleError, first_few
from qa_lib.scheme import Scheme
from qa_lib.strict_yaml import nearest

Tables = Mapping[str, pd.DataFrame]
_MOST_NAMED = 20


def refuse_not_held(tables: Tables, scheme: Scheme, *, provider: str, month: str = "") -> None:
    """Refuse a provider, or a month, that no file is of: an empty month would be frozen, and the right one blocked.

    A month of which every file was sent back at scrutiny holds files; a month without files needs no freeze.

    Raises
    ------
    SampleError
        With the nearest name, or the nearest month of the provider.
    """
    files, column = tables.get(scheme.provider_table), scheme.provider_column
    if files is None or not {column, "month"} <= set(files.columns):
        return  # that the table is missing is said by whoever needs it
    known = sorted(map(str, files[column].dropna().unique()))
    if provider not in known:
        raise SampleError(
            f"no file is of the {scheme.provider_word} {provider!r}; the data set has files of "
            f"{first_few(known, _MOST_NAMED) or 'nobody'}{nearest(provider, known)}"
        )
    if month:
        refuse_month(month, own_months(tables, scheme, provider=provider), of=f"{provider} ")


def own_months(tables: Tables, scheme: Scheme, *, provider: str) -> list[str]:
    """Return the months in which a provider has files, ascending."""
    files = tables[scheme.provider_table]
    return sorted(map(str, files.loc[files[scheme.provider_column] == provider, "month"].unique()))


def refuse_month(month: str, months: Collection[str], *, of: str = "") -> None:
    """Refuse a month that is none of these, naming the nearest.

    Parameters
    ----------
    of
        Whose files they are, with a space behind it; empty for everybody's.
    """
    if check_month(month) not in months:
        whose = of.strip() or "any provider"
        raise SampleError(
            f"no file of {whose} is of {month}; there are files of {listed_months(months)}; "
            f"did you mean {nearest_month(month, months)}?"
        )


def refuse_year(year: str, years: Collection[str], *, provider: str) -> None:
    """Refuse a year in which a provider has no files, naming the nearest.

    Parameters
    ----------
    year, years
        Each by its first month.
    """
    if check_month(year) not in years:
        raise SampleError(
            f"no file of {provider!r} lies in the year from {year}; its years begin with {listed_months(years)}; "
            f"did you mean {nearest_month(year, years)}?"
        )
