"""Groups in an order, as ``qa compare`` is asked for them: the order in the words of the file, and what it shows."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa_lib.errors import first_few

if TYPE_CHECKING:
    import pandas as pd

_WORDS = 12


def in_order(given: Sequence[str], frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return columns with their groups in order, from ``COL=A,B,...``.

    Raises
    ------
    IntakeError
        If a text names no column of the file, or fewer than two groups.
    """
    from qa_lib.errors import IntakeError
    from qa_lib.intake.layout import nearest

    found = {}
    for text in given:
        column, _, labels = text.partition("=")
        places = [label.strip() for label in next(csv.reader([labels], skipinitialspace=True), [])]
        if not column.strip() or len(set(places)) < 2:
            raise IntakeError(
                f'--ordered is {text!r}; expected a column and its groups in order, such as "grade=C,B,A"'
            )
        if column.strip() not in frame.columns:
            there = list(map(str, frame.columns))
            told = nearest(column.strip(), there) or f"; the file has {', '.join(there)}"
            raise IntakeError(f"--ordered asks for column {column.strip()!r}, which is not in the file{told}")
        found[column.strip()] = places
    return found


def in_words_of(frame: pd.DataFrame, orders: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return orders in the file's own spelling of each group: case, spaces and dashes make no other one."""
    from qa_lib.lookalikes import bare_word

    found = {}
    for column, places in orders.items():
        spelled = {bare_word(text): str(text) for text in frame[column].dropna().unique()}
        found[column] = [spelled.get(bare_word(place), place) for place in places]
    return found


def beside_the_order(frame: pd.DataFrame, ordered: Mapping[str, list[str]]) -> list[str]:
    """Say which groups an order leaves out, and which of those that it names nobody is in."""
    from qa_lib.intake.layout import nearest

    lines = []
    for column, places in ordered.items():
        there = sorted(map(str, frame[column].dropna().unique()))
        if left := [name for name in there if name not in places]:
            lines.append(
                f"- {column}: left out of the trend, as --ordered does not name them: {first_few(left, _WORDS)}."
            )
        absent = [name for name in places if name not in there]
        lines += [f"- {column}: nobody is {name!r}{nearest(name, there) or '.'}" for name in absent]
    return lines


def trends(
    frame: pd.DataFrame, columns: Mapping[str, Any], ordered: dict[str, list[str]], cluster: str | None
) -> list[str]:
    """Say of each ordered column whether success rises or falls along its groups."""
    from qa_lib.statistics.mix import compare_characteristics

    given = {name: value for name, value in columns.items() if name != "groups"}
    found = compare_characteristics(frame, groups=list(ordered), ordered=ordered, cluster=cluster, **given)
    lines = []
    for row in found.to_dict("records"):
        place = " / ".join(str(row[name]) for name in [*columns["within"], "characteristic"])
        if row["slope_points"] != row["slope_points"]:
            lines.append(f"- {place}: fewer than two of its groups have people, so no trend can be told.")
            continue
        order = " to ".join((ordered[row["characteristic"]][0], ordered[row["characteristic"]][-1]))
        lines.append(
            f"- {place}, from {order}: {row['slope_points']:+.1f} points from one group to the next (p = "
            f"{row['p_trend']:.2g}, not adjusted)."
        )
    return [*lines, *beside_the_order(frame, ordered)]
