"""The hypergeometric distribution for many tables at once, accurate to about 1e-12 relative up to a million people.

X is the number of the ``K`` marked among ``n`` drawn from ``N``. The probability of one table is Stirling's formula
with its exact remainder and the deviance of each cell from its expectation, so that nothing large is subtracted from
anything large (C. Loader 2000, *Fast and accurate computation of binomial probabilities*, applied to the four cells of
the table). Tails are summed outwards from there by the ratio of neighbours, all tables in step. Arrays are flat.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import numpy as np

from qa_lib.statistics.inputs import Floats, Ints

_LOG_2_PI = math.log(2 * math.pi)
_SERIES_FROM = 16
_TABLE = 1 << 16


def stirling_remainder(i: Ints) -> Floats:
    """Return ``log(i!) - (i log i - i)``, 0 for 0."""
    if i.max(initial=0) < _TABLE:
        return _table()[i]
    return np.where(i < _TABLE, _table()[np.minimum(i, _TABLE - 1)], _series_remainder(np.maximum(i, _SERIES_FROM)))


@cache
def _table() -> Floats:
    """Return the remainders of the smaller numbers: exact where the series is not yet accurate."""
    table = _series_remainder(np.maximum(np.arange(_TABLE), 1))
    exact = [math.lgamma(i + 1) - (i * math.log(i) - i) for i in range(1, _SERIES_FROM)]
    table[:_SERIES_FROM] = [0.0, *exact]
    return table


def _series_remainder(i: Ints) -> Floats:
    x = i.astype(float)
    square = x * x
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / x
    remainder: Floats = series + 0.5 * (_LOG_2_PI + np.log(x))
    return remainder


def _deviance(cell: Ints, delta: Floats, expected: Floats) -> Floats:
    """Return ``a log(a / E) - (a - E)`` for the cell ``a = E + delta``; ``E`` where ``a`` is 0."""
    ratio = np.divide(delta, expected, out=np.zeros_like(delta), where=cell > 0)
    result: Floats = np.where(cell > 0, cell * np.log1p(ratio) - delta, expected)
    return result


def log_probability(k: Ints, n: Ints, K: Ints, N: Ints) -> Floats:  # noqa: N803 - the names of the formula
    """Return log P(X = k) for k inside the support."""
    log = log_weight(k, n, K, N) - stirling_remainder(N)
    for margin in (n, N - n, K, N - K):
        log += stirling_remainder(margin)
    return log


def log_weight(k: Ints, n: Ints, K: Ints, N: Ints) -> Floats:  # noqa: N803
    """Return the part of log P(X = k) that changes with k."""
    total = np.maximum(N, 1).astype(float)
    delta = (k * N - n * K) / total
    others, left = N - n, N - K
    weight = np.zeros_like(total)
    for cell, row, column, sign in (
        (k, n, K, 1),
        (n - k, n, left, -1),
        (K - k, others, K, -1),
        (others - K + k, others, left, 1),
    ):
        weight -= stirling_remainder(cell) + _deviance(cell, sign * delta, row * (column / total))
    return weight


def tail(k: Ints, n: Ints, K: Ints, N: Ints, *, upwards: bool) -> Floats:  # noqa: N803
    """Return P(X >= k) upwards or P(X <= k) downwards, summed outwards from k.

    ``k`` lies in the support and not beyond the mode as seen from the tail's end.
    """
    log_first = log_probability(k, n, K, N)
    others = N - n - K + k
    factors = [n - k, K - k, k + 1, others + 1] if upwards else [k, others, n - k + 1, K - k + 1]
    result: Floats = np.exp(log_first) * _series(*(factor.astype(float) for factor in factors))
    return np.minimum(result, 1.0)


def _series(up1: Floats, up2: Floats, down1: Floats, down2: Floats) -> Floats:
    """Sum 1 + r1 + r1 r2 + ... where each ratio's factors move by one per step, until nothing changes."""
    total = np.ones_like(up1)
    live = np.flatnonzero((up1 > 0) & (up2 > 0) & (down1 > 0) & (down2 > 0))
    up1, up2, down1, down2 = up1[live], up2[live], down1[live], down2[live]
    term, part = np.ones_like(up1), np.ones_like(up1)
    step = 0
    while live.size:
        term *= up1 * up2 / (down1 * down2)
        part += term
        up1 -= 1
        up2 -= 1
        down1 += 1
        down2 += 1
        step += 1
        if step % 8 == 0 or live.size < 256:
            on = term > part * 1e-17
            if not on.all():
                total[live] = part
                live, term, part = live[on], term[on], part[on]
                up1, up2, down1, down2 = up1[on], up2[on], down1[on], down2[on]
    return total


def cumulative(k: Ints, n: Ints, K: Ints, N: Ints) -> Floats:  # noqa: N803
    """Return P(X <= k), from whichever tail is the shorter."""
    low, high = np.maximum(0, n + K - N), np.minimum(n, K)
    result = (k >= high).astype(float)
    inside = (k >= low) & (k < high)
    below = inside & (k * N < n * K)
    above = inside & ~below
    result[below] = tail(k[below], n[below], K[below], N[below], upwards=False)
    result[above] = 1 - tail(k[above] + 1, n[above], K[above], N[above], upwards=True)
    return result


def exact_cumulative(k: int, n: int, K: int, N: int) -> Fraction:  # noqa: N803
    """Return P(X <= k) as an exact fraction, in integers."""
    low, high = max(0, n + K - N), min(n, K)
    if k < low:
        return Fraction(0)
    if k >= high:
        return Fraction(1)
    term = total = math.comb(K, low) * math.comb(N - K, n - low)
    for i in range(low, k):
        term = term * (K - i) * (n - i) // ((i + 1) * (N - K - n + i + 1))
        total += term
    return Fraction(total, math.comb(N, n))
