"""Workbooks are read with their own row numbers, and refused before they can do harm."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from qa_lib.errors import IntakeError
from qa_lib.intake import archives
from qa_lib.intake.archives import check_archive
from qa_lib.intake.dataset import read_dataset

HEADER = ["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome", "submitted_on", "difficult", "fee"]
GOOD = ["C1", "North", "2024-01", "A1", "P1", "met", "2024-01-20", "no", "450.10"]


def workbook(sheets: dict[str, Sequence[Sequence[object]]], *, first_row: int = 0) -> bytes:
    """Return a workbook with rows of cells per sheet; dates are real date cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows, start=first_row):
            for column, cell in enumerate(row, start=1):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
    book.close()
    return out.getvalue()


def cases(*rows: Sequence[object]) -> dict[str, Sequence[Sequence[object]]]:
    """Return a sheet of cases."""
    return {"Cases": [HEADER, *rows]}


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write bytes as ``year.xlsx`` and return its path."""

    def write(data: bytes) -> Path:
        path = tmp_path / "year.xlsx"
        path.write_bytes(data)
        return path

    return write


def test_sheets_named_as_tables_are_the_tables(put: Callable[[bytes], Path]) -> None:
    """Case, blanks and hyphens of a sheet's name do not matter; other sheets are left out with a notice."""
    sheets = cases(GOOD) | {"National-Standards": [["month", "standard"], ["2024-01", 7]], "Notes": [["hello"]]}
    data = read_dataset(put(workbook(sheets)))
    assert set(data.tables) == {"cases", "national_standards"}
    assert data.tables["national_standards"]["standard"].tolist() == [7]
    assert data.notices[["file", "sheet", "kind"]].values.tolist() == [["year.xlsx", "Notes", "unknown_file"]]
    assert list(data.inputs) == ["year.xlsx"]


def test_in_a_folder_a_workbook_may_be_one_table(tmp_path: Path) -> None:
    """The file's name tells the table where the sheet's does not."""
    (tmp_path / "cases.xlsx").write_bytes(workbook({"Sheet1": [HEADER, GOOD]}))
    (tmp_path / "pops.csv").write_text("pop_id,rpa\nP1,North\n")
    data = read_dataset(tmp_path)
    assert data.counts[["table", "sheet", "accepted"]].values.tolist() == [["cases", "Sheet1", 1], ["pops", "", 1]]


def test_rows_are_numbered_as_the_sheet_numbers_them(put: Callable[[bytes], Path]) -> None:
    """Leading and inner blank rows count; the table may start anywhere."""
    bad = ["C2", *GOOD[1:5], "mett", *GOOD[6:]]
    data = read_dataset(put(workbook(cases(GOOD, [], bad), first_row=3)))
    assert data.rejected[["sheet", "row", "column"]].values.tolist() == [["Cases", 7, "outcome"]]
    assert data.notices[["row", "kind"]].values.tolist() == [[6, "blank_row"]]
    assert data.counts[["rows", "accepted", "rejected"]].values.tolist() == [[2, 1, 1]]


def test_real_dates_numbers_and_booleans_are_read_as_such(put: Callable[[bytes], Path]) -> None:
    """Date cells become dates and months, true and false become booleans, an amount keeps its digits."""
    row = ["C1", "North", dt.date(2024, 1, 1), "A1", "P1", "met", dt.date(2024, 8, 31), True, 450.1]
    frame = read_dataset(put(workbook(cases(row)))).tables["cases"]
    assert frame["submitted_on"].dt.strftime("%Y-%m-%d").tolist() == ["2024-08-31"]
    assert frame[["month", "difficult", "fee"]].values.tolist() == [["2024-01", True, "450.1"]]


def test_ids_that_became_numbers_are_read_with_a_notice_or_rejected(put: Callable[[bytes], Path]) -> None:
    """7 may have been 007, so it is said; 0.5, a date and 16 digits cannot be the id that was entered."""
    rows = [[cell, *GOOD[1:]] for cell in (7, 100000.0, 0.5, dt.date(2024, 10, 20), 1234567890123456, True, "007")]
    data = read_dataset(put(workbook(cases(*rows))))
    assert data.tables["cases"]["case_id"].tolist() == ["7", "100000", "007"]
    assert data.rejected[["row", "kind"]].values.tolist() == [
        [4, "mangled"],
        [5, "mangled"],
        [6, "mangled"],
        [7, "mangled"],
    ]
    near, notice = data.notices.sort_values("kind").to_dict("records")
    assert (notice["kind"], notice["row"], notice["arrived"]) == ("number_id", 2, "7")
    assert near["kind"] == "near_equal"  # 7 and 007 may be one
    assert "2 cells" in notice["advice"]
    assert "leading zeros may be lost" in notice["advice"]


def test_errors_of_the_spreadsheet_are_blank(put: Callable[[bytes], Path]) -> None:
    """A cell that shows #N/A is missing."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("cases")
    sheet.write_row(0, 0, HEADER[:6])
    sheet.write_row(1, 0, GOOD[:5])
    sheet.write_formula(1, 5, "=NA()", value="#N/A")
    book.close()
    data = read_dataset(put(out.getvalue()))
    assert data.rejected[["row", "column", "kind"]].values.tolist() == [[2, "outcome", "blank"]]


def test_two_sheets_of_one_name_are_refused_by_name(put: Callable[[bytes], Path]) -> None:
    """``Cases`` and ``cases `` are the same table twice."""
    with pytest.raises(IntakeError, match=r"pops came 2 times \(year.xlsx, sheet pops and year.xlsx, sheet PoPs "):
        read_dataset(put(workbook({"pops": [["pop_id"]], "PoPs ": [["pop_id"]]})))


def test_a_sheet_without_anything_is_an_empty_file(put: Callable[[bytes], Path]) -> None:
    """A table without even a header is a fault of the sheet."""
    data = read_dataset(put(workbook({"cases": [], "pops": [["pop_id", "rpa"]]})))
    assert data.rejected[["table", "row", "kind"]].values.tolist() == [["cases", 0, "empty_file"]]
    assert data.notices[["table", "row", "kind"]].values.tolist() == [["pops", 1, "empty_table"]]


def test_an_encrypted_workbook_is_said_to_be_encrypted(put: Callable[[bytes], Path]) -> None:
    """The message says what to do about it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook(cases(GOOD)))).encrypt("secret", locked)
    with pytest.raises(
        IntakeError, match=r"year\.xlsx is encrypted; open it with its password and save it without one"
    ):
        read_dataset(put(locked.getvalue()))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[: len(data) // 2], "damaged workbook"),
        (lambda _: b"", "no workbook, or a damaged one"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "a damaged workbook, or none"),
        (lambda data: data[:100] + bytes([data[100] ^ 255]) + data[101:], "damaged workbook"),
    ],
    ids=["cut", "empty", "old", "flipped"],
)
def test_damaged_workbooks_are_refused_by_name(
    put: Callable[[bytes], Path], damage: Callable[[bytes], bytes], message: str
) -> None:
    """Cut off, empty or with a changed byte: the file is named and what to do is said."""
    with pytest.raises(IntakeError, match=f"year.xlsx is .*{message}.*save it again as .xlsx"):
        read_dataset(put(damage(workbook(cases(GOOD)))))


def sheet_archive(xml: bytes, *, parts: int = 1) -> bytes:
    """Return an archive with a sheet of the given XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(parts):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", xml)
    return out.getvalue()


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b'<sheetData><c r="A1"/><c r="XFD1048576"/></sheetData>', "1048576 rows and 16384 columns; that is too large"),
        (b"<sheetData><c r = 'xfd1048576'/></sheetData>", "1048576 rows and 16384 columns; that is too large"),
        (b'<sheetData><c r="A1"/><c r="AV1048576"/></sheetData>', "reaches to row 1048576 and column 48 and is nearly"),
        (b'<sheetData><row r="1048577"/></sheetData>', "a sheet with row 1048577; a sheet has at most 1048576 rows"),
        ("<sheetData/>".encode("utf-16"), "damaged workbook"),
    ],
    ids=["corner", "freely spelt corner", "sparse", "too many rows", "wide characters"],
)
def test_a_small_file_that_would_fill_the_memory_is_refused_before_it_is_opened(xml: bytes, message: str) -> None:
    """A cell in the last corner makes a reader lay out the whole sheet: it never gets that far."""
    with pytest.raises(IntakeError, match=message):
        check_archive(sheet_archive(xml), "year.xlsx")


def test_a_bomb_of_five_megabytes_is_refused_by_its_ratio() -> None:
    """Five megabytes that say they unpack to a gigabyte are not unpacked at all."""
    packed = bytearray(sheet_archive(b"<sheetData>" + bytes(5_000) + b"</sheetData>")) + bytearray(5_000_000)
    # The central directory claims 900 MB; the archive's comment makes up the five megabytes.
    entry = packed.index(b"PK\x01\x02")
    packed[entry + 24 : entry + 28] = struct.pack("<I", 900_000_000)
    end = packed.index(b"PK\x05\x06")
    data = bytes(packed[: end + 22])
    with pytest.raises(IntakeError, match=r"unpacks to \d+ times its size; at most 100 times"):
        check_archive(data, "year.xlsx")


def test_a_real_bomb_is_refused(tmp_path: Path) -> None:
    """A hundred megabytes of zeros in a hundred kilobytes are refused; nothing is laid out."""
    path = tmp_path / "cases.xlsx"
    path.write_bytes(sheet_archive(bytes(25_000_000), parts=4))
    with pytest.raises(IntakeError, match=r"cases\.xlsx unpacks to .* times its size"):
        read_dataset(path)


def test_limits_of_parts_and_size_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit an archive passes, beyond it it does not."""
    data = sheet_archive(b"<sheetData></sheetData>", parts=3)
    monkeypatch.setattr(archives, "MOST_PARTS", 3)
    check_archive(data, "x.xlsx")
    monkeypatch.setattr(archives, "MOST_PARTS", 2)
    with pytest.raises(IntakeError, match="has 3 parts"):
        check_archive(data, "x.xlsx")
    monkeypatch.setattr(archives, "MOST_PARTS", 3)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 3 * len(b"<sheetData></sheetData>") - 1)
    with pytest.raises(IntakeError, match="unpacks to 0 MB"):
        check_archive(data, "x.xlsx")


def test_a_sheet_of_a_million_rows_is_read(tmp_path: Path) -> None:
    """The format's last row, 1,048,576, is read, and a fault in it is named."""
    body = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>P%d</t></is></c></row>' % (row, row, row % 1000)
        for row in range(2, 1_048_576)
    )
    first = b'<row r="1"><c r="A1" t="inlineStr"><is><t>pop_id</t></is></c></row>'
    last = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>=P2</t></is></c></row>'
    path = tmp_path / "pops.xlsx"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    plain = workbook({"pops": [["pop_id"]]})
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as goal,
    ):
        for name in source.namelist():
            sheet = b'<worksheet xmlns="%s"><sheetData>%s%s%s</sheetData></worksheet>'
            parts = sheet % (main.encode(), first, body, last)
            goal.writestr(name, parts if name == "xl/worksheets/sheet1.xml" else source.read(name))
    data = read_dataset(path)
    assert data.counts[["rows", "accepted", "rejected"]].values.tolist() == [[1_048_575, 1_048_574, 1]]
    assert data.rejected[["row", "kind"]].values.tolist() == [[1_048_576, "identifier"]]
