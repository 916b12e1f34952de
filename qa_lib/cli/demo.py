"""``qa demo``: the made-up Partnership year, and everything run on it."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to.  [outputs/demo]")
@click.option("--jobs", type=click.IntRange(min=1), help="Providers at once.  [as many as there are processors]")
def command(out: Path | None, jobs: int | None) -> None:
    """Build the made-up Partnership year and run everything on it; print the path of the page over all reports."""
    from dataclasses import replace

    from qa_lib.batch.runfile import read_run_file
    from qa_lib.cli.run import run_with_progress
    from qa_lib.demo import build_partnership
    from qa_lib.register.store import DEFAULT
    from qa_lib.strict_yaml import ROOT

    out = out or ROOT / "outputs" / "demo"
    click.echo(f"Building the made-up year in {out / 'data'} ...", err=True)
    build_partnership(out / "data")
    run = replace(read_run_file(ROOT / "parameters" / "runs" / "hlta_sample.yaml"), dataset=out / "data")
    folder = out / run.name
    # A made-up year needs no memory: after a change of the project its draws would rightly be refused as other ones.
    (folder / DEFAULT).unlink(missing_ok=True)
    click.echo("Drawing every month's samples and writing the reports (a few minutes) ...", err=True)
    result = run_with_progress(run, folder, jobs=jobs or os.cpu_count() or 1)
    click.echo(result.index)
    if result.failed:
        raise SystemExit(3)
