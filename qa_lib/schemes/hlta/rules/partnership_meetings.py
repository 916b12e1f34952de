"""Meetings of the Partnership: who organises them, agenda, papers and minutes, who contributes (HLTA.PAR.5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import takewhile

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable, statement_on
from qa_lib.audit.deadlines import Deadline, timeliness
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import day_text
from qa_lib.schemes.hlta.rules.rpas_of_people import rpas_of_scheme, text

#: Column of what goes out before a meeting -> what it is called.
_BEFORE = {"agenda_on": "the agenda", "papers_on": "the papers"}


@answers("HLTA.PAR.5")
def partnership_meetings(audit: Audit) -> Iterator[Statement]:
    """Look at the meetings that the RPA organised in the months, and at what it brought to each of all meetings.

    Agenda, papers and minutes are the organiser's. Where no day of one is recorded, what was recorded of the meetings
    that it organised in the year so far tells whether that means something: a month has one meeting or none.
    """
    before = (_sent_before(audit, column) for column in _BEFORE)
    yield from all_parts(_rotation(audit), *before, _minutes(audit), _contributions(audit))


def _meetings(audit: Audit, *columns: str) -> pd.DataFrame:
    """Return all meetings with a day up to the end of the months, in their order, with a name for each."""
    meetings = audit.table("meetings", "held_on", "rpa", *columns).dropna(subset=["held_on"])
    meetings = meetings[meetings["held_on"] <= audit.year_so_far[1]].sort_values("held_on", ignore_index=True)
    return meetings.assign(name=meetings["held_on"].dt.strftime("%Y-%m-%d"))


def _organised(audit: Audit, column: str) -> pd.DataFrame:
    """Return the meetings of the year so far that the RPA organised."""
    meetings = _meetings(audit, column)
    return meetings[(meetings["rpa"] == audit.provider) & (meetings["held_on"] >= audit.year_so_far[0])]


def _rotation(audit: Audit) -> Iterator[Statement]:
    """Look whether all others organised a meeting since the RPA last did; a register of its own ones cannot tell."""
    meetings, every = _meetings(audit), audit.table("meetings", "held_on", "rpa")
    undated = [text(cell) for cell in every.loc[every["held_on"].isna(), "rpa"]]
    organisers, others = [text(cell) for cell in meetings["rpa"]], rpas_of_scheme(audit) - {audit.provider}
    # Nothing is said to be in turn while one of its own may have come in between.
    found = [
        not_assessable("the day of a meeting is blank", subject_type="meeting", subject=organiser or "of nobody named")
        for organiser in sorted({*undated} - others)
    ]
    whole = len(found)
    for place, (name, held, organiser) in enumerate(
        zip(meetings["name"], meetings["held_on"], organisers, strict=True)
    ):
        if f"{held:%Y-%m}" not in audit.months or organiser not in ("", audit.provider):
            continue
        whole += 1
        earlier = organisers[:place]
        since = set(takewhile(lambda one: one != audit.provider, reversed(earlier)))
        if not organiser:
            found.append(not_assessable("who organised it is blank", subject_type="meeting", subject=name))
        elif audit.provider in earlier and (missed := others - since):
            # A meeting whose day is blank may have been somebody's turn.
            sure = missed - {*undated} if "" not in since | {*undated} and others & {*organisers} else set()
            found.append(_out_of_turn(audit, name, sorted(sure or missed), known=bool(sure)))
    what = f"meetings of the Partnership were organised by {audit.provider} in its turn"
    yield from with_summary(found, whole=whole, what=what)


def _out_of_turn(audit: Audit, name: str, missed: list[str], *, known: bool) -> Statement:
    if not known:
        why = f"whether {' and '.join(missed)} organised a meeting since {audit.provider} last did is not recorded"
        return not_assessable(why, subject_type="meeting", subject=name)
    message = f"organised by {audit.provider} again, before {' and '.join(missed)}; the RPAs take turns"
    return statement_on("meeting", name, "breach", message, value=audit.provider, threshold="in turn")


def _sent_before(audit: Audit, column: str) -> Iterator[Statement]:
    """Hold the day on which agenda or papers went out against the day of the meeting."""
    rows, what, choice = _organised(audit, column), _BEFORE[column], audit.value("HLTA.PAR.5")["agenda_and_papers"]
    judged = audit.within(rows["held_on"])
    late = rows[column] > rows["held_on"] if choice == "on_or_before" else rows[column] >= rows["held_on"]
    limit = choice.replace("_", " ")
    found = []
    for row in rows[judged & late].to_dict("records"):
        message = f"{what} went out on {row[column].date()}; expected {limit} the day of the meeting"
        figures = {"value": str(row[column].date()), "threshold": f"{limit} {row['name']}"}
        found.append(statement_on("meeting", row["name"], "breach", message, **figures))
    yield from _with_undone(audit, rows, column, found, what=f"meetings had {what} in advance", why=what)


def _minutes(audit: Audit) -> Iterator[Statement]:
    """Look for the minutes; until the days of the rule's value are over they may still come."""
    rows, rule = _organised(audit, "minutes_on"), audit.book["HLTA.PAR.5"]
    deadline = Deadline.from_rule(rule, audit.value("HLTA.PAR.5"), "minutes_within")
    due = pd.to_datetime(rows["held_on"].map(deadline.due))
    state = timeliness(due, rows["minutes_on"], as_of=audit.as_of)
    early, open_ones = rows["minutes_on"] < rows["held_on"], state == "not yet due"
    judged = audit.within(rows["held_on"])
    found = [
        not_assessable("the minutes are dated before the meeting", subject_type="meeting", subject=name)
        for name in rows.loc[judged & early, "name"]
    ]
    for name, day in zip(rows.loc[judged & open_ones, "name"], due[judged & open_ones], strict=True):
        message = f"the minutes have not gone out yet; to be sent by {day.date()}"
        found.append(statement_on("meeting", name, "information", message, threshold=str(deadline)))
    what = "meetings had their minutes afterwards"
    yield from _with_undone(audit, rows[~open_ones], "minutes_on", found, what=what, why="the minutes")


def _with_undone(
    audit: Audit, rows: pd.DataFrame, column: str, found: list[Statement], *, what: str, why: str
) -> Iterator[Statement]:
    """Yield what stands out, what is said of blank days, and one line over the meetings of the months."""
    judged, lacking = audit.within(rows["held_on"]), rows[column].isna()
    blank, filled = rows.loc[lacking, "name"].tolist(), audit.value("X.RECORDED")["filled"]
    undone = NoneRecorded(blank=blank, due=len(rows), filled=filled)
    whole = int(judged.sum())
    if own := rows.loc[lacking & judged, "name"].tolist():
        if undone.row_by_row:
            undone = dataclasses.replace(undone, blank=own)
        else:
            whole -= len(own)
        about = f"{audit.provider}/{audit.months[-1]}"
        why = f"by {day_text(audit.as_of)} no day is recorded on which {why} of the meeting went out"
        found += undone.statements("meeting", "breach", why, about=about)
    yield from with_summary(found, whole=whole, what=what)


def _contributions(audit: Audit) -> Iterator[Statement]:
    """Look at what the RPA brought to each meeting of the months; of a meeting that nobody noted nothing is known."""
    rows = audit.table("contributions", "held_on", "rpa", "contributed").dropna(subset=["held_on"])
    rows = rows[audit.within(rows["held_on"])]
    held = set(rows["held_on"])
    if audit.has("meetings", "held_on"):
        meetings = audit.tables["meetings"]["held_on"].dropna()
        held |= set(meetings[audit.within(meetings)])
    found = []
    for day in sorted(held):
        noted = rows[rows["held_on"] == day]
        own, about = noted.loc[noted["rpa"] == audit.provider, "contributed"], f"{audit.provider}/{day.date()}"
        if noted.empty or own.isna().any():
            found.append(not_assessable("what the RPA contributed is blank", subject_type="meeting", subject=about))
        elif not own.any():
            found.append(
                statement_on("meeting", about, "warning", "no contribution to the meeting; expected of every RPA")
            )
    what = f"meetings of the Partnership had a contribution of {audit.provider}"
    yield from with_summary(found, whole=len(held), what=what)
