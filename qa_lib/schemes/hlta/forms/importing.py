"""``import_return``: a return in, of one workbook or of several, refused with every fault or recorded as a whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from qa_lib.forms.declaration import EDITION
from qa_lib.forms.filled import FilledBook, FilledForm
from qa_lib.forms.remarks import Place, Remarks
from qa_lib.forms.sheet_check import SheetCheck
from qa_lib.intake.faults import Problem
from qa_lib.register.merged_return import ENTERED_COLUMNS, kept_together
from qa_lib.register.return_record import (
    FILE_COLUMNS,
    STANDARD_COLUMNS,
    Recorded,
    record_return,
    stored_moderation_draw,
)
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.forms.files_sheet import check_files, possible_days
from qa_lib.schemes.hlta.forms.imported_return import ImportedReturn, named
from qa_lib.schemes.hlta.forms.moderation_return import MODERATION_RETURN, STANDARDS, draw_copy, given_files
from qa_lib.schemes.hlta.forms.standards_sheet import check_standards, check_together, in_order, settle_assessor


def import_return(
    workbook: str | Path | bytes,
    *more: str | Path | bytes,
    register: Register,
    by: str = "",
    today: dt.date | None = None,
) -> ImportedReturn:
    """Check a filled moderation return and record it in the register, whole or not at all.

    Parameters
    ----------
    workbook
        The path of the ``.xlsx`` file, or its bytes.
    more
        Further workbooks of the same draw, where several people filled in a part each. They are put together: a filled
        cell counts, an empty one says nothing, and where two say different things the return is refused.
    register
        The register that holds the draw.
    by
        Who imports it; stands beside the return.
    today
        No file was moderated after this day; the clock's day where nothing is said.

    Raises
    ------
    IntakeError
        If a workbook cannot be read at all.
    ReturnError
        With every fault, if anything in it is wrong. Nothing is recorded then.
    """
    filled = FilledForm(MODERATION_RETURN, [workbook, *more])
    found = [_draw_of(book, register) for book in filled.books]
    stored = [one for one in found if one]
    of = [(draw.freeze.digest, named(draw.freeze)) for draw, _ in stored]
    if len(stored) < len(found) or not filled.are_of_one(of):
        raise filled.refusal()
    draw = stored[0][0]
    files, standards = _checked(filled, *stored[0], today or dt.date.today())
    if filled.faults:
        raise filled.refusal(_hint(filled, files))
    rows, entered = _rows_of_files(files), _who_entered(filled, files, standards)
    kept = filled.books[0].sent.data
    if len(filled.books) > 1:
        kept = kept_together([(Path(book.sent.name).name, book.sent.data) for book in filled.books], entered)
    judgements = _rows_of_standards(standards)
    recorded = record_return(register, draw.freeze.digest, rows, judgements, workbook=kept, by=by)
    _notice_what_was_recorded(recorded, filled.notices)
    return ImportedReturn(
        **vars(recorded),
        freeze=draw.freeze,
        files=len(rows),
        not_moderatable=tuple(row["case_id"] for row in rows if row["not_moderatable_reason"]),
        notices=filled.notices.frame(),
        entered=pd.DataFrame(entered, columns=ENTERED_COLUMNS, dtype="str"),
    )


def _checked(filled: FilledForm, draw: Draw, given_on: str, today: dt.date) -> tuple[SheetCheck, SheetCheck]:
    """Return the sheets of files and of standards of workbooks of one draw, having told every fault and notice."""
    days = {"moderated_on": possible_days(draw, given_on, today=today)}
    given = given_files(draw.sample, draw.freeze.population)
    judged = frozenset(given.loc[given["judged"], "case_id"])

    def settle(book: FilledBook, sheet: SheetCheck) -> None:
        if sheet.declared is STANDARDS:
            settle_assessor(sheet, judged, edition=book.said(EDITION))

    files, standards = filled.read(replace(draw_copy(draw), days=days), settle)
    if files.whole:
        check_files(files)
    if standards.whole:
        check_standards(standards, files)
    if files.rows and standards.rows:
        check_together(files, standards)
    return files, standards


def _draw_of(book: FilledBook, register: Register) -> tuple[Draw, str] | None:
    """Return the draw that a workbook says it belongs to, and when its seed was given; None where that is unclear.

    What the workbook says of the draw is compared with the register; every difference is a fault.
    """
    if book.facts is None:
        return None
    stored = stored_moderation_draw(register, book.said("freeze_digest"))
    if stored is None:
        advice = (
            "import it into the register in which its draw was recorded, or send the workbook of a draw of this one"
        )
        book.fault("freeze_digest", Problem("unknown_draw", "a draw that the register holds", advice))
        return None
    draw = stored[0]
    if draw.status != "drawn":
        advice = "it waits for its seed: draw it first"
        book.fault("freeze_digest", Problem("not_drawn", "a month that is drawn", advice))
        return None
    # Forms of before had no seed.
    book.compare({item: value for item, value in draw_copy(draw).facts.items() if item != "seed" or item in book.facts})
    return stored


def _hint(filled: FilledForm, files: SheetCheck) -> str:
    """Say what to do with a workbook in which nothing is wrong but that somebody else has the rest."""
    kinds = set(filled.faults.frame()["kind"])
    begun = any(row.entered for row in files.rows.values())
    if len(filled.books) > 1 or not begun or "not_filled_in" not in kinds or kinds - {"not_filled_in", "no_judgement"}:
        return ""
    return "If somebody else filled in the rest, import both together: qa import-return ONE.xlsx OTHER.xlsx"


def _who_entered(filled: FilledForm, *sheets: SheetCheck) -> list[tuple[str, ...]]:
    """Return who entered what, as the register keeps it: which columns of which file or standard."""
    files = sheets[0].rows
    entered: list[tuple[str, ...]] = []
    for sheet in sheets:
        for book, half in zip(filled.books, sheet.halves, strict=True):
            for key in sorted(half.rows, key=in_order):
                columns = [column for column in half.rows[key].entered if column not in sheet.declared.key]
                if columns:
                    person = files[key[:1]].values.get("moderator_id", "")
                    standard = "".join(key[1:])
                    entered.append((key[0], standard, book.sent.name, book.sent.digest, person, ";".join(columns)))
    return entered


def _rows_of_files(files: SheetCheck) -> list[dict[str, str]]:
    rows = []
    for key, row in sorted(files.rows.items()):
        values = {"case_id": key[0], **row.values}
        if values.get("decision") == "endorsed":
            values["final_outcome"] = values["outcome"]
        rows.append({name: values.get(name, "") for name in FILE_COLUMNS})
    return rows


def _rows_of_standards(standards: SheetCheck) -> list[dict[str, str | int]]:
    rows: list[dict[str, str | int]] = []
    for key in sorted(standards.rows, key=in_order):
        values = standards.rows[key].values
        if values.get("moderator_judgement") or values.get("comment"):
            judged = {name: values.get(name, "") for name in STANDARD_COLUMNS[2:]}
            rows.append({"case_id": key[0], "standard": int(key[1]), **judged})
    return rows


def _notice_what_was_recorded(recorded: Recorded, notices: Remarks) -> None:
    if recorded.same_as:
        advice = "if an older workbook was sent by mistake, import the newer one again"
        problem = Problem("older_version", f"something new: this is what version {recorded.same_as} said", advice)
        notices.add(Place("Files"), problem)
    for case_id in recorded.still_uncovered:
        expected = "a file that could be moderated"
        advice = f"accepted; {case_id} stays recorded as not moderatable, and its assessor and PoP need cover again"
        notices.add(Place("Files"), Problem("was_not_moderatable", expected, advice))
