"""``qa demo``: the made-up Partnership year, and everything run on it."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to.  [outputs/demo]")
@click.option("--jobs", type=click.IntRange(min=1), help="Providers at once.  [as many as there are processors]")
def command(out: Path | None, jobs: int | None) -> None:
    """Build the made-up data and run everything on them; print the paths of the pages over all reports.

    The Partnership's whole year, and three of the made-up NPQ providers; the Partnership's page comes last.
    """
    from qa_lib.demo import build_npq_slice, build_partnership
    from qa_lib.strict_yaml import ROOT

    out = out or ROOT / "outputs" / "demo"
    parts = (("npq_return", build_npq_slice, "NPQ providers"), ("hlta_sample", build_partnership, "Partnership year"))
    failed = False
    for name, build, what in parts:
        click.echo(f"The made-up {what}: data, draws and reports (a minute or two) ...", err=True)
        build(out / f"data-{name}")
        failed |= _run(name, out, jobs or os.cpu_count() or 1)
    if failed:
        raise SystemExit(3)


def _run(name: str, out: Path, jobs: int) -> bool:
    """Execute a run file on its made-up data; say whether something failed."""
    from dataclasses import replace

    from qa_lib.batch.runfile import read_run_file
    from qa_lib.cli.run import run_with_progress
    from qa_lib.register.store import DEFAULT
    from qa_lib.strict_yaml import ROOT

    run = replace(read_run_file(ROOT / "parameters" / "runs" / f"{name}.yaml"), dataset=out / f"data-{name}")
    # Made-up data need no memory: after a change of the project their draws would rightly be refused as other ones.
    (out / name / DEFAULT).unlink(missing_ok=True)
    result = run_with_progress(run, out / name, jobs=jobs)
    click.echo(result.index)
    return bool(result.failed)
