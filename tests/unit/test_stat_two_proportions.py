"""Tests and intervals of proportions keep their contract at the edges."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from qa_lib.errors import QAError
from qa_lib.statistics.differences import equivalence, newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp, two_sided
from qa_lib.statistics.multiplicity import adjust_p
from qa_lib.statistics.power import minimum_detectable_difference
from qa_lib.statistics.proportions import clopper_pearson_interval, normal_quantile, wilson_interval
from qa_lib.statistics.unconditional import boschloo, fisher_of_all

INTERVALS = [score_interval, newcombe_interval]
BIG = 10**6


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((0, 0, 3, 5), math.nan),
        ((3, 5, 0, 0), math.nan),
        ((0, 0, 0, 0), math.nan),
        ((0, 1, 0, 1), 0.5),
        ((1, 1, 1, 1), 0.5),
        ((0, 1, 1, 1), 0.75),
        ((0, 10, 0, 20), 0.5),
        ((10, 10, 20, 20), 0.5),
        ((0, BIG, 0, BIG), 0.5),
        ((0, BIG, BIG, BIG), 0.0),
    ],
)
def test_mid_p_at_the_edges(table, p):
    """An empty group gives no p; a certain table gives a half, as R has it; two opposite people give three quarters."""
    assert fisher_midp(*table) == pytest.approx(p, nan_ok=True, abs=1e-15)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("table", [(0, 0, 3, 5), (3, 5, 0, 0), (0, 0, 0, 0)])
def test_an_empty_group_bounds_nothing(interval, table):
    """There is no estimate, and the interval is everything."""
    result = interval(*table)
    assert math.isnan(result.estimate)
    assert (result.low, result.high) == (-1, 1)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize(
    ("table", "estimate"),
    [((0, 1, 0, 1), 0), ((1, 1, 0, 1), 1), ((0, 1, 1, 1), -1), ((BIG, BIG, 0, BIG), 1), ((0, BIG, 0, BIG), 0)],
)
def test_intervals_of_a_difference_at_the_edges(interval, table, estimate):
    """The estimate lies inside, the interval inside -1 to 1, and it has a length unless nothing is left to doubt."""
    result = interval(*table)
    assert result.estimate == estimate
    assert -1 <= result.low <= estimate <= result.high <= 1
    assert result.low < result.high


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson_interval])
def test_intervals_of_one_proportion_at_the_edges(interval):
    """Nought of nought bounds nothing; nought starts at nought and all ends at one."""
    result = interval([0, 0, 1, 0, BIG, 0], [0, 1, 1, BIG, BIG, 20])
    assert math.isnan(result.estimate[0])
    assert (result.low[0], result.high[0]) == (0, 1)
    assert result.low[[1, 3]].tolist() == [0, 0]
    assert result.high[[2, 4]].tolist() == [1, 1]
    assert ((result.low <= result.high) & (result.high - result.low > 0)).all()


def test_scalars_give_floats_and_arrays_keep_their_shape():
    """One table gives a number; a grid of tables gives a grid."""
    assert isinstance(fisher_midp(1, 5, 2, 5), float)
    assert isinstance(score_interval(1, 5, 2, 5).low, float)
    grid = np.arange(6).reshape(2, 3)
    assert fisher_midp(grid, 5, 2, 5).shape == score_interval(grid, 5, 2, 5).low.shape == (2, 3)
    assert boschloo(grid, 5, 2, 5).shape == equivalence(grid, 5, 2, 5, margin="0.1").p.shape == (2, 3)
    assert fisher_midp([], [], [], []).shape == score_interval([], [], [], []).low.shape == (0,)


def test_many_tables_in_blocks_equal_the_same_tables_alone():
    """More tables than fit a block come out in order."""
    k1 = np.arange(20_000) % 50
    assert (fisher_midp(k1, 50, 60, 100)[12_345:12_350] == fisher_midp(k1[12_345:12_350], 50, 60, 100)).all()
    assert (score_interval(k1, 50, 60, 100).low[9_000:9_009] == score_interval(k1[9_000:9_009], 50, 60, 100).low).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((3, 2, 1, 5), "k1 is 3 of n1 2"), ((1, 2, 6, 5), "k2 is 6"), ((1.5, 2, 1, 5), "1.5"), (("a", 2, 1, 5), "type")],
)
def test_counts_that_make_no_sense_are_refused(arguments, said):
    """The message names what arrived."""
    with pytest.raises(QAError, match=said):
        fisher_midp(*arguments)


def test_shapes_that_do_not_fit_are_refused():
    """Three and two counts make no tables."""
    with pytest.raises(QAError, match="do not fit"):
        fisher_midp([1, 2, 3], 5, [1, 2], 5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: score_interval(1, 2, 1, 2, confidence=95), "not 95"),
        (lambda: score_interval(1, 2, 1, 2**31), "n2 holds 2147483648; expected .* below 2,147,483,648"),
        (lambda: score_interval(1, 2, 1, 2**63), "n2 holds 9223372036854775808"),
        (lambda: score_interval(1, 2, 1, [2**64]), "n2 holds 18446744073709551616"),
        (lambda: score_interval(1, 2, 1, 2, confidence=float("nan")), "between 0 and 1"),
        (lambda: equivalence(1, 2, 1, 2, margin=0.1 + 0.2), "expected a rate"),
        (lambda: equivalence(1, 2, 1, 2, margin="0"), "above 0"),
        (lambda: equivalence(1, 2, 1, 2, margin="0.1", confidence=0.5), "above 0.5"),
        (lambda: boschloo(1, 2, 1, 2, gamma=0.5), "gamma"),
        (lambda: boschloo(1, 5000, 1, 5000), "use fisher_midp"),
        (lambda: adjust_p([0.1, 1.1]), "outside 0 to 1"),
        (lambda: adjust_p([0.1], families=[1, 2]), "one family for each"),
        (lambda: adjust_p([0.1], method="none"), "holm"),
        (lambda: minimum_detectable_difference(5, 5, 10, power=80), "power"),
    ],
)
def test_options_that_make_no_sense_are_refused(call, said):
    """Each message says what was expected."""
    with pytest.raises(QAError, match=said):
        call()


def test_fisher_is_scipys_on_mixed_tables():
    """Where SciPy is right but slow, the same numbers."""
    rng = np.random.default_rng(3)
    n1, n2 = rng.integers(1, 300, 200), rng.integers(1, 3000, 200)
    k1, k2 = rng.binomial(n1, 0.9), rng.binomial(n2, 0.85)
    ours, _ = two_sided(k1, n1, k1 + k2, n1 + n2)
    theirs = [fisher_exact([[a, m - a], [b, n - b]]).pvalue for a, m, b, n in zip(k1, n1, k2, n2, strict=True)]
    assert ours == pytest.approx(theirs, rel=1e-9, abs=0)


def test_intervals_are_those_of_statsmodels_where_it_is_right():
    """Wilson, Clopper-Pearson and Newcombe agree."""
    k, n = np.array([1, 15, 81]), np.array([29, 148, 263])
    for interval, method in ((wilson_interval, "wilson"), (clopper_pearson_interval, "beta")):
        low, high = proportion_confint(k, n, method=method)
        assert interval(k, n).low == pytest.approx(low, abs=1e-12)
        assert interval(k, n).high == pytest.approx(high, abs=1e-12)
    ours = newcombe_interval(56, 70, 48, 80)
    assert (ours.low, ours.high) == pytest.approx(confint_proportions_2indep(56, 70, 48, 80, method="newcomb"))


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_adjusted_p_values_are_those_of_statsmodels(ours, theirs):
    """They agree where nothing is missing."""
    p = np.random.default_rng(5).uniform(size=40) ** 3
    assert adjust_p(p, method=ours) == pytest.approx(multipletests(p, method=theirs)[1], rel=1e-12)


def test_missing_p_values_stay_missing_and_do_not_count():
    """Two of four are missing: the others are adjusted for two tests."""
    assert adjust_p([0.01, math.nan, 0.03, math.nan])[[0, 2]].tolist() == [0.02, 0.03]
    assert np.isnan(adjust_p([math.nan])).all()
    assert adjust_p([]).shape == (0,)


def test_every_table_of_two_group_sizes_has_its_fisher_p():
    """The matrix behind Boschloo's test holds what the single tables give."""
    k1, k2 = np.indices((8, 31))
    whole, _ = two_sided(k1.ravel(), np.full(k1.size, 7), (k1 + k2).ravel(), np.full(k1.size, 37))
    assert fisher_of_all(7, 30).ravel() == pytest.approx(whole, rel=1e-9)


def test_boschloo_does_not_care_which_group_is_larger():
    """Swapping the groups changes nothing."""
    assert boschloo(40, 50, 400, 450) == pytest.approx(boschloo(400, 450, 40, 50), rel=1e-12)


@pytest.mark.parametrize(("group", "part", "rest", "points"), [(10, 171, 190, 33), (50, 405, 450, 15)])
def test_the_smallest_visible_drop_is_the_known_one(group, part, rest, points):
    """At a rest of 90 %, ten people show 33 points and fifty show 15."""
    assert round(100 * minimum_detectable_difference(group, part, rest)) == points


@pytest.mark.parametrize(("group", "part", "rest"), [(20, 64, 80), (834, 110, 118), (3, 40, 50)])
def test_the_smallest_visible_drop_has_the_power_asked_for(group, part, rest):
    """Over all tables, the chance to find it is 80 %, also where the group is the larger and the edge ragged."""
    drop = minimum_detectable_difference(group, part, rest)
    k1, k2 = np.indices((group + 1, rest + 1))
    found = (fisher_midp(k1, group, k2, rest) <= 0.05) & (k1 * rest < k2 * group)
    chance = found.astype(float) @ binom.pmf(np.arange(rest + 1), rest, part / rest)
    assert binom.pmf(np.arange(group + 1), group, part / rest - drop) @ chance == pytest.approx(0.8, abs=1e-8)


def test_many_drops_at_once_are_the_same_as_one_by_one():
    """Cases that repeat, in any order and more than a batch of them."""
    group, part = np.arange(5, 65), np.arange(5, 65) % 7 + 60
    together = minimum_detectable_difference(group, part, 80)
    assert together[::-20] == pytest.approx(
        [minimum_detectable_difference(g, p, 80) for g, p in zip(group[::-20], part[::-20], strict=True)]
    )


@pytest.mark.parametrize("counts", [(0, 5, 10), (5, 0, 10), (5, 0, 0), (2, 5, 10)])
def test_a_drop_that_nobody_could_see_is_missing(counts):
    """An empty group, a rest that cannot fall, or too few people."""
    assert math.isnan(minimum_detectable_difference(*counts))


def test_counts_of_python_numbers_are_counts():
    """A column of objects that are whole numbers is taken; one of other things is not."""
    assert fisher_midp(np.array([1, 2], dtype=object), 5, 2, 5).shape == (2,)
    with pytest.raises(QAError, match="whole numbers"):
        fisher_midp(np.array([1, None], dtype=object), 5, 2, 5)


def test_boschloo_at_the_edges():
    """An empty group gives no p; a certain table gives 1."""
    assert np.isnan(boschloo([0, 1], [0, 2], [1, 0], [2, 0])).all()
    assert boschloo(0, 10, 0, 20) == boschloo(5, 5, 5, 5) == 1


@pytest.mark.parametrize(
    ("k1", "k2", "p", "ends"),
    [
        (500_000, 500_000, 0.9994358106280233, (-0.0013859028, 0.0013859028)),
        (BIG, 0, 0.0, (0.9999961585, 1.0)),
    ],
)
def test_a_million_against_a_million(k1, k2, p, ends):
    """Large tables neither overflow nor warn."""
    interval = score_interval(k1, BIG, k2, BIG)
    assert fisher_midp(k1, BIG, k2, BIG) == pytest.approx(p, rel=1e-7)
    assert (interval.low, interval.high) == pytest.approx(ends, abs=1e-9)


def likeliest(k1, n1, k2, n2, delta):
    """Return the likeliest first rate under a difference, by halving: the likelihood has one peak."""
    low, high = max(Decimal(0), delta), min(Decimal(1), 1 + delta)
    for _ in range(80):
        p = (low + high) / 2
        q = p - delta
        rises = (k1 - n1 * p) * q * (1 - q) + (k2 - n2 * q) * p * (1 - p) > 0
        low, high = (p, high) if rises else (low, p)
    return (low + high) / 2


def lower_end(*table, digits=40):
    """Return the lower end of the score interval at 95 %, by halving in so many digits."""
    with localcontext() as context:
        context.prec = digits
        k1, n1, k2, n2 = map(Decimal, table)
        z, seen = Decimal(normal_quantile(0.95)), k1 / n1 - k2 / n2
        low, high = Decimal(-1), seen
        for _ in range(60):
            delta = (low + high) / 2
            p = likeliest(k1, n1, k2, n2, delta)
            q = p - delta
            variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
            low, high = (delta, high) if seen - delta > z * variance.sqrt() else (low, delta)
        return float(low)


@pytest.mark.parametrize("table", [(0, 1, 0, 100_000), (1, 1, 2, 124_531), (2, 2, 308_787, 308_788), (2, 7, 500, 1000)])
def test_few_people_against_very_many_lose_no_digits(table):
    """Nobody succeeds, nearly nobody, nearly everybody, and an ordinary table: the ends are those of forty digits."""
    found = score_interval(*table)
    assert (found.low, found.high) == pytest.approx(
        (lower_end(*table), -lower_end(*table[2:], *table[:2])), rel=0, abs=5e-14
    )
