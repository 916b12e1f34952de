"""What adds up to what in a table of groups: the arithmetic that a reader can do.

A table has a row for each group of each characteristic, in each combination of the ``within`` columns (a block).
``Total`` as characteristic and group is everybody of the block; ``Total`` in a ``within`` column is the sum over its
other values. Every characteristic divides the same people, so all of them have the block's total in common; nested ones
have more in common: the people of each combination of their groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.errors import DisclosureError, first_few
from qa_lib.reports.disclosure.nesting import Nesting

Place = tuple[str, ...]

TOTAL = "Total"
COUNTS = ["n", "k"]
_SHOWN = 5


class Relation(NamedTuple):
    """The people in the rows ``whole`` are the people in the rows ``parts``, by position; so are the successes.

    A position beyond the table is a combination of nested groups, which nobody shows.
    """

    whole: tuple[int, ...]
    parts: tuple[int, ...]


def additive_relations(
    table: pd.DataFrame, *, within: Sequence[str] = (), nested: Sequence[Nesting] = ()
) -> list[Relation]:
    """Return everything in ``table`` that adds up, from its labels and from what is known of nested characteristics.

    Parameters
    ----------
    table
        The columns of ``within``, ``characteristic`` and ``group``; figures are not looked at.
    within
        Columns that name the provider, level, ...
    nested
        Which characteristics lie within one another.
    """
    places = [tuple(labels) for labels in table[[*within, "characteristic", "group"]].itertuples(index=False)]
    relations = _inside_blocks(places)
    inside, beyond = _inside_families(places, nested)
    for column in range(len(within)):
        relations += _across([*places, *beyond], column)
    return relations + inside


def _inside_blocks(places: list[tuple[str, ...]]) -> list[Relation]:
    """Each characteristic against the total of its block, or against the first where no total is shown."""
    blocks: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, (*block, characteristic, _) in enumerate(places):
        blocks[tuple(block)][characteristic].append(row)
    relations = []
    for block_rows in blocks.values():
        names = sorted(block_rows, key=lambda name: (name != TOTAL, name))
        relations += [Relation(tuple(block_rows[names[0]]), tuple(block_rows[name])) for name in names[1:]]
    return relations


def _across(places: list[tuple[str, ...]], column: int) -> list[Relation]:
    """Rows with ``Total`` in a within column against the rows of its other values."""
    wholes: dict[tuple[str, ...], int] = {}
    parts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shown = set()
    for row, place in enumerate(places):
        rest = place[:column] + place[column + 1 :]
        if place[column] == TOTAL:
            wholes[rest] = row
        else:
            parts[rest].append(row)
            shown.add(rest[:-1])
    return [Relation((row,), tuple(parts[rest])) for rest, row in wholes.items() if rest[:-1] in shown]


def _inside_families(places: list[Place], nested: Sequence[Nesting]) -> tuple[list[Relation], list[Place]]:
    """Each group of nested characteristics against the combinations that it is in; and what is beyond the table.

    A combination is the row of a group that is in no other; if there is none, it gets a place beyond the table.
    """
    blocks: dict[Place, dict[tuple[str, ...], int]] = defaultdict(dict)
    for row, place in enumerate(places):
        blocks[place[:-2]][place[-2:]] = row
    relations: list[Relation] = []
    beyond: list[Place] = []
    for block, rows in blocks.items():
        for nesting in nested:
            cells = _cells(nesting, rows)
            parts: dict[int, list[int]] = defaultdict(list)
            for cell in sorted(cells):
                own = cells[cell]
                if own is None:
                    own = len(places) + len(beyond)
                    labels = [places[row][-2:] for row in cell]
                    beyond.append((*block, *(" and ".join(column) for column in zip(*labels, strict=True))))
                for row in cell:
                    parts[row].append(own)
            relations += [Relation((row,), tuple(sorted(some))) for row, some in parts.items() if some != [row]]
    return relations, beyond


def _cells(nesting: Nesting, rows: dict[tuple[str, ...], int]) -> dict[tuple[int, ...], int | None]:
    """Return the rows of each combination, and that of a group which is in no other combination.

    A block may show some of the characteristics, and have no row for a group of nobody.
    """
    shown = {characteristic for characteristic, _ in rows}
    kept = [place for place, name in enumerate(nesting.characteristics) if name in shown]
    if len(kept) < 2:
        return {}
    combinations = {
        tuple((nesting.characteristics[place], combination[place]) for place in kept)
        for combination in nesting.combinations
    }
    uses = Counter(label for labels in combinations for label in labels)
    return {
        tuple(rows[label] for label in labels): min((rows[label] for label in labels if uses[label] == 1), default=None)
        for labels in combinations
        if all(label in rows for label in labels)
    }


def count_beyond(counts: NDArray[np.int64], relations: Sequence[Relation]) -> NDArray[np.int64]:
    """Return numbers of people for the positions beyond a table, such that everything adds up.

    Parameters
    ----------
    counts
        A line for each row of the table; its columns are counts that add up each by itself.
    relations
        What adds up.

    Raises
    ------
    DisclosureError
        If there are none.
    """
    from scipy import sparse
    from scipy.optimize import LinearConstraint, milp

    size = len(counts)
    signed = [[*((row, 1) for row in parts), *((row, -1) for row in whole)] for whole, parts in relations]
    concerned = [terms for terms in signed if any(row >= size for row, _ in terms)]
    cells = [(line, row - size, sign) for line, terms in enumerate(concerned) for row, sign in terms if row >= size]
    if not cells:
        return np.zeros((0, counts.shape[1]), dtype=np.int64)
    line, place, sign = np.array(cells, dtype=np.int64).T
    matrix = sparse.csc_array((sign, (line, place)))
    result = np.empty((matrix.shape[1], counts.shape[1]), dtype=np.int64)
    for column, given in enumerate(counts.T):
        left = [-sum(sign * given[row] for row, sign in terms if row < size) for terms in concerned]
        found = milp(
            np.zeros(len(result)),
            constraints=LinearConstraint(matrix, left, left),
            integrality=np.ones(len(result), dtype=int),
        )
        if found.x is None:
            raise DisclosureError(
                "the nested characteristics do not fit the counts: no people are in these groups and only in "
                "combinations that occur; check the counts, and add the combination that is missing"
            )
        result[:, column] = np.rint(found.x)
    return result


def add_totals(groups: pd.DataFrame, *, within: Sequence[str] = (), across: Sequence[str] = ()) -> pd.DataFrame:
    """Add what a published table shows beside its groups: everybody of a block, sums over blocks, empty groups.

    A group that occurs anywhere gets a row in every block, with noughts where it has nobody, so that the list of
    groups tells nothing.

    Parameters
    ----------
    groups
        The columns of ``within``, ``characteristic``, ``group``, ``n`` and ``k``; other columns are left out.
    within
        Columns that name the provider, level, ...
    across
        Those of them over which sums are shown too.

    Raises
    ------
    DisclosureError
        If two characteristics of a block do not have the same people.

    Examples
    --------
    >>> groups = pd.DataFrame({"characteristic": "sex", "group": ["female", "male"], "n": [40, 30], "k": [38, 21]})
    >>> add_totals(groups)
      characteristic   group   n   k
    0          Total   Total  70  59
    1            sex  female  40  38
    2            sex    male  30  21
    """
    keys = [*within, "characteristic", "group"]
    table: pd.DataFrame = groups[[*keys, *COUNTS]].groupby(keys, sort=True, as_index=False)[COUNTS].sum()
    for column in across:
        sums = table.assign(**{column: TOTAL}).groupby(keys, sort=True, as_index=False)[COUNTS].sum()
        table = pd.concat([table, sums], ignore_index=True)
    full = _with_empty_groups(table, list(within))
    one = full[full["characteristic"] == full["characteristic"].min()]
    everybody = one.assign(characteristic=TOTAL, group=TOTAL).groupby(keys, sort=True, as_index=False)[COUNTS].sum()
    result = pd.concat([everybody, full], ignore_index=True)
    order = result[keys].apply(lambda column: column.map(lambda label: (label != TOTAL, label))).sort_values(keys)
    result = pd.DataFrame(result.loc[order.index, [*keys, *COUNTS]]).reset_index(drop=True)
    check_sums(result, additive_relations(result, within=within), within=within)
    return result


def _with_empty_groups(table: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    if not within:
        return table
    kinds = table[["characteristic", "group"]].drop_duplicates()
    full = table[within].drop_duplicates().merge(kinds, how="cross").merge(table, how="left")
    return full.fillna({"n": 0, "k": 0}).astype({"n": "int64", "k": "int64"})


def check_sums(table: pd.DataFrame, relations: Sequence[Relation], *, within: Sequence[str]) -> None:
    """Refuse a table in which something does not add up.

    Raises
    ------
    DisclosureError
        With the first few places where people or successes do not add up, and how many there are; or if nobody can be
        in the combinations of nested groups as their counts ask for.
    """
    counts = table[COUNTS].to_numpy(dtype=np.int64)
    faults = []
    for whole, parts in relations:
        if max((*whole, *parts), default=0) >= len(table):
            continue
        have, make = counts[list(whole)].sum(axis=0), counts[list(parts)].sum(axis=0)
        if (have != make).any():
            where = ", ".join(table[[*within, "characteristic", "group"]].iloc[whole[0]])
            inside = table["characteristic"].iloc[parts[0]] if parts else "nothing"
            faults.append(f"{where}: n, k are {have.tolist()}, but its parts ({inside}) make {make.tolist()}")
    if faults:
        raise DisclosureError(
            f"the table does not add up: {first_few(sorted(faults), _SHOWN, between='; ')}; give every characteristic "
            "the same people (a group for missing values), every total all of its parts, and every nested group the "
            "combinations that occur"
        )
    count_beyond(np.stack([counts[:, 1], counts[:, 0] - counts[:, 1]], axis=1), relations)
