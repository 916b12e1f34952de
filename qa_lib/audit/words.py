"""Words and numbers in findings and pages: how they are said, and how a table's words are compared."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from qa_lib.audit.findings import Status
from qa_lib.lookalikes import word_form


def count_with_noun(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun; without ``many`` the noun takes an s.

    Examples
    --------
    >>> count_with_noun(1, "file"), count_with_noun(2, "entry", "entries")
    ('1 file', '2 entries')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def percent(share: Fraction) -> str:
    """Return an exact share in per cent with at most two decimals, rounded half up.

    Examples
    --------
    >>> percent(Fraction(9, 10)), percent(Fraction(1, 3)), percent(Fraction(1, 800))
    ('90 %', '33.33 %', '0.13 %')
    """
    return f"{decimal_text(100 * share)} %"


def decimal_text(number: Fraction | int, *, places: int = 2) -> str:
    """Return an exact number with as many decimals as it has, or rounded half away from zero to so many places.

    A number that was rounded keeps its zeros, so that 5.9999 does not read as 6.

    Examples
    --------
    >>> [decimal_text(number) for number in (6, Fraction(25, 4), Fraction(-1, 3), Fraction(5999, 1000))]
    ['6', '6.25', '-0.33', '6.00']
    """
    scaled = abs(Fraction(number)) * 10**places
    whole = int(scaled + Fraction(1, 2))
    text = f"{whole // 10**places}.{whole % 10**places:0{places}d}"
    if scaled == whole:
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 and whole else text


def exact(text: object) -> Fraction | None:
    """Return the exact number that a cell of decimals holds, or None where it is blank."""
    return None if pd.isna(text) else Fraction(str(text))  # type: ignore[call-overload, no-any-return, unused-ignore]


def out_of(part: int, whole: int) -> str:
    """Return ``9 of 10 (90 %)``.

    Examples
    --------
    >>> out_of(9, 10), out_of(0, 0)
    ('9 of 10 (90 %)', '0 of 0')
    """
    return f"{part} of {whole}" + (f" ({percent(Fraction(part, whole))})" if whole else "")


def met(holds: bool, otherwise: Status = "breach") -> Status:
    """Return ``met`` or what it is otherwise."""
    return "met" if holds else otherwise


def is_word(column: pd.Series, word: str) -> pd.Series:
    """Say where a column of words holds a word; blanks do not."""
    return (column == word).fillna(False).astype(bool)


def word_forms(column: pd.Series) -> pd.Series:
    """Return words of free text as they are compared: whatever their case, and what stands between their parts.

    Examples
    --------
    >>> word_forms(pd.Series(["Pre-Assessment", " pre  assessment", None])).tolist()
    ['pre_assessment', 'pre_assessment', nan]
    """
    return column.map({text: word_form(str(text)) for text in column.dropna().unique()}).astype("str")


def blank(column: pd.Series) -> pd.Series:
    """Say where a column has nothing."""
    nothing = column.isna()
    return nothing | (column.astype("str").str.strip() == "") if column.dtype == "str" else nothing
