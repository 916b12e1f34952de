"""What one report needs of a data set that was validated already: written once by a run, read by its notebooks.

Such a folder is no data set of its own. It holds the accepted rows as Parquet, everything that intake had to say, and
the hashes of the files that the whole data set came from.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.calendar.months import month_after
from qa_lib.errors import IntakeError
from qa_lib.intake.accepted import Dataset
from qa_lib.scheme import Scheme, find_scheme

MARK = "prepared.json"
_FORMAT = "1"
_NOTES = ("rejected", "notices", "counts")


def slice_tables(
    dataset: Dataset, *, provider: str | None = None, months: Collection[str] | None = None, ahead: bool = False
) -> dict[str, pd.DataFrame]:
    """Return the tables of a data set as far as they concern a provider, months, or both.

    The provider table by provider and month, and beside its rows those of other providers that name somebody who works
    for this one too; tables with the provider column by that, and by those people where they name one; tables that
    belong to rows of the provider table by these; other tables, and those declared to be ``whole``, whole.

    Parameters
    ----------
    provider
        Whose rows; None: everybody's.
    months
        Of which months; None where the data have none.
    ahead
        Take the month after the last of the months too: a month is audited as it was known at the end of the next.

    Raises
    ------
    IntakeError
        If the data set cannot be cut so: its provider table lacks provider or month.
    """
    if provider is None and months is None:
        return dict(dataset.tables)
    scheme = find_scheme(dataset.scheme)
    column, key = scheme.provider_column, scheme.row_key
    rows, within, around = _rows(dataset, scheme, months, ahead)
    own, people = within, set[str]()
    if provider is not None:
        own = within & (rows[column] == provider)
        people = _people(dataset, scheme, rows[own], provider)
        own |= around & (rows[column] != provider) & _names(rows, scheme, people)
    kept = {}
    for name, table in dataset.tables.items():
        if name == scheme.provider_table:
            table = rows[own]
        elif column in table.columns:
            if provider is not None and not (name in scheme.tables and scheme.tables[name].whole):
                table = table[(table[column] == provider) | _names(table, scheme, people)]
        elif key in table.columns:
            table = table[table[key].isin(rows.loc[own, key])]
        kept[name] = table.reset_index(drop=True)
    return kept


def _rows(
    dataset: Dataset, scheme: Scheme, months: Collection[str] | None, ahead: bool
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return the provider table, which of its rows are of the months, and which from the first to the last of them."""
    if months is None:
        empty = pd.DataFrame(columns=[scheme.row_key, scheme.provider_column])
        rows = dataset.tables.get(scheme.provider_table, empty)
        every = pd.Series(True, index=rows.index)
        return rows, every, every
    rows = provider_months(dataset)
    wanted = set(months) | ({month_after(max(months))} if ahead else set())
    return rows, rows["month"].isin(list(wanted)), rows["month"].between(min(months), max(wanted))


def _people(dataset: Dataset, scheme: Scheme, own: pd.DataFrame, provider: str) -> set[str]:
    """Return who works for a provider, by its rows of the provider table and by the lists of several providers."""
    column, named = scheme.provider_column, [own]
    for name, table in dataset.tables.items():
        if name in scheme.tables and scheme.tables[name].whole and column in table.columns:
            named.append(table[table[column] == provider])
    cells = (rows[scheme.followed] for rows in named if scheme.followed in rows.columns)
    return {str(name) for ids in cells for name in ids.dropna()}


def _names(table: pd.DataFrame, scheme: Scheme, people: Collection[str]) -> pd.Series:
    """Say which rows name one of these people."""
    if scheme.followed not in table.columns:
        return pd.Series(False, index=table.index)
    return table[scheme.followed].isin(list(people))


def provider_months(dataset: Dataset) -> pd.DataFrame:
    """Return the provider table, or say why a run over providers and months cannot do without it."""
    scheme = find_scheme(dataset.scheme)
    if scheme.span != "month":
        raise IntakeError(f"{scheme.title}: its reports are of periods, not of months; run it per provider or whole")
    rows = dataset.tables.get(scheme.provider_table)
    if rows is None or not {scheme.provider_column, "month"} <= set(rows.columns):
        raise IntakeError(
            f"a run needs the table {scheme.provider_table} with the columns {scheme.provider_column} and month; "
            f"this data set has {', '.join(dataset.tables) or 'no table'}: see qa check"
        )
    return rows


def write_prepared(
    dataset: Dataset,
    folder: Path,
    *,
    provider: str | None,
    months: Collection[str] | None = None,
    ahead: bool = False,
    later: Collection[str] = (),
) -> None:
    """Write the slice of a provider, of a provider and months, or everything; the same data set gives the same bytes.

    Parameters
    ----------
    folder
        A new folder.
    provider, months, ahead
        As in :func:`slice_tables`.
    later
        As in :class:`qa_lib.intake.accepted.Dataset`.
    """
    folder.mkdir(parents=True)
    tables = slice_tables(dataset, provider=provider, months=months, ahead=ahead)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name in _NOTES:
        getattr(dataset, name).to_parquet(folder / f"_{name}.parquet", index=False)
    content = {
        "format": _FORMAT,
        "inputs": dict(dataset.inputs),
        "later": list(later),
        "providers": dataset.named_providers,
        "scheme": dataset.scheme,
        "tables": list(tables),
    }
    (folder / MARK).write_text(json.dumps(content, sort_keys=True, indent=1), encoding="utf-8")


def is_prepared(path: str | Path) -> bool:
    """Say whether a path is a folder that :func:`write_prepared` wrote."""
    return (Path(path) / MARK).is_file()


def read_prepared(folder: str | Path, *, scheme: str | None = None) -> Dataset:
    """Read such a folder back.

    Raises
    ------
    IntakeError
        If it is of another scheme than the one named, or not whole.
    """
    folder = Path(folder)
    try:
        content = json.loads((folder / MARK).read_text(encoding="utf-8"))
        if content["format"] != _FORMAT or scheme not in (None, content["scheme"]):
            raise IntakeError(
                f"the prepared data is of scheme {content['scheme']} in format {content['format']}; "
                f"expected {scheme or content['scheme']} in format {_FORMAT}: read the data set that it was made from"
            )
        notes: dict[str, Any] = {name: pd.read_parquet(folder / f"_{name}.parquet") for name in _NOTES}
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in content["tables"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntakeError(
            f"the prepared data is not whole ({type(error).__name__}); read the data set that it was made from"
        ) from None
    about = {name: content[name] for name in ("scheme", "inputs", "providers", "later")}
    return Dataset(tables=tables, **about, **notes)
