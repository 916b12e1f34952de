"""The office side of the made-up year: appeals, enquiries, actions, training, feedback, publications, forums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.assessors_and_pops import TOPICS
from qa_lib.schemes.hlta.made_up.details import FEE
from qa_lib.schemes.hlta.made_up.rows import (
    Action,
    Appeal,
    Assessor,
    Case,
    Enquiry,
    Event,
    Feedback,
    Forum,
    Pop,
    Publication,
    Training,
)
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
_DEVELOPMENT = ("standardisation day", "feedback on moderation", "writing summaries of evidence")


def with_role(assessors: Sequence[Assessor], rpa: str, role: str) -> list[str]:
    """Return the ids of those who have a role in a provider, in order."""
    return [row.assessor_id for row in assessors if row.rpa == rpa and role in row.roles]


def make_appeals(cases: Sequence[Case], assessors: Sequence[Assessor], chance: Chance) -> list[Appeal]:
    """Return the appeals: about one in forty of those whose outcome is not met; one of them goes to the Partnership."""
    last = max(case.month for case in cases)
    lost = [case for case in cases if case.outcome != "met" and case.month != last]
    size = max(2, len(lost) // 24)
    order = {case_id: n for n, case_id in enumerate(chance.shuffle([case.case_id for case in lost], "appeals"))}
    chosen = sorted((case for case in lost if order[case.case_id] < size), key=lambda case: case.case_id)
    rows = [_appeal(f"AP{n:03d}", case, assessors, chance) for n, case in enumerate(chosen, start=1)]
    for row in rows[: 3 if len(rows) > 8 else 1]:
        others = [rpa for rpa in CODES if rpa != row.rpa]
        row.panel_on = shift(row.due_on, 15)
        row.panel_member_1_rpa, row.panel_member_2_rpa = others
        row.panel_member_1 = with_role(assessors, others[0], "senior")[0]
        row.panel_member_2 = with_role(assessors, others[1], "senior")[0]
        row.outcome, row.panel_outcome = "dismissed", "dismissed"
    return rows


def _appeal(appeal_id: str, case: Case, assessors: Sequence[Assessor], chance: Chance) -> Appeal:
    released = case.result_released_on or case.submitted_on
    received = shift(released, chance.between(2, 12, "received", appeal_id))
    seniors = [person for person in with_role(assessors, case.rpa, "senior") if person != case.assessor_id]
    return Appeal(
        appeal_id=appeal_id,
        case_id=case.case_id,
        rpa=case.rpa,
        received_on=received,
        by_candidate=True,
        ground="procedure",
        nature=chance.choose(_NATURES, "nature", appeal_id),
        acknowledged_on=shift(received, chance.between(1, 2, "acknowledged", appeal_id)),
        due_on=shift(received, 20),
        answered_on=shift(received, chance.between(8, 20, "answered", appeal_id)),
        shared_on=shift(received, 40),
        answered_in_writing=True,
        partnership_route_explained=True,
        outcome=chance.weighted(
            (("dismissed", 6), ("partly_upheld", 2), ("upheld", 1), ("withdrawn", 1)), "appeal", appeal_id
        ),
        decided_by=chance.choose(seniors, "decided", appeal_id),
        decided_by_rpa=case.rpa,
        panel_on=None,
        panel_member_1="",
        panel_member_1_rpa="",
        panel_member_2="",
        panel_member_2_rpa="",
        panel_outcome="",
    )


def make_enquiries(scene: Scene, chance: Chance) -> list[Enquiry]:
    """Return the enquiries: about one for every ten files, each answered in time."""
    rows: list[Enquiry] = []
    for (month, rpa), size in scene.files.items():
        for place in range(size // 10 + 1):
            key = f"{rpa}/{month}/{place}"
            received = shift(working_day_of(month, 1), chance.between(0, 16, "enquiry", key))
            rows.append(
                Enquiry(
                    enquiry_id=f"E{len(rows) + 1:04d}",
                    rpa=rpa,
                    received_on=received,
                    acknowledged_on=shift(received, chance.between(0, 3, "acknowledged", key)),
                    replied_on=shift(received, chance.between(3, 10, "replied", key)),
                    subject=chance.choose(_SUBJECTS, "subject", key),
                )
            )
    return rows


def make_training(scene: Scene, assessors: Sequence[Assessor], chance: Chance) -> list[Training]:
    """Return initial training in all topics before the first assessment, and development in the year."""
    rows = []
    for row in assessors:
        day = shift(row.started_on, 2)
        for place, topic in enumerate(TOPICS):
            rows.append(_training(row, "initial", topic, shift(day, place)))
        for place in range(chance.between(1, 2, "developments", row.assessor_id)):
            month = chance.choose(scene.months[:-1], "development", row.assessor_id, row.rpa, place)
            day = max(working_day_of(month, 10), shift(row.started_on, 25))
            rows.append(_training(row, "development", chance.choose(_DEVELOPMENT, "what", row.assessor_id, place), day))
    return rows


def _training(row: Assessor, stage: str, topic: str, day: dt.date) -> Training:
    return Training(assessor_id=row.assessor_id, rpa=row.rpa, stage=stage, topic=topic, taken_on=day)


def make_actions(scene: Scene, cases: Sequence[Case], assessors: Sequence[Assessor], chance: Chance) -> list[Action]:
    """Return the actions taken with assessors who had difficulties; nobody assesses while suspended."""
    days: dict[str, list[dt.date]] = defaultdict(list)
    for case in cases:
        days[case.assessor_id].append(case.assessed_on)
    rows: list[Action] = []
    for row in assessors:
        if row.past_difficulty == "none" or row.rpa not in scene.rpas:
            continue
        procedure = "discussion" if row.past_difficulty == "some" else "training"
        opened = working_day_of(chance.choose(scene.months[:-1], "action", row.assessor_id), 12)
        rows.append(_action(len(rows) + 1, row, procedure, opened, assessors))
        if row.past_difficulty == "serious" and (gap := _gap(days[row.assessor_id], scene)):
            rows.append(_action(len(rows) + 1, row, "suspension", gap, assessors))
    return rows


def _gap(days: Sequence[dt.date], scene: Scene) -> dt.date | None:
    """Return a day from which the assessor has no file for three weeks."""
    first = working_day_of(scene.months[0], 1)
    last = working_day_of(scene.months[-1], 1)
    eves = (first + dt.timedelta(days=n) for n in range(-1, (last - first).days - 1))
    return next((shift(eve, 1) for eve in eves if all(not 1 <= (other - eve).days <= 26 for other in days)), None)


def _action(number: int, row: Assessor, procedure: str, opened: dt.date, assessors: Sequence[Assessor]) -> Action:
    return Action(
        action_id=f"AC{number:03d}",
        assessor_id=row.assessor_id,
        rpa=row.rpa,
        procedure=procedure,
        opened_on=opened,
        closed_on=shift(opened, 10),
        responsible=with_role(assessors, row.rpa, "senior")[0],
        reason="Moderation found gaps in the summaries of evidence.",
        result="Resolved; later files are sound.",
    )


def make_feedback(
    scene: Scene, cases: Sequence[Case], pops: Sequence[Pop], events: Sequence[Event], chance: Chance
) -> list[Feedback]:
    """Return the feedback log: on preparation to every PoP, on harm where a case says so, to assessors, on trends."""
    held = {(event.rpa, event.month): event for event in events}
    rows: list[Feedback] = []
    for pop in pops:
        for month in sorted({scene.months[0], chance.choose(scene.months, "on preparation", pop.pop_id)}):
            event = held[pop.rpa, month]
            note = "Candidates were well prepared."
            rows.append(_feedback(event, "preparation", note, pop_id=pop.pop_id, told_pop_on=shift(event.event_on, 3)))
    for case in cases:
        rows += _about_case(case, held[case.rpa, case.month], chance)
    for rpa in scene.rpas:
        event = held[rpa, scene.months[len(scene.months) // 2]]
        pop_id = next(pop.pop_id for pop in pops if pop.rpa == rpa)
        note = "Candidates describe standard 22 in general terms."
        rows.append(_feedback(event, "trend", note, pop_id=pop_id, told_pop_on=shift(event.event_on, 6)))
    rows.sort(key=lambda row: (row.month, row.rpa, row.subject, row.case_id, row.pop_id))
    for number, row in enumerate(rows, start=1):
        row.feedback_id = f"FB{number:04d}"
    return rows


def _about_case(case: Case, event: Event, chance: Chance) -> list[Feedback]:
    rows = []
    if case.preparation_concern:
        day = shift(case.assessed_on, 2)
        note = "Preparation left out the guidance on the tasks."
        rows.append(_feedback(event, "harm", note, case=case, raised_on=day, told_pop_on=day, told_candidate_on=day))
    if chance.happens(8, "documents", case.case_id):
        day = shift(case.assessed_on, -3)
        note = "Two task sheets were unsigned."
        rows.append(_feedback(event, "documents", note, case=case, raised_on=day, told_candidate_on=day))
    if case.outcome != "met":
        day = shift(event.event_on, 4)
        note = "Summary of the moderators' findings sent."
        rows.append(_feedback(event, "assessor", note, case=case, raised_on=event.event_on, told_assessor_on=day))
    return rows


def _feedback(
    event: Event,
    subject: str,
    note: str,
    *,
    case: Case | None = None,
    pop_id: str = "",
    raised_on: dt.date | None = None,
    told_pop_on: dt.date | None = None,
    told_candidate_on: dt.date | None = None,
    told_assessor_on: dt.date | None = None,
) -> Feedback:
    return Feedback(
        feedback_id="",
        rpa=event.rpa,
        month=event.month,
        subject=subject,
        case_id=case.case_id if case else "",
        pop_id=case.pop_id if case else pop_id,
        assessor_id=case.assessor_id if case else "",
        given_by=case.assessor_id if case and subject != "assessor" else "",
        raised_on=raised_on or event.event_on,
        told_pop_on=told_pop_on,
        told_candidate_on=told_candidate_on,
        told_assessor_on=told_assessor_on,
        note=note,
    )


def make_publications() -> list[Publication]:
    """Return what each provider has on its website: last year's page and this year's, each reviewed in June."""
    rows = []
    for rpa in CODES:
        for item, amount in (("contact", ""), ("fee", FEE), ("charges", "60.00"), ("appeals_procedure", "")):
            rows += [
                Publication(
                    rpa=rpa,
                    item=item,
                    published_on=dt.date(year, 9, 1),
                    reviewed_on=dt.date(year + 1, 6, 5),
                    withdrawn_on=withdrawn,
                    place=f"website, page on {item.replace('_', ' ')}",
                    amount=amount,
                )
                for year, withdrawn in ((2022, dt.date(2023, 8, 31)), (2023, None))
            ]
    return rows


def make_forums(scene: Scene, assessors: Sequence[Assessor], chance: Chance) -> list[Forum]:
    """Return the meetings of peer reviewers, one every four months, with one from each provider."""
    rows = []
    for month in scene.months[2::4]:
        day = working_day_of(month_after(month), 3)
        for rpa in CODES:
            reviewer = chance.choose(with_role(assessors, rpa, "peer_reviewer"), "forum", month, rpa)
            rows.append(Forum(held_on=day, rpa=rpa, peer_reviewer_id=reviewer, attended=True))
    return rows
