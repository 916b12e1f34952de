"""Check what a run left: every file against its manifest, every draw by drawing again, a run by running it again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qa_lib.batch.index import INDEX, report_folders
from qa_lib.batch.manifest import MANIFEST, compare_hashes, differences, files_of, read_manifest
from qa_lib.batch.run import run_reports
from qa_lib.batch.runfile import RunFile
from qa_lib.batch.standing import against_register
from qa_lib.errors import QAError, RunError
from qa_lib.register.audit import verify_register
from qa_lib.register.store import DEFAULT, Register, open_existing_register
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.sampling.verify import verify_draw_folder

Checked = tuple[str, list[str]]


def verify_folder(folder: Path, *, register: str | None = None) -> Iterator[Checked]:
    """Check a draw folder, a report folder or a whole run; yield each part's name and all that is wrong with it.

    Parameters
    ----------
    folder
        With ``freeze.json`` a draw, with ``manifest.json`` a report, with reports below it a run.
    register
        URL or path of a register in which the same draws must stand, and whose chains are checked too. A run's own
        ``register.sqlite`` is taken where nothing is said.

    Raises
    ------
    RunError
        If the folder is none of these, or the register is not there.
    """
    below = report_folders(folder)
    is_run = bool(below) or (folder / INDEX).is_file()
    if register is None and is_run and (folder / DEFAULT).is_file():
        register = str(folder / DEFAULT)
    record = _existing(register) if register else None
    if is_run:
        yield from _whole_run(folder, below, record)
    elif (folder / MANIFEST).is_file() or (folder / "freeze.json").is_file():
        yield folder.name, _one(folder, record)
    else:
        raise RunError(
            f"{folder} holds no {MANIFEST}, no freeze.json and no reports; "
            "give a draw folder, a report folder or the folder of a run"
        )
    if record is not None:
        yield "register", verify_register(record)


def _existing(register: str) -> Register:
    if "://" not in register and not Path(register).is_file():
        raise RunError(f"there is no register at {register}; checking makes none: give the one that the run used")
    return open_existing_register(register)


def _whole_run(folder: Path, below: list[str], record: Register | None) -> Iterator[Checked]:
    try:
        content = read_manifest(folder)
        bound, index = dict(content["reports"]), content["index"]
    except (OSError, QAError, KeyError, TypeError, ValueError) as error:
        yield MANIFEST, [f"the run's {MANIFEST} cannot be read ({error}); was the run interrupted? Run it again"]
        return
    for name in sorted({*below, *bound}):
        if name not in below:
            yield name, [f"is missing, or has no {MANIFEST}"]
            continue
        problems = _one(folder / name, record)
        if bound.get(name) != sha256_hex((folder / name / MANIFEST).read_bytes()):
            problems.append(f"{MANIFEST} is not the one of this run")
        yield name, problems
    halves = (path for path in folder.glob("*/*") if path.is_dir() and not path.parent.name.startswith("."))
    there = {f"{path.parent.name}/{path.name}" for path in halves}
    for name in sorted(there - {*below, *bound}):
        yield name, [f"has no {MANIFEST}: no run wrote it whole"]
    page = (folder / INDEX).read_bytes() if (folder / INDEX).is_file() else None
    found = "is missing" if page is None else "was changed" if sha256_hex(page) != index else ""
    yield INDEX, [found] if found else []


def _one(folder: Path, record: Register | None) -> list[str]:
    problems = differences(folder) if (folder / MANIFEST).is_file() else []
    if (folder / "freeze.json").is_file():
        problems += verify_draw_folder(folder)
        problems += against_register(folder, record) if record is not None else []
    return problems


def run_again(folder: Path, run: RunFile, *, jobs: int = 1) -> Iterator[Checked]:
    """Run a run file once more, with a register of its own, and compare every byte with what stands in a run's folder.

    Where reports saw returns that came back from the moderators, a copy of the run's register is used: nothing else
    holds them.

    Yields each report folder's name and how it differs.
    """
    with tempfile.TemporaryDirectory(prefix="qa-again-") as place:
        saw_returns = any(read_manifest(folder / name).get("returns") for name in report_folders(folder))
        if saw_returns and (folder / DEFAULT).is_file():
            shutil.copyfile(folder / DEFAULT, Path(place, DEFAULT))
        result = run_reports(run, Path(place), jobs=jobs)
        for name in sorted({*report_folders(folder), *report_folders(result.folder)}):
            if name in result.failed:
                yield name, [f"running it again {result.failed[name].why}"]
                continue
            before, again = (_all_files(place / name) for place in (folder, result.folder))
            if not before or not again:
                yield name, ["is only in this run" if before else "is not in this run"]
            else:
                yield name, [f"{problem}, compared with running again" for problem in compare_hashes(again, before)]


def _all_files(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {**files_of(folder), MANIFEST: sha256_hex((folder / MANIFEST).read_bytes())}
