"""Reports over all providers, and a run that goes on where an earlier one stopped."""

import shutil

import pytest
from tiny_runs import write_cases, write_notebook, write_run_file

from qa_lib.batch.manifest import read_manifest
from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.up_to_date import stands
from qa_lib.batch.verify_run import verify_folder
from qa_lib.files import folder_name

SEEN = (
    "from pathlib import Path\nimport pandas as pd",
    'cases = pd.read_parquet(Path(dataset, "cases.parquet"))',
    'Path(out, "seen.txt").write_text(" ".join(sorted(cases["case_id"])), encoding="utf-8");',
)
MONTHS = ["2024-01", "2024-02"]


def write_run(place, providers, *more):
    """Write data and a run of a month's page and one over all providers; return the run file."""
    dataset = write_cases(place / "in", providers, MONTHS)
    own = write_notebook(place / "own.ipynb", *SEEN, *more)
    over = write_notebook(place / "over.ipynb", *SEEN, per="partnership")
    return write_run_file(place / "tiny.yaml", dataset, (own, "month"), (over, "partnership"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the place of a run of two providers and two months, and its result."""
    place = tmp_path_factory.mktemp("together")
    run = read_run_file(write_run(place, ["North", "South"]))
    return place, run_reports(run, place / "out", jobs=2)


def test_a_month_over_all_providers_is_made_after_each_of_them(finished):
    """It sees everybody's files of the year so far and of the month after; a provider's own report its own files."""
    place, result = finished
    assert result.failed == {}
    assert sorted(result.made[-2:]) == ["2024-01/all-providers", "2024-02/all-providers"]
    assert (place / "out" / "2024-02" / "all-providers" / "seen.txt").read_text() == (
        "C-0-2024-01 C-0-2024-02 C-1-2024-01 C-1-2024-02"
    )


def test_the_index_lists_the_reports_over_all_first(finished):
    """They lead the table, in the words of a reader, and everything verifies."""
    place, result = finished
    page = result.index.read_text(encoding="utf-8")
    assert page.index("2024-01/all-providers/over.html") < page.index(f"2024-01/{folder_name('North')}/own.html")
    assert "All providers" in page
    assert all(problems == [] for _, problems in verify_folder(place / "out"))


def test_a_failing_provider_takes_the_months_over_all_with_it(tmp_path):
    """A page over all providers that silently lacked one would mislead; it is named as not attempted, and why."""
    run = read_run_file(write_run(tmp_path, ["North", "South"], '1 / (provider != "South")'))
    result = run_reports(run, tmp_path / "out", month="2024-01")
    assert result.made == [f"2024-01/{folder_name('North')}"]
    why = result.failed["2024-01/all-providers"].why
    assert why == "not attempted, because 2024-01 or a month before it of South failed"


def test_a_resumed_run_makes_what_is_missing_and_what_rests_on_it(finished, tmp_path):
    """Whole reports from the same inputs stay; one that was lost is made again, and so is what rests on it."""
    place, _ = finished
    run = read_run_file(place / "tiny.yaml")
    out = tmp_path / "out"
    shutil.copytree(place / "out", out)
    everything = run_reports(run, out, resume=True)
    assert (everything.made, len(everything.kept)) == ([], 6)
    shutil.rmtree(out / "2024-02" / folder_name("North"))
    again = run_reports(run, out, resume=True)
    assert again.made == [f"2024-02/{folder_name('North')}", "2024-02/all-providers"]
    assert len(again.kept) == 4
    assert all(problems == [] for _, problems in verify_folder(out))


@pytest.mark.parametrize("change", [{"inputs": {"cases.csv": "0"}}, {"returns": {"North/2024-01/month": "1:0"}}])
def test_a_report_made_from_something_else_does_not_stand(finished, change):
    """Other data, or a return that came in since, make it again."""
    folder = finished[0] / "out" / "2024-02" / "all-providers"
    made_from = {name: value for name, value in read_manifest(folder).items() if name != "outputs"}
    assert stands(folder, made_from, None)
    assert not stands(folder, made_from | change, None)


def test_a_manifest_says_which_months_and_returns_a_report_saw(finished):
    """A return that comes in later changes what the report follows from."""
    place, _ = finished
    content = read_manifest(place / "out" / "2024-02" / "all-providers")
    assert content["months"] == MONTHS
    assert content["returns"] == {}
