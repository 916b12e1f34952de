"""A scheme as everything else sees it: one record, found by name among the entry points of an installed package.

Nothing outside a scheme's own package names it. A scheme from elsewhere is found in the same way, in the kernels of
notebooks and in worker processes too.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qa_lib.calendar.months import year_of
from qa_lib.errors import IntakeError, RulebookError
from qa_lib.tables.declared import table_faults
from qa_lib.tables.vocabulary import Table

if TYPE_CHECKING:
    from qa_lib.rulebook import RuleBook

#: The group of entry points in which packages name their schemes: ``name = "package.module:RECORD"``.
GROUP = "qa_lib.schemes"


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """A made-up data set of a scheme, for ``qa demo``.

    Attributes
    ----------
    run_file
        The run file over it, by its path from the project's folder or an absolute one.
    build
        The function that writes it into a folder, as ``"package.module:name"``. Where forms come back, it also takes
        the path of a ``register`` in which it records its draws, so that nothing is drawn twice.
    what
        What it is, in words.
    shown
        What the demonstration reports on unless it is to be whole: ``month``, for which no page of a year is made, or
        ``providers``, as :func:`qa_lib.batch.run_reports.run_reports` has them. Everything where nothing is said.
    pages
        Name of a page in a report's folder, in which ``*`` stands for anything -> who reads it, and what it tells. In
        the order in which the demonstration's start page shows them.
    year, returns
        Where forms come back to the draws: first month of the year, and the function that draws a provider's months of
        it and takes in what made-up people fill in. Called with data set, rule book, provider, year, register and a
        folder for the forms; returns what was said of each form that was refused.
    """

    run_file: str
    build: str
    what: str
    year: str = ""
    returns: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    pages: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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
    data_page
        Where the page of its tables stands, by its path from the project's root; empty where it has none.
    provider_table, provider_column
        The table that every answer needs, with a key, by which rows of other tables belong to its own; and the column
        that says to which provider a row belongs.
    provider_word, provider_rows
        What the scheme calls a provider, and the rows of that table.
    spelled
        Words of its column names that headings do not write in small letters: ``RPA``.
    followed
        Column of ids, such as people's, that are at several providers: a provider's slice of the data set holds their
        rows at the others too. The provider's own are found in its rows of the provider table and of whole tables.
    span
        Whether its reports are of months with a year, or of periods such as ``2018-19``.
    year_starts
        Where the span is by month: the rule, and the field of its value, that say in which month a year begins.
    answers_in
        The package, or the module, whose functions answer its rules; imported when it is asked for.
    rule_book
        Path of its rule book, where that does not stand under ``parameters/rules`` with its name.
    month_draw
        How it draws its months, a :class:`qa_lib.register.month_draw.MonthDraw`; empty where it draws none.
    draw_rules
        Ids of the rules that a draw reads, separated by spaces; a report's manifest names the values of all of them.
    list_draws
        Name of a draw from a list -> its declaration, a :class:`qa_lib.sampling.list_draw.ListDraw` of that name.
    readers
        Name of a reader of data laid out in another way -> the function that reads a folder as a data set.
    made_up
        Its made-up data sets.
    forms
        Name of a form that goes out and comes back filled in -> its :class:`qa_lib.forms.declaration.Form`.
    """

    name: str
    title: str
    tables: Mapping[str, Table]
    data_page: str = ""
    provider_table: str
    provider_column: str = "provider"
    provider_word: str = "provider"
    provider_rows: str = "rows"
    spelled: tuple[str, ...] = ()
    followed: str = ""
    span: Literal["month", "period"] = "period"
    year_starts: tuple[str, str] | None = None
    answers_in: str = ""
    rule_book: str = ""
    month_draw: str = ""
    draw_rules: str = ""
    list_draws: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    made_up: tuple[MadeUp, ...] = ()

    def faults(self) -> Iterator[str]:
        """Say what does not fit between the fields, as far as nothing need be loaded."""
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            yield "expected a name of small letters, digits and _"
        own = self.tables.get(self.provider_table)
        needed = {self.provider_column, *(["month"] if self.span == "month" else [])}
        if own is None:
            yield f"provider_table is {self.provider_table!r}; its tables are {', '.join(self.tables)}"
        elif not own.key or not needed <= set(own.names):
            yield f"the table {own.name} needs a key and the column {' and the column '.join(sorted(needed))}"
        if (self.span == "month") != (self.year_starts is not None):
            yield 'year_starts stands where the span is "month", and nowhere else'
        known = {name for table in self.tables.values() for name in table.names}
        if self.followed and self.followed not in known:
            yield f"no table has a column {self.followed}"
        for table in self.tables.values():
            yield from table_faults(table, self.tables)

    @property
    def row_key(self) -> str:
        """The column by which rows of other tables belong to one of the provider table."""
        return self.tables[self.provider_table].key[0]

    def year_of(self, book: RuleBook, month: str, *, rules_on: str = "") -> str:
        """Return the year that a month belongs to, by its first month.

        Parameters
        ----------
        book
            The scheme's rule book.
        month
            As ``YYYY-MM``.
        rules_on
            The day whose rules count; the month's first where nothing is said.

        Raises
        ------
        IntakeError
            If the scheme's reports are of periods.
        RuleNotInForce
            If the rule book has no value on that day.
        """
        if self.year_starts is None:
            raise IntakeError(f"{self.title}: its reports are of periods, not of months with a year")
        rule, name = self.year_starts
        return year_of(month, starts_in=book[rule].on(rules_on or month).cell(name))


def load(place: str) -> Any:
    """Return what a record names as ``"package.module:name"``, or the module where no name is behind the colon.

    Raises
    ------
    IntakeError
        If it is not there, or its module cannot be imported.
    """
    try:
        return pkgutil.resolve_name(place)
    except Exception as error:  # whatever a package from elsewhere does while it is imported
        raise IntakeError(
            f"{place.rstrip(':')} cannot be loaded ({type(error).__name__}: {error}); an installed scheme names it: "
            "mend that scheme's package, or uninstall it"
        ) from error


@cache
def installed() -> EntryPoints:
    """Return what the packages that are installed declare as schemes; looking through all of them takes long."""
    return entry_points(group=GROUP)


@cache
def schemes() -> Mapping[str, Scheme]:
    """Return every scheme that is installed, by name."""
    return {name: find_scheme(name) for name in scheme_names()}


def scheme_names() -> list[str]:
    """Return the names of the schemes that are installed, sorted; none of them is imported."""
    return sorted(installed().names)


@cache
def find_scheme(name: str) -> Scheme:
    """Return a scheme by its name; no other is imported.

    Raises
    ------
    IntakeError
        If none has that name, several packages have one of that name, or it cannot be loaded or is declared wrongly.
    """
    places = sorted({point.value for point in installed().select(name=name)})
    if not places:
        from qa_lib.strict_yaml import nearest  # a wrong name alone needs it, and it takes long to import

        known = scheme_names()
        raise IntakeError(f'no scheme is called "{name}"; choose one of: {", ".join(known)}{nearest(name, known)}')
    if len(places) > 1:
        raise IntakeError(f"{len(places)} schemes are called {name}: {' and '.join(places)}; uninstall all but one")
    found = load(places[0])
    if not isinstance(found, Scheme) or found.name != name:
        what = f"the scheme {found.name!r}" if isinstance(found, Scheme) else f"of the type {type(found).__name__}"
        raise IntakeError(f"{places[0]} is {what}; expected the scheme {name!r}, as its package names it: mend that")
    if faults := "; ".join(found.faults()):
        raise IntakeError(f"{places[0]} is declared wrongly: {faults}; mend that")
    return found


def load_rulebook(name: str | Path) -> RuleBook:
    """Return a rule book: of a scheme by its name, of a file under ``parameters/rules`` by its name, or of a path.

    Raises
    ------
    RulebookError
        If there is none of that name, it has faults, or a scheme's own says that it is of another one.

    Examples
    --------
    >>> load_rulebook("hlta")["HLTA.MOD.3"].on("2024-01-31").text
    '0.05'
    """
    from qa_lib.rulebook import read_rulebook  # it takes long to import

    if not (own := find_scheme(str(name)).rule_book if name in scheme_names() else ""):
        return read_rulebook(name)
    book = read_rulebook(own)
    if book.scheme != name:
        raise RulebookError(f"{book.path}: scheme is {book.scheme!r}; expected {name!r}, whose rule book it is")
    return book


def find_forms() -> list[Any]:
    """Return the forms of every scheme that is installed."""
    return [load(place) for scheme in schemes().values() for place in scheme.forms.values()]


def scheme_drawn_by_month(name: str = "") -> Scheme:
    """Return the scheme of that name; where none is named, the only one that draws its months.

    A freeze folder does not say whose it is: the protocol is the same for every scheme.

    Raises
    ------
    IntakeError
        If it is not one that draws its months: then it has to be said.
    """
    if name:
        return find_scheme(name)
    drawing = [scheme for scheme in schemes().values() if scheme.month_draw]
    if len(drawing) != 1:
        names = ", ".join(scheme.name for scheme in drawing) or "none"
        raise IntakeError(f"which scheme draws this month cannot be told ({names} might); say it: --scheme NAME")
    return drawing[0]


def scheme_of_reader(name: str) -> Scheme:
    """Return the scheme that has a reader of that name.

    Raises
    ------
    IntakeError
        If none has.
    """
    having = {reader: scheme for scheme in schemes().values() for reader in scheme.readers}
    if name not in having:
        raise IntakeError(f'no reader is called "{name}"; there are: {", ".join(sorted(having))}')
    return having[name]
