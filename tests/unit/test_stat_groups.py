"""Comparing groups keeps its contract: what is counted, flagged, tested and said."""

import math

import numpy as np
import pandas as pd
import pytest

from qa_lib.errors import QAError
from qa_lib.statistics.differences import equivalence, newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.explanations import explain_groups
from qa_lib.statistics.groups import COLUMNS, compare_groups, small_number_class
from qa_lib.statistics.mix import MIX_COLUMNS, OVERALL_COLUMNS, adjust_for_mix, compare_characteristics
from qa_lib.statistics.power import minimum_detectable_difference
from qa_lib.statistics.several import omnibus
from qa_lib.statistics.strata import stratified_difference
from qa_lib.statistics.unconditional import boschloo


def people(**counts):
    """Return one row per person from ``label=(successes, people)``."""
    rows = [(label, i < k) for label, (k, n) in counts.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["g", "ok"])


def compare(**counts):
    """Compare the groups given as counts, by label."""
    return compare_groups(people(**counts), outcome="ok", groups="g").set_index("group")


def test_the_columns_are_the_agreed_ones():
    """The first stand in the order in which they are documented; the columns of ``within`` lead."""
    frame = people(a=(3, 5), b=(2, 5)).assign(provider="P", level="L")
    result = compare_groups(frame, outcome="ok", groups="g", within=["provider", "level"])
    assert list(result.columns) == ["provider", "level", *COLUMNS]
    agreed = "characteristic group n k rate overall_rate share rest_n rest_rate gap_points gap_relative flag gap_low"
    agreed += " gap_high diff_points diff_low diff_high p p_adjusted verdict mdd_points suppressed"
    assert COLUMNS[:22] == agreed.split()


def test_a_row_is_the_functions_behind_it():
    """Group against rest: differences, intervals, p; the gap is scaled by one minus the share."""
    row = compare(a=(40, 50), b=(200, 230), c=(150, 220)).loc["a"]
    table = (40, 50, 350, 450)
    assert row["diff_points"] == pytest.approx(100 * (40 / 50 - 350 / 450))
    assert row["gap_points"] == pytest.approx(100 * (40 / 50 - 390 / 500))
    assert row["gap_points"] == pytest.approx((1 - row["share"]) * row["diff_points"])
    assert row["gap_relative"] == pytest.approx((0.8 - 0.78) / 0.78)
    score, newcombe = score_interval(*table), newcombe_interval(*table)
    assert (row["diff_low"], row["diff_high"]) == pytest.approx((100 * score.low, 100 * score.high))
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((90 * score.low, 90 * score.high))
    assert (row["newcombe_low"], row["newcombe_high"]) == pytest.approx((100 * newcombe.low, 100 * newcombe.high))
    assert row["p"] == pytest.approx(fisher_midp(*table))
    inner = equivalence(*table, margin="0.10")
    assert (row["equivalence_low"], row["equivalence_high"]) == pytest.approx((100 * inner.low, 100 * inner.high))


@pytest.mark.parametrize(
    ("group", "rest", "points", "relative"),
    [
        ((40, 50), (45, 50), False, False),
        ((30, 50), (40, 50), False, True),
        ((8, 10), (82, 90), False, True),
        ((80, 100), (820, 900), False, True),
        ((79, 100), (821, 900), True, True),
        ((100, 100), (800, 900), False, True),
        ((45, 100), (455, 900), False, False),
        ((44, 100), (456, 900), False, True),
        ((0, 5), (0, 50), False, False),
    ],
)
def test_the_flag_is_exact_on_both_sides_of_ten(group, rest, points, relative):
    """Exactly ten points is not more than ten; exactly ten per cent of the overall rate neither."""
    row = compare(a=group, b=rest).loc["a"]
    assert (row["flag_points"], row["flag_relative"]) == (points, relative)


def test_the_flag_survives_numbers_that_overflow():
    """A margin with many decimals is still compared exactly."""
    frame = people(a=(40, 50), b=(46, 50))
    exact = compare_groups(frame, outcome="ok", groups="g", margin="0.060000000000000000001")
    assert compare_groups(frame, outcome="ok", groups="g", margin="0.06")["flag"].tolist() == [False, False]
    assert compare_groups(frame, outcome="ok", groups="g", margin="0.0599999999999999999")["flag"].all()
    assert not exact["flag"].any()


def test_the_reading_decides_which_flag_counts():
    """Thirty of fifty against seventy of a hundred: ten points, but fourteen per cent."""
    frame = people(a=(30, 50), b=(40, 50))
    flags = {
        reading: compare_groups(frame, outcome="ok", groups="g", reading=reading)["flag"].tolist()
        for reading in ("points", "relative")
    }
    assert flags == {"points": [False, False], "relative": [True, True]}


@pytest.mark.parametrize(
    ("group", "rest", "verdict"),
    [
        ((300, 500), (450, 500), "different"),
        ((4500, 5000), (4500, 5000), "shown equivalent"),
        ((4400, 5000), (4600, 5000), "different but small"),
        ((4, 5), (45, 50), "cannot tell"),
    ],
)
def test_the_four_verdicts(group, rest, verdict):
    """Different, shown equivalent, both, and neither."""
    assert (compare(a=group, b=rest)["verdict"] == verdict).all()


def test_equivalence_is_judged_unscaled():
    """A group of 95 % of the people is not equivalent to itself, although its gap is small."""
    row = compare(a=(855, 950), b=(42, 50)).loc["a"]
    assert abs(row["gap_high"]) < 10
    assert row["verdict"] == "cannot tell"


def test_two_groups_are_one_test_and_three_are_three():
    """The two rows of a binary characteristic share a p that Holm counts once."""
    two, three = compare(a=(30, 50), b=(45, 50)), compare(a=(30, 50), b=(45, 50), c=(40, 50))
    assert two["p_adjusted"].tolist() == two["p"].tolist()
    assert two["p"].nunique() == 1
    assert three["p_adjusted"].min() == pytest.approx(3 * three["p"].min())


def test_missing_is_shown_counts_and_is_not_tested():
    """It stands in overall and rest, last in the table; the other two are then two tests."""
    frame = pd.concat(
        [people(a=(30, 50), b=(45, 50)), pd.DataFrame({"g": [None] * 10 + [" "] * 10, "ok": [True] * 20})]
    )
    result = compare_groups(frame, outcome="ok", groups="g").set_index("group")
    missing = result.loc["(missing)"]
    assert list(result.index) == ["a", "b", "(missing)"]
    assert (missing["n"], missing["k"], missing["missing"], missing["verdict"]) == (20, 20, True, "not tested")
    assert math.isnan(missing["p"])
    assert math.isnan(missing["p_adjusted"])
    assert not missing["flag"]
    assert result.loc["a", "rest_n"] == 70
    assert result.loc["a", "p_adjusted"] == pytest.approx(2 * result["p"].min())


def test_people_without_an_outcome_are_counted_apart():
    """They are in no rate, and are not forgotten; a group of them alone has no rate at all."""
    frame = people(a=(3, 5), b=(2, 5), c=(0, 4)).assign(ok=lambda t: t["ok"].astype("boolean").mask(t["g"] == "c"))
    result = compare_groups(frame, outcome="ok", groups="g").set_index("group")
    assert result["unknown"].tolist() == [0, 0, 4]
    assert result["n_overall"].tolist() == [10, 10, 10]
    assert math.isnan(result.loc["c", "rate"])
    assert result.loc["c", "verdict"] == "not tested"
    assert result.loc["a", "p_adjusted"] == result.loc["a", "p"]


def test_a_single_group_has_nobody_to_compare_with():
    """It is shown with its rate and is not tested."""
    row = compare(a=(3, 5)).loc["a"]
    assert (row["rest_n"], row["verdict"], row["gap_points"]) == (0, "not tested", 0)
    assert (row["diff_low"], row["diff_high"]) == (-100, 100)


def test_every_provider_is_a_family_of_its_own():
    """Holm counts all tests of a provider over its characteristics, and none of another's."""
    one = people(a=(30, 50), b=(45, 50), c=(40, 50)).assign(h=["x", "y"] * 75, provider="1")
    both = pd.concat([one, people(a=(9, 10), b=(3, 10)).assign(h="x", provider="2")])
    alone = compare_groups(one, outcome="ok", groups=["g", "h"], within="provider")
    together = compare_groups(both, outcome="ok", groups=["g", "h"], within="provider").query("provider == '1'")
    assert together["p_adjusted"].tolist() == alone["p_adjusted"].tolist()
    assert alone["p_adjusted"].min() == pytest.approx(4 * alone["p"].min())


def test_order_of_labels():
    """Numbers stand by size, text by code point, ordered categories in their order, providers too."""
    frame = people(a=(3, 5), b=(2, 5)).assign(
        size=[10, 9, 2, 100, 1] * 2,
        rating=pd.Categorical(["good", "poor"] * 5, categories=["poor", "good"], ordered=True),
        provider=[2.0, 10.0] * 5,
    )
    result = compare_groups(frame, outcome="ok", groups=["size", "rating"], within="provider")
    assert result.query("characteristic == 'rating'")["group"].tolist() == ["good", "poor"]
    assert result["provider"].unique().tolist() == ["2", "10"]
    overall = compare_groups(frame, outcome="ok", groups=["size", "rating"])
    assert overall["group"].tolist() == ["1", "2", "9", "10", "100", "poor", "good"]


@pytest.mark.parametrize(
    "values",
    [[True, False, None], [1, 0, None], [1.0, 0.0, np.nan], ["yes", "no", ""], ["Y", " N ", None], ["TRUE", "0", None]],
)
def test_outcomes_are_read_in_every_common_writing(values):
    """True and false, one and nought, yes and no; blank is missing."""
    result = compare_groups(pd.DataFrame({"ok": values, "g": ["a", "a", "a"]}), outcome="ok", groups="g").iloc[0]
    assert (result["k"], result["n"], result["unknown"]) == (1, 2, 1)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"positive": "Pass", "negative": ["Fail", "Merit"]}, (1, 3, 0)),
        ({"positive": ["Pass", "Merit"], "negative": "Fail"}, (2, 3, 0)),
        ({"positive": ["Pass", "Merit"]}, (2, 3, 0)),
        ({"positive": "Pass", "negative": "Fail"}, (1, 2, 1)),
    ],
)
def test_only_the_named_values_of_the_outcome_are_classified(named, expected):
    """A value named neither as success nor as none is left out; a single other value needs no name."""
    frame = pd.DataFrame({"result": ["Pass", "Fail", "Merit", None], "g": list("aaab")})
    result = compare_groups(frame, outcome="result", groups="g", **named).set_index("group")
    assert (result.loc["a", "k"], result.loc["a", "n"], result.loc["a", "unknown"]) == expected
    assert (result.loc["b", "n"], result.loc["b", "unknown"]) == (0, 1)


def test_a_row_may_stand_for_many_people():
    """A table of counts gives what its people one by one give, mix and overall tests too."""
    each = people(a=(3, 5), b=(2, 5)).assign(s=list("xxyyy") * 2, rpa="North")
    frame = each.groupby(["rpa", "g", "s"], as_index=False).agg(k=("ok", "sum"), n=("ok", "size"))
    options = {"groups": "g", "within": "rpa"}
    for compare, more in ((compare_groups, {}), (adjust_for_mix, {"strata": "s"}), (compare_characteristics, {})):
        from_people = compare(each, outcome="ok", **options, **more)
        pd.testing.assert_frame_equal(compare(frame, outcome="k", people="n", **options, **more), from_people)


@pytest.mark.parametrize(
    ("k", "n", "said"),
    [
        (["3", "six"], [5, 5], "'k' holds 'six'; expected whole numbers"),
        ([3, 6], [5, 5], "a part cannot exceed its whole"),
        ([3, 2.5], [5, 5], "expected whole numbers"),
        ([3, None], [5, 5], r"'k' holds '\(blank\)'; expected whole numbers"),
        ([1, 1], [2**31, 1], "and below 2,147,483,648"),
        ([1, 1], [2**31 - 1, 1], "adds up to 2,147,483,648; expected fewer than 2,147,483,648 people"),
    ],
)
def test_counts_that_are_none_are_refused(k, n, said):
    """The message names the column and what stands in it."""
    with pytest.raises(QAError, match=said):
        compare_groups(pd.DataFrame({"g": ["a", "b"], "k": k, "n": n}), outcome="k", people="n", groups="g")


def test_thousands_may_be_set_apart_in_counts():
    """1,234 is a number as an office writes it; 1,23 is none."""
    frame = pd.DataFrame({"g": ["a", "b"], "k": ["1,000", "12"], "n": ["1,234", "45"]})
    assert compare_groups(frame, outcome="k", people="n", groups="g")["n"].tolist() == [1234, 45]
    with pytest.raises(QAError, match="'1,23'"):
        compare_groups(frame.assign(n=["1,23", "45"]), outcome="k", people="n", groups="g")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": "x"}, "groups asks for column 'x'"),
        ({"outcome": "x", "groups": ["y"]}, "outcome asks for column 'x'.*groups asks for column 'y'"),
        ({"groups": []}, "groups is empty"),
        ({"groups": ["g", "g"]}, "asked for twice"),
        ({"groups": "ok"}, "asked for twice"),
        ({"within": "n"}, "rename it"),
        ({"outcome": "word"}, r"holds 'Fail', 'Pass'.*\(positive\)$"),
        ({"outcome": "many"}, r"holds '12', '7'.*\(positive\); or name the column.*\(people\)"),
        ({"outcome": "word", "positive": "pass"}, "no outcome is 'pass'"),
        ({"outcome": "word", "positive": "Pass", "negative": "fail"}, "no outcome is 'fail'"),
        ({"outcome": "word", "positive": "Pass", "negative": "Pass"}, "'Pass' stands among both"),
        ({"outcome": "word", "negative": "Fail"}, "which value counts as success"),
        ({"outcome": "state", "positive": "Pass"}, r"'Fail' \(4\), 'Pending' \(1\): say which.*negative.*left out"),
        ({"outcome": "late", "positive": "Pass"}, r"'Withdrawn' \(5\): say which"),
        ({"outcome": "ok", "people": "n", "positive": 1}, "leave out what counts as success"),
        ({"outcome": "ok", "people": "z"}, "outcome asks for column 'z'"),
        ({"outcome": "ok", "cluster": "z"}, "cluster asks for column 'z'"),
        ({"margin": 0.1 + 0.2}, "expected a rate"),
        ({"reading": "both"}, "points, relative"),
        ({"test": "fisher", "profile": "x"}, "midp, boschloo; profile"),
    ],
)
def test_wrong_use_is_said_plainly(options, said):
    """The message names the column or the option, and what is there."""
    frame = people(a=(3, 5), b=(2, 5)).assign(word=["Pass", "Fail"] * 5, n=1)
    frame["many"] = [7, 12] * 5
    frame["state"], frame["late"] = [*frame["word"][:-1], "Pending"], ["Pass", "Withdrawn"] * 5
    with pytest.raises(QAError, match=said):
        compare_groups(frame, **({"outcome": "ok", "groups": "g"} | options))


def test_a_table_without_people_gives_a_table_without_groups():
    """The columns are all there."""
    frame = pd.DataFrame({"ok": pd.Series(dtype=bool), "g": pd.Series(dtype="str"), "school": pd.Series(dtype="str")})
    result = compare_groups(frame, outcome="ok", groups="g", within="school", mdd=True)
    assert list(result.columns) == ["school", *COLUMNS]
    assert len(result) == 0


def test_the_strict_test_and_the_visible_drop_are_on_request():
    """Boschloo's p and the minimum detectable difference come from their functions."""
    frame = people(a=(40, 50), b=(80, 90))
    result = compare_groups(frame, outcome="ok", groups="g", test="boschloo", mdd=True).iloc[0]
    assert result["p"] == boschloo(40, 50, 80, 90)
    assert result["mdd_points"] == pytest.approx(100 * minimum_detectable_difference(50, 80, 90))
    assert compare_groups(frame, outcome="ok", groups="g")["mdd_points"].isna().all()


@pytest.mark.parametrize(
    ("profile", "k", "n", "shown"),
    [
        ("none", 1, 2, ""),
        ("dfe", 0, 30, ""),
        ("dfe", 0, 29, "u"),
        ("dfe", 4, 40, "c"),
        ("dfe", 5, 40, ""),
        ("dfe", 36, 40, "c"),
        ("dfe", 35, 40, ""),
        ("dfe", 0, 4, "c"),
        ("dfe", 0, 0, "u"),
        ("ofqual", 5, 10, ""),
        ("ofqual", 4, 10, "c"),
        ("hesa", 1, 22, "u"),
        ("hesa", 1, 23, ""),
    ],
)
def test_small_numbers_are_marked_by_profile(profile, k, n, shown):
    """At and either side of each threshold, for those who succeeded and those who did not."""
    assert small_number_class(np.array([k]), np.array([n]), profile=profile)[0] == shown


SENTENCES = {
    "different": ((300, 500), (450, 500), "Chance alone would rarely give this"),
    "small": ((4400, 5000), (4600, 5000), "but it is shown to be less than 10 points"),
    "equivalent": ((4500, 5000), (4500, 5000), "The data show that the true difference is less than 10 points"),
    "open": (
        (3, 5),
        (45, 50),
        "threshold; 1 person with the other outcome would change that. These numbers cannot tell",
    ),
    "alone": ((2, 5), (0, 0), "nobody else to compare with"),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_sentences_say_what_can_and_cannot_be_said(case):
    """Numbers, interval and meaning; never "no difference", never "proves"."""
    group, rest, said = SENTENCES[case]
    result = compare_groups(people(a=group, b=rest), outcome="ok", groups="g")
    sentence = explain_groups(result).iloc[0]
    assert said in sentence
    assert f"g a: {group[0]:,} of {group[1]:,}" in sentence
    assert "no difference" not in sentence
    assert "prove" not in sentence


def test_missing_people_and_outcomes_have_their_sentences():
    """Missing is shown and not tested; a group without outcomes has nothing to say."""
    frame = pd.DataFrame({"ok": [1, 0, 1, None], "g": ["a", "a", None, "b"]})
    a, b, missing = explain_groups(compare_groups(frame, outcome="ok", groups="g"))
    assert "Against the 1 others" in a
    assert "nobody's outcome is known" in b
    assert "shown, counted, not tested" in missing


def mixed(*cells):
    """Return people from (group, stratum, successes, people)."""
    rows = [(group, stratum, i < k) for group, stratum, k, n in cells for i in range(n)]
    return pd.DataFrame(rows, columns=["g", "s", "ok"])


REVERSED = mixed(("a", "easy", 81, 87), ("a", "hard", 192, 263), ("b", "easy", 234, 270), ("b", "hard", 55, 80))


def test_a_sign_that_turns_is_named():
    """Charig's kidney stones: worse all together, better in each stratum."""
    row = adjust_for_mix(REVERSED, outcome="ok", groups="g", strata="s").set_index("group").loc["a"]
    assert row["diff_points"] < 0 < row["adjusted_points"]
    assert row["reversal"]
    assert "Simpson" in row["warning"]
    assert list(adjust_for_mix(REVERSED, outcome="ok", groups="g", strata="s").columns) == list(MIX_COLUMNS)


def test_no_sign_turns_without_a_mix():
    """Within one stratum the adjusted difference is the crude one."""
    row = adjust_for_mix(REVERSED.assign(s="all"), outcome="ok", groups="g", strata="s").iloc[0]
    assert row["adjusted_points"] == pytest.approx(row["diff_points"])
    assert (row["warning"], row["strata"], row["left_out"]) == ("", 1, 0)


def test_a_difference_that_the_mix_hides_is_named():
    """80 of 110 both ways all together, and some 30 points apart in each stratum: no sign turns, and it is said."""
    frame = mixed(("a", "easy", 70, 100), ("a", "hard", 5, 100), ("b", "easy", 10, 10), ("b", "hard", 65, 190))
    row = adjust_for_mix(frame, outcome="ok", groups="g", strata="s").set_index("group").loc["a"]
    assert (row["diff_points"], row["reversal"], row["hidden"]) == (0, False, True)
    assert (row["lowest_points"], row["highest_points"]) == (pytest.approx(-30), pytest.approx(5 - 65 / 1.9))
    assert "the mix of strata changes it" in row["warning"]


@pytest.mark.parametrize(("people", "hidden"), [(9, False), (10, True)])
def test_of_few_people_the_mix_is_not_said_to_change_anything(people, hidden):
    """A group of nine, or of ten, who all fail where the others do well, and all others where everybody fails."""
    frame = mixed(("a", "1", 0, people), ("b", "1", 90, 100), ("b", "2", 10, 300))
    row = adjust_for_mix(frame, outcome="ok", groups="g", strata="s").iloc[0]
    assert row["hidden"] == hidden


def test_strata_that_disagree_are_named_where_their_odds_ratio_is_one():
    """All against nobody in one stratum and nobody against all in the other: the common odds ratio is exactly one."""
    frame = mixed(("a", "1", 10, 10), ("a", "2", 0, 10), ("b", "1", 0, 10), ("b", "2", 10, 10))
    row = adjust_for_mix(frame, outcome="ok", groups="g", strata="s").iloc[0]
    assert row["odds_ratio"] == 1
    assert row["homogeneity_p"] < 1e-6
    assert row["disagree"]
    assert "The strata disagree: from -100.0 to +100.0 points" in row["warning"]


def test_strata_that_agree_or_tell_nothing_are_not_said_to_disagree():
    """Odds of exactly one in both; odds without end in both; one stratum alone, which has no p."""
    agree = stratified_difference([60, 45], [100, 50], [60, 45], [100, 50])
    endless = stratified_difference([5, 3], [10, 10], [0, 0], [10, 10])
    single = stratified_difference([5], [10], [3], [10])
    assert (agree.homogeneity_p, endless.homogeneity_p) == (1, 1)
    assert math.isnan(single.homogeneity_p)
    assert (agree.warning, single.warning) == ("", "")


def test_disagreement_is_adjusted_for_how_many_ask():
    """The two groups of a characteristic ask once; a second characteristic makes it two questions."""
    frame = mixed(("a", "1", 16, 20), ("a", "2", 8, 20), ("b", "1", 9, 20), ("b", "2", 13, 20))
    alone = adjust_for_mix(frame, outcome="ok", groups="g", strata="s")
    both = adjust_for_mix(frame.assign(h=list("xyyx") * 20), outcome="ok", groups=["g", "h"], strata="s")
    assert alone["homogeneity_adjusted"].tolist() == pytest.approx(alone["homogeneity_p"].tolist())
    assert both["homogeneity_adjusted"].iloc[0] == pytest.approx(2 * alone["homogeneity_p"].iloc[0])


def test_strata_without_both_groups_say_nothing_and_are_counted():
    """Where no stratum holds both groups, that is the message."""
    frame = mixed(("a", "1", 3, 5), ("b", "2", 2, 5), ("", "2", 1, 1)).assign(school="P")
    table = adjust_for_mix(frame, outcome="ok", groups="g", strata="s", within="school")
    row = table.set_index("group").loc["a"]
    assert table["group"].tolist() == ["a", "b"]
    assert (row["strata"], row["left_out"]) == (0, 2)
    assert math.isnan(row["adjusted_points"])
    assert "No stratum holds both groups" in row["warning"]


@pytest.mark.parametrize(
    "counts",
    [([0, 0], [5, 5], [0, 0], [5, 5]), ([5, 5], [5, 5], [5, 5], [5, 5]), ([0], [5], [5], [5]), ([], [], [], [])],
)
def test_stratified_figures_that_do_not_exist_are_missing(counts):
    """Everybody fails, everybody succeeds, no odds to pool, no strata: NaN, without a warning."""
    result = stratified_difference(*counts)
    assert math.isnan(result.odds_low)
    assert math.isnan(result.homogeneity_p)


def test_a_grid_of_strata_is_refused():
    """Strata come in one dimension."""
    with pytest.raises(QAError, match="one number per stratum"):
        stratified_difference([[1]], [[2]], [[1]], [[2]])


def test_one_overall_answer_per_characteristic():
    """Equal rates give 1; a clear difference gives the least p that the draws allow; missing is left aside."""
    frame = pd.concat([people(a=(90, 100), b=(50, 100), c=(10, 100)), pd.DataFrame({"g": [None], "ok": [True]})])
    table = compare_characteristics(frame.assign(school="P"), outcome="ok", groups="g", within="school")
    assert list(table.columns) == ["school", *OVERALL_COLUMNS]
    assert (table.loc[0, "groups"], table.loc[0, "n"], table.loc[0, "missing_n"]) == (3, 300, 1)


@pytest.mark.parametrize(
    ("k", "n", "p"),
    [([5, 5, 5], [10, 10, 10], 1.0), ([100, 0], [100, 100], 1e-4), ([3], [5], math.nan), ([], [], math.nan)],
)
def test_the_omnibus_test_at_its_edges(k, n, p):
    """Certain, impossible, and nothing to compare."""
    assert omnibus(k, n).p == pytest.approx(p, nan_ok=True)


def test_the_omnibus_test_needs_draws():
    """None would be no test."""
    with pytest.raises(QAError, match="draws is 0"):
        omnibus([1, 2], [3, 3], draws=0)


def test_the_omnibus_test_agrees_with_fisher_for_two_groups():
    """Within four standard errors of the drawing, and always the same for the same table."""
    result = omnibus([12, 72], [20, 80])
    exact = 3.1540294367456137e-03
    assert abs(result.p - exact) < 4 * math.sqrt(exact / 10_000)
    assert result == omnibus([72, 12], [80, 20])
