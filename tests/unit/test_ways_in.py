"""A folder of files, one workbook, or a mixture: one idea of a data set, whichever way it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from other_workbooks import opendocument

from qa_lib.intake.dataset import read_dataset

CASES = pd.DataFrame(
    {
        "Case ID": ["C1", "C2", "C3"],
        "rpa": ["North", "North", "North"],
        "month": ["2024-01", "2024-01", "2024-13"],
        "assessor-id": ["A1", "A1", "A2"],
        "pop_id": ["P1", "P1", "P1"],
        "outcome": ["Standards met", "met", "met"],
        "place": ["x", "", ""],
    }
)
POPS = pd.DataFrame({"pop_id": ["P1"], "rpa": ["North"]})
NOTHING = pd.DataFrame()
TABLES = {"Cases": CASES, "pops": POPS, "forms": NOTHING, "moderation": POPS}


def as_csv(folder: Path) -> Path:
    """Write a CSV file per table; one has nothing in it, and one is named as no table."""
    for name, frame in TABLES.items():
        (folder / f"{name}.csv").write_text("" if frame.empty else frame.to_csv(index=False))
    return folder


def as_workbook(folder: Path) -> Path:
    """Write one workbook."""
    with pd.ExcelWriter(folder / "year.xlsx") as book:
        for name, frame in TABLES.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return folder / "year.xlsx"


def as_opendocument(folder: Path) -> Path:
    """Write one OpenDocument workbook."""
    sheets = {name: [list(frame), *frame.to_numpy().tolist()] if len(frame) else [] for name, frame in TABLES.items()}
    (folder / "year.ods").write_bytes(opendocument(sheets))
    return folder


def as_parquet(folder: Path) -> Path:
    """Write a Parquet file per table."""
    for name, frame in TABLES.items():
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")
    return folder


def as_mixture(folder: Path) -> Path:
    """Write two tables as files and two as sheets of a workbook in the same folder."""
    as_csv(folder)
    (folder / "pops.csv").unlink()
    (folder / "forms.csv").unlink()
    with pd.ExcelWriter(folder / "lists.xlsx") as book:
        POPS.to_excel(book, sheet_name="PoPs", index=False)
        NOTHING.to_excel(book, sheet_name="forms", index=False)
    return folder


@pytest.mark.parametrize("write", [as_csv, as_workbook, as_opendocument, as_parquet, as_mixture])
def test_whichever_way_it_comes_the_same_is_read_and_said(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """Names in any form, rejected rows, a table that is empty, a column and a table that are unknown, a synonym."""
    data = read_dataset(write(tmp_path))
    assert {name: frame.to_numpy().tolist() for name, frame in data.tables.items()} == {
        "cases": [["C1", "North", "2024-01", "A1", "P1", "met"], ["C2", "North", "2024-01", "A1", "P1", "met"]],
        "pops": [["P1", "North"]],
    }
    assert sorted(data.rejected[["table", "column", "kind"]].to_numpy().tolist()) == [
        ["cases", "month", "month"],
        ["forms", "", "empty_file"],
    ]
    assert sorted(data.notices[["table", "column", "kind"]].to_numpy().tolist()) == [
        ["", "", "unknown_file"],
        ["cases", "outcome", "synonym"],
        ["cases", "place", "unknown_column"],
    ]
    unknown = data.notices[data.notices["kind"] == "unknown_file"]
    assert unknown["advice"].tolist() == [
        'left out; if it is a table, give it the name of one; did you mean "moderations"?'
    ]
    assert dict(zip(data.counts["table"], data.counts["rows"], strict=True)) == {"cases": 3, "forms": 0, "pops": 1}
