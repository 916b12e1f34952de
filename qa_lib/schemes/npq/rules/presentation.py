"""Presenting for final assessment within 18 months of the day of commencing (NPQ.M4), and the cohort behind NPQ.M7."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, made_or_empty, not_assessable, once, statement_on
from qa_lib.audit.deadlines import Deadline, judged
from qa_lib.audit.words import is_word, met, out_of, percent
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.recruited_people import person_of
from qa_lib.statistics.proportions import wilson_interval

COLUMNS = ["enrolled_on", "commenced_on", "presented_on"]
#: Columns of who is there with more attempts than one.
ATTEMPTS = {
    "participant_id": "str", "level": "str", "began": "datetime64[ns]", "presented_on": "datetime64[ns]",
    "withdrawn_on": "datetime64[ns]", "deferred_on": "datetime64[ns]", "result": "str", "counts": "bool",
}  # fmt: skip


def participants(audit: Audit) -> pd.DataFrame:
    """Return the rows of the provider's participants; staff who deliver are none."""
    people = audit.table("participants")
    if "staff_role" not in people.columns:
        return people
    return people[people["staff_role"].isna() | is_word(people["staff_role"], "none")]


@once
def _started(audit: Audit) -> pd.DataFrame:
    """Return who has a day of commencing, with ``began`` and what contradicts it: ``too_early``, ``never_began``.

    The same person listed twice with the same day of commencing is one.
    """
    audit.table("participants", *COLUMNS)
    people = participants(audit)
    frame = people.assign(began=people[["enrolled_on", "commenced_on"]].max(axis=1, skipna=False))
    frame = frame.assign(person=person_of(frame))[frame["began"].notna()]
    frame = frame.sort_values(["presented_on", "participant_id"])
    frame = frame.drop_duplicates(["provider", "level", "person", "began"])
    frame["too_early"] = frame["presented_on"] < frame["began"]
    withdrawn = frame["withdrawn_on"] if "withdrawn_on" in frame.columns else pd.Series(pd.NaT, index=frame.index)
    frame["never_began"] = (withdrawn < frame["began"]) & ~(frame["presented_on"] >= frame["began"])
    return frame.sort_values("participant_id", ignore_index=True)


@once
def commenced(audit: Audit) -> pd.DataFrame:
    """Return who formally commenced, withdrawn and deferred included; who withdrew before that day did not.

    Returns
    -------
    DataFrame
        A row for each attempt, with ``began`` (the later of enrolled and active), ``due`` (the last day in time),
        ``closed`` (that day has come), ``of_period`` (it lies in the period), ``presented`` (not before commencing),
        ``in_time``, and ``counts``: the person's last attempt at the level.
    """
    frame = _started(audit)
    frame = frame[~frame["never_began"]].sort_values(["began", "participant_id"])
    frame["counts"] = ~frame.duplicated(["provider", "level", "person"], keep="last")
    deadline = Deadline.from_rule(audit.book["NPQ.M4"], audit.value("NPQ.M4"), "within")
    frame["due"] = judged(frame["began"], frame["presented_on"], deadline, as_of=audit.as_of)["due"]
    frame["closed"] = frame["due"] <= audit.as_of
    frame["of_period"] = audit.in_period(frame["due"])
    frame["presented"] = frame["presented_on"].notna() & ~frame["too_early"]
    frame["in_time"] = frame["presented"] & (frame["presented_on"] <= frame["due"])
    return frame.drop(columns=["never_began"]).sort_values("participant_id", ignore_index=True)


def attempts(audit: Audit) -> pd.DataFrame:
    """Return every attempt of those who commenced a level more than once; ``counts`` says which one does.

    Empty where the columns are missing that would tell; the findings of NPQ.M4 say which.
    """
    return made_or_empty(_attempts, audit, ATTEMPTS)


def _attempts(audit: Audit) -> pd.DataFrame:
    people = commenced(audit)
    several = people[people.duplicated(["provider", "level", "person"], keep=False)]
    shown = several.sort_values(["level", "person", "began"], ignore_index=True)
    return shown[[name for name in ATTEMPTS if name in shown.columns]]


@answers("NPQ.M4")
def presented_in_time(audit: Audit) -> Iterator[Statement]:
    """Hold the share that presents for final assessment within 18 months against 90 %, per level."""
    people = commenced(audit)
    for level in audit.levels:
        yield _level(audit, people[people["level"] == level], level)
    yield from _undated(audit)
    yield from _out_of_order(audit)


def _level(audit: Audit, own: pd.DataFrame, level: str) -> Statement:
    value = audit.value("NPQ.M4")
    least, months = value["least"], value["within"]
    later, over = own[~own["closed"]], own[own["closed"]]
    base = own[own["of_period"] & own["closed"]]
    if value["later_cohorts"] == "counted":
        base = pd.concat([base, later])
    beside = f"provisional, not yet {months} months: {out_of(int(later['in_time'].sum()), len(later))} presented so far"
    if audit.period:
        beside += f"; every cohort whose {months} months are over: {out_of(int(over['in_time'].sum()), len(over))}"
    n, k = len(base), int(base["in_time"].sum())
    figure: dict[str, Any] = {
        "level": level, "measure": f"presented within {months} months, of those who commenced",
        "numerator": k, "denominator": n, "target": least, "beside": beside,
    }  # fmt: skip
    if not n:
        return not_assessable(f"{nobody_due(audit)}; {beside}", **figure)
    interval = wilson_interval(k, n)
    late = int((base["presented"] & ~base["in_time"]).sum())
    message = f"{out_of(k, n)} presented in time, {late} later, {n - k - late} not; {beside}"
    return Statement(
        status=met(Fraction(k, n) >= least), message=message, rate=Fraction(k, n),
        low=float(interval.low), high=float(interval.high), **figure,
    )  # fmt: skip


def nobody_due(audit: Audit) -> str:
    """Return in words that no cohort is one of the period."""
    months = audit.value("NPQ.M4")["within"]
    within = f"in {audit.period}, as known on" if audit.period else "by"
    return f"nobody's {months} months ended {within} {audit.as_of.date()}"


def _undated(audit: Audit) -> Iterator[Statement]:
    people = participants(audit)
    lacking = people[people["presented_on"].notna() & people[["enrolled_on", "commenced_on"]].isna().any(axis=1)]
    least = percent(audit.value("NPQ.M4")["least"])
    for level, rows in lacking.groupby("level"):
        why = f"{len(rows)} presented but their day of enrolment or of commencing is blank: in no rate"
        yield not_assessable(why, level=str(level), threshold=least)


def _out_of_order(audit: Audit) -> Iterator[Statement]:
    """Yield each row whose days of commencing, presenting and withdrawing contradict each other."""
    for row in _started(audit).to_dict("records"):
        about: dict[str, Any] = {"subject_type": "participant", "subject": str(row["participant_id"])}
        began = row["began"].date()
        if row["too_early"]:
            why = f"presented on {row['presented_on'].date()}, before commencing on {began}: counted as not presented"
            yield not_assessable(f"{why}; mend the day that is wrong", **about)
        if row["never_began"]:
            message = f"withdrew on {row['withdrawn_on'].date()}, before commencing on {began}: did not commence"
            yield statement_on("participant", row["participant_id"], "information", message)
