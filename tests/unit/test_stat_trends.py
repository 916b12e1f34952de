"""Groups in an order: whether success rises or falls along them, by people and by schools."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_hypergeom

from qa_lib.errors import QAError
from qa_lib.statistics.mix import compare_characteristics
from qa_lib.statistics.trends import clustered_trend, trend

GRADES = ["Outstanding", "Good", "Requires improvement", "Inadequate"]


def test_p_is_the_share_of_tables_as_far_off():
    """All tables of the margins one by one, with their probabilities; random ones come near."""
    n, k, place = np.array([4, 5, 6]), np.array([4, 3, 2]), np.arange(3)
    tables = [(a, b, 9 - a - b) for a in range(5) for b in range(6) if 0 <= 9 - a - b <= 6]
    chance = np.array([multivariate_hypergeom.pmf(table, n, 9) for table in tables])
    centred = place - (place * n).sum() / n.sum()
    as_far = np.abs(np.array(tables) @ centred) >= abs(centred @ k) - 1e-9
    exact = chance[as_far].sum()
    assert trend(k, n).p == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000))


def test_the_statistic_squared_is_that_of_a_linear_regression():
    """Cochran: z squared is (N - 1) times the squared correlation of outcome and place."""
    k, n = np.array([95, 90, 80, 30]), np.array([100, 100, 100, 40])
    outcome = np.concatenate([np.repeat([1, 0], [hits, people - hits]) for hits, people in zip(k, n, strict=True)])
    correlation = np.corrcoef(np.repeat(np.arange(4), n), outcome)[0, 1]
    found = trend(k, n)
    assert found.z == pytest.approx(math.sqrt(n.sum() - 1) * correlation)
    assert found.slope == pytest.approx(np.polyfit(np.repeat(np.arange(4), n), outcome, 1)[0])


@pytest.mark.parametrize(("k", "n", "p"), [([5], [9], math.nan), ([0, 0], [5, 5], 1.0), ([0, 3], [0, 5], math.nan)])
def test_a_trend_at_its_edges(k, n, p):
    """One group has none; where nobody succeeds nothing rises; a group of nobody is no group."""
    assert trend(k, n).p == pytest.approx(p, nan_ok=True)


def test_the_other_order_turns_the_slope():
    """And nothing else; a group of nobody keeps its place."""
    one, other = trend([9, 0, 4], [10, 0, 10]), trend([4, 0, 9], [10, 0, 10])
    assert (one.slope, one.z) == pytest.approx((-other.slope, -other.z))
    assert one.slope == pytest.approx(-0.25)
    with pytest.raises(QAError, match="draws is 0"):
        trend([1, 2], [3, 3], draws=0)


def graded(rates):
    """Return people of four schools of ten a grade, with these numbers of successes in each school."""
    rows = [
        (f"{grade} {school}", grade, i < k)
        for grade, schools in zip(GRADES, rates, strict=True)
        for school, k in enumerate(schools)
        for i in range(10)
    ]
    return pd.DataFrame(rows, columns=["school", "ofsted", "ok"])


def test_schools_and_not_people_make_a_trend():
    """Two schools that lose nearly everybody make one by people, and none by schools."""
    frame = graded([(10, 10, 9, 10), (9, 10, 10, 9), (10, 9, 10, 9), (10, 10, 1, 2)])
    options = {"outcome": "ok", "groups": "ofsted", "ordered": {"ofsted": GRADES}}
    by_people = compare_characteristics(frame, **options).iloc[0]
    by_schools = compare_characteristics(frame, cluster="school", **options).iloc[0]
    assert by_people["slope_points"] == by_schools["slope_points"] < 0
    assert by_people["p_trend"] < 0.001 < 0.05 < by_schools["p_trend"]
    assert by_schools["p"] == by_people["p"]


def test_schools_in_another_order_of_rows_give_the_same():
    """They are put in an order of their own first."""
    rng = np.random.default_rng(3)
    n, place = rng.integers(2, 9, 20), rng.integers(0, 4, 20)
    k, order = rng.binomial(n, 0.7), rng.permutation(20)
    assert clustered_trend(k, n, place) == clustered_trend(k[order], n[order], place[order])


def test_values_outside_the_order_are_left_out_of_the_trend():
    """An unknown grade and a blank one change nothing; a column without an order has no trend."""
    frame = graded([(10, 9, 9, 9), (9, 8, 9, 9), (8, 8, 9, 7), (7, 7, 6, 8)])
    more = pd.concat([frame, frame.assign(ofsted="Pending"), frame.assign(ofsted=None)])
    options = {"outcome": "ok", "groups": ["ofsted", "school"], "ordered": {"ofsted": GRADES}}
    one, other = (compare_characteristics(table, **options) for table in (frame, more))
    assert one["p_trend"].iloc[0] == other["p_trend"].iloc[0] < 0.01
    assert math.isnan(one["p_trend"].iloc[1])
