"""The Open University Learning Analytics Dataset read as moderation, and as groups of participants.

Kuzilek, Hlosta and Zdrahal (2017), CC BY 4.0. As moderation, a file is one submission; the module stands in for the
RPA, the assessment (a marking unit) for the assessor, the student's region for the PoP; 40 of 100 is a pass; a banked
result is a resubmission; a submission without a score is rejected. Days count from the course's start, 1 February
(``B``) or 1 October (``J``) of the presentation's year; the month of a file is the calendar month of its submission.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.intake.dataset import COUNTS, Dataset, assemble
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Ledger, Place
from qa_lib.intake.files import contents
from qa_lib.intake.raw import RawTable

PASS_MARK = 40
STARTS = {"B": "02-01", "J": "10-01"}
CHARACTERISTICS = ["gender", "disability", "age_band", "imd_band", "region", "highest_education"]
STUDENT = ["code_module", "code_presentation", "id_student"]


def oulad_moderation(folder: str | Path) -> Dataset:
    """Read the folder of OULAD files as an HLTA data set with the table ``cases``.

    Row numbers are those of ``studentAssessment.csv``.

    Raises
    ------
    IntakeError
        If a file or a column is not there, naming all of them.
    """
    files = _files(folder, {"studentAssessment": _SUBMISSION, "assessments": _ASSESSMENT, "studentInfo": _REGION})
    submissions = files["studentAssessment"].frame
    assessments = files["assessments"].frame.rename(columns={"date": "due"})
    merged = submissions.merge(assessments, on="id_assessment", how="left", validate="many_to_one")
    merged = merged.merge(files["studentInfo"].frame, on=STUDENT, how="left", validate="many_to_one")
    submitted = _submitted(merged)
    score = pd.to_numeric(merged["score"].mask(merged["score"].isin(["", "?"])), errors="raise")
    passed = pd.Series(np.where(score >= PASS_MARK, "met", "insufficient_evidence"), index=merged.index)
    cases = {
        "case_id": merged["id_assessment"] + "-" + merged["id_student"],
        "rpa": merged["code_module"],
        "month": submitted.dt.strftime("%Y-%m"),
        "assessor_id": merged["id_assessment"],
        "pop_id": merged["region"],
        "attempt": merged["is_banked"].map({"0": "first", "1": "resubmission"}),
        "outcome": passed.where(score.notna()),
        "submitted_on": submitted.dt.strftime("%Y-%m-%d"),
    }
    raw = _raw(cases, files["studentAssessment"])
    columns = {header: name for name, header in _HEADERS.items()}
    return assemble([raw], _hashes(files), scheme="hlta", columns={"cases": columns})


def oulad_groups(folder: str | Path) -> pd.DataFrame:
    """Read the folder of OULAD files as participants in groups.

    Returns one row per student and presentation: ``participant_id``, ``provider`` (module), ``level`` (presentation),
    ``retained`` (not withdrawn), ``achieved`` (pass or distinction) and six characteristics; a blank stays blank.
    """
    return _people(_files(folder, {"studentInfo": _PEOPLE})["studentInfo"].frame)


def oulad_people(folder: str | Path) -> Dataset:
    """Read :func:`oulad_groups` as the table ``people`` of a data set; every row is accepted.

    Raises
    ------
    IntakeError
        If the file or a column is not there.
    """
    files = _files(folder, {"studentInfo": _PEOPLE})
    people = _people(files["studentInfo"].frame)
    count = ("people", files["studentInfo"].name, "", len(people), len(people), 0)
    nothing = Ledger()
    return Dataset(
        scheme="npq",
        tables={"people": people},
        rejected=nothing.rejected,
        notices=nothing.noticed,
        inputs=_hashes(files),
        counts=pd.DataFrame([count], columns=COUNTS),
    )


def _people(people: pd.DataFrame) -> pd.DataFrame:
    characteristics = people[CHARACTERISTICS].mask(people[CHARACTERISTICS].isin(["", "?"]))
    return pd.DataFrame(
        {
            "participant_id": people["code_module"] + "-" + people["code_presentation"] + "-" + people["id_student"],
            "provider": people["code_module"],
            "level": people["code_presentation"],
            "retained": people["final_result"] != "Withdrawn",
            "achieved": people["final_result"].isin(["Pass", "Distinction"]),
            **{name: characteristics[name] for name in CHARACTERISTICS},
        }
    )


_PEOPLE = [*STUDENT, *CHARACTERISTICS, "final_result"]
_SUBMISSION = ["id_assessment", "id_student", "date_submitted", "is_banked", "score"]
_ASSESSMENT = ["code_module", "code_presentation", "id_assessment"]
_REGION = [*STUDENT, "region"]


# What the published files call a column, so that a fault names what can be seen there.
_HEADERS = {
    "rpa": "code_module",
    "pop_id": "region",
    "outcome": "score",
    "attempt": "is_banked",
    "submitted_on": "date_submitted",
}


class _File:
    """One CSV file of the folder: its hash, its rows as they arrived, and the columns asked for by name."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        data = contents(path)
        self.name = path.name
        self.digest = hashlib.sha256(data).hexdigest()
        self.raw = read_delimited(data, Place("cases", path.name))
        missing = [name for name in columns if name not in self.raw.header]
        if missing:
            raise IntakeError(f"{path.name} has no column {' and no '.join(missing)}; get the published file again")
        if self.raw.broken:
            raise IntakeError(f"row {self.raw.broken[0].row} of {path.name} is damaged; get the published file again")
        numbers = [self.raw.header.index(name) for name in columns]
        self.frame = self.raw.cells[numbers].set_axis(columns, axis=1)


def _files(folder: str | Path, wanted: dict[str, list[str]]) -> dict[str, _File]:
    missing = [f"{name}.csv" for name in wanted if not (Path(folder) / f"{name}.csv").is_file()]
    if missing:
        raise IntakeError(f'{" and ".join(missing)} not found in "{folder}"; give the folder of the OULAD files')
    return {name: _File(Path(folder) / f"{name}.csv", columns) for name, columns in wanted.items()}


def _submitted(merged: pd.DataFrame) -> pd.Series:
    presentation = merged["code_presentation"]
    start = pd.to_datetime(presentation.str[:4] + "-" + presentation.str[4:].map(STARTS), format="%Y-%m-%d")
    return start + pd.to_timedelta(pd.to_numeric(merged["date_submitted"]), unit="D")


def _raw(cases: dict[str, pd.Series], source: _File) -> RawTable:
    """Return mapped columns as a table that arrived, with the row numbers of the file they come from."""
    cells = pd.DataFrame({number: column.fillna("").astype("str") for number, column in enumerate(cases.values())})
    header = tuple(_HEADERS.get(name, name) for name in cases)
    return RawTable(source.raw.place, header, source.raw.header_row, cells, source.raw.rows)


def _hashes(files: dict[str, _File]) -> dict[str, str]:
    return {file.name: file.digest for file in files.values()}
