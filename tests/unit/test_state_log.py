"""Logs of states: spans, moves that are not allowed, the state on a day, and what is open since when."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.audit.state_log import States, days_held, held_on

ASSESSOR = States(
    {
        "": ["applied"],
        "applied": ["trained", "removed"],
        "trained": ["registered", "removed"],
        "registered": ["suspended", "removed"],
        "suspended": ["registered", "removed"],
        "removed": [],
    }
)
NAMES = [state for state in ASSESSOR.moves if state]


def log(*moves):
    """Return a log of (thing, state, day) with who moved it."""
    frame = pd.DataFrame(moves, columns=["assessor_id", "state", "moved_on"])
    return frame.assign(moved_on=pd.to_datetime(frame["moved_on"]), moved_by=[f"S{n}" for n in range(len(moves))])


def spans(*moves):
    """Return the spans of such a log."""
    return ASSESSOR.spans(log(*moves), key="assessor_id")


def state_on(found, day):
    """Return the state of each thing on a day."""
    held = found[held_on(found["since"], found["until"], pd.Timestamp(day))]
    return dict(zip(held["assessor_id"], held["state"], strict=True))


LIFE = (
    ("A1", "suspended", "2024-03-01"), ("A1", "applied", "2024-01-08"), ("A2", "applied", "2024-01-15"),
    ("A1", "trained", "2024-01-22"), ("A1", "registered", "2024-02-05"),
)  # fmt: skip


def test_each_state_lasts_until_the_next_move():
    """Whatever the order of the rows; who moved it stays beside, and the rows keep their index."""
    found = spans(*LIFE)
    assert found["state"].tolist() == ["applied", "trained", "registered", "suspended", "applied"]
    assert found["before"].tolist() == ["", "applied", "trained", "registered", ""]
    assert found["until"].dt.strftime("%m-%d").fillna("").tolist() == ["01-22", "02-05", "03-01", "", ""]
    assert found["moved_by"].tolist() == ["S1", "S3", "S4", "S0", "S2"]
    assert found.index.tolist() == [1, 3, 4, 0, 2]
    assert (found["not_allowed"] == "").all()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-01-07", {}),
        ("2024-01-08", {"A1": "applied"}),
        ("2024-01-21", {"A1": "applied", "A2": "applied"}),
        ("2024-01-22", {"A1": "trained", "A2": "applied"}),
        ("2024-03-01", {"A1": "suspended", "A2": "applied"}),
    ],
)
def test_on_the_day_of_a_move_the_new_state_holds(day, expected):
    """Before its first move a thing has no state."""
    assert state_on(spans(*LIFE), day) == expected


@pytest.mark.parametrize(
    ("moves", "wrong"),
    [
        ([("registered", "2024-01-08")], "registered on 2024-01-08 at first; expected applied"),
        (
            [("applied", "2024-01-08"), ("suspended", "2024-01-09")],
            "suspended on 2024-01-09 after applied; expected trained or removed",
        ),
        (
            [("applied", "2024-01-08"), ("removed", "2024-01-09"), ("trained", "2024-01-10")],
            "trained on 2024-01-10 after removed; expected no further move",
        ),
        (
            [("applied", "2024-01-08"), ("applied", "2024-01-09")],
            "applied on 2024-01-09 after applied; expected trained or removed",
        ),
    ],
)
def test_a_move_that_is_not_allowed_says_what_was_expected(moves, wrong):
    """The last row tells it, the others are in order; it is in the recorded state all the same."""
    found = spans(*(("A1", *move) for move in moves))
    assert found["not_allowed"].tolist() == [""] * (len(moves) - 1) + [wrong]
    assert state_on(found, "2024-12-31") == {"A1": moves[-1][0]}


def test_moves_of_one_day_are_taken_in_the_order_that_is_allowed():
    """All on one day, down to a suspension that was lifted: no fault, and the last state holds from that day on."""
    moves = ["registered", "trained", "applied", "suspended"]
    found = spans(*(("A1", state, "2024-01-08") for state in moves), ("A1", "registered", "2024-01-08"))
    assert found["state"].tolist() == ["applied", "trained", "registered", "suspended", "registered"]
    assert (found["not_allowed"] == "").all()
    assert state_on(found, "2024-01-08") == {"A1": "registered"}


@pytest.mark.parametrize("row", [(None, "applied", "2024-01-08"), ("A1", "aplied", "2024-01-08"), ("A1", None, None)])
def test_a_row_that_lacks_something_begins_no_span_and_says_so(row):
    """It comes last, and the other rows of its thing are judged without it."""
    found = spans(row, ("A1", "applied", "2024-01-09"))
    assert found["not_allowed"].iloc[0] == ""
    assert found["not_allowed"].iloc[1] == (
        "expected assessor_id, moved_on, and a state, one of applied, trained, registered, suspended, removed"
    )
    assert state_on(found, "2024-12-31") == {"A1": "applied"}
    assert spans().empty
    assert len(spans(row)) == 1


def test_open_is_what_may_still_move_on_with_its_days():
    """What has reached an end is not open, nor what has not begun on the day."""
    found = spans(*LIFE, ("A3", "applied", "2024-01-01"), ("A3", "removed", "2024-01-31"))
    for day, expected in (
        ("2024-01-30", [["A1", "trained", 8], ["A2", "applied", 15], ["A3", "applied", 29]]),
        ("2024-01-31", [["A1", "trained", 9], ["A2", "applied", 16]]),
    ):
        going_on = ASSESSOR.open_on(found, pd.Timestamp(day))
        assert going_on[["assessor_id", "state", "days"]].values.tolist() == expected


def test_every_state_is_declared():
    """A word without moves of its own, or no beginning, is refused where the states are declared."""
    with pytest.raises(ValueError, match=r"no moves are given from \['regstered'\]"):
        States({"": ["applied"], "applied": ["regstered"]})
    with pytest.raises(ValueError, match=r"no moves are given from \[''\]"):
        States({"applied": []})


def test_days_of_a_span_run_to_its_end_or_to_the_day():
    """Blank where it has no first day."""
    since, until = (
        pd.to_datetime(pd.Series(days)) for days in (["2024-01-01", "2024-01-01", None], ["2024-01-11", None, None])
    )
    held = days_held(since, until, as_of=pd.Timestamp("2024-03-01"))
    assert held.tolist() == [10, 60, pd.NA]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(NAMES), st.integers(1, 28)), max_size=8), st.randoms())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_the_order_of_the_rows_says_nothing(moves, chance):
    """A shuffled log gives the same spans; each thing has one state on a day, from its first move on."""
    rows = [(thing, state, f"2024-01-{day:02}") for thing, state, day in moves]
    found, shuffled = spans(*rows), spans(*chance.sample(rows, len(rows)))
    told = ["assessor_id", "state", "since", "until", "before", "not_allowed"]
    pd.testing.assert_frame_equal(found[told].reset_index(drop=True), shuffled[told].reset_index(drop=True))
    daily = found.merge(pd.DataFrame({"day": pd.date_range("2024-01-01", "2024-01-28")}), how="cross")
    held = daily[held_on(daily["since"], daily["until"], daily["day"])]
    begun = {(day, thing) for thing, _, first in moves for day in range(first, 29)}
    assert sorted(zip(held["day"].dt.day, held["assessor_id"], strict=True)) == sorted(begun)
