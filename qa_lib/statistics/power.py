"""What a comparison could have seen: the smallest true drop that the test would probably have found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, gammaln, ndtri, xlog1py, xlogy

from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Floats, Ints, Numbers, StatisticsError, check_part, counts, error_rate, plain

#: Successes of the rest that are less likely than this on either side are left out of the enumeration.
_NEGLIGIBLE = 1e-9
#: Numbers of successes of the rest are this much closer together than their standard deviation, or neighbours.
_STEPS = 64
#: Chords that are drawn until the drop is known to about 1e-10; the first two places are these parts of a guess.
_CHORDS, _FIRST = 14, (1.25, 0.85)
#: Tables on either side of the edge of the rejection region that are looked at one by one, and more of them for every
#: time that the group is larger than the rest: there the edge is ragged, for each success of the rest moves p far.
_RAGGED, _MORE_RAGGED = 3, 2
#: Cases whose tables are tested together.
_BATCH = 200


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
    error = np.full(group.shape, float(error_rate(confidence)))
    return plain(smallest_drops(group, part, rest, error, power=power), shape)


def smallest_drops(group: Ints, part: Ints, rest: Ints, error: Floats, *, power: float = 0.8) -> Floats:
    """Return the smallest drop of many groups, each with the level of its own test; NaN where none would be found.

    Parameters
    ----------
    group
        People in each group.
    part, rest
        Successes and people in the rest.
    error
        Level of each test.
    power
        How probably the drop is to be found.
    """
    cases, place = np.unique(np.stack([group, part, rest, error]), axis=1, return_inverse=True)
    drops = np.full(cases.shape[1], np.nan)
    possible = np.flatnonzero((cases[:3] > 0).all(axis=0) & (cases[3] > 0))
    # Alike cases together, so that one very large group does not widen the look at all.
    possible = possible[np.argsort(cases[0, possible] / cases[2, possible], kind="stable")]
    for first in range(0, len(possible), _BATCH):
        batch = possible[first : first + _BATCH]
        counted = cases[:3, batch].astype(np.int64)
        m, rates, level = counted[0], counted[1] / counted[2], cases[3, batch]
        error = np.sqrt(rates * (1 - rates) * (1 / m + 1 / counted[2]))
        guess = (ndtri(power) - ndtri(level / 2)) * error
        drops[batch] = _solve(_rejected(m, counted[1], counted[2], level), m, rates, guess, power)
    result: Floats = drops[place.ravel()]
    return result


@dataclass(frozen=True, kw_only=True)
class _Rejected:
    """Which tables reject: weights of the events *at most so many of the group succeed*, and of single numbers."""

    case: Ints
    most: Ints
    weight: Floats
    single_case: Ints
    single: Ints
    single_weight: Floats


def _rejected(group: Ints, part: Ints, rest: Ints, error: Floats) -> _Rejected:
    """Look which numbers of successes of the group reject, for each likely number of successes of the rest."""
    case, others, weight = _likely(part, rest)
    m, n, level = group[case], rest[case], error[case]
    near = _RAGGED + _MORE_RAGGED * int((group // rest).max())
    edge = _guess(others, m, n, level)
    tested, rejected = _around(edge, near, others, m, n, level)
    # Where the edge lies near an end of what was looked at, or beyond it, it is searched for.
    below, above = ~rejected[:, :2].all(axis=1) & (tested[:, 0] > 0), rejected[:, -2:].any(axis=1)
    lost = np.flatnonzero(below | above)
    if lost.size:
        wider = _edge(others[lost], m[lost], n[lost], level[lost])
        tested[lost], rejected[lost] = _around(wider, near, others[lost], m[lost], n[lost], level[lost])
    whole = np.logical_and.accumulate(rejected, axis=1)
    most = tested[:, 0] - 1 + whole.sum(axis=1)
    row, column = np.nonzero(rejected & ~whole)
    return _Rejected(
        **_summed("case", "most", "weight", case, most, weight),
        **_summed("single_case", "single", "single_weight", case[row], tested[row, column], weight[row]),
    )


def _likely(part: Ints, rest: Ints) -> tuple[Ints, Ints, Floats]:
    """Return, case by case, the likely numbers of successes of the rest with their probabilities.

    Of very many every so-manieth is taken: a sum over steps far shorter than the spread is that over all.
    """
    rates = part / rest
    lowest, highest = (
        np.asarray(end(_NEGLIGIBLE, rest, rates), dtype=np.int64) for end in (_binomial().ppf, _binomial().isf)
    )
    stride = np.maximum(np.sqrt(rest * rates * (1 - rates)) / _STEPS, 1).astype(np.int64)
    sizes = (highest - lowest) // stride + 1
    ends = np.cumsum(sizes)
    case = np.repeat(np.arange(len(sizes)), sizes)
    others = lowest[case] + (np.arange(ends[-1]) - (ends - sizes)[case]) * stride[case]
    chance = _chance(others, rest[case], rates[case])
    return case, others, chance / np.bincount(case, chance)[case]


def _guess(others: Ints, group: Ints, rest: Ints, error: Floats) -> Ints:
    """Return about how many successes of the group still reject, by the chi-square test."""
    people = (group + rest).astype(float)
    spread = ndtri(error / 2) ** 2 * group * rest / np.maximum(people - 1, 1)
    a = rest.astype(float) ** 2 + spread
    b = -2.0 * rest * group * others - spread * (people - 2 * others)
    c = (group * others.astype(float)) ** 2 - spread * others * (people - others)
    lower = (-b - np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))) / (2 * a)
    return np.asarray(np.clip(np.floor(lower), -1, group), dtype=np.int64)


def _around(
    edge: Ints, near: int, others: Ints, group: Ints, rest: Ints, error: Floats
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return numbers of successes of the group around an edge, and which of them reject; none is above the rest."""
    tested = np.maximum(edge + 1 - near, 0)[:, None] + np.arange(2 * near)
    inside = tested * rest[:, None] < (others * group)[:, None]
    row, column = np.nonzero(inside)
    rejected = np.zeros(tested.shape, dtype=bool)
    p: Floats = fisher_midp(tested[row, column], group[row], others[row], rest[row])
    rejected[row, column] = p <= error[row]
    return tested, rejected


def _summed(first: str, second: str, third: str, case: Ints, number: Ints, weight: Floats) -> dict[str, Any]:
    """Return weights added up over equal pairs of case and number, under three names."""
    pairs, place = np.unique(np.stack([case, number]), axis=1, return_inverse=True)
    return {first: pairs[0], second: pairs[1], third: np.bincount(place.ravel(), weight, minlength=pairs.shape[1])}


def _solve(rejected: _Rejected, group: Ints, rates: Floats, guess: Floats, power: float) -> Floats:
    """Return the drops at which the rejected tables have the power asked for; NaN where none has."""

    def surplus(drop: Floats) -> Floats:
        own = np.clip(rates - drop, 0.0, 1.0)
        case, single = rejected.case, rejected.single_case
        below = np.where(rejected.most >= 0, bdtr(np.maximum(rejected.most, 0), group[case], own[case]), 0.0)
        alone = _chance(rejected.single, group[single], own[single])
        found = np.bincount(case, below * rejected.weight, minlength=len(group))
        return np.asarray(found + np.bincount(single, alone * rejected.single_weight, minlength=len(group)) - power)

    low, high = np.zeros_like(rates), rates.copy()
    under, over = surplus(low), surplus(high)
    possible, middle = (over >= 0) & (under < 0), high
    kept = np.zeros(rates.shape, dtype=np.int64)
    for step in range(_CHORDS):
        # Chords, with half the height at an end that stays (the Illinois rule), after a look on either side of a guess.
        chord = high - over * (high - low) / np.where(possible, over - under, 1)
        middle = np.clip(_FIRST[step] * guess, low, high) if step < len(_FIRST) else chord
        found = surplus(middle)
        short = found < 0
        over, under = np.where(short & (kept == 1), over / 2, over), np.where(~short & (kept == -1), under / 2, under)
        low, under = np.where(short, middle, low), np.where(short, found, under)
        high, over = np.where(short, high, middle), np.where(short, over, found)
        kept = np.where(short, 1, -1)
    return np.where(possible, middle, np.nan)


def _chance(k: Ints, n: Ints, rates: Floats) -> Floats:
    """Return binomial probabilities."""
    log = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(log + xlogy(k, rates) + xlog1py(n - k, -rates)))


def _edge(others: Ints, group: Ints, rest: Ints, error: Floats) -> Ints:
    """Return, per number of successes of the rest, the most successes of the group that still reject; -1 for none."""
    low = np.full(others.shape, -1)
    high = (others * group - 1) // rest + 1
    live = np.flatnonzero(high - low > 1)
    while live.size:
        middle = (low[live] + high[live]) // 2
        p: Floats = fisher_midp(middle, group[live], others[live], rest[live])
        rejects = p <= error[live]
        low[live[rejects]], high[live[~rejects]] = middle[rejects], middle[~rejects]
        live = live[high[live] - low[live] > 1]
    return low


def _binomial() -> Any:
    from scipy.stats import binom  # takes long to import

    return binom
