"""What several questions about assessors need: roles, files of the year so far, who is barred and when."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.audit.state_log import held_on
from qa_lib.audit.words import blank
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


#: Person -> where the person has a role: the first day, and the spans of removals from the register there.
Holders = Mapping[str, list[tuple[pd.Timestamp, list[tuple[pd.Timestamp, pd.Timestamp]]]]]


def holders(audit: Audit, role: str) -> Holders:
    """Return who has a role at any RPA, from the day on which the person started there; blank is from ever."""
    if not audit.has("assessors", "assessor_id", "rpa", "roles"):
        return {}
    people = audit.tables["assessors"].reindex(columns=["assessor_id", "rpa", "roles", "started_on"])
    people = people[has_role(people["roles"], role)]
    removals = actions_by(audit, "removal").groupby(["assessor_id", "rpa"])
    spans = {key: list(zip(rows["opened_on"], rows["closed_on"], strict=True)) for key, rows in removals}
    found: dict[str, list[tuple[pd.Timestamp, list[tuple[pd.Timestamp, pd.Timestamp]]]]] = {}
    for person, rpa, started in zip(people["assessor_id"], people["rpa"], people["started_on"], strict=True):
        found.setdefault(str(person), []).append((pd.to_datetime(started), spans.get((person, rpa), [])))
    return found


def held_role(found: Holders, person: str, day: object) -> bool:
    """Say whether a person had a role on a day, given its :func:`holders`; a blank day is no hindrance.

    A removal holds from the day on which it is opened to the day before it is closed.

    Examples
    --------
    >>> march, may, june = (pd.Timestamp(2024, month, 1) for month in (3, 5, 6))
    >>> found = {"S1": [(march, [(may, june)])], "S2": [(pd.NaT, [(may, pd.NaT)])]}
    >>> [held_role(found, "S1", day) for day in ("2024-02-29", "2024-03-01", "2024-05-01", "2024-06-01", None)]
    [False, True, False, True, True]
    >>> [held_role(found, "S2", day) for day in ("2020-01-01", "2024-04-30", "2024-06-01")]
    [True, True, False]
    """
    on = pd.to_datetime(day)  # type: ignore[call-overload]
    return any(
        not on < since and not any(on >= opened and not on >= closed for opened, closed in removed)
        for since, removed in found.get(person, ())
    )


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


def registered(audit: Audit, *, since: pd.Timestamp) -> pd.DataFrame:
    """Return ``assessor_id, started_on`` of those on the RPA's register on the audit's day who were on it by another.

    Removed ones are not. Whose first day is blank is among them: since when they assess is not known.
    """
    people = assessors_of(audit).reindex(columns=["assessor_id", "started_on"])
    out = actions_by(audit, "removal")
    out = out[(out["rpa"] == audit.provider) & held_on(out["opened_on"], out["closed_on"], audit.as_of)]
    people["started_on"] = pd.to_datetime(people["started_on"])
    late = people["started_on"] > since
    here = ~late & ~blank(people["assessor_id"]) & ~people["assessor_id"].isin(out["assessor_id"])
    return people[here].reset_index(drop=True)


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
