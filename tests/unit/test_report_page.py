"""A page shows what its notebook found; a notebook that did not run to its end gets none."""

from __future__ import annotations

import re

import nbformat.v4 as v4
import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.reports.cells import Link
from qa_lib.reports.page import notebook_parameters, render_index, render_page
from qa_lib.reports.table import Table

PNG = "iVBORw0KGgo="


def code(source="x", *outputs, tags=(), count=1):
    """Return a code cell that has been run."""
    metadata = {"tags": list(tags)} if tags else {}
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def shows(data, **metadata):
    """Return an output that shows something."""
    return v4.new_output("display_data", data=data, metadata=metadata)


def main_of(*cells, title="Title"):
    """Return the page's main part."""
    page = render_page(v4.new_notebook(cells=list(cells)), title=title)
    return page[page.index("<main") : page.index("</main>")]


def test_a_page_is_closed_to_the_outside():
    """No script, no address outside, and a policy that forbids both."""
    table = Table(frame=pd.DataFrame({"a": [1]}), caption="A")
    nb = v4.new_notebook(cells=[v4.new_markdown_cell("# A"), code("x", shows({"text/html": table._repr_html_()}))])
    page = render_page(nb, title="T", lang="cy")
    assert page.startswith('<!DOCTYPE html>\n<html lang="cy">\n')
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert not re.search(r"<script|<link|https?://|@import|url\(", page)
    assert "<title>T – A</title>" in page


def test_the_notebook_s_first_heading_is_the_page_s_only_one():
    """The title stands above it, and later first-level headings step down."""
    main = main_of(
        v4.new_markdown_cell("# Sample\n\n## A"), v4.new_markdown_cell("# Coverage\n\n### B"), title="RPA North"
    )
    assert re.findall(r"<h(\d)", main) == ["1", "2", "2", "3"]
    assert '<p class="over">RPA North</p>' in main


@pytest.mark.parametrize(("source", "over"), [("# T", 0), ("## A", 0), ("# B", 1)])
def test_the_title_is_said_once(source, over):
    """Without a heading of its own, or with the same one, the page does not repeat itself."""
    main = main_of(v4.new_markdown_cell(source), title="T")
    assert main.count('<p class="over">') == over
    assert main.count("<h1") == 1


def test_a_page_with_three_sections_has_contents():
    """Each entry leads to its heading, also where two headings read the same."""
    three = "# T\n\n## One & two\n\n## One & two\n\n## Three"
    main = main_of(v4.new_markdown_cell(three))
    ids = re.findall(r'<h2 id="([^"]*)"', main)
    assert ids == ["One-&amp;-two", "One-&amp;-two-2", "Three"]
    assert re.findall(r'<li><a href="#([^"]*)">', main) == ["One-%26-two", "One-%26-two-2", "Three"]
    assert "<nav" not in main_of(v4.new_markdown_cell("# T\n\n## A\n\n## B"))


def test_raw_html_pictures_and_unsafe_links_in_prose_become_text():
    """A page never fetches, and never runs what someone wrote into prose."""
    prose = (
        "See <script>x</script> <b onclick=y>b</b> ![alt](http://example.org/x.png) [j](javascript:x) "
        "[r](//example.org) [abs](/etc) [ok](https://example.org) [rel](a/b.html)"
        "\n\n<div>block</div>\n\n| a |\n|---|\n| <i> |"
    )
    main = main_of(v4.new_markdown_cell(prose))
    assert not re.search(r"<(script|b|img|i|div>)", main)
    assert re.findall(r'href="([^"]*)"', main) == ["https://example.org", "a/b.html"]
    assert "[picture: alt]" in main


def test_a_table_in_prose_has_headings_and_scrolls():
    """Its headings have a scope, its region a name and a place in the tab order."""
    main = main_of(v4.new_markdown_cell("| a | n |\n|---|--:|\n| x | 1 |"))
    assert '<th scope="col" class="n">n</th>' in main
    assert 'role="region" aria-label="Table in the text" tabindex="0"' in main


def test_foreign_html_falls_back_to_its_text():
    """A frame shown by itself is text; so is Markdown."""
    main = main_of(
        code("x", shows({"text/html": "<b>foreign</b>", "text/plain": "<plain>"})),
        code("x", shows({"text/markdown": "# <b>", "text/plain": "<Markdown>"})),
        code("x", v4.new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m <b>\n")),
        code("x", v4.new_output("stream", name="stderr", text="cache built by process 123")),
        code("x", v4.new_output("execute_result", data={"text/plain": ""})),
    )
    shown = main[: main.index("<section")]
    assert re.findall(r"<pre[^>]*>\n([^<]*)</pre>", shown) == ["&lt;plain&gt;", "&lt;Markdown&gt;", "red &lt;b&gt;"]


def test_a_chart_keeps_its_words():
    """The picture is inside the page, its text alternative escaped."""
    output = shows(
        {"image/png": PNG + "\n", "text/plain": "Chart"}, **{"image/png": {"alt": 'A "line" <up>', "width": 768}}
    )
    main = main_of(code("x", output))
    assert f'<img src="data:image/png;base64,{PNG}" alt="A &#34;line&#34; &lt;up&gt;" width="768">' in main


def test_everything_wrong_is_said_at_once():
    """An unrun cell, an error, a chart without words, a picture without text, two tables of one name."""
    table = shows({"text/html": Table(frame=pd.DataFrame({"a": [1]}), caption="A", name="twice")._repr_html_()})
    nb = v4.new_notebook(
        cells=[
            v4.new_code_cell("never_run()"),
            code("x", v4.new_output("error", ename="ValueError", evalue="secret", traceback=[])),
            code("x", shows({"image/png": PNG})),
            code("x", shows({"image/svg+xml": "<svg/>"})),
            code("x", table, table),
        ]
    )
    with pytest.raises(RunError) as caught:
        render_page(nb, title="T")
    for words in (
        "cell 1: it was not run",
        "cell 2: it ended with ValueError",
        "cell 3: its picture has no text alternative",
        "cell 4: it shows only ['image/svg+xml']",
        "2 tables are named 'twice'",
    ):
        assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_parameters_are_what_the_run_put_in_over_the_defaults():
    """Both stand at the end of the page with the code."""
    cells = [
        code("month = '2013-01'\nrate: str = '0.05'", tags=["parameters"]),
        code("rate = '0.1'", tags=["injected-parameters"]),
    ]
    nb = v4.new_notebook(cells=cells)
    assert notebook_parameters(nb) == {"month": "2013-01", "rate": "0.1"}
    main = main_of(*cells)
    assert '<th scope="row" class="s">rate</th><td class="s">0.1</td>' in main
    assert "<summary>The code behind this page</summary>" in main
    assert "rate = &#39;0.1&#39;" in main


def test_parameters_of_every_json_kind_are_shown():
    """Lists and nothing at all have a text too; what is no constant is shown as written."""
    main = main_of(code("a = [1, 'x']\nb = None\nc = True\nd = 2.5\ne = a + [2]", tags=["parameters"]))
    for words in ("[1, &#39;x&#39;]", '<td class="empty">–</td>', ">yes<", ">2.5<", ">a + [2]<"):
        assert words in main


def test_a_page_says_nothing_of_a_notebook_without_code():
    """No empty section at the end."""
    assert "How this page was made" not in main_of(v4.new_markdown_cell("# T"))


def test_an_index_leads_to_every_report():
    """Links are relative and percent-encoded, columns are the caller's, the first one names the row."""
    rows = [
        {"provider": Link("A&B", "A&B #1/index.html"), "month": "2013-01", "status": "waiting for seed"},
        {"provider": Link("C", "C/index.html"), "month": "2013-01", "status": "complete"},
    ]
    page = render_index(rows, title="Samples <all>", intro="One row each.")
    assert re.findall(r'<a href="([^"]*)">', page) == ["A%26B%20%231/index.html", "C/index.html"]
    assert '<th scope="row" class="s"><a href="A%26B%20%231/index.html">A&amp;B</a></th>' in page
    assert "<h1>Samples &lt;all&gt;</h1>" in page
    assert "<p>One row each.</p>" in page
    assert page == render_index(pd.DataFrame(rows), title="Samples <all>", intro="One row each.")


def test_an_index_of_nothing_says_so():
    """A run without reports still has a page."""
    assert "No rows" in render_index([], title="Samples")


def test_an_index_is_never_cut():
    """All reports are listed, however many."""
    assert render_index([{"provider": str(i)} for i in range(300)], title="T").count('<th scope="row"') == 300
