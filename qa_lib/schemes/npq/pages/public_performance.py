"""What a provider publishes of its own performance: target, result and verdict of every metric (NPQ.RET.2).

These are figures of the provider and never hidden for being small; only where a few people stand behind one is the
verdict published without it. What is shown of groups is made to be safe beside them
(:mod:`qa_lib.schemes.npq.pages.public_summary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.words import decimal_text, percent
from qa_lib.reports.cells import percent_text
from qa_lib.reports.disclosure.profiles import Profile
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.group_gaps import MEASURES, cohort

#: Columns of the published performance, all of them text.
PERFORMANCE = ["metric", "level", "measure", "target", "result", "number", "out_of", "verdict"]
#: What stands for the level of a figure that is the provider's.
ALL_LEVELS = "All levels"
_BY_LEVEL, _OF_PROVIDER = ("M1", "M2", "M3", "M4", "M7"), ("M5", "M6")
_VERDICTS = {"met": "met", "not_assessable": "not assessable", "information": "not applicable"}
_UNKNOWN = "x"


def performance(audit: Audit, metrics: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return a row for each metric and level: what is asked, what was reached, and whether it is met.

    Parameters
    ----------
    metrics
        What :func:`qa_lib.schemes.npq.pages.metric_tables.metrics` gave of the audit.
    profile
        Whose smallest number of people it is that stands behind a figure.

    Returns
    -------
    DataFrame
        The columns of :data:`PERFORMANCE`. Metric 7 has two rows a level, retention and achievement. A metric of which
        nothing could be worked out stands there as well, as not assessable.
    """
    rows = [_row(audit, profile, *asked, _figure_of(audit, metrics, *asked)) for asked in _asked(audit)]
    return pd.DataFrame(rows, columns=PERFORMANCE, dtype="str")


def _asked(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """Yield metric, level and, of metric 7, the measure."""
    for metric in sorted((*_BY_LEVEL, *_OF_PROVIDER)):
        for level in [""] if metric in _OF_PROVIDER else audit.levels:
            yield from ((metric, level, measure) for measure in (MEASURES if metric == "M7" else ("",)))


def _figure_of(audit: Audit, metrics: pd.DataFrame, metric: str, level: str, measure: str) -> Mapping[str, Any]:
    rows = metrics[(metrics["metric"] == metric) & (metrics["level"] == level)]
    found = rows[rows["measure"].str.startswith(measure)].to_dict("records")
    if found:
        return {str(name): value for name, value in found[0].items()}
    return _overall(audit, level, measure) if measure else {}


def _overall(audit: Audit, level: str, measure: str) -> Mapping[str, Any]:
    """Return the retention or achievement of all people of a level, where no group of them could be judged."""
    people = cohort(audit)
    own = people[people["level"] == level] if len(people) else people
    if own.empty:
        return {}
    there = own[own["presented"]]
    known = there["achieved"].notna().any()
    k, n = (
        (len(there), len(own)) if measure == "retention" else (int(there["achieved"].fillna(False).sum()), len(there))
    )
    told = n > 0 and (known or measure == "retention")
    return {"numerator": k, "denominator": n, "rate": k / n} if told else {}


def _row(audit: Audit, profile: Profile, metric: str, level: str, measure: str, row: Mapping[str, Any]) -> list[str]:
    status = row.get("status", "not_assessable")
    return [
        f"Metric {metric[1:]}", level or ALL_LEVELS, _words(audit, measure or metric), _target(audit, metric, row),
        *_result(audit, profile, metric, row), _VERDICTS.get(status, "not met"),
    ]  # fmt: skip


def _words(audit: Audit, key: str) -> str:
    free_meals = percent(audit.value("NPQ.M2")["free_school_meals"])
    return {
        "M1": "People recruited, out of the target number",
        "M2": f"People from schools with {free_meals} or more on free school meals, out of all recruited",
        "M3": "People who are not white British, out of all recruited",
        "M4": f"People who presented within {audit.value('NPQ.M4')['within']} months, out of all who commenced",
        "M5": "Scripts whose result was overturned, out of those moderated nationally",
        "M6": "Mean rating by participants, with the number of ratings",
        "retention": "Retention: people who presented, out of all who commenced",
        "achievement": "Achievement: people who passed, out of all who presented",
    }[key]


def _target(audit: Audit, metric: str, row: Mapping[str, Any]) -> str:
    value = audit.value(f"NPQ.{metric}")
    if metric == "M1":
        number = row.get("denominator")
        return "none given" if pd.isna(number) else f"at least {percent(value['least'])} of {number:,.10g} people"
    if metric in ("M2", "M3"):
        share = row.get("target")
        return "none given" if pd.isna(share) else f"at least {percent_text(share)}"
    if metric == "M7":
        points, share = f"{decimal_text(100 * value['margin'])} points", f"{percent(value['margin'])} of it"
        return f"no group more than {points if value['reading'] == 'points' else share} away"
    return {
        "M4": lambda: f"at least {percent(value['least'])}",
        "M5": lambda: f"at most {percent(value['most_overturned'])}",
        "M6": lambda: f"at least {decimal_text(value['least_mean'])} of {decimal_text(value['scale_to'])}",
    }[metric]()


def _result(audit: Audit, profile: Profile, metric: str, row: Mapping[str, Any]) -> list[str]:
    """Return the result, and the two numbers of which it is made; a mean has one."""
    k, n, rate = (row.get(name, float("nan")) for name in ("numerator", "denominator", "rate"))
    people = k if metric == "M1" else n
    if profile.few(people):
        return [profile.small_text] * 3
    if metric == "M6" and pd.notna(rate):
        return [f"{rate:.2f} of {decimal_text(audit.value('NPQ.M6')['scale_to'])}", f"{n:.0f}", "z"]
    if pd.isna(rate):
        # How many were recruited is published with a target and without.
        return [_UNKNOWN, f"{k:.0f}" if metric == "M1" and pd.notna(k) else _UNKNOWN, _UNKNOWN]
    return [percent_text(rate), f"{k:.0f}", f"{n:.10g}"]
