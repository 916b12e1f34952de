"""One report: its notebooks executed in a folder of work, and the folder put in its place when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_lib.batch.execute import execute, page_without_content, register_environment
from qa_lib.batch.manifest import MANIFEST, NOTHING_TO_SHOW, differences, files_of, write_manifest
from qa_lib.batch.reasons import reason_of
from qa_lib.batch.report_plan import Report
from qa_lib.batch.source import nbformat_module
from qa_lib.errors import NothingToShow, RunError
from qa_lib.failures import shown_place
from qa_lib.files import write_whole

DATA = "data"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a process needs to make one report.

    Attributes
    ----------
    report, basis
        What to make, and what the manifest will say that it was made from.
    work
        A new folder that holds the prepared data.
    place
        Where the report will stand.
    register
        Where the register is.
    """

    report: Report
    basis: Mapping[str, Any]
    work: Path
    place: Path
    register: str


def make_report(task: Task) -> str:
    """Make one report; return nothing, or in one sentence why it could not be made."""
    try:
        refuse_foreign_files(task.place)
        with register_environment(task.register):
            _fill(task)
        put_in_place(task.work, task.place)
    except Exception as error:  # whatever befalls one provider, the others go on
        return _without_places(reason_of(error), task)
    finally:
        shutil.rmtree(task.work, ignore_errors=True)
    return ""


def _without_places(text: str, task: Task) -> str:
    """Name files by themselves: the folder of work is gone when this is read, and a page tells of no machine."""
    for folder in (str(task.work), shown_place(task.work), str(Path(task.register).parent)):
        text = text.replace(f"{folder}{os.sep}", "")
    return text


def refuse_foreign_files(place: Path) -> None:
    """Refuse to replace a folder that holds anything but what a run wrote: a return that was filled in, late files.

    Raises
    ------
    RunError
        Naming what was added or changed.
    """
    if not place.exists():
        return
    found = differences(place) if (place / MANIFEST).is_file() else ["it has no manifest"]
    if found:
        named = "; ".join(found[:5])
        raise RunError(
            f"the folder {place.parent.name}/{place.name} holds what no run wrote ({named}); "
            "move that elsewhere or remove the folder, then run again"
        )


def _fill(task: Task) -> None:
    from qa_lib.reports.page import render_page

    before: dict[str, str] = {}
    nothing: dict[str, str] = {}
    for notebook in task.report.notebooks:
        parameters, there = task.basis["parameters"][notebook.name], files_of(task.work)
        try:
            done = execute(notebook.source, parameters, folder=task.work)
        except NothingToShow as error:  # a state, and no reason to lose what the other notebooks show
            nothing[notebook.name] = str(error)
            _remove_all_but(task.work, there)
            done = page_without_content(notebook.source, parameters, str(error))
        page = render_page(done, title=task.report.title)
        content = nbformat_module().writes(done) + "\n"
        write_whole(task.work / f"{notebook.name}.ipynb", content.encode())
        write_whole(task.work / f"{notebook.name}.html", page.encode())
        now = files_of(task.work)
        overwritten = sorted(name for name in before if now.get(name) != before[name])
        if overwritten:
            raise RunError(f"{notebook.name} writes over {', '.join(overwritten)} of the notebook before it")
        before = now
    shutil.rmtree(task.work / DATA)
    write_manifest(task.work, {**task.basis, **({NOTHING_TO_SHOW: nothing} if nothing else {})})


def _remove_all_but(folder: Path, there: Mapping[str, str]) -> None:
    """Remove what a notebook wrote before it found that it has nothing to show."""
    for name in files_of(folder).keys() - there.keys():
        (folder / name).unlink()
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def put_in_place(work: Path, place: Path) -> None:
    """Move a whole folder to its place; one that stands there goes only when the new one is there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        work.replace(place)
        return
    old = work.with_name(f"{work.name}.old")
    place.replace(old)
    try:
        work.replace(place)
    except BaseException:
        old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)  # what cannot go now goes with the folder of work
