"""A difference of two groups, adjusted for the strata they are spread over differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from qa_lib.statistics.exact_tests import tables
from qa_lib.statistics.inputs import Floats, Ints, StatisticsError
from qa_lib.statistics.proportions import normal_quantile

_NOUGHT = 1e-12
#: Sato's interval is one for large samples: of fewer people in a group it decides nothing.
_ENOUGH = 10


@dataclass(frozen=True, kw_only=True)
class StratifiedDifference:
    """The difference of two groups within strata, beside the crude one. What cannot be had is NaN.

    Attributes
    ----------
    difference, low, high, error
        Mantel-Haenszel risk difference, first group less second, with Sato's interval and standard error.
    odds_ratio, odds_low, odds_high
        Mantel-Haenszel odds ratio with the interval of Robins, Breslow and Greenland.
    chi2, p
        Cochran-Mantel-Haenszel test without continuity correction.
    homogeneity_chi2, homogeneity_p
        Test of Breslow and Day with Tarone's correction that the odds ratio is the same in all strata; NaN where fewer
        than two strata say anything of it.
    crude_difference, crude_odds_ratio
        Of all strata thrown together.
    lowest, highest
        The smallest and the largest difference of a stratum.
    smaller
        People in the smaller of the two groups.
    strata, left_out
        Strata that hold both groups, and those that do not and say nothing.
    reversal
        The adjusted difference has the opposite sign of the crude one (Simpson).
    confidence, method
        As asked; how.
    """

    difference: float
    low: float
    high: float
    error: float
    odds_ratio: float
    odds_low: float
    odds_high: float
    chi2: float
    p: float
    homogeneity_chi2: float
    homogeneity_p: float
    crude_difference: float
    crude_odds_ratio: float
    lowest: float
    highest: float
    smaller: int
    strata: int
    left_out: int
    reversal: bool
    confidence: float
    method: str = "Mantel-Haenszel, Sato variance"

    @property
    def hidden(self) -> bool:
        """Say whether the crude difference lies outside the interval of the adjusted one; not of few people."""
        outside = not self.low <= self.crude_difference <= self.high
        return outside and self.error > 0 and self.smaller >= _ENOUGH

    @property
    def warning(self) -> str:
        """Return plain sentences where the mix misleads or the strata disagree, else nothing."""
        if self.strata == 0:
            return "No stratum holds both groups: the difference cannot be told apart from the mix."
        disagree = self.homogeneity_p <= 1 - self.confidence
        if not (self.reversal or self.hidden or disagree):
            return ""
        crude, adjusted = 100 * self.crude_difference, 100 * self.difference
        said = (
            f"All together the first group is {crude:+.1f} points from the second; within the strata it is "
            f"{adjusted:+.1f}"
        )
        if self.reversal:
            said += ": the sign turns (Simpson's paradox). Do not read the crude figure alone"
        elif self.hidden:
            said += ": the mix of strata changes it. Do not read the crude figure alone"
        if disagree:
            said += (
                f". The strata disagree: from {100 * self.lowest:+.1f} to {100 * self.highest:+.1f} points (p = "
                f"{self.homogeneity_p:.2g}). Look at each by itself"
            )
        return said + "."


def stratified_difference(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> StratifiedDifference:  # fmt: skip
    """Compare two groups within strata: one count per stratum, one answer over all.

    Parameters
    ----------
    k1, n1, k2, n2
        Successes and people of both groups, one entry per stratum.
    confidence
        Of the intervals.

    Raises
    ------
    StatisticsError
        Where the counts are not whole or not in order.

    References
    ----------
    Mantel & Haenszel 1959, JNCI 22:719; Sato 1989, Biometrics 45:1323; Tarone 1985, Biometrika 72:91; Robins, Breslow &
    Greenland 1986, Biometrics 42:311; Breslow & Day 1980, *Statistical Methods in Cancer Research* I, section 4.4.

    Examples
    --------
    >>> stones = stratified_difference([81, 192], [87, 263], [234, 55], [270, 80])
    >>> round(stones.crude_difference, 3), round(stones.difference, 3), stones.reversal
    (-0.046, 0.054, True)
    """
    shape, columns = tables(k1, n1, k2, n2)
    if len(shape) > 1:
        raise StatisticsError(f"the counts have shape {shape}; give one number per stratum")
    both = (columns[1] > 0) & (columns[3] > 0)
    inside = [column[both] for column in columns]
    crude = _difference(*(np.array([column.sum()]) for column in columns))
    difference, error = _difference(*inside)
    half = normal_quantile(confidence) * error
    each = inside[0] / inside[1] - inside[2] / inside[3]
    odds = _odds([column[_informative(*inside)] for column in inside], confidence)
    return StratifiedDifference(
        difference=difference,
        low=max(difference - half, -1.0),
        high=min(difference + half, 1.0),
        error=error,
        **odds,
        crude_difference=crude[0],
        crude_odds_ratio=_crude_odds(*(int(column.sum()) for column in columns)),
        lowest=float(each.min(initial=np.inf)) if each.size else float("nan"),
        highest=float(each.max(initial=-np.inf)) if each.size else float("nan"),
        smaller=int(min(columns[1].sum(), columns[3].sum())),
        strata=int(both.sum()),
        left_out=int((~both).sum()),
        reversal=bool(crude[0] * difference < 0 and min(abs(crude[0]), abs(difference)) > _NOUGHT),
        confidence=confidence,
    )


def _difference(k1: Ints, n1: Ints, k2: Ints, n2: Ints) -> tuple[float, float]:
    """Return the Mantel-Haenszel risk difference and Sato's standard error."""
    a, m, c, n = (column.astype(float) for column in (k1, n1, k2, n2))
    total = m + n
    weight = float((m * n / np.maximum(total, 1)).sum())
    if weight == 0:
        return float("nan"), float("nan")
    total = np.maximum(total, 1)
    difference = float(((a * n - c * m) / total).sum()) / weight
    within = ((m**2 * c - n**2 * a + m * n * (n - m) / 2) / total**2).sum()
    between = ((a * (n - c) + c * (m - a)) / total / 2).sum()
    return difference, float(np.sqrt(max(difference * within + between, 0.0))) / weight


def _informative(k1: Ints, n1: Ints, k2: Ints, n2: Ints) -> Floats:
    """Say which strata say something of the odds: those with both outcomes."""
    return np.asarray((k1 + k2 > 0) & (k1 + k2 < n1 + n2))


def _odds(columns: list[Ints], confidence: float) -> dict[str, Any]:
    """Return the odds ratio and its tests by statsmodels, NaN where they do not exist."""
    # Imported here: statsmodels takes a second, and only this needs it.
    from statsmodels.stats.contingency_tables import StratifiedTable

    names = ("odds_ratio", "odds_low", "odds_high", "chi2", "p")
    result: dict[str, Any] = dict.fromkeys(names, float("nan"))
    if not len(columns[0]):
        return result | _homogeneity(columns, 1.0)
    k1, n1, k2, n2 = (column.astype(float) for column in columns)
    table = StratifiedTable(np.array([[k1, n1 - k1], [k2, n2 - k2]]))
    with np.errstate(all="ignore"):
        test = table.test_null_odds(correction=False)
        result |= {"chi2": float(test.statistic), "p": float(test.pvalue), "odds_ratio": float(table.oddsratio_pooled)}
        if np.isfinite(result["odds_ratio"]) and result["odds_ratio"] > 0:
            low, high = table.oddsratio_pooled_confint(alpha=1 - confidence)
            result |= {"odds_low": float(low), "odds_high": float(high)}
    return result | _homogeneity(columns, result["odds_ratio"])


def _homogeneity(columns: list[Ints], odds: float) -> dict[str, float]:
    """Return the test of Breslow and Day with Tarone's correction that all strata share these odds.

    Where the common odds ratio is nought or infinite every stratum is as it must be, and they agree.
    """
    names = ("homogeneity_chi2", "homogeneity_p")
    if len(columns[0]) < 2:
        return dict.fromkeys(names, float("nan"))
    if odds == 0 or not np.isfinite(odds):
        return dict(zip(names, (0.0, 1.0), strict=True))
    k1, n1, k2, n2 = (column.astype(float) for column in columns)
    hits = k1 + k2
    # The smaller root of the quadratic, written so that it holds for odds of exactly one as well.
    b = n2 - hits + odds * (n1 + hits)
    expected = 2 * odds * n1 * hits / (b + np.sqrt(np.maximum(b * b - 4 * (odds - 1) * odds * n1 * hits, 0.0)))
    variance = 1 / sum(1 / cell for cell in (expected, n1 - expected, hits - expected, n2 - hits + expected))
    off = k1 - expected
    statistic = max(float((off**2 / variance).sum() - off.sum() ** 2 / variance.sum()), 0.0)
    return dict(zip(names, (statistic, float(chdtrc(len(k1) - 1, statistic))), strict=True))


def _crude_odds(k1: int, n1: int, k2: int, n2: int) -> float:
    above, below = k1 * (n2 - k2), k2 * (n1 - k1)
    if below == 0:
        return float("inf") if above else float("nan")
    return above / below
