"""A scheme as everything else sees it: one record, found by name among the entry points of an installed package.

Nothing outside a scheme's own package names it. A scheme from elsewhere is found in the same way, in the kernels of
notebooks and in worker processes too.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Literal

from qa_lib.errors import IntakeError
from qa_lib.strict_yaml import nearest
from qa_lib.tables.vocabulary import Table

#: The group of entry points in which packages name their schemes: ``name = "package.module:RECORD"``.
GROUP = "qa_lib.schemes"


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One assessment scheme.

    What takes long to import is named as ``"package.module:name"`` and loaded when it is asked for.

    Attributes
    ----------
    name, title
        What it is called in commands, run files and rule books, and in full.
    tables
        Its tables by name, as they are declared.
    provider_table, provider_column
        The table that every answer needs, and the column that says to which provider a row belongs.
    provider_word
        What the scheme calls a provider.
    span
        Whether its reports are of months with a year, or of periods such as ``2018-19``.
    readers
        Name of a reader of data laid out in another way -> the function that reads a folder as a data set.
    forms
        Name of a form that goes out and comes back filled in -> its :class:`qa_lib.forms.declaration.Form`.
    """

    name: str
    title: str
    tables: Mapping[str, Table]
    provider_table: str
    provider_column: str = "provider"
    provider_word: str = "provider"
    span: Literal["month", "period"] = "period"
    readers: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)


def load(place: str) -> Any:
    """Return what a record names as ``"package.module:name"``."""
    return pkgutil.resolve_name(place)


@cache
def schemes() -> Mapping[str, Scheme]:
    """Return every scheme that is installed, by name."""
    found = {point.name: point.load() for point in entry_points(group=GROUP)}
    return dict(sorted(found.items()))


def scheme_names() -> list[str]:
    """Return the names of the schemes that are installed, sorted."""
    return list(schemes())


def find_scheme(name: str) -> Scheme:
    """Return a scheme by its name.

    Raises
    ------
    IntakeError
        If none has that name.
    """
    if name not in schemes():
        listed = ", ".join(schemes())
        raise IntakeError(f'no scheme is called "{name}"; choose one of: {listed}{nearest(name, schemes())}')
    return schemes()[name]


def find_forms() -> list[Any]:
    """Return the forms of every scheme that is installed."""
    return [load(place) for scheme in schemes().values() for place in scheme.forms.values()]


def scheme_tables(name: str) -> Mapping[str, Table]:
    """Return the tables of a scheme, by name.

    Raises
    ------
    IntakeError
        If no scheme has that name.

    Examples
    --------
    >>> scheme_tables("hlta")["cases"].key
    ('case_id',)
    """
    return find_scheme(name).tables


def find_reader(name: str) -> Callable[..., Any]:
    """Return the reader of that name, whichever scheme has it.

    Raises
    ------
    IntakeError
        If no scheme has one.
    """
    readers = {called: place for scheme in schemes().values() for called, place in scheme.readers.items()}
    if name not in readers:
        raise IntakeError(f'no reader is called "{name}"; there are: {", ".join(sorted(readers))}')
    return load(readers[name])  # type: ignore[no-any-return]
