"""Whether completing is secure (NPQ.REQ.13), and what becomes of participants without a provider (NPQ.REQ.9)."""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable
from qa_lib.audit.none_recorded import NoneRecorded
from qa_lib.audit.words import out_of
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.presentation import participants

_MOST_NAMED = 10


@answers("NPQ.REQ.9")
def participants_provided_for(audit: Audit) -> Iterator[Statement]:
    """After a revocation that stands, look for what was arranged for everybody who had not finished."""
    actions, value = audit.table("actions", "action_id", "kind", "state"), audit.value("NPQ.REQ.9")
    revoked = actions[actions["kind"] == "revocation"]
    stands = revoked[revoked["state"].isin([state for state, means in value.items() if means == "lost"])]
    for action in revoked.loc[revoked["state"].isna(), "action_id"].sort_values():
        yield not_assessable("its state is blank", subject_type="action", subject=str(action))
    if stands.empty:
        if revoked["state"].notna().all():
            yield Statement(status="information", message="the accreditation stands: nothing is to be arranged")
        return
    people = _unfinished(audit)
    if not people:
        yield Statement(status="information", message="everybody had finished: nothing is to be arranged", value="0")
        return
    settled = _arranged(audit)
    without = sorted(set(people) - settled)
    named = f": {', '.join(without[:_MOST_NAMED])}" if without else ""
    more = f" and {len(without) - _MOST_NAMED} more" if len(without) > _MOST_NAMED else ""
    message = f"{out_of(len(people) - len(without), len(people))} who had not finished go on elsewhere or are refunded"
    if without:
        message += f"; nothing is arranged for {len(without)}{named}{more}"
    yield Statement(status="breach" if without else "met", message=message, value=str(len(without)), threshold="0")


def _unfinished(audit: Audit) -> list[str]:
    audit.table("participants", "participant_id", "enrolled_on", "result", "withdrawn_on")
    people = participants(audit)
    over = people["result"].isin(["pass", "fail"]) | people["withdrawn_on"].notna()
    return list(people.loc[people["enrolled_on"].notna() & ~over, "participant_id"])


def _arranged(audit: Audit) -> set[str]:
    """Return for whom something was arranged; where the log is missing, for nobody can be said."""
    table = audit.table("completion_arrangements", "participant_id", "arrangement")
    return set(table.loc[table["arrangement"].notna(), "participant_id"])


@answers("NPQ.REQ.13")
def attendance_on_record(audit: Audit) -> Iterator[Statement]:
    """Hold the share of those presented whose attendance is on record; who has none is named."""
    audit.table("participants", "participant_id", "presented_on", "sessions_attended")
    people = participants(audit)
    there = people[people["presented_on"].notna()]
    if there.empty:
        raise NotAssessable("nobody has presented yet")
    blank = there["sessions_attended"].isna() | (there["sessions_attended"] == 0)
    ids = list(there.loc[blank, "participant_id"].sort_values())
    recorded = NoneRecorded(blank=ids, due=len(there), filled=audit.value("NPQ.REQ.13"))
    if recorded.row_by_row:
        message = f"{out_of(len(there) - len(ids), len(there))} who presented have attendance on record"
        yield Statement(status="information" if ids else "met", message=message, value=str(len(ids)))
    why = "presented, and no attendance is on record"
    yield from recorded.statements("participant", "breach", why, about=audit.provider, span="provider")
