"""Planting facts into the made-up framework: finds rows that no other fact uses, and keeps the facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.fact import Facts
from qa_lib.schemes.npq.made_up.framework_rows import Framework, Participant, Target
from qa_lib.schemes.npq.made_up.framework_scene import AS_OF, YEARS, Key, Scene
from qa_lib.schemes.npq.made_up.participants import groups_of, months_later, trn

#: Years by what the facts need: whose time is over, and whose is not.
CLOSED, OPEN = YEARS


def anybody(_: Participant) -> bool:
    """Accept any participant."""
    return True


def is_due(person: Participant) -> bool:
    """Say whether the 18 months of a participant are over on the day of the story."""
    return months_later(max(person.enrolled_on, person.commenced_on), 18) <= AS_OF


@dataclass
class Planting(Facts):
    """The framework while facts are planted.

    Attributes
    ----------
    framework, scene, chance
        What is planted into, its size, and the chance that chooses.
    used
        Participants and cells that a fact holds already.
    overturned
        Provider and year -> how many scripts national moderation would overturn, where a fact says so.
    """

    framework: Framework
    scene: Scene
    chance: Chance
    used: set[object] = field(default_factory=set)
    overturned: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.schools = {school.urn: school for school in self.framework.schools}
        self.cells: dict[Key, list[Participant]] = defaultdict(list)
        codes = {provider.name: code for code, provider in self.scene.providers.items()}
        for person in self.framework.participants:
            self.cells[codes[person.provider], person.level, person.year].append(person)
        self.used |= set(self.scene.special.values())

    def special(self, name: str) -> list[Participant]:
        """Return the participants of a cell that the scene planned for a fact."""
        return self.cells[self.scene.special[name]]

    def name(self, key: Key) -> str:
        """Return provider, level and year as facts write them."""
        return "/".join((self.scene.providers[key[0]].name, *key[1:]))

    def free_cells(self, fact: str, year: str, number: int) -> list[Key]:
        """Return ordinary cells of a year that no other fact uses, large ones, and mark them as used."""
        fitting = [key for key in self.scene.cells if key[2] == year and key not in self.used]
        fitting.sort(key=lambda key: (-len(self.cells[key]), key))
        some = fitting[: max(number, len(fitting) // 2)]
        chosen = sorted(self.chance.shuffle(some, "cells", fact)[:number])
        self.used |= set(chosen)
        return chosen

    def people(
        self, number: int, fact: str, where: Callable[[Participant], bool] = anybody, *, anywhere: bool = False
    ) -> list[Participant]:
        """Return unused participants by id, and mark them as used: of ordinary cells only, unless ``anywhere``."""
        special = set() if anywhere else set(self.scene.special.values())
        free = (row for row in self.framework.participants if self.is_unused(row) and self.key(row) not in special)
        fitting = {row.participant_id: row for row in free if where(row)}
        chosen = sorted(self.chance.shuffle(fitting, "fact", fact)[:number])
        if len(chosen) < number:
            raise AssertionError(f"{fact}: {len(chosen)} of {number}")  # pragma: no cover - the scenes have room
        self.used |= set(chosen)
        return [fitting[name] for name in chosen]

    def is_unused(self, person: Participant) -> bool:
        """Say whether no fact holds a participant yet."""
        return person.participant_id not in self.used

    def closed(self) -> list[Participant]:
        """Return unused participants of large ordinary levels of the first year: one person moves no rate far."""
        special, least = set(self.scene.special.values()), 40 if self.whole else 14
        cells = (rows for key, rows in self.cells.items() if key[2] == CLOSED and key not in special)
        return [row for rows in cells if len(rows) >= least for row in rows if self.is_unused(row)]

    def key(self, person: Participant) -> Key:
        """Return the cell of a participant."""
        return person.participant_id.split("-")[0], person.level, person.year

    def change_quietly(
        self, people: Sequence[Participant], number: int, change: Callable[[Participant], None], *keys: object
    ) -> list[Participant]:
        """Change so many of the people as asked, only where the change flags no group of the cell, and return them."""
        by_id = {row.participant_id: row for row in people}
        changed: list[Participant] = []
        for name in self.chance.shuffle(by_id, *keys):
            if len(changed) == number:
                break
            person, before = by_id[name], replace(by_id[name])
            change(person)
            if self.flags(self.cells[self.key(person)]):
                for column in fields(person):
                    setattr(person, column.name, getattr(before, column.name))
            else:
                self.used.add(name)
                changed.append(person)
        if len(changed) < number:
            raise AssertionError(f"{keys}: {len(changed)} of {number}")  # pragma: no cover - the scenes have room
        return sorted(changed, key=lambda row: row.participant_id)

    def flags(self, people: Sequence[Participant]) -> list[str]:
        """Return the groups of a level whose rates are more than 10 points off, as rate and characteristic=value."""
        due = [row for row in people if is_due(row)]
        presented = [row for row in due if row.presented_on]
        found = []
        for rate, base, good in (
            ("retention", due, presented),
            ("achievement", presented, [row for row in presented if row.result == "pass"]),
        ):
            n, k = self._sizes(base), self._sizes(good)
            for group, size in n.items():
                if 10 * abs(k[group] * len(base) - len(good) * size) > size * len(base):
                    found.append(f"{rate}/{group[0]}={group[1]}")
        return sorted(found)

    def _sizes(self, people: Iterable[Participant]) -> Counter[tuple[str, str]]:
        return Counter(group for row in people for group in groups_of(row, self.schools.get(row.school_urn)))

    def target(self, key: Key, metric: str) -> Target:
        """Return the row of ``targets`` of a cell."""
        provider = self.scene.providers[key[0]].name
        wanted = (provider, key[1], key[2], metric)
        return next(row for row in self.framework.targets if (row.provider, row.level, row.year, row.metric) == wanted)

    def enrol(self, person: Participant, key: Key) -> Participant:
        """Add a copy of a participant to a cell, under a new id, as somebody who has just enrolled."""
        cell = self.cells[key]
        stem = cell[0].participant_id[:-4]
        name = f"{stem}-{len(cell) + 1:03d}"
        start = self.chance.choose(cell[:10], "start", name)
        row = Participant(
            participant_id=name,
            provider=self.scene.providers[key[0]].name,
            level=key[1],
            year=key[2],
            enrolled_on=start.enrolled_on,
            commenced_on=start.commenced_on,
            trn=trn(name),
        )
        for same in ("name", "job_role", "school_urn", "sex", "disability", "ethnicity", "age_band"):
            setattr(row, same, getattr(person, same))
        cell.append(row)
        place = self.framework.participants.index(cell[-2])
        self.framework.participants.insert(place + 1, row)
        self.used.add(name)
        return row

    def recruited(self, key: Key) -> int:
        """Return how many count as recruited in a cell: without staff and without whoever enrolled again."""
        rows = self.cells[key]
        return sum(row.staff_role == "none" and row.previous_attempt == "none" for row in rows)
