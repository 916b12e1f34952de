"""Faults of a filled workbook, all at once, in words for the people who filled it in.

A line names sheet, row and column as the spreadsheet shows them, what arrived, what was expected and what to do. It
goes to the people who hold the workbook anyway, so it may show an id or the beginning of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from qa_lib.errors import QAError, first_few
from qa_lib.intake.faults import Problem

COLUMNS = ["workbook", "sheet", "row", "letter", "column", "arrived", "expected", "advice", "kind"]
#: Characters of what arrived, rows named in one line, and lines of one message.
SHOWN, NAMED_ROWS, LINES = 40, 10, 60


class Place(NamedTuple):
    """A cell, a row (no column) or a sheet (row 0) of the workbook; which one is said where there are several."""

    sheet: str
    row: int = 0
    letter: str = ""
    column: str = ""
    workbook: str = ""


class Remarks:
    """Collects faults, or notices, while workbooks are checked."""

    def __init__(self) -> None:
        self._rows: list[tuple[str | int, ...]] = []
        self.workbook = ""

    def __bool__(self) -> bool:
        return bool(self._rows)

    def within(self, workbook: str) -> Remarks:
        """Return the same collection, in which every place that is added lies in one workbook."""
        own = Remarks()
        own._rows, own.workbook = self._rows, workbook
        return own

    def add(self, place: Place, problem: Problem, arrived: str = "") -> None:
        """Add one."""
        sheet, row, letter, column, workbook = place
        kind, expected, advice = problem
        where = (workbook or self.workbook, sheet, row, letter, column)
        self._rows.append((*where, arrived, expected, advice, kind))

    def frame(self) -> pd.DataFrame:
        """Return all of them, by workbook, sheet, row and column, with the columns :data:`COLUMNS`."""
        ordered = sorted(self._rows, key=lambda row: (*row[:3], len(str(row[3])), row[3:]))
        types = {name: "int64" if name == "row" else "str" for name in COLUMNS}
        return pd.DataFrame(ordered, columns=COLUMNS).astype(types)


class ReturnError(QAError):
    """A return, of one workbook or of several, is refused as a whole; the register stays as it was.

    Attributes
    ----------
    faults
        One row per fault, with the columns :data:`COLUMNS`.
    """

    exit_code = 1

    def __init__(self, names: Sequence[str], faults: pd.DataFrame, *, hint: str = "") -> None:
        self.faults = faults
        what = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        are, mend = ("is", "the workbook and import it") if len(names) == 1 else ("are", "them and import all of them")
        head = f"{' and '.join(names)} {are} refused: {what}. Nothing was recorded; mend {mend} again."
        super().__init__("\n  ".join([head, *remark_lines(faults), *([hint] if hint else [])]))


def remark_lines(remarks: pd.DataFrame) -> list[str]:
    """Return faults or notices as lines; those that differ in their rows alone share one."""
    same = ["workbook", "sheet", "letter", "column", "expected", "advice", "kind"]
    groups = [group for _, group in remarks.groupby(same, sort=False)]
    lines = [_line(group) for group in groups[:LINES]]
    if len(groups) > LINES:
        lines.append(f"and {sum(map(len, groups[LINES:]))} more: mend these first")
    return lines


def _line(group: pd.DataFrame) -> str:
    first = group.iloc[0]
    parts = [first["workbook"]] if first["workbook"] else []
    parts += [f"sheet {first['sheet']}"] if first["sheet"] else []
    if (group["row"] > 0).all():
        parts.append(_rows(sorted(set(group["row"]))))
    if first["column"]:
        parts.append(
            f"column {first['letter']} ({first['column']})" if first["letter"] else f"column {first['column']}"
        )
    where = ", ".join(parts) or "the workbook"
    arrived = _arrived(list(group["arrived"].unique())) if first["letter"] else ""
    return f"{where}: {arrived}expected {first['expected']}; {first['advice']}"


def _rows(rows: Sequence[int]) -> str:
    return ("row " if len(rows) == 1 else "rows ") + first_few(list(map(str, rows)), NAMED_ROWS)


def _arrived(texts: list[str]) -> str:
    shown = [f'"{shortened(text)}"' for text in texts if text]
    if not shown:
        return "the cell is empty; "
    more = f" and {len(shown) - 3} others" if len(shown) > 3 else ""
    return f"{', '.join(shown[:3])}{more} arrived; "


def shortened(text: str) -> str:
    """Return the beginning of a text, with ``?`` for what cannot be seen."""
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "..."
