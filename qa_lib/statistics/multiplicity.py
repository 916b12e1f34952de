"""Adjustment of p-values for many tests, within families, without counting the missing ones."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from qa_lib.statistics.inputs import Floats, StatisticsError


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
