"""The tables of a provider's return: participant rows, the accompanying analysis, the completeness check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.errors import IntakeError
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.rules.regulator_returns import FIELDS, analysis, completeness, return_rows


def npq_return_rows(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    metric: str,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the participant-level rows of one metric's return. They are never published.

    Parameters
    ----------
    tables, book, provider, as_of, period, schools
        As in :func:`qa_lib.schemes.npq.summary.npq_findings`.
    metric
        ``M1`` to ``M5`` or ``M7``; metric 6 has no participant rows.

    Returns
    -------
    DataFrame
        ``participant_id, level``, then the fields of the metric that the data have; nobody where a table or column
        is missing that would tell who. The finding of NPQ.RET.1 says what is lacking.

    Raises
    ------
    IntakeError
        If the metric has no participant rows, or as :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    if metric not in FIELDS:
        raise IntakeError(f"metric {metric!r} has no participant rows; those that have are {', '.join(FIELDS)}")
    audit = make_audit(tables, book, provider=provider, as_of=as_of, period=period, schools=schools)
    try:
        return return_rows(audit, metric)
    except NotAssessable:
        return pd.DataFrame(columns=["participant_id", "level"], dtype="str")


def npq_completeness(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the completeness check of a return: ``metric, field, rows, needed, filled, lacking``.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    return completeness(make_audit(tables, book, provider=provider, as_of=as_of, period=period, schools=schools))


def npq_analysis(
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
    """Return the accompanying analysis of every metric: what a provider returns and, suppressed, publishes.

    Parameters
    ----------
    tables, book, provider, as_of, period, schools, drawn, operating_year
        As in :func:`qa_lib.schemes.npq.summary.npq_findings`.

    Returns
    -------
    DataFrame
        ``metric, level, figure, characteristic, group, numerator, denominator, rate, supplied_by``: one row per figure;
        of metric 7 also one per group. Of M1 the denominator is the target number; of M6 the numerator is the sum of
        ratings.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    audit = make_audit(
        tables, book, provider=provider, as_of=as_of, period=period, schools=schools, script_draw=drawn,
        operating_year=operating_year,
    )  # fmt: skip
    return analysis(audit)
