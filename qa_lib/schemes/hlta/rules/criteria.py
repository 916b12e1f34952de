"""The six criteria of an assessor's competence (HLTA.ASR.5): what the tables of the year so far tell of each.

Each function returns one short text per assessor. The sources:

preparation
    Problems in candidates' documents that the feedback log holds for their files, and how many were told to the
    candidate before the day of the assessment; their training in pre-assessment scrutiny and in questions.
conduct
    First looks of pre-upload scrutiny: how many files were fit, sent back, sent to full reassessment; appeals on
    procedure that were upheld; in how many moderated files weaknesses were named.
outcomes_and_overturns
    The rate from what was drawn at random among their passes; every overturn as a count, lenient and harsh apart.
paperwork_to_deadline
    Paperwork by its due day and the day on which it came.
communication
    Concerns about preparation in their files that the log shows were passed on, and files returned at scrutiny that
    came back. No table holds talks with the RPA's representative: this is what they leave behind.
part_in_quality_assurance_and_training
    Development in the year, sampled files moderated, files scrutinised, forums of peer reviewers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import BECAUSE, NotAssessable, once
from qa_lib.audit.deadlines import timeliness
from qa_lib.audit.words import out_of, word_forms
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.overturns import judged_files

#: Words that say in a cell of text that there is nothing.
_NOTHING = ("", "none", "no")

Counts = Mapping[Any, int]
Criterion = Callable[[Audit, pd.Index], list[str]]


def _number(keys: pd.Series, names: pd.Index) -> list[int]:
    """Return how many rows each assessor has."""
    numbers: list[int] = keys.value_counts().reindex(names, fill_value=0).astype(int).tolist()
    return numbers


def _numbers(names: pd.Index, *rows: pd.DataFrame) -> Iterator[tuple[int, ...]]:
    """Yield how many rows each assessor has in each of several tables."""
    return zip(*(_number(own["assessor_id"], names) for own in rows), strict=True)


def _no(what: str) -> str:
    return f"{BECAUSE} {what}"


def preparation(audit: Audit, names: pd.Index) -> list[str]:
    """Return what is known of their preparation for assessments."""
    files = audit.files_of_year("assessed_on")
    log = audit.own("feedback_log", "subject", "case_id", "told_candidate_on")
    log = log.loc[log["subject"] == "documents", ["case_id", "told_candidate_on"]].merge(files, on="case_id")
    in_time = log["told_candidate_on"] < log["assessed_on"]
    trained = _trained(audit, "pre_assessment", "questions")
    texts = []
    for name, (whole, found, told) in zip(names, _numbers(names, files, log, log[in_time]), strict=True):
        topics = (
            f"trained in {' and '.join(sorted(trained[name]))}" if name in trained else "no training in it recorded"
        )
        before = f"problems in documents told before the assessment: {out_of(told, found)}"
        raised = before if found else "no problems in documents logged"
        texts.append(f"{raised}; {topics}" if whole else _no("they have no file in the year so far"))
    return texts


def _trained(audit: Audit, *topics: str) -> dict[object, set[str]]:
    """Return which of these topics of initial training are recorded, by assessor."""
    rows = [pd.DataFrame(columns=["assessor_id", "topic"], dtype="str")]
    if audit.has("assessors", "assessor_id", "trained"):
        lists = audit.tables["assessors"].dropna(subset="trained")
        rows.append(lists.assign(topic=lists["trained"].str.split(";")).explode("topic")[["assessor_id", "topic"]])
    if audit.has("training", "assessor_id", "stage", "topic"):
        log = audit.tables["training"]
        rows.append(log.loc[log["stage"] == "initial", ["assessor_id", "topic"]])
    every = pd.concat(rows, ignore_index=True)
    every["topic"] = word_forms(every["topic"]).str.replace("_", "-")
    wanted = every[every["topic"].isin([topic.replace("_", "-") for topic in topics])]
    return dict(wanted.groupby("assessor_id")["topic"].agg(set))


def conduct(audit: Audit, names: pd.Index) -> list[str]:
    """Return what scrutiny, appeals and moderators say of how they conduct assessments."""
    files = audit.files_of_year()
    looks = audit.table("scrutiny", "case_id", "scrutinised_on", "result").merge(files, on="case_id")
    first = looks.sort_values(["scrutinised_on", "result"]).drop_duplicates("case_id")
    results = (first[first["result"] == result] for result in ("fit", "returned", "full_reassessment"))
    appeals, named = _upheld(audit, files, names), _weaknesses(audit, names)
    nothing = _no("none of their files was scrutinised or moderated in the year so far")
    texts = []
    for (looked, fit, back, again), *more in zip(_numbers(names, first, *results), appeals, named, strict=True):
        said = f"fit at the first look: {out_of(fit, looked)}; sent back {back}, to full reassessment {again}"
        said = "".join([said if looked else "no file scrutinised", *more])
        texts.append(said if looked or any(more) else nothing)
    return texts


def _upheld(audit: Audit, files: pd.DataFrame, names: pd.Index) -> list[str]:
    """Return upheld appeals on procedure as a text that follows others; blank without an appeal or its table."""
    if not audit.has("appeals", "case_id", "ground", "outcome"):
        return [""] * len(names)
    appeals = audit.tables["appeals"]
    appeals = appeals.loc[appeals["ground"] == "procedure", ["case_id", "outcome"]]
    appeals = appeals.merge(files[["case_id", "assessor_id"]], on="case_id")
    upheld = appeals[appeals["outcome"].isin(["upheld", "partly_upheld"])]
    said = "; appeals on procedure upheld at least in part"
    return [f"{said}: {part} of {whole}" if whole else "" for part, whole in _numbers(names, upheld, appeals)]


def _weaknesses(audit: Audit, names: pd.Index) -> list[str]:
    looked = _looked_at(audit)
    words = ~word_forms(looked["weaknesses"]).fillna("").isin(_NOTHING)
    numbers = _numbers(names, looked[words], looked)
    return [f"; moderators named weaknesses in {part} of {whole} files" if whole else "" for part, whole in numbers]


@once
def _looked_at(audit: Audit) -> pd.DataFrame:
    """Return the sampled files of the year so far that came back from the moderators."""
    rows = judged_files(audit)
    return rows[rows["returned"]].reset_index(drop=True)


@once
def overturns_by_assessor(audit: Audit) -> pd.DataFrame:
    """Return per assessor with moderated files how many were overturned, and in which direction.

    Returns
    -------
    DataFrame
        ``assessor_id``; ``moderated``, ``overturned``, ``lenient``, ``harsh`` of all sampled files; ``random`` and
        ``random_overturned`` of what was drawn at random among their passes.
    """
    rows = _looked_at(audit)
    chance = rows["random_of_assessor"]
    flags = rows[["assessor_id", "overturned", "lenient", "harsh"]].assign(
        moderated=1, random=chance, random_overturned=chance & rows["overturned"]
    )
    return flags.groupby("assessor_id").sum().astype("int64").reset_index()


def outcomes_and_overturns(audit: Audit, names: pd.Index) -> list[str]:
    """Return what became of their recommended outcomes in moderation."""
    if not audit.draws:
        raise NotAssessable("no draw of the year so far is known")
    counts = overturns_by_assessor(audit).set_index("assessor_id").reindex(names, fill_value=0)
    tolerable = audit.value("X.INFER")["tolerable"]
    return [_overturned(row, tolerable) for row in counts.to_dict("records")]


def _overturned(row: Counts, tolerable: Fraction) -> str:
    if not row["moderated"]:
        return _no("no file of theirs was moderated in the year so far")
    # One file more or less moves the rate by more than the rate that is held against it.
    small = ", a small number" if row["random"] * tolerable < 1 else ""
    chance = f"drawn at random among their passes: {out_of(row['random_overturned'], row['random'])} overturned{small}"
    chance = chance if row["random"] else "no pass of theirs drawn at random, so no rate"
    everything = f"all sampled files: {row['overturned']} of {row['moderated']} overturned"
    return f"{chance}; {everything}, {directions(row)}"


def directions(row: Counts) -> str:
    """Return overturned files by direction, in words."""
    other = row["overturned"] - row["lenient"] - row["harsh"]
    more = f", {other} to an outcome of the same grade" if other else ""
    return f"{row['lenient']} lenient (moderators stricter), {row['harsh']} harsh (moderators milder){more}"


def paperwork_to_deadline(audit: Audit, names: pd.Index) -> list[str]:
    """Return how much of their paperwork came by the day it was due."""
    files = paperwork(audit, audit.files_of_year("paperwork_due_on", "paperwork_on"))
    states = ("late", "in time", "overdue", "not assessable")
    numbers = _numbers(names, *(files[files["state"] == state] for state in states))
    latest = files.groupby("assessor_id")["days_late"].max().reindex(names).fillna(0).astype(int)
    texts = []
    for (late, in_time, missing, unknown), most in zip(numbers, latest, strict=True):
        whole = late + in_time + missing
        detail = (f", the latest {most} days late" if late else "") + (f", {missing} still missing" if missing else "")
        gaps = f"; {unknown} files without a due day" if unknown else ""
        said = f"in time: {out_of(in_time, whole)}{detail}{gaps}"
        texts.append(said if whole else _no("no file with paperwork due and its day"))
    return texts


def paperwork(audit: Audit, files: pd.DataFrame) -> pd.DataFrame:
    """Return files with the ``state`` of their paperwork and, where it is late, ``days_late``."""
    due, came = files["paperwork_due_on"], files["paperwork_on"]
    return files.assign(
        state=timeliness(due, came, as_of=audit.as_of), days_late=(came - due).dt.days.where(came > due)
    )


def communication(audit: Audit, names: pd.Index) -> list[str]:
    """Return whether what had to be passed on or sent again was."""
    files = audit.files_of_year("preparation_concern")
    concern = files[files["preparation_concern"].fillna(False).astype(bool)]
    log = audit.own("feedback_log", "subject", "case_id", "told_pop_on")
    told = log[log["subject"].isin(["harm", "preparation"]) & log["told_pop_on"].notna()]
    passed = concern[concern["case_id"].isin(told["case_id"])]
    looks = audit.table("scrutiny", "case_id", "result")
    returned = files[files["case_id"].isin(looks.loc[looks["result"] == "returned", "case_id"])]
    back = returned[returned["case_id"].isin(looks.loc[looks["result"] == "fit", "case_id"])]
    texts = []
    for whole, concerns, on, sent, again in _numbers(names, files, concern, passed, returned, back):
        parts = [f"concerns about preparation passed on: {out_of(on, concerns)}"] if concerns else []
        parts += [f"files sent back at scrutiny that came again: {out_of(again, sent)}"] if sent else []
        nothing = f"nothing to pass on and no file sent back, in {whole} files"
        texts.append("; ".join(parts) or nothing if whole else _no("they have no file in the year so far"))
    return texts


def part_in_quality_assurance_and_training(audit: Audit, names: pd.Index) -> list[str]:
    """Return their development in the year and what they did in quality assurance."""
    begin, end = audit.year_so_far
    log = audit.table("training", "assessor_id", "stage", "taken_on")
    development = log[(log["stage"] == "development") & log["taken_on"].between(begin, end)]
    rows = _looked_at(audit)
    jobs = {
        "development": development["assessor_id"],
        "sampled files moderated": pd.concat([rows["moderator_id"], rows["second_moderator_id"]]),
    }
    files = set(audit.files_of_year()["case_id"])
    if audit.has("scrutiny", "case_id", "by"):
        scrutiny = audit.tables["scrutiny"]
        jobs["files scrutinised"] = scrutiny.loc[scrutiny["case_id"].isin(files), "by"]
    if audit.has("forums", "held_on", "peer_reviewer_id", "attended"):
        forums = audit.tables["forums"]
        there = forums["attended"].fillna(False).astype(bool) & forums["held_on"].between(begin, end)
        jobs["forums of peer reviewers"] = forums.loc[there, "peer_reviewer_id"]
    numbers = {job: _number(keys, names) for job, keys in jobs.items()}
    return [
        "; ".join(f"{job}: {count[place]}" for job, count in numbers.items() if count[place] or job == "development")
        for place in range(len(names))
    ]


#: Column of HLTA.ASR.5 -> what is known of it.
CRITERIA: dict[str, Criterion] = {
    "preparation": preparation,
    "conduct": conduct,
    "outcomes_and_overturns": outcomes_and_overturns,
    "paperwork_to_deadline": paperwork_to_deadline,
    "communication": communication,
    "part_in_quality_assurance_and_training": part_in_quality_assurance_and_training,
}
