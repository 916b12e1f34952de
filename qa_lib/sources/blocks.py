"""A text as blocks of lines: page numbers, heads and feet of pages, and the list of contents are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import groupby

#: A longer line was not wrapped.
WIDEST = 160
#: A word processor saves a paragraph a line, without blank lines: then fewer than one line in so many is blank.
_FEW_BLANKS = 10
#: Lines that repeat at the ends of fewer pages may be lines of the text.
_FEWEST_PAGES = 3
_CONTENTS = re.compile(r"(table of )?contents", re.IGNORECASE)
_CONTENTS_NUMBER = re.compile(r"[\s.…]+\d{1,4}\s*$")
_PAGE_NUMBER = re.compile(r"(page )?[-–]? ?# ?[-–]?( ?(of|/) ?#)?", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|[\n\v\u2028\u2029]")
_DIVIDED_WORD = re.compile(r"\u00ad[^\S\f]*\n\s*")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def blocks_of(text: str) -> list[list[str]]:
    """Return the blocks of a text, without what its pages and its list of contents add."""
    return [*_without_contents([*_blocks(text)])]


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the runs of lines between blank lines; each line by itself where a text has lines without end and no blank.

    Page numbers, and lines that stand on every page, count as blank.
    """
    plain = _DIVIDED_WORD.sub("", _LINE_END.sub("\n", text)).translate(_INVISIBLE)
    running = _running_lines(plain.split("\f"))
    lines = re.split(r"[\n\f]", plain)
    said = [line for line in lines if not _is_blank(line, running)]
    if len(lines) - len(said) <= len(lines) / _FEW_BLANKS and max(map(len, said), default=0) > WIDEST:
        yield from ([line] for line in said)
        return
    for blank, run in groupby(lines, lambda line: _is_blank(line, running)):
        if not blank:
            yield list(run)


def _is_blank(line: str, running: Container[str]) -> bool:
    """Say whether a line says nothing of the document."""
    bare = _of_page(line)
    return not bare or bare in running or bool(_PAGE_NUMBER.fullmatch(bare))


def _running_lines(pages: Sequence[str]) -> set[str]:
    """Return what stands at the head or the foot of half of the pages or more, its numbers apart."""
    ends: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.split("\n") if line.strip()]
        ends.update({_of_page(line) for line in [*lines[:2], *lines[-2:]]})
    return {line for line, times in ends.items() if times >= max(_FEWEST_PAGES, len(pages) / 2)}


def _of_page(line: str) -> str:
    """Return a line of a page's head or foot as it is on every page: its numbers as one sign."""
    return " ".join(re.sub(r"\d+", "#", line).split())


def _without_contents(blocks: Sequence[list[str]]) -> Iterator[list[str]]:
    """Leave out the list of contents: to the heading that its first entry names, or while lines end in page numbers."""
    begin = next((place for place, block in enumerate(blocks) if _CONTENTS.fullmatch(block[0].strip())), len(blocks))
    yield from blocks[:begin]
    listed = [block[1:] if place == 0 else block for place, block in enumerate(blocks[begin:])]
    entries = [place for place, block in enumerate(listed) if block][:1]
    if entries:
        title = _CONTENTS_NUMBER.sub("", listed[entries[0]][0]).split()
        behind = range(entries[0] + 1, len(listed))
        end = next((place for place in behind if listed[place][0].split() == title), len(listed))
        if end == len(listed) or any(line.rstrip().endswith(".") for block in listed[:end] for line in block):
            end = next((place for place in behind if not any(map(_CONTENTS_NUMBER.search, listed[place]))), len(listed))
        yield from listed[end:]
