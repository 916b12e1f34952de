"""Planning and evaluating a sample keep their contract at every boundary."""

from fractions import Fraction

import numpy as np
import pytest

from qa_lib.errors import QAError
from qa_lib.reports.planning import what_a_share_shows
from qa_lib.statistics.finite import finite_population_bounds, judge_claim, operating_characteristic, sample_size
from qa_lib.statistics.hypergeometric import exact_cumulative


@pytest.mark.parametrize(("population", "needed"), [(1000, 56), (250, 51), (7, 7), (1, 1)])
def test_files_needed_with_none_overturned(population, needed):
    """At 5 % and 95 % the smallest sample is the known one, and all files where the population is tiny."""
    assert sample_size(population, tolerable="0.05").n == needed


def test_the_smallest_sample_is_the_smallest():
    """One file fewer would leave the error above 5 %, in integers."""
    plan = sample_size(1000, tolerable="0.05")
    assert exact_cumulative(0, plan.n, 51, 1000) <= Fraction(1, 20) < exact_cumulative(0, plan.n - 1, 51, 1000)


def test_an_expected_rate_is_exact_where_floats_say_423():
    """Tolerable 5 %, expected 3.5 % and 90 % need 400 files with 14 overturned: 0.035 * 400 is exactly 14."""
    endless = sample_size(None, tolerable="0.05", expected="0.035", confidence=0.9)
    large = sample_size(100_000, tolerable="0.05", expected=Fraction(7, 200), confidence=0.9)
    assert (endless.n, endless.allowed) == (large.n, large.allowed) == (400, 14)


def test_a_fixed_number_may_be_allowed():
    """More overturned files allowed need a larger sample."""
    sizes = [sample_size(1000, tolerable="0.05", allowed=allowed).n for allowed in range(4)]
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 56


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tolerable": "0.15", "allowed": -3}, "allowed holds -3"),
        ({"tolerable": "0.15", "allowed": 0.5}, "allowed holds 0.5"),
        ({"tolerable": "0.15", "claim": "about"}, "expected at most or below"),
        ({"tolerable": 0.1 + 0.2}, "expected a rate"),
        ({"tolerable": "5"}, "did you mean 5% or 0.05"),
        ({"tolerable": "five"}, "expected a rate"),
        ({"tolerable": "0.05", "expected": "0.05"}, "below tolerable"),
        ({"tolerable": "1"}, "below 1"),
        ({"tolerable": "0.05", "confidence": 95}, "not 95"),
        ({"tolerable": "0.15", "expected": "0.11"}, "no sample of 10"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(arguments, said):
    """Rates are exact and in order, and a claim that no sample can show is said to be one."""
    with pytest.raises(QAError, match=said):
        sample_size(10, **arguments)


@pytest.mark.parametrize(
    ("population", "tolerable", "detectable"),
    [(1000, "0.05", (51, 50)), (1001, "0.05", (51, 51)), (999, "0.05", (50, 50)), (7, "0.05", (1, 1))],
)
def test_a_claim_allows_the_tolerable_rate_itself_or_lies_below_it(population, tolerable, detectable):
    """The two differ by one file where the rate is a whole number of files, and nowhere else; each plan is smallest."""
    for claim, fewest in zip(("at most", "below"), detectable, strict=True):
        plan = sample_size(population, tolerable=tolerable, claim=claim)
        assert (plan.claim, plan.detectable) == (claim, fewest)
        assert exact_cumulative(0, plan.n, fewest, population) <= Fraction(1, 20)
        assert exact_cumulative(0, plan.n - 1, fewest, population) > Fraction(1, 20)


def test_a_share_is_held_against_both_claims():
    """Of 250 files 4 % are ten: eleven overturned break the one claim, ten the other; a tenth shows neither."""
    shows = what_a_share_shows([250], rate="0.1", tolerable="0.04").iloc[0]
    sizes = [sample_size(250, tolerable="0.04", claim=claim).n for claim in ("at most", "below")]
    assert shows[["needed", "needed_below"]].tolist() == sizes
    assert sizes[0] < sizes[1]
    assert (shows["drawn"], shows["shown"]) == (25, "no")


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [((0, 0, 0), (0, 0)), ((10, 0, 0), (0, 10)), ((10, 10, 3), (3, 3)), ((1, 1, 0), (0, 0)), ((10, 9, 0), (0, 1))],
)
def test_bounds_at_the_edges(counts, bounds):
    """Nothing sampled bounds nothing; everything sampled leaves no doubt."""
    result = finite_population_bounds(*counts)
    assert (result.low, result.high) == (result.lower, result.upper) == bounds


def test_bounds_match_exact_integers_everywhere_in_a_small_population():
    """For N = 20 each upper bound is the largest M that integers leave possible, and each lower one its mirror."""
    cases = [(20, n, x) for n in range(21) for x in range(n + 1)]
    upper = finite_population_bounds(*np.array(cases).T).upper
    for (whole, n, x), bound in zip(cases, upper, strict=True):
        possible = [M for M in range(x, whole - n + x + 1) if exact_cumulative(x, n, M, whole) > Fraction(1, 20)]
        assert bound == max(possible)


def test_a_file_that_never_came_back_widens_both_ways():
    """It counts as overturned above and as endorsed below."""
    bounds = finite_population_bounds(1000, 50, 2, missing=3)
    assert bounds.upper == finite_population_bounds(1000, 50, 5).upper
    assert bounds.lower == finite_population_bounds(1000, 50, 2).lower


def test_nothing_can_be_found_below_the_least_that_must_be():
    """Of 5 drawn from 6 with 3 overturned at least 2 are."""
    assert exact_cumulative(1, 5, 3, 6) == 0
    assert exact_cumulative(2, 5, 3, 6) == Fraction(1, 2)


def test_a_tie_with_the_error_is_decided_in_integers():
    """One of 20 files drawn from a population of 20 with one overturned is missed with exactly 19/20."""
    assert exact_cumulative(0, 1, 1, 20) == Fraction(19, 20)
    assert finite_population_bounds(20, 19, 0, confidence=0.95).upper == 0
    assert finite_population_bounds(20, 19, 0, confidence=0.9501).upper == 1


@pytest.mark.parametrize(
    ("counts", "point", "verdict"),
    [
        ((1000, 100, 5), "met", "not shown"),
        ((1000, 100, 6), "not met", "not shown"),
        ((1000, 56, 0), "met", "shown"),
        ((1000, 55, 0), "met", "not shown"),
        ((1000, 100, 20), "not met", "shown to fail"),
        ((1000, 0, 0), "open", "not shown"),
    ],
)
def test_the_point_rule_and_what_the_sample_shows_stand_apart(counts, point, verdict):
    """Exactly 5 % meets the rule; whether the population does is another question."""
    claim = judge_claim(*counts, tolerable="0.05")
    assert (claim.point_rule, claim.verdict) == (point, verdict)


def test_files_that_never_came_back_can_leave_the_point_rule_open():
    """Five overturned of a hundred meet it; with one more missing nobody knows."""
    assert judge_claim(1000, 100, 5, tolerable="0.05", missing=1).point_rule == "open"


@pytest.mark.parametrize(
    ("counts", "said"),
    [((10, 11, 0), "n is 11 of N 10"), ((10, 5, 6), "6 of n 5"), ((10, 5, -1), "holds -1"), ((10, 2.5, 1), "2.5")],
)
def test_counts_out_of_order_are_refused(counts, said):
    """The message names what arrived."""
    with pytest.raises(QAError, match=said):
        finite_population_bounds(*counts)


def test_an_operating_characteristic_falls_from_certainty():
    """It starts at 1, never rises, and ends at 0 when everything is overturned."""
    curve = operating_characteristic(1000, 56, 0)
    assert curve.probability[0] == 1
    assert curve.probability[-1] == 0
    assert (np.diff(curve.probability) <= 1e-15).all()
    assert (len(curve.rate), curve.rate[-1]) == (1001, 1)


def test_a_large_population_is_quick_and_exact_to_the_file():
    """A million files, five thousand of them sampled."""
    upper = finite_population_bounds(1_000_000, 5_000, 100).upper
    assert finite_population_bounds([1_000_000] * 2, 5_000, [100, 101]).upper[1] > upper > 20_000
