"""Rows of made-up tables: a class whose fields are the columns of a table, as the table is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from qa_lib.tables.vocabulary import DTYPES, Table


class Row:
    """A row of a made-up table; :func:`row_of` gives a class below this one its fields."""

    __slots__ = ()

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __init__(self, **columns: Any) -> None: ...

        def __getattr__(self, column: str) -> Any: ...

        def __setattr__(self, column: str, value: Any) -> None: ...


_Row = TypeVar("_Row", bound=Row)


def row_of(table: Table, /, *, without: str = "", **usual: Any) -> Callable[[type[_Row]], type[_Row]]:
    """Make a class the rows of a table: a field for each column, in the order in which the table declares them.

    A column that may be blank is so where nothing is said of it; every other one has to be given. What the class
    annotates itself is a further column. A column that the table has not is refused, where a row is made and where it
    is changed.

    Parameters
    ----------
    table
        The declaration.
    without
        Columns that made-up data leave out, separated by spaces.
    usual
        Column -> what stands in it where nothing is said, instead of a blank.
    """

    def make(row: type[_Row]) -> type[_Row]:
        made = [column for column in table.columns if column.name not in without.split()]
        row.__annotations__ = {column.name: Any for column in made} | get_annotations(row)
        blanks = {column.name: "" if DTYPES[column.kind] == "str" else None for column in made}
        for name, value in {**blanks, **usual}.items():
            if name not in table.filled or name in usual:
                setattr(row, name, value)
        return dataclass(kw_only=True, slots=True)(row)

    return make
