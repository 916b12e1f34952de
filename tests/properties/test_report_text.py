"""Whatever text the data holds: it comes back from every writer as it went in, and nothing of it comes to life."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_lib.forms.form_workbook import write_form
from qa_lib.reports.cells import FORMULA_STARTS, defuse, people_csv
from qa_lib.reports.foreign import _ALLOWED, own_html
from qa_lib.reports.prose import Prose
from qa_lib.reports.table import Table, printable
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze
from qa_lib.sampling.identifiers import identifier_fault, normalise_identifier
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.selection import SAMPLE_COLUMNS
from qa_lib.schemes.hlta.forms.moderation_return import draw_copy

NASTY = st.sampled_from(
    [
        "=1+1",
        "\t=x",
        "\r",
        "\n",
        '"',
        ",",
        "<b>",
        "&amp;",
        "</td>",
        "\x00",
        "‮",
        "é",
        "é",
        "-5",
        "'=",
        "",
        " ",
        "\ufeff",
        "_x0041_",
    ]
)
TEXT = st.one_of(st.text(), NASTY, st.builds(str.__add__, NASTY, st.text()))
FRAMES = st.lists(st.tuples(TEXT, TEXT), max_size=6).map(
    lambda rows: pd.DataFrame(rows, columns=["a", "b"], dtype="object")
)
IDS = TEXT.map(normalise_identifier).filter(lambda text: identifier_fault(text) is None)
# What XML can carry.
FIELDS = TEXT.map(lambda text: re.sub("[^\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


MARKDOWN = "p,h1,h2,h3,h4,h5,h6,a,em,strong,code,pre,ul,ol,li,blockquote,br,hr,div,table,thead,tbody,tr,th,td"


class Texts(HTMLParser):
    """Collects the text of each cell and every element met."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.cells, self.elements, self._inside = [], [], False

    def handle_starttag(self, tag, attrs):
        """Note the element."""
        self.elements.append((tag, tuple(attrs)))
        self._inside = tag in ("td", "th")
        if self._inside:
            self.cells.append("")

    def handle_endtag(self, _tag):
        """Leave the cell."""
        self._inside = False

    def handle_data(self, data):
        """Add to the cell."""
        if self._inside:
            self.cells[-1] += data


def read(html):
    """Parse HTML."""
    texts = Texts()
    texts.feed(html)
    texts.close()
    return texts


@settings(deadline=None)
@given(FRAMES)
def test_csv_gives_back_what_was_written(frame):
    """Read by the standard reader, every cell is the original, behind an apostrophe where it could be a formula."""
    found = list(csv.reader(io.StringIO(people_csv(frame).decode("utf-8-sig"), newline="")))
    assert found == [["a", "b"], *([defuse(cell) for cell in row] for row in frame.to_numpy().tolist())]


@settings(deadline=None)
@given(FRAMES)
def test_no_csv_cell_starts_like_a_formula(frame):
    """Nor any column name."""
    frame = frame.set_axis(["=a", "@b"], axis=1)
    for row in csv.reader(io.StringIO(people_csv(frame).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row)


@settings(deadline=None)
@given(FRAMES, TEXT.filter(str.strip))
@example(pd.DataFrame([["<script>", "\x1b"]], columns=["a", "b"]), "<i>")
def test_table_html_gives_back_what_was_shown(frame, caption):
    """Every cell is text, a dash stands for an empty one, and there are no elements but the table's own."""
    table = Table(frame=frame, caption=caption, rows=10)
    found = read(table.html())
    expected = [printable(cell) or "–" for row in frame.to_numpy().tolist() for cell in row]
    assert found.cells[2:] == (expected or ["No rows"])
    assert {tag for tag, _ in found.elements} <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert own_html(table._repr_html_()) == table.html()


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(TEXT, st.sampled_from(["<div>", "</div>", "<td>", "<script>", "<a href='x:y'>", "<!--", "<p", ">"]))
    )
)
def test_only_our_elements_pass(pieces):
    """What a page takes for its own has no element or attribute outside the list, whatever follows our marker."""
    html = own_html('<div class="qa-note">' + "".join(pieces) + "</div>")
    for tag, attributes in read(html or "").elements:
        assert all(re.fullmatch(_ALLOWED[tag][name], value) for name, value in attributes)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            TEXT,
            st.sampled_from(["<b>", "![x](y:z)", "[x](javascript:1)", "\n\n", "# ", "|a|\n|-|\n|b|", "`", "<", "&"]),
        )
    )
)
def test_prose_never_fetches_or_runs(pieces):
    """Only elements that Markdown has, and links that lead to pages."""
    known = set(MARKDOWN.split(","))
    for tag, attributes in read(Prose().html("".join(pieces))).elements:
        assert tag in known
        for name, value in attributes:
            assert name in ("id", "href", "title", "class", "role", "tabindex", "scope", "aria-label", "start")
            if name == "href":
                assert not re.match(r"(?i)\s*(javascript|data|vbscript|file):", value)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(IDS, FIELDS, FIELDS), min_size=1, max_size=5, unique_by=lambda row: row[0]))
def test_the_workbook_gives_back_what_was_written(cases):
    """Read by another library, ids and fields are the originals, and no cell holds a formula."""
    population = pd.DataFrame([(i, "met", "", "met", "standard", a, p, "") for i, a, p in cases], columns=COLUMNS)
    sample = pd.DataFrame([(cases[0][0], "met", "", "random", "0" * 64, "1/1", "")], columns=SAMPLE_COLUMNS)
    freeze = Freeze(population=population, content={"provider": "P", "month": "2013-01", "standards": 3})
    draw = Draw(freeze=freeze, sample=sample, content={"sample_digest": "d", "seed": "s"})
    content = write_form(draw_copy(draw))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(re.search(rb"<f[ >/]", sheet) for sheet in sheets)
    rows = openpyxl.load_workbook(io.BytesIO(content))["Population"].iter_rows(min_row=2, values_only=True)
    assert [(row[0], row[5] or "", row[6] or "") for row in rows] == cases
