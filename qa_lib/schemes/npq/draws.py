"""The draw of the NPQ framework: a random tenth of a provider's scripts for national moderation (NPQ.M5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.errors import IntakeError, NothingToShow
from qa_lib.intake.near_providers import accepted_names, refuse_near_providers
from qa_lib.parameter_values import as_number_text, as_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList, ListDraw, draw_list, draw_list_by_series
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.rules.script_moderation import scripts_of


def _scripts(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, *, provider: str, period: str, as_of: str | dt.date
) -> pd.DataFrame:
    """Return a provider's scripts; those assessed after ``as_of`` are not among them."""
    try:
        return scripts_of(make_audit(tables, book, provider=provider, as_of=as_of, period=period))
    except NotAssessable as reason:
        raise IntakeError(f"the scripts of {provider} cannot be drawn, because {reason}; add them") from None


SCRIPTS = ListDraw(
    name="scripts",
    columns=("participant_id", "level"),
    purpose="national moderation of scripts",
    population=_scripts,
    rule=("NPQ.M5", "sample"),
)


def script_draw(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str,
    period: str,
    seed: str = "",
    seed_series: str = "",
    accept_near_equal: str = "",
) -> FrozenList:
    """Freeze a provider's scripts for national moderation and draw them, where there is a seed.

    Parameters
    ----------
    tables, book, provider, as_of, period
        As in :func:`qa_lib.schemes.npq.audit.make_audit`.
    seed
        Of the body that moderates; blank: none yet.
    seed_series
        In a back-run over old data: the seed is the series with provider and period, joined by ``/``.
    accept_near_equal
        Names of providers of their own that look like another's, with ``;`` between them.

    Raises
    ------
    NothingToShow
        Where the data set has no scripts.
    SampleError
        If an id or the seed is refused, or another provider's name looks like this one's and was not accepted.
    """
    provider, period = as_text(provider, name="provider"), as_number_text(period, name="period")
    seed, seed_series = as_text(seed, name="seed"), as_text(seed_series, name="seed_series")
    if "scripts" not in tables:
        raise NothingToShow(f"the data set has no table scripts, so nothing of {provider} can be drawn for moderation")
    refuse_near_providers(tables, column="provider", provider=provider, accept=accepted_names(accept_near_equal))
    source = "a series that the operator chose" if seed_series and not seed else ""
    frozen = SCRIPTS.freeze(tables, book, provider=provider, period=period, as_of=as_of, seed_source=source)
    if seed:
        return draw_list(frozen, seed=seed)
    return draw_list_by_series(frozen, series=seed_series) if seed_series else frozen


def script_draw_or_none(tables: Mapping[str, pd.DataFrame], book: RuleBook, **asked: str) -> FrozenList | None:
    """Return :func:`script_draw` where the data set has scripts and there is a seed, else None."""
    if "scripts" not in tables or not (asked.get("seed") or asked.get("seed_series")):
        return None
    return script_draw(tables, book, **asked)
