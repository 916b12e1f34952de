"""Appeals: who may make them, how they are answered, and that candidates know of them (HLTA.APP.1 and HLTA.APP.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable, once
from qa_lib.audit.deadlines import timeliness
from qa_lib.audit.log_rows import month_of, rows_in_scope, rows_of_habit
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.audit.state_log import days_held
from qa_lib.audit.words import count_with_noun, is_word
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.file_days import Order, in_order
from qa_lib.schemes.hlta.rules.published import published
from qa_lib.schemes.hlta.tables import TABLES

#: Columns of the log of appeals.
LOG = [
    *("appeal_id", "case_id", "received_on", "age_days", "ground", "nature", "status", "acknowledged_on", "due_on"),
    *("answered_on", "outcome", "partnership_route_explained", "shared_on", "panel_on", "panel_outcome"),
]
#: What can have become of an appeal, in the order of the table of counts.
STATES = ("answered in time", "answered late", "answered, no day indicated", "open", "overdue", "withdrawn")
#: Outcomes by which an appeal that may not be considered is refused.
REFUSED = ("inadmissible", "dismissed")
#: Column of a day that had to come first -> what is not recorded of it.
_NONE_RECORDED = {
    "acknowledged_on": "no acknowledgement is recorded, though they were answered or should have been",
    "due_on": "no day is recorded by which they would be considered, though they were answered",
    "answered_on": "no answer is recorded, though the day that the candidate was told has passed",
}
_STATUS = {"in time": "answered in time", "late": "answered late", "overdue": "overdue", "not yet due": "open"}


@answers("HLTA.APP.1")
def appeals_handled(audit: Audit) -> Iterator[Statement]:
    """Look at each appeal for who made it, its ground, its acknowledgement, its day and its written answer."""
    appeals, habits = _followed(audit), _habits(audit)
    checks = (_made_by, _ground, _acknowledged, _timed, _answered, _in_writing)
    found = all_parts(*(check(audit, appeals) for check in checks))
    waiting = appeals.loc[appeals["status"] == "open", "appeal_id"]
    unjudged = {appeal for habit in habits.values() for appeal in habit.unjudged} & set(appeals["appeal_id"])
    what = (
        "appeals were the candidate's, on procedure, acknowledged, timed, and answered in writing, or rightly refused"
    )
    yield from with_summary(found, whole=len(appeals), what=what, waiting=waiting, unjudged=unjudged)
    for column, habit in habits.items():
        if not habit.row_by_row:
            why = f"of appeals in the twelve months up to {audit.months[-1]} {_NONE_RECORDED[column]}"
            yield from habit.statements("appeal", "breach", why, about=f"{audit.provider}/{audit.months[-1]}")
    yield _numbers(audit)


@once
def _habits(audit: Audit) -> dict[str, NoneRecorded]:
    """Return whether each day that had to come is usually recorded: of the appeals in which what follows has come."""
    every = _with_state(audit)
    rows = rows_of_habit(every, _followed(audit), audit.months, began=month_of(every["received_on"]))
    pending = rows["status"] != "withdrawn"
    due = {
        "acknowledged_on": pending & (rows["status"] != "open"),
        "due_on": pending & rows["answered_on"].notna(),
        "answered_on": pending & (rows["due_on"] < audit.as_of),
    }
    filled = audit.value("X.RECORDED")["filled"]
    return {
        column: NoneRecorded.of_log(rows, "appeal_id", due=due[column], blank=rows[column].isna(), filled=filled)
        for column in _NONE_RECORDED
        if audit.has("appeals", column)
    }


def _judged(audit: Audit, appeals: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the appeals whose blank days of a column can be judged one by one, or are not due."""
    return appeals[~appeals["appeal_id"].isin(_habits(audit)[column].unjudged)]


def _followed(audit: Audit) -> pd.DataFrame:
    """Return the appeals that are looked at, with their state."""
    appeals = _with_state(audit)
    ended = appeals["answered_on"].fillna(appeals["received_on"].where(appeals["status"] == "withdrawn"))
    kept = rows_in_scope(appeals, audit.months, began=month_of(appeals["received_on"]), ended=ended)
    return kept.sort_values("appeal_id")


@once
def _with_state(audit: Audit) -> pd.DataFrame:
    """Return the RPA's appeals with their state; what is withdrawn needs no answer.

    An outcome is known with its answer, and a panel's with its day: before, it is blank.
    """
    appeals = audit.own("appeals", "appeal_id", "received_on")
    optional = [*LOG, "by_candidate", "answered_in_writing"]
    appeals = appeals.reindex(columns=[*appeals.columns, *(name for name in optional if name not in appeals.columns)])
    for name in ("received_on", "acknowledged_on", "due_on", "answered_on", "shared_on", "panel_on"):
        appeals[name] = pd.to_datetime(appeals[name])
    answered, withdrawn = appeals["answered_on"], is_word(appeals["outcome"], "withdrawn")
    appeals["outcome"] = appeals["outcome"].where(answered.notna() | withdrawn)
    appeals["panel_outcome"] = appeals["panel_outcome"].where(appeals["panel_on"].notna())
    status = timeliness(appeals["due_on"], answered, as_of=audit.as_of).map(_STATUS)
    # Without the day that the candidate was told, an answer is neither in time nor late.
    status = status.fillna(answered.isna().map({True: "open", False: "answered, no day indicated"}))
    return appeals.assign(status=status.mask(withdrawn, "withdrawn"))


def _subject(row: dict[Any, Any]) -> dict[str, Any]:
    return {"subject_type": "appeal", "subject": str(row["appeal_id"])}


def _made_by(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    audit.table("appeals", "by_candidate")
    yield from blanks(appeals[appeals["by_candidate"].isna()], "appeal_id", "appeal", "who made it is blank")
    for row in appeals[appeals["by_candidate"].eq(other=False).fillna(False)].to_dict("records"):
        yield _not_to_be_considered(row, "made by somebody else than the candidate", "only the candidate may appeal")


def _ground(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    audit.table("appeals", "ground")
    yield from blanks(appeals[appeals["ground"].isna()], "appeal_id", "appeal", "its ground is blank")
    for row in appeals[appeals["ground"].notna() & (appeals["ground"] != "procedure")].to_dict("records"):
        figures = {"value": str(row["ground"]), "threshold": "procedure"}
        what, may = f"made on the ground {row['ground']}", "only the procedure may be appealed against"
        yield _not_to_be_considered(row, what, may, **figures)


def _not_to_be_considered(row: dict[Any, Any], what: str, may: str, **figures: str) -> Statement:
    """Say what became of an appeal that may not be considered: refused it is rightly handled, considered it is not.

    Who dismisses such an appeal refuses it; where a panel met, or it was upheld, it was considered on its merits.
    """
    outcome = "" if pd.isna(row["outcome"]) else str(row["outcome"])
    if pd.notna(row["panel_on"]) or outcome in ("upheld", "partly_upheld"):
        done = f"{outcome.replace('_', ' ')}" if outcome in ("upheld", "partly_upheld") else "put to a panel"
        return Statement(status="breach", message=f"{what} and {done}; {may}", **figures, **_subject(row))
    if outcome in REFUSED:
        return Statement(status="information", message=f"{what} and refused, as {may}", **figures, **_subject(row))
    if outcome == "withdrawn":
        return Statement(status="information", message=f"{what} and withdrawn", **figures, **_subject(row))
    if pd.notna(row["answered_on"]):
        return not_assessable(f"it was {what} and its outcome is blank; {may}", **figures, **_subject(row))
    return Statement(status="information", message=f"{what}; to be refused, as {may}", **figures, **_subject(row))


def _acknowledged(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    """Look for acknowledgements. The code names no limit: while an appeal is open its absence is information."""
    audit.table("appeals", "acknowledged_on")
    known = _judged(audit, appeals, "acknowledged_on")
    for row in known[known["acknowledged_on"].isna()].to_dict("records"):
        if row["status"] == "open":
            age = f"after {(audit.as_of - row['received_on']).days} days" if pd.notna(row["received_on"]) else "yet"
            yield Statement(status="information", message=f"not acknowledged {age}, and open", **_subject(row))
        elif row["status"] != "withdrawn":
            message = f"no acknowledgement is recorded; {row['status']}"
            yield Statement(status="breach", message=message, **_subject(row))
    wrong = appeals[appeals["acknowledged_on"] < appeals["received_on"]]
    yield from blanks(wrong, "appeal_id", "appeal", "it was acknowledged before it was received")


def _timed(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    """Look for the day by which the candidate was told that the appeal would be considered."""
    audit.table("appeals", "due_on")
    untold = appeals[appeals["due_on"].isna() & (appeals["status"] != "withdrawn")]
    why = "the day by which it will be considered is blank"
    yield from blanks(untold[untold["answered_on"].isna()], "appeal_id", "appeal", why)
    for row in _judged(audit, untold[untold["answered_on"].notna()], "due_on").to_dict("records"):
        message = f"answered on {row['answered_on'].date()}, and the candidate was told no day by which it would be"
        yield Statement(status="breach", message=message, **_subject(row))


def _answered(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    audit.table("appeals", "due_on", "answered_on")
    timed = _judged(audit, appeals[appeals["status"] != "withdrawn"], "answered_on")
    wrong = appeals[appeals["answered_on"] < appeals["received_on"]]
    yield from blanks(wrong, "appeal_id", "appeal", "it was answered before it was received")
    for row in timed[timed["due_on"].notna()].to_dict("records"):
        due, figures = row["due_on"].date(), {"threshold": str(row["due_on"].date()), **_subject(row)}
        if row["status"] == "answered late":
            answered = row["answered_on"].date()
            message = f"answered on {answered}; the candidate was told {due}"
            yield Statement(status="breach", message=message, value=str(answered), **figures)
        elif row["status"] == "overdue":
            days = (audit.as_of.date() - due).days
            message = f"never answered; the candidate was told {due}, {days} days ago"
            yield Statement(status="breach", message=message, **figures)
        elif row["status"] == "open":
            yield Statement(status="information", message=f"open, to be answered by {due}", **figures)


def _in_writing(audit: Audit, appeals: pd.DataFrame) -> Iterator[Statement]:
    audit.table("appeals", "answered_in_writing")
    done = appeals[appeals["answered_on"].notna() & (appeals["status"] != "withdrawn")]
    why = "whether it was answered in writing is blank"
    yield from blanks(done[done["answered_in_writing"].isna()], "appeal_id", "appeal", why)
    for row in done[done["answered_in_writing"].eq(other=False).fillna(False)].to_dict("records"):
        yield Statement(status="breach", message="not answered in writing", **_subject(row))


def _numbers(audit: Audit) -> Statement:
    """Say how many appeals were received in the months, on which grounds and with which outcomes."""
    counts = appeals_counts(audit)
    number = int(counts["appeals"].iloc[0])
    parts = [f"{count_with_noun(number, 'appeal')} received in the months"]
    for what in ("ground", "outcome"):
        rows = counts[(counts["what"] == what) & (counts["appeals"] > 0)]
        parts.append(
            f"{what}s: "
            + ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in zip(rows["kind"], rows["appeals"], strict=True))
        )
    return Statement(status="information", message="; ".join(parts if number else parts[:1]), value=str(number))


def appeals_log(audit: Audit) -> pd.DataFrame:
    """Return the appeals received in the months, and earlier ones that were open, by id.

    Returns
    -------
    DataFrame
        Columns :data:`LOG`; ``status`` is one of :data:`STATES`, ``age_days`` counts calendar days from receipt to the
        answer, or to the audit's day while there is none. Empty where the data set has no appeals.
    """
    if not audit.has("appeals", "rpa", "appeal_id", "received_on"):
        return pd.DataFrame(columns=LOG)
    appeals = _followed(audit)
    age = days_held(appeals["received_on"], appeals["answered_on"], as_of=audit.as_of)
    return appeals.assign(age_days=age)[LOG].reset_index(drop=True)


def appeals_counts(audit: Audit) -> pd.DataFrame:
    """Return how many appeals were received in the months, by ground, outcome and state: the data to share.

    Returns
    -------
    DataFrame
        Columns ``what``, ``kind`` and ``appeals``; every ground, outcome and state has its row, with 0 too.
    """
    log = appeals_log(audit)
    log = log[month_of(pd.to_datetime(log["received_on"])).isin(audit.months)]
    options = {column.name: column.options for column in TABLES["appeals"].columns}
    kinds = [("ground", options["ground"]), ("outcome", options["outcome"]), ("status", STATES)]
    rows: list[tuple[str, str, int]] = [("all", "", len(log))]
    for what, words in kinds:
        rows += [(what, word, int((log[what] == word).sum())) for word in words]
        if what != "status":
            rows.append((what, "not recorded", int(log[what].isna().sum())))
    panels = log[log["panel_on"].notna()]
    rows.append(("panel", "", len(panels)))
    rows += [("panel outcome", word, int((panels["panel_outcome"] == word).sum())) for word in options["panel_outcome"]]
    return pd.DataFrame(rows, columns=["what", "kind", "appeals"])


@answers("HLTA.APP.3")
def candidates_know_how_to_appeal(audit: Audit) -> Iterator[Statement]:
    """Look at what candidates were sent, what is on the website, and what outcomes say of the Partnership."""
    yield from all_parts(_sent(audit), _website(audit), _route(audit))


def _website(audit: Audit) -> Iterator[Statement]:
    yield published(audit, "appeals_procedure", "the appeals procedure")


def _sent(audit: Audit) -> Iterator[Statement]:
    order = Order(
        first="appeals_information_on",
        then="assessment_information_on",
        done="information on appeals was sent",
        held="the first information on the assessment was sent",
        what="candidates were told of appeals with the first information on their assessment, or before",
    )
    yield from in_order(audit, "HLTA.APP.3", order)


def _route(audit: Audit) -> Iterator[Statement]:
    audit.table("appeals", "answered_on", "partnership_route_explained")
    appeals = _followed(audit)
    done = appeals[appeals["answered_on"].notna() & (appeals["status"] != "withdrawn")]
    what = "outcomes of appeals explain the way to the Partnership"
    yield from with_summary(_explained(done), whole=len(done), what=what)


def _explained(done: pd.DataFrame) -> Iterator[Statement]:
    for row in done.to_dict("records"):
        explained = row["partnership_route_explained"]
        if pd.isna(explained):
            yield not_assessable("whether the outcome explains the way to the Partnership is blank", **_subject(row))
        elif not explained:
            message = "the outcome does not explain how an unresolved appeal goes to the Partnership"
            yield Statement(status="breach", message=message, **_subject(row))
