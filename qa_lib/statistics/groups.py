"""Groups against their provider: the regulator's flag, and beside it what the numbers show.

A group is compared with the **rest** of its provider, for a group is part of the overall rate: the overall gap is
(1 - share) times the difference from the rest. Method by method: ``docs/methods.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.statistics import group_figures as figures
from qa_lib.statistics.clusters import Clusters, belongs_to_clusters, compare_clustered, with_the_unknown_alone
from qa_lib.statistics.counting import Tallies, cells, check_columns, cluster_codes, column_names, label_codes, tallies
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.group_figures import Choices, Table
from qa_lib.statistics.inputs import Ints, StatisticsError, error_rate, rate
from qa_lib.statistics.pooling import chance_beyond
from qa_lib.statistics.thresholds import Reading
from qa_lib.statistics.unconditional import boschloo

_FIRST = ["characteristic", "group", "n", "k", "rate", "overall_rate", "share", "rest_n", "rest_rate", "gap_points"]
_SECOND = ["gap_relative", "flag", "gap_low", "gap_high", "diff_points", "diff_low", "diff_high", "p", "p_adjusted"]
_THIRD = ["verdict", "mdd_points", "suppressed", "k_rest", "n_overall", "k_overall", "unknown", "missing"]
_FOURTH = ["flag_points", "flag_relative", "newcombe_low", "newcombe_high", "equivalence_low", "equivalence_high"]
_FIFTH = ["p_screening", "margin", "margin_points", "holm_level", "holm_low", "holm_high", "counted"]
_SIXTH = ["people_to_change", "gap_lowest", "gap_highest", "flag_bounds", "test_bounds", "p_missing", "missing_differ"]
_SEVENTH = ["scas_low", "scas_high", "clusters", "design_effect", "p_people", "chance_beyond"]
#: Columns of the result after those of ``within``.
COLUMNS = [*_FIRST, *_SECOND, *_THIRD, *_FOURTH, *_FIFTH, *_SIXTH, *_SEVENTH]
_WORDS = ["characteristic", "group", "verdict", "suppressed", "margin", "flag_bounds", "test_bounds"]

#: Profile -> (counts from 1 to this are confidential, rates on fewer people than this are unreliable).
PROFILES = {"none": (0, 0.0), "dfe": (4, 30.0), "ofqual": (4, 0.0), "hesa": (0, 22.5)}


def compare_groups(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: str | Sequence[str],
    within: str | Sequence[str] = (),
    positive: Any = None,
    negative: Any = None,
    people: str | None = None,
    margin: str | Fraction = "0.10",
    reading: Reading = "points",
    confidence: float = 0.95,
    test: str = "midp",
    fewest: int = 1,
    cluster: str | Mapping[str, str] | None = None,
    mdd: bool = False,
    pooled: bool = False,
    scas: bool = False,
    profile: str = "none",
) -> pd.DataFrame:
    """Compare every group of every characteristic with the rest of its provider, in one tidy table.

    Parameters
    ----------
    frame
        One row per person, or per combination of groups with its counts.
    outcome
        Column with 0/1 or yes/no. People whose outcome is missing are counted as ``unknown`` and are in no rate.
        With ``people``: the column with how many of them succeeded.
    groups
        Columns of characteristics. Missing values form a group that is shown, counts and is not tested.
    within
        Columns that name the provider, level, ...; each combination is compared within itself.
    positive, negative
        The values of ``outcome`` that count as success and as none, where it is not 0/1 or yes/no: one each, or a list.
        Values named in neither are ``unknown``; without ``negative`` a single other value counts as none.
    people
        For a table of counts: the column with how many people each row stands for.
    margin
        The rule's threshold, and the margin of equivalence, as text.
    reading
        How both are read: in ``points``, or ``relative`` to the overall rate (the threshold) and to the others' rate
        (equivalence, by the interval of the ratio).
    confidence
        Of the intervals; one minus it is the level of the verdicts.
    test
        ``midp``, or ``boschloo`` (Berger-Boos at 1e-4), which keeps its level in every table and cannot reject in
        families of 500 tests or more.
    fewest
        Groups of fewer people, or with fewer others, are shown and not tested.
    cluster
        Column that names what people belong to, such as their school. Characteristics that nearly all of its people
        share are then tested by it, as :func:`qa_lib.statistics.clusters.compare_clustered` says. Or, for each
        characteristic that belongs to one, the column.
    mdd
        Also work out the smallest drop that would probably have been found (slower).
    pooled
        Also work out the chance that the true gap is beyond the margin (slower), as
        :func:`qa_lib.statistics.pooling.chance_beyond` says. It is never the verdict.
    scas
        Also work out the interval that is corrected for skewness (slower).
    profile
        Marks small numbers in ``suppressed``: ``none``, ``dfe``, ``ofqual`` or ``hesa``. Nothing is removed.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``COLUMNS``. Rates and ``share`` lie in 0 to 1, ``gap_relative`` is the gap over
        the overall rate, gaps, differences and their ends are in points of 100. ``gap`` is group less overall, ``diff``
        group less rest. Verdicts: ``different``, ``shown equivalent``, ``different but small``, ``cannot tell``,
        ``too few`` (fewer than ``fewest``), ``not tested``. ``p_adjusted`` is Holm's within each combination of
        ``within``, over the tests that could reject at all (``counted``); ``holm_low`` to ``holm_high`` is the interval
        at ``holm_level``, at which Holm decided, as does ``mdd_points``. All other intervals are unadjusted.
        ``p_screening`` is Benjamini and Hochberg's over the whole table. ``people_to_change``: how many people of the
        group would have to have the other outcome to change ``flag``. ``gap_lowest`` to ``flag_bounds`` and
        ``test_bounds``: what missing groups and outcomes could do. ``p_missing``: people whose value is missing against
        those with one, Holm's over the characteristics. ``p_people``: p as if people of one cluster did not belong
        together. ``equivalence_low`` and ``equivalence_high`` are in points, or in per cent of the others' rate.

    Raises
    ------
    StatisticsError
        Where columns are absent, the outcome cannot be read, or an option is unknown.
    """
    characteristics, inside = column_names(groups), column_names(within)
    own = {name: cluster for name in characteristics if cluster} if isinstance(cluster, str) else dict(cluster or {})
    asked = {"outcome": [outcome, *([] if people is None else [people])], "groups": characteristics, "within": inside}
    asked |= {"cluster": list(dict.fromkeys(own.values()))}
    _check_options(frame, asked, {"reading": reading, "test": test, "profile": profile})
    if fewest < 1:
        raise StatisticsError(f"fewest is {fewest}; expected a whole number of people of at least 1")
    chosen = Choices(
        limit=rate(margin, name="margin"), reading=reading, confidence=confidence, error=float(error_rate(confidence)),
        test=fisher_midp if test == "midp" else boschloo, fewest=fewest,
    )  # fmt: skip
    counted = tallies(frame, outcome=outcome, people=people, positive=positive, negative=negative)
    clusters = {name: (frame[column], not isinstance(cluster, str)) for name, column in own.items()}
    table = _counted(frame, counted, characteristics, inside, clusters)
    table |= figures.rates(table)
    table |= figures.flags(table, chosen)
    table |= figures.intervals(table, chosen)
    table |= figures.tests(table, chosen)
    table |= figures.bounds(table, chosen)
    table["verdict"] = figures.verdict(table, chosen)
    nothing = np.full(len(table["n"]), np.nan)
    table |= figures.corrected_intervals(table, chosen) if scas else {"scas_low": nothing, "scas_high": nothing}
    table["mdd_points"] = figures.drops(table) if mdd else nothing
    table["chance_beyond"] = chance_beyond(table, limit=chosen.limit, reading=reading) if pooled else nothing
    table["suppressed"] = small_number_class(table["k"], table["n"], profile=profile)
    result = pd.DataFrame({name: table[name] for name in [*inside, *COLUMNS]})
    kinds = dict.fromkeys([*inside, *_WORDS], "str") | dict.fromkeys(["people_to_change", "clusters"], "Int64")
    return result.astype(kinds)


def small_number_class(k: Ints, n: Ints, *, profile: str) -> NDArray[np.str_]:
    """Say which figures are too small to publish: ``c`` a confidential count, ``u`` an unreliable rate, or nothing.

    Parameters
    ----------
    k, n
        Successes and people. The successes and the others both count as counts.
    profile
        A key of ``PROFILES``.
    """
    small, reliable = PROFILES[profile]
    confidential = np.logical_or.reduce([(count >= 1) & (count <= small) for count in (k, n - k, n)])
    return np.where(confidential, "c", np.where(n < reliable, "u", ""))


def _check_options(frame: pd.DataFrame, asked: dict[str, list[str]], options: dict[str, str]) -> None:
    check_columns(frame, asked, result=COLUMNS)
    if not asked["groups"]:
        raise StatisticsError("groups is empty; name at least one column whose groups are to be compared")
    known = {"reading": ("points", "relative"), "test": ("midp", "boschloo"), "profile": tuple(PROFILES)}
    faults = [
        f"{name} is {value!r}; expected one of {', '.join(known[name])}"
        for name, value in options.items()
        if value not in known[name]
    ]
    if faults:
        raise StatisticsError("; ".join(faults))


def _counted(
    frame: pd.DataFrame,
    counted: Tallies,
    groups: list[str],
    within: list[str],
    clusters: Mapping[str, tuple[pd.Series[Any], bool]],
) -> Table:
    """Return n and k of every group that has people, with those of its provider, in the order of the result."""
    cell, names = cells(frame, within)
    everybody, overall_n, overall_k = counted.over(cell, len(names))
    parts = []
    for order, characteristic in enumerate(groups):
        code, labels = label_codes(frame[characteristic])
        place = cell * len(labels) + code
        people, n, k = counted.over(place, len(names) * len(labels))
        there = np.flatnonzero(people)
        where, which_label = np.divmod(there, len(labels))
        lacking = where * len(labels) + len(labels) - 1
        part: Table = {name: names[name].to_numpy(dtype=object)[where] for name in within}
        part |= {"characteristic": np.full(len(there), characteristic, dtype=object), "n": n[there], "k": k[there]}
        part |= {"group": np.array(labels, dtype=object)[which_label], "missing": which_label == len(labels) - 1}
        part |= {"n_overall": overall_n[where], "k_overall": overall_k[where], "unknown": people[there] - n[there]}
        part |= {"_missing_n": n[lacking], "_missing_k": k[lacking], "_missing_unknown": (people - n)[lacking]}
        part |= {"_all_unknown": (everybody - overall_n)[where]}
        values, declared = clusters.get(characteristic, (None, False))
        units = None if values is None else cluster_codes(values)
        if units is not None and not declared and not belongs_to_clusters(units, code, counted.everybody):
            units = None
        part |= _clustered(counted, (cell, units, code), (len(names), len(labels)), there)
        parts.append(part | {"_cell": where, "_order": np.full(len(there), order), "_label": which_label})
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order_of_result = np.lexsort((table["_label"], table["_order"], table["_cell"]))
    return {name: column[order_of_result] for name, column in table.items()}


def _clustered(counted: Tallies, codes: tuple[Ints, Ints | None, Ints], shape: tuple[int, int], there: Ints) -> Table:
    """Return what clusters say of each group of a characteristic that is theirs; nothing of any other."""
    size = len(there)
    figures_of = {"clusters": np.full(size, np.nan), "_p_clustered": np.full(size, np.nan), "_least_p": np.zeros(size)}
    figures_of |= {"design_effect": np.ones(size), "_rest_effect": np.ones(size), "_freedom": np.full(size, np.inf)}
    cell, unit, label = codes
    if unit is None:
        return figures_of
    # People of one cluster with another value are another cluster.
    apart = np.stack([cell, label, with_the_unknown_alone(unit)])
    keys, place = np.unique(apart, axis=1, return_inverse=True)
    _, n, k = counted.over(place.ravel(), keys.shape[1])
    starts = np.searchsorted(keys[0], np.arange(shape[0] + 1))
    at = {code: place for place, code in enumerate(there.tolist())}
    for where, (first, last) in enumerate(pairwise(starts.tolist())):
        found = compare_clustered(Clusters(n=n[first:last], k=k[first:last], label=keys[1, first:last]))
        for code, one in found.items():
            row = at[where * shape[1] + code]
            values = (one.clusters, one.p, one.least_p, one.design_effect, one.rest_effect, one.freedom)
            for column, value in zip(figures_of.values(), values, strict=True):
                column[row] = value
    return figures_of
