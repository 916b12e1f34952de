"""The intruder: what somebody with a solver can work out from a published table.

Shares no code with the suppression, reads only what is printed, and knows how the printing was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure.relations import Relation

_NOTHING_TOLD = {"c", "x", "u"}
_FEWER = "fewer than "
_ASKED = {"k": (1, 0), "n-k": (-1, 1), "n": (0, 1)}

Row = tuple[dict[int, int], float, float]  # coefficients by variable, lower end, upper end


def audit(
    published: pd.DataFrame, *, relations: Sequence[Relation], round_to: int = 1, nobody_empty: bool = False
) -> pd.DataFrame:
    """Return the least and the most that each hidden count can be, given everything shown.

    Parameters
    ----------
    published
        The figures ``n``, ``k`` and ``rate`` as text, with any label columns.
    relations
        What adds up, by position of rows; see ``additive_relations``, also for nested characteristics.
    round_to
        What counts were rounded to.
    nobody_empty
        The intruder also knows that no group whose ``n`` is hidden is empty.

    Returns
    -------
    DataFrame
        For each row where ``n`` or ``k`` is not shown exactly, one row for each of ``k``, ``n-k`` and ``n``: the
        labels, ``row``, ``count``, ``low``, ``high`` (infinite where nothing limits it).

    Raises
    ------
    DisclosureError
        If a figure cannot be read, or no table of people agrees with what is shown.
    """
    figures = published[["n", "k", "rate"]].to_numpy(dtype=object)
    size = max([len(figures), *(1 + row for relation in relations for side in relation for row in side)])
    known = _Known(size)
    for row, (n, k, rate) in enumerate(figures):
        known.count(2 * row, k, round_to)
        known.count(2 * row + 1, n, round_to)
        known.rate(row, rate)
        if nobody_empty and n in _NOTHING_TOLD:
            known.tell({2 * row + 1: 1}, 1, np.inf)
    for row in range(size):
        known.tell({2 * row: -1, 2 * row + 1: 1}, 0, np.inf)
    for whole, parts in relations:
        for offset in (0, 1):
            known.tell({2 * row + offset: sign for sign, side in ((1, whole), (-1, parts)) for row in side}, 0, 0)
    return _report(published, known)


def _report(published: pd.DataFrame, known: _Known) -> pd.DataFrame:
    labels = published.drop(columns=["n", "k", "rate"])
    result = []
    for part in known.parts():
        rows = np.unique(part.variables // 2)
        for row in rows[rows < len(published)].tolist():
            if known.is_exact(2 * row) and known.is_exact(2 * row + 1):
                continue
            for name, (times_k, times_n) in _ASKED.items():
                ends = part.ends({2 * row: times_k, 2 * row + 1: times_n})
                result.append([row, name, *ends])
    table = pd.DataFrame(result, columns=["row", "count", "low", "high"])
    table = table.astype({"row": "int64", "count": "str", "low": "float64", "high": "float64"})
    joined = labels.reset_index(drop=True).merge(table, left_index=True, right_on="row", how="inner")
    return joined.sort_values(["row", "count"], ignore_index=True)


class _Known:
    """Everything that is known of the variables: k and n of each row, in turn."""

    def __init__(self, rows: int) -> None:
        self._low = np.zeros(2 * rows)
        self._high = np.full(2 * rows, np.inf)
        self._facts: list[Row] = []

    def tell(self, terms: dict[int, int], low: float, high: float) -> None:
        self._facts.append((terms, low, high))

    def count(self, variable: int, text: str, round_to: int) -> None:
        if text in _NOTHING_TOLD:
            return
        if text.startswith(_FEWER):
            low, high = 1, int(text.removeprefix(_FEWER)) - 1
        else:
            low, high = (_whole(text) + side * ((round_to - 1) // 2) for side in (-1, 1))
        self._low[variable], self._high[variable] = max(low, 0), high

    def rate(self, row: int, text: str) -> None:
        """Take p per cent with d decimals for p - h <= 100 k / n < p + h, where h is half a unit of the last."""
        k, n = 2 * row, 2 * row + 1
        if text in _NOTHING_TOLD:
            return
        if text == "z":
            self.tell({k: 1, n: 1}, 0, 0)
        elif text == "low":
            self.tell({k: 1}, 1, np.inf)
            self.tell({k: 2000, n: -1}, -np.inf, -1)
        else:
            digits = text.partition(".")[2]
            unit = 10 ** len(digits)
            printed = _whole(text.replace(".", ""))
            self.tell({k: 200 * unit, n: 1 - 2 * printed}, 0, np.inf)
            self.tell({k: 200 * unit, n: -1 - 2 * printed}, -np.inf, -1)

    def is_exact(self, variable: int) -> bool:
        return bool(self._low[variable] == self._high[variable])

    def parts(self) -> list[_Part]:
        """Cut what is known into parts that say nothing of each other."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        size = len(self._low)
        pairs = np.array([(min(terms), other) for terms, _, _ in self._facts for other in terms]).reshape(-1, 2)
        links = sparse.coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(size, size))
        count, code = connected_components(links, directed=False)
        facts: list[list[Row]] = [[] for _ in range(count)]
        for fact in self._facts:
            facts[code[min(fact[0])]].append(fact)
        order = np.argsort(code, kind="stable")
        groups = np.split(order, np.cumsum(np.bincount(code, minlength=count))[:-1]) if size else []
        return [_Part(group, self._low, self._high, facts[index]) for index, group in enumerate(groups)]


class _Part:
    """Variables that have to do with each other, and all that is known of them."""

    def __init__(self, variables: NDArray[np.intp], low: NDArray[Any], high: NDArray[Any], facts: list[Row]) -> None:
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint

        self.variables = variables
        self._place = {int(variable): place for place, variable in enumerate(variables)}
        cells = [(row, self._place[at], times) for row, fact in enumerate(facts) for at, times in fact[0].items()]
        row, column, times = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        matrix = sparse.csc_array((times, (row, column)), shape=(len(facts), len(variables)))
        ends = np.array([fact[1:] for fact in facts]).reshape(-1, 2)
        self._limits: dict[str, Any] = {
            "constraints": LinearConstraint(matrix, ends[:, 0], ends[:, 1]),
            "bounds": Bounds(low[variables], high[variables]),
        }

    def ends(self, terms: dict[int, int]) -> tuple[float, float]:
        price = np.zeros(len(self.variables))
        for variable, times in terms.items():
            price[self._place[variable]] = times
        return self._least(price), 0.0 - self._least(-price)

    def _least(self, price: NDArray[Any]) -> float:
        from scipy.optimize import milp

        found = milp(price, **self._limits)
        if found.status == 3 or (found.status == 4 and milp(0 * price, **self._limits).status == 0):
            return -np.inf
        if found.x is not None and np.abs(found.x - np.rint(found.x)).max() > 1e-7:
            found = milp(price, **self._limits, integrality=np.ones(len(price), dtype=int))
        if found.x is None:
            raise DisclosureError("no people can give these figures; check the table and what adds up in it")
        return float(np.rint(price @ found.x)) + 0.0


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise DisclosureError(f"the figure {text!r} is neither a number nor a symbol; audit what suppress returned")
    return int(text)
