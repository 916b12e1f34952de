"""``qa demo``: the made-up data of every scheme, reports on them, and one page to start from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_lib.cli.scheme_option import scheme_option

if TYPE_CHECKING:
    from qa_lib.batch.runfile import RunFile
    from qa_lib.batch.start_page import Section
    from qa_lib.scheme import MadeUp


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="[default: outputs/demo in the working folder]"
)
@click.option("--jobs", type=click.IntRange(min=1), help="Providers at once.  [as many as there are processors]")
@scheme_option("Whose made-up data", "every scheme's")
@click.option("--full", is_flag=True, help="Report on every month and provider, and over the years.")
def command(out: Path | None, jobs: int | None, scheme: str | None, full: bool) -> None:
    """Build the made-up data, report on a part of them, and print the path of the page to start from.

    Every month of a made-up year is drawn, its return filled in by made-up moderators and imported; one month, and one
    provider of a scheme without months, are reported on. With --full everything is.
    """
    from qa_lib.batch.start_page import write_start_page
    from qa_lib.files import write_whole
    from qa_lib.project_files import ROOT
    from qa_lib.register.sample_source import MADE_UP
    from qa_lib.register.working_folder import working_folder
    from qa_lib.scheme import find_scheme, schemes

    out, jobs = out or working_folder().absolute() / "outputs" / "demo", jobs or os.cpu_count() or 1
    chosen = [find_scheme(scheme)] if scheme else list(schemes().values())
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / MADE_UP, (ROOT / "notebooks" / "data" / MADE_UP).read_bytes())
    made = []
    for one in chosen:
        for made_up in one.made_up:
            click.echo(f"The made-up {made_up.what}: data, draws and reports ...", err=True)
            made.append(_made(made_up, one.title, out, jobs, full=full))
    click.echo(write_start_page(out, [section for section, _ in made], full=full))
    if not all(whole for _, whole in made):
        raise SystemExit(3)


def _made(made_up: MadeUp, title: str, out: Path, jobs: int, *, full: bool) -> tuple[Section, bool]:
    """Build a made-up data set and run its run file; return its part of the start page, and whether all went well."""
    from dataclasses import replace

    from qa_lib.batch.runfile import read_run_file
    from qa_lib.batch.start_page import Section
    from qa_lib.cli.run import run_with_progress
    from qa_lib.project_files import ROOT
    from qa_lib.register.store import DEFAULT
    from qa_lib.scheme import load

    run = read_run_file(ROOT / made_up.run_file)
    run = replace(run, dataset=out / f"data-{run.name}")
    load(made_up.build)(run.dataset)
    shown = {} if full else dict(made_up.shown)
    if "month" in shown:
        run = replace(run, notebooks=tuple(one for one in run.notebooks if one.per != "year"))
    register = out / run.name / DEFAULT
    # Made-up data need no memory: after a change of the project their draws would rightly be refused as other ones.
    register.unlink(missing_ok=True)
    returns = _moderate(run, made_up, register, out / f"returns-{run.name}", jobs) if made_up.returns else None
    result = run_with_progress(run, out / run.name, jobs=jobs, register=str(register), **shown)
    section = Section(
        title=title, run=run.name, pages=made_up.pages, month=made_up.shown.get("month", ""), returns=returns
    )
    return section, not (result.failed or result.faults)


def _moderate(run: RunFile, made_up: MadeUp, register: Path, out: Path, jobs: int) -> tuple[int, int]:
    """Draw the year and let made-up moderators return their workbooks; return how many came, and how many were refused.

    That some are refused is as it should be.
    """
    from qa_lib.batch.rehearsal import REFUSED, rehearse_year
    from qa_lib.intake.dataset import read_dataset
    from qa_lib.scheme import load_rulebook

    dataset = read_dataset(run.dataset, scheme=run.scheme or None)
    book = load_rulebook(run.rule_book or dataset.scheme)
    refused = rehearse_year(dataset, book, made_up, register=str(register), out=out, jobs=jobs)
    click.echo(f"Of the made-up returns {len(refused)} were refused, as they should be: {out / REFUSED}", err=True)
    return len(list(out.glob("*/*.xlsx"))), len(refused)
