"""What tells that quality issues may have arisen with an assessor, for HLTA.ASR.6: results, returns, paperwork."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, not_assessable, once, statement_on
from qa_lib.audit.words import is_word
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.moderated_files import is_changed, recorded
from qa_lib.schemes.hlta.rules.assessor_facts import day_text
from qa_lib.schemes.hlta.rules.consequences import reclassified
from qa_lib.schemes.hlta.rules.criteria import paperwork

_COLUMNS = ["assessor_id", "signal", "number", "since", "last"]


def _need_moderations(audit: Audit) -> None:
    if not len(audit.returned):
        audit.table("moderations", "decision")


def _full(audit: Audit) -> pd.DataFrame:
    _need_moderations(audit)
    rows = reclassified(audit)
    own = rows[(rows["rpa"] == audit.provider) & (rows["month"] >= audit.year)]
    return own.assign(day=own["moderated_on"])


def _overturned(audit: Audit) -> pd.DataFrame:
    _need_moderations(audit)
    rows = recorded(audit)
    rows = rows[is_changed(rows)]
    return rows.assign(day=rows["moderated_on"])


def _returned(audit: Audit) -> pd.DataFrame:
    looks = audit.table("scrutiny", "case_id", "scrutinised_on", "result")
    days = looks[is_word(looks["result"], "returned")].groupby("case_id")["scrutinised_on"].min().rename("day")
    return audit.files_of_year().merge(days, left_on="case_id", right_index=True)


def _late(audit: Audit) -> pd.DataFrame:
    files = paperwork(audit, audit.files_of_year("paperwork_due_on", "paperwork_on"))
    return files[files["state"].isin(["late", "overdue"])].assign(day=files["paperwork_due_on"])


#: Column of X.SIGNALS -> the files that are counted, each with its assessor and its day, and what a message calls them.
_SIGNALS: dict[str, tuple[Callable[[Audit], pd.DataFrame], str]] = {
    "full_reassessment": (_full, "results overturned to full reassessment"),
    "overturned": (_overturned, "results overturned"),
    "returned": (_returned, "files sent back at scrutiny"),
    "late_paperwork": (_late, "files with late paperwork"),
}


@once
def _signals(audit: Audit) -> tuple[pd.DataFrame, list[str]]:
    """Return what is signalled as often as X.SIGNALS asks for it, and which signals the data cannot show.

    The frame has ``assessor_id, signal`` (in words), ``number`` of files, ``since`` and ``last``: first and last day.
    """
    fewest, frames, unseen = audit.value("X.SIGNALS"), [pd.DataFrame(columns=_COLUMNS)], []
    for name, (look, words) in _SIGNALS.items():
        try:
            files = look(audit)
        except NotAssessable as reason:
            unseen.append(f"{words} ({reason})")
            continue
        counted = files.groupby("assessor_id")["day"].agg(number="size", since="min", last="max").reset_index()
        frames.append(counted[counted["number"] >= fewest[name]].assign(signal=words)[_COLUMNS])
    every = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    return every.sort_values(["assessor_id", "signal"], ignore_index=True), unseen


def without_action(audit: Audit) -> Iterator[Statement]:
    """Warn of assessors of whom something is signalled and who have no action since, nor one that was open then."""
    signals, unseen = _signals(audit)
    log = audit.own("actions", "assessor_id", "opened_on", "closed_on")
    pairs = signals.merge(log[["assessor_id", "opened_on", "closed_on"]], on="assessor_id")
    since = pd.to_datetime(pairs["since"])
    handled = pairs[(pairs["opened_on"] >= since) | ~(pairs["closed_on"] < since)]
    procedures = ", ".join(audit.value("HLTA.ASR.6"))
    for person, rows in signals[~signals["assessor_id"].isin(handled["assessor_id"])].groupby("assessor_id"):
        named = "; ".join(
            f"{row.number} {row.signal} ({' to '.join(dict.fromkeys(day_text(d) for d in (row.since, row.last)))})"
            for row in rows.itertuples()
        )
        message = f"in the year so far {named}, and no action is logged; one of these has to be applied: {procedures}"
        yield statement_on("assessor", person, "warning", message, value=str(rows["number"].max()))
    if unseen:
        yield not_assessable(f"some signals of quality issues cannot be looked for: {'; '.join(unseen)}")
