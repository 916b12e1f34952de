"""``qa draw``: draw the sample of a frozen population, from the freeze folder alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_lib.cli.freeze import REGISTER_HELP

if TYPE_CHECKING:
    from qa_lib.sampling.drawing import Draw


@click.command()
@click.argument("folder", metavar="FREEZE_DIR", type=click.Path(path_type=Path))
@click.option("--seed", required=True, help="The seed: 20 or more characters, e.g. dice throws or a lottery result.")
@click.option("--reviewer", required=True, help="Id of the peer reviewer who gives the seed.")
@click.option("--reviewer-rpa", required=True, help="The reviewer's RPA: never the provider's own.")
@click.option("--register", "register_url", help=REGISTER_HELP + " Without one the draw is not recorded.")
def command(
    folder: Path,
    seed: str,
    reviewer: str,
    reviewer_rpa: str,
    register_url: str | None,
) -> None:
    """Draw the sample; write sample.csv, draw.json and the moderation return beside the freeze."""
    import os
    from contextlib import nullcontext
    from functools import partial

    from qa_lib.cli.endings import recorded
    from qa_lib.files import refuse_unwritable
    from qa_lib.register.moderation import draw
    from qa_lib.register.receipts import draw_receipt
    from qa_lib.register.store import DEFAULT, ENVIRONMENT, open_register
    from qa_lib.reports.draw_files import draw_files
    from qa_lib.sampling.freeze import read_freeze

    frozen = read_freeze(folder)
    refuse_unwritable(folder)
    with_register = bool(register_url or os.environ.get(ENVIRONMENT) or Path(DEFAULT).exists())
    register = open_register(register_url) if with_register else None
    with_seed = partial(draw, frozen, seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)
    # The folder is asked first: a draw that it refuses must not be recorded.
    with_seed().refuse_other(folder)
    drawn = with_seed(register=register)
    place = "recorded in the register" if register else "not recorded in a register; the RPA records it with --register"
    stands = f"the draw of {frozen.provider} {frozen.month} IS recorded in the register"
    with recorded(stands) if register else nullcontext():
        drawn.write(folder, beside=_not_there_yet(folder, draw_files(drawn)))
        click.echo(_counted(drawn))
        for what, digest in draw_receipt(drawn, register).items():
            click.echo(f"{what}: {digest}")
        for remark in drawn.remarks:
            click.echo(f"Please note: {remark}; draw.json holds it as it was drawn with.", err=True)
        click.echo(f"Written to {folder}; {place}.", err=True)


def _not_there_yet(folder: Path, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Leave out what stands beside its draw already: moderators may have filled it in."""
    if not (folder / "draw.json").exists():
        return files
    return {name: content for name, content in files.items() if not (folder / name).exists()}


def _counted(drawn: Draw) -> str:
    counts, steps = drawn.content["counts"], ("certainty", "random", "risk", "coverage")
    selected = ", ".join(f"{counts[step]} {step}" for step in steps if step in counts)
    which = f"{drawn.freeze.provider} {drawn.freeze.month}"
    return f"{which}: {counts['selected']} of {counts['files']} files selected ({selected})"
