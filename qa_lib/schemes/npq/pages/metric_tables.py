"""The seven metrics as tables: the figures that have verdicts, and the analysis that accompanies a return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement
from qa_lib.audit.rule_answers import answers_of
from qa_lib.schemes.npq.audit import Audit, periods_so_far
from qa_lib.schemes.npq.rules.group_gaps import group_gaps

METRIC_COLUMNS = {
    "provider": "str", "level": "str", "metric": "str", "period": "str", "measure": "str", "numerator": "float64",
    "denominator": "float64", "rate": "float64", "target": "float64", "unit": "str", "low": "float64",
    "high": "float64", "status": "str", "beside": "str",
}  # fmt: skip
#: Columns of the analysis.
ANALYSIS = [
    "metric", "level", "figure", "characteristic", "group", "numerator", "denominator", "rate", "target", "most_apart",
    "status", "as_of", "supplied_by",
]  # fmt: skip
#: What the regulator's agent gathers, and supplies the analysis of.
_SUPPLIED = ("M5", "M6")


def metrics(audit: Audit) -> pd.DataFrame:
    """Return the seven metrics of a provider by level, one row per figure.

    Returns
    -------
    DataFrame
        The columns of ``METRIC_COLUMNS``. ``level`` is blank where the metric is the provider's. ``rate`` and
        ``target`` are shares from 0 to 1 where ``unit`` is ``share`` and rating points where it is ``points``; of M1
        the denominator is the target number and the target the share of it that is asked. ``low`` and ``high`` are 95 %
        ends: Wilson for M4, exact for all scripts of the provider for M5, Student's for M6. ``status`` is that of the
        finding made of the same figure.
    """
    names, words = ("numerator", "denominator", "rate", "target", "low", "high"), ("level", "measure", "unit", "beside")
    rows = [
        {"provider": audit.provider, "metric": metric, "period": audit.period, "status": statement.status}
        | {name: getattr(statement, name) for name in words}
        | _numbers(statement, *names)
        for metric, statement in _figures(audit)
    ]
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)


def trends(audit: Audit) -> pd.DataFrame:
    """Return the metrics of every period of a provider so far: :func:`metrics` of each, where there is a rate."""
    every = [metrics(one) for one in periods_so_far(audit)]
    frame = pd.concat(every, ignore_index=True) if every else metrics(audit).iloc[:0]
    return frame[frame["rate"].notna()].reset_index(drop=True)


def analysis(audit: Audit) -> pd.DataFrame:
    """Return the accompanying analysis of every metric: what a provider returns and, suppressed, publishes.

    Returns
    -------
    DataFrame
        The columns of ``ANALYSIS``: one row per figure; of metric 7 also one per group, without any statistics. Of M1
        the denominator is the target number; of M6 the numerator is the sum of ratings. That of metrics 5 and 6 is the
        provider's as a whole, as the regulator supplies it. ``target`` is the rate that is asked; metric 7 has none,
        but says in ``most_apart`` how far a group may be from the rate of its level. ``status`` is that of the finding
        made of the figure; of groups, only those that are further have one.
    """
    rows = [
        {"metric": metric, "level": statement.level, "figure": statement.measure, "characteristic": "", "group": ""}
        | _numbers(statement, "numerator", "denominator", "rate", "target")
        | {"most_apart": statement.threshold if metric == "M7" else "", "status": statement.status}
        | {"supplied_by": "regulator" if metric in _SUPPLIED else "provider"}
        for metric, statement in _figures(audit)
        if not (metric in _SUPPLIED and statement.level)
    ]
    frame, groups = pd.DataFrame(rows, columns=ANALYSIS).assign(as_of=audit.as_of), group_gaps(audit)
    if groups.empty:
        return frame
    most_apart = "".join(frame.loc[frame["metric"] == "M7", "most_apart"].head(1))
    rates = groups.rename(columns={"k": "numerator", "n": "denominator"}).assign(
        metric="M7", figure=groups["measure"] + " of a group", target=float("nan"), most_apart=most_apart,
        status=groups["flag"].astype(bool).map({True: "breach", False: ""}), as_of=audit.as_of, supplied_by="provider",
    )  # fmt: skip
    return pd.concat([frame, rates.astype({"numerator": float, "denominator": float})[ANALYSIS]], ignore_index=True)


def _figures(audit: Audit) -> Iterator[tuple[str, Statement]]:
    """Yield what is said of every figure, with the short name of its metric."""
    for rule, answer in answers_of(audit.book, "NPQ.M").items():
        yield from ((rule.removeprefix("NPQ."), statement) for statement in answer(audit) if statement.measure)


def _numbers(statement: Statement, *names: str) -> dict[str, Any]:
    exact = {name: getattr(statement, name) for name in names}
    return {name: float("nan") if number is None else float(number) for name, number in exact.items()}
