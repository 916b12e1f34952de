"""What is true of every provider: beside its published performance the tables of groups give no small number away.

The intruder knows every total and verdict of the performance, and which types of school are of which phase. He counts
people by what became of them, and shares no code with what hides.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from qa_lib.schemes.npq.pages.public_summary import _of_cohort

SETTINGS = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
#: Which types of school there are in which phase: each in one, or some in both.
STRICT = [("t0", "p0"), ("t1", "p0"), ("t2", "p1"), ("t3", "p1")]
PARTIAL = [("t0", "p0"), ("t1", "p0"), ("t1", "p1"), ("t2", "p1")]
NAMED = ["sex", "phase", "type"]
LABELS = {"Sex": "sex", "Phase of school": "phase", "Type of school": "type"}
GONE, FAILED, PASSED = range(3)
#: What a table counts, by what became of people: people and the part of them.
COUNTED = {"Retention": ([GONE, FAILED, PASSED], [FAILED, PASSED]), "Achievement": ([FAILED, PASSED], [PASSED])}
MARGIN = Fraction(1, 10)


@st.composite
def cohorts(draw):
    """One row per person of two levels: sex, type and phase of school, and what became of them."""
    combinations = draw(st.sampled_from([STRICT, PARTIAL]))
    rows = []
    for level in ("L0", "L1"):
        size, worst = draw(st.integers(3, 60)), draw(st.integers(2, 9))
        for _ in range(size):
            # Squared, so that the last combinations have few people.
            kind, phase = combinations[3 - math.isqrt(draw(st.integers(0, 15)))]
            fate = draw(st.integers(0, worst))
            row = {"level": level, "sex": "fm"[draw(st.integers(0, 2)) > 0], "type": kind, "phase": phase}
            rows.append({**row, "fate": min(fate, PASSED)})
    people = pd.DataFrame(rows)
    presented = people["fate"] != GONE
    achieved = (people["fate"] == PASSED).astype("boolean").mask(~presented)
    return people.assign(presented=presented, in_time=presented, achieved=achieved)


class Intruder:
    """Unknown: how many of each sex, and of each combination of type and phase, had each fate at each level."""

    def __init__(self, people):
        pairs = sorted(set(people[["type", "phase"]].itertuples(index=False, name=None)))
        self.kinds = [{"sex": sex} for sex in sorted(set(people["sex"]))]
        self.kinds += [{"type": kind, "phase": phase} for kind, phase in pairs]
        self.levels = sorted(set(people["level"]))
        self.rows, self.low, self.high = [], [], []
        for level in self.levels:
            own = people[people["level"] == level]
            for name in ("sex", "type"):
                self.know_totals(own, level, name)
            for outcomes in COUNTED.values():
                self.know_verdict(own, level, *outcomes)

    def sum_of(self, levels, column, group, fates):
        """Return which unknowns are summed, those of a group or, without one, of everybody."""
        there = [
            float(level in levels and column in kind and group in (None, kind[column]) and fate in fates)
            for level in self.levels
            for kind in self.kinds
            for fate in range(3)
        ]
        return np.array(there)

    def know(self, terms, low, high):
        """Add something that is shown."""
        self.rows.append(terms)
        self.low.append(low)
        self.high.append(high)

    def know_totals(self, own, level, name):
        """Retention and achievement of all are published, unless fewer than five people stand behind them."""
        for people, part in COUNTED.values():
            if own["fate"].isin(people).sum() > 4:
                for fates in (people, part):
                    number = own["fate"].isin(fates).sum()
                    self.know(self.sum_of([level], name, None, fates), number, number)

    def know_verdict(self, own, level, people, part):
        """Where metric 7 is met, no group is more than ten points from all."""
        n, k = own["fate"].isin(people).sum(), own["fate"].isin(part).sum()
        every = own[own["fate"].isin(people)]
        rates = [
            Fraction(int(rows["fate"].isin(part).sum()), len(rows)) for name in NAMED for _, rows in every.groupby(name)
        ]
        if not n or any(abs(rate - Fraction(int(k), int(n))) > MARGIN for rate in rates):
            return
        for name in NAMED:
            for group in {kind[name] for kind in self.kinds if name in kind}:
                apart = n * self.sum_of([level], name, group, part) - k * self.sum_of([level], name, group, people)
                far = n * float(MARGIN) * self.sum_of([level], name, group, people)
                self.know(apart - far, -np.inf, 0)
                self.know(apart + far, 0, np.inf)

    def read(self, tables):
        """Take everything that the tables of groups show."""
        for name, fates in COUNTED.items():
            for row in tables[name].to_dict("records"):
                levels = self.levels if row["level"] == "Total" else [row["level"]]
                column, group = LABELS.get(row["characteristic"], "sex"), row["group"]
                for figure, some in zip(("n", "k"), fates, strict=True):
                    if row[figure].isdecimal():
                        terms = self.sum_of(levels, column, None if group == "Total" else group, some)
                        self.know(terms, int(row[figure]), int(row[figure]))

    def ends(self, terms):
        """Return the least and the most that a sum of unknowns can be."""
        asked = {
            "constraints": LinearConstraint(np.array(self.rows), self.low, self.high),
            "bounds": Bounds(0, 200),
            "integrality": np.ones(len(terms)),
        }
        least, most = (milp(sign * terms, **asked) for sign in (1, -1))
        assert least.success
        assert most.success
        return round(least.fun), round(-most.fun)


@SETTINGS
@given(cohorts())
def test_beside_the_performance_no_small_number_of_a_group_is_told(people):
    """Each small number of a group, or of a combination, could be any from 1 to 4 that the performance allows."""
    before, after = Intruder(people), Intruder(people)
    after.read(_of_cohort(people, NAMED))
    places = [(name, group) for name in NAMED for group in sorted(set(people[name]))]
    for level in before.levels:
        for name, group in places:
            own = people[(people["level"] == level) & (people[name] == group)]
            for fates in ([GONE], [FAILED], [PASSED], [FAILED, PASSED], [GONE, FAILED, PASSED]):
                number = int(own["fate"].isin(fates).sum())
                if not 1 <= number <= 4:
                    continue
                terms = before.sum_of([level], name, group, fates)
                (least, most), (low, high) = before.ends(terms), after.ends(terms)
                assert low <= max(1, least), (level, name, group, fates)
                assert high >= min(4, most), (level, name, group, fates)
