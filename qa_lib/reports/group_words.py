"""What a comparison of groups lets a programme manager say, and what it does not (``docs/methods.md``, section 1).

Four verdicts, and none of them is *no difference*: numbers that cannot tell are not good news, and nothing is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from qa_lib.statistics.explanations import cluster_words, edge_words, interval_words, open_words

_COLUMNS = ["where", "group", "verdict", "measured", "can_be_said", "cannot_be_said"]


def what_can_be_said(result: pd.DataFrame, *, within: Sequence[str] = ()) -> pd.DataFrame:
    """Return a row of plain sentences for every group that needs some: over the rule's threshold, or found different.

    Parameters
    ----------
    result
        What ``compare_groups`` returned.
    within
        Columns that name the level, measure, ...

    Returns
    -------
    DataFrame
        ``where`` (the values of ``within``), ``group`` with its characteristic, ``verdict`` (with *flagged* where the
        group is over the threshold), ``measured, can_be_said, cannot_be_said``.
    """
    worth = result[result["flag"].astype(bool) | result["verdict"].str.startswith("different")]
    rows = [_row(row, list(within)) for row in worth.to_dict("records")]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="str")


def _row(row: dict[Any, Any], within: list[str]) -> list[str]:
    can, cannot = _sayable(row)
    where = " ".join(str(row[name]) for name in within)
    verdict = row["verdict"] + ("; flagged" if row["flag"] else "; not flagged")
    return [where, f"{row['characteristic']}: {row['group']}", verdict, _measured(row), can, cannot]


def _measured(row: dict[Any, Any]) -> str:
    own = f"{row['k']:,} of {row['n']:,} ({100 * row['rate']:.1f} %)"
    if not row["rest_n"]:
        return f"{own}; there is nobody else at this provider and level"
    others = f"{row['k_rest']:,} of the {row['rest_n']:,} others ({100 * row['rest_rate']:.1f} %)"
    found = f"{own} against {others}: {row['diff_points']:+.1f} points"
    if pd.isna(row["holm_level"]):
        return found
    return " ".join(filter(None, (f"{found} ({interval_words(row)}).", edge_words(row), cluster_words(row))))


def _sayable(row: dict[Any, Any]) -> tuple[str, str]:
    points = row["margin"]
    lower = "lower" if row["diff_points"] < 0 else "higher"
    flagged = (
        f"The rate is {abs(row['gap_points']):.1f} points from the overall {100 * row['overall_rate']:.1f} %, so it is "
        f"reported and needs an answer. {_fragile(row)}"
        if row["flag"]
        else ""
    )
    can = {
        "different": f"Chance alone would rarely give this: the group's rate is {lower} than that of the others.",
        "different but small": f"Chance alone would rarely give this, and it is shown to be less than {points}.",
        "shown equivalent": f"The true difference from the others is shown to be less than {points}.",
        "cannot tell": f"Chance alone could give this: {_few(row)}",
        "too few": "These are too few people, here or among the others, to be tested.",
        "not tested": "There is nobody to compare with.",
    }
    cannot = {
        "different": "Why it is so, nor that the group is treated differently: look first whether it is the mix.",
        "different but small": f"That it matters: it is shown to be less than {points}. Nor why it is so.",
        "shown equivalent": f"That there is not the slightest difference: only that it is less than {points}.",
        "cannot tell": f"That the group really fares {'worse' if lower == 'lower' else 'better'}. But neither that "
        f"all is well: a true difference of {points} or more is not ruled out.",
        "too few": "Anything about this group against others: only what happened to these people.",
        "not tested": "Anything about this group against others.",
    }
    return (flagged + can[row["verdict"]]).strip(), f"{cannot[row['verdict']]} {open_words(row)}".strip()


def _fragile(row: dict[Any, Any]) -> str:
    """Say how many people make the flag."""
    if pd.isna(row["people_to_change"]):
        return ""
    people = int(row["people_to_change"])
    return f"Had {people:,} {'person' if people == 1 else 'people'} of it fared otherwise, it would not be. "


def _few(row: dict[Any, Any]) -> str:
    """Say how the rate would move by one person, and what would probably have been seen where that was worked out."""
    people = f"one person more or fewer moves the rate of {row['n']:,} people by {100 / row['n']:.0f} points."
    if pd.isna(row["mdd_points"]):
        return people
    return f"{people} Only a drop of about {row['mdd_points']:.0f} points or more would probably have been seen."
