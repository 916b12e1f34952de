"""The page to start from: one for several runs, whose pages are shown by who reads them."""

import html
import re

import pytest

from qa_lib.batch.index import Failure, write_index
from qa_lib.batch.manifest import write_manifest
from qa_lib.batch.start_page import Section, write_start_page

PAGES = {
    "sample.html": ("moderators", "which files are drawn"),
    "sheet-*.html": ("assessors & others", "what was found"),
    "year.html": ("offices", "the year"),
    "none.html": ("nobody", "nothing"),
}


def report(run, folder, per, period, provider, files, **more):
    """Write a report folder as a run leaves it."""
    place = run / folder
    place.mkdir(parents=True)
    for name in files:
        (place / name).write_text("x")
    notebooks = {name.removesuffix(".html"): "" for name in files if name.endswith(".html")}
    write_manifest(place, {"per": per, "period": period, "provider": provider, "notebooks": notebooks, **more})


@pytest.fixture
def out(tmp_path):
    """Return the folder of a demonstration: two providers in two months, a year, and a run without months."""
    one, other = tmp_path / "one", tmp_path / "other"
    for month in ("2024-05", "2024-06"):
        report(one, f"{month}/b", "month", month, "B & Co", ["sample.html", "sheet-1.html", "freeze.json"])
        report(one, f"{month}/a", "month", month, "A", ["sample.html", "draw.json"], nothing_to_show={})
    report(one, "year-2023-09/a", "year", "2023-09", "A", ["year.html"])
    report(other, "2018-19/all", "whole", "2018-19", "all", ["sample.html"], nothing_to_show={"sample": "why"})
    failed = {"2024-06/c": Failure("C", "month", "2024-06", "failed: why")}
    for run, lost in ((one, failed), (other, {})):
        write_index(run, run=run.name, title=run.name, made=[], failed=lost)
    return tmp_path


def shown(out, *sections, full=False):
    """Return the page's text, and its links with the text and what follows them."""
    page = write_start_page(out, sections, full=full).read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"#]*)">([^<]*)</a>([^<]*)', page)
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(text.split()), [tuple(html.unescape(part.strip()) for part in link) for link in links]


def test_the_pages_of_a_month_are_shown_by_who_reads_them(out):
    """Each provider's page of that month with its state, those of years beside them, and the page over all reports."""
    text, links = shown(out, Section(title="First scheme", run="one", pages=PAGES, month="2024-06", returns=(36, 3)))
    assert links == [
        ("one/index.html", "All reports of the run one, with their findings counted", ""),
        ("one/2024-06/a/sample.html", "A", ", drawn"),
        ("one/2024-06/b/sample.html", "B & Co", ", waiting for seed"),
        ("one/2024-06/b/sheet-1.html", "B & Co", ", waiting for seed"),
        ("one/year-2023-09/a/year.html", "A, year from September 2023", ", complete"),
    ]
    assert all((out / target).is_file() for target, _, _ in links)
    assert "The pages below are about June 2024." in text
    assert "Moderators filled in 36 workbooks, of which 3 were refused" in text
    assert "1 report was not made" in text
    assert "Moderators which files are drawn A , drawn" in text
    assert "Assessors & others what was found" in text
    assert "nobody" not in text.replace("describes nobody", "")


def test_without_a_month_every_period_is_shown_by_its_name(out):
    """A run over everything is of all providers, and a notebook that had nothing to show says so."""
    text, links = shown(
        out, Section(title="Other", run="other", pages=PAGES), Section(title="One", run="one", pages=PAGES)
    )
    assert ("other/2018-19/all/sample.html", "All providers, 2018-19", ", nothing to show") in links
    assert ("one/2024-05/a/sample.html", "A, May 2024", ", drawn") in links
    assert text.index("Other") < text.index("One")
    assert "workbooks" not in text


def test_a_part_says_how_the_rest_is_made(out):
    """Only where it is a part."""
    section = Section(title="Other", run="other", pages=PAGES)
    assert "qa demo --full" in shown(out, section)[0]
    assert "qa demo --full" not in shown(out, section, full=True)[0]
