"""The year's bounds hold however the overturned files lie among the months."""

import itertools
import math
import os
from fractions import Fraction

import numpy as np
import pytest

from qa_lib.statistics.finite import finite_population_bounds
from qa_lib.statistics.year_estimate import stratified_rate

ERROR = Fraction(1, 20)


def chance_by_number(population, sampled, overturned):
    """Return the exact chance of each number found in one month."""
    whole = math.comb(population, sampled)
    return [
        Fraction(math.comb(overturned, k) * math.comb(population - overturned, sampled - k), whole)
        for k in range(sampled + 1)
    ]


def chance_over_months(populations, samples, spread):
    """Return the exact chance of each number found in all months, for one spread of the overturned files."""
    every = [Fraction(1)]
    for month in zip(populations, samples, spread, strict=True):
        own = chance_by_number(*month)
        every = [
            sum(every[i] * own[k - i] for i in range(max(0, k - len(own) + 1), min(k, len(every) - 1) + 1))
            for k in range(len(every) + len(own) - 1)
        ]
    return every


def brute_force(populations, samples, found, error):
    """Return the smallest and the largest number overturned under which the result has more than the error's chance."""
    k = sum(found)
    few, many = [], []
    for spread in itertools.product(*(range(size + 1) for size in populations)):
        chances = chance_over_months(populations, samples, spread)
        if sum(chances[: k + 1]) > error:
            many.append(sum(spread))
        if sum(chances[k:]) > error:
            few.append(sum(spread))
    return min(few), max(many)


SMALL = [([8, 6], [2, 1]), ([5, 5, 5], [1, 2, 1]), ([9, 3], [3, 3]), ([6, 7, 2], [2, 1, 1])]


@pytest.mark.parametrize(("populations", "samples"), SMALL)
def test_with_nothing_found_the_bound_is_that_of_all_spreads(populations, samples):
    """Enumerating every spread finds the same number, one-sided and two-sided."""
    year = stratified_rate(populations, samples, [0] * len(samples))
    assert year.upper == brute_force(populations, samples, [0], ERROR)[1]
    assert year.high == brute_force(populations, samples, [0], ERROR / 2)[1]
    assert (year.lower, year.low) == (0, 0)
    assert year.method.endswith("exact")


@pytest.mark.parametrize(("populations", "samples"), SMALL)
@pytest.mark.parametrize("number", [1, 2])
def test_with_something_found_no_spread_is_beyond_the_bounds(populations, samples, number):
    """Never narrower than what enumeration finds, and hardly wider above."""
    found = [1] * number + [0] * (len(samples) - number)
    low, high = brute_force(populations, samples, found, ERROR)
    year = stratified_rate(populations, samples, found)
    seen = sum(populations) - sum(samples) + sum(found)
    assert year.lower <= max(low, sum(found))
    assert min(high, seen) <= year.upper <= min(high + 2, seen)
    assert year.method.endswith("safe upper bound")


def test_a_year_of_twelve_uneven_months():
    """1,350 files of which 71 were drawn: a pooled bound would be lower with nothing found, and with one and three."""
    populations, samples = [112] * 6 + [113] * 6, [6] * 11 + [5]
    for number, upper in ((0, 56), (1, 88), (3, 143)):
        year = stratified_rate(populations, samples, [1] * number + [0] * (12 - number))
        assert year.upper == upper
        assert year.upper > finite_population_bounds(1350, 71, number).upper
    assert stratified_rate(populations, samples, [0] * 12).verdict == "shown"
    assert stratified_rate(populations, samples, [1] + [0] * 11).verdict == "not shown"
    assert stratified_rate(populations, samples, [2] * 4 + [0] * 8).verdict == "shown to fail"


def test_one_month_alone_has_the_exact_bounds():
    """With two of fifty found, and with one that never came back."""
    for missing in (0, 1):
        year, exact = (
            bounds(1000, 50, 2, missing=missing)
            for bounds in (
                lambda *given, **more: stratified_rate(*([one] for one in given), **more),
                finite_population_bounds,
            )
        )
        assert (year.low, year.high, year.lower, year.upper) == (exact.low, exact.high, exact.lower, exact.upper)


def test_a_large_year_with_much_found_takes_the_quick_bound():
    """It is never below the other one, and both are safe; twelve thousand files take no time."""
    year = stratified_rate([1000] * 12, [50] * 12, [3] * 12)
    assert year.estimate == pytest.approx(0.06)
    assert year.lower < 720 < year.upper < 1000


def test_the_year_weights_months_by_their_files():
    """One of 5 of 100 and none of 15 of 300: a quarter of a fifth."""
    assert stratified_rate([100, 300], [5, 15], [1, 0]).estimate == pytest.approx(0.25 * 0.2)


def test_a_year_that_was_seen_whole_leaves_no_doubt():
    """Every file drawn: the bounds are what was found."""
    year = stratified_rate([5, 3], [5, 3], [1, 0])
    assert (year.estimate, year.low, year.high, year.lower, year.upper) == (0.125, 1, 1, 1, 1)


def test_months_without_a_draw_are_said():
    """They are no part of the estimate."""
    year = stratified_rate([100, 50, 0], [5, 0, 0], [0, 0, 0])
    assert (year.freezes, year.left_out, year.population) == (1, 1, 100)
    assert year.high == finite_population_bounds(100, 5, 0).high
    nothing = stratified_rate([], [], [])
    assert math.isnan(nothing.estimate)
    assert (nothing.population, nothing.verdict) == (0, "not shown")


def test_missing_files_widen_the_year_upwards():
    """They count as overturned above and as endorsed below."""
    sure = stratified_rate([100, 80], [20, 10], [1, 0])
    unsure = stratified_rate([100, 80], [20, 10], [1, 0], missing=[1, 1])
    assert unsure.low == sure.low
    assert unsure.high == stratified_rate([100, 80], [20, 10], [2, 1]).high > sure.high


@pytest.mark.parametrize(("overturned", "verdict"), [(6, "not shown"), (5, "shown")])
def test_the_verdict_is_about_the_tolerable_rate(overturned, verdict):
    """As many as it allows may be overturned, one more may not; of the three that were not seen one may be."""
    found = [overturned - 1, 0]
    year = stratified_rate([50, 50], [50, 47], found, tolerable="0.05")
    assert (year.allowed, year.verdict) == (5, verdict)
    assert year.upper == overturned


def made_up_year(chance, months, fewest, most):
    """Return files, drawn and overturned of uneven months: 5 % drawn, 1 to 8 % overturned, spread in one of three ways.

    Evenly, unevenly, or all in one month as far as there is room.
    """
    populations = chance.integers(fewest, most, size=months)
    number = round(chance.uniform(0.01, 0.08) * populations.sum())
    spreads = (populations, chance.dirichlet(np.full(months, 0.3)), np.eye(months)[chance.integers(months)])
    weights = spreads[chance.integers(3)]
    wanted = chance.multinomial(number, weights / weights.sum())
    return populations, -(-populations // 20), np.minimum(wanted, populations)


def misses(years, *shape, seed):
    """Return in how many made-up years the one-sided bounds miss the truth, above and below."""
    chance = np.random.default_rng(seed)
    above = below = 0
    for _ in range(years):
        populations, samples, overturned = made_up_year(chance, *shape)
        found = chance.hypergeometric(overturned, populations - overturned, samples)
        year = stratified_rate(populations, samples, found)
        above, below = above + (year.upper < overturned.sum()), below + (year.lower > overturned.sum())
    return above, below


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bounds_miss_no_more_often_than_they_may(seed):
    """A hundred made-up years of four uneven months: at 95 % each bound may miss five."""
    assert max(misses(100, 4, 5, 40, seed=seed)) <= 5


@pytest.mark.skipif(os.environ.get("QA_LONG") != "1", reason="takes minutes; QA_LONG=1 runs it")
def test_two_thousand_years_miss_no_more_often_than_they_may():
    """Twelve uneven months of 20 to 199 files; at 95 % each bound may miss a hundred."""
    assert max(misses(2000, 12, 20, 200, seed=2023)) <= 100
