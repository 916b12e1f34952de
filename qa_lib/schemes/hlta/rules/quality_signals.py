"""What tells that quality issues may have arisen with an assessor: results, returns, paperwork (HLTA.ASR.6, ASR.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, not_assessable, once, statement_on
from qa_lib.audit.words import count_with_noun
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.draws.signals import sent_back
from qa_lib.schemes.hlta.results.moderated_files import recorded
from qa_lib.schemes.hlta.rules.assessor_facts import day_text
from qa_lib.schemes.hlta.rules.consequences import reclassified
from qa_lib.schemes.hlta.rules.criteria import paperwork

_COLUMNS = ["assessor_id", "signal", "day"]


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
    return sent_back(audit.files_of_year(), audit.table("scrutiny", "case_id", "scrutinised_on", "result"))


def _late(audit: Audit) -> pd.DataFrame:
    files = paperwork(audit, audit.files_of_year("paperwork_due_on", "paperwork_on"))
    return files[files["state"].isin(["late", "overdue"])].assign(day=files["paperwork_due_on"])


#: Column of X.SIGNALS -> the files that are counted, each with its assessor and its day, and what a message calls one
#: of them and several.
_SIGNALS: dict[str, tuple[Callable[[Audit], pd.DataFrame], str, str]] = {
    "full_reassessment": (_full, "result overturned to full reassessment", "results overturned to full reassessment"),
    "overturned": (_overturned, "result overturned", "results overturned"),
    "returned": (_returned, "file sent back at scrutiny", "files sent back at scrutiny"),
    "late_paperwork": (_late, "file with late paperwork", "files with late paperwork"),
}


@once
def signal_files(audit: Audit) -> tuple[pd.DataFrame, list[str]]:
    """Return the RPA's files of the year so far that tell of quality issues, and which signals the data cannot show.

    The frame has ``assessor_id, signal`` (a column of X.SIGNALS) and ``day``; a file has a row for each of its signals.
    """
    frames, unseen = [pd.DataFrame(columns=_COLUMNS)], []
    for signal, (look, _, words) in _SIGNALS.items():
        try:
            frames.append(look(audit).assign(signal=signal)[_COLUMNS])
        except NotAssessable as reason:
            unseen.append(f"{words} ({reason})")
    every = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return every.assign(day=pd.to_datetime(every["day"])), unseen


def signalled(audit: Audit, files: pd.DataFrame) -> pd.DataFrame:
    """Return which assessors these :func:`signal_files` tell of as often as X.SIGNALS asks for it.

    Returns
    -------
    DataFrame
        ``assessor_id, signal, number`` of files, ``since`` and ``last``, the first and the last day, by assessor.
    """
    counted = files.groupby(["assessor_id", "signal"])["day"].agg(number="size", since="min", last="max").reset_index()
    often = counted["number"] >= counted["signal"].map(audit.value("X.SIGNALS")).astype("int64")
    return counted[often].sort_values(["assessor_id", "signal"], ignore_index=True)


def signals_in_words(rows: pd.DataFrame) -> str:
    """Return what is signalled of one assessor, as a list with the days."""
    return "; ".join(
        f"{count_with_noun(int(str(row.number)), *_SIGNALS[str(row.signal)][1:])} "
        f"({' to '.join(dict.fromkeys(day_text(day) for day in (row.since, row.last)))})"
        for row in rows.itertuples()
    )


def unseen_signals(audit: Audit) -> Iterator[Statement]:
    """Yield *not assessable* where the data cannot show some of the signals."""
    _, unseen = signal_files(audit)
    if unseen:
        yield not_assessable(f"some signals of quality issues cannot be looked for: {'; '.join(unseen)}")


def without_action(audit: Audit) -> Iterator[Statement]:
    """Warn of assessors of whom something is signalled and who have no action since, nor one that was open then."""
    signals = signalled(audit, signal_files(audit)[0])
    log = audit.own("actions", "assessor_id", "opened_on", "closed_on")
    pairs = signals.merge(log[["assessor_id", "opened_on", "closed_on"]], on="assessor_id")
    handled = pairs[(pairs["opened_on"] >= pairs["since"]) | ~(pairs["closed_on"] < pairs["since"])]
    procedures = ", ".join(audit.value("HLTA.ASR.6"))
    for person, rows in signals[~signals["assessor_id"].isin(handled["assessor_id"])].groupby("assessor_id"):
        message = (
            f"in the year so far {signals_in_words(rows)}, and no action is logged; "
            f"one of these has to be applied: {procedures}"
        )
        yield statement_on("assessor", person, "warning", message, value=str(rows["number"].max()))
    yield from unseen_signals(audit)
