"""The draw from a list that a scheme declares: what a command freezes, and a page freezes and draws.

No register holds these draws: the report that they lie in does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.audit.audit import Audit
from qa_lib.errors import IntakeError, SampleError
from qa_lib.intake.near_providers import accepted_names, refuse_near_providers
from qa_lib.parameter_values import as_number_text, as_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList, ListDraw, draw_list, draw_list_by_series, freeze_list
from qa_lib.scheme import Scheme, find_scheme, load
from qa_lib.strict_yaml import nearest


def draw_from_list(
    declared: ListDraw,
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    period: str,
    as_of: str | dt.date,
    seed: str = "",
    seed_series: str = "",
    seed_source: str = "",
    accept_near_equal: str | Collection[str] = "",
) -> FrozenList:
    """Freeze a provider's list as known on a day, and draw it where there is a seed.

    Parameters
    ----------
    declared
        What is drawn.
    tables, book
        The tables of a data set, and a rule book: its value on ``as_of`` says how many are drawn.
    provider, period, as_of
        Whose list, of which period, as known on which day.
    seed
        Of somebody who could not choose the list; blank: none yet.
    seed_series
        In a back-run over old data: the seed is the series with provider and period, joined by ``/``.
    seed_source
        Where the seed will come from, named beforehand.
    accept_near_equal
        Names of providers of their own that look like another's, in one text with ``;`` between them or
        one by one.

    Raises
    ------
    IntakeError
        If there is no such provider, the as-of day is no date, or the tables do not tell who may be drawn.
    NothingToShow
        Where the data set has nothing to draw from.
    RulebookError
        If the rule has no value on that day, or none that says how many.
    SampleError
        If a key or the seed is refused, or another provider's name looks like this one's and was not accepted.
    """
    provider, period = as_text(provider, name="provider"), as_number_text(period, name="period")
    seed, seed_series = as_text(seed, name="seed"), as_text(seed_series, name="seed_series")
    scheme = find_scheme(book.scheme)
    refuse_near_providers(
        tables, column=scheme.provider_column, provider=provider, accept=accepted_names(accept_near_equal)
    )
    audit = Audit.begin(scheme, tables, book, provider=provider, as_of=as_of)
    try:
        rows = declared.population(audit, period)
        if lacking := [name for name in declared.columns if name not in rows.columns]:
            raise NotAssessable(f"their list has no column {' and no '.join(lacking)}")
    except NotAssessable as reason:
        raise IntakeError(f"{declared.name} of {provider} cannot be drawn, because {reason}; add it") from None
    rule, column = declared.rule
    source = "a series that the operator chose" if seed_series and not seed else seed_source
    about = {"purpose": declared.purpose, "provider": provider, "period": period, "seed_source": source}
    size: Mapping[str, Any] = {declared.takes: audit.rule(rule).cell(column)}
    frozen = freeze_list(declared.name, rows[list(declared.columns)], **{**about, **size})
    if seed:
        return draw_list(frozen, seed=seed)
    return draw_list_by_series(frozen, series=seed_series) if seed_series else frozen


def list_draw_of(scheme: Scheme, name: str = "") -> ListDraw:
    """Return a draw from a list that a scheme declares, by its name; the only one where none is named.

    Raises
    ------
    SampleError
        If it has none of that name, or several and none is named.
    IntakeError
        If what the scheme declares is not there, or is called otherwise.
    """
    lists = scheme.list_draws
    chosen = next(iter(lists)) if not name and len(lists) == 1 else name
    if chosen not in lists:
        if lists:
            what = f"has no list {name!r}" if name else "has more lists than one"
            raise SampleError(
                f"the scheme {scheme.name} {what}; choose one of: {', '.join(lists)}{nearest(name, lists)}"
            )
        raise SampleError(f"the scheme {scheme.name} has no list; give --month, as nothing of it is drawn by period")
    declared = load(lists[chosen])
    if not isinstance(declared, ListDraw) or declared.name != chosen:
        told = getattr(declared, "name", type(declared).__name__)
        raise IntakeError(f"{lists[chosen]} is {told!r}; expected the draw of {chosen!r}, as its scheme names it")
    return declared
