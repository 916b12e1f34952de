"""Who presented and has no result yet: which groups may be off, or no longer, when all results are in (NPQ.M7)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

#: How a message begins while people without a result could change what it says.
PROVISIONAL = "provisional"
#: Columns of a comparison beside those of ``compare_groups``.
PENDING = ["pending", "pending_overall", "open"]


def with_pending(table: pd.DataFrame, there: pd.DataFrame, value: Mapping[str, Any]) -> pd.DataFrame:
    """Return a comparison with the columns of ``PENDING``; a flag stands where no result to come could clear it."""
    waiting = dict(iter(there[there["achieved"].isna()].groupby(["provider", "level"])))
    nobody, rows = there.iloc[:0], table.to_dict("records")
    for row in rows:
        own = waiting.get((row["provider"], row["level"]), nobody) if row["measure"] == "achievement" else nobody
        if row["unknown"] or row["n_overall"] == 0:
            own = nobody
        labels = own[row["characteristic"]]
        row["pending"] = int((labels.isna() if row["missing"] else labels.astype("str") == row["group"]).sum())
        row["pending_overall"] = len(own)
        sides = {_side(row, passed, of_all, value) for passed, of_all in _ends(row)} if len(own) and row["n"] else {0}
        row["open"] = len(sides) > 1
    added = {name: [row[name] for row in rows] for name in PENDING}
    found = table.assign(**added)
    return found.assign(flag=found["flag"].astype(bool) & ~found["open"].astype(bool))


def _ends(row: Mapping[Any, Any]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return who may have passed in the end, in the group and in all: where the group fares worst, and where best."""
    others = row["pending_overall"] - row["pending"]
    return (row["k"], row["k_overall"] + others), (row["k"] + row["pending"], row["k_overall"] + row["pending"])


def _side(row: Mapping[Any, Any], passed: int, of_all: int, value: Mapping[str, Any]) -> int:
    """Return -1 or 1 where a group with so many passed is off by more than the margin, below or above; else 0."""
    overall = Fraction(of_all, row["n_overall"])
    gap = Fraction(passed, row["n"]) - overall
    limit = value["margin"] * (overall if value["reading"] == "relative" else 1)
    return 0 if abs(gap) <= limit else (1 if gap > 0 else -1)
