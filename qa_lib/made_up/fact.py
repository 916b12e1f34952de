"""Planted facts: what was put into made-up data, the rule it concerns and the rows that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

#: What a report should make of a fact. ``none``: nothing, the fact is a trap just inside the rule.
Expect = Literal["breach", "warning", "information", "not_assessable", "none"]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One planted fact.

    Attributes
    ----------
    id
        ``F01`` and so on, the same in the year and in the slice; ``S01`` and so on stand in the clean year too.
    rule
        Id of the rule that the fact concerns.
    table
        The table whose rows show it.
    what
        One sentence.
    subjects
        Ids of the files, assessors, PoPs ... concerned, sorted; ``provider/month`` for events.
    count
        Exact number of rows of ``table`` that show it.
    expect
        What a report should make of it.
    """

    id: str
    rule: str
    table: str
    what: str
    subjects: tuple[str, ...]
    count: int
    expect: Expect


@dataclass(kw_only=True)
class Facts:
    """Facts while they are planted; what a scheme plants into stands in a class of its own below this one.

    Attributes
    ----------
    prefix
        What the ids of the scheme's rules begin with, without the point after it.
    whole
        Whether the data are those of whole years, not of the small slice.
    facts
        The facts so far.
    """

    prefix: str
    whole: bool = True
    facts: list[Fact] = field(default_factory=list)

    def add(
        self,
        fact: str,
        rule: str,
        table: str,
        what: str,
        subjects: Iterable[str],
        *,
        count: int | None = None,
        expect: Expect = "breach",
    ) -> None:
        """Keep a fact; ``count`` is the number of subjects unless given."""
        names = tuple(sorted(set(subjects)))
        rows = len(names) if count is None else count
        rule = rule if rule.startswith("X.") else f"{self.prefix}.{rule}"
        self.facts.append(Fact(id=fact, rule=rule, table=table, what=what, subjects=names, count=rows, expect=expect))

    def plant(self, plantings: Iterable[tuple[Callable[[Self], None], bool]]) -> None:
        """Call what plants, in order; of those that do not fit into the small slice only where the data are whole."""
        for part, in_slice in plantings:
            if self.whole or in_slice:
                part(self)


def facts_table(facts: Iterable[Fact]) -> str:
    """Return facts as a table in Markdown, a row each."""
    lines = ["| id | rule | table | what | subjects | rows | expect |", "|---|---|---|---|---|---:|---|"]
    for fact in facts:
        names = fact.subjects
        subjects = ", ".join(names) if len(names) <= 20 else f"{', '.join(names[:3])} and {len(names) - 3} more"
        expect = fact.expect.replace("_", " ")
        lines.append(f"| {fact.id} | {fact.rule} | {fact.table} | {fact.what} | {subjects} | {fact.count} | {expect} |")
    return "\n".join(lines)
