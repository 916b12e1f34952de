"""``qa rules --against``: which cited places a new edition changed, moved or dropped. And the places of a text.

What is printed may quote the file that was given, for whoever gave it; nothing of it is kept.
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_lib.rulebook import RuleBook
    from qa_lib.sources.comparison import CitedPlace, Comparison
    from qa_lib.sources.reading import Paragraph

WIDTH = 100
#: Characters of a paragraph by which it is recognised.
_BEGINNING = 60
_HEADINGS = {
    "changed": "Changed: hold the rule against the new words",
    "gone": "Gone: find out whether the rule still holds",
    "moved": "Moved, word for word",
    "renumbered": "Renumbered, as paragraphs before it came or went",
}
COLUMNS = ("status", "rule", "cited_at", "now_at", "sha256", "says")


def compared(books: list[RuleBook], file: Path, before: Path | None, source: str, out: Path | None) -> tuple[str, bool]:
    """Return what a new edition means for the rules, as text, and whether any of their places changed or is gone.

    Raises
    ------
    SourceError
        If a file cannot be read, or it cannot be told of which source it is an edition.
    """
    from qa_lib.files import write_whole
    from qa_lib.sources.comparison import compare, source_of
    from qa_lib.sources.reading import read_source

    paragraphs = read_source(file)
    book, found = source_of(paragraphs, books, source)
    result = compare(book, found, paragraphs, read_source(before) if before else ())
    if out is not None:
        write_whole(out, _csv(result).encode("utf-8-sig"))
    return "\n".join(_lines(book, file, result)), bool(result.those("changed") or result.those("gone"))


def places(file: Path) -> str:
    """Return every place of a text with its digest and its first words, and the outline, to cite from."""
    from qa_lib.sources.comparison import outline
    from qa_lib.sources.reading import read_source, with_lists

    paragraphs = read_source(file)
    lines = [f"{one.place}\n  sha256: {one.sha256}\n  {_beginning(one)}" for one in with_lists(paragraphs)]
    return "\n".join([*lines, "", "outline: >-", *_indented(outline(paragraphs), "  ")])


def _lines(book: RuleBook, file: Path, result: Comparison) -> Iterator[str]:
    source = book.sources[result.source]
    rules = {one.rule for one in result.places}
    cites = f"{len(rules)} rules of {book.scheme} cite {len(result.places)} places of {result.source}"
    yield from textwrap.wrap(f"{file} against {source.title} ({source.published}): {cites}", WIDTH)
    for status, heading in _HEADINGS.items():
        if found := [one for one in result.places if one.status == status]:
            yield from ["", f"{heading}:"]
            yield from dict.fromkeys(line for one in found for line in _cited(one))
    unchanged = result.those("unchanged")
    yield from ["", f"Unchanged: {len(unchanged)} of {len(result.places)} places"]
    if result.new:
        yield from ["", "New, and no rule cites it:"]
        yield from (f"  {one.place}: {_beginning(one)}" for one in result.new)
    if result.uncited:
        yield from ["", "As before, and no rule cites it:"]
        for heading, run in groupby(result.uncited, lambda one: one.heading):
            under = list(run)
            yield f"  {heading or 'before the first heading'}: {len(under)}, from {_beginning(under[0])}"


def _cited(one: CitedPlace) -> Iterator[str]:
    """Yield the lines of a place: the rule, where, what the rule book says of it, and what stands there now."""
    from qa_lib.sources.comparison import differences

    where = f"{one.place.at} → {one.now.place}" if one.now and one.now.place != one.place.at else one.place.at
    yield f"  {one.rule}  {where}"
    if one.status not in ("changed", "gone"):
        return
    yield from _indented(f"we say: {one.place.says}")
    if one.now and one.before:
        told = [f"“{was}” → “{now}”" for was, now in differences(one.before.text, one.now.text)]
        yield from _indented(f"differs: {'; '.join(told)}")
    elif one.now:
        yield from _indented(f"it says: {_beginning(one.now)}")


def _indented(text: str, indent: str = "    ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _beginning(one: Paragraph) -> str:
    text = " ".join(one.text.split())
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING].rsplit(' ', 1)[0]} …"


def _csv(result: Comparison) -> str:
    """Return a row per cited place and per paragraph that no rule cites; no words of the document."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in result.places:
        now = (one.now.place, one.now.sha256) if one.now else ("", "")
        writer.writerow([one.status, one.rule, one.place.at, *now, one.place.says])
    rest: Iterable[tuple[str, Paragraph]] = [
        *(("new", one) for one in result.new),
        *(("", one) for one in result.uncited),
    ]
    writer.writerows([status or "uncited", "", "", one.place, one.sha256, ""] for status, one in rest)
    return text.getvalue()
