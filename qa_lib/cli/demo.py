"""``qa demo``: the made-up Partnership year, and everything run on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa_lib.batch.runfile import RunFile

#: First month of the made-up Partnership year.
_YEAR = "2023-09"


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to.  [outputs/demo]")
@click.option("--jobs", type=click.IntRange(min=1), help="Providers at once.  [as many as there are processors]")
def command(out: Path | None, jobs: int | None) -> None:
    """Build the made-up data and run everything on them; print the paths of the pages over all reports.

    Three of the made-up NPQ providers; then the Partnership's whole year: every month drawn, its return filled in by
    made-up moderators and imported, and all its audits made. The Partnership's page comes last.
    """
    from qa_lib.schemes.hlta.made_up import build_partnership
    from qa_lib.schemes.npq.made_up import build_npq_slice
    from qa_lib.strict_yaml import ROOT

    out, jobs = out or ROOT / "outputs" / "demo", jobs or os.cpu_count() or 1
    failed = False
    for name, build, what in (
        ("npq_return", build_npq_slice, "NPQ providers (half a minute)"),
        ("hlta_monthly", build_partnership, "Partnership year (a few minutes)"),
    ):
        click.echo(f"The made-up {what}: data, draws and reports ...", err=True)
        build(out / f"data-{name}")
        failed |= _run(name, out, jobs, moderated=name == "hlta_monthly")
    if failed:
        raise SystemExit(3)


def _run(name: str, out: Path, jobs: int, *, moderated: bool) -> bool:
    """Execute a run file on its made-up data; say whether something failed."""
    from dataclasses import replace

    from qa_lib.batch.runfile import read_run_file
    from qa_lib.cli.run import run_with_progress
    from qa_lib.register.store import DEFAULT
    from qa_lib.strict_yaml import ROOT

    run = replace(read_run_file(ROOT / "parameters" / "runs" / f"{name}.yaml"), dataset=out / f"data-{name}")
    # Made-up data need no memory: after a change of the project their draws would rightly be refused as other ones.
    (out / name / DEFAULT).unlink(missing_ok=True)
    if moderated:
        _moderate(run, out / name / DEFAULT, out / "returns", jobs)
    result = run_with_progress(run, out / name, jobs=jobs, register=str(out / name / DEFAULT))
    click.echo(result.index)
    return bool(result.failed or result.faults)


def _moderate(run: RunFile, register: Path, out: Path, jobs: int) -> None:
    """Draw the year and let made-up moderators return their workbooks; say how many were refused, as is right."""
    from qa_lib.batch.rehearsal import REFUSED, rehearse_year
    from qa_lib.intake.dataset import read_dataset
    from qa_lib.rulebook import load_rulebook

    dataset, book = read_dataset(run.dataset, scheme=run.scheme), load_rulebook(run.rule_book)
    refused = rehearse_year(dataset, book, year=_YEAR, register=str(register), out=out, jobs=jobs)
    click.echo(f"Of the made-up returns {len(refused)} were refused, as they should be: {out / REFUSED}", err=True)
