"""How the months of an RPA are sampled: the plan, the files that may be drawn, and what stands beside a draw."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.register.month_draw import MonthDraw
from qa_lib.register.recorded_events import day_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.schemes.hlta.draws.moderation_population import (
    LEFT_OUT_COLUMNS,
    moderation_population,
    submitted_population,
)
from qa_lib.schemes.hlta.draws.reviewers import unknown_rpa
from qa_lib.schemes.hlta.draws.sampling_plan import population_readings, returned_counts, sampling_plan
from qa_lib.schemes.hlta.forms.draw_files import draw_files

Tables = Mapping[str, pd.DataFrame]


def month_population(
    tables: Tables,
    book: RuleBook,
    *,
    provider: str,
    month: str,
    choices: PlanChoices,
    purpose: str,
    as_of: str,
    returned: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the files of a month that may be drawn for moderation or for scrutiny, and those that are left out."""
    readings = population_readings(book, month, rules_on=choices.rules_on)
    if purpose == "scrutiny":
        files = submitted_population(tables, provider=provider, month=month, **readings)
        return files, pd.DataFrame(columns=LEFT_OUT_COLUMNS, dtype="object")
    return moderation_population(
        tables,
        provider=provider,
        month=month,
        as_of=as_of or None,
        returned_counts=returned_counts(book, month, rules_on=choices.rules_on),
        returned=returned,
        **readings,
    )


def sent_back(tables: Tables, as_of: str) -> dict[str, str]:
    """Return on which day each file was sent back, of those whose last look of scrutiny by a day did so (SCR.5)."""
    scrutiny = tables.get("scrutiny", pd.DataFrame())
    if not {"result", "scrutinised_on"} <= set(scrutiny.columns):
        return {}
    known = scrutiny[~(scrutiny["scrutinised_on"] > pd.Timestamp(as_of))] if as_of else scrutiny
    ordered = known.sort_values(["scrutinised_on", "result"], na_position="first")
    latest = ordered.drop_duplicates("case_id", keep="last")
    returned = latest[latest["result"] == "returned"]
    return {str(row.case_id): day_text(row.scrutinised_on) for row in returned.itertuples(index=False)}


MONTH_DRAW = MonthDraw(
    plan=sampling_plan,
    population=month_population,
    returned=sent_back,
    files=draw_files,
    doubt=unknown_rpa,
)
