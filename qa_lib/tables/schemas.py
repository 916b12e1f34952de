"""Pandera schemas of the tables. They decide; the wording of a fault is intake's.

A schema is made for the columns that arrived, because only what an answer needs is required.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from qa_lib.sampling.identifiers import identifier_fault
from qa_lib.tables.vocabulary import DTYPES, Column, Table

#: Names of the checks, as they come back in pandera's failure cases.
IDENTIFIER, OPTIONS, BOUNDS, UNIQUE = "identifier", "options", "bounds", "unique"

# An id of letters, digits and a few signs is a good one; the others are looked at one by one.
PLAIN = r"[A-Za-z0-9][A-Za-z0-9 _./-]{0,98}"


def frame_schema(table: Table, present: Sequence[str]) -> pa.DataFrameSchema:
    """Return the schema of a table of which only the columns ``present`` arrived, all typed already.

    Examples
    --------
    >>> from qa_lib.tables.vocabulary import column, table
    >>> pops = table("pops", "A row is a PoP.", column("pop_id", "id"), column("provider", "id"))
    >>> list(frame_schema(pops, ["pop_id"]).columns)
    ['pop_id']
    """
    key = list(table.key)
    whole = bool(key) and set(key) <= set(present)
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(DTYPES[column.kind], _checks(column), nullable=column.name not in table.filled)
            for column in table.columns
            if column.name in present
        },
        # One verdict for the table: pandera's own check turns every duplicate row on its side to report it.
        checks=[pa.Check(lambda frame: not frame.duplicated(key).any(), name=UNIQUE)] if whole else [],
    )


def _checks(column: Column) -> list[pa.Check]:
    if column.kind == "id":
        return [pa.Check(_per_value(lambda text: identifier_fault(text) is None, plainly=PLAIN), name=IDENTIFIER)]
    if column.kind == "count":
        most = float("inf") if column.most is None else column.most
        return [pa.Check(lambda cells: (cells >= column.least) & (cells <= most), name=BOUNDS)]
    if column.kind == "choice" and column.options:
        return [pa.Check(lambda cells: cells.isin(column.options), name=OPTIONS)]
    if column.kind == "choices" and column.options:
        allowed = frozenset(column.options)
        return [pa.Check(_per_value(lambda text: allowed.issuperset(text.split(";"))), name=OPTIONS)]
    return []


def _per_value(holds: Callable[[str], bool], plainly: str = "") -> Callable[[pd.Series], pd.Series]:
    """Ask ``holds`` once per distinct value, and not at all where the pattern ``plainly`` says that it does."""

    def check(cells: pd.Series) -> pd.Series:
        codes, distinct = pd.factorize(cells)
        texts = pd.Series(distinct, dtype="str")
        verdicts = texts.str.fullmatch(plainly).to_numpy(dtype=bool, copy=True)
        doubtful = np.flatnonzero(~verdicts)
        verdicts[doubtful] = [holds(text) for text in texts.iloc[doubtful]]
        return pd.Series(verdicts[codes], index=cells.index)

    return check
