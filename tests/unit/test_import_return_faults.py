"""A wrong workbook is refused as a whole, and the moderator is told what to mend, cell by cell."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from other_workbooks import old_excel
from return_faults import WRONG, told
from returned import PROVIDER, TODAY, YEAR, changed, drawn, filled, form, listed_lines, plan, put

from qa_lib.cli import main
from qa_lib.errors import IntakeError
from qa_lib.forms.remarks import COLUMNS, LINES, Place, Remarks, ReturnError, remark_lines
from qa_lib.intake.faults import Problem
from qa_lib.register.recording import record_freeze, record_withdrawal
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import Register, open_register
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.forms.importing import import_return

LISTED = listed_lines(Path(__file__).with_name("return_faults.txt"))


@pytest.fixture(scope="module")
def register() -> Register:
    """Return a register with one draw."""
    return open_register("sqlite://")


@pytest.fixture(scope="module")
def draw(register: Register) -> Draw:
    """Return the draw in the register."""
    return drawn(register)


@pytest.fixture(scope="module")
def good(draw: Draw) -> bytes:
    """Return its return, filled in with nothing wrong."""
    return filled(draw)


@pytest.mark.parametrize("kind", list(WRONG))
def test_every_kind_of_wrong_workbook_is_refused_in_plain_words(kind: str, good: bytes, register: Register) -> None:
    """Each has its own words, with sheet, row and column; nothing is recorded."""
    assert told(changed(good, *WRONG[kind]), register) == LISTED[kind]
    assert returned_files(register, provider=PROVIDER, year=YEAR).versions.empty


def test_the_list_of_messages_is_of_these_workbooks() -> None:
    """No two kinds are told the same, and every one is told something."""
    assert list(LISTED) == list(WRONG)
    assert all(LISTED.values())
    assert len(set(map(tuple, LISTED.values()))) >= len(WRONG) - 1  # a dash and an empty cell differ in what came


def test_faults_are_a_frame_too(good: bytes, register: Register) -> None:
    """The error carries every fault by sheet, row and column, in the order of the workbook."""
    edits = [put("c6", "decision", None), put("c1", "moderated_on", "soon"), put("c1", "moderator_id", None)]
    with pytest.raises(ReturnError, match=r"^the workbook is refused: 3 faults\. Nothing was recorded") as error:
        import_return(changed(good, *edits), register=register, today=TODAY)
    faults = error.value.faults
    assert list(faults.columns) == COLUMNS
    places = [["Files", 2, "H", "moderated_on"], ["Files", 2, "I", "moderator_id"], ["Files", 7, "K", "decision"]]
    assert faults[["sheet", "row", "letter", "column"]].values.tolist() == places
    assert faults["kind"].tolist() == ["not_a_date", "no_moderator_id", "no_decision"]


def test_an_empty_form_asks_for_every_file_and_standard(draw: Draw, register: Register) -> None:
    """A form that nobody filled in is told in two lines, not in sixty."""
    lines = told(form(draw), register)
    assert len(lines) == 2
    assert lines[0].startswith("sheet Files, rows 2, 3, 4, 5, 6, 7, column K (decision): the cell is empty; expected")
    assert lines[1].startswith("sheet Standards, rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 5 more, column D")


def test_a_waiting_or_withdrawn_freeze_takes_no_return(good: bytes, draw: Draw) -> None:
    """Only what is drawn is moderated."""
    register = open_register("sqlite://")
    record_freeze(register, draw.freeze.population, plan(), provider=PROVIDER, month=draw.freeze.month)
    words = "expected a month that is drawn; it waits for its seed: draw it first"
    assert [line.endswith(words) for line in told(good, register)] == [True]
    record_withdrawal(register, provider=PROVIDER, month=draw.freeze.month, purpose="moderation", reason="late upload")
    assert ["expected a draw that the register holds" in line for line in told(good, register)] == [True]


@pytest.mark.parametrize(("day", "refused"), [(4, True), (5, False), (20, False), (21, True)])
def test_the_first_and_the_last_day_count(day: int, refused: bool, good: bytes) -> None:
    """The seed's own day and today are in order; the days beside them are not."""
    register = open_register("sqlite://")
    drawn(register)
    dated = changed(good, put("c1", "moderated_on", dt.datetime(2024, 2, day)))
    assert bool(told(dated, register)) == refused


def locked(good: bytes) -> bytes:
    """Return the workbook under a password."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(good)).encrypt("secret", out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def with_part(good: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with one more part."""
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as book:
        book.writestr(name, content)
    return out.getvalue()


UNREADABLE = {
    "empty": (lambda _: b"", "no workbook, or a damaged one"),
    "text": (lambda _: b"case_id,decision\nc1,endorsed\n", "no workbook, or a damaged one"),
    "old .xls": (lambda _: old_excel({"Files": [["case_id"]]}), "is a workbook of the old .xls kind; open it"),
    "encrypted": (locked, "is encrypted; open it with its password and save it without one"),
    "cut off": (lambda good: good[: len(good) // 2], "is a damaged workbook"),
    "OpenDocument": (lambda _: archive(**{"content.xml": b"<x/>"}), "is an OpenDocument file; open it"),
    "another ZIP": (lambda _: archive(**{"photo.jpg": b"x"}), "is a ZIP archive but no workbook"),
    "macros": (lambda good: with_part(good, "xl/vbaProject.bin", b"x"), "holds macros, which the form has not"),
    "bomb": (lambda _: archive(**{"xl/worksheets/sheet1.xml": bytes(30_000_000)}), "times its size; at most 100 times"),
    "broken inside": (lambda _: archive(**{"xl/workbook.xml": b"<workbook"}), "is a damaged workbook"),
}


@pytest.mark.parametrize("kind", list(UNREADABLE))
def test_what_cannot_be_read_is_named(kind: str, good: bytes, register: Register) -> None:
    """The file's kind is told and how to save it as a workbook; no fault of a cell is made up."""
    make, words = UNREADABLE[kind]
    with pytest.raises(IntakeError, match=words):
        import_return(make(good), register=register, today=TODAY)


def test_a_path_that_is_not_there_is_named(tmp_path: Path, register: Register) -> None:
    """The path is in the message."""
    with pytest.raises(IntakeError, match=r"no\.xlsx cannot be read \(No such file or directory\)"):
        import_return(tmp_path / "no.xlsx", register=register)


def test_a_workbook_of_something_else_is_no_return(register: Register) -> None:
    """All three sheets are missed at once."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    lines = told(out.getvalue(), register)
    assert [line.split(":")[0] for line in lines] == ["sheet Draw", "sheet Files", "sheet Standards"]
    assert 'if it is now "Sheet", name it Files again' in lines[1]


def test_a_long_list_of_faults_ends() -> None:
    """Beyond sixty lines the rest is counted; a line names ten rows and three of what arrived."""
    remarks = Remarks()
    for row in range(2, 14):
        remarks.add(Place("Files", row, "K", "decision"), Problem("x", "a word", "choose it"), f"word {row}")
    for row in range(100):
        remarks.add(Place("Standards", row + 2, "A", "case_id"), Problem("y", f"file {row}", "choose it"))
    lines = remark_lines(remarks.frame())
    assert len(lines) == LINES + 1
    assert lines[0] == (
        "sheet Files, rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more, column K (decision): "
        '"word 2", "word 3", "word 4" and 9 others arrived; expected a word; choose it'
    )
    assert lines[-1] == "and 41 more: mend these first"


@pytest.mark.parametrize(("workbook", "code"), [("wrong.xlsx", 1), ("text.xlsx", 2), ("none.xlsx", 2)])
def test_the_command_says_what_is_wrong_on_stderr(
    workbook: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 for faults of the content, 2 for what cannot be read; nothing on stdout."""
    register = open_register(str(tmp_path / "register.sqlite"))
    wrong = changed(filled(drawn(register)), put("c5", "reason", None))
    (tmp_path / "wrong.xlsx").write_bytes(wrong)
    (tmp_path / "text.xlsx").write_text("c1")
    with pytest.raises(SystemExit) as end:
        main(["import-return", str(tmp_path / workbook), "--register", str(tmp_path / "register.sqlite")])
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (code, "")
    assert said.err.startswith("qa: ")
    assert ("wrong.xlsx is refused: 1 fault" in said.err) == (code == 1)
    assert returned_files(register, provider=PROVIDER, year=YEAR).files.empty
