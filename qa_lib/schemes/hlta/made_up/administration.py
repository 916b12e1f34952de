"""The office side of the made-up year: appeals, enquiries, actions, training, feedback, publications, forums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from qa_lib.calendar.months import month_after
from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.assessors_and_pops import TOPICS, with_role
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
        nature=chance.choose(_NATURES, "nature", appeal_id),
        acknowledged_on=shift(received, chance.between(1, 2, "acknowledged", appeal_id)),
        due_on=shift(received, 20),
        answered_on=shift(received, chance.between(8, 20, "answered", appeal_id)),
        shared_on=shift(received, 40),
        outcome=chance.weighted(
            (("dismissed", 6), ("partly_upheld", 2), ("upheld", 1), ("withdrawn", 1)), "appeal", appeal_id
        ),
        decided_by=chance.choose(seniors, "decided", appeal_id),
        decided_by_rpa=case.rpa,
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
        rows.append(make_action(f"AC{len(rows) + 1:03d}", row, procedure, opened, shift(opened, 10), assessors))
        if row.past_difficulty == "serious" and (gap := _gap(days[row.assessor_id], scene)):
            rows.append(make_action(f"AC{len(rows) + 1:03d}", row, "suspension", gap, shift(gap, 10), assessors))
    return rows


def _gap(days: Sequence[dt.date], scene: Scene) -> dt.date | None:
    """Return a day from which the assessor has no file for three weeks."""
    first = working_day_of(scene.months[0], 1)
    last = working_day_of(scene.months[-1], 1)
    eves = (first + dt.timedelta(days=n) for n in range(-1, (last - first).days - 1))
    return next((shift(eve, 1) for eve in eves if all(not 1 <= (other - eve).days <= 26 for other in days)), None)


def make_action(
    action_id: str,
    row: Assessor,
    procedure: str,
    opened: dt.date,
    closed: dt.date | None,
    assessors: Sequence[Assessor],
) -> Action:
    """Return an action with an assessor, for which the provider's first senior is responsible."""
    return Action(
        action_id=action_id,
        assessor_id=row.assessor_id,
        rpa=row.rpa,
        procedure=procedure,
        opened_on=opened,
        closed_on=closed,
        responsible=with_role(assessors, row.rpa, "senior")[0],
        reason="Moderation found gaps in the summaries of evidence.",
        result="Resolved; later files are sound." if closed else "",
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
            rows.append(_feedback_to_pop(event, "preparation", note, pop.pop_id, shift(event.event_on, 3)))
    for case in cases:
        rows += _about_case(case, held[case.rpa, case.month], chance)
    for rpa in scene.rpas:
        event = held[rpa, scene.months[len(scene.months) // 2]]
        pop_id = next(pop.pop_id for pop in pops if pop.rpa == rpa)
        note = "Candidates describe standard 22 in general terms."
        rows.append(_feedback_to_pop(event, "trend", note, pop_id, shift(event.event_on, 6)))
    rows.sort(key=lambda row: (row.month, row.rpa, row.subject, row.case_id, row.pop_id))
    for number, row in enumerate(rows, start=1):
        row.feedback_id = f"FB{number:04d}"
    return rows


def _about_case(case: Case, event: Event, chance: Chance) -> list[Feedback]:
    rows = []
    if case.preparation_concern:
        day = shift(case.assessed_on, 2)
        note = "Preparation left out the guidance on the tasks."
        rows.append(feedback_on_file(case, "harm", day, note, told_pop_on=day, told_candidate_on=day))
    if chance.happens(8, "documents", case.case_id):
        day = shift(case.assessed_on, -3)
        rows.append(feedback_on_file(case, "documents", day, "Two task sheets were unsigned.", told_candidate_on=day))
    if case.outcome != "met":
        day, told = event.event_on, shift(event.event_on, 4)
        note = "Summary of the moderators' findings sent."
        rows.append(feedback_on_file(case, "assessor", day, note, told_assessor_on=told, given_by=""))
    return rows


def feedback_on_file(case: Case, subject: str, raised: dt.date, note: str, **own: Any) -> Feedback:
    """Return an entry of the log that concerns a file, given by its assessor unless said otherwise."""
    of_file: dict[str, Any] = {"case_id": case.case_id, "pop_id": case.pop_id, "assessor_id": case.assessor_id}
    given = {"given_by": case.assessor_id, **own}
    return Feedback(rpa=case.rpa, month=case.month, subject=subject, raised_on=raised, note=note, **of_file, **given)


def _feedback_to_pop(event: Event, subject: str, note: str, pop_id: str, told: dt.date) -> Feedback:
    day = event.event_on
    return Feedback(
        rpa=event.rpa, month=event.month, subject=subject, pop_id=pop_id, raised_on=day, told_pop_on=told, note=note
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
