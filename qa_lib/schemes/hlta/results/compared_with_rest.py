"""Assessors, PoPs, PoPs by standard: each against the rest of the RPA, so that nobody is compared with themselves.

Fisher's mid-P decides, after Holm over everything that is tested at once: a line that names somebody must hold although
many were looked at. Benjamini and Hochberg's figure stands beside it for those who only look for where to look next.
Those with fewer files than X.INFER asks for are shown and not tested, and do not count as tests. Where there are two in
all, they count as two tests, though they are one: Holm is then stricter than it need be.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from qa_lib.schemes.hlta.audit import Audit
from qa_lib.statistics.differences import score_interval
from qa_lib.statistics.exact_tests import fisher_midp
from qa_lib.statistics.inputs import Ints, error_rate
from qa_lib.statistics.multiplicity import adjust_p
from qa_lib.statistics.proportions import share, wilson_interval

ABOVE, BELOW, CANNOT_TELL, TOO_FEW = "above the rest", "below the rest", "cannot tell", "too few to tell"
COLUMNS = [
    *("rate", "low", "high", "rest_n", "rest_k", "rest_rate", "diff_points", "diff_low", "diff_high"),
    *("p", "p_adjusted", "p_screening", "verdict"),
]


def compare_with_rest(k: ArrayLike, n: ArrayLike, all_k: ArrayLike, all_n: ArrayLike, *, audit: Audit) -> pd.DataFrame:
    """Compare each share k of n with the rest of the whole that it is a part of.

    Parameters
    ----------
    k, n
        What was found, among how many; one entry each.
    all_k, all_n
        The same of the whole, the entry itself included.
    audit
        Its X.INFER gives the confidence, and the fewest that are tested on either side.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, one row per entry: the share with Wilson's interval, the rest, the difference in points
        with the score interval (unadjusted), p with both adjustments, and the verdict: *above the rest*, *below the
        rest*, *cannot tell*, *too few to tell*.
    """
    infer = audit.value("X.INFER")
    confidence, fewest = float(infer["confidence"]), int(infer["fewest"])
    own_k, own_n, whole_k, whole_n = (np.asarray(part, dtype=np.int64) for part in (k, n, all_k, all_n))
    rest_k, rest_n = whole_k - own_k, whole_n - own_n
    own = wilson_interval(own_k, own_n, confidence=confidence)
    difference = score_interval(own_k, own_n, rest_k, rest_n, confidence=confidence)
    tested = (own_n >= fewest) & (rest_n >= fewest)
    p = np.where(tested, fisher_midp(own_k, own_n, rest_k, rest_n), np.nan)
    adjusted = adjust_p(p)
    return pd.DataFrame(
        {
            "rate": own.estimate,
            "low": own.low,
            "high": own.high,
            "rest_n": rest_n,
            "rest_k": rest_k,
            "rest_rate": share(rest_k, rest_n),
            "diff_points": 100 * np.asarray(difference.estimate),
            "diff_low": 100 * np.asarray(difference.low),
            "diff_high": 100 * np.asarray(difference.high),
            "p": p,
            "p_adjusted": adjusted,
            "p_screening": adjust_p(p, method="bh"),
            "verdict": _verdict(own_k * rest_n, rest_k * own_n, adjusted, level=float(error_rate(confidence))),
        },
        columns=COLUMNS,
    )


def _verdict(own: Ints, rest: Ints, adjusted: np.ndarray, *, level: float) -> list[str]:
    """Say who stands out, by the shares brought to one denominator."""
    words = np.where(own > rest, ABOVE, BELOW)
    words = np.where(adjusted <= level, words, CANNOT_TELL)
    return [str(word) for word in np.where(np.isnan(adjusted), TOO_FEW, words)]
