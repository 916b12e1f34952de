"""Groups compared within strata (cohort, region, level), so that a different mix does not pass for a difference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.statistics.counting import cells, check_columns, label_codes, read_outcome
from qa_lib.statistics.several import omnibus
from qa_lib.statistics.strata import StratifiedDifference, stratified_difference

#: Columns of ``adjust_for_mix`` after those of ``within``, with their kinds.
MIX_COLUMNS = (
    dict.fromkeys(["characteristic", "group"], "str")
    | dict.fromkeys(["n", "rest_n", "strata", "left_out"], "int64")
    | dict.fromkeys(["diff_points", "adjusted_points", "adjusted_low", "adjusted_high"], "float64")
    | dict.fromkeys(["odds_ratio", "odds_low", "odds_high", "p", "homogeneity_p"], "float64")
    | {"reversal": "bool", "warning": "str"}
)

#: Columns of ``compare_characteristics`` after those of ``within``, with their kinds.
OVERALL_COLUMNS = (
    {"characteristic": "str"}
    | dict.fromkeys(["groups", "n", "k", "missing_n"], "int64")
    | dict.fromkeys(["p", "p_error"], "float64")
)


def adjust_for_mix(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: str | Sequence[str],
    strata: str | Sequence[str],
    within: str | Sequence[str] = (),
    positive: Any = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare every group with the rest within strata, and warn where the sign turns.

    Parameters
    ----------
    frame
        One row per person.
    outcome, groups, within, positive
        As in :func:`qa_lib.statistics.groups.compare_groups`.
    strata
        Columns whose combinations are held fixed. A missing value is a stratum of its own.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``MIX_COLUMNS``; differences in points of 100, p without adjustment.

    Raises
    ------
    StatisticsError
        Where columns are absent or the outcome cannot be read.
    """
    inside, held = _names(within), _names(strata)
    asked = {"outcome": [outcome], "groups": _names(groups), "within": inside, "strata": held}
    check_columns(frame, asked, result=MIX_COLUMNS)
    success = read_outcome(frame[outcome], positive=positive)
    cell, names = cells(frame, inside)
    layer, layers = cells(frame, held)
    coded = {characteristic: label_codes(frame[characteristic]) for characteristic in _names(groups)}
    cubes = {
        characteristic: _cube(success, (cell, code, layer), (len(names), len(labels), len(layers)))
        for characteristic, (code, labels) in coded.items()
    }
    rows = []
    for where, (characteristic, (_, labels)) in product(range(len(names)), coded.items()):
        people, hits = cubes[characteristic][:, where]
        for which in np.flatnonzero(people[:-1].sum(axis=1)):
            rest_n, rest_k = people.sum(axis=0) - people[which], hits.sum(axis=0) - hits[which]
            result = stratified_difference(hits[which], people[which], rest_k, rest_n, confidence=confidence)
            row = {**names.iloc[where], "characteristic": characteristic, "group": labels[which], **_row(result)}
            rows.append(row | {"n": int(people[which].sum()), "rest_n": int(rest_n.sum())})
    return _table(rows, inside, MIX_COLUMNS)


def compare_characteristics(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: str | Sequence[str],
    within: str | Sequence[str] = (),
    positive: Any = None,
) -> pd.DataFrame:
    """Test every characteristic as a whole, missing values aside: one overall answer before the groups.

    Parameters
    ----------
    frame
        One row per person.
    outcome, groups, within, positive
        As in :func:`qa_lib.statistics.groups.compare_groups`.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``OVERALL_COLUMNS``: p by :func:`qa_lib.statistics.several.omnibus`, without
        adjustment.

    Raises
    ------
    StatisticsError
        Where columns are absent or the outcome cannot be read.
    """
    inside = _names(within)
    asked = {"outcome": [outcome], "groups": _names(groups), "within": inside}
    check_columns(frame, asked, result=OVERALL_COLUMNS)
    success = read_outcome(frame[outcome], positive=positive)
    cell, names = cells(frame, inside)
    coded = {characteristic: label_codes(frame[characteristic]) for characteristic in _names(groups)}
    cubes = {
        characteristic: _cube(success, (cell, code), (len(names), len(labels)))
        for characteristic, (code, labels) in coded.items()
    }
    rows = []
    for where, characteristic in product(range(len(names)), coded):
        people, hits = cubes[characteristic][:, where]
        result = omnibus(hits[:-1], people[:-1])
        row = {**names.iloc[where], "characteristic": characteristic, "groups": result.groups, "n": result.n}
        rows.append(row | {"k": result.k, "missing_n": int(people[-1]), "p": result.p, "p_error": result.error})
    return _table(rows, inside, OVERALL_COLUMNS)


def _cube(success: Any, codes: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Return people with an outcome, and successes, for every combination of codes."""
    place = np.ravel_multi_index(codes, shape)
    size = int(np.prod(shape))
    return np.stack(
        [np.bincount(place[which], minlength=size).reshape(shape) for which in (success >= 0, success == 1)]
    )


def _table(rows: list[dict[str, Any]], within: list[str], columns: dict[str, str]) -> pd.DataFrame:
    kinds = dict.fromkeys(within, "str") | columns
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _row(result: StratifiedDifference) -> dict[str, Any]:
    return {
        "strata": result.strata, "left_out": result.left_out, "diff_points": 100 * result.crude_difference,
        "adjusted_points": 100 * result.difference, "adjusted_low": 100 * result.low,
        "adjusted_high": 100 * result.high, "odds_ratio": result.odds_ratio, "odds_low": result.odds_low,
        "odds_high": result.odds_high, "p": result.p, "homogeneity_p": result.homogeneity_p,
        "reversal": result.reversal, "warning": result.warning,
    }  # fmt: skip


def _names(columns: str | Sequence[str]) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)
