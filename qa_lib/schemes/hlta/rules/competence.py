"""A profile of every assessor by the six competency criteria, and feedback after moderation (HLTA.ASR.5)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import (
    BECAUSE,
    NotAssessable,
    Statement,
    all_parts,
    answers,
    not_assessable,
    once,
    statement_on,
)
from qa_lib.audit.words import out_of
from qa_lib.schemes.hlta.audit import Audit, blanks
from qa_lib.schemes.hlta.results.overturns import judged_files
from qa_lib.schemes.hlta.rules.assessor_facts import assessors_of, day_text
from qa_lib.schemes.hlta.rules.criteria import CRITERIA, directions, overturns_by_assessor, paperwork


@answers("HLTA.ASR.5")
def competence_reported(audit: Audit) -> Iterator[Statement]:
    """Say what stands out in the profiles: late paperwork, overturned outcomes, feedback not logged, what is not known.

    Paperwork and feedback are those of the months; overturned outcomes those of the year so far. The document asks for
    feedback *where appropriate*, so that its lack is information.
    """
    yield from all_parts(
        _late_paperwork(audit), _overturned(audit), _without_feedback(audit), _profiles_complete(audit)
    )


def competence_profiles(audit: Audit) -> pd.DataFrame:
    """Return what the year so far tells of each assessor by the competency criteria.

    Returns
    -------
    DataFrame
        One row per assessor on the RPA's register or with files of the year so far: ``assessor``, ``files``, and one
        column of short text for each criterion that HLTA.ASR.5 has reported. A text without data begins *not
        assessable, because*. :mod:`qa_lib.schemes.hlta.rules.criteria` names the sources.
    """
    return _profiles(audit)[0].copy()


@once
def _profiles(audit: Audit) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the profiles, and why nothing is known of anybody by criterion."""
    files, names = audit.files_of_year(), _everyone(audit)
    frame = pd.DataFrame({"assessor": names.astype("str")})
    frame["files"] = files["assessor_id"].value_counts().reindex(names, fill_value=0).to_numpy()
    unknown: dict[str, str] = {}
    for criterion in _reported(audit):
        try:
            texts = CRITERIA[criterion](audit, names)
        except NotAssessable as reason:
            unknown[criterion] = str(reason)
            texts = [f"{BECAUSE} {reason}"] * len(names)
        frame[criterion] = pd.Series(texts, dtype="str")
    return frame, unknown


def _everyone(audit: Audit) -> pd.Index:
    names: set[str] = set(audit.files_of_year()["assessor_id"])
    if audit.has("assessors", "assessor_id", "rpa"):
        names |= set(assessors_of(audit)["assessor_id"])
    return pd.Index(pd.Series(sorted(names), dtype="str"))


def _reported(audit: Audit) -> list[str]:
    return [criterion for criterion, way in audit.value("HLTA.ASR.5").items() if way == "reported"]


def _late_paperwork(audit: Audit) -> Iterator[Statement]:
    files = paperwork(audit, audit.files("assessor_id", "paperwork_due_on", "paperwork_on"))
    undated = files[files["state"] == "not assessable"]
    yield from blanks(undated, "case_id", "file", "the day its paperwork was due is blank")
    late = files[files["state"].isin(["late", "overdue"])]
    for row in late.itertuples():
        came = f"came on {day_text(row.paperwork_on)}" if row.state == "late" else "has not come"
        on, due = day_text(row.paperwork_on), day_text(row.paperwork_due_on)
        message = f"the paperwork of {row.assessor_id} {came}; it was due on {due}"
        yield statement_on("file", row.case_id, "information", message, value=on, threshold=due)
    counts = files["state"].value_counts()
    fine, whole = int(counts.get("in time", 0)), int(counts.get("in time", 0)) + len(late)
    yield _line(fine, whole, "files had their paperwork in time")


def _line(fine: int, whole: int, what: str) -> Statement:
    if not whole:
        return Statement(status="information", message=f"nothing to look at: 0 {what}")
    status = "met" if fine == whole else "information"
    return Statement(status=status, message=f"{out_of(fine, whole)} {what}", value=str(fine), threshold=str(whole))  # type: ignore[arg-type, unused-ignore]


def _overturned(audit: Audit) -> Iterator[Statement]:
    counts = overturns_by_assessor(audit)
    for row in counts[counts["overturned"] > 0].to_dict("records"):
        message = (
            f"{out_of(row['overturned'], row['moderated'])} sampled files of the year so far overturned: "
            f"{directions(row)}; "
            f"of those drawn at random among their passes {row['random_overturned']} of {row['random']}"
        )
        figures = {"value": str(row["overturned"]), "threshold": str(row["moderated"])}
        yield statement_on("assessor", row["assessor_id"], "information", message, **figures)


def _without_feedback(audit: Audit) -> Iterator[Statement]:
    """Yield assessors of whose moderated files of the months the log holds no feedback to them."""
    log = audit.own("feedback_log", "subject", "assessor_id", "told_assessor_on", "month")
    log = log[(log["subject"] == "assessor") & log["told_assessor_on"].notna() & log["month"].isin(audit.months)]
    rows = judged_files(audit, months=audit.months)
    rows = rows[rows["returned"]]
    files = rows.groupby("assessor_id")["overturned"].agg(["size", "sum"])
    untold = files[~files.index.isin(log["assessor_id"])]
    for name, number, turned in zip(untold.index, untold["size"], untold["sum"], strict=True):
        more = f", {turned} of them overturned" if turned else ""
        message = f"{number} of their files of these months moderated{more}; no feedback to them is logged"
        yield statement_on("assessor", name, "information", message, value="0", threshold=str(number))
    yield _line(len(files) - len(untold), len(files), "assessors with moderated files were given feedback after it")


def _profiles_complete(audit: Audit) -> Iterator[Statement]:
    """Yield criteria without any data, then assessors with files in the months whose profile lacks something else."""
    frame, unknown = _profiles(audit)
    for criterion, why in unknown.items():
        yield not_assessable(f"of {_plain(criterion)} nothing is known of anybody: {why}")
    frame = frame[frame["assessor"].isin(audit.files("assessor_id")["assessor_id"])].set_index("assessor")
    texts = frame[_reported(audit)]
    lacks = texts.apply(lambda column: column.str.startswith(BECAUSE)).astype(bool)
    own = lacks.drop(columns=list(unknown))
    for name in own.index[own.any(axis=1)]:
        lacking = texts.loc[name, own.columns[own.loc[name]]]
        why = "; ".join(
            f"{_plain(criterion)}: {str(text).removeprefix(BECAUSE).strip()}" for criterion, text in lacking.items()
        )
        yield not_assessable(why, subject_type="assessor", subject=str(name))
    complete = int((~lacks.any(axis=1)).sum())
    yield _line(complete, len(frame), f"assessors with files have a profile by all {texts.shape[1]} criteria")


def _plain(criterion: object) -> str:
    return str(criterion).replace("_", " ")
