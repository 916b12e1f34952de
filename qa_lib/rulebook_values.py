"""The five types that a value of a rule can have, and how each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from qa_lib.rulebook_file import Card
from qa_lib.strict_yaml import Loc, StrictYaml, arrived, nearest

Scalar = int | Fraction | str
Value = Scalar | Mapping[str, Scalar]


def typed_value(file: StrictYaml, written: Any, card: Card, at: Loc) -> Value | None:
    """Return a value as its type, or ``None`` after noting what is wrong with it."""
    if card.type != "table":
        return _scalar(file, written, card, at)
    columns = card.columns or {}
    if not isinstance(written, dict):
        file.fault(at, f"value is {arrived(written)}; expected a table with {', '.join(columns)}")
        return None
    other = columns.get("*")
    for name, column in columns.items():
        if name != "*" and column.optional == "false" and name not in written:
            file.fault(at, f"column {name!r} is missing from the table; add it")
    for name in written:
        if name not in columns and other is None:
            file.fault((*at, name), f"unknown column {name!r}; expected {', '.join(columns)}{nearest(name, columns)}")
    known = {name: columns.get(name, other) for name in written}
    cells = {name: _scalar(file, written[name], field, (*at, name)) for name, field in known.items() if field}
    return {name: cell for name, cell in cells.items() if cell is not None}


_FORMS = {
    "count": (r"0|[1-9]\d{0,17}", "a whole number, such as 5"),
    "proportion": (r"0|1|0\.\d{1,30}|1\.0{1,30}", "a decimal between 0 and 1, such as 0.05"),
    "points": (r"-?(0|[1-9]\d{0,17})(\.\d{1,30})?", "a decimal, such as 10 or 2.5"),
}


def _scalar(file: StrictYaml, written: Any, field: Any, at: Loc) -> Scalar | None:
    """Return one typed value, or ``None`` after noting what arrived and what was expected."""
    if field.type == "choice":
        if written in field.options:
            return str(written)
        near = nearest(written, field.options) if isinstance(written, str) else ""
        file.fault(at, f"{at[-1]} is {arrived(written)}; expected one of {', '.join(field.options)}{near}")
        return None
    pattern, expected = _FORMS[field.type]
    if not isinstance(written, str) or not re.fullmatch(pattern, written, re.ASCII):
        file.fault(at, f"{at[-1]} is {arrived(written)}; expected {expected} ({field.type}; {field.unit})")
        return None
    return int(written) if field.type == "count" else Fraction(written)
