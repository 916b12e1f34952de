"""``qa draw``: draw the sample of a frozen population, from the freeze folder alone."""

from __future__ import annotations

from pathlib import Path

import click

from qa_lib.cli.freeze import REGISTER_HELP


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
    from functools import partial

    from qa_lib.files import write_whole
    from qa_lib.register.moderation import draw
    from qa_lib.register.receipts import draw_receipt
    from qa_lib.register.store import DEFAULT, ENVIRONMENT, open_register
    from qa_lib.reports.draw_files import draw_files
    from qa_lib.sampling.freeze import read_freeze

    frozen = read_freeze(folder)
    recorded = bool(register_url or os.environ.get(ENVIRONMENT) or Path(DEFAULT).exists())
    register = open_register(register_url) if recorded else None
    with_seed = partial(draw, frozen, seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)
    # The folder is asked first: a draw that it refuses must not be recorded.
    with_seed().refuse_other(folder)
    drawn = with_seed(register=register)
    drawn.write(folder)
    for name, content in draw_files(drawn).items():
        write_whole(folder / name, content)
    counts = drawn.content["counts"]
    steps = ", ".join(
        f"{counts[step]} {step}" for step in ("certainty", "random", "risk", "coverage") if step in counts
    )
    click.echo(f"{frozen.provider} {frozen.month}: {counts['selected']} of {counts['files']} files selected ({steps})")
    for what, digest in draw_receipt(drawn, register).items():
        click.echo(f"{what}: {digest}")
    place = "recorded in the register" if recorded else "not recorded in a register; the RPA records it with --register"
    for remark in drawn.remarks:
        click.echo(f"Please note: {remark}; draw.json holds it as it was drawn with.", err=True)
    click.echo(f"Written to {folder}; {place}.", err=True)
