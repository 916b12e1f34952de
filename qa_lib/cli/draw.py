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
    from qa_lib.register.freeze_folder import draw_from_folder, keep_files, left_sentence
    from qa_lib.register.receipts import draw_receipt
    from qa_lib.register.working_folder import inside
    from qa_lib.reports.draw_files import draw_files
    from qa_lib.rulebook import load_rulebook
    from qa_lib.sampling.freeze import read_freeze
    from qa_lib.schemes.hlta.draws.reviewers import unknown_rpa

    folder = inside(folder)
    frozen = read_freeze(folder)
    given = {"seed": seed, "reviewer": reviewer, "reviewer_rpa": reviewer_rpa}
    made = draw_from_folder(folder, frozen, register=register_url or "", **given)
    drawn = made.draw
    drawn.write(folder)
    left = left_sentence(keep_files(folder, draw_files(drawn)))
    counts = drawn.content["counts"]
    steps = ", ".join(
        f"{counts[step]} {step}" for step in ("certainty", "random", "risk", "coverage") if step in counts
    )
    click.echo(f"{frozen.provider} {frozen.month}: {counts['selected']} of {counts['files']} files selected ({steps})")
    for what, digest in draw_receipt(drawn, made.register).items():
        click.echo(f"{what}: {digest}")
    place = (
        "recorded in the register"
        if made.register is not None
        else "not recorded in a register; the RPA records it with the same command where its register is"
    )
    for remark in drawn.remarks:
        click.echo(f"Please note: {remark}; draw.json holds it as it was drawn with.", err=True)
    click.echo(f"Written to {folder}; {place}.", err=True)
    for remark in filter(None, [left, unknown_rpa(drawn, load_rulebook("hlta"))]):
        click.echo(f"Please look: {remark}.", err=True)
