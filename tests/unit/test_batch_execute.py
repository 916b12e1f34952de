"""What is taken for a whole execution, and what kernels inherit."""

import os

import pytest

from qa_lib.batch.execute import check_executed, environment, execute, kernel_options
from qa_lib.batch.source import Source
from qa_lib.batch.warm_kernels import COLD
from qa_lib.errors import RunError
from qa_lib.failures import DEBUG


def cell(count, *outputs, source="1 + 1", tags=()):
    """Return a code cell as it is after execution."""
    return {
        "cell_type": "code",
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
        "metadata": {"tags": list(tags)} if tags else {},
    }


def stderr(text):
    """Return an output on standard error."""
    return {"output_type": "stream", "name": "stderr", "text": text}


def error(name, value=""):
    """Return an error output."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": []}


PROSE = {"cell_type": "markdown", "source": "# A page", "metadata": {}}


def test_cells_that_all_ran_in_turn_pass():
    """Prose and empty cells do not count."""
    check_executed({"cells": [PROSE, cell(1), cell(None, source=" \n"), cell(2)]}, "page.ipynb")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([cell(1), cell(None)], "cell 2 did not run in its turn"),
        ([cell(2), cell(1)], "cell 1 did not run in its turn; cell 2 did not run in its turn"),
        (
            [cell(1, error("SystemExit", "0"), stderr("To exit"))],
            "cell 1 ended the notebook by sys.exit or exit(); remove",
        ),
        ([cell(1, error("ValueError", "bad\nmore"))], "cell 1 ended with ValueError\nbad\nmore"),
        ([cell(1, stderr("x_123.py:1: UserWarning: old"))], "cell 1 wrote to standard error (UserWarning), which"),
        ([cell(1, tags=["injected-parameters"]), PROSE, cell(None)], "cell 2 did not run in its turn"),
        ([cell(None)] * 8, "and 3 more"),
    ],
)
def test_anything_else_is_refused_by_the_cells_number_in_the_file(cells, said):
    """Cells that did not run, ended the notebook, failed or warned are named; papermill's own cell is not counted."""
    with pytest.raises(RunError) as caught:
        check_executed({"cells": cells}, "page.ipynb")
    assert said in str(caught.value)


def test_the_environment_is_put_back(monkeypatch):
    """Variables set or removed for a kernel are afterwards as they were."""
    monkeypatch.setenv("QA_ONE", "before")
    monkeypatch.delenv("QA_TWO", raising=False)
    with environment(QA_ONE=None, QA_TWO="now"):
        assert "QA_ONE" not in os.environ
        assert os.environ["QA_TWO"] == "now"
    assert os.environ["QA_ONE"] == "before"
    assert "QA_TWO" not in os.environ


def test_kernels_see_no_profile_of_the_user():
    """The profile folder is a new one for each kernel, and gone afterwards."""
    with kernel_options() as options:
        place = os.environ["IPYTHONDIR"]
        assert os.listdir(place) == []  # noqa: PTH208
        assert options["kernel_name"] == "python3"
    assert not os.path.exists(place)  # noqa: PTH110


@pytest.mark.parametrize("asked", ["", "1"])
def test_a_kernels_own_log_is_shown_only_when_asked_for(asked, monkeypatch, tmp_path, capfd):
    """A kernel that dies at its start with a traceback leaves standard error clean, and with --debug shows it."""
    monkeypatch.setenv(DEBUG, asked)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(COLD, "1")
    (tmp_path / "ipykernel_launcher.py").write_text("raise ValueError('C-CANARY')")
    empty = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    with pytest.raises(RunError, match="its Python process did not start"):
        execute(Source("page.ipynb", empty, {}), {}, folder=tmp_path)
    assert ("CANARY" in capfd.readouterr().err) == bool(asked)
