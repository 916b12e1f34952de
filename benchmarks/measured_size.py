"""Measure error rates of the tests and coverage of the intervals, over all tables: no simulation.

Run ``python benchmarks/measured_size.py``; it prints the tables that stand in ``docs/methods.md``.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2, norm

from qa_lib.statistics.differences import newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp, two_sided
from qa_lib.statistics.inputs import Floats, Ints
from qa_lib.statistics.skewness import skewness_corrected_interval
from qa_lib.statistics.unconditional import binomial_of_all, boschloo

DESIGNS = [(5, 95), (20, 80), (30, 970)]
LEVEL = 0.05
#: Common rates at which errors are measured, and the grid of pairs of rates for coverage.
COMMON = np.sin(np.linspace(0.005, np.pi / 2 - 0.005, 1500)) ** 2
PAIRS = np.linspace(0.02, 0.98, 49)
#: Where schemes live: most people succeed.
USUAL = (0.7, 0.97)


def main() -> None:
    """Print both tables as Markdown."""
    print("| groups | test | largest error | at rate | largest from 70 % to 97 % | mean |")
    print("|---|---|---|---|---|---|")
    for sizes in DESIGNS:
        for name, rejected in tests(*sizes).items():
            print(f"| {sizes[0]} + {sizes[1]} | {name} | {' | '.join(error_rates(rejected))} |")
    print()
    print("| groups | interval | smallest coverage | at rates | smallest from 70 % to 97 % | mean |")
    print("|---|---|---|---|---|---|")
    for sizes in DESIGNS:
        for name, (low, high) in intervals(*sizes).items():
            print(f"| {sizes[0]} + {sizes[1]} | {name} | {' | '.join(coverage(low, high))} |")
    print()
    print("| groups | interval | most often wholly below | at rates | most from 70 % to 97 % | mean |")
    print("|---|---|---|---|---|---|")
    for sizes in DESIGNS:
        for name, (_, high) in intervals(*sizes).items():
            print(f"| {sizes[0]} + {sizes[1]} | {name} | {' | '.join(missed_below(high))} |")


def all_tables(n1: int, n2: int) -> list[Ints]:
    """Return every table of two group sizes."""
    k1, k2 = np.indices((n1 + 1, n2 + 1))
    return [k1, np.full_like(k1, n1), k2, np.full_like(k2, n2)]


def tests(n1: int, n2: int) -> dict[str, Floats]:
    """Return which tables each test rejects at 5 %."""
    k1, m, k2, n = all_tables(n1, n2)
    fisher = two_sided(*(column.ravel() for column in (k1, m, k1 + k2, m + n)))[0].reshape(k1.shape)
    # Boschloo's p is never above Fisher's (plus 1e-4), so these need no closer look; above one half none is near 5 %.
    strict = np.where(fisher <= LEVEL - 1e-4, 0.0, 1.0)
    near = (fisher > LEVEL - 1e-4) & (fisher <= 0.5)
    strict[near] = boschloo(k1[near], n1, k2[near], n2)
    p = {"mid-P": fisher_midp(k1, m, k2, n), "Boschloo (Berger-Boos)": strict, "Fisher": fisher}
    return {name: value <= LEVEL for name, value in (p | {"Pearson chi-square": pearson(k1, m, k2, n)}).items()}


def pearson(k1: Ints, n1: Ints, k2: Ints, n2: Ints) -> Floats:
    """Return the p of the chi-square test without correction; 1 where it does not exist."""
    total, hits = n1 + n2, k1 + k2
    scale = n1 * n2 * hits * (total - hits).astype(float)
    statistic = np.divide(total * (k1 * n2 - k2 * n1) ** 2.0, scale, out=np.zeros(k1.shape), where=scale > 0)
    return np.asarray(chi2.sf(statistic, 1))


def error_rates(rejected: Floats) -> list[str]:
    """Return the largest error and its rate, the largest where schemes live, and the mean."""
    first, second = (binomial_of_all(size - 1, COMMON) for size in rejected.shape)
    error = np.einsum("xg,xg->g", first, rejected.astype(float) @ second)
    usual = (USUAL[0] <= COMMON) & (USUAL[1] >= COMMON)
    figures = (100 * error.max(), 100 * COMMON[error.argmax()], 100 * error[usual].max(), 100 * error.mean())
    return [f"{figure:.2f} %" for figure in figures]


def intervals(n1: int, n2: int) -> dict[str, tuple[Floats, Floats]]:
    """Return the ends of each interval for every table."""
    columns = all_tables(n1, n2)
    kinds = (score_interval, newcombe_interval, skewness_corrected_interval)
    score, newcombe, corrected = (interval(*columns) for interval in kinds)
    p1, p2 = columns[0] / n1, columns[2] / n2
    half = norm.isf(LEVEL / 2) * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return {
        "Miettinen-Nurminen": (score.low, score.high),
        "Newcombe": (newcombe.low, newcombe.high),
        "corrected for skewness": (corrected.low, corrected.high),
        "Wald": (p1 - p2 - half, p1 - p2 + half),
    }


def coverage(low: Floats, high: Floats) -> list[str]:
    """Return the smallest coverage and where, the smallest where schemes live, and the mean."""
    first, second = (binomial_of_all(size - 1, PAIRS) for size in low.shape)
    covered = np.empty((len(PAIRS), len(PAIRS)))
    for i, p1 in enumerate(PAIRS):
        for j, p2 in enumerate(PAIRS):
            inside = (low <= p1 - p2 + 1e-12) & (p1 - p2 - 1e-12 <= high)
            covered[i, j] = first[:, i] @ inside @ second[:, j]
    at = np.unravel_index(covered.argmin(), covered.shape)
    usual = (USUAL[0] <= PAIRS) & (USUAL[1] >= PAIRS)
    where = f"{100 * PAIRS[at[0]]:.0f} % and {100 * PAIRS[at[1]]:.0f} %"
    inner = covered[np.ix_(usual, usual)].min()
    return [f"{100 * covered.min():.1f} %", where, f"{100 * inner:.1f} %", f"{100 * covered.mean():.1f} %"]


def missed_below(high: Floats) -> list[str]:
    """Return how often an interval ends below the truth: most, where, most where schemes live, and the mean."""
    first, second = (binomial_of_all(size - 1, PAIRS) for size in high.shape)
    missed = np.array(
        [
            [first[:, i] @ (high < p1 - p2 - 1e-9) @ second[:, j] for j, p2 in enumerate(PAIRS)]
            for i, p1 in enumerate(PAIRS)
        ]
    )
    at = np.unravel_index(missed.argmax(), missed.shape)
    usual = (USUAL[0] <= PAIRS) & (USUAL[1] >= PAIRS)
    where = f"{100 * PAIRS[at[0]]:.0f} % and {100 * PAIRS[at[1]]:.0f} %"
    inner = missed[np.ix_(usual, usual)].max()
    return [f"{100 * missed.max():.1f} %", where, f"{100 * inner:.1f} %", f"{100 * missed.mean():.1f} %"]


if __name__ == "__main__":
    main()
