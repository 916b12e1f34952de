"""Facts of the months: events, peer review, files that scrutiny returned."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

from qa_lib.made_up.row import Row
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.planting import WITHOUT_EVENT, Planting
from qa_lib.schemes.hlta.made_up.records import thrown_seed
from qa_lib.schemes.hlta.made_up.rows import Case, Event
from qa_lib.schemes.hlta.made_up.scene import NORTH, NORTHAMPTON, ROTAS, STRICTLY
from qa_lib.schemes.hlta.made_up.workdays import shift

#: Wednesday before Easter 2024: three working days later is 3 April, four are 4 April.
BEFORE_EASTER = dt.date(2024, 3, 27)


def _name(event: Event) -> str:
    return f"{event.rpa}/{event.month}"


def _reviewed_by(planting: Planting, event: Event, rpa: str) -> None:
    """Let another provider review the month."""
    people = with_role(planting.year.assessors, rpa, "peer_reviewer")
    event.peer_rpa = rpa
    event.peer_reviewer_id, event.deputy_id = planting.chance.shuffle(people, "reviewed by", _name(event))[:2]


def plant_no_event(planting: Planting) -> None:
    """Plant a month with files and no event: nothing was moderated and no result released."""
    rpa, month = WITHOUT_EVENT
    planting.year.events.remove(planting.held.pop(WITHOUT_EVENT))
    files = [case for case in planting.year.cases if (case.rpa, case.month) == WITHOUT_EVENT]
    for case in files:
        planting.without_moderation(case)
    what = f"{len(files)} files were submitted and no event was held."
    planting.add("F60", "MOD.1", "events", what, [f"{rpa}/{month}"], count=0)


def plant_own_reviewer(planting: Planting) -> None:
    """Plant a peer reviewer of the reviewed provider itself."""
    event = planting.held[NORTHAMPTON, "2024-05"]
    entered = event.peer_rpa
    _reviewed_by(planting, event, NORTHAMPTON)
    event.peer_rpa = entered
    what = f"Peer reviewer and deputy are entered as of {entered}; both are assessors of the reviewed RPA itself."
    planting.add("F80", "PEER.1", "events", what, [_name(event)])


def plant_no_deputy(planting: Planting) -> None:
    """Plant an event without a deputy."""
    event = planting.held[NORTHAMPTON, "2024-02"]
    event.deputy_id = ""
    planting.add("F81", "PEER.1", "events", "No deputy is named.", [_name(event)], expect="warning")


def plant_long_pairing(planting: Planting) -> None:
    """Plant a pairing that is kept for a fourth month."""
    event = planting.held[NORTH, "2024-06"]
    _reviewed_by(planting, event, ROTAS[0][NORTH])
    what = f"The pairing of March to May with {event.peer_rpa} is kept in June, its fourth month."
    planting.add("F82", "PEER.2", "events", what, [_name(event)])


def plant_late_report(planting: Planting) -> None:
    """Plant an event before Easter whose joint report is a working day late."""
    event = _before_easter(planting, NORTH, 4)
    what = "The joint report comes on the fourth working day after the event, over Easter."
    planting.add("F83", "PEER.3", "events", what, [_name(event)])


def plant_report_in_time(planting: Planting) -> None:
    """Plant an event before Easter whose joint report is just in time."""
    event = _before_easter(planting, STRICTLY, 3)
    what = "The joint report comes seven days after the event, which over Easter is the third working day: in time."
    planting.add("F85", "PEER.3", "events", what, [_name(event)], expect="none")


def _before_easter(planting: Planting, rpa: str, days: int) -> Event:
    event = planting.held[rpa, "2024-02"]
    event.event_on, event.joint_report_on = BEFORE_EASTER, shift(BEFORE_EASTER, days)
    for case in planting.year.cases:
        if (case.rpa, case.month) == (event.rpa, event.month):
            planting.moderation(case).moderated_on = BEFORE_EASTER
            case.result_released_on = shift(BEFORE_EASTER, 5)
    for row in planting.year.feedback_log:
        if (row.rpa, row.month, row.subject) == (event.rpa, event.month, "assessor"):
            row.raised_on, row.told_assessor_on = BEFORE_EASTER, shift(BEFORE_EASTER, 4)
    for appeal in planting.year.appeals:
        case = planting.cases[appeal.case_id]
        if (case.rpa, case.month) == (event.rpa, event.month):
            _postpone(appeal, 13)
    return event


def _postpone(row: Row, days: int) -> None:
    """Move all days of a row by some working days."""
    for name, value in asdict(row).items():
        if isinstance(value, dt.date):
            setattr(row, name, shift(value, days))


def plant_no_report(planting: Planting) -> None:
    """Plant an event without a joint report."""
    event = planting.held[STRICTLY, "2024-01"]
    event.joint_report_on = None
    planting.add("F84", "PEER.3", "events", "No joint report is recorded.", [_name(event)])


def plant_absent_from_forum(planting: Planting) -> None:
    """Plant a forum that a provider missed."""
    row = next(row for row in planting.year.forums if row.rpa == NORTH and row.held_on.year == 2024)
    row.attended, row.peer_reviewer_id = False, ""
    what = f"No peer reviewer of {NORTH} attended the forum of {row.held_on.isoformat()}."
    planting.add("F86", "PEER.4", "forums", what, [f"{row.rpa}/{row.held_on.isoformat()}"], expect="warning")


def plant_no_improvements(planting: Planting) -> None:
    """Plant a month in which moderators reported nothing that could improve the RPA's systems."""
    event = planting.held[STRICTLY, "2023-12"]
    event.improvements = ""
    what = "The moderators' report on training, quality assurance and support is missing."
    planting.add("F70", "MOD.10", "events", what, [_name(event)])


def plant_no_national_standards(planting: Planting) -> None:
    """Plant a month without nationally agreed standards."""
    rows = planting.year.national_standards
    planting.year.national_standards = [row for row in rows if row.month != "2024-04"]
    what = "No national standards are listed for April 2024."
    planting.add("F62", "MOD.6", "national_standards", what, ["2024-04"], count=0, expect="not_assessable")


def plant_returned(planting: Planting) -> None:
    """Plant files that scrutiny returned and found fit before the freeze."""
    files = _scrutinised(planting, 4 if planting.whole else 1, "F53")
    for case in files:
        _return(planting, case)
    what = "Returned at scrutiny, fit two working days later and before the freeze: comes back as resubmitted."
    ids = [case.case_id for case in files]
    planting.add("F53", "SCR.2", "scrutiny", what, ids, count=2 * len(ids), expect="information")


def plant_returned_for_good(planting: Planting) -> None:
    """Plant a file that scrutiny returned and that never came back."""
    case = _scrutinised(planting, 1, "F55")[0]
    planting.scrutiny(case).result = "returned"
    planting.without_moderation(case)
    what = "Returned at scrutiny and never seen again."
    planting.add("F55", "SCR.2", "scrutiny", what, [case.case_id], expect="information")


def plant_later_evidence(planting: Planting) -> None:
    """Plant a returned file that was completed with evidence gathered after the return."""
    case = _scrutinised(planting, 1, "F58")[0]
    _return(planting, case)
    case.evidence_to = planting.scrutiny(case).scrutinised_on + dt.timedelta(days=1)
    what = "Evidence is dated the day after the file was returned."
    planting.add("F58", "SCR.5", "cases", what, [case.case_id])


def plant_late_file(planting: Planting) -> None:
    """Plant a returned file that came back after the freeze, and the late event that took it."""
    month = "2023-11" if planting.whole else "2024-01"
    case = _scrutinised(planting, 1, "F54", rpa=NORTHAMPTON, month=month)[0]
    event = planting.event(case)
    planting.scrutiny(case).result = "returned"
    planting.add_scrutiny(case, shift(event.event_on, 1), "fit")
    late = replace(
        event,
        frozen_on=shift(event.event_on, 2),
        seed=thrown_seed(planting.chance, "late dice"),
        seed_given_on=shift(event.event_on, 3),
        event_on=shift(event.event_on, 5),
        joint_report_on=shift(event.event_on, 7),
    )
    planting.year.events.insert(planting.year.events.index(event) + 1, late)
    planting.moderation(case).moderated_on = late.event_on
    case.result_released_on = shift(late.event_on, 5)
    what = f"Returned at scrutiny and fit after the freeze: a late file, with an event of its own on {late.event_on}."
    planting.add("F54", "SCR.2", "scrutiny", what, [case.case_id], count=2, expect="information")


def plant_scrutinised_to_reassessment(planting: Planting) -> None:
    """Plant files that scrutiny sent to full reassessment, done later by another assessor."""

    def fits(case: Case) -> bool:
        failed = planting.is_endorsed(case, "full_reassessment", "insufficient_evidence")
        return failed and case.case_id in planting.comes_again

    files = planting.files(2, "F57", fits)
    for case in files:
        planting.scrutiny(case).result = "full_reassessment"
    what = "Sent to full reassessment at scrutiny; another assessor did it in a later month."
    planting.add("F57", "SCR.3", "scrutiny", what, [case.case_id for case in files], expect="information")


def plant_same_assessor(planting: Planting) -> None:
    """Plant a full reassessment by the assessor of the first file."""

    def fits(case: Case) -> bool:
        before = case.previous_assessor_id
        if case.attempt != "full_reassessment" or not planting.is_single(before):
            return False
        days = [other.assessed_on for other in planting.own[before]]
        own = {row.rpa for row in planting.year.assessors if row.assessor_id == before}
        return own == {case.rpa} and all(abs((day - case.assessed_on).days) > 7 for day in days)

    case = planting.files(1, "F56", fits)[0]
    planting.reassign(case, case.previous_assessor_id)
    what = "The full reassessment was done by the assessor of the first file."
    planting.add("F56", "SCR.3", "cases", what, [case.case_id])


def _scrutinised(planting: Planting, number: int, fact: str, *, rpa: str = "", month: str = "") -> list[Case]:
    """Return ordinary passes that were scrutinised with time for a second look before the freeze."""

    def fits(case: Case) -> bool:
        row = planting.scrutinised.get(case.case_id)
        wanted = case.rpa in (rpa or case.rpa) and case.month in (month or case.month)
        return wanted and row is not None and shift(row.scrutinised_on, 3) < planting.event(case).frozen_on

    return planting.ordinary_passes(number, fact, fits)


def _return(planting: Planting, case: Case) -> None:
    row = planting.scrutiny(case)
    row.result = "returned"
    planting.add_scrutiny(case, shift(row.scrutinised_on, 2), "fit")
