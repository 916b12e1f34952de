"""Exact tests of two proportions: Fisher's mid-P, and Boschloo's for those who want a guaranteed level."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from qa_lib.statistics.hypergeometric import log_probability, log_weight, tail
from qa_lib.statistics.inputs import Floats, Ints, Numbers, check_part, counts, in_blocks, plain

#: Two tables tie when their probabilities agree to this relative difference, as in R's ``fisher.test``.
TIE = 1e-7


def fisher_midp(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> Numbers:
    """Return the two-sided mid-P value of Fisher's exact test, by tables no likelier than the one seen.

    The sum of the probabilities of all tables with the same margins that are at most as likely as the observed one,
    less half the probability of the observed one. Other tables that tie with it (to a relative 1e-7) count whole.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.

    Returns
    -------
    float or array
        NaN where a group is empty: there is nothing to compare.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Lydersen, Fagerland & Laake 2009, *Recommended tests for association in 2x2 tables*, Statistics in Medicine 28:1159.

    Examples
    --------
    >>> round(fisher_midp(0, 16, 15, 72), 5)
    0.04466
    """
    shape, (k1, n1, k2, n2) = tables(k1, n1, k2, n2)
    whole, point = in_blocks(two_sided, k1, n1, k1 + k2, n1 + n2)
    return plain(np.where((n1 > 0) & (n2 > 0), whole - point / 2, np.nan), shape)


def tables(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> tuple[tuple[int, ...], list[Ints]]:
    """Check the counts of two groups; return their shape and the flat arrays."""
    shape, (a, m, b, n) = counts(k1=k1, n1=n1, k2=k2, n2=n2)
    check_part("k1", a, "n1", m)
    check_part("k2", b, "n2", n)
    return shape, [a, m, b, n]


def two_sided(k: Ints, n: Ints, K: Ints, N: Ints) -> tuple[Floats, Floats]:  # noqa: N803 - the names of the formula
    """Return Fisher's two-sided p and the probability of the table itself."""
    # Seen from the other column when k lies above its expectation, so that k is always in the lower tail.
    above = k * N > n * K
    k, K = np.where(above, n - k, k), np.where(above, N - K, K)  # noqa: N806
    point = np.exp(log_probability(k, n, K, N))
    opposite = _opposite(k, n, K, N)
    p = tail(k, n, K, N, upwards=False)
    beyond = opposite <= np.minimum(n, K)
    p[beyond] += tail(opposite[beyond], n[beyond], K[beyond], N[beyond], upwards=True)
    return np.where(opposite == k + 1, 1.0, np.minimum(p, 1.0)), point


def _opposite(k: Ints, n: Ints, K: Ints, N: Ints) -> Ints:  # noqa: N803
    """Return the first table above k that is no likelier than k; one past the last where there is none."""
    limit = log_weight(k, n, K, N) + np.log1p(TIE)
    mode = (n + 1) * (K + 1) // (N + 2)
    low, high = np.maximum(k, mode), np.minimum(n, K) + 1
    # k itself may be the likeliest table: then everything is at most as likely, and the next one is the first.
    likeliest = (low == k) | (log_weight(low, n, K, N) <= limit)
    result = np.where(likeliest, k + 1, high)
    live = np.flatnonzero(~likeliest & (low + 1 < high))
    low, high = low[live], high[live]
    while live.size:
        middle = (low + high) // 2
        unlikelier = log_weight(middle, n[live], K[live], N[live]) <= limit[live]
        low, high = np.where(unlikelier, low, middle), np.where(unlikelier, middle, high)
        result[live] = high
        on = low + 1 < high
        live, low, high = live[on], low[on], high[on]
    return result
