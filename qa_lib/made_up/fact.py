"""A planted fact: what was put into the made-up year, the rule it concerns and the rows that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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


def facts_table(facts: Iterable[Fact]) -> str:
    """Return facts as a table in Markdown, a row each."""
    lines = ["| id | rule | table | what | subjects | rows | expect |", "|---|---|---|---|---|---:|---|"]
    for fact in facts:
        names = fact.subjects
        subjects = ", ".join(names) if len(names) <= 20 else f"{', '.join(names[:3])} and {len(names) - 3} more"
        expect = fact.expect.replace("_", " ")
        lines.append(f"| {fact.id} | {fact.rule} | {fact.table} | {fact.what} | {subjects} | {fact.count} | {expect} |")
    return "\n".join(lines)
