"""What will be due at a provider, to be chased before it is late (NPQ.REQ.16, which is this project's own)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import ceil
from types import MappingProxyType

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, made_or_empty, once
from qa_lib.audit.words import count_with_noun
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.presentation import commenced, participants

#: Columns of the work list.
COLUMNS = ["participant_id", "level", "what", "by"]
PRESENT, FORM = "present for final assessment", "complete the feedback form"


def work_list(audit: Audit) -> pd.DataFrame:
    """Return what participants have still to do: who is to present soon, and who passed and gave no feedback.

    Returns
    -------
    DataFrame
        :data:`COLUMNS` as text, by day and participant; ``by`` is blank where no day is set. Empty where the columns
        are missing that would tell; the findings of NPQ.REQ.16 say which.
    """
    parts = [made_or_empty(part, audit, dict.fromkeys(COLUMNS, "str")) for part in (_to_present, _without_form)]
    return pd.concat(parts, ignore_index=True).sort_values(["by", "participant_id"], ignore_index=True)


@once
def _to_present(audit: Audit) -> pd.DataFrame:
    """Return who is to present within the days of the rule, and neither did nor left nor began anew."""
    people = commenced(audit)
    last = audit.as_of + pd.Timedelta(days=audit.value("NPQ.REQ.16"))
    left = [people[name].notna() for name in ("withdrawn_on", "deferred_on") if name in people.columns]
    gone = pd.concat(left, axis=1).any(axis=1) if left else pd.Series(False, index=people.index)
    ahead = (people["due"] >= audit.as_of) & (people["due"] <= last)
    soon = people[ahead & people["counts"] & ~people["presented"] & ~gone]
    return _rows(soon, PRESENT, soon["due"].dt.strftime("%Y-%m-%d"))


@once
def _without_form(audit: Audit) -> pd.DataFrame:
    """Return who passed and has no day of a feedback form, in their own row or in the table of feedback."""
    audit.table("participants", "result", "feedback_completed_on")
    people = participants(audit)
    given = set(audit.tables["feedback"]["participant_id"]) if audit.has("feedback", "participant_id") else set()
    passed = people[(people["result"] == "pass") & people["feedback_completed_on"].isna()]
    lacking = passed[~passed["participant_id"].isin(given)]
    return _rows(lacking, FORM, pd.Series("", index=lacking.index))


def _rows(people: pd.DataFrame, what: str, by: pd.Series) -> pd.DataFrame:
    return people.assign(what=what, by=by.astype("str"))[COLUMNS].reset_index(drop=True)


@answers("NPQ.REQ.16", after_others=True)
def coming_due(audit: Audit, others: Mapping[str, list[Statement]] = MappingProxyType({})) -> Iterator[Statement]:
    """Count by level who is to present soon, who passed without feedback, and how many recruits the target lacks."""
    yield from all_parts(
        _counted(audit, _to_present, f"to present within {audit.value('NPQ.REQ.16')} days"),
        _counted(audit, _without_form, "passed and gave no feedback yet"),
        _recruits_needed(others.get("NPQ.M1", [])),
    )


def _counted(audit: Audit, make: Callable[[Audit], pd.DataFrame], words: str) -> Iterator[Statement]:
    rows = make(audit)
    if rows.empty:
        yield Statement(status="information", message=f"nobody {words}", value="0")
    for level in audit.levels:
        number = int((rows["level"] == level).sum())
        if number:
            yield Statement(status="information", level=level, message=f"{number} {words}", value=str(number))


def _recruits_needed(statements: list[Statement]) -> Iterator[Statement]:
    for one in statements:
        if one.measure and one.denominator and one.target is not None and one.numerator < one.target * one.denominator:
            needed = ceil(one.target * one.denominator - one.numerator)
            message = f"{count_with_noun(needed, 'recruit')} more for the target"
            yield Statement(status="information", level=one.level, message=message, value=str(needed))
