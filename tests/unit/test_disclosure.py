"""Do the profiles hide, round and mark what they say, at and either side of each threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import PROFILES, Relation, add_totals, additive_relations, audit, suppress
from qa_lib.reports.disclosure.alternative_tables import Field, Goal, Mover
from qa_lib.reports.disclosure.profiles import nearest, percent_of

KEYS = ["characteristic", "group"]


def table(*groups, total=True):
    """Return groups given as (characteristic, group, n, k), with their total."""
    frame = pd.DataFrame(groups, columns=[*KEYS, "n", "k"])
    return add_totals(frame) if total else frame


def published(*groups, profile, total=True):
    """Return (n, k, rate) by group as published."""
    rows = suppress(table(*groups, total=total), profile=profile)
    return {group: (n, k, rate) for group, n, k, rate in rows[["group", "n", "k", "rate"]].to_numpy().tolist()}


def ends(rows, **more):
    """Return what the intruder finds: (group, count) to (low, high)."""
    found = audit(rows, relations=additive_relations(rows), **more)
    return {(line["group"], line["count"]): (line["low"], line["high"]) for _, line in found.iterrows()}


@pytest.mark.parametrize(
    ("k", "shown"),
    [(0, ("40", "0", "0.0")), (1, ("40", "c", "c")), (4, ("40", "c", "c")), (5, ("40", "5", "12.5")),
     (35, ("40", "35", "87.5")), (36, ("40", "c", "c")), (39, ("40", "c", "c")), (40, ("40", "40", "100.0"))],
)  # fmt: skip
def test_dfe_hides_1_to_4_successes_and_1_to_4_others(k, shown):
    """Nought is shown, five is shown; so are they among those who did not succeed."""
    assert published(("sex", "f", 40, k), profile="dfe", total=False)["f"] == shown


@pytest.mark.parametrize(
    ("n", "shown"),
    [(0, ("0", "0", "z")), (1, ("c", "c", "c")), (4, ("c", "c", "c")), (5, ("5", "0", "u")), (29, ("29", "0", "u")),
     (30, ("30", "0", "0.0"))],
)  # fmt: skip
def test_dfe_hides_1_to_4_people_and_marks_rates_on_fewer_than_30(n, shown):
    """A group without people has no rate; one of a few people has nothing; one of fewer than 30 has no rate."""
    assert published(("sex", "f", n, 0), profile="dfe", total=False)["f"] == shown


@pytest.mark.parametrize(
    ("n", "k", "shown"),
    [(100, 0, ("100", "0", "0.0")), (100, 1, ("100", "fewer than 5", "c")), (100, 4, ("100", "fewer than 5", "c")),
     (100, 5, ("100", "5", "5.0")), (102, 7, ("100", "5", "6.9")), (103, 8, ("105", "10", "7.8")),
     (100, 97, ("100", "95", "c")), (3, 0, ("fewer than 5", "0", "c")), (0, 0, ("0", "0", "z"))],
)  # fmt: skip
def test_ofqual_rounds_to_5_and_says_fewer_than_5(n, k, shown):
    """Rates come from the counts before rounding, and not from small ones."""
    assert published(("sex", "f", n, k), profile="ofqual", total=False)["f"] == shown


@pytest.mark.parametrize(
    ("n", "k", "shown"),
    [(22, 11, ("20", "10", "c")), (23, 2, ("25", "0", "8.7")), (23, 3, ("25", "5", "13.0")), (0, 0, ("0", "0", "z"))],
)
def test_hesa_rounds_to_5_and_hides_rates_on_fewer_than_22_and_a_half(n, k, shown):
    """Nought, one and two become nought, as its rounding has it."""
    assert published(("sex", "f", n, k), profile="hesa", total=False)["f"] == shown


def test_none_shows_everything():
    """Figures as they are; only a rate of nobody is not applicable."""
    shown = published(("sex", "f", 3, 1), ("sex", "m", 0, 0), profile="none")
    assert shown == {"Total": ("3", "1", "33.3"), "f": ("3", "1", "33.3"), "m": ("0", "0", "z")}


def test_rounding_is_away_from_nought_at_halves():
    """Halves go up, where round() would go to the even neighbour."""
    assert [nearest(count, 10) for count in (4, 5, 14, 15, 25)] == [0, 10, 10, 20, 30]
    assert [percent_of(k, 800) for k in (1, 2, 3, 5)] == ["0.1", "0.3", "0.4", "0.6"]
    assert [percent_of(1, 16, places=places) for places in (0, 1, 2, 3)] == ["6", "6.3", "6.25", "6.250"]


def test_a_rate_that_rounds_to_nought_and_is_not_is_low():
    """Only nought is printed as nought."""
    assert [percent_of(5, n) for n in (10_000, 10_001)] == ["0.1", "low"]
    assert percent_of(0, 7) == "0.0"


def test_a_single_small_count_takes_a_partner_with_it():
    """Otherwise the total less the other groups would tell it."""
    shown = published(("age", "a", 50, 47), ("age", "b", 60, 40), ("age", "c", 90, 60), profile="dfe")
    assert [shown[group] for group in "abc"] == [("50", "c", "c"), ("60", "c", "c"), ("90", "60", "66.7")]
    assert shown["Total"] == ("200", "147", "73.5")


def test_the_partner_is_one_that_hides_enough():
    """Two small counts that add up to 3 are not each 1 to 4: a third group goes too."""
    shown = published(("age", "a", 50, 1), ("age", "b", 60, 2), ("age", "c", 90, 60), profile="dfe")
    assert [shown[group][1] for group in "abc"] == ["c", "c", "c"]


def test_a_small_total_is_not_told_by_any_characteristic():
    """Three who did not succeed, all of one sex: each characteristic hides where they are."""
    groups = [("sex", "f", 50, 47), ("sex", "m", 40, 40), ("age", "old", 45, 42), ("age", "young", 45, 45)]
    rows = suppress(table(*groups), profile="dfe")
    found = ends(rows)
    assert (rows["k"] == "c").tolist() == [True, True, False, True, False]
    assert all(found[group, "n-k"][0] <= 1 and found[group, "n-k"][1] >= 4 for group in ("Total", "f", "old"))


def test_a_block_of_a_few_people_is_hidden_whole():
    """With its empty groups, for which group is not empty would say who it is."""
    shown = published(("sex", "f", 2, 2), ("sex", "m", 0, 0), profile="dfe")
    assert set(shown.values()) == {("c", "c", "c")}


def test_groups_of_a_few_people_stay_hidden_from_one_who_knows_that_none_is_empty():
    """One, one and three make five: a reader who knows that all groups have somebody still cannot tell."""
    rows = suppress(table(("age", "a", 1, 0), ("age", "b", 1, 0), ("age", "c", 3, 0)), profile="dfe")
    found = ends(rows, nobody_empty=True)
    assert all(found[group, "n"][0] <= 1 and found[group, "n"][1] >= 4 for group in "abc")


def test_sums_over_levels_are_guarded_too():
    """The same group in another level goes with a small count where the sum over levels is shown."""
    groups = pd.DataFrame(
        [(level, "sex", group, n, k) for level, f, m in (("L1", 3, 40), ("L2", 50, 60), ("L3", 70, 80))
         for group, n, k in (("f", 100, f), ("m", 100, m))],
        columns=["level", *KEYS, "n", "k"],
    )  # fmt: skip
    alone = suppress(add_totals(groups, within=["level"]), profile="dfe", within=["level"])
    summed = suppress(add_totals(groups, within=["level"], across=["level"]), profile="dfe", within=["level"])
    hidden = [set(rows.loc[rows["k"] == "c", "level"]) for rows in (alone, summed)]
    assert hidden[0] == {"L1"}
    assert len(hidden[1]) == 2
    assert "L1" in hidden[1]
    assert (summed.loc[summed["level"] == "Total", "k"] != "c").all()


def test_when_the_solver_finds_nothing_everything_linked_is_hidden(monkeypatch):
    """What cannot be shown to be safe is not shown."""
    monkeypatch.setattr(Mover, "reach", lambda *_: None)
    shown = published(("age", "a", 50, 47), ("age", "b", 60, 40), profile="dfe")
    assert set(shown.values()) == {("c", "c", "c")}


def test_an_answer_in_parts_of_people_is_not_taken():
    """The solver is asked again, for whole people."""
    rows, ones = np.array([0, 1]), np.ones(2)
    mover = Mover(np.array([1, 1]), np.array([2, 2]), [Relation((0,), (1,))])
    field = Field(rows=rows, price_k=ones, price_n=ones, least=0 * rows, most=np.inf * ones)
    half, whole = (np.array([size, size, 0, 0, 0, 0, 0, 0]) for size in (0.5, 1.0))
    assert mover._checked(half, field) is None
    assert mover._checked(whole, field).k.tolist() == [1, 1]


def test_a_goal_that_only_parts_of_people_reach_is_not_reached():
    """Twice a half makes one: whole people cannot move so, and staying where they are is no way there."""
    ones = np.ones(3)
    field = Field(rows=np.arange(3), price_k=ones, price_n=ones, least=np.zeros(3, dtype=int), most=np.inf * ones)
    mover = Mover(np.zeros(3, dtype=int), np.array([4, 2, 2]), [Relation((0,), (1, 2)), Relation((1,), (2,))])
    assert mover.reach([Goal(row=0, kind=2, value=5)], field) is None
    assert mover.reach([Goal(row=0, kind=2, value=6)], field).n.tolist() == [2, 1, 1]


def test_rows_come_back_in_their_order_with_the_figures_as_text():
    """The frame that came in, published line by line; its rate is worked out anew."""
    rows = table(("sex", "f", 48, 45), ("sex", "m", 42, 35)).iloc[::-1].assign(rate=0.5)
    result = suppress(rows, profile="none")
    assert result["group"].tolist() == ["m", "f", "Total"]
    assert list(result.columns) == [*KEYS, "n", "k", "rate"]
    assert (result.dtypes == "str").all()
    assert result["rate"].tolist() == ["83.3", "93.8", "88.9"]


def test_an_empty_table_is_published_as_one():
    """No rows in, no rows out."""
    rows = table(total=False).astype({"n": "int64", "k": "int64"})
    assert suppress(rows, profile="dfe").shape == (0, 5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gap_points": 1.0}, "'gap_points' would be published unguarded"),
        ({"k": 99}, "k is more than n"),
        ({"n": 40.5}, "whole numbers"),
        ({"n": None}, "whole numbers"),
        ({"k": -1}, "whole numbers"),
        ({"group": "f"}, "rows repeat a group"),
        ({"group": [" ", "m"]}, "'group' has empty labels"),
        ({"characteristic": "Total"}, "stands for everybody"),
    ],
)
def test_what_is_no_table_of_groups_is_refused(change, words):
    """With what arrived and what to do."""
    rows = pd.DataFrame({"characteristic": "sex", "group": ["f", "m"], "n": [50, 60], "k": [40, 50]})
    with pytest.raises(DisclosureError, match=words):
        suppress(rows.assign(**change), profile="dfe")


def test_all_faults_are_named_at_once():
    """A missing column and one too many in one message."""
    rows = pd.DataFrame({"characteristic": ["sex"], "group": ["f"], "n": [50], "name": ["x"]})
    with pytest.raises(DisclosureError, match=r"'k' is missing.*'name' would be published"):
        suppress(rows, profile="dfe")


def test_characteristics_with_other_people_are_refused():
    """A missing value needs a group of its own, for all characteristics divide the same people."""
    with pytest.raises(DisclosureError, match=r"does not add up: Total, Total: n, k are \[40, 30\].*\(sex\) make \[39"):
        table(("age", "a", 40, 30), ("sex", "f", 39, 30))


def test_only_the_first_few_sums_that_are_wrong_are_shown():
    """And how many more there are."""
    groups = [(f"c{i}", "a", 40 - i, 30) for i in range(9)]
    with pytest.raises(DisclosureError, match="and 3 more"):
        table(*groups)


def test_a_total_over_levels_must_have_all_its_parts():
    """A level that is left out makes the total wrong."""
    groups = pd.DataFrame([("L1", "sex", "f", 50, 40), ("L2", "sex", "f", 60, 50)], columns=["level", *KEYS, "n", "k"])
    rows = add_totals(groups, within=["level"], across=["level"])
    with pytest.raises(DisclosureError, match="does not add up"):
        suppress(rows[rows["level"] != "L2"], profile="none", within=["level"])


def test_every_group_has_a_row_in_every_block():
    """So that the list of groups does not tell who is there."""
    groups = pd.DataFrame([("L1", "sex", "f", 50, 40), ("L2", "sex", "m", 60, 50)], columns=["level", *KEYS, "n", "k"])
    rows = add_totals(groups, within=["level"])
    assert rows.loc[rows["n"] == 0, ["level", "group"]].to_numpy().tolist() == [["L1", "m"], ["L2", "f"]]


def test_an_unknown_profile_is_refused_with_those_there_are():
    """The message lists them."""
    with pytest.raises(DisclosureError, match="'ons'; expected one of dfe, ofqual, hesa, none"):
        suppress(table(("sex", "f", 50, 40)), profile="ons")
    assert list(PROFILES) == ["dfe", "ofqual", "hesa", "none"]


def rows_of(*lines):
    """Return a published table of (group, n, k, rate) with a total in front."""
    return pd.DataFrame(
        [("Total" if group == "Total" else "sex", group, *figures) for group, *figures in lines],
        columns=[*KEYS, "n", "k", "rate"],
    )


def test_the_intruder_subtracts():
    """One hidden count beside a total is told exactly."""
    found = ends(rows_of(("Total", "90", "80", "88.9"), ("f", "48", "c", "c"), ("m", "42", "35", "83.3")))
    assert found["f", "k"] == (45, 45)
    assert found["f", "n-k"] == (3, 3)


def test_the_intruder_reads_rates():
    """A rate of 93.8 per cent of 48 people is 45 of them; a rate that rounds to nought is at least one."""
    assert ends(rows_of(("f", "48", "c", "93.8")))["f", "k"] == (45, 45)
    assert ends(rows_of(("f", "9000", "c", "low")))["f", "k"] == (1, 4)
    assert ends(rows_of(("f", "c", "c", "z")))["f", "n"] == (0, 0)
    assert ends(rows_of(("f", "c", "c", "33")))["f", "n"] == (3, float("inf"))


def test_the_intruder_knows_how_counts_were_rounded():
    """50 is 48 to 52, and fewer than 5 is 1 to 4."""
    found = ends(rows_of(("f", "50", "fewer than 5", "c"), ("m", "0", "0", "c")), round_to=5)
    assert found["f", "n"] == (48, 52)
    assert found["f", "k"] == (1, 4)
    assert found["m", "n"] == (0, 2)


def test_what_nothing_limits_is_infinite():
    """Where all is hidden every number of people is possible."""
    assert ends(rows_of(("f", "c", "c", "c")))["f", "n"] == (0, float("inf"))


def test_a_table_that_contradicts_itself_is_refused():
    """More hidden successes than people are left."""
    rows = rows_of(("Total", "90", "80", "88.9"), ("f", "48", "c", "c"), ("m", "42", "1", "2.4"))
    with pytest.raises(DisclosureError, match="no people can give these figures"):
        ends(rows)


def test_a_figure_that_is_neither_number_nor_symbol_is_refused():
    """The intruder reads only what was printed by the rules."""
    with pytest.raises(DisclosureError, match="'about 40' is neither a number nor a symbol"):
        ends(rows_of(("f", "about 40", "c", "c")))
