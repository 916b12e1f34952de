"""Several groups at once: one overall answer before the pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from qa_lib.statistics.exact_tests import TIE
from qa_lib.statistics.inputs import Floats, Ints, StatisticsError, check_part, counts

#: Fixed, so that the same table always gives the same p.
SEED = 20_260_101


@dataclass(frozen=True, kw_only=True)
class Omnibus:
    """Whether several groups could share one rate.

    Attributes
    ----------
    p
        The Monte Carlo p-value, at least ``1 / (draws + 1)``; NaN where fewer than two groups have people.
    error
        Its standard error from drawing.
    groups, n, k
        Groups with people, people, successes.
    draws, seed, method
        How.
    """

    p: float
    error: float
    groups: int
    n: int
    k: int
    draws: int
    seed: int
    method: str = "Fisher-Freeman-Halton by Monte Carlo"


def omnibus(k: ArrayLike, n: ArrayLike, *, draws: int = 9_999, seed: int = SEED) -> Omnibus:
    """Test whether several groups share one rate, by tables with the same margins no likelier than the one seen.

    The tables are drawn at random from a fixed seed, after the groups have been put in a fixed order: neither their
    names nor the order of the rows change the answer.

    Parameters
    ----------
    k, n
        Successes and people, one entry per group.
    draws
        Tables to draw.
    seed
        Of the random numbers.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order, or ``draws`` is not positive.

    References
    ----------
    Freeman & Halton 1951, Biometrika 38:141; the added one: Davison & Hinkley 1997, section 4.2.

    Examples
    --------
    >>> omnibus([5, 5, 5], [10, 10, 10]).p
    1.0
    """
    _, (hits, people) = counts(k=k, n=n)
    check_part("k", hits, "n", people)
    if draws < 1:
        raise StatisticsError(f"draws is {draws}; expected a whole number of at least 1, such as 9999")
    order = np.lexsort((hits, people))
    order = order[people[order] > 0]
    hits, people = hits[order], people[order]
    p = _monte_carlo(hits, people, draws, seed) if len(people) > 1 else float("nan")
    return Omnibus(
        p=p, error=float(np.sqrt(p * (1 - p) / (draws + 1))), groups=len(people), n=int(people.sum()),
        k=int(hits.sum()), draws=draws, seed=seed,
    )  # fmt: skip


def _monte_carlo(hits: Ints, people: Ints, draws: int, seed: int) -> float:
    generator = np.random.default_rng(seed)
    drawn = generator.multivariate_hypergeometric(people, int(hits.sum()), size=draws, method="marginals")
    seen, others = _log_weight(hits, people), _log_weight(drawn, people)
    return float((1 + np.count_nonzero(others <= seen + TIE)) / (draws + 1))


def _log_weight(hits: Ints, people: Ints) -> Floats:
    return np.asarray(-(gammaln(hits + 1.0) + gammaln(people - hits + 1.0)).sum(axis=-1))
