"""How many assessments an assessor undertakes in a week, over all RPAs (HLTA.ASR.2)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable, statement_on
from qa_lib.schemes.hlta.audit import Audit, with_summary

_SEVEN = 7


@dataclass(frozen=True, order=True)
class _Week:
    """Seven days with so many assessments: an ISO week, or any. Days are counted as ``date.toordinal`` does."""

    first: int
    number: int
    iso: bool

    def overlaps(self, other: _Week) -> bool:
        return abs(self.first - other.first) < _SEVEN


@answers("HLTA.ASR.2")
def assessments_in_a_week(audit: Audit) -> Iterator[Statement]:
    """Say in which weeks an assessor with files in the months undertook more assessments than the rule allows.

    Assessments of every RPA count. A week is named where it holds a file of the RPA and the months, so that one over
    the end of a month, or for two providers, is named in each of them. Of seven days that overlap, the fullest are
    named, the earliest of these; none that hold no more than an ISO week which is named and which they overlap.
    """
    value = audit.value("HLTA.ASR.2")
    own = audit.files("assessor_id", "assessed_on")
    every = audit.table("cases", "assessed_on")
    every = every[every["assessor_id"].isin(own["assessor_id"])]
    blank = every[every["assessed_on"].isna() & every["month"].isin(audit.months)]
    found = [
        not_assessable(
            f"the day of assessment is blank in {len(ids)} of their files: {', '.join(sorted(ids))}",
            subject_type="assessor",
            subject=str(name),
        )
        for name, ids in blank.groupby("assessor_id")["case_id"]
    ]
    dated = every.dropna(subset="assessed_on").drop_duplicates("case_id")
    dated = dated.assign(day=[day.toordinal() for day in dated["assessed_on"]])
    here = dated["case_id"].isin(own["case_id"])
    for name, files in dated.groupby("assessor_id"):
        if len(files) > value["most"]:
            own_days = set(files.loc[here[files.index], "day"])
            for week in _too_full(sorted(files["day"]), own_days, value["most"], value["window"]):
                found.append(_beyond_the_limit(str(name), week, files, value["most"]))
    people = own["assessor_id"].nunique()
    what = f"assessors did no more than {value['most']} assessments in any week"
    yield from with_summary(found, whole=people, what=what)


def _too_full(days: list[int], own: set[int], most: int, window: str) -> list[_Week]:
    """Return the weeks over the limit that hold one of the own days, in order; ``days`` are sorted, one per file."""

    def weeks(firsts: set[int], *, iso: bool) -> list[_Week]:
        made = (_Week(day, bisect_left(days, day + _SEVEN) - bisect_left(days, day), iso) for day in sorted(firsts))
        return [week for week in made if week.number > most and own & set(range(week.first, week.first + _SEVEN))]

    # Day 1 of the count was a Monday.
    mondays = {day - (day - 1) % _SEVEN for day in days}
    named = [] if window == "any_seven_days" else weeks(mondays, iso=True)
    others = [] if window == "iso_week" else weeks(set(days), iso=False)
    chosen: list[_Week] = []
    for week in sorted(others, key=lambda week: (-week.number, week.first)):
        beaten = any(iso.number >= week.number for iso in named if iso.overlaps(week))
        if not beaten and not any(week.overlaps(other) for other in chosen):
            chosen.append(week)
    return sorted([*named, *chosen])


def _beyond_the_limit(name: str, week: _Week, files: pd.DataFrame, most: int) -> Statement:
    rpas = files.loc[files["day"].between(week.first, week.first + _SEVEN - 1), "rpa"].nunique()
    first, last = (dt.date.fromordinal(day) for day in (week.first, week.first + _SEVEN - 1))
    when = f"in the week from Monday {first}" if week.iso else f"in the seven days {first} to {last}"
    where = f", for {rpas} RPAs" if rpas > 1 else ""
    message = f"{week.number} assessments {when}{where}; expected no more than {most} normally"
    return statement_on("assessor", name, "warning", message, value=str(week.number), threshold=str(most))
