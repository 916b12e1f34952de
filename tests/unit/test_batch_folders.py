"""Report folders: put in place whole, never over someone's work, one run at a time, one page over all."""

import errno
import shutil

import pytest

from qa_lib.batch.index import Failure, report_folders, write_index
from qa_lib.batch.lock import only_run_here
from qa_lib.batch.manifest import differences, read_manifest, write_manifest
from qa_lib.batch.report import put_in_place, refuse_foreign_files
from qa_lib.batch.verify_run import verify_folder
from qa_lib.errors import RunError

CONTENT = {"notebooks": {"page": ""}, "per": "month", "period": "2024-01", "provider": "A<b>", "title": "T"}


def report_folder(folder, **files):
    """Write a report folder with its manifest."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    write_manifest(folder, CONTENT)
    return folder


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path):
    """Nothing of the old remains, and nothing of the work either."""
    place = report_folder(tmp_path / "2024-01" / "a", old="1")
    work = report_folder(tmp_path / ".work" / "a", new="2")
    put_in_place(work, place)
    assert {path.name for path in place.iterdir()} == {"new", "manifest.json"}
    assert list((tmp_path / ".work").iterdir()) == []


def test_the_old_folder_comes_back_when_the_new_one_cannot_move(tmp_path):
    """A failing move leaves what stood there."""
    place = report_folder(tmp_path / "2024-01" / "a", old="1")
    with pytest.raises(OSError, match="gone"):
        put_in_place(tmp_path / "gone", place)
    assert differences(place) == []


def test_a_new_folder_counts_although_the_old_one_cannot_be_removed(tmp_path, monkeypatch):
    """Where a file of the old report is open elsewhere, the report is made: the old one is out of the way."""
    place = report_folder(tmp_path / "2024-01" / "a", old="1")
    work = report_folder(tmp_path / ".work" / "a", new="2")

    def stubborn(folder, **_):
        raise PermissionError(13, "in use", folder)

    monkeypatch.setattr("os.rmdir", stubborn)
    monkeypatch.setattr("os.unlink", stubborn)
    put_in_place(work, place)
    assert {path.name for path in place.iterdir()} == {"new", "manifest.json"}


def test_a_folder_without_manifest_or_with_foreign_files_is_not_replaced(tmp_path):
    """Both are refused by name; one that is as the run wrote it passes."""
    place = report_folder(tmp_path / "2024-01" / "a", own="1")
    refuse_foreign_files(place)
    refuse_foreign_files(tmp_path / "2024-01" / "none")
    (place / "late-1").mkdir()
    (place / "late-1" / "draw.json").write_text("{}")
    with pytest.raises(RunError, match=r"late-1/draw\.json was added"):
        refuse_foreign_files(place)
    (place / "manifest.json").unlink()
    with pytest.raises(RunError, match="it has no manifest"):
        refuse_foreign_files(place)


def test_a_disk_that_knows_no_locks_is_not_taken_for_another_run(tmp_path, monkeypatch):
    """Only a lock that is held says that another run is at work."""

    def refuse(_, *, waiting):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("qa_lib.files._hold", refuse)
    with pytest.raises(OSError, match="No locks"), only_run_here(tmp_path):
        raise AssertionError("it was held")  # pragma: no cover


def test_a_manifest_that_is_not_there_is_said_in_plain_words(tmp_path):
    """An interrupted run's folder has no manifest over its reports: no error number, no path of this machine."""
    report_folder(tmp_path / "2024-01" / "a", own="1")
    (tmp_path / "index.html").write_text("")
    problems = dict(verify_folder(tmp_path))["manifest.json"]
    assert "it is not there" in problems[0]
    assert "Errno" not in problems[0]


def test_two_runs_in_one_folder_are_refused(tmp_path):
    """The second is told; when the first is done the folder is free."""
    with only_run_here(tmp_path), pytest.raises(RunError, match="another run"), only_run_here(tmp_path):
        raise AssertionError("both hold the folder")  # pragma: no cover
    with only_run_here(tmp_path):
        pass


def test_failures_stay_on_the_index_until_they_are_mended(tmp_path):
    """A later run of something else keeps them; a report that is made removes its own."""
    failure = Failure(provider="A<b>", per="month", period="2024-01", why="failed: <script>")
    write_index(tmp_path, run="r", title="T", made=[], failed={"2024-01/a": failure})
    write_index(tmp_path, run="r", title="T", made=["2024-02/a"], failed={})
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "failed: &lt;script&gt;" in page
    assert "<script" not in page
    report_folder(tmp_path / "2024-01" / "a", **{"freeze.json": "{}"})
    write_index(tmp_path, run="r", title="T", made=["2024-01/a"], failed={})
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "failed" not in page
    assert "waiting for seed" in page
    assert read_manifest(tmp_path)["failed"] == {}


def test_the_index_counts_files_sampled_and_breaches(tmp_path):
    """The figures beside each report are those of its own files."""
    files = {
        "population.csv": "case_id\n1\n2\n3\n",
        "sample.csv": "case_id\n1\n",
        "draw.json": "{}",
        "findings.csv": "\ufeffrule,status\nA,breach\nB,met\nC,breach\n",
    }
    report_folder(tmp_path / "2024-01" / "a", **files)
    write_index(tmp_path, run="r", title="T", made=["2024-01/a"], failed={})
    assert ">1 report.<" in (tmp_path / "index.html").read_text(encoding="utf-8")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    row = page[page.index("January 2024") :]
    assert row.index("drawn") < row.index(">3<") < row.index(">1<") < row.index(">2<")


def test_what_lies_hidden_in_a_run_is_no_report(tmp_path):
    """The folder of work does not count."""
    report_folder(tmp_path / ".work" / "a")
    report_folder(tmp_path / "2024-01" / "a")
    assert report_folders(tmp_path) == ["2024-01/a"]


def test_a_run_whose_index_or_manifest_was_touched_does_not_verify(tmp_path):
    """Each part that was touched is named; without the run's manifest that is said."""
    report_folder(tmp_path / "2024-01" / "a", one="1")
    write_index(tmp_path, run="r", title="T", made=["2024-01/a"], failed={})
    assert dict(verify_folder(tmp_path)) == {"2024-01/a": [], "index.html": []}
    (tmp_path / "index.html").write_text("other")
    shutil.rmtree(tmp_path / "2024-01" / "a")
    report_folder(tmp_path / "2024-01" / "a", one="2")
    found = dict(verify_folder(tmp_path))
    assert found == {"2024-01/a": ["manifest.json is not the one of this run"], "index.html": ["was changed"]}
    (tmp_path / "manifest.json").write_text("{}")
    assert "cannot be read" in dict(verify_folder(tmp_path))["manifest.json"][0]
