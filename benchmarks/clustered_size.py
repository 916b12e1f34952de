"""Measure by simulation how often tests of a characteristic of schools find a difference where there is none.

Run ``python benchmarks/clustered_size.py``; it prints the table that stands in ``docs/methods.md``. Schools of one rate
each: beta-binomial with the correlation within schools that is stated, the same mean in both groups.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import t

from qa_lib.statistics.clusters import Clusters, compare_clustered
from qa_lib.statistics.differences import score_ends
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Ints

#: People in each school of the group, and in each of the others.
DESIGNS = [
    ("60 x 4, half", [4] * 30, [4] * 30),
    ("60 x 4, a quarter", [4] * 15, [4] * 45),
    ("12 x 15, half", [15] * 6, [15] * 6),
    ("12 x 15, a quarter", [15] * 3, [15] * 9),
    ("5 x 15 against 35 x 2", [15] * 5, [2] * 35),
    ("20 x 2 against 40 x 8", [2] * 20, [8] * 40),
]
CORRELATIONS = [0.0, 0.1, 0.2]
RATE, LEVEL, SEED = 0.85, 0.05, 2026


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--draws", type=int, default=1_999)
    chosen = parser.parse_args()
    print("| schools x people, in the group | correlation | mid-P by people | by schools | interval without nought |")
    print("|---|---|---|---|---|")
    for place, (name, group, others) in enumerate(DESIGNS):
        for correlation in CORRELATIONS:
            rng = np.random.default_rng([SEED, place, int(100 * correlation)])
            shares = [f"{100 * share:.1f} %" for share in size(rng, group, others, correlation, chosen)]
            print(f"| {name} | {correlation:g} | {' | '.join(shares)} |", flush=True)


def size(
    rng: np.random.Generator, group: list[int], others: list[int], correlation: float, chosen: argparse.Namespace
) -> list[float]:
    """Return how often each way finds a difference."""
    n = np.array([*group, *others])
    label = (np.arange(len(n)) < len(group)).astype(np.int64)
    found = np.zeros(3)
    for _ in range(chosen.rounds):
        k = outcomes(rng, n, correlation)
        own, rest = ((k[side].sum(), n[side].sum()) for side in (label == 1, label == 0))
        result = compare_clustered(Clusters(n=n, k=k, label=label), draws=chosen.draws)[1]
        effects = (result.design_effect, result.design_effect, result.rest_effect, result.rest_effect)
        counted = [np.array([value / effect]) for value, effect in zip((*own, *rest), effects, strict=True)]
        low, high = score_ends(*counted, z=t.isf(LEVEL / 2, result.freedom))
        found += [fisher_midp(*own, *rest) <= LEVEL, result.p <= LEVEL, low[0] > 0 or high[0] < 0]
    return list(found / chosen.rounds)


def outcomes(rng: np.random.Generator, n: Ints, correlation: float) -> Ints:
    """Return successes of schools whose people have outcomes with this correlation."""
    if correlation == 0:
        return rng.binomial(n, RATE)
    precision = 1 / correlation - 1
    return rng.binomial(n, rng.beta(RATE * precision, (1 - RATE) * precision, len(n)))


if __name__ == "__main__":
    main()
