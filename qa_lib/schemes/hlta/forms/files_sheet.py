"""The rules of the sheet Files: every sampled file once, decided as the code of practice asks (HLTA.MOD.7, MOD.9)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from qa_lib.sampling.frozen import same_name
from qa_lib.sampling.population import OUTCOMES
from qa_lib.schemes.hlta.forms.entries import Checks, Day, Id, Reader, Word, check_given
from qa_lib.schemes.hlta.forms.reading import Row
from qa_lib.schemes.hlta.forms.return_faults import Problem
from qa_lib.schemes.hlta.forms.return_workbook import DECISIONS, FILE_COLUMNS, RETURN_COLUMNS

_CHOOSE = "choose it from the list"
_WHOLE_ROW = "put its row back, or take a new copy of this draw's form"
_EITHER = "clear this cell, or clear not_moderatable_reason"
_SECOND = "another person than the moderator"
_FILE = "a file of this sample"


def read_files(checks: Checks, given: pd.DataFrame, *, days: Day) -> dict[str, Row]:
    """Return the rows of the sheet Files by case id, having read every cell; find what was changed or cannot be read.

    Parameters
    ----------
    given
        The sampled files with what the form gave of each.
    days
        Which days may be those of the moderation.
    """
    expected = _expected(given)
    found = _rows_of_sample(checks, expected)
    for case_id, row in found.items():
        check_given(checks, row, expected[case_id])
        for column, reader in _readers(days).items():
            checks.read(row, column, reader)
    return found


def check_files(checks: Checks, found: Mapping[str, Row], given: pd.DataFrame) -> None:
    """Find what is missing on the sheet Files, of one workbook or of several together, and what contradicts itself."""
    expected = _expected(given)
    for case_id in sorted(set(expected) - set(found)):
        checks.missing(f"a row for the file {case_id}, which is in the sample", _WHOLE_ROW)
    for case_id, row in found.items():
        _check_entries(checks, row, expected[case_id])


def _expected(given: pd.DataFrame) -> dict[str, dict[str, str]]:
    rows = given[FILE_COLUMNS].itertuples(index=False, name=None)
    return {str(row[0]): dict(zip(FILE_COLUMNS, map(str, row), strict=True)) for row in rows}


def _readers(days: Day) -> dict[str, Reader]:
    special: dict[str, Reader] = {
        "moderated_on": days,
        "moderator_id": Id(),
        "second_moderator_id": Id(),
        "decision": Word(DECISIONS),
        "final_outcome": Word(OUTCOMES),
    }
    return {column: special.get(column, Reader()) for column in RETURN_COLUMNS}


def possible_days(seed_given_on: str, *, origin: str, month: str, today: dt.date) -> Day:
    """Return on which days the sample of a draw can have been moderated: not before its seed, not after today.

    The data may say on which day the seed was given. Where the clock says it, the draw may have been recorded long
    after that, so that only the month is a limit, and an earlier day is noticed. A seed series is given when old data
    are run again: there the month alone is the limit.
    """
    of_month = Day(dt.date.fromisoformat(f"{month}-01"), today, since="the first day of the month")
    if origin == "series":
        return of_month
    seeded = dt.date.fromisoformat(seed_given_on[:10])
    if "T" not in seed_given_on:  # a day, as the data hold it; the clock gives a time
        return Day(seeded, today, since="when the seed was given")
    return replace(of_month, recorded=seeded)


def _rows_of_sample(checks: Checks, expected: Mapping[str, object]) -> dict[str, Row]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in checks.sheet.rows if "case_id" in checks.sheet.letters else ():
        rows[row.cell("case_id").text].append(row)
    for case_id, same in rows.items():
        numbers = ", ".join(str(row.number) for row in same)
        for row in same:
            if not case_id:
                checks.fault(row, "case_id", Problem("blank_case", _FILE, "clear this row, or put its case id back"))
            elif case_id not in expected:
                advice = "only drawn files are moderated here: take this row away, or put the case id back"
                checks.fault(row, "case_id", Problem("not_sampled", _FILE, advice))
            elif len(same) > 1:
                advice = f"rows {numbers} are for the same file: keep one"
                checks.fault(row, "case_id", Problem("duplicate_file", "one row for each file", advice))
    return {case_id: same[0] for case_id, same in rows.items() if case_id in expected}


def _check_entries(checks: Checks, row: Row, given: Mapping[str, str]) -> None:
    values, outcome = row.values, given["outcome"]
    if not values and not row.unread & set(RETURN_COLUMNS):
        advice = "fill in the row; if the file could not be moderated, say why in not_moderatable_reason"
        checks.fault(row, "decision", Problem("not_filled_in", "a decision on every file of the sample", advice))
        return
    _check_people(checks, row, given["assessor_id"])
    if values.get("not_moderatable_reason"):
        for column in ("decision", "final_outcome"):
            if values.get(column):
                expected = "an empty cell, as the file could not be moderated"
                checks.fault(row, column, Problem("decided_without", expected, _EITHER))
        return
    _need(checks, row, "moderated_on", "the day of moderation", "write it as year-month-day")
    _need(checks, row, "moderator_id", "who moderated the file", "write the moderator's id")
    _need(checks, row, "decision", "endorsed or overturned", _CHOOSE)
    if values.get("decision") == "overturned":
        _check_overturned(checks, row, outcome)
    elif values.get("decision") == "endorsed" and values.get("final_outcome", outcome) != outcome:
        advice = "clear this cell, or choose overturned as the decision"
        checks.fault(row, "final_outcome", Problem("endorsed_otherwise", f"{outcome}, as it was endorsed", advice))
    if values.get("decision") and not (values.get("strengths") or values.get("weaknesses")):
        advice = "accepted; feedback to the assessor usually names them (HLTA.MOD.9)"
        checks.notice(row, "strengths", Problem("no_feedback", "strengths or weaknesses", advice))


def _check_overturned(checks: Checks, row: Row, outcome: str) -> None:
    advice = "a second moderator reviews every overturn: write that person's id"
    _need(checks, row, "second_moderator_id", "a second moderator, as the file is overturned", advice)
    _need(checks, row, "reason", "a reason, as the file is overturned", "say why, for the assessor")
    _need(checks, row, "final_outcome", "the outcome after moderation, as the file is overturned", _CHOOSE)
    if row.values.get("final_outcome") == outcome:
        advice = "choose the new outcome, or choose endorsed as the decision"
        problem = Problem("same_outcome", f"another outcome than {outcome}, as the file is overturned", advice)
        checks.fault(row, "final_outcome", problem)


def _check_people(checks: Checks, row: Row, assessor: str) -> None:
    first, second = row.values.get("moderator_id", ""), row.values.get("second_moderator_id", "")
    if first and same_name(first, second):
        advice = "the first moderator cannot be the second: write the other's id"
        checks.fault(row, "second_moderator_id", Problem("same_moderator", _SECOND, advice))
    for column in ("moderator_id", "second_moderator_id"):
        if column not in row.unread and same_name(row.values.get(column, ""), assessor):
            advice = "accepted with a warning: this moderator assessed the file (HLTA.MOD.12)"
            checks.notice(row, column, Problem("own_file", "a moderator who did not assess the file", advice))


def _need(checks: Checks, row: Row, column: str, expected: str, advice: str) -> None:
    if row.lacks(column):
        checks.fault(row, column, Problem(f"no_{column}", expected, advice))
