"""Every line of a CSV file is accounted for, under the number that a text editor shows."""

from __future__ import annotations

import pytest

from qa_lib.intake.delimited import LONGEST_FIELD, LONGEST_RECORD, decode, read_delimited
from qa_lib.intake.faults import Place
from qa_lib.intake.raw import RawTable

PLACE = Place("pops", "pops.csv")


def read(text: str | bytes) -> RawTable:
    """Read a file of the table pops."""
    return read_delimited(text.encode() if isinstance(text, str) else text, PLACE)


def rows(raw: RawTable) -> list[tuple[int, ...]]:
    """Return (row number, cells...) of every record."""
    return [(int(row), *cells) for row, cells in zip(raw.rows, raw.cells.itertuples(index=False), strict=True)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_and_line_ends_make_no_difference(newline: str, encoding: str) -> None:
    """BOM or none, UTF-8 or UTF-16, Unix, Windows or old Macintosh lines: the same table."""
    raw = read(newline.join(["pop_id,rpa", "Zoë,North", "P2,North", ""]).encode(encoding))
    assert raw.header == ("pop_id", "rpa")
    assert rows(raw) == [(2, "Zoë", "North"), (3, "P2", "North")]
    assert raw.remarks == ()


def test_windows_1252_is_read_with_a_notice() -> None:
    """Text that is no UTF-8 is read as Windows-1252, and it is said."""
    raw = read("pop_id,rpa\nZoë,North\n".encode("cp1252"))
    assert rows(raw) == [(2, "Zoë", "North")]
    assert [(row, problem.kind) for row, problem in raw.remarks] == [(0, "encoding")]


def test_bytes_without_meaning_become_replacement_characters() -> None:
    """A byte that Windows-1252 does not have is kept visible for the cell's own fault."""
    assert decode(b"A\x81\xe9")[0] == "A\ufffdé"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_tells_the_separator(separator: str) -> None:
    """Comma, semicolon, tab and bar are recognised, also when another of them stands in a quoted header."""
    raw = read(f'pop_id{separator}rpa{separator}"a,b;c"\nP1{separator}"North{separator}West"{separator}x\n')
    assert rows(raw) == [(2, "P1", f"North{separator}West", "x")]


def test_an_excel_separator_line_is_obeyed_and_counted() -> None:
    """``sep=;`` on the first line is no header, and lines are numbered from it."""
    assert rows(read("sep=;\npop_id;rpa\nP1;North, West\n")) == [(3, "P1", "North, West")]


def test_row_numbers_are_the_lines_on_which_records_start() -> None:
    """Leading and inner blank lines, lines of separators and quoted line breaks all count."""
    raw = read('\n\npop_id,rpa\n\nP1,"No\nrth"\n,\nP2,North\n')
    assert raw.header_row == 3
    assert rows(raw) == [(5, "P1", "No\nrth"), (8, "P2", "North")]
    assert [(row, problem.kind) for row, problem in raw.remarks] == [(4, "blank_row")]
    assert "2 blank rows" in raw.remarks[0][1].advice


def test_records_of_the_wrong_width_are_broken_and_named() -> None:
    """Too few fields and too many are faults of that line; surplus blanks are none."""
    raw = read("pop_id,rpa\nP1\nP2,North,West\nP3,North,,\n")
    assert [(item.row, item.arrived, item.problem.kind) for item in raw.broken] == [
        (2, "1 field", "fields"),
        (3, "3 fields", "fields"),
    ]
    assert rows(raw) == [(4, "P3", "North")]


@pytest.mark.parametrize(
    ("line", "why"),
    [('P2,"North', "never closes"), ('P2,"No"rth', "closes too early"), ('"P2,North', "opens the line")],
)
def test_an_unpaired_quotation_mark_costs_its_own_line_only(line: str, why: str) -> None:
    """The lines before and after it are read as if it were not there."""
    raw = read(f'pop_id,rpa\nP1,North\n{line}\nP3,North\n"P4","No\nrth"\n')
    assert [(item.row, item.problem.kind) for item in raw.broken] == [(3, "quotes")]
    assert rows(raw) == [(2, "P1", "North"), (4, "P3", "North"), (5, "P4", "No\nrth")]


def test_an_unpaired_quotation_mark_does_not_swallow_a_long_file() -> None:
    """It is looked after for a bounded number of lines, then given up."""
    many = LONGEST_RECORD + 5
    raw = read('pop_id,rpa\nP0,"North\n' + "".join(f"P{number},North\n" for number in range(1, many)))
    assert [item.row for item in raw.broken] == [2]
    assert len(raw.rows) == many - 1


def test_a_cell_that_is_too_long_costs_its_own_line_and_is_told_as_such() -> None:
    """No quotation mark is looked for where there is none; at the limit it is read."""
    long = "x" * LONGEST_FIELD
    raw = read(f"pop_id,rpa\nP1,{long}\nP2,{long}x\nP3,North\n")
    assert [(item.row, item.problem.kind, item.problem.expected) for item in raw.broken] == [
        (3, "long_cell", "at most 1,000,000 characters in a cell")
    ]
    assert [row for row, *_ in rows(raw)] == [2, 4]


def test_quotation_marks_inside_a_field_are_text() -> None:
    """Doubled ones in a quoted field, and any in an unquoted one, are kept."""
    assert rows(read('pop_id,rpa\nP1,"the ""North"""\nP2,6" pipe\n')) == [
        (2, "P1", 'the "North"'),
        (3, "P2", '6" pipe'),
    ]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \n", "".encode("utf-16")])
def test_an_empty_file_has_no_header(data: bytes) -> None:
    """Nothing but blanks is one fault of the file, at row 0."""
    raw = read(data)
    assert [(item.row, item.problem.kind) for item in raw.broken] == [(0, "empty_file")]
    assert raw.header == ()


def test_a_header_with_an_unpaired_quotation_mark_is_a_fault() -> None:
    """Without a header there is no table."""
    raw = read('pop_id,"rpa\nP1,North\n')
    assert [(item.row, item.problem.kind) for item in raw.broken] == [(1, "quotes")]
    assert raw.header == ()


def test_zero_bytes_and_control_characters_do_no_harm() -> None:
    """They are read as what they are; ids that hold them are refused later."""
    assert rows(read("pop_id,rpa\nP\x001,No\x07rth\n")) == [(2, "P\x001", "No\x07rth")]


@pytest.mark.parametrize("zeros", [64, 4096])
def test_a_file_that_ends_in_zeros_is_still_read(zeros: int) -> None:
    """What a crash left of a file is no UTF-16: its records stay, and the row of zeros is said to be no text."""
    raw = read(b"pop_id,rpa\nP1,North\nP2,North\n" + bytes(zeros))
    assert raw.header == ("pop_id", "rpa")
    assert rows(raw) == [(2, "P1", "North"), (3, "P2", "North")]
    assert [(broken.row, broken.problem.kind) for broken in raw.broken] == [(4, "zeros")]
