"""A table shows what it should, and only that."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.reports.cells import Link
from qa_lib.reports.foreign import own_html
from qa_lib.reports.table import NOTEBOOK_STYLE, Table

FRAME = pd.DataFrame(
    {
        "case_id": ["A-1", "<b>"],
        "files": [3, None],
        "rate": [Fraction(1, 3), 0.5],
        "late": [True, False],
        "page": [Link("to <A>", "a b/x.html"), None],
    }
)


def test_the_html_of_a_small_table_is_this():
    """Caption, column and row headings, numbers to the right, empty cells shown, everything escaped."""
    table = Table(frame=FRAME, caption="Files & more", name="sample", row_header="case_id", percent=("rate",))
    assert table.html().split("\n")[:6] == [
        '<div class="qa-block"><div class="qa-table" role="region" aria-labelledby="table-sample" tabindex="0"><table>',
        '<caption id="table-sample">Files &amp; more</caption>',
        '<thead><tr><th scope="col" class="s">Case id</th><th scope="col" class="n">Files</th>'
        '<th scope="col" class="n">Rate</th><th scope="col" class="s">Late</th>'
        '<th scope="col" class="s">Page</th></tr></thead>',
        "<tbody>",
        '<tr><th scope="row" class="s">A-1</th><td class="n">3</td><td class="n">33.3 %</td><td class="s">yes</td>'
        '<td class="s"><a href="a%20b/x.html">to &lt;A&gt;</a></td></tr>',
        '<tr><th scope="row" class="s">&lt;b&gt;</th><td class="empty n">–</td><td class="n">50.0 %</td>'
        '<td class="s">no</td><td class="empty">–</td></tr>',
    ]


@pytest.mark.parametrize(
    ("rows", "file", "words"),
    [
        (2, "", ""),
        (1, "", "1 more row not shown here."),
        (2, "tables/x.csv", 'Also in <span class="qa-file">tables/x.csv</span>.'),
        (1, "tables/x.csv", '1 more row in <span class="qa-file">tables/x.csv</span>.'),
        (0, "tables/x.csv", '2 more rows in <span class="qa-file">tables/x.csv</span>.'),
    ],
)
def test_a_long_table_says_how_much_is_elsewhere(rows, file, words):
    """Cut at the stated number of rows, never silently."""
    html = Table(frame=FRAME, caption="Files", rows=rows, file=file).html()
    assert (f'<p class="qa-under">{words}</p>' in html) if words else ("qa-under" not in html)


def test_a_restricted_table_says_so():
    """A reader must see that it may not be published."""
    html = Table(frame=FRAME, caption="Files", restricted=True).html()
    assert '<p class="qa-under">Restricted: it carries references of the scheme.</p>' in html


def test_no_rows_are_shown_as_such():
    """An empty table keeps its headings and says that there is nothing."""
    assert '<td class="empty" colspan="5">No rows</td>' in Table(frame=FRAME.head(0), caption="Files").html()


def test_headings_can_be_given():
    """A label replaces the column's name."""
    assert '<th scope="col" class="s">PoP</th>' in Table(frame=FRAME, caption="F", labels={"case_id": "PoP"}).html()


def test_the_text_of_a_table_is_one_line():
    """It depends on nothing but caption and size."""
    assert repr(Table(frame=FRAME, caption="Files")) == "Table: Files (2 rows, 5 columns)"
    assert repr(Table(frame=FRAME[["late"]].head(1), caption="F")) == "Table: F (1 row, 1 column)"


def test_a_page_knows_our_tables_and_drops_the_notebook_style():
    """What JupyterLab gets is recognised, letter for letter."""
    table = Table(frame=FRAME, caption="Files", row_header="case_id", file="tables/x.csv", rows=1)
    assert table._repr_html_() == NOTEBOOK_STYLE + table.html()
    own = own_html(table._repr_html_())
    assert own is not None
    assert "<style>" not in own
    assert '<a class="qa-file" href="tables/x.csv">tables/x.csv</a>' in own


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "A B"}, "cannot name"),
        ({"name": "../x"}, "cannot name"),
        ({"caption": " "}, "no caption"),
        ({"row_header": "who"}, r"no columns \['who'\]"),
        ({"percent": ("who",), "labels": {"whom": "x"}}, r"no columns \['who', 'whom'\]"),
    ],
)
def test_a_table_that_cannot_be_shown_is_refused(options, words):
    """A bad name, no caption, unknown columns."""
    with pytest.raises(RunError, match=words):
        Table(**{"frame": FRAME, "caption": "Files", **options})


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>x</td></tr></table>",
        '<div class="qa-table"><script>alert(1)</script></div>',
        '<div class="qa-table" onclick="x"></div>',
        '<div class="qa-table"><a href="javascript:alert(1)">x</a></div>',
        '<div class="qa-table"><a href="//example.org">x</a></div>',
        '<div class="qa-table"></div></div>',
        '<div class="qa-table">',
        '<div class="qa-table"><!-- x --></div>',
        '<div class="qa-table"><?x ?></div>',
        '<div class="qa-table"><![CDATA[x]]></div>',
        '<div class="qa-table"><td class="evil">x</td></div>',
        '<div class="qa-table"><table></div></table>',
        '<DIV class="qa-table"></DIV>',
        '<div class="qa-table"><img src="x"></div>',
        '<div class="qa-table">a & b</div>',
        '<div class="qa-table" class="qa-table"></div><style>x',
    ],
)
def test_html_that_is_not_ours_is_none_of_ours(html):
    """Whatever was added to our marker, the whole is turned down."""
    assert own_html(html) is None
