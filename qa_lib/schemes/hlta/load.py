"""How many assessments an assessor undertakes in a week, over all RPAs (HLTA.ASR.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from qa_lib.schemes.answering import Said, answers, not_assessable
from qa_lib.schemes.hlta.case import Case, overall

_SEVEN = 7


@dataclass(frozen=True, order=True)
class _Week:
    """Seven days with so many assessments: an ISO week, or any."""

    first: pd.Timestamp
    number: int
    iso: bool

    def overlaps(self, other: _Week) -> bool:
        return abs((self.first - other.first).days) < _SEVEN


@answers("HLTA.ASR.2", section="Assessors")
def assessments_in_a_week(case: Case) -> Iterator[Said]:
    """Say in which weeks an assessor with files in the months undertook more assessments than the rule allows.

    Assessments of every RPA count. A week is named where it holds a file of the RPA and the months, so that one over
    the end of a month, or for two providers, is named in each of them. Of seven days that overlap, the fullest are
    named, the earliest of these; none that hold no more than an ISO week which is named and which they overlap.
    """
    value = case.value("HLTA.ASR.2")
    own = case.files("assessor_id", "assessed_on")
    every = case.table("cases", "assessed_on")
    every = every[every["assessor_id"].isin(own["assessor_id"])]
    blank = every[every["assessed_on"].isna() & every["month"].isin(case.months)]
    found = [
        not_assessable(
            f"the day of assessment is blank in {len(ids)} of their files: {', '.join(sorted(ids))}",
            subject_type="assessor",
            subject=str(name),
        )
        for name, ids in blank.groupby("assessor_id")["case_id"]
    ]
    dated = every.dropna(subset="assessed_on").drop_duplicates("case_id")
    own_days = own.groupby("assessor_id")["assessed_on"].agg(set)
    for name, files in dated.groupby("assessor_id"):
        if len(files) > value["most"]:
            for week in _too_full(files["assessed_on"], own_days[name], value["most"], value["window"]):
                found.append(_said(str(name), week, files, value["most"]))
    people = own["assessor_id"].nunique()
    yield from overall(found, whole=people, what=f"assessors did no more than {value['most']} assessments in any week")


def _too_full(days: pd.Series, own: set[pd.Timestamp], most: int, window: str) -> list[_Week]:
    """Return the weeks over the limit that hold one of the own days, in order."""
    counts = days.value_counts().sort_index()

    def weeks(firsts: pd.DatetimeIndex, *, iso: bool) -> list[_Week]:
        numbers = [int(counts[first : first + pd.Timedelta(days=_SEVEN - 1)].sum()) for first in firsts]
        full = [_Week(first, number, iso) for first, number in zip(firsts, numbers, strict=True) if number > most]
        return [week for week in full if any(0 <= (day - week.first).days < _SEVEN for day in own)]

    dates = pd.DatetimeIndex(counts.index)
    named = (
        []
        if window == "any_seven_days"
        else weeks((dates - pd.to_timedelta(dates.weekday, unit="D")).unique(), iso=True)
    )
    others = [] if window == "iso_week" else weeks(dates, iso=False)
    chosen: list[_Week] = []
    for week in sorted(others, key=lambda week: (-week.number, week.first)):
        beaten = any(iso.number >= week.number for iso in named if iso.overlaps(week))
        if not beaten and not any(week.overlaps(other) for other in chosen):
            chosen.append(week)
    return sorted([*named, *chosen])


def _said(name: str, week: _Week, files: pd.DataFrame, most: int) -> Said:
    last = week.first + pd.Timedelta(days=_SEVEN - 1)
    rpas = files.loc[files["assessed_on"].between(week.first, last), "rpa"].nunique()
    when = (
        f"in the week from Monday {week.first:%Y-%m-%d}"
        if week.iso
        else f"in the seven days {week.first:%Y-%m-%d} to {last:%Y-%m-%d}"
    )
    where = f", for {rpas} RPAs" if rpas > 1 else ""
    return Said(
        status="warning",
        message=f"{week.number} assessments {when}{where}; expected no more than {most} normally",
        subject_type="assessor",
        subject=name,
        value=str(week.number),
        threshold=str(most),
    )


ANSWERED = (assessments_in_a_week,)
