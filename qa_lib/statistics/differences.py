"""Intervals of the difference of two proportions, and equivalence by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise
from scipy.special import ndtr

from qa_lib.statistics.exact_tests import tables
from qa_lib.statistics.inputs import Floats, Ints, Numbers, StatisticsError, error_rate, in_blocks, plain, rate
from qa_lib.statistics.proportions import Interval, interval, normal_quantile, share, wilson_ends

#: The search for an end starts this far from the estimate, where the variance may be exactly nought.
_OFF = 1e-12
#: How near to Newcombe's end the score interval's is sought first, as a part of the way from there to the estimate.
_NEAR = 0.2
_EXACT: Any = {"xatol": 1e-13, "xrtol": 1e-14}
#: Steps that bring the likeliest rate from half its digits to all of them.
_POLISH = 2
#: How many times larger one group must be for that to be needed.
_UNEVEN = 30


def score_interval(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> Interval:  # fmt: skip
    """Return the Miettinen-Nurminen score interval of ``k1/n1 - k2/n2``; -1 to 1 where a group is empty.

    The ends are the differences at which the score test, with the variance under that difference and the factor
    N / (N - 1), just rejects.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.
    confidence
        Of the two-sided interval.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Miettinen & Nurminen 1985, Statistics in Medicine 4:213; the closed form of the rates under a difference: Farrington
    & Manning 1990, Statistics in Medicine 9:1447.

    Examples
    --------
    >>> interval = score_interval(9, 10, 3, 10)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.17, 0.8406)
    """
    return _interval(score_ends, (k1, n1, k2, n2), confidence, "Miettinen-Nurminen score")


def newcombe_interval(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> Interval:  # fmt: skip
    """Return Newcombe's hybrid score interval of ``k1/n1 - k2/n2``; -1 to 1 where a group is empty.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.
    confidence
        Of the two-sided interval.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17:873, method 10.

    Examples
    --------
    >>> interval = newcombe_interval(56, 70, 48, 80)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0524, 0.3339)
    """
    return _interval(newcombe_ends, (k1, n1, k2, n2), confidence, "Newcombe hybrid score")


@dataclass(frozen=True, kw_only=True)
class Equivalence:
    """Whether two proportions are shown to differ by less than a margin.

    Attributes
    ----------
    equivalent
        The interval lies strictly inside the margin on both sides.
    p
        The larger of the two one-sided score p-values.
    low, high
        The score interval at ``2 * confidence - 1``: 90 % for 0.95.
    margin, confidence, method
        As asked; how.
    """

    equivalent: Numbers
    p: Numbers
    low: Numbers
    high: Numbers
    margin: Fraction
    confidence: float
    method: str = "two one-sided Miettinen-Nurminen score tests"


def equivalence(
    k1: ArrayLike,
    n1: ArrayLike,
    k2: ArrayLike,
    n2: ArrayLike,
    *,
    margin: str | Fraction,
    confidence: float = 0.95,
) -> Equivalence:
    """Say whether the data show that two proportions differ by less than ``margin``.

    Two one-sided tests at one minus the confidence, by the score interval at ``2 * confidence - 1``.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.
    margin
        As text or ``Fraction``, such as ``"0.10"`` for ten points.
    confidence
        Of each one-sided test.

    Raises
    ------
    StatisticsError
        Where the counts, the margin or the confidence make no sense.

    References
    ----------
    Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657; score statistic as :func:`score_interval`.

    Examples
    --------
    >>> equivalence(900, 1000, 905, 1000, margin="0.10").equivalent
    True
    """
    exact, inner = inner_level(margin, confidence)
    shape, columns = tables(k1, n1, k2, n2)
    low, high = score_ends(*columns, z=normal_quantile(float(inner)))
    known = (columns[1] > 0) & (columns[3] > 0)
    limit = float(exact)
    p = np.maximum(ndtr(-_score(columns, -limit)), ndtr(_score(columns, limit)))
    return Equivalence(
        equivalent=plain(known & (low > -limit) & (high < limit), shape),
        p=plain(np.where(known, p, np.nan), shape),
        low=plain(low, shape),
        high=plain(high, shape),
        margin=exact,
        confidence=confidence,
    )


def inner_level(margin: str | Fraction, confidence: float) -> tuple[Fraction, Fraction]:
    """Return the margin of equivalence as a fraction, and the level of the interval that shows it.

    Raises
    ------
    StatisticsError
        Where the margin is nought or no rate, or the confidence leaves nothing between two one-sided tests.
    """
    exact = rate(margin, name="margin")
    inner = 1 - 2 * error_rate(confidence)
    if inner <= 0 or exact == 0:
        text = f"margin is {margin} and confidence {confidence}"
        raise StatisticsError(f"{text}; expected a margin above 0 and a confidence above 0.5")
    return exact, inner


def score_ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, *, z: float | Floats) -> tuple[Floats, Floats]:
    """Return both ends of the score interval; ``z`` may be one for all tables, or one for each.

    Effective numbers that are not whole will do: people who are no independent ones count as fewer.
    """
    return in_blocks(_score_ends, k1, n1, k2, n2, np.broadcast_to(np.asarray(z, dtype=float), k1.shape))


def _score_ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, z: Floats) -> tuple[Floats, Floats]:
    low, high = np.full(k1.shape, -1.0), np.full(k1.shape, 1.0)
    known = (n1 > 0) & (n2 > 0)
    a, m, b, n = (column[known].astype(float) for column in (k1, n1, k2, n2))
    # The upper end is the lower one of the groups exchanged; both are searched at once.
    both = (np.concatenate(pair) for pair in ((a, b), (m, n), (b, a), (n, m), (z[known], z[known])))
    low[known], negated = np.split(_lower_end(*both), 2)
    high[known] = -negated
    return low, high


def _lower_end(k1: Floats, n1: Floats, k2: Floats, n2: Floats, z: Floats) -> Floats:
    """Return the smallest difference that the score test does not reject."""
    seen = k1 / n1 - k2 / n2
    start = np.maximum(seen - _OFF, -1.0)

    def excess(delta: Floats, *columns: Floats) -> Floats:
        counted, quantile = columns[:4], columns[4]
        p1, p2 = counted[0] / counted[1], counted[2] / counted[3]
        return p1 - p2 - delta - quantile * np.sqrt(_variance(delta, *counted))

    columns = (k1, n1, k2, n2, z)
    # Newcombe's end is near: the search begins there, and everywhere only where that was not near enough.
    near = _newcombe_low(k1, n1, k2, n2, z)
    width = _NEAR * (start - near)
    found = elementwise.find_root(
        excess, (np.maximum(near - width, -1.0), np.minimum(near + width, start)), args=columns, tolerances=_EXACT
    )
    result = np.asarray(found.x)
    lost = np.flatnonzero(~np.asarray(found.success))
    if lost.size:
        ends = (np.full(lost.shape, -1.0), start[lost])
        again = elementwise.find_root(excess, ends, args=tuple(column[lost] for column in columns), tolerances=_EXACT)
        result[lost] = np.asarray(again.x)
    return np.where(seen <= -1.0, -1.0, result)


def _newcombe_low(k1: Floats, n1: Floats, k2: Floats, n2: Floats, z: Floats) -> Floats:
    """Return the lower end of Newcombe's interval."""
    p1, p2 = k1 / n1, k2 / n2
    result: Floats = p1 - p2 - np.hypot(p1 - wilson_ends(k1, n1, z)[0], wilson_ends(k2, n2, z)[1] - p2)
    return result


def _variance(delta: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats) -> Floats:
    """Return the variance of the observed difference under a true one of ``delta``, with the factor N / (N - 1)."""
    people = n1 + n2
    p1 = restricted_rate(delta, k1, n1, k2, n2)
    p2 = np.clip(p1 - delta, 0.0, 1.0)
    return (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * people / (people - 1)


def restricted_rate(delta: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats) -> Floats:
    """Return the likeliest first rate when the first exceeds the second by ``delta``: the middle root of a cubic."""
    ratio, p1, p2 = n2 / n1, k1 / n1, k2 / n2
    a = 1 + ratio
    b = -(1 + ratio + p1 + ratio * p2 + delta * (ratio + 2))
    c = delta * delta + delta * (2 * p1 + ratio + 1) + p1 + ratio * p2
    d = -p1 * delta * (1 + delta)
    third = b / (3 * a)
    v = third**3 - b * c / (6 * a * a) + d / (2 * a)
    u = np.copysign(np.sqrt(np.maximum(third * third - c / (3 * a), 0.0)), v)
    cube = u**3
    cosine = np.divide(v, cube, out=np.ones_like(cube), where=cube != 0)
    angle = (np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3
    lowest, highest = np.maximum(delta, 0.0), np.minimum(1.0, 1.0 + delta)
    root: Floats = np.clip(2 * u * np.cos(angle) - third, lowest, highest)
    uneven = np.flatnonzero((ratio > _UNEVEN) | (ratio < 1 / _UNEVEN))
    if uneven.size:
        # With few people against very many the closed form loses half its digits.
        given = np.broadcast_arrays(delta, k1, n1, k2, n2, lowest, highest)
        root.flat[uneven] = _polished(root.flat[uneven], *(column.flat[uneven] for column in given))
    return root


def _polished(
    root: Floats, delta: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats, lowest: Floats, highest: Floats
) -> Floats:
    """Return the likeliest first rate after some of Newton's steps, which win back what was lost."""
    slope, change = _score_of_rate(root, delta, k1, n1, k2, n2)
    for _ in range(_POLISH):
        step = np.divide(slope, change, out=np.zeros_like(slope), where=change < 0)
        nearer = np.clip(root - step, lowest, highest)
        next_slope, next_change = _score_of_rate(nearer, delta, k1, n1, k2, n2)
        better = np.abs(next_slope) < np.abs(slope)
        root, slope = np.where(better, nearer, root), np.where(better, next_slope, slope)
        change = np.where(better, next_change, change)
    return root


def _score_of_rate(p1: Floats, delta: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats) -> tuple[Floats, Floats]:
    """Return the score of the first rate times all variances, the cubic in its factors, and its derivative."""
    p2 = p1 - delta
    first, second, odds1, odds2 = k1 - n1 * p1, k2 - n2 * p2, p1 * (1 - p1), p2 * (1 - p2)
    derivative = first * (1 - 2 * p2) - n1 * odds2 + second * (1 - 2 * p1) - n2 * odds1
    return first * odds2 + second * odds1, derivative


def _score(columns: list[Ints], delta: float) -> Floats:
    """Return the score statistic of the observed difference against ``delta``; 0 where a group is empty."""
    k1, n1, k2, n2 = (column.astype(float) for column in columns)
    known = (n1 > 0) & (n2 > 0)
    n1, n2 = np.maximum(n1, 1), np.maximum(n2, 1)
    deviation = np.sqrt(_variance(np.full(k1.shape, delta), k1, n1, k2, n2))
    gap = k1 / n1 - k2 / n2 - delta
    infinite: NDArray[np.float64] = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    return np.where(known, np.divide(gap, deviation, out=infinite, where=deviation > 0), 0.0)


def newcombe_ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, *, z: float | Floats) -> tuple[Floats, Floats]:
    """Return both ends of Newcombe's interval."""
    (low1, high1), (low2, high2) = wilson_ends(k1, n1, z), wilson_ends(k2, n2, z)
    known = (n1 > 0) & (n2 > 0)
    p1, p2 = k1 / np.maximum(n1, 1), k2 / np.maximum(n2, 1)
    low = p1 - p2 - np.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + np.hypot(high1 - p1, p2 - low2)
    return np.where(known, np.maximum(low, -1.0), -1.0), np.where(known, np.minimum(high, 1.0), 1.0)


def _interval(
    ends: Callable[..., tuple[Floats, Floats]], given: tuple[ArrayLike, ...], confidence: float, method: str
) -> Interval:
    shape, (k1, n1, k2, n2) = tables(*given)
    low, high = ends(k1, n1, k2, n2, z=normal_quantile(confidence))
    return interval(share(k1, n1) - share(k2, n2), low, high, n1 + n2, shape, confidence, method)
