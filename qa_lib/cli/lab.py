"""``qa lab``: the notebooks, their data, run files and guides in a folder of the user's, opened in JupyterLab."""

from __future__ import annotations

import os
from pathlib import Path

import click

#: What is copied, from the project's folder to the same place in the user's.
COPIED = ("notebooks/*/**/*", "parameters/runs/*.yaml", "docs/*.md")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("folder", required=False, default=".", type=click.Path(file_okay=False, path_type=Path))
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--copy-only", is_flag=True, help="Copy, and open nothing.")
def command(folder: Path, words: tuple[str, ...], copy_only: bool) -> None:
    """Copy the notebooks, their made-up data, run files and guides into FOLDER, and open JupyterLab there.

    FOLDER is where you work: your register and draws are found from there. A file of yours is never written over.
    JupyterLab gets every further word: qa lab . --no-browser
    """
    if str(folder).startswith("-"):  # qa lab --no-browser
        folder, words = Path(), (str(folder), *words)
    kept = copy_files(folder)
    if kept:
        click.echo("These files differ from the project's and were kept; to get those, move them away first:", err=True)
        click.echo("".join(f"  {path}\n" for path in kept), nl=False, err=True)
    click.echo(folder / "notebooks")
    if not copy_only:
        _open(folder, words)


def copy_files(folder: Path) -> list[Path]:
    """Copy what is not there yet, and return the files that are and differ: they stay."""
    from qa_lib.files import write_whole
    from qa_lib.project_files import ROOT

    kept = []
    for source in sorted(path for pattern in COPIED for path in ROOT.glob(pattern) if path.is_file()):
        target = folder / source.relative_to(ROOT)
        if ".ipynb_checkpoints" in target.parts:
            continue
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, source.read_bytes())
        elif target.read_bytes() != source.read_bytes():
            kept.append(target)
    return kept


def _open(folder: Path, words: tuple[str, ...]) -> None:
    """Start JupyterLab in this process's place."""
    from jupyterlab.labapp import main

    from qa_lib.register.working_folder import BEGIN

    # Kernels work in the notebooks' folders; the register is looked for from the user's.
    os.environ.setdefault(BEGIN, str(folder.resolve()))
    main(["--notebook-dir", str(folder / "notebooks"), *words])
