"""The figures of a comparison of groups, column by column: rates, flags, intervals, tests and verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qa_lib.statistics.clusters import quantiles
from qa_lib.statistics.differences import inner_level, newcombe_ends, score_ends
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Floats, Ints, Numbers
from qa_lib.statistics.missing_values import People, missing_bounds
from qa_lib.statistics.multiplicity import Booleans, adjust_p, counted_tests, holm_levels
from qa_lib.statistics.power import smallest_drops
from qa_lib.statistics.proportions import share
from qa_lib.statistics.ratios import ratio_ends
from qa_lib.statistics.skewness import skewness_corrected_ends
from qa_lib.statistics.thresholds import Reading, people_to_change, side_of_margin

#: Columns of the result while it is made, by name.
Table: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the caller chose: margin and its reading, confidence and its error, the test, the fewest people tested."""

    limit: Fraction
    reading: Reading
    confidence: float
    error: float
    test: Callable[..., Any]
    fewest: int


def rates(table: Table) -> Table:
    """Return the rest of each group, and the rates and gaps in points and relative."""
    n, k, whole_n, whole_k = (table[name] for name in ("n", "k", "n_overall", "k_overall"))
    rest_n, rest_k = whole_n - n, whole_k - k
    own, overall, rest = share(k, n), share(whole_k, whole_n), share(rest_k, rest_n)
    gap = own - overall
    return {
        "rest_n": rest_n,
        "k_rest": rest_k,
        "rate": own,
        "overall_rate": overall,
        "rest_rate": rest,
        "share": share(n, whole_n),
        "gap_points": 100 * gap,
        "gap_relative": np.divide(gap, overall, out=np.full(len(n), np.nan), where=whole_k > 0),
        "diff_points": 100 * (own - rest),
    }


def flags(table: Table, chosen: Choices) -> Table:
    """Judge the threshold in both readings, strictly more than it, in integers; missing is no group of the rule."""
    counts, group = [table[name] for name in ("k", "n", "k_overall", "n_overall")], ~table["missing"]
    over = {
        f"flag_{reading}": (side_of_margin(*counts, limit=chosen.limit, reading=reading) != 0) & group
        for reading in ("points", "relative")
    }
    change = people_to_change(*counts, limit=chosen.limit, reading=chosen.reading)
    return over | {
        "flag": over[f"flag_{chosen.reading}"],
        "people_to_change": np.where(group & (change >= 0), change, np.nan),
        "margin": np.full(len(group), margin_words(chosen.limit, chosen.reading), dtype=object),
        "margin_points": 100 * float(chosen.limit) * (1 if chosen.reading == "points" else table["rest_rate"]) * group,
    }


def margin_words(limit: Fraction, reading: Reading) -> str:
    """Return a margin of equivalence as people say it: ``10 points``, or ``10 % of the others' rate``."""
    return f"{100 * float(limit):g} " + ("points" if reading == "points" else "% of the others' rate")


def intervals(table: Table, chosen: Choices) -> Table:
    """Return the intervals of group less rest, that of the gap, and the one that shows equivalence."""
    counts = _effective(table)
    exact, inner = inner_level(chosen.limit, chosen.confidence)
    z = _quantile(table, np.full(len(table["n"]), chosen.error))
    low, high = _bounded(table, *score_ends(*counts, z=z), nothing=(-1.0, 1.0))
    newcombe = _bounded(table, *newcombe_ends(*counts, z=z), nothing=(-1.0, 1.0))
    narrow = _quantile(table, np.full(len(table["n"]), float(1 - inner)))
    if chosen.reading == "points":
        inside = _bounded(table, *score_ends(*counts, z=narrow), nothing=(-1.0, 1.0))
    else:
        ratio = _bounded(table, *ratio_ends(*counts, z=narrow), nothing=(0.0, np.inf))
        inside = ratio[0] - 1, ratio[1] - 1
    others, known = 1 - table["share"], (table["n"] > 0) & (table["rest_n"] > 0)
    return {
        "diff_low": 100 * low,
        "diff_high": 100 * high,
        "gap_low": 100 * others * low,
        "gap_high": 100 * others * high,
        "newcombe_low": 100 * newcombe[0],
        "newcombe_high": 100 * newcombe[1],
        "equivalence_low": 100 * inside[0],
        "equivalence_high": 100 * inside[1],
        "_equivalent": known & (inside[0] > -float(exact)) & (inside[1] < float(exact)),
    }


def corrected_intervals(table: Table, chosen: Choices) -> Table:
    """Return the intervals of group less rest that are corrected for skewness."""
    z = _quantile(table, np.full(len(table["n"]), chosen.error))
    low, high = _bounded(table, *skewness_corrected_ends(*_effective(table), z=z), nothing=(-1.0, 1.0))
    return {"scas_low": 100 * low, "scas_high": 100 * high}


def _effective(table: Table) -> list[Numbers]:
    """Return successes and people of group and rest, as many as there would be of independent ones."""
    effects = table["design_effect"], table["design_effect"], table["_rest_effect"], table["_rest_effect"]
    return [column / effect for column, effect in zip(_two_by_two(table), effects, strict=True)]


def _two_by_two(table: Table) -> list[Ints]:
    return [table[name] for name in ("k", "n", "k_rest", "rest_n")]


def _quantile(table: Table, error: Floats) -> Floats:
    return quantiles(error, table["_freedom"], np.asarray(-ndtri(error / 2)))


def _bounded(table: Table, low: Floats, high: Floats, *, nothing: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return an interval; everything where there are too few clusters for any."""
    few = table["_freedom"] == 0
    return np.where(few, nothing[0], low), np.where(few, nothing[1], high)


def tests(table: Table, chosen: Choices) -> Table:
    """Return p, its adjustments, the level at which Holm decided and the interval at that level.

    Two groups that are everybody are one test, and share its p. What could not reject whatever happens is not counted.
    """
    enough = (table["n"] >= chosen.fewest) & (table["rest_n"] >= chosen.fewest)
    by_people = np.full(len(enough), np.nan)
    by_people[enough] = chosen.test(*(column[enough] for column in _two_by_two(table)))
    clustered = ~np.isnan(table["_p_clustered"])
    # Clusters of several sizes can make an assignment look rare that is not: people one by one bound p from below.
    every = np.where(clustered & enough, np.fmax(table["_p_clustered"], by_people), by_people)
    first, second = _pairs(table, enough & ~table["missing"])
    own = enough & ~table["missing"]
    own[second] = False
    p = np.where(own, every, np.nan)
    family = table["_cell"]
    least = np.where(clustered, table["_least_p"], _least_p(table, chosen.test))
    counted, level = counted_tests(np.where(own, least, np.nan), families=family, error=chosen.error)
    in_family = np.where(counted, p, np.nan)
    figures = {
        "p": p,
        "p_adjusted": np.where(own & ~counted, 1.0, adjust_p(in_family, families=family)),
        "p_screening": adjust_p(p, method="bh"),
        "holm_level": np.where(counted, holm_levels(in_family, families=family, error=chosen.error), level),
        "counted": counted,
        "p_people": np.where(own & clustered, by_people, np.nan),
    }
    for figure in figures.values():
        figure[second] = figure[first]
    missing = np.where(table["missing"], every, np.nan)
    apart = adjust_p(missing, families=family)
    at_level = _at_level(table, figures["holm_level"])
    return figures | {"p_missing": apart, "missing_differ": apart <= chosen.error} | at_level


def _pairs(table: Table, tested: Booleans) -> tuple[Ints, Ints]:
    """Return the places of the two groups of each characteristic that has two and no more people than they have."""
    family = np.unique(np.stack([table["_cell"], table["_order"]]), axis=1, return_inverse=True)[1].ravel()
    everybody = np.bincount(family, np.where(tested, table["n"], 0))[family] == table["n_overall"]
    pair = np.flatnonzero(tested & everybody & (np.bincount(family, tested)[family] == 2))
    return pair[::2], pair[1::2]


def _least_p(table: Table, test: Callable[..., Any]) -> Floats:
    """Return the smallest p that a group could have had, given how many people and successes there are.

    Of all tables the least likely one lies at an end. Boschloo's p does not follow from these numbers alone: 0.
    """
    k, n, rest_k, rest_n = _two_by_two(table)
    hits = k + rest_k
    if test is not fisher_midp:
        return np.zeros(len(n))
    fewest, most = np.maximum(0, hits - rest_n), np.minimum(n, hits)
    result: Floats = np.fmin(*(fisher_midp(end, n, hits - end, rest_n) for end in (fewest, most)))
    return result


def _at_level(table: Table, level: Floats) -> Table:
    """Return the interval of group less rest at the level at which the verdict was reached."""
    low, high = np.full(len(level), np.nan), np.full(len(level), np.nan)
    there = ~np.isnan(level)
    part = {name: column[there] for name, column in table.items()}
    ends = score_ends(*_effective(part), z=_quantile(part, level[there]))
    low[there], high[there] = _bounded(part, *ends, nothing=(-1.0, 1.0))
    return {"holm_low": 100 * low, "holm_high": 100 * high}


def verdict(table: Table, chosen: Choices) -> NDArray[np.str_]:
    """Return what the numbers show of each group, in words."""
    different, equivalent = table["p_adjusted"] <= chosen.error, table["_equivalent"]
    words = np.where(different, "different", np.where(equivalent, "shown equivalent", "cannot tell"))
    words = np.where(different & equivalent, "different but small", words)
    untested = np.isnan(table["p"])
    few = untested & ~table["missing"] & (table["n"] > 0) & (table["rest_n"] > 0)
    return np.where(few, "too few", np.where(untested, "not tested", words))


def bounds(table: Table, chosen: Choices) -> Table:
    """Return what missing groups and outcomes could do to the gap, the flag and the test of each group."""
    lacking = table["_missing_n"] + table["_missing_unknown"] + table["_all_unknown"] > 0
    level = np.where(np.isnan(table["_p_clustered"]), table["holm_level"], np.nan)
    side = side_of_margin(
        *(table[name] for name in ("k", "n", "k_overall", "n_overall")), limit=chosen.limit, reading=chosen.reading
    )
    found: Table = {
        "gap_lowest": table["gap_points"].copy(),
        "gap_highest": table["gap_points"].copy(),
        "flag_bounds": np.where(side == 0, "within", "over").astype(object),
        "test_bounds": np.where(
            np.isnan(level), "", np.where(table["p"] <= level, "different", "not different")
        ).astype(object),
    }
    part = {name: column[lacking] for name, column in table.items()}
    for name, column in _missing_bounds(part, chosen, level[lacking]).items():
        found[name][lacking] = column
    group = ~table["missing"]
    ends = {name: np.where(group, found[name], np.nan) for name in ("gap_lowest", "gap_highest")}
    return ends | {name: np.where(group, found[name], "") for name in ("flag_bounds", "test_bounds")}


def _missing_bounds(table: Table, chosen: Choices, level: Floats) -> Table:
    people = People(
        k=table["k"], n=table["n"], unknown=table["unknown"], all_k=table["k_overall"], all_n=table["n_overall"],
        all_unknown=table["_all_unknown"], missing_k=table["_missing_k"], missing_n=table["_missing_n"],
        missing_unknown=table["_missing_unknown"],
    )  # fmt: skip
    return missing_bounds(people, limit=chosen.limit, reading=chosen.reading, test=chosen.test, level=level)


def drops(table: Table) -> Floats:
    """Return the smallest drop that would probably have been found, in points, at the level of each group's verdict."""
    asked = ~np.isnan(table["holm_level"])
    _, group, _, rest = (np.maximum(column[asked], 1).astype(np.int64) for column in _effective(table))
    part = np.rint(table["rest_rate"][asked] * rest).astype(np.int64)
    found: Floats = np.full(len(asked), np.nan)
    found[asked] = 100 * smallest_drops(group, part, rest, table["holm_level"][asked])
    return found
