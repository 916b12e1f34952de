"""A full disk, a read-only one, a file in the way, a folder that went: one plain line from every command.

Exit code 2, nothing half-written; where something was recorded, the message says so and the command can be repeated.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from returned import PROVIDER, drawn, filled

import qa_lib.batch.report
import qa_lib.batch.run_reports
import qa_lib.batch.verify_report
import qa_lib.files
import qa_lib.register.store
import qa_lib.sampling.frozen
import qa_lib.statistics.finite
from qa_lib.batch.manifest import write_manifest
from qa_lib.cli import main
from qa_lib.register.store import open_register

SEED = "4416255316223641 dice"
HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome\n"
OUT = "disk/way/out"
REGISTER = "disk/register.sqlite"
RPAS = ("East", "North", "West")
Statement = tuple[int, str, str]
QA = Callable[..., Statement]

FREEZE = ["freeze", "data", "--provider", "North", "--month", "2024-01"]
DRAW = ["draw", OUT, "--seed", SEED, "--reviewer", "R1", "--reviewer-rpa", "South"]
#: Every command that writes a folder or a file.
WRITERS: dict[str, list[str]] = {
    "check": ["check", "spoilt", "--out", OUT],
    "compare": ["compare", "people.csv", "--outcome", "passed", "--groups", "sex", "--out", OUT],
    "rules": ["rules", "--scheme", "hlta", "--page", f"{OUT}/rules.md"],
    "freeze": [*FREEZE, "--out", OUT, "--register", "register.sqlite"],
    "draw": [*DRAW, "--register", "register.sqlite"],
    "draw without a register": DRAW,
    "demo": ["demo", "--out", OUT, "--jobs", "1"],
}
#: Every command that writes to the register.
RECORDERS: dict[str, list[str]] = {
    "freeze": ["freeze", "data", "--provider", "West", "--month", "2024-01", "--out", "elsewhere"],
    "withdraw": ["freeze", "data", "--provider", "East", "--month", "2024-01", "--withdraw", "a mistake"],
    "draw": ["draw", "east", *DRAW[2:]],
    "import-return": ["import-return", "return.xlsx"],
    "not-moderatable": ["register", "not-moderatable", "c1", "--provider", PROVIDER, "--reason", "damaged"],
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with data, sound and spoilt, and a run file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_REGISTER", raising=False)
    write_data(tmp_path)
    people = ["passed,sex\n", *["yes,F\n", "no,M\n", "yes,M\n"] * 20]
    (tmp_path / "people.csv").write_text("".join(people), newline="\n")
    (tmp_path / "tiny.yaml").write_text(
        f"run: tiny\ntitle: A tiny run\ndataset: {tmp_path / 'data'}\nnotebooks:\n"
        "  - {notebook: notebooks/hlta/monthly_audit.ipynb, per: month}\n"
    )
    return tmp_path


def write_data(folder: Path) -> None:
    """Write twenty files of each of three providers; and the same with one more that has no id."""
    rows = [f"{rpa[0]}{n:02},{rpa},2024-01,A{n % 4},P{n % 3},met\n" for rpa in RPAS for n in range(20)]
    for name, more in (("data", ""), ("spoilt", ",North,2024-01,A1,P1,met\n")):
        (folder / name).mkdir()
        (folder / name / "cases.csv").write_text(HEADER + "".join(rows) + more, newline="\n")


@pytest.fixture
def qa_says(place: Path, capfd: pytest.CaptureFixture[str]) -> QA:
    """Return a function that runs one command and returns exit code, output and errors."""

    def run(*arguments: str) -> Statement:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return run


def full(disk: Any, _: pytest.MonkeyPatch) -> None:
    """Fill the disk."""
    disk.fill()


def read_only(disk: Any, _: pytest.MonkeyPatch) -> None:
    """Forbid writing."""
    disk.forbid_writing()


def in_the_way(disk: Any, _: pytest.MonkeyPatch) -> None:
    """Put a file where a folder should be."""
    shutil.rmtree(disk.folder / "way", ignore_errors=True)
    (disk.folder / "way").write_text("a file")


def folder_gone(_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the folder between the moment it was made and the moment a file is written into it."""
    write = qa_lib.files._write_beside

    def removed(path: Path, content: bytes) -> Path:
        shutil.rmtree(path.parent)
        return write(path, content)

    monkeypatch.setattr(qa_lib.files, "_write_beside", removed)


FAULTS = {"full": full, "read-only": read_only, "a file in the way": in_the_way, "a folder gone": folder_gone}
#: What a message says of each fault, in one of these words.
WORDS = {
    "full": ("the disk is full",),
    "read-only": ("the disk is read-only",),
    "a file in the way": ("a file stands where a folder should be", "has no freeze.json"),
    "a folder gone": ("moved or removed meanwhile",),
}


def left(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but what the tests filled it with and a run's lock; the register as its rows."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".sqlite":
            with contextlib.closing(sqlite3.connect(path)) as connection:
                found[path.name] = "\n".join(connection.iterdump()).encode()
        elif path.is_file() and path.name not in ("filler", ".lock"):
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def frozen_where(qa_says: QA, command: str) -> None:
    """Freeze into the folder that a draw is to be made in."""
    if command.startswith("draw"):
        register = "register.sqlite" if command == "draw" else "elsewhere.sqlite"
        assert qa_says(*FREEZE, "--out", OUT, "--register", register)[0] == 0


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", WRITERS)
def test_a_machine_that_refuses_is_told_in_a_plain_line(
    command: str, fault: str, qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command that writes ends with 2, says why without a traceback, and leaves no half file and no new one."""
    frozen_where(qa_says, command)
    with monkeypatch.context() as patch:
        FAULTS[fault](small_disk, patch)
        before = left(small_disk.folder)
        code, _, err = qa_says(*WRITERS[command])
    assert (code, plain(err)) == (2, True), err
    assert any(words in err for words in WORDS[fault]), err
    if fault != "a folder gone":
        assert left(small_disk.folder) == before


def plain(err: str) -> bool:
    """Say whether what stands on standard error is a line or two of ours."""
    told = [line for line in err.splitlines() if not line.startswith("The made-up")]
    return 1 <= len(told) <= 2 and told[0].startswith("qa: ") and not re.search("Traceback|Errno|Error", err)


@pytest.mark.parametrize("command", ["freeze", "draw"])
def test_what_was_recorded_is_said_and_the_same_command_completes_it(
    command: str, qa_says: QA, small_disk: Any
) -> None:
    """On a full disk the message says that the register holds it; after room was made the same command writes it."""
    frozen_where(qa_says, command)
    entries = qa_says("register", "log", "--register", "register.sqlite")[1].count("\n") if command == "draw" else 0
    small_disk.fill()
    code, out, err = qa_says(*WRITERS[command])
    assert (code, out) == (2, "")
    assert f"the {command} of North 2024-01 IS recorded in the register" in err
    assert "free some space, then give the same command again" in err
    log = qa_says("register", "log", "--register", "register.sqlite")[1].splitlines()
    assert len(log) == entries + 1
    if command == "freeze":
        assert log[-1].split()[6] in err
    small_disk.free()
    assert qa_says(*WRITERS[command])[0] == 0
    assert qa_says("register", "log", "--register", "register.sqlite")[1].splitlines() == log
    assert qa_says("verify", OUT, "--register", "register.sqlite")[0] == 0


def test_a_fault_of_ours_does_not_hide_what_was_recorded(
    qa_says: QA, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong behind the recording, the digest is told."""
    monkeypatch.setattr(qa_lib.sampling.frozen, "write_together", lambda *_: {}["N01"])
    code, out, err = qa_says(*WRITERS["freeze"])
    assert (code, out) == (2, "")
    assert "IS recorded in the register (digest " in err
    assert "But this program has a fault (KeyError in qa_lib.sampling.frozen, line " in err
    assert "N01" not in err


@pytest.mark.parametrize("fault", ["read-only", "a file in the way"])
def test_a_folder_that_cannot_be_written_is_seen_before_anything_is_recorded(
    fault: str, qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No freeze and no draw is recorded for a folder that is read-only or cannot be made."""
    frozen_where(qa_says, "draw")
    before = left(Path())["register.sqlite"]
    FAULTS[fault](small_disk, monkeypatch)
    assert qa_says(*WRITERS["draw"])[0] == 2
    assert qa_says(*[word.replace("North", "East") for word in WRITERS["freeze"]])[0] == 2
    assert left(Path())["register.sqlite"] == before


@pytest.mark.parametrize("name", ["moderation-return.xlsx", "sample.csv", "draw.json"])
def test_a_draw_that_stops_half_way_leaves_its_folder_as_it_was(
    name: str, qa_says: QA, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sample, draw and return are written together: whichever is refused, none of them stands beside the freeze."""
    frozen_where(qa_says, "draw")
    before, move = left(Path(OUT)), Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == name:
            raise OSError(28, "No space left on device", str(path))
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    code, _, err = qa_says(*WRITERS["draw"])
    assert (code, f"{OUT}/{name} could not be written, because the disk is full" in err) == (2, True), err
    assert left(Path(OUT)) == before


@pytest.fixture(scope="module")
def register_with_a_draw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a register, a return of its draw, and a freeze of another provider that waits."""
    folder = tmp_path_factory.mktemp("recorded")
    register = open_register(str(folder / "register.sqlite"))
    (folder / "return.xlsx").write_bytes(filled(drawn(register)))
    write_data(folder)
    with contextlib.chdir(folder), pytest.raises(SystemExit):
        main([word.replace("North", "East") for word in [*FREEZE, "--out", "east", "--register", "register.sqlite"]])
    return folder


def locked(disk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another program write to the register and not end."""
    monkeypatch.setattr(qa_lib.register.store, "_SECONDS_TO_WAIT_FOR_ANOTHER_WRITER", 0)
    other = sqlite3.connect(disk.folder / "register.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(disk, "other", other, raising=False)


def no_database(disk: Any, _: pytest.MonkeyPatch) -> None:
    """Put something else in the register's place."""
    (disk.folder / "register.sqlite").write_bytes(b"a letter to the register, of some length" * 40)


REGISTER_FAULTS = {
    "full": (full, "because the disk"),
    "read-only": (read_only, "may only be read"),
    "locked": (locked, "another program is writing to it"),
    "no database": (no_database, "the file is no register"),
}


@pytest.mark.parametrize("fault", REGISTER_FAULTS)
@pytest.mark.parametrize("command", RECORDERS)
def test_a_register_that_cannot_be_written_records_nothing_and_says_so(
    command: str, fault: str, qa_says: QA, small_disk: Any, register_with_a_draw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command that records ends with 2 and a plain line; register and folders are as before."""
    shutil.copytree(register_with_a_draw, small_disk.folder.parent, dirs_exist_ok=True)
    shutil.move("register.sqlite", REGISTER)
    befall, words = REGISTER_FAULTS[fault]
    with monkeypatch.context() as patch:
        befall(small_disk, patch)
        before = (small_disk.folder / "register.sqlite").read_bytes()
        code, out, err = qa_says(*RECORDERS[command], "--register", REGISTER)
    assert (code, out, plain(err)) == (2, "", True), err
    assert "nothing of this step is recorded" in err or "could not be read, because" in err
    assert words in err
    assert (small_disk.folder / "register.sqlite").read_bytes() == before
    assert not Path("elsewhere").exists()
    assert not Path("east", "draw.json").exists()


RUN = ["run", "tiny.yaml", "--out", OUT]


@pytest.mark.parametrize("fault", ["read-only", "a file in the way"])
def test_a_run_without_a_folder_ends_with_2(
    fault: str, qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the run's own folder cannot be made, no report is tried."""
    FAULTS[fault](small_disk, monkeypatch)
    code, out, err = qa_says(*RUN)
    assert (code, out, plain(err)) == (2, "", True)
    assert WORDS[fault][0] in err


def test_a_disk_that_fills_half_way_leaves_whole_reports(
    qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report before stands whole and verifies, the one that found the disk full says so, and the exit code is 3."""

    def fill_in(task: Any) -> None:
        large = task.report.provider == "North"
        qa_lib.files.write_whole(task.work / "page.html", bytes(2_000_000 if large else 100))
        write_manifest(task.work, task.basis)

    monkeypatch.setattr(qa_lib.batch.report, "_fill", fill_in)
    code, out, err = qa_says(*RUN)
    assert code == 3
    assert "2 reports are complete, 1 is not" in err
    assert ": failed: page.html could not be written, because the disk is full" in err
    assert "Errno" not in err
    page = Path(out.strip()).read_text(encoding="utf-8")
    assert "the disk is full" in page
    assert qa_says("verify", OUT)[0] == 0
    assert sorted(path.name for path in Path(OUT).iterdir()) == [".lock", "2024-01", "index.html", "manifest.json"]


def test_what_could_not_be_prepared_makes_room_for_the_next_report(
    qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data that fill the disk for one provider are removed before the next provider's turn."""
    prepare = qa_lib.batch.run_reports.write_prepared

    def large_for_north(dataset: Any, folder: Path, **which: Any) -> None:
        prepare(dataset, folder, **which)
        if which["provider"] == "North":
            (folder / "more.parquet").write_bytes(bytes(2_000_000))

    monkeypatch.setattr(qa_lib.batch.run_reports, "write_prepared", large_for_north)
    monkeypatch.setattr(qa_lib.batch.report, "_fill", lambda task: write_manifest(task.work, task.basis))
    code, _, err = qa_says(*RUN)
    assert code == 3
    assert "2 reports are complete, 1 is not" in err


def test_a_disk_that_is_full_for_the_index_too_keeps_the_reports(
    qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports that are whole stay, the page over them is said to be out of date, and the exit code is 3."""

    def fill_in(task: Any) -> None:
        write_manifest(task.work, task.basis)
        small_disk.fill()

    monkeypatch.setattr(qa_lib.batch.report, "_fill", fill_in)
    code, _, err = qa_says(*RUN, "--provider", "North")
    assert code == 3
    assert "The page over all reports is not up to date: " in err
    assert "the disk is full" in err
    assert [path.name for path in Path(OUT).glob("2024-01/*/manifest.json")] == ["manifest.json"]


def test_a_folder_of_work_that_is_removed_fails_its_report_alone(
    qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cleaner that takes the folder of one report away leaves the others whole."""

    def fill_in(task: Any) -> None:
        if task.report.provider == "North":
            shutil.rmtree(task.work)
        write_manifest(task.work, task.basis) if task.work.exists() else (task.work / "page.html").write_bytes(b"")

    monkeypatch.setattr(qa_lib.batch.report, "_fill", fill_in)
    code, _, err = qa_says(*RUN)
    assert code == 3
    assert "moved or removed meanwhile" in err
    assert len(list(Path(OUT).glob("2024-01/*/manifest.json"))) == 2


def test_reading_needs_no_room_and_no_right_to_write(qa_says: QA, small_disk: Any) -> None:
    """A draw on a full, read-only disk verifies."""
    frozen_where(qa_says, "draw without a register")
    assert qa_says(*DRAW)[0] == 0
    small_disk.fill()
    small_disk.forbid_writing()
    assert qa_says("verify", OUT)[0] == 0


def test_a_file_that_goes_while_it_is_verified_is_told(
    qa_says: QA, small_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is removed during ``qa verify`` is a plain line and exit code 2, not a finding."""
    frozen_where(qa_says, "draw")
    verify = qa_lib.batch.verify_report.verify_draw_folder

    def gone(folder: Path) -> list[str]:
        shutil.rmtree(folder)
        (folder / "draw.json").read_bytes()
        return verify(folder)

    monkeypatch.setattr(qa_lib.batch.verify_report, "verify_draw_folder", gone)
    code, out, err = qa_says("verify", OUT)
    assert (code, out, plain(err)) == (2, "", True)
    assert "out/draw.json could not be opened, because it is not there" in err


def process(*arguments: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "qa_lib.cli", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **streams)


PLAN = ["plan", "--population", "200", "--tolerable", "0.05"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full (Linux)")
def test_output_that_cannot_be_written_is_no_finding() -> None:
    """Standard output on a full disk: exit code 2 and one line, also where Python would complain at its end."""
    with Path("/dev/full").open("w") as output:
        ended = process(*PLAN, stdout=output)
    assert (ended.returncode, plain(ended.stderr)) == (2, True), ended.stderr
    assert "the output could not be written, because the disk is full" in ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_reader_that_goes_away_is_no_finding() -> None:
    """``qa … | head`` ends quietly, with the exit code that shells give it."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = process(*PLAN, stdout=writing)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.parametrize(
    ("befell", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "\nqa: stopped; what was whole before still is (a run goes on with --resume)\n"),
        (BrokenProcessPool("abruptly"), 2, "a process ended in the middle, most often because the memory"),
        (FileNotFoundError(2, "No usable temporary directory found in ['/x']"), 2, "set TMPDIR to another"),
        (MemoryError(), 2, "the memory of this machine did not suffice"),
        (KeyError("C-CANARY"), 2, "this program has a fault (KeyError in qa_lib.cli.plan, line "),
        (PermissionError(13, "x", "a.csv"), 2, "qa: a.csv could not be opened, because this user may not do that"),
        (OSError(122, "x", "a.csv"), 2, "this user's share of the disk is used up"),
    ],
)
def test_no_command_ends_in_a_traceback(
    befell: BaseException, code: int, said: str, qa_says: QA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C, too little memory and a fault of our own have plain lines; what an exception quotes is not shown."""

    def fail(*_: Any, **__: Any) -> None:
        raise befell

    monkeypatch.setattr(qa_lib.statistics.finite, "sample_size", fail)
    found, _, err = qa_says(*PLAN)
    assert (found, said in err) == (code, True), err
    assert "Traceback" not in err
    assert "CANARY" not in err
