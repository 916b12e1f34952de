"""``qa run``: execute a run file, one report per provider and month."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_lib.cli.freeze import REGISTER_HELP

if TYPE_CHECKING:
    from qa_lib.batch.run_reports import RunResult
    from qa_lib.batch.runfile import RunFile


@click.command()
@click.argument("run_file", metavar="RUNFILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--month", metavar="YYYY-MM", help="Only this month, and its year's coverage.")
@click.option("--provider", "providers", metavar="NAME", multiple=True, help="Only this provider; repeat for more.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Providers at once.")
@click.option("--resume", is_flag=True, help="Leave whole reports that nothing new has come in for.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="[default: outputs/<run> in the working folder]"
)
@click.option("--register", metavar="URL", help=REGISTER_HELP + " A rehearsal has its own.")
def command(run_file: Path, out: Path | None, **narrowed: Any) -> None:
    """Execute a run file: each provider's months in order, each month over all providers, one page over all reports.

    RUNFILE is a file of yours, or the name of one of the project's own, for which a wrong name is told the right ones.

    A run over old data with a seed series, or over the project's made-up data, is a rehearsal: its register is in its
    own folder, so that nothing of it gets among the draws that count.

    Exit code 3 says that some reports failed and the others are complete.
    """
    from qa_lib.batch.runfile import read_run_file

    result = run_with_progress(read_run_file(run_file), out, **narrowed)
    click.echo(result.index)
    if result.failed or result.faults:
        raise SystemExit(3)


def run_with_progress(run: RunFile, out: Path | None, *, register: str | None = None, **narrowed: Any) -> RunResult:
    """Make the reports of a run, ``narrowed`` as :func:`qa_lib.batch.run_reports.run_reports` has it.

    It shows progress where someone watches, and what failed at the end.
    """
    from tqdm import tqdm

    from qa_lib.batch.run_reports import run_reports
    from qa_lib.errors import command_line
    from qa_lib.register.working_folder import DEFAULT, working_folder
    from qa_lib.screen import bare

    out = out or working_folder().absolute() / "outputs" / run.name
    register = register or _register_of(run, out)
    with tqdm(desc=run.name, unit=" reports", disable=None, leave=False, file=bare(sys.stderr)) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = run_reports(run, out, register=register, advance=advance, **narrowed)
    if result.kept:
        click.echo(f"{len(result.kept)} reports stand as they were.", err=True)
    if result.failed:
        whole, lost = len(result.made), len(result.failed)
        made = f"{whole} report{' is' if whole == 1 else 's are'} complete"
        click.echo(f"{made}, {lost} {'is' if lost == 1 else 'are'} not:", err=True)
        for folder, failure in sorted(result.failed.items()):
            click.echo(f"  {folder} ({failure.provider}): {failure.why}", err=True)
    for fault in result.faults:
        click.echo(f"The page over all reports is not up to date: {fault}", err=True)
        if any("--withdraw" in failure.why for failure in result.failed.values()):
            named = command_line(["--register", register or str(out / DEFAULT)])
            click.echo(f"With these commands name the run's register: {named}", err=True)
    return result


def _register_of(run: RunFile, out: Path) -> str | None:
    """Return the register of a run for which none was named; None for the one in the run's own folder."""
    import os

    from qa_lib.register.sample_source import is_made_up
    from qa_lib.register.store import ENVIRONMENT
    from qa_lib.register.working_folder import DEFAULT, found_register, working_folder

    if named := os.environ.get(ENVIRONMENT):
        return named
    if run.seed_series or is_made_up(run.dataset):
        return None
    if (out / DEFAULT).is_file():  # its earlier draws are there
        if (other := found_register()) and other.resolve() != (out / DEFAULT).resolve():
            click.echo(
                f"This run goes on with the register in its own folder, {out / DEFAULT}. "
                f"What was drawn in {other} is not seen: name that with --register, or move the run's own away.",
                err=True,
            )
        return None
    place = working_folder().absolute()
    # Reports that go elsewhere, before there is any register here, take theirs with them.
    return str(place / DEFAULT) if found_register() or out.resolve().is_relative_to(place.resolve()) else None
