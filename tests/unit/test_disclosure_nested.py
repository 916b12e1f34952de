"""Characteristics that lie within one another: what is known of them, what is hidden for it, what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import Nesting, add_totals, additive_relations, audit, find_nesting, suppress

KEYS = ["characteristic", "group"]
#: 15 people of secondary schools, 11 of them of academies: the other 4 are those of colleges.
SCHOOLS = [
    ("phase", "primary", 60, 40),
    ("phase", "secondary", 15, 8),
    ("type", "academy", 11, 6),
    ("type", "college", 4, 2),
    ("type", "community", 50, 35),
    ("type", "aided", 10, 5),
]


def nesting(*pairs):
    """Return that of type in phase, from pairs of words."""
    return Nesting(characteristics=("type", "phase"), combinations=frozenset(tuple(pair.split()) for pair in pairs))


IN_PHASE = nesting("academy secondary", "college secondary", "community primary", "aided primary")
#: Academies are of both phases, so that only the combinations tell.
ACROSS = nesting("academy secondary", "academy primary", "college secondary", "aided primary")


def table(*groups):
    """Return groups given as (characteristic, group, n, k), with their total."""
    return add_totals(pd.DataFrame(groups, columns=[*KEYS, "n", "k"]))


def ends(rows, nested, **more):
    """Return what the intruder finds who knows the nesting: (group, count) to (low, high)."""
    found = audit(rows, relations=additive_relations(rows, nested=nested), **more)
    return {(line["group"], line["count"]): (line["low"], line["high"]) for _, line in found.iterrows()}


def test_who_knows_that_types_lie_in_phases_does_not_subtract_15_less_11():
    """Hidden apart, two counts were told: secondary less academies, primary less community; together, none is."""
    apart = suppress(table(*SCHOOLS), profile="dfe")
    together = suppress(table(*SCHOOLS), profile="dfe", nested=[IN_PHASE])
    assert apart.set_index("group")["n"].to_dict() == {
        "Total": "75", "primary": "60", "secondary": "15", "academy": "11", "college": "c",
        "community": "50", "aided": "c",
    }  # fmt: skip
    told = ends(apart, [IN_PHASE])
    assert told["college", "n"] == (4, 4)
    assert told["aided", "n"] == (10, 10)
    found = ends(together, [IN_PHASE])
    assert found["college", "n"][0] <= 1
    assert found["college", "n"][1] >= 4
    assert all(found["college", count][0] <= 1 for count in ("k", "n-k"))
    assert (together["n"] != "c").sum() >= 4, "most numbers are still shown"


def test_what_is_declared_of_counts_and_found_in_people_hides_the_same():
    """A caller with counts names the combinations that a row per person shows."""
    people = pd.DataFrame([(kind, phase) for kind, phase in sorted(ACROSS.combinations)], columns=["type", "phase"])
    [found] = find_nesting(people, ["type", "phase"], declared={"type": "phase"})
    assert found == ACROSS


def test_a_group_of_one_combination_is_its_row_and_others_are_beyond_the_table():
    """Secondary is colleges and academies that are secondary; the row of the colleges stands for itself."""
    groups = [("phase", "primary", 9, 5), ("phase", "secondary", 9, 5), ("type", "aided", 5, 2),
              ("type", "college", 5, 2), ("type", "academy", 8, 6)]  # fmt: skip
    rows = table(*groups)
    row = {group: place for place, group in enumerate(rows["group"])}
    inside = [pair for pair in additive_relations(rows, nested=[ACROSS]) if pair.whole != (row["Total"],)]
    beyond = {part for pair in inside for part in pair.parts} - set(row.values())
    assert beyond == {len(rows), len(rows) + 1}
    assert {pair.whole[0]: set(pair.parts) - beyond for pair in inside} == {
        row["primary"]: {row["aided"]},
        row["secondary"]: {row["college"]},
        row["academy"]: set(),
    }


def test_a_combination_that_follows_from_what_is_shown_is_no_small_number():
    """Primary schools less the aided ones are primary academies: where these are three, something is hidden."""
    groups = [("phase", "primary", 23, 10), ("phase", "secondary", 60, 30), ("type", "aided", 20, 10),
              ("type", "college", 30, 15), ("type", "academy", 33, 15)]  # fmt: skip
    assert (suppress(table(*groups), profile="dfe")["n"] != "c").all(), "no shown group is small"
    rows = suppress(table(*groups), profile="dfe", nested=[ACROSS]).set_index("group")["n"]
    assert "c" in (rows["primary"], rows["aided"])


def test_two_names_for_the_same_groups_are_hidden_together():
    """A region and its code: the row of one would tell that of the other."""
    people = pd.DataFrame({"region": ["north"] * 40 + ["south"] * 3 + ["east"] * 50})
    people["code"] = people["region"].map({"north": "N", "south": "S", "east": "E"})
    nested = find_nesting(people, ["region", "code"])
    counts = pd.concat(
        [people.assign(characteristic=name, group=people[name], n=1, k=0) for name in ("region", "code")]
    )
    rows = suppress(add_totals(counts[[*KEYS, "n", "k"]]), profile="dfe", nested=nested).set_index("group")["n"]
    assert rows["south"] == rows["S"] == "c"
    assert (rows["north"], rows["east"]) == (rows["N"], rows["E"])


def test_what_nobody_declared_is_found_and_said():
    """Each group of one lies in one of the other, missing values apart; both ways where they say the same."""
    people = pd.DataFrame(
        {"area": ["a", "a", "b", "c", None, None], "region": ["N", "N", "N", "S", "S", None], "sex": list("fmfmfm")}
    )
    [found] = find_nesting(people, ["sex", "area", "region"])
    assert found.characteristics == ("area", "region")
    assert ("not known", "S") in found.combinations
    assert ("not known", "not known") in found.combinations
    assert found.notices() == [
        "Every group of 'area' lies within one group of 'region' in these data, though that is declared nowhere: the "
        "two are hidden together, since who knows it can subtract one from the other."
    ]


@pytest.mark.parametrize(
    ("inner", "outer"),
    [("abc", "NNN"), ("abc", "NNS"), ("aab", "NSS")],
)
def test_what_says_nothing_is_no_nesting(inner, outer):
    """One outer group for all, one person to each group, or a group that lies in two."""
    assert find_nesting(pd.DataFrame({"inner": list(inner), "outer": list(outer)}), ["inner", "outer"]) == []


def test_what_hangs_together_is_one_nesting():
    """District in authority in region: the combinations are of all three."""
    people = pd.DataFrame({"district": list("abcd"), "authority": list("AABB"), "region": list("NNNN"), "x": "1"})
    declared = {"authority": "region", "district": "authority"}
    [found] = find_nesting(people, list(people.columns), declared=declared)
    assert found.characteristics == ("district", "authority", "region")
    assert ("c", "B", "N") in found.combinations
    assert found.noticed == ()


def test_sums_over_levels_of_nested_groups_are_guarded():
    """Two levels and their sum, a type across phases: no small number follows, and what is beyond adds up as well."""
    lines = [
        (level, characteristic, group, n, k)
        for level, size in (("L1", 0), ("L2", 6))
        for characteristic, group, n, k in (
            ("phase", "primary", 40 + size, 30), ("phase", "secondary", 15 + size, 9), ("type", "aided", 30, 24),
            ("type", "college", 3, 2), ("type", "academy", 22 + 2 * size, 13),
        )
    ]  # fmt: skip
    groups = pd.DataFrame(lines, columns=["level", *KEYS, "n", "k"])
    rows = add_totals(groups, within=["level"], across=["level"])
    shown = suppress(rows, profile="dfe", within=["level"], nested=[ACROSS])
    relations = additive_relations(shown, within=["level"], nested=[ACROSS])
    assert sum(pair.whole[0] >= len(rows) for pair in relations) == 2
    found = audit(shown, relations=relations)
    small = found[(found["group"] == "college") & (found["level"] != "Total")]
    assert len(small) == 6
    assert (small["low"] <= 1).all()
    assert (small.loc[small["count"] == "n", "high"] >= 4).all()


def test_a_block_may_show_some_of_the_characteristics_and_lack_groups_of_nobody():
    """Of three characteristics two are known to nest; a group without a row is in no combination."""
    three = Nesting(
        characteristics=("district", "authority", "region"),
        combinations=frozenset({("a", "A", "N"), ("b", "A", "N"), ("c", "B", "N"), ("d", "D", "S")}),
    )
    rows = pd.DataFrame([("district", "a"), ("district", "c"), ("region", "N"), ("region", "S")], columns=KEYS)
    inside = additive_relations(rows, nested=[three])[1:]
    assert [(pair.whole, pair.parts) for pair in inside] == [((2,), (0, 1))]
    assert additive_relations(rows.head(2), nested=[three]) == []


@pytest.mark.parametrize(
    ("nested", "words"),
    [
        ([Nesting(characteristics=("kind", "phase"), combinations=frozenset())],
         "'kind' is in no row; the characteristics are 'Total', 'phase', 'type'"),
        ([IN_PHASE, IN_PHASE], "'type' stands in 2 of them; make them one"),
        ([ACROSS], "no combination has 'community' of 'type'; add it"),
        ([nesting("academy secondary", "college secondary", "community primary", "aided secondary")],
         r"phase, secondary: n, k are \[15, 8\], but its parts \(type\) make \[25, 13\]"),
        ([nesting("academy secondary", "academy primary", "college secondary", "college primary",
                  "community secondary", "aided primary")],
         "no people are in these groups and only in combinations that occur"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", ["dfe", "ofqual"])
def test_a_nesting_that_does_not_fit_the_table_is_refused(nested, words, profile):
    """Other names, the same characteristic twice, groups left out, counts that cannot be: whatever the profile."""
    with pytest.raises(DisclosureError, match=words):
        suppress(table(*SCHOOLS), profile=profile, nested=nested)


@pytest.mark.parametrize(
    ("characteristics", "combinations", "words"),
    [(("type",), set(), "two or more different"), (("type", "type"), set(), "two or more different"),
     (("type", "phase"), {("academy",)}, "one group of each of type, phase")],
)  # fmt: skip
def test_a_nesting_is_of_two_characteristics_and_a_group_of_each(characteristics, combinations, words):
    """Anything else says nothing that adds up."""
    with pytest.raises(DisclosureError, match=words):
        Nesting(characteristics=characteristics, combinations=frozenset(combinations))


def test_what_is_declared_must_be_published():
    """A name that is misspelt would leave the characteristic unguarded."""
    people = pd.DataFrame({"type": ["academy"], "phase": ["secondary"]})
    with pytest.raises(DisclosureError, match="declared of 'stage', which is not published; expected some of 'type'"):
        find_nesting(people, ["type", "phase"], declared={"type": "stage"})


def test_rounding_keeps_no_more_than_it_promises_of_nested_groups():
    """About 20 less twice about 5 leaves 4, of fewer than 5: rounding promises a range for each figure by itself."""
    groups = [("phase", "secondary", 18, 0), ("phase", "primary", 39, 0), ("type", "academy", 7, 0),
              ("type", "college", 7, 0), ("type", "studio", 4, 0), ("type", "aided", 39, 0)]  # fmt: skip
    nested = nesting("academy secondary", "college secondary", "studio secondary", "aided primary")
    shown = suppress(table(*groups), profile="ofqual", nested=[nested])
    pd.testing.assert_frame_equal(shown, suppress(table(*groups), profile="ofqual"))
    alone, told = (ends(shown, some, round_to=5)["studio", "n"] for some in ([], [nested]))
    assert (alone, told) == ((1, 4), (4, 4))
