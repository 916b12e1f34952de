"""What a comparison shows and what it does not, in sentences that a programme manager understands.

They say what was measured, on how many and with which interval, and what cannot be said. *Cannot tell* is never written
as no difference, and nothing is ever proved.
"""

from __future__ import annotations

from typing import Any

import pandas as pd


def explain_groups(result: pd.DataFrame) -> pd.Series[str]:
    """Return a few plain sentences per row of ``compare_groups``."""
    texts = [_explain(row) for row in result.to_dict("records")]
    return pd.Series(texts, index=result.index, dtype="str")


def _explain(row: dict[Any, Any]) -> str:
    if row["n"] == 0:
        return f"{_name(row)}: nobody's outcome is known, so nothing can be said."
    measured = (
        f"{_name(row)}: {row['k']:,} of {row['n']:,} ({100 * row['rate']:.1f} %), {abs(row['gap_points']):.1f} points "
        f"{_side(row['gap_points'])} the overall rate of {100 * row['overall_rate']:.1f} %."
    )
    if row["missing"]:
        said = f"These are the people whose {row['characteristic']} is missing: shown, counted, not tested."
        return f"{measured} {said} {missing_words(row)}".strip()
    if row["rest_n"] == 0:
        return f"{measured} There is nobody else to compare with."
    if row["verdict"] == "too few":
        return f"{measured} {flag_words(row)}These are too few people, here or among the others, to be tested."
    against = (
        f"Against the {row['rest_n']:,} others ({100 * row['rest_rate']:.1f} %) the difference is "
        f"{row['diff_points']:+.1f} points ({interval_words(row)})."
    )
    parts = (measured, against, flag_words(row) + _meaning(row), edge_words(row), cluster_words(row), open_words(row))
    return " ".join(filter(None, parts))


def interval_words(row: dict[Any, Any]) -> str:
    """Return the interval at the level at which the verdict was reached, with that level."""
    return f"{100 * (1 - row['holm_level']):.4g} % interval {row['holm_low']:+.1f} to {row['holm_high']:+.1f}"


def edge_words(row: dict[Any, Any]) -> str:
    """Say what decides where interval and test lie on different sides of nought, by a hair; else nothing."""
    outside = row["holm_low"] > 0 or row["holm_high"] < 0
    if pd.isna(row["holm_level"]) or outside == row["verdict"].startswith("different"):
        return ""
    side = "leaves nought out" if outside else "holds nought"
    return f"The interval, which is another calculation, just {side}: the test decides."


def flag_words(row: dict[Any, Any]) -> str:
    """Say that a group is over the rule's threshold, and how many people make it so."""
    if not row["flag"]:
        return ""
    if pd.isna(row["people_to_change"]):
        return "It is over the rule's threshold. "
    return f"It is over the rule's threshold; {_would(int(row['people_to_change']))} would change that. "


def _would(people: int) -> str:
    return f"{people:,} {'person' if people == 1 else 'people'} with the other outcome"


def cluster_words(row: dict[Any, Any]) -> str:
    """Say that people were compared by what they belong to, and how it would have been without; else nothing."""
    if pd.isna(row["clusters"]):
        return ""
    alone = "" if pd.isna(row["p_people"]) else f", where people one by one would give p = {row['p_people']:.2g}"
    return f"All people of a place move together here: {int(row['clusters']):,} places were compared{alone}."


def open_words(row: dict[Any, Any]) -> str:
    """Say that missing values could change flag or test; else nothing."""
    moved = [word for word, name in (("the flag", "flag_bounds"), ("the test", "test_bounds")) if row[name] == "open"]
    if not moved:
        return ""
    return (
        f"Missing values could change {' and '.join(moved)}: the gap lies between {row['gap_lowest']:+.1f} and "
        f"{row['gap_highest']:+.1f} points, whoever they are."
    )


def missing_words(row: dict[Any, Any]) -> str:
    """Say of people whose value is missing whether they fare like the others; nothing where that was not looked at."""
    if pd.isna(row["p_missing"]):
        return ""
    chance = f"p = {row['p_missing']:.2g} after Holm over the characteristics"
    if row["missing_differ"]:
        return (
            f"They fare differently from those whose value is known ({chance}): they are no chance part of everybody."
        )
    return f"Whether they fare like those whose value is known, these numbers cannot tell ({chance})."


def _name(row: dict[Any, Any]) -> str:
    return f"{row['characteristic']} {row['group']}"


def _side(gap: float) -> str:
    return "above" if gap > 0 else "below" if gap < 0 else "from"


def _meaning(row: dict[Any, Any]) -> str:
    chance, margin = f"p = {row['p_adjusted']:.2g} after Holm", row["margin"]
    if not row["counted"]:
        chance = "whoever of these people had succeeded, no test could have told"
    meanings = {
        "different": f"Chance alone would rarely give this ({chance}).",
        "different but small": f"Chance alone would rarely give this ({chance}), but it is shown to be less than "
        f"{margin}.",
        "shown equivalent": f"The data show that the true difference is less than {margin}.",
        "cannot tell": f"These numbers cannot tell: chance alone may give this ({chance}), and a true difference of "
        f"{margin} or more is not ruled out.",
    }
    return meanings[row["verdict"]]
