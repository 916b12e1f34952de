"""A page of ours is accessible, closed to the outside and whole in a browser, whatever the data held."""

from __future__ import annotations

from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
from nbclient import NotebookClient

from qa_lib.reports.cells import Link
from qa_lib.reports.page import render_index, render_page, render_start

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

CELLS = """
import pandas as pd
from qa_lib.reports.charts import composition_chart, coverage_chart
from qa_lib.reports.folder import open_report
report = open_report(out)
hostile = ['<b class="evil">bold</b>', '"><img class=evil src=x onerror=alert(1)>',
           '<script class="evil">alert(1)</script>', "</td></tr></table><h1 class='evil'>x</h1>",
           '=HYPERLINK("http://example.org")', "\\u202egnp.exe",
           'http://example.org/' + 'long' * 40, "[a](http://example.org)", None]
---
report.say("3 of 48 files need action. <b class='evil'>bold</b>", "Nothing is late.")
---
sample = pd.DataFrame({
    "case_id": [f"N-2013-{i:04d}" for i in range(9)], "stratum": "met", "reasons": hostile, "selected_by": "random",
    "random_probability": "3/57", "files": range(9995, 10004), "rate": [i / 90 for i in range(9)], "free_text": hostile,
})
report.table("sample", sample, caption="Files in the sample <i class='evil'>", row_header="case_id", percent=["rate"])
---
report.table("many", pd.DataFrame({"assessor": [f"A{i:03d}" for i in range(150)], "sampled": range(150)}),
             caption="Assessors and their sampled files", rows=12, restricted=False)
---
report.table("none", sample.head(0), caption="Files that are not moderatable")
---
months = [f"2012-{i:02d}" for i in range(9, 13)] + [f"2013-{i:02d}" for i in range(1, 9)]
coverage = pd.DataFrame([{"month": m, "kind": k, "seen": min(n, 40 + i * 12), "sampled": min(n - 4, 20 + i * 12)}
                         for k, n in (("assessors", 150), ("PoPs", 60)) for i, m in enumerate(months)])
report.chart(coverage_chart(coverage, title="Four assessors and four PoPs had no file in a sample by August"),
             name="coverage")
---
parts = pd.DataFrame({"selected_by": ["certainty", "random", "risk", "coverage"], "files": [22, 9, 3, 14]})
report.chart(composition_chart(parts, title="Most sampled files had to be in the sample"), name="parts")
---
report.file("moderation-return.xlsx", b"...")
---
from IPython.display import HTML, Markdown, display
display(HTML("<b class='evil'>foreign</b>"), Markdown("# <b class='evil'>foreign</b>"))
display(sample[["case_id", "free_text"]].head(2))
---
print("printed <b class='evil'>text</b> " + "wide " * 60)
""".strip().split("\n---\n")

PROSE = [
    "# The month's moderation sample\n\nWhich files must the moderators look at, and why these? The sample was drawn "
    "by a **seed** from another RPA, so that *nobody* could steer it. <img class='evil' src='http://example.org/x'> "
    "![evil](http://example.org/y.png) [evil](javascript:alert(1))",
    "## What needs action\n\nLook for files with a reason: they are always in the sample.",
    "## The sample\n\nThe column *selected by* says which step put a file in.",
    "## Coverage\n\nThe lower line should meet the upper one by the end of the year.\n\n"
    "| step | read as |\n|---|---|\n| certainty | has a reason |\n| random | drawn |",
    "### What selected the files",
    "## What would change this\n\n- another seed\n- a late file\n\n> A quotation.\n\n```\n$ sha256sum freeze.json\n```",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page made from a notebook that ran on a kernel and showed hostile data in every way there is."""
    folder = tmp_path_factory.mktemp("report")
    parameters = v4.new_code_cell(
        f"month = '2013-01'\nrate = '0.05'\nout = {str(folder)!r}", metadata={"tags": ["parameters"]}
    )
    code = [v4.new_code_cell(source) for source in CELLS]
    prose = [v4.new_markdown_cell(source) for source in PROSE]
    cells = [prose[0], parameters, code[0], prose[1], code[1], prose[2], *code[2:5], prose[3], code[5], prose[4]]
    nb = v4.new_notebook(cells=[*cells, code[6], prose[5], *code[7:]])
    NotebookClient(nb, timeout=60).execute()
    path = folder / "index.html"
    path.write_text(render_page(nb, title="RPA North, January 2013"), encoding="utf-8")
    return path


def test_a_page_is_accessible_and_asks_for_nothing(page, page_checker):
    """Axe finds no WCAG 2.2 A/AA violation, nothing is requested, nothing overflows, all charts show."""
    assert page_checker(page).faults() == []


def test_the_checker_notices_what_it_is_for(tmp_path, page_checker):
    """A page that breaks every rule is told off for each."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<!DOCTYPE html><html><title>Bad</title><p style='color: #ddd; width: 3000px'>pale</p>"
        "<img src='http://example.org/x.png'><script>console.log('ran')</script>",
        encoding="utf-8",
    )
    faults = " ".join(page_checker(path).faults())
    for words in (
        "html-has-lang",
        "color-contrast",
        "image-alt",
        "asked for http://example.org/x.png",
        "ran",
        "sideways",
        "broken",
    ):
        assert words in faults


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_of_the_project_makes_a_good_page(notebook, tmp_path, page_checker):
    """What is committed can be read by everyone, on a wide and on a narrow screen."""
    path = tmp_path / "page.html"
    path.write_text(render_page(nbformat.read(notebook, 4), title="A provider, a month"), encoding="utf-8")
    assert page_checker(path).faults() == []
    assert page_checker(path, axe=False, width=320).faults() == []


def test_a_page_fits_a_narrow_screen(page, page_checker):
    """At 320 pixels only tables and code scroll sideways, not the page."""
    assert page_checker(page, width=320).faults() == []


def test_the_opened_code_is_accessible_too(page, page_checker):
    """With the folded code opened, axe finds nothing either."""
    seen = page_checker(page, act=lambda tab: tab.locator("summary").click())
    assert seen.faults() == []


def test_no_element_comes_from_data(page, page_checker):
    """Whatever markup the data held, the document holds it as text only."""
    seen = page_checker(
        page,
        axe=False,
        evaluate={
            "evil": "document.querySelectorAll('.evil, script, iframe, object, [onerror], [onclick]').length",
            "in_cells": "document.querySelectorAll('td *, th *').length",
            "links": "[...document.links].map(a => a.getAttribute('href')).filter(h => !h.startsWith('#'))",
            "bold": "document.querySelectorAll('table b, table i').length",
        },
    )
    assert seen.evaluated == {
        "evil": 0,
        "in_cells": 0,
        "bold": 0,
        "links": [f"tables/{name}.csv" for name in ("sample", "many", "none")] + ["moderation-return.xlsx"],
    }


def test_a_page_has_one_main_and_one_first_heading(page, page_checker):
    """One main, one h1, a language, and every region named by what stands in it."""
    seen = page_checker(
        page,
        axe=False,
        evaluate={
            "main": "document.querySelectorAll('main').length",
            "h1": "[...document.querySelectorAll('h1')].map(h => h.textContent)",
            "lang": "document.documentElement.lang",
            "unnamed": "[...document.querySelectorAll('[aria-labelledby]')]"
            ".filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))).length",
            "dead": "[...document.querySelectorAll('a[href^=\"#\"]')]"
            ".filter(a => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).length",
        },
    )
    title = ["The month's moderation sample"]
    assert seen.evaluated == {"main": 1, "h1": title, "lang": "en-GB", "unnamed": 0, "dead": 0}


def test_the_skip_link_is_the_first_stop(page, page_checker):
    """The first press of Tab shows the skip link; following it puts the focus into the content."""

    def follow(tab):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        assert tab.locator(".skip").bounding_box()["x"] >= 0
        tab.keyboard.press("Enter")

    assert page_checker(page, axe=False, act=follow, evaluate={"id": "document.activeElement.id"}).evaluated == {
        "id": "content"
    }


def test_wide_tables_scroll_by_keyboard(page, page_checker):
    """On a narrow screen a wide table's region takes the focus and moves with the arrow keys."""

    def press(tab):
        tab.locator(".qa-table").first.focus()
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("document.querySelector('.qa-table').scrollLeft > 0")

    assert page_checker(page, axe=False, width=320, act=press).faults() == []


def test_an_index_is_accessible_and_its_links_lead_to_the_reports(tmp_path, page_checker):
    """Names with blanks, percent signs, hashes and umlauts still lead to their files."""
    names = ["RPA North", "100 % & more#1?", "Übersee <b>"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text("<!DOCTYPE html><title>there</title>", encoding="utf-8")
    rows = [{"provider": Link(name, f"{name}/page.html"), "month": "2013-01", "status": "complete"} for name in names]
    path = tmp_path / "index.html"
    path.write_text(render_index(rows, title="Moderation samples", intro="One row per report."), encoding="utf-8")
    assert page_checker(path).faults() == []
    for position in range(len(names)):
        seen = page_checker(
            path,
            axe=False,
            act=lambda tab, at=position: tab.locator("main a").nth(at).click(),
            evaluate={"title": "document.title"},
        )
        assert seen.evaluated == {"title": "there"}


@pytest.mark.parametrize("width", [320, 1280])
def test_the_start_page_is_accessible_wide_and_narrow(tmp_path, page_checker, width):
    """Two runs with hostile names: each heading, table and link has its own name, and nothing is fetched."""
    row = {"who": "Assessors & <b class='evil'>", "what": "what was found", "links": []}
    row["links"] = [
        (Link(f"Übersee <b class='evil'> {number}", f"one/{number} #/page.html"), "drawn") for number in "12"
    ]
    section = {"heading": "A scheme <b class='evil'>", "sentences": ["A month was drawn."], "rows": [row, row]}
    sections = [{**section, "index": Link(f"All reports of {run}", f"{run}/index.html")} for run in ("one", "two")]
    path = tmp_path / "index.html"
    path.write_text(render_start(sections, title="A demonstration", intro=["What it is."]), encoding="utf-8")
    seen = page_checker(path, width=width, evaluate={"evil": "document.querySelectorAll('.evil').length"})
    assert (seen.faults(), seen.evaluated["evil"]) == ([], 0)
