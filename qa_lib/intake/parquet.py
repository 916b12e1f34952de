"""Parquet files. Records are numbered from 1: there is no header row to count."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qa_lib.errors import IntakeError
from qa_lib.intake.faults import Place
from qa_lib.intake.raw import DATE, FRACTION, NUMBER, TEXT, TRUTH, RawTable, text_frame, without_blanks

MOST_UNPACKED = 8_000_000_000
AGAIN = "write the file again"


def read_parquet(data: bytes, place: Place) -> RawTable:
    """Read a Parquet file.

    Raises
    ------
    IntakeError
        If it is damaged, too large, or a column holds something that is no text, number, date or yes/no.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        unpacked = sum(file.metadata.row_group(number).total_byte_size for number in range(file.num_row_groups))
        if unpacked > MOST_UNPACKED:
            arrived, limit = unpacked // 1_000_000, MOST_UNPACKED // 1_000_000
            raise IntakeError(f"{place.file} unpacks to {arrived} MB; at most {limit} MB are read; split it")
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise IntakeError(f"{place.file} is a damaged Parquet file; {AGAIN}") from error
    texts, marks = [], {}
    for number, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
        if isinstance(column.type, pa.DictionaryType):
            column = column.cast(column.type.value_type)
        text, kinds = _converter(column.type, place.file, name)(column)
        texts.append(pc.fill_null(text, "").cast(pa.large_string()))
        if kinds.any():
            marks[number] = kinds
    header, frame = tuple(name.strip() for name in table.column_names), text_frame(texts)
    return without_blanks(RawTable(place, header, 0, frame, np.arange(1, len(frame) + 1), marks))


_Texts = tuple[pa.ChunkedArray, np.ndarray]


def _converter(kind: pa.DataType, file: str, column: str) -> Callable[[pa.ChunkedArray], _Texts]:
    types = pa.types
    if types.is_floating(kind):
        return _floats
    if types.is_timestamp(kind):
        return _timestamps
    marks = [
        (
            types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind),
            TEXT,
        ),
        (types.is_integer(kind), NUMBER),
        (types.is_decimal(kind), FRACTION),
        (types.is_boolean(kind), TRUTH),
        (types.is_date(kind), DATE),
    ]
    mark = next((mark for fits, mark in marks if fits), None)
    if mark is None:
        raise IntakeError(
            f'column "{column}" of {file} holds {kind}; expected text, numbers, dates or yes/no; convert it'
        )
    return lambda cells: (cells.cast(pa.large_string()), np.full(len(cells), mark, np.uint8))


def _floats(cells: pa.ChunkedArray) -> _Texts:
    numbers = cells.to_pylist()
    whole = [number is None or number.is_integer() for number in numbers]
    texts = [
        None if number is None or number != number else str(int(number)) if is_whole else repr(number)
        for number, is_whole in zip(numbers, whole, strict=True)
    ]
    return pa.chunked_array([pa.array(texts, pa.large_string())]), np.where(whole, NUMBER, FRACTION).astype(np.uint8)


def _timestamps(cells: pa.ChunkedArray) -> _Texts:
    seconds = cells.cast(pa.timestamp("s", cells.type.tz), safe=False)
    texts = pc.strftime(seconds, format="%Y-%m-%d %H:%M:%S")
    return pc.replace_substring(texts, " 00:00:00", ""), np.full(len(cells), DATE, np.uint8)
