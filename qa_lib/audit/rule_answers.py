"""Which function answers which rule of a scheme, found in its package, and the findings of all of them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from inspect import isfunction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Answering
from qa_lib.audit.audit import Audit
from qa_lib.audit.findings import findings_frame
from qa_lib.errors import RulebookError
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import find_scheme, load


def answers_of(book: RuleBook, prefix: str = "") -> dict[str, Answering]:
    """Return the functions that answer the rules of a scheme, by rule id in the order of its rule book.

    They are the functions marked with :func:`qa_lib.audit.answering.answers` in the modules of the scheme's package
    (``Scheme.answers_in``). What only a convention asks need not be answered.

    Parameters
    ----------
    book
        The rule book; it names the scheme.
    prefix
        Only those whose id begins so.

    Raises
    ------
    RulebookError
        If two functions answer one rule, a function answers none of the book, or a rule has no function.
    IntakeError
        If the package cannot be imported.
    """
    answered: dict[str, Answering] = {}
    for answer in _marked(find_scheme(book.scheme).answers_in):
        if answer.rule not in book:
            raise RulebookError(f"{_place(answer)} answers {answer.rule}, which {book.path} does not hold")
        other = answered.setdefault(answer.rule, answer)
        if other is not answer:
            raise RulebookError(f"{answer.rule} is answered by {_place(other)} and by {_place(answer)}; keep one")
    without = [rule.id for rule in book if rule.kind == "rule" and rule.id not in answered]
    if without:
        raise RulebookError(f"no function answers {', '.join(without)} of {book.path}; mark one with @answers")
    return {rule.id: answered[rule.id] for rule in book if rule.id in answered and rule.id.startswith(prefix)}


@cache
def _marked(package: str) -> tuple[Answering, ...]:
    return tuple(_marked_in(package)) if package else ()


def _marked_in(package: str) -> Iterator[Any]:
    """Yield the marked functions of a package, or of one module, each where it is defined."""
    whole = load(f"{package}:")
    below = [found.name for found in pkgutil.walk_packages(getattr(whole, "__path__", []), f"{package}.")]
    for name in (package, *below):
        for value in vars(load(f"{name}:")).values():
            if isfunction(value) and hasattr(value, "after_others") and value.__module__ == name:
                yield value


def _place(answer: Answering) -> str:
    return f"{answer.__module__}.{answer.__name__}"


def audit_findings(audit: Audit) -> pd.DataFrame:
    """Return the findings of every rule of an audit's scheme, in the one shape.

    Parameters
    ----------
    audit
        Whose data, as known on which day, and the rule book they are held against.

    Raises
    ------
    RulebookError
        As :func:`answers_of`.
    RuleNotInForce
        If a rule has no value on the audit's day.
    """
    statements: dict[str, list[Any]] = {}
    for rule_id, answer in sorted(answers_of(audit.book).items(), key=lambda pair: pair[1].after_others):
        statements[rule_id] = answer(audit, statements) if answer.after_others else answer(audit)
    about: dict[str, str] = {"provider": audit.provider, "word": audit.scheme.provider_word.lower()}
    found = ((audit.rule(rule), one) for rule, every in statements.items() for one in every)
    return findings_frame(one.finding(rule, **about) for rule, one in found)
