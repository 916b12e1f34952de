"""What a comparison could have seen: the smallest true drop that the test would probably have found."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import gammaln, xlog1py, xlogy

from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Floats, Ints, Numbers, StatisticsError, check_part, counts, error_rate, plain

#: Successes of the rest that are less likely than this on either side are left out of the enumeration.
_NEGLIGIBLE = 1e-12
#: Tables on either side of the edge of the rejection region that are looked at one by one, and more of them for every
#: time that the group is larger than the rest: there the edge is ragged, for each success of the rest moves p far.
_RAGGED, _MORE_RAGGED = 4, 2
#: Cases whose tables are tested together.
_BATCH = 50


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
    cases, place = np.unique(np.stack([group, part, rest]), axis=1, return_inverse=True)
    drops = np.full(cases.shape[1], np.nan)
    possible = np.flatnonzero((cases > 0).all(axis=0))
    # Alike cases together, so that one very large group does not widen the look at all.
    possible = possible[np.argsort(cases[0, possible] / cases[2, possible], kind="stable")]
    for first in range(0, len(possible), _BATCH):
        batch = possible[first : first + _BATCH]
        drops[batch] = _smallest_drops(*cases[:, batch], power=power, error=float(error_rate(confidence)))
    return plain(drops[place.ravel()], shape)


def _smallest_drops(group: Ints, part: Ints, rest: Ints, *, power: float, error: float) -> list[float]:
    """Return the drops of several cases, whose tables are tested together."""
    from scipy.stats import binom  # takes long to import

    rates = part / rest
    lowest, highest = (np.asarray(end(_NEGLIGIBLE, rest, rates), dtype=np.int64) for end in (binom.ppf, binom.isf))
    sizes = highest - lowest + 1
    ends = np.cumsum(sizes)
    case = np.repeat(np.arange(len(sizes)), sizes)
    others = np.arange(ends[-1]) - (ends - sizes)[case] + lowest[case]
    edge = _edge(others, group[case], rest[case], error)
    near = _RAGGED + _MORE_RAGGED * int((group // rest).max())
    window = edge[:, None] + np.arange(1 - near, near + 1)
    inside = (window >= 0) & (window * rest[case][:, None] < (others * group[case])[:, None])
    tested = np.where(inside, window, 0)
    p: Floats = fisher_midp(tested, *(column[:, None] for column in (group[case], others, rest[case])))
    rejected = inside & (p <= error)
    weight = binom.pmf(others, rest[case], rates[case])
    parts = [np.split(column, ends[:-1]) for column in (weight, edge, tested, rejected)]
    rows = zip(group.tolist(), rates.tolist(), *parts, strict=True)
    return [_solve(*row, near=near, power=power) for row in rows]


def _solve(
    group: int,
    rate: float,
    weight: Floats,
    edge: Ints,
    tested: Ints,
    rejected: NDArray[np.bool_],
    *,
    near: int,
    power: float,
) -> float:
    """Return the drop at which the rejected tables have the power asked for; NaN where none has."""
    successes = np.arange(group + 1.0)
    choose = gammaln(group + 1) - gammaln(successes + 1) - gammaln(group - successes + 1)

    def surplus(drop: float) -> float:
        own = min(max(rate - drop, 0.0), 1.0)
        chance = np.exp(choose + xlogy(successes, own) + xlog1py(group - successes, -own))
        below = np.concatenate([[0.0], np.cumsum(chance)])[np.maximum(edge - near + 1, 0)]
        beside = np.where(rejected, chance[tested], 0.0).sum(axis=1)
        return float((weight * (below + beside)).sum()) - power

    return float(brentq(surplus, 0.0, rate, xtol=1e-10)) if surplus(rate) >= 0 > surplus(0.0) else float("nan")


def _edge(others: Ints, group: Ints, rest: Ints, error: float) -> Ints:
    """Return, per number of successes of the rest, the most successes of the group that still reject; -1 for none."""
    low = np.full(others.shape, -1)
    high = (others * group - 1) // rest + 1
    live = np.flatnonzero(high - low > 1)
    while live.size:
        middle = (low[live] + high[live]) // 2
        p: Floats = fisher_midp(middle, group[live], others[live], rest[live])
        rejects = p <= error
        low[live[rejects]], high[live[~rejects]] = middle[rejects], middle[~rejects]
        live = live[high[live] - low[live] > 1]
    return low
