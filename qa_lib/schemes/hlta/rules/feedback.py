"""Feedback (HLTA.PREP.7, MOD.9, MOD.10): who had to be told of what, and whether the log and the returns show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from qa_lib.findings import Status
from qa_lib.schemes.answering import NotAssessable, Said, answers, blank, each, is_word, met, not_assessable, of
from qa_lib.schemes.hlta.case import Case, blanks, overall
from qa_lib.schemes.hlta.moderated import moderated
from qa_lib.schemes.hlta.rules.people import day_text

#: Whom an entry of the log has to reach, by its subject: the columns with the days on which they were told.
TOLD = {
    "preparation": ("told_pop_on",),
    "harm": ("told_candidate_on", "told_pop_on"),
    "documents": ("told_candidate_on",),
    "assessor": ("told_assessor_on",),
    "trend": ("told_pop_on",),
}
_WHOM = {"told_candidate_on": "the candidate", "told_pop_on": "the PoP", "told_assessor_on": "the assessor"}


def entries(case: Case, subject: str) -> pd.DataFrame:
    """Return the RPA's log entries on a subject: those of the months, and earlier ones that somebody was not told yet.

    Raises
    ------
    NotAssessable
        Where the log is missing, or a column that the subject needs.
    """
    told = list(TOLD[subject])
    log = case.own("feedback_log", "feedback_id", "subject", "case_id", *told)
    log = log[is_word(log["subject"], subject)]
    began = _month_of(log)
    waiting = log[told].isna().any(axis=1)
    kept = began.isna() | began.isin(case.months) | ((began < case.months[0]) & waiting)
    return log[kept].sort_values("feedback_id", ignore_index=True)


def _month_of(log: pd.DataFrame) -> pd.Series:
    known = [column for column in ("month", "raised_on") if column in log.columns]
    if not known:
        raise NotAssessable("the table feedback_log has neither a column month nor a column raised_on")
    months = [log[column] if column == "month" else log[column].dt.strftime("%Y-%m") for column in known]
    return months[0].astype("str").fillna(months[-1].astype("str"))


@answers("HLTA.PREP.7", section="Feedback")
def feedback_on_preparation(case: Case) -> Iterator[Said]:
    """Say what was told to PoPs of their preparation, of harm it did, and to candidates of their documents."""
    yield from each(_preparation(case), _harm(case), _documents(case))


def _preparation(case: Case) -> Iterator[Said]:
    log = entries(case, "preparation")
    found = _untold(case, log, "feedback on preparation", by_file=False)
    yield from overall(found, whole=len(log), what="entries on preparation were told to the PoP")


def _untold(case: Case, log: pd.DataFrame, what: str, *, by_file: bool = True) -> Iterator[Said]:
    """Yield a breach for each entry that did not reach everybody; ``log`` holds entries on one subject."""
    told = [column for column in _WHOM if column in TOLD[log["subject"].iloc[0]]] if len(log) else []
    for row in log[log[told].isna().any(axis=1)].to_dict("records"):
        whom = " and ".join(_WHOM[column] for column in told if pd.isna(row[column]))
        raised = row.get("raised_on")
        since = "" if raised is None or pd.isna(raised) else f", raised on {day_text(raised)},"
        named = by_file and not pd.isna(row["case_id"])
        yield Said(
            status="breach",
            message=f"{what}{since} was not told to {whom} by {day_text(case.as_of)}",
            subject_type="file" if named else "feedback",
            subject=str(row["case_id"] if named else row["feedback_id"]),
        )


def _harm(case: Case) -> Iterator[Said]:
    log = entries(case, "harm")
    if not case.has("cases", "preparation_concern"):
        yield not_assessable(
            "the table cases has no column preparation_concern, so harm that nobody logged is not seen"
        )
        yield from overall(_untold(case, log, "harm done by preparation"), whole=len(log), what=_TOLD_OF_HARM)
        return
    files = case.files("preparation_concern")
    all_entries = case.own("feedback_log", "subject", "case_id")
    files = files[~files["case_id"].isin(all_entries.loc[is_word(all_entries["subject"], "harm"), "case_id"])]
    unlogged = files.loc[files["preparation_concern"].fillna(False), "case_id"]
    found = [*_untold(case, log, "harm done by preparation"), *_unlogged(unlogged)]
    yield from overall(found, whole=len(log) + len(unlogged), what=_TOLD_OF_HARM)
    yield from blanks(
        files[files["preparation_concern"].isna()], "case_id", "file", "whether preparation did harm is blank"
    )


_TOLD_OF_HARM = "files with harm done by preparation were told to candidate and PoP"


def _unlogged(files: Iterable[str]) -> Iterator[Said]:
    why = "the file says that preparation did harm, and the log has no entry that candidate and PoP were told"
    return (Said(status="breach", message=why, subject_type="file", subject=str(file)) for file in files)


def _documents(case: Case) -> Iterator[Said]:
    assessed = case.own("cases", "case_id", "assessed_on")[["case_id", "assessed_on"]]
    log = entries(case, "documents").merge(assessed, on="case_id", how="left", validate="many_to_one")
    in_time = log["told_candidate_on"] < log["assessed_on"]
    found = (_document(case, row) for row in log[~in_time].to_dict("records"))
    yield from overall(found, whole=len(log), what="problems in documents were told to the candidate before assessment")


def _document(case: Case, row: dict[Any, Any]) -> Said:
    file = "" if pd.isna(row["case_id"]) else str(row["case_id"])
    about = {"subject_type": "file" if file else "feedback", "subject": file or str(row["feedback_id"])}
    told, assessed = row["told_candidate_on"], row["assessed_on"]
    if pd.isna(assessed):
        return not_assessable("of a problem in the documents the day of the assessment is blank", **about)
    if pd.isna(told):
        said, value = f"was not told to the candidate by {day_text(case.as_of)}", ""
    else:
        said, value = f"was told to the candidate on {day_text(told)}", day_text(told)
    message = f"a problem in the documents {said}; expected before the assessment on {day_text(assessed)}"
    return Said(status="breach", message=message, value=value, threshold=f"before {day_text(assessed)}", **about)


@answers("HLTA.MOD.9", section="Feedback")
def feedback_to_assessors(case: Case) -> Iterator[Said]:
    """Say whether changes have reasons, feedback names strengths and weaknesses, and sanctions are justified.

    A sanction is a procedure that bars its assessor (the value of HLTA.ASR.6); the others help, and are none.
    """
    severity = case.value("HLTA.MOD.9")
    yield from each(
        _not_back(case),
        _changes(case, severity["reason_for_a_change"]),
        _strengths_and_weaknesses(case, severity["strengths_and_weaknesses"]),
        _sanctions(case, severity["justification_of_a_sanction"]),
        _not_told(case),
    )


def sampled(case: Case) -> pd.DataFrame:
    """Return the rows of :func:`moderated` that lie in the months.

    Raises
    ------
    NotAssessable
        Where no sample of the months was drawn.
    """
    if not any(draw.status == "drawn" for draw in case.month_draws):
        raise NotAssessable("no sample of the months was drawn")
    files = moderated(case)
    return files[files["month"].isin(case.months)].reset_index(drop=True)


def changed(files: pd.DataFrame) -> pd.Series:
    """Say of which sampled files moderators changed the outcome, whatever they called it."""
    other = (files["final_outcome"] != "") & (files["final_outcome"] != files["outcome"])
    return (files["decision"] == "overturned") | other


def _back(case: Case, *columns: str) -> pd.DataFrame:
    """Return the sampled files of the months that moderators decided on."""
    files = sampled(case)
    if (files["source"] == "data set").any():
        case.table("moderations", "decision", *columns)  # what was not recorded is not the same as blank
    return files[files["decision"] != ""]


def _not_back(case: Case) -> Iterator[Said]:
    for draw in case.month_draws:
        if draw.status != "drawn":
            about = {"subject_type": "event", "subject": f"{case.provider}/{draw.freeze.month}"}
            yield not_assessable(f"the sample of {draw.freeze.month} waits for its seed", **about)
    files = sampled(case)
    silent = (files["decision"] == "") & (files["not_moderatable_reason"] == "")
    for (month, _), group in files.groupby(["month", "part"]):
        missing = silent[group.index]
        if missing.all():
            about = {"subject_type": "event", "subject": f"{case.provider}/{month}"}
            yield not_assessable(f"nothing came back of the {len(group)} sampled files of {month}", **about)
        else:
            for file in group.loc[missing, "case_id"]:
                yield not_assessable("the moderators' decision is blank", subject_type="file", subject=str(file))


def _changes(case: Case, severity: Status) -> Iterator[Said]:
    files = _back(case, "reason")
    files = files[changed(files)]
    found = (
        Said(
            status=severity,
            message=f"changed from {words(row.outcome)} to {words(row.final_outcome)} without a reason",
            subject_type="file",
            subject=str(row.case_id),
        )
        for row in files[blank(files["reason"].astype("str"))].itertuples()
    )
    yield from overall(found, whole=len(files), what="changed outcomes have their reason")


def _strengths_and_weaknesses(case: Case, severity: Status) -> Iterator[Said]:
    files = _back(case, "strengths", "weaknesses")
    lacking = [blank(files[column].astype("str")) for column in ("strengths", "weaknesses")]
    why = "the feedback names neither strengths nor weaknesses"
    found = (
        Said(status=severity, message=why, subject_type="file", subject=str(file))
        for file in files.loc[lacking[0] & lacking[1], "case_id"]
    )
    yield from overall(found, whole=len(files), what="moderated files have strengths or weaknesses in their feedback")
    if len(files):
        both = int((~lacking[0] & ~lacking[1]).sum())
        message = f"{of(both, len(files))} moderated files have both; expected in most cases"
        most = met(2 * both > len(files), severity)
        yield Said(status=most, message=message, value=str(both), threshold="more than half")


def _sanctions(case: Case, severity: Status) -> Iterator[Said]:
    actions = case.own("actions", "action_id", "procedure", "opened_on", "closed_on", "reason")
    earlier = (actions["opened_on"] < f"{case.months[0]}-01") & actions["closed_on"].isna()
    actions = actions[case.within(actions["opened_on"]) | earlier | actions["opened_on"].isna()]
    unknown = actions["procedure"].isna() & blank(actions["reason"])
    barring = [procedure for procedure, effect in case.value("HLTA.ASR.6").items() if effect == "bars"]
    sanction = actions["procedure"].isin(barring)
    found = [*blanks(actions[unknown], "action_id", "action", "the procedure and the reason are blank")]
    for row in actions[sanction & blank(actions["reason"])].sort_values("action_id").to_dict("records"):
        about = {"subject_type": "action", "subject": str(row["action_id"])}
        found.append(Said(status=severity, message=f"{row['procedure']} of an assessor without a reason", **about))
    yield from overall(found, whole=int((sanction | unknown).sum()), what="sanctions have their reason")


def _not_told(case: Case) -> Iterator[Said]:
    log = entries(case, "assessor")
    for feedback in log.loc[log["told_assessor_on"].isna(), "feedback_id"]:
        message = f"feedback was not told to the assessor by {day_text(case.as_of)}"
        yield Said(status="information", message=message, subject_type="feedback", subject=str(feedback))


@answers("HLTA.MOD.10", section="Feedback")
def what_can_improve(case: Case) -> Iterator[Said]:
    """Say of which month's event moderators reported nothing that can improve training, quality assurance, support."""
    fewest = int(case.value("HLTA.MOD.10"))
    events = case.own("events", "month", "improvements")
    events = events[events["month"].isin(case.months)]
    undated = events["event_on"].isna() if "event_on" in events.columns else pd.Series(False, index=events.index)
    by_month = events.assign(reports=~blank(events["improvements"]), undated=undated).groupby("month")
    months = by_month.agg(reports=("reports", "sum"), undated=("undated", "all"))
    lacking = months[months["reports"] < fewest]
    found = (_no_report(case, str(month), *row) for month, row in zip(lacking.index, lacking.to_numpy(), strict=True))
    yield from overall(
        found, whole=len(months), what="months with an event have the moderators' report on improvements"
    )


def _no_report(case: Case, month: str, reports: int, undated: bool) -> Said:
    about = {"subject_type": "event", "subject": f"{case.provider}/{month}"}
    if undated:
        return not_assessable("the day of the event is blank, and so is what can be improved", **about)
    message = "the moderators' report on what can improve training, quality assurance and support is missing"
    return Said(status="breach", message=message, value=str(reports), threshold=str(case.value("HLTA.MOD.10")), **about)


def words(outcome: object) -> str:
    """Return an outcome, or another word of the tables, as one reads it."""
    return str(outcome).replace("_", " ") or "blank"
