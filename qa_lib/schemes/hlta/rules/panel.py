"""The Partnership's review panel: whether one was independent (HLTA.APP.2), and one that would be."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable
from qa_lib.audit.as_known import as_known
from qa_lib.audit.log_rows import month_of, rows_in_scope
from qa_lib.errors import IntakeError
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import held_role, holders, people_with_roles
from qa_lib.schemes.hlta.rules.rpas_of_people import Listed, listed_rpas, partnership, rpa_of, rpas_on, text, with_role
from qa_lib.schemes.hlta.rules.values_then import value_then
from qa_lib.schemes.hlta.tables import TABLES

#: The column of each member of a panel -> the column of their RPA.
_MEMBERS = {"panel_member_1": "panel_member_1_rpa", "panel_member_2": "panel_member_2_rpa"}
#: Columns of a proposed panel.
COLUMNS = ["member", "rpa", "assessor_id", "earlier_panels", "note"]


@answers("HLTA.APP.2")
def independent_panel(audit: Audit) -> Iterator[Statement]:
    """Count the members of each panel, their RPAs, and those of the RPA that assessed; look for role or naming."""
    columns = [*_MEMBERS, *_MEMBERS.values()]
    appeals = audit.own("appeals", "appeal_id", "received_on", "panel_on", *columns)
    convened = appeals[appeals[["panel_on", *columns]].notna().any(axis=1)]
    received = month_of(convened["received_on"])
    convened = rows_in_scope(convened, audit.months, began=received, ended=convened["panel_on"])
    convened = convened.sort_values("appeal_id")
    to_meet = convened.loc[convened["panel_on"].isna(), "appeal_id"]
    what = "review panels were independent, of seniors or named people"
    yield from with_summary(_panels(audit, convened), whole=len(convened), what=what, waiting=to_meet)


def _panels(audit: Audit, convened: pd.DataFrame) -> Iterator[Statement]:
    listed = listed_rpas(audit.tables)
    for row in convened.to_dict("records"):
        about: dict[str, Any] = {"subject_type": "appeal", "subject": str(row["appeal_id"])}
        if pd.isna(row["panel_on"]):
            message = f"members are named, and no day up to {audit.as_of.date()} on which the panel met"
            yield Statement(status="information", message=message, **about)
            continue
        entered = {text(row[name]): text(row[rpa]) for name, rpa in _MEMBERS.items() if text(row[name])}
        yield from _panel(audit, row["panel_on"], entered, listed, about)
        yield from _senior_or_named(audit, row["panel_on"], list(entered), about)


def _panel(
    audit: Audit, day: pd.Timestamp, entered: Mapping[str, str], listed: Listed, about: dict[str, Any]
) -> Iterator[Statement]:
    """Judge one panel; ``entered`` is the RPA that stands beside each member's name."""
    value = value_then(audit, "HLTA.APP.2", day)
    rpas = {person: rpa_of(listed, person, rpa, day) for person, rpa in entered.items()}
    own = [p for p, rpa in rpas.items() if audit.provider in {rpa, entered[p]} | rpas_on(listed, p, day)]
    if len(entered) < value["members"]:
        figures = {"value": str(len(entered)), "threshold": str(value["members"])}
        message = f"{len(entered)} people are named as the panel; expected {value['members']} different ones"
        yield Statement(status="breach", message=message, **figures, **about)
    if len(own) > value["members_from_original_rpa"]:
        figures = {"value": str(len(own)), "threshold": str(value["members_from_original_rpa"])}
        message = f"{' and '.join(own)} of the panel belong to {audit.provider}, whose assessment was appealed against"
        yield Statement(status="breach", message=message, **figures, **about)
    unknown = [person for person, rpa in rpas.items() if not rpa]
    if unknown:
        yield not_assessable(f"of which RPA {' and '.join(unknown)} of the panel is was not recorded", **about)
    elif len(entered) >= value["members"] and len(set(rpas.values())) < value["different_rpas"]:
        figures = {"value": str(len(set(rpas.values()))), "threshold": str(value["different_rpas"])}
        message = f"{' and '.join(rpas)} of the panel are both of {min(rpas.values())}; expected two different RPAs"
        yield Statement(status="breach", message=message, **figures, **about)


def _senior_or_named(audit: Audit, day: pd.Timestamp, members: list[str], about: dict[str, Any]) -> Iterator[Statement]:
    """Yield members who are neither senior assessors on the day nor named for panels by then."""
    seniors, listed, named = holders(audit, "senior"), people_with_roles(audit), _named_from(audit)
    for person in members:
        if held_role(seniors, person, day) or (person in named and named[person] <= day):
            continue
        if person not in listed:
            yield not_assessable(f"whether {person} of the panel is a senior assessor is not recorded", **about)
        elif not named:
            why = f"{person} of the panel is no senior assessor, and who was named for panels is not recorded"
            yield not_assessable(why, **about)
        else:
            message = (
                f"{person} of the panel was neither a senior assessor on {day.date()} nor named for panels by then"
            )
            yield Statement(status="breach", message=message, value=person, **about)


def _named_from(audit: Audit) -> dict[str, pd.Timestamp]:
    """Return from which day on each person was named for review panels, at whatever RPA."""
    if not audit.has("assessors", "assessor_id", "named_for_panels_on"):
        return {}
    people = audit.tables["assessors"].dropna(subset=["assessor_id", "named_for_panels_on"])
    return dict(people.groupby("assessor_id")["named_for_panels_on"].min())


def panel_proposal(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, *, on: str, appeal_id: str = "", rpa: str = ""
) -> pd.DataFrame:
    """Propose a panel of senior assessors of other RPAs than the one that assessed the candidate.

    RPAs, and in them people, who sat on the fewest panels before come first; a hash of the appeal and the name decides
    between equals, so that it is not always the first of the list, and the same data give the same panel. Nobody is
    proposed who assesses for the original RPA too, was not there yet, or is suspended or removed on that day.

    Parameters
    ----------
    tables, book
        Of all RPAs; the rule book says how many people and RPAs a panel has (HLTA.APP.2).
    on
        The day of the panel; what happened later is not known.
    appeal_id, rpa
        The appeal, or only the original RPA.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, a row per member; where a member cannot be found, its note says why.

    Raises
    ------
    IntakeError
        If there is no such appeal, neither an appeal nor an RPA was named, or the day is none.
    """
    day = _day(on)
    known = as_known(tables, TABLES, day)
    original = rpa or _original(known, appeal_id)
    value = book["HLTA.APP.2"].on(day.date()).value
    sat = _earlier(known, appeal_id)
    key = appeal_id or original
    people = _seniors(known, original, day)
    others = sorted(partnership(known) - {original})
    able = sorted(filter(people.get, others), key=lambda name: (sum(sat[p] for p in people[name]), _ticket(key, name)))
    rows: list[dict[str, Any]] = []
    for number in range(1, value["members"] + 1):
        taken = {row["rpa"] for row in rows}
        name = next((n for n in able if n not in taken or len(taken) >= value["different_rpas"]), "")
        free = [person for person in people.get(name, []) if person not in {row["assessor_id"] for row in rows}]
        chosen = min(free, key=lambda person: (sat[person], _ticket(key, person)), default="")
        note = "" if chosen else _why_not(original, others, people, value["different_rpas"])
        rows.append({
            "member": number, "rpa": name if chosen else "", "assessor_id": chosen, "earlier_panels": sat[chosen],
            "note": note,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _day(text: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(dt.date.fromisoformat(text))
    except ValueError:
        raise IntakeError(f"the day of the panel is {text!r}; expected a date as 2024-04-30") from None


def _original(tables: Mapping[str, pd.DataFrame], appeal_id: str) -> str:
    appeals = tables.get("appeals", pd.DataFrame(columns=["appeal_id", "rpa"]))
    found = appeals.loc[appeals["appeal_id"] == appeal_id, "rpa"].dropna()
    if found.empty:
        raise IntakeError(
            f"the appeal is {appeal_id!r}; expected one that the data set knows on that day, or name the original RPA"
        )
    return str(found.iloc[0])


def _earlier(tables: Mapping[str, pd.DataFrame], appeal_id: str) -> Counter[str]:
    """Count the panels of other appeals on which each person sat."""
    appeals = tables.get("appeals", pd.DataFrame())
    if not {"appeal_id", "panel_on", *_MEMBERS} <= set(appeals.columns):
        return Counter()
    held = appeals[appeals["panel_on"].notna() & (appeals["appeal_id"] != appeal_id)]
    return Counter(person for name in _MEMBERS for person in held[name].dropna())


def _seniors(tables: Mapping[str, pd.DataFrame], original: str, day: pd.Timestamp) -> dict[str, list[str]]:
    """Return by other RPA the senior assessors who may sit on a day, sorted."""
    listed, found = listed_rpas(tables), {}
    for rpa, people in with_role(tables, "senior", day).items():
        if free := [person for person in people if original not in rpas_on(listed, person, day)]:
            found[rpa] = free
    return found


def _why_not(original: str, others: list[str], people: Mapping[str, list[str]], needed: int) -> str:
    if len(others) < needed:
        return f"no panel is possible: it needs {needed} RPAs other than {original}, and the data name {len(others)}"
    without = [name for name in others if name not in people]
    return f"nobody can be proposed: no senior assessor who may sit is listed for {', '.join(without)}"


def _ticket(key: str, name: str) -> str:
    return hashlib.sha256(f"{key}:{name}".encode()).hexdigest()
