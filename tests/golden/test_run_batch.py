"""A whole run over hostile names, a failing provider, a notebook that ends itself: what is left, what is said."""

import json
import re
import shutil

import pytest
from tiny_runs import write_cases, write_notebook, write_run_file

from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import verify_folder
from qa_lib.cli import main
from qa_lib.files import folder_name

HOSTILE = ["../x", "A&B", "CON", "a&b"]
CELLS = [
    "import os, sys\nfrom pathlib import Path",
    'Path(out, "seen.txt").write_text(f"{provider} {month} {word} {number + 1} {flag}", encoding="utf-8");',
    '1 / Path(os.environ["QA_REGISTER"]).is_absolute()',
    '1 / (provider != "CON")',
    'leave = provider == "a&b" and month == "2024-02"\nleave and sys.exit(0)',
    'print("whole")',
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return what one run of the ``qa`` command left: its folder, exit code and what it printed."""
    place = tmp_path_factory.mktemp("run")
    dataset = write_cases(place / "in", HOSTILE, ["2024-01", "2024-02"])
    notebook = write_notebook(place / "page.ipynb", *CELLS)
    more = 'parameters: {number: "41", word: "007", flag: "true"}\naccept_near_equal: ["a&b"]\n'
    run_file = write_run_file(place / "tiny.yaml", dataset, (notebook, "month"), more=more)
    printed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("click.echo", lambda message=None, err=False, **_: printed.append((err, str(message))))
        with pytest.raises(SystemExit) as stopped:
            main(["run", str(run_file), "--out", str(place / "out")])
    return place, stopped.value.code, printed


def report(month, provider):
    """Return a report's folder below the run's."""
    return f"{month}/{folder_name(provider)}"


def test_one_failing_provider_leaves_the_others_complete_and_gives_exit_code_3(finished):
    """A provider that fails is named with its reason, its later months are not attempted, all others are whole."""
    place, code, printed = finished
    out = place / "out"
    complete = {report(month, name) for month in ("2024-01", "2024-02") for name in ("../x", "A&B")}
    complete |= {report("2024-01", "a&b")}
    assert code == 3
    assert {f"{path.parent.parent.name}/{path.parent.name}" for path in out.glob("*/*/manifest.json")} == complete
    said = "\n".join(message for err, message in printed if err)
    assert "5 reports are complete, 3 are not" in said
    assert "cell 6: ZeroDivisionError" in said
    assert "not attempted, because 2024-01 failed" in said
    assert (False, str(out / "index.html")) in printed


def test_a_notebook_that_ends_itself_is_not_taken_for_a_whole_report(finished):
    """``sys.exit(0)`` in a cell, which papermill lets pass, fails the report and leaves no folder."""
    place, _, printed = finished
    said = "\n".join(message for err, message in printed if err)
    assert "cell 7 ended the notebook by sys.exit" in said
    assert not (place / "out" / report("2024-02", "a&b")).exists()


def test_hostile_provider_names_stay_below_the_run(finished):
    """Names with ``..``, a device's name, or two that differ in case only, have safe folders of their own."""
    place, _, _ = finished
    assert not (place / "x").exists()
    assert {path.name for path in place.iterdir()} == {"in", "out", "page.ipynb", "tiny.yaml"}
    for folder in (place / "out" / "2024-01").iterdir():
        assert re.fullmatch(r"[a-z0-9-]+", folder.name)
    assert report("2024-01", "A&B").casefold() != report("2024-01", "a&b").casefold()


def test_parameters_arrive_in_the_notebooks_own_types(finished):
    """Text that looks like a number stays text; a number is a number; true is True."""
    place, _, _ = finished
    seen = (place / "out" / report("2024-01", "A&B") / "seen.txt").read_text(encoding="utf-8")
    assert seen == "A&B 2024-01 007 42 True"


def test_no_byte_of_a_report_tells_of_the_machine(finished):
    """Neither the run's path nor the register's stands in any file of a report, and the data slice is gone."""
    place, _, _ = finished
    folder = place / "out" / report("2024-01", "A&B")
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.json", "page.html", "page.ipynb", "seen.txt"}
    for path in folder.iterdir():
        assert str(place).encode() not in path.read_bytes()


def test_nothing_half_written_is_left(finished):
    """After a run with failures the run's folder holds reports, index, manifest and lock, and no folder of work."""
    place, _, _ = finished
    names = {path.name for path in (place / "out").iterdir()}
    assert names == {".lock", "2024-01", "2024-02", "index.html", "manifest.json"}


def test_the_index_shows_what_failed_and_why(finished):
    """The page over all reports leads to the whole ones, and shows the failed with their reason, escaped."""
    place, _, _ = finished
    page = (place / "out" / "index.html").read_text(encoding="utf-8")
    assert f'href="{report("2024-01", "A&B")}/page.html"' in page
    assert "5 reports. 3 failed or were not attempted" in page
    assert "A&amp;B" in page
    assert "failed: " in page
    assert "not attempted, because 2024-01 failed" in page


def test_the_manifest_binds_inputs_parameters_notebook_and_outputs(finished):
    """The manifest names what the report was made from and every file it consists of."""
    place, _, _ = finished
    content = json.loads((place / "out" / report("2024-01", "A&B") / "manifest.json").read_bytes())
    assert set(content["inputs"]) == {"cases.csv"}
    assert set(content["outputs"]) == {"page.html", "page.ipynb", "seen.txt"}
    assert content["parameters"]["page"] == {
        "dataset": "data",
        "flag": True,
        "month": "2024-01",
        "number": 41,
        "out": ".",
        "provider": "A&B",
        "word": "007",
    }
    assert {rule["rule"]: rule["value"] for rule in content["rules"]}["HLTA.MOD.3"] == "1/20"
    assert all(rule["clause"] for rule in content["rules"])
    assert {"papermill", "pandas", "qa-lib"} <= set(content["packages"])


def test_verify_passes_the_whole_reports_and_names_what_was_touched(finished, tmp_path):
    """A run verifies; after touching it, each file that changed, went or came is named."""
    place, _, _ = finished
    out = tmp_path / "copy"
    shutil.copytree(place / "out", out)
    assert [problems for _, problems in verify_folder(out)] == [[]] * 6
    folder = out / report("2024-01", "A&B")
    (folder / "seen.txt").write_text("other", encoding="utf-8")
    (folder / "page.html").unlink()
    (folder / "note.txt").write_text("new", encoding="utf-8")
    shutil.rmtree(out / report("2024-02", "../x"))
    (out / "2024-02" / "half").mkdir()
    found = dict(verify_folder(out))
    assert found[report("2024-01", "A&B")] == ["seen.txt was changed", "page.html is missing", "note.txt was added"]
    assert found[report("2024-02", "../x")] == ["is missing, or has no manifest.json"]
    assert found["2024-02/half"] == ["has no manifest.json: no run wrote it whole"]
    assert found["index.html"] == []


def test_a_folder_in_which_someone_worked_is_never_replaced(finished, tmp_path):
    """Running again refuses a report folder that holds what no run wrote, and keeps it; others are made again."""
    place, _, _ = finished
    out = tmp_path / "copy"
    shutil.copytree(place / "out", out)
    mine = out / report("2024-02", "A&B") / "moderation-return-filled.xlsx"
    mine.write_bytes(b"work of a day")
    run = read_run_file(place / "tiny.yaml")
    result = run_reports(run, out, providers=["A&B"], month="2024-02")
    assert "moderation-return-filled.xlsx was added" in result.failed[report("2024-02", "A&B")].why
    assert mine.read_bytes() == b"work of a day"
    assert "the page is an earlier run" in (out / "index.html").read_text(encoding="utf-8")
    before = (out / report("2024-01", "A&B") / "manifest.json").read_bytes()
    again = run_reports(run, out, providers=["A&B"], month="2024-01")
    assert again.made == [report("2024-01", "A&B")]
    assert (out / report("2024-01", "A&B") / "manifest.json").read_bytes() == before
