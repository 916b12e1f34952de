"""Options that belong to one way of using a command: given with another, they would be passed over in silence."""

from __future__ import annotations

from collections.abc import Collection

import click
from click.core import ParameterSource


def refuse_options(names: Collection[str], why: str) -> None:
    """Refuse options of the running command that were given although they say nothing here.

    Parameters
    ----------
    names
        Their names as the command's function takes them.
    why
        What they are for, and what to give in their place.

    Raises
    ------
    click.UsageError
        Naming every one that was given.
    """
    context = click.get_current_context()
    given = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"leave out {', '.join(given)}: {why}.")
