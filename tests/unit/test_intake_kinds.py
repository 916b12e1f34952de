"""What a file is, is told by its content; a table that is not read is never passed over in silence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from other_workbooks import old_excel, opendocument
from returned import drawn, filled

from qa_lib import read_dataset
from qa_lib.cli import main
from qa_lib.cli.compare import read_people
from qa_lib.errors import IntakeError, command_line
from qa_lib.intake.kinds import _NAMED, ENDINGS, kind_of
from qa_lib.register.store import open_register

ROWS = [["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome"], ["C1", "North", "2024-01", "A1", "P1", "met"]]
CSV = "\n".join(map(",".join, ROWS)).encode()
PAGE = b"\xef\xbb\xbf\r\n <!DOCTYPE html><html><body><table><tr><td>case_id</td></tr></table></body></html>"
SHEET_XML = b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook></Workbook>'


def packed(*names: str) -> bytes:
    """Return a ZIP archive with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def xlsx() -> bytes:
    """Return an Excel workbook of one case."""
    out = io.BytesIO()
    pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_excel(out, sheet_name="cases", index=False)
    return out.getvalue()


def parquet() -> bytes:
    """Return a Parquet file of one case."""
    return pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_parquet()


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file and return its folder."""
    (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("cases.csv", xlsx, "an Excel workbook; name it .xlsx"),
        ("cases.txt", lambda: old_excel({"cases": ROWS}), "an Excel workbook of the old kind; name it .xls"),
        ("cases.xlsx", lambda: old_excel({"cases": ROWS}), "an Excel workbook of the old kind; name it .xls"),
        ("cases.xls", xlsx, "an Excel workbook; name it .xlsx"),
        ("cases.xlsx", lambda: opendocument({"cases": ROWS}), "an OpenDocument workbook; name it .ods"),
        ("cases.xlsx", lambda: CSV, "a text file; name it .csv"),
        ("cases.parquet", lambda: CSV, "a text file; name it .csv"),
        ("cases.tsv", parquet, "a Parquet file; name it .parquet"),
        ("cases.xls", lambda: PAGE, "a web page, whatever its name says; open it in a spreadsheet program and save it"),
        ("cases.csv", lambda: PAGE.decode("utf-8-sig").encode("utf-16"), "a web page, whatever its name says;"),
        ("cases.xls", lambda: SHEET_XML, "an XML file, whatever its name says; open it in a spreadsheet program"),
        (
            "cases.csv",
            lambda: b'[\n {"case_id": "C1"}]',
            "a JSON file, whatever its name says; export the table as CSV",
        ),
        ("cases.txt", lambda: b'{"cases": []}', "a JSON file, whatever its name says; export the table as CSV"),
        ("cases.csv", lambda: b"%PDF-1.7\n", "a PDF document; ask for the spreadsheet that it was made from"),
        ("cases.csv", lambda: b"SQLite format 3\0...", "a database; export its tables as CSV"),
        ("cases.csv", lambda: b"\x1f\x8b\x08...", "a compressed file; unpack it, and give the file in it"),
        ("cases.csv", lambda: packed("cases.csv"), "a ZIP archive; unpack it, and give the files in it"),
        ("cases.xlsx", lambda: packed("hello.txt"), "a ZIP archive; unpack it, and give the files in it"),
        ("cases.xlsx", lambda: packed("xl/workbook.bin"), "a binary Excel workbook (.xlsb); open it in a spreadsheet"),
        ("cases.xlsx", lambda: packed("Index/Tables.iwa"), "a Numbers workbook; export it from Numbers as Excel"),
        ("cases.csv", lambda: packed("word/document.xml"), "a text document; copy its table into a spreadsheet"),
    ],
)
def test_a_file_that_is_something_else_than_its_name_says_is_one_sentence(
    tmp_path: Path, name: str, make: Callable[[], bytes], message: str
) -> None:
    """It says what the file is and what to do, in a data set and in a comparison alike, and nothing of the content."""
    folder = put(tmp_path, name, make())
    with pytest.raises(IntakeError) as caught:
        read_dataset(folder)
    assert f"{name} is {message}" in str(caught.value)
    assert str(caught.value).count("\n") == 0
    assert len(str(caught.value)) < 250
    with pytest.raises(IntakeError) as compared:
        read_people(tmp_path / name)
    assert f"{name} is {message}" in str(compared.value)


@pytest.mark.parametrize(
    ("ending", "make"),
    [(".xlsx", xlsx), (".xls", lambda: old_excel({"s": ROWS})), (".ods", lambda: opendocument({"s": ROWS}))]
    + [
        (".csv", lambda: CSV),
        (".tsv", lambda: CSV),
        (".txt", lambda: CSV),
        (".parquet", parquet),
        (".CSV", lambda: CSV),
    ]
    + [(".csv", partial(CSV.decode().encode, name)) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32")],
)
def test_every_kind_that_is_named_rightly_is_read_alike(tmp_path: Path, ending: str, make: Callable[[], bytes]) -> None:
    """The same case arrives from every kind of file and encoding, without a word."""
    data = read_dataset(put(tmp_path, f"cases{ending}", make()))
    assert data.tables["cases"].to_numpy().tolist() == ROWS[1:]
    assert data.notices.empty


def test_every_kind_has_its_words() -> None:
    """Whatever a file's content is found to be, a message can name it."""
    contents = [
        CSV,
        xlsx(),
        parquet(),
        PAGE,
        SHEET_XML,
        packed("x"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04",
    ]
    assert {kind_of(data) for data in contents} <= set(_NAMED)
    assert set(ENDINGS.values()) <= set(_NAMED)


@pytest.mark.parametrize("name", ["cases.pdf", "Cases.docx", "cases.numbers", "cases.json", "cases.csv.gz", "cases"])
def test_a_table_s_name_on_a_file_that_is_not_read_is_a_fault(tmp_path: Path, name: str) -> None:
    """The data set is not clean while the table may be missing; the other tables are read."""
    put(tmp_path, name, b"x")
    data = read_dataset(put(tmp_path, "pops.csv", b"pop_id,rpa\nP1,North\n"))
    (fault,) = data.rejected.to_dict("records")
    assert (fault["table"], fault["file"], fault["kind"], fault["row"]) == ("cases", name, "unread_file", 0)
    assert not data.clean
    assert list(data.tables) == ["pops"]


def test_a_link_to_a_table_is_not_followed_and_a_fault(tmp_path: Path) -> None:
    """A link may lead out of the data set; passing over it in silence would lose the table."""
    put(tmp_path, "pops.csv", b"pop_id,rpa\nP1,North\n")
    (tmp_path / "events.csv").symlink_to(tmp_path / "pops.csv")
    data = read_dataset(tmp_path)
    assert data.rejected[["file", "advice"]].to_numpy().tolist() == [
        ["events.csv", "links are not followed; put the file in its place; as it is named, it may be the table events"]
    ]
    assert list(read_dataset(_linked(tmp_path)).tables) == ["pops"]


def _linked(folder: Path) -> Path:
    """Return a link that is given by hand, named as the table it leads to."""
    (folder / "other").mkdir()
    (folder / "other" / "pops.csv").symlink_to(folder / "pops.csv")
    return folder / "other" / "pops.csv"


def test_a_folder_named_as_a_table_is_noticed(tmp_path: Path) -> None:
    """It may hold the table, or papers: it is said, and no fault."""
    (tmp_path / "forms").mkdir()
    data = read_dataset(put(tmp_path, "cases.csv", CSV))
    assert data.clean
    assert data.notices[["file", "advice"]].to_numpy().tolist() == [
        ["forms", "the folder is not looked into; put the table forms beside it"]
    ]


def test_where_no_table_is_found_what_lies_there_is_named(tmp_path: Path) -> None:
    """The one file that was meant is among the first five."""
    for number in range(6):
        put(tmp_path, f"copy {number} of cases.pdf", b"x")
    with pytest.raises(IntakeError, match=r"no table was found \(not read: copy 0 of cases\.pdf, .* and 1 more\)"):
        read_dataset(tmp_path)
    with pytest.raises(IntakeError, match=r"no table was found \(not read: cases\.db\)"):
        read_dataset(put(tmp_path, "cases.db", b"x") / "cases.db")
    sheets = opendocument({"Sheet1": ROWS, "Notes": ROWS})
    with pytest.raises(IntakeError, match=r"\(not read: sheet Notes of year\.ods, sheet Sheet1 of year\.ods\)"):
        read_dataset(put(tmp_path, "year.ods", sheets) / "year.ods")


def moderation_return(folder: Path) -> Path:
    """Write the filled return of a small draw, and return its path."""
    return put(folder, "January.xlsx", filled(drawn(open_register("sqlite://")))) / "January.xlsx"


def test_a_moderation_return_given_to_check_is_told_where_it_belongs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence with the command; nothing is counted as faults."""
    with pytest.raises(SystemExit) as caught:
        main(["check", str(moderation_return(tmp_path))])
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "qa: the data set cannot be read: January.xlsx is a moderation return, not a data set: "
        "record it with qa import-return January.xlsx\n"
    )


def test_a_moderation_return_beside_the_tables_is_left_out_with_one_notice(tmp_path: Path) -> None:
    """Somebody saved it there; the tables are read."""
    moderation_return(tmp_path)
    data = read_dataset(put(tmp_path, "cases.csv", CSV))
    assert data.clean
    assert data.notices[["file", "sheet", "advice"]].to_numpy().tolist() == [
        ["January.xlsx", "", "left out: it is a moderation return, for qa import-return"]
    ]
    assert list(data.inputs) == ["cases.csv"]


@pytest.mark.parametrize("register", [True, False], ids=["with a register", "without"])
@pytest.mark.parametrize(
    ("name", "make"),
    [("a year.xlsx", xlsx), ("cases.csv", lambda: CSV), ("cases.xls", lambda: old_excel({"s": ROWS}))],
)
def test_a_data_set_given_to_import_return_is_told_where_it_belongs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, make: Callable[[], bytes], register: bool
) -> None:
    """One sentence instead of every sheet and column of the form, or of a register, that is missing."""
    if register:
        open_register(str(tmp_path / "register.sqlite"))
    path = put(tmp_path, name, make()) / name
    with pytest.raises(SystemExit) as caught:
        main(["import-return", str(path), "--register", str(tmp_path / "register.sqlite")])
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        f"qa: {name} is a data set (it holds the table cases), not a moderation return: "
        f"check it with {command_line(['qa', 'check', name])}\n"
    )
