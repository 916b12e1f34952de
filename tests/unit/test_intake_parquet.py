"""Parquet files are read by their types, exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qa_lib import read_dataset
from qa_lib.errors import IntakeError

COLUMNS = {
    "case_id": ["C1", "C2"],
    "rpa": pa.array(["North", "North"]).dictionary_encode(),
    "month": ["2024-01", "2024-02"],
    "assessor_id": [7, 8],
    "pop_id": ["P1", "P2"],
    "outcome": ["met", "met"],
    "submitted_on": [dt.date(2024, 1, 5), None],
    "paid_on": [dt.datetime(2024, 1, 4, tzinfo=dt.UTC), None],
    "difficult": [True, None],
    "ages_min": [5.0, None],
    "fee": [Decimal("450.10"), None],
    "charges": [0.1, 1e-7],
    "preparation_days": pa.nulls(2),
}


def test_types_are_read_as_what_they_are(tmp_path: Path) -> None:
    """Text, dictionaries, numbers, dates, times, booleans and decimals arrive with their values."""
    pq.write_table(pa.table(COLUMNS), tmp_path / "cases.parquet")
    data = read_dataset(tmp_path)
    assert data.rejected.empty
    first, second = data.tables["cases"].to_dict("records")
    assert (first["assessor_id"], first["ages_min"], first["fee"], first["charges"]) == ("7", 5, "450.10", "0.1")
    assert (first["submitted_on"], first["paid_on"]) == (pd.Timestamp("2024-01-05"), pd.Timestamp("2024-01-04"))
    assert first["difficult"] is True
    assert second["charges"] == "0.0000001"
    assert all(pd.isna(second[name]) for name in ("submitted_on", "paid_on", "difficult", "fee", "preparation_days"))
    assert data.notices[["column", "kind"]].values.tolist() == [["assessor_id", "number_id"]]


def test_records_are_numbered_from_one(tmp_path: Path) -> None:
    """There is no header row, so the second record is number 2."""
    frame = pd.DataFrame({"pop_id": ["P1", "=P2", None], "rpa": ["North", "North", None]})
    frame.to_parquet(tmp_path / "pops.parquet")
    data = read_dataset(tmp_path)
    assert data.rejected[["row", "kind"]].values.tolist() == [[2, "identifier"]]
    assert data.notices[["row", "kind"]].values.tolist() == [[3, "blank_row"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PAR1 and nothing else", r"pops\.parquet is a damaged Parquet file"),
        (pa.table({"pop_id": [["P1"]]}), r'column "pop_id" of pops\.parquet holds list.*expected text'),
    ],
    ids=["damaged", "nested"],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes | pa.Table, message: str) -> None:
    """A damaged file, and a column of lists, are refused."""
    path = tmp_path / "pops.parquet"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    with pytest.raises(IntakeError, match=message):
        read_dataset(tmp_path)


def test_a_parquet_file_without_records_is_an_empty_table(tmp_path: Path) -> None:
    """Its columns are kept."""
    pd.DataFrame({"pop_id": pd.Series(dtype="str")}).to_parquet(tmp_path / "pops.parquet")
    data = read_dataset(tmp_path)
    assert data.notices["kind"].tolist() == ["empty_table"]
    assert data.tables["pops"].columns.tolist() == ["pop_id"]
