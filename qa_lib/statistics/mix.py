"""Groups compared within strata (cohort, region, level), so that a different mix does not pass for a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.statistics.clusters import belongs_to_clusters, with_the_unknown_alone
from qa_lib.statistics.counting import Tallies, cells, check_columns, cluster_codes, column_names, label_codes, tallies
from qa_lib.statistics.inputs import Floats, Ints, error_rate
from qa_lib.statistics.multiplicity import adjust_p
from qa_lib.statistics.several import omnibus
from qa_lib.statistics.strata import StratifiedDifference, stratified_difference
from qa_lib.statistics.trends import Trend, clustered_trend, trend

#: Columns of ``adjust_for_mix`` after those of ``within``, with their kinds.
MIX_COLUMNS = (
    dict.fromkeys(["characteristic", "group"], "str")
    | dict.fromkeys(["n", "rest_n", "strata", "left_out"], "int64")
    | dict.fromkeys(["diff_points", "adjusted_points", "adjusted_low", "adjusted_high"], "float64")
    | dict.fromkeys(["odds_ratio", "odds_low", "odds_high", "p", "homogeneity_p"], "float64")
    | dict.fromkeys(["lowest_points", "highest_points", "homogeneity_adjusted"], "float64")
    | dict.fromkeys(["reversal", "hidden", "disagree"], "bool")
    | {"warning": "str"}
)

#: Columns of ``compare_characteristics`` after those of ``within``, with their kinds.
OVERALL_COLUMNS = (
    {"characteristic": "str"}
    | dict.fromkeys(["groups", "n", "k", "missing_n"], "int64")
    | dict.fromkeys(["p", "p_error", "slope_points", "p_trend"], "float64")
)


def adjust_for_mix(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: str | Sequence[str],
    strata: str | Sequence[str],
    within: str | Sequence[str] = (),
    positive: Any = None,
    negative: Any = None,
    people: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare every group with the rest within strata; warn where the mix turns or hides it, or the strata disagree.

    Parameters
    ----------
    frame
        One row per person, or per combination of groups with its counts.
    outcome, groups, within, positive, negative, people
        As in :func:`qa_lib.statistics.groups.compare_groups`.
    strata
        Columns whose combinations are held fixed. A missing value is a stratum of its own.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``MIX_COLUMNS``; differences in points of 100, p without adjustment.
        ``lowest_points`` to ``highest_points`` are the differences of single strata. ``reversal``: the sign turns;
        ``hidden``: the crude difference lies outside the interval of the adjusted one; ``disagree``: the odds ratio
        differs between strata (``homogeneity_p``, after Holm within ``within``).

    Raises
    ------
    StatisticsError
        Where columns are absent or the outcome cannot be read.
    """
    inside, held = column_names(within), column_names(strata)
    asked = {**_asked(outcome, people, groups, inside), "strata": held}
    check_columns(frame, asked, result=MIX_COLUMNS)
    counted = tallies(frame, outcome=outcome, people=people, positive=positive, negative=negative)
    cell, names = cells(frame, inside)
    layer, layers = cells(frame, held)
    coded = {characteristic: label_codes(frame[characteristic]) for characteristic in column_names(groups)}
    cubes = {
        characteristic: _cube(counted, (cell, code, layer), (len(names), len(labels), len(layers)))
        for characteristic, (code, labels) in coded.items()
    }
    rows = []
    for where, (characteristic, (_, labels)) in product(range(len(names)), coded.items()):
        n, hits = cubes[characteristic][:, where]
        for which in np.flatnonzero(n[:-1].sum(axis=1)):
            rest_n, rest_k = n.sum(axis=0) - n[which], hits.sum(axis=0) - hits[which]
            result = stratified_difference(hits[which], n[which], rest_k, rest_n, confidence=confidence)
            row = {**names.iloc[where], "characteristic": characteristic, "group": labels[which], **_row(result)}
            rows.append(row | {"n": int(n[which].sum()), "rest_n": int(rest_n.sum())})
    table = _table(rows, inside, MIX_COLUMNS)
    table["homogeneity_adjusted"] = _adjusted(table, inside)
    table["disagree"] = table["homogeneity_adjusted"] <= float(error_rate(confidence))
    silent = ~(table["reversal"] | table["hidden"] | table["disagree"] | (table["strata"] == 0))
    return table.assign(warning=table["warning"].mask(silent, ""))


def _adjusted(table: pd.DataFrame, within: list[str]) -> Floats:
    """Return Holm's p of homogeneity; the two groups that are each other's rest ask one question."""
    sizes, place = table[["n", "rest_n"]], [*within, "characteristic"]
    twins = table[place].assign(less=sizes.min(axis=1), more=sizes.max(axis=1), p=table["homogeneity_p"].round(12))
    asked = table["homogeneity_p"].mask(twins.duplicated())
    families = table.groupby(within, sort=False).ngroup() if within else np.zeros(len(table))
    adjusted = pd.Series(adjust_p(asked, families=families), index=table.index)
    return adjusted.groupby([twins[name] for name in twins.columns], dropna=False).transform("max").to_numpy()


def compare_characteristics(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: str | Sequence[str],
    within: str | Sequence[str] = (),
    positive: Any = None,
    negative: Any = None,
    people: str | None = None,
    ordered: Mapping[str, Sequence[str]] | None = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Test every characteristic as a whole, missing values aside: one overall answer before the groups.

    Parameters
    ----------
    frame
        One row per person, or per combination of groups with its counts.
    outcome, groups, within, positive, negative, people
        As in :func:`qa_lib.statistics.groups.compare_groups`.
    ordered
        Characteristics whose groups have an order, each with its groups in order; values not among them are left out of
        the trend.
    cluster
        As in ``compare_groups``; it concerns the trend alone.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``OVERALL_COLUMNS``: p by :func:`qa_lib.statistics.several.omnibus`, without
        adjustment; ``slope_points`` from one group to the next and ``p_trend`` by
        :func:`qa_lib.statistics.trends.trend`, or ``clustered_trend`` for what belongs to clusters.

    Raises
    ------
    StatisticsError
        Where columns are absent or the outcome cannot be read.
    """
    inside = column_names(within)
    asked = _asked(outcome, people, groups, inside) | {"cluster": [] if cluster is None else [cluster]}
    check_columns(frame, asked, result=OVERALL_COLUMNS)
    counted = tallies(frame, outcome=outcome, people=people, positive=positive, negative=negative)
    cell, names = cells(frame, inside)
    coded = {characteristic: label_codes(frame[characteristic]) for characteristic in column_names(groups)}
    cubes = {
        characteristic: _cube(counted, (cell, code), (len(names), len(labels)))
        for characteristic, (code, labels) in coded.items()
    }
    units = None if cluster is None else cluster_codes(frame[cluster])
    rows = []
    for where, characteristic in product(range(len(names)), coded):
        n, hits = cubes[characteristic][:, where]
        result = omnibus(hits[:-1], n[:-1])
        row = {**names.iloc[where], "characteristic": characteristic, "groups": result.groups, "n": result.n}
        row |= {"k": result.k, "missing_n": int(n[-1]), "p": result.p, "p_error": result.error}
        places = (ordered or {}).get(characteristic)
        own = None if places is None else _ordered(counted, (cell == where, coded[characteristic]), places, units)
        rows.append(row | {"slope_points": 100 * own.slope if own else np.nan, "p_trend": own.p if own else np.nan})
    return _table(rows, inside, OVERALL_COLUMNS)


def _ordered(
    counted: Tallies, rows: tuple[NDArray[np.bool_], tuple[Ints, list[str]]], places: Sequence[str], units: Ints | None
) -> Trend:
    """Return the trend of one characteristic at one place of comparison."""
    here, (code, labels) = rows
    numbers = {text: number for number, text in enumerate(places)}
    place = np.array([numbers.get(label, -1) for label in labels])[code]
    chosen = here & (place >= 0)
    if units is None or not belongs_to_clusters(units[chosen], place[chosen], counted.everybody[chosen]):
        _, n, k = counted.over(np.where(chosen, place, len(places)), len(places) + 1)
        return trend(k[:-1], n[:-1])
    apart = np.stack([with_the_unknown_alone(units), place])[:, chosen]
    keys, which = np.unique(apart, axis=1, return_inverse=True)
    spot = np.full(len(place), keys.shape[1])
    spot[chosen] = which.ravel()
    _, n, k = counted.over(spot, keys.shape[1] + 1)
    return clustered_trend(k[:-1], n[:-1], keys[1])


def _asked(outcome: str, people: str | None, groups: str | Sequence[str], within: list[str]) -> dict[str, list[str]]:
    counted = [outcome] if people is None else [outcome, people]
    return {"outcome": counted, "groups": column_names(groups), "within": within}


def _cube(counted: Tallies, codes: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Return people with an outcome, and successes, for every combination of codes."""
    place = np.ravel_multi_index(codes, shape)
    size = int(np.prod(shape))
    _, n, k = counted.over(place, size)
    return np.stack([n.reshape(shape), k.reshape(shape)])


def _table(rows: list[dict[str, Any]], within: list[str], columns: dict[str, str]) -> pd.DataFrame:
    kinds = dict.fromkeys(within, "str") | columns
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _row(result: StratifiedDifference) -> dict[str, Any]:
    return {
        "strata": result.strata, "left_out": result.left_out, "diff_points": 100 * result.crude_difference,
        "adjusted_points": 100 * result.difference, "adjusted_low": 100 * result.low,
        "adjusted_high": 100 * result.high, "odds_ratio": result.odds_ratio, "odds_low": result.odds_low,
        "odds_high": result.odds_high, "p": result.p, "homogeneity_p": result.homogeneity_p,
        "reversal": result.reversal, "hidden": result.hidden, "warning": result.warning,
        "lowest_points": 100 * result.lowest, "highest_points": 100 * result.highest,
    }  # fmt: skip
