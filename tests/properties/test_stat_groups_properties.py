"""What is true of every comparison of groups."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.statistics.finite import finite_population_bounds
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.mix import adjust_for_mix
from qa_lib.statistics.multiplicity import adjust_p

calm = settings(deadline=None, max_examples=25)

people = st.lists(
    st.tuples(
        st.sampled_from(["p", "q"]), st.sampled_from(["a", "b", "c", None]), st.sampled_from([True, False, None])
    ),
    min_size=1,
    max_size=60,
).map(lambda rows: pd.DataFrame(rows, columns=["provider", "g", "ok"]))


def compared(frame, **options):
    """Compare the groups of a frame of people."""
    return compare_groups(frame, outcome="ok", groups="g", within="provider", **options)


@calm
@given(people, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(frame, random):
    """Not a digit of the table."""
    order = list(range(len(frame)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(compared(frame), compared(frame.iloc[order]), check_exact=True)


@calm
@given(people)
def test_names_change_only_names(frame):
    """Relabelling groups, in an order that stays, leaves every figure."""
    renamed = frame.assign(g=frame["g"].map({"a": "Alpha", "b": "Beta", "c": "Gamma"}))
    one, other = compared(frame).drop(columns="group"), compared(renamed).drop(columns="group")
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@calm
@given(people)
def test_groups_add_up_and_stay_in_their_bounds(frame):
    """Everybody is in one group; gaps and differences lie in their intervals; adjusted p is never below p."""
    table = compared(frame)
    known = frame.dropna(subset="ok").groupby("provider").size()
    for provider, rows in table.groupby("provider"):
        assert rows["n"].sum() == known.get(provider, 0)
        assert rows["n"].sum() + rows["unknown"].sum() == (frame["provider"] == provider).sum()
    both = table.dropna(subset=["diff_points"])
    for middle, low, high in (("gap_points", "gap_low", "gap_high"), ("diff_points", "diff_low", "diff_high")):
        assert (both[low] - 1e-9 <= both[middle]).all()
        assert (both[middle] <= both[high] + 1e-9).all()
    tested = table.dropna(subset=["p"])
    assert (tested["p"] <= tested["p_adjusted"]).all()
    assert not table.loc[table["missing"], "p"].notna().any()


@calm
@given(people)
def test_turning_success_round_negates_every_gap(frame):
    """Who fails instead of who succeeds: the same p, the opposite sign."""
    one, other = compared(frame), compared(frame.assign(ok=~frame["ok"].astype("boolean")))
    assert np.allclose(one["gap_points"], -other["gap_points"], equal_nan=True)
    assert np.allclose(one["diff_low"], -other["diff_high"], equal_nan=True, atol=1e-8)
    assert np.allclose(one["p"], other["p"], equal_nan=True, rtol=1e-9)
    assert (one["flag_points"] == other["flag_points"]).all()


@calm
@given(people)
def test_adjusting_for_nothing_changes_nothing(frame):
    """With everybody in one stratum the adjusted difference is the crude one."""
    table = adjust_for_mix(frame.assign(s=1), outcome="ok", groups="g", strata="s", within="provider")
    there = table.dropna(subset="adjusted_points")
    assert np.allclose(there["adjusted_points"], there["diff_points"])
    assert not table["reversal"].any()


@calm
@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=30), st.sampled_from(["holm", "bh"]))
def test_adjusted_p_values_keep_their_order_and_never_fall(p, method):
    """A smaller p stays the smaller, none goes down, none above 1."""
    p = np.array(p, dtype=float)
    adjusted = adjust_p(p, method=method)
    assert (np.isnan(adjusted) == np.isnan(p)).all()
    known = ~np.isnan(p)
    assert ((p[known] <= adjusted[known]) & (adjusted[known] <= 1)).all()
    assert (np.diff(adjusted[known][np.argsort(p[known], kind="stable")]) >= 0).all()


@calm
@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.just(whole), st.integers(0, whole))), st.data())
def test_finite_bounds_hold_what_was_found(sizes, data):
    """They hold at least what was seen, at most what can be, widen with confidence, and mirror endorsed files."""
    whole, sampled = sizes
    found = data.draw(st.integers(0, sampled))
    narrow, wide = (finite_population_bounds(whole, sampled, found, confidence=level) for level in (0.9, 0.99))
    assert found <= wide.low <= narrow.low <= narrow.high <= wide.high <= whole - sampled + found
    assert narrow.low <= narrow.lower <= narrow.upper <= narrow.high
    mirrored = finite_population_bounds(whole, sampled, sampled - found, confidence=0.9)
    assert (mirrored.low, mirrored.high) == (whole - narrow.high, whole - narrow.low)


@calm
@given(people)
def test_the_relative_reading_is_never_laxer(frame):
    """An overall rate is at most one: what is over in points is over in relation to it."""
    table = compared(frame)
    assert (table["flag_relative"] | ~table["flag_points"]).all()
