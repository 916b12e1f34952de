"""Wrong workbooks of every kind, and what the moderator is told of each.

Run as a program, it prints what is told::

    PYTHONPATH=.:tests/unit python tests/unit/return_faults.py > tests/unit/return_faults.txt
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from typing import Any

from returned import TODAY, Edit, changed, drawn, fact, filled, further, put, renamed, row_of, without_row

from qa_lib.errors import QAError
from qa_lib.register.store import Register, open_register
from qa_lib.schemes.hlta.forms.importing import import_return


def _blank_file(book: Any) -> None:
    for column in ("moderated_on", "moderator_id", "decision", "final_outcome", "strengths"):
        put("c1", column, None)(book)


def _twice(book: Any) -> None:
    sheet = book["Files"]
    sheet.append([cell.value for cell in sheet[row_of(sheet, "c2")]])


def _foreign(book: Any) -> None:
    sheet = book["Files"]
    sheet.append(["c99", *(cell.value for cell in sheet[row_of(sheet, "c2")][1:])])


def _other_files(book: Any) -> None:
    sheet = book["Files"]
    for number, row in enumerate(sheet.iter_rows(min_row=2), start=1):
        row[0].value = f"d{number}"


def _number_as_date(book: Any) -> None:
    sheet = book["Files"]
    cell = sheet.cell(row_of(sheet, "c1"), 8)
    cell.value, cell.number_format = 45329, "General"


def _column_twice(book: Any) -> None:
    book["Files"].cell(1, 17).value = "reason"


def _error(book: Any) -> None:
    sheet = book["Files"]
    cell = sheet.cell(row_of(sheet, "c1"), 13)
    cell.value, cell.data_type = "#REF!", "e"


#: What is wrong with the workbook -> how it came about. What is told of it stands in ``return_faults.txt``.
WRONG: Mapping[str, list[Edit]] = {
    "overturned without a reason": [put("c5", "reason", None)],
    "overturned with a dash as the reason": [put("c5", "reason", " - ")],
    "overturned without a second moderator": [put("c5", "second_moderator_id", None)],
    "overturned without a final outcome": [put("c5", "final_outcome", None)],
    "overturned to the same outcome": [put("c5", "final_outcome", "partial_reassessment")],
    "second moderator is the moderator": [put("c5", "second_moderator_id", "m1")],
    "a file that was not drawn": [_foreign],
    "a file of the sample is missing": [without_row("c3")],
    "a row without a file": [put("c3", "case_id", None)],
    "a file twice": [_twice],
    "a file left empty": [_blank_file],
    "no decision": [put("c1", "decision", None)],
    "a decision that is not in the list": [put("c1", "decision", "endorse")],
    "a decision denied": [put("c1", "decision", "not endorsed")],
    "an outcome that is not in the list": [put("c5", "final_outcome", "passed")],
    "no date": [put("c1", "moderated_on", None)],
    "a date without a year": [put("c1", "moderated_on", "7 Feb")],
    "a number instead of a date": [_number_as_date],
    "a date before the seed": [put("c1", "moderated_on", dt.datetime(2024, 2, 4))],
    "a date in the future": [put("c1", "moderated_on", "21/02/2024")],
    "no moderator": [put("c1", "moderator_id", None)],
    "a moderator's id that became a date": [put("c1", "moderator_id", dt.datetime(2024, 10, 20))],
    "endorsed with another final outcome": [put("c1", "final_outcome", "full_reassessment")],
    "not moderatable and decided": [put("c1", "not_moderatable_reason", "The file is lost.")],
    "a given cell changed": [put("c5", "outcome", "met")],
    "a given cell emptied": [put("c5", "assessor_id", None)],
    "a given judgement changed": [put("c5", "assessor_judgement", "met", standard="2")],
    "a standard without a judgement": [put("c5", "moderator_judgement", None, standard="2")],
    "a standard's row is missing": [without_row("c5", "2")],
    "a judgement that is not in the list": [put("c5", "moderator_judgement", "yes", standard="2")],
    "a judgement denied": [put("c5", "moderator_judgement", "not met", standard="2")],
    "a judgement of which the opposite is in the list": [put("c5", "moderator_judgement", "sufficient", standard="2")],
    "a standard of a file that was not drawn": [further("c99", "7")],
    "a standard twice": [further("c5", "2")],
    "a standard that does not exist": [further("c1", "34")],
    "a further standard without a file": [further(None, "7")],
    "a further standard without a judgement": [further("c1", "33", None)],
    "a further standard insufficient for the assessor": [further("c1", "33", "met", "insufficient")],
    "endorsed against a judgement": [put("c6", "moderator_judgement", "met", standard="4")],
    "a formula": [put("c1", "reason", '=CONCATENATE("a","b")')],
    "an error value": [_error],
    "a text that is too long": [put("c1", "strengths", "So clear. " * 501)],
    "a control character": [put("c1", "weaknesses", "Notes\u2028unreadable")],
    "a sheet renamed": [lambda book: setattr(book["Standards"], "title", "Judgements")],
    "a sheet deleted": [lambda book: book.remove(book["Draw"])],
    "a column renamed": [renamed("Files", "final_outcome", "final outcomes")],
    "a column without a heading": [renamed("Standards", "moderator_judgement", None)],
    "a column twice": [_column_twice],
    "a sheet emptied": [lambda book: book["Standards"].delete_rows(1, 100)],
    "another version of the form": [fact("form", "7")],
    "a draw that is not in this register": [fact("freeze_digest", "d" * 64)],
    "the files of another draw": [_other_files],
    "many things at once": [
        put("c1", "decision", None),
        put("c2", "moderator_id", None),
        put("c4", "moderator_id", None),
    ],
    "another sample": [fact("sample_digest", "e" * 64)],
    "another provider": [fact("provider", "South")],
    "another month": [fact("month", "2024-02")],
    "another seed": [fact("seed", "6" * 20)],
}


def told(workbook: bytes, register: Register) -> list[str]:
    """Return the lines of the refusal, without the first."""
    try:
        import_return(workbook, register=register, today=TODAY)
    except QAError as error:
        return [line.strip() for line in str(error).splitlines()[1:]] or [str(error)]
    return []


def listed() -> str:
    """Return every kind of wrong workbook and what is told of it, as ``return_faults.txt`` holds it."""
    register = open_register("sqlite://")
    good = filled(drawn(register))
    lines = []
    for name, edits in WRONG.items():
        lines += [f"{name}:", *(f"  {line}" for line in told(changed(good, *edits), register))]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(listed())
