"""Rates as people write them: ``0.05``, ``5%``, ``1/20``. One reading for every command, run file and notebook."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from qa_lib.errors import QAError

# No exponent: 1e999999999 is a number that no machine writes out.
_NUMBER = re.compile(r"-?(\d{1,40}(\.\d{1,40})?|\.\d{1,40}|\d{1,40}/\d{1,40})", re.ASCII)
_EXPECTED = "expected a rate from 0 to 1, such as 0.05, 5% or 1/20"
#: A float that was typed has no more digits; one that was worked out has noise behind them.
_DIGITS = 15


def exact_rate(value: object, *, name: str = "rate", error: type[QAError] = QAError) -> Fraction:
    """Read a rate between 0 and 1 exactly.

    Parameters
    ----------
    value
        Text such as ``"0.05"``, ``"5%"`` or ``"1/20"``; or a number. A float is taken as it is written out, which is
        what papermill makes of ``-p rate 0.05``; one with more digits than anybody types is refused.
    name
        What the message calls it.
    error
        What is raised.

    Raises
    ------
    QAError
        Of the kind ``error``, if it is no such rate. A number that would be one per cent is asked about: is 5 meant as
        5%?

    Examples
    --------
    >>> exact_rate("0.05") == exact_rate("5 %") == exact_rate("1/20") == exact_rate(0.05) == Fraction(1, 20)
    True
    """
    exact = _exact(value)
    if exact is None:
        raise error(f"{name} is {value!r}; {_EXPECTED}")
    if not 0 <= exact <= 1:
        percent = 1 < exact <= 100 and "%" not in str(value)
        hint = f"; did you mean {value}% or {float(exact / 100):g}?" if percent else ""
        raise error(f"{name} is {value}; {_EXPECTED}{hint}")
    return exact


def _exact(value: object) -> Fraction | None:
    """Return the number, however large, or None where there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        typed = math.isfinite(value) and len(Decimal(repr(value)).normalize().as_tuple().digits) <= _DIGITS
        return Fraction(repr(value)) if typed else None
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, int | Fraction):
        return Fraction(value)
    plain = value.strip() if isinstance(value, str) else ""
    number = plain.removesuffix("%").strip()
    try:
        return Fraction(number if _NUMBER.fullmatch(number) else "") / (100 if plain.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        return None
