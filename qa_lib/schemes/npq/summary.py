"""Everything the framework asks of a provider: findings of every rule, the table of metrics, the table of groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.findings import Finding, findings_frame
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.npq.case import Answering, Case, NotAssessable, Said, findings_of, make_case, providers_of
from qa_lib.schemes.npq.feedback import mean_feedback
from qa_lib.schemes.npq.groups import characteristics_of, cohort, compared, groups_alike
from qa_lib.schemes.npq.moderation import MODERATED, moderated, overturned, scripts_of
from qa_lib.schemes.npq.presentation import presented_in_time
from qa_lib.schemes.npq.recruitment import counted, from_schools_with_free_meals, not_white_british, recruited_to_target
from qa_lib.schemes.npq.scripts import ScriptDraw, freeze_scripts

_METRICS = (
    recruited_to_target,
    from_schools_with_free_meals,
    not_white_british,
    presented_in_time,
    overturned,
    mean_feedback,
    groups_alike,
)
#: Rule id -> the function that answers it, in the framework's order.
ANSWERS: dict[str, Answering] = {answer.rule: answer for answer in _METRICS}

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
    drawn: ScriptDraw | None = None,
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
        Instead of the data set's table of schools, e.g. of :func:`qa_lib.schemes.npq.schools.read_schools`.
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
    case = make_case(
        tables, book, provider=provider, as_of=as_of, period=period, schools=schools, drawn=drawn,
        operating_year=operating_year,
    )  # fmt: skip
    return findings_frame(_findings(case))


def _findings(case: Case) -> Iterator[Finding]:
    breaches: set[tuple[str, str]] = set()
    for rule_id, answer in ANSWERS.items():
        said = answer(replace(case, breaches=frozenset(breaches)))
        metric = rule_id.removeprefix("NPQ.")
        breaches |= {(metric, one.level) for one in said if one.status == "breach" and one.measure}
        yield from findings_of(case, rule_id, said)


def npq_metrics(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    as_of: str | dt.date,
    period: str,
    provider: str | None = None,
    schools: pd.DataFrame | None = None,
    drawn: ScriptDraw | None = None,
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
        case = make_case(
            tables, book, provider=name, as_of=as_of, period=period, schools=schools, drawn=drawn,
            operating_year=operating_year,
        )  # fmt: skip
        for answer in _METRICS:
            metric = answer.rule.removeprefix("NPQ.")
            rows += [_row(case, metric, said) for said in answer(case) if said.measure]
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)


def _row(case: Case, metric: str, said: Said) -> dict[str, Any]:
    exact = {name: getattr(said, name) for name in ("numerator", "denominator", "rate", "target", "low", "high")}
    numbers = {name: None if number is None else float(number) for name, number in exact.items()}
    words = {name: getattr(said, name) for name in ("level", "measure", "unit", "status", "beside")}
    return {"provider": case.provider, "metric": metric, "period": case.period, **words, **numbers}


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
        As in :func:`npq_findings`. The cohort is closed: all who commenced 18 months or more before ``as_of``.
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
        As :func:`npq_findings`.
    """
    people = npq_cohort(tables, book, as_of=as_of, provider=provider, schools=schools)
    if people.empty:
        return compared(people, {}, [])
    listed = tables["participants"].columns
    named = characteristics_of(people, listed) if characteristics is None else list(characteristics)
    value = make_case(tables, book, provider=str(people["provider"].iloc[0]), as_of=as_of, period="").value("NPQ.M7")
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
        As :func:`npq_findings`.
    """
    parts = []
    for name in providers_of(tables) if provider is None else [provider]:
        try:
            parts.append(cohort(make_case(tables, book, provider=name, as_of=as_of, period="", schools=schools)))
        except NotAssessable:
            continue
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["provider"])


def npq_freeze_scripts(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    seed_source: str = "",
) -> ScriptDraw:
    """Freeze a provider's scripts for national moderation; :func:`npq_draw_scripts` draws them with a seed.

    Parameters
    ----------
    tables, book, provider, as_of, period
        As in :func:`npq_findings`. Scripts assessed after ``as_of`` are not among them.
    seed_source
        Where the seed will come from, named beforehand.

    Raises
    ------
    IntakeError
        As :func:`npq_findings`, or where the data set has no scripts.
    SampleError
        If the list cannot be frozen.
    """
    case = make_case(tables, book, provider=provider, as_of=as_of, period=period)
    try:
        scripts = scripts_of(case)
    except NotAssessable as reason:
        raise IntakeError(f"the scripts of {provider} cannot be drawn, because {reason}; add them") from None
    rate = case.value("NPQ.M5")["sample"]
    return freeze_scripts(scripts, provider=provider, period=period, rate=rate, seed_source=seed_source)


def npq_moderated(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str | dt.date,
    period: str,
    drawn: ScriptDraw | None = None,
) -> pd.DataFrame:
    """Return what became of each script of the sample (:func:`qa_lib.schemes.npq.moderation.moderated`).

    Empty where the data set has no scripts or no national moderation; the findings of NPQ.M5 say which.

    Raises
    ------
    IntakeError
        As :func:`npq_findings`.
    """
    try:
        return moderated(make_case(tables, book, provider=provider, as_of=as_of, period=period, drawn=drawn))
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
        As :func:`npq_findings`.
    """
    columns = ["participant_id", "level", "year", "why_not"]
    try:
        people = counted(make_case(tables, book, provider=provider, as_of=as_of, period=period))
    except NotAssessable:
        return pd.DataFrame(columns=columns, dtype="str")
    here = (people["year"] == period) | people["year"].isna()
    return people.loc[here & (people["why_not"] != ""), columns].sort_values("participant_id", ignore_index=True)
