"""Which groups are tested, by which margin and at which level, and how little would change a flag."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from qa_lib.errors import QAError
from qa_lib.statistics.explanations import explain_groups
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.multiplicity import adjust_p, counted_tests, holm_levels
from qa_lib.statistics.power import minimum_detectable_difference, smallest_drops
from qa_lib.statistics.ratios import ratio_equivalence, ratio_interval
from qa_lib.statistics.thresholds import NEVER, people_to_change, side_of_margin


def people(**counts):
    """Return one row per person from ``label=(successes, people)``."""
    rows = [(label, i < k) for label, (k, n) in counts.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["g", "ok"])


def compare(frame, **options):
    """Compare the groups of a frame, by label."""
    return compare_groups(frame, outcome="ok", groups="g", **options).set_index("group")


@pytest.mark.parametrize(
    ("group", "points", "relative"), [(35_000, True, False), (39_000, True, True), (44_000, True, False)]
)
def test_equivalence_is_read_as_the_margin_is(group, points, relative):
    """35 % against 39.5 % is near in points and not within ten per cent of the rate; 39 % is near in both."""
    table = (group, 100_000, 39_500, 100_000)
    frame = pd.DataFrame({"g": ["a", "b"], "ok": [group, 39_500], "n": 100_000})
    rows = {r: compare(frame, people="n", reading=r).loc["a"] for r in ("points", "relative")}
    assert [rows[r]["verdict"] != "different" for r in rows] == [points, relative]
    assert ratio_equivalence(*table, margin="0.10").equivalent is relative
    assert rows["relative"]["equivalence_low"] == pytest.approx(
        100 * (ratio_equivalence(*table, margin="0.10").low - 1)
    )
    assert (rows["points"]["margin"], rows["relative"]["margin"]) == ("10 points", "10 % of the others' rate")
    assert rows["relative"]["margin_points"] == pytest.approx(3.95)


def test_a_sentence_follows_the_reading():
    """In the relative reading nothing is said to be less than so many points."""
    said = explain_groups(
        compare_groups(people(a=(4400, 5000), b=(4600, 5000)), outcome="ok", groups="g", reading="relative")
    )
    assert "less than 10 % of the others' rate" in said.iloc[0]


def restricted_score(ratio, k1, n1, k2, n2):
    """Return the score of a ratio with the likeliest rates under it sought numerically."""

    def surprise(rate):
        pairs = ((k1, n1, ratio * rate), (k2, n2, rate))
        return -sum(k * math.log(max(p, 1e-300)) + (n - k) * math.log(max(1 - p, 1e-300)) for k, n, p in pairs)

    ends = (1e-12, min(1.0, 1 / ratio) - 1e-12)
    second = minimize_scalar(surprise, bounds=ends, method="bounded", options={"xatol": 1e-13}).x
    first, people = ratio * second, n1 + n2
    variance = (first * (1 - first) / n1 + ratio**2 * second * (1 - second) / n2) * people / (people - 1)
    return (k1 / n1 - ratio * k2 / n2) / math.sqrt(variance)


@pytest.mark.parametrize("table", [(36, 40, 16, 80), (5, 10, 9, 100), (1, 20, 10, 20), (35, 100, 395, 1000)])
def test_the_interval_of_a_ratio_ends_where_its_score_just_rejects(table):
    """The closed form of the restricted rates is the constrained likelihood found numerically."""
    found = ratio_interval(*table)
    assert restricted_score(found.low, *table) == pytest.approx(1.959964, abs=1e-6)
    assert restricted_score(found.high, *table) == pytest.approx(-1.959964, abs=1e-6)
    turned = ratio_interval(*table[2:], *table[:2])
    assert (1 / turned.high, 1 / turned.low) == pytest.approx((found.low, found.high), rel=1e-9)


def test_ratios_at_the_edges():
    """Nobody against all starts at nought, all against nobody never ends, and nothing bounds nothing."""
    found = ratio_interval([0, 5, 5, 0, 0], [5, 5, 5, 5, 0], [5, 0, 5, 0, 3], [5, 5, 5, 5, 5])
    assert found.low.tolist()[::3] == [0, 0]
    assert found.high.tolist()[1::2] == [math.inf, math.inf]
    assert 0 < found.high[0] < 1 < found.low[1]
    assert found.low[2] < 1 < found.high[2]
    assert (found.low[4], found.high[4]) == (0, math.inf)
    assert not ratio_equivalence(0, 0, 3, 5, margin="0.1").equivalent
    nobody = ratio_equivalence(0, 5, 0, 5, margin="0.1")
    assert (nobody.equivalent, nobody.p) == (False, 0.5)


def test_a_group_below_the_fewest_is_shown_and_not_tested():
    """Five are tested where five are the fewest, four are not, on either side of the comparison."""
    frame = people(a=(3, 4), b=(4, 5), c=(70, 90))
    rows = compare(frame, fewest=5)
    assert rows["verdict"].tolist()[0] == "too few"
    assert math.isnan(rows.loc["a", "p"])
    assert rows.loc["b", "p"] > 0
    assert rows["n"].tolist() == [4, 5, 90]
    assert compare(people(a=(3, 4), b=(45, 50)), fewest=5)["verdict"].tolist() == ["too few", "too few"]
    assert "too few people" in explain_groups(rows.reset_index()).iloc[0]
    with pytest.raises(QAError, match="fewest is 0"):
        compare(frame, fewest=0)


def test_what_cannot_reject_is_not_counted():
    """Sixteen groups of one cannot be different, whoever succeeds: the others are three tests and not nineteen."""
    lone = {f"z{number:02}": (1, 1) for number in range(16)}
    rows = compare(people(a=(80, 100), b=(95, 100), c=(92, 100), **lone))
    large = rows.loc[["a", "b", "c"]]
    assert rows["counted"].sum() == 3
    assert large["p_adjusted"].min() == pytest.approx(3 * large["p"].min())
    assert (rows.loc["z00", "p_adjusted"], rows.loc["z00", "verdict"]) == (1.0, "cannot tell")
    assert "no test could have told" in explain_groups(rows.reset_index()).iloc[-1]


def all_at_once(least, error):
    """Return Tarone's number by trying all."""
    return next(k for k in range(1, len(least) + 2) if sum(one <= error / k for one in least) <= k)


@pytest.mark.parametrize("seed", range(20))
def test_the_counted_tests_are_those_of_tarones_number(seed):
    """The smallest K for which at most K tests could reach the K-th part of the error, family by family."""
    rng = np.random.default_rng(seed)
    least, families = rng.uniform(0, 0.1, 30) ** 2, rng.integers(0, 3, 30)
    counted, level = counted_tests(least, families=families, error=0.05)
    for family in range(3):
        own = families == family
        number = all_at_once(list(least[own]), 0.05)
        assert level[own] == pytest.approx(0.05 / number)
        assert counted[own].tolist() == (least[own] <= 0.05 / number).tolist()


def test_nothing_to_count_is_no_family():
    """A missing p is no test, and a family in which no test could reject counts none."""
    counted, level = counted_tests([math.nan, 0.4, 0.3], families=[1, 1, 1], error=0.05)
    assert counted.tolist() == [False, False, False]
    assert math.isnan(level[0])
    assert level[1:].tolist() == [0.05, 0.05]


@pytest.mark.parametrize("seed", range(20))
def test_holm_rejects_exactly_what_is_not_above_its_level(seed):
    """In every family, whatever is missing."""
    rng = np.random.default_rng(seed)
    p, families = rng.uniform(0, 1, 24) ** 4, rng.integers(0, 3, 24)
    p[rng.integers(0, 24, 4)] = np.nan
    level, adjusted = holm_levels(p, families=families, error=0.05), adjust_p(p, families=families)
    assert ((p <= level) == (adjusted <= 0.05)).all()
    assert (np.isnan(level) == np.isnan(p)).all()


def test_interval_and_smallest_drop_are_at_the_level_of_the_verdict():
    """Of three groups the least is held against a third of five per cent, and so are its interval and its drop."""
    frame = people(a=(40, 50), b=(88, 100), c=(92, 100))
    row = compare(frame, mdd=True).loc["a"]
    wide = compare(frame, confidence=1 - 0.05 / 3).loc["a"]
    assert row["holm_level"] == pytest.approx(0.05 / 3)
    assert (row["holm_low"], row["holm_high"]) == pytest.approx((wide["diff_low"], wide["diff_high"]), abs=1e-6)
    assert row["mdd_points"] > 100 * minimum_detectable_difference(50, 180, 200) + 1


def test_each_drop_has_its_own_level():
    """Many at once are as one by one; a stricter level hides more. 30 of 200 at 90 %: 20 points, 30 at .05 / 25."""
    group, part, rest = np.array([30, 30]), np.array([153, 153]), np.array([170, 170])
    found = smallest_drops(group, part, rest, np.array([0.05, 0.002]))
    assert found[0] == pytest.approx(minimum_detectable_difference(30, 153, 170))
    assert [round(100 * drop) for drop in found] == [20, 30]


def test_the_drop_of_very_many_people_is_that_of_large_samples():
    """Ten million people: 2.8 standard errors, to a per mille."""
    error = math.sqrt(0.9 * 0.1 * (1 / 5e5 + 1 / 9.5e6))
    found = minimum_detectable_difference(500_000, 8_550_000, 9_500_000)
    assert found == pytest.approx((1.959964 + 0.841621) * error, rel=5e-3)


@pytest.mark.parametrize(
    ("group", "rest", "verdict", "said"),
    [
        ((0, 7), (23, 60), "cannot tell", "just leaves nought out: the test decides"),
        ((3, 7), (46, 60), "different", "just holds nought: the test decides"),
    ],
)
def test_a_page_says_so_where_interval_and_test_part(group, rest, verdict, said):
    """The score interval and the exact test may lie on different sides by a hair: the sentence says which decides."""
    rows = compare(people(a=group, b=rest))
    row = rows.loc["a"]
    assert row["verdict"] == verdict
    assert (row["holm_high"] < 0) == (verdict == "cannot tell")
    assert said in explain_groups(rows.reset_index()).iloc[0]
    assert "test decides" not in explain_groups(compare(people(a=(30, 50), b=(45, 50))).reset_index()).iloc[0]


def by_trying(k, n, whole_k, whole_n, limit, reading):
    """Return how many people change the flag, one after another in fractions."""

    def flagged(step):
        overall = Fraction(whole_k + step, whole_n)
        return abs(Fraction(k + step, n) - overall) > limit * (overall if reading == "relative" else 1)

    steps = (abs(step) for step in range(-k, n - k + 1) if flagged(step) != flagged(0))
    return min(steps, default=NEVER)


@pytest.mark.parametrize("reading", ["points", "relative"])
def test_how_many_people_change_a_flag_is_what_trying_finds(reading):
    """For every small group; a single step may leap over the whole margin, and then nothing helps."""
    rng = np.random.default_rng(8)
    n, others = rng.integers(1, 14, 400), rng.integers(0, 30, 400)
    k, hits = rng.integers(0, n + 1), rng.integers(0, others + 1)
    columns = (k, n, k + hits, n + others)
    found = people_to_change(*columns, limit=Fraction(1, 10), reading=reading)
    tried = [by_trying(*map(int, row), Fraction(1, 10), reading) for row in zip(*columns, strict=True)]
    assert found.tolist() == tried
    assert {NEVER, 1, 2} <= set(tried)


def test_the_side_of_the_margin_is_strict_on_both_sides():
    """Exactly ten points above or below is within; one person further is not."""
    k, n = np.array([80, 79, 100, 101]), np.array([100, 100, 100, 101])
    whole_k, whole_n = np.array([900, 900, 900, 910]), np.array([1000, 1000, 1000, 1011])
    side = side_of_margin(k, n, whole_k, whole_n, limit=Fraction(1, 10), reading="points")
    assert side.tolist()[:3] == [0, -1, 0]
    huge = [column * 10**12 for column in (k, n, whole_k, whole_n)]
    assert side_of_margin(*huge, limit=Fraction(1, 10), reading="points").tolist() == side.tolist()
