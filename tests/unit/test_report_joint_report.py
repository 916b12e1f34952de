"""The joint report: what stands in the form already, what is left open, and that it is due in working days."""

import datetime as dt
import io

import openpyxl
import pytest
from feedback_scene import EVENTS, HOSTILE, TABLES, drawn, scene
from hlta_frames import OTHER, audit, files, frame

from qa_lib.sampling.drawing import waiting
from qa_lib.schemes.hlta.pages.joint_report_form import joint_report_files, joint_report_form, joint_report_page
from qa_lib.schemes.hlta.sheets.joint_report_content import joint_reports


def only(**given):
    """Return the one report of the scene."""
    (report,) = joint_reports(scene(**given))
    return report


def events(*rows):
    """Return events of the RPA's month, each over that of the scene."""
    return frame("events", [{**EVENTS.iloc[0].to_dict(), **row} for row in rows])


def cells(report):
    """Return the workbook of a report."""
    return openpyxl.load_workbook(io.BytesIO(joint_report_form(report)))


def test_what_is_known_stands_in_the_form():
    """People, days, counts, standards: each from its own place, and what nobody recorded is blank."""
    assert dict(only().facts) == {
        "Event held on": "2024-04-10",
        "Peer reviewer": "R1",
        "Peer reviewer's RPA": OTHER,
        "Deputy peer reviewer": "R2",
        "Moderators": "M7, M8",
        "Report due on": "2024-04-15",
        "Report exchanged on": "",
        "Files submitted in the month": "4",
        "Files in the sample": "4: 4 that a rule asks for, 0 drawn at random, 0 for risk or coverage",
        "Files moderated": "3",
        "Files that could not be moderated": "0",
        "Files of which nothing has come back": "1",
        "Outcomes changed": "2",
        "Standards agreed nationally for the month": "",
        "Standards looked at": "3, 10",
    }


@pytest.mark.parametrize(
    ("event", "free", "due"),
    [
        ("2024-03-27", {}, "2024-04-03"),
        ("2024-03-28", {}, "2024-04-04"),
        ("2024-04-10", {dt.date(2024, 4, 12): True}, "2024-04-16"),
        (None, {}, ""),
    ],
)
def test_it_is_due_on_the_third_working_day(event, free, due):
    """Easter and a day that the Partnership adds are left out, the day of the event too; no event, no day."""
    report = only(events=events({"event_on": event}), free_days=free)
    assert dict(report.facts)["Report due on"] == due


def test_an_event_that_lies_ahead_is_not_known():
    """Before its day the form holds the draw, and the reviewer who gave the seed."""
    report = only(as_of="2024-04-09")
    known = dict(report.facts)
    assert (known["Event held on"], known["Report due on"], known["Outcomes changed"]) == ("", "", "")
    assert (known["Peer reviewer"], known["Files moderated"]) == ("R1", "0")
    assert report.as_of == "2024-04-09"


def test_changes_difficult_cases_and_unfit_files_are_listed():
    """Each of the three tables holds its files, and says so where there are none."""
    changes, difficult, unfit = only().tables
    assert changes.frame["file"].tolist() == ["c001", "c003"]
    assert changes.frame["second_moderator"].tolist() == ["M8", ""]
    assert difficult.frame.to_numpy().tolist() == [["c003", "difficult case"]]
    assert (unfit.frame.empty, unfit.nothing) == (
        True,
        "No file is recorded as one that could not be moderated.",
    )
    scrutiny = frame("scrutiny", [{"case_id": "c003", "scrutinised_on": "2024-03-20", "issue_of_principle": True}])
    assert only(scrutiny=scrutiny).tables[1].frame["what"].tolist() == ["difficult case; issue of principle"]
    plain = TABLES["cases"].drop(columns="difficult")
    assert only(cases=plain).tables[1].frame["what"].tolist() == ["difficult case or issue of principle"]


@pytest.mark.parametrize(
    ("issues", "none", "kept"),
    [
        ("none", True, ""),
        (" No issues were raised. ", True, ""),
        ("None of the task sheets was legible.", False, "None of the task sheets was legible."),
        (None, None, ""),
    ],
)
def test_that_no_issues_were_raised_is_not_the_same_as_nothing_recorded(issues, none, kept):
    """Words that say none tick the box, other words are an issue, and a blank leaves both open."""
    report = only(events=events({"issues": issues}))
    assert (report.no_issues, report.issues) == (none, kept)
    page = joint_report_page(report)
    assert ("ticked:" in page.replace("not ticked:", "")) == (none is True)
    rows = {row[0]: row[1] for row in cells(report)["Report"].iter_rows(values_only=True)}
    assert rows["No issues were raised (yes or no)"] == {True: "yes", False: "no", None: None}[none]
    assert cells(report)["Issues"]["B2"].value == (kept or None)


def test_there_is_a_form_for_each_event():
    """A later event of late files has a form of its own; a month without event and draw has none."""
    two = joint_report_files(scene(events=events({"event_on": "2024-04-22"}, {"event_on": "2024-04-10"})))
    assert sorted(two) == [
        "joint-report-2024-03-late-1.html",
        "joint-report-2024-03-late-1.xlsx",
        "joint-report-2024-03.html",
        "joint-report-2024-03.xlsx",
    ]
    assert "2024-04-10" in two["joint-report-2024-03.html"].decode()
    late = two["joint-report-2024-03-late-1.html"].decode()
    assert "2024-04-22" in late
    assert "event of late files 1" in late
    assert joint_report_files(audit(cases=files({}))) == {}


def test_a_sample_that_waits_for_its_seed_leaves_the_form_open():
    """What was frozen is known, the sample is not."""
    report = only(draws=[waiting(drawn().freeze)])
    known = dict(report.facts)
    assert known["Files submitted in the month"] == "4"
    assert {known[item] for item in ("Files in the sample", "Files moderated", "Standards looked at")} == {""}
    assert all(part.frame.empty for part in report.tables)


def test_events_may_be_missing_altogether():
    """Without the table, and without days in it, the form rests on the draw."""
    assert dict(only(without=["events"]).facts)["Peer reviewer's RPA"] == OTHER
    assert only(without=["events"]).no_issues is None
    dayless = EVENTS.drop(columns="event_on")
    assert dict(only(events=dayless).facts)["Event held on"] == ""


def test_cells_to_fill_in_are_open_and_all_others_locked():
    """What is missing, the entries and the signatures can be written; what is known cannot be changed by accident."""
    book = cells(only())
    locked = {row[0].value: row[1].protection.locked for row in book["Report"].iter_rows(min_row=2)}
    assert {item for item, shut in locked.items() if not shut} == {
        "Report exchanged on",
        "Standards agreed nationally for the month",
        "No issues were raised (yes or no)",
        "What can improve training, quality assurance and support",
        "Peer reviewer: name",
        "Peer reviewer: signed on",
        "Moderator: name",
        "Moderator: signed on",
    }
    assert not any(cell.protection.locked for row in book["Issues"]["B2:E13"] for cell in row)
    assert book["Report"].protection.sheet


def test_hostile_text_stays_text():
    """Markup is escaped on the page; a formula in the issues is text in the workbook."""
    report = only()
    assert HOSTILE[0] not in joint_report_page(report)
    assert "&lt;script class=" in joint_report_page(report)
    book = cells(report)
    assert (book["Issues"]["B2"].value, book["Issues"]["B2"].data_type) == (HOSTILE[1], "s")


def test_the_same_case_gives_the_same_bytes():
    """A second run, and one over tables upside down, change nothing."""
    turned = {name: table[::-1] for name, table in TABLES.items()}
    assert joint_report_files(scene(**turned)) == joint_report_files(scene())
