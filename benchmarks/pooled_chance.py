"""Measure on generated providers how often a true gap is beyond the margin where the model gives it such a chance.

Run ``python benchmarks/pooled_chance.py``; it prints the table that stands in ``docs/methods.md``. Each provider has
six groups of 3 to 120 people, whose true rates lie around the provider's own by a stated standard deviation.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from itertools import pairwise

import numpy as np

from qa_lib.statistics.inputs import Floats
from qa_lib.statistics.pooling import chance_beyond

SPREADS = [0.02, 0.05, 0.10]
EDGES = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 1.0])
MARGIN, GROUPS, SEED = 0.10, 6, 2026


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--providers", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=50)
    chosen = parser.parse_args()
    print("| spread of true rates | chance given | groups | mean chance | truly beyond 10 points |")
    print("|---|---|---|---|---|")
    for spread in SPREADS:
        rng = np.random.default_rng([SEED, int(1000 * spread)])
        parts = [generated(rng, chosen.providers, spread) for _ in range(chosen.rounds)]
        given, beyond = (np.concatenate(column) for column in zip(*parts, strict=True))
        for low, high in pairwise(EDGES):
            inside = (given >= low) & ((given < high) | (high == 1))
            if inside.sum() >= 50:
                figures = f"{inside.sum():,} | {100 * given[inside].mean():.1f} % | {100 * beyond[inside].mean():.1f} %"
                print(f"| {100 * spread:g} points | {100 * low:g} to {100 * high:g} % | {figures} |")


def generated(rng: np.random.Generator, providers: int, spread: float) -> tuple[Floats, Floats]:
    """Return the chance given for every group of some providers, and whether its true gap is beyond the margin."""
    n = rng.integers(3, 121, (providers, GROUPS))
    centre = rng.uniform(0.75, 0.95, (providers, 1))
    precision = np.maximum(centre * (1 - centre) / spread**2 - 1, 1.0)
    rates = rng.beta(np.broadcast_to(centre * precision, n.shape), np.broadcast_to((1 - centre) * precision, n.shape))
    k = rng.binomial(n, rates)
    true = rates - (n * rates).sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    whole_n, whole_k = (np.broadcast_to(column.sum(axis=1, keepdims=True), n.shape) for column in (n, k))
    table = {"k": k, "n": n, "k_overall": whole_k, "n_overall": whole_n, "k_rest": whole_k - k, "rest_n": whole_n - n}
    flat = {name: column.ravel() for name, column in table.items()} | {"missing": np.zeros(n.size, dtype=bool)}
    return chance_beyond(flat, limit=Fraction(1, 10), reading="points"), np.abs(true).ravel() > MARGIN


if __name__ == "__main__":
    main()
