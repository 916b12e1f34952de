"""The option ``--scheme``: whose data, or whose rules, by the name of an installed scheme."""

from __future__ import annotations

from collections.abc import Callable

import click

from qa_lib.cli.mapping_options import Command
from qa_lib.scheme import scheme_names


def scheme_option(what: str, default: str) -> Callable[[Command], Command]:
    """Return the option of a command: what it names, and what holds where it is left out."""
    return click.option("--scheme", metavar="NAME", help=f"{what}: {', '.join(scheme_names())} [default: {default}].")
