"""CSV and its relatives, read so that every record keeps the physical line on which it starts.

Choices, all reported as notices unless said otherwise:

* Encoding: UTF-8 with or without a BOM, UTF-16 with a BOM or recognised by its zero bytes; anything else is read as
  Windows-1252. A cell with a byte that has no meaning there becomes a fault of that cell.
* Separator: the one of comma, semicolon, tab and bar that the header has most of; ``sep=;`` on the first line decides.
* The header is the first line with text, or the one that the reader is told.
* Blank lines and lines of separators only are no records, but are counted in line numbers.
* A record with more fields than the header is a fault, unless the surplus is blank; one with fewer is a fault.
* A quotation mark that never closes, or that closes before the field ends, is a fault of the line where it opens;
  reading goes on with the next line.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from qa_lib.errors import IntakeError
from qa_lib.intake.faults import Place, Problem
from qa_lib.intake.raw import (
    LOOKED_THROUGH,
    MOST_COLUMNS,
    SEPARATORS,
    Broken,
    Columns,
    RawTable,
    headless,
    no_header,
    too_wide,
    without_blanks,
)
from qa_lib.screen import one_line

#: What is read of a text file: its bytes, lines and cells.
MOST_BYTES, MOST_LINES, MOST_CELLS = 500_000_000, 5_000_000, 100_000_000
# A field may hold a page of text; one that is longer has mostly an unclosed quotation mark.
LONGEST_FIELD = 1_000_000
#: Bytes of a line: no table's records come near it, and a file of one line would be taken into memory several times.
LONGEST_LINE = 50_000_000
# An unclosed quotation mark is looked after no further than this.
LONGEST_RECORD = 1_000
_MARKS = [b"\n", b"\r", *(one.encode() for one in SEPARATORS)]
_PIECE = 1 << 20

WINDOWS = Problem(
    "encoding", "UTF-8 text", "read as Windows-1252; check names with accents, or save as CSV UTF-8 next time"
)
LONG_CELL = Problem("long_cell", f"at most {LONGEST_FIELD:,} characters in a cell", "shorten it, or take it away")
ZEROS = Problem(
    "zeros",
    "text",
    "zeros stand where text should be, as in a file that was not written to its end: copy or save it again",
)
QUOTES = Problem(
    "quotes",
    "quotation marks in pairs, doubled inside a quoted field",
    "close or remove the quotation mark on this line",
)


def read_delimited(data: bytes, place: Place, header_row: int = 0) -> RawTable:
    """Read the bytes of a CSV file, its header from the given line; nothing in them raises an error."""
    text, remarks = decode(data)
    lines = io.StringIO(text, newline="").readlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    head = header_row - 1
    if first is None or head >= len(lines) or (header_row and not lines[head].strip()):
        return headless(place, no_header(header_row))
    separator, start = _separator(lines, first)
    if head <= start:
        return _laid_out(_records(lines, start, separator), place, remarks)
    above = tuple((row, tuple(line.split(separator))) for row, line in enumerate(lines[: min(head, LOOKED_THROUGH)], 1))
    if start == first:  # no line says which separator it is
        separator, _ = _separator(lines, head)
    return replace(_laid_out(_records(lines, head, separator), place, remarks), above=above)


def check_text(file: Path) -> None:
    """Refuse a text file that would fill the memory, by counting its lines and cells where it lies.

    Raises
    ------
    IntakeError
        If it has more bytes, lines or cells than are read.
    """
    size, counts, line = file.stat().st_size, [0] * len(_MARKS), 0
    if size > MOST_BYTES:
        raise _too_much(file, f"{size // 1_000_000:,} MB", f"{MOST_BYTES // 1_000_000:,} MB")
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            counts = [count + piece.count(mark) for count, mark in zip(counts, _MARKS, strict=True)]
            lines = max(counts[:2])
            if lines > MOST_LINES:
                raise _too_much(file, f"more than {MOST_LINES:,} lines", f"{MOST_LINES:,} lines")
            if lines + max(counts[2:]) > MOST_CELLS:
                raise _too_much(file, f"more than {MOST_CELLS:,} cells", f"{MOST_CELLS:,} cells")
            end = max(piece.rfind(mark) for mark in _MARKS[:2])
            line = len(piece) - end - 1 + (line if end < 0 else 0)
            if line > LONGEST_LINE:
                limit = f"{LONGEST_LINE // 1_000_000:,} MB"
                raise _too_much(file, f"a line of more than {limit}", f"{limit} in a line")


def _too_much(file: Path, arrived: str, limit: str) -> IntakeError:
    return IntakeError(
        f"{one_line(file.name)} has {arrived}; at most {limit} of text are read; split it, or use Parquet"
    )


def decode(data: bytes) -> tuple[str, list[tuple[int, Problem]]]:
    """Return the text of a file, and what is to be noticed about its encoding.

    Examples
    --------
    >>> decode("Zoë".encode("utf-8-sig"))[0], decode("Zoë".encode("cp1252"))[0], decode("Zoë".encode("utf-16"))[0]
    ('Zoë', 'Zoë', 'Zoë')
    """
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, errors="replace").removeprefix("\ufeff"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), [(0, WINDOWS)]


def _wide_encoding(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[:1000]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    # Latin letters in UTF-16 have a zero in every second byte and hardly one in another. UTF-8 text has none at all; a
    # file that a computer could not write to its end is filled up with them.
    if len(start) > 3 and odd > max(len(start) // 4, 4 * even):
        return "utf-16-le"
    if len(start) > 3 and even > max(len(start) // 4, 4 * odd):
        return "utf-16-be"
    return None


def _separator(lines: list[str], first: int) -> tuple[str, int]:
    """Return the separator and the number of the header's line, both from the first line with text."""
    stripped = lines[first].strip("\r\n")
    if stripped.lower().startswith("sep=") and len(stripped) == 5:
        return stripped[4], first + 1
    outside = "".join(stripped.split('"')[::2])
    return max(SEPARATORS, key=outside.count), first


def _records(lines: list[str], first: int, separator: str) -> Iterator[tuple[int, list[str] | Broken]]:
    """Yield (line number, fields) of every record, or why a line is none; lines are numbered from 1."""
    csv.field_size_limit(LONGEST_FIELD)
    position = first
    while position < len(lines):
        begin = position
        rest = map(lines.__getitem__, range(begin, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        try:
            for fields in reader:
                start, position = position, begin + reader.line_num
                yield start + 1, fields
        except csv.Error:
            mended, read = _mended(lines, position, separator)
            line = lines[position].rstrip("\r\n")
            yield position + 1, mended or _broken(position + 1, line)
            position += read


def _broken(row: int, line: str) -> Broken:
    """Return why a line is no record: a quotation mark alone, or where there is none, a cell that is too long."""
    if '"' in line:
        return Broken(row, (line,), "a quotation mark without its pair", QUOTES)
    return Broken(row, (line,), "a longer cell", LONG_CELL)


def _mended(lines: list[str], position: int, separator: str) -> tuple[list[str] | None, int]:
    """Read one record by itself; None where its quotation marks do not come in pairs."""
    record = ""
    for count, line in enumerate(lines[position : position + LONGEST_RECORD], start=1):
        record += line
        if count > 1 and '"' not in line:
            continue
        try:
            return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator, strict=True)), count
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
    return None, 1


def _laid_out(
    records: Iterator[tuple[int, list[str] | Broken]], place: Place, remarks: list[tuple[int, Problem]]
) -> RawTable:
    header_row, top = next(records, (0, no_header()))
    if isinstance(top, Broken):
        return headless(place, top)
    if len(top) > MOST_COLUMNS:
        return headless(place, too_wide(header_row, len(top)))
    columns, rows = Columns(len(top)), []
    broken: list[Broken] = []
    blanks: list[int] = []
    for row, fields in records:
        if isinstance(fields, Broken):
            broken.append(fields)
        elif len(fields) == columns.width or (len(fields) > columns.width and not any(fields[columns.width :])):
            columns.add(fields[: columns.width])
            rows.append(row)
        elif not any(field.strip() for field in fields):
            blanks.append(row)
        else:
            arrived = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
            why = ZEROS if any("\0" in field for field in fields) else _ragged(columns.width, header_row)
            broken.append(Broken(row, tuple(fields), arrived, why))
    header, numbers = tuple(name.strip() for name in top), np.array(rows, np.int64)
    raw = RawTable(place, header, header_row, columns.frame(), numbers, {}, tuple(broken), tuple(remarks))
    return without_blanks(raw, blanks)


def _ragged(width: int, header_row: int) -> Problem:
    return Problem(
        "fields",
        f"{width} fields, as in the header (row {header_row})",
        "put quotation marks around a cell that holds the separator, or add the missing cells",
    )
