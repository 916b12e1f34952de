"""Every value becomes the text that files and pages promise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.reports.cells import Link, cell_text, defuse, people_csv, percent_text, shown_text, typed_rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", "text"),
        (True, "yes"),
        (np.bool_(False), "no"),
        (7, "7"),
        (np.int64(7), "7"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333333333"),
        (np.float64(12345678901.5), "1.23456789e+10"),
        (-0.0, "0"),
        (5.0, "5"),
        (Fraction(1, 20), "1/20"),
        (Decimal("4.10"), "4.10"),
        (pd.Timestamp("2013-01-31"), "2013-01-31"),
        (pd.Timestamp("2013-01-31 09:30"), "2013-01-31 09:30:00"),
        (dt.date(2013, 1, 31), "2013-01-31"),
        (pd.Period("2013-01", "M"), "2013-01"),
        (Link("here", "a/b.html"), "here"),
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (pd.NA, ""),
    ],
)
def test_each_kind_of_value_has_one_text(value, text):
    """Ten digits, ISO dates, yes and no, exact fractions, nothing for missing."""
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (np.int64(7), 7), (0.5, 0.5), (Fraction(1, 4), 0.25), (True, "yes"), ("7", "7"), (None, ""), (pd.NaT, ""),
        (pd.Timestamp("2013-01-31"), dt.date(2013, 1, 31)), (dt.date(2013, 1, 31), dt.date(2013, 1, 31)),
        (pd.Timestamp("2013-01-31 09:30"), "2013-01-31 09:30:00"), (float("nan"), ""),
    ],
)  # fmt: skip
def test_a_spreadsheet_gets_numbers_and_days_as_such_and_all_else_as_text(value, cell):
    """What is text in the data stays text, though it looks like a number."""
    ((made,),) = typed_rows(pd.DataFrame({"a": pd.Series([value], dtype="object")}))
    assert (made, type(made)) == (cell, type(cell))


@pytest.mark.parametrize(
    ("value", "text"),
    [(9_999, "9999"), (10_000, "10,000"), (999.94, "999.9"), (1000.4, "1,000"), (0.00012345, "0.0001234"), (2.0, "2")],
)
def test_numbers_for_the_eye_are_short(value, text):
    """Four digits, thousands apart from 10,000 on."""
    assert shown_text(value) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.0005, "0.1 %"), (0.00049, "0.0 %"), (Fraction(1, 3), "33.3 %"), (1, "100.0 %"), (None, ""), (0.285, "28.5 %")],
)
def test_percentages_round_halves_up(rate, text):
    """A half goes away from zero, at and either side of it."""
    assert percent_text(rate) == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    """Cells and column names alike; the same characters further in stay as they are."""
    frame = pd.DataFrame({f"{start}a": [f"{start}1+1", f"x{start}"]})
    lines = people_csv(frame).decode("utf-8-sig").replace('"', "").split("\n")
    assert lines[:3] == [f"'{start}a", f"'{start}1+1", f"x{start}"]
    assert defuse("") == ""


def test_a_negative_number_stays_a_number():
    """Only text is defused."""
    assert people_csv(pd.DataFrame({"gap": [-0.5]})) == b"\xef\xbb\xbfgap\n-0.5\n"


def test_a_csv_has_a_bom_line_feeds_and_quotes_only_where_needed():
    """The bytes of a small table, written down."""
    frame = pd.DataFrame(
        {"a": ["x", "y,z", 'q"q'], "b": [True, None, False], "c": pd.to_datetime(["2013-01-01", None, None])}
    )
    assert people_csv(frame) == b'\xef\xbb\xbfa,b,c\nx,yes,2013-01-01\n"y,z",,\n"q""q",no,\n'


def test_a_single_empty_cell_is_not_a_blank_line():
    """A reader would skip a blank line and lose the row."""
    assert people_csv(pd.DataFrame({"a": ["", "x"]})) == b'\xef\xbb\xbfa\n""\nx\n'


def test_all_that_cannot_be_written_is_named_at_once():
    """Two bad columns, one message; neither has a text that is the same on every run."""
    frame = pd.DataFrame({"good": [1], "set": [{1, 2}], "array": [np.array([1, 2])]})
    with pytest.raises(RunError, match=r"'set' holds a set.*'array' holds a ndarray"):
        people_csv(frame)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "repeat: \\['a'\\]"),
        (pd.DataFrame({0: [1]}), "not text"),
        (pd.DataFrame({("a", "b"): [1]}), "several levels"),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="who")), "reset_index"),
    ],
)
def test_a_shape_that_would_lose_something_is_refused(frame, words):
    """Repeated names, names that are no text, levels, a named index."""
    with pytest.raises(RunError, match=words):
        people_csv(frame)


@pytest.mark.parametrize("target", ["/etc/x", "../x", "a/../x", "a//b", "", "a\\b", "./a"])
def test_a_link_stays_below_its_page(target):
    """Absolute paths and ways upwards are refused."""
    with pytest.raises(RunError, match="below the page"):
        Link("x", target)


def test_a_link_is_percent_encoded():
    """Also a colon, so that no target can be a scheme."""
    assert Link("x", "javascript:a b/ü%.html").href == "javascript%3Aa%20b/%C3%BC%25.html"
