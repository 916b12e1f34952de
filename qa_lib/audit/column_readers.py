"""Which rules read which column of a scheme's tables, found in the code of the functions that answer them.

A function reads a column where it names it, of a table that it names itself, or that a function names which it calls or
which calls it: a frame goes from one to the other. Only functions of the scheme's own package are followed.
"""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, get_type_hints

from qa_lib.audit.audit import Audit
from qa_lib.audit.rule_answers import answers_of
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import Scheme, find_scheme
from qa_lib.tables.vocabulary import Table

#: Table and column -> the rules that read it, in the order of the rule book.
Readers = Mapping[tuple[str, str], list[str]]


@dataclass
class _Named:
    """What a function names: words that may be tables or columns, those of lists beside it, and what it hands on to."""

    words: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    calls: set[FunctionType] = field(default_factory=set)


def column_readers(book: RuleBook) -> Readers:
    """Return by table and column the rules that read it.

    Parameters
    ----------
    book
        The rule book of a scheme.

    Raises
    ------
    RulebookError
        If a rule has no function that answers it, or two.
    """
    scheme = find_scheme(book.scheme)
    package = scheme.answers_in.rpartition(".")[0] or scheme.answers_in
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule, answer in answers_of(book).items():
        read = _read(scheme, inspect.unwrap(answer), package)
        for table in {table for table, _ in read}:
            read |= {(table, column) for column in rows_are_known_by(scheme, scheme.tables[table])}
        for place in read:
            found[place].append(rule)
    return dict(found)


def rows_are_known_by(scheme: Scheme, table: Table) -> list[str]:
    """Return the columns by which an audit has the rows that are its provider's, and known on its day.

    They are read for every rule that reads the table: the provider, what leads to a row of the provider table, and the
    day from which on a row is known.
    """
    leading = {one.column for one in table.references if one.binding and one.table == scheme.provider_table}
    wanted = {scheme.provider_column, table.known_from, *leading}
    return [name for name in table.names if name in wanted]


def _read(scheme: Scheme, answer: FunctionType, package: str) -> set[tuple[str, str]]:
    every = {function: _below(function, package) for function in _below(answer, package)}
    named = {function: _named(function, package) for function in every}
    tables = {function: named[function].words & scheme.tables.keys() for function in every}
    found = set()
    for function, below in every.items():
        related = below | {other for other in every if function in every[other]}  # it, below it, and above it
        if not _audits(function) and not any(tables[other] for other in related):
            related = frozenset(every)  # it is handed to another that has the frame
        # What makes a frame may list all columns that it has: read is what somebody then asks it for by name.
        asked = set().union(*(named[other].words for other in related))
        listed = named[function].listed
        words = named[function].words | (listed & asked if _makes_a_frame(function) else listed)
        found |= {(table, column) for one in related for table in tables[one] for column in words}
    return {(table, column) for table, column in found if column in scheme.tables[table].names}


@cache
def _below(function: FunctionType, package: str) -> frozenset[FunctionType]:
    """Return a function with all that it calls, and all that those call."""
    seen, waiting = set[FunctionType](), [function]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += _named(one, package).calls
    return frozenset(seen)


@cache
def _named(function: FunctionType, package: str) -> _Named:
    named, node = _Named(), _node(function)
    if node is None:
        return named
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    attributes = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    named.words = {*_strings(node), *(attributes if "itertuples" in attributes else ())}
    reached = [function.__globals__[name] for name in names if name in function.__globals__]
    for kind in _audits(function):
        reached += [vars(one)[name] for one in kind.__mro__ for name in attributes if name in vars(one)]
    for value in reached:
        for one in _within(value):
            if isinstance(one, str):
                named.listed.add(one)
            elif (inner := inspect.unwrap(one)).__module__.startswith(package):
                named.calls.add(inner)
    return named


def _within(value: Any) -> Iterator[Any]:
    """Yield the texts and the functions that a value holds; a declaration of a table is no reading of its columns."""
    if isinstance(value, str) or inspect.isfunction(value):
        yield value
    elif isinstance(value, property):
        yield from _within(value.fget)
    elif isinstance(value, Mapping):
        yield from (one for pair in value.items() for one in _within(pair))
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from (one for part in value for one in _within(part))
    elif is_dataclass(value) and not isinstance(value, (type, Scheme, Table)):
        yield from (one for part in fields(value) for one in _within(getattr(value, part.name)))


def _audits(function: FunctionType) -> set[type]:
    """Return the kinds of audit that a function is given, of which it may use methods and properties."""
    return {kind for kind in get_type_hints(function).values() if inspect.isclass(kind) and issubclass(kind, Audit)}


def _makes_a_frame(function: FunctionType) -> bool:
    return str(function.__annotations__.get("return", "")).endswith("DataFrame")


def _strings(node: ast.AST) -> Iterator[str]:
    """Yield the texts in a function, but what it documents, and the keys of what it makes."""
    keys = {id(key) for one in ast.walk(node) if isinstance(one, ast.Dict) for key in one.keys}
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in keys:
            yield one.value


def _node(function: FunctionType) -> ast.AST | None:
    return _functions(function.__code__.co_filename).get(function.__code__.co_firstlineno)


@cache
def _functions(file: str) -> dict[int, ast.FunctionDef]:
    """Return the functions of a file by their first line, decorators included."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    found = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    return {min([one.lineno, *(part.lineno for part in one.decorator_list)]): one for one in found}
