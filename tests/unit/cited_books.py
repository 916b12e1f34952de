"""Small rule books that cite places of a text, for tests of what a new edition changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qa_lib.sources.comparison import outline
from qa_lib.sources.reading import read_paragraphs, with_lists

_RULE = """\
  {rule}:
    title: A rule
    description: What it asks for.
    reading: How it is read.
    kind: convention
    severity: information
    type: choice
    options: [applies]
    checked_on: "2026-01-15"
    values:
      "2020-01-01":
        value: applies
        cite:
          source: code
          places:
"""


def cited_book(scheme: str, text: str, rules: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Return a rule book over a text: by rule the places that it cites, each with what it says there."""
    paragraphs = read_paragraphs(text)
    digests = {one.place: one.sha256 for one in with_lists(paragraphs)}
    content = f"scheme: {scheme}\ntitle: An example\nsources:\n  code:\n    title: A code\n"
    content += f'    published: "2020-01-01"\n    outline: {outline(paragraphs)}\nrules:\n'
    for rule, places in rules.items():
        content += _RULE.format(rule=rule)
        for at, says in places:
            content += f"            - {{at: '{at}', says: {says}, verb: none, sha256: '{digests[at]}'}}\n"
    return content
