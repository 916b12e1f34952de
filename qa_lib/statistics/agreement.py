"""Agreement between an assessor and a moderator, with more than one figure, for kappa alone misleads.

Where nearly all pass, chance agreement is nearly complete and kappa falls to nought although the two nearly always
agree; Gwet's AC1 does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import pandas as pd

from qa_lib.statistics.inputs import Floats, Ints, StatisticsError
from qa_lib.statistics.proportions import Interval, wilson_interval

Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two judges agree.

    Attributes
    ----------
    agreed
        Share of pairs with the same judgement, with Wilson's interval.
    kappa, kappa_error
        Cohen's kappa, weighted as asked, and its standard error; NaN where ``note`` says why.
    ac1
        Gwet's AC1; 1 where all judgements are one and the same.
    harsher, milder
        Pairs where the first judge was below, or above, the second; ``None`` where the categories have no order.
    pairs, left_out
        Pairs judged by both, and those where a judgement is missing.
    categories, table
        The categories, and the counts: first judge down, second across.
    weights, note
        As asked; what cannot be said.
    """

    agreed: Interval
    kappa: float
    kappa_error: float
    ac1: float
    harsher: int | None
    milder: int | None
    pairs: int
    left_out: int
    categories: tuple[Any, ...]
    table: Ints
    weights: str
    note: str = ""


def agreement(
    first: Sequence[Any],
    second: Sequence[Any],
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights = "none",
    confidence: float = 0.95,
) -> Agreement:
    """Compare the judgements of two judges on the same files.

    Parameters
    ----------
    first, second
        Judgements, pair by pair: the assessor's and the moderator's. Pairs with a missing one are left out and counted.
    categories
        All categories from the lowest to the highest. Without them there is no order, and so no direction.
    weights
        For kappa: ``linear`` or ``quadratic`` forgive near misses, which needs ``categories``.
    confidence
        Of Wilson's interval.

    Raises
    ------
    StatisticsError
        Where the lengths differ, a judgement is no category, or weights are asked for without an order.

    References
    ----------
    Cohen 1960 and 1968; standard error: Fleiss, Cohen & Everitt 1969; AC1: Gwet 2008, British J. Mathematical and
    Statistical Psychology 61:29.

    Examples
    --------
    >>> result = agreement(["met"] * 123 + ["not"] * 2, ["met"] * 118 + ["not"] * 5 + ["met"] * 2)
    >>> round(result.kappa, 2), round(result.ac1, 2)
    (-0.02, 0.94)
    """
    pairs = _pairs(first, second)
    both = pairs.dropna()
    known = tuple(categories) if categories is not None else tuple(sorted({*both["first"], *both["second"]}, key=str))
    _check(both, known, categories is not None, weights)
    place = {category: index for index, category in enumerate(known)}
    table = np.zeros((len(known), len(known)), dtype=np.int64)
    np.add.at(table, (both["first"].map(place).astype(int), both["second"].map(place).astype(int)), 1)
    kappa, error, note = _kappa(table, weights)
    return Agreement(
        agreed=wilson_interval(int(np.trace(table)), int(table.sum()), confidence=confidence),
        kappa=kappa,
        kappa_error=error,
        ac1=_ac1(table),
        harsher=int(np.triu(table, 1).sum()) if categories is not None else None,
        milder=int(np.tril(table, -1).sum()) if categories is not None else None,
        pairs=len(both),
        left_out=len(pairs) - len(both),
        categories=known,
        table=table,
        weights=weights,
        note=note,
    )


def _pairs(first: Sequence[Any], second: Sequence[Any]) -> pd.DataFrame:
    if len(first) != len(second):
        raise StatisticsError(f"there are {len(first)} and {len(second)} judgements; give them pair by pair")
    return pd.DataFrame({"first": list(first), "second": list(second)}, dtype=object)


def _check(both: pd.DataFrame, categories: tuple[Any, ...], ordered: bool, weights: str) -> None:
    if weights not in ("none", "linear", "quadratic"):
        raise StatisticsError(f"weights is {weights!r}; expected none, linear or quadratic")
    if weights != "none" and not ordered:
        raise StatisticsError(f"weights is {weights!r} without categories; give them from the lowest to the highest")
    unknown = sorted({str(value) for value in {*both["first"], *both["second"]} if value not in categories})
    if unknown or len(set(categories)) < len(categories):
        text = f"judgements hold {', '.join(unknown)}" if unknown else "categories repeat"
        raise StatisticsError(f"{text}; expected each of {', '.join(map(str, categories))} once, and nothing else")


def _kappa(table: Ints, weights: str) -> tuple[float, float, str]:
    """Return kappa and its error, or why there is none."""
    if table.sum() == 0:
        return float("nan"), float("nan"), "No pair was judged by both."
    seen = (table.sum(axis=0) + table.sum(axis=1)) > 0
    if seen.sum() == 1:
        return float("nan"), float("nan"), "All judgements are the same: chance agreement is complete, kappa undefined."
    # In fractions: an error of nought is nought, and not what rounding leaves of it.
    pairs, places = int(table.sum()), range(len(table))
    share = [[Fraction(count, pairs) for count in row] for row in table.tolist()]
    first, second = [sum(row) for row in share], [sum(column) for column in zip(*share, strict=True)]
    credit = [[_credit(i, j, len(table), weights) for j in places] for i in places]
    # What a category of one judge earns by chance with the other judge.
    down = [sum(credit[i][j] * second[j] for j in places) for i in places]
    across = [sum(credit[i][j] * first[i] for i in places) for j in places]
    by_chance = sum(first[i] * down[i] for i in places)
    kappa = (sum(share[i][j] * credit[i][j] for i in places for j in places) - by_chance) / (1 - by_chance)
    squares = sum(
        share[i][j] * (credit[i][j] - (down[i] + across[j]) * (1 - kappa)) ** 2 for i in places for j in places
    )
    variance = (squares - (kappa - by_chance * (1 - kappa)) ** 2) / (pairs * (1 - by_chance) ** 2)
    return float(kappa), math.sqrt(variance), ""


def _credit(first: int, second: int, categories: int, weights: str) -> Fraction:
    """Return how far two categories count as agreement: 1 for the same, less the further apart they lie."""
    apart = Fraction(abs(first - second), max(categories - 1, 1))
    return 1 - {"none": Fraction(first != second), "linear": apart, "quadratic": apart**2}[weights]


def _ac1(table: Ints) -> float:
    total = int(table.sum())
    if total == 0:
        return float("nan")
    if len(table) == 1:
        return 1.0
    share: Floats = (table.sum(axis=0) + table.sum(axis=1)) / (2 * total)
    chance = float((share * (1 - share)).sum()) / (len(table) - 1)
    return (float(np.trace(table)) / total - chance) / (1 - chance)
