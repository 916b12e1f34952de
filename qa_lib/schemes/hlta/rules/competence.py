"""A profile of every assessor by the six competency criteria, and feedback after moderation (HLTA.ASR.5)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.schemes.answering import BECAUSE, NotAssessable, Said, answers, each, not_assessable, of, once
from qa_lib.schemes.hlta.case import Case, blanks
from qa_lib.schemes.hlta.results.overturns import judged_files
from qa_lib.schemes.hlta.rules.criteria import CRITERIA, directions, overturns_by_assessor, paperwork
from qa_lib.schemes.hlta.rules.people import assessors_of, day_text, year_files


@answers("HLTA.ASR.5", section="Assessors")
def competence_reported(case: Case) -> Iterator[Said]:
    """Say what stands out in the profiles: late paperwork, overturned outcomes, feedback not logged, what is not known.

    Paperwork and feedback are those of the months; overturned outcomes those of the year so far. The document asks for
    feedback *where appropriate*, so that its lack is information.
    """
    yield from each(_late_paperwork(case), _overturned(case), _without_feedback(case), _profiles_complete(case))


def competence_profiles(case: Case) -> pd.DataFrame:
    """Return what the year so far tells of each assessor by the competency criteria.

    Returns
    -------
    DataFrame
        One row per assessor on the RPA's register or with files of the year so far: ``assessor``, ``files``, and one
        column of short text for each criterion that HLTA.ASR.5 has reported. A text without data begins *not
        assessable, because*. :mod:`qa_lib.schemes.hlta.rules.criteria` names the sources.
    """
    return _profiles(case)[0].copy()


@once
def _profiles(case: Case) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the profiles, and why nothing is known of anybody by criterion."""
    files, names = year_files(case), _everyone(case)
    frame = pd.DataFrame({"assessor": names.astype("str")})
    frame["files"] = files["assessor_id"].value_counts().reindex(names, fill_value=0).to_numpy()
    unknown: dict[str, str] = {}
    for criterion in _reported(case):
        try:
            texts = CRITERIA[criterion](case, names)
        except NotAssessable as reason:
            unknown[criterion] = str(reason)
            texts = [f"{BECAUSE} {reason}"] * len(names)
        frame[criterion] = pd.Series(texts, dtype="str")
    return frame, unknown


def _everyone(case: Case) -> pd.Index:
    names: set[str] = set(year_files(case)["assessor_id"])
    if case.has("assessors", "assessor_id", "rpa"):
        names |= set(assessors_of(case)["assessor_id"])
    return pd.Index(pd.Series(sorted(names), dtype="str"))


def _reported(case: Case) -> list[str]:
    return [criterion for criterion, way in case.value("HLTA.ASR.5").items() if way == "reported"]


def _late_paperwork(case: Case) -> Iterator[Said]:
    files = paperwork(case, case.files("assessor_id", "paperwork_due_on", "paperwork_on"))
    yield from blanks(files[files["state"] == "unknown"], "case_id", "file", "the day its paperwork was due is blank")
    late = files[files["state"].isin(["late", "missing"])]
    for row in late.itertuples():
        came = f"came on {day_text(row.paperwork_on)}" if row.state == "late" else "has not come"
        yield Said(
            status="information",
            message=f"the paperwork of {row.assessor_id} {came}; it was due on {day_text(row.paperwork_due_on)}",
            subject_type="file",
            subject=str(row.case_id),
            value=day_text(row.paperwork_on),
            threshold=day_text(row.paperwork_due_on),
        )
    counts = files["state"].value_counts()
    fine, whole = int(counts.get("in time", 0)), int(counts.get("in time", 0)) + len(late)
    yield _line(fine, whole, "files had their paperwork in time")


def _line(fine: int, whole: int, what: str) -> Said:
    if not whole:
        return Said(status="information", message=f"nothing to look at: 0 {what}")
    status = "met" if fine == whole else "information"
    return Said(status=status, message=f"{of(fine, whole)} {what}", value=str(fine), threshold=str(whole))  # type: ignore[arg-type, unused-ignore]


def _overturned(case: Case) -> Iterator[Said]:
    counts = overturns_by_assessor(case)
    for row in counts[counts["overturned"] > 0].to_dict("records"):
        yield Said(
            status="information",
            message=f"{of(row['overturned'], row['moderated'])} sampled files of the year so far overturned: "
            f"{directions(row)}; of the random part {row['random_overturned']} of {row['random']}",
            subject_type="assessor",
            subject=str(row["assessor_id"]),
            value=str(row["overturned"]),
            threshold=str(row["moderated"]),
        )


def _without_feedback(case: Case) -> Iterator[Said]:
    """Yield assessors of whose moderated files of the months the log holds no feedback to them."""
    log = case.own("feedback_log", "subject", "assessor_id", "told_assessor_on", "month")
    log = log[(log["subject"] == "assessor") & log["told_assessor_on"].notna() & log["month"].isin(case.months)]
    rows = judged_files(case, months=case.months)
    rows = rows[rows["returned"]]
    files = rows.groupby("assessor_id")["overturned"].agg(["size", "sum"])
    untold = files[~files.index.isin(log["assessor_id"])]
    for name, number, turned in zip(untold.index, untold["size"], untold["sum"], strict=True):
        more = f", {turned} of them overturned" if turned else ""
        yield Said(
            status="information",
            message=f"{number} of their files of these months moderated{more}; no feedback to them is logged",
            subject_type="assessor",
            subject=str(name),
            value="0",
            threshold=str(number),
        )
    yield _line(len(files) - len(untold), len(files), "assessors with moderated files were given feedback after it")


def _profiles_complete(case: Case) -> Iterator[Said]:
    """Yield criteria without any data, then assessors with files in the months whose profile lacks something else."""
    frame, unknown = _profiles(case)
    for criterion, why in unknown.items():
        yield not_assessable(f"of {_plain(criterion)} nothing is known of anybody: {why}")
    frame = frame[frame["assessor"].isin(case.files("assessor_id")["assessor_id"])].set_index("assessor")
    texts = frame[_reported(case)]
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
