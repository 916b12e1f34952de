"""Values of a notebook's parameters as they arrive: papermill's command line makes numbers of what looks like one.

``-p national_fee 495.00`` arrives as the number 495.0, which is taken; ``-p provider 007`` as 7, which is another
provider, and is refused with the way to keep the text: ``-r provider 007``. ``-p late true`` arrives as text. What a
parameters cell assigns is read here too.
"""

from __future__ import annotations

import ast
import math
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qa_lib.errors import QAError

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False, "": False}


def as_text(value: object, *, name: str) -> str:
    """Return a text; nothing is an empty one. A number is refused: zeros in front of it would be lost.

    Raises
    ------
    QAError
        Naming the parameter, and how to give it as text.

    Examples
    --------
    >>> as_text("007", name="provider"), as_text(None, name="provider")
    ('007', '')
    """
    if value is None or isinstance(value, str):
        return value or ""
    kind = "the number " if isinstance(value, int | float) and not isinstance(value, bool) else ""
    raise QAError(
        f"the parameter {name} arrived as {kind}{value!r}; expected text, as a number loses zeros in front of it. "
        f"Put it in quotes; on papermill's command line use -r, which keeps text: -r {name} ..."
    )


def as_path(value: object, *, name: str) -> str | os.PathLike[str]:
    """Return a path, or a text that names one; a number is refused as by :func:`as_text`.

    Examples
    --------
    >>> as_path("data", name="dataset"), as_path(None, name="out")
    ('data', '')
    """
    return value if isinstance(value, os.PathLike) else as_text(value, name=name)


def as_number_text(value: object, *, name: str) -> str:
    """Return a number as people write it, whether it arrived as text or as a number; nothing is an empty text.

    Raises
    ------
    QAError
        If a number was worked out and has more digits than anybody types, or it is no number.

    Examples
    --------
    >>> as_number_text("495.00", name="national_fee"), as_number_text(495.0, name="national_fee")
    ('495.00', '495.0')
    """
    if isinstance(value, float) and math.isfinite(value) and len(Decimal(repr(value)).as_tuple().digits) <= 15:
        return format(Decimal(repr(value)), "f")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value, name=name)


def as_whole(value: object, *, name: str) -> int:
    """Return a whole number, whether it arrived as text, as 9 or as 9.0.

    Raises
    ------
    QAError
        If it is none.

    Examples
    --------
    >>> as_whole(9, name="from_month"), as_whole("9", name="from_month"), as_whole(9.0, name="from_month")
    (9, 9, 9)
    """
    if not isinstance(value, bool) and re.fullmatch(r"-?\d{1,15}(\.0)?", str(value).strip(), re.ASCII):
        return int(float(str(value)))
    raise QAError(f"the parameter {name} arrived as {value!r}; expected a whole number such as 9: give one")


def as_wholes(value: object, *, name: str) -> list[int]:
    """Return a list of whole numbers: a list as it is, a single number, or a text with commas.

    Raises
    ------
    QAError
        If one of them is no whole number, or there is none.

    Examples
    --------
    >>> as_wholes([20, 60], name="populations"), as_wholes("20, 60", name="populations"), as_wholes(20, name="n")
    ([20, 60], [20, 60], [20])
    """
    parts = [value] if isinstance(value, int | float) else value
    if isinstance(parts, str):
        parts = [part for part in parts.strip("[] ").split(",") if part.strip()]
    try:
        numbers = [as_whole(part, name=name) for part in parts]  # type: ignore[attr-defined]
    except (QAError, TypeError):
        numbers = []
    if not numbers:
        raise QAError(f"the parameter {name} arrived as {value!r}; expected whole numbers such as 20, 60, 250")
    return numbers


def as_truth(value: object, *, name: str) -> bool:
    """Return true or false, whether it arrived as such or as a word: the text ``false`` would count as true.

    Raises
    ------
    QAError
        If it is neither.

    Examples
    --------
    >>> as_truth(True, name="late"), as_truth("false", name="late")
    (True, False)
    """
    word = str(value if value is not None else "").strip().casefold()
    if word not in _TRUTHS:
        raise QAError(f"the parameter {name} arrived as {value!r}; expected true or false: give one of them")
    return _TRUTHS[word]


def assigned_values(source: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value of every assignment of plain values; ``a, b = 1, 2`` counts as two."""
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            pairs = [(target, statement.value)]
            if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
                pairs = list(zip(target.elts, statement.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    yield name.id, _plain(value)


def _plain(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        return ast.unparse(value)
