"""Runs over a data set without months: one report per provider, or one over everything."""

import json

import pandas as pd
import pytest

import qa_lib.batch.run_reports
from qa_lib.batch.manifest import basis
from qa_lib.batch.report_plan import plan_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.errors import IntakeError, RuleNotInForce, RunError
from qa_lib.files import folder_name
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.prepared import read_prepared, write_prepared
from qa_lib.project_files import ROOT
from qa_lib.scheme import load_rulebook

PARAMETERS = "dataset = ''\nout = ''\nprovider = ''\nperiod = ''\nas_of = ''"
WHOLE = "dataset = ''\nout = ''\nas_of = ''"


def notebook_file(path, parameters):
    """Write a notebook of one cell, tagged as parameters."""
    tagged = {"tags": ["parameters"]}
    cell = {
        "cell_type": "code",
        "id": "c",
        "metadata": tagged,
        "source": parameters,
        "outputs": [],
        "execution_count": None,
    }
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.fixture
def data():
    """Two providers with a participant each, a script each, and a school for all."""
    empty = pd.DataFrame()
    tables = {
        "participants": pd.DataFrame({"participant_id": ["A1", "B1"], "provider": ["Ash", "Beech"]}),
        "scripts": pd.DataFrame({"participant_id": ["B1", "A1"], "final_mark": ["20", "30"]}),
        "targets": pd.DataFrame({"provider": ["Ash", "Cedar"], "target": ["1", "2"]}),
        "schools": pd.DataFrame({"urn": ["1"]}),
    }
    return Dataset(scheme="npq", tables=tables, rejected=empty, notices=empty, inputs={}, counts=empty)


@pytest.fixture
def run_file(tmp_path):
    """Write a run file over notebooks of the kinds given; return its path."""

    def write(*kinds, more="parameters: {as_of: '2020-03-01'}\n"):
        listed = ""
        for kind in kinds:
            page = notebook_file(tmp_path / f"{kind}.ipynb", WHOLE if kind == "whole" else PARAMETERS)
            listed += f"- {{notebook: {page}, per: {kind}}}\n"
        path = tmp_path / "run.yaml"
        path.write_text(f"run: tiny\ntitle: T\nscheme: npq\ndataset: data\nnotebooks:\n{listed}{more}")
        return path

    return write


PERIOD = "parameters: {as_of: '2020-03-01', period: 2018-19}\n"


def planned(path, data, **narrowed):
    """Return the reports of a run file, all providers in a row."""
    reports = plan_reports(read_run_file(path), data, load_rulebook("npq"), **narrowed)
    return [report for of_provider in reports.values() for report in of_provider]


def test_every_provider_of_any_table_has_one_report_in_the_periods_folder(run_file, data):
    """The period is the run file's; a provider that has targets only has a report too."""
    reports = planned(run_file("provider", more=PERIOD), data)
    assert [report.provider for report in reports] == ["Ash", "Beech", "Cedar"]
    assert reports[0].folder == f"2018-19/{folder_name('Ash')}"
    assert reports[0].title == "Ash, 2018-19"
    assert reports[0].rules_on == "2020-03-01"


def test_a_report_over_everything_stands_in_the_folder_all(run_file, data):
    """Nobody's name is in it, and its notebook need not know of providers."""
    (report,) = planned(run_file("whole"), data)
    assert report.folder == f"all/{folder_name('all')}"
    assert report.title == "All providers, all data"
    given = report.parameters(report.notebooks[0], seed_series="", rule_book="npq")
    assert given == {"as_of": "2020-03-01", "dataset": "data", "out": "."}


def test_choosing_providers_leaves_the_report_over_everything_out(run_file, data):
    """Both kinds can be in one run; a choice of some is not a report over all."""
    path = run_file("provider", "whole")
    assert [report.per for report in planned(path, data)] == ["provider"] * 3 + ["whole"]
    assert [report.provider for report in planned(path, data, providers=["Beech"])] == ["Beech"]


@pytest.mark.parametrize(
    ("kinds", "narrowed", "said"),
    [
        (["provider"], {"month": "2020-01"}, "have no months"),
        (["provider"], {"providers": ["Bech"]}, "no files of provider 'Bech'; did you mean 'Beech'"),
        (["whole"], {"providers": ["Beech"]}, "only where no provider is chosen"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(run_file, data, kinds, narrowed, said):
    """The message says why."""
    with pytest.raises(RunError, match=said):
        planned(run_file(*kinds), data, **narrowed)


def test_a_provider_called_all_cannot_stand_beside_the_report_over_all(run_file, data):
    """Their folders would be one."""
    data.tables["targets"].loc[0, "provider"] = "all"
    with pytest.raises(RunError, match="a provider is called 'all'"):
        planned(run_file("provider", "whole"), data)


@pytest.mark.parametrize(
    ("kinds", "more", "said"),
    [
        (["provider"], "", "whose rules count for provider is not said"),
        (["provider", "month"], PERIOD, "are two runs"),
        (["provider"], PERIOD + "months: [2020-01]\n", "remove the key months"),
    ],
)
def test_a_run_file_without_months_says_whose_rules_count_and_names_no_month(run_file, kinds, more, said):
    """Each fault has a sentence of its own."""
    with pytest.raises(RunError, match=said):
        read_run_file(run_file(*kinds, more=more))


def test_notebooks_of_one_report_agree_on_its_period(run_file):
    """The folder is named for one period."""
    path = run_file("provider", "whole")
    first, *_, last = path.read_text().splitlines()
    day = "as_of: '2020-03-01'"
    own = "\n".join(
        f"- {{notebook: {path.parent}/provider.ipynb, per: provider, name: {name}, "
        f"parameters: {{period: {period}, {day}}}}}"
        for name, period in (("one", "2017-18"), ("other", "2018-19"))
    )
    path.write_text(f"{first}\ntitle: T\nscheme: npq\ndataset: data\nnotebooks:\n{own}\n{last}\n")
    with pytest.raises(RunError, match="differ in period"):
        read_run_file(path)


@pytest.mark.parametrize(
    ("provider", "people", "scripts"), [("Ash", ["A1"], ["A1"]), (None, ["A1", "B1"], ["B1", "A1"])]
)
def test_a_slice_holds_a_providers_people_and_what_is_theirs(data, tmp_path, provider, people, scripts):
    """Tables by provider, tables by participant, others whole; without a provider everything."""
    write_prepared(data, tmp_path / "slice", provider=provider)
    tables = read_prepared(tmp_path / "slice").tables
    assert tables["participants"]["participant_id"].tolist() == people
    assert tables["scripts"]["participant_id"].tolist() == scripts
    assert len(tables["targets"]) == (2 if provider is None else 1)
    assert tables["schools"]["urn"].tolist() == ["1"]


def test_the_manifest_holds_every_rule_in_force(run_file, data):
    """The values of the scheme's own rule book on the run's day, each with its clause."""
    run, book = read_run_file(run_file("provider")), load_rulebook("npq")
    report = plan_reports(run, data, book)["Ash"][0]
    rules = {one["rule"]: one for one in basis(run, report, book, {})["rules"]}
    assert set(rules) == set(book.rules)
    value = rules["NPQ.M7"]["value"]
    assert (value["free_school_meals"], value["margin"], value["reading"]) == ("3/10", "1/10", "points")
    assert all(one["clause"] for one in rules.values())


def test_a_day_before_every_rule_is_refused():
    """A book says that nothing of it was in force."""
    with pytest.raises(RuleNotInForce, match="no rule of npq is in force on 2000-01-01"):
        load_rulebook("npq").values_on("2000-01-01")


def test_a_run_file_without_a_scheme_takes_that_of_its_data(run_file, monkeypatch, tmp_path):
    """The tables say whose they are, and the rule book is the scheme's own."""
    path, found = run_file("whole"), []
    text = path.read_text().replace("scheme: npq\n", "")
    path.write_text(text.replace("dataset: data", f"dataset: {ROOT / 'notebooks' / 'data' / 'npq'}"))

    def plan(run, dataset, book, **narrowed):
        found.append((run.scheme, run.rule_book, book.scheme, dataset.scheme))
        raise RunError("seen")

    monkeypatch.setattr(qa_lib.batch.run_reports, "plan_reports", plan)
    with pytest.raises(RunError, match="seen"):
        qa_lib.batch.run_reports.run_reports(read_run_file(path), tmp_path / "out")
    assert found == [("npq", "npq", "npq", "npq")]


def test_months_of_a_scheme_of_periods_are_no_missing_column(tmp_path, data):
    """Nobody looks for a column of months that the scheme does not have."""
    page = notebook_file(tmp_path / "month.ipynb", PARAMETERS + "\nmonth = ''")
    path = tmp_path / "run.yaml"
    path.write_text(
        f"run: tiny\ntitle: T\nscheme: npq\ndataset: data\nnotebooks:\n- {{notebook: {page}, per: month}}\n"
    )
    with pytest.raises(IntakeError, match="its reports are of periods, not of months; run it per provider or whole"):
        planned(path, data)


@pytest.mark.parametrize("kinds", [("provider",), ("provider", "whole")])
def test_a_data_set_that_names_no_provider_is_said(run_file, data, kinds):
    """Above all where it is not of the scheme that the run file says."""
    data.tables.clear()
    data.tables["schools"] = pd.DataFrame({"urn": ["1"]})
    with pytest.raises(RunError, match="no table of the data set names a provider in a column provider; see what"):
        planned(run_file(*kinds), data)
