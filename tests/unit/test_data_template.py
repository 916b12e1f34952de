"""The workbook in which a data set is filled in: what it offers, and that its notes are never read as data."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from other_workbooks import old_excel, opendocument

from qa_lib.cli import main
from qa_lib.errors import IntakeError
from qa_lib.forms.data_template import data_template
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.prepared import slice_tables
from qa_lib.project_files import ROOT
from qa_lib.scheme import Scheme, find_scheme, schemes
from qa_lib.tables.vocabulary import Table, column
from qa_lib.tables.wording import NOTE, note_on

EVERY = pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))
HLTA = find_scheme("hlta")
POPS = HLTA.tables["pops"]


@cache
def template(scheme: str) -> bytes:
    """Return the template of a scheme."""
    return data_template(find_scheme(scheme))


@cache
def month() -> dict[str, pd.DataFrame]:
    """Return what an office has of a month."""
    data = read_dataset(ROOT / "notebooks" / "data" / "partnership", scheme="hlta")
    tables = slice_tables(data, provider="HLTA North", months=["2024-01"])
    tables["cases"] = tables["cases"].head(8)
    for name, table in tables.items():
        for one in HLTA.tables[name].references:
            known = table[one.column].isna() | table[one.column].isin(tables[one.table][one.target])
            tables[name] = table = table[known].reset_index(drop=True)
    return tables


@cache
def filled_in() -> bytes:
    """Return the template of HLTA with a month filled in, as somebody types it: days as days, numbers as numbers."""
    book = openpyxl.load_workbook(io.BytesIO(template("hlta")))
    for name, frame in month().items():
        sheet, place = book[name], {text: at for at, text in enumerate(HLTA.tables[name].names, start=1)}
        for number, row in enumerate(frame.to_dict("records"), start=3):
            for key, value in row.items():
                if not pd.isna(value):
                    sheet.cell(number, place[key]).value = "yes" if value is True else "no" if value is False else value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def filled(folder: Path) -> Path:
    """Write that workbook into a folder."""
    (folder / "month.xlsx").write_bytes(filled_in())
    return folder / "month.xlsx"


def same_as_the_month(data: Dataset) -> None:
    """Say that a data set holds the month, all of it, and no fault."""
    assert data.clean
    assert data.rejected.empty
    assert set(data.tables) == {name for name, frame in month().items() if len(frame)}
    for name, frame in data.tables.items():
        expected = month()[name].dropna(axis="columns", how="all")
        pd.testing.assert_frame_equal(frame[list(expected.columns)], expected, check_dtype=False)


@EVERY
def test_the_template_has_every_table_with_its_columns_as_declared(scheme: Scheme) -> None:
    """Headings in order, those that must be filled in dark; ids are text, days are dates, words have drop-downs."""
    book = openpyxl.load_workbook(io.BytesIO(template(scheme.name)))
    assert book.sheetnames == ["Read me", *scheme.tables]
    for name, table in scheme.tables.items():
        sheet = book[name]
        assert tuple(cell.value for cell in sheet[1]) == table.names
        dark = {cell.value for cell in sheet[1] if cell.fill.start_color.rgb == "FF12436D"}
        assert dark == set(table.filled)
        checks = {
            str(one.sqref).split(":")[0].rstrip("0123456789"): one for one in sheet.data_validations.dataValidation
        }
        for at, declared in enumerate(table.columns, start=1):
            letter = openpyxl.utils.get_column_letter(at)
            assert sheet.cell(2, at).value == note_on(declared, required=declared.name in table.filled)
            assert letter not in checks or str(checks[letter].sqref) == f"{letter}3:{letter}1048576"
            offered = checks[letter].formula1 if letter in checks else None
            if declared.kind == "choice":
                assert offered == f'"{",".join(declared.options)}"'
            elif declared.kind == "bool":
                assert offered == '"yes,no"'
            else:
                assert (checks[letter].type if letter in checks else None) == {"date": "date", "count": "whole"}.get(
                    declared.kind
                )


@EVERY
def test_the_same_template_has_the_same_bytes(scheme: Scheme) -> None:
    """No clock is in it."""
    assert data_template(scheme) == template(scheme.name)


@EVERY
def test_an_empty_template_is_clean_and_holds_no_table(scheme: Scheme, tmp_path: Path, capsys) -> None:
    """Nobody said that there are no appeals: rules then say that they cannot be assessed, not that all is well."""
    with pytest.raises(SystemExit) as end:
        main(["template", scheme.name, "--out", str(tmp_path / "empty.xlsx")])
    assert not end.value.code
    with pytest.raises(SystemExit) as end:
        main(["check", str(tmp_path / "empty.xlsx")])
    assert not end.value.code
    said = capsys.readouterr().out
    assert "Clean: no fault was found." in said
    assert "not filled in, and therefore left out; to say that there are none, delete the row of notes" in said
    data = read_dataset(tmp_path / "empty.xlsx")
    assert (data.scheme, dict(data.tables)) == (scheme.name, {})
    assert set(data.notices["kind"]) == {"notes_alone"}
    assert set(data.counts["rows"]) == {0}


def test_a_month_that_is_filled_in_reads_back(tmp_path: Path) -> None:
    """Leading zeros, days and numbers are as they were typed; nothing is to be noticed of them."""
    data = read_dataset(filled(tmp_path))
    same_as_the_month(data)
    assert set(data.notices["kind"]) <= {"notes_alone"}


@pytest.mark.office
def test_a_month_that_is_filled_in_with_another_office_program_reads_back(tmp_path: Path, office: str) -> None:
    """As its own workbook, as Excel's, and each sheet saved as CSV."""
    source = filled(tmp_path)
    every = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for kind in ("xlsx", "ods", every):
        out, profile = tmp_path / kind[:4], f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", kind, "--outdir", out, source]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        for file in out.glob("month-*.csv"):
            file.rename(out / file.name.removeprefix("month-"))
        same_as_the_month(read_dataset(out))


def test_what_is_filled_in_can_be_drawn_from(tmp_path: Path) -> None:
    """``qa template`` to ``qa freeze`` without another step."""
    asked = ["--provider", "HLTA North", "--month", "2024-01", "--register", "sqlite://"]
    with pytest.raises(SystemExit) as end:
        main(["freeze", str(filled(tmp_path)), *asked, "--out", str(tmp_path / "frozen")])
    assert not end.value.code
    population = pd.read_csv(tmp_path / "frozen" / "population.csv", dtype="str")
    assert set(population["case_id"]) <= set(month()["cases"]["case_id"])


# --- the row of notes ------------------------------------------------------------------------------------------------

FIRST = POPS.columns[:3]
HEADER = [one.name for one in FIRST]
NOTES = [note_on(one, required=one.name in POPS.filled) for one in FIRST]
ROWS = [["P1", "North", "none"], ["P2", "North", "some"]]


def lines(*rows: Sequence[str]) -> list[list[str]]:
    """Return a sheet of PoPs."""
    return [HEADER, *map(list, rows)]


def written(folder: Path, rows: list[list[str]], kind: str) -> Path:
    """Write a sheet of PoPs as a file of a kind."""
    file = folder / f"pops.{kind}"
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    if kind == "csv":
        frame.to_csv(file, index=False)
    elif kind == "xlsx":
        frame.to_excel(file, index=False, sheet_name="pops")
    elif kind == "parquet":
        frame.to_parquet(file, index=False)
    else:
        make = {"xls": old_excel, "ods": opendocument}[kind]
        file.write_bytes(make({"pops": rows}))
    return file


EDITED = {
    "as it is": lines(NOTES, *ROWS),
    "sorted to the end": lines(*ROWS, NOTES),
    "some notes taken away": lines([NOTES[0], "", NOTES[2]], *ROWS),
    "the first note taken away": lines(["", NOTES[1], NOTES[2]], *ROWS),
    "notes rewritten": lines([f"  {NOTE} my words", NOTES[1], f"{NOTE}"], *ROWS),
    "copied twice": lines(NOTES, ROWS[0], NOTES, ROWS[1]),
    "blank rows around": lines(["", "", ""], NOTES, ["", "", ""], *ROWS),
    "columns moved": [row[::-1] for row in lines(NOTES, *ROWS)],
    "a column taken away": [row[:2] for row in lines(NOTES, *ROWS)],
    "a column added": [[*row, more] for row, more in zip(lines(NOTES, *ROWS), ["place", "", "Hull", ""], strict=True)],
}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "ods", "parquet"])
@pytest.mark.parametrize("edit", EDITED)
def test_notes_are_no_data_however_the_sheet_is_edited(tmp_path: Path, edit: str, kind: str) -> None:
    """In files of every kind; the rows are those that were filled in, with the numbers that they have in the file."""
    data = read_dataset(written(tmp_path, EDITED[edit], kind))
    assert data.rejected.empty
    assert sorted(data.tables["pops"]["pop_id"]) == ["P1", "P2"]
    assert data.counts["rows"].tolist() == [2]


@pytest.mark.parametrize("at", range(3))
def test_a_value_written_into_the_row_of_notes_is_not_lost(tmp_path: Path, at: int) -> None:
    """The row is rejected by the notes that are left in it, and so seen."""
    row = [value if number == at else note for number, (value, note) in enumerate(zip(ROWS[0], NOTES, strict=True))]
    data = read_dataset(written(tmp_path, lines(row, ROWS[1]), "csv"))
    assert data.tables["pops"]["pop_id"].tolist() == ["P2"]
    assert set(data.rejected["kind"]) == {"note"}
    assert set(data.rejected["row"]) == {2}
    assert len(data.rejected) == 2


def test_a_sheet_without_notes_and_rows_says_that_there_are_none(tmp_path: Path) -> None:
    """With its notes it is not filled in; without them it is a table that has no rows."""
    (tmp_path / "pops.csv").write_text(",".join(HEADER) + "\n")
    (tmp_path / "forms.csv").write_text('case_id,form\n"[note] File","[note] Form"\n')
    data = read_dataset(tmp_path)
    assert list(data.tables) == ["pops"]
    assert dict(zip(data.notices["table"], data.notices["kind"], strict=True)) == {
        "pops": "empty_table",
        "forms": "notes_alone",
    }


def test_a_damaged_row_below_the_notes_is_told(tmp_path: Path) -> None:
    """A table of which nothing but notes can be read is not one that nobody filled in."""
    notes = ",".join(f'"{note}"' for note in NOTES)
    (tmp_path / "pops.csv").write_text(f"{','.join(HEADER)}\n{notes}\nP1,North\n")
    data = read_dataset(tmp_path)
    assert data.rejected["kind"].tolist() == ["fields"]
    assert "pops" in data.tables


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_some_tables_only_may_be_wanted(tmp_path: Path, capsys) -> None:
    """In their order; a table that the scheme has not is refused with those that it has."""
    with pytest.raises(SystemExit) as end:
        main(["template", "hlta", "--tables", "judgements, cases", "--out", str(tmp_path / "two.xlsx")])
    assert not end.value.code
    assert "2 tables to fill in" in capsys.readouterr().out
    assert openpyxl.load_workbook(tmp_path / "two.xlsx").sheetnames == ["Read me", "cases", "judgements"]
    with pytest.raises(IntakeError, match="hlta has no table case; choose among cases, judgements, "):
        data_template(HLTA, tables=["case"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["template", "hlta"], "Missing option '--out'"),
        (
            ["template", "hlta", "--out", "year.csv"],
            "the workbook is to be year.csv; expected a name that ends in .xlsx",
        ),
        (["template", "hlat", "--out", "year.xlsx"], 'no scheme is called "hlat"; choose one of'),
    ],
)
def test_what_cannot_be_written_is_told(words: list[str], said: str, tmp_path: Path, monkeypatch, capsys) -> None:
    """Exit code 2, and no file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_may_be_filled_in_is_not_written_over(tmp_path: Path, capsys) -> None:
    """A file of that name stays as it is, whoever asks for the template twice."""
    out = tmp_path / "year.xlsx"
    out.write_bytes(b"filled in")
    with pytest.raises(SystemExit) as end:
        main(["template", "hlta", "--out", str(out)])
    assert end.value.code == 2
    assert "year.xlsx is there already, perhaps filled in" in capsys.readouterr().err
    assert out.read_bytes() == b"filled in"


def test_words_that_no_drop_down_holds_stand_in_the_note(tmp_path: Path) -> None:
    """A spreadsheet takes 255 characters in a list; several words in a cell cannot be chosen from one."""
    many = " ".join(f"long_word_{number:03}" for number in range(40))
    parts = (column("kind", "choice", "What.", words=many), column("roles", "choices", "Who.", words="one two"))
    whose = Scheme(
        name="long",
        title="Long",
        tables={"things": Table("things", parts, meaning="A thing.")},
        provider_table="things",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data_template(whose)))["things"]
    assert not sheet.data_validations.dataValidation
    assert "long_word_039" in sheet["A2"].value
    assert sheet["B2"].value == "[note] Words of a list with ; between them: one, two. Who."


def test_the_sheet_that_says_how_is_no_table(tmp_path: Path) -> None:
    """Also where the workbook is named as a table, which its first other sheet would be."""
    shutil.copyfile(written(tmp_path, lines(*ROWS), "xlsx"), tmp_path / "forms.xlsx")
    (tmp_path / "pops.xlsx").unlink()
    book = openpyxl.load_workbook(tmp_path / "forms.xlsx")
    book.create_sheet("READ ME", 0)["A1"] = "Fill it in."
    book.save(tmp_path / "forms.xlsx")
    data = read_dataset(tmp_path)
    assert list(data.tables) == ["pops"]
    assert data.notices.empty


@EVERY
def test_every_line_of_the_guide_shows_whole(scheme: Scheme) -> None:
    """Not every spreadsheet program lets a row grow with its text: a line that needs two rows' height has it."""
    sheet = openpyxl.load_workbook(io.BytesIO(template(scheme.name)))["Read me"]
    width = sheet.column_dimensions["A"].width
    for row in range(2, sheet.max_row + 1):
        needed = 1 + int(len(str(sheet.cell(row, 1).value)) / width)
        assert (sheet.row_dimensions[row].height or 15) >= 15 * needed, row
