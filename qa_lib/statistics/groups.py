"""Groups against their provider: the regulator's flag, and beside it what the numbers show.

A group is compared with the **rest** of its provider, for a group is part of the overall rate: the overall gap is
(1 - share) times the difference from the rest. Method by method: ``docs/methods.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.statistics.counting import Tallies, cells, check_columns, column_names, label_codes, tallies
from qa_lib.statistics.differences import equivalence, newcombe_interval, score_interval
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Ints, StatisticsError, error_rate, rate
from qa_lib.statistics.multiplicity import adjust_p
from qa_lib.statistics.power import minimum_detectable_difference
from qa_lib.statistics.proportions import share
from qa_lib.statistics.unconditional import boschloo

_FIRST = ["characteristic", "group", "n", "k", "rate", "overall_rate", "share", "rest_n", "rest_rate", "gap_points"]
_SECOND = ["gap_relative", "flag", "gap_low", "gap_high", "diff_points", "diff_low", "diff_high", "p", "p_adjusted"]
_THIRD = [
    "verdict",
    "mdd_points",
    "suppressed",
    "k_rest",
    "n_overall",
    "k_overall",
    "unknown",
    "missing",
    "flag_points",
]
_FOURTH = ["flag_relative", "newcombe_low", "newcombe_high", "equivalence_low", "equivalence_high", "p_screening"]
#: Columns of the result after those of ``within``.
COLUMNS = [*_FIRST, *_SECOND, *_THIRD, *_FOURTH]

#: Columns of the result while it is made, by name.
Table: TypeAlias = dict[str, NDArray[Any]]

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
    reading: Literal["points", "relative"] = "points",
    confidence: float = 0.95,
    test: Literal["midp", "boschloo"] = "midp",
    mdd: bool = False,
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
        Which reading of the threshold decides ``flag``: ``points`` or ``relative`` to the overall rate.
    confidence
        Of the intervals; one minus it is the level of the verdicts.
    test
        ``midp``, or ``boschloo`` (Berger-Boos at 1e-4), which keeps its level in every table and cannot reject in
        families of 500 tests or more.
    mdd
        Also work out the smallest drop that would probably have been found (slower).
    profile
        Marks small numbers in ``suppressed``: ``none``, ``dfe``, ``ofqual`` or ``hesa``. Nothing is removed.

    Returns
    -------
    DataFrame
        The columns of ``within``, then ``COLUMNS``. Rates and ``share`` lie in 0 to 1, ``gap_relative`` is the gap over
        the overall rate, gaps, differences and their ends are in points of 100. ``gap`` is group less overall, ``diff``
        group less rest. Verdicts: ``different``, ``shown equivalent``, ``different but small``, ``cannot tell``,
        ``not tested``. Intervals and ``mdd_points`` are unadjusted; ``p_adjusted`` is Holm's within each combination of
        ``within``, ``p_screening`` Benjamini and Hochberg's over the whole table.

    Raises
    ------
    StatisticsError
        Where columns are absent, the outcome cannot be read, or an option is unknown.
    """
    characteristics, inside = column_names(groups), column_names(within)
    limit = rate(margin, name="margin")
    asked = [outcome] if people is None else [outcome, people]
    _check_options(frame, asked, characteristics, inside, {"reading": reading, "test": test, "profile": profile})
    counted = tallies(frame, outcome=outcome, people=people, positive=positive, negative=negative)
    table = _counted(frame, counted, characteristics, inside)
    table |= _rates(table)
    table |= _flags(table, limit, reading)
    table |= _intervals(table, limit, confidence)
    table |= _tests(table, fisher_midp if test == "midp" else boschloo)
    table["verdict"] = _verdict(table, confidence)
    table["mdd_points"] = 100 * _drops(table, confidence) if mdd else np.full(len(table["n"]), np.nan)
    table["suppressed"] = small_number_class(table["k"], table["n"], profile=profile)
    result = pd.DataFrame({name: table[name] for name in [*inside, *COLUMNS]})
    return result.astype(dict.fromkeys([*inside, "characteristic", "group", "verdict", "suppressed"], "str"))


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


def _check_options(
    frame: pd.DataFrame, outcome: list[str], groups: list[str], within: list[str], options: dict[str, str]
) -> None:
    check_columns(frame, {"outcome": outcome, "groups": groups, "within": within}, result=COLUMNS)
    if not groups:
        raise StatisticsError("groups is empty; name at least one column whose groups are to be compared")
    known = {"reading": ("points", "relative"), "test": ("midp", "boschloo"), "profile": tuple(PROFILES)}
    faults = [
        f"{name} is {value!r}; expected one of {', '.join(known[name])}"
        for name, value in options.items()
        if value not in known[name]
    ]
    if faults:
        raise StatisticsError("; ".join(faults))


def _counted(frame: pd.DataFrame, counted: Tallies, groups: list[str], within: list[str]) -> Table:
    """Return n and k of every group that has people, with those of its provider, in the order of the result."""
    cell, names = cells(frame, within)
    _, overall_n, overall_k = counted.over(cell, len(names))
    parts = []
    for order, characteristic in enumerate(groups):
        code, labels = label_codes(frame[characteristic])
        place = cell * len(labels) + code
        people, n, k = counted.over(place, len(names) * len(labels))
        there = np.flatnonzero(people)
        where, which_label = np.divmod(there, len(labels))
        part: Table = {name: names[name].to_numpy(dtype=object)[where] for name in within}
        part |= {"characteristic": np.full(len(there), characteristic, dtype=object), "n": n[there], "k": k[there]}
        part |= {"group": np.array(labels, dtype=object)[which_label], "missing": which_label == len(labels) - 1}
        part |= {"n_overall": overall_n[where], "k_overall": overall_k[where], "unknown": people[there] - n[there]}
        parts.append(part | {"_cell": where, "_order": np.full(len(there), order), "_label": which_label})
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order_of_result = np.lexsort((table["_label"], table["_order"], table["_cell"]))
    return {name: column[order_of_result] for name, column in table.items()}


def _rates(table: Table) -> Table:
    n, k, whole_n, whole_k = (table[name] for name in ("n", "k", "n_overall", "k_overall"))
    rest_n, rest_k = whole_n - n, whole_k - k
    rates, overall, rest = share(k, n), share(whole_k, whole_n), share(rest_k, rest_n)
    gap = rates - overall
    return {
        "rest_n": rest_n,
        "k_rest": rest_k,
        "rate": rates,
        "overall_rate": overall,
        "rest_rate": rest,
        "share": share(n, whole_n),
        "gap_points": 100 * gap,
        "gap_relative": np.divide(gap, overall, out=np.full(len(n), np.nan), where=whole_k > 0),
        "diff_points": 100 * (rates - rest),
    }


def _flags(table: Table, limit: Fraction, reading: str) -> Table:
    """Judge the threshold in both readings, strictly more than it, in integers; missing is no group of the rule."""
    n, k, whole_n, whole_k = (table[name] for name in ("n", "k", "n_overall", "k_overall"))
    if limit.denominator * int(whole_n.max(initial=1)) ** 2 >= 2**62:
        n, k, whole_n, whole_k = (column.astype(object) for column in (n, k, whole_n, whole_k))
    gap = limit.denominator * abs(k * whole_n - whole_k * n)
    over = {"points": gap > limit.numerator * n * whole_n, "relative": gap > limit.numerator * n * whole_k}
    flags = {f"flag_{name}": flag.astype(bool) & ~table["missing"] for name, flag in over.items()}
    return flags | {"flag": flags[f"flag_{reading}"]}


def _intervals(table: Table, limit: Fraction, confidence: float) -> Table:
    """Return the intervals of group less rest, that of the gap, and the one that shows equivalence, in points."""
    counts = _two_by_two(table)
    score, newcombe = (interval(*counts, confidence=confidence) for interval in (score_interval, newcombe_interval))
    inner = equivalence(*counts, margin=limit, confidence=confidence)
    others = 1 - table["share"]
    return {
        "diff_low": 100 * score.low,
        "diff_high": 100 * score.high,
        "gap_low": 100 * others * score.low,
        "gap_high": 100 * others * score.high,
        "newcombe_low": 100 * newcombe.low,
        "newcombe_high": 100 * newcombe.high,
        "equivalence_low": 100 * inner.low,
        "equivalence_high": 100 * inner.high,
        "_equivalent": inner.equivalent,
    }


def _two_by_two(table: Table) -> list[Ints]:
    return [table[name] for name in ("k", "n", "k_rest", "rest_n")]


def _tests(table: Table, test: Callable[..., Any]) -> Table:
    """Return p and its adjustments. Two groups that are everybody are one test, and share its p."""
    n = table["n"]
    tested = ~table["missing"] & (n > 0) & (table["rest_n"] > 0)
    family = np.unique(np.stack([table["_cell"], table["_order"]]), axis=1, return_inverse=True)[1].ravel()
    everybody = np.bincount(family, np.where(tested, n, 0))[family] == table["n_overall"]
    pair = np.flatnonzero(tested & everybody & (np.bincount(family, tested)[family] == 2))
    first, second = pair[::2], pair[1::2]
    own = tested.copy()
    own[second] = False
    p = np.full(len(n), np.nan)
    p[own] = test(*(column[own] for column in _two_by_two(table)))
    figures = {"p": p, "p_adjusted": adjust_p(p, families=table["_cell"]), "p_screening": adjust_p(p, method="bh")}
    for figure in figures.values():
        figure[second] = figure[first]
    return figures


def _verdict(table: Table, confidence: float) -> NDArray[np.str_]:
    different = table["p_adjusted"] <= float(error_rate(confidence))
    equivalent = table["_equivalent"]
    words = np.where(different, "different", np.where(equivalent, "shown equivalent", "cannot tell"))
    words = np.where(different & equivalent, "different but small", words)
    return np.where(np.isnan(table["p"]), "not tested", words)


def _drops(table: Table, confidence: float) -> NDArray[np.float64]:
    asked = ~table["missing"]
    drops = np.full(len(asked), np.nan)
    columns = (table[name][asked] for name in ("n", "k_rest", "rest_n"))
    drops[asked] = minimum_detectable_difference(*columns, confidence=confidence)
    return drops
