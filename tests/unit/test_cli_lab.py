"""``qa lab``: copies of the notebooks in a folder of the user's, which nothing writes over, and JupyterLab on them."""

import os

import jupyterlab.labapp
import pytest
from click.testing import CliRunner

from qa_lib.cli.lab import command
from qa_lib.project_files import ROOT
from qa_lib.register.sample_source import is_made_up


@pytest.fixture
def opened(monkeypatch):
    """Replace JupyterLab by a note of its words and of the folder that kernels are told."""
    notes = []
    monkeypatch.setenv("QA_FOLDER", "restored afterwards, whatever the command sets")
    monkeypatch.delenv("QA_FOLDER")
    monkeypatch.setattr(jupyterlab.labapp, "main", lambda words: notes.append((words, os.environ["QA_FOLDER"])))
    return notes


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lab(*words):
    """Run the command and return what it says on each stream."""
    result = CliRunner().invoke(command, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_notebooks_data_run_files_and_guides_are_copied(here):
    """All that a wheel brings but the rule books, at the same paths, byte for byte; nothing is opened."""
    assert lab("office", "--copy-only") == ("office/notebooks\n", "")
    copies = {path.relative_to(here / "office"): path for path in (here / "office").rglob("*") if path.is_file()}
    assert {path.suffix for path in copies} == {".ipynb", ".csv", ".md", ".yaml"}
    assert all(copy.read_bytes() == (ROOT / path).read_bytes() for path, copy in copies.items())
    wanted = {path.relative_to(ROOT) for part in ("notebooks/*/*.ipynb", "docs/*.md") for path in ROOT.glob(part)}
    assert wanted <= set(copies)
    assert {path.name for path in copies if path.suffix == ".yaml"} == {
        path.name for path in (ROOT / "parameters" / "runs").iterdir()
    }


def test_the_copied_data_are_known_to_be_made_up(here):
    """A page of them rehearses, as one of the project's own does; data of one's own beside them do not."""
    lab("--copy-only")
    assert is_made_up("notebooks/data/partnership")
    assert is_made_up(ROOT / "notebooks" / "data" / "npq")
    (here / "data").mkdir()
    assert not is_made_up(here / "data")


def test_a_changed_file_is_kept_and_named(here):
    """What was changed stays, what is missing comes again, and what is the same is not spoken of."""
    lab("--copy-only")
    changed, missing = here / "notebooks" / "hlta" / "monthly_audit.ipynb", here / "notebooks" / "data" / "MADE-UP.md"
    changed.write_text("mine")
    missing.unlink()
    _, said = lab("--copy-only")
    assert changed.read_text() == "mine"
    assert missing.is_file()
    assert said.splitlines()[1:] == [f"  {changed.relative_to(here)}"]


def test_jupyterlab_is_opened_there_and_gets_the_other_words(here, opened):
    """With a folder and without; kernels find the register from the folder, unless the user has named another."""
    lab("office", "--no-browser", "--port", "8899")
    lab("--no-browser")
    assert opened == [
        (["--notebook-dir", "office/notebooks", "--no-browser", "--port", "8899"], str(here / "office")),
        (["--notebook-dir", "notebooks", "--no-browser"], str(here / "office")),
    ]


def test_in_the_project_itself_nothing_is_copied(opened, monkeypatch):
    """There the notebooks are the project's own."""
    monkeypatch.chdir(ROOT)
    assert lab() == ("notebooks\n", "")
    assert opened == [(["--notebook-dir", "notebooks"], str(ROOT))]
