"""What belongs to schools is tested school by school, and what does not is not."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from qa_lib.statistics.clusters import Clusters, belongs_to_clusters, compare_clustered
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.explanations import explain_groups
from qa_lib.statistics.groups import compare_groups

#: Twelve schools of fifteen: half of them lose everybody or nobody.
LUMPY = [15, 15, 15, 0, 15, 15, 15, 15, 15, 15, 15, 15]


def schools_of(successes, size=15):
    """Return people of schools, of which the first half is primary; women and men take turns in each."""
    rows = [
        (f"s{place:02}", "primary" if place < len(successes) // 2 else "secondary", "FM"[i % 2], i < k)
        for place, k in enumerate(successes)
        for i in range(size)
    ]
    return pd.DataFrame(rows, columns=["school", "phase", "sex", "ok"])


def test_p_is_the_share_of_assignments_as_far_off():
    """All 924 ways of calling six of twelve schools primary, one by one; random ones come near."""
    n, k = np.full(12, 15), np.array([15, 14, 9, 13, 8, 12, 15, 15, 13, 15, 14, 15])
    found = compare_clustered(Clusters(n=n, k=k, label=np.repeat([0, 1], 6)))[0]
    ways = [abs(2 * k[list(chosen)].sum() - k.sum()) for chosen in itertools.combinations(range(12), 6)]
    exact = np.mean(np.array(ways) >= abs(2 * k[:6].sum() - k.sum()))
    assert found.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 10_000))
    assert (found.clusters, found.freedom) == (6, 10)
    assert found.least_p == 1 / 924


def test_p_is_never_below_that_of_people_one_by_one():
    """Schools of two stand all on one side and make random assignments look odd: p stays that of people."""
    frame = pd.concat([schools_of([1] * 50, size=1), schools_of([2] * 14, size=2).assign(phase="primary")])
    frame["school"] += frame["phase"] + frame.groupby("school").transform("size").astype(str)
    frame = frame.reset_index(drop=True)
    frame.loc[frame.index[frame["phase"] == "secondary"][:4], "ok"] = False
    row = compare_groups(frame, outcome="ok", groups="phase", cluster={"phase": "school"}).iloc[0]
    assert row["p"] >= row["p_people"] > 0.001


def test_a_characteristic_may_be_declared_to_belong_to_schools():
    """Declared, it goes by schools whatever the data look like; one that is not declared never does."""
    frame = schools_of(LUMPY)
    both = compare_groups(frame, outcome="ok", groups=["phase", "sex"], cluster={"sex": "school"})
    assert both["clusters"].notna().tolist() == [False, False, True, True]


def test_names_and_order_of_schools_change_nothing():
    """The schools are put in an order of their own before chance is asked."""
    rng = np.random.default_rng(4)
    n, label = rng.integers(3, 20, 30), rng.integers(0, 3, 30)
    k = rng.binomial(n, 0.8)
    order = rng.permutation(30)
    one = compare_clustered(Clusters(n=n, k=k, label=label))
    assert one == compare_clustered(Clusters(n=n[order], k=k[order], label=label[order]))


def test_a_school_that_loses_everybody_is_one_school():
    """Person by person a difference, school by school none: one school of twelve did it."""
    rows = compare_groups(schools_of(LUMPY), outcome="ok", groups=["phase", "sex"], cluster="school")
    primary = rows.set_index("group").loc["primary"]
    assert primary["p_people"] == pytest.approx(fisher_midp(75, 90, 90, 90))
    assert primary["p_people"] < 0.001 < 0.5 < primary["p"]
    assert primary["verdict"] == "cannot tell"
    assert primary["holm_low"] < 0 < primary["holm_high"]
    assert primary["design_effect"] == pytest.approx(15)
    said = explain_groups(rows)
    assert "6 places were compared, where people one by one would give p = " in said.iloc[0]
    assert "places" not in said.iloc[2]


def test_what_differs_within_schools_is_tested_by_people():
    """Sex is none of a school's: its test is that without schools."""
    rows = compare_groups(schools_of(LUMPY), outcome="ok", groups="sex", cluster="school")
    alone = compare_groups(schools_of(LUMPY), outcome="ok", groups="sex")
    pd.testing.assert_frame_equal(rows, alone)


def test_without_correlation_a_school_counts_as_its_people():
    """Schools no more different than chance makes them have a design effect of one."""
    n, k = np.full(10, 10), np.full(10, 8)
    found = compare_clustered(Clusters(n=n, k=k, label=np.repeat([0, 1], 5)))[0]
    assert (found.design_effect, found.rest_effect, found.correlation, found.p) == (1, 1, 0, 1)


def test_too_few_schools_have_no_interval():
    """Two schools, one on either side, say nothing: the interval is everything, and no test could reject."""
    frame = schools_of([15, 3])
    row = compare_groups(frame, outcome="ok", groups="phase", cluster="school").iloc[0]
    assert (row["diff_low"], row["diff_high"], row["p"]) == (-100, 100, 1)
    assert (row["verdict"], row["counted"]) == ("cannot tell", False)


def test_a_group_that_is_everybody_or_has_no_outcome_is_left_alone():
    """There is nothing to hand out."""
    assert compare_clustered(Clusters(n=np.array([3, 4]), k=np.array([1, 2]), label=np.array([0, 0]))) == {}
    lone = schools_of([15, 15]).assign(phase="all")
    assert math.isnan(compare_groups(lone, outcome="ok", groups="phase", cluster="school").iloc[0]["p"])


def test_a_slip_of_the_pen_leaves_a_characteristic_with_its_schools():
    """One of twelve schools with two phases is a slip; two of twelve are no characteristic of schools."""
    school, phase = np.repeat(np.arange(12), 3), np.repeat(np.arange(12) % 2, 3)
    slip, two = phase.copy(), phase.copy()
    slip[0] = two[0] = two[3] = 2
    each = np.ones(36, dtype=int)
    assert [belongs_to_clusters(school, label, each) for label in (phase, slip, two)] == [True, True, False]
    assert not belongs_to_clusters(np.arange(36), phase, each)
    assert belongs_to_clusters(np.arange(36), phase, 2 * each)
    assert not belongs_to_clusters(np.full(36, -1), phase, each)


def test_whoever_has_no_school_is_one_alone():
    """People without a school, ten of twenty, are ten more places."""
    frame = schools_of([10, 8], size=10)
    frame["school"] = frame["school"].mask(frame["phase"] == "secondary")
    rows = compare_groups(frame, outcome="ok", groups="phase", cluster="school").set_index("group")
    assert rows["clusters"].tolist() == [1, 10]


def test_a_table_of_counts_has_places_too():
    """A row per school with its numbers gives what its people give."""
    each = schools_of([15, 14, 9, 13, 8, 12, 15, 15, 13, 15, 14, 15])
    counts = each.groupby(["school", "phase"], as_index=False).agg(k=("ok", "sum"), n=("ok", "size"))
    by_people = compare_groups(each, outcome="ok", groups="phase", cluster="school")
    by_counts = compare_groups(counts, outcome="k", people="n", groups="phase", cluster="school")
    pd.testing.assert_frame_equal(by_people, by_counts)
