"""Which further cells to hide so that nobody can work a small count out.

The method proves itself as it goes. For every small count and every value from 1 to the threshold it finds another
table of people that agrees with everything shown and has that value there; where only a table that disagrees with a
shown cell exists, it takes the cheapest one and hides the cells in which that one differs. So:

* when it ends, each small count could be any of these values, whatever a reader adds and subtracts;
* hiding more never takes a found table away, so each count and value is settled once, and it ends;
* there always is such a table when all cells may differ: any people make a table that adds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from qa_lib.reports.disclosure.alternative_tables import Field, Flags, Goal, Ints, Mover, Moves
from qa_lib.reports.disclosure.relations import Relation

_PEOPLE = 2  # the kind of count that is n
_HIDE_K, _HIDE_N, _TOTAL_FACTOR, _MOVE = 1.0, 3.0, 20.0, 1e-3


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table without labels.

    Attributes
    ----------
    k, n
        Successes and people of each row.
    block, characteristic
        Codes of the combination of ``within`` columns, and of the characteristic.
    family
        Code of the characteristics that are nested with it.
    is_total
        Whether a row is a total of any kind.
    unseen
        Whether a row is shown nowhere: a combination of nested groups.
    relations
        What adds up, by position.
    """

    k: Ints
    n: Ints
    block: Ints
    characteristic: Ints
    family: Ints
    is_total: Flags
    unseen: Flags
    relations: Sequence[Relation]


@dataclass
class Guard:
    """Hides cells of a table until every small count could be anything from 1 to ``small``.

    Attributes
    ----------
    shape
        The table.
    small
        The largest small count.
    hide_k, hide_n
        Which successes and which people to hide.
    """

    shape: Shape
    small: int
    hide_k: Flags = field(init=False)
    hide_n: Flags = field(init=False)

    def __post_init__(self) -> None:
        shape = self.shape
        self._truth = np.stack([shape.k, shape.n - shape.k, shape.n], axis=1)
        self._small = (self._truth >= 1) & (self._truth <= self.small)
        whole = self._small_blocks()
        self.hide_n = self._small[:, _PEOPLE] | whole | shape.unseen
        self.hide_k = self._small.any(axis=1) | whole | shape.unseen
        self._low, self._high = self._truth.copy(), self._truth.copy()
        self._seen = np.zeros((*self._truth.shape, self.small + 1), dtype=bool)
        self._note(np.arange(len(shape.n)), self._truth)
        self._mover = Mover(shape.k, shape.n, shape.relations)
        self._linked = self._mover.linked()

    def _small_blocks(self) -> Flags:
        """Return the rows of blocks of a few people, empty groups too: which are empty would say who it is."""
        most = np.zeros(self.shape.block.max(initial=-1) + 1, dtype=np.int64)
        for characteristic in np.unique(self.shape.characteristic):
            rows = self.shape.characteristic == characteristic
            np.maximum(most, np.bincount(self.shape.block[rows], self.shape.n[rows], len(most)).astype(int), out=most)
        return ((most >= 1) & (most <= self.small))[self.shape.block]

    def run(self) -> None:
        """Hide what is needed."""
        goals = [
            Goal(int(row), int(kind), value)
            for row, kind in np.argwhere(self._small)
            for value in sorted(range(1, self.small + 1), key=lambda value: -abs(value - self._truth[row, kind]))
        ]
        self._in_rounds(goals, self._near)
        for family in np.unique(self.shape.family):
            self._in_rounds([goal for goal in goals if self.shape.family[goal.row] == family], self._alike)
        for goal in goals:
            if not self._met(goal):
                self._settle([goal])
        while len(narrow := self._too_narrow()):
            row, kind = map(int, narrow[0])
            ends = (self._low[row, kind] + self.small - 1, self._high[row, kind] - self.small + 1)
            self._settle([Goal(row, kind, int(end)) for end in ends if end >= 0])

    def _met(self, goal: Goal) -> bool:
        return bool(self._seen[goal])

    def _too_narrow(self) -> Ints:
        """Hidden counts that are not small must not be told either: they keep as many values as the small ones.

        What nobody shows is no secret unless it is small.
        """
        hidden = np.stack([self.hide_k, self.hide_k, self.hide_n], axis=1)
        hidden &= ~self.shape.unseen[:, None]
        return np.argwhere(hidden & (self._high - self._low < self.small - 1))

    def _in_rounds(self, goals: Sequence[Goal], reach: Callable[[int], Ints]) -> None:
        """Try each goal once, together with one goal of every other characteristic and block."""
        waiting: dict[tuple[int, int], list[Goal]] = defaultdict(list)
        for goal in reversed(goals):
            waiting[self.shape.block[goal.row], self.shape.characteristic[goal.row]].append(goal)
        while any(waiting.values()):
            for queue in waiting.values():
                while queue and self._met(queue[-1]):
                    queue.pop()
            batch = [queue.pop() for queue in waiting.values() if queue]
            if batch:
                rows = np.unique(np.concatenate([reach(goal.row) for goal in batch]))
                self._take(self._mover.reach(batch, self._field(rows, least=1)))

    def _settle(self, goals: Sequence[Goal]) -> None:
        """Reach the cheapest of the goals, from close by if one can; or hide all that is linked to it."""
        for rows, least in self._around(goals[0].row):
            found = [moves for goal in goals if (moves := self._mover.reach([goal], self._field(rows, least=least)))]
            if found:
                self._take(min(found, key=lambda moves: moves.cost))
                return
        self._hide_all(np.flatnonzero(self._linked == self._linked[goals[0].row]))

    def _hide_all(self, rows: Ints) -> None:
        # With nothing shown any people make a table that adds up, so every count could be anything.
        self.hide_k[rows] = self.hide_n[rows] = self._seen[rows] = True
        self._low[rows], self._high[rows] = 0, np.maximum(self._high[rows], self.small)

    def _around(self, row: int) -> Iterator[tuple[Ints, int]]:
        linked = np.flatnonzero(self._linked == self._linked[row])
        for rows in (self._near(row), self._alike(row), linked):
            yield rows, 1  # a reader may know that a group with a hidden number is not empty
        yield linked, 0

    def _near(self, row: int) -> Ints:
        shape = self.shape
        return np.flatnonzero((shape.block == shape.block[row]) & (shape.family == shape.family[row]))

    def _alike(self, row: int) -> Ints:
        same = self.shape.family == self.shape.family[row]
        return np.flatnonzero(same & (self._linked == self._linked[row]))

    def _field(self, rows: Ints, *, least: int) -> Field:
        # Priced by the people only, and only where they are shown: the choice must not tell of hidden counts.
        n, hide_n = self.shape.n[rows], self.hide_n[rows]
        shown = np.where(hide_n, 0, n)
        weight = (1 + shown / max(1, shown.max())) * np.where(self.shape.is_total[rows], _TOTAL_FACTOR, 1.0)
        empty = n == 0
        return Field(
            rows=rows,
            price_k=np.where(self.hide_k[rows], _MOVE, _HIDE_K * weight),
            price_n=np.where(hide_n, _MOVE, _HIDE_N * weight),
            least=np.where(empty | self.shape.unseen[rows], 0, least),
            most=np.where(empty & ~hide_n, 0, np.inf),
        )

    def _take(self, moves: Moves | None) -> None:
        if moves is None:
            return
        self.hide_n[moves.rows[moves.n != 0]] = True
        self.hide_k[moves.rows[(moves.n != 0) | (moves.k != 0)]] = True
        change = np.stack([moves.k, moves.n - moves.k, moves.n], axis=1)
        self._note(moves.rows, self._truth[moves.rows] + change)

    def _note(self, rows: Ints, counts: Ints) -> None:
        self._low[rows] = np.minimum(self._low[rows], counts)
        self._high[rows] = np.maximum(self._high[rows], counts)
        place, kind = np.nonzero(counts <= self.small)
        self._seen[rows[place], kind, counts[place, kind]] = True
