"""Which function answers which rule of the code of practice, in the order of the rule book."""

from __future__ import annotations

import importlib
from functools import cache

from qa_lib.schemes.answering import Answering

#: The modules by the questions that people ask. Each lists the functions that answer rules in ``ANSWERED``.
MODULES: tuple[str, ...] = (
    "regions",
    "eligibility",
    "allocation",
    "preparation",
    "assessors",
    "load",
    "training",
    "competence",
    "actions",
    "scrutiny",
    "moderation",
    "coverage",
    "consequences",
    "moderators",
    "feedback",
    "trends",
    "peer_review",
    "appeals",
    "enquiries",
    "fees",
    "capacity",
)


@cache
def answers_by_rule() -> dict[str, Answering]:
    """Return rule id -> the function that answers it."""
    found: dict[str, Answering] = {}
    for name in MODULES:
        module = importlib.import_module(f"qa_lib.schemes.hlta.{name}")
        found |= {answer.rule: answer for answer in module.ANSWERED}
    return found
