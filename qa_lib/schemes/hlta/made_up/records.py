"""What belongs to the files: judgements, scrutiny, the months' events and national standards, release of results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.scene import CODES, ROTAS, STANDARDS, YEAR, Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

#: Outcome -> fewest and most standards judged insufficient.
_GAPS = {"partial_reassessment": (1, 4), "full_reassessment": (7, 14), "insufficient_evidence": (3, 8)}
#: Standards that candidates find harder than the others.
_HARD = (4, 8, 14, 19, 22, 27, 30)
#: Files scrutinised per assessor and month, by how heavily assessor and PoP are watched.
_SCRUTINISED = {"none": 1, "some": 2, "serious": 3}


def make_insufficient(cases: Sequence[Row], chance: Chance) -> dict[str, list[int]]:
    """Return the standards judged insufficient in each file that is not met."""
    return {case.case_id: _gaps(case, chance) for case in cases if case.outcome != "met"}


def _gaps(case: Row, chance: Chance) -> list[int]:
    size = chance.between(*_GAPS[case.outcome], "gaps", case.case_id)
    # The hard ones are in the urn three times.
    urn = chance.shuffle([f"{standard}/{n}" for standard in STANDARDS for n in range(3)], "which", case.case_id)
    kept = (int(ball.split("/")[0]) for ball in urn if ball.endswith("/0") or int(ball.split("/")[0]) in _HARD)
    return sorted(list(dict.fromkeys(kept))[:size])


def make_events(scene: Scene, assessors: Sequence[Row], chance: Chance) -> list[Row]:
    """Return one moderation event per provider and month, in the working days after the month's end."""
    rows = []
    for month in scene.months:
        for rpa in scene.rpas:
            peer = ROTAS[YEAR.index(month) // 3 % 2][rpa]
            reviewer, deputy, *_ = chance.shuffle(with_role(assessors, peer, "peer_reviewer"), "reviewer", rpa, month)
            event_on = working_day_of(month_after(month), 6 + list(CODES).index(rpa))
            frozen = working_day_of(month_after(month), 2)
            dice = "".join(str(chance.between(1, 6, "dice", rpa, month, n)) for n in range(24))
            rows.append(
                Row(
                    rpa=rpa,
                    month=month,
                    event_on=event_on,
                    frozen_on=frozen,
                    peer_reviewer_id=reviewer,
                    peer_rpa=peer,
                    deputy_id=deputy,
                    seed=" ".join(dice[n : n + 4] for n in range(0, 24, 4)),
                    seed_given_on=shift(frozen, 1),
                    joint_report_on=shift(event_on, chance.between(1, 3, "joint report", rpa, month)),
                    issues=chance.choose(_ISSUES, "issues", rpa, month),
                    improvements=chance.choose(_IMPROVEMENTS, "improvements", rpa, month),
                )
            )
    return rows


_ISSUES = (
    "none",
    "none",
    "Summaries of evidence are brief in some files.",
    "Task sheets of two files were hard to read.",
    "Good use of focused questions; to be shared at the next training day.",
)
_IMPROVEMENTS = (
    "More practice in writing summaries of evidence.",
    "Remind assessors to name the task sheet a judgement rests on.",
    "Shadowing for beginners worked well; keep it.",
    "Share examples of focused questions.",
)


def make_national_standards(scene: Scene, chance: Chance) -> list[Row]:
    """Return three national standards a month, so that eleven months go round all 33."""
    order = chance.shuffle(STANDARDS, "national standards")
    chosen = {month: [order[(3 * YEAR.index(month) + n) % len(order)] for n in range(3)] for month in scene.months}
    return [Row(month=month, standard=number) for month in chosen for number in sorted(chosen[month])]


def make_scrutiny(
    cases: Sequence[Row], events: Sequence[Row], assessors: Sequence[Row], pops: Sequence[Row], chance: Chance
) -> list[Row]:
    """Return the scrutiny before the freeze: by difficulty and experience, and every file that is not ordinary."""
    frozen = {(row.rpa, row.month): row.frozen_on for row in events}
    seniors = {rpa: with_role(assessors, rpa, "senior") for rpa in CODES}
    groups: Mapping[tuple[str, str, str], list[Row]] = defaultdict(list)
    for case in cases:
        groups[case.rpa, case.month, case.assessor_id].append(case)
    watched = {row.pop_id: _SCRUTINISED[row.past_difficulty] for row in pops}
    for row in assessors:
        watched[row.assessor_id] = max(_SCRUTINISED[row.past_difficulty], 2 if row.assessments_before < 10 else 1)
    rows = []
    for group in groups.values():
        order = chance.shuffle([case.case_id for case in group], "scrutiny")
        chosen = order[: max(watched[name] for case in group for name in (case.assessor_id, case.pop_id))]
        for case in group:
            if case.case_id in chosen or case.outcome != "met" or case.first_solo or case.difficult:
                day = shift(case.submitted_on, chance.between(1, 3, "scrutinised", case.case_id))
                people = chance.shuffle(seniors[case.rpa], "scrutineer", case.case_id)
                rows.append(
                    Row(
                        case_id=case.case_id,
                        scrutinised_on=min(day, shift(frozen[case.rpa, case.month], -1)),
                        by=next(person for person in people if person != case.assessor_id),
                        result="fit",
                        issue_of_principle=chance.happens(4, "principle", case.case_id),
                    )
                )
    return rows


def release_results(cases: Sequence[Row], events: Sequence[Row], chance: Chance) -> None:
    """Set when each result was released: some days after the month's moderation event."""
    held = {(event.rpa, event.month): event.event_on for event in events}
    for case in cases:
        days = chance.between(4, 8, "released", case.case_id)
        case.result_released_on = shift(held[case.rpa, case.month], days)
