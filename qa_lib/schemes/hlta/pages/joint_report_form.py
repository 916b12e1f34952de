"""The joint report of peer reviewer and moderator (HLTA.PEER.3) as a form: a page to print and a workbook to fill in.

What the data set, the draw and the moderators' return hold stands in it already; the rest is open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qa_lib.reports.table import printable, templates
from qa_lib.reports.workbook import Workbook, blank, choice, fit
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.pages.audit_page import months_in_words
from qa_lib.schemes.hlta.pages.feedback_pages import part_table
from qa_lib.schemes.hlta.sheets.feedback_sheet import Part
from qa_lib.schemes.hlta.sheets.joint_report_content import JointReport, joint_reports

_TITLE = "Joint report of peer reviewer and moderator"
_INTRO = (
    "What is known stands here already; please fill in the rest and correct what is wrong.",
    "Restricted: it names people and files of the scheme.",
)
_SOURCE = (
    "From the data set, the drawn sample and what moderators returned. The code of practice (Moderation) asks that the "
    "report is exchanged electronically within three working days of the event; the event's day is not counted."
)
_ISSUES = ("Issue", "File", "What is to be done, and by whom", "To the Partnership (yes or no)")
_ISSUE_ROWS = 4
_ENTRY_ROWS = 12
_NO_ISSUES = "No issues were raised (yes or no)"
_IMPROVEMENTS = "What can improve training, quality assurance and support"
_FILLED = ("item", "entry")
_WIDTHS = (44, 88)
_TABLE_WIDTH = 28


def joint_report_files(audit: Audit) -> dict[str, bytes]:
    """Return name and content of the joint report forms of the months' events: a page and a workbook for each event.

    Parameters
    ----------
    audit
        Of :func:`qa_lib.schemes.hlta.audit.make_audit`.
    """
    files = {}
    for report in joint_reports(audit):
        late = "" if report.part == "month" else f"-{report.part}"
        stem = f"joint-report-{report.month}{late}"
        files[f"{stem}.html"] = joint_report_page(report).encode()
        files[f"{stem}.xlsx"] = joint_report_form(report)
    return files


def joint_report_page(report: JointReport) -> str:
    """Return the form as one page, to print and fill in by hand."""
    first = (report.issues, "", "", "")
    return (
        templates(Path(__file__).parent)
        .get_template("joint_report.html.j2")
        .render(
            lang="en-GB",
            title=_TITLE,
            of_what=printable(_of_what(report)),
            intro=_INTRO,
            facts=[(item, printable(text)) for item, text in report.facts],
            parts=[{"table": part_table(part, part.name), "nothing": part.nothing} for part in report.tables],
            no_issues=report.no_issues,
            issue_headings=("Number", *_ISSUES),
            issues=[[printable(cell) for cell in first], *([[""] * len(_ISSUES)] * (_ISSUE_ROWS - 1))],
            improvements=printable(report.improvements),
            signatories=[(role, printable(name)) for role, name in _signatories(report)],
            source=_SOURCE,
        )
    )


def _of_what(report: JointReport) -> str:
    late = "" if report.part == "month" else f", event of late files {report.part.removeprefix('late-')}"
    return f"{report.provider}, {months_in_words([report.month])}{late}, as known on {report.as_of}"


def _signatories(report: JointReport) -> list[tuple[str, str]]:
    known = dict(report.facts)
    return [("Peer reviewer", known["Peer reviewer"]), ("Moderator", "")]


def joint_report_form(report: JointReport) -> bytes:
    """Return the form as the bytes of an ``.xlsx`` file, open where something is to be filled in."""
    title = f"{_TITLE}: {_of_what(report)}"
    book = Workbook(title=title)
    lines = ("Pale yellow cells are to be filled in, or to be corrected where something stands in them.",)
    book.text("Read me", [title, *lines, *_INTRO[1:], _SOURCE])
    _write_report(book, report)
    _write_issues(book, report)
    for part in report.tables:
        if len(part.frame):
            headings = [name.replace("_", " ") for name in part.frame.columns]
            rows = part.frame.to_numpy().tolist()
            fit(book.sheet(part.name.capitalize(), headings, rows, wrap=True), rows, _widths(part))
    return book.content()


def _widths(part: Part) -> list[int]:
    return [_WIDTHS[1] if name == "reason" else _TABLE_WIDTH for name in part.frame.columns]


def _write_report(book: Workbook, report: JointReport) -> None:
    known = "" if report.no_issues is None else "yes" if report.no_issues else "no"
    entries = [(_NO_ISSUES, known), (_IMPROVEMENTS, report.improvements)]
    for role, name in _signatories(report):
        entries += [(f"{role}: name", name), (f"{role}: signed on", "")]
    facts = [*report.facts, *entries]
    sheet = book.sheet("Report", _FILLED, facts, wrap=True)
    fit(sheet, facts, _WIDTHS)
    for row, (item, text) in enumerate(facts, start=1):
        if not text or (item, text) in entries:
            _entry(book, sheet, (row, 1), text)
        if item == _NO_ISSUES:
            sheet.data_validation(row, 1, row, 1, choice("No issues", ("yes", "no")))


def _write_issues(book: Workbook, report: JointReport) -> None:
    sheet = book.sheet("Issues", ("Number", *_ISSUES), [[str(n)] for n in range(1, _ENTRY_ROWS + 1)], wide=_ISSUES[::2])
    for column in range(1, len(_ISSUES) + 1):
        blank(sheet, column, (1, _ENTRY_ROWS), book.entry)
    _entry(book, sheet, (1, 1), report.issues)
    last = len(_ISSUES)
    sheet.data_validation(1, last, _ENTRY_ROWS, last, choice("To the Partnership", ("yes", "no")))


def _entry(book: Workbook, sheet: Any, cell: tuple[int, int], text: str) -> None:
    """Open a cell for entry, with what is known in it."""
    if text:
        sheet.write_string(*cell, text, book.entry)
    else:
        sheet.write_blank(*cell, None, book.entry)
