"""Forest plot, words on groups, chance: frames, sentences and text alternatives."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

from qa_lib.errors import IntakeError, RunError
from qa_lib.reports.chance_pages import (
    chance_by_size,
    chance_chart,
    chance_of_flag,
    fair_chart,
    fair_sentences,
    fair_shares,
    fair_years,
)
from qa_lib.reports.forest import MOST_ROWS, forest_chart, forest_frame
from qa_lib.reports.group_words import what_can_be_said
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.pages.group_tables import (
    chi_squares,
    compare_measures,
    compare_within_strata,
    group_overview,
    group_sentences,
    mix_sentences,
    names_of,
    people_sentences,
    people_to_compare,
)
from qa_lib.statistics.groups import compare_groups

#: Group -> (people, of them retained): a clear gap, a hint, a twin of the rest, and a missing value.
SEX = {"f": (300, 294), "m": (150, 126)}
AGE = {"old": (200, 186), "young": (245, 230), None: (5, 4)}


def people_of(**characteristics):
    """Return one row per person with these characteristics, in each of which the same number is retained."""
    columns = {}
    for name, groups in characteristics.items():
        yes = [group for group, (_, k) in groups.items() for _ in range(k)]
        no = [group for group, (n, k) in groups.items() for _ in range(n - k)]
        columns[name] = [*yes, *no]
    retained = [True] * len(yes) + [False] * len(no)
    return pd.DataFrame({"provider": "P", "level": "L", **columns, "retained": retained})


@pytest.fixture(scope="module")
def people():
    """450 people, 420 of them retained."""
    return people_of(sex=SEX, age=AGE)


@pytest.fixture(scope="module")
def result(people):
    """Return the comparison of the 450, with what could have been seen."""
    return compare_groups(people, outcome="retained", groups=["sex", "age"], within=["provider", "level"], mdd=True)


def test_a_forest_holds_what_needs_attention_first_and_nothing_untested(result):
    """With room for two rows these are the different ones; the missing group is never drawn."""
    frame = forest_frame(result, within=["provider", "level"], most=2)
    assert frame["label"].tolist() == ["sex f (300)", "sex m (150)"]
    assert frame["verdict"].tolist() == ["different", "different"]
    assert len(forest_frame(result)) == 4


def test_a_forest_names_the_levels_where_there_are_several(result):
    """A column with one value only says nothing, so it is not in the label."""
    two = pd.concat([result, result.assign(level="M")], ignore_index=True)
    assert forest_frame(two, within=["provider", "level"])["label"].iloc[0] == "L, sex f (300)"


@pytest.mark.parametrize("most", [0, MOST_ROWS + 1])
def test_a_forest_of_too_many_rows_is_refused(result, most):
    """Nobody can read it."""
    with pytest.raises(RunError, match="1 to 25 rows"):
        forest_frame(result, most=most)


def test_a_forest_is_drawn_with_verdicts_in_words(result):
    """The verdict stands beside each row, so colour alone tells nothing; the alternative says all of it."""
    frame = forest_frame(result)
    frame.loc[0, "flag"] = True
    chart = forest_chart(frame, title="Two groups differ")
    axis = chart.figure.axes[0]
    words = [text.get_text() for text in axis.texts]
    assert words.count("different") == 1
    assert words.count("different, over the threshold") == 1
    assert [label.get_text() for label in axis.get_yticklabels()][-1] == "sex f (300)"
    alt = chart.alt
    low, high = frame.loc[1, ["holm_low", "holm_high"]]
    assert f"sex m (150): -14.0 points, between {low:+.1f} and {high:+.1f}, different;" in alt
    assert "over the rule's threshold" in alt


def test_words_are_for_groups_flagged_or_different_only(result):
    """A large group that differs has its sentences although the rule does not flag it."""
    words = what_can_be_said(result, within=["level"])
    assert words["group"].tolist() == ["sex: f", "sex: m"]
    assert set(words["verdict"]) == {"different; not flagged"}
    assert words["measured"].iloc[1].startswith("126 of 150 (84.0 %) against 294 of the 300 others (98.0 %): -14.0")
    assert "rarely" in words["can_be_said"].iloc[1]
    assert "the mix" in words["cannot_be_said"].iloc[1]


@pytest.mark.parametrize(
    "verdict", ["different", "different but small", "shown equivalent", "cannot tell", "too few", "not tested"]
)
def test_no_verdict_says_no_difference_or_proves(result, verdict):
    """Numbers that cannot tell are never good news, and nothing is ever proved."""
    rows = result.assign(verdict=verdict, flag=True)
    text = " ".join(what_can_be_said(rows).to_numpy().ravel()).lower()
    assert "no difference" not in text
    assert "prove" not in text
    if verdict == "cannot tell":
        assert "not ruled out" in text
        assert "would probably have been seen" in text


def test_a_group_without_others_is_said_to_be_alone():
    """There is nothing to compare with."""
    table = compare_groups(pd.DataFrame({"g": ["a", "a"], "y": [1, 0]}), outcome="y", groups="g")
    words = what_can_be_said(table.assign(flag=True))
    assert "nobody else" in words["measured"].iloc[0]


def test_first_sentences_count_flags_and_verdicts(result):
    """Flagged, of these different and unclear, different without a flag, shown close."""
    flagged = result.assign(flag=result["group"] == "m")
    said = " ".join(group_sentences(flagged))
    assert "5 groups were compared. The rule flags 1" in said
    assert "1 differ from the others" in said
    assert "yet different: 1 groups" in said
    assert "No group can be compared" in group_sentences(result.iloc[:0])[0]


def test_the_overview_counts_every_group_once(result):
    """A row per level; the verdicts add up to the groups."""
    row = group_overview(result, by=["level"]).iloc[0]
    assert row["groups"] == 5
    assert row[["different", "different_but_small", "shown_equivalent", "cannot_tell", "not_tested"]].sum() == 5


def test_outcomes_are_compared_side_by_side(people):
    """Each outcome is a measure with its own adjustment; blanks of an outcome are in no rate."""
    table = people.assign(achieved=people["retained"].where(people["retained"]).astype("boolean"))
    both = compare_measures(
        table, load_rulebook("npq"), outcomes="retained, achieved", groups=["sex"], as_of="2020-03-01"
    )
    assert both["measure"].tolist() == ["achieved", "achieved", "retained", "retained"]
    assert both["n_overall"].tolist() == [420, 420, 450, 450]


def test_a_table_of_people_is_taken_as_it_is(people):
    """Its characteristics are all columns but the keys and outcomes; names may be given instead."""
    tables = {"people": people}
    assert people_to_compare(tables, load_rulebook("npq"), as_of="2020-03-01") is people
    assert names_of("", people, tables=tables, outcomes="retained") == ["sex", "age"]
    assert names_of("age", people, tables=tables, outcomes="retained") == ["age"]
    with pytest.raises(IntakeError, match="no column gender"):
        names_of("gender", people, tables=tables, outcomes="retained")


def test_missing_characteristics_are_counted(people, result):
    """The page says of how many something is missing."""
    said = people_sentences(people, result.assign(measure="retained"), groups=["sex", "age"])
    assert said == [
        "450 enrolments at 1 combinations of provider and level, 2 characteristics, 1 outcomes: 5 groups in all.",
        "Missing, shown as a group of its own and not tested: age of 5.",
    ]


def test_a_reversal_is_named_once_with_its_interval():
    """A pair of groups is one difference; the sign turns round and the sentence says so."""
    cells = [("a", "f", 200, 20), ("a", "m", 1000, 60), ("b", "f", 1000, 960), ("b", "m", 200, 180)]
    rows = [(stratum, sex, i < k) for stratum, sex, n, k in cells for i in range(n)]
    people = pd.DataFrame(rows, columns=["region", "sex", "passed"]).assign(provider="P", level="L")
    turned = people.assign(passed=people["passed"] ^ (people["sex"] == "f") & (people["region"] == "a"))
    mix = compare_within_strata(turned, outcomes="passed", groups=["sex"], strata="region", within=[])
    calm, made = mix_sentences(mix, strata="region")
    assert calm == "With region held fixed no difference turns round clearly."
    assert "The mix changes the difference: do not read the first figure alone." in made
    assert "The strata disagree, from " in made
    flipped = [("a", "f", 1000, 100), ("a", "m", 200, 6), ("b", "f", 200, 196), ("b", "m", 1000, 900)]
    rows = [(stratum, sex, i < k) for stratum, sex, n, k in flipped for i in range(n)]
    people = pd.DataFrame(rows, columns=["region", "sex", "passed"]).assign(provider="P", level="L")
    mix = compare_within_strata(people, outcomes="passed", groups=["sex"], strata="region", within=["level"])
    (said,) = mix_sentences(mix, strata="region")
    assert said.startswith("L / passed / sex / f: -")
    assert "Simpson's paradox" in said


def test_of_many_changes_by_the_mix_the_largest_are_spelt_out():
    """Eight have a sentence each, the largest change first; the others are a number."""
    sizes = range(11, 22)
    mix = pd.DataFrame(
        {
            "characteristic": "c", "group": [f"g{n}" for n in sizes], "n": list(sizes), "rest_n": 500,
            "reversal": False, "hidden": True, "disagree": False, "diff_points": [float(n) for n in sizes],
            "adjusted_points": 0.0, "adjusted_low": -1.0, "adjusted_high": 1.0,
        }
    )  # fmt: skip
    calm, *told, more = mix_sentences(mix, strata="region")
    assert [line.split(":")[0] for line in told] == [f"c / g{n}" for n in range(21, 13, -1)]
    assert more == "In 3 more the mix changes the difference, or the strata disagree."
    assert "no difference turns round" in calm


def test_nothing_to_hold_fixed_is_said(people):
    """Without the column of strata there is no comparison."""
    mix = compare_within_strata(people, outcomes="retained", groups=["sex"], strata="region")
    assert mix_sentences(mix, strata="region") == [
        "Nothing could be held fixed: there is nobody, or nobody's region is known."
    ]


def test_chi_squares_stand_beside_published_ones(people):
    """By hand: 294/6 against 126/24 gives 450 (294*24 - 126*6)^2 / (300*150*420*30)."""
    table = chi_squares(people, outcomes="retained", groups=["sex"], published="sex retained 31.500")
    row = table.iloc[0]
    assert row["chi_square"] == f"{450 * (294 * 24 - 126 * 6) ** 2 / (300 * 150 * 420 * 30):.3f}"
    assert (row["people"], row["missing"], row["degrees"], row["published"]) == (450, 0, 1, "31.500")
    with pytest.raises(IntakeError, match="expected characteristic, outcome and figure"):
        chi_squares(people, outcomes="retained", groups=["sex"], published="sex 31.5")


@pytest.mark.parametrize(("size", "people", "successes"), [(5, 61, 57), (20, 100, 95), (1, 10, 5), (60, 61, 57)])
def test_the_chance_of_a_flag_is_the_hypergeometric_one(size, people, successes):
    """The exact sum over all tables agrees with SciPy's probabilities."""
    k = np.arange(size + 1)
    off = [abs(Fraction(int(one), size) - Fraction(successes, people)) > Fraction(1, 10) for one in k]
    expected = hypergeom(people, successes, size).pmf(k)[off].sum()
    assert float(chance_of_flag(size, people=people, successes=successes)) == pytest.approx(expected, abs=1e-12)


def test_exactly_the_margin_is_no_flag():
    """17 of 20 against 95 of 100 is ten points and no more."""
    inside = chance_of_flag(20, people=100, successes=95, margin="0.10")
    assert inside < chance_of_flag(20, people=100, successes=95, margin="0.0999")


def test_sizes_that_cannot_be_are_refused():
    """A group larger than everybody."""
    with pytest.raises(RunError, match="cannot be"):
        chance_of_flag(11, people=10, successes=5)


def test_made_up_years_follow_from_the_seed_and_keep_the_numbers(people):
    """The same seed gives the same years; a fair year is flagged seldom for such large groups."""
    asked = {"outcome": "retained", "groups": ["sex", "age"], "years": 50}
    years = fair_years(people, seed=1, **asked)
    pd.testing.assert_frame_equal(years, fair_years(people, seed=1, **asked))
    assert not years.equals(fair_years(people, seed=2, **asked))
    assert len(years) == 50
    assert (years["flagged"] > 0).mean() < 0.2
    with pytest.raises(RunError, match="cannot be made up"):
        fair_years(people, seed=1, **{**asked, "years": 10**6})


def test_made_up_years_are_shared_out_with_this_year_marked():
    """Shares add up to one, up to this year's number even where chance never gave it."""
    years = pd.DataFrame({"flagged": [0, 0, 1, 2], "different": [0, 0, 0, 1]})
    shares = fair_shares(years, observed=4)
    assert shares["share"].tolist() == [0.5, 0.25, 0.25, 0, 0]
    assert shares["observed"].tolist() == ["", "", "", "", "this year"]
    said = fair_sentences(years, observed=2)
    assert "at least one group in 50.0 % of the years, and 2 or more groups in 25.0 %" in said[0]
    assert "different in 25.0 %" in said[1]
    assert len(fair_chart(shares, title="T").figure.axes[0].patches) == 5
    assert fair_chart(shares, title="T").alt.endswith("This year: 4.")


def test_the_chance_by_size_is_drawn_and_told():
    """Small groups are flagged by chance more often than large ones."""
    frame = chance_by_size([100, 10], people=200, successes=180)
    assert frame["chance"].tolist()[0] < frame["chance"].tolist()[1]
    assert chance_chart(frame, title="T").figure.axes[0].lines[0].get_xdata().tolist() == [10, 100]
    assert "10 people 6.5 %" in chance_chart(frame, title="T").alt
