"""The office side of the made-up year: appeals, enquiries, actions, training, feedback, publications, forums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.assessors_and_pops import TOPICS, with_role
from qa_lib.schemes.hlta.made_up.candidate_files import FEE
from qa_lib.schemes.hlta.made_up.scene import CODES, Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

_SUBJECTS = (
    "When is the next briefing?",
    "How is a resubmission booked?",
    "Which evidence of Level 2 is accepted?",
    "Invoice address of the school",
    "Assessment at two sites",
    "Change of assessor",
)
_NATURES = (
    "The date of the visit was changed at short notice.",
    "The meeting with the teacher did not take place.",
    "The task sheets were not read before the visit.",
    "The outcome letter named another school.",
)
_OUTCOMES = (("dismissed", 6), ("partly_upheld", 2), ("upheld", 1), ("withdrawn", 1))
_YEAR_BEFORE = working_day_of("2023-06", 15)
_DEVELOPMENT = ("standardisation day", "feedback on moderation", "writing summaries of evidence")


def make_appeals(cases: Sequence[Row], assessors: Sequence[Row], chance: Chance) -> list[Row]:
    """Return the appeals: about one in forty of those whose outcome is not met; some go to the Partnership."""
    last = max(case.month for case in cases)
    lost = {case.case_id: case for case in cases if case.outcome != "met" and case.month != last}
    chosen = sorted(chance.shuffle(lost, "appeals")[: max(2, len(lost) // 24)])
    rows = [_appeal(f"AP{n:03d}", lost[name], assessors, chance) for n, name in enumerate(chosen, start=1)]
    for row in rows[: 3 if len(rows) > 8 else 1]:
        first, second = (rpa for rpa in CODES if rpa != row.rpa)
        row.panel_on, row.outcome, row.panel_outcome = shift(row.due_on, 15), "dismissed", "dismissed"
        row.panel_member_1_rpa, row.panel_member_1 = first, with_role(assessors, first, "senior")[0]
        row.panel_member_2_rpa, row.panel_member_2 = second, with_role(assessors, second, "senior")[0]
    return rows


def _appeal(name: str, case: Row, assessors: Sequence[Row], chance: Chance) -> Row:
    received = shift(case.result_released_on, chance.between(2, 12, "received", name))
    seniors = [person for person in with_role(assessors, case.rpa, "senior") if person != case.assessor_id]
    return Row(
        appeal_id=name,
        case_id=case.case_id,
        rpa=case.rpa,
        received_on=received,
        by_candidate=True,
        ground="procedure",
        nature=chance.choose(_NATURES, "nature", name),
        acknowledged_on=shift(received, chance.between(1, 2, "acknowledged", name)),
        due_on=shift(received, 20),
        answered_on=shift(received, chance.between(8, 20, "answered", name)),
        shared_on=shift(received, 40),
        collaborated_on=shift(received, chance.between(3, 7, "collaborated", name)),
        answered_in_writing=True,
        partnership_route_explained=True,
        outcome=chance.weighted(_OUTCOMES, "appeal", name),
        decided_by=chance.choose(seniors, "decided", name),
        decided_by_rpa=case.rpa,
    )


def make_enquiries(scene: Scene, chance: Chance) -> list[Row]:
    """Return the enquiries: about one for every ten files, each answered in time."""
    rows: list[Row] = []
    for (month, rpa), size in scene.files.items():
        for place in range(size // 10 + 1):
            key = f"{rpa}/{month}/{place}"
            received = shift(working_day_of(month, 1), chance.between(0, 16, "enquiry", key))
            support = chance.happens(100, "support", key)
            subject = chance.choose(_SUBJECTS, "subject", key)
            rows.append(
                Row(
                    enquiry_id=f"E{len(rows) + 1:04d}",
                    rpa=rpa,
                    received_on=received,
                    acknowledged_on=shift(received, chance.between(0, 3, "acknowledged", key)),
                    replied_on=shift(received, chance.between(3, 10, "replied", key)),
                    subject="How do we find candidates among our staff?" if support else subject,
                    kind="school_support" if support else "other",
                )
            )
    return rows


def make_training(scene: Scene, assessors: Sequence[Row], chance: Chance) -> list[Row]:
    """Return initial training in all topics before the first assessment, and development before and in the year."""
    rows = []
    for row in assessors:
        taken = [("initial", topic, shift(row.started_on, 2 + place)) for place, topic in enumerate(TOPICS)]
        for place in range(chance.between(1, 2, "developments", row.assessor_id)):
            month = chance.choose(scene.months[:-1], "development", row.assessor_id, row.rpa, place)
            day = max(working_day_of(month, 10), shift(row.started_on, 25))
            taken.append(("development", chance.choose(_DEVELOPMENT, "what", row.assessor_id, place), day))
        if row.started_on < _YEAR_BEFORE:
            taken.insert(len(TOPICS), ("development", _DEVELOPMENT[0], _YEAR_BEFORE))
        who = {"assessor_id": row.assessor_id, "rpa": row.rpa}
        rows += [Row(**who, stage=stage, topic=topic, taken_on=day) for stage, topic, day in taken]
    return rows


def make_actions(scene: Scene, cases: Sequence[Row], assessors: Sequence[Row], chance: Chance) -> list[Row]:
    """Return the actions taken with assessors who had difficulties; nobody assesses while suspended."""
    days: dict[str, list[dt.date]] = defaultdict(list)
    for case in cases:
        days[case.assessor_id].append(case.assessed_on)
    rows: list[Row] = []
    for row in assessors:
        if row.past_difficulty == "none" or row.rpa not in scene.rpas:
            continue
        procedure = "discussion" if row.past_difficulty == "some" else "training"
        taken = [(procedure, working_day_of(chance.choose(scene.months[:-1], "action", row.assessor_id), 12))]
        if row.past_difficulty == "serious" and (gap := _gap(days[row.assessor_id], scene)):
            taken.append(("suspension", gap))
        for name, opened in taken:
            rows.append(
                Row(
                    action_id=f"AC{len(rows) + 1:03d}",
                    assessor_id=row.assessor_id,
                    rpa=row.rpa,
                    procedure=name,
                    opened_on=opened,
                    closed_on=shift(opened, 10),
                    responsible=with_role(assessors, row.rpa, "senior")[0],
                    reason="Moderation found gaps in the summaries of evidence.",
                    result="Resolved; later files are sound.",
                )
            )
    return rows


def _gap(days: Sequence[dt.date], scene: Scene) -> dt.date | None:
    """Return a day from which the assessor has no file for three weeks."""
    first, last = (working_day_of(scene.months[n], 1) for n in (0, -1))
    eves = (first + dt.timedelta(days=n) for n in range(-1, (last - first).days - 1))
    return next((shift(eve, 1) for eve in eves if all(not 1 <= (other - eve).days <= 26 for other in days)), None)


def make_feedback(
    scene: Scene, cases: Sequence[Row], pops: Sequence[Row], events: Sequence[Row], chance: Chance
) -> list[Row]:
    """Return the feedback log: on preparation to every PoP, on harm where a case says so, to assessors, on trends.

    Last what a PoP has to report or to tell before there is a file.
    """
    held = {(event.rpa, event.month): event for event in events}
    rows: list[Row] = []
    for pop in pops:
        for month in sorted({scene.months[0], chance.choose(scene.months, "on preparation", pop.pop_id)}):
            rows.append(_to_pop(held[pop.rpa, month], pop.pop_id, "preparation", 3, "Candidates were well prepared."))
    for case in cases:
        rows += _about_case(case, held[case.rpa, case.month], chance)
    for rpa in scene.rpas:
        first = next(pop.pop_id for pop in pops if pop.rpa == rpa)
        note = "Candidates describe standard 22 in general terms."
        rows.append(_to_pop(held[rpa, scene.months[len(scene.months) // 2]], first, "trend", 6, note))
    rows.sort(key=lambda row: (row.month, row.rpa, row.subject, row.case_id, row.pop_id))
    rows += _reported(scene, pops)
    for number, row in enumerate(rows, start=1):
        row.feedback_id = f"FB{number:04d}"
    return rows


def _about_case(case: Row, event: Row, chance: Chance) -> list[Row]:
    of_file = {name: getattr(case, name) for name in ("rpa", "month", "case_id", "pop_id", "assessor_id")}
    rows = []
    if case.preparation_concern:
        day, note = shift(case.assessed_on, 2), "Preparation left out the guidance on the tasks."
        rows.append(Row(subject="harm", raised_on=day, told_pop_on=day, told_candidate_on=day, note=note, **of_file))
    if chance.happens(8, "documents", case.case_id):
        day, note = shift(case.assessed_on, -3), "Two task sheets were unsigned."
        rows.append(Row(subject="documents", raised_on=day, told_candidate_on=day, note=note, **of_file))
    for row in rows:
        row.given_by = case.assessor_id
    if case.outcome != "met":
        day, note = event.event_on, "Summary of the moderators' findings sent."
        rows.append(Row(subject="assessor", raised_on=day, told_assessor_on=shift(day, 4), note=note, **of_file))
    return rows


def _to_pop(event: Row, pop_id: str, subject: str, days: int, note: str) -> Row:
    day, about = event.event_on, {"rpa": event.rpa, "month": event.month, "case_id": "", "pop_id": pop_id}
    return Row(subject=subject, raised_on=day, told_pop_on=shift(day, days), note=note, **about)


def _reported(scene: Scene, pops: Sequence[Row]) -> list[Row]:
    """Return a change of a registration and a candidate without Level 2 for each provider, every fourth month."""
    rows = []
    for month in scene.months[1::4]:
        for rpa in scene.rpas:
            day, pop = working_day_of(month, 9), next(pop.pop_id for pop in pops if pop.rpa == rpa)
            whom = {"rpa": rpa, "month": month, "pop_id": pop, "raised_on": day}
            rows.append(Row(subject="registration", told_rpa_on=shift(day, 1), note="Another school.", **whom))
            rows.append(Row(subject="level_2", told_candidate_on=day, note="No Level 2 mathematics yet.", **whom))
    return rows


def make_publications() -> list[Row]:
    """Return what each provider has on its website: last year's page and this year's, each reviewed in June."""
    return [
        Row(
            rpa=rpa,
            item=item,
            published_on=dt.date(year, 9, 1),
            reviewed_on=dt.date(year + 1, 6, 5),
            withdrawn_on=withdrawn,
            place=f"website, page on {item.replace('_', ' ')}",
            amount=amount,
        )
        for rpa in CODES
        for item, amount in (("contact", ""), ("fee", FEE), ("charges", "60.00"), ("appeals_procedure", ""))
        for year, withdrawn in ((2022, dt.date(2023, 8, 31)), (2023, None))
    ]


def make_forums(scene: Scene, assessors: Sequence[Row], chance: Chance) -> list[Row]:
    """Return the meetings of peer reviewers, one every four months, with one from each provider."""
    rows = []
    for month in scene.months[2::4]:
        day = working_day_of(month_after(month), 3)
        for rpa in CODES:
            reviewer = chance.choose(with_role(assessors, rpa, "peer_reviewer"), "forum", month, rpa)
            rows.append(Row(held_on=day, rpa=rpa, peer_reviewer_id=reviewer, attended=True))
    return rows
