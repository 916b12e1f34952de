"""A title above the header is one sentence with what to do, and the header is read from where it is said to be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from other_workbooks import old_excel, opendocument

from qa_lib import read_dataset
from qa_lib.batch.runfile import read_run_file
from qa_lib.cli import main
from qa_lib.errors import IntakeError
from qa_lib.project_files import ROOT

NAMES = ["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome"]
CASES = [[f"C{number}", "North", "2024-01", "A1", "P1", "met"] for number in range(1, 4)]
ABOVE = [["Moderation, January"], [], ["as of", "2 February"]]


def write(folder: Path, kind: str, rows: list[list[str]], table: str = "cases") -> Path:
    """Write rows as a table of a kind, where ``;`` stands for a text file parted by it; return the folder."""
    if kind in ("xls", "ods", "xlsx"):
        width = max(map(len, rows))
        filled = [[*row, *[""] * (width - len(row))] for row in rows]
        if kind == "xlsx":
            pd.DataFrame(filled).to_excel(folder / f"{table}.xlsx", header=False, index=False)
        else:
            make = old_excel if kind == "xls" else opendocument
            cells = [[cell or None for cell in row] if kind == "ods" else row for row in filled]
            (folder / f"{table}.{kind}").write_bytes(make({"Sheet1": cells}))
    else:
        (folder / f"{table}.csv").write_text("".join(kind.join(row) + "\n" for row in rows))
    return folder


@pytest.mark.parametrize("kind", [",", ";", "\t", "xlsx", "xls", "ods"])
def test_a_title_above_the_header_is_one_fault_and_read_when_told(tmp_path: Path, kind: str) -> None:
    """Instead of a fault for every column and row; told, it reads the rows under their own numbers."""
    folder = write(tmp_path, kind, [*ABOVE, NAMES, *CASES[:2], ["C3", "North", "2024-01", "A1", "P1", "mett"]])
    data = read_dataset(folder)
    (fault,) = data.rejected.to_dict("records")
    assert (fault["kind"], fault["row"], fault["expected"]) == ("header_row", 1, "the names of the columns")
    assert fault["advice"] == (
        "the header seems to be in row 4: have it read from there with --header-row cases=4 "
        "(in a run file: header_rows: {cases: 4}), or take away the rows above it"
    )
    assert "cases" not in data.tables
    assert data.counts["accepted"].tolist() == [0]
    told = read_dataset(folder, header_rows={"cases": 4})
    assert told.tables["cases"]["case_id"].tolist() == ["C1", "C2"]
    assert told.rejected[["row", "column"]].to_numpy().tolist() == [[7, "outcome"]]
    assert told.notices.empty


@pytest.mark.parametrize("kind", [",", "xlsx"])
@pytest.mark.parametrize("row", [1, 5, 6])
def test_a_wrong_row_is_answered_with_the_right_one(tmp_path: Path, kind: str, row: int) -> None:
    """Above the header and below it: what was passed over is looked through, too."""
    folder = write(tmp_path, kind, [*ABOVE, NAMES, *CASES])
    (fault,) = read_dataset(folder, header_rows={"cases": row}).rejected.to_dict("records")
    assert (fault["row"], fault["kind"]) == (row, "header_row")
    assert "the header seems to be in row 4" in fault["advice"]


@pytest.mark.parametrize("kind", [",", "xlsx"])
@pytest.mark.parametrize("row", [2, 99])
def test_a_blank_row_is_no_header(tmp_path: Path, kind: str, row: int) -> None:
    """Nothing is there, or the file ends before it: the number is the fault."""
    folder = write(tmp_path, kind, [*ABOVE, NAMES, *CASES])
    (fault,) = read_dataset(folder, header_rows={"cases": row}).rejected.to_dict("records")
    assert (fault["row"], fault["expected"]) == (row, f"a header with column names in row {row}")


def test_a_mapped_header_is_known_by_what_the_file_calls_it(tmp_path: Path) -> None:
    """The names of the mapping count as the table's own."""
    folder = write(tmp_path, ",", [["Title"], ["Ref", "Body", "When", "By", "Place", "Result"], *CASES])
    columns = {"cases": dict(zip(["Ref", "Body", "When", "By", "Place", "Result"], NAMES, strict=True))}
    assert read_dataset(folder, columns=columns).rejected["kind"].tolist() == ["header_row"]
    assert read_dataset(folder, columns=columns, header_rows={"cases": 2}).clean


def test_a_table_that_needs_no_column_is_not_read_under_its_title(tmp_path: Path) -> None:
    """Without its columns it would be clean and empty of everything."""
    folder = write(tmp_path, ",", [["All appeals"], ["case_id", "received_on"], ["C1", "2024-02-01"]], table="appeals")
    data = read_dataset(folder)
    assert data.rejected[["table", "kind"]].to_numpy().tolist() == [["appeals", "header_row"]]


def test_names_of_columns_below_a_whole_header_are_rows(tmp_path: Path) -> None:
    """Two exports pasted together: the second header is a faulty row, and no other header is looked for."""
    data = read_dataset(write(tmp_path, ",", [NAMES, *CASES[:1], NAMES, *CASES[1:]]))
    assert "header_row" not in data.rejected["kind"].tolist()
    assert data.tables["cases"]["case_id"].tolist() == ["C1", "C2", "C3"]


def test_a_header_is_looked_for_in_the_first_rows_only(tmp_path: Path) -> None:
    """A list far down in a file of something else is not its table."""
    folder = write(tmp_path, ",", [["Title"], *[["x", "y"]] * 31, NAMES, *CASES])
    assert "header_row" not in read_dataset(folder).rejected["kind"].tolist()


def test_the_command_takes_a_row_for_one_table_or_for_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``4`` and ``cases=4`` read the same; what is said of one table goes before what is said of all."""
    folder = write(tmp_path, ",", [*ABOVE, NAMES, *CASES])
    for words in (["4"], ["cases=4"], ["2", "cases=4"]):
        main_exits(["check", str(folder), *[word for row in words for word in ("--header-row", row)]], 0)
        assert "Clean: no fault was found." in capsys.readouterr().out


def main_exits(arguments: list[str], code: int) -> None:
    """Run the command and check its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert (caught.value.code or 0) == code


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("four", '--header-row arrived as "four"; expected a row such as 4, or a table\'s: TABLE=4'),
        ("cases=", '--header-row arrived as "cases="; expected a row such as 4, or a table\'s: TABLE=4'),
        ("cases=0", "row 0 of cases is no row; rows are counted from 1; write TABLE=N, such as cases=4"),
        ("case=4", '"case" is no table of the scheme; did you mean "cases"?; write TABLE=N, such as cases=4'),
    ],
)
def test_a_row_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str, message: str
) -> None:
    """The message says what arrived and how it is written."""
    main_exits(["check", str(write(tmp_path, ",", [NAMES, *CASES])), "--header-row", word], 2)
    assert message in capsys.readouterr().err


def test_a_parquet_file_has_no_row_to_choose(tmp_path: Path) -> None:
    """Its columns are named apart from its records."""
    pd.DataFrame(CASES, columns=NAMES).to_parquet(tmp_path / "cases.parquet")
    with pytest.raises(IntakeError, match=r"cases\.parquet has no row of headers to choose"):
        read_dataset(tmp_path, header_rows={"cases": 4})


def test_a_reader_of_its_own_knows_its_headers(tmp_path: Path) -> None:
    """A row that would be passed over in silence is refused."""
    with pytest.raises(IntakeError, match="here they are known: tell none"):
        read_dataset(tmp_path, reader="oulad_moderation", header_rows={"cases": 4})


def test_a_separator_line_is_obeyed_above_a_header_that_is_told(tmp_path: Path) -> None:
    """``sep=`` on the first line parts the header, wherever that stands."""
    (tmp_path / "pops.csv").write_text("sep=|\nAll, PoPs, of; all; regions;\npop_id|rpa\nP1|North\n")
    assert read_dataset(tmp_path, header_rows={"pops": 3}).tables["pops"].to_numpy().tolist() == [["P1", "North"]]


def test_a_run_file_says_the_rows_of_headers(tmp_path: Path) -> None:
    """As whole numbers from 1; anything else is a fault of its line."""
    run = (ROOT / "parameters/runs/hlta_sample.yaml").read_text()
    path = tmp_path / "run.yaml"
    path.write_text(f"{run}\nheader_rows: {{cases: 4, pops: 2}}\n")
    assert read_run_file(path).header_rows == {"cases": 4, "pops": 2}
    path.write_text(f"{run}\nheader_rows: {{cases: fourth}}\n")
    with pytest.raises(Exception, match="expected the number of a row, counted from 1"):
        read_run_file(path)


def freeze(folder: Path, *more: str) -> list[str]:
    """Return the words of a freeze of the data set in a folder."""
    out, register = folder.parent / "frozen", folder.parent / "register.sqlite"
    where = ["--out", str(out), "--register", str(register)]
    return ["freeze", str(folder), "--provider", "North", "--month", "2024-01", *where, *more]


def test_a_freeze_reads_the_same_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused with the whole sentence of the check until it is told the row; then it freezes all files."""
    folder = tmp_path / "data"
    folder.mkdir()
    write(folder, "xlsx", [*ABOVE, NAMES, *CASES])
    main_exits(freeze(folder), 2)
    told = capsys.readouterr().err
    assert "1 fault in data touches what is drawn from; the first: cases.xlsx, sheet Sheet1, row 1: expected" in told
    assert "--header-row cases=4" in told
    main_exits(freeze(folder, "--header-row", "cases=4"), 0)
    assert "3 files frozen" in capsys.readouterr().err


def test_nothing_is_frozen_while_a_table_may_lie_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of assessors that was saved as a PDF would decide who is covered."""
    folder = tmp_path / "data"
    folder.mkdir()
    write(folder, ",", [NAMES, *CASES])
    (folder / "assessors.pdf").write_bytes(b"%PDF")
    main_exits(freeze(folder), 2)
    told = capsys.readouterr().err
    assert (
        "the first: assessors.pdf: expected a CSV, Excel (.xlsx, .xls), OpenDocument (.ods) or Parquet file; " in told
    )
    assert "; as it is named, it may be the table assessors." in told


@pytest.mark.parametrize("kind", [",", "xlsx"])
def test_a_title_is_known_by_its_shape_where_every_column_is_called_otherwise(tmp_path: Path, kind: str) -> None:
    """Nothing is mapped yet: the row that names the most columns is named; a header of other names is none to pass."""
    theirs = ["Ref", "Body", "When", "By", "Place", "Result"]
    folder = write(tmp_path, kind, [*ABOVE, theirs, *CASES])
    (fault,) = read_dataset(folder, scheme="hlta").rejected.to_dict("records")
    assert "the header seems to be in row 4: have it read from there with --header-row cases=4" in fault["advice"]
    told = read_dataset(folder, scheme="hlta", header_rows={"cases": 4}).rejected
    assert told["kind"].unique().tolist() == ["missing_column"]
    assert told["advice"].str.contains('--columns "THEIRS=', regex=False).all()
