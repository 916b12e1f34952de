"""A frame's values as text: once for files, once for the eye.

The same value always gives the same text, whatever the locale, the display options of pandas or the machine.
A value with no such text (a set, an object that prints its address) is refused.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, TypeAlias
from urllib.parse import quote

import pandas as pd

from qa_lib.errors import RunError

#: What a cell of a spreadsheet may hold.
Cell: TypeAlias = str | int | float | dt.date
#: A spreadsheet takes text that begins with one of these for a formula, or may come to it after trimming.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Link:
    """A cell that leads to a file of the same run.

    Attributes
    ----------
    text
        What the reader sees.
    target
        Path relative to the page, with ``/`` between its parts; it may not leave the page's folder.
    """

    text: str
    target: str

    def __post_init__(self) -> None:
        parts = self.target.split("/")
        if self.target.startswith("/") or "\\" in self.target or not all(parts) or {".", ".."} & set(parts):
            raise RunError(
                f"the link target {self.target!r} is not a path below the page; give one such as 'a/index.html'"
            )

    @property
    def href(self) -> str:
        """The target, percent-encoded."""
        return quote(self.target, safe="/")


def cell_text(value: Any) -> str:
    """Return the text of one value as files carry it: ten significant digits, ISO dates, yes and no, empty for missing.

    Examples
    --------
    >>> [cell_text(value) for value in (0.1 + 0.2, True, Fraction(1, 20), None)]
    ['0.3', 'yes', '1/20', '']
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Link):
        return value.text
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value + 0.0, ".10g")  # adding nought turns -0.0 into 0.0
    if isinstance(value, (int, Fraction, Decimal, pd.Period)):
        return str(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def shown_text(value: Any) -> str:
    """Return the text of one value for the eye: four significant digits and thousands set apart.

    Examples
    --------
    >>> [shown_text(value) for value in (173739, 2013, 0.123456, 12345.6)]
    ['173,739', '2013', '0.1235', '12,346']
    """
    text = cell_text(value)
    if not text or not is_number(value):
        return text
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}" if abs(int(value)) >= 10_000 else text
    if isinstance(value, (Fraction, Decimal)):
        return text
    return f"{float(value):,.0f}" if 1_000 <= abs(float(value)) < 1e15 else f"{float(value) + 0.0:.4g}"


def percent_text(value: Any) -> str:
    """Return a rate between 0 and 1 as a percentage with one decimal, halves rounded away from zero.

    Examples
    --------
    >>> percent_text(Fraction(1, 16)), percent_text(0.0005)
    ('6.3 %', '0.1 %')
    """
    if not cell_text(value) or not is_number(value):
        return cell_text(value)
    exact = value if isinstance(value, (Fraction, Decimal)) else Fraction(repr(float(value)))
    exact = Fraction(exact) * 100
    tenths = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{tenths} %"


def is_number(value: Any) -> bool:
    """Say whether ``value`` is a quantity; yes/no values are not."""
    return type(value) is not bool and isinstance(value, (numbers.Number, Decimal))


def text_rows(frame: pd.DataFrame, shown: Callable[[str, Any], str] | None = None) -> Iterator[list[str]]:
    """Yield the rows of ``frame`` as text, each value through ``shown(column, value)`` where that is given.

    Raises
    ------
    RunError
        If the frame's shape or a value cannot be written without losing something; all faults at once.
    """
    columns = [
        [shown(name, value) if shown else cell_text(value) for value in frame[name].tolist()]
        for name in _checked(frame).columns
    ]
    return map(list, zip(*columns, strict=True))


def typed_rows(frame: pd.DataFrame) -> Iterator[list[Cell]]:
    """Yield the rows of ``frame`` for a spreadsheet: numbers and days as they are, everything else as text.

    Raises
    ------
    RunError
        As :func:`text_rows`.
    """
    columns = [[_typed(value) for value in frame[name].tolist()] for name in _checked(frame).columns]
    return map(list, zip(*columns, strict=True))


def _typed(value: Any) -> Cell:
    text = cell_text(value)
    if text and is_number(value):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    if text and isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return day if text == day.isoformat() else text
    return text


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    faults = []
    if frame.columns.nlevels > 1:
        faults.append("its columns have several levels; join them into one name")
    elif not all(isinstance(name, str) for name in frame.columns):
        faults.append("a column name is not text; rename it")
    elif not frame.columns.is_unique:
        faults.append(f"column names repeat: {sorted(set(frame.columns[frame.columns.duplicated()]))}; rename them")
    if any(name is not None for name in frame.index.names):
        faults.append(f"its index holds {list(frame.index.names)}, which would be lost; use reset_index()")
    if not faults:
        faults = [fault for name in frame.columns for fault in _unwritable(frame, name)]
    if faults:
        raise RunError("the table cannot be written: " + "; ".join(faults))
    return frame


def _unwritable(frame: pd.DataFrame, name: str) -> list[str]:
    if frame[name].dtype.kind in "iufbM":
        return []
    kinds = set()
    for value in frame[name].tolist():
        try:
            cell_text(value)
        except (TypeError, ValueError) as error:
            kinds.add(str(error) if isinstance(error, TypeError) else type(value).__name__)
    return [f"column {name!r} holds a {kind}; turn it into text or a number first" for kind in sorted(kinds)]


def defuse(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> defuse("=1+1"), defuse("A-7")
    ("'=1+1", 'A-7')
    """
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def people_csv(frame: pd.DataFrame) -> bytes:
    """Return ``frame`` as a CSV that people open in a spreadsheet: BOM, LF, formulas defused, no index."""
    rows = list(text_rows(frame, lambda _, value: _safe_text(value)))
    lines = [[defuse(name) for name in frame.columns], *rows]
    body = "".join(_line(cells) for cells in lines)
    return BOM + body.encode("utf-8", errors="backslashreplace")


def _safe_text(value: Any) -> str:
    text = cell_text(value)
    return defuse(text) if isinstance(value, (str, Link)) else text  # a negative number is no formula


def _line(cells: list[str]) -> str:
    # The standard writer leaves a lone carriage return unquoted, which readers then take for the end of the row.
    quoted = ['"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\n\r') else cell for cell in cells]
    return (",".join(quoted) if quoted != [""] else '""') + "\n"
