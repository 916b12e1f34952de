"""Adjustment of p-values for many tests, within families, without counting the missing ones."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from qa_lib.statistics.inputs import Floats, StatisticsError

Booleans: TypeAlias = NDArray[np.bool_]


def adjust_p(
    p: ArrayLike, *, method: Literal["holm", "bh"] = "holm", families: ArrayLike | None = None
) -> Floats:  # fmt: skip
    """Return p-values adjusted for the number of tests; a missing p stays missing and does not count as a test.

    Parameters
    ----------
    p
        P-values, in one dimension.
    method
        ``holm`` keeps the chance of any false alarm in a family; ``bh`` the share of false alarms among the alarms.
    families
        A label per p-value; each family is adjusted by itself. By default all are one family.

    Raises
    ------
    StatisticsError
        Where a p lies outside 0 to 1, the lengths differ or the method is unknown.

    References
    ----------
    Holm 1979, Scandinavian J. Statistics 6:65; Benjamini & Hochberg 1995, JRSS B 57:289.

    Examples
    --------
    >>> adjust_p([0.01, float("nan"), 0.04, 0.03])
    array([0.03,  nan, 0.06, 0.06])
    """
    given = np.asarray(p, dtype=float)
    if given.ndim != 1 or ((given < 0) | (given > 1)).any():
        raise StatisticsError("p holds values outside 0 to 1, or is not a list; expected p-values in one dimension")
    labels = np.zeros(len(given), dtype=int) if families is None else np.asarray(families)
    if len(labels) != len(given):
        raise StatisticsError(f"there are {len(given)} p-values and {len(labels)} families; give one family for each")
    known = pd.DataFrame({"p": given, "family": pd.factorize(labels)[0]}).dropna().sort_values(["family", "p"])
    groups = known.groupby("family")["p"]
    rank, tests = groups.cumcount() + 1, groups.transform("size")
    if method == "holm":
        adjusted = ((tests - rank + 1) * known["p"]).groupby(known["family"]).cummax()
    elif method == "bh":
        adjusted = (tests / rank * known["p"])[::-1].groupby(known["family"][::-1]).cummin()
    else:
        raise StatisticsError(f'method is {method!r}; expected "holm" or "bh"')
    result = np.full(len(given), np.nan)
    result[adjusted.index.to_numpy()] = np.minimum(adjusted.to_numpy(), 1.0)
    return result


def counted_tests(least: ArrayLike, *, families: ArrayLike, error: float) -> tuple[Booleans, Floats]:
    """Return which tests of each family are worth counting, and the level that the others could not have reached.

    A test whose smallest attainable p is too large cannot reject whatever happens, and need not be counted. Tarone's
    number is the smallest K for which no more than K tests could reach ``error / K``; these make up the family. They
    follow from numbers of people and of successes alone, not from who succeeded, so that Holm keeps its level in them.

    Parameters
    ----------
    least
        The smallest p that each test could have had; NaN for what is no test.
    families
        A label per test.
    error
        One minus the confidence.

    References
    ----------
    Tarone 1990, Biometrics 46:515; Holm within a family so chosen: Hommel & Krummenauer 1998, Biometrical J. 40:673.

    Examples
    --------
    >>> counted, level = counted_tests([0.001, 0.02, 0.3], families=[1, 1, 1], error=0.05)
    >>> counted.tolist(), level.tolist()
    ([True, True, False], [0.025, 0.025, 0.025])
    """
    known = pd.DataFrame({"least": np.asarray(least, dtype=float), "family": pd.factorize(np.asarray(families))[0]})
    known = known.dropna().sort_values(["family", "least"])
    before = known.groupby("family").cumcount()
    # The one at place K + 1 cannot reach error / K: then K is large enough.
    enough = before.where((before > 0) & (known["least"] * before > error))
    sizes = known.groupby("family")["least"].transform("size")
    needed = enough.groupby(known["family"]).transform("min").fillna(sizes)
    counted, level = np.zeros(np.shape(least), dtype=bool), np.full(np.shape(least), np.nan)
    counted[known.index] = known["least"] <= error / needed
    level[known.index] = error / needed
    return counted, level


def holm_levels(p: ArrayLike, *, families: ArrayLike, error: float) -> Floats:
    """Return the level at which Holm decided on each p: it rejects exactly those that are not above theirs.

    The smallest p of ``m`` is held against ``error / m``, the next against ``error / (m - 1)`` and so on; from the
    first that is above its level on, all are held against that same level.

    Parameters
    ----------
    p
        P-values, in one dimension; a missing one is no test and has no level.
    families
        A label per p-value.
    error
        One minus the confidence.

    Examples
    --------
    >>> holm_levels([0.01, 0.03, 0.04], families=[1, 1, 1], error=0.06).tolist()
    [0.02, 0.03, 0.06]
    """
    known = pd.DataFrame({"p": np.asarray(p, dtype=float), "family": pd.factorize(np.asarray(families))[0]})
    known = known.dropna().sort_values(["family", "p"])
    left = known.groupby("family")["p"].transform("size") - known.groupby("family").cumcount()
    accepted = (left * known["p"] > error).groupby(known["family"]).cummax()
    first = left.where(accepted).groupby(known["family"]).transform("max")
    result = np.full(np.shape(p), np.nan)
    result[known.index] = error / left.where(~accepted, first)
    return result
