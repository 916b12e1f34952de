"""What a scheme's record, its draws, its functions and its rule book say of each other: all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from qa_lib.audit.rule_answers import answers_of
from qa_lib.errors import QAError
from qa_lib.register.list_draws import list_draw_of
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import Scheme, load


def scheme_faults(scheme: Scheme, book: RuleBook) -> list[str]:
    """Return what does not fit between a scheme and its rule book; nothing where all does.

    What the record names can be loaded, and a draw is called there as in its declaration; a rule that is named is in
    the book, with the column that is read of it; each rule of the book has one function that answers it.
    """
    places = [scheme.month_draw, *scheme.readers.values(), *scheme.forms.values()]
    places += [place for one in scheme.made_up for place in (one.build, one.returns)]
    checks: list[Callable[[], object]] = [partial(load, place) for place in places if place]
    checks += [partial(_draws_by, scheme, name, book) for name in scheme.list_draws]
    checks += [partial(book.__getitem__, rule) for rule in scheme.draw_rules.split()]
    checks += [partial(_has_column, book, *scheme.year_starts)] if scheme.year_starts else []
    return [f"the scheme {scheme.name}: {fault}" for fault in _faults([*checks, partial(answers_of, book)])]


def _draws_by(scheme: Scheme, name: str, book: RuleBook) -> None:
    _has_column(book, *list_draw_of(scheme, name).rule)


def _has_column(book: RuleBook, rule: str, column: str) -> None:
    """Ask every value of a rule for a column: one that lacks it would stop the reports of its days alone."""
    for entry in book[rule].entries:
        if not entry.ended:
            entry.cell(column)


def _faults(checks: list[Callable[[], object]]) -> Iterator[str]:
    for check in checks:
        try:
            check()
        except QAError as error:
            yield str(error)
