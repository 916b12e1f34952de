"""``qa draw``: draw the sample of a frozen population, from the freeze folder alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_lib.cli.freeze import REGISTER_HELP
from qa_lib.cli.option_sets import refuse_options
from qa_lib.cli.scheme_option import scheme_option

if TYPE_CHECKING:
    from qa_lib.sampling.drawing import Draw
    from qa_lib.sampling.list_draw import FrozenList

_RECORDED = "recorded in the register"
#: Options that a month alone takes.
_OF_MONTHS = ("reviewer", "reviewer_rpa", "scheme", "register_url")
_NOT_RECORDED = "not recorded in a register; the RPA records it with the same command where its register is"


@click.command()
@click.argument("folder", metavar="FREEZE_DIR", type=click.Path(path_type=Path))
@click.option("--seed", required=True, help="The seed: 20 or more characters, e.g. dice throws or a lottery result.")
@click.option("--reviewer", default="", help="Id of the peer reviewer who gives the seed.")
@click.option("--reviewer-rpa", default="", help="The reviewer's own provider: never the one whose files these are.")
@click.option("--list", "listed", default="", metavar="NAME", help="Which list, where the folder holds other draws.")
@scheme_option("Whose months they are", "the only one that draws months")
@click.option("--register", "register_url", help=REGISTER_HELP + " Without one the draw is not recorded.")
def command(
    folder: Path,
    seed: str,
    reviewer: str,
    reviewer_rpa: str,
    listed: str,
    scheme: str | None,
    register_url: str | None,
) -> None:
    """Draw the sample; write sample.csv, draw.json and the moderation return beside the freeze."""
    from contextlib import nullcontext

    from qa_lib.cli.endings import recorded
    from qa_lib.files import list_folder, refuse_unwritable
    from qa_lib.register.freeze_folder import draw_from_folder, files_to_write, left_sentence
    from qa_lib.register.month_draw import month_draw_of
    from qa_lib.register.receipts import draw_receipt, heads
    from qa_lib.register.working_folder import inside
    from qa_lib.sampling.draw_folders import list_draws_in
    from qa_lib.sampling.frozen import read_freeze
    from qa_lib.sampling.list_draw import draw_list_folder
    from qa_lib.scheme import load_rulebook, scheme_drawn_by_month

    folder = inside(folder)
    of_month = (folder / "freeze.json").is_file() or not (folder.is_dir() and list_draws_in(list_folder(folder)))
    if listed or not of_month:
        refuse_options(_OF_MONTHS, "a list is drawn, and recorded nowhere; they are for a month")
        refuse_unwritable(folder)
        _tell(draw_list_folder(folder, seed=seed, name=listed), folder)
        return
    frozen = read_freeze(folder)
    _refuse_nobody(reviewer, reviewer_rpa)
    refuse_unwritable(folder)
    used = scheme_drawn_by_month(scheme or "")
    how = month_draw_of(used)
    given = {"seed": seed, "reviewer": reviewer, "reviewer_rpa": reviewer_rpa}
    made = draw_from_folder(folder, frozen, register=register_url or "", **given)
    drawn = made.draw
    stands = f"the draw of {frozen.provider} {frozen.month} IS recorded in the register"
    with nullcontext() if made.register is None else recorded(stands):
        files, left = files_to_write(folder, how.files(drawn))
        drawn.write(folder, beside=files)
        click.echo(_counted(drawn))
        for what, digest in draw_receipt(drawn, made.register).items():
            click.echo(f"{what}: {digest}")
        for remark in drawn.remarks:
            click.echo(f"Please note: {remark}; draw.json holds it as it was drawn with.", err=True)
        click.echo(f"Written to {folder}; {_RECORDED if made.register else _NOT_RECORDED}.", err=True)
        rpas = heads(made.register).keys() - {frozen.provider} if made.register else ()
        for remark in filter(None, [left_sentence(left), how.doubt(drawn, load_rulebook(used.name), rpas)]):
            click.echo(f"Please look: {remark}.", err=True)


def _refuse_nobody(reviewer: str, reviewer_rpa: str) -> None:
    """Refuse to draw a month without knowing who gave the seed."""
    lacking = {"--reviewer": reviewer, "--reviewer-rpa": reviewer_rpa}
    if names := " and ".join(f"'{name}'" for name, text in lacking.items() if not text.strip()):
        raise click.UsageError(f"Missing option {names}: a month is drawn with a peer reviewer's seed.")


def _tell(drawn: FrozenList, folder: Path) -> None:
    """Say what was drawn from a list."""
    about = f"{drawn.content['provider']} {drawn.content['period']}"
    click.echo(f"{about}: {drawn.size} of {len(drawn.population)} {drawn.name} drawn")
    click.echo(f"freeze digest: {drawn.digest}")
    click.echo(f"sample digest: {drawn.draw_content['sample_digest']}")
    for remark in drawn.remarks:
        click.echo(f"Please note: {remark}; the draw holds it as it was drawn with.", err=True)
    click.echo(f"Written to {folder}; no register holds draws from lists.", err=True)


def _counted(drawn: Draw) -> str:
    counts, steps = drawn.content["counts"], ("certainty", "random", "risk", "coverage")
    selected = ", ".join(f"{counts[step]} {step}" for step in steps if step in counts)
    which = f"{drawn.freeze.provider} {drawn.freeze.month}"
    return f"{which}: {counts['selected']} of {counts['files']} files selected ({selected})"
