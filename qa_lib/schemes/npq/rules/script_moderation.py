"""National moderation of scripts: a random tenth, at most 5 % overturned (NPQ.M5).

The framework's rule is on the sample's own share. Apart from it stands what the sample shows of all scripts, by exact
bounds for a finite population. A script that should have been moderated and was not may be either: only where that
decides nothing is there a verdict.

The scripts of a period are those that were assessed in it, but for those moderated before it. Where they were drawn,
the sample is what was drawn; else what was moderated in the period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once
from qa_lib.audit.words import exact, met, out_of, percent
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.sampling.protocol import ceil_share
from qa_lib.schemes.npq.audit import Audit
from qa_lib.statistics.finite import Claim, judge_claim

OUTCOME = ["participant_id", "original_passed", "moderated_passed"]
MODERATED = {"participant_id": "str", "level": "str"} | dict.fromkeys(
    ["in_draw", "returned", "result_changed", "mark_changed", "overturned"], "bool"
)


@once
def _scripts(audit: Audit) -> pd.DataFrame:
    """Return every script of the provider with its level, and whose it is: ``own`` of the period, ``moderated_now``.

    A script without a day of assessment may be of any period, so that it is in each: none escapes the draw.
    """
    scripts = audit.table("scripts", "participant_id", "passed").sort_values("participant_id", ignore_index=True)
    assessed, moderated_on = scripts.get("assessed_on", _nowhere(scripts)), _nowhere(scripts)
    if audit.has("national_moderation", "participant_id", "moderated_on"):
        days = audit.table("national_moderation").set_index("participant_id")["moderated_on"]
        moderated_on = days.reindex(scripts["participant_id"]).set_axis(scripts.index)
    before = moderated_on < audit.first_day if audit.first_day is not None else moderated_on.isna() & False
    own = (audit.in_period(assessed) | assessed.isna()) & ~before
    moderated_now = audit.in_period(moderated_on) if audit.period else pd.Series(True, index=scripts.index)
    return scripts.assign(own=own, moderated_now=moderated_now, undated=assessed.isna())


def _nowhere(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")


def scripts_of(audit: Audit) -> pd.DataFrame:
    """Return the provider's scripts of the period with their level: those of which some are to be moderated."""
    scripts = _scripts(audit)
    return scripts[scripts["own"]].drop(columns=["own", "moderated_now", "undated"]).reset_index(drop=True)


def moderated(audit: Audit) -> pd.DataFrame:
    """Return what became of each script of the sample.

    Returns
    -------
    DataFrame
        ``participant_id, level, in_draw, returned, result_changed, mark_changed, overturned``. Without a draw the
        sample is what was moderated in the period; with one, scripts that were moderated in it beside the draw have
        ``in_draw`` False. Empty where the data
        set has no scripts or no national moderation; the findings of NPQ.M5 say which.
    """
    return made_or_empty(_moderated, audit, MODERATED)


@once
def _moderated(audit: Audit) -> pd.DataFrame:
    scripts = _scripts(audit)
    outcome = audit.table("national_moderation", *OUTCOME).drop(columns="level", errors="ignore")
    if (drawn := _drawn(audit)) is None and audit.period:
        audit.table("national_moderation", "moderated_on")
    names = ["participant_id", "level", "passed", "moderated_now"]
    frame = scripts[names].merge(outcome, on="participant_id", how="left")
    frame["in_draw"] = frame["participant_id"].isin(set((outcome if drawn is None else drawn.sample)["participant_id"]))
    if drawn is None:
        frame["in_draw"] &= frame["moderated_now"]
    frame["returned"] = frame["moderated_passed"].notna()
    original = frame["original_passed"].fillna(frame["passed"])
    frame["returned"] &= original.notna()
    frame["result_changed"] = (original != frame["moderated_passed"]).fillna(False).astype(bool) & frame["returned"]
    frame["mark_changed"] = _marks_differ(frame)
    frame["overturned"] = frame[audit.value("NPQ.M5")["overturned"]]
    there = frame["in_draw"] | (frame["returned"] & frame["moderated_now"])
    return frame.loc[there, list(MODERATED)].reset_index(drop=True)


def _drawn(audit: Audit) -> FrozenList | None:
    """Return the draw of the scripts, where it has its seed."""
    found = audit.script_draw
    return found if found is not None and found.status == "drawn" else None


def _marks_differ(frame: pd.DataFrame) -> pd.Series:
    if not {"original_mark", "moderated_mark"} <= set(frame.columns):
        return pd.Series(False, index=frame.index)
    before, after = (frame[name].map(exact, na_action="ignore") for name in ("original_mark", "moderated_mark"))
    return before.notna() & after.notna() & (before != after)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What was found in the sample: scripts, sampled, returned, overturned, and those still to come."""

    scripts: int
    required: int
    returned: int
    overturned: int
    marks_changed: int
    missing: int

    @property
    def sampled(self) -> int:
        """Scripts of the sample, moderated or not."""
        return self.returned + self.missing


def tally(audit: Audit) -> Tally:
    """Count the sample; scripts short of the tenth count as not yet moderated."""
    scripts, drawn, frame = _scripts(audit), _drawn(audit), _moderated(audit)
    in_sample = scripts["participant_id"].isin(set(frame.loc[frame["in_draw"], "participant_id"]))
    of_all = int((scripts["own"] | in_sample).sum()) if drawn is None else len(drawn.population)
    own = frame[frame["in_draw"]]
    required = ceil_share(audit.value("NPQ.M5")["sample"], of_all)
    returned = int(own["returned"].sum())
    return Tally(
        scripts=of_all,
        required=required,
        returned=returned,
        overturned=int(own["overturned"].sum()),
        marks_changed=int((own["mark_changed"] & own["returned"]).sum()),
        missing=max(len(own), required) - returned,
    )


@answers("NPQ.M5")
def overturned(audit: Audit) -> Iterator[Statement]:
    """Hold the share of moderated scripts that were overturned against 5 %; beside it, what the sample shows of all."""
    most = audit.value("NPQ.M5")["most_overturned"]
    counts, undated = tally(audit), int(_scripts(audit)["undated"].sum())
    if not counts.scripts:
        raise NotAssessable(f"the provider has no scripts{f' of {audit.period}' if audit.period else ''}")
    if undated and audit.period:
        yield not_assessable(f"the day of assessment of {undated} scripts is blank: counted in every period")
    if adrift := _moderated_without_a_day(audit):
        yield not_assessable(f"the day of moderation of {adrift} scripts is blank: counted in no period")
    yield _sampled(audit, counts)
    if not counts.returned:
        raise NotAssessable("no script of the sample has come back from national moderation")
    claim = judge_claim(counts.scripts, counts.sampled, counts.overturned, tolerable=most, missing=counts.missing)
    low, high = (float(ends) / counts.scripts for ends in (claim.bounds.low, claim.bounds.high))
    x, n = counts.overturned, counts.returned
    changed = f"{counts.marks_changed} with another mark" + _so_far(audit)
    figure = {
        "measure": "overturned, of the moderated scripts", "level": "", "numerator": x, "denominator": n,
        "rate": Fraction(x, n), "target": most, "low": low, "high": high, "beside": f"{claim.verdict}; {changed}",
    }  # fmt: skip
    message = f"{out_of(x, n)} moderated scripts overturned; {changed}"
    if claim.point_rule == "open":
        why = f"{counts.missing} scripts of the sample have not come back, and decide"
        yield not_assessable(f"{why}; {message}", **figure)
    else:
        yield Statement(status=met(claim.point_rule == "met"), message=message, **figure)
    yield _shown(audit, claim, counts.scripts)
    yield from _levels(audit)


def _moderated_without_a_day(audit: Audit) -> int:
    if not audit.period or _drawn(audit) is not None:
        return 0
    table = audit.table("national_moderation", "moderated_passed", "moderated_on")
    return int((table["moderated_passed"].notna() & table["moderated_on"].isna()).sum())


def _so_far(audit: Audit) -> str:
    """Return what all moderations so far found, where one period is judged."""
    if not audit.period:
        return ""
    frame = _moderated(replace(audit, period="", script_draw=None, kept={}))
    own = frame[frame["returned"]]
    return f"; of every period so far: {out_of(int(own['overturned'].sum()), len(own))} overturned"


def _sampled(audit: Audit, counts: Tally) -> Statement:
    rate = percent(audit.value("NPQ.M5")["sample"])
    message = f"{counts.returned} of {counts.scripts} scripts moderated; {rate}, rounded up, are {counts.required}"
    value: dict[str, Any] = {"value": str(counts.returned), "threshold": str(counts.required)}
    if _drawn(audit) is None:
        message += "; which scripts were chosen was not drawn here: taken as a random sample"
    if counts.missing:
        return not_assessable(f"{counts.missing} of the sample have not come back; {message}", **value)
    return Statement(status="met", message=message, **value)


def _shown(audit: Audit, claim: Claim, scripts: int) -> Statement:
    most = percent(audit.value("NPQ.M5")["most_overturned"])
    words = {
        "shown": f"it is shown that at most {most} of all are",
        "not shown": f"whether at most {most} of all are is not shown",
        "shown to fail": f"it is shown that more than {most} of all are",
    }
    bounds = f"between {claim.bounds.low} and {claim.bounds.high} of the {scripts} scripts"
    message = f"what the sample shows (95 %): {bounds} would be overturned; {words[str(claim.verdict)]}"
    beside = _moderated(audit)
    extra = int((~beside["in_draw"]).sum())
    more = f"; {extra} scripts moderated beside the draw are left out" if extra else ""
    return Statement(status="information", message=message + more, value=str(claim.verdict))


def _levels(audit: Audit) -> Iterator[Statement]:
    frame = _moderated(audit)
    own = frame[frame["in_draw"] & frame["returned"]]
    for level in audit.levels:
        rows = own[own["level"] == level]
        x, n = int(rows["overturned"].sum()), len(rows)
        if n:
            yield Statement(
                status="information", message=f"{out_of(x, n)} overturned at this level, which the rule does not judge",
                level=level, measure="overturned, of the moderated scripts", numerator=x, denominator=n,
                rate=Fraction(x, n),
            )  # fmt: skip
