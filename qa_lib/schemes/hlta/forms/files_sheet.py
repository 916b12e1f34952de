"""The rules of the sheet Files: every sampled file once, decided as the code of practice asks (HLTA.MOD.7, MOD.9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from qa_lib.forms.declaration import Days
from qa_lib.forms.opening import Row
from qa_lib.forms.sheet_check import SheetCheck
from qa_lib.intake.faults import Problem
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import same_name
from qa_lib.schemes.hlta.forms.moderation_return import FILES


def possible_days(draw: Draw, seed_given_on: str, *, today: dt.date) -> Days:
    """Return on which days the sample of a draw can have been moderated: not before its seed, not after today.

    The data may say on which day the seed was given. Where the clock says it, the draw may have been recorded long
    after that, so that only the month is a limit, and an earlier day is noticed. A seed series is given when old data
    are run again: there the month alone is the limit.
    """
    of_month = Days(
        first=dt.date.fromisoformat(f"{draw.freeze.month}-01"), last=today, since="the first day of the month"
    )
    if draw.content["seed_origin"] == "series":
        return of_month
    seeded = dt.date.fromisoformat(seed_given_on[:10])
    if "T" not in seed_given_on:  # a day, as the data hold it; the clock gives a time
        return Days(first=seeded, last=today, since="when the seed was given")
    expected = f"a day from {seeded} on, when the seed was recorded"
    advice = "accepted, as a draw may be recorded in retrospect; if this one was not, correct the date"
    return replace(of_month, doubtful=(seeded, Problem("before_the_seed", expected, advice)))


def check_files(sheet: SheetCheck) -> None:
    """Find what is missing on the sheet Files, of one workbook or of several together, and what contradicts itself."""
    sheet.check_missing()
    for row in sheet.rows.values():
        _check_row(sheet, row)


def _check_row(sheet: SheetCheck, row: Row) -> None:
    values = row.values
    if not row.entered and not row.unread & set(FILES.to_fill_in):
        advice = "fill in the row; if the file could not be moderated, say why in not_moderatable_reason"
        sheet.fault(row, "decision", Problem("not_filled_in", "a decision on every file of the sample", advice))
        return
    _check_people(sheet, row)
    if values.get("not_moderatable_reason"):
        for column in {"decision", "final_outcome"} & set(row.entered):
            expected = "an empty cell, as the file could not be moderated"
            advice = "clear this cell, or clear not_moderatable_reason"
            sheet.fault(row, column, Problem("decided_without", expected, advice))
        return
    sheet.check_required(row)
    _check_outcome(sheet, row)
    if values.get("decision") and not {"strengths", "weaknesses"} & set(row.entered):
        advice = "accepted; feedback to the assessor usually names them (HLTA.MOD.9)"
        sheet.notice(row, "strengths", Problem("no_feedback", "strengths or weaknesses", advice))


def _check_outcome(sheet: SheetCheck, row: Row) -> None:
    outcome, decision = row.values.get("outcome", ""), row.values.get("decision")
    final = row.values.get("final_outcome")
    if decision == "overturned" and final == outcome:
        advice = "choose the new outcome, or choose endorsed as the decision"
        expected = f"another outcome than {outcome}, as the file is overturned"
        sheet.fault(row, "final_outcome", Problem("same_outcome", expected, advice))
    elif decision == "endorsed" and final and final != outcome:
        advice = "clear this cell, or choose overturned as the decision"
        sheet.fault(row, "final_outcome", Problem("endorsed_otherwise", f"{outcome}, as it was endorsed", advice))


def _check_people(sheet: SheetCheck, row: Row) -> None:
    first, second = row.values.get("moderator_id", ""), row.values.get("second_moderator_id", "")
    if first and same_name(first, second):
        advice = "the first moderator cannot be the second: write the other's id"
        problem = Problem("same_moderator", "another person than the moderator", advice)
        sheet.fault(row, "second_moderator_id", problem)
    for column in ("moderator_id", "second_moderator_id"):
        if column not in row.unread and same_name(row.values.get(column, ""), row.values.get("assessor_id", "")):
            advice = "accepted with a warning: this moderator assessed the file (HLTA.MOD.12)"
            sheet.notice(row, column, Problem("own_file", "a moderator who did not assess the file", advice))
