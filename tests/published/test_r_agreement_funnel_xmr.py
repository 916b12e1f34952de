"""Agreement (R ``irr``, ``vcd``, ``irrCAC``), funnel plots (Spiegelhalter 2005) and XmR charts (R ``qcc``)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qa_lib.statistics.agreement import agreement
from qa_lib.statistics.control import xmr
from qa_lib.statistics.funnel import funnel_curve, funnel_limits

REFERENCE = Path(__file__).parent / "reference"
TABLES = [(40, 9, 6, 45), (80, 10, 5, 5), (45, 15, 25, 15), (25, 35, 5, 35), (118, 5, 2, 0), (190, 3, 5, 2)]


def reference(dataset):
    """Return the figures of one data set by name."""
    table = pd.read_csv(REFERENCE / "agreement.csv").query("dataset == @dataset")
    return table.drop_duplicates("statistic").set_index("statistic")["value"].astype(float)


def judged(both, only_first, only_second, neither):
    """Return two lists of judgements from a two-by-two table."""
    first = ["met"] * (both + only_first) + ["not"] * (only_second + neither)
    second = ["met"] * both + ["not"] * only_first + ["met"] * only_second + ["not"] * neither
    return first, second


@pytest.mark.parametrize("table", TABLES)
def test_agreement_on_pass_and_fail_is_that_of_r(table):
    """Kappa and its error to 1e-9; AC1 to the five digits that irrCAC prints."""
    figures = reference("pf_" + "_".join(map(str, table)))
    result = agreement(*judged(*table))
    assert result.kappa == pytest.approx(figures["kappa2_unweighted"], rel=1e-9)
    assert result.kappa_error == pytest.approx(figures["vcd_kappa_unw_ase"], rel=1e-9)
    assert result.ac1 == pytest.approx(figures["gwet.ac1.raw_unweighted_est"], abs=5e-6)


def test_when_all_judgements_are_one_kappa_is_undefined_and_ac1_is_one():
    """R gives NaN and 1; ours says why."""
    result = agreement(*judged(50, 0, 0, 0))
    assert np.isnan(result.kappa)
    assert (result.ac1, result.agreed.estimate) == (1, 1)
    assert "undefined" in result.note


@pytest.mark.parametrize(("weights", "column"), [("none", "unw"), ("linear", "linear"), ("quadratic", "quadratic")])
def test_agreement_on_five_diagnoses_is_that_of_r(weights, column):
    """Raters 2 and 3 of Fleiss's psychiatric diagnoses: weighted kappas, errors, AC1."""
    figures = reference("irr_diagnoses_r2r3")
    table = pd.read_csv(REFERENCE / "data_irr_diagnoses.csv")
    names = sorted({*table["rater2"], *table["rater3"]})
    result = agreement(table["rater2"], table["rater3"], categories=names, weights=weights)
    assert result.kappa == pytest.approx(figures[f"vcd_kappa_{column}"], rel=1e-9)
    assert result.kappa_error == pytest.approx(figures[f"vcd_kappa_{column}_ase"], rel=1e-9)
    assert result.ac1 == pytest.approx(figures["gwet.ac1.raw_unweighted_est"], abs=5e-6)


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.975, 0.999])
def test_exact_funnel_limits_are_those_of_r(probability):
    """Interpolated binomial quantiles to 1e-10; a limit below 0 % is shown as 0 %."""
    rows = pd.read_csv(REFERENCE / "funnel_exact_limits.csv").query("prob == @probability")
    confidence = 1 - 2 * min(probability, 1 - probability)
    low, high = funnel_curve(rows["n"], target=rows["theta0"].iloc[0], confidence=confidence)
    ours = low if probability < 0.5 else high
    assert ours == pytest.approx(rows["limit"].clip(0, 1).to_numpy(), abs=1e-10)


def test_over_dispersion_is_that_of_spiegelhalter():
    """Distances on the arcsine scale, and those with the additive variance after 10 % winsorising."""
    counts, distances = (pd.read_csv(REFERENCE / name) for name in ("data_funnel_providers.csv", "funnel_z.csv"))
    funnel = funnel_limits(counts["x"], counts["n"])
    assert funnel.z == pytest.approx(distances["z_asin"].to_numpy(), abs=1e-10)
    assert funnel.z_spread == pytest.approx(distances["z_od"].to_numpy(), abs=1e-10)


def test_xmr_limits_are_those_of_r():
    """With and without screening of moving ranges."""
    rows = pd.read_csv(REFERENCE / "xmr.csv").set_index("key")["value"]
    values = np.loadtxt(REFERENCE / "data_xmr.txt")
    plain, screened = xmr(values), xmr(values, screen=True)
    ours = {
        "mean": plain.mean,
        "mrbar": plain.mean_range,
        "lpl_2.66": plain.low,
        "upl_2.66": plain.high,
        "url_3.267": plain.range_limit,
        "mrbar_screened": screened.mean_range,
        "lpl_screened": screened.low,
        "upl_screened": screened.high,
    }
    assert ours == pytest.approx({name: rows[name] for name in ours}, rel=1e-12)
    assert screened.high < plain.high
    assert screened.left_out == 2
    assert np.flatnonzero(plain.outside).tolist() == [12]
    assert not plain.in_run.any()
