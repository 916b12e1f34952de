"""Is it the form, whole, and of which draw: the sheets, their columns, and the sheet Draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qa_lib.intake.layout import nearest
from qa_lib.register.return_record import stored_moderation_draw
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.forms.reading import Sheet
from qa_lib.schemes.hlta.forms.return_faults import Place, Problem, Remarks, shortened
from qa_lib.schemes.hlta.forms.return_workbook import (
    FILE_COLUMNS,
    FORMS,
    JUDGEMENT_COLUMNS,
    RETURN_COLUMNS,
    STANDARD_COLUMNS,
)

#: Sheets that are read, and their columns.
FORM_SHEETS = {
    "Files": [*FILE_COLUMNS, *RETURN_COLUMNS],
    "Standards": [*STANDARD_COLUMNS, *JUDGEMENT_COLUMNS],
    "Draw": ["item", "value"],
}
#: Sheets for the reader only.
_OTHER_SHEETS = ("Read me", "Population", "Lists")
_NEW_COPY = "take a new copy of this draw's form and fill it in there"
_UNDO = "import the workbook that was made with this draw, with its sheet Draw as it was"


def check_form(sheets: dict[str, Sheet], faults: Remarks, notices: Remarks) -> None:
    """Find sheets and columns that are missing, and notice those that the form has not.

    The rows of a sheet without a column count as unread there, so that no rule asks for what cannot be given.
    """
    strange = [title for title in sheets if title not in (*FORM_SHEETS, *_OTHER_SHEETS)]
    for title in strange:
        notices.add(Place(title), Problem("unknown_sheet", "the sheets of the form", "it is not read"))
    for title, columns in FORM_SHEETS.items():
        if title not in sheets:
            there = f'; if it is now "{strange[0]}", name it {title} again' if strange else ""
            problem = Problem("missing_sheet", "this sheet of the form, which is missing", f"put it back{there}")
            faults.add(Place(title), problem)
        elif not sheets[title].letters:
            problem = Problem("empty_sheet", f"the headings {', '.join(columns[:3])} ...", _NEW_COPY)
            faults.add(Place(title), problem)
        else:
            _check_columns(sheets[title], columns, faults, notices)


def _check_columns(sheet: Sheet, columns: Iterable[str], faults: Remarks, notices: Remarks) -> None:
    columns = list(columns)
    unknown = [name for name in sheet.letters if name not in columns]
    for name in unknown:
        place = Place(sheet.name, 0, sheet.letters[name], name)
        notices.add(place, Problem("unknown_column", "the columns of the form", "it is not read"))
    for name in columns:
        if name not in sheet.letters:
            advice = f"put its heading back{nearest(name, unknown).replace('did you mean', 'is it now')}"
            problem = Problem("missing_column", "this column of the form, which is missing", advice)
            faults.add(Place(sheet.name, 0, "", name), problem)
            for row in sheet.rows:
                row.unread.add(name)
        elif name in sheet.twice:
            problem = Problem("column_twice", f"one column {name}", "take the other one away")
            faults.add(Place(sheet.name, 0, sheet.letters[name], name), problem, name)


class Told(NamedTuple):
    """What a workbook tells of itself: its draw, when the seed of that was given, and its version of the form."""

    draw: Draw
    seed_given_on: str
    form: str


def drawn_by(sheet: Sheet, register: Register, faults: Remarks) -> Told | None:
    """Return the draw that the workbook says it belongs to; None where that is unclear.

    What the sheet says of the draw is compared with the register; every difference is a fault.
    """
    rows = {row.cell("item").text: row for row in sheet.rows}

    def said(item: str) -> str:
        return rows[item].cell("value").text if item in rows else ""

    def fault(item: str, problem: Problem) -> None:
        number = rows[item].number if item in rows else 0
        faults.add(Place("Draw", number, sheet.letters["value"], item), problem, said(item))

    if said("form") not in FORMS:
        fault("form", Problem("unknown_form", f"version {' or '.join(FORMS)} of the form", _NEW_COPY))
    stored = stored_moderation_draw(register, said("freeze_digest"))
    if stored is None:
        advice = (
            "import it into the register in which its draw was recorded, or send the workbook of a draw of this one"
        )
        fault("freeze_digest", Problem("unknown_draw", "a draw that the register holds", advice))
        return None
    draw, given_on = stored
    if draw.status != "drawn":
        fault("freeze_digest", Problem("not_drawn", "a month that is drawn", "it waits for its seed: draw it first"))
        return None
    content = draw.content
    expected = {"provider": draw.freeze.provider, "month": draw.freeze.month}
    expected |= {"sample_digest": content["sample_digest"]} | ({"seed": content["seed"]} if "seed" in rows else {})
    for item, value in expected.items():
        if said(item) != value:
            fault(item, Problem("another_draw", f'"{shortened(value)}", as the register holds it', _UNDO))
    return Told(draw, given_on, said("form"))
