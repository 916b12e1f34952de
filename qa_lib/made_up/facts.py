"""Planted facts as data: a file that a person can read says which cells of made-up tables are edited, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, StringConstraints

from qa_lib.errors import QAError
from qa_lib.strict_yaml import Loc, Strict, StrictYaml

#: What a report should make of a fact. ``none``: nothing, the fact is a trap just inside the rule.
Expect = Literal["breach", "warning", "information", "not_assessable", "none"]
#: The whole made-up data, or the small slice that notebooks read.
Scope = Literal["whole", "slice"]
_Said = Annotated[str, StringConstraints(min_length=1)]

#: Of a row that is added: where, and with whose cells. Not columns of its own.
BESIDE = ("after", "like")
#: What a heading says of its fact, the last only where it is no breach.
HEADING = ("id", "rule", "expect")


class Alike(Strict):
    """The same edit of many rows; ``each`` holds the ends of their names, where they differ in nothing else."""

    table: str
    change: dict[str, str]
    rows: tuple[str, ...]
    each: tuple[str, ...] = ()


class Edits(Strict):
    """Cells of rows that are changed, rows that are added, and rows that are removed.

    A row is added ``after`` another one, or last; what is not said of it is blank, or as in the row it is ``like``, and
    a list of values in a cell stands for as many rows. ``subjects`` are whom the fact is about, where that is not what
    rows of its table begin with; ``count`` is how many rows show it, where that is not how many are changed and added.
    """

    subjects: tuple[str, ...] = ()
    count: NonNegativeInt | None = None
    change: dict[str, dict[str, dict[str, str]]] = Field(default={})
    alike: tuple[Alike, ...] = ()
    add: dict[str, tuple[dict[str, str | tuple[str, ...]], ...]] = Field(default={})
    remove: dict[str, tuple[str, ...]] = Field(default={})

    def steps(self) -> Iterator[tuple[Loc, str, str, Mapping[str, str] | None]]:
        """Yield place in the file, table, row and new cells of each edit; no cells where the row goes."""
        for table, changed in self.change.items():
            yield from ((("change", table, row), table, row, cells) for row, cells in changed.items())
        for n, alike in enumerate(self.alike):
            rows = [f"{row}/{end}" for row in alike.rows for end in alike.each] or alike.rows
            yield from ((("alike", n), alike.table, row, alike.change) for row in rows)
        for table, added in self.add.items():
            for at, row in ((("add", table, n), row) for n, cells in enumerate(added) for row in _each(cells)):
                yield at, table, next(text for column, text in row.items() if column not in BESIDE), row
        for table, removed in self.remove.items():
            yield from ((("remove", table, n), table, row, None) for n, row in enumerate(removed))


def _each(cells: Mapping[str, str | tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Yield a row for each value of the list among the cells."""
    column = next((name for name, value in cells.items() if not isinstance(value, str)), next(iter(cells)))
    for one in (cells[column],) if isinstance(cells[column], str) else cells[column]:
        yield {name: str(value) for name, value in {**cells, column: one}.items()}


class Finding(Strict):
    """A further finding that follows from a fact."""

    rule: _Said
    subjects: tuple[str, ...]
    expect: Expect = "breach"


class Entry(Strict):
    """A fact as the file has it, edits for the whole, for the slice and for both of them.

    ``table`` is the one whose rows show it, where that is not the first edited.
    """

    id: _Said
    rule: _Said
    what: _Said
    expect: Expect = "breach"
    table: str = ""
    both: Edits | None = None
    whole: Edits | None = None
    slice: Edits | None = None
    also: tuple[Finding, ...] = ()

    def edits(self, scope: Scope) -> dict[str, Edits]:
        """Return what is edited in a scope, by the key under which it stands."""
        return {key: edits for key in ("both", scope) if (edits := getattr(self, key))}


@dataclass(frozen=True)
class Fact:
    """One fact of the whole made-up data or of their small slice, as its :class:`Entry` and :class:`Edits` say.

    ``subjects`` are sorted, and ``count`` is 0 where the fact is that rows are missing. What has an ``id`` that begins
    with ``S`` stands in the clean data too: chance made it so.
    """

    id: str
    rule: str
    what: str
    expect: Expect
    subjects: tuple[str, ...]
    table: str
    count: int
    also: tuple[Finding, ...]


@cache
def read_facts(path: Path) -> tuple[StrictYaml, dict[str, Entry]]:
    """Return the file and its facts by their headings: ``F08 PREP.2 not_assessable``, a breach where nothing is said.

    Raises
    ------
    QAError
        With everything that is not as it should be, and its line.
    """
    file = StrictYaml(path)
    entries: dict[str, Entry] = {}
    numbers: dict[str, str] = {}
    for heading, text in file.content.items() if isinstance(file.content, dict) else ():
        words = heading.split()
        if len(words) > len(HEADING):
            file.fault((heading,), f"the heading {heading!r} has {len(words)} words; expected {', '.join(HEADING)}")
        if words and numbers.setdefault(words[0], heading) != heading:
            file.fault((heading,), f"{words[0]} is the number of {numbers[words[0]]!r}, too; give one another")
        said = dict(zip(HEADING, words, strict=False))
        if entry := file.model(Entry, {**said, **text} if isinstance(text, dict) else text, (heading,)):
            entries[heading] = entry
    file.check()
    return file, entries


@cache
def facts_of(path: Path, scope: Scope) -> tuple[Fact, ...]:
    """Return the facts of the whole data or of the slice by number, those that chance made last.

    Raises
    ------
    QAError
        As :func:`read_facts`; or if whom a fact is about, or how many rows show it, neither follows nor is said.
    """
    entries = sorted(read_facts(path)[1].values(), key=lambda entry: (entry.id[0], len(entry.id), entry.id))
    return tuple(_fact(entry, list(edits.values())) for entry in entries if (edits := entry.edits(scope)))


def _fact(entry: Entry, edits: Sequence[Edits]) -> Fact:
    steps = [step[1:] for some in edits for step in some.steps()]
    table = entry.table or next((table for table, *_ in steps), "")
    rows = [(row.split("/")[0], cells) for shown, row, cells in steps if shown == table]
    said = [name for some in edits for name in some.subjects]
    subjects = tuple(sorted(said or {row for row, _ in rows}))
    counted = sum(cells is not None for _, cells in rows) if steps else len(subjects)
    count = next((some.count for some in edits if some.count is not None), None)
    if any(" .. " in row for row, _ in rows) and not (said and count):
        raise QAError(f"{entry.id} shows in rows from one to another of {table}; say its subjects and their count")
    count = counted if count is None else count
    return Fact(entry.id, entry.rule, entry.what, entry.expect, subjects, table, count, entry.also)


def facts_table(facts: Iterable[Fact]) -> str:
    """Return facts as a table in Markdown, a row each."""
    lines = ["| id | rule | table | what | subjects | rows | expect |", "|---|---|---|---|---|---:|---|"]
    for fact in facts:
        names = fact.subjects
        subjects = ", ".join(names) if len(names) <= 20 else f"{', '.join(names[:3])} and {len(names) - 3} more"
        expect = fact.expect.replace("_", " ")
        lines.append(f"| {fact.id} | {fact.rule} | {fact.table} | {fact.what} | {subjects} | {fact.count} | {expect} |")
    return "\n".join(lines)


def renewed_page(page: str, path: Path, digest: str) -> str:
    """Return a page of facts with what the file says between its marks, ``<!-- planted -->`` ... ``<!-- end -->``.

    The marks are ``planted``, ``standing``, ``slice`` and ``digest``, that of the tables of the whole data; the rest of
    the page is written by hand.
    """
    whole, small = facts_of(path, "whole"), facts_of(path, "slice")
    standing = [fact for fact in whole if fact.id[0] == "S"]
    parts = {"planted": facts_table(whole[: -len(standing) or None]), "standing": facts_table(standing)}
    parts |= {"slice": facts_table(small), "digest": f"`{digest}`"}
    between = r"<!-- (\w+) -->\n.*?<!-- end -->"
    return re.sub(between, lambda mark: f"<!-- {mark[1]} -->\n{parts[mark[1]]}\n<!-- end -->", page, flags=re.DOTALL)
