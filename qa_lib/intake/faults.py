"""Faults and notices: one row of one shape for everything that intake has to say.

A fault rejects its row (or, on the header's row, its table); a notice keeps the row and says what was repaired, read in
a certain way, or looks suspicious. ``row`` is the number that the user sees: the physical line where the record starts
in a text file, the sheet's row in a workbook; 0 where the whole file is meant. ``column`` is the canonical name,
``header`` what the file itself calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

COLUMNS = ["table", "file", "sheet", "row", "column", "arrived", "expected", "advice", "kind", "header"]


class Problem(NamedTuple):
    """Why a cell, a row or a table is rejected or noticed: a word for the kind of it, what is expected, what to do."""

    kind: str
    expected: str
    advice: str


class Place(NamedTuple):
    """Where a table came from."""

    table: str
    file: str
    sheet: str = ""


class Ledger:
    """Collects faults and notices while a data set is read; the frames are made once, at the end.

    Attributes
    ----------
    unnamed
        Files and sheets that are named as no table: where, what was expected, the name. They are noticed when it is
        known whose tables the others are, for the nearest of those is named.
    """

    def __init__(self) -> None:
        self.unnamed: list[tuple[Place, str, str]] = []
        self._faults: list[pd.DataFrame] = []
        self._notices: list[pd.DataFrame] = []

    def fault(self, place: Place, problem: Problem, *, row: int, column: str = "", arrived: str = "") -> None:
        """Record one fault."""
        self.faults(place, [problem], rows=[row], column=column, arrived=[arrived])

    def faults(self, place: Place, problems: Sequence[Problem], **of_rows: Any) -> None:
        """Record faults of many rows of one column: each row's problem, and what arrived there (as ``_frame``)."""
        self._faults.append(_frame(place, problems, **of_rows))

    def notice(self, place: Place, problem: Problem, *, row: int, column: str = "") -> None:
        """Record one notice."""
        self.notices(place, [problem], rows=[row], column=column, arrived=[""])

    def notices(self, place: Place, problems: Sequence[Problem], **of_rows: Any) -> None:
        """Record notices of many rows of one column, or of many columns."""
        self._notices.append(_frame(place, problems, **of_rows))

    @property
    def rejected(self) -> pd.DataFrame:
        """All faults, in a fixed order."""
        return _ordered(self._faults)

    @property
    def noticed(self) -> pd.DataFrame:
        """All notices, in a fixed order."""
        return _ordered(self._notices)


def left_out(ledger: Ledger, place: Place, expected: str, advice: str) -> None:
    """Notice a file or a sheet that is not read."""
    ledger.notice(place, Problem("unknown_file", expected, advice), row=0)


def _frame(
    place: Place,
    problems: Sequence[Problem],
    *,
    rows: Sequence[int] | np.ndarray,
    arrived: Sequence[str],
    column: str | Sequence[str] = "",
    header: str = "",
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "table": place.table,
            "file": place.file,
            "sheet": place.sheet,
            "row": np.asarray(rows, dtype=np.int64),
            "column": column,
            "arrived": list(arrived),
            "expected": [problem.expected for problem in problems],
            "advice": [problem.advice for problem in problems],
            "kind": [problem.kind for problem in problems],
            "header": header,
        },
        columns=COLUMNS,
    )


def _ordered(parts: list[pd.DataFrame]) -> pd.DataFrame:
    text = {name: "str" for name in COLUMNS if name != "row"}
    if not parts:
        return pd.DataFrame(columns=COLUMNS).astype({**text, "row": "int64"})
    frame = pd.concat(parts, ignore_index=True).astype(text)
    order = ["kind", "column", "row", "sheet", "file", "table"]
    ranks = [frame[name] if name == "row" else pd.factorize(frame[name], sort=True)[0] for name in order]
    return frame.iloc[np.lexsort(ranks)].reset_index(drop=True)
