"""Feedback sheets as files: a page for assessors, a page for PoPs, and one workbook with a sheet for each of them.

On paper each sheet begins a page of its own and says by itself what it is about, so that it can be handed to one
person. In the workbook each can be moved to a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from qa_lib.audit.answering import once
from qa_lib.reports.table import Table, printable, templates
from qa_lib.reports.workbook import Workbook, fit
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.pages.audit_page import months_in_words
from qa_lib.schemes.hlta.sheets.assessor_sheets import assessor_sheets
from qa_lib.schemes.hlta.sheets.feedback_sheet import Part, Sheet
from qa_lib.schemes.hlta.sheets.pop_sheets import pop_sheets

#: Audience -> the file of its page, and the page's title.
PAGES = {
    "assessor": ("feedback-assessors.html", "Feedback to assessors"),
    "PoP": ("feedback-pops.html", "Feedback to Providers of Preparation"),
}
WORKBOOK = "feedback.xlsx"
_INTRO = (
    "Restricted: the list below names everyone who gets a sheet. Send each their own sheet only.",
    "Printed, each sheet begins on a page of its own.",
    "Notes are as they were written; read them for names before you send a sheet.",
)
_LISTED = ["audience", "id", "why", "sheet"]
#: Columns of a sheet in the workbook, with their widths in characters.
_WIDTHS = {"section": 44, "about": 28, "says": 88}
#: Most characters of a cell that stands on one line with others.
_SHORT = 40
_UNSAFE = re.compile(r"[^A-Za-z0-9_]")
_LONGEST_NAME = 31


def feedback_files(audit: Audit) -> dict[str, bytes]:
    """Return name and content of the files with feedback sheets; none where there is nothing to say to anybody.

    Parameters
    ----------
    audit
        Of :func:`qa_lib.schemes.hlta.audit.make_audit`.
    """
    sheets = _sheets(audit)
    files = {
        PAGES[audience][0]: feedback_page(own, audit, title=PAGES[audience][1]).encode()
        for audience in PAGES
        if (own := [sheet for sheet in sheets if sheet.audience == audience])
    }
    return files | ({WORKBOOK: feedback_workbook(sheets, audit)} if sheets else {})


def feedback_table(audit: Audit) -> pd.DataFrame:
    """Return who gets a sheet and why.

    Returns
    -------
    DataFrame
        ``audience`` (assessor or PoP), ``id``, ``why`` and ``sheet`` (its name in the workbook); assessors first.
    """
    sheets = _sheets(audit)
    return pd.DataFrame(_listed(sheets), columns=_LISTED, dtype="str")


def _listed(sheets: Sequence[Sheet]) -> list[tuple[str, str, str, str]]:
    return [
        (sheet.audience, sheet.subject, "; ".join(sheet.why), name)
        for sheet, name in zip(sheets, _names(sheets), strict=True)
    ]


@once
def _sheets(audit: Audit) -> list[Sheet]:
    return [*assessor_sheets(audit), *pop_sheets(audit)]


def feedback_page(sheets: Sequence[Sheet], audit: Audit, *, title: str) -> str:
    """Return sheets as one page that can be printed: a list for the RPA, then each sheet on a page of its own.

    Parameters
    ----------
    sheets
        Of one audience.
    audit
        Whose sheets these are.
    title
        Heading of the page.
    """
    shown = [_shown(sheet, number) for number, sheet in enumerate(sheets, start=1)]
    return (
        templates()
        .get_template("sheets.html.j2")
        .render(lang="en-GB", title=title, of_what=printable(of_what(audit)), intro=_INTRO, sheets=shown)
    )


def of_what(audit: Audit) -> str:
    """Return whose months these are and as known on which day: ``HLTA North, March 2024, as known on 2024-04-30``."""
    return f"{audit.provider}, {months_in_words(audit.months)}, as known on {audit.as_of:%Y-%m-%d}"


def _shown(sheet: Sheet, number: int) -> dict[str, Any]:
    return {
        "subject": printable(sheet.subject),
        "heading": printable(_heading(sheet)),
        "why": "; ".join(sheet.why),
        "sentences": [printable(sentence) for sentence in sheet.sentences],
        "source": sheet.source,
        "parts": [
            {
                "table": part_table(part, f"sheet-{number}-{part.name}"),
                "note": part.note,
                "nothing": printable(part.nothing),
            }
            for part in sheet.parts
        ],
    }


def _heading(sheet: Sheet) -> str:
    return f"Feedback to {sheet.audience} {sheet.subject}"


def part_table(part: Part, name: str) -> Markup | str:
    """Return the table of a part as a page shows it; blank where it has no rows."""
    frame = part.frame
    about: dict[str, Any] = {"caption": part.heading, "labels": part.labels, "rows": len(frame)}
    table = Table(frame=frame, name=name, row_header=frame.columns[0], **about) if len(frame) else None
    return Markup(table.html()) if table else ""  # noqa: S704 - our template


def feedback_workbook(sheets: Sequence[Sheet], audit: Audit) -> bytes:
    """Return the workbook: a list for the RPA, then a sheet for each assessor and PoP; the same sheets, the same bytes.

    Parameters
    ----------
    sheets
        Of both audiences.
    audit
        Whose sheets these are.
    """
    title = f"Feedback sheets: {of_what(audit)}"
    book = Workbook(title=title)
    book.text("Read me", [title, *_INTRO])
    book.sheet("Who", _LISTED, _listed(sheets), wide=["why"])
    for sheet, name in zip(sheets, _names(sheets), strict=True):
        rows = list(_rows(sheet, audit))
        page = book.sheet(name, list(_WIDTHS), rows, wrap=True)
        fit(page, rows, list(_WIDTHS.values()))
    return book.content()


def _rows(sheet: Sheet, audit: Audit) -> Iterator[list[str]]:
    for sentence in (_heading(sheet), of_what(audit), *sheet.sentences):
        yield ["This sheet", "", sentence]
    for part in sheet.parts:
        if part.frame.empty:
            yield [part.heading, "", part.nothing]
            continue
        for row in part.frame.to_dict("records"):
            about, *cells = [
                (part.labels.get(str(column), str(column)).replace("_", " "), str(row[column])) for column in row
            ]
            says = [f"{label}: {cell}" if len(cells) > 1 else cell for label, cell in cells if cell]
            short = all(len(cell) <= _SHORT for _, cell in cells)
            yield [part.heading, about[1], ("; " if short else "\n").join(says)]
        if part.note:
            yield [part.heading, "", part.note]
    yield ["Where this comes from", "", sheet.source]


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Return a name for each sheet of the workbook: letters, digits and ``_``, at most 31, each once in any case."""
    used: set[str] = set()
    names = []
    for sheet in sheets:
        name = stem = _UNSAFE.sub("_", f"{sheet.audience}_{sheet.subject}")[:_LONGEST_NAME]
        while name.lower() in used:
            again = f"_{len(used) + 1}"
            name = stem[: _LONGEST_NAME - len(again)] + again
        used.add(name.lower())
        names.append(name)
    return names
