"""Check what a run left: every file against its manifest, every draw by drawing again, a run by running it again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from qa_lib.batch.bound import existing_register, holds_draws_by_hand, register_file, register_of_run
from qa_lib.batch.index import INDEX, report_folders
from qa_lib.batch.manifest import MANIFEST, compare_hashes, files_of, read_manifest
from qa_lib.batch.run_reports import WORK, run_reports
from qa_lib.batch.runfile import RunFile
from qa_lib.batch.verify_report import Checked, check_draws, checked, report_problems
from qa_lib.errors import QAError, RunError
from qa_lib.failures import machine_words
from qa_lib.files import LINK, Listing, is_real_file, list_folder
from qa_lib.register.store import DEFAULT, Register, open_existing_register, register_location
from qa_lib.register.verify_chains import verify_register
from qa_lib.register.working_folder import draws_place
from qa_lib.sampling.draw_folders import draws_in
from qa_lib.sampling.protocol import sha256_hex

#: What a run leaves beside its reports; SQLite leaves the files beside a register while someone writes to it.
_OWN_FILES = {".lock", INDEX, MANIFEST, *(f"{DEFAULT}{end}" for end in ("", "-journal", "-shm", "-wal"))}


def verify_folder(folder: Path, *, register: str | None = None) -> Iterator[Checked]:
    """Check draws, a report or a whole run; yield each part's name and all that is wrong with it.

    Parameters
    ----------
    folder
        With reports below it a run, with ``manifest.json`` a report, with draws in or below it a folder of draws. Every
        draw is made again, at whatever depth it lies; links are named and never followed.
    register
        URL or path of a register in which the same draws must stand, and whose chains are checked too. Where nothing is
        said, that of the run: ``register.sqlite`` in its folder, or the one that the commands find here, if it holds
        what the run's manifest binds; for draws in the working folder's place for draws, the one that recorded them.

    Raises
    ------
    RunError
        If the folder is none of these, or the register is not there.
    """
    record = _existing(register) if register else None
    below = report_folders(folder)
    if below or (folder / INDEX).is_file():
        yield from _whole_run(folder, below, record)
        return
    if os.path.lexists(folder / MANIFEST):
        yield checked(folder.name, folder, report_problems(folder, record), record)
    else:
        record = record or _of_the_place_for_draws(folder)
        yield from check_draws(folder, record)
    if record is not None:
        yield "register", verify_register(record)


def _of_the_place_for_draws(folder: Path) -> Register | None:
    """Return the register that the commands find here, for draws that they made beside it; else None."""
    if not folder.resolve().is_relative_to(draws_place().resolve()):
        return None
    return existing_register(register_location())


def _existing(register: str) -> Register:
    if "://" not in register and not Path(register).is_file():
        raise RunError(f"there is no register at {register}; checking makes none: give the one that the run used")
    return open_existing_register(register)


def _whole_run(folder: Path, below: list[str], given: Register | None) -> Iterator[Checked]:
    listed = list_folder(folder)
    try:
        if not is_real_file(folder / MANIFEST):
            raise RunError("it is not there as a file of its own")
        content = read_manifest(folder)
        reports, index = dict(content["reports"]), content["index"]
        record, lost = register_of_run(content.get("register"), folder, given, has_draws=bool(draws_in(listed)))
    except (OSError, QAError, KeyError, TypeError, ValueError, AttributeError) as error:
        why = machine_words(error) or error
        yield MANIFEST, [f"the run's {MANIFEST} cannot be read ({why}); was the run interrupted? Run it again"]
        return
    for name in sorted({*below, *reports}):
        if name in below:
            yield checked(name, folder / name, _bound(folder / name, reports.get(name), record), record)
        else:
            yield name, [_why_not_there(folder / name)]
    yield from _foreign(listed, {*below, *reports})
    yield INDEX, _page_problems(folder / INDEX, index)
    if "register" not in content:
        yield f"{MANIFEST} (of an older format: it does not bind what the register held)", []
    if record is not None or lost:
        yield "register", [*lost, *(verify_register(record) if record else [])]


def _bound(report: Path, digest: str | None, record: Register | None) -> list[str]:
    """Return what is wrong with a report, also as the one that the run's manifest binds."""
    of_run = sha256_hex((report / MANIFEST).read_bytes()) == digest
    return [*report_problems(report, record), *([] if of_run else [f"{MANIFEST} is not the one of this run"])]


def _why_not_there(report: Path) -> str:
    if report.is_symlink():
        return LINK
    return f"{MANIFEST} {LINK}" if (report / MANIFEST).is_symlink() else f"is missing, or has no {MANIFEST}"


def _page_problems(page: Path, digest: str) -> list[str]:
    if page.is_symlink():
        return [LINK]
    if not page.is_file():
        return ["is missing"]
    return ["was changed"] if sha256_hex(page.read_bytes()) != digest else []


def _foreign(listed: Listing, reports: Collection[str]) -> Iterator[Checked]:
    """Yield whatever lies in a run's folder beside its reports and is not the run's own."""
    above = {name.rpartition("/")[0] for name in reports}
    unread = dict(zip((*listed.links, *listed.others), listed.faults(), strict=True))
    for path in sorted((*listed.files, *listed.folders, *unread)):
        parent = path.rpartition("/")[0]
        if path in (INDEX, *reports) or (parent and parent not in above):
            continue  # said of them alone; a report's own file; or in a folder that is named already
        if path in unread:
            yield path, [unread[path].removeprefix(f"{path} ")]
        elif path in listed.folders and parent:
            yield path, [f"has no {MANIFEST}: no run wrote it whole"]
        elif path not in ({*above, WORK} if path in listed.folders else _OWN_FILES):
            yield path, ["is no part of this run; keep it in another folder"]


def run_again(folder: Path, run: RunFile, *, jobs: int = 1, register: str | None = None) -> Iterator[Checked]:
    """Run a run file once more, with a register of its own, and compare every byte with what stands in a run's folder.

    Where reports saw returns that came back from the moderators, or draws that people made by hand, a copy of the run's
    register is used: nothing else holds them. It is the ``register`` given, or the one in the run's folder.

    Yields each report folder's name and how it differs.
    """
    with tempfile.TemporaryDirectory(prefix="qa-again-") as place:
        saw_returns = any(read_manifest(folder / name).get("returns") for name in report_folders(folder))
        used, own = register_file(register or str(folder / DEFAULT)), Path(place, DEFAULT)
        if used.is_file() and (saw_returns or holds_draws_by_hand(used)):
            shutil.copyfile(used, own)
        result = run_reports(run, Path(place), jobs=jobs, register=str(own))
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
    if not is_real_file(folder / MANIFEST):
        return {}
    return {**files_of(folder), MANIFEST: sha256_hex((folder / MANIFEST).read_bytes())}
