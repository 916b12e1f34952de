"""Several workbooks of one form, each filled in in part, put together; where two contradict, both are named."""

from __future__ import annotations

from collections.abc import Sequence

from qa_lib.forms.opening import Row
from qa_lib.forms.remarks import SHOWN, Place, shortened
from qa_lib.forms.sheet_check import Key, SheetCheck
from qa_lib.intake.faults import Problem

#: Characters before the first difference of two long texts that are shown too.
_BEFORE = 10


def merged(halves: Sequence[SheetCheck], into: SheetCheck) -> dict[Key, Row]:
    """Return the rows of one sheet of several workbooks as one: a filled cell counts, an empty one says nothing.

    Parameters
    ----------
    halves
        The sheet of each workbook, read.
    into
        Where contradictions are told: every cell of which two workbooks say different things.
    """
    if len(halves) == 1:
        return halves[0].rows
    keys = sorted({key for half in halves for key in half.rows})
    return {key: _one_row([(half, half.rows[key]) for half in halves if key in half.rows], into) for key in keys}


def _one_row(same: Sequence[tuple[SheetCheck, Row]], into: SheetCheck) -> Row:
    result = Row(same[0][1].number, {}, unread={column for _, row in same for column in row.unread})
    for column in into.declared.by_name:
        filled = [(half.place(row, column), row) for half, row in same if row.values.get(column)]
        place, first = filled[0] if filled else (_shared_place(same, column), same[0][1])
        result.places[column], result.cells[column] = place, first.cell(column)
        others = [(there, row) for there, row in filled if row.values[column] != first.values[column]]
        for there, row in others:
            _tell_contradiction(into, place, there, (first.values[column], row.values[column]))
        if others:
            result.unread.add(column)
        elif filled:
            result.values[column] = first.values[column]
            result.entered += [column] if column in first.entered else []
    return result


def _shared_place(same: Sequence[tuple[SheetCheck, Row]], column: str) -> Place:
    """Return the place of a cell that is empty in every workbook; all are named where it is the same in all."""
    places = [half.place(row, column) for half, row in same]
    if len({place[:4] for place in places}) == 1:
        return places[0]._replace(workbook=" and ".join(place.workbook for place in places))
    return places[0]


def _tell_contradiction(into: SheetCheck, here: Place, there: Place, entered: tuple[str, str]) -> None:
    mine, other = _told_apart(*entered)
    expected = f'what {there.workbook} says in row {there.row}, "{other}", or nothing'
    advice = "the two contradict each other: agree, and correct or clear one of them"
    into.faults.add(here, Problem("contradiction", expected, advice), mine)


def _told_apart(one: str, other: str) -> tuple[str, str]:
    """Return the beginnings of two texts, or the parts where they differ if they begin alike."""
    start = 0
    if shortened(one) == shortened(other):
        differ = (at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs)
        start = max(next(differ, min(len(one), len(other))) - _BEFORE, 0)
    dots = "..." if start else ""
    return dots + one[start : start + SHOWN], shortened(dots + other[start:])
