"""What one report needs of a data set that was validated already: written once by a run, read by its notebooks.

Such a folder is no data set of its own. It holds the accepted rows as Parquet, everything that intake had to say, and
the hashes of the files that the whole data set came from.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.intake.dataset import Dataset

MARK = "prepared.json"
_FORMAT = "1"
_NOTES = ("rejected", "notices", "counts")
#: Tables that name people of several providers: an assessor may assess for one and moderate for another.
_WHOLE = ("assessors", "events")
_PERSON = "participant_id"


def provider_slice(
    dataset: Dataset, *, provider: str, months: Collection[str], ahead: bool = False
) -> dict[str, pd.DataFrame]:
    """Return the tables of a data set as far as they concern a provider and months.

    ``cases`` by provider and month, and beside them those of other providers whose assessors assess for this one too;
    tables with an ``rpa`` by provider, and by those assessors where they name one, but ``assessors`` and ``events``
    whole; tables with a ``case_id`` only by those cases; other tables whole.

    Parameters
    ----------
    ahead
        Take the month after the last of the months too: a month is audited as it was known at the end of the next.

    Raises
    ------
    IntakeError
        If the data set cannot be cut so: it has no ``cases`` with provider and month.
    """
    cases = provider_months(dataset)
    first, last = min(months), max(months)
    wanted = set(months) | ({_next_month(last)} if ahead else set())
    own = (cases["rpa"] == provider) & cases["month"].isin(list(wanted))
    people = _assessors(dataset, cases[own], provider)
    beside = _names(cases, people) & (cases["rpa"] != provider) & cases["month"].between(first, max(wanted))
    kept_cases = cases[own | beside]
    kept = {}
    for name, table in dataset.tables.items():
        if name == "cases":
            table = kept_cases
        elif "rpa" in table.columns and name not in _WHOLE:
            table = table[(table["rpa"] == provider) | _names(table, people)]
        elif "case_id" in table.columns and "rpa" not in table.columns:
            table = table[table["case_id"].isin(kept_cases["case_id"])]
        kept[name] = table.reset_index(drop=True)
    return kept


def months_slice(dataset: Dataset, *, months: Collection[str], ahead: bool = False) -> dict[str, pd.DataFrame]:
    """Return the tables of a data set as far as they concern months: all providers' cases of them, and what is theirs.

    Parameters
    ----------
    ahead
        As in :func:`provider_slice`.
    """
    cases = provider_months(dataset)
    wanted = set(months) | ({_next_month(max(months))} if ahead else set())
    own = cases[cases["month"].isin(list(wanted))]
    return {
        name: (own if name == "cases" else _of_cases(table, own)).reset_index(drop=True)
        for name, table in dataset.tables.items()
    }


def _of_cases(table: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    if "case_id" not in table.columns or "rpa" in table.columns:
        return table
    return table[table["case_id"].isin(cases["case_id"])]


def _assessors(dataset: Dataset, own: pd.DataFrame, provider: str) -> set[str]:
    """Return who assesses for a provider, by its files and by the list of assessors."""
    listed = dataset.tables.get("assessors", pd.DataFrame())
    here = listed[listed["rpa"] == provider] if {"assessor_id", "rpa"} <= set(listed.columns) else own.head(0)
    named = [frame["assessor_id"] for frame in (own, here) if "assessor_id" in frame.columns]
    return {str(name) for column in named for name in column.dropna()}


def _names(table: pd.DataFrame, people: Collection[str]) -> pd.Series:
    """Say which rows name one of these assessors."""
    if "assessor_id" not in table.columns:
        return pd.Series(False, index=table.index)
    return table["assessor_id"].isin(list(people))


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def providers_of(dataset: Dataset) -> list[str]:
    """Return the providers of a data set without months: those of every table that has a column ``provider``."""
    named = [table["provider"] for table in dataset.tables.values() if "provider" in table.columns]
    return sorted({str(name) for column in named for name in column.dropna()})


def own_rows(dataset: Dataset, *, provider: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a data set without months as far as they concern a provider.

    Tables with a column ``provider`` by that, tables with a ``participant_id`` by the provider's participants, other
    tables whole.
    """
    people = dataset.tables.get("participants", pd.DataFrame(columns=[_PERSON, "provider"]))
    ids = people.loc[people["provider"] == provider, _PERSON]
    kept = {}
    for name, table in dataset.tables.items():
        if "provider" in table.columns:
            table = table[table["provider"] == provider]
        elif _PERSON in table.columns:
            table = table[table[_PERSON].isin(ids)]
        kept[name] = table.reset_index(drop=True)
    return kept


def provider_months(dataset: Dataset) -> pd.DataFrame:
    """Return ``cases``, or say why a run over providers and months cannot do without it."""
    cases = dataset.tables.get("cases")
    if cases is None or not {"rpa", "month"} <= set(cases.columns):
        raise IntakeError(
            "a run needs the table cases with the columns rpa and month; "
            f"this data set has {', '.join(dataset.tables) or 'no table'}: see qa check"
        )
    return cases


def write_prepared(
    dataset: Dataset, folder: Path, *, provider: str | None, months: Collection[str] | None = None, ahead: bool = False
) -> None:
    """Write the slice of a provider, of a provider and months, or everything; the same data set gives the same bytes.

    Parameters
    ----------
    folder
        A new folder.
    provider
        Whose rows; None: everybody's.
    months
        Of which months; None where the data have none.
    ahead
        As in :func:`provider_slice`.
    """
    folder.mkdir(parents=True)
    if months is None:
        tables = dict(dataset.tables) if provider is None else own_rows(dataset, provider=provider)
    elif provider is None:
        tables = months_slice(dataset, months=months, ahead=ahead)
    else:
        tables = provider_slice(dataset, provider=provider, months=months, ahead=ahead)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name in _NOTES:
        getattr(dataset, name).to_parquet(folder / f"_{name}.parquet", index=False)
    content = {
        "format": _FORMAT,
        "inputs": dict(dataset.inputs),
        "rpas": dataset.named_rpas,
        "scheme": dataset.scheme,
        "tables": list(tables),
    }
    (folder / MARK).write_text(json.dumps(content, sort_keys=True, indent=1), encoding="utf-8")


def is_prepared(path: str | Path) -> bool:
    """Say whether a path is a folder that :func:`write_prepared` wrote."""
    return (Path(path) / MARK).is_file()


def read_prepared(folder: str | Path, *, scheme: str) -> Dataset:
    """Read such a folder back.

    Raises
    ------
    IntakeError
        If it is of another scheme, or not whole.
    """
    folder = Path(folder)
    try:
        content = json.loads((folder / MARK).read_text(encoding="utf-8"))
        if content["format"] != _FORMAT or content["scheme"] != scheme:
            raise IntakeError(
                f"the prepared data is of scheme {content['scheme']} in format {content['format']}; "
                f"expected {scheme} in format {_FORMAT}: read the data set that it was made from"
            )
        notes = {name: pd.read_parquet(folder / f"_{name}.parquet") for name in _NOTES}
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in content["tables"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntakeError(
            f"the prepared data is not whole ({type(error).__name__}); read the data set that it was made from"
        ) from None
    return Dataset(
        scheme=scheme,
        tables=tables,
        rejected=notes["rejected"],
        notices=notes["notices"],
        inputs=content["inputs"],
        counts=notes["counts"],
        rpas=content["rpas"],
    )
