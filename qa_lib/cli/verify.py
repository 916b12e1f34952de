"""``qa verify``: check a draw, a report or a whole run."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from qa_lib.screen import one_line


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--register", metavar="URL", help="Also hold the draws against this register, a path or URL; a run's own is found."
)
@click.option(
    "--rerun",
    metavar="RUNFILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also run this once more and compare every byte.",
)
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="With --rerun: providers at once."
)
def command(folder: Path, register: str | None, rerun: Path | None, jobs: int) -> None:
    """Check draws, a report or a whole run: identical, or exactly what differs.

    Every file is held against the manifest, and every draw is drawn again: the month's, late files', scrutiny's and
    lists'. What belongs to none is named, and so are links, which are not followed. A run's register is checked with
    it. Prints one line for each part, and the differences under it; exit code 1 where there are any.
    """
    from qa_lib.batch.verify_run import run_again, verify_folder
    from qa_lib.errors import RunError
    from qa_lib.register.working_folder import inside

    folder = inside(folder)
    if not folder.is_dir():
        what = "a file" if folder.exists() else "nothing"
        raise RunError(f"{what} is at {folder}; give a draw folder, a report folder or the folder of a run")
    checked = verify_folder(folder, register=register)
    if rerun is not None:
        from qa_lib.batch.runfile import read_run_file

        again = run_again(folder, read_run_file(rerun), jobs=jobs, register=register)
        checked = chain(checked, ((f"{name}, run again", problems) for name, problems in again))
    wrong = 0
    for name, problems in checked:
        click.echo(f"{'DIFFERS' if problems else 'OK'}  {one_line(name)}")
        for problem in problems:
            click.echo(f"  {one_line(problem)}")
        wrong += bool(problems)
    if wrong:
        raise SystemExit(1)
