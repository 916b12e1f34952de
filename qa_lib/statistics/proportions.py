"""Intervals of one proportion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri

from qa_lib.statistics.inputs import Floats, Ints, Numbers, check_part, counts, error_rate, plain


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its interval.

    Attributes
    ----------
    estimate
        A rate or a difference of rates, between -1 and 1; NaN where nobody was counted.
    low, high
        Ends of the interval.
    n
        How many it rests on: of both groups together for a difference.
    confidence, method
        As asked; how.
    """

    estimate: Numbers
    low: Numbers
    high: Numbers
    n: Numbers
    confidence: float
    method: str


def wilson_interval(k: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of a proportion; 0 to 1 where nobody was counted.

    Parameters
    ----------
    k, n
        Successes and people.
    confidence
        Of the two-sided interval.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Wilson 1927, JASA 22:209; Newcombe 1998, Statistics in Medicine 17:857, method 3.

    Examples
    --------
    >>> interval = wilson_interval(15, 148)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0624, 0.1605)
    """
    shape, (part, whole) = _of_one(k, n)
    ends = wilson_ends(part, whole, normal_quantile(confidence))
    return interval(share(part, whole), *ends, whole, shape, confidence, "Wilson")


def clopper_pearson_interval(k: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the exact interval of a proportion, which never covers less than it says; 0 to 1 where nobody was counted.

    Parameters
    ----------
    k, n
        Successes and people.
    confidence
        Of the two-sided interval.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26:404.

    Examples
    --------
    >>> round(clopper_pearson_interval(0, 20).high, 4)
    0.1684
    """
    shape, (part, whole) = _of_one(k, n)
    ends = clopper_pearson_ends(part.astype(float), whole.astype(float), float(error_rate(confidence)))
    return interval(share(part, whole), *ends, whole, shape, confidence, "Clopper-Pearson")


def wilson_ends(k: Numbers, n: Numbers, z: float | Floats) -> tuple[Floats, Floats]:
    """Return both ends of Wilson's interval."""
    people = np.where(n > 0, n, 1).astype(float)
    p = k / people
    half = z * np.sqrt(p * (1 - p) / people + z * z / (4 * people * people))
    centre, scale = p + z * z / (2 * people), 1 + z * z / people
    low = np.where(k > 0, (centre - half) / scale, 0.0)
    high = np.where(k < n, (centre + half) / scale, 1.0)
    return low, np.where(n > 0, high, 1.0)


def clopper_pearson_ends(k: Floats, n: Floats, error: float) -> tuple[Floats, Floats]:
    """Return both ends of the exact interval, also for effective numbers that are not whole."""
    low = betaincinv(np.maximum(k, 1e-300), n - k + 1, error / 2)
    high = betaincinv(k + 1, np.maximum(n - k, 1e-300), 1 - error / 2)
    return np.where(k > 0, low, 0.0), np.where(k < n, high, 1.0)


def normal_quantile(confidence: float) -> float:
    """Return the two-sided normal quantile: 1.96 for 0.95."""
    return float(-ndtri(float(error_rate(confidence)) / 2))


def share(part: Ints, whole: Ints) -> Floats:
    """Return part over whole, NaN where the whole is nothing."""
    result: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return result


def _of_one(k: ArrayLike, n: ArrayLike) -> tuple[tuple[int, ...], list[Ints]]:
    shape, (part, whole) = counts(k=k, n=n)
    check_part("k", part, "n", whole)
    return shape, [part, whole]


def interval(
    estimate: Floats, low: Floats, high: Floats, n: Ints, shape: tuple[int, ...], confidence: float, method: str
) -> Interval:
    """Return an interval whose figures have the shape of what was given."""
    figures = {"estimate": estimate, "low": low, "high": high, "n": n}
    named = {name: plain(figure, shape) for name, figure in figures.items()}
    return Interval(**named, confidence=confidence, method=method)
