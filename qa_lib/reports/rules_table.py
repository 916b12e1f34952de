"""What a page says of the rule values that it used."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.rulebook import RuleValue


def rules_table(values: Mapping[str, RuleValue]) -> pd.DataFrame:
    """Return the rule values that a page used: ``rule, value, clause, in_force_from``."""
    rows = [
        {"rule": rule, "value": _shown(value.value), "clause": value.clause, "in_force_from": str(value.valid_from)}
        for rule, value in sorted(values.items())
    ]
    return pd.DataFrame(rows, columns=["rule", "value", "clause", "in_force_from"])


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {item}" for key, item in value.items())
    return str(value)
