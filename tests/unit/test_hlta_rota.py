"""The rota for peer review: fair, without a pairing twice before all were used, and with absences said."""

import itertools

import pandas as pd
import pytest
from hlta_frames import BOOK, OTHER, RPA, THIRD, files, frame
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.calendar.months import month_after
from qa_lib.errors import IntakeError
from qa_lib.schemes.hlta.rules.rota import peer_review_rota, proposed_rota

NAMES = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"], "C": ["c1", "c2"]}


def rota(people, months=12, **more):
    """Return a rota of three-month periods from September 2023."""
    return peer_review_rota(people, **({"first_month": "2023-09", "months": months, "period": 3} | more))


def periods(frame):
    """Return per period the pairings as {reviewed: reviewing}."""
    return [
        dict(zip(rows["reviewed_rpa"], rows["reviewing_rpa"], strict=True))
        for _, rows in frame.drop_duplicates(["from_month", "reviewed_rpa"]).groupby("from_month")
    ]


@pytest.mark.parametrize("size", range(2, 13))
def test_no_pairing_comes_again_before_all_were_used(size):
    """For 2 to 12 RPAs: each reviews one other and is reviewed by one; every pairing once, then once more."""
    rpas = [f"R{number:02}" for number in range(size)]
    found = periods(rota(dict.fromkeys(rpas, ()), months=3 * 2 * (size - 1)))
    assert len(found) == 2 * (size - 1)
    for pairing in found:
        assert sorted(pairing) == sorted(pairing.values()) == rpas
        assert all(one != other for one, other in pairing.items())
    for half in (found[: size - 1], found[size - 1 :]):
        used = [pair for pairing in half for pair in pairing.items()]
        assert sorted(used) == [pair for pair in itertools.product(rpas, rpas) if pair[0] != pair[1]]
    if size > 2:
        assert all(one[rpa] != other[rpa] for one, other in itertools.pairwise(found) for rpa in rpas)


def test_a_pairing_lasts_as_long_as_the_rule_says():
    """Three months each, and the last as far as the rota goes."""
    made = rota(NAMES, months=8)
    spans = made[["from_month", "to_month"]].drop_duplicates().to_numpy().tolist()
    assert spans == [["2023-09", "2023-11"], ["2023-12", "2024-02"], ["2024-03", "2024-04"]]
    assert len(rota(NAMES, months=8, period=1)["from_month"].unique()) == 8


def test_two_rpas_cannot_change_and_it_is_said():
    """Each reviews the other, month after month."""
    made = rota({"A": ["a1", "a2"], "B": ["b1", "b2"]}, months=6)
    assert {tuple(sorted(pairing.items())) for pairing in periods(made)} == {(("A", "B"), ("B", "A"))}
    assert set(made["note"]) == {"two RPAs: no change of pairing is possible"}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=6), st.integers(1, 12), st.data())
def test_people_take_turns(sizes, months, data):
    """Reviewer and deputy differ and are of the reviewing RPA; turns are even, in any order of names."""
    people = {f"R{n}": [f"r{n}.{place}" for place in range(size)] for n, size in enumerate(sizes)}
    made = rota(people, months=months)
    shuffled = {rpa: data.draw(st.permutations(people[rpa])) for rpa in data.draw(st.permutations(sorted(people)))}
    pd.testing.assert_frame_equal(made, rota(shuffled, months=months))
    for row in made.to_dict("records"):
        own = people[row["reviewing_rpa"]]
        assert row["peer_reviewer"] in own or (not own and not row["peer_reviewer"])
        assert row["deputy"] in set(own) - {row["peer_reviewer"]} or (len(own) < 2 and not row["deputy"])
    served = made["peer_reviewer"].value_counts()
    for names in people.values():
        turns = [served.get(name, 0) for name in names]
        assert not turns or max(turns) - min(turns) <= 1


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(2, 5), st.data())
def test_nobody_who_is_absent_is_named(size, data):
    """Whoever is away, no absent person or RPA reviews, and nobody has two tasks as a reviewer in a month."""
    people = {f"R{n}": [f"r{n}.{place}" for place in range(3)] for n in range(size)}
    months = [month_after("2023-09", n) for n in range(6)]
    names = [*people, *itertools.chain(*people.values())]
    absent = data.draw(st.dictionaries(st.sampled_from(names), st.sets(st.sampled_from(months)), max_size=8))
    made = rota(people, months=6, absent=absent)
    of = {name: rpa for rpa, own in people.items() for name in own}
    for row in made.to_dict("records"):
        for name in filter(None, (row["peer_reviewer"], row["deputy"])):
            assert row["month"] not in absent.get(name, ())
            assert row["month"] not in absent.get(of[name], ())
            assert of[name] == (row["stand_in_rpa"] or row["reviewing_rpa"]) != row["reviewed_rpa"]
        assert row["peer_reviewer"] or "free" in row["note"] or "no other can stand in" in row["note"]
    named = made[made["peer_reviewer"] != ""]
    assert not named.duplicated(["month", "peer_reviewer"]).any()


def test_the_deputy_steps_in():
    """The note names who is absent and who steps in; the next in turn is named deputy."""
    usual = rota(NAMES, months=1).set_index("reviewed_rpa").loc["C"]
    assert usual[["reviewing_rpa", "peer_reviewer", "deputy", "note"]].tolist() == ["A", "a1", "a2", ""]
    away = rota(NAMES, months=1, absent={"a1": ["2023-09"]}).set_index("reviewed_rpa").loc["C"]
    assert away[["peer_reviewer", "deputy", "note"]].tolist() == ["a2", "a3", "a1 absent: a2 steps in"]
    away = rota(NAMES, months=1, absent={"a2": ["2023-09"]}).set_index("reviewed_rpa").loc["C"]
    assert away[["peer_reviewer", "deputy", "note"]].tolist() == ["a1", "a3", "a2 absent"]
    away = rota(NAMES, months=1, absent={"b2": ["2023-09"]}).set_index("reviewed_rpa").loc["A"]
    assert away[["peer_reviewer", "deputy", "note"]].tolist() == ["b1", "", "b2 absent; no deputy of B is free"]


def test_another_rpa_stands_in_for_an_absent_one():
    """For that month only, whether the RPA is named or all of its people are; the pairing stays."""
    expected = ["A", "B", "b2", "", "A is absent: B stands in for the month; no deputy of B is free"]
    for absent in ({"A": ["2023-09"]}, {name: ["2023-09"] for name in NAMES["A"]}):
        made = rota(NAMES, months=2, absent=absent)
        row = made[(made["month"] == "2023-09") & (made["reviewed_rpa"] == "C")].iloc[0]
        assert row[["reviewing_rpa", "stand_in_rpa", "peer_reviewer", "deputy", "note"]].tolist()[:2] == expected[:2]
        assert row["note"].startswith("A is absent: B stands in for the month")
        assert set(made.loc[made["month"] == "2023-10", "stand_in_rpa"]) == {""}
    alone = rota({"A": ["a1"], "B": ["b1"]}, months=1, absent={"A": ["2023-09"]})
    assert alone.loc[alone["reviewed_rpa"] == "B", "note"].item() == (
        "two RPAs: no change of pairing is possible; A is absent: no other can stand in; agree who reviews"
    )


def test_somebody_of_two_rpas_never_reviews_their_own():
    """Who is listed for the reviewed RPA too is passed over."""
    made = rota({"A": ["x", "a1", "a2"], "B": ["b1", "b2"], "C": ["x", "c1"]}, months=12)
    assert "x" not in set(made.loc[made["reviewed_rpa"].isin(["A", "C"]), "peer_reviewer"])


def test_a_rota_goes_on_from_the_months_before():
    """A period that has begun is brought to its end; then comes what was not used; a whole rota continues itself."""
    whole = rota(NAMES, months=24)
    columns = ["month", "reviewed_rpa", "reviewing_rpa"]
    for cut in (1, 2, 3, 5, 9):
        first = month_after("2023-09", cut)
        before = whole[whole["month"] < first].sample(frac=1, random_state=cut)
        rest = rota(NAMES, months=24 - cut, first_month=first, past=before)
        pd.testing.assert_frame_equal(rest[columns], whole.loc[whole["month"] >= first, columns].reset_index(drop=True))


def test_a_past_that_is_no_rota_is_continued_as_well_as_it_can_be():
    """Where an RPA reviewed two others, or a month is missing, the next pairings are those used least."""
    past = pd.DataFrame(
        [("2023-08", "A", "B"), ("2023-08", "C", "B"), ("2023-08", "B", "B"), ("2023-08", "A", "Z")],
        columns=["month", "reviewed_rpa", "reviewing_rpa"],
    )
    # Either way one of three is reviewed as before: the first in order is taken.
    assert periods(rota(NAMES, months=3, past=past)) == [{"A": "B", "B": "C", "C": "A"}]
    four = NAMES | {"D": ["d1"]}
    found = periods(rota(four, months=3, past=past))[0]
    assert found["A"] != "B" != found["C"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"people": {"A": []}}, "1 RPAs arrived; expected two or more"),
        ({"months": 0}, "0 months in periods of 3 arrived"),
        ({"period": 0}, "in periods of 0 arrived"),
        ({"absent": {"a9": ["2023-09"]}}, "'a9' is absent and is no RPA or peer reviewer"),
        ({"absent": {"a1": ["2024-09"]}}, "'a1' is absent in 2024-09; expected months of the rota, from 2023-09"),
    ],
)
def test_wrong_use_is_told(more, words):
    """What arrived, what was expected."""
    with pytest.raises(IntakeError, match=words):
        rota(**({"people": NAMES} | more))


def test_the_proposal_continues_the_events_of_a_data_set():
    """Pairings and turns go on; who starts later, is suspended or is no peer reviewer is not named."""
    roles = "assessor;peer_reviewer"
    assessors = frame("assessors", [
        {"assessor_id": "n1", "rpa": RPA, "roles": roles}, {"assessor_id": "n2", "rpa": RPA, "roles": roles},
        {"assessor_id": "n3", "rpa": RPA, "roles": roles, "started_on": "2024-02-02"},
        {"assessor_id": "n4", "rpa": RPA, "roles": "assessor"},
        {"assessor_id": "o1", "rpa": OTHER, "roles": roles}, {"assessor_id": "o2", "rpa": OTHER, "roles": roles},
        {"assessor_id": "s1", "rpa": THIRD, "roles": roles},
    ])  # fmt: skip
    actions = frame("actions", [
        {"assessor_id": "o1", "procedure": "suspension", "opened_on": "2024-01-10", "closed_on": "2024-02-10"},
    ])  # fmt: skip
    peers = {RPA: OTHER, OTHER: THIRD, THIRD: RPA}
    events = frame("events", [
        {"rpa": rpa, "month": month, "peer_rpa": peer, "peer_reviewer_id": "n1" if peer == RPA else None}
        for month in ("2023-12", "2024-01") for rpa, peer in peers.items()
    ])  # fmt: skip
    tables = {"cases": files({}), "assessors": assessors, "actions": actions, "events": events}
    made = proposed_rota(tables, BOOK, first_month="2024-02", months=4)
    assert periods(made)[0] == peers
    assert made["from_month"].unique().tolist() == ["2024-02", "2024-03"]
    assert periods(made)[1] == {one: other for other, one in peers.items()}
    first = made[made["month"] == "2024-02"].set_index("reviewing_rpa")
    assert first.loc[RPA, ["peer_reviewer", "deputy"]].tolist() == ["n2", "n1"]
    assert first.loc[OTHER, ["peer_reviewer", "note"]].tolist() == [
        "o2",
        "no deputy of University of Northampton is free",
    ]
    pd.testing.assert_frame_equal(
        made, proposed_rota({**tables, "events": events[::-1]}, BOOK, first_month="2024-02", months=4)
    )


def test_without_names_there_are_pairings_alone():
    """Data of files only give a rota of RPAs."""
    made = proposed_rota({"cases": files({}, {"rpa": OTHER}, {"rpa": THIRD})}, BOOK, first_month="2024-02", months=6)
    assert len(periods(made)) == 2
    assert set(made["peer_reviewer"]) == set(made["note"]) == {""}
