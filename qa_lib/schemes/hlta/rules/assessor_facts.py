"""What several questions about assessors need: roles, files of the year so far, who is barred and when."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.schemes.hlta.audit import Audit


def has_role(roles: pd.Series, role: str) -> pd.Series:
    """Say where a cell of roles, joined by ``;``, names one; blanks do not."""
    names: pd.Series = roles.fillna("").str.contains(rf"(?:^|;)\s*{role}\s*(?:;|$)", regex=True)
    return names.astype(bool)


def people_with_roles(audit: Audit) -> set[str]:
    """Return the people of any RPA whose roles are recorded."""
    if not audit.has("assessors", "assessor_id", "roles"):
        return set()
    return set(audit.tables["assessors"].dropna(subset="roles")["assessor_id"])


def holders(audit: Audit, role: str) -> dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]]:
    """Return who has a role at any RPA: by person, the spans of days from which and before which; blank is open.

    The role is had from the day on which the person started there to the day before a removal by that RPA.
    """
    if not audit.has("assessors", "assessor_id", "rpa", "roles"):
        return {}
    people = audit.tables["assessors"].reindex(columns=["assessor_id", "rpa", "roles", "started_on"])
    people = people[has_role(people["roles"], role)]
    removals = actions_by(audit, "removal")
    ended = removals[removals["closed_on"].isna()].groupby(["assessor_id", "rpa"])["opened_on"].min()
    spans: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for person, rpa, started in zip(people["assessor_id"], people["rpa"], people["started_on"], strict=True):
        spans.setdefault(str(person), []).append((pd.to_datetime(started), ended.get((person, rpa), pd.NaT)))
    return spans


def held_role(spans: Mapping[str, list[tuple[pd.Timestamp, pd.Timestamp]]], person: str, day: object) -> bool:
    """Say whether a person had a role on a day, given :func:`holders` of it; a blank day is no hindrance.

    Examples
    --------
    >>> spans = {"S1": [(pd.Timestamp("2024-03-01"), pd.Timestamp("2024-05-01"))]}
    >>> [held_role(spans, "S1", day) for day in ("2024-02-29", "2024-03-01", "2024-04-30", "2024-05-01", None)]
    [False, True, True, False, True]
    """
    on = pd.to_datetime(day)  # type: ignore[call-overload]
    return any(not on < since and not on >= until for since, until in spans.get(person, ()))


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
