"""How an HLTA month is sampled: the rule book's values on a date, gathered into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.calendar.months import check_month
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.protocol import parse_rate
from qa_lib.schemes.hlta.scheme import SCHEME


def rule_values(book: RuleBook, month: str, *, rules_on: str = "") -> dict[str, RuleValue]:
    """Return the values of every rule that a draw of this month reads, by rule id."""
    date = rules_on or f"{check_month(month)}-01"
    return {rule: book[rule].on(date) for rule in SCHEME.draw_rules.split()}


def sampling_plan(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    month: str,
    choices: PlanChoices | None = None,
    purpose: str = "moderation",
) -> SamplingPlan:
    """Return the sampling plan of a month.

    Raises
    ------
    RuleNotInForce
        If the rule book has no value on the date.
    SampleError
        If the choices go below the rules.
    """
    choices = choices or PlanChoices()
    values: dict[str, Any] = {
        rule: value.value for rule, value in rule_values(book, month, rules_on=choices.rules_on).items()
    }
    minimum: Fraction = values["HLTA.MOD.3"]
    standards = values["HLTA.MOD.6"]["standards_in_all"] if choices.standards < 0 else choices.standards
    return SamplingPlan(
        rate=parse_rate(choices.rate) if choices.rate else minimum,
        minimum_rate=minimum,
        tiers=dict(values["X.TIERS"]),
        policy=choices.policy or values["X.COVER"],
        from_month=choices.from_month or None,
        year_starts=values["HLTA.MOD.4"]["year_starts_in_month"],
        national_standards=national_standards(tables, month) if standards else (),
        standards_more=values["X.STANDARDS_MORE"] if standards else 0,
        standards=standards,
        seed_source=choices.seed_source,
        purpose=purpose,
        scrutiny_files=dict(values["X.SCRUTINY"]) if purpose == "scrutiny" else {},
    )


def population_readings(book: RuleBook, month: str, *, rules_on: str = "") -> dict[str, Any]:
    """Return what the rule book says of who is sampled more heavily.

    ``experience`` and ``difficulty``, and ``signals``: the tier of those of whom quality issues were told, and how many
    files tell of each.
    """
    values = rule_values(book, month, rules_on=rules_on)
    return {
        "experience": values["X.EXPERIENCE"].value,
        "difficulty": values["X.DIFFICULTY"].value,
        "signals": (values["X.SIGNALLED"].value, values["X.SIGNALS"].value),
    }


def returned_counts(book: RuleBook, month: str, *, rules_on: str = "") -> bool:
    """Say whether a file that scrutiny sent back counts as resubmitted when it comes again (HLTA.SCR.2)."""
    return bool(rule_values(book, month, rules_on=rules_on)["HLTA.SCR.2"].value == "counts_as_resubmitted")


def national_standards(tables: Mapping[str, pd.DataFrame], month: str) -> list[int]:
    """Return the nationally agreed standards of a month, ascending; none where there is no list (HLTA.MOD.6)."""
    table = tables.get("national_standards")
    if table is None or not {"month", "standard"} <= set(table.columns):
        return []
    return sorted({int(standard) for standard in table.loc[table["month"] == month, "standard"]})
