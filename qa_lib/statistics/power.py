"""What a comparison could have seen: the smallest true drop that the test would probably have found."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import binom

from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import (
    Floats,
    Ints,
    Numbers,
    StatisticsError,
    check_part,
    counts,
    error_rate,
    plain,
)

#: Successes of the rest that are less likely than this on either side are left out of the enumeration.
_NEGLIGIBLE = 1e-12
#: Tables on either side of the edge of the rejection region that are looked at one by one.
_WINDOW = 4


def minimum_detectable_difference(
    n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, power: float = 0.8, confidence: float = 0.95
) -> Numbers:  # fmt: skip
    """Return the smallest true drop of a group below the rest that mid-P would probably have found.

    The rest's true rate is taken to be the observed one, ``k2 / n2``. The power is exact: the probability, over all
    tables, that the group is lower and ``fisher_midp`` at most one minus the confidence, unadjusted.

    Parameters
    ----------
    n1
        People in the group.
    k2, n2
        Successes and people in the rest.
    power, confidence
        How probably it is to be found, and at which level of the test.

    Returns
    -------
    float or array
        A difference of rates, above 0; NaN where not even a fall to nought would be found.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, or the power does not lie between 0 and 1.

    Examples
    --------
    >>> round(minimum_detectable_difference(50, 405, 450), 2)
    0.15
    """
    if not 0 < power < 1:
        raise StatisticsError(f"power is {power!r}; expected a number between 0 and 1, such as 0.8")
    shape, (group, part, rest) = counts(n1=n1, k2=k2, n2=n2)
    check_part("k2", part, "n2", rest)
    error = float(error_rate(confidence))
    found: dict[tuple[int, ...], float] = {}
    for row in zip(group.tolist(), part.tolist(), rest.tolist(), strict=True):
        if row not in found:
            found[row] = _smallest_drop(*row, power=power, error=error)
    drops = [found[row] for row in zip(group.tolist(), part.tolist(), rest.tolist(), strict=True)]
    return plain(np.array(drops, dtype=float), shape)


def _smallest_drop(group: int, part: int, rest: int, *, power: float, error: float) -> float:
    if group == 0 or rest == 0 or part == 0:
        return float("nan")
    rate = part / rest
    others = np.arange(binom.ppf(_NEGLIGIBLE, rest, rate), binom.isf(_NEGLIGIBLE, rest, rate) + 1).astype(np.int64)
    weight = binom.pmf(others, rest, rate)
    edge = _edge(others, group, rest, error)
    window = edge[:, None] + np.arange(1 - _WINDOW, _WINDOW + 1)
    inside = (window >= 0) & (window * rest < others[:, None] * group)
    tested = np.where(inside, window, 0)
    rejected = inside & (fisher_midp(tested, group, np.broadcast_to(others[:, None], window.shape), rest) <= error)

    def surplus(drop: float) -> float:
        chance = binom.pmf(np.arange(group + 1), group, max(rate - drop, 0.0))
        below = np.concatenate([[0.0], np.cumsum(chance)])[np.maximum(edge - _WINDOW + 1, 0)]
        near = np.where(rejected, chance[tested], 0.0).sum(axis=1)
        return float((weight * (below + near)).sum()) - power

    return float(brentq(surplus, 0.0, rate, xtol=1e-10)) if surplus(rate) >= 0 > surplus(0.0) else float("nan")


def _edge(others: Ints, group: int, rest: int, error: float) -> Ints:
    """Return, per number of successes of the rest, the most successes of the group that still reject; -1 for none."""
    low = np.full(others.shape, -1)
    high = (others * group - 1) // rest + 1
    while (high - low > 1).any():
        middle = np.maximum((low + high) // 2, 0)
        p: Floats = fisher_midp(np.minimum(middle, group), group, others, rest)
        rejects = p <= error
        wide = high - low > 1
        low, high = np.where(wide & rejects, middle, low), np.where(wide & ~rejects, middle, high)
    return low
