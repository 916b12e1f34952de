"""The least cover of 2,000 assessors and 500 PoPs by 200,000 files, beside SciPy's matching and a greedy cover.

``python benchmarks/cover.py`` prints the files that each takes and the least processor seconds of several rounds, on a
dense graph (every pair is likely to have a file) and on a thin one (a few files per assessor), where greed costs files.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from qa_lib.sampling.minimum_cover import least_cover

ASSESSORS, POPS, ROUNDS = 2_000, 500, 7
Codes = NDArray[np.intp]


def ours(assessor: Codes, pop: Codes) -> int:
    """Return how many files the library's cover takes; its proof has as many entities."""
    cover = least_cover(
        assessor,
        pop,
        uncovered_assessors=np.isin(np.arange(ASSESSORS), assessor),
        uncovered_pops=np.isin(np.arange(POPS), pop),
        by_ticket=np.arange(len(assessor)),
    )
    assert len(cover.assessors) + len(cover.pops) == len(cover.files)
    return len(cover.files)


def scipys(assessor: Codes, pop: Codes) -> int:
    """Return how many files a cover needs by SciPy's maximum matching; it neither names them nor proves it."""
    edges = csr_matrix((np.ones(len(pop), dtype=np.int8), (assessor, pop)), shape=(ASSESSORS, POPS))
    matched = int((maximum_bipartite_matching(edges, perm_type="column") >= 0).sum())
    return len(np.unique(assessor)) + len(np.unique(pop)) - matched


def greedy(assessor: Codes, pop: Codes) -> int:
    """Return how many files are taken by ticket: first each that covers two, then each that covers one."""
    files = list(zip(assessor.tolist(), pop.tolist(), strict=True))
    seen_assessors: set[int] = set()
    seen_pops: set[int] = set()
    taken = 0
    for both in (True, False):
        for one, other in files:
            new = (one not in seen_assessors) + (other not in seen_pops)
            if new == 2 or (new == 1 and not both):
                taken += 1
                seen_assessors.add(one)
                seen_pops.add(other)
    return taken


def least(run: Callable[[Codes, Codes], int], assessor: Codes, pop: Codes) -> tuple[int, float]:
    """Return the result and the least processor seconds of several rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        files = run(assessor, pop)
        times.append(time.process_time() - start)
    return files, min(times)


def main() -> None:
    """Print one table for each graph."""
    for files in (200_000, 2_500):
        generator = np.random.default_rng(files)
        # Some assessors and PoPs have many files and most have few, as in life.
        assessor = np.minimum(generator.exponential(ASSESSORS / 4, files).astype(np.intp), ASSESSORS - 1)
        pop = np.minimum(generator.exponential(POPS / 4, files).astype(np.intp), POPS - 1)
        sides = f"{len(np.unique(assessor)):,} assessors, {len(np.unique(pop)):,} PoPs"
        print(f"\n{files:,} files of {sides}: least of {ROUNDS} rounds")
        print(f"{'':34}{'files taken':>12}{'processor s':>13}")
        for name, run in (("qa_lib: least cover with proof", ours), ("scipy's matching", scipys), ("greedy", greedy)):
            taken, seconds = least(run, assessor, pop)
            print(f"{name:34}{taken:12,}{seconds:13.3f}")


if __name__ == "__main__":
    main()
