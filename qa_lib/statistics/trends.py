"""Groups in an order: whether success rises or falls along grades or bands of age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qa_lib.statistics.clusters import DRAWS
from qa_lib.statistics.inputs import Floats, Ints, StatisticsError, check_part, counts
from qa_lib.statistics.several import SEED

_METHOD = "Cochran-Armitage by Monte Carlo"
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
    method: str


def trend(k: ArrayLike, n: ArrayLike, *, draws: int = DRAWS, seed: int = SEED) -> Trend:
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
    return _trend(hits, people, np.arange(len(people)), _drawn_tables, draws, seed)


def clustered_trend(k: ArrayLike, n: ArrayLike, place: ArrayLike, *, draws: int = DRAWS, seed: int = SEED) -> Trend:
    """Test the same where people move together: the places of whole clusters are handed out anew at random.

    Parameters
    ----------
    k, n, place
        Successes, people and place of the group in the order, one entry per cluster.
    draws, seed
        Random assignments, and their seed.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, or ``draws`` is not positive.
    """
    _, (hits, people, places) = counts(k=k, n=n, place=place)
    check_part("k", hits, "n", people)
    order = np.lexsort((places, hits, people))
    order = order[people[order] > 0]
    return _trend(hits[order], people[order], places[order], _drawn_places, draws, seed)


def _trend(hits: Ints, people: Ints, place: Ints, drawn: Callable[..., Floats], draws: int, seed: int) -> Trend:
    if draws < 1:
        raise StatisticsError(f"draws is {draws}; expected a whole number of at least 1, such as 9999")
    groups = len(np.unique(place[people > 0]))
    by = "places" if drawn is _drawn_places else "people"
    all_n, all_k, method = int(people.sum()), int(hits.sum()), f"{_METHOD} by {by}"
    if groups < 2:
        nan = float("nan")
        return Trend(slope=nan, z=nan, p=nan, groups=groups, n=all_n, draws=draws, seed=seed, method=method)
    centred = place - (place * people).sum() / all_n
    spread, seen = float((people * centred**2).sum()), float((centred * hits).sum())
    variance = spread * all_k * (all_n - all_k) / (all_n * (all_n - 1))
    others = drawn(hits, people, centred, draws, np.random.default_rng(seed))
    as_far = np.count_nonzero(np.abs(others) >= abs(seen) - _TIE * max(abs(seen), 1.0))
    z = seen / float(np.sqrt(variance)) if variance > 0 else 0.0
    p = float((1 + as_far) / (draws + 1))
    return Trend(slope=seen / spread, z=z, p=p, groups=groups, n=all_n, draws=draws, seed=seed, method=method)


def _drawn_tables(hits: Ints, people: Ints, centred: Floats, draws: int, generator: np.random.Generator) -> Floats:
    """Return the statistic where the same successes fall to the same people at random."""
    tables = generator.multivariate_hypergeometric(people, int(hits.sum()), size=draws, method="marginals")
    return np.asarray(tables @ centred)


def _drawn_places(hits: Ints, people: Ints, centred: Floats, draws: int, generator: np.random.Generator) -> Floats:
    """Return the statistic where the places fall to the same clusters at random."""
    surplus = hits - people * hits.sum() / people.sum()
    return np.array([generator.permutation(centred) @ surplus for _ in range(draws)])
