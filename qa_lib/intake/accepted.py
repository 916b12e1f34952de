"""What intake hands on: accepted tables, what was rejected and noticed, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from qa_lib.scheme import find_scheme

COUNTS = ["table", "file", "sheet", "rows", "accepted", "rejected"]


@dataclass(frozen=True)
class Dataset:
    """What intake hands on.

    Attributes
    ----------
    scheme
        Name of the scheme whose tables these are.
    tables
        Accepted rows by table, canonical column names; a column that did not arrive is absent.
    rejected, notices
        One row per fault, and per notice: table, file, sheet, row, column, arrived, expected, advice, kind, header.
    inputs
        File name -> SHA-256 of its bytes, in hex.
    counts
        Per table: rows, accepted, rejected.
    failing
        Per table the whole rejected rows as they arrived, with file, sheet and row in front.
    providers
        The providers of the whole data set, where the tables are a slice of it.
    later
        Where they are a slice up to a month: the later months of its year that the data set has files of.
    """

    scheme: str
    tables: Mapping[str, pd.DataFrame]
    rejected: pd.DataFrame
    notices: pd.DataFrame
    inputs: Mapping[str, str]
    counts: pd.DataFrame
    failing: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    providers: Sequence[str] = ()
    later: Sequence[str] = ()

    @property
    def clean(self) -> bool:
        """No fault, and no row that points to a row of a list that is not there."""
        return self.rejected.empty and not (self.notices["kind"] == "reference").any()

    @property
    def named_providers(self) -> list[str]:
        """The providers that the whole data set names, in order."""
        column = find_scheme(self.scheme).provider_column
        named = [table[column] for table in self.tables.values() if column in table.columns]
        return sorted({*self.providers, *(str(name) for cells in named for name in cells.dropna())})
