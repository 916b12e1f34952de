"""What missing values could hide: each group's gap if those who are missing were of the one kind, or of the other.

Nobody's known figures change. Of the people whose group is missing any may belong to the group; of those whose outcome
is missing any may have succeeded. The gap is lowest where the known failures among the first join the group, its own
unknown people fail and everybody else's succeed; it is highest the other way round. Who lacks both joins and fails, or
stays away and succeeds: how many of them do the one is worked out too, for either may pull further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_lib.statistics.inputs import Floats, Ints
from qa_lib.statistics.thresholds import Reading, side_of_margin

#: Successes and people of a group, and of everybody.
Counts: TypeAlias = tuple[Ints, Ints, Ints, Ints]


@dataclass(frozen=True, kw_only=True)
class People:
    """Successes, people with an outcome and people without one, an entry per group.

    Attributes
    ----------
    k, n, unknown
        Of the group.
    all_k, all_n, all_unknown
        Of everybody, the group included.
    missing_k, missing_n, missing_unknown
        Of those whose group is missing.
    """

    k: Ints
    n: Ints
    unknown: Ints
    all_k: Ints
    all_n: Ints
    all_unknown: Ints
    missing_k: Ints
    missing_n: Ints
    missing_unknown: Ints


def missing_bounds(
    people: People, *, limit: Fraction, reading: Reading, test: Callable[..., Any], level: Floats
) -> dict[str, NDArray[Any]]:
    """Return how low and how high each gap could be, and whether flag and test could change with it.

    Parameters
    ----------
    people
        Who is known and who is missing.
    limit, reading
        The threshold, as in :func:`qa_lib.statistics.thresholds.side_of_margin`.
    test, level
        The test of two proportions, and the level at which each group's was decided; NaN where there was none.

    Returns
    -------
    dict
        ``gap_lowest, gap_highest`` in points of 100. ``flag_bounds``: ``over`` or ``within`` the threshold however the
        missing ones lie, else ``open``. ``test_bounds``: ``different`` in one direction at both ends, ``not different``
        at both, else ``open``; blank without a test.
    """
    low, high = (_furthest(people, limit, reading, lowest=lowest) for lowest in (True, False))
    directions = [_direction(counts, test, level) for counts in (low[2], high[2])]
    agreed = _agreed(directions[0], directions[1], "different", "not different")
    return {
        "gap_lowest": 100 * low[1],
        "gap_highest": 100 * high[1],
        "flag_bounds": _agreed(low[0], high[0], "over", "within"),
        "test_bounds": np.where(np.isnan(level), "", agreed),
    }


def _agreed(one: Ints, other: Ints, same: str, neither: str) -> NDArray[np.str_]:
    agree = np.where((one == 0) & (other == 0), neither, np.where(one == other, same, "open"))
    return np.asarray(agree)


def _furthest(people: People, limit: Fraction, reading: Reading, *, lowest: bool) -> tuple[Ints, Floats, Counts]:
    """Return the side of the threshold, the gap and the counts at one end."""
    most = people.missing_unknown
    turns = _turning_points(people, lowest=lowest)
    inner = [np.clip(near(turn), 0, most).astype(np.int64) for turn in turns for near in (np.floor, np.ceil)]
    tried = [_with_joining(people, joining, lowest=lowest) for joining in (np.zeros_like(most), most, *inner)]
    sign = 1 if lowest else -1
    gaps = np.stack([sign * (k / np.maximum(n, 1) - all_k / np.maximum(all_n, 1)) for k, n, all_k, all_n in tried])
    sides = np.stack([sign * side_of_margin(*counts, limit=limit, reading=reading) for counts in tried])
    best = np.expand_dims(gaps.argmin(axis=0), 0)
    chosen = (np.take_along_axis(np.stack(column), best, axis=0)[0] for column in zip(*tried, strict=True))
    k, n, all_k, all_n = chosen
    return sign * sides.min(axis=0), sign * gaps.min(axis=0), (k, n, all_k, all_n)


def _with_joining(people: People, joining: Ints, *, lowest: bool) -> Counts:
    """Return the counts at an end where so many of those who lack both join the group."""
    k, n, all_n = people.k, people.n + people.unknown, people.all_n + people.all_unknown
    if lowest:
        failures = people.missing_n - people.missing_k
        succeeding = people.all_unknown - people.unknown - joining
        return k, n + failures + joining, people.all_k + succeeding, all_n
    more = people.unknown + people.missing_k + joining
    return k + more, n + people.missing_k + joining, people.all_k + people.unknown + joining, all_n


def _turning_points(people: People, *, lowest: bool) -> list[Floats]:
    """Return how many who lack both should join for the furthest gap, in points and in the relative reading."""
    nobody = np.zeros_like(people.n)
    k, n, all_k, all_n = (column.astype(float) for column in _with_joining(people, nobody, lowest=lowest))
    if lowest:
        return [np.sqrt(k * all_n) - n, (all_k - n) / 2]
    return [np.sqrt((n - k) * all_n) - n, np.sqrt(np.maximum((n - k) * (all_k - k), 0)) - k]


def _direction(counts: Counts, test: Callable[..., Any], level: Floats) -> Ints:
    """Return in which direction the test decides at an end: -1, 0 for not at all, 1."""
    k, n, all_k, all_n = counts
    known = ~np.isnan(level) & (all_n > n)
    direction = np.zeros_like(k)
    table = [column[known] for column in (k, n, all_k - k, all_n - n)]
    above = np.sign(table[0] * table[3].astype(float) - table[2] * table[1].astype(float)).astype(np.int64)
    direction[known] = np.where(test(*table) <= level[known], above, 0)
    return direction
