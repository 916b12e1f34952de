"""Calendar months as text ``YYYY-MM``, and the year that coverage counts in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa_lib.errors import SampleError

_MOST_LISTED = 3
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def check_month(text: str) -> str:
    """Return a month as it came, or refuse it.

    Raises
    ------
    SampleError
        If the text is not a calendar month ``YYYY-MM``.
    """
    if not _MONTH.fullmatch(text):
        raise SampleError(f"month is {text!r}; expected a calendar month such as 2024-01")
    return text


def year_of(month: str, *, starts_in: int) -> str:
    """Return the first month of the year that ``month`` lies in.

    Examples
    --------
    >>> year_of("2024-08", starts_in=9), year_of("2024-09", starts_in=9)
    ('2023-09', '2024-09')
    """
    year, number = int(month[:4]), int(month[5:])
    return f"{year if number >= starts_in else year - 1:04d}-{starts_in:02d}"


def place_in_year(month: str, *, starts_in: int) -> int:
    """Return which month of its year this is, from 1 to 12.

    Examples
    --------
    >>> place_in_year("2024-08", starts_in=9), place_in_year("2024-09", starts_in=9)
    (12, 1)
    """
    return (int(month[5:]) - starts_in) % 12 + 1


def month_number(month: str) -> int:
    """Return months as consecutive whole numbers."""
    return 12 * int(month[:4]) + int(month[5:]) - 1


def month_after(month: str, months: int = 1) -> str:
    """Return the month that lies so many months after another; before it, where they are negative.

    Examples
    --------
    >>> month_after("2023-11", 3), month_after("2024-01", -2), month_after("2023-12")
    ('2024-02', '2023-11', '2024-01')
    """
    year, place = divmod(month_number(month) + months, 12)
    return f"{year:04d}-{place + 1:02d}"


def nearest_month(month: str, months: Iterable[str]) -> str:
    """Return the month that is the fewest months away, of two the earlier; empty where there is none.

    Examples
    --------
    >>> nearest_month("2024-04", ["2023-09", "2024-03"])
    '2024-03'
    """
    return min(sorted(months), key=lambda one: abs(month_number(one) - month_number(month)), default="")


def listed_months(months: Iterable[str]) -> str:
    """Return a few months by name, many as the first to the last.

    Examples
    --------
    >>> listed_months(["2024-02", "2024-01"])
    '2024-01 and 2024-02'
    """
    *others, last = sorted(set(months)) or ["none"]
    if len(others) >= _MOST_LISTED:
        return f"{others[0]} to {last}"
    return f"{', '.join(others)} and {last}" if others else last


def month_in_words(month: str) -> str:
    """Return a month in English, whatever the locale.

    Examples
    --------
    >>> month_in_words("2024-01")
    'January 2024'
    """
    return f"{MONTH_NAMES[int(month[5:]) - 1]} {month[:4]}"
