"""What a simple random sample without replacement says of a finite population of files.

All bounds invert the exact hypergeometric test: a number M of overturned files in the population is compatible with
what was found unless the probability of a result at least as extreme is at most the error allowed (J. P. Buonaccorsi
1987, *A note on confidence intervals for proportions in finite populations*; for planning, the AICPA guide *Audit
Sampling*). Floats only point the way: wherever a probability lies within 1e-9 of the error allowed, integers decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa_lib.statistics.hypergeometric import cumulative, exact_cumulative
from qa_lib.statistics.inputs import Ints, Numbers, StatisticsError, check_part, counts, error_rate, plain, rate

_CLOSE = 1e-9
_BLOCK = 4096
#: Whether a claim allows the tolerable rate itself.
ClaimKind: TypeAlias = Literal["at most", "below"]


@dataclass(frozen=True, kw_only=True)
class FiniteBounds:
    """How many of the population are overturned, as far as a random sample shows.

    Attributes
    ----------
    population, sampled, found
        N, n and x as given.
    estimate
        The population's number by proportion, N x / n; NaN where nothing was sampled.
    low, high
        Two-sided bounds, whole files.
    lower, upper
        One-sided bounds, each at the full confidence.
    confidence, method
        As asked; how.
    """

    population: Numbers
    sampled: Numbers
    found: Numbers
    estimate: Numbers
    low: Numbers
    high: Numbers
    lower: Numbers
    upper: Numbers
    confidence: float
    method: str = "exact hypergeometric"


def finite_population_bounds(
    N: ArrayLike,  # noqa: N803 - the names of the formula
    n: ArrayLike,
    x: ArrayLike,
    *,
    confidence: float = 0.95,
    missing: ArrayLike = 0,
) -> FiniteBounds:
    """Bound the number of overturned files in a population from a simple random sample.

    Parameters
    ----------
    N, n, x
        Files in the population, files drawn, files found overturned among those that came back.
    confidence
        Of the two-sided interval and of each one-sided bound.
    missing
        Files of the sample that never came back: overturned for the upper bounds, endorsed for the lower ones.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    Examples
    --------
    >>> finite_population_bounds(1000, 59, 0).upper
    48
    """
    shape, (population, sampled, found, lost) = counts(N=N, n=n, x=x, missing=missing)
    check_part("n", sampled, "N", population)
    check_part("x + missing", found + lost, "n", sampled)
    error = error_rate(confidence)
    worst = found + lost
    estimate = np.divide(population * found, sampled, out=np.full(found.shape, np.nan), where=sampled > 0)
    return FiniteBounds(
        population=plain(population, shape),
        sampled=plain(sampled, shape),
        found=plain(found, shape),
        estimate=plain(estimate, shape),
        low=plain(_lower(population, sampled, found, error / 2), shape),
        high=plain(_upper(population, sampled, worst, error / 2), shape),
        lower=plain(_lower(population, sampled, found, error), shape),
        upper=plain(_upper(population, sampled, worst, error), shape),
        confidence=confidence,
    )


def _upper(population: Ints, sampled: Ints, found: Ints, error: Fraction) -> Ints:
    """Return the largest M with P(X <= found) above the error, by bisection (P falls as M grows)."""
    low, high = found.copy(), population - sampled + found
    while (low < high).any():
        middle = low + (high - low + 1) // 2
        possible = exceeds(found, sampled, middle, population, error)
        low, high = np.where(possible, middle, low), np.where(possible, high, np.minimum(high, middle - 1))
        low = np.minimum(low, high)
    return low


def _lower(population: Ints, sampled: Ints, found: Ints, error: Fraction) -> Ints:
    """Return the smallest M with P(X >= found) above the error: the mirror image, counting endorsed files."""
    return population - _upper(population, sampled, sampled - found, error)


def exceeds(k: Ints, n: Ints, K: Ints, N: Ints, error: Fraction) -> NDArray[np.bool_]:  # noqa: N803
    """Say where P(X <= k) > error, by floats where that is safe and by integers where it is close."""
    probability = cumulative(k, n, K, N)
    result: NDArray[np.bool_] = np.asarray(probability > float(error))
    close = np.abs(probability - float(error)) <= _CLOSE * float(error)
    for at in np.flatnonzero(close):
        result[at] = exact_cumulative(int(k[at]), int(n[at]), int(K[at]), int(N[at])) > error
    return result


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a sample says of the claim that at most a tolerable share is overturned.

    Attributes
    ----------
    point_rule
        The framework's own rule on the sample's rate: ``met``, ``not met``, or ``open`` where files that never came
        back decide it.
    verdict
        ``shown``, ``not shown`` or ``shown to fail``, each at the confidence, for the population.
    allowed
        The most overturned files in the population for which the claim is true.
    bounds
        What the verdict rests on.
    """

    point_rule: Numbers
    verdict: Numbers
    allowed: Numbers
    bounds: FiniteBounds


def judge_claim(
    N: ArrayLike,  # noqa: N803
    n: ArrayLike,
    x: ArrayLike,
    *,
    tolerable: str | Fraction,
    confidence: float = 0.95,
    missing: ArrayLike = 0,
) -> Claim:
    """Judge "no more than ``tolerable`` overturned": the point rule, and what the sample shows of the population.

    Raises
    ------
    StatisticsError
        As :func:`finite_population_bounds`, or where the rate is not one.

    Examples
    --------
    >>> judge_claim(1000, 100, 5, tolerable="0.05").point_rule
    'met'
    >>> judge_claim(1000, 100, 5, tolerable="0.05").verdict
    'not shown'
    """
    limit = rate(tolerable, name="tolerable")
    bounds = finite_population_bounds(N, n, x, confidence=confidence, missing=missing)
    lower, upper = np.ravel(bounds.lower), np.ravel(bounds.upper)
    shape, (population, sampled, found, lost) = counts(N=N, n=n, x=x, missing=missing)
    allowed = whole_share(population, limit)
    most_in_sample = whole_share(sampled, limit)
    point = np.where(found > most_in_sample, "not met", np.where(found + lost <= most_in_sample, "met", "open"))
    point = np.where(sampled == 0, "open", point)
    shown = np.where(lower > allowed, "shown to fail", "not shown")
    verdict = np.where(upper <= allowed, "shown", shown)
    return Claim(
        point_rule=plain(point, shape), verdict=plain(verdict, shape), allowed=plain(allowed, shape), bounds=bounds
    )


def whole_share(whole: Ints, share: Fraction) -> Ints:
    """Return ``floor(share * whole)`` exactly."""
    return np.array([int(value) * share.numerator // share.denominator for value in whole], dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class SampleSize:
    """How many files a claim needs.

    Attributes
    ----------
    population
        N; ``None`` for one without end.
    n
        The smallest sample that shows the claim when at most ``allowed`` of it are overturned.
    allowed
        Overturned files in the sample that still show it.
    detectable
        The fewest overturned files in the population with which the claim is false; ``None`` for one without end.
    tolerable, expected
        The claim's rate, and the rate planned for.
    claim
        ``at most``, or ``below``, the tolerable rate.
    confidence, method
        As asked; how.
    """

    population: int | None
    n: int
    allowed: int
    detectable: int | None
    tolerable: Fraction
    expected: Fraction
    claim: ClaimKind
    confidence: float
    method: str = "exact hypergeometric"


def sample_size(
    N: int | None,  # noqa: N803
    *,
    tolerable: str | Fraction,
    expected: str | Fraction | int = 0,
    allowed: int | None = None,
    claim: ClaimKind = "at most",
    confidence: float = 0.95,
) -> SampleSize:
    """Find the smallest random sample that can show "no more than ``tolerable`` overturned".

    A sample of n shows it when ``ceil(expected * n)`` overturned files in it (exact arithmetic), or ``allowed`` where
    that is given, would be found with a probability of at most one minus the confidence if the claim were just false.
    With how many overturned files of N it is, two conventions say differently, where the rate is a whole number of
    files: see ``claim``.

    Parameters
    ----------
    N
        Files in the population; ``None`` takes one without end (binomial), as printed tables do.
    tolerable, expected
        Rates as text or ``Fraction``; the expected one is what the sample may itself show.
    allowed
        A fixed number of overturned files, of at least 0, instead of an expected rate.
    claim
        ``at most`` the tolerable rate t, as the framework has it, is false from ``floor(t N) + 1`` overturned files on;
        ``below`` it from ``ceil(t N)`` on. The second takes the larger sample; EZ-Quant and the R package ``jfa`` plan
        so. For a population without end both are the same.
    confidence
        With which the claim is to be shown.

    Raises
    ------
    StatisticsError
        Where the rates are not in order, the number allowed is none, or no sample can show the claim.

    Examples
    --------
    >>> sample_size(1000, tolerable="0.05").n, sample_size(1000, tolerable="0.05", claim="below").n
    (56, 57)
    """
    limit, planned = rate(tolerable, name="tolerable"), rate(expected, name="expected")
    if not planned < limit < 1:
        text = f"tolerable is {limit} and expected {planned}"
        raise StatisticsError(f"{text}; expected must lie below tolerable and tolerable below 1: plan with other rates")
    error = error_rate(confidence)
    population = None if N is None else int(counts(N=N)[1][0][0])
    fixed = None if allowed is None else int(counts(allowed=allowed)[1][0][0])
    detectable = None if population is None else _detectable(population, limit, claim)
    last = population if population is not None else 10_000_000
    for first in range(1, last + 1, _BLOCK):
        n = np.arange(first, min(first + _BLOCK, last + 1))
        found = _ceil_share(n, planned) if fixed is None else np.full_like(n, fixed)
        enough = np.flatnonzero(~_could_be_worse(found, n, population, detectable, limit, error) & (found <= n))
        if enough.size:
            size, most = int(n[enough[0]]), int(found[enough[0]])
            return SampleSize(
                population=population, n=size, allowed=most, detectable=detectable, tolerable=limit, expected=planned,
                claim=claim, confidence=confidence,
                method="exact hypergeometric" if population is not None else "exact binomial",
            )  # fmt: skip
    raise StatisticsError(
        f"no sample of {population} files can show that at most {float(limit):g} of them are overturned when so many "
        "may be found; expect fewer, or tolerate more"
    )


def _ceil_share(whole: Ints, share: Fraction) -> Ints:
    return -whole_share(whole, -share)


def _detectable(population: int, limit: Fraction, claim: ClaimKind) -> int:
    """Return the fewest overturned files with which a claim is false: at least one, and at most all."""
    if claim not in ("at most", "below"):
        raise StatisticsError(f"claim is {claim!r}; expected at most or below")
    exact = population * limit
    return floor(exact) + 1 if claim == "at most" else max(ceil(exact), 1)


def _could_be_worse(
    found: Ints, n: Ints, population: int | None, detectable: int | None, limit: Fraction, error: Fraction
) -> NDArray[np.bool_]:
    """Say where the claim may be false and the sample still find as few."""
    if population is None or detectable is None:
        from scipy.stats import binom  # takes long to import

        result: NDArray[np.bool_] = np.asarray(binom.cdf(found, n, float(limit)) > float(error))
        return result
    whole = np.full_like(n, population)
    return exceeds(found, n, np.full_like(n, detectable), whole, error)


@dataclass(frozen=True, kw_only=True)
class OperatingCharacteristic:
    """How often a sampling plan passes, by what is true of the population.

    Attributes
    ----------
    overturned, rate
        The truth: overturned files in the population, and their share of it.
    probability
        That at most ``allowed`` of the n files drawn are overturned.
    population, sampled, allowed
        The plan.
    """

    overturned: Ints
    rate: Numbers
    probability: Numbers
    population: int
    sampled: int
    allowed: int
    method: str = "exact hypergeometric"


def operating_characteristic(
    N: int,  # noqa: N803
    n: int,
    allowed: int,
    *,
    overturned: ArrayLike | None = None,
) -> OperatingCharacteristic:
    """Give the probability that a plan passes for each true number of overturned files.

    Parameters
    ----------
    N, n, allowed
        Files in the population, files drawn, overturned files with which the sample still passes.
    overturned
        The true numbers to ask about; by default about a thousand from none to all.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    Examples
    --------
    >>> operating_characteristic(100, 45, 0, overturned=[2]).probability
    array([0.3])
    """
    asked = np.unique(np.arange(0, 1001) * int(counts(N=N)[1][0][0]) // 1000) if overturned is None else overturned
    shape, (truth, population, sampled, passing) = counts(overturned=asked, N=N, n=n, allowed=allowed)
    check_part("n", sampled, "N", population)
    check_part("overturned", truth, "N", population)
    return OperatingCharacteristic(
        overturned=plain(truth, shape),
        rate=plain(np.divide(truth, population, out=np.zeros(truth.shape), where=population > 0), shape),
        probability=plain(cumulative(passing, sampled, truth, population), shape),
        population=int(population.max(initial=0)),
        sampled=int(sampled.max(initial=0)),
        allowed=int(passing.max(initial=0)),
    )
