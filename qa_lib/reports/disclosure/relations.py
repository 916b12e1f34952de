"""What adds up to what in a table of groups: the arithmetic that a reader can do.

A table has a row for each group of each characteristic, in each combination of the ``within`` columns (a block).
``Total`` as characteristic and group is everybody of the block; ``Total`` in a ``within`` column is the sum over its
other values. Every characteristic divides the same people, so all of them have the block's total in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from qa_lib.errors import DisclosureError

TOTAL = "Total"
COUNTS = ["n", "k"]
_SHOWN = 5


class Relation(NamedTuple):
    """The people in the rows ``whole`` are the people in the rows ``parts``, by position; so are the successes."""

    whole: tuple[int, ...]
    parts: tuple[int, ...]


def additive_relations(table: pd.DataFrame, *, within: Sequence[str] = ()) -> list[Relation]:
    """Return everything in ``table`` that adds up, from its labels alone.

    Parameters
    ----------
    table
        The columns of ``within``, ``characteristic`` and ``group``; figures are not looked at.
    within
        Columns that name the provider, level, ...
    """
    places = [tuple(labels) for labels in table[[*within, "characteristic", "group"]].itertuples(index=False)]
    relations = _inside_blocks(places)
    for column in range(len(within)):
        relations += _across(places, column)
    return relations


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


def check_sums(table: pd.DataFrame, relations: Iterable[Relation], *, within: Sequence[str]) -> None:
    """Refuse a table in which something does not add up.

    Raises
    ------
    DisclosureError
        With the first few places where people or successes do not add up, and how many there are.
    """
    counts = table[COUNTS].to_numpy(dtype=np.int64)
    faults = []
    for whole, parts in relations:
        have, make = counts[list(whole)].sum(axis=0), counts[list(parts)].sum(axis=0)
        if (have != make).any():
            where = ", ".join(table[[*within, "characteristic", "group"]].iloc[whole[0]])
            inside = table["characteristic"].iloc[parts[0]] if parts else "nothing"
            faults.append(f"{where}: n, k are {have.tolist()}, but its parts ({inside}) make {make.tolist()}")
    if faults:
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise DisclosureError(
            f"the table does not add up: {'; '.join(sorted(faults)[:_SHOWN])}{more}; give every characteristic "
            "the same people (a group for missing values) and every total all of its parts"
        )
