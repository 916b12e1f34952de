"""The files of the made-up year: who assesses whom, when, with what outcome, who comes again, and all details."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.assessors_and_pops import kinds_of_assessors, shared_assessors, with_role
from qa_lib.schemes.hlta.made_up.scene import AREAS, CODES, Scene
from qa_lib.schemes.hlta.made_up.workdays import school_days, shift, shift_school

#: Most assessments of one assessor in any 7 consecutive days, and so in any week.
WEEKLY_LIMIT = 5

_OUTCOMES = ("met", "partial_reassessment", "full_reassessment", "insufficient_evidence")
#: Attempt -> weights of the outcomes; about 90 % of all files are met.
_WEIGHTS = {"first": (895, 70, 15, 20), "resubmission": (950, 35, 5, 10), "full_reassessment": (880, 80, 20, 20)}
#: Outcome -> attempt that follows from it.
FOLLOWED_BY = dict(zip(_OUTCOMES[1:], ("resubmission", "full_reassessment", "full_reassessment"), strict=True))


#: The national fee of the made-up Partnership, apart from regional charges.
FEE = "495.00"

_SETTINGS = (("primary school", 60), ("secondary school", 20), ("special school", 8), ("nursery", 6), ("college", 6))
_AGES = dict(zip(dict(_SETTINGS), ((5, 11), (11, 16), (5, 19), (3, 4), (16, 19)), strict=True))
_ADJUSTMENTS = ("a quarter more time", "large print", "a reader", "interview online", "breaks as needed")
_AGE_BANDS = (("under 25", 10), ("25-34", 25), ("35-44", 30), ("45-54", 25), ("55 and over", 7), ("", 3))
_SEXES = (("female", 90), ("male", 8), ("prefer not to say", 2))
_ETHNICITIES = (("White", 76), ("Asian", 10), ("Black", 5), ("Mixed", 3), ("Other", 2), ("not stated", 4))
#: What is as at the first assessment where a candidate comes again.
_KEPT = (
    "school_urn school_region school_county school_la setting ages_min ages_max disability_disclosed adjustments "
    "registered_on standard11_verified_on l2_english_submitted_on l2_maths_submitted_on level2_checked_on "
    "first_session_on second_session_on final_session_on l2_copies_signed standard11_form_on payment_told_on "
    "age_band sex ethnicity assessment_information_on appeals_information_on"
)


def within_limit(day: dt.date, others: Sequence[dt.date]) -> bool:
    """Say whether one more assessment on a day leaves at most :data:`WEEKLY_LIMIT` in any 7 consecutive days."""
    near = [other for other in others if abs((other - day).days) < 7]
    starts = (day - dt.timedelta(days=n) for n in range(7))
    return len(near) < WEEKLY_LIMIT or all(
        sum(0 <= (other - start).days < 7 for other in near) < WEEKLY_LIMIT for start in starts
    )


class Allocation:
    """Assigns files month by month, keeping in mind every assessor's days and who is to come again."""

    def __init__(self, scene: Scene, chance: Chance, assessors: Sequence[Row], pops: Sequence[Row]) -> None:
        self.scene, self.chance, self.assessors, self.pops = scene, chance, assessors, pops
        self.cases: list[Row] = []
        self.days: dict[str, list[dt.date]] = defaultdict(list)
        self.due: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.candidates = 0
        self.kinds = {rpa: kinds_of_assessors(assessors, scene, rpa) for rpa in scene.rpas}
        self.wanted = self._wanted()
        self.weights = self._assessor_weights()
        self.single: dict[tuple[str, str], str] = {}
        self.pop_weights = {rpa: self._pop_weights(rpa) for rpa in scene.rpas}
        self.started = {row.assessor_id: shift(row.started_on, 15) for row in assessors if not row.assessments_before}

    def run(self) -> list[Row]:
        """Return all files, with the first solo assessment of every novice marked."""
        for rpa in self.scene.rpas:
            self._come_from_before(rpa)
        for month in self.scene.months:
            for rpa in self.scene.rpas:
                self._month(rpa, month)
        self._mark_first_solos()
        return self.cases

    def _wanted(self) -> dict[tuple[str, str], list[str]]:
        """Return who gets a file in a month whatever chance says: the light in two months, each novice in one."""
        wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
        months = self.scene.months
        for rpa, (_, _, light, novices) in self.kinds.items():
            for place, row in enumerate(light):
                for month in (months[(1 + place) % len(months)], months[(len(months) - 1) * 2 // 3 + 1]):
                    wanted[rpa, month].append(row.assessor_id)
            for place, row in enumerate(novices):
                wanted[rpa, months[min(2 + place, len(months) - 2)]].append(row.assessor_id)
        return wanted

    def _assessor_weights(self) -> dict[str, list[tuple[str, int]]]:
        weights: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for rpa, (ordinary, _, _, novices) in self.kinds.items():
            names = [row.assessor_id for row in ordinary]
            weights[rpa] += [(name, self.chance.between(3, 12, "weight", name)) for name in names]
            weights[rpa] += [(row.assessor_id, 3) for row in novices]
            shared = shared_assessors(self.assessors, self.scene, rpa)
            weights[self.scene.next_to(rpa)] += [(row.assessor_id, 3) for row in shared]
        return weights

    def _pop_weights(self, rpa: str) -> list[tuple[str, int]]:
        ids = [row.pop_id for row in self.pops if row.rpa == rpa]
        if rpa in self.scene.single_pops:
            self.single[rpa, self.scene.months[len(self.scene.months) // 2]] = ids.pop()
        return [(pop, 60 // (place + 1) + 6) for place, pop in enumerate(ids)]

    def _come_from_before(self, rpa: str) -> None:
        """Let some candidates come again whose first file is older than the first month."""
        first = self.scene.months[0]
        before = month_after(first, -2)
        for place in range(self.scene.from_before):
            key = f"{CODES[rpa]}/{before}/{place}"
            day = self.chance.choose(school_days(before), "before", key)
            assessor = self.chance.choose(self.kinds[rpa][0], "assessor before", key).assessor_id
            outcome = "partial_reassessment" if place % 3 else "full_reassessment"
            earlier = self._first(rpa, before, key, (day, shift_school(day, 2), assessor), outcome)
            self.due[rpa, month_after(first, place % 2)].append(earlier)

    def _first(self, rpa: str, month: str, key: str, slot: tuple[dt.date, dt.date, str], outcome: str) -> Row:
        """Return the file of a new candidate, whose PoP may be one that has a single one, which is met."""
        pop = self.single.pop((rpa, month), "")
        outcome, pop = ("met", pop) if pop else (outcome, self.chance.weighted(self.pop_weights[rpa], "pop", key))
        self.candidates += 1
        whom = {"candidate_id": f"C{self.candidates:05d}", "pop_id": pop, "attempt": "first", "outcome": outcome}
        return first_attempt(_decided(rpa, month, key, slot, **whom), self.chance)

    def _month(self, rpa: str, month: str) -> None:
        size = self.scene.files[month, rpa]
        again = self.due.pop((rpa, month), [])
        self.due[rpa, month_after(month)] += again[size // 2 :]
        keys = [f"{CODES[rpa]}/{month}/{place}" for place in range(size)]
        earlier = [*again[: size // 2], *[None] * size][:size]
        new = [self._file(rpa, month, key, before) for key, before in zip(keys, earlier, strict=True)]
        new.sort(key=lambda case: (case.submitted_on, case.case_id))
        for number, case in enumerate(new, start=1):
            case.case_id = f"{CODES[rpa]}-{month}-{number:04d}"
        self.cases += new

    def _file(self, rpa: str, month: str, key: str, earlier: Row | None) -> Row:
        attempt = FOLLOWED_BY[earlier.outcome] if earlier else "first"
        wanted = self.wanted[rpa, month].pop() if earlier is None and self.wanted[rpa, month] else ""
        slot = self._slot(rpa, month, key, earlier, wanted)
        self.days[slot[2]].append(slot[0])
        outcome = self.chance.weighted(tuple(zip(_OUTCOMES, _WEIGHTS[attempt], strict=True)), "outcome", key)
        if earlier:
            whom = {"candidate_id": earlier.candidate_id, "pop_id": earlier.pop_id, "attempt": attempt}
            case = further_attempt(earlier, _decided(rpa, month, key, slot, outcome=outcome, **whom), self.chance)
        else:
            case = self._first(rpa, month, key, slot, outcome)
        if case.outcome != "met" and self.chance.happens(850, "comes again", key):
            self.due[rpa, month_after(month, 2 + self.chance.between(0, 1, "again in", key))].append(case)
        return case

    def _slot(self, rpa: str, month: str, key: str, earlier: Row | None, wanted: str) -> tuple[dt.date, dt.date, str]:
        """Return the day of assessment, the day of submission and an assessor who is free on it."""
        days = school_days(month)[8 if month == self.scene.months[0] else 0 :]
        for attempt in range(200):
            submitted = self.chance.choose(days, "submitted", key, attempt)
            assessed = shift_school(submitted, -self.chance.between(1, 4, "paperwork", key, attempt))
            assessor = wanted or self._assessor(rpa, key, attempt, earlier)
            if self._free(assessor, assessed, earlier):
                return assessed, submitted, assessor
        raise AssertionError(f"no assessor is free for {key}")  # pragma: no cover - the scenes leave room

    def _assessor(self, rpa: str, key: str, attempt: int, earlier: Row | None) -> str:
        # Whoever found the gaps normally looks at the resubmission; a full reassessment is another assessor's.
        if earlier and attempt == 0 and earlier.outcome == "partial_reassessment":
            return str(earlier.assessor_id)
        return self.chance.weighted(self.weights[rpa], "assessor", key, attempt)

    def _free(self, assessor: str, day: dt.date, earlier: Row | None) -> bool:
        barred = earlier is not None and earlier.outcome != "partial_reassessment" and earlier.assessor_id == assessor
        early = assessor in self.started and day < self.started[assessor]
        return not barred and not early and within_limit(day, self.days[assessor])

    def _mark_first_solos(self) -> None:
        for row in self.assessors:
            own = [case for case in self.cases if case.assessor_id == row.assessor_id]
            if own and not row.assessments_before:
                first = min(own, key=lambda case: (case.assessed_on, case.case_id))
                first.first_solo = True
                first.senior_assessor_id = with_role(self.assessors, row.rpa, "senior")[0]


def _decided(rpa: str, month: str, key: str, slot: tuple[dt.date, dt.date, str], **whom: str) -> Row:
    """Return what is decided of a file before its details."""
    when = dict(zip(("assessed_on", "submitted_on", "assessor_id"), slot, strict=True))
    return Row(case_id=key, rpa=rpa, month=month, **when, **whom)


def first_attempt(decided: Row, chance: Chance) -> Row:
    """Return the file of a candidate's first assessment from what is decided: who, where, when, with what outcome."""
    key, assessed, pop = decided.case_id, decided.assessed_on, decided.pop_id
    allocated = shift(assessed, -chance.between(8, 20, "allocated", key))
    qualified = shift(allocated, -chance.between(4, 15, "qualified", key))
    # The school mostly lies where the PoP is at home.
    near = chance.happens(750, "near", key)
    region, county, authority = chance.choose(AREAS[decided.rpa], "area", pop if near else key)
    registered = shift(qualified, chance.between(0, 3, "registered", key))
    first_session = shift(qualified, -chance.between(1, 6, "first session", key))
    setting = chance.weighted(_SETTINGS, "setting", key)
    disability = chance.happens(60, "disability", key)
    return Row(
        **vars(decided),
        school_urn=str(900000 + chance.between(0, 29999, "school", pop, key)),
        school_region=region,
        school_county=county,
        school_la=authority,
        difficult=chance.happens(10, "difficult", key),
        first_solo=False,
        allocated_on=allocated,
        **dict.fromkeys(("l2_english_submitted_on", "l2_maths_submitted_on"), qualified),
        standard11_verified_on=shift(allocated, -chance.between(0, 3, "standard 11", key)),
        registered_on=registered,
        paid_on=shift(assessed, -chance.between(0, 7, "paid", key)),
        **dict.fromkeys(("level2_checked_on", "first_session_on"), first_session),
        second_session_on=shift(registered, chance.between(0, 2, "second session", key)),
        final_session_on=shift(allocated, 7),
        l2_copies_signed=True,
        standard11_form_on=first_session,
        payment_told_on=registered,
        fee=FEE,
        charges=chance.choose(("0.00", "0.00", "0.00", "35.00", "60.00"), "charges", key),
        preparation_days="3",
        preparation_set_apart=False,
        preparation_concern=chance.happens(6, "concern", key),
        evidence_from=assessed - dt.timedelta(days=chance.between(200, 350, "evidence", key)),
        evidence_to=assessed - dt.timedelta(days=chance.between(5, 30, "evidence to", key)),
        setting=setting,
        **dict(zip(("ages_min", "ages_max"), _AGES[setting], strict=True)),
        **dict.fromkeys(("funded", "judged_ready", "opportunity", "employer_support"), True),
        disability_disclosed=disability,
        adjustments=chance.choose(_ADJUSTMENTS, "adjustments", key) if disability else "",
        age_band=chance.weighted(_AGE_BANDS, "age band", key),
        sex=chance.weighted(_SEXES, "sex", key),
        ethnicity=chance.weighted(_ETHNICITIES, "ethnicity", key),
        paperwork_due_on=max(shift_school(assessed, 5), decided.submitted_on),
        paperwork_on=decided.submitted_on,
        **dict.fromkeys(("assessment_information_on", "appeals_information_on"), shift(registered, 2)),
        arrangements_confirmed_on=shift(assessed, -5),
        available_at_event=True,
    )


def further_attempt(earlier: Row, decided: Row, chance: Chance) -> Row:
    """Return the file of a candidate who comes again: the same person, school and PoP with new dates."""
    kept = {name: getattr(earlier, name) for name in _KEPT.split()}
    again = {"charges": "0.00", "previous_assessor_id": earlier.assessor_id}
    return Row(**{**vars(first_attempt(decided, chance)), **kept, **again})
