"""``import_return``: one workbook in, refused with every fault named or recorded as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.lookalikes import word_form
from qa_lib.register.return_record import FILE_COLUMNS, STANDARD_COLUMNS, Recorded, record_return
from qa_lib.register.store import Register
from qa_lib.reports.return_workbook import given_files, given_standards
from qa_lib.returns.entries import Checks, Day
from qa_lib.returns.faults import Place, Problem, Remarks, ReturnError
from qa_lib.returns.files import check_files, first_day
from qa_lib.returns.form import FORM_SHEETS, check_form, drawn_by
from qa_lib.returns.reading import Row, read_sheets
from qa_lib.returns.standards import Key, Wanted, check_standards, check_together
from qa_lib.sampling.drawing import Draw

_NAME = "the workbook"


@dataclass(frozen=True, kw_only=True)
class ImportedReturn:
    """What became of a returned workbook.

    Attributes
    ----------
    status
        ``accepted``; ``no change`` where the register held this content already; ``changed`` where it is a new version
        of a return that was accepted before.
    version
        The version that holds the content now, from 1.
    freeze_digest, provider, month, part
        The draw it belongs to.
    files, not_moderatable
        How many files came back, and which of them could not be moderated: they need cover again.
    notices
        What was accepted and should be looked at, with the columns of :class:`ReturnError`'s faults.
    changes
        What differs from the version before: ``case_id, standard, column, before, after``.
    """

    status: str
    version: int
    freeze_digest: str
    provider: str
    month: str
    part: str
    files: int
    not_moderatable: tuple[str, ...]
    notices: pd.DataFrame
    changes: pd.DataFrame


def import_return(
    workbook: str | Path | bytes, *, register: Register, by: str = "", today: dt.date | None = None
) -> ImportedReturn:
    """Check a filled moderation return and record it in the register, whole or not at all.

    Parameters
    ----------
    workbook
        The path of the ``.xlsx`` file, or its bytes.
    register
        The register that holds the draw.
    by
        Who imports it; stands beside the return.
    today
        No file was moderated after this day; the clock's day where nothing is said.

    Raises
    ------
    IntakeError
        If the workbook cannot be read at all.
    ReturnError
        With every fault, if anything in it is wrong. Nothing is recorded then.
    """
    data, name = _content(workbook)
    faults, notices = Remarks(), Remarks()
    draw, rows, standards = _checked(data, name, register, (faults, notices), today or dt.date.today())
    if faults or draw is None:
        raise ReturnError(name, faults.frame())
    files, judgements = _said_of_files(draw, rows), _said_of_standards(standards)
    recorded = record_return(register, draw.freeze.digest, files, judgements, workbook=data, by=by)
    _notice_what_was_recorded(recorded, notices)
    return ImportedReturn(
        status=recorded.status,
        version=recorded.version,
        freeze_digest=draw.freeze.digest,
        provider=draw.freeze.provider,
        month=draw.freeze.month,
        part=draw.freeze.part,
        files=len(files),
        not_moderatable=tuple(row["case_id"] for row in files if row["not_moderatable_reason"]),
        notices=notices.frame(),
        changes=recorded.changes,
    )


def _content(workbook: str | Path | bytes) -> tuple[bytes, str]:
    if isinstance(workbook, bytes):
        return workbook, _NAME
    path = Path(workbook)
    try:
        return path.read_bytes(), path.name
    except OSError as error:
        raise IntakeError(f"{path} cannot be read ({error.strerror}); expected the .xlsx file of a return") from error


_Checked = tuple[Draw | None, Mapping[str, Row], Mapping[Key, Row]]


def _checked(data: bytes, name: str, register: Register, remarks: tuple[Remarks, Remarks], today: dt.date) -> _Checked:
    """Return the draw of a workbook, its files and its standards, having told every fault and notice."""
    faults, notices = remarks
    sheets = read_sheets(data, name, {word_form(title): title for title in FORM_SHEETS})
    check_form(sheets, faults, notices)
    facts = sheets.get("Draw")
    found = drawn_by(facts, register, faults) if facts and {"item", "value"} <= set(facts.letters) else None
    if found is None:
        return None, {}, {}
    draw, seed_given_on = found
    given = given_files(draw.sample, draw.freeze.population)
    rows: dict[str, Row] = {}
    standards: dict[Key, Row] = {}
    if "Files" in sheets:
        checks = Checks(sheets["Files"], faults, notices)
        first, since = first_day(seed_given_on, origin=draw.content["seed_origin"], month=draw.freeze.month)
        rows = check_files(checks, given, days=Day(first, today, since=since))
    if "Standards" in sheets:
        to_moderate = {(case_id, int(number)): judged for case_id, number, judged in given_standards(given)}
        wanted = Wanted(to_moderate, set(given["case_id"]), rows, draw.freeze.content["standards"])
        standards = check_standards(Checks(sheets["Standards"], faults, notices), wanted)
    if rows and standards:
        outcomes = dict(zip(given["case_id"], given["outcome"], strict=True))
        check_together(Checks(sheets["Files"], faults, notices), standards, rows, outcomes)
    return draw, rows, standards


def _said_of_files(draw: Draw, rows: Mapping[str, Row]) -> list[dict[str, str]]:
    population = draw.freeze.population
    outcomes = dict(zip(population["case_id"], population["outcome"], strict=True))
    said = []
    for case_id, row in sorted(rows.items()):
        values = {"case_id": case_id, **row.values}
        if values.get("decision") == "endorsed":
            values["final_outcome"] = outcomes[case_id]
        said.append({name: values.get(name, "") for name in FILE_COLUMNS})
    return said


def _said_of_standards(rows: Mapping[Key, Row]) -> list[dict[str, str | int]]:
    return [
        {"case_id": case_id, "standard": standard, **{name: row.values.get(name, "") for name in STANDARD_COLUMNS[2:]}}
        for (case_id, standard), row in sorted(rows.items())
        if row.values.get("moderator_judgement") or row.values.get("comment")
    ]


def _notice_what_was_recorded(recorded: Recorded, notices: Remarks) -> None:
    if recorded.same_as:
        advice = "if an older workbook was sent by mistake, import the newer one again"
        problem = Problem("older_version", f"something new: this is what version {recorded.same_as} said", advice)
        notices.add(Place("Files"), problem)
    for case_id in recorded.still_uncovered:
        expected = "a file that could be moderated"
        advice = f"accepted; {case_id} stays recorded as not moderatable, and its assessor and PoP need cover again"
        notices.add(Place("Files"), Problem("was_not_moderatable", expected, advice))
