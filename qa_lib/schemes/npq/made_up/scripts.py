"""Scripts, what national moderation would find in every one of them, and feedback."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.npq.made_up.participants import assessed_on
from qa_lib.schemes.npq.made_up.scene import BORDERLINE, PASS_MARK


def make_scripts(participants: Iterable[Mapping[str, str]], personnel: Iterable[Row], chance: Chance) -> list[Row]:
    """Return the script of everybody who has a result; every borderline one is peer moderated."""
    assessors = defaultdict(list)
    for row in personnel:
        if row.role == "assessor":
            assessors[row.provider, row.level].append(row.person_id)
    rows = []
    for person in participants:
        if person["result"] == "none":
            continue
        name, passed = person["participant_id"], person["result"] == "pass"
        mark = chance.between(*((PASS_MARK, 38) if passed else (9, PASS_MARK - 1)), "mark", name)
        moderated = abs(mark - PASS_MARK) <= BORDERLINE or chance.happens(250, "peer moderated", name)
        rows.append(
            Row(
                participant_id=name,
                final_mark=mark,
                passed=passed,
                peer_moderated=moderated,
                changed=moderated and chance.happens(120, "changed", name),
                assessed_on=assessed_on(name, person["presented_on"], chance),
                assessor_id=chance.choose(assessors[person["provider"], person["level"]], "assessor", name),
            )
        )
    return rows


#: Scripts assessed before the day are moderated on the day beside it: those of a period before it ends.
_ROUNDS = ((dt.date(2019, 8, 1), dt.date(2019, 9, 16)), (dt.date(2021, 1, 1), dt.date(2020, 2, 27)))


def make_national(scripts: Sequence[Row], planned: Mapping[str, str], chance: Chance) -> list[Row]:
    """Return one row per script: what would be found if it were in the sample; as many overturned as planned."""
    overturned: set[str] = set()
    for year, names in _by_year(row.participant_id for row in scripts).items():
        overturned |= set(chance.shuffle(names, "overturned")[: int(planned[year] or -(-len(names) // 10) // 20)])
    return [_national(row, row.participant_id in overturned, chance) for row in scripts]


def _by_year(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the participants of each provider's year."""
    years = defaultdict(list)
    for name in names:
        years[name[:8]].append(name)
    return years


def _national(script: Row, overturned: bool, chance: Chance) -> Row:
    name, mark = script.participant_id, script.final_mark
    if overturned:
        shift = chance.between(1, 3, "overturned by", name)
        mark = PASS_MARK - shift if script.passed else PASS_MARK - 1 + shift
    elif chance.happens(60, "another mark", name):
        # Another mark on the same side of the pass mark: no overturn.
        mark += 1 if script.passed else -1
    return Row(
        participant_id=name,
        moderated_on=next(held for before, held in _ROUNDS if script.assessed_on < before),
        original_mark=script.final_mark,
        moderated_mark=mark,
        original_passed=script.passed,
        moderated_passed=mark >= PASS_MARK,
    )


_RATINGS = ((4, 3), (5, 7), (6, 15), (7, 25), (8, 28), (9, 15), (10, 7))


def make_feedback(participants: Iterable[Mapping[str, str]], planned: Mapping[str, str], chance: Chance) -> list[Row]:
    """Return the ratings of everybody who gave feedback; they add up to what is planned."""
    days = {row["participant_id"]: row["feedback_completed_on"] for row in participants if row["feedback_completed_on"]}
    ratings = {name: chance.weighted(_RATINGS, "rating", name) for name in days}
    for year, names in _by_year(days).items():
        if planned[year]:
            excess = sum(ratings[name] for name in names) - int(planned[year])
            # One after the other rates a point less.
            for name in islice(cycle(chance.shuffle(names, "ratings")), excess):
                ratings[name] -= 1
    return [Row(participant_id=name, rating=ratings[name], completed_on=day) for name, day in days.items()]
