"""Old Excel and OpenDocument workbooks are read like today's and refused before they do harm; nothing stays hidden."""

from __future__ import annotations

import datetime as dt
import io
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from other_workbooks import Cells, ods_cell, ods_rows, old_excel, opendocument, record

from qa_lib import read_dataset
from qa_lib.errors import IntakeError
from qa_lib.intake import archives, shared_text
from qa_lib.intake import hidden as hidden_module
from qa_lib.intake import old_excel as old_excel_module
from qa_lib.intake.formulas import may_lack_values, valueless_rows
from qa_lib.intake.old_excel import check_old_excel
from qa_lib.intake.opendocument import check_opendocument

POPS = [["pop_id", "rpa"], *[[f"P{number}", "North"] for number in range(1, 8)]]
HEADER = ["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome", "difficult", "ages_min", "fee"]
CASE = ["C1", "North", "2024-01", 7, "P1", "met", True, 5, 450.5]
MAKE: dict[str, Callable[[dict[str, Cells]], bytes]] = {"xls": old_excel, "ods": opendocument}


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_texts_numbers_and_truths_arrive_as_in_a_workbook_of_today(tmp_path: Path, kind: str) -> None:
    """A number in an id is noticed, a fraction keeps its digits, other sheets are left out with a notice."""
    sheets: dict[str, Cells] = {"Cases": [HEADER, CASE], "pops": POPS, "Notes": [["hello"]]}
    data = read_dataset(put(tmp_path, f"year.{kind}", MAKE[kind](sheets)))
    (row,) = data.tables["cases"].to_dict("records")
    assert [row[name] for name in HEADER] == ["C1", "North", "2024-01", "7", "P1", "met", True, 5, "450.5"]
    assert data.counts[["table", "sheet", "accepted"]].to_numpy().tolist() == [
        ["cases", "Cases", 1],
        ["pops", "pops", 7],
    ]
    assert data.notices[["sheet", "kind"]].to_numpy().tolist() == [["Notes", "unknown_file"], ["Cases", "number_id"]]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_rows_are_numbered_as_the_sheet_numbers_them(tmp_path: Path, kind: str) -> None:
    """Blank rows before the header and between records count."""
    blank: list[object] = [None, None] if kind == "ods" else ["", ""]
    data = read_dataset(put(tmp_path, f"pops.{kind}", MAKE[kind]({"S": [blank, blank, *POPS[:2], blank, ["=P", "N"]]})))
    assert data.rejected[["row", "kind"]].to_numpy().tolist() == [[6, "identifier"]]
    assert data.notices[["row", "kind"]].to_numpy().tolist() == [[5, "blank_row"]]


def typed_workbook() -> bytes:
    """Return a workbook of today with dates, times, an error, a formula and hidden rows, a column and a sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day, clock = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet("cases")
    sheet.write_row(0, 0, [*HEADER, "submitted_on", "paid_on", "attempt", "charges"])
    for row in range(1, 6):
        sheet.write_row(row, 0, [f"C{row}", *CASE[1:3], f"A{row}", *CASE[4:]])
        sheet.write_datetime(row, 9, dt.datetime(2024, 1, row), day)
        sheet.write_datetime(row, 10, dt.datetime(2024, 2, row, 9, 30), clock)
        sheet.write_formula(row, 11, "=NA()", value="#N/A")
        sheet.write_formula(row, 12, "=2*2.25", value=4.5)
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.set_column(8, 8, None, None, {"hidden": True})
    other = book.add_worksheet("pops")
    other.write_row(0, 0, POPS[0])
    other.write_row(1, 0, POPS[1])
    other.hide()
    book.close()
    return out.getvalue()


HIDDEN = [
    ["pops", 0, "hidden_sheet", "the sheet is hidden in the spreadsheet, and it was read: take away what is not meant"],
    [
        "cases",
        1,
        "hidden_column",
        "the column fee is hidden in the spreadsheet, and it was read: take away what is not meant",
    ],
    ["cases", 3, "hidden_row", "2 rows are hidden in the spreadsheet, and they were read: take away what is not meant"],
]


def hidden(path: Path) -> list[list[object]]:
    """Return table, row, kind and advice of the notices of what is hidden."""
    found = read_dataset(path).notices
    chosen = found[found["kind"].str.startswith("hidden")].sort_values(["row"], kind="stable")
    rows: list[list[object]] = chosen[["table", "row", "kind", "advice"]].to_numpy().tolist()
    return rows


def test_hidden_rows_columns_and_sheets_are_read_and_said(tmp_path: Path) -> None:
    """By number and name, once for each sheet; all five rows are accepted."""
    path = put(tmp_path, "year.xlsx", typed_workbook())
    assert hidden(path) == HIDDEN
    assert read_dataset(path).counts["accepted"].tolist() == [5, 1]


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_another_program_saves_is_read_alike(tmp_path: Path, office: str, kind: str) -> None:
    """Dates, times, errors, formulas and what is hidden arrive from all three kinds the same."""
    path = put(tmp_path, "year.xlsx", typed_workbook())
    command = [office, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", kind, str(path)]
    subprocess.run([*command, "--outdir", str(tmp_path)], check=True, capture_output=True, timeout=120)
    ours, theirs = read_dataset(path), read_dataset(tmp_path / f"year.{kind}")
    assert hidden(tmp_path / f"year.{kind}") == HIDDEN
    assert ours.tables["cases"].drop(columns="difficult").equals(theirs.tables["cases"].drop(columns="difficult"))
    assert ours.tables["cases"]["difficult"].tolist() == theirs.tables["cases"]["difficult"].tolist()
    assert theirs.rejected.empty


def with_formulas(kind: str) -> bytes:
    """Return a workbook of pops whose rows 3 to 5 have formulas: failed, worked out, and not (xls: an error)."""
    if kind == "xls":
        failed = struct.pack("<HHHBBBBBBH", 2, 2, 0, 2, 0, 7, 0, 0, 0, 0xFFFF) + bytes(8)
        worked_out = struct.pack("<HHHd", 3, 2, 0, 7.0) + bytes(8)
        error = struct.pack("<HHHBB", 4, 2, 0, 7, 1)
        more = record(0x0006, failed) + record(0x0006, worked_out) + record(0x0205, error)
        return old_excel({"pops": [[*POPS[0], "past_difficulty"], *POPS[1:5]]}, more=more)
    if kind == "ods":
        failed, worked_out = (
            ods_cell(text, f'table:formula="of:=A1" {more}')
            for text, more in (("", 'calcext:value-type="error"'), ("none", 'calcext:value-type="string"'))
        )
        cells = ["", failed, worked_out, '<table:table-cell table:formula="of:=A1"/>']
        rows = [ods_rows([one]).replace("</table:table-row>", f"{cell}</table:table-row>")
                for one, cell in zip(POPS[1:5], cells, strict=True)]  # fmt: skip
        return opendocument({"pops": ods_rows([[*POPS[0], "past_difficulty"]]) + "".join(rows)})
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("pops")
        for row, cells in enumerate([[*POPS[0], "past_difficulty"], *POPS[1:5]]):
            sheet.write_row(row, 0, cells)
        sheet.write_formula(2, 2, "=1/0", value="#DIV/0!")
        sheet.write_formula(3, 2, '="none"', value="none")
        sheet.write_formula(4, 2, '="some"', value="")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_formula_without_a_value_is_said(tmp_path: Path, kind: str) -> None:
    """An error and a formula that no program worked out are read as blank, and noticed at the first one's row."""
    found = read_dataset(put(tmp_path, f"year.{kind}", with_formulas(kind))).notices
    told = found[found["kind"] == "formula_without_value"]
    advice = (
        "2 cells show an error or a formula that was not worked out, read as blank: mend it and save the file again"
    )
    assert told[["table", "row", "advice"]].to_numpy().tolist() == [["pops", 3, advice]]


def test_a_formula_may_come_to_no_characters() -> None:
    """Which its kind says; prefixes of names and rows without a number do not mislead."""
    empty, unknown, error = (
        '<x:c t="str"><x:f>A1</x:f><x:v/></x:c>',
        "<x:c><x:f>A1</x:f></x:c>",
        "<x:c t='e'><x:v>#N/A</x:v></x:c>",
    )
    sheet = f'<x:s><x:row r="4">{empty}</x:row><x:row>{unknown}</x:row><x:row r="9">{error}</x:row></x:s>'
    assert may_lack_values(unknown.encode())
    assert may_lack_values(error.encode())
    assert not may_lack_values(b'<c r="A1" t="s"><v>1</v></c>')
    assert valueless_rows(io.BytesIO(sheet.encode())) == [5, 9]


def test_hidden_rows_of_other_kinds_are_said(tmp_path: Path) -> None:
    """The flags of an old workbook's rows, columns and sheets; a filter and a hand in OpenDocument; runs of repeats."""
    rows = b"".join(record(0x0208, struct.pack("<HHHHHHHH", row, 0, 2, 255, 0, 0, 0x20, 0)) for row in (2, 3, 20))
    column = record(0x007D, struct.pack("<HHHHHH", 1, 1, 2048, 0, 1, 0))
    old = old_excel({"pops": POPS}, more=rows + column, hidden_sheets=["pops"])
    kinds = ["hidden_sheet", "hidden_column", "hidden_row"]
    assert [one[2] for one in hidden(put(tmp_path, "pops.xls", old))] == kinds
    xml = ods_rows(POPS[:2]) + ods_rows(POPS[2:4], 'table:visibility="filter"')
    xml += ods_rows(POPS[4:5], 'table:visibility="collapse" table:number-rows-repeated="2"')
    columns = '<table:table-column table:number-columns-repeated="1"/><table:table-column table:visibility="collapse"/>'
    found = hidden(put(tmp_path, "pops.ods", opendocument({"pops": xml}, columns=columns)))
    assert [one[2] for one in found] == kinds[1:]
    assert found[1][1:] == [3, "hidden_row", HIDDEN[2][3].replace("2 rows", "4 rows")]  # type: ignore[attr-defined]


def test_one_hidden_row_is_one_and_blank_ones_are_none(tmp_path: Path) -> None:
    """Only rows with something in them are counted, and the header is no record."""
    xml = ods_rows(POPS[:1], 'table:visibility="collapse"') + ods_rows(POPS[1:2], 'table:visibility="collapse"')
    xml += ods_rows([[None, None]], 'table:visibility="collapse" table:number-rows-repeated="1048000"')
    (found,) = hidden(put(tmp_path, "pops.ods", opendocument({"pops": xml})))
    assert found[3] == "1 row is hidden in the spreadsheet, and it was read: take away what is not meant"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_value_across_merged_cells_is_said_to_be_the_first_one_s(tmp_path: Path, kind: str) -> None:
    """The rows below are blank, and a title across the header's columns is not counted."""
    title, header, first, second = ["PoPs", ""], ["pop_id", "rpa"], ["P1", "North"], ["P2", ""]
    if kind == "xlsx":
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet("pops")
        for row, cells in enumerate((title, header, first, second)):
            sheet.write_row(row, 0, cells)
        sheet.merge_range(0, 0, 0, 1, "PoPs")
        sheet.merge_range(2, 1, 3, 1, "North")
        book.close()
        data = out.getvalue()
    elif kind == "xls":
        merged = record(0x00E5, struct.pack("<HHHHHHHHH", 2, 0, 0, 0, 1, 2, 3, 1, 1))
        data = old_excel({"pops": [title, header, first, second]}, more=merged)
    else:
        spanned = ods_cell("North", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
        wide = ods_cell("PoPs", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>"
        rows = [wide, "".join(map(ods_cell, header)), ods_cell("P1") + spanned]
        rows.append(ods_cell("P2") + "<table:covered-table-cell/>")
        data = opendocument({"pops": "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)})
    read = read_dataset(put(tmp_path, f"pops.{kind}", data), header_rows={"pops": 2})
    (notice,) = read.notices.to_dict("records")
    assert (notice["kind"], notice["row"]) == ("merged_cells", 3)
    assert notice["advice"] == (
        "1 value stands across merged cells, and the first cell's alone was read: split them and fill in every cell"
    )
    assert read.rejected[["row", "column", "kind"]].to_numpy().tolist() == [[4, "rpa", "blank"]]


def test_every_second_row_of_a_full_sheet_may_be_hidden() -> None:
    """Half a million ranges are looked through at once; overlapping and unordered ones count once."""
    ranges = [range(row, row + 1) for row in range(2, 1_000_000, 2)]
    inside = hidden_module._inside(np.arange(1, 1_000_001), ranges)
    assert inside[:6].tolist() == [False, True, False, True, False, True]
    assert int(inside.sum()) == len(ranges)
    some = hidden_module._inside(np.arange(10), [range(7, 8), range(2, 6), range(3, 4)])
    assert np.flatnonzero(some).tolist() == [2, 3, 4, 5, 7]


def test_an_encrypted_workbook_of_another_kind_is_said_to_be_encrypted(tmp_path: Path) -> None:
    """Its manifest, or its first record, says so; the message says what to do."""
    locked = {
        "pops.ods": opendocument({"pops": POPS}, manifest="<manifest:encryption-data/>"),
        "pops.xls": old_excel({"pops": POPS}, first=record(0x002F, bytes(54))),
    }
    for name, data in locked.items():
        with pytest.raises(IntakeError, match=f"{name} is encrypted; open it with its password and save it without"):
            read_dataset(put(tmp_path, name, data))


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_damaged_workbook_of_another_kind_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    """Cut in half, or with its beginning alone: named, with what to do."""
    whole = MAKE[kind]({"pops": POPS})
    for damaged in (whole[: len(whole) // 2], whole[:8], b""):
        with pytest.raises(IntakeError, match=rf"pops\.{kind} is .*save it again as \.xlsx"):
            read_dataset(put(tmp_path, f"pops.{kind}", damaged))


def test_a_damaged_formula_is_refused_without_a_word_of_the_reader_s(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A formula that says to be longer than it is stops the reader itself, whose own cry does not reach the screen."""
    formula = record(0x0006, struct.pack("<HHHdHIH", 1, 1, 0, 1.0, 0, 0, 30_000), b"\x1e\x01\x00")
    with pytest.raises(IntakeError, match=r"pops\.xls is a damaged workbook; open it"):
        read_dataset(put(tmp_path, "pops.xls", old_excel({"pops": POPS}, more=formula)))
    assert capfd.readouterr().err == ""


def test_repeated_cells_that_would_fill_the_memory_are_refused_before_they_are_laid_out() -> None:
    """A billion rows or columns, a text far out, a long text many times; blank repeats at the end are free."""
    cell = ods_cell("x", 'table:number-columns-repeated="16384"')
    wide = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    deep = ods_rows([[None]], 'table:number-rows-repeated="999999999999"') + ods_rows([["x"]])
    far = ods_rows([["x"]]) + ods_rows([[None]], 'table:number-rows-repeated="900000"')
    gap = ods_cell(None, 'table:number-columns-repeated="50"')
    far += f"<table:table-row>{gap}{ods_cell('x')}</table:table-row>"
    text = ods_cell("y" * 40_000, 'table:number-columns-repeated="1000"')
    long = f'<table:table-row table:number-rows-repeated="1000">{text}</table:table-row>'
    for rows, message in (
        (wide, "too large"),
        (deep, "at most 1048576 rows"),
        (far, "nearly empty"),
        (long, "of text"),
    ):
        with pytest.raises(IntakeError, match=message):
            check_opendocument(opendocument({"pops": rows}), "pops.ods")
    end = ods_rows(POPS) + ods_rows([[None]], 'table:number-rows-repeated="999999999999"')
    check_opendocument(opendocument({"pops": end}), "pops.ods")


def test_sheets_that_are_laid_out_together_are_measured_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sheets of 16 cells each pass a limit of 32, and not one of 31, in both kinds."""
    sheets: dict[str, Cells] = {"pops": POPS, "more": POPS}
    for make, check in ((old_excel, check_old_excel), (opendocument, check_opendocument)):
        monkeypatch.setattr(archives, "MOST_CELLS", 32)
        check(make(sheets), "x")
        monkeypatch.setattr(archives, "MOST_CELLS", 31)
        with pytest.raises(IntakeError, match="too large"):
            check(make(sheets), "x")


def test_an_opendocument_workbook_declares_no_entities() -> None:
    """A document type may hold entities that grow when they are read."""
    data = opendocument({"pops": POPS})
    out = io.BytesIO()
    with archives.zipfile.ZipFile(io.BytesIO(data)) as source, archives.zipfile.ZipFile(out, "w") as goal:
        for name in source.namelist():
            goal.writestr(name, b"<!DOCTYPE x [<!ENTITY a 'b'>]>" * (name == "content.xml") + source.read(name))
    with pytest.raises(IntakeError, match="it declares a document type"):
        check_opendocument(out.getvalue(), "pops.ods")


def test_an_old_workbook_that_would_fill_the_memory_is_refused_before_it_is_opened() -> None:
    """A cell in the last corner, a size that is only said, a page of text in many cells, and too many sheets."""
    corner = record(0x0203, struct.pack("<HHHd", 65535, 255, 0, 1.0))
    with pytest.raises(IntakeError, match="reaches to row 65536 and column 256 and is nearly empty"):
        check_old_excel(old_excel({"pops": POPS}, more=corner), "pops.xls")
    said = record(0x0200, struct.pack("<IIHHH", 0, 1_000_000, 0, 256, 0))
    with pytest.raises(IntakeError, match="too large"):
        check_old_excel(old_excel({"pops": POPS}, more=said), "pops.xls")
    with pytest.raises(IntakeError, match="has 201 sheets; at most 200 are looked at"):
        check_old_excel(old_excel({f"s{number}": [] for number in range(201)}), "pops.xls")


def test_text_that_many_cells_of_an_old_workbook_share_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five cells of a text of 100 characters, stored once, are 500: at the limit they pass, below it not."""
    cells = b"".join(record(0x00FD, struct.pack("<HHHI", row, 0, 0, 1)) for row in range(5))
    data = old_excel({"pops": []}, more=cells, shared=["short", "x" * 100])
    monkeypatch.setattr(shared_text, "MOST_TEXT", 500)
    check_old_excel(data, "pops.xls")
    monkeypatch.setattr(shared_text, "MOST_TEXT", 499)
    with pytest.raises(IntakeError, match=r"pops\.xls has cells with more than 0 MB of text together"):
        check_old_excel(data, "pops.xls")


def test_shared_texts_go_on_from_record_to_record() -> None:
    """Narrow and wide characters, formatting and phonetics, cut between and within texts: every length is found."""
    head = struct.pack("<II", 4, 4)
    first = head + struct.pack("<HB", 3, 0) + b"abc" + struct.pack("<HB", 6, 0) + b"de"
    second = b"\x01" + "fghi".encode("utf-16-le") + struct.pack("<HBH", 2, 0x08, 1) + b"jk" + bytes(2)
    third = bytes(2) + struct.pack("<HBI", 1, 0x05, 3) + "l".encode("utf-16-le") + bytes(3)
    records = [(0x0085, b""), (0x00FC, first), (0x003C, second), (0x003C, third), (0x000A, b"")]
    assert old_excel_module._text_lengths(records) == [3, 6, 2, 1]
    assert old_excel_module._text_lengths([(0x000A, b"")]) == []
