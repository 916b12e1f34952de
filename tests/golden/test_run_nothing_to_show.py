"""A notebook with nothing to show is a page with a sentence, and takes nothing from the others of its report."""

import json
from dataclasses import replace

import pytest
from tiny_runs import write_cases, write_notebook, write_run_file

from qa_lib.batch.manifest import NOTHING_TO_SHOW
from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import verify_folder
from qa_lib.project_files import ROOT
from qa_lib.reports.charts import NOTHING

STATE = """from pathlib import Path
from qa_lib import open_report
from qa_lib.errors import NothingToShow
open_report(out).file("half.txt", b"half")
(Path(out) / "tables").mkdir()
raise NothingToShow("the cohort <of> 2024 is not due before 2025-07-01")"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the report folder of a run in which one of two notebooks has nothing to show, and the run's result."""
    place = tmp_path_factory.mktemp("nothing")
    dataset = write_cases(place / "in", ["North"], ["2024-01"])
    notebooks = [
        (write_notebook(place / "early.ipynb", STATE, "1 / 0"), "month"),
        (
            write_notebook(
                place / "fine.ipynb", 'from qa_lib import open_report\nopen_report(out).file("a.txt", b"a")'
            ),
            "month",
        ),
    ]
    result = run_reports(read_run_file(write_run_file(place / "tiny.yaml", dataset, *notebooks)), place / "out")
    return place / "out", result


def test_the_other_notebooks_report_is_made(finished):
    """Nothing failed; what the notebook wrote before it found out is gone, with its empty folder; the run verifies."""
    out, result = finished
    assert result.failed == {}
    (folder,) = (out / name for name in result.made)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("a.txt", "early.html", "early.ipynb", "fine.html", "fine.ipynb", "manifest.json")
    ]
    assert [problems for _, problems in verify_folder(out)] == [[]] * 2


def test_its_page_says_why_and_the_index_that_there_is_nothing(finished):
    """Heading and parameters stand on it; the sentence is text and no markup; the manifest holds it too."""
    out, result = finished
    (folder,) = (out / name for name in result.made)
    page = (folder / "early.html").read_text(encoding="utf-8")
    assert "There is nothing to show." in page
    assert "the cohort &lt;of&gt; 2024 is not due before 2025-07-01" in page
    assert "<h1" in page
    assert "2024-01" in page
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest[NOTHING_TO_SHOW] == {"early": "the cohort <of> 2024 is not due before 2025-07-01"}
    index = (out / "index.html").read_text(encoding="utf-8")
    assert index.count("nothing to show") == 1
    assert index.count(">complete<") == 1


def test_it_stands_when_the_run_is_resumed(finished):
    """The same inputs would have nothing to show again."""
    out, result = finished
    again = run_reports(read_run_file(out.parent / "tiny.yaml"), out, resume=True)
    assert (again.made, again.kept) == ([], result.made)


def test_groups_of_a_cohort_that_is_not_due_are_pages_too(tmp_path):
    """Before any cohort is closed every page says so in words or in its chart; no report is lost."""
    path = tmp_path / "early.yaml"
    path.write_text(
        "run: early\ntitle: T\nscheme: npq\ndataset: notebooks/data/npq\n"
        "notebooks:\n  - {notebook: notebooks/npq/group_differences.ipynb, per: provider}\n"
        "  - {notebook: notebooks/explore/groups_across_providers.ipynb, per: whole}\n"
        "parameters: {as_of: 2018-12-01}\n",
        encoding="utf-8",
    )
    run = replace(read_run_file(path), dataset=one_provider(tmp_path / "data"))
    result = run_reports(run, tmp_path / "out")
    assert result.failed == {}
    own, together = (
        next((tmp_path / "out").glob(f"*/*/{name}.html")).read_text(encoding="utf-8")
        for name in ("group_differences", "groups_across_providers")
    )
    assert "no cohort is closed yet" in own
    assert NOTHING in own
    assert "as of 2018-12-01 no cohort is closed yet" in together


def one_provider(folder):
    """Copy the participants of one provider from the slice."""
    folder.mkdir()
    with (ROOT / "notebooks" / "data" / "npq" / "participants.csv").open(encoding="utf-8") as file:
        header, *rows = file
    own = [row for row in rows if "Calderstone" in row]
    (folder / "participants.csv").write_text("".join([header, *own]), encoding="utf-8")
    return folder
