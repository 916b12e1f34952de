"""The page on the groups of the Open University's students: one run of its run file, as an analyst would make it."""

import csv

import pytest

from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.project_files import ROOT

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the folder of the one report."""
    out = tmp_path_factory.mktemp("oulad")
    result = run_reports(read_run_file(ROOT / "parameters" / "runs" / "oulad_groups.yaml"), out)
    assert result.failed == {}
    (made,) = result.made
    return out / made


def table(page, name):
    """Return a table of the report as rows."""
    with (page / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_published_chi_squares_stand_beside_ours(page):
    """Three figures that others found are on the page, and ours agree to their last digit."""
    rows = [row for row in table(page, "chi_squares") if row["published"]]
    assert [(row["characteristic"], row["measure"]) for row in rows] == [
        ("gender", "retained"),
        ("disability", "retained"),
        ("disability", "achieved"),
    ]
    assert [f"{float(row['chi_square']):.3f}" for row in rows] == [f"{float(row['published']):.3f}" for row in rows]


def test_every_module_presentation_characteristic_and_rate_is_there(page):
    """22 module-presentations, six characteristics, two rates; nobody is lost."""
    rows = table(page, "groups_everywhere")
    places = {(row["provider"], row["level"], row["measure"], row["characteristic"]) for row in rows}
    assert len(places) == 22 * 6 * 2
    people = sum(int(row["n"]) for row in rows if (row["measure"], row["characteristic"]) == ("retained", "gender"))
    assert people == 32_593


def test_the_page_names_the_reversal_of_retention_by_gender(page):
    """Women stay more often in all together, and less often within the same module and presentation."""
    text = (page / "groups_across_providers.html").read_text(encoding="utf-8")
    said = "retained / gender / F: +1.2 points from the others in all together, and -3.4"
    assert said in text
    assert "no difference" not in text.replace("that there is no difference", "")
