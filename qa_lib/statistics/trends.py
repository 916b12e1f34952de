"""Groups in an order: whether success rises or falls along grades or bands of age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qa_lib.statistics.inputs import Ints, StatisticsError, check_part, counts
from qa_lib.statistics.several import SEED

_TIE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Whether the rates of ordered groups rise or fall.

    Attributes
    ----------
    slope
        Of the rates from one group to the next, by least squares with a weight per person; NaN without two groups.
    z
        The statistic of Cochran and Armitage, with the variance of drawing without replacement.
    p
        Two-sided, by tables of the same margins drawn at random; at least ``1 / (draws + 1)``.
    groups, n, draws, seed, method
        How.
    """

    slope: float
    z: float
    p: float
    groups: int
    n: int
    draws: int
    seed: int
    method: str = "Cochran-Armitage by Monte Carlo"


def trend(k: ArrayLike, n: ArrayLike, *, draws: int = 9_999, seed: int = SEED) -> Trend:
    """Test whether success rises or falls along groups that are given in their order, one step apart.

    Parameters
    ----------
    k, n
        Successes and people, one entry per group in order. A group of nobody keeps its place.
    draws, seed
        Tables to draw, and the seed of the random numbers.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, or ``draws`` is not positive.

    References
    ----------
    Cochran 1954, Biometrics 10:417; Armitage 1955, Biometrics 11:375.

    Examples
    --------
    >>> falling = trend([95, 90, 80], [100, 100, 100])
    >>> round(falling.slope, 4), falling.p < 0.01
    (-0.075, True)
    """
    _, (hits, people) = counts(k=k, n=n)
    check_part("k", hits, "n", people)
    if draws < 1:
        raise StatisticsError(f"draws is {draws}; expected a whole number of at least 1, such as 9999")
    groups = int(np.count_nonzero(people))
    told = {"groups": groups, "n": int(people.sum()), "draws": draws, "seed": seed}
    if groups < 2:
        return Trend(slope=float("nan"), z=float("nan"), p=float("nan"), **told)
    place = np.arange(len(people)) - (np.arange(len(people)) * people).sum() / people.sum()
    spread, all_n, all_k = float((people * place**2).sum()), int(people.sum()), int(hits.sum())
    seen = float((place * hits).sum())
    variance = spread * all_k * (all_n - all_k) / (all_n * (all_n - 1))
    z = seen / np.sqrt(variance) if variance > 0 else 0.0
    return Trend(slope=seen / spread, z=float(z), p=_by_drawing(people, all_k, place, abs(seen), draws, seed), **told)


def _by_drawing(people: Ints, all_k: int, place: np.ndarray, seen: float, draws: int, seed: int) -> float:
    generator = np.random.default_rng(seed)
    drawn = generator.multivariate_hypergeometric(people, all_k, size=draws, method="marginals")
    as_far = np.abs(drawn @ place) >= seen - _TIE * max(seen, 1.0)
    return float((1 + np.count_nonzero(as_far)) / (draws + 1))
