"""The score interval of a difference with a correction for skewness, for whoever looks at one side only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import elementwise

from qa_lib.statistics.differences import restricted_rate, score_ends
from qa_lib.statistics.exact_tests import tables
from qa_lib.statistics.inputs import Floats, Numbers, in_blocks
from qa_lib.statistics.proportions import Interval, interval, normal_quantile, share

#: Places around the end without correction at which the score is looked at: it need not fall all the way.
_PLACES = np.linspace(-1.0, 1.0, 21)


def skewness_corrected_interval(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> Interval:  # fmt: skip
    """Return the score interval of ``k1/n1 - k2/n2`` corrected for skewness (SCAS); -1 to 1 where a group is empty.

    As :func:`qa_lib.statistics.differences.score_interval`, with the quantile ``z`` moved by ``g (z^2 - 1) / 6``, where
    ``g`` is the skewness of the observed difference under the one that is tried. What misses lies on either side about
    equally often.

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
    Gart & Nam 1990, Biometrics 46:637; with the factor N / (N - 1): Laud 2017, Pharmaceutical Statistics 16:334.

    Examples
    --------
    >>> found = skewness_corrected_interval(9, 10, 3, 10)
    >>> -1 < found.low < 0.6 < found.high < 1
    True
    """
    shape, (a, m, b, n) = tables(k1, n1, k2, n2)
    low, high = skewness_corrected_ends(a, m, b, n, z=np.full(a.shape, normal_quantile(confidence)))
    return interval(share(a, m) - share(b, n), low, high, m + n, shape, confidence, "score, corrected for skewness")


def skewness_corrected_ends(
    k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, *, z: Floats
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return both ends of the interval; effective numbers that are not whole will do."""
    return in_blocks(_ends, k1, n1, k2, n2, z)


def _ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, z: Floats) -> tuple[Floats, Floats]:
    low, high = np.full(k1.shape, -1.0), np.full(k1.shape, 1.0)
    known = (n1 > 0) & (n2 > 0)
    a, m, b, n = (column[known].astype(float) for column in (k1, n1, k2, n2))
    low[known] = _lower_end(a, m, b, n, z[known])
    high[known] = -_lower_end(b, n, a, m, z[known])
    return low, high


def _lower_end(k1: Floats, n1: Floats, k2: Floats, n2: Floats, z: Floats) -> Floats:
    """Return the smallest difference that is not rejected: where the score first falls below its quantile."""
    seen, columns = k1 / n1 - k2 / n2, (k1, n1, k2, n2, z)
    uncorrected = score_ends(k1, n1, k2, n2, z=z)[0]
    places = np.maximum(uncorrected + (seen - uncorrected) * _PLACES[:, None], -1.0)
    below = np.stack([_excess(place, *columns) < 0 for place in places])
    first = below.argmax(axis=0)
    left, right = (
        np.take_along_axis(places, np.expand_dims(at, 0), axis=0)[0] for at in (np.maximum(first - 1, 0), first)
    )
    result: Floats = np.where(below.any(axis=0), left, seen)
    crossing = np.flatnonzero(first > 0)
    if crossing.size:
        inside = tuple(column[crossing] for column in columns)
        found = elementwise.find_root(_excess, (left[crossing], right[crossing]), args=inside)
        result[crossing] = np.asarray(found.x)
    return result


def _excess(delta: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats, z: Floats) -> Floats:
    """Return by how much the difference seen is further from ``delta`` than its quantile there."""
    p1 = restricted_rate(delta, k1, n1, k2, n2)
    p2, people = np.clip(p1 - delta, 0.0, 1.0), n1 + n2
    one, other = p1 * (1 - p1) / n1, p2 * (1 - p2) / n2
    variance = (one + other) * people / (people - 1)
    third = one * (1 - 2 * p1) / n1 - other * (1 - 2 * p2) / n2
    moved = np.divide(third, 6 * variance, out=np.zeros_like(third), where=variance > 0) * (z * z - 1)
    result: Floats = k1 / n1 - k2 / n2 - delta - z * np.sqrt(variance) - moved
    return result
