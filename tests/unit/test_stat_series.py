"""Agreement, funnels, series over time and the year's estimate keep their contract at the edges."""

import math

import numpy as np
import pytest

from qa_lib.errors import QAError
from qa_lib.statistics.agreement import agreement
from qa_lib.statistics.control import xmr
from qa_lib.statistics.funnel import funnel_curve, funnel_limits
from qa_lib.statistics.year_estimate import stratified_rate


def test_direction_needs_an_order():
    """With categories from low to high a milder first judge is told from a harsher one."""
    first, second = ["met", "met", "partial", "none"], ["partial", "none", "met", "none"]
    ordered = agreement(first, second, categories=["none", "partial", "met"])
    assert (ordered.milder, ordered.harsher, ordered.agreed.estimate) == (2, 1, 0.25)
    assert agreement(first, second).milder is None


def test_missing_judgements_are_left_out_and_counted():
    """Only pairs judged by both count."""
    result = agreement(["a", "b", None], ["a", None, "b"])
    assert (result.pairs, result.left_out) == (1, 2)


def test_no_pairs_say_nothing():
    """NaN with a reason, and an interval from nought to one."""
    result = agreement([], [])
    assert math.isnan(result.kappa)
    assert math.isnan(result.ac1)
    assert (result.agreed.low, result.agreed.high) == (0, 1)
    assert result.note == "No pair was judged by both."


@pytest.mark.parametrize(("second", "kappa"), [("aaabbc", 1), ("aaaaaa", 0)])
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_an_error_of_nought_is_nought(second, kappa, weights):
    """Two judges who always agree, and one who always says the same: nothing is left of rounding."""
    result = agreement("aaabbc", second, categories="abc", weights=weights)
    assert (result.kappa, result.kappa_error) == (kappa, 0)


def test_a_category_that_nobody_used_leaves_kappa_alone():
    """It counts for AC1, which asks how many categories there are."""
    few = agreement(["a", "a", "b", "b"], ["a", "b", "b", "b"], categories=["a", "b"])
    many = agreement(["a", "a", "b", "b"], ["a", "b", "b", "b"], categories=["a", "b", "c"])
    assert few.kappa == pytest.approx(many.kappa)
    assert few.ac1 < many.ac1


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((["a"], []), {}, "1 and 0 judgements"),
        ((["a"], ["b"]), {"categories": ["a"]}, "judgements hold b"),
        ((["a"], ["a"]), {"categories": ["a", "a"]}, "categories repeat"),
        ((["a"], ["b"]), {"weights": "linear"}, "from the lowest to the highest"),
        ((["a"], ["b"]), {"weights": "cubic"}, "none, linear or quadratic"),
    ],
)
def test_judgements_that_cannot_be_compared_are_refused(arguments, options, said):
    """The message says what to give."""
    with pytest.raises(QAError, match=said):
        agreement(*arguments, **options)


def test_funnel_limits_narrow_with_numbers_and_widen_with_spread():
    """More people, narrower; a higher level or spread between providers, wider."""
    rng = np.random.default_rng(1)
    n = np.array([10, 40, 160, 640, 2560] * 4)
    funnel = funnel_limits(rng.binomial(n, rng.uniform(0.6, 0.95, len(n))), n)
    assert funnel.tau2 > 0
    assert (funnel.low_spread <= funnel.target).all()
    assert ((funnel.high - funnel.low)[:, 0] > (funnel.high - funnel.low)[:, 4]).all()
    assert (funnel.low[1] <= funnel.low[0]).all()
    assert (funnel.high_spread[0][n >= 160] > funnel.high[0][n >= 160]).all()
    assert (np.abs(funnel.z_spread) <= np.abs(funnel.z)).all()


def test_a_provider_without_people_has_no_limits():
    """It neither moves the target nor raises a warning."""
    funnel = funnel_limits([9, 0, 8], [10, 0, 10])
    assert math.isnan(funnel.rate[1])
    assert np.isnan(funnel.low[:, 1]).all()
    assert funnel.target == 0.85
    assert funnel.tau2 == 0


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_target_of_none_or_all_is_a_funnel_without_width(target):
    """Exact limits stand on the target."""
    low, high = funnel_curve([1, 100], target=target)
    assert low == pytest.approx([target, target])
    assert high == pytest.approx([target, target])


def test_one_provider_has_no_spread():
    """There is nobody to differ from."""
    funnel = funnel_limits([9], [10])
    assert math.isnan(funnel.phi)
    assert funnel.tau2 == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: funnel_limits(9, 10), "one entry per provider"),
        (lambda: funnel_limits([0], [0]), "one entry per provider"),
        (lambda: funnel_limits([1], [2], target=85), "between 0 and 1"),
        (lambda: xmr([["a"]]), "list of numbers"),
        (lambda: xmr([1, math.inf]), "list of numbers"),
        (lambda: stratified_rate([5], [6], [0]), "n is 6"),
        (lambda: stratified_rate([5], [3], [2], missing=[2]), "missing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, said):
    """The message says what was expected."""
    with pytest.raises(QAError, match=said):
        call()


def test_a_missing_month_breaks_the_chain_of_ranges():
    """The months on either side of it are not compared."""
    chart = xmr([10, 11, math.nan, 30, 31], fewest=4)
    assert chart.mean_range == 1
    assert chart.mean == 20.5
    assert chart.outside.tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("values", [[], [5], [math.nan, 5]])
def test_too_short_a_series_has_no_limits(values):
    """NaN, nothing outside, no warning; also where a single value would do for limits but has no range."""
    for fewest in (1, 8):
        chart = xmr(values, screen=True, fewest=fewest)
        assert math.isnan(chart.low)
        assert not chart.outside.any()


@pytest.mark.parametrize(("number", "limits"), [(7, False), (8, True)])
def test_limits_come_with_the_eighth_value(number, limits):
    """A period without a value does not count; before the eighth no value is a signal, however far it lies."""
    chart = xmr([10.0, 11.0] * 3 + [90.0] * (number - 6) + [math.nan])
    assert (chart.known, chart.fewest) == (number, 8)
    assert (not math.isnan(chart.high)) == limits
    assert chart.mean == pytest.approx((63 + 90 * (number - 6)) / number)
    assert not xmr([10, 10, 10, 10, 10, 10, 99]).outside.any()
    assert xmr([10] * 20 + [99]).outside.tolist() == [False] * 20 + [True]


@pytest.mark.parametrize(("low", "signals"), [(7, 0), (8, 8)])
def test_eight_in_a_row_on_one_side_of_the_mean_are_a_signal(low, signals):
    """Seven are none; no value is far from the others."""
    values = [10] * low + [11, 10] * 3 + [11, 11]
    chart = xmr(values)
    assert chart.in_run.sum() == signals
    assert chart.in_run[:signals].all()
    assert not chart.outside.any()


@pytest.mark.parametrize("between", [10.5, math.nan])
def test_a_value_on_the_mean_or_a_gap_ends_a_run(between):
    """Four before it and four after it are no eight in a row."""
    values = [10] * 4 + [between] + [10] * 4 + [11] * 4 + [between] + [11] * 4
    assert xmr(values).mean == 10.5
    assert not xmr(values).in_run.any()
    assert xmr([10] * 8 + [11] * 8).in_run.all()


def test_a_flat_series_keeps_its_ranges_when_screened():
    """All ranges are nought and none is left out."""
    assert xmr([5, 5, 5], screen=True).left_out == 0


def test_rounding_makes_no_signal():
    """A share that stays the same is flat, though its mean in floats is not quite that share."""
    chart = xmr([1 / 3] * 10)
    assert chart.mean != 1 / 3
    assert not chart.outside.any()
    assert not chart.in_run.any()
