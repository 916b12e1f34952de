"""``qa run`` and ``qa demo`` as commands: what they ask of the batch, what they print, how they exit."""

import pytest

import qa_lib.batch.run_reports
import qa_lib.batch.runfile
import qa_lib.cli.demo
import qa_lib.schemes.hlta.made_up
import qa_lib.schemes.npq.made_up
from qa_lib.batch.index import Failure
from qa_lib.batch.run_reports import RunResult
from qa_lib.batch.runfile import read_run_file
from qa_lib.cli import main
from qa_lib.project_files import ROOT
from qa_lib.register.sample_source import is_made_up
from qa_lib.scheme import schemes


@pytest.fixture
def asked(monkeypatch):
    """Replace the batch by one that notes what it was asked and fails for one provider where told to."""
    calls = []

    def run_reports(run, out, *, advance, **narrowed):
        calls.append((run, out, narrowed))
        advance(1, 1)
        failed = (
            {"2024-01/b": Failure("B", "month", "2024-01", "failed: why")}
            if "B" in narrowed.get("providers", ())
            else {}
        )
        return RunResult(out, ["2024-01/a"], failed)

    monkeypatch.setattr(qa_lib.batch.run_reports, "run_reports", run_reports)
    return calls


def code(*arguments):
    """Run ``qa`` and return its exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return stopped.value.code


RUN_FILE = str(ROOT / "parameters" / "runs" / "hlta_sample.yaml")


def test_the_options_reach_the_batch_and_the_index_is_printed(asked, tmp_path, capsys):
    """Nothing is said on standard error where nothing failed and nobody watches."""
    assert code("run", RUN_FILE, "--month", "2024-01", "--provider", "A", "--jobs", "2", "--out", str(tmp_path)) == 0
    (run, out, narrowed) = asked[0]
    assert (run.name, out) == ("hlta_sample", tmp_path)
    assert narrowed == {"providers": ("A",), "month": "2024-01", "jobs": 2, "register": None, "resume": False}
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'index.html'}\n"
    assert said.err == ""


def test_reports_go_below_outputs_unless_told_otherwise(asked):
    """The default folder is the run's name under ``outputs``."""
    code("run", RUN_FILE)
    assert asked[0][1] == ROOT / "outputs" / "hlta_sample"


@pytest.fixture
def own_run(tmp_path, monkeypatch):
    """Work in an empty folder with a run file over data of one's own; return that file."""
    monkeypatch.chdir(tmp_path)
    for name in ("QA_REGISTER", "QA_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    listed = f"- {{notebook: {ROOT}/notebooks/hlta/moderation_sample.ipynb, per: month}}"
    path = tmp_path / "own.yaml"
    path.write_text(f"run: own\ntitle: T\ndataset: {tmp_path}/data\nnotebooks:\n{listed}\n", encoding="utf-8")
    return path


def test_a_run_uses_the_register_of_the_working_folder(asked, own_run, tmp_path, monkeypatch, capsys):
    """From inside it too, where it is found; what the variable or the option names comes first.

    Where there is none yet, reports that go elsewhere take their register with them.
    """
    code("run", str(own_run))
    assert asked[-1][1:] == (tmp_path / "outputs" / "own", asked[-1][2])
    assert asked[-1][2]["register"] == str(tmp_path / "register.sqlite")
    code("run", str(own_run), "--out", str(tmp_path.parent / "elsewhere"))
    assert asked[-1][2]["register"] is None
    (tmp_path / "register.sqlite").touch()
    code("run", str(own_run), "--out", str(tmp_path.parent / "elsewhere"))
    assert asked[-1][2]["register"] == str(tmp_path / "register.sqlite")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    code("run", str(own_run))
    assert (asked[-1][1], asked[-1][2]["register"]) == (tmp_path / "outputs" / "own", str(tmp_path / "register.sqlite"))
    monkeypatch.setenv("QA_REGISTER", "named.sqlite")
    code("run", str(own_run))
    assert asked[-1][2]["register"] == "named.sqlite"
    code("run", str(own_run), "--register", "option.sqlite")
    assert asked[-1][2]["register"] == "option.sqlite"
    assert capsys.readouterr().err == ""


def test_a_rehearsal_keeps_out_of_the_register_of_the_working_folder(asked, own_run, tmp_path):
    """Old data with a seed series, and the made-up data of the project, have a register in the run's own folder."""
    (tmp_path / "register.sqlite").touch()
    code("run", RUN_FILE)
    own_run.write_text(own_run.read_text(encoding="utf-8") + "seed_series: old\n", encoding="utf-8")
    code("run", str(own_run))
    assert [narrowed["register"] for _, _, narrowed in asked] == [None, None]


def test_a_run_that_has_a_register_of_its_own_goes_on_with_it_and_says_so(asked, own_run, tmp_path, capsys):
    """Draws in the working folder's register would not be seen: both are named."""
    (tmp_path / "outputs" / "own").mkdir(parents=True)
    (tmp_path / "outputs" / "own" / "register.sqlite").touch()
    (tmp_path / "register.sqlite").touch()
    code("run", str(own_run))
    assert asked[-1][2]["register"] is None
    said = capsys.readouterr().err
    assert f"its own folder, {tmp_path / 'outputs' / 'own' / 'register.sqlite'}." in said
    assert "name that with --register" in said


def test_a_partly_failed_run_lists_the_failures_and_exits_3(asked, tmp_path, capsys):
    """The list is on standard error; the index is printed all the same."""
    assert code("run", RUN_FILE, "--provider", "B", "--out", str(tmp_path)) == 3
    said = capsys.readouterr()
    assert said.err == "1 report is complete, 1 is not:\n  2024-01/b (B): failed: why\n"
    assert said.out == f"{tmp_path / 'index.html'}\n"


@pytest.mark.parametrize("content", [None, "run: x\n"])
def test_a_run_file_that_cannot_be_used_exits_2(asked, tmp_path, capsys, content):
    """A missing or faulty run file is a plain line, and nothing is run."""
    path = tmp_path / "run.yaml"
    if content:
        path.write_text(content)
    assert code("run", str(path)) == 2
    assert "run.yaml" in capsys.readouterr().err
    assert asked == []


@pytest.fixture
def built(monkeypatch):
    """Replace the making of made-up data by a note of where to, and the year's play by none; return the notes."""
    notes = []
    monkeypatch.setattr(
        qa_lib.cli.demo, "_moderate", lambda _, made_up, *where: notes.append((made_up.year, *where)) or (4, 1)
    )
    monkeypatch.setattr(qa_lib.schemes.npq.made_up, "build_npq_slice", notes.append)
    monkeypatch.setattr(qa_lib.schemes.hlta.made_up, "build_partnership", notes.append)
    return notes


def test_the_whole_demo_builds_and_runs_everything(asked, built, tmp_path, capsys):
    """Both made-up data sets are built and run, with a fresh register; one page to start from is printed.

    The Partnership's year is played through before its reports are made; what was refused is told.
    """
    register = tmp_path / "hlta_monthly" / "register.sqlite"
    register.parent.mkdir()
    register.touch()
    assert code("demo", "--full", "--out", str(tmp_path), "--jobs", "2") == 0
    names = ["hlta_monthly", "npq_return"]
    played = ("2023-09", register, tmp_path / "returns-hlta_monthly", 2)
    assert built == [tmp_path / "data-hlta_monthly", played, tmp_path / "data-npq_return"]
    for (run, out, narrowed), name in zip(asked, names, strict=True):
        assert (run.dataset, out, narrowed["jobs"]) == (tmp_path / f"data-{name}", tmp_path / name, 2)
        assert narrowed == {"jobs": 2, "register": str(tmp_path / name / "register.sqlite")}
    assert [note.per for note in asked[0][0].notebooks] == ["month", "month", "year", "year", "partnership"]
    assert is_made_up(tmp_path / "data-hlta_monthly")  # nothing of it gets among draws that count, later on either
    assert not register.exists()
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"


def test_the_demo_reports_on_a_month_and_a_provider(asked, built, tmp_path, capsys):
    """Of the year June 2024 for every RPA and over all, no page of a year; of NPQ one provider; one page printed."""
    assert code("demo", "--out", str(tmp_path)) == 0
    (hlta, _, month), (npq, _, provider) = asked
    assert month["month"] == "2024-06"
    assert "providers" not in month
    assert [note.per for note in hlta.notebooks] == ["month", "month", "partnership"]
    assert len(provider["providers"]) == 1
    assert len(npq.notebooks) == 4
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"


def test_the_demo_of_one_scheme_leaves_the_others_alone(asked, built, tmp_path, monkeypatch, capsys):
    """It goes into the working folder where nothing else is said; a scheme that is not there is told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_FOLDER", raising=False)
    assert code("demo", "--scheme", "npq") == 0
    assert built == [tmp_path / "outputs" / "demo" / "data-npq_return"]
    assert capsys.readouterr().out == f"{tmp_path / 'outputs' / 'demo' / 'index.html'}\n"
    assert code("demo", "--scheme", "nqp") == 2
    assert "did you mean 'npq'" in capsys.readouterr().err


def test_what_the_demo_shows_is_in_its_run_files():
    """Every page that the start page may show is one of a notebook of the run, or a sheet that it writes."""
    for scheme in schemes().values():
        for made_up in scheme.made_up:
            written = {f"{one.name}.html" for one in read_run_file(ROOT / made_up.run_file).notebooks}
            assert written <= set(made_up.pages)
            assert all(who and what for who, what in made_up.pages.values())
