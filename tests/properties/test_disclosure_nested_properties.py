"""What is true of every table whose characteristics nest: an intruder who knows it, by his own sums, finds nothing.

The intruder here counts people of combinations and shares no code with the package, neither with what hides nor with
its audit.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from qa_lib.reports.disclosure import Nesting, add_totals, additive_relations, audit, find_nesting, suppress

SETTINGS = settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LABELS = ["characteristic", "group"]
NESTED = ("type", "phase")
#: Which combinations of type and phase there are: each type in one phase, or some in several.
STRICT = [("t0", "p0"), ("t1", "p0"), ("t2", "p1"), ("t3", "p1"), ("t4", "p2")]
PARTIAL = [("t0", "p0"), ("t1", "p0"), ("t1", "p1"), ("t2", "p0"), ("t2", "p1"), ("t3", "p1")]


@st.composite
def people(draw, *, most=40, levels=1):
    """One row per person: level, outcome, sex, and a type of school with a phase that it occurs in."""
    combinations = draw(st.sampled_from([STRICT, PARTIAL]))
    rows = []
    for level in range(levels):
        size = draw(st.integers(5, most))
        # Squared, so that the last combinations have few people.
        places = draw(st.lists(st.integers(0, 35), min_size=size, max_size=size))
        sexes = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
        outcomes = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
        for place, sex, outcome in zip(places, sexes, outcomes, strict=True):
            kind, phase = combinations[len(combinations) - 1 - math.isqrt(place) % len(combinations)]
            rows.append({"level": f"L{level}", "type": kind, "phase": phase, "sex": "fm"[sex > 0], "k": outcome > 0})
    return pd.DataFrame(rows).astype({"k": "int64"})


def counted(persons, *, within=()):
    """Return the table of groups of these people, with sums over levels."""
    parts = [
        persons.assign(characteristic=name, group=persons[name])
        .groupby([*within, *LABELS], as_index=False)["k"]
        .agg(n="size", k="sum")
        for name in ("sex", "type", "phase")
    ]
    return add_totals(pd.concat(parts, ignore_index=True), within=within, across=within)


class Intruder:
    """Counts, in each level, those who succeeded and the others of each sex and of each combination that occurs."""

    def __init__(self, table, persons):
        self.levels = sorted(set(persons["level"]))
        self.by_level = "level" in table
        pairs = persons[[*NESTED]].drop_duplicates().itertuples(index=False, name=None)
        kinds = [*(("sex", sex) for sex in sorted(set(persons["sex"]))), *(("both", pair) for pair in sorted(pairs))]
        self.places = [(level, kind) for level in self.levels for kind in kinds]
        self.rows, self.low, self.high = [], [], []
        for level in self.levels:
            for successes in (True, False):
                sex, both = (self.sum_of([level], name, lambda _: True, [successes]) for name in ("sex", "both"))
                self.know(sex - both, 0)
        for place, shown in table.reset_index(drop=True).iterrows():
            for count, text in (("n", shown["n"]), ("k", shown["k"])):
                if text != "c":
                    self.know(self.count(table, place, count), int(text))

    def know(self, terms, value):
        """Add something that is shown."""
        self.rows.append(terms)
        self.low.append(value)
        self.high.append(value)

    def sum_of(self, levels, name, fits, outcomes):
        """Return which unknowns are summed: successes of all places first, then the others."""
        there = [level in levels and kind[0] == name and fits(kind[1]) for level, kind in self.places]
        return np.concatenate([np.array(there) * float(outcome in outcomes) for outcome in (True, False)])

    def count(self, table, place, count):
        """Return what a row counts, in unknowns."""
        row = table.iloc[place]
        levels = [row["level"]] if self.by_level and row["level"] != "Total" else self.levels
        outcomes = {"k": [True], "n-k": [False], "n": [True, False]}[count]
        if row["characteristic"] in NESTED:
            at = NESTED.index(row["characteristic"])
            return self.sum_of(levels, "both", lambda pair: pair[at] == row["group"], outcomes)
        return self.sum_of(levels, "sex", lambda sex: row["group"] in ("Total", sex), outcomes)

    def ends(self, terms):
        """Return the least and the most that a sum of unknowns can be."""
        asked = {
            "constraints": LinearConstraint(np.array(self.rows), self.low, self.high),
            "bounds": Bounds(0, 1e5),
            "integrality": np.ones(len(terms)),
        }
        least, most = (milp(sign * terms, **asked) for sign in (1, -1))
        assert least.success
        return round(least.fun), round(-most.fun)


def assert_safe(persons, *, within=()):
    """No small count of a row is narrower than 1 to 4, no hidden one is told, no combination is known to be small."""
    table = counted(persons, within=within)
    nested = find_nesting(persons, ["sex", "type", "phase"], declared={"type": "phase"})
    published = suppress(table, profile="dfe", within=within, nested=nested)
    intruder = Intruder(published, persons)
    true = {"n": table["n"], "k": table["k"], "n-k": table["n"] - table["k"]}
    for place in range(len(table)):
        for count in ("n", "k", "n-k"):
            if published["n" if count == "n" else "k"].iloc[place] != "c":
                continue
            low, high = intruder.ends(intruder.count(published, place, count))
            assert low <= true[count].iloc[place] <= high
            assert high - low >= 3
            assert not 1 <= true[count].iloc[place] <= 4 or (low <= 1 and high >= 4), (published, place, count)
    for pair in persons[[*NESTED]].drop_duplicates().itertuples(index=False, name=None):
        for outcomes in ([True], [False], [True, False]):
            low, high = intruder.ends(intruder.sum_of(intruder.levels, "both", lambda kind, pair=pair: kind == pair,
                                                      outcomes))  # fmt: skip
            assert low == 0 or high > 4 or (low, high) == (1, 4), (published, pair)


@SETTINGS
@given(people())
def test_no_small_count_can_be_narrowed_by_who_knows_the_combinations(persons):
    """Whatever adds up over type, phase and sex leaves each small count all of 1 to 4."""
    assert_safe(persons)


@settings(SETTINGS, max_examples=2)
@given(people(levels=2, most=25))
def test_no_small_count_can_be_narrowed_over_levels(persons):
    """The same in each level and in their sum."""
    assert_safe(persons, within=["level"])


@settings(SETTINGS, max_examples=2)
@given(people(most=20), st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_groups_change_nothing(persons, random):
    """Each row is published as it was, wherever it stands and whatever its group is called."""
    table, nested = counted(persons), find_nesting(persons, ["sex", "type", "phase"], declared={"type": "phase"})
    published = suppress(table, profile="dfe", nested=nested)
    order = random.sample(range(len(table)), len(table))
    shuffled = suppress(table.iloc[order], profile="dfe", nested=nested)
    pd.testing.assert_frame_equal(published.iloc[order].reset_index(drop=True), shuffled)
    renamed = [
        Nesting(
            characteristics=tuple(f"a {name}" for name in one.characteristics),
            combinations=frozenset(tuple(f"a {group}" for group in groups) for groups in one.combinations),
        )
        for one in nested
    ]
    other = table.assign(**{name: table[name].where(table[name] == "Total", "a " + table[name]) for name in LABELS})
    figures = ["n", "k", "rate"]
    pd.testing.assert_frame_equal(suppress(other, profile="dfe", nested=renamed)[figures], published[figures])


# The intruder of the package, against every table there is.

COMBINATIONS = [("a", "P"), ("b", "S"), ("c", "P"), ("c", "S")]
GROUPS = [("phase", "P"), ("phase", "S"), ("type", "a"), ("type", "b"), ("type", "c")]
cell = st.sampled_from(["shown", "k hidden", "hidden"])


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=4, max_size=4),
    st.lists(cell, min_size=5, max_size=5),
)
@example([(1, 1), (2, 0), (0, 1), (2, 1)], ["shown", "shown", "hidden", "shown", "k hidden"])
def test_the_audit_of_nested_groups_finds_exactly_what_enumeration_finds(cells, states):
    """Least and most of each hidden count agree with those over all people in combinations that print alike."""
    printed = [["Total", "Total", *map(str, count(cells, None)), "c"]]
    for label, state in zip(GROUPS, states, strict=True):
        n, k = map(str, count(cells, label))
        printed.append([*label, "c" if state == "hidden" else n, k if state == "shown" else "c", "c"])
    published = pd.DataFrame(printed, columns=[*LABELS, "n", "k", "rate"])
    nested = [Nesting(characteristics=NESTED, combinations=frozenset(COMBINATIONS))]
    found = audit(published, relations=additive_relations(published, nested=nested))
    possible = [table for table in every_table(cells) if prints_alike(table, printed)]
    for _, line in found.iterrows():
        counts = [count(table, GROUPS[line["row"] - 1]) for table in possible]
        values = [{"n": n, "k": k, "n-k": n - k}[line["count"]] for n, k in counts]
        assert (line["low"], line["high"]) == (min(values), max(values))


def count(cells, label):
    """Return the people and the successes of a group, or of all."""
    there = [
        pair
        for pair, (kind, phase) in zip(cells, COMBINATIONS, strict=True)
        if label is None or label in (("phase", phase), ("type", kind))
    ]
    return sum(k + others for k, others in there), sum(k for k, _ in there)


def every_table(cells):
    """All ways to put as many successes and as many others into the combinations."""
    ways = [
        [way for way in itertools.product(range(total + 1), repeat=len(cells)) if sum(way) == total]
        for total in (sum(k for k, _ in cells), sum(others for _, others in cells))
    ]
    return [list(zip(*pair, strict=True)) for pair in itertools.product(*ways)]


def prints_alike(cells, printed):
    """Whether these people could have been printed like this."""
    shown = [line[2:4] for line in printed[1:]]
    return all(
        text in ("c", str(number))
        for label, line in zip(GROUPS, shown, strict=True)
        for text, number in zip(line, count(cells, label), strict=True)
    )
