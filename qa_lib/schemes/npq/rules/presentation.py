"""Presenting for final assessment within 18 months of the day of commencing (NPQ.M4), and the cohort behind NPQ.M7."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable, once
from qa_lib.audit.deadlines import Deadline, judged
from qa_lib.audit.words import is_word, met, out_of, percent
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.recruited_people import person_of
from qa_lib.statistics.proportions import wilson_interval

COLUMNS = ["enrolled_on", "commenced_on", "presented_on"]


@once
def commenced(audit: Audit) -> pd.DataFrame:
    """Return who formally commenced, withdrawn and deferred included.

    Staff who deliver are no participants; the same person listed twice with the same day of commencing is one.

    Returns
    -------
    DataFrame
        The participants with ``began`` (the later of enrolled and active), ``due`` (the last day in time), ``closed``
        (that day has come), ``presented``, ``in_time``.
    """
    people = audit.table("participants", *COLUMNS)
    if "staff_role" in people.columns:
        people = people[people["staff_role"].isna() | is_word(people["staff_role"], "none")]
    began = people[["enrolled_on", "commenced_on"]].max(axis=1, skipna=False)
    frame = people.assign(began=began, _person=person_of(people))
    frame = frame[frame["began"].notna()].sort_values(["presented_on", "participant_id"])
    frame = frame.drop_duplicates(["provider", "level", "_person", "began"]).drop(columns="_person")
    deadline = Deadline.from_rule(audit.book["NPQ.M4"], audit.value("NPQ.M4"), "within")
    frame["due"] = judged(frame["began"], frame["presented_on"], deadline, as_of=audit.as_of)["due"]
    frame["closed"] = frame["due"] <= audit.as_of
    frame["presented"] = frame["presented_on"].notna()
    frame["in_time"] = frame["presented_on"] <= frame["due"]
    return frame.sort_values("participant_id", ignore_index=True)


@answers("NPQ.M4")
def presented_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold the share that presents for final assessment within 18 months against 90 %, per level."""
    people, value = commenced(audit), audit.value("NPQ.M4")
    least, months = value["least"], value["within"]
    for level in audit.levels:
        own = people[people["level"] == level]
        base = own if value["later_cohorts"] == "counted" else own[own["closed"]]
        later = own[~own["closed"]]
        n, k = len(base), int(base["in_time"].sum())
        beside = (
            f"provisional, not yet {months} months: {out_of(int(later['in_time'].sum()), len(later))} presented so far"
        )
        figure: dict[str, Any] = {
            "level": level, "measure": f"presented within {months} months, of those who commenced",
            "numerator": k, "denominator": n, "target": least, "beside": beside,
        }  # fmt: skip
        if not n:
            why = f"nobody commenced {months} months or more before {audit.as_of.date()}"
            yield not_assessable(f"{why}; {beside}", **figure)
            continue
        interval = wilson_interval(k, n)
        late = int((base["presented"] & ~base["in_time"]).sum())
        never = n - k - late
        message = f"{out_of(k, n)} presented in time, {late} later, {never} not; {beside}"
        yield Statement(
            status=met(Fraction(k, n) >= least), message=message, rate=Fraction(k, n),
            low=float(interval.low), high=float(interval.high), **figure,
        )  # fmt: skip
    yield from _undated(audit, least)


def _undated(audit: Audit, least: Fraction) -> Iterator[Statement]:
    people = audit.table("participants", *COLUMNS)
    lacking = people[people["presented_on"].notna() & people[["enrolled_on", "commenced_on"]].isna().any(axis=1)]
    for level, rows in lacking.groupby("level"):
        why = f"{len(rows)} presented but their day of enrolment or of commencing is blank: in no rate"
        yield not_assessable(why, level=str(level), threshold=percent(least))
