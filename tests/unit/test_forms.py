"""A form costs one declaration: its workbook is written, filled in, and read back with every fault."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from returned import Edit, changed, listed_lines

from qa_lib.cli import main
from qa_lib.errors import IntakeError
from qa_lib.forms.declaration import Days, Field, Form, FormCopy, Sheet
from qa_lib.forms.filled import FilledForm
from qa_lib.forms.form_workbook import write_form
from qa_lib.forms.remarks import ReturnError, remark_lines
from qa_lib.forms.sent import recognised, sent_workbooks
from qa_lib.register.store import Register, open_register
from qa_lib.scheme import find_forms, schemes

VISIT = Form(
    name="visit record",
    of="visit",
    editions=("1",),
    sheets=(
        Sheet(
            "Rooms",
            ("room",),
            (
                Field("room", given=True, wanted=("a room of this visit", "take this row away")),
                Field("floor", given=True),
                Field("seen_on", "date", required=True, wanted=("the day", "write it as year-month-day")),
                Field("seats", "whole number", required=True, wanted=("how many seats", "count them")),
                Field("safe", "yes-no", required=True, wanted=("yes or no", "choose it from the list")),
                Field("why_not", required_if=("safe", "no"), wanted=("what is not safe", "say it"), longest=20),
                Field("visitor_id", "id", source="visitor_id"),
            ),
            row="room",
            among="the visit",
        ),
        Sheet(
            "Points",
            ("room", "point"),
            (
                Field("room", "choice", source="Rooms", given=True, wanted=("a room of this visit", "choose it")),
                Field("point", "whole number", source="point", given=True, wanted=("{first} to {last}", "choose it")),
                Field(
                    "finding", "choice", options=("good", "poor"), required=True, wanted=("good or poor", "choose it")
                ),
            ),
            row="point",
            spare=2,
        ),
    ),
    facts="Visit",
    take_in="test_forms:take_in",
)
COPY = FormCopy(
    form=VISIT,
    title="Visit record: North",
    lines=["Visit record of North", "Please fill in the pale yellow cells."],
    facts={"form": "1", "visit": "North 7"},
    rows={"Rooms": [["R1", "0"], ["R2", "1"]], "Points": [["R1", "1"], ["R2", "3"]]},
    lists={"point": ["1", "2", "3"], "visitor_id": ["V1"]},
    days={"seen_on": Days(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31), since="when the visit began")},
)
SEEN = {"C": dt.datetime(2026, 3, 2), "D": 30, "E": "Yes", "G": "V1"}
LINES = listed_lines(Path(__file__).with_name("form_faults.txt"))


@dataclass
class Taken:
    """What became of a visit record."""

    of_what: str
    notices: pd.DataFrame

    def lines(self) -> list[str]:
        """Return one line."""
        return [f"recorded: {self.of_what}"]


def read(*workbooks: str | Path | bytes) -> tuple[FilledForm, list[dict[tuple[str, ...], dict[str, str]]]]:
    """Return filled workbooks, and what each sheet says by key; refuse what is wrong."""
    filled = FilledForm(VISIT, workbooks)
    if filled.are_of_one([(book.said("visit"), book.said("visit")) for book in filled.books]):
        for book in filled.books:
            book.compare(COPY.facts)
        sheets = filled.read(COPY)
        for sheet in sheets:
            sheet.check_rows()
    if filled.faults:
        raise filled.refusal()
    return filled, [{key: row.values for key, row in sheet.rows.items()} for sheet in sheets]


def take_in(*workbooks: Path, register: Register, by: str) -> Taken:
    """Record a visit, as a scheme does."""
    assert (type(register), by) == (Register, "officer")
    filled, _ = read(*workbooks)
    return Taken(filled.books[0].said("visit"), filled.notices.frame())


def put(sheet: str, cell: str, value: object) -> Edit:
    """Return an edit of one cell."""
    return lambda book: setattr(book[sheet][cell], "value", value)


def fill_in(book: Any) -> None:
    """Fill in everything."""
    for row in (2, 3):
        for column, value in SEEN.items():
            book["Rooms"][f"{column}{row}"].value = value
        book["Points"][f"C{row}"].value = "good"


@pytest.fixture(scope="module")
def good() -> bytes:
    """Return the form, filled in with nothing wrong."""
    return changed(write_form(COPY), fill_in)


def told(*workbooks: bytes) -> list[str]:
    """Return the faults of workbooks."""
    with pytest.raises(ReturnError) as error:
        read(*workbooks)
    return remark_lines(error.value.faults)


def test_the_workbook_holds_what_is_given_and_opens_what_is_to_be_filled_in() -> None:
    """Sheets in their order, given cells locked, spare rows open, drop-downs and a check of the date as declared."""
    book = openpyxl.load_workbook(io.BytesIO(write_form(COPY)))
    assert book.sheetnames == ["Read me", "Rooms", "Points", "Visit", "Lists"]
    rooms, points = book["Rooms"], book["Points"]
    assert [[cell.value for cell in row[:3]] for row in rooms.iter_rows()] == [
        ["room", "floor", "seen_on"],
        ["R1", "0", None],
        ["R2", "1", None],
    ]
    unlocked = [{c.coordinate for row in sheet for c in row if not c.protection.locked} for sheet in (rooms, points)]
    assert unlocked == [
        {f"{column}{row}" for column in "CDEFG" for row in (2, 3)},
        {"C2", "C3"} | {f"{column}{row}" for column in "ABC" for row in (4, 5)},
    ]
    rules = [
        {str(rule.sqref): (rule.formula1, rule.errorStyle) for rule in sheet.data_validations.dataValidation}
        for sheet in (rooms, points)
    ]
    assert rules == [
        {
            "C2:C3": ("46082", None),
            "E2:E3": ('"yes,no"', None),
            "G2:G3": ("Lists!$B$5:$B$5", "warning"),
        },
        {
            "A4:A5": ("Rooms!$A$2:$A$3", None),
            "B4:B5": ("Lists!$B$2:$B$4", None),
            "C2:C5": ('"good,poor"', None),
        },
    ]
    assert [rule.formula for ranges in rooms.conditional_formatting for rule in ranges.rules] == [
        ['AND($E2="no",LEN($F2)=0)']
    ]


def test_what_was_filled_in_comes_back_in_the_form_s_own_words(good: bytes) -> None:
    """Dates as year-month-day, words as the list has them, numbers without leading zeros; further rows too."""
    further = [put("Points", "A4", "R1"), put("Points", "B4", "02"), put("Points", "C4", "POOR")]
    rooms, points = read(changed(good, *further))[1]
    entered = {"seen_on": "2026-03-02", "seats": "30", "safe": "yes", "visitor_id": "V1"}
    assert rooms == {("R1",): {"room": "R1", "floor": "0", **entered}, ("R2",): {"room": "R2", "floor": "1", **entered}}
    assert {key: row["finding"] for key, row in points.items()} == {
        ("R1", "1"): "good",
        ("R2", "3"): "good",
        ("R1", "2"): "poor",
    }


#: What is wrong with the workbook -> how it came about. What is told of it stands in ``form_faults.txt``.
WRONG: dict[str, list[Edit]] = {
    "nothing filled in": [put("Rooms", f"{column}2", None) for column in "CDEG"],
    "required where another cell says so": [put("Rooms", "E3", "no")],
    "a text too long": [put("Rooms", "F2", "x" * 21)],
    "no number": [put("Rooms", "D2", "many"), put("Rooms", "D3", 2.5)],
    "another word": [put("Rooms", "E2", "maybe")],
    "a day too early and one too late": [put("Rooms", "C2", "2026-02-28"), put("Rooms", "C3", "2026-04-01")],
    "an id that became a date": [put("Rooms", "G2", dt.datetime(2026, 10, 20))],
    "a formula": [put("Rooms", "D2", "=15+15")],
    "a given cell changed": [put("Rooms", "B2", "9")],
    "a row of something else": [put("Rooms", "A3", "R9")],
    "a row twice": [put("Points", "A4", "R1"), put("Points", "B4", "1"), put("Points", "C4", "good")],
    "a further row of what is not in the list": [
        put("Points", "A4", "R9"),
        put("Points", "A5", "R1"),
        put("Points", "B5", "4"),
    ],
    "a further row without its key": [put("Points", "C4", "good")],
    "a sheet renamed": [lambda book: setattr(book["Points"], "title", "Items")],
    "a column renamed": [put("Rooms", "D1", "seat")],
    "another visit": [put("Visit", "B3", "North 8")],
    "another edition": [put("Visit", "B2", "2")],
}


@pytest.mark.parametrize("kind", list(WRONG))
def test_every_fault_is_told_by_sheet_row_and_column(kind: str, good: bytes) -> None:
    """Each kind of fault follows from the declaration alone."""
    assert told(changed(good, *WRONG[kind])) == LINES[kind]


def test_halves_are_put_together_and_contradictions_named(good: bytes, tmp_path: Path) -> None:
    """A filled cell counts, an empty one says nothing; of two that differ each is named."""
    without = {"Ann.xlsx": ["C2", "D2"], "Ben.xlsx": ["C3", "E3"]}
    for name, cells in without.items():
        (tmp_path / name).write_bytes(changed(good, *(put("Rooms", cell, None) for cell in cells)))
    paths = [tmp_path / name for name in without]
    assert read(*paths)[1] == read(good)[1]
    (tmp_path / "Ben.xlsx").write_bytes(changed(good, put("Rooms", "D2", 31)))
    (tmp_path / "Ann.xlsx").write_bytes(good)
    with pytest.raises(ReturnError) as error:
        read(*paths)
    assert error.value.faults["kind"].tolist() == ["contradiction"]
    (tmp_path / "Ben.xlsx").write_bytes(changed(good, put("Visit", "B3", "North 8")))
    with pytest.raises(ReturnError, match="import the workbooks of each visit by themselves"):
        read(*paths)


def test_a_workbook_is_known_by_its_sheets(good: bytes) -> None:
    """Also with a sheet gone; one that has no sheet of any form is told what was expected."""
    forms = [*find_forms(), VISIT]
    for workbook in (good, changed(good, lambda book: book.remove(book["Points"]))):
        assert recognised(sent_workbooks([workbook]), forms) is VISIT
    other = io.BytesIO()
    openpyxl.Workbook().save(other)
    with pytest.raises(IntakeError, match=r"is no form .* or a visit record \(sheets Rooms, Points, Visit\)"):
        recognised(sent_workbooks([other.getvalue()]), forms)


def test_forms_of_two_kinds_are_not_taken_in_together(good: bytes, tmp_path: Path) -> None:
    """Each is named with what it is."""
    other = replace(COPY, form=replace(VISIT, name="log", facts="Log"))
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path, content in zip(paths, (good, write_form(other)), strict=True):
        path.write_bytes(content)
    with pytest.raises(IntakeError, match="import the workbooks of each form by themselves") as error:
        recognised(sent_workbooks(paths), [VISIT, other.form])
    assert {"a.xlsx is a visit record", "b.xlsx is a log"} <= set(str(error.value).split(": ")[0].split(" and "))


def test_the_command_takes_in_whatever_form_a_scheme_has(
    good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The form is known by its sheets, and says itself what was recorded."""
    forms = [*find_forms(), VISIT]
    monkeypatch.setattr("qa_lib.scheme.find_forms", lambda: forms)
    url = str(tmp_path / "register.sqlite")
    open_register(url)
    (tmp_path / "visit.xlsx").write_bytes(changed(good, put("Rooms", "C2", "02/03/2026")))
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")

    def run(name: str) -> object:
        with pytest.raises(SystemExit) as end:
            main(["import-return", str(tmp_path / name), "--register", url, "--by", "officer"])
        return end.value.code

    assert run("visit.xlsx") == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["recorded: North 7", "Please look at:"]
    assert run("other.xlsx") == 2
    assert "other.xlsx is no form that was sent out: expected a moderation return" in capsys.readouterr().err


def test_a_scheme_calls_its_forms_by_their_names() -> None:
    """What a scheme calls a form is what messages call it, and it says how it is taken in."""
    named = [name for scheme in schemes().values() for name in scheme.forms]
    assert named == [form.name for form in find_forms()]
    assert all(form.take_in for form in find_forms())


def test_sheets_may_be_called_in_two_words_or_as_a_table(recwarn: pytest.WarningsRecorder) -> None:
    """A drop-down finds its words on a sheet of any name; a form is told from a data set by the sheet of its facts."""
    sheets = tuple(replace(sheet, title={"Rooms": "Cases"}.get(sheet.title, sheet.title)) for sheet in VISIT.sheets)
    points = replace(sheets[1], fields=(replace(sheets[1].fields[0], source="Cases"), *sheets[1].fields[1:]))
    form = replace(VISIT, sheets=(sheets[0], replace(points, title="Two points")), facts="Which visit")
    rows = {"Cases": [["Hall", "0"]], "Two points": []}
    sent = sent_workbooks([write_form(replace(COPY, form=form, rows=rows))])
    assert recognised(sent, [*find_forms(), form]) is form
    assert [str(one.message) for one in recwarn] == []
    assert replace(COPY, form=form, rows={"Two points": [["Hall"]]}).sources["Two points"].cells == (
        "='Two points'!$A$2:$A$2"
    )
