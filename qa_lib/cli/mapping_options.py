"""``--columns``, ``--values`` and ``--run``: what a file calls otherwise, said once and read the same by every command.

``check``, ``freeze`` and ``compare`` take them; a run file has the same two keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from qa_lib.errors import IntakeError

Command = TypeVar("Command", bound=Callable[..., Any])
#: As ``qa_lib.intake.layout`` has it, which is not imported before it is needed.
ANY_TABLE = "*"


@dataclass(frozen=True)
class Mapping:
    """Per table the columns and values that stand for others, and the row of its header, as ``read_dataset`` has them.

    ``*`` is every table that has the column. ``accept_near_equal`` is what the run file accepts.
    """

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    header_rows: dict[str, int] = field(default_factory=dict)
    accept_near_equal: tuple[str, ...] = ()


def mapping_options(command: Command) -> Command:
    """Give a command the options of :func:`read_mapping`."""
    options = [
        click.option(
            "--columns",
            multiple=True,
            metavar="THEIRS=OURS",
            help='The column THEIRS of the file is read as OURS, e.g. "candidate_ref=candidate_id"; repeat for more.',
        ),
        click.option(
            "--values",
            multiple=True,
            metavar="COLUMN:THEIRS=OURS",
            help='In COLUMN the text THEIRS is read as OURS, e.g. "rpa:Al pha=Alpha"; repeat for more.',
        ),
        click.option(
            "--run",
            "run_file",
            metavar="RUNFILE",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Also take what this run file maps (columns, values), its header_rows and the names that it accepts.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def read_mapping(*, columns: Sequence[str] = (), values: Sequence[str] = (), run_file: Path | None = None) -> Mapping:
    """Return what the options and the run file say together; an option stands over the run file.

    Raises
    ------
    IntakeError
        If an option is not of its form, or two say different things of one column or text.
    RunError
        If the run file cannot be read.
    """
    mapping = Mapping()
    if run_file is not None:
        from qa_lib.batch.runfile import read_mapping_keys

        mapping = Mapping(**read_mapping_keys(run_file))
    given: dict[tuple[str, ...], str] = {}
    for text in columns:
        table, theirs, ours = _column(text)
        _once(given, ("columns", table, theirs), ours)
        mapping.columns.setdefault(table, {})[theirs] = ours
    for text in values:
        table, column, theirs, ours = _value(text)
        _once(given, ("values", table, column, theirs), ours)
        mapping.values.setdefault(table, {}).setdefault(column, {})[theirs] = ours
    return mapping


def mapping_words(
    *, columns: Sequence[str] = (), values: Sequence[str] = (), run_file: Path | None = None
) -> list[str]:
    """Return the options as they were given, for a command that is to read the same data in the same way."""
    named = [("--columns", text) for text in columns] + [("--values", text) for text in values]
    named += [("--run", str(run_file))] if run_file is not None else []
    return [word for pair in named for word in pair]


def _once(given: dict[tuple[str, ...], str], what: tuple[str, ...], ours: str) -> None:
    if given.setdefault(what, ours) != ours:
        raise IntakeError(f'--{what[0]} reads "{what[-1]}" as "{given[what]}" and as "{ours}"; keep one of the two')


def _column(text: str) -> tuple[str, str, str]:
    theirs, ours = _halves(text, "--columns", 'THEIRS=OURS, such as "candidate_ref=candidate_id"')
    if not ours or not theirs:
        raise IntakeError(f'--columns is "{text}"; a name is missing on one side of "="')
    table, dot, name = ours.partition(".")
    return (table, theirs, name) if dot else (ANY_TABLE, theirs, ours)


def _value(text: str) -> tuple[str, str, str, str]:
    expected = 'COLUMN:THEIRS=OURS, such as "rpa:Al pha=Alpha"'
    place, colon, rest = text.partition(":")
    if not colon or not place.strip():
        raise IntakeError(f'--values is "{text}"; expected {expected}')
    theirs, ours = _halves(rest, "--values", expected)
    table, dot, column = place.strip().partition(".")
    return (table, column, theirs, ours) if dot else (ANY_TABLE, place.strip(), theirs, ours)


def _halves(text: str, option: str, expected: str) -> tuple[str, str]:
    halves = text.split("=")
    if len(halves) != 2:
        more = "; where a text holds = itself, write it into a run file and give --run" if len(halves) > 2 else ""
        raise IntakeError(f'{option} is "{text}"; expected {expected}{more}')
    return halves[0].strip(), halves[1].strip()
