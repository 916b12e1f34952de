"""The published school files, as they are: how many schools have 30 % free school meals, and what was left out."""

import csv
from fractions import Fraction

import pytest

from qa_lib.intake.real_data import real_data_folder
from qa_lib.schemes.npq.readers.school_files import fsm_high, read_ofsted, read_schools

FOLDER = real_data_folder()
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def schools():
    """Return the schools of January 2019."""
    folder = FOLDER / "schools"
    return read_schools(
        folder / "england_census_2018-19.csv",
        ofsted=folder / "ofsted_ratings_2018.csv",
        regions=folder / "la_and_region_codes_meta.csv",
    )


def test_schools_with_thirty_per_cent_free_meals_as_counted_by_hand(schools):
    """3,204 schools reach 30 %, 22 of them exactly, as the csv module and fractions count them from the same file."""
    with (FOLDER / "schools" / "england_census_2018-19.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["URN"] != "NAT"]
    counts = [(row["NUMFSM"], row["NOR"]) for row in rows if "NA" not in (row["NUMFSM"], row["NOR"])]
    shares = [Fraction(int(fsm), int(pupils)) for fsm, pupils in counts if int(pupils)]
    reached = fsm_high(schools.frame["pupils"], schools.frame["fsm_pupils"])
    assert reached.sum() == sum(share >= Fraction(3, 10) for share in shares) == 3_204
    assert sum(share == Fraction(3, 10) for share in shares) == 22
    assert sum(round(100 * share) >= 30 for share in shares) > 3_204
    assert reached.isna().sum() == len(rows) - len(shares)


def test_every_row_is_a_school_or_left_out_with_its_reason(schools):
    """23,942 rows: three national totals, the others schools."""
    census = schools.left_out[schools.left_out["file"] == "england_census_2018-19.csv"]
    assert census["why"].unique().tolist() == ["a national total, not a school"]
    assert len(schools.frame) + len(census) == 23_942
    assert len(census) == 3


def test_codes_without_a_region_stay_blank(schools):
    """The old codes of Dorset, Poole and Bournemouth are not in the list of regions."""
    assert set(schools.frame.loc[schools.frame["region"].isna(), "la_code"]) == {"835", "836", "837"}


def test_the_latest_inspection_of_each_school():
    """60,134 inspections of 20,614 schools; one school has two ratings on one day, and it is not its latest."""
    ofsted = read_ofsted(FOLDER / "schools" / "ofsted_ratings_2018.csv")
    assert len(ofsted.frame) + ofsted.left_out["urn"].nunique() == 20_614
    assert ofsted.frame["urn"].is_unique
    rating = dict(zip(ofsted.frame["urn"], ofsted.frame["ofsted"], strict=True))
    assert (rating["100000"], rating["100022"]) == ("Outstanding", "Outstanding")
