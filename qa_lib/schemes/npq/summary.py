"""What the framework asks of a provider: findings of every rule, and the table of metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.rule_answers import answers_of, audit_findings
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.audit import Audit, Statement, make_audit, providers_of

METRIC_COLUMNS = {
    "provider": "str", "level": "str", "metric": "str", "period": "str", "measure": "str", "numerator": "float64",
    "denominator": "float64", "rate": "float64", "target": "float64", "unit": "str", "low": "float64",
    "high": "float64", "status": "str", "beside": "str",
}  # fmt: skip


def npq_findings(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    schools: pd.DataFrame | None = None,
    drawn: FrozenList | None = None,
    operating_year: int | None = None,
) -> pd.DataFrame:
    """Return the findings of every rule of the framework for one provider.

    Parameters
    ----------
    tables
        The tables of a data set. What a missing one would have shown is said to be not assessable.
    book
        The rule book of NPQ, or another with the same ids; its values on ``as_of`` count.
    provider
        Whose rows.
    as_of
        What happened after this day is not known.
    period
        The year that recruitment and targets are judged for, as in the data: ``2018-19``.
    schools
        Instead of the data set's table of schools, e.g. of :func:`.read_schools`.
    drawn
        The draw of the scripts for national moderation. Without one the moderated scripts are taken as the sample.
    operating_year
        Which year of the provider the period is. By default counted from the first year in its data.

    Returns
    -------
    DataFrame
        Findings, in the one shape.

    Raises
    ------
    IntakeError
        If there is no table of participants, no such provider, or the as-of day is no date.
    """
    audit = make_audit(
        tables, book, provider=provider, as_of=as_of, period=period, schools=schools, script_draw=drawn,
        operating_year=operating_year,
    )  # fmt: skip
    return audit_findings(audit)


def npq_metrics(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    as_of: str | dt.date,
    period: str,
    provider: str | None = None,
    schools: pd.DataFrame | None = None,
    drawn: FrozenList | None = None,
    operating_year: int | None = None,
) -> pd.DataFrame:
    """Return the seven metrics per provider and level, one row per figure.

    Parameters
    ----------
    tables, book, as_of, period, schools, drawn, operating_year
        As in :func:`npq_findings`.
    provider
        Whose rows; None: all providers of the data set, by name.

    Returns
    -------
    DataFrame
        The columns of ``METRIC_COLUMNS``. ``level`` is blank where the metric is the provider's. ``rate`` and
        ``target`` are shares from 0 to 1 where ``unit`` is ``share`` and rating points where it is ``points``; of M1
        the denominator is the target number and the target the share of it that is asked. ``low`` and ``high`` are 95 %
        ends: Wilson for M4, exact for all scripts of the provider for M5, Student's for M6. ``status`` is that of the
        finding made of the same figure.

    Raises
    ------
    IntakeError
        As :func:`npq_findings`.
    """
    rows: list[dict[str, Any]] = []
    for name in providers_of(tables) if provider is None else [provider]:
        audit = make_audit(
            tables, book, provider=name, as_of=as_of, period=period, schools=schools, script_draw=drawn,
            operating_year=operating_year,
        )  # fmt: skip
        for rule, answer in answers_of(book, "NPQ.M").items():
            rows += [_row(audit, rule.removeprefix("NPQ."), said) for said in answer(audit) if said.measure]
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)


def _row(audit: Audit, metric: str, said: Statement) -> dict[str, Any]:
    exact = {name: getattr(said, name) for name in ("numerator", "denominator", "rate", "target", "low", "high")}
    numbers = {name: None if number is None else float(number) for name, number in exact.items()}
    words = {name: getattr(said, name) for name in ("level", "measure", "unit", "status", "beside")}
    return {"provider": audit.provider, "metric": metric, "period": audit.period, **words, **numbers}
