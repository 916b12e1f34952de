"""Full reassessments: by another assessor, and what still waits for one (HLTA.SCR.3)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable, once
from qa_lib.audit.words import is_word
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.draws.coming_again import moderations_known, results_known
from qa_lib.schemes.hlta.draws.moderation_population import scrutiny_log
from qa_lib.schemes.hlta.results.moderated_files import returns_known
from qa_lib.schemes.hlta.rules.assessor_facts import day_text
from qa_lib.schemes.hlta.rules.consequences import FULL, reclassified
from qa_lib.schemes.hlta.rules.file_days import about

#: Column of cases -> the full reassessments that it alone shows.
_UNSEEN = {
    "attempt": "of candidates whose earlier file is not in the data",
    "candidate_id": "of candidates seen before, where the file does not say so itself,",
}
_SENT = ["case_id", "month", "day", "sent_by"]


@answers("HLTA.SCR.3")
def reassessed_by_another(audit: Audit) -> Iterator[Statement]:
    """Compare the assessor of each full reassessment with the one before; list what waits for reassessment."""
    yield from all_parts(_reassessments(audit), _reassessments_due(audit))


def _reassessments(audit: Audit) -> Iterator[Statement]:
    files, order = audit.files("assessor_id"), _in_order(audit).set_index("case_id")
    told = "attempt" in files.columns
    if not told and order.empty:
        raise NotAssessable("the table cases has no column attempt and no candidate_id")
    marked = is_word(files["attempt"], FULL) if told else pd.Series(False, index=files.index)
    again = files[marked | files["case_id"].isin(order.index[order["result_before"] == FULL])]
    found = []
    for row in again.to_dict("records"):
        known = order.loc[row["case_id"], "assessor_before"] if row["case_id"] in order.index else None
        before = [str(name) for name in (row.get("previous_assessor_id"), known) if not pd.isna(name)]
        if row["assessor_id"] in before:
            message = f"the full reassessment was done by {row['assessor_id']}, who assessed the candidate before"
            whom = {"value": str(row["assessor_id"]), "threshold": "another assessor"}
            found.append(about(row["case_id"], "breach", message, **whom))
        elif not before:
            why = "who assessed the candidate before is blank, and the data set has no earlier file of the candidate"
            found.append(not_assessable(why, subject_type="file", subject=row["case_id"]))
    yield from with_summary(found, whole=len(again), what="full reassessments were done by another assessor")
    for column, unseen in _UNSEEN.items():
        if not audit.tells("cases", column):
            has = "nothing in the" if column in files.columns else "no"
            why = f"full reassessments {unseen} cannot be seen: the table cases has {has} column {column}"
            yield not_assessable(why)


@once
def _in_order(audit: Audit) -> pd.DataFrame:
    """Return all files with a candidate, and of each the file of the same candidate before and after it, of any RPA.

    Returns
    -------
    DataFrame
        ``case_id, next, next_assessor, assessor_before, result_before``, as it was known when the file was assessed;
        blank where there is no such file.
    """
    names = ["case_id", "next", "next_assessor", "assessor_before", "result_before"]
    if not audit.has("cases", "candidate_id"):
        return pd.DataFrame(columns=names, dtype="object")
    files = audit.tables["cases"].dropna(subset=["candidate_id"])
    month = pd.to_datetime(files["month"] + "-01")
    day = files["submitted_on"].fillna(month) if "submitted_on" in files.columns else month
    files = files.assign(day=day).sort_values(["candidate_id", "day", "case_id"], ignore_index=True)
    asked = files.loc[files["candidate_id"].duplicated(keep=False)].set_index("case_id")["outcome"]
    results = results_known(asked, audit.tables, scrutiny_log(audit.tables, None), returned=returns_known(audit))
    said = moderations_known(audit.tables, asked.index.to_series(), returned=returns_known(audit))
    decided = said.drop_duplicates("case_id", keep="last").set_index("case_id")["moderated_on"]
    told = {
        "result": files["case_id"].map(results).astype("object"),
        "decided": pd.to_datetime(files["case_id"].map(decided.to_dict())),
    }
    of_same = files.assign(**told).groupby("candidate_id")
    # What moderators decided after a file was assessed, it cannot be the answer to.
    assessed = files["assessed_on"].fillna(files["day"]) if "assessed_on" in files.columns else files["day"]
    unknown_then = of_same["decided"].shift(1) > assessed
    return files.assign(
        next=of_same["case_id"].shift(-1),
        next_assessor=of_same["assessor_id"].shift(-1),
        assessor_before=of_same["assessor_id"].shift(1),
        result_before=of_same["result"].shift(1).mask(unknown_then, of_same["outcome"].shift(1)),
    )[names]


def _reassessments_due(audit: Audit) -> Iterator[Statement]:
    """List what is to be reassessed in full, of the months and, while nobody has done it, of earlier ones.

    Raises
    ------
    NotAssessable
        Where the data set has no table of scrutiny; what moderators required is listed before.
    """
    own = audit.own("cases", "case_id", "month")[["case_id", "month"]]
    sent = pd.concat([_by_moderators(audit), _at_scrutiny(audit, own)], ignore_index=True)
    sent = sent.drop_duplicates("case_id").merge(_in_order(audit), on="case_id", how="left").sort_values("case_id")
    shown = sent["month"].isin(audit.months) | (sent["next"].isna() & (sent["month"] < audit.months[0]))
    for row in sent[shown].to_dict("records"):
        then = f"{row['next_assessor']} submitted {row['next']}"
        if pd.isna(row["next"]):
            then = "no file of the candidate has come since; another assessor is to do it"
        message = f"sent to full reassessment{row['sent_by']} on {day_text(row['day']) or 'a day not recorded'}; {then}"
        yield about(row["case_id"], "information", message)
    audit.table("scrutiny", "case_id", "scrutinised_on", "result")


def _at_scrutiny(audit: Audit, own: pd.DataFrame) -> pd.DataFrame:
    looks = scrutiny_log(audit.tables, None)
    looks = looks[is_word(looks["result"], FULL)].drop_duplicates("case_id")
    looks = looks[["case_id", "scrutinised_on"]].rename(columns={"scrutinised_on": "day"})
    return own.merge(looks, on="case_id").assign(sent_by="")[_SENT]


def _by_moderators(audit: Audit) -> pd.DataFrame:
    rows = reclassified(audit)
    rows = rows[rows["rpa"] == audit.provider].rename(columns={"moderated_on": "day"})
    return rows.assign(sent_by=" by the moderators")[_SENT]
