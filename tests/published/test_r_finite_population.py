"""Finite-population bounds and operating characteristics against R (``phyper``, ``AcceptanceSampling``)."""

from pathlib import Path

import pandas as pd
import pytest

from qa_lib.statistics.finite import finite_population_bounds, operating_characteristic

REFERENCE = Path(__file__).parent / "reference"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("upper", "one_sided_upper95_M"),
        ("lower", "one_sided_lower95_M"),
        ("low", "two_sided95_lo_M"),
        ("high", "two_sided95_hi_M"),
    ],
)
def test_bounds_are_those_of_r(ours, theirs):
    """Every bound is the same whole number."""
    table = pd.read_csv(REFERENCE / "finite_population_bounds.csv")
    bounds = finite_population_bounds(table["N"], table["n"], table["x"])
    assert getattr(bounds, ours).tolist() == table[theirs].tolist()


def test_operating_characteristics_are_those_of_r():
    """Every probability agrees to 1e-12."""
    table = pd.read_csv(REFERENCE / "acceptance_oc.csv")
    for (population, sampled, allowed), rows in table.groupby(["N", "n", "c"]):
        curve = operating_characteristic(population, sampled, allowed, overturned=rows["M"])
        assert curve.probability == pytest.approx(rows["paccept_hyper"].to_numpy(), rel=1e-12)
