"""Other tables that a reader could take for the true one: moves of people that keep every sum.

A linear programme over whole people. Its answers are checked exactly, so that the solver need not be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_lib.reports.disclosure.relations import Relation

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: The counts of a row, each as (times k, times n): successes, the others, people.
KINDS = np.array([(1, 0), (-1, 1), (0, 1)])
_MISSED = 1e5  # more than a way of reaching a goal costs
_EXACT = 1e-6
_FEW = 40  # a bound on moves makes the search for whole people some fifty times faster
_NODES, _GAP = 200, 0.1  # whole people need not be moved in the very cheapest way


class Goal(NamedTuple):
    """A count, by row and kind, and a value that it is to take in the other table."""

    row: int
    kind: int
    value: int


@dataclass(frozen=True)
class Moves:
    """How the other table differs: change of k and of n for each of ``rows``.

    Attributes
    ----------
    rows, k, n
        Positions of rows, and what is added to their successes and people there.
    cost
        The price of the moves.
    """

    rows: Ints
    k: Ints
    n: Ints
    cost: float


@dataclass(frozen=True, kw_only=True)
class Field:
    """Where people may move.

    Attributes
    ----------
    rows
        Positions of the rows that may change; ascending.
    price_k, price_n
        Price of changing the k and the n of each of them by one.
    least, most
        The fewest and the most people that each of them may get.
    """

    rows: Ints
    price_k: Floats
    price_n: Floats
    least: Ints
    most: Floats

    def prices(self) -> Floats:
        """Return the price of one more and one less successes, and one more and one less people, for each row."""
        return np.concatenate([self.price_k, self.price_k, self.price_n, self.price_n])


class Mover:
    """Finds the cheapest moves in a table that give counts other values."""

    def __init__(self, k: Ints, n: Ints, relations: Sequence[Relation]) -> None:
        from scipy import sparse

        self._k, self._n = k, n
        entries = [
            (number, row, sign)
            for number, relation in enumerate(relations)
            for sign, side in ((1, relation.whole), (-1, relation.parts))
            for row in side
        ]
        number, row, sign = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        self._sums = sparse.csc_array((sign, (number, row)), shape=(len(relations), len(n)))

    def linked(self) -> Ints:
        """Return a code per row: the same for rows that sums bind together."""
        from scipy.sparse.csgraph import connected_components

        return connected_components(abs(self._sums.T) @ abs(self._sums), directed=False)[1].astype(np.int64)

    def reach(self, goals: Sequence[Goal], field: Field) -> Moves | None:
        """Return the cheapest moves that reach those of the goals that can be reached together; nothing if none can."""
        while goals:
            x, missed = self._solve(goals, field, whole=False)
            if not missed.any():
                return self._checked(x, field) or self._in_whole_people(goals, field)
            # Again without those: half a way to a goal would hide cells for nothing.
            goals = [goal for goal, miss in zip(goals, missed, strict=True) if not miss]
        return None

    def _in_whole_people(self, goals: Sequence[Goal], field: Field) -> Moves | None:
        """Return moves of whole people that reach all the goals; of a few of each row first, for that is far faster."""
        for most in (_FEW, np.inf):
            x, missed = self._solve(goals, field, whole=True, most=most)
            if not missed.any() and (found := self._checked(x, field)):
                return found
        return None

    def _solve(self, goals: Sequence[Goal], field: Field, *, whole: bool, most: float = np.inf) -> tuple[Floats, Flags]:
        """Return k up, k down, n up, n down for each row, and which goals are missed by that."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        size, misses = len(field.rows), 2 * len(goals)
        matrix, low, high = self._constraints(goals, field)
        k, n = self._k[field.rows], self._n[field.rows]
        up = np.full(size, np.inf)
        room = np.minimum(np.concatenate([up, k, field.most - n, n - field.least]), most)
        found = milp(
            np.concatenate([field.prices(), np.full(misses, _MISSED)]),
            constraints=LinearConstraint(matrix, low, high),
            bounds=Bounds(0, np.concatenate([room, np.full(misses, np.inf)])),
            integrality=np.full(4 * size + misses, int(whole)),
            options={"node_limit": _NODES, "mip_rel_gap": _GAP},
        )
        x = np.full(4 * size + misses, np.nan) if found.x is None else found.x
        return x[: 4 * size], ~(x[4 * size :].reshape(2, -1).sum(axis=0) < _EXACT)

    def _constraints(self, goals: Sequence[Goal], field: Field) -> tuple[Any, Floats, Floats]:
        from scipy import sparse

        size = len(field.rows)
        sums = self._sums[:, field.rows].tocsr()
        sums = sums[np.diff(sums.indptr) > 0]
        one, no = sparse.eye_array(size), None
        kind = KINDS[[goal.kind for goal in goals]]
        place = np.searchsorted(field.rows, [goal.row for goal in goals])
        count = np.arange(len(goals))
        pick = [sparse.csr_array((times, (count, place)), shape=(len(goals), size)) for times in kind.T]
        miss = sparse.eye_array(len(goals))
        blocks: Any = [
            [sums, -sums, no, no, no, no],
            [no, no, sums, -sums, no, no],
            [-one, one, one, -one, no, no],
            [pick[0], -pick[0], pick[1], -pick[1], miss, -miss],
        ]
        k, n = self._k[field.rows], self._n[field.rows]
        wanted = np.array([goal.value for goal in goals]) - kind[:, 0] * k[place] - kind[:, 1] * n[place]
        still = np.zeros(2 * sums.shape[0])
        low = np.concatenate([still, k - n, wanted])
        high = np.concatenate([still, np.full(size, np.inf), wanted])
        return sparse.block_array(blocks, format="csc"), low, high

    def _checked(self, x: Floats, field: Field) -> Moves | None:
        """Return the moves if they are whole people and every sum stays what it was."""
        near = np.rint(x)
        if not np.abs(x - near).max(initial=0) < _EXACT:
            return None
        up_k, down_k, up_n, down_n = near.astype(np.int64).reshape(4, -1)
        k, n = up_k - down_k, up_n - down_n
        kept = not (self._sums[:, field.rows] @ k).any() and not (self._sums[:, field.rows] @ n).any()
        new_k, new_n = self._k[field.rows] + k, self._n[field.rows] + n
        fits = (
            (new_k >= 0).all()
            and (new_n >= new_k).all()
            and (new_n >= field.least).all()
            and (new_n <= field.most).all()
        )
        return Moves(field.rows, k, n, float(field.prices() @ near)) if kept and fits else None
