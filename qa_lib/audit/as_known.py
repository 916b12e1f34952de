"""Tables as they were known on a day: cut once for every table of every scheme, as their declarations say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.tables.vocabulary import Table


def as_known(
    tables: Mapping[str, pd.DataFrame], declared: Mapping[str, Table], day: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Return tables as they were known on a day.

    Later rows are gone, later dates are blank; of what holds since a later day a yes is a no, and anything else blank.

    Parameters
    ----------
    tables
        Accepted tables of a data set.
    declared
        The tables of its scheme. Those that are not among them keep all rows.
    day
        What happened after it is not known.
    """
    return {name: _known(table, declared.get(name, Table(name, ())), day) for name, table in tables.items()}


def _known(table: pd.DataFrame, declared: Table, day: pd.Timestamp) -> pd.DataFrame:
    if declared.known_from in table.columns:
        table = table[~(table[declared.known_from] > day)]
    columns = {column.name: column for column in declared.columns}
    changed: dict[str, pd.Series] = {}
    for name in table.columns:
        column = columns.get(name)
        if column is not None and column.since in table.columns:
            later = table[column.since] > day
            changed[name] = table[name] & ~later if column.kind == "bool" else table[name].mask(later)
        elif pd.api.types.is_datetime64_any_dtype(table[name].dtype) and not (column and column.ahead):
            changed[name] = table[name].where(~(table[name] > day))
    return table.assign(**changed).reset_index(drop=True)
