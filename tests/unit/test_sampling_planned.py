"""What is known of a sample before its seed: every seed leads to what was announced."""

from fractions import Fraction

import pandas as pd
import pytest

from qa_lib.sampling.drawing import make_series_draw
from qa_lib.sampling.frozen import SamplingPlan, make_freeze
from qa_lib.sampling.planned import planned_sample

STEPS = ("certainty", "random", "risk", "coverage")
TIERS = {"standard": Fraction(0), "raised": Fraction(1, 20), "high": Fraction(1, 2)}


def frozen(files, *, rate="1/20", tiers=TIERS, **more):
    """Freeze files given as (outcome, tier, assessor, PoP)."""
    rows = [
        {
            "case_id": f"C{number:03}",
            "stratum": outcome,
            "reasons": "" if outcome == "met" else outcome,
            "outcome": outcome,
            "tier": tier,
            "assessor_id": assessor,
            "pop_id": pop,
            "insufficient": "",
        }
        for number, (outcome, tier, assessor, pop) in enumerate(files)
    ]
    plan = SamplingPlan(rate=Fraction(rate), minimum_rate=Fraction(1, 20), tiers=tiers, **more)
    return make_freeze(pd.DataFrame(rows), plan, provider="North", month="2024-01")


MIXED = [
    *(("met", "standard", f"A{n % 5}", f"P{n % 3}") for n in range(24)),
    *(("met", "high", f"H{n}", "P9") for n in range(3)),
    *(("partial_reassessment", "raised", f"A{n}", "P0") for n in range(2)),
]
USED_UP = [("met", "high", f"A{n}", f"P{n}") for n in range(4)]


@pytest.mark.parametrize("freeze", [frozen(MIXED), frozen(MIXED, rate="1/2"), frozen(USED_UP, rate="3/4")])
def test_every_seed_leads_to_what_was_announced(freeze):
    """Certain and random files are exact; risk and coverage lie within their bounds."""
    planned, drawn = planned_sample(freeze), [make_series_draw(freeze, series=f"series {n}") for n in range(60)]
    taken = {step: [draw.content["counts"][step] for draw in drawn] for step in STEPS}
    assert set(taken["certainty"]) == {planned.certain}
    assert set(taken["random"]) == {planned.random}
    for step, (least, most) in (("risk", planned.risk), ("coverage", planned.coverage)):
        assert least <= min(taken[step])
        assert max(taken[step]) <= most
    assert planned.risk[1] == max(taken["risk"])


def test_a_tier_that_chance_uses_up_leaves_less_for_risk():
    """Three of four files are drawn at random, so that of the two asked for one is left."""
    assert planned_sample(frozen(USED_UP, rate="3/4")).risk == (1, 1)


def test_the_plan_in_words():
    """Exact numbers stand alone; what a seed can change is given as a range."""
    assert planned_sample(frozen(MIXED)).sentence == "2 certain, 2 at random, 1 to 2 for risk, 2 to 6 for coverage"
    scrutiny = dict.fromkeys(TIERS, 1)
    chosen = planned_sample(frozen(MIXED, purpose="scrutiny", scrutiny_files=scrutiny))
    assert chosen.sentence == "8 for pre-upload scrutiny"
