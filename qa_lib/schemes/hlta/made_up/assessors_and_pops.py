"""Assessors and Providers of Preparation of the made-up Partnership. They have ids, never names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.rows import Assessor, Pop
from qa_lib.schemes.hlta.made_up.scene import Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

#: The seven topics of initial training (HLTA.ASR.3), as the table names them.
TOPICS = ("standards", "preparation", "pre_assessment", "questions", "interviews", "documentation", "moderation")


def make_assessors(scene: Scene, chance: Chance) -> list[Assessor]:
    """Return the assessors: in each provider the first are seniors, moderators, peer reviewers, the last novices."""
    assessors: list[Assessor] = []
    for rpa, size in scene.assessors.items():
        novices = scene.novices.get(rpa, 0)
        for place in range(size):
            assessor_id = f"A{len(assessors) + 1:03d}"
            assessors.append(_assessor(assessor_id, rpa, place, place >= size - novices, scene, chance))
    return assessors + _second_places(assessors, scene)


def _second_places(assessors: list[Assessor], scene: Scene) -> list[Assessor]:
    """Return a second row for everyone who also assesses for the next provider."""
    rows = []
    for place, rpa in enumerate(scene.rpas):
        neighbour = scene.rpas[(place + 1) % len(scene.rpas)]
        for row in shared_assessors(assessors, scene, rpa):
            rows.append(replace(row, rpa=neighbour, roles=["assessor"], trained=list(row.trained)))
    return rows


def with_role(assessors: Sequence[Assessor], rpa: str, role: str) -> list[str]:
    """Return the ids of those who have a role in a provider, in order."""
    return [row.assessor_id for row in assessors if row.rpa == rpa and role in row.roles]


def shared_assessors(assessors: Sequence[Assessor], scene: Scene, rpa: str) -> list[Assessor]:
    """Return the provider's own assessors who also assess for the next one."""
    ordinary = kinds_of_assessors(assessors, scene, rpa)[0]
    return ordinary[len(ordinary) - scene.shared.get(rpa, 0) :]


def kinds_of_assessors(assessors: Sequence[Assessor], scene: Scene, rpa: str) -> list[list[Assessor]]:
    """Return the provider's own ordinary, idle, light and novice assessors."""
    own = [row for row in assessors if row.rpa == rpa][: scene.assessors[rpa]]
    rows = []
    for kind in (scene.novices, scene.light, scene.idle):
        cut = len(own) - kind.get(rpa, 0)
        rows.append(own[cut:])
        own = own[:cut]
    return [own, *reversed(rows)]


def _assessor(assessor_id: str, rpa: str, place: int, novice: bool, scene: Scene, chance: Chance) -> Assessor:
    small = scene.assessors[rpa] < 20
    roles = ["assessor"]
    if place < (2 if small else 3):
        roles.append("senior")
    if place < (3 if small else 6):
        roles.append("moderator")
    if (1 if small else 4) <= place < (4 if small else 8):
        roles.append("peer_reviewer")
    started = shift(dt.date(2022, 2, 1), chance.between(0, 300, "started", assessor_id))
    if novice:
        started = shift(working_day_of(scene.months[0], 1), 5 * (place % 4))
    moderates = "moderator" in roles
    first = int(assessor_id[1:]) - place
    return Assessor(
        assessor_id=assessor_id,
        rpa=rpa,
        started_on=started,
        assessments_before=0 if novice else _experience(place, assessor_id, chance),
        past_difficulty=_assessor_difficulty(place, 5 if small else 9, assessor_id, chance),
        roles=roles,
        moderator_confirmed_on=shift(started, 60 + place) if moderates else None,
        # Seniors confirm each other; nobody confirms themselves.
        moderator_confirmed_by=f"A{first + (1 if place == 0 else 0):03d}" if moderates else "",
        trained=list(TOPICS),
        capacity_per_month=chance.choose((12, 14, 16), "capacity", assessor_id),
    )


def _experience(place: int, assessor_id: str, chance: Chance) -> int:
    if place < 8:
        return chance.between(60, 240, "experience", assessor_id)
    if chance.happens(80, "beginner", assessor_id):
        return chance.between(2, 9, "experience", assessor_id)
    return chance.between(10, 160, "experience", assessor_id)


def _assessor_difficulty(place: int, serious: int, assessor_id: str, chance: Chance) -> str:
    # Those with other roles had no difficulty; one assessor in each provider had a serious one.
    if place <= serious:
        return "serious" if place == serious else "none"
    return _difficulty(assessor_id, chance)


def _difficulty(key: str, chance: Chance) -> str:
    return chance.weighted((("none", 90), ("some", 8), ("serious", 2)), "difficulty", key)


def make_pops(scene: Scene, chance: Chance) -> list[Pop]:
    """Return the Providers of Preparation, numbered through."""
    rpas = [rpa for rpa, size in scene.pops.items() for _ in range(size)]
    ids = [f"P{number:03d}" for number in range(1, len(rpas) + 1)]
    return [
        Pop(pop_id=pop_id, rpa=rpa, past_difficulty=_difficulty(pop_id, chance))
        for pop_id, rpa in zip(ids, rpas, strict=True)
    ]
