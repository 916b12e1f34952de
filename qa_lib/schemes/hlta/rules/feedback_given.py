"""Feedback (HLTA.PREP.7, MOD.9, MOD.10): who had to be told of what, and whether the log and the returns show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable, statement_on
from qa_lib.audit.findings import Status
from qa_lib.audit.words import blank, is_word, met, out_of
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.results.moderated_files import beyond, moderated, overturned_judgements, recorded
from qa_lib.schemes.hlta.rules.assessor_facts import day_text

#: Whom an entry of the log has to reach, by its subject: the columns with the days on which they were told.
TOLD = {
    "preparation": ("told_pop_on",),
    "harm": ("told_candidate_on", "told_pop_on"),
    "documents": ("told_candidate_on",),
    "assessor": ("told_assessor_on",),
    "trend": ("told_pop_on",),
    "registration": ("told_rpa_on",),
    "level_2": ("told_candidate_on",),
}
_WHOM = {
    "told_candidate_on": "the candidate",
    "told_pop_on": "the PoP",
    "told_assessor_on": "the assessor",
    "told_rpa_on": "the RPA",
}


def entries(audit: Audit, subject: str) -> pd.DataFrame:
    """Return the RPA's log entries on a subject: those of the months, and earlier ones that somebody was not told yet.

    Raises
    ------
    NotAssessable
        Where the log is missing, or a column that the subject needs.
    """
    told = list(TOLD[subject])
    log = audit.own("feedback_log", "feedback_id", "subject", "case_id", *told)
    log = log[is_word(log["subject"], subject)]
    began = _month_of(log)
    waiting = log[told].isna().any(axis=1)
    kept = began.isna() | began.isin(audit.months) | ((began < audit.months[0]) & waiting)
    return log[kept].sort_values("feedback_id", ignore_index=True)


def _month_of(log: pd.DataFrame) -> pd.Series:
    known = [column for column in ("month", "raised_on") if column in log.columns]
    if not known:
        raise NotAssessable("the table feedback_log has neither a column month nor a column raised_on")
    months = [log[column] if column == "month" else log[column].dt.strftime("%Y-%m") for column in known]
    return months[0].astype("str").fillna(months[-1].astype("str"))


@answers("HLTA.PREP.7")
def feedback_on_preparation(audit: Audit) -> Iterator[Statement]:
    """Say what was told to PoPs of their preparation, of harm it did, and to candidates of their documents."""
    yield from all_parts(_preparation(audit), _harm(audit), _documents(audit))


def _preparation(audit: Audit) -> Iterator[Statement]:
    log = entries(audit, "preparation")
    found = untold(audit, log, "feedback on preparation", by_file=False)
    yield from with_summary(found, whole=len(log), what="entries on preparation were told to the PoP")


def untold(
    audit: Audit, log: pd.DataFrame, what: str, *, by_file: bool = True, status: Status = "breach"
) -> Iterator[Statement]:
    """Yield each entry that did not reach everybody.

    Parameters
    ----------
    log
        Entries on one subject, of :func:`entries`.
    what
        What was not told, as the beginning of a sentence.
    by_file
        Whether an entry is called by its file, where it names one.
    status
        How severe it is.
    """
    told = [column for column in _WHOM if column in TOLD[log["subject"].iloc[0]]] if len(log) else []
    for row in log[log[told].isna().any(axis=1)].to_dict("records"):
        whom = " and ".join(_WHOM[column] for column in told if pd.isna(row[column]))
        raised = row.get("raised_on")
        since = "" if raised is None or pd.isna(raised) else f", raised on {day_text(raised)},"
        named = by_file and not pd.isna(row["case_id"])
        message = f"{what}{since} was not told to {whom} by {day_text(audit.as_of)}"
        subject = ("file", row["case_id"]) if named else ("feedback", row["feedback_id"])
        yield statement_on(*subject, status, message)


def _harm(audit: Audit) -> Iterator[Statement]:
    log = entries(audit, "harm")
    if not audit.has("cases", "preparation_concern"):
        why = "the table cases has no column preparation_concern, so harm that nobody logged is not seen"
        yield not_assessable(why)
        yield from with_summary(untold(audit, log, "harm done by preparation"), whole=len(log), what=_TOLD_OF_HARM)
        return
    files = audit.files("preparation_concern")
    all_entries = audit.own("feedback_log", "subject", "case_id")
    files = files[~files["case_id"].isin(all_entries.loc[is_word(all_entries["subject"], "harm"), "case_id"])]
    unlogged = files.loc[files["preparation_concern"].fillna(False), "case_id"]
    found = [*untold(audit, log, "harm done by preparation"), *_unlogged(unlogged)]
    yield from with_summary(found, whole=len(log) + len(unlogged), what=_TOLD_OF_HARM)
    why = "whether preparation did harm is blank"
    yield from blanks(files[files["preparation_concern"].isna()], "case_id", "file", why)


_TOLD_OF_HARM = "files with harm done by preparation were told to candidate and PoP"


def _unlogged(files: Iterable[str]) -> Iterator[Statement]:
    why = "the file says that preparation did harm, and the log has no entry that candidate and PoP were told"
    return (Statement(status="breach", message=why, subject_type="file", subject=str(file)) for file in files)


def _documents(audit: Audit) -> Iterator[Statement]:
    assessed = audit.own("cases", "case_id", "assessed_on")[["case_id", "assessed_on"]]
    log = entries(audit, "documents").merge(assessed, on="case_id", how="left", validate="many_to_one")
    in_time = log["told_candidate_on"] < log["assessed_on"]
    found = (_document(audit, row) for row in log[~in_time].to_dict("records"))
    what = "problems in documents were told to the candidate before assessment"
    yield from with_summary(found, whole=len(log), what=what)


def _document(audit: Audit, row: dict[Any, Any]) -> Statement:
    file = "" if pd.isna(row["case_id"]) else str(row["case_id"])
    about = {"subject_type": "file" if file else "feedback", "subject": file or str(row["feedback_id"])}
    told, assessed = row["told_candidate_on"], row["assessed_on"]
    if pd.isna(assessed):
        return not_assessable("of a problem in the documents the day of the assessment is blank", **about)
    if pd.isna(told):
        happened, value = f"was not told to the candidate by {day_text(audit.as_of)}", ""
    else:
        happened, value = f"was told to the candidate on {day_text(told)}", day_text(told)
    message = f"a problem in the documents {happened}; expected before the assessment on {day_text(assessed)}"
    return Statement(status="breach", message=message, value=value, threshold=f"before {day_text(assessed)}", **about)


@answers("HLTA.MOD.9")
def feedback_to_assessors(audit: Audit) -> Iterator[Statement]:
    """Say whether changes have reasons, feedback names strengths and weaknesses, and sanctions are justified.

    A sanction is a procedure that bars its assessor (the value of HLTA.ASR.6); the others help, and are none.
    """
    severity = audit.value("HLTA.MOD.9")
    yield from all_parts(
        _not_back(audit),
        _changes(audit, severity["reason_for_a_change"]),
        _strengths_and_weaknesses(audit, severity["strengths_and_weaknesses"]),
        _sanctions(audit, severity["justification_of_a_sanction"]),
        _not_told(audit),
    )


def sampled(audit: Audit) -> pd.DataFrame:
    """Return the rows of :func:`moderated` that lie in the months.

    Raises
    ------
    NotAssessable
        Where no sample of the months was drawn.
    """
    if not any(draw.status == "drawn" for draw in audit.month_draws):
        raise NotAssessable("no sample of the months was drawn")
    files = moderated(audit)
    return files[files["month"].isin(audit.months)].reset_index(drop=True)


def _back(audit: Audit, *columns: str) -> pd.DataFrame:
    """Return the files of the months that moderators decided on, those that no sample holds too."""
    files = recorded(audit)
    files = files[files["month"].isin(audit.months)].reset_index(drop=True)
    if files.empty:
        files = sampled(audit)  # says why there is nothing to look at
    if (files["source"] == "data set").any():
        audit.table("moderations", "decision", *columns)  # what was not recorded is not the same as blank
    return files[files["decision"] != ""]


def _not_back(audit: Audit) -> Iterator[Statement]:
    for draw in audit.month_draws:
        if draw.status != "drawn":
            about = {"subject_type": "event", "subject": f"{audit.provider}/{draw.freeze.month}"}
            yield not_assessable(f"the sample of {draw.freeze.month} waits for its seed", **about)
    if not audit.month_draws and len(recorded(audit)):
        return  # a history without draws: what was not recorded was not sampled
    files = sampled(audit)
    silent = (files["decision"] == "") & (files["not_moderatable_reason"] == "")
    for (month, _), group in files.groupby(["month", "part"]):
        missing = silent[group.index]
        if missing.all():
            about = {"subject_type": "event", "subject": f"{audit.provider}/{month}"}
            yield not_assessable(f"nothing came back of the {len(group)} sampled files of {month}", **about)
        else:
            for file in group.loc[missing, "case_id"]:
                yield not_assessable("the moderators' decision is blank", subject_type="file", subject=str(file))


def _changes(audit: Audit, severity: Status) -> Iterator[Statement]:
    """Yield changes without a reason; where the table has no column for one, none of its changes has one.

    The reason for a judgement that was overturned may stand beside it, as its comment.
    """
    files, judgements = _back(audit), overturned_judgements(audit)
    of_result, of_judgement = is_changed(files), files["case_id"].isin(judgements.index)
    explained = ~of_result & ~files["case_id"].isin(judgements.index[judgements["unexplained"] > 0])
    lacking = blank(files["reason"].astype("str")) & ~explained
    files = files.assign(of_result=of_result, lacking=lacking)[of_result | of_judgement]
    nowhere = "" if audit.has("moderations", "reason") else ", as the table moderations has no column reason"
    found = []
    for row in files[files["lacking"]].to_dict("records"):
        why = nowhere if row["source"] == "data set" else ""
        changed = f"changed from {words(row['outcome'])} to {words(row['final_outcome'])}"
        changed = changed if row["of_result"] else "a judgement of a standard was overturned"
        message = f"{changed} without a reason{why}{beyond(row)}"
        found.append(statement_on("file", row["case_id"], severity, message))
    yield from with_summary(found, whole=len(files), what="changed outcomes have their reason")


def _strengths_and_weaknesses(audit: Audit, severity: Status) -> Iterator[Statement]:
    files = _back(audit, "strengths", "weaknesses")
    lacking = [blank(files[column].astype("str")) for column in ("strengths", "weaknesses")]
    why = "the feedback names neither strengths nor weaknesses"
    found = (statement_on("file", file, severity, why) for file in files.loc[lacking[0] & lacking[1], "case_id"])
    what = "moderated files have strengths or weaknesses in their feedback"
    yield from with_summary(found, whole=len(files), what=what)
    if len(files):
        both = int((~lacking[0] & ~lacking[1]).sum())
        message = f"{out_of(both, len(files))} moderated files have both; expected in most cases"
        most = met(2 * both > len(files), severity)
        yield Statement(status=most, message=message, value=str(both), threshold="more than half")


def _sanctions(audit: Audit, severity: Status) -> Iterator[Statement]:
    actions = audit.own("actions", "action_id", "procedure", "opened_on", "closed_on", "reason")
    earlier = (actions["opened_on"] < f"{audit.months[0]}-01") & actions["closed_on"].isna()
    actions = actions[audit.within(actions["opened_on"]) | earlier | actions["opened_on"].isna()]
    unknown = actions["procedure"].isna() & blank(actions["reason"])
    barring = [procedure for procedure, effect in audit.value("HLTA.ASR.6").items() if effect == "bars"]
    sanction = actions["procedure"].isin(barring)
    found = [*blanks(actions[unknown], "action_id", "action", "the procedure and the reason are blank")]
    for row in actions[sanction & blank(actions["reason"])].sort_values("action_id").to_dict("records"):
        about = {"subject_type": "action", "subject": str(row["action_id"])}
        found.append(Statement(status=severity, message=f"{row['procedure']} of an assessor without a reason", **about))
    yield from with_summary(found, whole=int((sanction | unknown).sum()), what="sanctions have their reason")


def _not_told(audit: Audit) -> Iterator[Statement]:
    log = entries(audit, "assessor")
    for feedback in log.loc[log["told_assessor_on"].isna(), "feedback_id"]:
        message = f"feedback was not told to the assessor by {day_text(audit.as_of)}"
        yield Statement(status="information", message=message, subject_type="feedback", subject=str(feedback))


@answers("HLTA.MOD.10")
def what_can_improve(audit: Audit) -> Iterator[Statement]:
    """Say of which month's event moderators reported nothing that can improve training, quality assurance, support."""
    fewest = int(audit.value("HLTA.MOD.10"))
    events = audit.own("events", "month", "improvements")
    events = events[events["month"].isin(audit.months)]
    undated = events["event_on"].isna() if "event_on" in events.columns else pd.Series(False, index=events.index)
    by_month = events.assign(reports=~blank(events["improvements"]), undated=undated).groupby("month")
    months = by_month.agg(reports=("reports", "sum"), undated=("undated", "all"))
    lacking = months[months["reports"] < fewest]
    found = (_no_report(audit, str(month), *row) for month, row in zip(lacking.index, lacking.to_numpy(), strict=True))
    what = "months with an event have the moderators' report on improvements"
    yield from with_summary(found, whole=len(months), what=what)


def _no_report(audit: Audit, month: str, reports: int, undated: bool) -> Statement:
    about = {"subject_type": "event", "subject": f"{audit.provider}/{month}"}
    if undated:
        return not_assessable("the day of the event is blank, and so is what can be improved", **about)
    message = "the moderators' report on what can improve training, quality assurance and support is missing"
    return Statement(
        status="breach", message=message, value=str(reports), threshold=str(audit.value("HLTA.MOD.10")), **about
    )


def words(outcome: object) -> str:
    """Return an outcome, or another word of the tables, as one reads it."""
    return str(outcome).replace("_", " ") or "blank"
