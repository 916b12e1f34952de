"""The tables of the made-up year, written one by one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qa_lib.made_up.writing import write_lists, write_table
from qa_lib.schemes.hlta.made_up.rows import Year
from qa_lib.schemes.hlta.made_up.scene import FORMS, STANDARDS


def write_year(year: Year, out: Path) -> None:
    """Write every table of the year into the folder ``out``."""
    write_lists(year, out)
    write_table(out / "judgements.csv", ("case_id", "standard", "judgement"), _judgements(year))
    write_table(out / "forms.csv", ("case_id", "form"), _forms(year))


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
