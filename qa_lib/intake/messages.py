"""Faults and notices as lines for people: grouped, short, and without anybody's id or free text.

A line names file, sheet, rows and column, and the page that says what the column holds. What arrived is shown only
where a column holds dates, numbers or words of a list and nothing personal; ids and free text are told by their row
alone, so that a line may be pasted into a message to anyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from qa_lib.errors import first_few
from qa_lib.intake.layout import canonical
from qa_lib.scheme import find_scheme
from qa_lib.screen import one_line

#: Rows named in one line, lines of one kind for one table, and characters of what arrived.
NAMED_ROWS, LINES, ARRIVED = 10, 20, 40
_PLACE = ["table", "file", "sheet"]
#: Kinds of faults that are mended by who knows what the column is to hold.
_EXPLAINED = {"word", "number", "date", "month", "missing_column", "unknown_column", "unknown_word", "header_row"}
_SAME = [*_PLACE, "column", "header", "expected", "advice", "kind"]


def fault_lines(faults: pd.DataFrame, *, scheme: str) -> list[str]:
    """Return the lines for the faults or notices of a data set, in the order of files and rows.

    Faults that differ only in their rows share a line; of one kind in one table at most 20 lines are given.
    """
    ordered = faults.sort_values([*_PLACE, "row", "column", "kind"], kind="stable")
    lines: list[str] = []
    for _, kind in ordered.groupby([*_PLACE, "kind"], sort=False):
        groups = kind.groupby(_SAME, sort=False)
        lines += [_line(group, scheme) for _, group in _first(groups, LINES)]
        if groups.ngroups > LINES:
            place = _where(kind.iloc[0])
            lines.append(f"{place}: {groups.ngroups - LINES} more lines of this kind, about {_rows(kind['row'], 0)}")
    return lines


def _first(groups: Iterable[tuple[object, pd.DataFrame]], number: int) -> Iterator[tuple[object, pd.DataFrame]]:
    return (pair for _, pair in zip(range(number), groups, strict=False))


def _line(group: pd.DataFrame, scheme: str) -> str:
    first = group.iloc[0]
    parts = [_where(first)]
    if (group["row"] > 0).all():
        parts.append(_rows(group["row"], NAMED_ROWS))
    if first["column"]:
        other = first["header"] and canonical(first["header"]) != first["column"]
        parts.append(f"column {first['column']}" + (f" (here: {first['header']})" if other else ""))
    what = f"{_arrived(group, scheme)}expected {first['expected']}; {first['advice']}"
    return one_line(f"{', '.join(parts)}: {what}{_page(first, scheme)}")


def _page(fault: pd.Series, scheme: str) -> str:
    """Return where the page of the scheme says what the column holds, for faults that this helps to mend."""
    whose = find_scheme(scheme)
    if fault["kind"] not in _EXPLAINED or not whose.data_page or fault["table"] not in whose.tables:
        return ""
    known = fault["column"] in whose.tables[fault["table"]].names
    return f" ({whose.data_page}#{fault['table']}{'-' + fault['column'] if known else ''})"


def _where(fault: pd.Series) -> str:
    return f"{fault['file']}, sheet {fault['sheet']}" if fault["sheet"] else str(fault["file"])


def _rows(rows: pd.Series, named: int) -> str:
    numbers = sorted({int(row) for row in rows})
    if not named:
        return f"{len(numbers)} rows"
    return ("row " if len(numbers) == 1 else "rows ") + first_few(list(map(str, numbers)), named)


def _arrived(group: pd.DataFrame, scheme: str) -> str:
    """Return what arrived, where it is nobody's id or own words."""
    first = group.iloc[0]
    if not first["column"]:
        return f"{first['arrived']}; " if first["arrived"] else ""
    if first["kind"] == "blank" or not _is_public(str(first["table"]), str(first["column"]), scheme):
        return ""
    shown = [text if len(text) <= ARRIVED else text[:ARRIVED] + "..." for text in group["arrived"].unique()[:3]]
    return "; ".join(f'"{text}"' for text in shown if text) + "; " if any(shown) else ""


def _is_public(table: str, column: str, scheme: str) -> bool:
    known = find_scheme(scheme).tables.get(table)
    if known is None or column not in known.names:
        return False
    declared = known.column(column)
    return declared.kind not in ("id", "text") and not declared.personal
