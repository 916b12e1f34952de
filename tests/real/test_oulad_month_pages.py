"""One month of the Open University's submissions as its run file makes it: notebooks, pages, workbooks, manifests."""

import pytest

from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import verify_folder
from qa_lib.project_files import ROOT
from tests.second_implementation.verifier import tool

pytestmark = pytest.mark.real

MONTH = "2013-02"
FILES = {
    "draw.json",
    "findings.csv",
    "freeze.json",
    "manifest.json",
    "moderation-return.xlsx",
    "moderation_sample.html",
    "moderation_sample.ipynb",
    "population.csv",
    "sample.csv",
}


def test_a_month_has_its_pages(tmp_path):
    """Each module's folder is whole, both verifiers pass, and the page says that the operator chose the seed."""
    run = read_run_file(ROOT / "parameters" / "runs" / "oulad_moderation.yaml")
    result = run_reports(run, tmp_path, month=MONTH)
    assert result.failed == {}
    folders = sorted((tmp_path / MONTH).iterdir())
    assert [folder.name[:3] for folder in folders] == ["bbb", "ddd", "fff"]
    for folder in folders:
        assert {path.name for path in folder.iterdir() if path.is_file()} == FILES
        assert "the operator (back-run with a seed series)" in (folder / "moderation_sample.html").read_text()
    assert all(problems == [] for _, problems in verify_folder(tmp_path))
    assert tool.main([str(folder) for folder in folders]) == 0
