"""The Open University Learning Analytics Dataset read as groups of participants.

Kuzilek, Hlosta and Zdrahal (2017), CC BY 4.0. The module stands in for the provider, the presentation for the level.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from qa_lib.intake.accepted import COUNTS, Dataset
from qa_lib.intake.faults import Ledger
from qa_lib.intake.published_files import file_hashes, published_files

CHARACTERISTICS = ["gender", "disability", "age_band", "imd_band", "region", "highest_education"]
_STUDENT = ["code_module", "code_presentation", "id_student"]
_PEOPLE = [*_STUDENT, *CHARACTERISTICS, "final_result"]


def oulad_groups(folder: str | Path) -> pd.DataFrame:
    """Read the folder of OULAD files as participants in groups.

    Returns one row per student and presentation: ``participant_id``, ``provider`` (module), ``level`` (presentation),
    ``retained`` (not withdrawn), ``achieved`` (pass or distinction) and six characteristics; a blank stays blank.
    """
    return _people(published_files(folder, {"studentInfo": _PEOPLE})["studentInfo"].frame)


def oulad_people(folder: str | Path) -> Dataset:
    """Read :func:`oulad_groups` as the table ``people`` of a data set; every row is accepted.

    Raises
    ------
    IntakeError
        If the file or a column is not there.
    """
    files = published_files(folder, {"studentInfo": _PEOPLE})
    people = _people(files["studentInfo"].frame)
    count = ("people", files["studentInfo"].name, "", len(people), len(people), 0)
    nothing = Ledger()
    return Dataset(
        scheme="npq",
        tables={"people": people},
        rejected=nothing.rejected,
        notices=nothing.noticed,
        inputs=file_hashes(files),
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
