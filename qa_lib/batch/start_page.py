"""The page to start from after a demonstration: what it is, and who reads which page of which run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from qa_lib.batch.index import INDEX, failures_of, report_folders, status_of
from qa_lib.batch.manifest import NOTHING_TO_SHOW, read_manifest
from qa_lib.batch.report_plan import OVER_ALL, period_words
from qa_lib.calendar.months import month_in_words
from qa_lib.files import write_whole
from qa_lib.reports.cells import Link
from qa_lib.reports.page import render_start

_TITLE = "Quality assurance of assessors: a demonstration"
_INTRO = (
    "A scheme checks its own assessors: files are drawn by lot and looked at again, everyone is followed over the "
    "year, groups of people are compared. These pages show what comes out of it, and for whom.",
    "Everything here is made up and describes nobody. An office would have made these pages with the same commands, "
    "from its own data.",
)
_PART = "These pages are a part of what there is. All of it is made, in some minutes more, by: qa demo --full"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A run on made-up data, as the start page shows it.

    Attributes
    ----------
    title
        The scheme's.
    run
        The run's name, and its folder below the page.
    pages
        As :class:`qa_lib.scheme.MadeUp` has them.
    month
        The month whose pages are shown; every period where there is none.
    returns
        How many made-up returns there were, and how many of them were refused.
    """

    title: str
    run: str
    pages: Mapping[str, tuple[str, str]]
    month: str = ""
    returns: tuple[int, int] | None = None


def write_start_page(out: Path, sections: Sequence[Section], *, full: bool) -> Path:
    """Write ``index.html`` above the folders of the runs, and return its path."""
    page = render_start(
        [_shown(out, section) for section in sections], title=_TITLE, intro=_INTRO if full else (*_INTRO, _PART)
    )
    write_whole(out / INDEX, page.encode())
    return out / INDEX


def _shown(out: Path, section: Section) -> dict[str, Any]:
    """Return a section as the page has it."""
    reports = sorted(_reports(out / section.run, section.month), key=lambda report: report.order)
    rows = [
        {"who": who[:1].upper() + who[1:], "what": what, "links": links}
        for pattern, (who, what) in section.pages.items()
        if (links := [link for report in reports for link in report.links(pattern)])
    ]
    index = Link(f"All reports of the run {section.run}, with their findings counted", f"{section.run}/{INDEX}")
    return {"heading": section.title, "sentences": list(_sentences(out, section)), "index": index, "rows": rows}


def _sentences(out: Path, section: Section) -> Iterator[str]:
    if section.returns is not None:
        came, refused = section.returns
        yield (
            "Every month of a year was frozen, and drawn where its seed was given. Moderators filled in "
            f"{came} workbooks, of which {refused} were refused for the faults that were put into them, and the others "
            "taken in."
        )
    if section.month:
        yield f"The pages below are about {month_in_words(section.month)}."
    if failed := len(failures_of(out / section.run)):
        yield f"{failed} report{' was' if failed == 1 else 's were'} not made: all reports, below, say why."


@dataclass(frozen=True)
class _Report:
    """A report that stands: its folder, relative to the page; what its manifest says; and what is added to its name."""

    folder: str
    place: Path
    content: Mapping[str, Any]
    period: str

    @property
    def order(self) -> tuple[bool, str, str]:
        return self.content["per"] not in OVER_ALL, self.content["provider"], self.content["period"]

    def links(self, pattern: str) -> Iterator[tuple[Link, str]]:
        whom = "All providers" if self.content["per"] in OVER_ALL else self.content["provider"]
        for name in sorted(name for name in self.content["outputs"] if fnmatch(name, pattern)):
            empty = Path(name).stem in self.content.get(NOTHING_TO_SHOW, {})
            status = "nothing to show" if empty else status_of(self.place)
            yield Link(f"{whom}{self.period}", f"{self.folder}/{name}"), status


def _reports(run: Path, month: str) -> Iterator[_Report]:
    """Yield the reports of a run: of one month those of that month alone, with those of no month."""
    for folder in report_folders(run):
        content = read_manifest(run / folder)
        per, period = content["per"], content["period"]
        if not month or period == month or per not in ("month", "partnership"):
            words = "" if period == month else f", {period_words(per, period)}"
            yield _Report(f"{run.name}/{folder}", run / folder, content, words)
