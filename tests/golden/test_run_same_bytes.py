"""The same inputs give the same bytes, whatever the order of rows, the processes, the clock's zone and the locale."""

import csv
import json
import os
import random
import subprocess
import sys

import pytest
from tiny_runs import write_notebook, write_run_file

from qa_lib.batch.manifest import differences
from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import run_again, verify_folder
from qa_lib.project_files import ROOT

SLICE = ROOT / "notebooks" / "data" / "partnership"
TABLES = ("cases", "assessors", "pops", "events", "national_standards", "scrutiny")
DRAW = [
    "from qa_lib import draw, freeze, load_rulebook, open_register, open_report, read_dataset, recorded_event\n"
    "from qa_lib.scheme import find_scheme\n"
    "from qa_lib.schemes.hlta import draw_files",
    'data, book, record = read_dataset(dataset), load_rulebook("hlta"), open_register()\n'
    "event = recorded_event(data.tables, find_scheme(data.scheme), provider=provider, month=month)\n"
    "frozen = freeze(data.tables, book, provider=provider, month=month, register=record, frozen_on=event.frozen_on)",
    "drawn = draw(frozen, seed=event.seed, reviewer=event.peer_reviewer_id, reviewer_rpa=event.peer_rpa,\n"
    "             register=record, given_on=event.seed_given_on)",
    "report = open_report(out)\nreport.files(draw_files(drawn))",
    'report.table("sample", drawn.sample, caption="Files to moderate")',
]


def copy_of_slice(folder, *, shuffled):
    """Copy the tables that a draw reads, their rows in another order where asked."""
    folder.mkdir()
    for name in TABLES:
        with (SLICE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        if shuffled:
            random.Random(7).shuffle(rows)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return folder


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """One run here in one process; one of shuffled rows in two processes of another zone, locale and hash seed."""
    place = tmp_path_factory.mktemp("same")
    notebook = write_notebook(place / "page.ipynb", *DRAW)
    files = {}
    for name in ("plain", "shuffled"):
        dataset = copy_of_slice(place / f"in-{name}", shuffled=name == "shuffled")
        files[name] = write_run_file(place / f"{name}.yaml", dataset, (notebook, "month"), more="months: [2024-01]\n")
    here = run_reports(read_run_file(files["plain"]), place / "here")
    assert not here.failed
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "qa_lib.cli", "run", str(files["shuffled"])]
    other = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "77", "MPLBACKEND": "svg"}
    subprocess.run(
        [*command, "--jobs", "2", "--out", str(place / "there")],
        check=True,
        capture_output=True,
        cwd=elsewhere,
        env={**os.environ, **other},
    )
    return place / "here", place / "there", files["plain"]


def test_shuffled_rows_and_another_surrounding_change_nothing_but_the_inputs_hashes(two_runs):
    """Every file but the manifest is the same, byte for byte; the manifest differs in the inputs and the run id."""
    here, there, _ = two_runs
    folders = sorted(path.parent.relative_to(here) for path in here.glob("*/*/manifest.json"))
    assert len(folders) == 2
    for folder in folders:
        one, other = (json.loads((root / folder / "manifest.json").read_bytes()) for root in (here, there))
        assert set(one["outputs"]) >= {"population.csv", "freeze.json", "sample.csv", "draw.json", "page.html"}
        assert one.pop("inputs") != other.pop("inputs")
        assert one.pop("run_id") != other.pop("run_id")
        assert one == other
        assert differences(there / folder) == []
    assert (here / "index.html").read_bytes() == (there / "index.html").read_bytes()


def test_both_runs_verify_with_their_registers(two_runs):
    """Files, draws and the run's own register agree."""
    for root in two_runs[:2]:
        found = dict(verify_folder(root))
        assert "register" in found
        assert all(problems == [] for problems in found.values())


def test_the_runs_manifests_bind_the_same_chains(two_runs):
    """Where each provider's chain stood at the end of a run follows from the data alone."""
    one, other = (json.loads((root / "manifest.json").read_bytes())["register"] for root in two_runs[:2])
    assert one["place"] == "in the run's folder"
    assert len(one["chains"]) == len(list(two_runs[0].glob("2024-01/*")))
    assert one == other


def test_another_runs_register_does_not_hold_a_changed_draw(two_runs, tmp_path):
    """A register that never saw a freeze is said not to hold it."""
    from qa_lib.register.store import open_register

    open_register(str(tmp_path / "empty.sqlite"))
    here = two_runs[0]
    folder = next(here.glob("2024-01/*"))
    found = dict(verify_folder(folder, register=str(tmp_path / "empty.sqlite")))
    assert "the register holds no freeze" in found[folder.name][0]


def test_running_again_proves_a_run_or_names_the_byte(two_runs, tmp_path):
    """A run compared with a new one is identical; a report that was changed with its manifest is named."""
    import shutil

    from qa_lib.batch.manifest import MANIFEST, read_manifest, write_manifest

    here, _, run_file = two_runs
    copy = tmp_path / "copy"
    shutil.copytree(here, copy)
    victim = sorted(copy.glob("2024-01/*"))[0]
    content = read_manifest(victim)
    (victim / "tables" / "sample.csv").write_text("forged", encoding="utf-8")
    (victim / MANIFEST).unlink()
    write_manifest(victim, {key: value for key, value in content.items() if key != "outputs"})
    found = dict(run_again(copy, read_run_file(run_file)))
    names = sorted(found)
    assert found[names[0]] == [
        f"{name} was changed, compared with running again" for name in ("manifest.json", "tables/sample.csv")
    ]
    assert found[names[1]] == []
