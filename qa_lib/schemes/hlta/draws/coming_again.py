"""What came before a file: its candidate's earlier result, and moderators who sent the file itself back.

A file that comes again is always in the sample (HLTA.MOD.2), whatever its ``attempt`` says.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

Tables = Mapping[str, pd.DataFrame]

#: What became of the candidate's file before -> the reason of certainty that the next one carries.
FOLLOWED_BY = {
    "returned": "resubmission",
    "partial_reassessment": "resubmission",
    "full_reassessment": "full_reassessment",
    "insufficient_evidence": "full_reassessment",
}
#: What returns in a register say, as far as later draws need it; ``month`` is that of the draw.
RETURNED = ["case_id", "month", "part", "moderated_on", "decision", "final_outcome", "not_moderatable_reason"]
SEEN_BEFORE = ["case_id", "before", "month_before", "assessor_before", "result_before"]


def moderations_known(
    tables: Tables, case_ids: pd.Series, *, returned: pd.DataFrame | None = None, as_of: str = ""
) -> pd.DataFrame:
    """Return what moderators said of files by a day, in the table and by returns, the decisive row of a file last.

    A return goes before the table, and the later day before the earlier one.

    Parameters
    ----------
    returned
        What returns in a register say, :data:`RETURNED`; the table alone counts where there are none.
    as_of
        The day; where none is given everything is known.

    Returns
    -------
    DataFrame
        :data:`RETURNED`; texts are blank where nothing was said, and ``month`` where the table says it.
    """
    frames = []
    for frame in (tables.get("moderations"), returned):
        if frame is None or "case_id" not in frame.columns:
            continue
        rows = frame[frame["case_id"].isin(case_ids)].reindex(columns=RETURNED)
        rows = rows.assign(moderated_on=pd.to_datetime(rows["moderated_on"]))
        rows = rows[~(rows["moderated_on"] > pd.Timestamp(as_of))] if as_of else rows
        frames += [rows.sort_values("moderated_on", kind="stable").astype("object")] if len(rows) else []
    if not frames:
        return pd.DataFrame(columns=RETURNED, dtype="object").astype({"moderated_on": "datetime64[ns]"})
    every = pd.concat(frames, ignore_index=True)
    texts = every.columns.drop("moderated_on")
    every[texts] = every[texts].where(every[texts].notna(), "")
    return every.assign(moderated_on=pd.to_datetime(every["moderated_on"]))


def seen_before(
    files: pd.DataFrame,
    tables: Tables,
    scrutiny: pd.DataFrame,
    *,
    returned: pd.DataFrame | None = None,
    as_of: str = "",
) -> pd.DataFrame:
    """Return the files whose candidate has a file of an earlier month, of any RPA, with the latest of them.

    Parameters
    ----------
    scrutiny
        Every look of pre-upload scrutiny by the day, in order.
    returned, as_of
        As in :func:`moderations_known`.

    Returns
    -------
    DataFrame
        Columns :data:`SEEN_BEFORE`, the result as :func:`results_known` has it.
    """
    cases = tables["cases"]
    if "candidate_id" not in cases.columns:
        return pd.DataFrame(columns=SEEN_BEFORE, dtype="object")
    own = files[["case_id", "candidate_id", "month"]].dropna()
    others = cases[cases["candidate_id"].isin(own["candidate_id"])]
    if as_of and "submitted_on" in cases.columns:
        others = others[~(others["submitted_on"] > pd.Timestamp(as_of))]
    named = {"case_id": "before", "month": "month_before", "assessor_id": "assessor_before", "outcome": "recommended"}
    pairs = own.merge(others[["candidate_id", *named]].rename(columns=named), on="candidate_id")
    pairs = pairs[pairs["month_before"] < pairs["month"]].sort_values(["month_before", "before"])
    pairs = pairs.drop_duplicates("case_id", keep="last")
    if pairs.empty:
        return pd.DataFrame(columns=SEEN_BEFORE, dtype="object")
    recommended = pairs.set_index("before")["recommended"]
    recommended = recommended[~recommended.index.duplicated()]
    results = results_known(recommended, tables, scrutiny, returned=returned, as_of=as_of)
    pairs = pairs.assign(result_before=pairs["before"].map(results).astype("object"))
    return pairs[SEEN_BEFORE].sort_values("case_id", ignore_index=True)


def results_known(
    recommended: pd.Series,
    tables: Tables,
    scrutiny: pd.DataFrame,
    *,
    returned: pd.DataFrame | None = None,
    as_of: str = "",
) -> pd.Series:
    """Return what became of files by a day, by case id.

    What a review left; else the moderators, who may have *returned* the file; else scrutiny, where it returned the file
    or asked for a full reassessment; else what the assessor recommended.

    Parameters
    ----------
    recommended
        The recommended outcomes, by case id.
    scrutiny, returned, as_of
        As in :func:`seen_before`.
    """
    said = moderations_known(tables, recommended.index.to_series(), returned=returned, as_of=as_of)
    unable = (said["not_moderatable_reason"] != "") & (said["decision"] == "")
    said = said.assign(final_outcome=said["final_outcome"].mask(unable, "returned"))
    results = recommended.astype("object")
    for later, column in (
        (scrutiny, "result"),
        (said[said["final_outcome"] != ""], "final_outcome"),
        (_reviews(tables, as_of), "result"),
    ):
        last = later.drop_duplicates("case_id", keep="last").set_index("case_id")[column]
        last = last[last.isin(FOLLOWED_BY) | (last == "met")]
        results = results.where(~results.index.isin(last.index), last.reindex(results.index).astype("object"))
    return results


def _reviews(tables: Tables, as_of: str) -> pd.DataFrame:
    """Return the reviews with a result, in the order of their day, those after a day left out."""
    reviews = tables.get("reviews", pd.DataFrame()).reindex(columns=["case_id", "reviewed_on", "result"])
    reviews = reviews.assign(reviewed_on=pd.to_datetime(reviews["reviewed_on"]))
    if as_of:
        reviews = reviews[~(reviews["reviewed_on"] > pd.Timestamp(as_of))]
    return reviews.dropna(subset=["result"]).sort_values("reviewed_on", kind="stable", na_position="first")


def again_reasons(files: pd.DataFrame, before: pd.DataFrame, *, returned_counts: bool) -> pd.Series:
    """Return by case id why a file is certain as its candidate was seen before, though ``attempt`` does not say so.

    Parameters
    ----------
    before
        As :func:`seen_before` returns it.
    returned_counts
        Whether a file that was sent back counts as resubmitted when it comes again (HLTA.SCR.2 is open).
    """
    attempt = files.get("attempt", pd.Series("first", index=files.index, dtype="object"))
    told = set(files.loc[attempt.isin(["resubmission", "full_reassessment"]), "case_id"])
    results = before.set_index("case_id")["result_before"]
    reasons = results[returned_counts | (results != "returned")].map(FOLLOWED_BY).dropna()
    return reasons[~reasons.index.isin(told)]


def sent_back_before(
    files: pd.DataFrame, tables: Tables, *, returned: pd.DataFrame | None = None, as_of: str = ""
) -> set[str]:
    """Return the files that moderators had sent back, as they lacked records, before they came into their month.

    Of a return, the draw was one of an earlier month. Of the table, it was by the day of the freeze, which is before
    the month's own event; where no such day is given, before the day on which the file was handed in.
    """
    said = moderations_known(tables, files["case_id"], returned=returned, as_of=as_of)
    unable = said[(said["not_moderatable_reason"] != "") & (said["decision"] == "")]
    if unable.empty:
        return set()
    handed_in = files.reindex(columns=["case_id", "month", "submitted_on"])
    both = unable.merge(handed_in, on="case_id", suffixes=("", "_now"))
    day = both["moderated_on"]
    by_table = day <= pd.Timestamp(as_of) if as_of else day < pd.to_datetime(both["submitted_on"])
    earlier = (both["month"] < both["month_now"]).where(both["month"] != "", by_table)
    return set(both.loc[earlier.astype(bool), "case_id"])
