"""Who never presents and who fails, chosen so that no group is off unless it is meant to be.

A fair provider of 200 people has a group more than 10 points off in 85 of 100 years. The made-up providers would all be
flagged by chance, so chance chooses only among those whose groups stay within the margin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from qa_lib.made_up.chance import Chance

Group = tuple[str, str]
#: Participant -> the groups that it belongs to.
Groups = Mapping[str, Sequence[Group]]


def choose_quietly(people: Sequence[str], groups: Groups, most: int, chance: Chance, *keys: object) -> list[str]:
    """Return at most ``most`` of the people, so that no group's rate is more than 10 % (relative) below that of all.

    The rate is of those not returned. Groups above need no check while fewer than one in eleven is returned.
    """
    sizes = Counter(group for person in people for group in groups[person])
    gone: Counter[Group] = Counter()
    chosen: list[str] = []
    for person in chance.shuffle(people, *keys):
        if len(chosen) == most:
            break
        left = len(people) - len(chosen) - 1
        if all(
            10 * (left * sizes[group] - (sizes[group] - gone[group] - 1) * len(people)) <= left * sizes[group]
            for group in groups[person]
        ):
            gone.update(groups[person])
            chosen.append(person)
    return chosen


def choose_evenly(
    blocks: Sequence[tuple[Sequence[str], int]], groups: Groups, fixed: set[str], chance: Chance, *keys: object
) -> list[str]:
    """Return the given number of each block, spread as evenly as possible over all groups.

    One after the other is taken whose groups have had the fewest for their size (minimisation, after Pocock and Simon);
    chance breaks ties. Characteristics that are ``fixed`` are not balanced, because the blocks decide them.
    """
    people = [person for block, _ in blocks for person in block]
    own = {person: [group for group in groups[person] if group[0] not in fixed] for person in people}
    sizes = Counter(group for person in people for group in own[person])
    total = sum(number for _, number in blocks)
    gone: Counter[Group] = Counter()
    chosen: list[str] = []
    for block, number in sorted(blocks, key=lambda item: len(item[0])):
        left = chance.shuffle(block, *keys)
        for _ in range(number):
            costs = [
                sum(
                    (2 * (gone[group] * len(people) - total * sizes[group]) + len(people)) * 1000 // sizes[group]
                    for group in own[person]
                )
                for person in left
            ]
            person = left.pop(costs.index(min(costs)))
            gone.update(own[person])
            chosen.append(person)
    return chosen
