"""``qa demo``: the made-up data of every scheme, and everything run on them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa_lib.batch.runfile import RunFile
    from qa_lib.scheme import MadeUp


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to.  [outputs/demo]")
@click.option("--jobs", type=click.IntRange(min=1), help="Providers at once.  [as many as there are processors]")
def command(out: Path | None, jobs: int | None) -> None:
    """Build the made-up data and run everything on them; print the paths of the pages over all reports.

    First the data sets that are done at once; then those of a whole year: every month drawn, its return filled in by
    made-up moderators and imported, and all its audits made.
    """
    from qa_lib.scheme import load, schemes
    from qa_lib.strict_yaml import ROOT

    out, jobs = out or ROOT / "outputs" / "demo", jobs or os.cpu_count() or 1
    every, failed = [one for scheme in schemes().values() for one in scheme.made_up], False
    for made_up in sorted(every, key=lambda one: bool(one.returns)):
        click.echo(f"The made-up {made_up.what}: data, draws and reports ...", err=True)
        data = out / f"data-{Path(made_up.run_file).stem}"
        load(made_up.build)(data)
        failed |= _run(made_up, data, jobs)
    if failed:
        raise SystemExit(3)


def _run(made_up: MadeUp, data: Path, jobs: int) -> bool:
    """Execute a run file on its made-up data; say whether something failed."""
    from dataclasses import replace

    from qa_lib.batch.runfile import read_run_file
    from qa_lib.cli.run import run_with_progress
    from qa_lib.register.store import DEFAULT
    from qa_lib.strict_yaml import ROOT

    run = replace(read_run_file(ROOT / made_up.run_file), dataset=data)
    out = data.with_name(run.name)
    register = out / DEFAULT
    # Made-up data need no memory: after a change of the project their draws would rightly be refused as other ones.
    register.unlink(missing_ok=True)
    if made_up.returns:
        _moderate(run, made_up, register, data.with_name(f"returns-{run.name}"), jobs)
    result = run_with_progress(run, out, jobs=jobs, register=str(register))
    click.echo(result.index)
    return bool(result.failed or result.faults)


def _moderate(run: RunFile, made_up: MadeUp, register: Path, out: Path, jobs: int) -> None:
    """Draw the year and let made-up moderators return their workbooks; say how many were refused, as is right."""
    from qa_lib.batch.rehearsal import REFUSED, rehearse_year
    from qa_lib.intake.dataset import read_dataset
    from qa_lib.scheme import load_rulebook

    dataset = read_dataset(run.dataset, scheme=run.scheme or None)
    book = load_rulebook(run.rule_book or dataset.scheme)
    refused = rehearse_year(dataset, book, made_up, register=str(register), out=out, jobs=jobs)
    click.echo(f"Of the made-up returns {len(refused)} were refused, as they should be: {out / REFUSED}", err=True)
