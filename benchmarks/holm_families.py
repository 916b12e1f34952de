"""Compare Holm's families on the made-up NPQ years: all tests, without small groups, and Tarone's number beside.

Run ``python benchmarks/holm_families.py``; it prints the table that stands in ``docs/methods.md``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from qa_lib.intake.dataset import read_dataset
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.audit import make_audits
from qa_lib.schemes.npq.made_up.framework import build_npq
from qa_lib.schemes.npq.made_up.scene import AS_OF
from qa_lib.schemes.npq.rules.group_gaps import characteristics_of, cohort
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.multiplicity import adjust_p

WITHIN = ["provider", "level"]


def main() -> None:
    """Print the table as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        build_npq(Path(folder) / "npq")
        tables = read_dataset(Path(folder) / "npq", scheme="npq").tables
        audits = make_audits(tables, load_rulebook("npq"), as_of=str(pd.Timestamp(AS_OF).date()))
        people = pd.concat([cohort(audit) for audit in audits.values()], ignore_index=True)
    names = characteristics_of(people)
    result = compare_groups(people, outcome="retained", groups=names, within=WITHIN, fewest=1)
    larger = compare_groups(people, outcome="retained", groups=names, within=WITHIN, fewest=5)
    print("| family | tests counted | median family | called different | least p needed, median |")
    print("|---|---|---|---|---|")
    for name, table, counted in (
        ("plain Holm, all groups", result, pd.Series(True, index=result.index)),
        ("Tarone's number, all groups", result, result["counted"]),
        ("plain Holm, five people or more", larger, pd.Series(True, index=larger.index)),
        ("Tarone's number, five people or more", larger, larger["counted"]),
    ):
        # The two groups of a pair share one p and one test.
        paired = table.groupby([*WITHIN, "characteristic"])["p"].transform("count") == 2
        once = ~(paired & table.duplicated([*WITHIN, "characteristic", "p"]))
        p = table["p"].where(once & counted)
        family = table.groupby(WITHIN, sort=False).ngroup()
        adjusted = adjust_p(p, families=family)
        sizes = p.notna().groupby(family).sum()
        sizes = sizes[sizes > 0]
        called = (adjusted <= 0.05).sum()
        print(f"| {name} | {p.notna().sum():,} | {sizes.median():g} | {called} | {0.05 / sizes.median():.4f} |")


if __name__ == "__main__":
    main()
