"""What several questions about assessors need: roles, files of the year so far, who is barred and when."""

from __future__ import annotations

import pandas as pd

from qa_lib.schemes.hlta.audit import Audit


def has_role(roles: pd.Series, role: str) -> pd.Series:
    """Say where a cell of roles, joined by ``;``, names one; blanks do not."""
    names: pd.Series = roles.fillna("").str.contains(rf"(?:^|;)\s*{role}\s*(?:;|$)", regex=True)
    return names.astype(bool)


def assessors_of(audit: Audit, *columns: str) -> pd.DataFrame:
    """Return the RPA's register of assessors, by id: those with another role only are left out.

    Raises
    ------
    NotAssessable
        Where the data set lacks the table or a column.
    """
    people = audit.own("assessors", "assessor_id", *columns)
    if "roles" in people.columns:
        people = people[has_role(people["roles"], "assessor") | people["roles"].isna()]
    return people.sort_values("assessor_id", ignore_index=True)


def actions_by(audit: Audit, *procedures: str) -> pd.DataFrame:
    """Return the actions of every RPA that follow one of these procedures, by id; none where there is no log.

    An action holds from the day on which it is opened to the day before it is closed. One without a first day is left
    out: HLTA.ASR.6 says that it cannot be assessed.
    """
    needed = ["action_id", "assessor_id", "rpa", "procedure", "opened_on", "closed_on"]
    if not audit.has("actions", *needed):
        return pd.DataFrame(columns=needed).astype({"opened_on": "datetime64[ns]", "closed_on": "datetime64[ns]"})
    log = audit.tables["actions"][needed]
    chosen = log["procedure"].isin(procedures) & log["opened_on"].notna()
    return log[chosen].sort_values("action_id", ignore_index=True)


def barring(audit: Audit) -> pd.DataFrame:
    """Return the actions of every RPA during which an assessor may not assess (the value of HLTA.ASR.6)."""
    value = audit.value("HLTA.ASR.6")
    return actions_by(audit, *(name for name, effect in value.items() if effect == "bars"))


def day_text(day: object) -> str:
    """Return a day as ``2024-03-05``, blank where there is none."""
    return "" if pd.isna(day) else f"{pd.Timestamp(day):%Y-%m-%d}"  # type: ignore[call-overload, arg-type, unused-ignore]
