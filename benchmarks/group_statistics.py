"""Measure the statistics against the libraries that an analyst would call in a loop; print the ratios.

Run ``python benchmarks/group_statistics.py``. The slow side is measured on a stated part and
scaled; each line says which.
``--people`` sets the size of the largest comparison (default 1,000,000).
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import boschloo_exact, fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from qa_lib.intake.real_data import real_data_folder
from qa_lib.schemes.npq.readers.oulad_groups import oulad_groups
from qa_lib.statistics.differences import score_interval
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.power import minimum_detectable_difference, smallest_drops
from qa_lib.statistics.unconditional import boschloo, fisher_of_all

TABLES = 100_000
CHARACTERISTICS = ["gender", "disability", "age_band", "imd_band", "region", "highest_education"]


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    people = parser.parse_args().people
    columns = mixed_tables(TABLES)
    fisher(columns)
    interval(columns)
    for sizes in ((50, 450), (200, 1800)):
        unconditional(*sizes)
    drops()
    oulad()
    million(people)


def mixed_tables(count: int) -> list[Any]:
    """Return tables of a group of 1 to 500 against a rest of 20 to 5,000, at rates of a half to nearly all."""
    rng = np.random.default_rng(2026)
    n1, n2, rate = rng.integers(1, 500, count), rng.integers(20, 5000, count), rng.uniform(0.5, 0.99, count)
    other = np.clip(rate + rng.normal(0, 0.05, count), 0, 1)
    return [rng.binomial(n1, rate), n1, rng.binomial(n2, other), n2]


def seconds(call: Callable[[], Any], *, times: int = 3) -> float:
    """Return the best of a few runs, in processor seconds of this process."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def report(what: str, ours: float, theirs: float, note: str) -> None:
    """Print one line."""
    print(f"{what}: ours {ours:.4g} s, theirs {theirs:.4g} s, {theirs / ours:,.0f} times ({note})")


def fisher(columns: list[Any]) -> None:
    """Compare mid-P with SciPy's Fisher in a loop."""
    part = 2_000
    rows = [[[a, m - a], [b, n - b]] for a, m, b, n in zip(*(column[:part] for column in columns), strict=True)]
    theirs = seconds(lambda: [fisher_exact(row) for row in rows], times=1) * TABLES / part
    ours = seconds(lambda: fisher_midp(*columns))
    report(f"fisher_midp, {TABLES:,} mixed tables", ours, theirs, f"scipy.stats.fisher_exact on {part:,}, scaled")


def interval(columns: list[Any]) -> None:
    """Compare the score interval with statsmodels, call by call, where statsmodels does not raise."""
    part, rows = 400, list(zip(*columns, strict=True))
    done, spent = 0, 0.0
    for a, m, b, n in rows[:part]:
        start = time.process_time()
        try:
            with np.errstate(all="ignore"):
                confint_proportions_2indep(a, m, b, n, method="score", compare="diff")
        except ValueError:
            continue
        spent, done = spent + time.process_time() - start, done + 1
    ours = seconds(lambda: score_interval(*columns))
    report(
        f"score_interval, {TABLES:,} tables", ours, spent * TABLES / done, f"statsmodels on {done} of {part}, scaled"
    )


def unconditional(small: int, large: int) -> None:
    """Compare Boschloo's test on one table, nothing remembered from before."""
    table = (int(0.8 * small), small, int(0.9 * large), large)
    k1, n1, k2, n2 = table

    def cold() -> None:
        fisher_of_all.cache_clear()
        boschloo(*table)

    theirs = seconds(lambda: boschloo_exact([[k1, k2], [n1 - k1, n2 - k2]]), times=1)
    report(f"boschloo, {small} v {large}", seconds(cold), theirs, "scipy.stats.boschloo_exact, one table")


def drops() -> None:
    """Time what could have been seen of 1,440 groups, each at a level of its own, and of ten million people."""
    rng = np.random.default_rng(5)
    people = rng.integers(40, 600, 1_440)
    group = np.maximum((people * rng.uniform(0.02, 0.6, len(people))).astype(np.int64), 1)
    rest = people - group
    part, level = rng.binomial(rest, rng.uniform(0.7, 0.97, len(people))), 0.05 / rng.integers(1, 26, len(people))
    print(f"smallest_drops, 1,440 groups: {seconds(lambda: smallest_drops(group, part, rest, level)):.3g} s")
    huge = (500_000, 8_550_000, 9_500_000)
    print(f"minimum_detectable_difference, 1e7 people: {seconds(lambda: minimum_detectable_difference(*huge)):.3g} s")


def oulad() -> None:
    """Time the comparison of all module-presentations, six characteristics, two rates."""
    folder = real_data_folder()
    if folder is None:
        print("compare_groups on OULAD: the real data is not beside the project")
        return
    people = oulad_groups(folder / "oulad")

    def both() -> None:
        for outcome in ("retained", "achieved"):
            compare_groups(people, outcome=outcome, groups=CHARACTERISTICS, within=["provider", "level"])

    print(f"compare_groups on OULAD, 22 x 6 x 2: {seconds(both):.3g} s")


def million(people: int) -> None:
    """Compare many people at a thousand providers on ten characteristics with a loop over groups."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"provider": rng.integers(0, 1000, people), "ok": rng.random(people) < 0.9})
    names = [f"c{number}" for number in range(10)]
    letters = np.array(list("abcdefgh"))
    for number, name in enumerate(names):
        frame[name] = pd.Series(letters[rng.integers(0, 2 + number % 4, people)], dtype="str")
    frame["provider"] = "P" + frame["provider"].astype("str")
    part = 10
    some = frame[frame["provider"].isin(sorted(frame["provider"].unique())[:part])]
    theirs = seconds(lambda: loop(some, names), times=1) * frame["provider"].nunique() / part
    ours = seconds(lambda: compare_groups(frame, outcome="ok", groups=names, within="provider"), times=2)
    what = f"compare_groups, {people:,} people, 1,000 providers, 10 characteristics"
    report(
        what, ours, theirs, f"pandas and SciPy loop on {part} providers, scaled; its interval is statsmodels' Newcombe"
    )


def loop(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Do what a competent analyst would write: group by, then a test and an interval per group, Holm per provider."""
    rows = []
    for provider, own in frame.groupby("provider"):
        total, hits = len(own), int(own["ok"].sum())
        tests = []
        for name in names:
            for group, counts in own.groupby(name)["ok"].agg(["size", "sum"]).iterrows():
                n, k = int(counts["size"]), int(counts["sum"])
                table = [[k, n - k], [hits - k, total - n - hits + k]]
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    p = fisher_exact(table).pvalue
                    low, high = confint_proportions_2indep(k, n, hits - k, total - n, method="newcomb")
                tests.append((provider, name, group, n, k, k / n - hits / total, low, high, p))
        adjusted = multipletests([test[-1] for test in tests], method="holm")[1]
        rows += [(*test, value) for test, value in zip(tests, adjusted, strict=True)]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    main()
