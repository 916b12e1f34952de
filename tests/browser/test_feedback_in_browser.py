"""Feedback sheets and the joint report in a browser: accessible, closed to the outside, each sheet on its own page."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_lib import draw, freeze, load_rulebook, open_register, read_dataset
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.pages.feedback_pages import feedback_files
from qa_lib.schemes.hlta.pages.joint_report_form import joint_report_files

pytestmark = pytest.mark.browser

SLICE = Path(__file__).parents[2] / "notebooks" / "data" / "partnership"
HOSTILE = "<script class='evil'>alert(1)</script><img class=evil src=http://example.org/x> \u202egnp.exe"
PAGES = ["feedback-assessors.html", "feedback-pops.html", "joint-report-2024-01.html"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of one month, in which moderators and the log say hostile things."""
    tables = dict(read_dataset(SLICE).tables)
    for name, columns in {
        "moderations": ["strengths", "reason"],
        "feedback_log": ["note"],
        "events": ["issues"],
    }.items():
        tables[name] = tables[name].assign(**dict.fromkeys(columns, HOSTILE))
    book, month, rpa = load_rulebook("hlta"), "2024-01", "HLTA North"
    frozen = freeze(tables, book, provider=rpa, month=month, register=open_register("sqlite://"))
    drawn = draw(frozen, seed="1234 5624 1553 2461 4", reviewer="R1", reviewer_rpa="Strictly Education 4S")
    audit = make_audit(tables, book, provider=rpa, months=[month], draws=[drawn])
    made = tmp_path_factory.mktemp("feedback")
    for name, content in (feedback_files(audit) | joint_report_files(audit)).items():
        (made / name).write_bytes(content)
    return made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_asks_for_nothing(name, folder, page_checker):
    """Axe finds no WCAG 2.2 A/AA violation, nothing is requested, nothing runs, on a wide and a narrow screen."""
    elements = {"evil": "document.querySelectorAll('.evil, script, img, [onerror]').length"}
    seen = page_checker(folder / name, evaluate=elements)
    assert seen.faults() == []
    assert seen.evaluated == {"evil": 0}
    assert page_checker(folder / name, axe=False, width=320).faults() == []
    assert "&lt;script" in (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES[:2])
def test_each_sheet_begins_a_page_on_paper(name, folder, page_checker):
    """Printed, every sheet stands on its own page and nothing that belongs to the screen is left."""
    seen = page_checker(
        folder / name,
        axe=False,
        act=lambda tab: tab.emulate_media(media="print"),
        evaluate={
            "sheets": "document.querySelectorAll('.sheet').length",
            "own": "[...document.querySelectorAll('.sheet')]"
            ".filter(sheet => getComputedStyle(sheet).breakBefore === 'page').length",
            "skip": "getComputedStyle(document.querySelector('.skip')).display",
        },
    )
    assert seen.evaluated["own"] == seen.evaluated["sheets"] > 0
    assert seen.evaluated["skip"] == "none"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_what_is_there(name, folder, page_checker):
    """One main, one first heading, a language, and no link or name that leads nowhere."""
    seen = page_checker(
        folder / name,
        axe=False,
        evaluate={
            "main": "document.querySelectorAll('main').length",
            "h1": "document.querySelectorAll('h1').length",
            "lang": "document.documentElement.lang",
            "unnamed": "[...document.querySelectorAll('[aria-labelledby]')]"
            ".filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))).length",
            "dead": "[...document.links].filter(a => !document.getElementById(a.hash.slice(1))).length",
            "twice": "[...document.querySelectorAll('[id]')]"
            ".filter(e => document.querySelectorAll('#' + CSS.escape(e.id)).length > 1).length",
        },
    )
    assert seen.evaluated == {"main": 1, "h1": 1, "lang": "en-GB", "unnamed": 0, "dead": 0, "twice": 0}
