"""The page of all rules of a scheme: value, clause, the function that answers, the place in the report, who acts."""

from __future__ import annotations

import datetime as dt

from qa_lib.audit.rule_answers import answers_of
from qa_lib.rulebook import RuleBook, RuleValue

#: A value of more characters than this is not repeated in the table.
_LONGEST = 160
_TOP = """# {title}: the rules

One row per rule: what it asks, its value on {day} and the clause, how severe it is where it is not met, the function
that answers it, under which heading of the report its findings stand, and who then does what.

This page is written by `qa rules --scheme {scheme} --page FILE` from the rule book and the code; a test keeps it so.
Each rule in full, with its reading: `qa rules {example}`.
"""
_CONVENTIONS = """
## Conventions

They are this project's own; no document asks for them, and none is ever a breach.

| id | what | value | how it is read |
|---|---|---|---|"""
_RULES = ("rule", "what", "value", "clause", "severity", "answered by", "section", "where it is not met")


def rule_page(book: RuleBook, day: dt.date) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    book
        The rule book of a scheme.
    day
        The day whose values are shown.

    Raises
    ------
    RulebookError
        If a rule has no function that answers it, or two.
    RuleNotInForce
        If a rule has no value on the day.
    """
    answers = answers_of(book)
    rules = [rule for rule in book if rule.kind == "rule"]
    lines = [_TOP.format(title=book.title, day=day, scheme=book.scheme, example=rules[0].id), _row(*_RULES)]
    lines.append("|---" * len(_RULES) + "|")
    for rule in rules:
        answer, value = answers[rule.id], rule.on(day)
        place = f"`{answer.__module__.removeprefix('qa_lib.schemes.')}.{answer.__name__}`"
        act = f"{rule.who_acts}: {rule.what_to_do}"
        lines.append(_row(rule.id, rule.title, _shown(value), value.clause, rule.severity, place, rule.section, act))
    conventions = [
        _row(rule.id, rule.title, _shown(rule.on(day)), rule.reading) for rule in book if rule.kind != "rule"
    ]
    if conventions:
        lines += [_CONVENTIONS, *conventions]
    return "\n".join(lines) + "\n"


def _shown(value: RuleValue) -> str:
    """Return a value in words; a long table by its size only."""
    words = value.text.replace("_", " ")
    return words if len(words) <= _LONGEST else f"a table of {len(value.cells)} entries"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
