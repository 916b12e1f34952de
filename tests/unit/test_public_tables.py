"""Is the published workbook laid out for everyone, closed to formulas and links of the data, the same every time."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import openpyxl
import pandas as pd
import pytest

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import add_totals, suppress
from qa_lib.reports.public_tables import PublicTable, public_workbook

GROUPS = pd.DataFrame(
    [("sex", "Female", 1048, 1045), ("sex", "Male", 42, 35), ("age", "old", 1050, 1044), ("age", "young", 40, 36)],
    columns=["characteristic", "group", "n", "k"],
)
LABELS = {
    "characteristic": "Characteristic",
    "group": "Group",
    "n": "Participants",
    "k": "Retained",
    "rate": "Rate (%)",
}
NOTES = {"rates": "Rates come from counts before rounding.", "who": "All who commenced.", "unused": "Not shown."}


@cache
def published():
    """Return the published figures."""
    return suppress(add_totals(GROUPS), profile="dfe")


def table(**changes):
    """Return the table of one sheet."""
    frame = published().copy()
    given = {"sheet": "Metric 7", "title": "Retention by group", "frame": frame, "labels": LABELS,
             "notes": {"": "who", "rate": "rates"}, "source": "Returns of providers", "scope": "England"}  # fmt: skip
    return PublicTable(**{**given, **changes})


def made(*tables, **changes):
    """Return the bytes of a workbook."""
    given = {"title": "NPQ metrics 2025/26", "about": ["Made-up data."], "notes": NOTES, "contact": ["qa@example.org"]}
    return public_workbook(tables or [table()], **{**given, **changes})


def opened(content):
    """Return the workbook as a program of someone else reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def test_cover_contents_and_notes_come_before_the_tables():
    """In this order, and the cover has the title."""
    book = opened(made())
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Metric 7"]
    assert book["Cover"]["A1"].value == book.properties.title == "NPQ metrics 2025/26"
    assert book.properties.language == "en-GB"


def test_each_sheet_has_one_tagged_table_with_one_header_row_and_nothing_merged():
    """Headings are text, figures are numbers, symbols stand in brackets and are explained above."""
    book = opened(made(table(), table(sheet="Metric 7b")))
    for name in ("Contents", "Notes", "Metric 7", "Metric 7b"):
        assert len(book[name].tables) == 1
        assert not book[name].merged_cells.ranges
    sheet = book["Metric 7"]
    start, end = sheet.tables["metric_7_table"].ref.split(":")
    cells = [[cell.value for cell in row] for row in sheet[start:end]]
    assert cells[0] == ["Characteristic", "Group", "Participants", "Retained", "Rate (%)\n[note 2]"]
    assert cells[1] == ["Total", "Total", 1090, 1080, 99.1]
    assert cells[2][2:] == [1050, "[c]", "[c]"]
    above = [sheet.cell(row, 1).value for row in range(1, 6)]
    assert above[0] == "Retention by group [note 1]"
    assert any(line.startswith("[c] confidential") for line in above)
    assert sheet[end].number_format == "0.0"


def test_notes_are_numbered_as_tables_refer_to_them():
    """Those that nothing refers to are left out."""
    rows = [row for row in opened(made())["Notes"].iter_rows(values_only=True) if row[1]]
    assert rows == [("Note number", "Note text"), (1, NOTES["who"]), (2, NOTES["rates"])]


def test_a_workbook_without_notes_has_no_sheet_for_them():
    """And no sheet speaks of notes."""
    book = opened(made(table(notes={}), notes={}))
    assert book.sheetnames == ["Cover", "Contents", "Metric 7"]
    assert book["Metric 7"]["A2"].value == "This worksheet contains one table."


def test_the_same_tables_give_the_same_bytes():
    """No clock, no user, no random name."""
    assert made() == made()


def test_text_from_data_is_neither_formula_nor_link_nor_note():
    """What looks like one is shown as it is, but for a space."""
    frame = table().frame
    hostile = ["=1+1", "[site](http://example.org)", "http://example.org", "$$rates$$"]
    frame.loc[frame["group"] != "Total", "group"] = hostile
    content = made(table(frame=frame, title="=2+2", labels={**LABELS, "k": "=3+3"}), title="=4+4", about=["=5+5"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("<f>" in part or "<f " in part for part in parts.values())
    assert not any("hyperlink" in part and "example.org" in part for part in parts.values())
    groups = [cell.value for cell in opened(content)["Metric 7"]["B"]]
    assert groups[-4:] == ["=1+1", "[site] (http://example.org)", "http://example.org", "$ $rates$ $"]


def test_all_faults_of_the_layout_are_named_at_once():
    """Names of sheets, empty tables, headings twice, notes that are not given, cells that say nothing."""
    frame = table().frame
    tables = [
        table(sheet="Notes"), table(sheet="a/b"), table(), table(sheet="METRIC 7", frame=frame.head(0)),
        table(sheet="M", labels={"n": "Count", "k": "Count"}), table(sheet="N", notes={"missing": "rates", "k": "no"}),
        table(sheet="O", frame=frame.assign(rate="–")),
    ]  # fmt: skip
    with pytest.raises(DisclosureError) as caught:
        made(*tables)
    for words in ("two sheets are named 'metric 7'", "'Notes' needs another name", "'a/b' needs another name",
                  "'METRIC 7' has 0 rows", "heading 'Count' twice", "note to 'missing'", "note 'no'",
                  "without a letter or digit"):  # fmt: skip
        assert words in str(caught.value)


def test_a_workbook_needs_a_table():
    """None given, none made."""
    with pytest.raises(DisclosureError, match="there are no tables"):
        public_workbook([], title="T", about=[], notes={})


def test_references_and_blanks_are_refused():
    """As in the open data."""
    with pytest.raises(DisclosureError, match="names a person or file of the data set in row 3"):
        made(references=["old"])
    with pytest.raises(DisclosureError, match="blank cells"):
        made(table(frame=table().frame.assign(rate="")))
