"""Who assesses: first solo assessments, named senior assessors, and assignments outside the Partnership."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable, statement_on
from qa_lib.audit.words import blank, out_of
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import (
    actions_by,
    day_text,
    has_role,
    held_role,
    holders,
    people_with_roles,
)
from qa_lib.schemes.hlta.rules.file_days import about

_DAY = pd.Timedelta(days=1)
#: Words that say in a cell of text that there is nothing.
_NOTHING = ("", "none", "no")


@answers("HLTA.ASR.1")
def first_solo_quality_assured(audit: Audit) -> Iterator[Statement]:
    """Say which first solo files were not sampled, who quality assured them, and whose are not marked as such."""
    files = audit.files("assessor_id", "first_solo")
    yield from blanks(files[files["first_solo"].isna()], "case_id", "file", "first_solo is blank")
    yield from all_parts(_first_solo_sampled(audit), _first_solo_senior(audit), _first_solo_marked(audit))


def _first_solos(audit: Audit, *columns: str) -> pd.DataFrame:
    files = audit.files("assessor_id", "first_solo", *columns)
    return files[files["first_solo"].fillna(False).astype(bool)].reset_index(drop=True)


def _first_solo_sampled(audit: Audit) -> Iterator[Statement]:
    """Yield first solo files that are not in a sample: a breach once drawn, where fewer are in it than the share."""
    ids = _first_solos(audit)["case_id"]
    done = [draw for draw in audit.draws if draw.status == "drawn"]
    drawn = _ids(draw.freeze.population for draw in done)
    sampled = _ids(draw.sample for draw in done)
    waiting = _ids(draw.freeze.population for draw in audit.draws if draw.status != "drawn")
    share = audit.value("HLTA.ASR.1")
    short = ids.isin(sampled).sum() < share * int(ids.isin(drawn).sum())
    found = []
    for case_id in ids[~ids.isin(sampled)]:
        if case_id in drawn:
            message = "the first solo assessment is in a drawn population and not in the sample"
            found.append(about(case_id, "breach" if short else "information", message))
        else:
            state = "frozen, and waits for its seed" if case_id in waiting else "not drawn yet"
            found.append(about(case_id, "information", f"the first solo assessment is {state}"))
    what = "first solo files of drawn months are in a sample"
    yield from with_summary(found, whole=int(ids.isin(drawn).sum()), what=what)


def _ids(frames: Any) -> set[str]:
    return {str(case_id) for frame in frames for case_id in frame["case_id"]}


def _first_solo_senior(audit: Audit) -> Iterator[Statement]:
    """Yield first solo files that nobody quality assured who may: a senior assessor on that day, and another person."""
    files = _first_solos(audit, "senior_assessor_id")
    files = files.reindex(columns=["case_id", "assessor_id", "senior_assessor_id", "assessed_on"])
    unnamed, seniors, listed = blank(files["senior_assessor_id"]), holders(audit, "senior"), people_with_roles(audit)
    found, unknown = [], False
    for row in files.assign(unnamed=unnamed).to_dict("records"):
        file, person, senior = row["case_id"], row["assessor_id"], row["senior_assessor_id"]
        if row["unnamed"]:
            message = f"the first solo assessment of {person} names no senior assessor who quality assured it"
            found.append(about(file, "breach", message))
        elif senior == person:
            found.append(
                about(file, "breach", f"{person} quality assured their own first solo assessment", value=senior)
            )
        elif not listed:
            unknown = True
        elif senior not in listed:
            why = f"whether {senior}, who quality assured it, is a senior assessor is not recorded"
            found.append(not_assessable(why, subject_type="file", subject=str(file)))
        elif not held_role(seniors, senior, row["assessed_on"]):
            message = f"{senior} quality assured it and does not have the role of a senior assessor on that day"
            found.append(about(file, "breach", message, value=senior))
    what = "first solo files were quality assured by a senior assessor who is not their assessor"
    if not unknown:
        yield from with_summary(found, whole=len(files), what=what)
        return
    yield from found
    yield not_assessable(
        "no roles of assessors are recorded: whether those who quality assured are seniors is not known"
    )


def _first_solo_marked(audit: Audit) -> Iterator[Statement]:
    """Warn of assessors who had assessed nobody before and of whose files none is marked as the first solo one."""
    if not audit.has("assessors", "assessments_before"):
        return
    people = audit.own("assessors", "assessor_id", "assessments_before")
    new = people.loc[people["assessments_before"].eq(0).fillna(False), "assessor_id"]
    cases = audit.table("cases", "assessor_id", "first_solo")
    marked = cases.loc[cases["first_solo"].fillna(True).astype(bool), "assessor_id"]
    files = audit.files("assessor_id")
    counts = files.loc[files["assessor_id"].isin(new) & ~files["assessor_id"].isin(marked), "assessor_id"]
    for person, number in counts.value_counts().sort_index().items():
        message = (
            f"had 0 assessments before, and of their files none is marked as first solo; in these months: {number}"
        )
        yield statement_on("assessor", person, "warning", message, value=str(number))


@answers("HLTA.ASR.4")
def senior_assessor_named(audit: Audit) -> Iterator[Statement]:
    """Say on which days of the months nobody had the role of a senior assessor.

    Someone has it from the day on which they started; a removal from the register ends it. Where a gap ends because
    seniors start, it is said of each of them; else of the RPA.
    """
    people = audit.own("assessors", "assessor_id", "roles", "started_on").sort_values("assessor_id")
    people = people[has_role(people["roles"], "senior") | people["roles"].isna()]
    fewest, days = int(audit.value("HLTA.ASR.4")), _days(audit)
    certain, possible = _in_role(audit, people, days)
    gap = days[possible < fewest]
    unknown = days[(certain < fewest) & (possible >= fewest)]
    yield from _without_senior(audit, people, gap, fewest)
    if len(unknown):
        why = f"roles or first days are blank, so seniors are not known on {len(unknown)} days: {_spans(unknown)}"
        yield not_assessable(why, value=str(len(unknown)))
    if not len(days):
        message = f"nothing to look at: no day of the months by {audit.as_of:%Y-%m-%d}"
        yield Statement(status="information", message=message)
        return
    fine = int((certain >= fewest).sum())
    message = f"{out_of(fine, len(days))} days had {fewest} or more senior assessors"
    yield Statement(
        status="met" if fine == len(days) else "information", message=message, value=str(fine), threshold=str(len(days))
    )


def _days(audit: Audit) -> pd.DatetimeIndex:
    """Return the days of the months that have come."""
    spans = [pd.date_range(f"{month}-01", periods=pd.Period(month).days_in_month) for month in audit.months]
    days = pd.DatetimeIndex(np.concatenate([span.to_numpy() for span in spans]))
    return days[days <= audit.as_of]


def _in_role(audit: Audit, people: pd.DataFrame, days: pd.DatetimeIndex) -> tuple[Any, Any]:
    """Return, per day, how many certainly have the role, and how many may have it."""
    removals = actions_by(audit, "removal")
    removals = removals[removals["rpa"] == audit.provider]
    certain, possible = np.zeros(len(days), dtype=int), np.zeros(len(days), dtype=int)
    for name, roles, started in zip(people["assessor_id"], people["roles"], people["started_on"], strict=True):
        free = np.ones(len(days), dtype=bool) if pd.isna(started) else np.asarray(days >= started)
        own = removals[removals["assessor_id"] == name]
        for opened, closed in zip(own["opened_on"], own["closed_on"], strict=True):
            free &= ~((days >= opened) & (pd.isna(closed) | (days < closed)))
        possible += free
        if not pd.isna(started) and not pd.isna(roles):
            certain += free
    return certain, possible


def _without_senior(audit: Audit, people: pd.DataFrame, gap: pd.DatetimeIndex, fewest: int) -> Iterator[Statement]:
    if not len(gap):
        return
    none = "no senior assessor" if fewest == 1 else f"fewer than {fewest} senior assessors"
    message = f"{audit.provider} has {none} on {_spans(gap)}, days: {len(gap)}"
    starters = people[(people["started_on"] - _DAY).isin(gap)]
    for row in starters.itertuples():
        starts = f"{message}; {row.assessor_id} starts on {day_text(row.started_on)}"
        yield statement_on("assessor", row.assessor_id, "breach", starts, value=str(len(gap)), threshold="0")
    last_days = {last for _, last in _ranges(gap)}
    if last_days - set(starters["started_on"] - _DAY):
        yield Statement(status="breach", message=message, value=str(len(gap)), threshold="0")


def _ranges(days: pd.DatetimeIndex) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the first and the last day of each run of days without a break."""
    runs = pd.Series(days).groupby((pd.Series(days).diff() != _DAY).cumsum())
    return list(zip(runs.min(), runs.max(), strict=True))


def _spans(days: pd.DatetimeIndex) -> str:
    ends = [(day_text(first), day_text(last)) for first, last in _ranges(days)]
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in ends)


@answers("HLTA.ASR.7")
def no_outside_assignment(audit: Audit) -> Iterator[Statement]:
    """Say for which assessors of the RPA an assignment outside the Partnership is recorded; a blank is none."""
    people = audit.own("assessors", "assessor_id", "outside_assignment").sort_values("assessor_id")
    text = people["outside_assignment"].fillna("").str.strip()
    days = pd.to_datetime(people.get("outside_assignment_on", pd.Series(pd.NaT, index=people.index)))
    known = ~text.str.casefold().isin(_NOTHING)
    found = []
    for name, what, day in zip(people["assessor_id"][known], text[known], days[known], strict=True):
        when = f" on {day_text(day)}" if pd.notna(day) else ", without its day"
        message = f"an assignment outside the Partnership is recorded{when}: {what}"
        found.append(statement_on("assessor", name, "breach", message, value=day_text(day)))
    what = "assessors have no assignment outside the Partnership on record"
    yield from with_summary(found, whole=len(people), what=what)
