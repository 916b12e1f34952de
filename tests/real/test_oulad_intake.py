"""The Open University data, read as moderation and as groups, gives the numbers of its own description."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_lib import read_dataset
from qa_lib.intake.accepted import Dataset
from qa_lib.schemes.npq.readers.oulad_groups import oulad_groups

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    """Return the folder of the OULAD files."""
    return real_data / "oulad"


@pytest.fixture(scope="module")
def moderation(folder: Path) -> Dataset:
    """Return the data set read as moderation."""
    return read_dataset(folder, reader="oulad_moderation")


def test_every_submission_is_accepted_or_rejected(moderation: Dataset) -> None:
    """173,912 submissions: 173,739 accepted, the 173 without a score rejected."""
    assert moderation.counts[["table", "file", "rows", "accepted", "rejected"]].values.tolist() == [
        ["cases", "studentAssessment.csv", 173_912, 173_739, 173]
    ]
    assert len(moderation.tables["cases"]) == 173_739


def test_rejected_rows_are_the_lines_of_the_file(moderation: Dataset, folder: Path) -> None:
    """Each is named by its line in studentAssessment.csv, whose score is blank, and by the column's name there."""
    lines = (folder / "studentAssessment.csv").read_text().splitlines()
    blank = [number for number, line in enumerate(lines, start=1) if line.split(",")[-1].strip('"') in ("", "?")]
    assert moderation.rejected["row"].tolist() == blank
    assert set(zip(moderation.rejected["column"], moderation.rejected["header"], strict=True)) == {("outcome", "score")}
    assert set(moderation.rejected["kind"]) == {"blank"}


def test_months_modules_units_and_regions_are_those_of_the_description(moderation: Dataset) -> None:
    """166 module-months in 33 calendar months, 7 modules, 188 marking units, 13 regions, 1,908 banked results."""
    cases = moderation.tables["cases"]
    assert cases.groupby(["rpa", "month"]).ngroups == 166
    assert cases[["month", "rpa", "assessor_id", "pop_id"]].nunique().tolist() == [33, 7, 188, 13]
    assert cases["case_id"].is_unique
    assert cases["attempt"].value_counts().to_dict() == {"first": 171_831, "resubmission": 1_908}
    assert cases["outcome"].value_counts().to_dict() == {"met": 166_161, "insufficient_evidence": 7_578}


def test_a_submission_is_read_as_the_mapping_says(moderation: Dataset) -> None:
    """Student 11391 handed assessment 1752 of AAA 2013J in on day 18 after 1 October 2013, with 78."""
    cases = moderation.tables["cases"]
    (first,) = cases[cases["case_id"] == "1752-11391"].to_dict("records")
    assert first.pop("submitted_on").isoformat() == "2013-10-19T00:00:00"
    assert first == {
        "case_id": "1752-11391",
        "rpa": "AAA",
        "month": "2013-10",
        "assessor_id": "1752",
        "pop_id": "East Anglian Region",
        "attempt": "first",
        "outcome": "met",
    }


def test_groups_are_the_students_of_every_presentation(folder: Path) -> None:
    """32,593 students in 7 modules; 1,111 have no deprivation band; withdrawn and passed are told apart."""
    groups = oulad_groups(folder)
    assert len(groups) == 32_593
    assert groups["participant_id"].is_unique
    assert (groups["provider"].nunique(), groups["imd_band"].isna().sum()) == (7, 1_111)
    assert not (groups["achieved"] & ~groups["retained"]).any()
    assert (int((~groups["retained"]).sum()), int(groups["achieved"].sum())) == (10_156, 15_385)
