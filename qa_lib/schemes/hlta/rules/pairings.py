"""Pairings for peer review: which RPA reviews which, so that no pairing comes again until all were used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

#: Reviewed RPA -> the RPA that reviews it.
Pairing = Mapping[str, str]
# Far above any sum of what is chosen, far below what a float cannot hold exactly.
_NEVER = 10**9


@dataclass(frozen=True)
class Past:
    """What was before: how often each (reviewed, reviewing) pairing was used, the last one, and since when."""

    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: Pairing = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)


def past_pairings(past: pd.DataFrame, rpas: Sequence[str]) -> Past:
    """Return what months gone by say: columns ``month``, ``reviewed_rpa``, ``reviewing_rpa``, in any order."""
    used: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    since: dict[str, str] = {}
    known = past[past["reviewed_rpa"].isin(rpas) & past["reviewing_rpa"].isin(rpas)]
    known = known[known["reviewed_rpa"] != known["reviewing_rpa"]].sort_values(["month", "reviewed_rpa"], kind="stable")
    for month, reviewed, reviewing in zip(known["month"], known["reviewed_rpa"], known["reviewing_rpa"], strict=True):
        if last.get(reviewed) != reviewing:
            used[reviewed, reviewing] += 1
            last[reviewed], since[reviewed] = reviewing, month
    return Past(used, last, since)


def next_pairing(rpas: Sequence[str], past: Past) -> dict[str, str]:
    """Return who reviews whom next: each RPA reviews one other and is reviewed by one.

    The pairings that were used least are taken, and none of the last ones while there is a choice. Of all such answers
    it is the one in which the first RPA is reviewed by the next in order, or else the one after that, and so on down
    the list; so it does not depend on how a solver breaks ties. From nothing, that is: everyone by the next in order,
    then by the next but one, until all have been used, for what is left over is always enough for another round.
    """
    size = len(rpas)
    again = 1 + size * (1 + max(past.used.values(), default=0))
    cost = np.array([
        [
            _NEVER if one == other else past.used[one, other] + again * (past.last.get(one) == other)
            for other in rpas
        ]
        for one in rpas
    ])  # fmt: skip
    best, free, found = _least(cost), list(range(size)), {}
    for row in range(size):
        in_order = [column for step in range(1, size) if (column := (row + step) % size) in free]
        left = {column: [other for other in free if other != column] for column in in_order}
        chosen = next(c for c in in_order if cost[row, c] + _least(cost[row + 1 :, left[c]]) == best)
        best, free = best - cost[row, chosen], left[chosen]
        found[rpas[row]] = rpas[chosen]
    return found


def _least(cost: np.ndarray) -> int:
    """Return the smallest sum of one cell per row and column."""
    return int(cost[linear_sum_assignment(cost)].sum()) if cost.size else 0
