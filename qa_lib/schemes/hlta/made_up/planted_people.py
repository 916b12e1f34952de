"""Facts of assessors: load, training, roles, suspension; and of pre-upload scrutiny."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from qa_lib.schemes.hlta.made_up.administration import make_action
from qa_lib.schemes.hlta.made_up.assessors_and_pops import TOPICS
from qa_lib.schemes.hlta.made_up.planting import WITHOUT_EVENT, Planting
from qa_lib.schemes.hlta.made_up.rows import Assessor, Case
from qa_lib.schemes.hlta.made_up.scene import NORTHAMPTON
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

_DAY = dt.timedelta(days=1)


def plant_first_solo(planting: Planting) -> None:
    """Plant a first solo assessment without a senior assessor."""
    case = max((case for case in planting.year.cases if case.first_solo), key=lambda case: case.case_id)
    case.senior_assessor_id = ""
    planting.used.add(case.case_id)
    what = "A novice's first solo assessment names no senior assessor."
    planting.add("F40", "ASR.1", "cases", what, [case.case_id])


def plant_no_senior(planting: Planting) -> None:
    """Plant a month in which a provider has no senior assessor: all of them start in October."""
    seniors = [row for row in planting.year.assessors if row.rpa == NORTHAMPTON and "senior" in row.roles]
    ids = [row.assessor_id for row in seniors]
    stand_in = next(row.assessor_id for row in planting.moderators(NORTHAMPTON, *ids))
    for row in seniors:
        row.started_on, row.moderator_confirmed_on = dt.date(2023, 10, 2), dt.date(2023, 10, 3)
    others = [row for row in planting.year.assessors if row.rpa == NORTHAMPTON and planting.is_single(row.assessor_id)]
    for case in planting.year.cases:
        if case.assessed_on < dt.date(2023, 10, 2):
            if case.assessor_id in ids:
                planting.reassign(case, next(_free(others, case, planting)))
            if (scrutiny := planting.scrutinised.get(case.case_id)) and scrutiny.by in ids:
                scrutiny.by = stand_in
            found = planting.moderation(case)
            if case.rpa == NORTHAMPTON and found.moderator_id in ids:
                found.moderator_id = next(
                    row.assessor_id
                    for row in planting.moderators(NORTHAMPTON, *ids, case.assessor_id, found.second_moderator_id)
                )
    what = "University of Northampton has no senior assessor in September 2023: all of them start on 2 October."
    planting.add("F46", "ASR.4", "assessors", what, ids)


def _free(people: list[Assessor], case: Case, planting: Planting) -> Iterator[str]:
    """Yield those without another assessment within a week of the file's."""
    for row in people:
        days = (other.assessed_on for other in planting.own[row.assessor_id])
        barred = case.previous_assessor_id == row.assessor_id and case.attempt == "full_reassessment"
        if not barred and all(abs((day - case.assessed_on).days) > 7 for day in days):
            yield row.assessor_id


def plant_heavy_week(planting: Planting) -> None:
    """Plant six assessments of one assessor in one ISO week."""
    people = [row for row in planting.year.assessors if planting.is_single(row.assessor_id)]
    for row in planting.chance.shuffle(people, "F41"):
        for monday in _quiet_mondays(planting, row.assessor_id, before=7, after=7):
            window = [(row.rpa, monday + n * _DAY) for n in range(5)]
            if files := _gather(planting, row.assessor_id, [window], [6]):
                what = f"Six assessments in the ISO week from Monday {monday.isoformat()}."
                planting.add("F41", "ASR.2", "cases", what, [row.assessor_id], count=len(files), expect="warning")
                return
    raise AssertionError  # pragma: no cover - the year has room


def plant_heavy_seven_days(planting: Planting) -> None:
    """Plant six assessments in seven days that cross two ISO weeks and two providers, neither week being too full."""
    places: dict[str, list[str]] = defaultdict(list)
    for row in planting.year.assessors:
        places[row.assessor_id].append(row.rpa)
    # A quiet time may be that of a suspension, so whoever an action concerns is left alone.
    concerned = {row.assessor_id for row in planting.year.actions}
    people = [name for name, rpas in places.items() if len(rpas) == 2 and name not in concerned]
    for assessor in planting.chance.shuffle(people, "F42"):
        first, second = places[assessor]
        for monday in _quiet_mondays(planting, assessor, before=11, after=9):
            windows = [
                [(first, monday + n * _DAY) for n in (-4, -3)],
                [(second, monday + n * _DAY) for n in (0, 1, 2)],
            ]
            if files := _gather(planting, assessor, windows, [3, 3]):
                what = (
                    f"Six assessments in the seven days from {(monday - 4 * _DAY).isoformat()}:"
                    " three in each of two ISO weeks, for two providers."
                )
                planting.add("F42", "ASR.2", "cases", what, [assessor], count=len(files), expect="warning")
                return
    raise AssertionError  # pragma: no cover - the year has room


def _quiet_mondays(planting: Planting, assessor: str, *, before: int, after: int) -> Iterator[dt.date]:
    """Yield Mondays around which the assessor has no file, so that only what is added counts."""
    days = [case.assessed_on for case in planting.own[assessor]]
    monday = dt.date(2023, 9, 18)
    while monday < dt.date(2024, 7, 15):
        if all(not -before <= (day - monday).days < after + 5 for day in days):
            yield monday
        monday += 7 * _DAY


def _gather(
    planting: Planting, assessor: str, windows: list[list[tuple[str, dt.date]]], sizes: list[int]
) -> list[Case]:
    """Reassign files of each window to the assessor; all of them or none."""
    chosen: list[Case] = []
    for window, size in zip(windows, sizes, strict=True):
        fitting = [
            case
            for case in planting.year.cases
            if (case.rpa, case.assessed_on) in window
            and planting.is_spare(case)
            and (case.rpa, case.month) != WITHOUT_EVENT
        ]
        chosen += sorted(fitting, key=lambda case: case.case_id)[:size]
    if len(chosen) < sum(sizes):
        return []
    for case in chosen:
        planting.used.add(case.case_id)
        planting.reassign(case, assessor)
    return chosen


def plant_training(planting: Planting) -> None:
    """Plant a missing topic, a topic taken too late, and a year without development."""
    people = [row.assessor_id for row in planting.year.assessors if planting.is_single(row.assessor_id)]
    missing, late, idle = planting.chance.shuffle(people, "F43")[:3]
    planting.people[missing].trained = [topic for topic in TOPICS if topic != "interviews"]
    planting.year.training = [
        row
        for row in planting.year.training
        if (row.assessor_id, row.topic) != (missing, "interviews")
        and (row.assessor_id, row.stage) != (idle, "development")
    ]
    what = "Initial training lacks the topic interviews."
    planting.add("F43", "ASR.3", "assessors", what, [missing])
    first = min(case.assessed_on for case in planting.own[late])
    for row in planting.year.training:
        if (row.assessor_id, row.topic) == (late, "questions"):
            row.taken_on = shift(first, 10)
    what = "The topic questions is taken ten working days after the first assessment of the year."
    planting.add("F44", "ASR.3", "training", what, [late])
    what = "No development is recorded in the year."
    planting.add("F45", "ASR.3", "training", what, [idle], count=0)


def plant_actions(planting: Planting) -> None:
    """Plant assessments while barred, an action that stays open and one that names nobody."""
    suspended = planting.ordinary_passes(1, "F47", lambda case: _alone(planting, case, 5, 14))[0]
    opened = shift(suspended.assessed_on, -2)
    _act(planting, "AC901", suspended, "suspension", opened, shift(suspended.assessed_on, 5))
    what = f"Assessed while suspended from {opened.isoformat()}."
    planting.add("F47", "ASR.6", "cases", what, [suspended.case_id])
    removed = planting.ordinary_passes(1, "F48", lambda case: _alone(planting, case, 5, 1000))[0]
    opened = shift(removed.assessed_on, -2)
    _act(planting, "AC902", removed, "removal", opened, None)
    what = f"Assessed after removal from the register on {opened.isoformat()}."
    planting.add("F48", "ASR.6", "cases", what, [removed.case_id])
    barred = {suspended.assessor_id, removed.assessor_id}
    people = [row.assessor_id for row in planting.year.assessors if planting.is_single(row.assessor_id)]
    still_open, nobody = planting.chance.shuffle([name for name in people if name not in barred], "F49")[:2]
    day = working_day_of("2024-01", 8)
    _act(planting, "AC903", planting.own[still_open][0], "discussion", day, None)
    what = f"A discussion opened on {day.isoformat()} is still open at the end of the year."
    planting.add("F49", "ASR.6", "actions", what, ["AC903"], expect="information")
    _act(planting, "AC904", planting.own[nobody][0], "shadowing", day, shift(day, 15))
    planting.year.actions[-1].responsible = ""
    planting.add("F50", "ASR.6", "actions", "An action names nobody as responsible.", ["AC904"])


def _alone(planting: Planting, case: Case, before: int, after: int) -> bool:
    """Say whether the assessor has no other file in the days around this one."""
    if not planting.is_single(case.assessor_id):
        return False
    gaps = [(other.assessed_on - case.assessed_on).days for other in planting.own[case.assessor_id]]
    return sum(-before <= gap <= after for gap in gaps) == 1


def _act(
    planting: Planting, action_id: str, case: Case, procedure: str, opened: dt.date, closed: dt.date | None
) -> None:
    row, people = planting.people[case.assessor_id], planting.year.assessors
    planting.year.actions.append(make_action(action_id, row, procedure, opened, closed, people))


def plant_outside_assignment(planting: Planting) -> None:
    """Plant an assignment outside the Partnership."""
    people = [row.assessor_id for row in planting.year.assessors if planting.is_single(row.assessor_id)]
    assessor = planting.chance.choose(people, "F51")
    planting.people[assessor].outside_assignment = "Assessed two candidates for a training company in May 2024."
    planting.add("F51", "ASR.7", "assessors", "An assignment outside the Partnership is recorded.", [assessor])


def plant_unscrutinised(planting: Planting) -> None:
    """Plant an assessor's month without any scrutiny."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in planting.year.cases:
        groups[case.assessor_id, case.month].append(case)
    keys = [key for key, files in groups.items() if len(files) >= 2 and all(map(planting.is_spare, files))]
    assessor, month = planting.chance.choose(sorted(keys), "F52")
    ids = {case.case_id for case in groups[assessor, month]}
    planting.used |= ids
    planting.year.scrutiny = [row for row in planting.year.scrutiny if row.case_id not in ids]
    what = f"None of the {len(ids)} files that the assessor submitted in {month} was scrutinised."
    planting.add("F52", "SCR.1", "scrutiny", what, [f"{assessor}/{month}"], count=0)
