"""The few words in which a table is described: columns of eight kinds, a key, references to other tables.

A description knows nothing of files or wording; ``qa_lib.tables.schemas`` makes a pandera schema of it, and intake
turns text into the column's kind.
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind
        Canonical name, and what its cells hold.
    required
        The column must be there and no cell of it may be blank.
    options
        For ``choice`` and ``choices``: the words allowed. Empty: any.
    least, most
        For ``count``: the smallest and the largest value allowed.
    since
        The date column from whose day on the cell holds; before that day a yes was a no, and anything else blank.
    ahead
        For ``date``: the day may lie ahead by its nature, as a deadline does, and is known before it comes.
    """

    name: str
    kind: Kind
    required: bool = False
    options: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    since: str = ""
    ahead: bool = False


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

    ``keeps_extra``: columns that are not listed are kept, as text (any further characteristic of a participant).
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
    def required(self) -> tuple[str, ...]:
        """The columns without which the table is of no use."""
        return tuple(column.name for column in self.columns if column.required)


def columns(kind: Kind, names: str, *, required: bool = False) -> tuple[Column, ...]:
    """Return columns of one kind from their names, separated by spaces."""
    return tuple(Column(name, kind, required) for name in names.split())


def ahead(names: str) -> tuple[Column, ...]:
    """Return date columns whose days may lie ahead, from their names, separated by spaces."""
    return tuple(Column(name, "date", ahead=True) for name in names.split())


def since(name: str, day: str) -> tuple[Column, ...]:
    """Return one column of yes or no, of which a yes holds from the day in another column on."""
    return (Column(name, "bool", since=day),)


def choice(name: str, options: str, *, required: bool = False, kind: Kind = "choice") -> tuple[Column, ...]:
    """Return one column of words from a closed list; the words are separated by spaces."""
    return (Column(name, kind, required, tuple(options.split())),)


def count(name: str, *, least: int = 0, most: int | None = None) -> tuple[Column, ...]:
    """Return one column of whole numbers within bounds."""
    return (Column(name, "count", least=least, most=most),)


def table(
    name: str,
    *parts: Sequence[Column],
    key: str = "",
    to: str = "",
    noticed: str = "",
    keeps_extra: bool = False,
    known_from: str = "",
    whole: bool = False,
) -> tuple[str, Table]:
    """Return a table and its name from groups of columns.

    Parameters
    ----------
    name, parts
        The table's name, and groups of its columns.
    key
        Key columns, separated by spaces.
    to, noticed
        References as ``column:table.target``, separated by spaces; those of ``noticed`` are reported but reject no row.
    keeps_extra, known_from, whole
        As in :class:`Table`.
    """
    references = [(pair, True) for pair in to.split()] + [(pair, False) for pair in noticed.split()]
    return name, Table(
        name,
        tuple(column for part in parts for column in part),
        tuple(key.split()),
        tuple(_reference(pair, binding) for pair, binding in references),
        keeps_extra,
        known_from,
        whole,
    )


def _reference(pair: str, binding: bool) -> Reference:
    column, goal = pair.split(":")
    name, target = goal.split(".")
    return Reference(column, name, target, binding)
