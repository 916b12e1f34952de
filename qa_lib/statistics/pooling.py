"""How probable it is that a group's true gap is beyond the margin, if groups are alike: partial pooling.

A group of five tells little by itself. Taken with all other groups it tells more, if one is ready to say that true
rates of groups lie around their provider's rate by a spread that all share. That is a model and not the rule's verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, betaln

from qa_lib.statistics.inputs import Floats
from qa_lib.statistics.proportions import share
from qa_lib.statistics.thresholds import Reading

#: Places at which the rest's rate is tried: the middles of as many equally probable parts.
_PARTS = 16
#: Spreads that are tried: standard deviations of true rates, as parts of the largest there could be at their centre.
SPREADS = (np.arange(20) + 0.5) / 40


def spread_weights(k: NDArray[Any], n: NDArray[Any], centre: Floats) -> Floats:
    """Return how probable each of ``SPREADS`` is, given the groups, if all were equally probable before.

    Parameters
    ----------
    k, n
        Successes and people of each group.
    centre
        The rate around which each group's true one lies by a beta distribution, strictly between 0 and 1.

    References
    ----------
    Beta-binomial likelihood: Griffiths 1973, Biometrics 29:637.
    """
    likelihood = np.zeros(len(SPREADS))
    for place, precision in enumerate(_precisions()):
        a, b = centre * precision, (1 - centre) * precision
        likelihood[place] = (betaln(a + k, b + n - k) - betaln(a, b)).sum()
    weights: Floats = np.exp(likelihood - likelihood.max())
    result: Floats = weights / weights.sum()
    return result


def _precisions() -> Floats:
    result: Floats = 1 / SPREADS**2 - 1
    return result


def chance_beyond(table: Mapping[str, NDArray[Any]], *, limit: Fraction, reading: Reading) -> Floats:
    """Return the probability that each group's true rate is more than the margin from that of all, by the model.

    The group's rate is beta given its people and a spread that all groups of the table share and that is weighed by
    them; the rest's is beta given its own people alone. The rate of all is their mean by numbers of people.

    Parameters
    ----------
    table
        ``k, n, k_rest, rest_n, k_overall, n_overall, missing`` of every group.
    limit, reading
        The margin, in points of 1 or relative to the rate of all.

    Returns
    -------
    array
        NaN for missing values, and where there is nobody or nobody else.
    """
    k, n, rest_k, rest_n = (np.asarray(table[name]).astype(float) for name in ("k", "n", "k_rest", "rest_n"))
    centre = share(np.asarray(table["k_overall"]), np.asarray(table["n_overall"]))
    known = ~np.asarray(table["missing"]) & (n > 0) & (rest_n > 0)
    result = np.full(len(k), np.nan)
    informed = known & (centre > 0) & (centre < 1)
    result[known & ~informed] = 0.0
    if not informed.any():
        return result
    k, n, rest_k, rest_n, centre = (column[informed] for column in (k, n, rest_k, rest_n, centre))
    weights = spread_weights(k, n, centre)
    parts = (np.arange(_PARTS) + 0.5)[:, None] / _PARTS
    rest: Any = betaincinv(rest_k + 0.5, rest_n - rest_k + 0.5, parts)
    below, above = _beyond(rest, n / (n + rest_n), float(limit), reading)
    chance = np.zeros_like(k)
    for weight, precision in zip(weights, _precisions(), strict=True):
        a, b = k + centre * precision, n - k + (1 - centre) * precision
        chance += weight * (betainc(a, b, below) + 1 - betainc(a, b, above)).mean(axis=0)
    result[informed] = chance
    return result


def _beyond(rest: Floats, own: Floats, limit: float, reading: Reading) -> tuple[Floats, Floats]:
    """Return below and above which rates a group of this share is beyond the margin, for each rate of the rest."""
    if reading == "points":
        below, above = rest - limit / (1 - own), rest + limit / (1 - own)
    else:
        left = 1 - own * (1 + limit)
        above = np.where(left > 0, (1 + limit) * (1 - own) * rest / np.where(left > 0, left, 1), 1.0)
        below = (1 - limit) * (1 - own) * rest / (1 - own * (1 - limit))
    return np.clip(below, 0, 1), np.clip(above, 0, 1)
