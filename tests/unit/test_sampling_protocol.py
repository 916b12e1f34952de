"""Rates are exact, counts are rounded up exactly, and the protocol's files have one way to be written."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

import pytest

from qa_lib.calendar.months import check_month, place_in_year, year_of
from qa_lib.errors import SampleError
from qa_lib.sampling.protocol import canonical_json, ceil_share, parse_rate, read_canonical_json, read_csv, write_csv


@pytest.mark.parametrize(("text", "divisor"), [("0.05", 20), ("0.10", 10)])
def test_ceil_is_exact_for_every_size_to_100_000(text: str, divisor: int) -> None:
    """For each N from 0 to 100,000 the share rounded up equals integer and decimal arithmetic."""
    rate, decimal, one = parse_rate(text), Decimal(text), Decimal(1)
    for size in range(100_001):
        expected = (size + divisor - 1) // divisor
        assert ceil_share(rate, size) == expected
        assert int((decimal * size).quantize(one, rounding=ROUND_CEILING)) == expected


@pytest.mark.parametrize(
    ("size", "at_5", "at_10"),
    [(0, 0, 0), (1, 1, 1), (10, 1, 1), (11, 1, 2), (19, 1, 2), (20, 1, 2), (21, 2, 3), (60, 3, 6), (61, 4, 7)],
)
def test_the_count_moves_just_above_each_boundary(size: int, at_5: int, at_10: int) -> None:
    """One file more than a multiple asks for one more in the sample, and not one before."""
    assert (ceil_share(Fraction(1, 20), size), ceil_share(Fraction(1, 10), size)) == (at_5, at_10)


@pytest.mark.parametrize("text", ["0.05", "5%", " 5 % ", "1/20", ".05", Fraction(1, 20)])
def test_a_rate_is_read_exactly(text: str | Fraction) -> None:
    """However five per cent is written, it is one twentieth."""
    assert parse_rate(text) == Fraction(1, 20)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (0.05, "is a float"),
        ("-0.05", "from 0 to 1"),
        ("1.01", "from 0 to 1"),
        ("101%", "from 0 to 1"),
        ("5", "did you mean 5% or 0.05"),
        ("five", "expected a rate"),
        ("", "expected a rate"),
        ("%", "expected a rate"),
        ("1/0", "expected a rate"),
        ("nan", "expected a rate"),
        ("5e-2", "expected a rate"),
        ("1e999999999", "expected a rate"),
        ("1e-999999999", "expected a rate"),
    ],
)
def test_anything_else_is_no_rate(text: str, says: str) -> None:
    """A float, a text that is no number, or a number outside 0 to 1 is refused in words."""
    with pytest.raises(SampleError, match=says):
        parse_rate(text)


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-1", "2024-00", "24-01", "2024-01-01", "２０２４-01", "2024-01\n", ""]
)
def test_a_month_is_four_digits_a_hyphen_and_two(text: str) -> None:
    """Anything but a calendar month in ASCII digits is refused."""
    with pytest.raises(SampleError, match="expected a calendar month"):
        check_month(text)


def test_the_year_turns_in_its_first_month() -> None:
    """August belongs to the year that began in September; with a year from January, months keep their number."""
    assert [year_of(month, starts_in=9) for month in ("2024-08", "2024-09")] == ["2023-09", "2024-09"]
    assert [place_in_year(f"2024-{number:02}", starts_in=9) for number in (9, 12, 1, 8)] == [1, 4, 5, 12]
    assert [place_in_year(f"2024-{number:02}", starts_in=1) for number in (1, 12)] == [1, 12]
    assert year_of("2024-01", starts_in=1) == "2024-01"


@pytest.mark.parametrize(
    "content",
    [
        b'{"b":1,"a":2}\n',
        b'{"a": 1}\n',
        b'{"a":1}',
        b'{"a":1,"a":1}\n',
        b'\xef\xbb\xbf{"a":1}\n',
        b'{"a":"\\u00e9"}\n',
        b"[1]\n",
        b"{",
        b"\xff\xfe",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    ],
)
def test_json_in_another_form_is_refused(content: bytes) -> None:
    """Order, spaces, escapes, a byte order mark or a repeated key: bytes that are not canonical are not read."""
    with pytest.raises(SampleError, match=r"^freeze\.json is not"):
        read_canonical_json(content, name="freeze.json")


def test_canonical_json_comes_back() -> None:
    """What is written is read back as it was."""
    value = {"é": ['"', "\\", "～"], "a": {"n": 3}}
    assert read_canonical_json(canonical_json(value), name="x") == value


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\r\n1,2\r\n",
        b'a,b\n"1",2\n',
        b"a,b\n1,2",
        b"\xef\xbb\xbfa,b\n1,2\n",
        b"a,b\n1\n",
        b"b,a\n1,2\n",
        b"",
        b'a,b\n"1',
        b"a,b\n\xff,2\n",
        b"a,b\n\n1,2\n",
    ],
)
def test_csv_in_another_dialect_is_refused(content: bytes) -> None:
    """Line ends, needless quotes, a byte order mark, other columns or a ragged row: the bytes are not read."""
    with pytest.raises(SampleError, match=r"^x\.csv "):
        read_csv(content, ["a", "b"], name="x.csv")


def test_csv_quotes_only_where_needed() -> None:
    """A comma or a double quote puts a field in quotes; spaces, apostrophes and other scripts do not."""
    rows = [["a,b", 'say "x"'], [" ", "it's ～"], ["", ""]]
    content = write_csv(["one", "two"], rows)
    assert content.decode() == 'one,two\n"a,b","say ""x"""\n ,it\'s ～\n,\n'
    assert read_csv(content, ["one", "two"], name="x.csv") == rows
