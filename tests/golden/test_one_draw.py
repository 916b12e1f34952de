"""A draw is one thing wherever it is made: command line, JupyterLab and batch give the same bytes, and know of it.

Months drawn before and a freeze that was withdrawn stand in the chain.
"""

import contextlib
import csv
import json
import shutil

import papermill
import pytest
from tiny_runs import write_run_file

from qa_lib.batch.execute import kernel_options
from qa_lib.batch.index import index_page
from qa_lib.batch.verify_run import verify_folder
from qa_lib.cli import main
from qa_lib.files import folder_name
from qa_lib.project_files import ROOT

SLICE = ROOT / "notebooks" / "data" / "partnership"
NOTEBOOK = ROOT / "notebooks" / "hlta" / "moderation_sample.ipynb"
RPA, REVIEWER = "University of Northampton", ("--reviewer", "A008", "--reviewer-rpa", "HLTA North")
SEEDS = {month: f"4613 2265 1432 6651 234{month[-1]}" for month in ("2024-01", "2024-02", "2024-03")}
FILES = ("population.csv", "freeze.json", "sample.csv", "draw.json", "moderation-return.xlsx")


def qa(*arguments):
    """Run ``qa`` in this process; return the exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return stopped.value.code


def data_without_seeds(folder):
    """Copy what a draw reads of the slice; nobody has given a seed there, and no day of a freeze is recorded."""
    folder.mkdir()
    for name in ("cases", "assessors", "pops", "scrutiny", "national_standards"):
        shutil.copy(SLICE / f"{name}.csv", folder)
    with (SLICE / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = [{**row, "seed": "", "seed_given_on": "", "frozen_on": ""} for row in csv.DictReader(file)]
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Work in one folder: two months by command, one freeze withdrawn; then March in three ways from the same freeze.

    Return the folders of March's draw by command, in JupyterLab and in the batch, and the run's folder.
    """
    place = tmp_path_factory.mktemp("office").resolve()
    data = data_without_seeds(place / "data")
    run_file = write_run_file(place / "by_hand.yaml", data, (NOTEBOOK, "month"), more=f"providers: ['{RPA}']\n")
    with contextlib.chdir(place), pytest.MonkeyPatch.context() as patch:
        for name in ("QA_REGISTER", "QA_FOLDER"):
            patch.delenv(name, raising=False)
        freeze = ("freeze", "data", "--provider", RPA, "--month")
        assert qa(*freeze, "2024-01") == 0
        assert qa("draw", f"outputs/draws/2024-01/{folder_name(RPA)}", "--seed", SEEDS["2024-01"], *REVIEWER) == 0
        assert qa(*freeze, "2024-02") == 0
        assert qa("freeze", "--provider", RPA, "--month", "2024-02", "--withdraw", "a tenth was agreed") == 0
        assert qa(*freeze, "2024-02", "--rate", "10%") == 0
        assert qa("draw", f"outputs/draws/2024-02/{folder_name(RPA)}", "--seed", SEEDS["2024-02"], *REVIEWER) == 0
        assert qa(*freeze, "2024-03") == 0
        march = place / "outputs" / "draws" / "2024-03" / folder_name(RPA)
        reviewer = shutil.copytree(march, place.parent / "reviewer" / "march")
        with contextlib.chdir(reviewer.parent):
            assert qa("draw", "march", "--seed", SEEDS["2024-03"], *REVIEWER) == 0
        in_jupyterlab(place)
        assert qa("run", str(run_file), "--month", "2024-03") == 0
    run = place / "outputs" / "tiny"
    yield {"command": reviewer, "JupyterLab": march, "batch": run / "2024-03" / folder_name(RPA)}, run, place
    shutil.rmtree(reviewer.parent)


def in_jupyterlab(place):
    """Fill in the first cell as an RPA does and run all cells, from a folder inside the working folder."""
    given = {"dataset": "../data", "provider": RPA, "month": "2024-03", "seed": SEEDS["2024-03"]}
    given |= {"reviewer": "A008", "reviewer_rpa": "HLTA North"}
    (place / "notebooks").mkdir()
    with kernel_options() as options:
        papermill.execute_notebook(
            NOTEBOOK, None, given, cwd=place / "notebooks", language="python", progress_bar=False, **options
        )


def test_the_same_draw_by_command_in_jupyterlab_and_in_the_batch(office):
    """All files of the draw are the same bytes, the workbook for the moderators among them."""
    folders, _, _ = office
    bytes_by_way = {way: {name: (folder / name).read_bytes() for name in FILES} for way, folder in folders.items()}
    assert bytes_by_way["JupyterLab"] == bytes_by_way["command"]
    assert bytes_by_way["batch"] == bytes_by_way["command"]
    assert json.loads(bytes_by_way["batch"]["draw.json"])["seed"] == SEEDS["2024-03"]


def test_the_batch_shows_what_was_drawn_by_hand_and_verify_agrees(office):
    """The index says drawn though the data hold no seed; the run's reports stand in the register of the office."""
    _, run, place = office
    page = index_page(run, title="T", failed={}).decode()
    assert "drawn" in page
    assert "waiting for seed" not in page
    assert not (run / "register.sqlite").exists()
    assert [problems for _, problems in verify_folder(run, register=str(place / "register.sqlite"))] == [[]] * 3
