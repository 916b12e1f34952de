"""``qa import-return``: read a form that came back filled in into the register."""

from __future__ import annotations

from pathlib import Path

import click

from qa_lib.cli.freeze import REGISTER_HELP


@click.command()
@click.argument("workbooks", metavar="FILE.xlsx...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--register", "register_url", help=REGISTER_HELP)
@click.option("--by", default="", help="Who imports it; stands beside the return in the register.")
def command(workbooks: tuple[Path, ...], register_url: str | None, by: str) -> None:
    """Check a filled form, such as a moderation return, and record it in the register, whole or not at all.

    Where several people filled in a part each, name all their workbooks: they are put together, whichever comes first.
    A filled cell counts; where two say different things, both are named. Every fault is named by sheet, row and column,
    and then nothing is recorded. The same content again changes nothing; other content is a new version, and the old
    one is kept. Exit codes: 0 recorded or no change, 1 faults, 2 cannot be read.
    """
    from qa_lib.cli.endings import recorded
    from qa_lib.forms.remarks import remark_lines
    from qa_lib.forms.sent import recognised, sent_workbooks
    from qa_lib.register.store import open_existing_register
    from qa_lib.scheme import find_forms, load

    form = recognised(sent_workbooks(workbooks), find_forms())  # what is no form at all is told so first
    register = open_existing_register(register_url)
    taken_in = load(form.take_in)(*workbooks, register=register, by=by)
    lines = remark_lines(taken_in.notices)
    notices = ["Please look at:", *(f"  {line}" for line in lines)] if lines else []
    with recorded(f"the return of {taken_in.of_what} IS recorded in the register"):
        for line in [*taken_in.lines(), *notices]:
            click.echo(line)
