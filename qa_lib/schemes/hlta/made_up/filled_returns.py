"""The made-up moderators at work: drawn return workbooks, filled in from the table ``moderations`` and imported."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from qa_lib.files import folder_name, write_whole, zipped
from qa_lib.forms.remarks import ReturnError
from qa_lib.intake.accepted import Dataset
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.monthly_draws import draw_year
from qa_lib.register.store import open_register
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.forms.moderation_return import FILES, STANDARDS

_NAMED = re.compile(r"standards? (\d+(?:, \d+)*)")
_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_NO_CLOCK = b"2000-01-01T00:00:00Z"


def return_year(dataset: Dataset, book: RuleBook, provider: str, year: str, register: str, out: Path) -> list[str]:
    """Draw an RPA's months, fill in and import their returns; return what was said of those that were refused.

    Where the register holds the draws already, nothing is drawn; the workbooks go into ``out``, by month and RPA.
    """
    record, refused = open_register(register), []
    draws = draws_of_year(record, provider=provider, year=year)
    for draw in draws or draw_year(dataset.tables, book, provider=provider, year=year, register=record):
        if not (blank := draw_files(draw).get(RETURN)):
            continue
        part = "" if draw.freeze.part == "month" else f"-{draw.freeze.part}"
        path = out / draw.freeze.month / f"{folder_name(provider)}{part}.xlsx"
        write_whole(path, fill_in_return(blank, dataset.tables["moderations"]))
        try:
            import_return(path, register=record, by="made-up moderator")
        except ReturnError as error:
            refused.append(f"{provider}, {draw.freeze.month}: {error}")
    return refused


def fill_in_return(
    workbook: bytes, moderations: pd.DataFrame, *, not_moderatable: Mapping[str, str] | None = None
) -> bytes:
    """Return a drawn return as moderators would send it back; the same input gives the same bytes.

    Of a file in ``not_moderatable`` nothing is said but why it could not be moderated; one without a row in
    ``moderations`` stays empty. Of the standards, each gets the assessor's judgement, or *met* where the form does not
    hold that, but where the file is overturned: the standards that its reason names are met if its final outcome is,
    and insufficient otherwise; those that the form does not list go into its empty rows. A standard that the assessor
    judged insufficient and that is not among the row's ``standards`` was not looked at, and stays empty. Nobody knows
    more of the assessor's judgements than the form.
    """
    spoilt = not_moderatable or {}
    rows = {row["case_id"]: row for row in moderations.astype("object").to_dict("records")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(workbook))
    _fill_files(book["Files"], rows, spoilt)
    _fill_standards(book["Standards"], {case_id: row for case_id, row in rows.items() if case_id not in spoilt})
    filled = io.BytesIO()
    book.save(filled)
    return _without_clock(filled.getvalue())


def _columns(sheet: Any) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[1]}


def _put(sheet: Any, row: int, column: int, value: object) -> None:
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # in a cell for text nothing becomes a formula


def _text(value: object) -> str | None:
    return None if pd.isna(value) or value == "" else str(value)  # type: ignore[call-overload]


def _fill_files(sheet: Any, rows: Mapping[str, Mapping[Any, Any]], spoilt: Mapping[str, str]) -> None:
    place = _columns(sheet)
    for number in range(2, sheet.max_row + 1):
        case_id = sheet.cell(number, place["case_id"]).value
        if case_id in spoilt:
            _put(sheet, number, place["not_moderatable_reason"], spoilt[case_id])
        elif case_id in rows:
            row = rows[case_id]
            for column in FILES.to_fill_in:
                _put(sheet, number, place[column], _text(row.get(column)))
            _put(sheet, number, place["moderated_on"], pd.Timestamp(row["moderated_on"]).to_pydatetime())


def _fill_standards(sheet: Any, rows: Mapping[str, Mapping[Any, Any]]) -> None:
    place = _columns(sheet)
    keys = {n: tuple(sheet.cell(n, place[key]).value for key in STANDARDS.key) for n in range(2, sheet.max_row + 1)}
    given = {key: number for number, key in keys.items() if key[0]}
    spare = [number for number, key in keys.items() if not key[0]]
    files = sorted({case_id for case_id, _ in given} & set(rows))
    overturned = [(case_id, standard) for case_id in files for standard in _overturned(rows[case_id])]
    for key, number in zip((key for key in overturned if key not in given), spare, strict=False):
        given[key] = number
        for column, value in zip(STANDARDS.key, key, strict=True):
            _put(sheet, number, place[column], value)
    for (case_id, standard), number in given.items():
        if case_id in rows:
            assessor = sheet.cell(number, place["assessor_judgement"]).value or ""
            judged = _judged(rows[case_id], standard, assessor)
            _put(sheet, number, place["moderator_judgement"], judged)


def _overturned(row: Mapping[Any, Any]) -> list[str]:
    """Return the standards on which a file is overturned."""
    named = _NAMED.search(_text(row.get("reason")) or "")
    return named[1].split(", ") if named and row["decision"] == "overturned" else []


def _judged(row: Mapping[Any, Any], standard: str, assessor: str) -> str | None:
    if standard in _overturned(row):
        return "met" if row["final_outcome"] == "met" else "insufficient"
    looked_at = (_text(row.get("standards")) or "").split(";")
    return None if assessor == "insufficient" and standard not in looked_at else assessor or "met"


def _without_clock(content: bytes) -> bytes:
    """Return a workbook without the day on which it was saved."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    return zipped((name, _CLOCK.sub(rb"\g<1>" + _NO_CLOCK, data) if "core" in name else data) for name, data in parts)
