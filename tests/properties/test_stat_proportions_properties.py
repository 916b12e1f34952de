"""What is true of every two groups."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.statistics.differences import equivalence, newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp, two_sided
from qa_lib.statistics.proportions import clopper_pearson_interval, wilson_interval
from qa_lib.statistics.unconditional import binomial_of_all, boschloo

INTERVALS = [score_interval, newcombe_interval]
calm = settings(deadline=None, max_examples=50)


@st.composite
def tables(draw, most=2000):
    """Draw the counts of two groups that are not empty."""
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def swapped(table):
    """Return the same table with its groups exchanged."""
    return (*table[2:], *table[:2])


@calm
@given(tables())
def test_swapping_groups_negates_every_interval(table):
    """The gap and both ends change sign, and the ends change place."""
    for interval in INTERVALS:
        one, other = interval(*table), interval(*swapped(table))
        assert one.estimate == pytest.approx(-other.estimate, abs=1e-15)
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-11)


@calm
@given(tables())
def test_swapping_groups_or_outcomes_leaves_the_p_value(table):
    """A test sees no first group and no better outcome."""
    k1, n1, k2, n2 = table
    p = fisher_midp(*table)
    assert fisher_midp(*swapped(table)) == pytest.approx(p, rel=1e-9)
    assert fisher_midp(n1 - k1, n1, n2 - k2, n2) == pytest.approx(p, rel=1e-9)
    assert 0 <= p <= 1


@calm
@given(tables(), st.sampled_from([(0.8, 0.9), (0.9, 0.95), (0.95, 0.99)]))
def test_intervals_contain_the_estimate_and_widen_with_confidence(table, levels):
    """They lie within -1 and 1, and a higher confidence never loses ground."""
    for interval in INTERVALS:
        narrow, wide = (interval(*table, confidence=level) for level in levels)
        assert -1 <= wide.low <= narrow.low + 1e-11
        assert narrow.low - 1e-11 <= narrow.estimate <= narrow.high + 1e-11
        assert narrow.high - 1e-11 <= wide.high <= 1


@calm
@given(tables(), st.sampled_from([(0.8, 0.9), (0.9, 0.95), (0.95, 0.998)]))
def test_intervals_of_one_proportion_do_so_too(table, levels):
    """They lie within 0 and 1, contain the rate and widen; the exact one is the wider in total over all outcomes."""
    k, n = table[:2]
    for interval in (wilson_interval, clopper_pearson_interval):
        narrow, wide = (interval(k, n, confidence=level) for level in levels)
        assert 0 <= wide.low <= narrow.low <= k / n + 1e-15
        assert k / n - 1e-15 <= narrow.high <= wide.high <= 1


@calm
@given(tables(), st.sampled_from(["0.05", "0.10", "0.3"]))
def test_equivalence_is_its_interval_and_its_p_value(table, margin):
    """Interval inside the margin, p below 5 %: the same decision, and none when the groups differ by more."""
    result = equivalence(*table, margin=margin)
    limit = float(Fraction(margin))
    if abs(result.p - 0.05) > 1e-9:
        assert result.equivalent == (result.p < 0.05) == (-limit < result.low and result.high < limit)
    if abs(table[0] / table[1] - table[2] / table[3]) > limit:
        assert not result.equivalent


@calm
@given(tables(most=40))
def test_boschloo_is_never_above_fisher(table):
    """Seeking the worst common rate costs less than fixing the margins."""
    k1, n1, k2, n2 = (np.array([count]) for count in table)
    fisher, _ = two_sided(k1, n1, k1 + k2, n1 + n2)
    assert 0 <= boschloo(*table, gamma=0) <= fisher[0] * (1 + 1e-9)
    assert 1e-4 <= boschloo(*table) <= min(1, fisher[0] * (1 + 1e-9) + 1e-4)


def brute_mid_p(k, n1, n2, total):
    """Return the mid-P of one table in fractions, by listing all tables of its margins."""
    weights = {x: comb(n1, x) * comb(n2, total - x) for x in range(max(0, total - n2), min(n1, total) + 1)}
    doubled = 2 * sum(weight for weight in weights.values() if weight <= weights[k]) - weights[k]
    return Fraction(doubled, 2 * sum(weights.values()))


def test_mid_p_is_the_brute_force_sum_for_all_tables_up_to_twelve():
    """All 8,190 tables of two groups of 1 to 12, in exact fractions."""
    cases = [
        (k1, n1, k2, n2)
        for n1, n2 in product(range(1, 13), repeat=2)
        for k1, k2 in product(range(n1 + 1), range(n2 + 1))
    ]
    p = fisher_midp(*np.array(cases).T)
    expected = [float(brute_mid_p(k1, n1, n2, k1 + k2)) for k1, n1, k2, n2 in cases]
    assert p == pytest.approx(expected, rel=1e-12, abs=0)


def brute_boschloo(table, rates):
    """Return the largest probability, over the rates given, of a table with a Fisher p as small, in fractions."""
    k1, n1, k2, n2 = table

    def fisher(a, b):
        weights = [comb(n1, x) * comb(n2, a + b - x) for x in range(max(0, a + b - n2), min(n1, a + b) + 1)]
        own = comb(n1, a) * comb(n2, b)
        return Fraction(sum(weight for weight in weights if weight <= own), sum(weights))

    seen = fisher(k1, k2)
    region = [(a, b) for a, b in product(range(n1 + 1), range(n2 + 1)) if fisher(a, b) <= seen]
    return max(
        sum(comb(n1, a) * comb(n2, b) * r ** (a + b) * (1 - r) ** (n1 + n2 - a - b) for a, b in region) for r in rates
    )


def test_boschloo_is_the_brute_force_maximum_for_small_tables():
    """For groups of 3 and 5 no rate of a fine grid gives more, and one gives as much."""
    grid = [Fraction(i, 100) for i in range(101)]
    for k1, k2 in product(range(4), range(6)):
        brute = float(brute_boschloo((k1, 3, k2, 5), grid))
        assert brute - 1e-12 <= boschloo(k1, 3, k2, 5, gamma=0) <= brute + 1e-3


@pytest.mark.parametrize(("n1", "n2", "largest"), [(5, 95, 0.0644), (20, 80, 0.0514)])
def test_the_error_of_mid_p_is_the_one_that_the_methods_state(n1, n2, largest):
    """Summed over all tables, at 300 common rates: never above what docs/methods.md prints."""
    k1, k2 = np.indices((n1 + 1, n2 + 1))
    rates = np.linspace(0.005, 0.995, 300)
    first, second = binomial_of_all(n1, rates), binomial_of_all(n2, rates)
    error = np.einsum("xg,xg->g", first, (fisher_midp(k1, n1, k2, n2) <= 0.05).astype(float) @ second)
    assert 0.9 * largest < error.max() < largest


def test_boschloo_keeps_its_level_everywhere():
    """Groups of 5 and 30: no common rate gives an error above 5 %."""
    k1, k2 = np.indices((6, 31))
    rates = np.linspace(0.0, 1.0, 300)
    error = binomial_of_all(5, rates) * ((boschloo(k1, 5, k2, 30) <= 0.05).astype(float) @ binomial_of_all(30, rates))
    assert error.sum(axis=0).max() <= 0.05
