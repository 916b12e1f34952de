"""Assessors and Providers of Preparation of the made-up Partnership. They have ids, never names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.scene import Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

#: The seven topics of initial training (HLTA.ASR.3), as the table names them.
TOPICS = ("standards", "preparation", "pre_assessment", "questions", "interviews", "documentation", "moderation")


def make_assessors(scene: Scene, chance: Chance) -> list[Row]:
    """Return the assessors: in each provider the first are seniors, moderators, peer reviewers, the last novices.

    Whoever also assesses for the next provider has a second row, after all others.
    """
    rows: list[Row] = []
    for rpa, size in scene.assessors.items():
        first = len(rows) + 1
        rows += [_assessor(first, place, rpa, scene, chance) for place in range(size)]
    return rows + [
        Row(**{**vars(row), "rpa": scene.next_to(rpa), "roles": ["assessor"]})
        for rpa in scene.rpas
        for row in shared_assessors(rows, scene, rpa)
    ]


def with_role(assessors: Sequence[Row], rpa: str, role: str) -> list[str]:
    """Return the ids of those who have a role in a provider, in order."""
    return [row.assessor_id for row in assessors if row.rpa == rpa and role in row.roles]


def shared_assessors(assessors: Sequence[Row], scene: Scene, rpa: str) -> list[Row]:
    """Return the provider's own assessors who also assess for the next one."""
    ordinary = kinds_of_assessors(assessors, scene, rpa)[0]
    return ordinary[len(ordinary) - scene.shared.get(rpa, 0) :]


def kinds_of_assessors(assessors: Sequence[Row], scene: Scene, rpa: str) -> list[list[Row]]:
    """Return the provider's own ordinary, idle, light and novice assessors."""
    own = [row for row in assessors if row.rpa == rpa][: scene.assessors[rpa]]
    rows = []
    for kind in (scene.novices, scene.light, scene.idle):
        cut = len(own) - kind.get(rpa, 0)
        rows.append(own[cut:])
        own = own[:cut]
    return [own, *reversed(rows)]


def _assessor(first: int, place: int, rpa: str, scene: Scene, chance: Chance) -> Row:
    """Return the row of a provider's assessor; ``first`` is the number of its first one."""
    name, small = f"A{first + place:03d}", scene.assessors[rpa] < 20
    novice = place >= scene.assessors[rpa] - scene.novices.get(rpa, 0)
    held = {
        "assessor": True,
        "senior": place < (2 if small else 3),
        "moderator": place < (3 if small else 6),
        "peer_reviewer": (1 if small else 4) <= place < (4 if small else 8),
    }
    # Those who confirm moderators started before all others.
    started = shift(dt.date(2022, 2, 1), chance.between(0, 40 if place < 2 else 300, "started", name))
    if novice:
        started = shift(working_day_of(scene.months[0], 1), 5 * (place % 4))
    row = Row(
        assessor_id=name,
        rpa=rpa,
        started_on=started,
        assessments_before=0 if novice else _experience(place, name, chance),
        past_difficulty=_assessor_difficulty(place, 5 if small else 9, name, chance),
        roles=[role for role in held if held[role]],
        trained=list(TOPICS),
        capacity_per_month=chance.choose((12, 14, 16), "capacity", name),
    )
    if held["moderator"]:
        row.moderator_confirmed_on = shift(started, 60 + place)
        # Seniors confirm each other; nobody confirms themselves.
        row.moderator_confirmed_by = f"A{first + (1 if place == 0 else 0):03d}"
    return row


def _experience(place: int, name: str, chance: Chance) -> int:
    low, high = (60, 240) if place < 8 else (2, 9) if chance.happens(80, "beginner", name) else (10, 160)
    return chance.between(low, high, "experience", name)


def _assessor_difficulty(place: int, serious: int, name: str, chance: Chance) -> str:
    # Those with other roles had no difficulty; one assessor in each provider had a serious one.
    if place <= serious:
        return "serious" if place == serious else "none"
    return _difficulty(name, chance)


def _difficulty(key: str, chance: Chance) -> str:
    return chance.weighted((("none", 90), ("some", 8), ("serious", 2)), "difficulty", key)


def make_pops(scene: Scene, chance: Chance) -> list[Row]:
    """Return the Providers of Preparation, numbered through."""
    rpas = [rpa for rpa, size in scene.pops.items() for _ in range(size)]
    ids = {f"P{number:03d}": rpa for number, rpa in enumerate(rpas, start=1)}
    told = dict.fromkeys(("standard11_form_on", "payment_told_on"), shift(working_day_of(scene.months[0], 1), -60))
    return [Row(pop_id=name, rpa=rpa, past_difficulty=_difficulty(name, chance), **told) for name, rpa in ids.items()]
