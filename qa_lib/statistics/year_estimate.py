"""A year of monthly samples as one estimate. Exact bounds exist per freeze only; this is approximate and says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from qa_lib.statistics.inputs import Floats, check_part, counts, error_rate
from qa_lib.statistics.proportions import clopper_pearson_ends


@dataclass(frozen=True, kw_only=True)
class YearEstimate:
    """The share overturned over several freezes, each weighted by its population.

    Attributes
    ----------
    estimate, low, high
        A rate between 0 and 1; NaN and 0 to 1 where nothing was sampled.
    population, sampled, found
        Files of the freezes that were sampled, files drawn, files found overturned.
    freezes, left_out
        Freezes used, and freezes of which nothing was drawn: the estimate says nothing of those.
    effective
        The effective sample size behind the interval.
    confidence, method
        As asked; how.
    """

    estimate: float
    low: float
    high: float
    population: int
    sampled: int
    found: int
    freezes: int
    left_out: int
    effective: float
    confidence: float
    method: str = "stratified, Korn-Graubard interval (approximate)"


def stratified_rate(
    N: ArrayLike,  # noqa: N803 - the names of the formula
    n: ArrayLike,
    x: ArrayLike,
    *,
    confidence: float = 0.95,
    missing: ArrayLike = 0,
) -> YearEstimate:
    """Estimate the share overturned over several freezes, with an approximate interval.

    The estimate is ``sum(N_h p_h) / sum(N_h)``. Its interval is the exact binomial one at the effective sample size,
    which is never taken to be larger than the files drawn: sampling fractions of a twentieth gain little, and to err is
    to err on the safe side. Freezes of which one file was drawn share the overall rate's variance. A file that never
    came back counts as overturned for ``high``, and as endorsed for ``low`` and the estimate.

    Parameters
    ----------
    N, n, x
        Per freeze: files in the population, files drawn, files found overturned.
    confidence
        Of the two-sided interval.
    missing
        Per freeze: files drawn that never came back.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Korn & Graubard 1998, Survey Methodology 24:193; the cap of the effective size: Parker et al. 2017, *National Center
    for Health Statistics data presentation standards for proportions*.

    Examples
    --------
    >>> year = stratified_rate([100, 300], [5, 15], [1, 0])
    >>> round(year.estimate, 3)
    0.05
    """
    _, (population, sampled, found, lost) = counts(N=N, n=n, x=x, missing=missing)
    check_part("n", sampled, "N", population)
    check_part("x + missing", found + lost, "n", sampled)
    used = sampled > 0
    whole, drawn = population[used].astype(float), sampled[used].astype(float)
    error = float(error_rate(confidence))
    low_rate, low, _, effective = _interval(whole, drawn, found[used].astype(float), error=error)
    _, _, high, _ = _interval(whole, drawn, (found + lost)[used].astype(float), error=error)
    return YearEstimate(
        estimate=low_rate,
        low=low,
        high=high,
        population=int(population[used].sum()),
        sampled=int(sampled.sum()),
        found=int(found.sum()),
        freezes=int(used.sum()),
        left_out=int((~used & (population > 0)).sum()),
        effective=effective,
        confidence=confidence,
    )


def _interval(population: Floats, sampled: Floats, found: Floats, *, error: float) -> tuple[float, float, float, float]:
    """Return estimate, low, high and the effective sample size."""
    if not len(population):
        return float("nan"), 0.0, 1.0, 0.0
    weight = population / population.sum()
    p = found / sampled
    rate = min(float((weight * p).sum()), 1.0)
    if (sampled == population).all():
        return rate, rate, rate, float(sampled.sum())
    alone = sampled == 1
    spread = np.where(alone, rate * (1 - rate), p * (1 - p) / np.maximum(sampled - 1, 1))
    variance = float((weight**2 * (1 - sampled / population) * spread).sum())
    drawn = float(sampled.sum())
    effective = drawn
    if variance > 0:
        freedom = max(float((sampled - 1).sum()) + max(int(alone.sum()) - 1, 0), 1.0)
        wider = (stdtrit(max(drawn - 1, 1.0), error / 2) / stdtrit(freedom, error / 2)) ** 2
        effective = min(drawn, rate * (1 - rate) / variance * float(wider))
    low, high = clopper_pearson_ends(np.array([rate * effective]), np.array([effective]), error)
    return rate, float(low[0]), float(high[0]), effective
