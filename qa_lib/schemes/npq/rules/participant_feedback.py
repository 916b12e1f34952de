"""Participants' feedback: a mean of at least 6 of 10, and no award before the form (NPQ.M6)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt
from typing import Any

import pandas as pd
from scipy.special import stdtrit

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, once
from qa_lib.audit.words import count_with_noun, decimal_text, exact, met, out_of
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.presentation import commenced, participants

#: Columns of the ratings.
RATINGS = ["participant_id", "level", "rating", "in_scale", "completed_on"]


def ratings(audit: Audit) -> pd.DataFrame:
    """Return the participants' ratings received in the period, exact: the columns of ``RATINGS``.

    Staff who deliver give no feedback that counts. Where no period is judged, every rating up to the as-of day.
    """
    frame = _received(audit)
    return frame[audit.in_period(frame["completed_on"]) | (not audit.period)].reset_index(drop=True)


@once
def _received(audit: Audit) -> pd.DataFrame:
    """Return the participants' ratings of every period, with the day of the form where it is known."""
    table, people = audit.table("feedback", "participant_id", "rating"), participants(audit)
    frame = table.assign(rating=table["rating"].map(exact, na_action="ignore").astype("object"))
    frame = frame[frame["rating"].notna() & frame["participant_id"].isin(people["participant_id"])]
    days = form_days(audit).set_axis(audit.table("participants")["participant_id"])
    value = audit.value("NPQ.M6")
    inside = [value["scale_from"] <= rating <= value["scale_to"] for rating in frame["rating"]]
    completed_on = days.reindex(frame["participant_id"]).set_axis(frame.index)
    frame = frame.assign(in_scale=pd.Series(inside, index=frame.index, dtype=bool), completed_on=completed_on)
    return frame[RATINGS].sort_values("participant_id", ignore_index=True)


def mean_interval(values: list[Fraction], *, scale: tuple[Fraction, Fraction]) -> tuple[float, float] | None:
    """Return Student's 95 % interval of a mean, within the scale; None for fewer than two ratings."""
    n = len(values)
    if n < 2:
        return None
    mean = sum(values, Fraction(0)) / n
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / (n - 1)
    half = float(stdtrit(n - 1, 0.975)) * sqrt(variance / n)
    return max(float(scale[0]), float(mean) - half), min(float(scale[1]), float(mean) + half)


@answers("NPQ.M6")
def mean_feedback(audit: Audit) -> Iterator[Statement]:
    """Hold the exact mean over all feedback received against 6, levels beside; look for awards before the form."""
    yield from _awards(audit)
    table, every = ratings(audit), _received(audit)
    outside = int((~table["in_scale"]).sum())
    if outside:
        yield not_assessable(f"{outside} ratings lie outside the scale: in no mean", value=str(outside))
    undated = int(every["completed_on"].isna().sum())
    if audit.period and undated:
        why = f"the day of the form is blank for {out_of(undated, len(every))} ratings: in no period's mean"
        yield not_assessable(why, value=str(undated))
    staff = set(audit.table("participants")["participant_id"]) - set(participants(audit)["participant_id"])
    if own := int(audit.table("feedback")["participant_id"].isin(staff).sum()):
        yield Statement(
            status="information",
            message=f"{count_with_noun(own, 'rating')} of staff who deliver: in no mean",
            value=str(own),
        )
    inside = table[table["in_scale"]]
    if inside.empty:
        raise NotAssessable(f"no feedback was received{f' in {audit.period}' if audit.period else ''}")
    yield _mean(audit, inside, "")
    for level in audit.levels:
        rows = inside[inside["level"] == level]
        if len(rows):
            yield _mean(audit, rows, level)


def _mean(audit: Audit, rows: pd.DataFrame, level: str) -> Statement:
    value = audit.value("NPQ.M6")
    numbers = rows["rating"].tolist()
    total, n = sum(numbers, Fraction(0)), len(numbers)
    mean = total / n
    interval = mean_interval(numbers, scale=(value["scale_from"], value["scale_to"]))
    ends = f"95 % interval {interval[0]:.2f} to {interval[1]:.2f}" if interval else "one rating has no interval"
    beside = _response(audit, level) + _so_far(audit, level)
    message = (
        f"mean rating {decimal_text(mean, places=4)} of {decimal_text(value['scale_to'])} over {n}; {ends}; {beside}"
    )
    figure: dict[str, Any] = {
        "level": level, "measure": "mean rating", "numerator": total, "denominator": n, "rate": mean, "unit": "points",
        "low": interval[0] if interval else None, "high": interval[1] if interval else None, "beside": beside,
    }  # fmt: skip
    if level:
        return Statement(status="information", message=f"{message}; the rule judges the provider as a whole", **figure)
    return Statement(status=met(mean >= value["least_mean"]), message=message, target=value["least_mean"], **figure)


def _so_far(audit: Audit, level: str) -> str:
    """Return the mean over every period so far, where one period is judged."""
    every = _received(audit)
    own = every[every["in_scale"] & ((every["level"] == level) | (level == ""))]
    if not audit.period:
        return ""
    mean = sum(own["rating"], Fraction(0)) / len(own)
    return f"; of every period so far: mean {decimal_text(mean, places=4)} over {len(own)}"


def _response(audit: Audit, level: str) -> str:
    """Return the response rate among those who presented for final assessment in the period."""
    try:
        people = commenced(audit)
    except NotAssessable as reason:
        return f"response rate {reason}"
    there = people[people["presented"] & ((people["level"] == level) | (level == ""))]
    if audit.period:
        there = there[audit.in_period(there["presented_on"])]
    answered = int(there["participant_id"].isin(_received(audit)["participant_id"]).sum())
    return f"response rate {out_of(answered, len(there))} who presented"


def _awards(audit: Audit) -> Iterator[Statement]:
    """Yield who was awarded the qualification before the feedback form; the same day is in time."""
    if not audit.has("participants", "awarded_on"):
        yield not_assessable("the table participants has no column awarded_on, so awards before the form do not show")
        return
    people = audit.table("participants", "awarded_on")
    awarded = people.assign(formed=form_days(audit))
    awarded = awarded[awarded["awarded_on"].notna()]
    early = awarded[awarded["awarded_on"] < awarded["formed"]]
    unknown = int(awarded["formed"].isna().sum())
    for row in early.sort_values("participant_id").to_dict("records"):
        yield Statement(
            status="breach", subject_type="participant", subject=str(row["participant_id"]),
            message="awarded before the feedback form", value=str(row["awarded_on"].date()),
            threshold=f"not before {row['formed'].date()}",
        )  # fmt: skip
    if unknown:
        why = f"the day of the feedback form is blank for {out_of(unknown, len(awarded))} awarded"
        yield not_assessable(why, value=str(unknown))
    if early.empty and unknown < len(awarded):
        message = f"{len(awarded) - unknown} awarded on or after the day of their feedback form, none before"
        yield Statement(status="met", message=message)


def form_days(audit: Audit) -> pd.Series:
    """Return per participant the day of the form: of the feedback, else as the participant's row says."""
    people = audit.table("participants")
    days = pd.Series(pd.NaT, index=people.index, dtype="datetime64[ns]")
    if audit.has("participants", "feedback_completed_on"):
        days = people["feedback_completed_on"]
    if audit.has("feedback", "completed_on"):
        forms = audit.table("feedback").set_index("participant_id")["completed_on"]
        days = forms.reindex(people["participant_id"]).set_axis(people.index).fillna(days)
    return days
