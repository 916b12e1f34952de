"""Scripts, what national moderation would find in every one of them, and feedback."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.npq.made_up.framework_rows import Feedback, NationalModeration, Participant, Script
from qa_lib.schemes.npq.made_up.framework_scene import BORDERLINE, PASS_MARK
from qa_lib.schemes.npq.made_up.participants import assessed_on


def make_scripts(
    participants: Iterable[Participant], assessors: Mapping[tuple[str, str], Sequence[str]], chance: Chance
) -> list[Script]:
    """Return the script of everybody who has a result."""
    return [
        make_script(row, assessors[row.provider, row.level], chance) for row in participants if row.result != "none"
    ]


def make_script(person: Participant, assessors: Sequence[str], chance: Chance) -> Script:
    """Return the script of one participant; every borderline one is peer moderated."""
    name = person.participant_id
    passed = person.result == "pass"
    mark = chance.between(PASS_MARK, 38, "mark", name) if passed else chance.between(9, PASS_MARK - 1, "mark", name)
    moderated = is_borderline(mark) or chance.happens(250, "peer moderated", name)
    day = assessed_on(person, chance)
    if day is None:
        raise AssertionError(name)  # pragma: no cover - whoever has a result has presented
    return Script(
        participant_id=name,
        final_mark=mark,
        passed=passed,
        peer_moderated=moderated,
        changed=moderated and chance.happens(120, "changed", name),
        assessed_on=day,
        assessor_id=chance.choose(assessors, "assessor", name),
    )


def is_borderline(mark: int) -> bool:
    """Say whether a mark is near the pass mark, on either side."""
    return abs(mark - PASS_MARK) <= BORDERLINE


#: Scripts assessed before the day are moderated on the day beside it.
_ROUNDS = ((dt.date(2019, 10, 1), dt.date(2019, 10, 21)), (dt.date(2021, 1, 1), dt.date(2020, 2, 27)))


def make_national(
    scripts: Sequence[Script],
    people: Mapping[str, Participant],
    overturned: Mapping[tuple[str, str], int],
    chance: Chance,
) -> list[NationalModeration]:
    """Return one row per script: what would be found if it were in the sample.

    Parameters
    ----------
    scripts, people
        The scripts, and the participants by id.
    overturned
        Provider and year -> how many would be overturned. Where it is not given, so few that no sample of 10 % can
        hold more than 5 %.
    chance
        Decides which.
    """
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in scripts:
        person = people[row.participant_id]
        groups[person.provider, person.year].append(row.participant_id)
    changed: set[str] = set()
    for key, names in groups.items():
        number = overturned.get(key, -(-len(names) // 10) // 20)
        changed |= set(chance.shuffle(names, "overturned")[:number])
    return [_national(row, row.participant_id in changed, chance) for row in scripts]


def _national(script: Script, overturned: bool, chance: Chance) -> NationalModeration:
    name = script.participant_id
    mark = script.final_mark
    if overturned:
        shift = chance.between(1, 3, "overturned by", name)
        mark = PASS_MARK - shift if script.passed else PASS_MARK - 1 + shift
    elif chance.happens(60, "another mark", name):
        # Another mark on the same side of the pass mark: no overturn.
        mark += 1 if script.passed else -1
    return NationalModeration(
        participant_id=name,
        moderated_on=next(held for before, held in _ROUNDS if script.assessed_on < before),
        original_mark=script.final_mark,
        moderated_mark=mark,
        original_passed=script.passed,
        moderated_passed=mark >= PASS_MARK,
    )


def make_feedback(participants: Iterable[Participant], chance: Chance) -> list[Feedback]:
    """Return the ratings of everybody who gave feedback."""
    weights = ((4, 3), (5, 7), (6, 15), (7, 25), (8, 28), (9, 15), (10, 7))
    return [
        Feedback(
            participant_id=row.participant_id,
            rating=chance.weighted(weights, "rating", row.participant_id),
            completed_on=row.feedback_completed_on,
        )
        for row in participants
        if row.feedback_completed_on
    ]
