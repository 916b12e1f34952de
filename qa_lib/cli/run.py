"""``qa run``: execute a run file, one report per provider and month."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qa_lib.batch.run import RunResult
    from qa_lib.batch.runfile import RunFile


@click.command()
@click.argument("run_file", metavar="RUNFILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--month", metavar="YYYY-MM", help="Only this month, and its year's coverage.")
@click.option("--provider", "providers", metavar="NAME", multiple=True, help="Only this provider; repeat for more.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Providers at once.")
@click.option("--resume", is_flag=True, help="Leave whole reports that nothing new has come in for.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The run's folder.  [outputs/<run>]")
@click.option("--register", metavar="URL", help="URL or path.  [register.sqlite in the run's folder]")
def command(run_file: Path, out: Path | None, **narrowed: Any) -> None:
    """Execute a run file: each provider's months in order, each month over all providers, one page over all reports.

    Exit code 3 says that some reports failed and the others are complete.
    """
    from qa_lib.batch.runfile import read_run_file

    result = run_with_progress(read_run_file(run_file), out, **narrowed)
    click.echo(result.index)
    if result.failed:
        raise SystemExit(3)


def run_with_progress(
    run: RunFile,
    out: Path | None,
    *,
    month: str | None = None,
    providers: tuple[str, ...] = (),
    jobs: int = 1,
    register: str | None = None,
    resume: bool = False,
) -> RunResult:
    """Make the reports of a run; show progress where someone watches, and what failed at the end."""
    from tqdm import tqdm

    from qa_lib.batch.run import run_reports
    from qa_lib.screen import bare
    from qa_lib.strict_yaml import ROOT

    with tqdm(desc=run.name, unit=" reports", disable=None, leave=False, file=bare(sys.stderr)) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = run_reports(
            run,
            out or ROOT / "outputs" / run.name,
            providers=providers,
            month=month,
            jobs=jobs,
            register=register,
            resume=resume,
            advance=advance,
        )
    if result.kept:
        click.echo(f"{len(result.kept)} reports stand as they were.", err=True)
    if result.failed:
        click.echo(f"{len(result.made)} reports are complete, {len(result.failed)} are not:", err=True)
        for folder, failure in sorted(result.failed.items()):
            click.echo(f"  {folder} ({failure.provider}): {failure.why}", err=True)
    return result
