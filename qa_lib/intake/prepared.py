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


def provider_slice(dataset: Dataset, *, provider: str, months: Collection[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of a data set as far as they concern a provider and months.

    ``cases`` by provider and month; tables with a ``case_id`` by those cases; tables with an ``rpa`` by provider, but
    ``assessors`` and ``events`` whole; other tables whole.

    Raises
    ------
    IntakeError
        If the data set cannot be cut so: it has no ``cases`` with provider and month.
    """
    cases = provider_months(dataset)
    own = cases[(cases["rpa"] == provider) & cases["month"].isin(list(months))]
    kept = {}
    for name, table in dataset.tables.items():
        if name == "cases":
            table = own
        elif "case_id" in table.columns:
            table = table[table["case_id"].isin(own["case_id"])]
        elif "rpa" in table.columns and name not in _WHOLE:
            table = table[table["rpa"] == provider]
        kept[name] = table.reset_index(drop=True)
    return kept


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
    dataset: Dataset, folder: Path, *, provider: str | None, months: Collection[str] | None = None
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
    """
    folder.mkdir(parents=True)
    if provider is None:
        tables = dict(dataset.tables)
    elif months is None:
        tables = own_rows(dataset, provider=provider)
    else:
        tables = provider_slice(dataset, provider=provider, months=months)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name in _NOTES:
        getattr(dataset, name).to_parquet(folder / f"_{name}.parquet", index=False)
    content = {
        "format": _FORMAT,
        "inputs": dict(dataset.inputs),
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
    )
