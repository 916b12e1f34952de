"""What belongs to the files: judgements, scrutiny, the months' events and national standards, release of results."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.rows import Assessor, Case, Event, NationalStandard, Pop, Scrutiny
from qa_lib.schemes.hlta.made_up.scene import CODES, ROTAS, STANDARDS, YEAR, Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

#: Outcome -> fewest and most standards judged insufficient.
_GAPS = {"partial_reassessment": (1, 4), "full_reassessment": (7, 14), "insufficient_evidence": (3, 8)}
#: Standards that candidates find harder than the others.
_HARD = (4, 8, 14, 19, 22, 27, 30)
#: Files scrutinised per assessor and month, by how heavily they are watched.
_SCRUTINISED = {"standard": 1, "raised": 2, "high": 3}


def make_insufficient(cases: Sequence[Case], chance: Chance) -> dict[str, list[int]]:
    """Return the standards judged insufficient in each file that is not met."""
    return {case.case_id: _gaps(case, chance) for case in cases if case.outcome != "met"}


def _gaps(case: Case, chance: Chance) -> list[int]:
    size = chance.between(*_GAPS[case.outcome], "gaps", case.case_id)
    # The hard ones are in the urn three times.
    urn = chance.shuffle([f"{standard}/{n}" for standard in STANDARDS for n in range(3)], "which", case.case_id)
    kept = (int(ball.split("/")[0]) for ball in urn if ball.endswith("/0") or int(ball.split("/")[0]) in _HARD)
    return sorted(list(dict.fromkeys(kept))[:size])


def make_events(scene: Scene, assessors: Sequence[Assessor], chance: Chance) -> list[Event]:
    """Return one moderation event per provider and month, in the working days after the month's end."""
    return [_event(rpa, month, assessors, chance) for month, rpa in sorted(scene.files, key=_by_month_and_rpa)]


def _by_month_and_rpa(item: tuple[str, str]) -> tuple[str, int]:
    return item[0], list(CODES).index(item[1])


def _event(rpa: str, month: str, assessors: Sequence[Assessor], chance: Chance) -> Event:
    peer = ROTAS[YEAR.index(month) // 3 % 2][rpa]
    reviewer, deputy = chance.shuffle(with_role(assessors, peer, "peer_reviewer"), "reviewer", rpa, month)[:2]
    event_on = working_day_of(month_after(month), 6 + list(CODES).index(rpa))
    frozen = working_day_of(month_after(month), 2)
    return Event(
        rpa=rpa,
        month=month,
        event_on=event_on,
        frozen_on=frozen,
        peer_reviewer_id=reviewer,
        peer_rpa=peer,
        deputy_id=deputy,
        seed=thrown_seed(chance, "dice", rpa, month),
        seed_given_on=shift(frozen, 1),
        joint_report_on=shift(event_on, chance.between(1, 3, "joint report", rpa, month)),
        issues=chance.choose(_ISSUES, "issues", rpa, month),
        improvements=chance.choose(_IMPROVEMENTS, "improvements", rpa, month),
    )


def thrown_seed(chance: Chance, *keys: object) -> str:
    """Return a seed of 24 throws of a die, in groups of four."""
    dice = "".join(str(chance.between(1, 6, *keys, n)) for n in range(24))
    return " ".join(dice[n : n + 4] for n in range(0, 24, 4))


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


def make_national_standards(scene: Scene, chance: Chance) -> list[NationalStandard]:
    """Return three national standards a month, so that eleven months go round all 33."""
    order = chance.shuffle(STANDARDS, "national standards")
    chosen = {month: [order[(3 * YEAR.index(month) + n) % len(order)] for n in range(3)] for month in scene.months}
    return [NationalStandard(month=month, standard=number) for month in chosen for number in sorted(chosen[month])]


def tiers(assessors: Sequence[Assessor], pops: Sequence[Pop]) -> dict[str, str]:
    """Return how heavily each assessor and PoP is watched: by past difficulty and, for assessors, experience."""
    by_difficulty = {"none": "standard", "some": "raised", "serious": "high"}
    found = {row.pop_id: by_difficulty[row.past_difficulty] for row in pops}
    for row in assessors:
        tier = by_difficulty[row.past_difficulty]
        found[row.assessor_id] = "raised" if tier == "standard" and row.assessments_before < 10 else tier
    return found


def make_scrutiny(
    cases: Sequence[Case], events: Sequence[Event], assessors: Sequence[Assessor], pops: Sequence[Pop], chance: Chance
) -> list[Scrutiny]:
    """Return the pre-upload scrutiny: of every assessor, the more watched the more files; of every file not met."""
    frozen = {(event.rpa, event.month): event.frozen_on for event in events}
    watched = tiers(assessors, pops)
    seniors = {rpa: with_role(assessors, rpa, "senior") for rpa in CODES}
    groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.rpa, case.month, case.assessor_id].append(case)
    rows = []
    for group in groups.values():
        order = {case_id: n for n, case_id in enumerate(chance.shuffle([case.case_id for case in group], "scrutiny"))}
        size = max(_SCRUTINISED[tier] for case in group for tier in (watched[case.assessor_id], watched[case.pop_id]))
        for case in group:
            if order[case.case_id] < size or case.outcome != "met" or case.first_solo or case.difficult:
                day = _scrutiny_day(case, frozen[case.rpa, case.month], chance)
                by = _other(seniors[case.rpa], case, chance)
                row = Scrutiny(case_id=case.case_id, scrutinised_on=day, by=by, result="fit")
                rows.append(replace(row, issue_of_principle=chance.happens(4, "principle", case.case_id)))
    return rows


def _scrutiny_day(case: Case, frozen: dt.date, chance: Chance) -> dt.date:
    day = shift(case.submitted_on, chance.between(1, 3, "scrutinised", case.case_id))
    return min(day, shift(frozen, -1))


def _other(people: Sequence[str], case: Case, chance: Chance) -> str:
    """Return someone who did not assess the file."""
    return next(person for person in chance.shuffle(people, "scrutineer", case.case_id) if person != case.assessor_id)


def release_results(cases: Sequence[Case], events: Sequence[Event], chance: Chance) -> None:
    """Set when each result was released: some days after the month's moderation event."""
    held = {(event.rpa, event.month): event.event_on for event in events}
    for case in cases:
        days = chance.between(4, 8, "released", case.case_id)
        case.result_released_on = shift(held[case.rpa, case.month], days)
