"""Providers, assessors or PoPs side by side: funnel limits. No league table: order by name or volume, never by rate.

Two sets of limits are shown together. The exact binomial ones say what chance alone gives if all had one true rate; the
over-dispersed ones also allow for the ordinary spread between providers that nobody has explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qa_lib.statistics.inputs import Floats, Ints, StatisticsError, check_part, counts
from qa_lib.statistics.proportions import normal_quantile, share

_WINSORISED = 0.1


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Rates with their funnel limits. One row of ``low`` and ``high`` per level, one column per provider.

    Attributes
    ----------
    rate, n
        Of each provider; the rate is NaN where n is 0.
    target
        The rate in the middle of the funnel.
    levels
        Confidence of each pair of limits.
    low, high
        Exact binomial limits.
    low_spread, high_spread
        Limits with over-dispersion.
    z, z_spread
        Standardised distances from the target on the arcsine scale, without and with over-dispersion.
    phi, tau2
        Mean square of the winsorised z, and the additive variance between providers; 0 where there is none to see.
    method
        How.
    """

    rate: Floats
    n: Ints
    target: float
    levels: tuple[float, ...]
    low: Floats
    high: Floats
    low_spread: Floats
    high_spread: Floats
    z: Floats
    z_spread: Floats
    phi: float
    tau2: float
    method: str = "exact binomial; arcsine with additive variance, 10 % winsorised"


def funnel_limits(
    k: ArrayLike, n: ArrayLike, *, target: float | None = None, levels: Sequence[float] = (0.95, 0.998)
) -> Funnel:
    """Put providers side by side against the limits that chance, and ordinary spread, would give.

    Parameters
    ----------
    k, n
        Successes and people of each provider.
    target
        The rate they are held against; by default that of all together.
    levels
        Confidence of the limits.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, nobody was counted, or the target is no rate.

    References
    ----------
    Spiegelhalter 2005, *Funnel plots for comparing institutional performance*, Statistics in Medicine 24:1185; over-
    dispersion: Spiegelhalter 2005, Quality and Safety in Health Care 14:347.

    Examples
    --------
    >>> funnel = funnel_limits([9, 80, 20], [10, 100, 20])
    >>> funnel.low.shape, round(funnel.target, 3)
    ((2, 3), 0.838)
    """
    shape, (hits, people) = counts(k=k, n=n)
    check_part("k", hits, "n", people)
    if len(shape) != 1 or people.sum() == 0:
        raise StatisticsError(
            f"k and n have shape {shape} and {people.sum()} people; give one entry per provider, not all 0"
        )
    middle = float(hits.sum() / people.sum()) if target is None else float(target)
    if not 0 <= middle <= 1:
        raise StatisticsError(f"target is {target}; expected a rate between 0 and 1")
    rate = share(hits, people)
    z = _distance(rate, people, middle, 0.0)
    phi, tau2 = spread(z[people > 0], people[people > 0])
    exact = [funnel_curve(people, target=middle, confidence=level) for level in levels]
    wide = [funnel_curve(people, target=middle, confidence=level, tau2=tau2) for level in levels]
    return Funnel(
        rate=rate,
        n=people,
        target=middle,
        levels=tuple(levels),
        low=np.stack([low for low, _ in exact]),
        high=np.stack([high for _, high in exact]),
        low_spread=np.stack([low for low, _ in wide]),
        high_spread=np.stack([high for _, high in wide]),
        z=z,
        z_spread=_distance(rate, people, middle, tau2),
        phi=phi,
        tau2=tau2,
    )


def funnel_curve(
    n: ArrayLike, *, target: float, confidence: float = 0.95, tau2: float | None = None
) -> tuple[Floats, Floats]:
    """Return lower and upper limits for each n: exact binomial, or with over-dispersion where ``tau2`` is given.

    Parameters
    ----------
    n
        Numbers of people, for instance along an axis; 0 has no limits.
    target
        The rate in the middle.
    confidence
        Of the limits.
    tau2
        Additive variance on the arcsine scale.
    """
    _, (people,) = counts(n=n)
    there = people > 0
    low, high = np.full(people.shape, np.nan), np.full(people.shape, np.nan)
    if tau2 is None:
        error = 1 - confidence
        low[there] = _exact(people[there], target, error / 2)
        high[there] = _exact(people[there], target, 1 - error / 2)
        return low, high
    half = normal_quantile(confidence) * np.sqrt(1 / (4 * people[there]) + tau2)
    centre = np.arcsin(np.sqrt(target))
    low[there] = np.sin(np.clip(centre - half, 0, np.pi / 2)) ** 2
    high[there] = np.sin(np.clip(centre + half, 0, np.pi / 2)) ** 2
    return low, high


def _exact(people: Ints, target: float, chance: float) -> Floats:
    """Return the binomial quantile as a rate, interpolated between whole numbers (Spiegelhalter 2005, A.1.1)."""
    from scipy.stats import binom  # takes long to import

    if target in (0, 1):
        return np.full(len(people), float(target))
    whole = np.maximum(binom.ppf(chance, people, target), 0)
    up_to, at = binom.cdf(whole, people, target), binom.pmf(whole, people, target)
    step = np.divide(up_to - chance, at, out=np.zeros(len(people)), where=at > 0)
    return np.clip((whole - step) / people, 0.0, 1.0)


def spread(z: Floats, n: Ints) -> tuple[float, float]:
    """Return phi, the mean square of the winsorised z, and tau squared, the variance between providers."""
    if len(z) < 2:
        return float("nan"), 0.0
    low, high = np.quantile(z, [_WINSORISED, 1 - _WINSORISED])
    phi = float((np.clip(z, low, high) ** 2).mean())
    weight = 4.0 * n
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    return phi, max(0.0, (len(z) * phi - (len(z) - 1)) / room)


def _distance(rate: Floats, people: Ints, target: float, tau2: float) -> Floats:
    variance = 1 / (4 * np.maximum(people, 1)) + tau2
    distance: Floats = (np.arcsin(np.sqrt(rate)) - np.arcsin(np.sqrt(target))) / np.sqrt(variance)
    return distance
