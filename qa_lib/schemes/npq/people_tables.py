"""Tables of people: groups compared, the cohort behind them, who is not counted, scripts moderated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.audit import make_audit, providers_of
from qa_lib.schemes.npq.rules.group_gaps import characteristics_of, cohort, compared
from qa_lib.schemes.npq.rules.recruitment import counted
from qa_lib.schemes.npq.rules.script_moderation import MODERATED, moderated


def npq_groups(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    as_of: str | dt.date,
    provider: str | None = None,
    schools: pd.DataFrame | None = None,
    characteristics: Sequence[str] | None = None,
    mdd: bool = False,
) -> pd.DataFrame:
    """Compare every group's retention and achievement with its provider's, over all characteristics at once.

    Parameters
    ----------
    tables, book, as_of, schools
        As in :func:`qa_lib.schemes.npq.summary.npq_findings`. The cohort is closed:
        all who commenced 18 months or more before ``as_of``.
    provider
        Whose rows; None: all providers.
    characteristics
        Columns; None: those the framework names and every further column of participants with few different values.
    mdd
        Also work out the smallest drop that would probably have been found (slower).

    Returns
    -------
    DataFrame
        ``provider, level, measure`` (``retention``, ``achievement``), then the columns of ``compare_groups``: ``flag``
        is the rule's verdict, ``verdict`` what the statistics say. Holm's adjustment is within provider, level and
        measure. Empty where no cohort is closed or no characteristic is known.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    people = npq_cohort(tables, book, as_of=as_of, provider=provider, schools=schools)
    if people.empty:
        return compared(people, {}, [])
    listed = tables["participants"].columns
    named = characteristics_of(people, listed) if characteristics is None else list(characteristics)
    value = make_audit(tables, book, provider=str(people["provider"].iloc[0]), as_of=as_of, period="").value("NPQ.M7")
    return compared(people, value, named, mdd=mdd)


def npq_cohort(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    as_of: str | dt.date,
    provider: str | None = None,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the people whom NPQ.M7 compares, with what is known of their schools.

    Parameters
    ----------
    tables, book, as_of, provider, schools
        As in :func:`npq_groups`.

    Returns
    -------
    DataFrame
        The participants who commenced 18 months or more before ``as_of``, with ``retained`` and ``achieved`` (missing:
        not known) for ``compare_groups`` and ``adjust_for_mix``. Empty where there are none, or where the columns are
        missing that would tell; the findings of NPQ.M7 say which.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    parts = []
    for name in providers_of(tables) if provider is None else [provider]:
        try:
            parts.append(cohort(make_audit(tables, book, provider=name, as_of=as_of, period="", schools=schools)))
        except NotAssessable:
            continue
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["provider"])


def npq_moderated(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    drawn: FrozenList | None = None,
) -> pd.DataFrame:
    """Return what became of each script of the sample (:func:`qa_lib.schemes.npq.rules.script_moderation.moderated`).

    Empty where the data set has no scripts or no national moderation; the findings of NPQ.M5 say which.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    try:
        return moderated(make_audit(tables, book, provider=provider, as_of=as_of, period=period, script_draw=drawn))
    except NotAssessable:
        return pd.DataFrame(columns=MODERATED)


def npq_left_out(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, *, provider: str, as_of: str | dt.date, period: str
) -> pd.DataFrame:
    """Return who is not counted as recruited in the period: ``participant_id, level, year, why_not``.

    Empty where the columns are missing that would tell; the findings of NPQ.M1 say which.

    Raises
    ------
    IntakeError
        As :func:`qa_lib.schemes.npq.summary.npq_findings`.
    """
    columns = ["participant_id", "level", "year", "why_not"]
    try:
        people = counted(make_audit(tables, book, provider=provider, as_of=as_of, period=period))
    except NotAssessable:
        return pd.DataFrame(columns=columns, dtype="str")
    here = (people["year"] == period) | people["year"].isna()
    return people.loc[here & (people["why_not"] != ""), columns].sort_values("participant_id", ignore_index=True)
