"""A return that is in order is read as its moderators meant it, recorded once, and a change is a new version."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from return_faults import told
from returned import (
    FILES,
    MODERATED,
    MONTH,
    PROVIDER,
    REASON,
    TODAY,
    YEAR,
    changed,
    drawn,
    filled,
    form,
    further,
    plan,
    put,
    renamed,
    row_of,
    said,
)

from qa_lib.cli import main
from qa_lib.register.draws_of_year import not_moderatable_of_year
from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.returned_files import Returned, returned_files
from qa_lib.register.store import Register, open_register
from qa_lib.sampling.drawing import Draw, make_series_draw
from qa_lib.sampling.population import COLUMNS
from qa_lib.schemes.hlta.forms.imported_return import ImportedReturn
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.forms.moderation_return import FILES as FILES_SHEET
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from qa_lib.schemes.hlta.results.moderated_files import RETURNED
from tests.second_implementation.examples import file_row


@pytest.fixture
def register() -> Register:
    """Return a register."""
    return open_register("sqlite://")


@pytest.fixture
def draw(register: Register) -> Draw:
    """Return a draw in the register."""
    return drawn(register)


@pytest.fixture
def good(draw: Draw) -> bytes:
    """Return its return, filled in with nothing wrong."""
    return filled(draw)


def back(workbook: bytes, register: Register, **given: Any) -> ImportedReturn:
    """Import a return on the day of the tests."""
    return import_return(workbook, register=register, today=TODAY, **given)


def held(register: Register) -> Returned:
    """Return what the register holds of the year."""
    return returned_files(register, provider=PROVIDER, year=YEAR)


def test_a_good_return_is_accepted(good: bytes, draw: Draw, register: Register) -> None:
    """Every sampled file and every judged standard is in the register, with what was said."""
    imported = back(good, register)
    assert (imported.status, imported.version, imported.files) == ("accepted", 1, len(FILES))
    assert imported.freeze.json == draw.freeze.json
    assert imported.notices.empty
    assert imported.changes.empty
    found = held(register)
    files = found.files.set_index("case_id")
    assert list(files.index) == [row["case_id"] for row in FILES]
    assert files.loc["c5", FILES_SHEET.to_fill_in].tolist() == [
        *(MODERATED, "M1", "M2", "overturned", "met", REASON),
        *("Clear summaries.", "", ""),
    ]
    assert set(files["freeze_digest"]) == {draw.freeze.digest}
    assert not files["changed"].any()
    judged = found.standards.set_index(["case_id", "standard"])
    assert judged.loc[("c5", 2), ["assessor_judgement", "moderator_judgement"]].tolist() == ["insufficient", "met"]
    assert judged.loc[("c6", 4), ["assessor_judgement", "moderator_judgement"]].tolist() == ["insufficient"] * 2
    wanted = {(row.case_id, int(s)) for row in draw.sample.itertuples() for s in row.standards_to_moderate.split(";")}
    assert set(judged.index) == wanted


def test_the_form_the_register_and_the_answers_name_the_same_columns(register: Register) -> None:
    """What moderators fill in is what the register holds and the rules look at."""
    assert FILES_SHEET.to_fill_in == RETURNED
    assert set(FILES_SHEET.to_fill_in) < set(held(register).files.columns)


def test_words_are_read_in_spite_of_their_spelling(good: bytes, register: Register) -> None:
    """Case, blanks and hyphens do not matter; spaces around an id are taken away; n/a is an empty cell."""
    edits = [
        put("c1", "decision", " Endorsed "),
        put("c1", "final_outcome", None),
        put("c1", "moderator_id", " M7 "),
        put("c1", "weaknesses", "n/a"),
        put("c6", "final_outcome", "Partial reassessment"),
        put("c1", "moderator_judgement", "MET", standard="3"),
    ]
    assert back(changed(good, *edits), register).notices.empty
    files = held(register).files.set_index("case_id")
    assert files.loc["c1", ["decision", "moderator_id", "weaknesses"]].tolist() == ["endorsed", "M7", ""]
    assert files.loc[["c1", "c6"], "final_outcome"].tolist() == ["met", "partial_reassessment"]


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [(dt.datetime(2024, 2, 7), []), ("2024-02-07", []), ("7 Feb 2024", []), ("7/2/2024", ["day_first"])],
)
def test_dates_are_read_as_people_write_them(cell: object, kinds: list[str], good: bytes, register: Register) -> None:
    """A date cell, year first, a named month, day first; the last with a notice."""
    assert back(changed(good, put("c1", "moderated_on", cell)), register).notices["kind"].tolist() == kinds
    assert held(register).files["moderated_on"].unique().tolist() == ["2024-02-07"]


def test_texts_keep_their_lines_and_characters(good: bytes, register: Register) -> None:
    """Several lines, accents, emoji and what looks like a formula arrive as they were typed."""
    text = 'Évidence – clear.\nSecond line; "quoted" 😀 שלום'

    def typed(book: Any) -> None:
        put("c1", "strengths", text)(book)
        sheet = book["Files"]
        cell = sheet.cell(row_of(sheet, "c1"), 15)
        cell.value, cell.data_type = "=1+1", "s"

    back(changed(good, typed), register)
    assert held(register).files.loc[0, ["strengths", "weaknesses"]].tolist() == [text, "=1+1"]


def test_the_same_content_again_is_no_change(good: bytes, register: Register) -> None:
    """Other bytes, rows in another order, a word spelt otherwise: it says the same, and nothing is recorded."""

    def reordered(book: Any) -> None:
        sheet = book["Files"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), start=2):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    back(good, register)
    again = back(changed(good, reordered, put("c1", "decision", "ENDORSED")), register)
    assert (again.status, again.version) == ("no change", 1)
    assert len(held(register).versions) == 1


def test_changed_content_is_a_new_version_beside_the_old(good: bytes, register: Register) -> None:
    """What changed is told cell by cell, and its files are marked; the old version is kept."""
    back(good, register)
    edits = [
        put("c5", "reason", REASON + " Seen again."),
        put("c6", "second_moderator_id", "M2"),
        put("c6", "moderator_judgement", "met", standard="4"),
        put("c6", "comment", "The second task sheet shows it.", standard="4"),
    ]
    imported = back(changed(good, *edits), register, by="officer")
    assert (imported.status, imported.version) == ("changed", 2)
    assert imported.changes.values.tolist() == [
        ["c5", "", "reason", REASON, REASON + " Seen again."],
        ["c6", "", "second_moderator_id", "", "M2"],
        ["c6", "4", "comment", "", "The second task sheet shows it."],
        ["c6", "4", "moderator_judgement", "insufficient", "met"],
    ]
    found = held(register)
    assert found.files.loc[found.files["changed"], "case_id"].tolist() == ["c5", "c6"]
    assert set(found.files["version"]) == {2}
    assert found.versions[["version", "files", "changed"]].values.tolist() == [[1, 6, 0], [2, 6, 2]]
    assert len(found.standards) == len(found.standards.drop_duplicates(["case_id", "standard"]))


def test_an_older_workbook_sent_again_is_noticed(good: bytes, register: Register) -> None:
    """It becomes a version of its own, and the person who imports it is told whose content it is."""
    back(good, register)
    back(changed(good, put("c1", "weaknesses", "Brief.")), register)
    imported = back(good, register)
    assert (imported.status, imported.version) == ("changed", 3)
    assert imported.notices["kind"].tolist() == ["older_version"]
    assert "this is what version 1 said" in imported.notices["expected"].item()
    found = held(register).files
    assert found.loc[found["changed"], "case_id"].tolist() == ["c1"]


def test_a_file_that_could_not_be_moderated_is_recorded_so(good: bytes, draw: Draw, register: Register) -> None:
    """It needs neither decision nor judgements; the register knows that its assessor and PoP need cover again."""
    lost = fill_in_return(form(draw), said(), not_moderatable={"c4": "The file is lost."})
    imported = back(lost, register)
    assert imported.not_moderatable == ("c4",)
    why = not_moderatable_of_year(register, provider=PROVIDER, year=YEAR)
    assert why == {(draw.freeze.digest, "c4"): "The file is lost."}
    found = held(register)
    assert (
        found.files.set_index("case_id").loc["c4", ["decision", "moderated_on", "final_outcome"]].tolist() == [""] * 3
    )
    assert "c4" not in set(found.standards["case_id"])
    later = back(good, register)
    assert later.status == "changed"
    assert later.notices["kind"].tolist() == ["was_not_moderatable"]


def test_rows_of_standards_of_a_file_that_could_not_be_moderated_may_be_gone(draw: Draw, register: Register) -> None:
    """Nobody judges the standards of a lost file."""
    lost = fill_in_return(form(draw), said(), not_moderatable={"c4": "The file is lost."})

    def without(book: Any) -> None:
        sheet = book["Standards"]
        for row in reversed(range(2, sheet.max_row + 1)):
            if sheet.cell(row, 1).value == "c4":
                sheet.delete_rows(row)

    assert back(changed(lost, without), register).status == "accepted"


def test_further_standards_are_read(good: bytes, register: Register) -> None:
    """The assessor's judgement of a further standard is met, whether the moderator says so or leaves it out."""
    edits = [further("c1", 31), further("c2", "32", "met", None)]
    assert back(changed(good, *edits), register).status == "accepted"
    judged = held(register).standards.set_index(["case_id", "standard"])
    for key in (("c1", 31), ("c2", 32)):
        assert judged.loc[key].tolist() == ["met", "met", ""]


def test_a_moderator_who_assessed_the_file_is_warned_of(good: bytes, register: Register) -> None:
    """As first or second moderator; the return is accepted."""
    edits = [put("c1", "moderator_id", "A1"), put("c5", "second_moderator_id", "a2")]
    imported = back(changed(good, *edits), register)
    assert imported.status == "accepted"
    columns = ["row", "column", "kind"]
    assert imported.notices[columns].values.tolist() == [
        [2, "moderator_id", "own_file"],
        [6, "second_moderator_id", "own_file"],
    ]


def test_an_endorsed_file_may_have_an_overturned_judgement(good: bytes, register: Register) -> None:
    """With a second moderator, and a reason for the file or beside the judgement; the outcome stays."""
    judged = [put("c6", "moderator_judgement", "met", standard="4"), put("c6", "second_moderator_id", "M2")]
    for reason in (put("c6", "reason", "Seen on site."), put("c6", "comment", "Seen on site.", standard="4")):
        assert back(changed(good, *judged, reason), register).status in ("accepted", "changed")
    assert len(told(changed(good, *judged), register)) == 1


@pytest.mark.parametrize(
    ("edits", "kinds"),
    [
        ([put("c5", "moderator_judgement", "insufficient", standard="9")], ["met_with_gaps"]),
        (
            [
                put("c1", "decision", "overturned"),
                put("c1", "second_moderator_id", "M2"),
                put("c1", "final_outcome", "partial_reassessment"),
                put("c1", "reason", "Too thin."),
            ],
            ["not_met_without"],
        ),
        ([put("c2", "strengths", None)], ["no_feedback"]),
    ],
)
def test_what_looks_odd_is_noticed_and_accepted(edits: Any, kinds: list[str], good: bytes, register: Register) -> None:
    """Met with an insufficient standard, not met without one, feedback without strengths and weaknesses."""
    imported = back(changed(good, *edits), register)
    assert imported.status == "accepted"
    assert imported.notices["kind"].tolist() == kinds


def test_sheets_and_columns_of_somebody_s_own_are_left_out(good: bytes, register: Register) -> None:
    """They are noticed, and the rest is read; the sheets for the reader only may be gone."""

    def own(book: Any) -> None:
        book["Files"].cell(1, 17).value = "my notes"
        book["Files"].cell(2, 17).value = "ask Ann"
        book.create_sheet("Scrap").append(["x"])
        for title in ("Read me", "Population"):
            book.remove(book[title])

    imported = back(changed(good, own), register)
    assert imported.notices["kind"].tolist() == ["unknown_column", "unknown_sheet"]
    assert held(register).files["case_id"].nunique() == len(FILES)


def test_headings_and_sheets_in_capitals_are_known(good: bytes, register: Register) -> None:
    """Case and blanks do not make another column or sheet."""

    def capitals(book: Any) -> None:
        sheet = book["Files"]
        sheet.title = "x"  # a name that differs in case only would get a number
        sheet.title = "FILES"

    edits = [renamed("Files", "final_outcome", "Final Outcome"), capitals]
    assert back(changed(good, *edits), register).status == "accepted"


def test_a_series_draw_may_have_been_moderated_long_ago(register: Register) -> None:
    """In a back-run the seed is younger than the moderation; the month begins the days that count."""
    population = pd.DataFrame(FILES, columns=COLUMNS, dtype="object")
    frozen = record_freeze(register, population, plan(), provider=PROVIDER, month=MONTH)
    draw = record_draw(register, frozen, lambda: make_series_draw(frozen, series="back-run of 2026"))[0]
    early = changed(filled(draw), put("c1", "moderated_on", dt.datetime(2023, 12, 31)))
    assert "a day from 2024-01-01 on, the first day of the month" in told(early, register)[0]
    assert back(filled(draw), register).status == "accepted"


def test_a_month_without_files_has_an_empty_return(register: Register) -> None:
    """It is accepted once, like any other."""
    draw = drawn(register, files=[])
    assert (back(form(draw), register).status, back(form(draw), register).status) == ("accepted", "no change")
    assert held(register).versions[["version", "files"]].values.tolist() == [[1, 0]]


def test_two_months_stand_beside_each_other(good: bytes, register: Register) -> None:
    """Each draw has its own return and its own versions."""
    files = [file_row("d1", "A1", "P1")]
    later = drawn(register, month="2024-02", files=files)
    words = {**said().iloc[0].to_dict(), "case_id": "d1"}
    back(fill_in_return(form(later), pd.DataFrame([words])), register)
    back(good, register)
    assert held(register).versions[["month", "version", "files"]].values.tolist() == [[MONTH, 1, 6], ["2024-02", 1, 1]]
    assert returned_files(register, provider="South", year=YEAR).files.empty
    assert returned_files(register, provider=PROVIDER, year="2022-09").versions.empty


def test_the_made_up_moderators_write_the_same_bytes_again(draw: Draw) -> None:
    """No clock is in a filled form, and what the form offers is still there."""
    first, again = (fill_in_return(form(draw), words) for words in (said(), said().sample(frac=1, random_state=1)))
    assert first == again
    book = openpyxl.load_workbook(io.BytesIO(first))
    assert book.sheetnames == ["Read me", "Files", "Standards", "Population", "Draw", "Lists"]
    assert len(book["Files"].data_validations.dataValidation) == 3
    assert book["Files"].protection.sheet


def test_made_up_moderators_judge_the_standards_that_their_reason_names(draw: Draw, register: Register) -> None:
    """Those the form does not list go into its empty rows; a gap that nobody looked at stays empty."""
    words = said()
    reason = "The summaries of evidence do not support standards 30, 31; the others are met."
    turned = ["M2", "overturned", "partial_reassessment", reason]
    words.loc[words["case_id"] == "c1", ["second_moderator_id", "decision", "final_outcome", "reason"]] = turned
    back(fill_in_return(form(draw), words), register)
    judged = held(register).standards.set_index(["case_id", "standard"])["moderator_judgement"]
    assert judged.loc[[("c1", 30), ("c1", 31), ("c1", 3)]].tolist() == ["insufficient", "insufficient", "met"]
    missed = fill_in_return(form(draw), said().assign(standards="2;9"))
    assert [line.split(":")[0] for line in told(missed, register)] == [
        f"sheet Standards, row {row_of(openpyxl.load_workbook(io.BytesIO(missed))['Standards'], 'c6', '4')}, "
        "column D (moderator_judgement)"
    ]


def test_the_command_says_what_became_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted, no change, changed: each is said, with what changed and what to look at; exit code 0."""
    register = open_register(str(tmp_path / "register.sqlite"))
    good = filled(drawn(register))
    odd = changed(good, put("c1", "weaknesses", "Brief."), put("c2", "moderator_id", "A1"))
    heard = []
    for workbook in (good, good, odd):
        (tmp_path / "return.xlsx").write_bytes(workbook)
        arguments = ["import-return", str(tmp_path / "return.xlsx"), "--by", "officer"]
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--register", str(tmp_path / "register.sqlite")])
        assert end.value.code == 0
        heard.append(capsys.readouterr().out.splitlines())
    assert heard[0] == ["accepted: North 2024-01, version 1, 6 files"]
    assert heard[1] == ["no change: North 2024-01, version 1 says the same already"]
    assert heard[2] == [
        "changed after moderation: North 2024-01, version 2, 6 files",
        '  c1, weaknesses: "" is now "Brief."',
        '  c2, moderator_id: "M1" is now "A1"',
        "Please look at:",
        '  sheet Files, row 3, column I (moderator_id): "A1" arrived; expected a moderator who did not assess the '
        "file; accepted with a warning: this moderator assessed the file (HLTA.MOD.12)",
    ]


def converted(program: str, source: Path, kind: str, folder: Path) -> Path:
    """Open a file with LibreOffice and save it as another kind."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", folder / kind, source]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / kind / f"return.{kind}"


@pytest.mark.office
def test_nothing_is_lost_in_another_office_program(
    good: bytes, register: Register, office: str, tmp_path: Path
) -> None:
    """Saved by LibreOffice, also by way of its own format, a return says the same to the last character."""
    text = 'Évidence – clear.\nSecond line; "quoted" 😀 שלום  =1+1 \'x'
    edits = [put("c1", "strengths", text), put("c2", "moderator_id", "1E5"), put("c3", "moderator_id", "007")]
    edits += [further("c1", "31"), put("c6", "comment", "20-Oct", standard="4")]
    (tmp_path / "return.xlsx").write_bytes(changed(good, *edits))
    assert import_return(tmp_path / "return.xlsx", register=register, today=TODAY).status == "accepted"
    assert held(register).files.loc[0, "strengths"] == text
    saved = converted(office, tmp_path / "return.xlsx", "xlsx", tmp_path)
    assert saved.read_bytes() != (tmp_path / "return.xlsx").read_bytes()
    assert import_return(saved, register=register, today=TODAY).status == "no change"
    by_its_own = converted(office, converted(office, saved, "ods", tmp_path), "xlsx", tmp_path)
    imported = import_return(by_its_own, register=register, today=TODAY)
    assert imported.changes.values.tolist() == []
    assert imported.status == "no change"
