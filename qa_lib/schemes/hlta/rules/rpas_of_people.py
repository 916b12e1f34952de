"""Of which RPA a person is: the table of assessors decides, not what was entered beside a name."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.schemes.hlta.audit import Audit

#: Person -> RPA -> the day from which the person assesses there; blank where it is not recorded.
Listed = Mapping[str, Mapping[str, pd.Timestamp]]


def listed_rpas(tables: Mapping[str, pd.DataFrame]) -> Listed:
    """Return for whom each person assesses; nothing where there is no table of assessors."""
    people = tables.get("assessors")
    if people is None or not {"assessor_id", "rpa"} <= set(people.columns):
        return {}
    started = people["started_on"] if "started_on" in people.columns else pd.Series(pd.NaT, index=people.index)
    listed: dict[str, dict[str, pd.Timestamp]] = {}
    for person, rpa, day in zip(people["assessor_id"], people["rpa"], started, strict=True):
        if isinstance(person, str) and isinstance(rpa, str):
            listed.setdefault(person, {})[rpa] = day
    return listed


def rpas_on(listed: Listed, person: str, day: pd.Timestamp) -> set[str]:
    """Return the RPAs for which a person assesses on a day; blank days are no hindrance."""
    return {rpa for rpa, started in listed.get(person, {}).items() if not started > day}


def rpa_of(listed: Listed, person: str, recorded: str, day: pd.Timestamp) -> str:
    """Return the RPA of a person on a day: the recorded one unless the table of assessors knows better.

    Empty where neither tells. Of several RPAs in the table the recorded one counts, else the first by name.

    Examples
    --------
    >>> listed = {"A1": {"North": pd.NaT}, "A2": {"North": pd.NaT, "South": pd.NaT}}
    >>> day = pd.Timestamp("2024-03-01")
    >>> [rpa_of(listed, person, "South", day) for person in ("A1", "A2", "unlisted")]
    ['North', 'South', 'South']
    """
    known = rpas_on(listed, person, day)
    return recorded if recorded in known or not known else min(known)


def away_from_work(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return who is suspended or removed, as the tables are known."""
    actions = tables.get("actions", pd.DataFrame())
    if not {"assessor_id", "procedure", "opened_on", "closed_on"} <= set(actions.columns):
        return set()
    out = (actions["procedure"] == "removal") | ((actions["procedure"] == "suspension") & actions["closed_on"].isna())
    return set(actions.loc[out, "assessor_id"].dropna())


def with_role(tables: Mapping[str, pd.DataFrame], role: str, day: pd.Timestamp) -> dict[str, list[str]]:
    """Return by RPA who has a role there on a day and is neither suspended nor removed, sorted."""
    people = tables.get("assessors", pd.DataFrame())
    if not {"assessor_id", "rpa", "roles"} <= set(people.columns):
        return {}
    listed, away = listed_rpas(tables), away_from_work(tables)
    able = people[people["roles"].fillna("").str.split(";").map(lambda roles: role in roles)]
    able = able[["assessor_id", "rpa"]].dropna()
    found: dict[str, list[str]] = {}
    for rpa, person in sorted(set(zip(able["rpa"], able["assessor_id"], strict=True))):
        if rpa in rpas_on(listed, person, day) and person not in away:
            found.setdefault(rpa, []).append(person)
    return found


def partnership(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return every RPA that the data name: of files, events, reviewers and assessors."""
    columns = [("cases", "rpa"), ("events", "rpa"), ("events", "peer_rpa"), ("assessors", "rpa")]
    return {
        rpa
        for table, column in columns
        if table in tables and column in tables[table].columns
        for rpa in tables[table][column].dropna()
    }


def rpas_of_scheme(audit: Audit) -> set[str]:
    """Return the RPAs between which the audited one may be paired: those with a region (HLTA.REG.1), and the data's.

    An RPA's own data seldom name the others. Where the audited one has no region itself, its scheme is another than
    the Partnership, and only the data tell.
    """
    named, found = set(audit.value("HLTA.REG.1").values()), partnership(audit.tables)
    return found | named if audit.provider in named else found


def text(cell: object) -> str:
    """Return a cell's text; empty where it is blank."""
    return cell.strip() if isinstance(cell, str) else ""
