"""In whose area the schools lie (HLTA.REG.1)."""

import hlta_counts as by
import pytest
from hlta_frames import BOOK, MONTH, OTHER, RPA, THIRD, audit, files, told

from qa_lib.schemes.hlta.rules.regions import NOBODY, UNKNOWN, areas_of_schools, files_by_area, listed_by

AREAS = BOOK["HLTA.REG.1"].on(MONTH).value
HOME = {"school_region": "North West", "school_county": "Lancashire", "school_la": "Lancashire"}
ESSEX = {"school_region": "East of England", "school_county": "Essex", "school_la": "Thurrock"}
LUTON = {"school_region": "East of England", "school_county": "Bedfordshire", "school_la": "Luton"}


@pytest.mark.parametrize(
    ("region", "county", "authority", "rpa"),
    [
        ("North West", "", "", RPA),
        ("London", "", "", THIRD),
        ("East of England", "Essex", "", THIRD),
        ("East of England", "Norfolk", "", OTHER),
        ("East of England", "Bedfordshire", "", NOBODY),
        ("East Midlands", "Derbyshire", "Derby", OTHER),
        ("East Midlands", "Lincolnshire", "Lincolnshire", OTHER),
        ("East Midlands", "Lincolnshire", "North Lincolnshire", RPA),
        ("West Midlands", "West Midlands", "Birmingham", THIRD),
        ("West Midlands", "West Midlands", "Coventry", NOBODY),
        ("West Midlands", "Staffordshire", "Stoke-on-Trent", RPA),
        ("South West", "Gloucestershire", "", THIRD),
        ("West Midlands", "Gloucestershire", "", THIRD),
        ("Wales", "", "", NOBODY),
        ("East of England", "", "", UNKNOWN),
        ("East Midlands", "", "", UNKNOWN),
        ("", "Essex", "Thurrock", UNKNOWN),
    ],
)
def test_an_area_is_looked_up_by_authority_then_county_then_region(region, county, authority, rpa):
    """The document's regions and counties lead to the RPA that lists them, to no RPA, or cannot be told."""
    assert listed_by(AREAS, region=region, county=county, authority=authority) == rpa


@pytest.mark.parametrize(
    ("region", "county"),
    [("YORKSHIRE AND  THE HUMBER", ""), ("Yorkshire & the Humber", ""), ("West Midlands", "Staffordshire ")],
)
def test_case_spaces_and_signs_of_a_place_say_nothing(region, county):
    """Official lists write the same places differently."""
    assert listed_by(AREAS, region=region, county=county) == RPA


def test_the_official_name_of_a_county_is_known():
    """Herefordshire, County of is Herefordshire."""
    assert listed_by(AREAS, region="West Midlands", authority="Herefordshire, County of") == THIRD


def test_files_from_elsewhere_are_information():
    """Another RPA's area and an area that no RPA lists are named; nothing is a breach, and nothing is called met."""
    said = areas_of_schools(audit(cases=files(HOME, ESSEX, LUTON)))
    assert told(said) == [
        ("information", "c002", f"the school lies in East of England, Essex, Thurrock, which {THIRD} lists"),
        ("information", "c003", "the school lies in East of England, Bedfordshire, Luton, which no RPA lists"),
        (
            "information",
            "",
            "1 of 3 (33.33 %) files are of schools in the area of HLTA North, 1 in another RPA's, "
            "1 in one that no RPA lists",
        ),
    ]
    assert [(one.value, one.threshold) for one in said[:2]] == [(THIRD, RPA), (NOBODY, RPA)]


def test_a_blank_area_cannot_be_judged():
    """No region, or a region divided by county without its county, is not assessable for that file alone."""
    blank = {"school_region": None}
    divided = {"school_region": "East of England", "school_county": None}
    said = areas_of_schools(audit(cases=files(blank, divided, HOME)))
    assert [(status, subject) for status, subject, _ in told(said)] == [
        ("not_assessable", "c001"),
        ("not_assessable", "c002"),
        ("information", ""),
    ]
    assert "1 of 3 (33.33 %)" in said[-1].message
    assert said[-1].message.endswith("2 untold")


def test_without_a_region_the_rule_is_not_assessable_once():
    """A data set without the column says so in one line; the table has no rows."""
    assert told(areas_of_schools(audit())) == [
        ("not_assessable", "", "not assessable, because the table cases has no column school_region")
    ]
    assert files_by_area(audit()).empty


def test_without_counties_undivided_regions_are_still_known():
    """County and local authority are asked for only where a region is divided."""
    table = files({"school_region": "North West"}, {"school_region": "West Midlands"})
    said = areas_of_schools(audit(cases=table))
    assert [(status, subject) for status, subject, _ in told(said)] == [("not_assessable", "c002"), ("information", "")]


def test_files_are_counted_by_area_whatever_their_order():
    """One row per region, county and RPA that lists it; other months and RPAs are not counted."""
    table = files(ESSEX, HOME, LUTON, HOME, ESSEX | {"rpa": OTHER}, ESSEX | {"month": "2024-02"})
    counted = files_by_area(audit(cases=table))
    assert counted.to_numpy().tolist() == [
        ["East of England", "Bedfordshire", NOBODY, 1],
        ["East of England", "Essex", THIRD, 1],
        ["North West", "Lancashire", RPA, 2],
    ]
    assert files_by_area(audit(cases=table[::-1])).equals(counted)
    assert told(areas_of_schools(audit(cases=table[::-1]))) == told(areas_of_schools(audit(cases=table)))


def test_a_month_without_files_says_so():
    """Nothing to look at is information."""
    empty = audit(cases=files(HOME), months=["2024-02"])
    assert told(areas_of_schools(empty)) == [("information", "", "nothing to look at: 0 files")]
    assert files_by_area(empty).empty


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F34": by.area(listed=True),
    "F35": by.area(listed=False),
}
