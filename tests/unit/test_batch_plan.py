"""Which reports a run makes, in which order, on which data."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.batch.manifest import basis
from qa_lib.batch.report_plan import ALL, plan_reports
from qa_lib.batch.runfile import Months, RunFile, RunNotebook
from qa_lib.batch.source import Source
from qa_lib.errors import IntakeError, RunError
from qa_lib.files import folder_name
from qa_lib.intake.accepted import Dataset
from qa_lib.scheme import load_rulebook

MONTHS = ["2023-07", "2023-09", "2023-10", "2023-12"]


def dataset(**tables):
    """Return a data set of these tables and nothing else."""
    empty = pd.DataFrame()
    return Dataset(scheme="hlta", tables=tables, rejected=empty, notices=empty, inputs={}, counts=empty)


@pytest.fixture
def data():
    """Two providers; North has four months in two years, South one."""
    rows = [("North", month) for month in reversed(MONTHS)] + [("South", "2023-10")]
    return dataset(cases=pd.DataFrame(rows, columns=["rpa", "month"]))


@pytest.fixture
def run():
    """Return a run of one notebook per month and one per year."""
    source = Source("page.ipynb", b"", {"seed_series": "", "register": "sqlite://"})
    return RunFile(
        name="tiny",
        title="T",
        scheme="hlta",
        dataset=Path("data"),
        reader=None,
        rule_book="hlta",
        notebooks=(
            RunNotebook("sample", "month", source, {"rules_on": "2022-11-01"}),
            RunNotebook("year", "year", source),
        ),
        providers=None,
        months=Months(),
        seed_series="series",
        columns={},
        values={},
    )


@pytest.fixture(scope="module")
def book():
    """Return the HLTA rule book."""
    return load_rulebook("hlta")


def test_months_come_in_order_and_each_year_after_its_last_month(run, data, book):
    """The order is by time whatever the order of rows; a year is reported on when its months are made."""
    planned = plan_reports(run, data, book)
    assert [(one.per, one.period) for one in planned["North"]] == [
        *(("month", "2023-07"), ("year", "2022-09")),
        *(("month", "2023-09"), ("month", "2023-10"), ("month", "2023-12"), ("year", "2023-09")),
    ]
    assert list(planned) == ["North", "South"]


def test_a_month_sees_the_months_of_its_year_before_it_and_none_after(run, data, book):
    """What arrives later cannot change an earlier month's report."""
    seen = {one.period: one.months for one in plan_reports(run, data, book)["North"] if one.per == "month"}
    assert seen == {
        "2023-07": ("2023-07",),
        "2023-09": ("2023-09",),
        "2023-10": ("2023-09", "2023-10"),
        "2023-12": ("2023-09", "2023-10", "2023-12"),
    }


def test_a_year_goes_as_far_as_its_months_are_made(run, data, book):
    """With one month asked for, the year's page sees the months up to the last that is made, and is told of others."""

    def year(month, made=()):
        planned = plan_reports(run, data, book, month=month, made=made)
        return [(one.period, one.months, one.later) for one in planned["North"] if one.per == "year"]

    assert year("2023-12") == [("2023-09", ("2023-09", "2023-10", "2023-12"), ())]
    assert year("2023-09") == [("2023-09", ("2023-09",), ("2023-10", "2023-12"))]
    made = [f"2023-10/{folder_name('North')}", f"2023-12/{folder_name('South')}"]
    assert year("2023-09", made) == [("2023-09", ("2023-09", "2023-10"), ("2023-12",))]
    assert list(plan_reports(run, data, book, month="2023-12")) == ["North"]


def test_a_notebook_is_given_what_the_report_is_about_and_relative_paths_only(run, data, book):
    """Data, folder, provider and period are the batch's; the register is the environment's, never a parameter."""
    report = plan_reports(run, data, book)["South"][0]
    given = report.parameters(run.notebooks[0], seed_series="series", rule_book="hlta")
    assert given == {
        "dataset": "data",
        "month": "2023-10",
        "out": ".",
        "provider": "South",
        "register": "",
        "rules_on": "2022-11-01",
        "seed_series": "series",
    }


@pytest.fixture
def together(run):
    """Return a run of one notebook per month and one over all providers."""
    source = Source("over.ipynb", b"", {"dataset": "", "out": "", "month": ""})
    return replace(run, notebooks=(run.notebooks[0], RunNotebook("overview", "partnership", source)))


def test_each_month_over_all_providers_comes_last_and_sees_the_year_so_far(together, data, book):
    """One report for each month that any provider has, in a folder that no provider can have."""
    planned = plan_reports(together, data, book)
    assert list(planned) == ["North", "South", ALL]
    reports = planned[ALL]
    assert [(one.per, one.period) for one in reports] == [("partnership", month) for month in MONTHS]
    assert reports[2].months == ("2023-09", "2023-10")
    assert (reports[2].folder, reports[2].title) == ("2023-10/all-providers", "All providers, October 2023")
    given = reports[2].parameters(together.notebooks[1], seed_series="", rule_book="hlta")
    assert given == {"dataset": "data", "month": "2023-10", "out": "."}


def test_a_choice_of_providers_makes_no_report_over_all(together, data, book):
    """Neither on the command line nor in the run file; where nothing else is left, that is said."""
    assert list(plan_reports(together, data, book, providers=["North"])) == ["North"]
    assert list(plan_reports(replace(together, providers=("South",)), data, book)) == ["South"]
    alone = replace(together, notebooks=together.notebooks[1:])
    with pytest.raises(RunError, match="only where no provider is chosen"):
        plan_reports(alone, data, book, providers=["North"])


def test_one_month_asked_for_is_one_month_over_all(together, data, book):
    """The narrowing of months holds for all kinds."""
    assert [one.period for one in plan_reports(together, data, book, month="2023-10")[ALL]] == ["2023-10"]


def test_a_provider_called_all_cannot_stand_beside_the_report_over_all(together, book):
    """They would be one in the plan."""
    cases = pd.DataFrame({"rpa": ["all"], "month": ["2023-10"]})
    with pytest.raises(RunError, match="a provider is called 'all'"):
        plan_reports(together, dataset(cases=cases), book)


@pytest.mark.parametrize(
    ("change", "narrowed", "said"),
    [
        ({}, {"providers": ["Nort"]}, "no files of provider 'Nort'; did you mean 'North'"),
        ({"providers": ("North", "West")}, {}, "no files of provider 'West'"),
        ({"providers": ("North",)}, {"providers": ["South"]}, "the run file leaves provider 'South' out"),
        ({}, {"month": "2020-01"}, "months of these providers are 2023-07 to 2023-12"),
        ({"months": Months(named=("2024-01",))}, {}, "no month is left"),
        ({"months": Months(named=("2023-12", "2024-01"))}, {}, "files of 2024-01; did you mean 2023-12"),
        ({"months": Months(first="2024-01")}, {}, "no month is left"),
    ],
)
def test_a_choice_that_the_data_cannot_meet_is_refused(run, data, book, change, narrowed, said):
    """The message says what the data set has."""
    with pytest.raises(RunError, match=said):
        plan_reports(replace(run, **change), data, book, **narrowed)


def test_a_data_set_without_cases_is_refused(run, book):
    """A run over providers and months needs them to be there."""
    with pytest.raises(IntakeError, match="needs the table cases"):
        plan_reports(run, dataset(pops=pd.DataFrame({"pop_id": ["P1"]})), book)


def test_what_is_in_the_file_of_free_days_is_an_input(run, data, book, tmp_path):
    """Another content of the file that moves deadlines is another report; a file that is not there is named."""
    path = tmp_path / "free.csv"
    source = replace(run.notebooks[0].source, defaults={"free_days": ""})
    asked = replace(run, notebooks=(RunNotebook("audit", "month", source, {"free_days": str(path)}),))
    report = plan_reports(asked, data, book, providers=["South"])["South"][0]
    with pytest.raises(RunError, match=r"free\.csv' cannot be read"):
        basis(asked, report, book, {})
    path.write_text("day,free,reason\n", encoding="utf-8")
    before = basis(asked, report, book, {})
    path.write_text("day,free,reason\n2024-01-02,yes,office closed\n", encoding="utf-8")
    after = basis(asked, report, book, {})
    assert set(after["inputs"]) == {"free.csv"}
    assert before["run_id"] != after["run_id"]
