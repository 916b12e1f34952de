"""The files of the made-up year: who assesses whom, when, with what outcome, and who comes again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.assessors_and_pops import kinds_of_assessors, shared_assessors, with_role
from qa_lib.schemes.hlta.made_up.details import Draft, first_attempt, further_attempt
from qa_lib.schemes.hlta.made_up.rows import Assessor, Case, Pop
from qa_lib.schemes.hlta.made_up.scene import CODES, Scene
from qa_lib.schemes.hlta.made_up.workdays import school_days, shift, shift_school

#: Most assessments of one assessor in any 7 consecutive days, and so in any week.
WEEKLY_LIMIT = 5

#: Attempt -> outcomes with their weights; about 90 % of all files are met.
OUTCOMES = {
    "first": (("met", 895), ("partial_reassessment", 70), ("full_reassessment", 15), ("insufficient_evidence", 20)),
    "resubmission": (
        ("met", 950),
        ("partial_reassessment", 35),
        ("full_reassessment", 5),
        ("insufficient_evidence", 10),
    ),
    "full_reassessment": (
        ("met", 880),
        ("partial_reassessment", 80),
        ("full_reassessment", 20),
        ("insufficient_evidence", 20),
    ),
}
#: Outcome -> attempt that follows from it.
FOLLOWED_BY = {
    "partial_reassessment": "resubmission",
    "full_reassessment": "full_reassessment",
    "insufficient_evidence": "full_reassessment",
}


def within_limit(day: dt.date, others: Sequence[dt.date], limit: int = WEEKLY_LIMIT) -> bool:
    """Say whether one more assessment on ``day`` leaves at most ``limit`` in any 7 consecutive days."""
    near = [other for other in others if abs((other - day).days) < 7]
    starts = (day - dt.timedelta(days=n) for n in range(7))
    return len(near) < limit or all(sum(0 <= (other - start).days < 7 for other in near) < limit for start in starts)


@dataclass
class Allocation:
    """Assigns files month by month, keeping in mind every assessor's days and who is to come again."""

    scene: Scene
    chance: Chance
    assessors: Sequence[Assessor]
    pops: Sequence[Pop]
    cases: list[Case] = field(default_factory=list)
    days: dict[str, list[dt.date]] = field(default_factory=lambda: defaultdict(list))
    due: dict[tuple[str, str], list[Case]] = field(default_factory=lambda: defaultdict(list))
    candidates: int = 0

    def __post_init__(self) -> None:
        self.wanted = _wanted_assessors(self.scene, self.assessors)
        self.weights = _assessor_weights(self.scene, self.assessors, self.chance)
        self.pop_weights, self.single = _pop_weights(self.scene, self.pops)
        self.started = {
            row.assessor_id: shift(row.started_on, 15) for row in self.assessors if not row.assessments_before
        }

    def run(self) -> list[Case]:
        """Return all files, with the first solo assessment of every novice marked."""
        for rpa in self.scene.rpas:
            self._come_from_before(rpa)
        for month in self.scene.months:
            for rpa in self.scene.rpas:
                self._month(rpa, month)
        _mark_first_solos(self.cases, self.assessors)
        return self.cases

    def _come_from_before(self, rpa: str) -> None:
        """Let some candidates come again whose first file is older than the first month."""
        first = self.scene.months[0]
        before = month_after(first, -2)
        ordinary = kinds_of_assessors(self.assessors, self.scene, rpa)[0]
        for place in range(self.scene.from_before):
            key = f"{CODES[rpa]}/{before}/{place}"
            day = self.chance.choose(school_days(before), "before", key)
            draft = Draft(
                case_id=key,
                rpa=rpa,
                month=before,
                assessed_on=day,
                submitted_on=shift_school(day, 2),
                assessor_id=self.chance.choose(ordinary, "assessor before", key).assessor_id,
                outcome="partial_reassessment" if place % 3 else "full_reassessment",
            )
            self.candidates += 1
            pop = self.chance.weighted(self.pop_weights[rpa], "pop", key)
            earlier = first_attempt(draft, f"C{self.candidates:05d}", pop, self.chance)
            self.due[rpa, month_after(first, place % 2)].append(earlier)

    def _month(self, rpa: str, month: str) -> None:
        size = self.scene.files[month, rpa]
        again = self.due.pop((rpa, month), [])
        self.due[rpa, month_after(month)] += again[size // 2 :]
        again = again[: size // 2]
        new = []
        for place in range(size):
            earlier = again[place] if place < len(again) else None
            new.append(self._file(rpa, month, f"{CODES[rpa]}/{month}/{place}", earlier))
        new.sort(key=lambda case: (case.submitted_on, case.case_id))
        for number, case in enumerate(new, start=1):
            case.case_id = f"{CODES[rpa]}-{month}-{number:04d}"
        self.cases += new

    def _file(self, rpa: str, month: str, key: str, earlier: Case | None) -> Case:
        attempt = FOLLOWED_BY[earlier.outcome] if earlier else "first"
        wanted = self.wanted[rpa, month].pop() if earlier is None and self.wanted[rpa, month] else ""
        assessed, submitted, assessor = self._slot(rpa, month, key, earlier, wanted)
        self.days[assessor].append(assessed)
        outcome = self.chance.weighted(OUTCOMES[attempt], "outcome", key)
        draft = Draft(
            case_id=key, rpa=rpa, month=month, assessed_on=assessed, submitted_on=submitted, assessor_id=assessor
        )
        if earlier:
            case = further_attempt(earlier, replace(draft, attempt=attempt, outcome=outcome), self.chance)
        else:
            pop, outcome = self._pop(rpa, month, key, outcome)
            self.candidates += 1
            candidate = f"C{self.candidates:05d}"
            case = first_attempt(replace(draft, attempt=attempt, outcome=outcome), candidate, pop, self.chance)
        if outcome != "met" and self.chance.happens(850, "comes again", key):
            self.due[rpa, month_after(month, 2 + self.chance.between(0, 1, "again in", key))].append(case)
        return case

    def _pop(self, rpa: str, month: str, key: str, outcome: str) -> tuple[str, str]:
        if pop := self.single.pop((rpa, month), None):
            return pop, "met"
        return self.chance.weighted(self.pop_weights[rpa], "pop", key), outcome

    def _slot(self, rpa: str, month: str, key: str, earlier: Case | None, wanted: str) -> tuple[dt.date, dt.date, str]:
        """Return the day of assessment, the day of submission and an assessor who is free on it."""
        days = school_days(month)
        if month == self.scene.months[0]:
            days = days[8:]
        for attempt in range(200):
            submitted = self.chance.choose(days, "submitted", key, attempt)
            assessed = shift_school(submitted, -self.chance.between(1, 4, "paperwork", key, attempt))
            assessor = wanted or self._assessor(rpa, key, attempt, earlier)
            if self._free(assessor, assessed, earlier):
                return assessed, submitted, assessor
        raise AssertionError(f"no assessor is free for {key}")  # pragma: no cover - the scenes leave room

    def _assessor(self, rpa: str, key: str, attempt: int, earlier: Case | None) -> str:
        # Whoever found the gaps normally looks at the resubmission; a full reassessment is another assessor's.
        if earlier and attempt == 0 and earlier.outcome == "partial_reassessment":
            return earlier.assessor_id
        return self.chance.weighted(self.weights[rpa], "assessor", key, attempt)

    def _free(self, assessor: str, day: dt.date, earlier: Case | None) -> bool:
        barred = earlier is not None and earlier.outcome != "partial_reassessment" and earlier.assessor_id == assessor
        early = assessor in self.started and day < self.started[assessor]
        return not barred and not early and within_limit(day, self.days[assessor])


def _assessor_weights(scene: Scene, assessors: Sequence[Assessor], chance: Chance) -> dict[str, list[tuple[str, int]]]:
    weights: dict[str, list[tuple[str, int]]] = {rpa: [] for rpa in scene.rpas}
    for place, rpa in enumerate(scene.rpas):
        ordinary, _, _, novices = kinds_of_assessors(assessors, scene, rpa)
        own = [row.assessor_id for row in ordinary]
        weights[rpa] += [(assessor, chance.between(3, 12, "weight", assessor)) for assessor in own]
        weights[rpa] += [(row.assessor_id, 3) for row in novices]
        neighbour = scene.rpas[(place + 1) % len(scene.rpas)]
        weights[neighbour] += [(row.assessor_id, 3) for row in shared_assessors(assessors, scene, rpa)]
    return weights


def _wanted_assessors(scene: Scene, assessors: Sequence[Assessor]) -> dict[tuple[str, str], list[str]]:
    """Return the assessors who get a file in a month whatever chance says: two for the light, one for each novice."""
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    months = scene.months
    for rpa in scene.rpas:
        _, _, light, novices = kinds_of_assessors(assessors, scene, rpa)
        for place, assessor in enumerate(light):
            for month in (months[(1 + place) % len(months)], months[(len(months) - 1) * 2 // 3 + 1]):
                wanted[rpa, month].append(assessor.assessor_id)
        for place, assessor in enumerate(novices):
            wanted[rpa, months[min(2 + place, len(months) - 2)]].append(assessor.assessor_id)
    return wanted


def _pop_weights(
    scene: Scene, pops: Sequence[Pop]
) -> tuple[dict[str, list[tuple[str, int]]], dict[tuple[str, str], str]]:
    weights: dict[str, list[tuple[str, int]]] = {}
    single: dict[tuple[str, str], str] = {}
    for rpa in scene.rpas:
        ids = [row.pop_id for row in pops if row.rpa == rpa]
        if rpa in scene.single_pops:
            single[rpa, scene.months[len(scene.months) // 2]] = ids.pop()
        weights[rpa] = [(pop, 60 // (place + 1) + 6) for place, pop in enumerate(ids)]
    return weights, single


def _mark_first_solos(cases: list[Case], assessors: Sequence[Assessor]) -> None:
    for assessor in assessors:
        own = [case for case in cases if case.assessor_id == assessor.assessor_id]
        if assessor.assessments_before or not own:
            continue
        first = min(own, key=lambda case: (case.assessed_on, case.case_id))
        first.first_solo = True
        first.senior_assessor_id = with_role(assessors, assessor.rpa, "senior")[0]
