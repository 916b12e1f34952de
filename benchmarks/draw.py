"""Draw 5 % with certainty, risk and cover out of 10,000, 100,000 and 1,000,000 files, and time others beside it.

``python benchmarks/draw.py`` prints seconds and ratios. Each round runs the competitors one after another in this
process, so that all of them meet the same machine; the least of all rounds counts, as what the machine adds is never
negative. Seconds are the processor's, and the clock's beside them. Risk and cover need the order of all files, which
consistent_sampler gives only when asked for every file; its first 5 % are the random part alone.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pandas as pd
from consistent_sampler import sampler  # type: ignore[import-untyped]

from qa_lib.sampling.population import canonical_population
from qa_lib.sampling.selection import Selection, sample_frame, select

DIGEST, SEED = "0123456789abcdef" * 4, "4 4 1 6 2 5 5 3 1 6 2 2 3 6"
TIERS = {"high": Fraction(1, 10), "raised": Fraction(1, 20), "standard": Fraction(0)}
RATE = Fraction(1, 20)
Work = Callable[[], object]


def population(files: int) -> pd.DataFrame:
    """Return a validated population: one file in ten certain, one in ten of a higher tier."""
    generator = np.random.default_rng(files)
    kind = generator.random(files)
    certain, tier = kind < 0.1, np.select([kind > 0.97, kind > 0.9], ["high", "raised"], "standard")
    frame = pd.DataFrame(
        {
            "case_id": [f"2024-{number:07d}" for number in range(files)],
            "stratum": np.where(certain, "resubmission", "met"),
            "reasons": np.where(certain, "resubmission", ""),
            "outcome": "met",
            "tier": tier,
            "assessor_id": [f"A{number}" for number in generator.integers(0, max(files // 50, 1), files)],
            "pop_id": [f"P{number}" for number in generator.integers(0, max(files // 1_000, 1), files)],
            "insufficient": "",
        }
    )
    return canonical_population(frame)


def everybody(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return all assessors and PoPs: at first sight everybody needs cover."""
    return {"assessors": sorted(set(frame["assessor_id"])), "pops": sorted(set(frame["pop_id"]))}


def draw(frame: pd.DataFrame, needs: dict[str, list[str]]) -> tuple[Selection, pd.DataFrame]:
    """Return the selection and its rows: what is measured."""
    selection = select(frame, digest=DIGEST, seed=SEED, rate=RATE, tiers=TIERS, needs_cover=needs)
    return selection, frame.take(np.flatnonzero(selection.step))


def bare_loop(cases: list[str]) -> list[str]:
    """Hash the same ticket texts and keep the tickets; select nothing."""
    return [sha256(f"{DIGEST}:{SEED}:{case}".encode()).hexdigest() for case in cases]


def competitors(frame: pd.DataFrame) -> dict[str, Work]:
    """Return what runs in each round."""
    cases, needs = frame["case_id"].tolist(), everybody(frame)
    size = len(cases) // 20
    return {
        "qa_lib: select and take the rows": lambda: draw(frame, needs),
        "bare hashlib loop": lambda: bare_loop(cases),
        "consistent_sampler, first 5 %": lambda: list(sampler(cases, SEED, take=size, output="id")),
        "consistent_sampler, whole order": lambda: list(sampler(cases, SEED, output="id")),
        "pandas groupby.sample, 5 %": lambda: frame.groupby("stratum").sample(frac=0.05, random_state=1),
    }


def least(work: dict[str, Work], rounds: int) -> dict[str, tuple[float, float]]:
    """Return the least processor and clock seconds of each over several rounds."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            processor, clock = time.process_time(), time.perf_counter()
            run()
            seen[name].append((time.process_time() - processor, time.perf_counter() - clock))
    return {name: (min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)) for name, pairs in seen.items()}


def rows_and_standards(frame: pd.DataFrame) -> float:
    """Return the processor seconds that the rows of sample.csv take, standards to moderate included."""
    selection, _ = draw(frame, everybody(frame))
    content = {"digest": DIGEST, "national_standards": [3, 17], "standards_more": 3, "standards": 33}
    start = time.process_time()
    sample_frame(frame, selection, content, seed=SEED)
    return time.process_time() - start


def peak_memory(files: int) -> float:
    """Return the most memory, in MB, that a process of its own takes to build, validate and draw a population."""
    told = subprocess.run(  # noqa: S603
        [sys.executable, __file__, "--memory", str(files)], capture_output=True, check=True, text=True
    )
    return float(told.stdout)


def main() -> None:
    """Print one table for each size."""
    if sys.argv[1:2] == ["--memory"]:
        frame = population(int(sys.argv[2]))
        draw(frame, everybody(frame))
        scale = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6)
        return
    for files, rounds in ((10_000, 30), (100_000, 12), (1_000_000, 3)):
        frame = population(files)
        times = least(competitors(frame), rounds)
        ours = times["qa_lib: select and take the rows"]
        print(f"\n{files:,} files, least of {rounds} rounds")
        print(f"{'':34}{'processor s':>12}{'clock s':>10}{'x qa_lib':>14}")
        for name, (processor, clock) in times.items():
            print(f"{name:34}{processor:12.4f}{clock:10.4f}{processor / ours[0]:12.2f} x")
        print(f"{'rows of sample.csv, 33 standards':34}{rows_and_standards(frame):12.4f}")
        print(f"{'peak memory of a process, MB':34}{peak_memory(files):12.0f}")


if __name__ == "__main__":
    main()
