"""What is true of every data set: nothing crashes intake, and every row is accepted or rejected."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_lib.errors import IntakeError
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Place
from tests.unit.other_workbooks import old_excel, opendocument

HEADER = ["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome", "submitted_on", "fee", "adjustments"]
PLAUSIBLE = ["C1", "C2", "North", "2024-01", "met", "Met ", "20-Oct", "31/08/2024", "NA", "?", "7", "1E5", "450.10", ""]
# What XML can hold: the writer of workbooks refuses nothing, but readers differ on what XML forbids.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
WORKBOOK_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """Return rows of cells, plausible ones and any text mixed; no row is blank."""
    row = st.lists(st.sampled_from(PLAUSIBLE) | text, min_size=len(HEADER), max_size=len(HEADER))
    return st.lists(row.filter(lambda cells: any(cell.strip() for cell in cells)), max_size=6)


def as_csv(rows: list[list[str]]) -> bytes:
    """Return rows under the header as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    return out.getvalue().encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    """Return rows under the header as a workbook of text cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("cases")
    for number, row in enumerate([HEADER, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    return out.getvalue()


def read(name: str, data: bytes) -> Dataset:
    """Read one file as a data set."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_dataset(path)


def accounts_for(data: Dataset, rows: int) -> None:
    """Check that every row was accepted or rejected, and every rejected one has a reason and stands there whole."""
    (count,) = data.counts.to_dict("records")
    assert count["rows"] == rows
    assert count["accepted"] == len(data.tables["cases"])
    assert count["accepted"] + count["rejected"] == rows
    failing = data.failing["cases"]["row"].tolist() if "cases" in data.failing else []
    assert sorted(failing) == sorted(set(data.rejected["row"]))
    assert len(failing) == count["rejected"]


@settings(deadline=None, max_examples=20)
@given(tables(TEXT))
def test_any_text_in_a_csv_file_is_accounted_for(rows: list[list[str]]) -> None:
    """Quotes, line breaks, control characters, any script: rows in are rows accepted plus rows rejected."""
    accounts_for(read("cases.csv", as_csv(rows)), len(rows))


@settings(deadline=None, max_examples=12)
@given(tables(WORKBOOK_TEXT))
def test_any_text_in_a_workbook_is_accounted_for(rows: list[list[str]]) -> None:
    """As in a CSV file, and with the same verdicts: a text cell says no more than a text field."""
    data = read("cases.xlsx", as_workbook(rows))
    accounts_for(data, len(rows))
    text = read("cases.csv", as_csv(rows))
    same = ["row", "column", "kind"]
    assert data.rejected[same].values.tolist() == text.rejected[same].values.tolist()


@settings(deadline=None, max_examples=12)
@given(tables(TEXT), st.randoms(use_true_random=False))
def test_row_order_changes_nothing_but_order(rows: list[list[str]], chance: object) -> None:
    """Shuffled rows: the same accepted ones, and the same reasons for the same rejected ones."""
    order = list(range(len(rows)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    one, two = read("cases.csv", as_csv(rows)), read("cases.csv", as_csv([rows[number] for number in order]))

    def accepted(data: Dataset) -> list[str]:
        return sorted(map(repr, data.tables["cases"].values.tolist()))

    def reasons(data: Dataset) -> list[list[str]]:
        return sorted(data.rejected[["column", "arrived", "expected", "kind"]].values.tolist())

    assert accepted(one) == accepted(two)
    assert reasons(one) == reasons(two)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text('a",;\n\r\t|=', max_size=80).map(str.encode))
def test_no_bytes_crash_the_csv_reader_and_no_line_is_used_twice(data: bytes) -> None:
    """Row numbers of records and broken lines are all different, and within the file."""
    raw = read_delimited(data, Place("cases", "cases.csv"))
    rows = [*raw.rows.tolist(), *(item.row for item in raw.broken)]
    assert len(set(rows)) == len(rows)
    assert all(0 <= row <= len(data) + 1 for row in rows)


WORKBOOK = as_workbook([["C1", "North", "2024-01", "A1", "P1", "met", "", "", ""]])


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(WORKBOOK) - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_workbook_is_read_or_refused(place: int, change: int, cut: bool) -> None:
    """A changed byte or a cut end never is more than a fault that names the file."""
    damaged = WORKBOOK[:place] if cut else WORKBOOK[:place] + bytes([WORKBOOK[place] ^ change]) + WORKBOOK[place + 1 :]
    try:
        rows = read("cases.xlsx", damaged).counts["rows"].sum()
    except IntakeError as error:
        rows = 0 if "cases.xlsx" in str(error) or "no table was found" in str(error) else -1
    assert rows in (0, 1)


CELLS = [HEADER, ["C1", "North", "2024-01", "A1", "P1", "met", "", "", ""]]
OTHER = {"cases.xls": old_excel({"cases": CELLS}, shared=["x"]), "cases.ods": opendocument({"cases": CELLS})}


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(OTHER)), st.floats(0, 1, exclude_max=True), st.integers(1, 255), st.booleans())
def test_a_damaged_workbook_of_another_kind_is_read_or_refused(name: str, part: float, change: int, cut: bool) -> None:
    """Old Excel and OpenDocument alike; a byte that moves a cell makes another table, and no crash."""
    data = OTHER[name]
    place = int(part * len(data.rstrip(b"\0")))
    damaged = data[:place] if cut else data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]
    try:
        rows = read(name, damaged).counts["rows"].sum()
    except IntakeError as error:
        rows = 0 if name in str(error) or "no table was found" in str(error) else -1
    assert rows in range(4)
