"""Why a report could not be made: in plain words, and without what the data hold."""

import inspect
import re
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pandas as pd
import pytest
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from zmq import ZMQError

import qa_lib
from qa_lib.batch.execute import PATIENCE, execute
from qa_lib.batch.reasons import _our_errors, cell_words, first_line, kernel_words, reason_of, without_data
from qa_lib.batch.refresh import refreshed
from qa_lib.batch.source import Source
from qa_lib.errors import QAError, RunError, SampleError
from qa_lib.failures import DEBUG
from qa_lib.intake.dataset import read_dataset
from qa_lib.project_files import ROOT

MORE = " (more, which may quote the data, with --debug)"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DeadKernelError("Kernel died"), "was cut off: its Python process ended in the middle"),
        (CellTimeoutError("Timeout waiting for IOPub output"), "was cut off: one of its cells did not end"),
        (NoSuchKernel("python3"), "could not be run: its Python process did not start; no kernel of that name"),
        (RuntimeError("Kernel died before replying to kernel_info"), "did not start; is there enough memory"),
        (RuntimeError("Kernel didn't respond in 600 seconds"), "did not start; is there enough memory"),
        (ZMQError(36, "ipc path is longer than 107 characters"), "set TMPDIR to a folder with a short path"),
        (RuntimeError("a fault of ours"), ""),
        (KeyError("C1"), ""),
    ],
)
def test_what_befalls_a_notebooks_process_is_said_in_plain_words(error, said):
    """Errors of the libraries that drive kernels are recognised by their names; others are not taken for such."""
    words = kernel_words(error)
    assert said in words
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("name", "message", "said", "quoted"),
    [
        ("KeyError", "'C1: free text'", "KeyError", "'C1: free text'"),
        ("SampleError", "the month is drawn\n  C1, C2", "the month is drawn", "  C1, C2"),
        ("OSError", "[Errno 28] No space left on device: '/x/C1'", "a file could not be written, because the disk", ""),
        ("FileNotFoundError", "[Errno 2] No such file: 'C1'", "a file could not be opened, because it is not", ""),
        ("MemoryError", "", "the memory of this machine did not suffice", ""),
        ("_ArrayMemoryError", "Unable to allocate", "the memory of this machine did not suffice", ""),
        ("OSError", "C1 has no number", "OSError", "C1 has no number"),
        ("ValueError", "[Errno 28] C1", "ValueError", "[Errno 28] C1"),
    ],
)
def test_what_ended_a_cell_is_said_apart_from_what_it_quotes(name, message, said, quoted):
    """Only our own messages are shown, and of those the first line; the machine's refusals are put in our words."""
    shown, rest = cell_words(name, message)
    assert shown.startswith(said)
    assert rest == quoted
    assert "C1" not in shown


def test_every_error_of_the_project_is_known_by_name():
    """A new child of QAError anywhere in the package is among those whose messages may be shown."""
    sources = [path.read_text(encoding="utf-8") for path in Path(qa_lib.__file__).parent.rglob("*.py")]
    bases = dict(re.findall(r"^class (\w+)\((\w+)\):", "\n".join(sources), re.MULTILINE))
    ours = {"QAError"}
    for _ in bases:
        ours |= {name for name, base in bases.items() if base in ours}
    assert ours == _our_errors()
    assert {"QAError", "ReturnError", "StatisticsError", "RuleNotInForce"} <= ours


def test_further_lines_of_a_message_are_left_to_debug(monkeypatch, capsys):
    """The first line says what is the matter; the lines below, which may be a list of files, are shown when asked."""
    error = SampleError("the month differs from what was frozen:\n  missing since: C1")
    assert reason_of(error) == "the month differs from what was frozen" + MORE
    assert capsys.readouterr().err == ""
    monkeypatch.setenv(DEBUG, "1")
    reason_of(error)
    assert "missing since: C1" in capsys.readouterr().err


def test_a_command_to_be_given_is_kept():
    """Whatever else stands below the first line, the way out of it is told."""
    lines = [
        "January differs from what was frozen:",
        "  missing since: C1",
        "It can be withdrawn:",
        "  qa freeze --month 1",
    ]
    assert first_line("\n".join(lines)) == f"January differs from what was frozen{MORE}; to do: qa freeze --month 1"
    assert first_line("\n".join([lines[0], lines[3]])) == "January differs from what was frozen: qa freeze --month 1"


def test_an_error_that_is_not_ours_shows_its_kind_and_place_only():
    """What a library's exception says may quote the data; where it was raised does not."""
    with pytest.raises(KeyError) as caught:
        Source("page.ipynb", b"", {}).defaults["C1"]
    assert reason_of(caught.value).startswith(f"KeyError in {__name__}, line ")
    assert "C1" not in reason_of(caught.value)
    assert first_line("x" * 600) == "x" * 500 + "…"


def test_a_killed_worker_is_said_in_plain_words():
    """Where the machine ends a process for want of memory, the reason names no class."""
    said = reason_of(BrokenProcessPool("a child process terminated abruptly"))
    assert "memory" in said
    assert "Pool" not in said


@pytest.fixture
def dataset(tmp_path):
    """Return a data set whose ids are numbers, words and names of several words."""
    rows = [
        "6,North,2024-01,A+1,Ann Lee,met,North",
        "2024,West,2024-01,of,P.1,met,left early",
        "C3,West,2024-01,A2,P2,met,no",
        "C4,West,2024-01,A2,P2,met,Smith",
    ]
    header = "case_id,rpa,month,assessor_id,pop_id,outcome,adjustments"
    (tmp_path / "cases.csv").write_text("\n".join([header, *rows, ""]))
    return read_dataset(tmp_path)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cell 6: the file 6 is refused", "cell 6: the file … is refused"),
        ("ANN LEE has left early", "… has …"),
        ("North 2024-01 was frozen", "North 2024-01 was frozen"),
        ("offer A+1 and P.1, not PX1 nor A+12", "offer … and …, not PX1 nor A+12"),
        ("2 files of North", "2 files … North"),
        ("no file is of Smith", "no file is … …"),
    ],
)
def test_no_cell_of_the_data_stays_in_a_reason(dataset, text, left):
    """Ids and free text go in any case of letters; providers, months and words that only hold an id stay."""
    assert without_data(text, dataset) == left


def test_what_intake_refused_is_not_told_either(dataset):
    """A cell that was rejected is as private as one that was accepted."""
    refused = pd.DataFrame({"arrived": ["C-SPOILT"]})
    spoilt = type(dataset)(**{**vars(dataset), "rejected": refused})
    assert without_data("row 3: C-SPOILT", spoilt) == "row 3: …"


def test_a_kernel_that_cannot_start_and_a_busy_machine(monkeypatch, tmp_path):
    """Papermill is told to be patient, and what it raises of a kernel becomes our own error."""
    asked = {}

    def refuse(*_, **options):
        asked.update(options)
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr("papermill.execute_notebook", refuse)
    empty = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    with pytest.raises(RunError, match=r"page.ipynb could not be run: its Python process did not start"):
        execute(Source("page.ipynb", empty, {}), {}, folder=tmp_path)
    assert (asked["start_timeout"], asked["iopub_timeout"]) == (PATIENCE["startup_timeout"], PATIENCE["iopub_timeout"])
    assert min(PATIENCE.values()) >= 600


def test_a_notebook_that_is_refreshed_is_cut_off_in_plain_words(monkeypatch):
    """The command that refreshes committed notebooks knows the same words of a dead kernel."""
    notebook = ROOT / "notebooks" / "hlta" / "monthly_audit.ipynb"

    def dies(*_, **__):
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr("nbclient.NotebookClient.execute", dies)
    with pytest.raises(QAError, match=r"monthly_audit.ipynb was cut off: its Python process ended in the middle"):
        refreshed(notebook)


def test_output_that_is_late_is_waited_for_or_refused_but_never_left_out(monkeypatch):
    """Neither a report nor a refreshed notebook goes on without what a cell has shown."""
    made = {}
    monkeypatch.setattr("nbclient.NotebookClient.__init__", lambda *_, **options: made.update(options))
    monkeypatch.setattr("nbclient.NotebookClient.execute", lambda *_: sys.exit("executed"))
    with pytest.raises(SystemExit):
        refreshed(ROOT / "notebooks" / "hlta" / "monthly_audit.ipynb")
    assert made["raise_on_iopub_timeout"]
    assert made["iopub_timeout"] == PATIENCE["iopub_timeout"]
    assert inspect.signature(PapermillNotebookClient).parameters["raise_on_iopub_timeout"].default
