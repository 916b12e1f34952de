"""What missing groups and outcomes could do: bounds that enumeration gives too, and whether the missing differ."""

from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest

from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.explanations import explain_groups
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.missing_values import People, missing_bounds

MARGIN = Fraction(1, 10)


def some_people(rng):
    """Return numbers of a small provider: known and unknown of the group, of the others, of those without a group."""
    sizes = [int(rng.integers(1, 8)), int(rng.integers(0, 12)), int(rng.integers(0, 4))]
    hits = [int(rng.integers(0, n + 1)) for n in sizes]
    return sizes, hits, [int(rng.integers(0, most)) for most in (3, 3, 4)]


def every_gap(sizes, hits, unknown):
    """Return group's and everybody's rate for every way in which the missing ones could be."""
    (n, others, lacking), (k, other_k, lacking_k), (u, other_u, lacking_u) = sizes, hits, unknown
    everybody = n + others + lacking + u + other_u + lacking_u
    for passed, elsewhere, joined, failed in product(
        range(u + 1), range(other_u + 1), range(lacking_k + 1), range(lacking - lacking_k + 1)
    ):
        for a, b, c in product(range(lacking_u + 1), repeat=3):
            if a + b + c <= lacking_u:
                own = Fraction(k + passed + joined + a, n + u + joined + failed + a + b)
                yield own, Fraction(k + other_k + lacking_k + passed + elsewhere + a + c, everybody)


@pytest.mark.parametrize("reading", ["points", "relative"])
def test_the_bounds_are_those_of_every_way_the_missing_could_be(reading):
    """Lowest and highest gap, and the flag, of small providers: whoever joins, whoever succeeds."""
    rng = np.random.default_rng(12)
    for _ in range(60):
        sizes, hits, unknown = some_people(rng)
        columns = [[sizes[0]], [sum(sizes)], [sizes[2]], [hits[0]], [sum(hits)], [hits[2]]]
        columns += [[unknown[0]], [sum(unknown)], [unknown[2]]]
        n, all_n, missing_n, k, all_k, missing_k, u, all_u, missing_u = map(np.array, columns)
        given = People(
            k=k, n=n, unknown=u, all_k=all_k, all_n=all_n, all_unknown=all_u, missing_k=missing_k, missing_n=missing_n,
            missing_unknown=missing_u,
        )  # fmt: skip
        found = missing_bounds(given, limit=MARGIN, reading=reading, test=fisher_midp, level=np.array([0.05]))
        ways = list(every_gap(sizes, hits, unknown))
        gaps = [own - overall for own, overall in ways]
        assert found["gap_lowest"][0] == pytest.approx(100 * float(min(gaps)))
        assert found["gap_highest"][0] == pytest.approx(100 * float(max(gaps)))
        flags = {abs(own - overall) > MARGIN * (overall if reading == "relative" else 1) for own, overall in ways}
        sides = {own > overall for own, overall in ways}
        expected = "within" if flags == {False} else "over" if flags == {True} and len(sides) == 1 else "open"
        assert found["flag_bounds"][0] == expected


def frame_of(*cells):
    """Return people from (group, successes, people); a group of None is missing."""
    rows = [(group, i < k) for group, k, n in cells for i in range(n)]
    return pd.DataFrame(rows, columns=["g", "ok"])


def test_people_without_a_value_are_tested_against_the_others():
    """62.5 % of those whose sex is missing and 95 % of the others: they differ, and it is said; no group is flagged."""
    frame = frame_of(("a", 95, 100), ("b", 95, 100), (None, 25, 40))
    rows = compare_groups(frame, outcome="ok", groups="g").set_index("group")
    missing = rows.loc["(missing)"]
    assert missing["p_missing"] == pytest.approx(fisher_midp(25, 40, 190, 200))
    assert missing["missing_differ"]
    assert rows["p_missing"].notna().sum() == 1
    assert not rows["flag"].any()
    assert "They fare differently from those whose value is known" in explain_groups(rows.reset_index()).iloc[-1]
    alike = compare_groups(frame_of(("a", 95, 100), (None, 38, 40)), outcome="ok", groups="g")
    assert not alike["missing_differ"].any()
    assert "these numbers cannot tell" in explain_groups(alike).iloc[-1]


def test_missing_ones_of_several_characteristics_are_several_tests():
    """Holm counts a test per characteristic with missing values."""
    frame = frame_of(("a", 95, 100), ("b", 95, 100), (None, 25, 40)).assign(h=[None, "x", "y"] * 80)
    both = compare_groups(frame, outcome="ok", groups=["g", "h"]).query("missing")
    one = compare_groups(frame, outcome="ok", groups="g").query("missing")
    assert both["p_missing"].iloc[0] == pytest.approx(2 * one["p_missing"].iloc[0])


@pytest.mark.parametrize(
    ("missing", "flag", "test"), [(0, "within", "different"), (2, "within", "different"), (30, "open", "open")]
)
def test_a_row_says_whether_the_missing_could_change_it(missing, flag, test):
    """A few missing failures change nothing; thirty may set a flag and hide a difference."""
    frame = frame_of(("a", 154, 200), ("b", 184, 200), (None, missing // 2, missing))
    row = compare_groups(frame, outcome="ok", groups="g").set_index("group").loc["a"]
    assert (row["flag_bounds"], row["test_bounds"]) == (flag, test)
    said = explain_groups(row.to_frame().T.assign(group="a")).iloc[0]
    assert ("Missing values could change the flag and the test" in said) == (flag == "open")


def test_unknown_outcomes_count_at_both_ends():
    """Five of ten are unknown: they may all have failed, or all succeeded."""
    frame = pd.DataFrame({"g": ["a"] * 10 + ["b"] * 10, "ok": [1] * 5 + [None] * 5 + [1] * 10})
    row = compare_groups(frame, outcome="ok", groups="g").set_index("group").loc["a"]
    assert (row["gap_lowest"], row["gap_highest"]) == (pytest.approx(-25), 0)
    assert (row["flag"], row["flag_bounds"]) == (False, "open")
