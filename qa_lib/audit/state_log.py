"""Logs of states: who moved what into which state on which day, and what that says of a day.

A scheme declares the states and the moves that are allowed (:class:`States`). A log has a row per move. From it come
the spans during which each thing was in a state, and each move that is not allowed, with what was expected; from spans
the state of each thing on a day, and what is open, since when. A span holds from its first day to the day before its
last: on the day of a move the new state holds. A log whose rows have a first and a last day holds spans already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class States:
    """The states of a kind of thing, and how it moves from one to the next.

    Attributes
    ----------
    moves
        State -> the states that may follow; none where it is an end. What may come first follows ``""``. Of moves on
        one day the one comes first that is allowed then, of several the one whose state is declared earlier.

    Examples
    --------
    >>> assessor = States({"": ["applied"], "applied": ["registered"], "registered": ["removed"], "removed": []})
    >>> log = pd.DataFrame({
    ...     "assessor_id": ["A1", "A1", "A2"],
    ...     "state": ["registered", "applied", "registered"],
    ...     "moved_on": pd.to_datetime(["2024-02-05", "2024-01-08", "2024-03-04"]),
    ... })
    >>> spans = assessor.spans(log, key="assessor_id")
    >>> spans["not_allowed"].tolist()
    ['', '', 'registered on 2024-03-04 at first; expected applied']
    >>> assessor.open_on(spans, pd.Timestamp("2024-02-29"))[["assessor_id", "state", "days"]].values.tolist()
    [['A1', 'registered', 24]]
    """

    moves: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        undeclared = {"", *(state for after in self.moves.values() for state in after)} - set(self.moves)
        if undeclared:
            raise ValueError(f"no moves are given from {sorted(undeclared)}; expected those of each state, and of ''")

    def spans(self, log: pd.DataFrame, *, key: str, on: str = "moved_on") -> pd.DataFrame:
        """Return the log by thing, in the order in which each moved, with the span that each move began.

        Parameters
        ----------
        log
            A row per move, in any order: ``state``, into which it moved, and any other columns, such as who moved it.
        key, on
            The columns that hold what moved, and the day.

        Returns
        -------
        DataFrame
            The log's rows under their own index, with ``since``; ``until``, blank while it is in that state;
            ``before``, the state from which it moved, blank at first; and ``not_allowed``, what is wrong with the move
            and what was expected, blank where it is allowed. What moved is in the state that was recorded all the same.
            A row without a day, a thing or a declared state comes last, begins no span, and says so.
        """
        known = [state for state in self.moves if state]
        usable = log[log["state"].isin(known) & log[key].notna() & log[on].notna()]
        rows = zip(usable[key], usable[on], usable["state"], usable.index, strict=True)
        moves = sorted(rows, key=lambda move: (*move[:2], known.index(move[2])))
        order = [row for _, own in groupby(moves, key=lambda move: move[0]) for row in self._in_order(list(own))]
        moved = usable.loc[order]
        of_thing = moved.groupby(key, sort=False)
        before = of_thing["state"].shift().fillna("").astype("str")
        wrong = [self._wrong(*step) for step in zip(before, moved["state"], moved[on], strict=True)]
        found = {"since": moved[on], "until": of_thing[on].shift(-1), "before": before}
        found["not_allowed"] = pd.Series(wrong, index=moved.index, dtype="str")
        lacking = f"expected {key}, {on}, and a state, one of {', '.join(known)}"
        spans = log.loc[[*order, *log.index.difference(order)]].join(pd.DataFrame(found))
        return spans.fillna({"before": "", "not_allowed": lacking})

    def _in_order(self, moves: list[tuple[Any, pd.Timestamp, str, Any]]) -> Iterator[Any]:
        """Yield the rows of one thing's moves (thing, day, state, row), which come sorted by day and declared state."""
        now = ""
        while moves:
            today = [move for move in moves if move[1] == moves[0][1]]
            step = next((move for move in today if move[2] in self.moves[now]), today[0])
            moves.remove(step)
            *_, now, row = step
            yield row

    def _wrong(self, before: str, state: str, day: pd.Timestamp) -> str:
        allowed = self.moves[before]
        after = f"after {before}" if before else "at first"
        expected = " or ".join(allowed) or "no further move"
        return "" if state in allowed else f"{state} on {day:%Y-%m-%d} {after}; expected {expected}"

    def open_on(self, spans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
        """Return the spans that are open on a day, in a state from which something may follow, with their ``days``."""
        going_on = spans["state"].isin([state for state, after in self.moves.items() if after])
        open_ones = spans[held_on(spans["since"], spans["until"], day) & going_on]
        return open_ones.assign(days=(day - open_ones["since"]).dt.days)


def held_on(since: pd.Series, until: pd.Series, day: pd.Timestamp | pd.Series) -> pd.Series:
    """Say which spans hold on a day: the first day is in a span, the last, on which it ends, is not.

    Parameters
    ----------
    since, until
        The days on which each began and ended; ``until`` is blank while it has not ended.
    day
        One day, or a day for each.
    """
    held: pd.Series = (since <= day) & ~(until <= day)
    return held


def days_held(since: pd.Series, until: pd.Series, *, as_of: pd.Timestamp) -> pd.Series:
    """Return how many days each span lasted, or has lasted until ``as_of``; blank where it has no first day."""
    return (until.fillna(as_of) - since).dt.days.astype("Int64")
