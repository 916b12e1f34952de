"""What a comparison shows and what it does not, in sentences that a programme manager understands.

They say what was measured, on how many and with which interval, and what cannot be said. *Cannot tell* is never written
as no difference, and nothing is ever proved.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.statistics.inputs import rate


def explain_groups(
    result: pd.DataFrame, *, margin: str | Fraction = "0.10", confidence: float = 0.95
) -> pd.Series[str]:
    """Return a few plain sentences per row of ``compare_groups``.

    Parameters
    ----------
    result
        What ``compare_groups`` returned.
    margin, confidence
        As they were given to it.
    """
    points = f"{100 * float(rate(margin, name='margin')):g} points"
    texts = [_explain(row, points, f"{100 * confidence:g} %") for row in result.to_dict("records")]
    return pd.Series(texts, index=result.index, dtype="str")


def _explain(row: dict[Any, Any], margin: str, confidence: str) -> str:
    if row["n"] == 0:
        return f"{_name(row)}: nobody's outcome is known, so nothing can be said."
    measured = (
        f"{_name(row)}: {row['k']:,} of {row['n']:,} ({100 * row['rate']:.1f} %), {abs(row['gap_points']):.1f} points "
        f"{_side(row['gap_points'])} the overall rate of {100 * row['overall_rate']:.1f} %."
    )
    if row["missing"]:
        return f"{measured} These are the people whose {row['characteristic']} is missing: shown, counted, not tested."
    if row["rest_n"] == 0:
        return f"{measured} There is nobody else to compare with."
    against = (
        f"Against the {row['rest_n']:,} others ({100 * row['rest_rate']:.1f} %) the difference is "
        f"{row['diff_points']:+.1f} points ({confidence} interval {row['diff_low']:+.1f} to {row['diff_high']:+.1f})."
    )
    return f"{measured} {against} {_meaning(row, margin)}"


def _name(row: dict[Any, Any]) -> str:
    return f"{row['characteristic']} {row['group']}"


def _side(gap: float) -> str:
    return "above" if gap > 0 else "below" if gap < 0 else "from"


def _meaning(row: dict[Any, Any], margin: str) -> str:
    chance = f"Chance alone would rarely give this (p = {row['p_adjusted']:.2g} after Holm)"
    meanings = {
        "different": f"{chance}.",
        "different but small": f"{chance}, but it is shown to be less than {margin}.",
        "shown equivalent": f"The data show that the true difference is less than {margin}.",
        "cannot tell": f"These numbers cannot tell: chance alone may give this (p = {row['p_adjusted']:.2g} after "
        f"Holm), and a true difference of {margin} or more is not ruled out.",
    }
    flagged = "It is over the rule's threshold. " if row["flag"] else ""
    return flagged + meanings[row["verdict"]]
