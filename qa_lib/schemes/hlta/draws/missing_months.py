"""Draw what an audit will ask the register for: the months up to the one in question that it does not hold yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.audit import providers_of
from qa_lib.parameter_values import as_text
from qa_lib.register.monthly_draws import draw_months
from qa_lib.register.store import Register
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.scheme import SCHEME


def draw_missing_months(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    register: Register,
    month: str = "",
    year: str = "",
    choices: PlanChoices | None = None,
    seed_series: str = "",
) -> None:
    """Freeze and draw the months of an RPA's year up to the one in question, with the seeds in the data or of a series.

    Where the register holds the draw of that month nothing is done; months after it are left alone.

    Parameters
    ----------
    tables, book, provider, register, month, year
        As in :func:`qa_lib.schemes.hlta.audit_from_register.read_audit`, whose refusals come before anything is drawn.
    choices, seed_series
        As in :func:`qa_lib.register.monthly_draws.draw_months`.
    """
    choices, series = choices or PlanChoices(), as_text(seed_series, name="seed_series")
    audit = read_audit(
        tables, book, provider=provider, register=register, month=month, year=year, rules_on=choices.rules_on
    )
    last, asked = audit.months[-1], {"provider": audit.provider, "year": audit.year}
    if not any(draw.freeze.month == last and draw.status == "drawn" for draw in audit.draws):
        draw_months(tables, book, register=register, choices=choices, series=series, until=last, **asked)


def draw_missing_months_of_all(tables: Mapping[str, pd.DataFrame], book: RuleBook, **given: Any) -> None:
    """Do as :func:`draw_missing_months` does for every RPA of the data set, by name."""
    for name in providers_of(SCHEME, tables):
        draw_missing_months(tables, book, provider=name, **given)
