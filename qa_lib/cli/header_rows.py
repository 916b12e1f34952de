"""The option ``--header-row``: where the header of a table stands, if a title or a note stands above it."""

from __future__ import annotations

from collections.abc import Iterable

import click

from qa_lib.cli.mapping_options import ANY_TABLE

header_row_option = click.option(
    "--header-row",
    "header_rows",
    metavar="[TABLE=]N",
    multiple=True,
    help="Row of the header, where a title stands above it; TABLE=N for one table, repeat for more.",
)


def read_header_rows(texts: Iterable[str]) -> dict[str, int]:
    """Return table -> row of its header, from words such as ``TABLE=4``; a number alone is that of all others (``*``).

    Raises
    ------
    IntakeError
        If a word is neither.
    """
    from qa_lib.errors import IntakeError

    rows: dict[str, int] = {}
    for text in texts:
        table, _, number = text.rpartition("=")
        if not (number.isascii() and number.isdecimal()):
            raise IntakeError(f'--header-row arrived as "{text}"; expected a row such as 4, or a table\'s: TABLE=4')
        rows[table or ANY_TABLE] = int(number)
    return rows
