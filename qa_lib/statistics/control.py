"""One figure over time: the XmR chart, which tells a signal from the ordinary up and down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa_lib.statistics.inputs import Floats, StatisticsError

#: Limits of single values and of moving ranges, in mean moving ranges: 3 / 1.128 and 3.267 (Shewhart's constants).
_VALUES, _RANGES = 2.66, 3.267


@dataclass(frozen=True, kw_only=True)
class XmR:
    """A series with its natural process limits. NaN where fewer than two values follow each other.

    Attributes
    ----------
    values, ranges
        The series, and the moving range to the value before (first NaN).
    mean, mean_range
        Of the values, and of the ranges used.
    low, high, range_limit
        Limits of the values, and the upper limit of the ranges before any were left out.
    outside
        Values beyond the limits: signals.
    left_out
        Ranges left out by screening.
    method
        How.
    """

    values: Floats
    ranges: Floats
    mean: float
    mean_range: float
    low: float
    high: float
    range_limit: float
    outside: NDArray[np.bool_]
    left_out: int
    method: str = "XmR, 2.66 mean moving ranges"


def xmr(values: ArrayLike, *, screen: bool = False) -> XmR:
    """Chart single values over time with limits from their moving ranges.

    Parameters
    ----------
    values
        One number per period, in order; NaN for a period without one, which breaks the chain of ranges.
    screen
        Leave out moving ranges of 3.267 mean ranges or more, once, so that one leap does not widen the limits.

    Raises
    ------
    StatisticsError
        Where the values are not numbers in one dimension.

    References
    ----------
    Wheeler 2000, *Understanding Variation*; Nelson 1982, J. Quality Technology 14:172 for the screening, as
    NHSRplotthedots does it.

    Examples
    --------
    >>> chart = xmr([10, 12, 11, 13])
    >>> round(chart.low, 2), round(chart.high, 2)
    (7.07, 15.93)
    """
    series = _series(values)
    ranges = np.abs(np.diff(series, prepend=np.nan))
    used = ranges[~np.isnan(ranges)]
    limit = _RANGES * _mean(used)
    kept = used[used < limit] if screen and (used < limit).any() else used
    mean, mean_range = _mean(series[~np.isnan(series)]), _mean(kept)
    low, high = mean - _VALUES * mean_range, mean + _VALUES * mean_range
    return XmR(
        values=series,
        ranges=ranges,
        mean=mean,
        mean_range=mean_range,
        low=low,
        high=high,
        range_limit=limit,
        outside=(series < low) | (series > high),
        left_out=len(used) - len(kept),
    )


def _series(values: Any) -> Floats:
    try:
        series: Floats = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        series = np.empty((0, 0))
    if series.ndim != 1 or np.isinf(series).any():
        raise StatisticsError("values are not a list of numbers; give one number per period, NaN where there is none")
    return series


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
