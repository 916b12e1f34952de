"""Writes the workbook of one copy of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from qa_lib.forms.declaration import FACT_COLUMNS, LISTS, Days, Field, FormCopy, Sheet
from qa_lib.reports.workbook import Workbook, blank, choice, date_from
from qa_lib.tables.wording import READ_ME


def write_form(copy: FormCopy) -> bytes:
    """Return one copy of a form as the bytes of an ``.xlsx`` file; the same copy gives the same bytes.

    What is given is locked, the cells to fill in are open, with drop-downs as the form declares them.

    Raises
    ------
    RunError
        If a sheet cannot hold it.
    """
    book = Workbook(title=copy.title)
    book.text(READ_ME, copy.lines)
    for sheet in copy.form.sheets:
        _write_sheet(book, sheet, copy)
    for title, (columns, rows) in copy.shown.items():
        book.sheet(title, columns, rows)
    book.sheet(copy.form.facts, FACT_COLUMNS, list(copy.facts.items()), wide=["value"])
    listed = [(name, word) for name, words in copy.lists.items() for word in words]
    book.sheet(LISTS, ["list", "value"], listed, wide=["value"])
    return book.content()


def _write_sheet(book: Workbook, sheet: Sheet, copy: FormCopy) -> None:
    given = copy.rows[sheet.title]
    sources = {sheet.by_name[name].source for name in sheet.key} - {""}
    spare = sheet.spare if sources <= set(copy.sources) else 0
    wide = [field.name for field in sheet.fields if field.wide]
    written = book.sheet(sheet.title, list(sheet.by_name), given, spare=spare, wide=wide)
    last, rules = len(given) + spare, []
    for column, field in enumerate(sheet.fields):
        rows = [row for row in range(1, last + 1) if row > len(given) or _is_open(field, given[row - 1], column)]
        for row in rows:
            blank(written, column, (row, row), book.date_entry if field.kind == "date" else book.entry)
        rule = _rule(field, copy)
        if rows and rule:
            rules.append(((field.given, field.kind == "id"), (rows[0], column, last, column, rule)))
        if rows and field.required_if:
            other, word = field.required_if
            lacking = f'=AND({_cell(sheet, other)}="{word}",LEN({_cell(sheet, field.name)})=0)'
            orange = {"type": "formula", "criteria": lacking, "format": book.missing}
            written.conditional_format(rows[0], column, last, column, orange)
    # In this order the forms of before have them: the same copy has the same bytes as then.
    for _, place in sorted(rules, key=lambda one: one[0]):
        written.data_validation(*place)


def _is_open(field: Field, given: Sequence[str], column: int) -> bool:
    return not field.given or (field.open_if_blank and not given[column])


def _rule(field: Field, copy: FormCopy) -> dict[str, Any] | None:
    """Return the drop-down of a field, or the check of a date."""
    if field.kind == "date":
        return date_from(field.title, copy.days.get(field.name, Days()).first)
    if field.words:
        return choice(field.title, field.words)
    if field.source in copy.sources:
        return choice(field.title, copy.sources[field.source].cells, strict=field.kind != "id")
    return None


def _cell(sheet: Sheet, name: str) -> str:
    return f"${xl_col_to_name(list(sheet.by_name).index(name))}2"
