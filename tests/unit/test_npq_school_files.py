"""The published files of schools: byte order mark, ``NA``, national totals, the latest inspection."""

from fractions import Fraction

import pandas as pd
import pytest

from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.readers.school_files import fsm_high, read_census, read_ofsted, read_regions, read_schools

CENSUS = """\ufeffURN,LA,ESTAB,SCHOOLTYPE,NOR,NUMFSM
100000,201,1,State-funded primary,200,60
100001,201,2,Independent school,752,NA
100002,702,3,State-funded secondary,1000,299
100000,201,1,State-funded primary,200,60
,201,4,State-funded primary,1,1
100003,201,5,State-funded primary,about 5,1
NAT,,PRI,State-funded primary,4727089,745453
"""
OFSTED = "URN,Rating,Inspection Date\r\n100000,Good,20130418\r\n100000,Outstanding,20180926\r\n100000,Good,20050921\r\n"
REGIONS = 'LEA,LA Name,REGION,REGION NAME\n201,City of London,31,London Central\n810,"Hull, City of",10,North\n'


@pytest.fixture
def files(tmp_path):
    """Write the three files."""
    texts = {"census": CENSUS, "ofsted": OFSTED, "regions": REGIONS}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_bytes(text.encode())
    return {name: tmp_path / f"{name}.csv" for name in texts}


def test_the_census_is_read_as_published(files):
    """Text ``NA`` is missing; totals, second rows and rows that are none are left out with row and reason."""
    census = read_census(files["census"])
    assert census.frame["urn"].tolist() == ["100000", "100001", "100002"]
    assert census.frame["fsm_pupils"].tolist() == [60, pd.NA, 299]
    assert census.frame["phase"].fillna("").tolist() == ["Primary", "", "Secondary"]
    assert census.left_out[["row", "why"]].to_numpy().tolist() == [
        [5, "a second row of the same URN"],
        [6, "no whole number as URN"],
        [7, "pupils is no whole number"],
        [8, "a national total, not a school"],
    ]


@pytest.mark.parametrize(
    ("as_of", "rating"), [("", "Outstanding"), ("2018-09-26", "Outstanding"), ("2018-09-25", "Good")]
)
def test_the_latest_inspection_counts(files, as_of, rating):
    """Of the inspections up to a day, that day included."""
    assert read_ofsted(files["ofsted"], as_of=as_of).frame["ofsted"].tolist() == [rating]


def test_two_ratings_of_one_day_are_none(files):
    """The same rating twice is one; two ratings contradict each other and are left out."""
    files["ofsted"].write_text(
        "URN,Rating,Inspection Date\n1,Good,20180101\n1,Good,20180101\n2,Good,20180101\n2,Poor,20180101\n"
    )
    ofsted = read_ofsted(files["ofsted"])
    assert ofsted.frame["urn"].tolist() == ["1"]
    assert ofsted.left_out["row"].tolist() == [4, 5]


def test_the_table_of_schools_joins_them(files):
    """702 has no region; a school without an inspection has no rating; only what was given is there."""
    schools = read_schools(files["census"], ofsted=files["ofsted"], regions=files["regions"]).frame
    assert schools["la"].fillna("").tolist() == ["City of London", "City of London", ""]
    assert schools["ofsted"].fillna("").tolist() == ["Outstanding", "", ""]
    assert "ofsted" not in read_schools(files["census"]).frame.columns
    assert fsm_high(schools["pupils"], schools["fsm_pupils"], threshold=Fraction(3, 10)).tolist() == [
        True,
        pd.NA,
        False,
    ]


def test_another_file_is_refused_by_what_it_lacks(files):
    """The message names the columns, or the file that is not there."""
    with pytest.raises(IntakeError, match="no column URN"):
        read_census(files["regions"])
    with pytest.raises(IntakeError, match="is not there"):
        read_regions(files["regions"].with_name("gone.csv"))
    files["regions"].write_text('LEA,LA Name,REGION NAME\n201,"City,London\n202,b\n')
    with pytest.raises(IntakeError, match="is damaged"):
        read_regions(files["regions"])
