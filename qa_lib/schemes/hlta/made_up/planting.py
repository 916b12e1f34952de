"""Planting facts into the clean year: each changes as few rows as it needs, and no two share a file."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.fact import Facts
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.rows import Assessor, Case, Event, Moderation, Scrutiny, Year
from qa_lib.schemes.hlta.made_up.scene import NORTH, Scene
from qa_lib.schemes.hlta.made_up.workdays import shift

#: The month whose event is missing in one provider; no other fact is planted there.
WITHOUT_EVENT = (NORTH, "2024-08")


def anywhere(_: Case) -> bool:
    """Accept any file."""
    return True


@dataclass
class Planting(Facts):
    """The year while facts are planted: finds files that no other fact uses, and keeps the facts.

    Attributes
    ----------
    year, scene, chance
        What is planted into, its size, and the chance that chooses.
    used
        Files that a fact holds already.
    """

    year: Year
    scene: Scene
    chance: Chance
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cases = {case.case_id: case for case in self.year.cases}
        self.found = {row.case_id: row for row in self.year.moderations}
        self.scrutinised = {row.case_id: row for row in self.year.scrutiny}
        self.held = {(row.rpa, row.month): row for row in self.year.events}
        self.own: dict[str, list[Case]] = {row.assessor_id: [] for row in self.year.assessors}
        for case in self.year.cases:
            self.own[case.assessor_id].append(case)
        self.places = Counter(row.assessor_id for row in self.year.assessors)
        self.people = {row.assessor_id: row for row in reversed(self.year.assessors)}
        again = {case.candidate_id for case in self.year.cases if case.attempt != "first"}
        self.comes_again = {case.case_id for case in self.year.cases if case.candidate_id in again}

    def files(self, number: int, fact: str, where: Callable[[Case], bool] = anywhere) -> list[Case]:
        """Return ``number`` unused files that satisfy ``where``, by case id, and mark them as used."""
        fitting = [case.case_id for case in self.year.cases if self._plain(case) and where(case)]
        chosen = sorted(self.chance.shuffle(fitting, "fact", fact)[:number])
        if len(chosen) < number:
            raise AssertionError(f"{fact}: {len(chosen)} of {number} files")  # pragma: no cover - the scenes have room
        self.used |= set(chosen)
        return [self.cases[case_id] for case_id in chosen]

    def ordinary_passes(self, number: int, fact: str, where: Callable[[Case], bool] = anywhere) -> list[Case]:
        """Return unused files of a first attempt that is met and endorsed."""
        return self.files(number, fact, lambda case: self._is_endorsed_pass(case) and where(case))

    def certain_files(self, number: int, fact: str, where: Callable[[Case], bool] = anywhere) -> list[Case]:
        """Return unused files that any sample holds for certain, recommended for partial reassessment and endorsed."""
        return self.files(number, fact, lambda case: self.is_endorsed(case, "partial_reassessment") and where(case))

    def event(self, case: Case) -> Event:
        """Return the event of the file's month."""
        return self.held[case.rpa, case.month]

    def moderation(self, case: Case) -> Moderation:
        """Return what moderators find in the file."""
        return self.found[case.case_id]

    def scrutiny(self, case: Case) -> Scrutiny:
        """Return the first scrutiny of the file."""
        return self.scrutinised[case.case_id]

    def moderators(self, rpa: str, *but: str) -> list[Assessor]:
        """Return the provider's confirmed moderators."""
        rows = (row for row in self.year.assessors if row.rpa == rpa and "moderator" in row.roles)
        return [row for row in rows if row.moderator_confirmed_on and row.assessor_id not in but]

    def is_ordinary(self, assessor: str) -> bool:
        """Say whether someone has no other role than assessing, and no difficulties."""
        row = self.people[assessor]
        return row.roles == ["assessor"] and row.past_difficulty == "none" and row.assessments_before >= 10

    def is_single(self, assessor: str) -> bool:
        """Say whether someone is ordinary, assesses in one provider only and has at least ten files."""
        return self.is_ordinary(assessor) and self.places[assessor] == 1 and len(self.own[assessor]) >= 10

    def reassign(self, case: Case, assessor: str) -> None:
        """Give a file to another assessor, and scrutinise all files of both in that month."""
        touched = {case.assessor_id, assessor}
        self.own[case.assessor_id].remove(case)
        self.own[assessor].append(case)
        case.assessor_id = assessor
        for row in self.year.feedback_log:
            if row.case_id == case.case_id:
                row.assessor_id, row.given_by = assessor, assessor if row.given_by else ""
        for other in self.year.cases:
            same = (other.rpa, other.month) == (case.rpa, case.month)
            if same and other.assessor_id in touched and other.case_id not in self.scrutinised:
                self.add_scrutiny(other, shift(self.event(other).frozen_on, -1), "fit")

    def add_scrutiny(self, case: Case, day: dt.date, result: str) -> None:
        """Add a scrutiny of the file, by a senior who did not assess it."""
        seniors = with_role(self.year.assessors, case.rpa, "senior")
        by = next(person for person in seniors if person != case.assessor_id)
        row = Scrutiny(case_id=case.case_id, scrutinised_on=day, by=by, result=result)
        self.year.scrutiny.append(row)
        self.scrutinised.setdefault(case.case_id, row)

    def without_moderation(self, case: Case) -> None:
        """Take away what moderators would find, and the release: the file never got that far."""
        self.year.moderations.remove(self.found.pop(case.case_id))
        self.year.feedback_log = [
            row for row in self.year.feedback_log if row.case_id != case.case_id or row.subject != "assessor"
        ]
        case.result_released_on = None

    def _plain(self, case: Case) -> bool:
        return not (
            case.case_id in self.used
            or case.case_id not in self.found
            or (case.rpa, case.month) == WITHOUT_EVENT
            or case.first_solo
            or case.difficult
            or case.preparation_concern
        )

    def is_endorsed(self, case: Case, *outcomes: str) -> bool:
        """Say whether a file is a first attempt with one of the outcomes, with which moderators agree."""
        first = case.outcome in outcomes and case.attempt == "first"
        return first and self.found[case.case_id].decision == "endorsed"

    def _is_endorsed_pass(self, case: Case) -> bool:
        return self.is_endorsed(case, "met") and case.case_id not in self.comes_again

    def is_spare(self, case: Case) -> bool:
        """Say whether a file is an unused ordinary pass of someone who has enough others."""
        return self._plain(case) and self._is_endorsed_pass(case) and self.is_single(case.assessor_id)

    def is_ordinary_pass(self, case: Case) -> bool:
        """Say whether a file is an unused first attempt that is met and endorsed."""
        return self._plain(case) and self._is_endorsed_pass(case)
