"""What every statistic checks first: whole counts in order, rates written as text, a sensible confidence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_lib.errors import QAError
from qa_lib.rates import exact_rate

#: A float (or int) for scalar input, an array of the broadcast shape otherwise.
Numbers: TypeAlias = Any
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

_BLOCK = 8192
#: Counts below it have products that are exact in 64 bits.
MOST = 2**31


class StatisticsError(QAError):
    """Numbers that no statistic can be made of, such as 7 of 5."""


def counts(**named: Any) -> tuple[tuple[int, ...], list[Ints]]:
    """Return the broadcast shape, and the named counts as flat arrays of whole numbers.

    Raises
    ------
    StatisticsError
        Where one is not a whole number of at least 0 and below 2^31, or the shapes do not fit.
    """
    try:
        arrays = np.broadcast_arrays(*(np.asarray(value) for value in named.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in named.items())
        raise StatisticsError(
            f"the shapes do not fit together: {shapes}; give scalars or arrays of one length"
        ) from None
    faults = [text for name, array in zip(named, arrays, strict=True) if (text := _count_fault(name, array))]
    if faults:
        raise StatisticsError("; ".join(faults))
    return arrays[0].shape, [array.astype(np.int64).ravel() for array in arrays]


def _count_fault(name: str, array: NDArray[Any]) -> str:
    """Say why an array is not a count, or nothing."""
    expected = f"expected whole numbers of at least 0, and below {MOST:,}"
    if array.dtype.kind not in "iufO" or (array.dtype.kind == "O" and not _all_whole(array)):
        return f"{name} is of type {array.dtype}; {expected}"
    wrong = (array < 0) | (array >= MOST) | (array != np.floor(array.astype(float))) | ~np.isfinite(array.astype(float))
    return f"{name} holds {array[wrong].ravel()[0]}; {expected}" if wrong.any() else ""


def _all_whole(array: NDArray[Any]) -> bool:
    return all(isinstance(value, int | np.integer) and not isinstance(value, bool) for value in array.ravel())


def check_part(part_name: str, part: Ints, whole_name: str, whole: Ints) -> None:
    """Refuse a part that is larger than its whole.

    Raises
    ------
    StatisticsError
        With the first such pair.
    """
    wrong = part > whole
    if wrong.any():
        first = f"{part_name} is {part[wrong].ravel()[0]} of {whole_name} {whole[wrong].ravel()[0]}"
        raise StatisticsError(f"{first}; a part cannot exceed its whole: check which number is which")


def rate(value: str | float | Fraction | Decimal, *, name: str) -> Fraction:
    """Read a rate between 0 and 1 exactly: ``"0.05"``, ``"5%"``, ``"1/20"``, or a number as it is written out.

    Raises
    ------
    StatisticsError
        Where the value is not a rate.

    Examples
    --------
    >>> rate("0.05", name="tolerable")
    Fraction(1, 20)
    """
    return exact_rate(value, name=name, error=StatisticsError)


def error_rate(confidence: float) -> Fraction:
    """Return one minus the confidence, exactly as it is written: 0.95 gives 1/20.

    Raises
    ------
    StatisticsError
        Where the confidence does not lie between 0 and 1.
    """
    try:
        exact = Fraction(str(confidence))
    except (ValueError, ZeroDivisionError):
        exact = Fraction(0)
    if not 0 < exact < 1:
        raise StatisticsError(f"confidence is {confidence!r}; expected a number between 0 and 1, such as 0.95 (not 95)")
    return 1 - exact


def plain(flat: NDArray[Any], shape: tuple[int, ...]) -> Numbers:
    """Return a Python number for scalar input, else the array in the shape of the input."""
    return flat.reshape(shape) if shape else flat.item()


def in_blocks(function: Callable[..., tuple[Floats, Floats]], *columns: Numbers) -> tuple[Floats, Floats]:
    """Apply a function of flat columns block by block: its temporaries then stay in the processor's cache."""
    if len(columns[0]) <= _BLOCK:
        return function(*columns)
    parts = [function(*(column[i : i + _BLOCK] for column in columns)) for i in range(0, len(columns[0]), _BLOCK)]
    first, second = zip(*parts, strict=True)
    return np.concatenate(first), np.concatenate(second)
