"""Stratified comparisons against R (``mantelhaen.test``, ``metafor``, ``contingencytables``).

The data: UC Berkeley admissions 1973, Hine et al. 1989, Doll & Hill 1950.
"""

from pathlib import Path

import pandas as pd
import pytest

from qa_lib.statistics.mix import adjust_for_mix
from qa_lib.statistics.strata import stratified_difference

REFERENCE = Path(__file__).parent / "reference"
NAMES = {
    "cmh_chi2_nocc": "chi2",
    "cmh_p_nocc": "p",
    "mh_common_or": "odds_ratio",
    "mh_or_lo_rbg": "odds_low",
    "mh_or_hi_rbg": "odds_high",
    "tarone_homog_chi2": "homogeneity_chi2",
    "tarone_homog_p": "homogeneity_p",
    "mh_rd": "difference",
    "mh_rd_se": "error",
    "mh_rd_lo": "low",
    "mh_rd_hi": "high",
    "crude_or": "crude_odds_ratio",
    "crude_rd": "crude_difference",
}


def strata(dataset):
    """Return the counts of one data set, stratum by stratum."""
    if dataset == "UCBAdmissions":
        table = pd.read_csv(REFERENCE / "data_ucb.csv").pivot(index="Dept", columns=["Gender", "Admit"], values="Freq")
        men, women = table["Male"], table["Female"]
        return men["Admitted"], men.sum(axis=1), women["Admitted"], women.sum(axis=1)
    rows = pd.read_csv(REFERENCE / "data_strata.csv").query("dataset == @dataset")
    return rows["a"], rows["a"] + rows["b"], rows["c"], rows["c"] + rows["d"]


@pytest.mark.parametrize("dataset", ["UCBAdmissions", "hine_1989", "doll_hill_1950"])
def test_stratified_figures_are_those_of_r(dataset):
    """Tests, odds ratio, risk difference with Sato's error and homogeneity agree to a relative 1e-9."""
    reference = pd.read_csv(REFERENCE / "cmh.csv")
    rows = reference[reference["dataset"].str.startswith(dataset)].set_index("statistic")["value"].astype(float)
    result = stratified_difference(*strata(dataset))
    for theirs, ours in NAMES.items():
        assert getattr(result, ours) == pytest.approx(rows[theirs], rel=1e-9), theirs


def test_berkeley_turns_round():
    """Bickel, Hammel & O'Connell 1975: men ahead all together, behind within departments; said in words."""
    counts = pd.read_csv(REFERENCE / "data_ucb.csv")
    people = counts.loc[counts.index.repeat(counts["Freq"])]
    table = adjust_for_mix(people, outcome="Admit", positive="Admitted", groups="Gender", strata="Dept")
    men = table.set_index("group").loc["Male"]
    assert men["reversal"]
    assert "+14.2 points" in men["warning"]
    assert "-1.8" in men["warning"]
