"""Writing the made-up tables: CSV in UTF-8 with LF and without a byte-order mark, the same bytes every time."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from qa_lib.demo.model import Year
from qa_lib.demo.scene import FORMS, STANDARDS
from qa_lib.files import write_whole

#: Tables that are lists of rows of one class each, as :class:`Year` holds them.
PLAIN = (
    *("cases", "assessors", "pops", "scrutiny", "events", "national_standards", "moderations", "appeals"),
    *("enquiries", "actions", "training", "feedback_log", "publications", "forums"),
)


def write_year(year: Year, out: Path) -> None:
    """Write every table of the year into the folder ``out``."""
    for name in PLAIN:
        rows = getattr(year, name)
        if rows:
            columns = [field.name for field in fields(rows[0])]
            write_table(out / f"{name}.csv", columns, ([getattr(row, name) for name in columns] for row in rows))
    write_table(out / "judgements.csv", ("case_id", "standard", "judgement"), _judgements(year))
    write_table(out / "forms.csv", ("case_id", "form"), _forms(year))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(value) for value in row] for row in rows)
    write_whole(path, text.getvalue().encode("utf-8"))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)


def _judgements(year: Year) -> Iterable[tuple[str, int, str]]:
    for case in year.cases:
        gaps = year.insufficient.get(case.case_id, ())
        for standard in STANDARDS:
            yield case.case_id, standard, "insufficient" if standard in gaps else "met"


def _forms(year: Year) -> Iterable[tuple[str, str]]:
    for case in year.cases:
        lacking = year.missing_forms.get(case.case_id, ())
        for form in FORMS:
            if form not in lacking:
                yield case.case_id, form
