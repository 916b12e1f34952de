"""A run that is stopped leaves whole reports or none, and the next run goes on from there."""

import signal
import subprocess
import sys
import time

import pytest
from tiny_runs import write_cases, write_notebook, write_run_file

from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import verify_folder

SLOW = [
    "from pathlib import Path\nimport time",
    'Path(out, "half.txt").write_text("half");',
    'Path(dataset, "../../../../begun").touch();',
    'time.sleep(60 if word == "slow" else 0)',
]


def heed_ctrl_c() -> None:
    """Undo what a shell does to a job in the background: it, and all that it starts, would not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_a_stopped_run_leaves_no_half_report(how, tmp_path):
    """Killed or interrupted while a notebook runs: no report folder stands there; the next run makes it whole."""
    dataset = write_cases(tmp_path / "in", ["North"], ["2024-01"])
    notebook = write_notebook(tmp_path / "page.ipynb", *SLOW)
    slow = write_run_file(tmp_path / "slow.yaml", dataset, (notebook, "month"), more="parameters: {word: slow}\n")
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "qa_lib.cli", "run", str(slow), "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )
    patience = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and process.poll() is None and time.monotonic() < patience:
        time.sleep(0.05)
    assert (tmp_path / "begun").exists()
    process.send_signal(how)
    _, said = process.communicate(timeout=120)
    assert process.returncode == {signal.SIGKILL: -signal.SIGKILL, signal.SIGINT: 130}[how]
    assert b"Traceback" not in said
    assert list(out.glob("2*")) == []
    assert (out / ".work").exists() == (how == signal.SIGKILL)
    quick = write_run_file(tmp_path / "quick.yaml", dataset, (notebook, "month"))
    result = run_reports(read_run_file(quick), out)
    assert (len(result.made), result.failed) == (1, {})
    assert not (out / ".work").exists()
    assert all(problems == [] for _, problems in verify_folder(out))
