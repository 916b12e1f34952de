"""Returns to the regulator: fields per participant and metric, what is complete, what is published.

The fields are those of the framework's Annex A. What a field *needs* is said once, in :data:`FIELDS`: always, only
where something happened (a reason where somebody withdrew), or nowhere (a teacher reference number is given *where
applicable*).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once
from qa_lib.audit.deadlines import Deadline
from qa_lib.audit.words import blank, met, out_of
from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.readers.school_files import HIGH
from qa_lib.schemes.npq.rules.presentation import commenced
from qa_lib.schemes.npq.rules.recruitment import recruited, white_british, with_free_meals
from qa_lib.schemes.npq.rules.requirements import published_item
from qa_lib.schemes.npq.rules.script_moderation import scripts_of
from qa_lib.schemes.npq.rules.terms import spaced


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of the return.

    Attributes
    ----------
    name
        The column.
    needed
        ``always``, ``where`` (the column ``condition`` is not blank and not no), ``never``.
    condition
        The column or columns on which ``where`` depends: any of them.
    """

    name: str
    needed: str = "always"
    condition: tuple[str, ...] = ()


def _fields(*always: str, never: Sequence[str] = (), **where: tuple[str, ...]) -> tuple[Field, ...]:
    return (
        *(Field(name=name) for name in always),
        *(Field(name=name, needed="never") for name in never),
        *(Field(name=name, needed="where", condition=condition) for name, condition in where.items()),
    )


#: Metric -> its participant-level fields beside id and level (Annex A, tables 2 to 8).
FIELDS: dict[str, tuple[Field, ...]] = {
    "M1": _fields(
        *("name", "job_role", "school", "school_urn", "la", "region", "phase", "type", "ofsted"),
        never=("trn", "la_district"),
    ),
    "M2": _fields("fsm_30"),
    "M3": _fields("ethnicity", "white_british"),
    "M4": _fields("enrolled_on", "commenced_on", never=("presented_on",)),
    "M5": _fields("final_mark", "passed", "peer_moderated", changed=("peer_moderated",)),
    "M7": _fields("sex", "disability", never=("withdrawn_on", "deferred_on"), reason=("withdrawn_on", "deferred_on")),
}

#: Columns of the completeness check.
COMPLETENESS = ["metric", "field", "rows", "needed", "filled", "lacking"]


def return_rows(audit: Audit, metric: str) -> pd.DataFrame:
    """Return the participant rows of a metric's return; they are never published.

    Parameters
    ----------
    metric
        ``M1`` to ``M3``: recruited in the period; ``M4`` and ``M7``: whose 18 months ended in it; ``M5``: with a script
        of the period. Metric 6 has no participant rows.

    Returns
    -------
    DataFrame
        ``participant_id, level``, then the fields of the metric that the data have; nobody where a table or column
        is missing that would tell who. The finding of NPQ.RET.1 says what is lacking.

    Raises
    ------
    IntakeError
        If the metric has no participant rows.
    """
    if metric not in FIELDS:
        raise IntakeError(f"metric {metric!r} has no participant rows; those that have are {', '.join(FIELDS)}")
    return made_or_empty(partial(_return_rows, metric=metric), audit, {"participant_id": "str", "level": "str"})


def _return_rows(audit: Audit, metric: str) -> pd.DataFrame:
    of_metric = {"M4": _of_commenced, "M7": _of_commenced, "M5": _of_scripts}
    people = of_metric.get(metric, _of_recruited)(audit)
    there = [field.name for field in FIELDS[metric] if field.name in people.columns]
    return people[["participant_id", "level", *there]].sort_values("participant_id", ignore_index=True)


@once
def _of_recruited(audit: Audit) -> pd.DataFrame:
    return _described(audit, recruited(audit))


@once
def _of_commenced(audit: Audit) -> pd.DataFrame:
    people = commenced(audit)
    return _described(audit, people[people["of_period"]])


@once
def _of_scripts(audit: Audit) -> pd.DataFrame:
    scripts = scripts_of(audit).drop(columns="level", errors="ignore")
    people = audit.table("participants").merge(scripts, on="participant_id", how="inner", validate="one_to_one")
    return _described(audit, people)


def _described(audit: Audit, people: pd.DataFrame) -> pd.DataFrame:
    """Return people with what is known of their school, and the return's two flags in words."""
    people = with_free_meals(audit, people)
    if "ethnicity" in people.columns:
        british = white_british(people["ethnicity"])
        # Who does not say is a complete answer, and neither yes nor no.
        words = british.map({True: "yes", False: "no"}).astype("str").fillna("not known")
        people["white_british"] = words.mask(blank(people["ethnicity"]))
    if "fsm_30" in people.columns:
        people["fsm_30"] = people["fsm_30"].map({HIGH: "yes"}).fillna("no").astype("str").mask(people["fsm_30"].isna())
    return people


def completeness(audit: Audit) -> pd.DataFrame:
    """Return what is lacking in the return: a row per metric and field, with the columns of ``COMPLETENESS``.

    ``needed`` is in how many rows the field must be filled, ``lacking`` in how many of these it is not. A field
    without a column is lacking wherever it is needed.
    """
    rows = [row for metric in FIELDS for row in _complete(audit, metric)]
    return pd.DataFrame(rows, columns=COMPLETENESS)


def _complete(audit: Audit, metric: str) -> Iterator[dict[str, Any]]:
    try:
        people = _return_rows(audit, metric)
    except NotAssessable:
        return
    for field in FIELDS[metric]:
        filled = ~blank(people[field.name]) if field.name in people.columns else pd.Series(False, index=people.index)
        needed = _needed(people, field)
        yield {
            "metric": metric,
            "field": field.name,
            "rows": len(people),
            "needed": int(needed.sum()),
            "filled": int(filled.sum()),
            "lacking": int((needed & ~filled).sum()),
        }


def _needed(people: pd.DataFrame, field: Field) -> pd.Series:
    needed = pd.Series(field.needed == "always", index=people.index)
    for name in field.condition:
        if name in people.columns:
            there = people[name]
            happened = there.fillna(False).astype(bool) if there.dtype == "boolean" else ~blank(there)
            needed |= happened
    return needed


@answers("NPQ.RET.1")
def returned(audit: Audit) -> Iterator[Statement]:
    """Check that the return is complete, metric by metric, and that returns came as often as they must."""
    table = completeness(audit)
    for metric in FIELDS:
        yield _judged(audit, metric, table[table["metric"] == metric])
    log = audit.table("returns", "kind", "returned_on")
    early, year = audit.value("NPQ.RET.1")["early_years"], audit.operating_year
    if log.empty:
        raise NotAssessable(f"no return is logged up to {audit.as_of.date()}")
    if year is not None and year > early:
        yield _in_time(audit, log, "metrics", "metrics_later")
    elif year is not None and audit.last_day is not None:
        until = min(audit.as_of, audit.last_day + pd.DateOffset(years=early - year))
        yield _in_time(audit, log, "metrics", "metrics_in_early_years", until=until)
    else:
        yield not_assessable("the data do not tell which year of the provider this is; returns of metrics depend on it")
    for kind in ("recruitment", "assessment_outcomes"):
        yield _in_time(audit, log, kind, kind)


def _in_time(audit: Audit, log: pd.DataFrame, kind: str, limit: str, until: pd.Timestamp | None = None) -> Statement:
    deadline = Deadline.from_rule(audit.book["NPQ.RET.1"], audit.value("NPQ.RET.1"), limit)
    days, what = log.loc[log["kind"] == kind, "returned_on"], f"returns of {kind.replace('_', ' ')}"
    by_month = replace(deadline, month_ends=True)
    return spaced(days, by_month, what=what, start=audit.started_on, until=until or audit.as_of)


def _judged(audit: Audit, metric: str, rows: pd.DataFrame) -> Statement:
    about: dict[str, Any] = {"subject_type": "return", "subject": f"{audit.provider} {metric}"}
    if rows.empty or not rows["rows"].iloc[0]:
        return not_assessable(f"{metric}: there is nobody to return, or a table or column lacks that says who", **about)
    lacking = rows[rows["lacking"] > 0]
    filled, needed = int(rows["needed"].sum() - rows["lacking"].sum()), int(rows["needed"].sum())
    listed = ", ".join(f"{row['field']} ({row['lacking']})" for row in lacking.to_dict("records"))
    message = f"{metric}: {out_of(filled, needed)} needed fields filled" + (f"; lacking: {listed}" if listed else "")
    return Statement(status=met(lacking.empty), message=message, value=str(filled), threshold=str(needed), **about)


@answers("NPQ.RET.2")
def performance_published(audit: Audit) -> Iterator[Statement]:
    """Look for the day on which performance was published, and say what is to be published."""
    what = str(audit.value("NPQ.RET.2")).replace("_", " ")
    message = f"to be published: {what} of metrics 1 to 7; never participant rows; small numbers suppressed by profile"
    yield Statement(status="information", message=message, value=what)
    yield from published_item(audit, "performance")
