"""Bounds and operating characteristics against R (``phyper``, ``AcceptanceSampling``), sample sizes against tables."""

from pathlib import Path

import pandas as pd
import pytest

from qa_lib.statistics.finite import finite_population_bounds, operating_characteristic, sample_size

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


def test_sample_sizes_for_less_than_tolerable_are_those_of_ez_quant():
    """Every size of the printed table; for no more than tolerable it takes up to 13 files fewer, never more."""
    table = pd.read_csv(REFERENCE / "ezquant_sample_sizes.csv", dtype={"tolerable_percent": str})
    below, at_most = (
        [
            sample_size(row.population, tolerable=f"{row.tolerable_percent}%", claim=claim, confidence=row.confidence).n
            for row in table.itertuples()
        ]
        for claim in ("below", "at most")
    )
    assert below == table["n"].tolist()
    fewer = table["n"] - at_most
    assert (fewer.min(), fewer.max()) == (0, 13)


def test_sample_sizes_of_a_population_without_end_are_those_of_the_aicpa():
    """Every size of table A-1; both claims take the same."""
    table = pd.read_csv(REFERENCE / "aicpa_a1_sample_sizes.csv", dtype=str)
    rates = (table["tolerable_percent"] + "%", table["expected_percent"] + "%", table["confidence"].astype(float))
    plans = [
        sample_size(None, tolerable=tolerable, expected=expected, confidence=confidence)
        for tolerable, expected, confidence in zip(*rates, strict=True)
    ]
    assert [plan.n for plan in plans] == table["n"].astype(int).tolist()
    first = plans[0]
    assert first.detectable is None
    assert sample_size(None, tolerable=first.tolerable, claim="below").n == first.n
