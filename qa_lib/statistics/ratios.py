"""Ratios of two proportions: the score interval, and equivalence where a rule speaks of per cent of a rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import elementwise
from scipy.special import ndtr

from qa_lib.statistics.differences import Equivalence, inner_level
from qa_lib.statistics.exact_tests import tables
from qa_lib.statistics.inputs import Floats, Ints, Numbers, in_blocks, plain
from qa_lib.statistics.proportions import Interval, interval, normal_quantile, share

#: The search for an end starts this far from the estimate, where the variance may be exactly nought.
_OFF = 1e-12


def ratio_interval(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> Interval:  # fmt: skip
    """Return the Miettinen-Nurminen score interval of the ratio of ``k1/n1`` to ``k2/n2``.

    The ends are the ratios at which the score test, with the variance under that ratio and the factor N / (N - 1), just
    rejects. It is 0 to infinity where a group is empty or nobody succeeds at all.

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
    Miettinen & Nurminen 1985, Statistics in Medicine 4:213, section 3; Koopman 1984, Biometrics 40:513.

    Examples
    --------
    >>> interval = ratio_interval(36, 40, 16, 80)
    >>> round(interval.low, 4), round(interval.high, 4)
    (2.9346, 7.1663)
    """
    shape, columns = tables(k1, n1, k2, n2)
    a, m, b, n = columns
    low, high = ratio_ends(*columns, z=normal_quantile(confidence))
    rates, others = share(a, m), share(b, n)
    estimate = np.divide(rates, others, out=np.where(rates > 0, np.inf, np.nan), where=others > 0)
    return interval(estimate, low, high, m + n, shape, confidence, "Miettinen-Nurminen score of the ratio")


def ratio_equivalence(
    k1: ArrayLike,
    n1: ArrayLike,
    k2: ArrayLike,
    n2: ArrayLike,
    *,
    margin: str | Fraction,
    confidence: float = 0.95,
) -> Equivalence:
    """Say whether the data show that the first rate differs from the second by less than ``margin`` of the second.

    Two one-sided tests at one minus the confidence: the score interval of the ratio at ``2 * confidence - 1`` lies
    strictly between ``1 - margin`` and ``1 + margin``.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people in the two groups.
    margin
        As text or ``Fraction``, such as ``"0.10"`` for ten per cent of the second rate.
    confidence
        Of each one-sided test.

    Raises
    ------
    StatisticsError
        Where the counts, the margin or the confidence make no sense.

    References
    ----------
    Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657; score statistic as :func:`ratio_interval`.

    Examples
    --------
    >>> ratio_equivalence(350, 1000, 395, 1000, margin="0.10").equivalent
    False
    """
    exact, inner = inner_level(margin, confidence)
    shape, columns = tables(k1, n1, k2, n2)
    low, high = ratio_ends(*columns, z=normal_quantile(float(inner)))
    known = (columns[1] > 0) & (columns[3] > 0)
    limit = float(exact)
    p = np.maximum(ndtr(-_score(columns, 1 - limit)), ndtr(_score(columns, 1 + limit)))
    return Equivalence(
        equivalent=plain(known & (low > 1 - limit) & (high < 1 + limit), shape),
        p=plain(np.where(known, p, np.nan), shape),
        low=plain(low, shape),
        high=plain(high, shape),
        margin=exact,
        confidence=confidence,
        method="two one-sided Miettinen-Nurminen score tests of the ratio",
    )


def ratio_ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, *, z: float | Floats) -> tuple[Floats, Floats]:
    """Return both ends of the score interval of the ratio; ``z`` may be one for all tables, or one for each."""
    return in_blocks(_ratio_ends, k1, n1, k2, n2, np.broadcast_to(np.asarray(z, dtype=float), k1.shape))


def _ratio_ends(k1: Numbers, n1: Numbers, k2: Numbers, n2: Numbers, z: Floats) -> tuple[Floats, Floats]:
    low, high = np.zeros(k1.shape), np.full(k1.shape, np.inf)
    known = (n1 > 0) & (n2 > 0)
    for end, columns in ((low, (k1, n1, k2, n2)), (high, (k2, n2, k1, n1))):
        bounded = known & (columns[0] > 0)
        found = _lower_share(*(column[bounded].astype(float) for column in columns), z=z[bounded])
        # The upper end is one over the lower one of the groups exchanged.
        end[bounded] = found / (1 - found) if end is low else (1 - found) / found
    return low, high


def _lower_share(k1: Floats, n1: Floats, k2: Floats, n2: Floats, *, z: Floats) -> Floats:
    """Return ratio / (1 + ratio) for the smallest ratio that is not rejected: that runs from 0 to 1."""
    p1, p2 = k1 / n1, k2 / n2

    def excess(place: Floats, *columns: Floats) -> Floats:
        gap, variance = _scaled(place, *columns[:4])
        return gap - columns[4] * np.sqrt(variance)

    found = elementwise.find_root(
        excess, (np.zeros(k1.shape), p1 / (p1 + p2) * (1 - _OFF)), args=(k1, n1, k2, n2, z),
        tolerances={"xatol": 1e-15, "xrtol": 1e-14},
    )  # fmt: skip
    return np.asarray(found.x)


def _scaled(place: Floats, k1: Floats, n1: Floats, k2: Floats, n2: Floats) -> tuple[Floats, Floats]:
    """Return first rate less ratio times second, and its variance under that ratio, both scaled to stay finite."""
    other, people, hits = 1 - place, n1 + n2, k1 + k2
    b = n1 * place + k1 * other + n2 * other + k2 * place
    root = np.sqrt(np.maximum(b * b - 4 * people * place * hits * other, 0.0))
    # The smaller root of the quadratic, written so that nothing is subtracted.
    common = np.divide(2 * hits, b + root, out=np.zeros_like(b), where=b + root > 0)
    p1, p2 = np.clip(place * common, 0.0, 1.0), np.clip(other * common, 0.0, 1.0)
    variance = (other**2 * p1 * (1 - p1) / n1 + place**2 * p2 * (1 - p2) / n2) * people / (people - 1)
    return other * k1 / n1 - place * k2 / n2, variance


def _score(columns: list[Ints], ratio: float) -> Floats:
    """Return the score statistic against a ratio; 0 where a group is empty."""
    k1, n1, k2, n2 = (column.astype(float) for column in columns)
    known = (n1 > 0) & (n2 > 0)
    gap, variance = _scaled(np.full(k1.shape, ratio / (1 + ratio)), k1, np.maximum(n1, 1), k2, np.maximum(n2, 1))
    infinite: Floats = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    result: Floats = np.divide(gap, np.sqrt(variance), out=infinite, where=variance > 0)
    return np.where(known, result, 0.0)
