"""Parquet files. Records are numbered from 1: there is no header row to count.

A text that is repeated a million times is stored once, so that neither the file's size nor what it says of its columns
tells how much memory it takes. What it takes is therefore worked out before anything is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qa_lib.errors import IntakeError
from qa_lib.intake.faults import Place
from qa_lib.intake.raw import (
    DATE,
    FRACTION,
    MOST_COLUMNS,
    NUMBER,
    TEXT,
    TRUTH,
    RawTable,
    headless,
    no_header,
    text_frame,
    too_wide,
    without_blanks,
)
from qa_lib.screen import one_line

#: What is read of a file: its records, their cells, and the bytes of all text once it is decoded.
MOST_ROWS, MOST_CELLS, MOST_TEXT = 20_000_000, 100_000_000, 1_000_000_000
#: Up to so many records nobody is hurt. Ids that differ take a byte each at least; a file of more records than bytes
#: repeats one record, and no table does.
FREE_ROWS = 1_000_000
#: The same of cells: so many in each byte is more than records have that differ.
FREE_CELLS, MOST_CELLS_A_BYTE = 10_000_000, 10
_AT_A_TIME = 100_000_000
AGAIN = "write the file again"


def read_parquet(data: bytes, place: Place) -> RawTable:
    """Read a Parquet file.

    Raises
    ------
    IntakeError
        If it is damaged, too large, or a column holds something that is no text, number, date or yes/no.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        if not len(file.schema_arrow):
            return headless(place, no_header())
        if len(file.schema_arrow) > MOST_COLUMNS:
            return headless(place, too_wide(0, len(file.schema_arrow)))
        convert = [_converter(field.type, place.file, field.name) for field in file.schema_arrow]
        _check_size(file, data, place.file)
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise IntakeError(f"{place.file} is a damaged Parquet file; {AGAIN}") from error
    texts, marks = [], {}
    for number, column in enumerate(table.columns):
        if isinstance(column.type, pa.DictionaryType):
            column = column.cast(column.type.value_type)
        text, kinds = convert[number](column)
        texts.append(pc.fill_null(text, "").cast(pa.large_string()))
        if kinds.any():
            marks[number] = kinds
    header, frame = tuple(name.strip() for name in table.column_names), text_frame(texts)
    return without_blanks(RawTable(place, header, 0, frame, np.arange(1, len(frame) + 1), marks))


def _check_size(file: pq.ParquetFile, data: bytes, name: str) -> None:
    """Refuse a file that is too large once it is decoded, having decoded nothing of it but dictionaries and indices."""
    rows, columns = file.metadata.num_rows, file.metadata.num_columns
    _check_limit(name, rows, MOST_ROWS, "records")
    _check_limit(name, rows * columns, MOST_CELLS, "cells")
    if rows > max(FREE_ROWS, len(data)):
        raise IntakeError(
            f"{name} has {rows:,} records in {len(data):,} bytes; records with ids that differ take more: "
            "see how it was made, and write it again"
        )
    if rows * columns > max(FREE_CELLS, MOST_CELLS_A_BYTE * len(data)):
        raise IntakeError(
            f"{name} has {rows * columns:,} cells in {len(data):,} bytes; records that differ take more: leave out the "
            "columns that are no table's, and write it again"
        )
    chunks = [
        (group, number, file.metadata.row_group(group).column(number))
        for group in range(file.num_row_groups)
        for number in range(columns)
    ]
    texts = [(group, number, chunk) for group, number, chunk in chunks if chunk.physical_type == "BYTE_ARRAY"]
    _check_text(name, sum(chunk.total_uncompressed_size for _, _, chunk in chunks))
    # No text is longer than its column. Only where all being that long would be too much has one to look closer.
    if sum(chunk.num_values * chunk.total_uncompressed_size for _, _, chunk in texts) > MOST_TEXT:
        decoded = 0
        for group, number, chunk in texts:
            measure = _prefixed_sizes if "DELTA_BYTE_ARRAY" in chunk.encodings else _dictionary_sizes
            for size in measure(data, group, file.schema_arrow.names[number], chunk.total_uncompressed_size):
                decoded += size
                _check_text(name, decoded)


def _check_limit(name: str, arrived: int, limit: int, what: str) -> None:
    if arrived > limit:
        raise IntakeError(f"{name} has {arrived:,} {what} once it is decoded; at most {limit:,} are read; split it")


def _check_text(name: str, size: int) -> None:
    if size > MOST_TEXT:
        limit = MOST_TEXT // 1_000_000
        raise IntakeError(
            f"{name} has {size // 1_000_000:,} MB of text once it is decoded; at most {limit:,} MB are read; split it"
        )


def _dictionary_sizes(data: bytes, group: int, column: str, _: int) -> Iterator[int]:
    """Yield how many bytes the text of a column takes, from its dictionary and how often each entry is used."""
    file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=[column])
    for chunk in file.read_row_group(group, columns=[column]).column(0).chunks:
        lengths = pc.binary_length(chunk.dictionary).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        used = np.bincount(chunk.indices.drop_null().to_numpy(), minlength=len(lengths))
        yield int((lengths * used).sum())


def _prefixed_sizes(data: bytes, group: int, column: str, longest: int) -> Iterator[int]:
    """Yield the same where each text says only how it differs from the one before: a few of them at a time."""
    batches = pq.ParquetFile(pa.BufferReader(data)).iter_batches(
        batch_size=max(1, _AT_A_TIME // max(1, longest)), row_groups=[group], columns=[column]
    )
    for batch in batches:
        yield int(pc.sum(pc.binary_length(batch.column(0))).as_py() or 0)


_Texts = tuple[pa.ChunkedArray, np.ndarray]


def _converter(kind: pa.DataType, file: str, column: str) -> Callable[[pa.ChunkedArray], _Texts]:
    types = pa.types
    if isinstance(kind, pa.DictionaryType):
        kind = kind.value_type
    if types.is_floating(kind):
        return _floats
    if types.is_timestamp(kind):
        return _timestamps
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind)
    marks = [
        (is_text, TEXT),
        (types.is_integer(kind), NUMBER),
        (types.is_decimal(kind), FRACTION),
        (types.is_boolean(kind), TRUTH),
        (types.is_date(kind), DATE),
    ]
    mark = next((mark for fits, mark in marks if fits), None)
    if mark is None:
        raise IntakeError(
            f'column "{one_line(column)}" of {file} holds {kind}; expected text, numbers, dates or yes/no; convert it'
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
