"""What is too large is refused in one sentence, before the memory is taken; what the plan asks for is read."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from qa_lib import read_dataset
from qa_lib.errors import IntakeError
from qa_lib.intake import archives, delimited, parquet, raw, shared_text
from qa_lib.intake import raw_files as files
from qa_lib.intake.archives import check_archive
from qa_lib.intake.delimited import check_text

#: Megabytes that a process may take at its peak, with all its libraries, to refuse a file.
MOST_MEMORY = 500
PEAK = """
import sys
from qa_lib import read_dataset
from qa_lib.errors import IntakeError
for path in sys.argv[1:]:
    try:
        data = read_dataset(path)
        print(data.rejected["arrived"].iloc[0])
    except IntakeError as error:
        print(error)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def bomb(folder: Path, name: str, table: pa.Table, **options: object) -> Path:
    """Write a Parquet file that is small and would be large."""
    path = folder / name / "pops.parquet"
    path.parent.mkdir()
    pq.write_table(table, path, **options)
    assert path.stat().st_size < 1_000_000
    return path


def repeated(text: str, times: int) -> pa.Table:
    """Return a table of one text, stored once and repeated many times."""
    cells = pa.DictionaryArray.from_arrays(pa.array(np.zeros(times, np.int32)), pa.array([text]))
    return pa.table({"pop_id": cells})


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to ask a process for its peak memory")
def test_the_memory_of_refused_files_stays_small(tmp_path: Path) -> None:
    """Parquet files of kilobytes that hold gigabytes, a table of 10,000 columns, a text of six million lines."""
    wide, long = tmp_path / "pops.csv", tmp_path / "assessors.csv"
    wide.write_text(",".join(f"column {number}" for number in range(10_000)) + "\n" + "x," * 9_999 + "x\n")
    long.write_bytes(b"assessor_id\n" + b"A\n" * 6_000_000)
    paths = {
        bomb(
            tmp_path, "text", repeated("x" * 50_000, 200_000)
        ): "has 10,000 MB of text once it is decoded; at most 1,000",
        bomb(tmp_path, "rows", pa.table({"pop_id": pa.nulls(21_000_000)})): "has 21,000,000 records once it is decoded",
        wide: "10,000 columns",
        long: "assessors.csv has more than 5,000,000 lines; at most 5,000,000 lines of text are read; split it, or use",
    }
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", PEAK, *map(str, paths)], capture_output=True, text=True, check=True
    )
    *said, peak = told.stdout.splitlines()
    assert [message in line for message, line in zip(paths.values(), said, strict=True)] == [True] * len(paths), said
    assert int(peak) / 1024 < MOST_MEMORY


def workbook(rows: int, columns: int) -> bytes:
    """Return a workbook of one sheet of short texts."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("pops")
    for row in range(rows):
        sheet.write_row(row, 0, [f"c{column}" for column in range(columns)])
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_ten_thousand_columns_are_one_fault_at_once(tmp_path: Path, kind: str) -> None:
    """No name of them is looked up; the sentence gives the number and the limit."""
    names = [f"c{column}" for column in range(10_000)]
    path = tmp_path / f"pops.{kind}"
    if kind == "csv":
        path.write_text(f"{','.join(names)}\n{','.join(names)}\n")
    elif kind == "xlsx":
        path.write_bytes(workbook(2, 10_000))
    else:
        pq.write_table(pa.table({name: [name] for name in names}), path)
    begin = time.process_time()
    data = read_dataset(path)
    assert time.process_time() - begin < 5
    (fault,) = data.rejected.to_dict("records")
    assert (fault["arrived"], fault["expected"], fault["kind"]) == (
        "10,000 columns",
        "at most 1,000 columns",
        "columns",
    )
    assert data.notices.empty


def test_as_many_unknown_columns_as_are_looked_at_take_no_time(tmp_path: Path) -> None:
    """A thousand columns, each with the nearest known one looked for: a fraction of what ten thousand took."""
    names = ["pop_id", *[f"past difficulty {number}" for number in range(raw.MOST_COLUMNS - 1)]]
    (tmp_path / "pops.csv").write_text(f"{','.join(names)}\nP1{',x' * (raw.MOST_COLUMNS - 1)}\n")
    begin = time.process_time()
    data = read_dataset(tmp_path)
    assert time.process_time() - begin < 10
    assert len(data.notices) == raw.MOST_COLUMNS - 1
    assert 'did you mean "past_difficulty"?' in data.notices["advice"].iloc[0]


def test_the_bytes_lines_and_cells_of_a_text_have_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At the limit a file is read, one beyond it is refused; a file of old Macintosh lines counts as well."""
    file = tmp_path / "pops.csv"
    file.write_bytes(b"pop_id;rpa\rP1;North\rP2;North\r")
    for name, number, message in (
        ("MOST_BYTES", 29, "has 0 MB; at most 0 MB of text are read; split it, or use Parquet"),
        ("MOST_LINES", 3, "has more than 2 lines; at most 2 lines of text are read"),
        ("MOST_CELLS", 6, "has more than 5 cells; at most 5 cells of text are read"),
    ):
        with monkeypatch.context() as limits:
            limits.setattr(delimited, name, number)
            check_text(file)
            limits.setattr(delimited, name, number - 1)
            with pytest.raises(IntakeError, match=message):
                check_text(file)


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_line_of_a_text_has_a_limit_wherever_it_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: bytes
) -> None:
    """A line of nine bytes is read where nine are, however the file is read in pieces, and refused where eight are."""
    file = tmp_path / "pops.csv"
    file.write_bytes(b"pop_id" + end + b"P1;NorthX" + end)
    for piece in (1, 4, 7, 100):
        monkeypatch.setattr(delimited, "_PIECE", piece)
        monkeypatch.setattr(delimited, "LONGEST_LINE", 9)
        check_text(file)
    monkeypatch.setattr(delimited, "_PIECE", 4)
    monkeypatch.setattr(delimited, "LONGEST_LINE", 8)
    with pytest.raises(IntakeError, match="has a line of more than 0 MB; at most 0 MB in a line of text are read"):
        check_text(file)


def test_a_text_that_is_too_long_is_not_even_opened(tmp_path: Path) -> None:
    """A file of a hole of 600 MB takes no room on a disk, and none in the memory."""
    with (tmp_path / "pops.csv").open("wb") as file:
        file.truncate(600_000_000)
    with pytest.raises(IntakeError, match=r"pops\.csv has 600 MB; at most 500 MB of text are read"):
        read_dataset(tmp_path)


def test_a_folder_of_everything_is_no_data_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At the limit its files are looked at, beyond it the folder is refused."""
    for name in ("pops.csv", "notes.csv", "list.csv"):
        (tmp_path / name).write_text("pop_id,rpa\nP1,North\n")
    monkeypatch.setattr(files, "MOST_FILES", 3)
    assert read_dataset(tmp_path).clean
    monkeypatch.setattr(files, "MOST_FILES", 2)
    with pytest.raises(IntakeError, match="the folder holds 3 files; a data set has at most 2"):
        read_dataset(tmp_path)


def test_the_sheets_of_a_workbook_have_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two sheets pass a limit of two, and not one of one."""
    with pd.ExcelWriter(tmp_path / "year.xlsx") as book:
        for name in ("pops", "notes"):
            pd.DataFrame({"pop_id": ["P1"], "rpa": ["North"]}).to_excel(book, sheet_name=name, index=False)
    monkeypatch.setattr(archives, "MOST_SHEETS", 2)
    assert read_dataset(tmp_path / "year.xlsx").clean
    monkeypatch.setattr(archives, "MOST_SHEETS", 1)
    with pytest.raises(IntakeError, match=r"year\.xlsx has 2 sheets; at most 1 are looked at"):
        read_dataset(tmp_path / "year.xlsx")


def sharing(texts: list[bytes], references: list[int], *, spelling: bytes = b'<c r="A%d" t="s"><v>%d</v></c>') -> bytes:
    """Return a workbook whose cells refer to shared texts."""
    rows = b"".join(b"<row>" + spelling % (row, number) + b"</row>" for row, number in enumerate(references, start=1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>%s</sheetData></worksheet>" % rows)
        items = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
        archive.writestr("xl/sharedStrings.xml", b"<sst>%s</sst>" % items)
    return out.getvalue()


@pytest.mark.parametrize("size", [100, 3_000_000])
def test_text_that_many_cells_share_is_counted_as_often_as_it_is_used(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Its bytes with their markup times its uses; other texts, and numbers that only look like references, are not."""
    data = sharing([b"short", b"x" * size], [1, 1, 1, 0])
    used = 3 * len(b"<si><t>" + b"x" * size + b"</t></si>") + len(b"<si><t>short</t></si>") + len(b"</sst>") * 3
    monkeypatch.setattr(archives, "FREE", 100_000_000)
    monkeypatch.setattr(shared_text, "MOST_TEXT", used)
    check_archive(data, "x.xlsx")
    monkeypatch.setattr(shared_text, "MOST_TEXT", used - 1)
    with pytest.raises(IntakeError, match="MB of text together"):
        check_archive(data, "x.xlsx")
    numbers = sharing([b"short", b"x" * size], [1] * 9, spelling=b'<c r="A%d"><v>%d</v></c>')
    check_archive(numbers, "x.xlsx")


@pytest.mark.parametrize(
    "spelling",
    [b'<x:c r="A%d" t="s"><x:v>%d</x:v></x:c>', b"<c r='A%d'\nt = 's' ><v > %d</v></c>"],
    ids=["prefixed", "freely spelt"],
)
def test_shared_text_is_found_however_it_is_written(monkeypatch: pytest.MonkeyPatch, spelling: bytes) -> None:
    """Prefixes, quotes and blanks that the format allows change nothing."""
    monkeypatch.setattr(shared_text, "MOST_TEXT", 1_000)
    with pytest.raises(IntakeError, match="MB of text together"):
        check_archive(sharing([b"x" * 200], [0] * 6, spelling=spelling), "x.xlsx")


@pytest.mark.parametrize(
    ("limit", "number", "message"),
    [
        ("MOST_ROWS", 4, "has 4 records once it is decoded; at most 3 are read; split it"),
        ("MOST_CELLS", 8, "has 8 cells once it is decoded; at most 7 are read; split it"),
    ],
)
def test_a_parquet_file_at_its_limits_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, number: int, message: str
) -> None:
    """Four records of two columns pass at four and eight, and not one below."""
    pd.DataFrame({"pop_id": list("ABCD"), "rpa": ["North"] * 4}).to_parquet(tmp_path / "pops.parquet")
    monkeypatch.setattr(parquet, limit, number)
    assert read_dataset(tmp_path).clean
    monkeypatch.setattr(parquet, limit, number - 1)
    with pytest.raises(IntakeError, match=message):
        read_dataset(tmp_path)


@pytest.mark.parametrize(
    "options",
    [{}, {"row_group_size": 30}, {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"}],
    ids=["dictionary", "groups", "prefixes"],
)
def test_decoded_text_is_measured_exactly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict[str, object]
) -> None:
    """A hundred texts of a thousand letters, five of them different, and a blank are 100,000 bytes however stored."""
    cells = pa.table({"pop_id": pa.array([*(f"{number // 20}" * 1_000 for number in range(100)), None])})
    pq.write_table(cells, tmp_path / "pops.parquet", **options)
    data = (tmp_path / "pops.parquet").read_bytes()
    file = pq.ParquetFile(pa.BufferReader(data))
    monkeypatch.setattr(parquet, "MOST_TEXT", 100_000)
    parquet._check_size(file, data, "pops.parquet")
    monkeypatch.setattr(parquet, "MOST_TEXT", 99_999)
    with pytest.raises(IntakeError, match=r"pops\.parquet has 0 MB of text once it is decoded; at most 0 MB are read"):
        parquet._check_size(file, data, "pops.parquet")


def test_more_records_than_bytes_are_no_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One record ten thousand times in a kilobyte is refused where so many are not free; ten thousand ids are read."""
    monkeypatch.setattr(parquet, "FREE_ROWS", 9_999)
    path = tmp_path / "pops.parquet"
    one = {"pop_id": ["P1"] * 10_000, "rpa": ["North"] * 10_000}
    pq.write_table(pa.table(one), path)
    with pytest.raises(IntakeError, match=r"pops\.parquet has 10,000 records in [0-9,]+ bytes; records with ids that"):
        read_dataset(tmp_path)
    pq.write_table(pa.table(one | {"pop_id": [f"P{number}" for number in range(10_000)]}), path)
    assert read_dataset(tmp_path).clean
    pq.write_table(pa.table({name: cells[:9_999] for name, cells in one.items()}), path)
    assert read_dataset(tmp_path).rejected["kind"].unique().tolist() == ["duplicate"]


@pytest.mark.parametrize("kind", [pa.int64(), pa.timestamp("s"), pa.decimal128(38, 2), pa.string()])
def test_more_cells_than_the_bytes_can_tell_of_are_no_table(tmp_path: Path, kind: pa.DataType) -> None:
    """Eleven columns that say the same in each of a million records are a few kilobytes, whatever they hold."""
    cells = pa.array([0], pa.int64()).cast(kind).take(pa.array(np.zeros(1_000_000, np.int64)))
    path = bomb(tmp_path, "cells", pa.table({f"c{number}": cells for number in range(11)}))
    with pytest.raises(IntakeError, match=r"pops\.parquet has 11,000,000 cells in [0-9,]+ bytes; records that differ"):
        read_dataset(path)


def test_types_that_are_no_table_s_are_refused_before_anything_is_decoded(tmp_path: Path) -> None:
    """A column of lists is named, and whatever is beside it is not looked at."""
    table = repeated("x" * 50_000, 200_000).append_column("list", pa.array([["x"]] * 200_000))
    path = bomb(tmp_path, "list", table)
    with pytest.raises(IntakeError, match=r'column "list" of pops\.parquet holds list'):
        read_dataset(path)


def test_the_sizes_of_the_plan_are_within_the_limits() -> None:
    """A million people in a text, 20,000 decisions of a centre and 20 million of all in Parquet, a full sheet."""
    assert delimited.MOST_LINES >= 1_000_000
    assert delimited.MOST_CELLS >= 1_000_000 * 40
    assert delimited.MOST_BYTES >= 1_000_000 * 40 * 10
    assert parquet.MOST_ROWS >= 20_000_000
    assert parquet.MOST_CELLS >= 20_000_000 * 5
    assert parquet.MOST_TEXT >= 20_000 * 50 * 100
    assert archives.MOST_CELLS >= archives.MOST_ROWS * 50


@pytest.mark.parametrize("number", [delimited.MOST_LINES, delimited.MOST_CELLS, parquet.MOST_ROWS, raw.MOST_COLUMNS])
def test_the_guide_says_the_limits(number: int) -> None:
    """What the batch operator reads is what the code does."""
    guide = Path(__file__).parents[2] / "docs" / "guide-batch-operator.md"
    assert f"{number:,}" in guide.read_text(encoding="utf-8")
