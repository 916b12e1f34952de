"""Boschloo's exact unconditional test: Fisher's p as the statistic, its distribution under the worst common rate."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaln, xlog1py, xlogy

from qa_lib.statistics.exact_tests import TIE, tables
from qa_lib.statistics.inputs import Floats, Ints, Numbers, StatisticsError, plain

#: More tables than this for one pair of group sizes would take minutes and gigabytes.
_MOST_TABLES = 5_000_000
#: How far a grid point may lie below the peak next to it; how often and with how many points a peak is looked at.
_SLACK, _ZOOMS, _POINTS = 0.05, 7, 9

Booleans: TypeAlias = NDArray[np.bool_]


def boschloo(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, gamma: float = 1e-4
) -> Numbers:  # fmt: skip
    """Return Boschloo's two-sided p-value, which keeps its level whatever the common rate.

    Every table is ranked by Fisher's two-sided p (minimum likelihood). The p-value is the largest probability, over the
    common rate, of a table ranked at most as high as the one seen. With ``gamma`` above 0 (Berger & Boos) the common
    rate is sought in its Clopper-Pearson interval at ``1 - gamma`` only, and ``gamma`` is added: no p is then below it.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.
    gamma
        Error given to the interval of the common rate; 0 searches all rates.

    Returns
    -------
    float or array
        NaN where a group is empty.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, ``gamma`` is not small, or the groups are too large
        to enumerate.

    References
    ----------
    Boschloo 1970, Statistica Neerlandica 24:1; Berger & Boos 1994, JASA 89:1012; Mehrotra, Chan & Berger 2003,
    Biometrics 59:441.

    Examples
    --------
    >>> round(boschloo(3, 4, 1, 4, gamma=0), 6)
    0.289063
    """
    if not 0 <= gamma < 0.05:
        raise StatisticsError(f"gamma is {gamma!r}; expected 0, or a small error such as 1e-4")
    shape, columns = tables(k1, n1, k2, n2)
    p = [_one(*(int(value) for value in row), gamma=gamma) for row in zip(*columns, strict=True)]
    return plain(np.array(p, dtype=float), shape)


def _one(k1: int, n1: int, k2: int, n2: int, *, gamma: float) -> float:
    if n1 == 0 or n2 == 0:
        return float("nan")
    if n1 > n2:
        k1, n1, k2, n2 = k2, n2, k1, n1
    statistic = fisher_of_all(n1, n2)
    region = statistic <= statistic[k1, k2] * (1 + TIE)
    if region.all():
        return 1.0
    return min(1.0, _largest(region, *_rates(k1 + k2, n1 + n2, gamma)) + gamma)


def _rates(k: int, n: int, gamma: float) -> tuple[float, float]:
    """Return the common rates to search, on the arcsine scale."""
    if gamma == 0:
        return 0.0, float(np.pi / 2)
    low = betaincinv(k, n - k + 1, gamma / 2) if k > 0 else 0.0
    high = betaincinv(k + 1, n - k, 1 - gamma / 2) if k < n else 1.0
    return float(np.arcsin(np.sqrt(low))), float(np.arcsin(np.sqrt(high)))


def _largest(region: Booleans, low: float, high: float) -> float:
    """Return the largest probability of the region, by a grid finer than any ripple and a zoom on its peaks.

    On the arcsine scale every binomial smooths the error rate over about 1 / (2 sqrt(N)); the grid is half as wide.
    """
    people = sum(region.shape) - 2
    runs = _runs(region)
    angles = np.linspace(low, high, 3 + int(4 * np.sqrt(people) * (high - low)))
    chance = _probability(region.shape, runs, angles)
    padded = np.pad(chance, 1, constant_values=-1.0)
    best = float(chance.max())
    peaks = np.flatnonzero((chance >= padded[:-2]) & (chance >= padded[2:]) & (chance >= (1 - _SLACK) * best))
    left, right = angles[np.maximum(peaks - 1, 0)], angles[np.minimum(peaks + 1, len(angles) - 1)]
    for zoom in range(1, _ZOOMS + 1):
        closer = np.linspace(left, right, _POINTS)
        near = _probability(region.shape, runs, closer.ravel()).reshape(closer.shape)
        best = max(best, float(near.max()))
        # A peak is a parabola: each zoom narrows by 4, so a point can lie only a 16th as far below its own top.
        on = np.flatnonzero(near.max(axis=0) >= (1 - _SLACK / 16**zoom) * best)
        top = near[:, on].argmax(axis=0)
        left, right = closer[np.maximum(top - 1, 0), on], closer[np.minimum(top + 1, _POINTS - 1), on]
    return best


def _runs(region: Booleans) -> tuple[Ints, Ints, Ints, Floats]:
    """Split the region into a run from the left and one from the right per row, and the few tables between them."""
    width = region.shape[1]
    from_left = np.where(region.all(axis=1), width, (~region).argmax(axis=1))
    from_right = np.where(region.all(axis=1), 0, (~region[:, ::-1]).argmax(axis=1))
    column = np.arange(width)
    between = region & (column >= from_left[:, None]) & (column < width - from_right[:, None])
    rows = np.flatnonzero(between.any(axis=1))
    return from_left, from_right, rows, between[rows].astype(float)


def _probability(shape: tuple[int, ...], runs: tuple[Ints, Ints, Ints, Floats], angles: Floats) -> Floats:
    """Return the probability of a set of tables for each common rate ``sin(angle)**2``."""
    rates = np.sin(angles) ** 2
    first, second = (binomial_of_all(size - 1, rates) for size in shape)
    from_left, from_right, rows, between = runs
    nothing = np.zeros((1, len(angles)))
    # Sums of positive numbers, never a difference: tiny p-values keep their digits.
    inner = np.concatenate([nothing, np.cumsum(second, axis=0)])[from_left]
    inner += np.concatenate([nothing, np.cumsum(second[::-1], axis=0)])[from_right]
    inner[rows] += between @ second
    return np.asarray((first * inner).sum(axis=0))


def binomial_of_all(n: int, rates: Floats) -> Floats:
    """Return the binomial probabilities of 0 to n successes, one column per rate."""
    k = np.arange(n + 1)[:, None]
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    result: Floats = np.exp(choose + xlogy(k, rates) + xlog1py(n - k, -rates))
    return result


@lru_cache(maxsize=8)
def fisher_of_all(n1: int, n2: int) -> Floats:
    """Return Fisher's two-sided p of every table of two group sizes, successes of the first down, of the second across.

    Raises
    ------
    StatisticsError
        Where there are too many tables.
    """
    if (n1 + 1) * (n2 + 1) > _MOST_TABLES:
        text = f"groups of {n1} and {n2} make more than {_MOST_TABLES:,} tables"
        raise StatisticsError(f"{text}; Boschloo's test is for small groups: use fisher_midp")
    first, total = np.arange(n1 + 1)[:, None], np.arange(n1 + n2 + 1)
    second = total - first
    inside = (second >= 0) & (second <= n2)
    log1, log2, both = (gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) for n, k in _sides(n1, n2))
    log = np.where(inside, log1[:, None] + log2[np.clip(second, 0, n2)] - both, np.inf)
    chance = np.exp(np.minimum(log, 1.0))
    order = np.argsort(chance, axis=0)
    ascending = np.take_along_axis(chance, order, axis=0)
    sums = np.cumsum(ascending, axis=0)
    ends = np.ones_like(inside)
    ends[:-1] = ascending[1:] > ascending[:-1] * (1 + TIE)
    rows = np.where(ends, np.arange(n1 + 1)[:, None], n1)
    last = np.minimum.accumulate(rows[::-1], axis=0)[::-1]
    p = np.empty_like(chance)
    np.put_along_axis(p, order, np.take_along_axis(sums, last, axis=0), axis=0)
    of_pair: Floats = np.minimum(p[first, first + np.arange(n2 + 1)], 1.0)
    of_pair.setflags(write=False)
    return of_pair


def _sides(n1: int, n2: int) -> list[tuple[int, Floats]]:
    return [(n, np.arange(n + 1.0)) for n in (n1, n2, n1 + n2)]
