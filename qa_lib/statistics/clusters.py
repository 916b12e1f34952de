"""People who move together: a characteristic of schools is tested school by school, not person by person.

Where all people of a school share a value (its phase, its type), the schools and not the people are the independent
pieces. The p-value hands the group's label out to as many schools at random; the interval counts people as fewer than
they are, by a design effect from the correlation within schools, and uses Student's quantile for few schools.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from qa_lib.statistics.inputs import Floats, Ints
from qa_lib.statistics.multiplicity import Booleans
from qa_lib.statistics.several import SEED

#: Random assignments of a label to schools; no p is below one in so many.
DRAWS = 9_999
#: A characteristic belongs to the clusters where at least so many of a hundred of those with several people agree.
AGREEING = 90
_BLOCK = 1_000
_TIE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """The clusters of one provider: their people and successes, and the group that each belongs to.

    Attributes
    ----------
    n, k, label
        People with an outcome, successes, and a code of the group, one entry per cluster.
    """

    n: Ints
    k: Ints
    label: Ints


@dataclass(frozen=True, kw_only=True)
class ClusteredGroup:
    """What clusters say of one group against the others.

    Attributes
    ----------
    clusters
        Clusters of the group.
    p, least_p
        By random assignment, and the smallest that could have come out.
    design_effect, rest_effect
        How many people count as one independent one, in the group and in the rest.
    freedom
        Degrees of freedom of the interval: clusters less two. 0: too few for any interval.
    correlation
        Within clusters, by analysis of variance; not below 0.
    """

    clusters: int
    p: float
    least_p: float
    design_effect: float
    rest_effect: float
    freedom: int
    correlation: float


def belongs_to_clusters(cluster: Ints, label: Ints, people: Ints) -> bool:
    """Say whether a characteristic is one of the clusters: nearly all that hold several people have one value of it.

    Parameters
    ----------
    cluster, label, people
        Codes and the number of people, one entry per row; a negative cluster is not known.
    """
    known = (cluster >= 0) & (people > 0)
    pairs = np.unique(np.stack([cluster[known], label[known]]), axis=1)
    values = np.bincount(pairs[0]) if pairs.size else np.zeros(0, dtype=np.int64)
    several = np.bincount(cluster[known], people[known], minlength=len(values)) > 1
    agreeing, all_several = np.count_nonzero(values[several] == 1), np.count_nonzero(several)
    return bool(all_several and 100 * agreeing >= AGREEING * all_several)


def with_the_unknown_alone(cluster: Ints) -> Ints:
    """Return codes of clusters in which every row whose cluster is not known is a cluster of its own."""
    return np.where(cluster < 0, cluster.max(initial=-1) + 1 + np.arange(len(cluster)), cluster)


def compare_clustered(clusters: Clusters, *, draws: int = DRAWS, seed: int = SEED) -> dict[int, ClusteredGroup]:
    """Compare each group of clusters with all other clusters.

    The difference of the two rates, over its error from clusters, is held against those where the group's label is
    handed out to as many clusters at random: exact in level for clusters that could be exchanged, whatever goes on
    within them, and nearly so where clusters of the group are larger or smaller than others. They are put in a fixed
    order first, so that neither names nor the order of rows change the answer.

    Parameters
    ----------
    clusters
        Those of one provider.
    draws, seed
        Random assignments, and their seed.

    Returns
    -------
    dict
        By code of the group; groups that are alone are not in it.

    References
    ----------
    Gail, Mark, Carroll, Green & Pee 1996, Statistics in Medicine 15:1069; over its error: Janssen 1997, Statistics &
    Probability Letters 36:9; design effect: Donner & Klar 2000, *Design
    and Analysis of Cluster Randomization Trials*, section 6; Rao & Scott 1992, Biometrics 48:577.
    """
    there = clusters.n > 0
    n, k, label = (column[there] for column in (clusters.n, clusters.k, clusters.label))
    order = np.lexsort((label, k, n))
    n, k, label = n[order], k[order], label[order]
    codes, sizes = np.unique(label, return_counts=True)
    if len(codes) < 2:
        return {}
    p = _by_assignment(n, k, [label == code for code in codes], draws, seed)
    found = {}
    for code, size, chance in zip(codes.tolist(), sizes.tolist(), p, strict=True):
        effects, correlation = _design_effects(n, k, label == code)
        found[code] = ClusteredGroup(
            clusters=size, p=chance, least_p=1 / min(draws + 1, math.comb(len(n), size)), design_effect=effects[0],
            rest_effect=effects[1], freedom=max(len(n) - 2, 0), correlation=correlation,
        )  # fmt: skip
    return found


def _by_assignment(n: Ints, k: Ints, members: list[Booleans], draws: int, seed: int) -> list[float]:
    """Return the share of random assignments with a statistic as large as that seen, this one counted among them."""
    surplus = k - n * (k.sum() / n.sum())
    columns = n.astype(float), surplus, surplus**2
    sizes = np.array([np.count_nonzero(member) for member in members])
    sums = [np.array([column[member].sum() for member in members]) for column in columns]
    seen = _statistic(sums, columns)
    generator, as_large = np.random.default_rng(seed), np.zeros(len(members), dtype=np.int64)
    for first in range(0, draws, _BLOCK):
        rows = min(_BLOCK, draws - first)
        shuffled = generator.permuted(np.tile(np.arange(len(n)), (rows, 1)), axis=1)
        parts = [np.cumsum(column[shuffled], axis=1)[:, sizes - 1] for column in columns]
        as_large += (_statistic(parts, columns) >= seen * (1 - _TIE)).sum(axis=0)
    return [float(value) for value in (1 + as_large) / (draws + 1)]


def _statistic(group: list[Floats], columns: tuple[Floats, Floats, Floats]) -> Floats:
    """Return the squared difference of two rates over its variance from clusters.

    People, surplus of successes and its square are summed over the group's clusters, and given of each cluster. Divided
    by the variance, clusters of different sizes can be exchanged although their numbers vary differently.
    """
    people, surplus, squares = group
    all_people, all_squares = columns[0].sum(), columns[2].sum()
    variance = (all_people - people) ** 2 * squares + people**2 * (all_squares - squares)
    square = (surplus * all_people) ** 2
    result: Floats = np.divide(square, variance, out=np.zeros_like(square), where=variance > _TIE * all_people**2)
    return result


def _design_effects(n: Ints, k: Ints, member: Booleans) -> tuple[tuple[float, float], float]:
    """Return design effects of a group and of the rest, and the correlation within clusters that both share."""
    arms = [(n[side].astype(float), k[side].astype(float)) for side in (member, ~member)]
    own = [float((people**2).sum() / people.sum()) for people, _ in arms]
    freedom, inside = len(n) - len(arms), float(n.sum() - len(n))
    if freedom < 1 or inside <= 0:
        return (1.0, 1.0), 0.0
    between = sum(float((m * (a / m - a.sum() / m.sum()) ** 2).sum()) for m, a in arms) / freedom
    within = float((k * (1 - k / n)).sum()) / inside
    typical = (float(n.sum()) - sum(own)) / freedom
    total = between + (typical - 1) * within
    correlation = min(max((between - within) / total, 0.0), 1.0) if total > 0 else 0.0
    return (1 + (own[0] - 1) * correlation, 1 + (own[1] - 1) * correlation), correlation


def quantiles(error: Floats, freedom: Floats, normal: Floats) -> Floats:
    """Return two-sided quantiles: Student's where there are degrees of freedom, else the normal ones given."""
    few = np.isfinite(freedom) & (freedom > 0)
    result: Floats = np.where(few, -stdtrit(np.where(few, freedom, 1.0), error / 2), normal)
    return result
