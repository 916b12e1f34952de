"""The Open University Learning Analytics Dataset read as moderation.

Kuzilek, Hlosta and Zdrahal (2017), CC BY 4.0. A file is one submission; the module stands in for the RPA, the
assessment (a marking unit) for the assessor, the student's region for the PoP; 40 of 100 is a pass; a banked result is
a resubmission; a submission without a score is rejected. Days count from the course's start, 1 February (``B``) or
1 October (``J``) of the presentation's year; the month of a file is the calendar month of its submission.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import assemble
from qa_lib.intake.faults import Place
from qa_lib.intake.published_files import PublishedFile, file_hashes, published_files
from qa_lib.intake.raw import RawTable

PASS_MARK = 40
STARTS = {"B": "02-01", "J": "10-01"}
STUDENT = ["code_module", "code_presentation", "id_student"]
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


def oulad_moderation(folder: str | Path) -> Dataset:
    """Read the folder of OULAD files as an HLTA data set with the table ``cases``.

    Row numbers are those of ``studentAssessment.csv``.

    Raises
    ------
    IntakeError
        If a file or a column is not there, naming all of them.
    """
    files = published_files(
        folder, {"studentAssessment": _SUBMISSION, "assessments": _ASSESSMENT, "studentInfo": _REGION}
    )
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
    return assemble([raw], file_hashes(files), scheme="hlta", columns={"cases": columns})


def _submitted(merged: pd.DataFrame) -> pd.Series:
    presentation = merged["code_presentation"]
    start = pd.to_datetime(presentation.str[:4] + "-" + presentation.str[4:].map(STARTS), format="%Y-%m-%d")
    return start + pd.to_timedelta(pd.to_numeric(merged["date_submitted"]), unit="D")


def _raw(cases: dict[str, pd.Series], source: PublishedFile) -> RawTable:
    """Return mapped columns as a table that arrived, with the row numbers of the file they come from."""
    cells = pd.DataFrame({number: column.fillna("").astype("str") for number, column in enumerate(cases.values())})
    header = tuple(_HEADERS.get(name, name) for name in cases)
    return RawTable(Place("cases", source.name), header, source.raw.header_row, cells, source.raw.rows)
