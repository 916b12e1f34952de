"""The few words in which a table is declared: what a row is, and each column with its kind, its meaning and its facts.

A declaration knows nothing of files or wording. What is said here once is read by everything else: intake, freeze,
audits, made-up data, the data dictionary in ``docs/`` and the workbook of ``qa template``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "date", "month", "bool", "count", "decimal", "choice", "choices"]

#: Kind -> the pandas dtype of an accepted column. Numbers of money and marks stay text, so that they stay exact.
DTYPES: dict[Kind, str] = {
    "id": "str",
    "text": "str",
    "date": "datetime64[ns]",
    "month": "str",
    "bool": "boolean",
    "count": "Int64",
    "decimal": "str",
    "choice": "str",
    "choices": "str",
}
#: What a column names where that is no organisation: a person, what is counted together, a span of time.
PERSON, GROUP, PERIOD = "person", "group", "period"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind, meaning
        Canonical name, what its cells hold, and what they say, in one sentence.
    required
        The column must be there and no cell of it may be blank.
    names
        What a cell names: ``person``, or a kind of organisation such as ``provider`` or ``school``, whose names may be
        shown in a message; of free text, ``group`` where it decides what is counted together, ``period`` where it is
        a span of time. Blank: an id names an entry of its own, and text names nothing.
    personal
        It names one person or their file, or says of one what is not for everybody.
    unit
        What a number counts.
    options
        For ``choice`` and ``choices``: the words allowed. Empty: any. For ``text``: the words that are known; others
        are kept, and noticed.
    synonyms
        Other words that are read as one of the options, each with that option.
    least, most
        For ``count``: the smallest and the largest value allowed.
    since
        The date column from whose day on the cell holds; before that day a yes was a no, and anything else blank.
    ahead
        For ``date``: the day may lie ahead by its nature, as a deadline does, and is known before it comes.
    draw
        It decides who can be drawn, or how: a fault in its table stops a freeze.
    """

    name: str
    kind: Kind
    meaning: str = ""
    required: bool = False
    names: str = ""
    personal: bool = False
    unit: str = ""
    options: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int | None = None
    since: str = ""
    ahead: bool = False
    draw: bool = False

    @property
    def named(self) -> str | None:
        """What its cells name, as cells that name one kind of thing are held against each other; None for nothing."""
        if self.names in (GROUP, PERIOD):
            return self.name
        return self.names or (self.name if self.kind == "id" else None)

    @property
    def may_be_shown(self) -> bool:
        """Whether what it names may stand in a message that goes to anyone: organisations, groups and periods."""
        return self.names not in ("", PERSON)


@dataclass(frozen=True)
class Reference:
    """A column whose ids must be found in a column of another table.

    Attributes
    ----------
    column, table, target
        The pointing column, the table it points to, and the column there.
    binding
        True: a row that points nowhere is rejected (a judgement on no file says nothing). False: the row is kept and
        the fault reported, because a file must not escape the draw when a list of assessors is incomplete.
    """

    column: str
    table: str
    target: str
    binding: bool = True


@dataclass(frozen=True)
class Table:
    """One table: its columns in their usual order, the key that makes a row one of a kind, what it points to.

    ``meaning``: what a row is, in one sentence.
    ``keeps_extra``: columns that are not listed are kept, as text (further characteristics of a participant, and more).
    ``known_from``: the date column from whose day on a row is known; empty where rows are known throughout.
    ``whole``: a provider's slice of a data set holds every row, as the table is about what several providers share.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    keeps_extra: bool = False
    known_from: str = ""
    whole: bool = False
    meaning: str = ""

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical column names."""
        return tuple(column.name for column in self.columns)

    @property
    def filled(self) -> tuple[str, ...]:
        """Columns whose cells must not be blank: required, of the key (a date may be), or binding a row to another."""
        bound = {*self.key, *(reference.column for reference in self.references if reference.binding)}
        return tuple(
            column.name
            for column in self.columns
            if column.required or (column.name in bound and column.kind != "date")
        )

    @property
    def identifying(self) -> tuple[str, ...]:
        """The columns that a table that arrives must have: without one of them its rows are about nothing.

        Beside the required ones, what must be filled, but the provider: an office that keeps its own data alone need
        not name itself in every table.
        """
        return tuple(name for name in self.filled if name in self.required or self.column(name).names != "provider")

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which the table is of no use."""
        return tuple(column.name for column in self.columns if column.required)


def column(
    name: str,
    kind: Kind,
    meaning: str = "",
    *,
    words: str | Mapping[str, str] = "",
    names: str = "",
    personal: bool = False,
    required: bool = False,
    unit: str = "",
    least: int = 0,
    most: int | None = None,
    since: str = "",
    ahead: bool = False,
    draw: bool = False,
) -> Column:
    """Return the declaration of one column.

    Parameters
    ----------
    words
        The words allowed, or known, separated by spaces; or each with the other words that are read as it, which are
        separated by ``", "``.
    name, kind, meaning, names, personal, required, unit, least, most, since, ahead, draw
        As in :class:`Column`; what names a person is personal.

    Examples
    --------
    >>> passed = column("result", "choice", "Whether the test was passed.", words={"pass": "passed, ok", "fail": ""})
    >>> passed.options, passed.synonyms
    (('pass', 'fail'), (('passed', 'pass'), ('ok', 'pass')))
    """
    listed = words if isinstance(words, Mapping) else dict.fromkeys(words.split(), "")
    others = tuple((other, word) for word, text in listed.items() for other in text.split(", ") if other)
    options = tuple(listed)
    person = names == PERSON
    return Column(
        name, kind, meaning, required, names, personal or person, unit, options, others, least, most, since, ahead, draw
    )


def table(
    name: str,
    meaning: str,
    *columns: Column,
    key: str = "",
    to: str = "",
    noticed: str = "",
    keeps_extra: bool = False,
    known_from: str = "",
    whole: bool = False,
) -> Table:
    """Return the declaration of one table.

    Parameters
    ----------
    name, meaning, columns
        The table's name, what a row of it is, and its columns in their usual order.
    key
        Key columns, separated by spaces.
    to, noticed
        References as ``column:table.target``, separated by spaces; those of ``noticed`` are reported but reject no row.
    keeps_extra, known_from, whole
        As in :class:`Table`.
    """
    references = [(pair, True) for pair in to.split()] + [(pair, False) for pair in noticed.split()]
    linked = tuple(_reference(pair, binding) for pair, binding in references)
    return Table(name, columns, tuple(key.split()), linked, keeps_extra, known_from, whole, meaning)


def by_name(*tables: Table) -> dict[str, Table]:
    """Return tables by their names, in the order in which they are declared."""
    return {table.name: table for table in tables}


def _reference(pair: str, binding: bool) -> Reference:
    column, goal = pair.split(":")
    name, target = goal.split(".")
    return Reference(column, name, target, binding)


def deciding_tables(tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Return the tables with a column that decides who can be drawn, or how."""
    return tuple(name for name, table in tables.items() if any(column.draw for column in table.columns))
