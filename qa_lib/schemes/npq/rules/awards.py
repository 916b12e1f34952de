"""Awards against the evidence: without presenting, a pass or feedback, or after an overturn to fail (NPQ.AWD.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, statement_on
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.audit.words import is_word
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.participant_feedback import form_days
from qa_lib.schemes.npq.rules.presentation import participants


@answers("NPQ.AWD.1")
def awarded_on_evidence(audit: Audit) -> Iterator[Statement]:
    """Yield each participant whose award or result contradicts what is known of them, with all that contradicts it."""
    audit.table("participants", "awarded_on")
    people = _with_evidence(audit)
    awarded = people[people["awarded_on"].notna()]
    found = {str(row["participant_id"]): _contradictions(row) for row in people.to_dict("records")}
    reasons = defaultdict(list, {name: some for name, some in found.items() if some})
    incomplete = [*_lacking(audit), *_undated(audit, awarded)]
    for what, blank in _blanks(audit, awarded).items():
        undone = NoneRecorded(
            blank=awarded.loc[blank, "participant_id"].tolist(),
            due=len(awarded),
            filled=audit.value("NPQ.AWD.1")["filled"],
        )
        if undone.row_by_row:
            for name in undone.blank:
                reasons[name].append(what)
        else:
            incomplete += undone.statements("participant", "breach", what, about=audit.provider, span="provider")
    for row in people[people["participant_id"].isin(reasons)].sort_values("participant_id").to_dict("records"):
        day = row["awarded_on"]
        award = f"awarded on {day.date()}" if pd.notna(day) else "not awarded"
        message = f"{award}; but {'; '.join(reasons[row['participant_id']])}"
        yield statement_on("participant", row["participant_id"], "breach", message, value=award)
    yield from incomplete
    if awarded.empty:
        yield Statement(status="information", message="no award is recorded", value="0")
    elif not reasons and not incomplete:
        message = f"{len(awarded)} awards, each after presenting, a pass and feedback, and no result against its script"
        yield Statement(status="met", message=message, value=str(len(awarded)))


def _with_evidence(audit: Audit) -> pd.DataFrame:
    """Return the participants with what is known of each; what has no column is blank."""
    people = participants(audit)
    ids = people["participant_id"]
    evidence = {
        "presented_on": people.get("presented_on"),
        "result": people.get("result"),
        "script_passed": _of_participants(audit, "scripts", "passed", ids),
        "moderated_passed": _of_participants(audit, "national_moderation", "moderated_passed", ids),
        "moderated_on": _of_participants(audit, "national_moderation", "moderated_on", ids),
    }
    return people[["participant_id", "awarded_on"]].assign(**evidence)


def _of_participants(audit: Audit, table: str, column: str, ids: pd.Series) -> list[Any] | None:
    if not audit.has(table, "participant_id", column):
        return None
    rows = audit.tables[table]
    known = dict(zip(rows["participant_id"], rows[column], strict=True))
    return [known.get(name) for name in ids]


def _contradictions(row: Mapping[Any, Any]) -> list[str]:
    """Return what contradicts the award or the result of one participant."""
    awarded, presented, result = row["awarded_on"], row["presented_on"], row["result"]
    moderated, script = row["moderated_passed"], row["script_passed"]
    found = []
    if pd.notna(awarded):
        if pd.notna(presented) and awarded < presented:
            found.append(f"presented only on {presented.date()}")
        if result == "fail":
            found.append("the result is a fail")
        overturned = pd.notna(moderated) and not moderated and pd.notna(row["moderated_on"])
        if overturned and row["moderated_on"] <= awarded:
            found.append(f"national moderation found a fail on {row['moderated_on'].date()}")
    if result in ("pass", "fail") and pd.notna(script):
        known = {bool(script)} | ({bool(moderated)} if pd.notna(moderated) else set())
        if (result == "pass") not in known:
            found.append(f"the result is a {result}, the script a {'pass' if script else 'fail'}")
    return found


def _undated(audit: Audit, awarded: pd.DataFrame) -> Iterator[Statement]:
    """Yield whom national moderation failed on a day that is not known, so before or after the award."""
    failed = awarded["moderated_passed"].eq(False) & awarded["moderated_on"].isna()
    if audit.has("national_moderation", "moderated_on"):
        for name in awarded.loc[failed, "participant_id"].sort_values():
            why = "national moderation found a fail, and the day on which it did is blank"
            yield not_assessable(why, subject_type="participant", subject=str(name))


def _blanks(audit: Audit, awarded: pd.DataFrame) -> dict[str, pd.Series]:
    """Return what has to be there before an award, in words -> of whom it is blank; nothing without a column."""
    blank = {}
    if audit.has("participants", "presented_on"):
        blank["no day of presenting is recorded"] = awarded["presented_on"].isna()
    if audit.has("participants", "result"):
        blank["no result is recorded"] = awarded["result"].isna() | is_word(awarded["result"], "none")
    if _forms_known(audit):
        days = form_days(audit).loc[awarded.index]
        given = set(audit.tables["feedback"]["participant_id"]) if audit.has("feedback", "participant_id") else set()
        blank["no feedback form is recorded"] = days.isna() & ~awarded["participant_id"].isin(given)
    return blank


def _forms_known(audit: Audit) -> bool:
    return audit.has("participants", "feedback_completed_on") or audit.has("feedback", "participant_id")


def _lacking(audit: Audit) -> Iterator[Statement]:
    """Yield what the data set lacks, and so what it cannot show of awards."""
    needed = {
        ("participants", "presented_on"): "awards before presenting",
        ("participants", "result"): "awards without a pass",
        ("scripts", "passed"): "results against their scripts",
        ("national_moderation", "moderated_passed"): "awards after an overturn",
        ("national_moderation", "moderated_on"): "awards after an overturn",
    }
    for (table, column), what in needed.items():
        try:
            audit.table(table, column)
        except NotAssessable as reason:
            yield not_assessable(f"{reason}, so {what} do not show")
    if not _forms_known(audit):
        yield not_assessable("the data set has no table feedback, so awards without feedback do not show")
