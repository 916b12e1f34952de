"""``qa import-return``: read what moderators filled in back into the register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_lib.cli.freeze import REGISTER_HELP

if TYPE_CHECKING:
    import pandas as pd

    from qa_lib.schemes.hlta.forms.importing import ImportedReturn

_CHANGES_SHOWN = 20


@click.command()
@click.argument("workbooks", metavar="FILE.xlsx...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--register", "register_url", help=REGISTER_HELP)
@click.option("--by", default="", help="Who imports it; stands beside the return in the register.")
def command(workbooks: tuple[Path, ...], register_url: str | None, by: str) -> None:
    """Check a filled moderation return and record it in the register, whole or not at all.

    Where moderators filled in a part each, name all their workbooks: they are put together, whichever comes first. A
    filled cell counts; where two say different things, both are named. Every fault is named by sheet, row and column,
    and then nothing is recorded. The same content again changes nothing; other content is a new version, and the old
    one is kept. Exit codes: 0 recorded or no change, 1 faults, 2 cannot be read.
    """
    from qa_lib.cli.endings import recorded
    from qa_lib.errors import RegisterError
    from qa_lib.register.store import open_existing_register
    from qa_lib.schemes.hlta.forms.importing import import_return
    from qa_lib.schemes.hlta.forms.merging import sent_workbooks
    from qa_lib.schemes.hlta.forms.reading import read_sheets
    from qa_lib.schemes.hlta.forms.return_faults import remark_lines

    try:
        register = open_existing_register(register_url)
    except RegisterError:
        for sent in sent_workbooks(workbooks):  # what is no return at all is told so first
            read_sheets(sent.data, sent.name, {})
        raise
    imported = import_return(*workbooks, register=register, by=by)
    lines = remark_lines(imported.notices)
    notices = ["Please look at:", *(f"  {line}" for line in lines)] if lines else []
    with recorded(f"the return of {imported.provider} {imported.month} IS recorded in the register"):
        for line in [*_verdict(imported), *_who_entered(imported), *_changed(imported.changes), *notices]:
            click.echo(line)


def _verdict(imported: ImportedReturn) -> list[str]:
    part = "" if imported.part == "month" else f" ({imported.part})"
    which = f"{imported.provider} {imported.month}{part}, version {imported.version}"
    if imported.status == "no change":
        return [f"no change: {which} says the same already"]
    what = "accepted" if imported.status == "accepted" else "changed after moderation"
    files = "1 file" if imported.files == 1 else f"{imported.files} files"
    lines = [f"{what}: {which}, {files}"]
    if spoilt := imported.not_moderatable:
        lines.append(f"could not be moderated, so assessor and PoP need cover again: {', '.join(spoilt)}")
    return lines


def _changed(changes: pd.DataFrame) -> list[str]:
    lines = []
    for case_id, standard, column, before, after in changes.head(_CHANGES_SHOWN).to_numpy().tolist():
        which = f"{case_id}, standard {standard}" if standard else case_id
        lines.append(f'  {which}, {column}: "{before}" is now "{after}"')
    more = len(changes) - len(lines)
    return [*lines, f"  and {more} more cells"] if more else lines


def _who_entered(imported: ImportedReturn) -> list[str]:
    """Say of each of several workbooks which cells of which files it fills in, and which standards it judges."""
    entered = imported.entered
    if entered["file_digest"].nunique() < 2 or imported.status == "no change":
        return []
    lines = ["put together of these workbooks, each with what it fills in:"]
    for (digest, name), own in entered.groupby(["file_digest", "workbook"]):
        lines.append(f"  {name} (SHA-256 {digest})")
        of_files, of_standards = own[own["standard"] == ""], own[own["standard"] != ""]
        for (moderator, columns), rows in of_files.groupby(["moderator_id", "columns"]):
            files = f"{', '.join(rows['case_id'])}, moderator {moderator or 'not named'}"
            lines.append(f"    {files}: {str(columns).replace(';', ', ')}")
        if len(of_standards):
            numbers = of_standards.groupby("case_id")["standard"].agg(", ".join)
            lines.append(f"    standards: {'; '.join(f'{case_id} {text}' for case_id, text in numbers.items())}")
    return lines
