"""Run files: every fault at once by line, parameters in the notebook's own types."""

import json
import re
from pathlib import Path

import pytest

from qa_lib.batch import runfile
from qa_lib.batch.runfile import Months, read_run_file
from qa_lib.batch.source import read_source, typed_value
from qa_lib.errors import RunError
from qa_lib.project_files import ROOT

PARAMETERS = (
    "dataset, out = 'a=b', ''\nprovider: str = ''\nmonth = ''  # which\n"
    "rate = ''\nstandards = 33\nshare = 0.5\nlate = False\nseed = ''\nseed_series = ''"
)


def notebook(path, *parameter_cells):
    """Write a notebook whose cells are all tagged as parameters."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": ["parameters"]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(parameter_cells)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.fixture
def run_file(tmp_path):
    """Write a run file over one notebook from lines of text; return its path."""
    page = notebook(tmp_path / "page.ipynb", PARAMETERS)

    def write(more="", *, dataset="dataset: data", per="month", name="tiny"):
        path = tmp_path / "run.yaml"
        path.write_text(f"run: {name}\ntitle: T\n{dataset}\nnotebooks:\n- notebook: {page}\n  per: {per}\n{more}")
        return path

    return write


def faults(path):
    """Return the faults of a run file without its name: line and message."""
    with pytest.raises(RunError) as caught:
        read_run_file(path)
    return [line.split("run.yaml:", 1)[1] for line in str(caught.value).splitlines()]


def test_a_run_file_is_read_whole(run_file):
    """Names, span of months, providers and typed parameters arrive; a path that is nowhere stays as it is."""
    run = read_run_file(
        run_file(
            "providers: [B, A]\nmonths: {from: 2024-01, to: 2024-03}\nparameters: {standards: '0', late: 'true'}\n"
        )
    )
    assert (run.name, run.scheme, run.rule_book) == ("tiny", "", "")  # found when the data are read
    assert run.dataset == Path("data")
    assert run.providers == ("B", "A")
    assert [month in run.months for month in ("2023-12", "2024-01", "2024-03", "2024-04")] == [False, True, True, False]
    assert dict(run.notebooks[0].parameters) == {"standards": 0, "late": True}
    assert run.notebooks[0].name == "page"


def test_paths_of_a_run_file_of_ones_own_are_read_from_where_one_works(run_file, tmp_path, monkeypatch):
    """From the folder itself and from below it, where a register makes it the working folder; else the project's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_FOLDER", raising=False)
    (tmp_path / "our months").mkdir()
    assert read_run_file(run_file(dataset="dataset: our months")).dataset.samefile("our months")
    (tmp_path / "register.sqlite").touch()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert read_run_file(run_file(dataset="dataset: our months")).dataset.samefile(tmp_path / "our months")
    made_up = "notebooks/data/partnership"
    assert read_run_file(run_file(dataset=f"dataset: {made_up}")).dataset == ROOT / made_up
    (tmp_path / made_up).mkdir(parents=True)
    assert read_run_file(run_file(dataset=f"dataset: {made_up}")).dataset.samefile(tmp_path / made_up)


def test_a_run_file_of_the_project_keeps_to_the_projects_data(tmp_path, monkeypatch):
    """It is found by its name, and what lies in the working folder under the same path changes nothing."""
    (tmp_path / "notebooks" / "data" / "partnership").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for named in ("hlta_monthly", "parameters/runs/hlta_monthly.yaml"):
        assert read_run_file(named).dataset == ROOT / "notebooks" / "data" / "partnership"


def test_a_run_file_of_the_project_says_that_its_paths_are_not_the_working_folders(run_file, tmp_path, monkeypatch):
    """Data that only the working folder has would else be nowhere, in a folder that nobody named."""
    monkeypatch.setattr(runfile, "ROOT", tmp_path / "project")
    (tmp_path / "project").mkdir()
    place = run_file(dataset="dataset: our months").rename(tmp_path / "project" / "run.yaml")
    (tmp_path / "our months").mkdir()
    monkeypatch.chdir(tmp_path)
    (said,) = faults(place)
    assert said.startswith("3: ")
    assert f"write the whole path, {tmp_path / 'our months'}, or take a copy" in said
    run_file(dataset=f"dataset: {tmp_path / 'our months'}").rename(place)
    assert read_run_file(place).dataset == tmp_path / "our months"


def test_a_name_that_no_run_file_has_is_answered_with_the_nearest(tmp_path, monkeypatch):
    """What the project has is listed; a path that is not there is named as it is."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match=r"no run file is called 'hlta_montly'.* npq_return.*mean 'hlta_monthly'"):
        read_run_file("hlta_montly")
    with pytest.raises(RunError, match=r"nowhere/run\.yaml"):
        read_run_file("nowhere/run.yaml")


def test_every_fault_is_named_with_its_line_at_once(run_file):
    """Unknown key, bad month, bad name, a misspelt and a mistyped parameter are all reported in one go."""
    path = run_file("extra: 1\nmonths: [2024-13]\nparameters:\n  rat: '0.1'\n  standards: many\n", name="A B")
    found = faults(path)
    assert [line.split(":")[0] for line in found] == ["1", "7", "8", "10", "11"]
    assert "run is 'A B'; expected up to 40 small letters" in found[0]
    assert "unknown key 'extra'" in found[1]
    assert "months is a list; expected 'all', a list of months" in found[2]
    assert "declares no parameter 'rat'; did you mean 'rate'?" in found[3]
    assert "parameter standards is 'many'; expected a whole number" in found[4]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("parameters: {seed: '12345678901234567890'}", "it belongs to one draw"),
        ("parameters: {dataset: elsewhere}", "the batch puts the data beside the report"),
        ("parameters: {rate: [1, 2]}", "is a list or mapping; expected one value"),
        ("parameters: {late: 'yes'}", "expected true or false"),
        ("parameters: {share: nan}", "expected a number"),
        ("parameters: {'x=1; print(2); y': '1'}", "declares no parameter"),
        ("months: {from: 2024-03, to: 2024-01}", "swap them"),
        ("months: {from: 2024-03}", "expected 'all', a list of months"),
        ("providers: []", "expected 'all', or a list"),
        ("real: oulad", "give one of them"),
        ("rule_book: other", "no notebook declares the parameter rule_book"),
    ],
)
def test_a_run_file_that_cannot_mean_what_it_says_is_refused(run_file, more, said):
    """Each kind of fault has a sentence of its own."""
    assert said in "\n".join(faults(run_file(more + "\n")))


def test_a_notebook_must_declare_what_the_batch_gives_it(run_file):
    """A notebook run per year that does not declare the year is refused."""
    assert "declares no parameter year; a run per year needs it" in faults(run_file(per="year"))[0]


def test_two_notebooks_of_one_name_are_refused(run_file, tmp_path):
    """They would write over each other's pages."""
    more = f"- notebook: {tmp_path / 'page.ipynb'}\n  per: month\n"
    assert "two notebooks are named page" in faults(run_file(more))[0]


def test_real_data_that_is_not_here_is_said_plainly(run_file, monkeypatch, tmp_path):
    """Without the folder the error names the environment variable that can point to it."""
    monkeypatch.setenv("QA_REAL_DATA", str(tmp_path / "none"))
    with pytest.raises(RunError, match="QA_REAL_DATA"):
        read_run_file(run_file(dataset="real: oulad"))


@pytest.mark.parametrize(("cells", "said"), [((), "has 0 cells tagged"), (("a = 1", "b = 2"), "has 2 cells tagged")])
def test_a_notebook_without_exactly_one_parameters_cell_is_refused(tmp_path, cells, said):
    """Without the tag papermill would put values where the notebook overwrites them."""
    with pytest.raises(RunError, match=said):
        read_source(notebook(tmp_path / "page.ipynb", *cells))


@pytest.mark.parametrize("content", ["", "{}", "not json"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    """A broken file is named, with what to do."""
    path = tmp_path / "page.ipynb"
    path.write_text(content)
    with pytest.raises(RunError, match=r"page\.ipynb"):
        read_source(path)


def test_parameters_are_read_as_python(tmp_path):
    """Values with an equals sign, hints, comments and pairs of assignments are all seen."""
    defaults = read_source(notebook(tmp_path / "page.ipynb", PARAMETERS)).defaults
    assert defaults["dataset"] == "a=b"
    assert list(defaults) == re.findall(
        r"\b(?:dataset|out|provider|month|rate|\w*seed\w*|standards|share|late)\b", PARAMETERS
    )
    assert typed_value("share", "0.25", defaults) == typed_value("share", "25%", defaults) == 0.25
    assert typed_value("rate", "007", defaults) == "007"


def test_months_by_default_are_all():
    """Nothing said leaves no month out."""
    assert "1900-01" in Months()
    assert "2024-02" not in Months(named=("2024-01",))


@pytest.mark.parametrize("name", ["hlta_monthly", "hlta_sample", "oulad_moderation"])
def test_the_projects_own_run_files_fit_their_notebooks(name, monkeypatch, tmp_path):
    """Every parameter that a run file of the project sets is declared by its notebooks."""
    (tmp_path / "oulad").mkdir()
    monkeypatch.setenv("QA_REAL_DATA", str(tmp_path))
    assert read_run_file(ROOT / "parameters" / "runs" / f"{name}.yaml").name == name
