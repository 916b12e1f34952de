"""Tests and intervals of proportions against R and printed papers (``reference/README.md`` names which)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qa_lib.statistics.differences import equivalence, newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp, two_sided
from qa_lib.statistics.multiplicity import adjust_p
from qa_lib.statistics.proportions import clopper_pearson_interval, wilson_interval
from qa_lib.statistics.unconditional import boschloo

REFERENCE = Path(__file__).parent / "reference"
TABLE = ["x1", "n1", "x2", "n2"]


def read(name):
    """Return a reference table."""
    return pd.read_csv(REFERENCE / name)


def columns(frame):
    """Return the four counts of each table."""
    return [frame[name].to_numpy() for name in TABLE]


def test_fisher_and_mid_p_are_those_of_r():
    """Both agree to a relative 1e-9 up to half a million people, ties and empty margins included."""
    table = read("tests_2x2.csv")
    k1, n1, k2, n2 = columns(table)
    assert fisher_midp(k1, n1, k2, n2) == pytest.approx(table["midp_two_sided_minlike"].to_numpy(), rel=1e-9, abs=0)
    whole, point = two_sided(k1, n1, k1 + k2, n1 + n2)
    assert whole == pytest.approx(table["fisher_two_sided"].to_numpy(), rel=1e-9, abs=0)
    assert point == pytest.approx(table["point_prob"].to_numpy(), rel=1e-9, abs=0)


@pytest.mark.parametrize(("gamma", "column"), [(0, "boschloo_minlike"), (1e-4, "boschloo_minlike_bergerboos1e4")])
def test_boschloo_is_that_of_r(gamma, column):
    """It agrees to a relative 1e-9, with and without Berger and Boos."""
    table = read("unconditional_2x2.csv")
    assert boschloo(*columns(table), gamma=gamma) == pytest.approx(table[column].to_numpy(), rel=1e-9, abs=0)


@pytest.mark.parametrize(("interval", "prefix"), [(score_interval, "mn"), (newcombe_interval, "newcombe")])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_of_a_difference_are_those_of_r(interval, prefix, level):
    """Every end agrees to 1e-10."""
    table = read("diff_ci_2x2.csv").query("level == @level")
    result = interval(*columns(table), confidence=level)
    assert result.low == pytest.approx(table[f"{prefix}_lo"].to_numpy(), abs=1e-10)
    assert result.high == pytest.approx(table[f"{prefix}_hi"].to_numpy(), abs=1e-10)


def test_equivalence_is_that_of_r():
    """The p of the two one-sided tests at ten points agrees to a relative 1e-9, the verdict with p below 0.05."""
    table = read("diff_ci_2x2.csv").query("level == 0.95")
    result = equivalence(*columns(table), margin="0.10")
    assert result.p == pytest.approx(table["mn_tost10_p"].to_numpy(), rel=1e-9, abs=0)
    assert (result.equivalent == (table["mn_tost10_p"] < 0.05)).all()


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_intervals_of_one_proportion_are_those_of_r(level):
    """Wilson and Clopper-Pearson agree to 1e-10."""
    table = read("single_prop_ci.csv").query("level == @level")
    for interval, prefix in ((wilson_interval, "wilson"), (clopper_pearson_interval, "cp")):
        result = interval(table["x"], table["n"], confidence=level)
        assert result.low == pytest.approx(table[f"{prefix}_lo"].to_numpy(), abs=1e-10)
        assert result.high == pytest.approx(table[f"{prefix}_hi"].to_numpy(), abs=1e-10)


@pytest.mark.parametrize(("method", "column"), [("holm", "holm"), ("bh", "BH")])
def test_adjusted_p_values_are_those_of_r(method, column):
    """Every set agrees, and a missing p neither counts nor appears; all sets at once as families agree too."""
    table = read("padjust.csv")
    for _, rows in table.groupby("set"):
        assert adjust_p(rows["p"], method=method) == pytest.approx(rows[column].to_numpy(), rel=1e-12, nan_ok=True)
    together = adjust_p(table["p"], method=method, families=table["set"])
    assert together == pytest.approx(table[column].to_numpy(), rel=1e-12, nan_ok=True)


PRINTED = {
    "diff_newcombe_wilson": newcombe_interval,
    "diff_miettinen_nurminen": score_interval,
    "single_wilson": wilson_interval,
    "single_clopper_pearson": clopper_pearson_interval,
}


@pytest.mark.parametrize("quantity", PRINTED)
def test_intervals_printed_in_papers(quantity):
    """Each end rounds to the digits printed (the paper stands in the column ``publication``)."""
    rows = read("published_examples.csv").query("quantity == @quantity")
    assert len(rows)
    for row in rows.to_dict("records"):
        numbers = [int(row[name]) for name in TABLE if not np.isnan(row[name])]
        result = PRINTED[quantity](*numbers, confidence=row["level"])
        assert (round(result.low, row["digits"]), round(result.high, row["digits"])) == (row["lo"], row["hi"])


def test_p_values_printed_in_papers():
    """Fagerland, Lydersen & Laake 2017, chapter 4: Ritland's mid-P."""
    row = read("published_examples.csv").query("quantity == 'fisher_midp_minlike'").iloc[0]
    assert round(fisher_midp(*(int(row[name]) for name in TABLE)), row["digits"]) == row["value"]
