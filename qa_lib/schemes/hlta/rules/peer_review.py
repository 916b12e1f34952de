"""Peer review: who reviewed each event, for how long, what they reported, and their forum (HLTA.PEER.1 to PEER.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable
from qa_lib.audit.deadlines import judged
from qa_lib.audit.findings import Status
from qa_lib.audit.log_rows import rows_in_scope, rows_of_habit
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.calendar.months import month_number
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.rpas_of_people import listed_rpas, rpas_of_scheme, rpas_on, text
from qa_lib.schemes.hlta.rules.values_then import deadline_then


@answers("HLTA.PEER.1")
def peer_reviewer_of_another_rpa(audit: Audit) -> Iterator[Statement]:
    """Look for the peer reviewer of each event, who may not be of the reviewed RPA, and for a deputy."""
    events = _events(audit, "peer_reviewer_id")
    found = all_parts(_reviewers(audit, events), _deputies(audit, events))
    yield from with_summary(found, whole=len(events), what="events had a peer reviewer of another RPA, and a deputy")
    if not audit.has("assessors", "assessor_id", "rpa"):
        yield not_assessable(
            "the data set has no table assessors with assessor_id and rpa: only what is entered beside each name tells"
            " of which RPA a peer reviewer is"
        )
    yield from all_parts(_provided(audit))


def _events(audit: Audit, *columns: str) -> pd.DataFrame:
    events = audit.own("events", "month", "event_on", *columns)
    return _in_order(events[events["month"].isin(audit.months)])


def _in_order(events: pd.DataFrame) -> pd.DataFrame:
    return events.sort_values(["month", "event_on", *(c for c in ("frozen_on",) if c in events.columns)], kind="stable")


def _about(audit: Audit, month: object) -> dict[str, Any]:
    return {"subject_type": "event", "subject": f"{audit.provider}/{text(month)}"}


def _reviewers(audit: Audit, events: pd.DataFrame) -> Iterator[Statement]:
    severity, listed = audit.value("HLTA.PEER.1"), listed_rpas(audit.tables)
    for row in events.to_dict("records"):
        about, person, entered = _about(audit, row["month"]), text(row["peer_reviewer_id"]), text(row.get("peer_rpa"))
        known = rpas_on(listed, person, row["event_on"])
        if not person:
            yield Statement(status=severity["no_peer_reviewer"], message="no peer reviewer is named", **about)
        elif entered == audit.provider:
            message = f"the peer reviewer {person} is entered as of {audit.provider}, the reviewed RPA itself"
            yield Statement(status=severity["own_rpa"], message=message, **about)
        elif audit.provider in known:
            beside = f"is entered as of {entered or 'no RPA'} and is an assessor of {audit.provider}"
            message = f"the peer reviewer {person} {beside}, the reviewed RPA itself"
            yield Statement(status=severity["own_rpa"], message=message, **about)
        elif not entered and not known:
            yield not_assessable(f"of which RPA the peer reviewer {person} is was not recorded", **about)


def _deputies(audit: Audit, events: pd.DataFrame) -> Iterator[Statement]:
    audit.table("events", "deputy_id")
    severity, listed = audit.value("HLTA.PEER.1")["no_deputy"], listed_rpas(audit.tables)
    for row in events.to_dict("records"):
        about, person = _about(audit, row["month"]), text(row["deputy_id"])
        if not person:
            yield Statement(status=severity, message="no deputy is named", **about)
        elif person == text(row["peer_reviewer_id"]):
            yield Statement(status=severity, message=f"the deputy is the peer reviewer {person} too", **about)
        elif audit.provider in rpas_on(listed, person, row["event_on"]):
            message = f"the deputy {person} is an assessor of {audit.provider}, the reviewed RPA itself"
            yield Statement(status=severity, message=message, **about)


def _provided(audit: Audit) -> Iterator[Statement]:
    """Yield months in which the RPA reviewed no other one; without the others' events that is not known."""
    severity, others = audit.value("HLTA.PEER.1")["reviewed_nobody"], rpas_of_scheme(audit) - {audit.provider}
    events = audit.table("events", "rpa", "month", "peer_rpa").dropna(subset=["peer_rpa"])
    for month in audit.months:
        rows = events[(events["month"] == month) & events["rpa"].isin(others)]
        about = {"subject_type": "month", "subject": f"{audit.provider}/{month}"}
        if audit.provider in set(rows["peer_rpa"]):
            continue
        if untold := sorted(others - set(rows["rpa"])):
            why = f"who reviewed {' and '.join(untold)} in {month} is not recorded, so whether {audit.provider} did"
            why += " is not known"
            yield not_assessable(why, **about)
        elif others:
            message = f"reviewed no other RPA in {month}; expected one of {' and '.join(sorted(others))}"
            yield Statement(status=severity, message=message, **about)


@answers("HLTA.PEER.2")
def pairings_change(audit: Audit) -> Iterator[Statement]:
    """Count for how many months the RPA has been reviewed by the same one; ended early is information."""
    others = sorted(rpas_of_scheme(audit) - {audit.provider})
    events = audit.own("events", "month", "event_on", "peer_rpa")
    events = _in_order(events[events["month"] <= audit.months[-1]]).drop_duplicates("month")
    judged = events[events["month"].isin(audit.months)]
    if len(others) < 2:
        who = f"two RPAs, {audit.provider} and {others[0]}," if others else "one RPA"
        yield Statement(status="information", message=f"the scheme has {who} so that no change of pairing is possible")
        return
    what = "months were in pairings within time"
    yield from with_summary(_pairings(audit, events, others), whole=len(judged), what=what)


def _pairings(audit: Audit, events: pd.DataFrame, others: list[str]) -> Iterator[Statement]:
    """Go through the months in order. The first pairing that is known may have begun before."""
    most = audit.value("HLTA.PEER.2")
    peer, since, last, whole, used = "", 0, 0, False, set[str]()
    for month, cell in zip(events["month"], events["peer_rpa"], strict=True):
        now, number, statements = text(cell), month_number(month), []
        if not now:
            statements = [not_assessable("the RPA of the peer reviewer is blank", **_about(audit, month))]
        elif not peer or number - last > most:  # so long without an event that another pairing may lie between
            peer, since, whole, used = now, number, False, {now}
        elif now != peer:
            statements = list(_changed(audit, month, f"{peer} to {now}", held=number - since if whole else most))
            missed = [rpa for rpa in others if rpa not in used]
            if now in used and missed:
                message = f"reviewed by {now} again, before {' and '.join(missed)}"
                statements.append(Statement(status="information", message=message, **_about(audit, month)))
            used = {now} if now in used else used | {now}
            peer, since, whole = now, number, True
        elif number - since >= most:
            held = str(number - since + 1)
            message = f"reviewed by {now} for {held} months in a row; expected a change after {most}"
            figures = {"value": held, "threshold": str(most)}
            statements = [Statement(status="breach", message=message, **figures, **_about(audit, month))]
        last = number if now else last
        if month in audit.months:
            yield from statements


def _changed(audit: Audit, month: str, what: str, *, held: int) -> Iterator[Statement]:
    most = audit.value("HLTA.PEER.2")
    if held < most:
        message = f"the peer review changed from {what} after {held} months; pairings last {most}"
        figures = {"value": str(held), "threshold": str(most)}
        yield Statement(status="information", message=message, **figures, **_about(audit, month))


@answers("HLTA.PEER.3")
def joint_report_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold the day of the joint report against the working days after the event."""
    every = _joint_reports(audit)
    reports = rows_in_scope(every, audit.months, began=every["month"], ended=every["done"])
    habit = _report_habit(audit, every, reports)
    reports = reports[~(reports["event"].isin(habit.unjudged) & (reports["state"] == "overdue"))]
    waiting = reports.loc[reports["state"] == "not yet due", "event"]
    what = "joint reports were exchanged in time"
    yield from with_summary(_reports(reports), whole=len(reports), what=what, waiting=waiting)
    if not habit.row_by_row:
        month = audit.months[-1]
        why = f"no joint report is recorded of events in the twelve months up to {month} of which it was due"
        yield from habit.statements("event", "breach", why, about=f"{audit.provider}/{month}")


def _joint_reports(audit: Audit) -> pd.DataFrame:
    """Return the RPA's events in their order, as ``month, event``, each with the deadline and state of its report."""
    events = _in_order(audit.own("events", "month", "event_on", "joint_report_on"))
    by = deadline_then(audit, "HLTA.PEER.3", "within")
    reports = judged(events["event_on"], events["joint_report_on"], by, as_of=audit.as_of)
    subjects = [_about(audit, month)["subject"] for month in events["month"]]
    return reports.assign(month=events["month"], event=subjects)


def _report_habit(audit: Audit, every: pd.DataFrame, shown: pd.DataFrame) -> NoneRecorded:
    """Return whether joint reports are usually recorded: of the events of which it was due."""
    rows = rows_of_habit(every, shown, audit.months, began=every["month"])
    due, blank = rows["state"].isin(["in time", "late", "overdue"]), rows["state"] == "overdue"
    return NoneRecorded.of_log(rows, "event", due=due, blank=blank, filled=audit.value("X.RECORDED")["filled"])


def _reports(reports: pd.DataFrame) -> Iterator[Statement]:
    for row in reports.to_dict("records"):
        about: dict[str, Any] = {"subject_type": "event", "subject": row["event"]}
        event, report, deadline = row["start"], row["done"], row["deadline"]
        if pd.isna(event):
            yield not_assessable("the day of the event is blank", **about)
            continue
        expected = f"expected by {row['due'].date()}, {deadline} after the event of {event.date()}"
        if row["state"] == "not assessable":
            why = f"the joint report is dated {report.date()}, before the event of {event.date()}"
            yield not_assessable(why, **about)
        elif row["state"] == "late":
            message = f"the joint report came on {report.date()}; {expected}"
            figures = {"value": deadline.taken(event, report), "threshold": str(deadline)}
            yield Statement(status="breach", message=message, **figures, **about)
        elif row["state"] != "in time":
            status: Status = "breach" if row["state"] == "overdue" else "information"
            message = f"no joint report is recorded; {expected}"
            yield Statement(status=status, message=message, threshold=str(deadline), **about)


@answers("HLTA.PEER.4")
def forum_attended(audit: Audit) -> Iterator[Statement]:
    """Look for a peer reviewer of the RPA at each meeting of the forum that was held in the months."""
    forums = audit.table("forums", "held_on", "rpa", "attended")
    forums = forums[audit.within(forums["held_on"])]
    meetings = sorted(set(forums["held_on"]))
    found = _attendance(audit, forums[forums["rpa"] == audit.provider], meetings)
    yield from with_summary(found, whole=len(meetings), what="meetings of the forum were attended by a peer reviewer")


def _attendance(audit: Audit, own: pd.DataFrame, meetings: list[pd.Timestamp]) -> Iterator[Statement]:
    least = audit.value("HLTA.PEER.4")
    for day in meetings:
        came = own.loc[own["held_on"] == day, "attended"]
        about: dict[str, Any] = {"subject_type": "forum", "subject": f"{audit.provider}/{day.date()}"}
        number = int(came.fillna(False).sum())
        if number + int(came.isna().sum()) < least:
            message = f"{number} peer reviewers of {audit.provider} attended; expected {least}"
            yield Statement(status="warning", message=message, value=str(number), threshold=str(least), **about)
        elif number < least:
            yield not_assessable("whether a peer reviewer attended is blank", **about)
