"""Which files of an assessor or a PoP are a random sample of their passes, by all orders that tickets can have."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest

from qa_lib.sampling import selection
from qa_lib.sampling.frozen import SamplingPlan, frozen_plan, make_freeze
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.random_within import RANDOM_STEPS, steps_at_random
from qa_lib.sampling.selection import STEPS, select
from qa_lib.sampling.tickets import Tickets
from tests.second_implementation.examples import file_row

TIERS = {"standard": Fraction(0), "raised": Fraction(1, 3), "high": Fraction(1, 2)}


def frozen(*files, **plan):
    """Return the freeze of files ``ASSESSOR PoP [tier]``, a sixth at random; only 8 and 9 had a sampled file before."""
    rows = [
        file_row(f"c{number}", *pair, tier=(tier or ["standard"])[0])
        for number, (*pair, tier) in enumerate((*one.split()[:2], one.split()[2:]) for one in files)
    ]
    given = {"rate": Fraction(1, 6), "minimum_rate": Fraction(1, 20), "tiers": TIERS, "standards": 33, **plan}
    seen = {"assessors": {"A8", "A9"}, "pops": {"P8", "P9"}}
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    return make_freeze(frame, SamplingPlan(**given), provider="N", month="2024-01", covered=seen)


def taken_by_every_order(freeze, monkeypatch):
    """Return the step of each file in the draws of all orders of tickets."""
    order = []
    monkeypatch.setattr(selection, "tickets", lambda *_, **__: Tickets(bytearray(), np.array(order)))
    plan, needs = frozen_plan(freeze.content), freeze.content["needs_cover"]
    drawn = []
    for order[:] in permutations(range(len(freeze.population))):
        found = select(freeze.population, digest="", seed="", rate=plan.rate, tiers=plan.tiers, needs_cover=needs)
        drawn.append([STEPS[step] for step in found.step])
    return drawn


def is_random(freeze, drawn, key, name, number):
    """Say whether the first steps take, of each number of this person's files, all sets equally often."""
    own = np.flatnonzero(freeze.population[key] == name)
    sets = defaultdict(Counter)
    for steps in drawn:
        chosen = tuple(file for file in own if steps[file] in RANDOM_STEPS[:number])
        sets[len(chosen)][chosen] += 1
    return all(
        len(of_size) == comb(len(own), size) and len(set(of_size.values())) == 1 for size, of_size in sets.items()
    )


@pytest.mark.parametrize(
    ("files", "steps", "not_random"),
    [
        # Everybody needs cover; A1 has two PoPs, P1 has two assessors: a PoP without a file asks for one of its own.
        (["A1 P1", "A1 P1", "A1 P2", "A2 P1", "A2 P2"], (2, 2), ["A1", "P1"]),
        # A1 has one PoP.
        (["A1 P1", "A1 P1", "A1 P1", "A2 P1", "A2 P2"], (3, 2), ["P1"]),
        # The PoPs of A1 had files before; P1 has one assessor.
        (["A1 P9", "A1 P8", "A1 P9", "A2 P1", "A2 P1"], (3, 3), []),
        # The assessors of P1 had files before.
        (["A9 P1", "A9 P1", "A8 P1", "A8 P2", "A1 P9"], (3, 3), []),
        # The tiers of A1 differ, and one of them takes more.
        (["A1 P1", "A1 P1", "A1 P9 raised", "A1 P9 raised", "A2 P2"], (1, 3), ["A1"]),
        # They differ, and all PoPs had files before: whether A1 is still without a file depends on the tier.
        (["A1 P9", "A1 P9", "A1 P9 high", "A2 P1", "A3 P1"], (1, 2), ["A1"]),
        # A1 is of one tier throughout, which takes more; those of P1 differ.
        (["A1 P1 high", "A1 P1 high", "A1 P1 high", "A2 P1", "A2 P1"], (3, 1), ["P1"]),
    ],
)
def test_the_steps_that_are_said_take_every_set_of_passes_equally_often(files, steps, not_random, monkeypatch):
    """By enumeration of all 120 orders of tickets; with the next step they would not, where one is named."""
    freeze = frozen(*files)
    drawn = taken_by_every_order(freeze, monkeypatch)
    for key, name, said in (("assessor_id", "A1", steps[0]), ("pop_id", "P1", steps[1])):
        assert steps_at_random(freeze, key)[name] == said
        assert all(is_random(freeze, drawn, key, name, number) for number in range(1, said + 1))
        assert is_random(freeze, drawn, key, name, 3) == (name not in not_random)


@pytest.mark.parametrize("number", range(6))
def test_whatever_the_files_nothing_else_is_said(number, monkeypatch):
    """For everybody in made-up months of five files: who needs cover, tiers and pairs are any."""
    chance = np.random.default_rng(number)
    files = [f"A{chance.choice([1, 2, 9])} P{chance.choice([1, 2, 9])} {chance.choice([*TIERS])}" for _ in range(5)]
    freeze = frozen(*files)
    drawn = taken_by_every_order(freeze, monkeypatch)
    for key in ("assessor_id", "pop_id"):
        for name, said in steps_at_random(freeze, key).items():
            assert all(is_random(freeze, drawn, key, name, steps) for steps in range(1, said + 1)), (files, name)


@pytest.mark.parametrize(("from_month", "steps"), [(5, 2), (6, 3)])
def test_before_cover_is_made_up_no_pop_needs_it(from_month, steps):
    """January is the fifth month of the year: from the sixth on nothing is taken for cover, so all steps are random."""
    files = ["A1 P1", "A1 P2", "A2 P1"]
    freeze = frozen(*files, policy="from_month", from_month=from_month)
    assert steps_at_random(freeze, "assessor_id").to_dict() == {"A1": steps, "A2": 3}


def test_certain_files_and_tiers_that_take_nothing_do_not_count():
    """Whoever has certain files only has no sample; with no extra rate tiers are all the same."""
    rows = [
        file_row("1", "A1", "P1", tier="high"),
        file_row("2", "A1", "P1"),
        file_row("3", "A1", "P2", tier="raised", reasons="difficult"),
        file_row("4", "A2", "P2", reasons="difficult"),
    ]
    nothing = dict.fromkeys(TIERS, Fraction(0))
    given = {"rate": Fraction(1), "minimum_rate": Fraction(1, 20), "standards": 33}
    plans = [SamplingPlan(**given, tiers=tiers) for tiers in (TIERS, nothing)]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    found = [steps_at_random(make_freeze(frame, one, provider="N", month="2024-01"), "assessor_id") for one in plans]
    assert [one.to_dict() for one in found] == [{"A1": 1}, {"A1": 3}]
