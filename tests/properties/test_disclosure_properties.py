"""What is true of every table: an intruder with a solver finds no small number, and misses nothing."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qa_lib.reports.disclosure import PROFILES, add_totals, additive_relations, audit, suppress

SETTINGS = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LABELS = ["characteristic", "group"]
CHARACTERISTICS = {"sex": 2, "age": 3, "region": 2}


@st.composite
def people(draw, *, most=30, blocks=1):
    """One row per person: block, outcome, and a group in each of two or three characteristics."""
    names = draw(st.sampled_from([["sex", "age"], ["sex", "age", "region"]]))
    rows = []
    for block in range(blocks):
        size = draw(st.integers(1, most))
        shares = {name: draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)) for name in names}
        worst = draw(st.integers(0, 9))
        outcomes = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
        for person in range(size):
            # Squared, so that the last groups are small.
            groups = {name: f"{name}{math.isqrt(shares[name][person]) % CHARACTERISTICS[name]}" for name in names}
            rows.append({"level": f"L{block}", "k": int(outcomes[person] >= worst), **groups})
    return pd.DataFrame(rows), names


def counted(persons, names, *, within=(), across=()):
    """Return the table of groups of these people, with its totals."""
    parts = [
        persons.assign(characteristic=name, group=persons[name]).groupby([*within, *LABELS], as_index=False)["k"]
        .agg(n="size", k="sum") for name in names
    ]  # fmt: skip
    return add_totals(pd.concat(parts, ignore_index=True), within=within, across=across)


def truth(table, found):
    """Return the true value beside each count that the audit asked for."""
    counts = {"n": table["n"], "k": table["k"], "n-k": table["n"] - table["k"]}
    return [int(counts[count].iloc[row]) for row, count in zip(found["row"], found["count"], strict=True)]


def assert_safe(table, published, *, within=()):
    """No small count narrower than 1 to 4, no hidden cell narrower than four values."""
    found = audit(published, relations=additive_relations(published, within=within))
    true = pd.Series(truth(table, found), index=found.index, dtype="int64")
    assert ((found["low"] <= true) & (true <= found["high"])).all()
    small = found[true.between(1, 4)]
    assert ((small["low"] <= 1) & (small["high"] >= 4)).all(), small
    shown_n = (published["n"] != "c").to_numpy()[found["row"]] & (found["count"] == "n")
    hidden = found[~shown_n]
    assert (hidden["high"] - hidden["low"] >= 3).all(), hidden
    small_rows = pd.concat([table["n"], table["k"], table["n"] - table["k"]], axis=1).apply(
        lambda column: column.between(1, 4)
    )
    assert (published["k"][small_rows.any(axis=1)] == "c").all()
    assert (published["n"][table["n"].between(1, 4)] == "c").all()


@SETTINGS
@given(people())
def test_no_small_count_of_a_provider_can_be_narrowed(made):
    """Linear programming over everything shown leaves each small count all of 1 to 4."""
    table = counted(*made)
    assert_safe(table, suppress(table, profile="dfe"))


@settings(SETTINGS, max_examples=3)
@given(people(blocks=2, most=20))
def test_no_small_count_can_be_narrowed_by_sums_over_levels(made):
    """Totals over levels are shown too, and tell no more."""
    table = counted(*made, within=["level"], across=["level"])
    assert_safe(table, suppress(table, profile="dfe", within=["level"]), within=["level"])


@settings(SETTINGS, max_examples=4)
@given(people())
def test_leaving_the_totals_out_tells_no_more(made):
    """Where no total is shown, characteristics still have their people in common."""
    table = counted(*made)
    table = table[table["characteristic"] != "Total"].reset_index(drop=True)
    assert_safe(table, suppress(table, profile="dfe"))


@settings(SETTINGS, max_examples=4)
@given(people(), st.randoms(use_true_random=False))
def test_row_order_changes_nothing(made, random):
    """Each row is published as it was, wherever it stands."""
    table = counted(*made)
    order = random.sample(range(len(table)), len(table))
    published, shuffled = (suppress(rows, profile="dfe") for rows in (table, table.iloc[order]))
    pd.testing.assert_frame_equal(published.iloc[order].reset_index(drop=True), shuffled)


@settings(SETTINGS, max_examples=4)
@given(people())
def test_relabelling_changes_nothing(made):
    """Other names for groups and characteristics: the same counts are published in the same way."""
    table = counted(*made)
    other = table.assign(
        group=table["group"].where(table["group"] == "Total", "z" + (100 - table["n"]).astype(str) + table["group"]),
        characteristic=table["characteristic"].replace({"sex": "zz", "region": "aa"}),
    )
    lines = [
        sorted(map(list, zip(rows["n"], rows["k"], *(published[name] for name in ("n", "k", "rate")), strict=True)))
        for rows in (table, other)
        for published in [suppress(rows, profile="dfe")]
    ]
    assert lines[0] == lines[1]


@SETTINGS
@given(st.lists(st.tuples(st.integers(5, 500), st.integers(5, 500)), min_size=2, max_size=6))
def test_nothing_is_hidden_where_nothing_is_small(counts):
    """All counts at least 5 and all rates on at least 30: every figure is shown."""
    groups = pd.DataFrame([("age", f"g{i}", k + m + 20, k + 10) for i, (k, m) in enumerate(counts)],
                          columns=[*LABELS, "n", "k"])  # fmt: skip
    published = suppress(add_totals(groups), profile="dfe")
    assert not published[["n", "k", "rate"]].isin(["c", "u", "z", "low"]).any(axis=None)


@pytest.mark.parametrize("profile", PROFILES)
@settings(SETTINGS, max_examples=4)
@given(made=people())
def test_each_profile_publishes_text_and_the_intruder_finds_the_truth_possible(profile, made):
    """Every cell holds text; the true counts agree with what is shown."""
    table = counted(*made)
    published = suppress(table, profile=profile)
    assert (published[["n", "k", "rate"]].map(len) > 0).all(axis=None)
    exact = PROFILES[profile].round_to
    found = audit(published, relations=additive_relations(published), round_to=exact)
    assert ((found["low"] <= truth(table, found)) & (truth(table, found) <= found["high"])).all()


# The intruder itself, against every table there is.

cell = st.sampled_from(["shown", "k hidden", "hidden"])
small_table = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), cell), min_size=2, max_size=3)


@SETTINGS
@given(small_table, st.booleans())
@example([(1, 2, "k hidden"), (3, 0, "k hidden")], True)
def test_the_intruder_finds_exactly_what_enumeration_finds(rows, rates_shown):
    """Least and most of each hidden count agree with those over all tables of people that print alike."""
    groups = [(k, k + others) for k, others, _ in rows]
    printed = [("Total", "Total", *map(str, (sum(n for _, n in groups), sum(k for k, _ in groups))), "c")]
    for index, ((k, n), (_, _, state)) in enumerate(zip(groups, rows, strict=True)):
        rate = f"{(200 * k + n) // (2 * n)}" if rates_shown and n else "c"
        shown = ("c" if state == "hidden" else str(n), str(k) if state == "shown" else "c")
        printed.append(("sex", f"g{index}", *shown, rate))
    published = pd.DataFrame(printed, columns=[*LABELS, "n", "k", "rate"])
    found = audit(published, relations=additive_relations(published))
    possible = list(every_table(groups, published))
    for _, line in found.iterrows():
        values = [{"k": k, "n": n, "n-k": n - k}[line["count"]] for k, n in (table[line["row"]] for table in possible)]
        assert (line["low"], line["high"]) == (min(values), max(values))


def every_table(groups, published):
    """All lists of (k, n), the total first, that would have been printed like this."""
    total_k, total_n = sum(k for k, _ in groups), sum(n for _, n in groups)
    each = [(k, n) for n in range(total_n + 1) for k in range(n + 1)]
    for some in itertools.product(each, repeat=len(groups) - 1):
        table = [*some, (total_k - sum(k for k, _ in some), total_n - sum(n for _, n in some))]
        if not 0 <= table[-1][0] <= table[-1][1]:
            continue
        lines = published.iloc[1:][["n", "k", "rate"]].to_numpy().tolist()
        if all(prints_alike(k, n, *line) for (k, n), line in zip(table, lines, strict=True)):
            yield [(total_k, total_n), *table]


def prints_alike(k, n, shown_n, shown_k, rate):
    """Whether a group of k of n could have been printed like this."""
    if shown_n not in ("c", str(n)) or shown_k not in ("c", str(k)):
        return False
    return rate == "c" or (n > 0 and rate == f"{(200 * k + n) // (2 * n)}")
