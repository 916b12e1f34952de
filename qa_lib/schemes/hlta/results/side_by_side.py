"""Assessors, PoPs and months side by side, never in the order of a rate.

Passes of an assessor that moderators overturned are judged by those that were drawn at random among this assessor's
passes: the random part, and what was drawn for risk or coverage where that is a random sample of their passes too
(:mod:`qa_lib.sampling.random_within`). What came from other files stands beside it as counts. The rest of the RPA is
judged by the random part alone, as top-ups weigh some assessors more than others. The same holds of PoPs. Files
recommended below met are all certain to be moderated, so that the harsh ones among them are counted in full, without
sampling. A year holds few random files of any one assessor; the share of files not recommended as met, of all files,
rests on more.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from qa_lib.calendar.months import month_after
from qa_lib.sampling.coverage_of_year import KINDS
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.compared_with_rest import COLUMNS as COMPARED
from qa_lib.schemes.hlta.results.compared_with_rest import compare_with_rest
from qa_lib.schemes.hlta.results.overturns import RANDOM_OF, TOP_UPS, judged_files
from qa_lib.statistics.control import xmr
from qa_lib.statistics.proportions import share

Kind = Literal["assessor", "PoP"]
OVERTURN_COLUMNS = [
    *("id", "files", "drawn", "drawn_as_top_up", "returned", "overturned"),
    *COMPARED,
    *("certain", "certain_harsh", "certain_lenient", "topped_up", "topped_up_lenient", "not_returned"),
]
HARSH_COLUMNS = ["id", "files", "returned", "harsh", *COMPARED]
MONTH_COLUMNS = ["month", "files", "met", "share", "mean", "low", "high", "outside", "in_run"]
_YEAR = 12
_RANDOM_OF = {kind: next(name for name, key in RANDOM_OF.items() if key == KINDS[kind]) for kind in KINDS}


def overturns_by_assessor(audit: Audit) -> pd.DataFrame:
    """Return what moderators overturned of each assessor, of passes drawn at random in the year so far.

    Returns
    -------
    DataFrame
        One row per assessor with a file in a freeze, by id. ``files`` in freezes; ``drawn`` at random among their own
        passes, of these ``drawn_as_top_up`` for risk or coverage, ``returned``, ``overturned``; and the comparison with
        the random part of the other assessors of the RPA (:func:`compare_with_rest`). Beside it, and in no share:
        ``certain`` files that came back, with harsh and lenient overturns, and ``topped_up`` ones that are no random
        sample of the assessor's passes, with lenient overturns; ``not_returned`` are sampled files of any kind that did
        not come back.
    """
    return _overturns_by(audit, "assessor")


def overturns_by_pop(audit: Audit) -> pd.DataFrame:
    """Return what moderators overturned of each PoP's candidates; as :func:`overturns_by_assessor`."""
    return _overturns_by(audit, "PoP")


def _overturns_by(audit: Audit, kind: Kind) -> pd.DataFrame:
    key = KINDS[kind]
    populations = [draw.freeze.population[key] for draw in audit.draws]
    every = pd.concat([pd.Series([], dtype="object"), *populations]).value_counts().sort_index()
    files = judged_files(audit)
    own, certain, back = files[_RANDOM_OF[kind]], files["selected_by"] == "certainty", files["returned"]
    topped, random = files["selected_by"].isin(TOP_UPS), files["selected_by"] == "random"
    beside = topped & ~own
    marks = {
        "drawn": own,
        "drawn_as_top_up": own & topped,
        "returned": own & back,
        "overturned": own & files["overturned"],
        "random": random & back,
        "random_overturned": random & files["overturned"],
        "certain": certain & back,
        "certain_harsh": certain & files["harsh"],
        "certain_lenient": certain & files["lenient"],
        "topped_up": beside & back,
        "topped_up_lenient": beside & files["lenient"],
        "not_returned": ~back,
    }
    counts = pd.DataFrame({key: files[key], **marks}).groupby(key).sum().reindex(every.index, fill_value=0)
    counts = counts.astype("int64")
    # The whole that each is compared with: their own files, and the random part of all others.
    k, n = (
        counts[own] + counts[random].sum() - counts[random]
        for own, random in (("overturned", "random_overturned"), ("returned", "random"))
    )
    compared = compare_with_rest(counts["overturned"], counts["returned"], k, n, audit=audit)
    named = counts.assign(files=every.astype("int64")).rename_axis("id").reset_index()
    return pd.concat([named, compared], axis=1)[OVERTURN_COLUMNS]


def harsh_by_assessor(audit: Audit) -> pd.DataFrame:
    """Return how often moderators were milder than an assessor, by outcome or judgement, in the year so far.

    Returns
    -------
    DataFrame
        Columns :data:`HARSH_COLUMNS`, one row per assessor with a file recommended below met, by id: such ``files`` in
        freezes that were drawn, ``returned`` of these, and ``harsh`` of these, compared with the other assessors of the
        RPA (:func:`compare_with_rest`). Every such file is in the sample: these
        are counts of all of them, not of a sample.
    """
    return _harsh_by(audit, "assessor")


def harsh_by_pop(audit: Audit) -> pd.DataFrame:
    """Return how often moderators were milder with a PoP's candidates; as :func:`harsh_by_assessor`."""
    return _harsh_by(audit, "PoP")


def _harsh_by(audit: Audit, kind: Kind) -> pd.DataFrame:
    files = judged_files(audit)
    below = files[(files["selected_by"] == "certainty") & (files["outcome"] != "met")]
    counted = below.assign(id=below[KINDS[kind]], files=1)[["id", "files", "returned", "harsh"]]
    counts = counted.groupby("id").sum().astype("int64").reset_index()
    k, n = counts["harsh"], counts["returned"]
    return pd.concat([counts, compare_with_rest(k, n, k.sum(), n.sum(), audit=audit)], axis=1)[HARSH_COLUMNS]


def not_met_by(audit: Audit, kind: Kind) -> pd.DataFrame:
    """Return the files that assessors did not recommend as met, for a funnel chart.

    Parameters
    ----------
    kind
        ``assessor`` or ``PoP``.

    Returns
    -------
    DataFrame
        ``id, files, found``: of all files of the year so far, how many are not recommended as met; by id.
    """
    files = audit.files_of_year(KINDS[kind], "outcome")
    found = pd.DataFrame({"id": files[KINDS[kind]], "found": (files["outcome"] != "met").astype("int64")})
    counts = found.groupby("id")["found"].agg(files="size", found="sum").reset_index()
    return counts.astype({"id": "object", "files": "int64", "found": "int64"})


def met_by_month(audit: Audit, *, screen: bool = False) -> pd.DataFrame:
    """Return the share of files recommended as met by month, with the limits of an XmR chart.

    It rests on all files, as they were known on the day of the audit. The share overturned would rest on a handful of
    random files a month. The months of the year before are among them where the data have them, so that a new year does
    not begin without limits.

    Parameters
    ----------
    screen
        Leave a leap between two months out of the limits (:func:`qa_lib.statistics.control.xmr`).

    Returns
    -------
    DataFrame
        Columns :data:`MONTH_COLUMNS`, one row per month of the year so far, and of the year before from the first one
        with files on; those without files with a missing share. ``outside`` are months beyond the limits, ``in_run``
        those of eight or more in a row on one side of the mean. The limits are cut off at 0 and 1, and missing with
        fewer than eight months with files; then no month is a signal.
    """
    files = audit.own("cases", "case_id", "month", "outcome")
    files = files[files["month"].between(month_after(audit.year, -_YEAR), audit.months[-1])]
    begin = min([audit.year, *files["month"]])
    months = [str(month) for month in pd.period_range(begin, audit.months[-1], freq="M")]
    by_month = files.assign(met=files["outcome"] == "met").groupby("month")["met"]
    counts = pd.DataFrame({"files": by_month.size(), "met": by_month.sum()}).reindex(months, fill_value=0)
    counts = counts.astype("int64")
    met = share(counts["met"].to_numpy(), counts["files"].to_numpy())
    chart = xmr(met, screen=screen)
    frame = counts.rename_axis("month").reset_index()
    signals = frame.assign(share=met, mean=chart.mean, outside=chart.outside, in_run=chart.in_run)
    return signals.assign(low=float(np.clip(chart.low, 0, 1)), high=float(np.clip(chart.high, 0, 1)))[MONTH_COLUMNS]
