"""The chance that a true gap is beyond the margin: a model, calibrated where it is true, and never a verdict."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, betabinom

from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.pooling import SPREADS, chance_beyond, spread_weights

MARGIN = Fraction(1, 10)


def table_of(k, n):
    """Return groups that make up one provider."""
    k, n = np.array(k), np.array(n)
    whole = {"k_overall": np.full_like(k, k.sum()), "n_overall": np.full_like(n, n.sum())}
    rest = {"k_rest": k.sum() - k, "rest_n": n.sum() - n, "missing": np.zeros(len(k), dtype=bool)}
    return {"k": k, "n": n} | whole | rest


def test_spreads_are_weighed_by_their_likelihood():
    """As SciPy's beta-binomial has it, group by group."""
    k, n, centre = np.array([8, 17, 40]), np.array([10, 20, 60]), np.array([0.8, 0.8, 0.7])
    size = 1 / SPREADS**2 - 1
    likelihood = [betabinom.pmf(k, n, centre * a, (1 - centre) * a).prod() for a in size]
    assert spread_weights(k, n, centre) == pytest.approx(np.array(likelihood) / sum(likelihood))


@pytest.mark.parametrize("reading", ["points", "relative"])
def test_the_chance_is_what_drawing_from_the_model_gives(reading):
    """Spread, rate of the group and rate of the rest drawn 40,000 times: beyond the margin about as often."""
    table = table_of([14, 50, 86], [20, 60, 100])
    rng = np.random.default_rng(6)
    centre = np.full(3, 150 / 180)
    weights = spread_weights(table["k"], table["n"], centre)
    size = 1 / rng.choice(SPREADS, 40_000, p=weights) ** 2 - 1
    own = beta.rvs(14 + centre[0] * size, 6 + (1 - centre[0]) * size, random_state=rng)
    overall = own * 20 / 180 + beta.rvs(136.5, 24.5, size=40_000, random_state=rng) * 160 / 180
    beyond = np.abs(own - overall) > 0.1 * (overall if reading == "relative" else 1)
    assert chance_beyond(table, limit=MARGIN, reading=reading)[0] == pytest.approx(beyond.mean(), abs=0.01)


def test_few_people_borrow_from_the_others():
    """Two of four among groups that are all alike are hardly ever truly far off; among uneven ones they may be."""
    alike = table_of([2, 180, 181, 179], [4, 200, 200, 200])
    uneven = table_of([2, 200, 130, 190], [4, 200, 200, 200])
    low, high = (chance_beyond(table, limit=MARGIN, reading="points")[0] for table in (alike, uneven))
    assert low < 0.1 < 0.5 < high


def test_where_there_is_nothing_to_say_there_is_no_chance():
    """Nobody, nobody else, and missing have none; where everybody succeeds nothing is beyond."""
    table = table_of([3, 0, 9], [3, 0, 9]) | {"missing": np.array([False, False, True])}
    found = chance_beyond(table, limit=MARGIN, reading="points")
    assert found[0] == 0
    assert np.isnan(found[1:]).all()


def test_it_is_worked_out_on_request_and_changes_no_verdict():
    """The column is blank unless asked for, and everything else is the same."""
    frame = pd.DataFrame({"g": list("aab") * 20, "ok": [True, False, True, True] * 15})
    without, asked = (compare_groups(frame, outcome="ok", groups="g", pooled=pooled) for pooled in (False, True))
    assert without["chance_beyond"].isna().all()
    assert not asked["chance_beyond"].map(math.isnan).any()
    pd.testing.assert_frame_equal(without.drop(columns="chance_beyond"), asked.drop(columns="chance_beyond"))
