"""What moderators would find in every file, sampled or not: the truth that a sample sees a part of.

Which files are sampled is decided later by the draw, so the table ``moderations`` holds a row for every file of a month
with an event. Whoever reports on moderation restricts it to the sampled files first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.rows import Assessor, Case, Event, Moderation, NationalStandard
from qa_lib.schemes.hlta.made_up.scene import CODES, STANDARDS

#: Recommended outcome -> (outcome after moderation, in how many of a thousand files); the others are endorsed.
_OVERTURNED = {
    "met": ("partial_reassessment", 15),
    "partial_reassessment": ("met", 60),
    "full_reassessment": ("partial_reassessment", 50),
    "insufficient_evidence": ("partial_reassessment", 50),
}
_STRENGTHS = (
    "Clear summaries of evidence.",
    "Focused questions that relate to the standards.",
    "Records of meetings are complete and legible.",
    "Judgements are well supported by the task sheets.",
)
_WEAKNESSES = (
    "none",
    "Some summaries are brief.",
    "Cross-references to the task sheets are missing here and there.",
    "The notes of one meeting are hard to read.",
)
#: Further standards per file, beyond the insufficient and the national ones.
_MORE = 3


def make_moderations(
    cases: Sequence[Case],
    insufficient: dict[str, list[int]],
    events: Sequence[Event],
    national: Sequence[NationalStandard],
    assessors: Sequence[Assessor],
    chance: Chance,
) -> list[Moderation]:
    """Return one row per file, by a confirmed moderator of the provider who did not assess it."""
    held = {(event.rpa, event.month): event.event_on for event in events}
    moderators = {rpa: with_role(assessors, rpa, "moderator") for rpa in CODES}
    agreed: dict[str, list[int]] = defaultdict(list)
    for item in national:
        agreed[item.month].append(item.standard)
    rows = []
    for case in cases:
        first, second = _two(moderators[case.rpa], case, chance)
        more = chance.shuffle(STANDARDS, "more standards", case.case_id)[:_MORE]
        gaps = insufficient.get(case.case_id, [])
        row = Moderation(
            case_id=case.case_id,
            moderated_on=held[case.rpa, case.month],
            moderator_id=first,
            final_outcome=case.outcome,
            strengths=chance.choose(_STRENGTHS, "strengths", case.case_id),
            weaknesses=chance.choose(_WEAKNESSES, "weaknesses", case.case_id),
            standards=sorted({*gaps, *agreed[case.month], *more}),
        )
        outcome, per_thousand = _OVERTURNED[case.outcome]
        if chance.happens(per_thousand, "overturned", case.case_id):
            overturn(row, outcome, gaps or more[:2], second)
        rows.append(row)
    return rows


def overturn(row: Moderation, outcome: str, standards: Sequence[int], second: str) -> None:
    """Turn a row into an overturn, with its reason and a second moderator."""
    named = ", ".join(map(str, sorted(standards)))
    found = {
        "met": f"The task sheets show sufficient evidence for standards {named}.",
        "partial_reassessment": f"The summaries of evidence do not support standards {named}; the others are met.",
        "full_reassessment": f"The process did not produce enough evidence, in particular for standards {named}.",
    }
    row.decision, row.final_outcome, row.reason, row.second_moderator_id = "overturned", outcome, found[outcome], second
    row.standards = sorted({*row.standards, *standards})


def _two(people: Sequence[str], case: Case, chance: Chance) -> tuple[str, str]:
    order = chance.shuffle(people, "moderators", case.case_id)
    first, second = [person for person in order if person != case.assessor_id][:2]
    return first, second
