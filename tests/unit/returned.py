"""A small draw whose return is filled in, and ways to spoil the workbook, for tests of the import."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw, make_draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.population import COLUMNS
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.moderation_return import MODERATION_RETURN
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from tests.second_implementation.examples import SEED, file_row

PROVIDER, MONTH, YEAR = "North", "2024-01", "2023-09"
FROZEN, SEEDED, MODERATED, TODAY = "2024-02-02", "2024-02-05", "2024-02-07", dt.date(2024, 2, 20)
PARTIAL = {"outcome": "partial_reassessment", "reasons": "insufficient_evidence;partial_reassessment"}
FILES = [
    file_row("c1", "A1", "P1"),
    file_row("c2", "A1", "P2"),
    file_row("c3", "A2", "P1"),
    file_row("c4", "A3", "P2"),
    file_row("c5", "A2", "P2", insufficient="2;9", **PARTIAL),
    file_row("c6", "A3", "P1", insufficient="4", **PARTIAL),
]
#: The same files out of data without judgements by standard: of c5 and c6 nobody knows which standards they lack.
UNJUDGED = [{**row, "insufficient": ""} for row in FILES]
REASON = "The task sheets show sufficient evidence for standards 2, 9."
Edit = Callable[[Any], object]


def plan(rate: str = "1") -> SamplingPlan:
    """Return a plan that samples every file, with one national standard and one more for each."""
    return SamplingPlan(
        rate=Fraction(rate), minimum_rate=Fraction(1, 20), national_standards=[3], standards_more=1, standards=33
    )


def drawn(
    register: Register, *, month: str = MONTH, files: list[dict[str, str]] = FILES, seeded: str | None = SEEDED
) -> Draw:
    """Freeze and draw a month, with the days on which that was done; without one of the seed, the clock gives it."""
    population = pd.DataFrame(files, columns=COLUMNS, dtype="object")
    frozen = record_freeze(register, population, plan(), provider=PROVIDER, month=month, frozen_on=FROZEN)
    seed = SEED if month == MONTH else f"{SEED} {month}"
    draw = make_draw(frozen, seed=seed, reviewer="R", reviewer_rpa="South")
    return record_draw(register, frozen, lambda: draw, given_on=seeded)[0]


def said() -> pd.DataFrame:
    """Return what the moderators say: all endorsed, but c5, which is overturned to met."""
    frame = pd.DataFrame({"case_id": [row["case_id"] for row in FILES]})
    frame["moderated_on"] = pd.Timestamp(MODERATED)
    frame["moderator_id"], frame["second_moderator_id"], frame["decision"] = "M1", "", "endorsed"
    frame["final_outcome"] = [row["outcome"] for row in FILES]
    frame["reason"], frame["strengths"], frame["weaknesses"] = "", "Clear summaries.", ""
    frame["standards"] = "2;4;9"
    overturned = ["M2", "overturned", "met", REASON]
    frame.loc[frame["case_id"] == "c5", ["second_moderator_id", "decision", "final_outcome", "reason"]] = overturned
    return frame


_MADE: dict[str, bytes] = {}


def form(draw: Draw) -> bytes:
    """Return the form as it goes out; made once for each draw."""
    digest = draw.content["sample_digest"]
    if digest not in _MADE:
        _MADE[digest] = draw_files(draw)[RETURN]
    return _MADE[digest]


def filled(draw: Draw) -> bytes:
    """Return the form as it comes back, with nothing wrong in it; made once for each draw."""
    key = f"{draw.content['sample_digest']} filled"
    if key not in _MADE:
        _MADE[key] = fill_in_return(form(draw), said())
    return _MADE[key]


def changed(workbook: bytes, *edits: Edit) -> bytes:
    """Return the workbook after edits by another program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(workbook))
    for edit in edits:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heading(sheet: Any, column: str) -> Any:
    """Return the heading's cell of a column."""
    return next(cell for cell in sheet[1] if cell.value == column)


def row_of(sheet: Any, case_id: str, standard: str = "") -> int:
    """Return the number of a file's row, or of one of its standards'."""
    return next(
        row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == case_id and standard in ("", row[1].value)
    )


def put(case_id: str, column: str, value: object, *, standard: str = "") -> Edit:
    """Return an edit of one cell: of the sheet Standards where a standard is named, else of Files."""

    def edit(book: Any) -> None:
        sheet = book["Standards" if standard else "Files"]
        sheet.cell(row_of(sheet, case_id, standard), heading(sheet, column).column).value = value

    return edit


def further(case_id: object, standard: object, judgement: object = "met", assessor: object = "met") -> Edit:
    """Return an edit that uses the first empty row of the sheet Standards."""

    def edit(book: Any) -> None:
        sheet = book["Standards"]
        row = next(row for row in sheet.iter_rows(min_row=2) if not any(cell.value for cell in row))
        for cell, value in zip(row, (case_id, standard, assessor, judgement), strict=False):
            cell.value = value

    return edit


def emptied(*case_ids: str) -> Edit:
    """Return an edit that leaves everything empty that somebody else fills in, of some files."""

    def edit(book: Any) -> None:
        for sheet in MODERATION_RETURN.sheets:
            for row in book[sheet.title].iter_rows(min_row=2):
                for cell in row[len(sheet.given) :] if row[0].value in case_ids else ():
                    cell.value = None

    return edit


def without_row(case_id: str, standard: str = "") -> Edit:
    """Return an edit that deletes a row."""

    def edit(book: Any) -> None:
        sheet = book["Standards" if standard else "Files"]
        sheet.delete_rows(row_of(sheet, case_id, standard))

    return edit


def fact(item: str, value: object) -> Edit:
    """Return an edit of the sheet Draw."""

    def edit(book: Any) -> None:
        sheet = book["Draw"]
        sheet.cell(row_of(sheet, item), 2).value = value

    return edit


def renamed(sheet: str, column: str, new: object) -> Edit:
    """Return an edit of a heading."""

    def edit(book: Any) -> None:
        heading(book[sheet], column).value = new

    return edit


def listed_lines(path: Path) -> dict[str, list[str]]:
    """Return kind of wrong workbook -> the lines that are told of it, from a text file that lists both."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            found[line.removesuffix(":")] = lines = []
        else:
            lines.append(line.strip())
    return found
