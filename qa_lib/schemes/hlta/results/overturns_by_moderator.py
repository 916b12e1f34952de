"""Sampled files side by side by who moderated them, never in the order of a rate.

Who moderates which file is not drawn, so that a difference between moderators may be one of their files.
"""

from __future__ import annotations

import pandas as pd

from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.compared_with_rest import COLUMNS as COMPARED
from qa_lib.schemes.hlta.results.compared_with_rest import compare_with_rest
from qa_lib.schemes.hlta.results.overturns import judged_files
from qa_lib.statistics.proportions import clopper_pearson_interval

MODERATOR_COLUMNS = [
    "moderator_id",
    "files",
    "overturned",
    "harsh",
    "lenient",
    *COMPARED,
    "random",
    "random_overturned",
]


def overturns_by_moderator(audit: Audit) -> pd.DataFrame:
    """Return how many of the sampled files that somebody moderated in the year so far were overturned.

    Returns
    -------
    DataFrame
        Columns :data:`MODERATOR_COLUMNS`, one row per moderator, by id: the ``files`` that came back from them as first
        moderator, of these ``overturned``, as harsh or lenient, the share with its exact interval (Clopper and
        Pearson), and the comparison with the files of the other moderators of the RPA (:func:`compare_with_rest`).
        Beside it the files of the random part alone. Files that name no moderator are in no row and in no rest:
        :func:`without_moderator` counts them.
    """
    named = _named(audit)
    named = named[named["moderator_id"] != ""]
    random = named["selected_by"] == "random"
    marks = named[["moderator_id", "overturned", "harsh", "lenient"]].assign(
        files=True, random=random, random_overturned=random & named["overturned"]
    )
    counts = marks.groupby("moderator_id").sum().astype("int64").reset_index()
    k, n = counts["overturned"], counts["files"]
    compared = compare_with_rest(k, n, k.sum(), n.sum(), audit=audit)
    exact = clopper_pearson_interval(k, n, confidence=float(audit.value("X.INFER")["confidence"]))
    return pd.concat([counts, compared.assign(low=exact.low, high=exact.high)], axis=1)[MODERATOR_COLUMNS]


def without_moderator(audit: Audit) -> int:
    """Return how many sampled files came back without the name of who moderated them."""
    return int((_named(audit)["moderator_id"] == "").sum())


def _named(audit: Audit) -> pd.DataFrame:
    """Return the sampled files of the year so far that came back."""
    files = judged_files(audit)
    return files[files["returned"]]
