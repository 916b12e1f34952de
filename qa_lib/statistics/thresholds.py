"""The regulator's threshold in integers: on which side a group lies, and how many people would change that."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_lib.statistics.inputs import Ints

Reading: TypeAlias = Literal["points", "relative"]
#: Whole numbers, of Python where those of numpy would overflow.
Wholes: TypeAlias = NDArray[Any]
#: Nothing that the people of a group could have done would change the flag.
NEVER = -1


def side_of_margin(k: Ints, n: Ints, whole_k: Ints, whole_n: Ints, *, limit: Fraction, reading: Reading) -> Ints:
    """Return 1 where a group's rate lies more than the margin above that of all, -1 more than it below, else 0.

    Parameters
    ----------
    k, n, whole_k, whole_n
        Successes and people of the group, and of everybody, the group included.
    limit
        The margin: in points of 1, or as a share of everybody's rate.
    reading
        ``points`` or ``relative``.
    """
    gap, room, _, _ = _gap_and_room(k, n, whole_k, whole_n, limit, reading)
    return np.where(gap > room, 1, np.where(-gap > room, -1, 0)).astype(np.int64)


def people_to_change(k: Ints, n: Ints, whole_k: Ints, whole_n: Ints, *, limit: Fraction, reading: Reading) -> Ints:
    """Return how many people of a group would have to have the other outcome for its flag to be another.

    Parameters
    ----------
    k, n, whole_k, whole_n, limit, reading
        As in :func:`side_of_margin`. Everybody's rate moves with the group.

    Returns
    -------
    array
        The fewest people; ``NEVER`` where no number of them would do.

    Examples
    --------
    >>> eight, all_ten = (np.array([value]) for value in (8, 10))
    >>> people_to_change(eight, all_ten, 98 + eight, 100 + all_ten, limit=Fraction(1, 10), reading="points").item()
    1
    """
    gap, room, step, widening = _gap_and_room(k, n, whole_k, whole_n, limit, reading)
    above, below = gap > room, -gap > room
    upwards, downwards = n - k, k
    # From within: to either side; the nearer one counts.
    up = _possible(_steps(gap - room, step - widening), upwards)
    down = _possible(_steps(-gap - room, step + widening), downwards)
    nearer = np.where(up == NEVER, down, np.where(down == NEVER, up, np.minimum(up, down)))
    # From outside: back to the margin, unless the very same step leaps over to the other side.
    back_up = _possible(_steps(room + gap + 1, step + widening), upwards)
    back_down = _possible(_steps(room - gap + 1, step - widening), downwards)
    back_up = np.where(gap + back_up * step > room + back_up * widening, NEVER, back_up)
    back_down = np.where(back_down * step - gap > room - back_down * widening, NEVER, back_down)
    return np.where(above, back_down, np.where(below, back_up, nearer)).astype(np.int64)


def _gap_and_room(
    k: Ints, n: Ints, whole_k: Ints, whole_n: Ints, limit: Fraction, reading: Reading
) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Return the gap and the margin in a common whole unit, and by how much one more success widens each."""
    if limit.denominator * int(whole_n.max(initial=1)) ** 2 >= 2**61:
        k, n, whole_k, whole_n = (column.astype(object) for column in (k, n, whole_k, whole_n))
    gap = limit.denominator * (k * whole_n - whole_k * n)
    step = limit.denominator * (whole_n - n)
    if reading == "points":
        return gap, limit.numerator * n * whole_n, step, np.zeros_like(n)
    return gap, limit.numerator * n * whole_k, step, limit.numerator * n


def _steps(start: Wholes, step: Wholes) -> Wholes:
    """Return how many steps make a number positive that is not yet; ``NEVER`` where they lead nowhere."""
    leads = step > 0
    return np.where(leads, -start // np.where(leads, step, 1) + 1, NEVER)


def _possible(steps: Wholes, most: Ints) -> Wholes:
    return np.where(steps <= most, steps, NEVER)
