"""The table of all rules of the code of practice: value, clause, the function that answers, the place in the report."""

from __future__ import annotations

import datetime as dt

from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.schemes.hlta.answers import ANSWERS

#: A value of more characters than this is not repeated in the table.
_LONGEST = 160
_TOP = """# The rules of the HLTA code of practice

One row per rule: what it asks, its value on {day} and the clause, how severe it is where it is not met, the function
that answers it, and under which heading of the monthly audit and the annual report its findings stand.
*Conventions* are this project's own; no document asks for them, and none is ever a breach.

This page is written by `qa rules --page docs/hlta-rules.md` from the rule book and the code; a test keeps it so.
Each rule in full, with its reading: `qa rules HLTA.MOD.3`.
"""


def rule_page(book: RuleBook, day: dt.date) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    book
        The HLTA rule book.
    day
        The day whose values are shown; a rule that is not in force then says from when it is.
    """
    rules = [rule for rule in book if rule.kind == "rule"]
    lines = [
        _TOP.format(day=day),
        "| rule | what | value | clause | severity | answered by | section |",
        "|---" * 7 + "|",
    ]
    for rule in rules:
        answer = ANSWERS[rule.id]
        place = f"`{answer.__module__.removeprefix('qa_lib.schemes.')}.{answer.__name__}`"
        value = rule.on(day)
        lines.append(_row(rule.id, rule.title, _shown(value), value.clause, rule.severity, place, answer.section))
    lines += ["", "## Conventions", "", "| id | what | value | how it is read |", "|---" * 4 + "|"]
    lines += [_row(rule.id, rule.title, _shown(rule.on(day)), rule.reading) for rule in book if rule.kind != "rule"]
    return "\n".join(lines) + "\n"


def _shown(value: RuleValue) -> str:
    """Return a value in words; a long table by its size only."""
    words = value.text.replace("_", " ")
    return words if len(words) <= _LONGEST else f"a table of {len(value.cells)} entries"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
