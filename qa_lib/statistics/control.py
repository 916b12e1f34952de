"""One figure over time: the XmR chart, which tells a signal from the ordinary up and down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa_lib.statistics.inputs import Floats, StatisticsError

#: Limits of single values and of moving ranges, in mean moving ranges: 3 / 1.128 and 3.267 (Shewhart's constants).
_VALUES, _RANGES = 2.66, 3.267
#: So many values it takes for limits, and so many in a row on one side of the mean are a signal.
FEWEST, RUN = 8, 8
#: What rounding may leave of a distance of nought, as a share of the values' size.
_CLOSE = 1e-12


@dataclass(frozen=True, kw_only=True)
class XmR:
    """A series with its natural process limits: NaN, and no signals, where there are too few values for limits.

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
    in_run
        Values of a run on one side of the mean that is long enough to be a signal, although each is within the limits.
    known, fewest
        How many values there are, and how many it takes for limits.
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
    in_run: NDArray[np.bool_]
    known: int
    fewest: int
    left_out: int
    method: str = "XmR, 2.66 mean moving ranges"


def xmr(values: ArrayLike, *, screen: bool = False, fewest: int = FEWEST, run: int = RUN) -> XmR:
    """Chart single values over time with limits from their moving ranges, and runs on one side of their mean.

    Parameters
    ----------
    values
        One number per period, in order; NaN for a period without one, which breaks the chain of ranges.
    screen
        Leave out moving ranges of 3.267 mean ranges or more, once, so that one leap does not widen the limits.
    fewest
        With fewer values there are no limits: each further one would move them far.
    run
        So many values in a row on one side of the mean are a signal. A value on the mean, or a period without one, ends
        a run.

    Raises
    ------
    StatisticsError
        Where the values are not numbers in one dimension.

    References
    ----------
    Wheeler 2000, *Understanding Variation*; Western Electric 1956, *Statistical Quality Control Handbook*, for the run
    of eight (by chance 1 in 128 for any eight values); Nelson 1982, J. Quality Technology 14:172 for the screening, as
    NHSRplotthedots does it.

    Examples
    --------
    >>> chart = xmr([10, 12, 11, 13, 10, 12, 11, 13])
    >>> round(chart.low, 2), round(chart.high, 2)
    (6.56, 16.44)
    """
    series = _series(values)
    ranges = np.abs(np.diff(series, prepend=np.nan))
    used = ranges[~np.isnan(ranges)]
    limit = _RANGES * _mean(used)
    kept = used[used < limit] if screen and (used < limit).any() else used
    known = series[~np.isnan(series)]
    enough = len(known) >= fewest
    mean, mean_range = _mean(known), _mean(kept)
    reach = _VALUES * mean_range if enough else float("nan")
    low, high = mean - reach, mean + reach
    return XmR(
        values=series,
        ranges=ranges,
        mean=mean,
        mean_range=mean_range,
        low=low,
        high=high,
        range_limit=limit,
        outside=(_side(series, low) < 0) | (_side(series, high) > 0),
        in_run=_runs(series, mean, run) & enough,
        known=len(known),
        fewest=fewest,
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


def _runs(series: Floats, mean: float, length: int) -> NDArray[np.bool_]:
    """Say which values belong to a run of at least this length on one side of the mean."""
    side = np.nan_to_num(_side(series, mean))
    starts = np.flatnonzero(np.diff(side, prepend=np.nan) != 0)
    lengths = np.diff(np.append(starts, len(side)))
    result: NDArray[np.bool_] = (side != 0) & (np.repeat(lengths, lengths) >= length)
    return result


def _side(series: Floats, line: float) -> Floats:
    """Say on which side of a line each value lies: 1 above, -1 below, 0 on it but for rounding."""
    apart = series - line
    result: Floats = np.where(np.abs(apart) > _CLOSE * np.abs(line), np.sign(apart), 0.0 * apart)
    return result


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
