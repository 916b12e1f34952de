"""A year of monthly samples as one estimate with bounds that hold however the overturned files lie among the months.

Each month's random part is a simple random sample of its own population, so that the number found in the year is a sum
of independent hypergeometric counts. How likely few are found depends on how the overturned files are spread over the
months; the bounds rest on the spread that hides most.

Where nothing was found the least favourable spread is known exactly: the chance that a month shows none of d overturned
files falls by the factor (N - d - n) / (N - d) with each further one, and that factor falls with d, so that every next
file belongs to the month with the largest factor. Otherwise the chance that at most k are found is at most what dynamic
programming gives that adds month to month and takes the best spread of those before for each number that they may show:
it may take several spreads at once where only one is possible, so that it errs on the safe side. How far it has to look
is known beforehand, and where it would take too long that alone is the bound: each hypergeometric count is a sum of
independent chances of yes or no (Vatutin & Mikhailov 1982, *Limit theorems for the number of empty cells in an
equiprobable scheme for group allocation of particles*), and of all such sums with one mean the binomial count has the
heaviest tails (Hoeffding 1956, *On the distribution of the number of successes in independent trials*, Annals of
Mathematical Statistics 27:713).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, gammaln

from qa_lib.statistics.finite import finite_population_bounds
from qa_lib.statistics.inputs import Floats, Ints, check_part, counts, error_rate, rate

_CLOSE = 1e-9
#: Steps of dynamic programming, in cells, that are worth their time: about a second.
_MOST_WORK = 300_000_000


@dataclass(frozen=True, kw_only=True)
class YearEstimate:
    """The files overturned over several freezes.

    Attributes
    ----------
    estimate
        The share overturned, each freeze weighted by its population; NaN where nothing was sampled.
    low, high
        Two-sided bounds of the number overturned, whole files.
    lower, upper
        One-sided bounds, each at the full confidence.
    population, sampled, found
        Files of the freezes that were sampled, files drawn, files found overturned.
    freezes, left_out
        Freezes used, and freezes of which nothing was drawn: the estimate says nothing of those.
    allowed, verdict
        How many overturned files the tolerable rate allows, and whether that is *shown*, *not shown* or *shown to
        fail*.
    confidence, method
        As asked; how the upper bounds were found.
    """

    estimate: float
    low: int
    high: int
    lower: int
    upper: int
    population: int
    sampled: int
    found: int
    freezes: int
    left_out: int
    allowed: int
    verdict: str
    confidence: float
    method: str


@dataclass(frozen=True)
class _Freeze:
    """One freeze: its files, those drawn, those found overturned, those that may be."""

    population: int
    sampled: int
    found: int
    worst: int

    @property
    def most(self) -> int:
        """The largest number overturned that what was seen allows."""
        return self.population - self.sampled + self.worst

    @property
    def fraction(self) -> Fraction:
        """The share drawn."""
        return Fraction(self.sampled, self.population)


def stratified_rate(
    N: ArrayLike,  # noqa: N803 - the names of the formula
    n: ArrayLike,
    x: ArrayLike,
    *,
    tolerable: str | Fraction = "0.05",
    confidence: float = 0.95,
    missing: ArrayLike = 0,
) -> YearEstimate:
    """Estimate the share overturned over several freezes, and bound how many are, whatever their spread.

    The estimate is ``sum(N_h p_h) / sum(N_h)``. A file that never came back counts as overturned for the upper bounds,
    and as endorsed for the lower ones and the estimate.

    Parameters
    ----------
    N, n, x
        Per freeze: files in the population, files drawn, files found overturned.
    tolerable
        The rate that the verdict is about.
    confidence
        Of the two-sided interval and of each one-sided bound.
    missing
        Per freeze: files drawn that never came back.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, or the rate is none.

    Examples
    --------
    >>> year = stratified_rate([100, 300], [5, 15], [1, 0])
    >>> round(year.estimate, 3), year.upper, year.verdict
    (0.05, 84, 'not shown')
    >>> stratified_rate([1350], [71], [0]).upper, stratified_rate([112] * 6 + [113] * 6, [6] * 11 + [5], [0] * 12).upper
    (54, 56)
    """
    _, (population, sampled, found, lost) = counts(N=N, n=n, x=x, missing=missing)
    check_part("n", sampled, "N", population)
    check_part("x + missing", found + lost, "n", sampled)
    limit, error = rate(tolerable, name="tolerable"), error_rate(confidence)
    used = sampled > 0
    rows = zip(population[used], sampled[used], found[used], (found + lost)[used], strict=True)
    freezes = [_Freeze(*map(int, row)) for row in rows]
    whole = sum(freeze.population for freeze in freezes)
    lower, upper = _lower(freezes, error), _upper(freezes, error)
    allowed = whole * limit.numerator // limit.denominator
    nothing_found = not any(freeze.worst for freeze in freezes)
    return YearEstimate(
        estimate=float(np.average(found[used] / sampled[used], weights=population[used])) if freezes else float("nan"),
        low=_lower(freezes, error / 2),
        high=_upper(freezes, error / 2),
        lower=lower,
        upper=upper,
        population=whole,
        sampled=int(sampled.sum()),
        found=int(found.sum()),
        freezes=len(freezes),
        left_out=int((~used & (population > 0)).sum()),
        allowed=allowed,
        verdict=_verdict(lower, upper, allowed if freezes else -1),
        confidence=confidence,
        method="least favourable spread, " + ("exact" if nothing_found or len(freezes) == 1 else "safe upper bound"),
    )


def _verdict(lower: int, upper: int, allowed: int) -> str:
    if upper <= allowed:
        return "shown"
    return "shown to fail" if lower > allowed >= 0 else "not shown"


def _upper(freezes: Sequence[_Freeze], error: Fraction) -> int:
    """Return the largest number overturned under which so few could be found with more than the error's chance."""
    if len(freezes) == 1:
        return _alone(freezes[0], error, "upper")
    if not any(freeze.worst for freeze in freezes):
        return _most_unseen(freezes, error)
    seen = sum(freeze.worst for freeze in freezes)
    furthest = _hoeffding(freezes, seen, error)
    work = sum(freeze.most for freeze in freezes) * (furthest + 1) * (seen + 1) ** 2
    return furthest if work > _MOST_WORK else _most_with(freezes, seen, error, furthest)


def _hoeffding(freezes: Sequence[_Freeze], seen: int, error: Fraction) -> int:
    """Return an upper bound of the number overturned, from the mean of the spread that shows fewest."""
    trials = sum(freeze.sampled for freeze in freezes)
    sparse = sorted(freezes, key=lambda freeze: freeze.fraction)

    def possible(number: int) -> bool:
        mean = _spread(number, [(freeze.fraction, freeze.most) for freeze in sparse])
        return mean < seen + 1 or _binomial_exceeds(seen, trials, mean, error)

    return _last(possible, seen, sum(freeze.most for freeze in freezes))


def _most_with(freezes: Sequence[_Freeze], seen: int, error: Fraction, furthest: int) -> int:
    """Return the largest number up to ``furthest`` of which so few are found with more than the error's chance.

    ``best[D, j]`` is at least the chance that the months so far show at most j of D overturned files.
    """
    best = np.zeros((furthest + 1, seen + 1))
    best[0] = 1.0
    for freeze in freezes:
        most = min(freeze.most, furthest)
        chances = _chances(freeze, np.arange(seen + 1)[:, None], np.arange(most + 1)[None, :])
        further = np.zeros_like(best)
        for d in range(most + 1):
            together = np.zeros((furthest + 1 - d, seen + 1))
            for a in range(seen + 1):
                together[:, a:] += chances[a, d] * best[: furthest + 1 - d, : seen + 1 - a]
            np.maximum(further[d:], together, out=further[d:])
        best = further
    # Rounding may not let a number go that is possible.
    return int(np.flatnonzero(best[:, seen] > float(error) - _CLOSE)[-1])


def _chances(freeze: _Freeze, shown: Ints, overturned: Ints) -> Floats:
    """Return the chance that a freeze shows so many of so many overturned files."""
    parts = ((overturned, shown), (freeze.population - overturned, freeze.sampled - shown))
    possible = np.ones(np.broadcast(shown, overturned).shape, dtype=bool)
    logs = np.zeros(possible.shape)
    for whole, part in parts:
        possible &= (part >= 0) & (part <= whole)
        inside = np.clip(part, 0, whole)
        logs += gammaln(whole + 1) - gammaln(inside + 1) - gammaln(whole - inside + 1)
    every = gammaln(freeze.population + 1) - gammaln(freeze.sampled + 1)
    every -= gammaln(freeze.population - freeze.sampled + 1)
    return np.where(possible, np.exp(logs - every), 0.0)


def _most_unseen(freezes: Sequence[_Freeze], error: Fraction) -> int:
    """Return the largest number overturned of which none is found with more than the error's chance, exactly."""
    left = [[freeze.population, freeze.population - freeze.sampled] for freeze in freezes]
    chance, whole, number = error.denominator, error.numerator, 0
    while left:
        best = max(left, key=lambda row: Fraction(row[1], row[0]))
        chance, whole = chance * best[1], whole * best[0]
        if chance <= whole:
            break
        number, best[0], best[1] = number + 1, best[0] - 1, best[1] - 1
    return number


def _lower(freezes: Sequence[_Freeze], error: Fraction) -> int:
    """Return the smallest number overturned under which so many could be found with more than the error's chance."""
    found = sum(freeze.found for freeze in freezes)
    if not found:
        return 0
    if len(freezes) == 1:
        return _alone(freezes[0], error, "lower")
    trials = sum(freeze.sampled for freeze in freezes)
    dense = sorted(freezes, key=lambda freeze: -freeze.fraction)

    def impossible(number: int) -> bool:
        mean = _spread(number, [(freeze.fraction, freeze.population) for freeze in dense])
        # As many found is as few endorsed: the mirror image.
        return mean <= found - 1 and not _binomial_exceeds(trials - found, trials, trials - mean, error)

    whole = sum(freeze.population for freeze in freezes)
    return max(found, _last(impossible, -1, whole) + 1)


def _alone(freeze: _Freeze, error: Fraction, which: str) -> int:
    bounds = finite_population_bounds(
        freeze.population,
        freeze.sampled,
        freeze.found,
        confidence=float(1 - error),
        missing=freeze.worst - freeze.found,
    )
    return int(getattr(bounds, which))


def _spread(number: int, room: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return how many of so many overturned files are found on average when they fill the freezes in this order."""
    mean = Fraction(0)
    for fraction, most in room:
        here = min(number, most)
        mean, number = mean + here * fraction, number - here
    return mean


def _binomial_exceeds(k: int, trials: int, mean: Fraction, error: Fraction) -> bool:
    """Say whether P(X <= k) of a binomial count with that mean is above the error; where it is close, exactly."""
    chance = float(bdtr(k, trials, float(mean / trials)))
    if abs(chance - float(error)) > _CLOSE:
        return chance > error
    share = mean / trials
    return sum(comb(trials, j) * share**j * (1 - share) ** (trials - j) for j in range(k + 1)) > error


def _last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the last number up to ``high`` for which something holds that holds at ``low`` and ends once."""
    while low < high:
        middle = low + (high - low + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
