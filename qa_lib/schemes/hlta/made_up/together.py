"""What the made-up providers do together: issues taken forward, reviews of appeals, meetings, materials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.scene import CODES, STRICTLY, YEAR, Scene
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of


def make_issue_log(events: Sequence[Row], assessors: Sequence[Row]) -> list[Row]:
    """Return the issues of joint reports, for the Partnership, and what moderators reported, for the RPA."""
    rows: list[Row] = []
    for event in events:
        named = [("joint_report", "partnership", event.issues)] if event.issues != "none" else []
        for raised_in, taken_to, issue in (*named, ("return", "rpa", event.improvements)):
            rows.append(
                Row(
                    issue_id=f"IS{len(rows) + 1:03d}",
                    rpa=event.rpa,
                    month=event.month,
                    raised_in=raised_in,
                    issue=issue,
                    taken_to=taken_to,
                    raised_on=event.event_on,
                    responsible=with_role(assessors, event.rpa, "senior")[0],
                    ended_on=shift(event.event_on, 10),
                    result="Talked over at the assessors' next briefing.",
                )
            )
    return rows


def make_appeals_reviews() -> list[Row]:
    """Return a look of each provider at its appeals procedures every June, and one at the way to the Partnership."""
    looks = [("appeals_procedure", rpa) for rpa in CODES] + [("referral_process", STRICTLY)]
    return [
        Row(rpa=rpa, procedure=procedure, reviewed_on=dt.date(year, 6, 12), result="Kept as it is.")
        for year in (2023, 2024)
        for procedure, rpa in looks
    ]


def make_meetings(scene: Scene) -> list[Row]:
    """Return a meeting of the Partnership every month, which the providers organise by turns."""
    rpas, rows = list(CODES), []
    for month in scene.months:
        held, organiser = working_day_of(month, 10), rpas[YEAR.index(month) % len(rpas)]
        days = {"agenda_on": shift(held, -10), "papers_on": shift(held, -5), "minutes_on": shift(held, 8)}
        rows.append(Row(held_on=held, rpa=organiser, **days))
    return rows


def make_contributions(meetings: Sequence[Row]) -> list[Row]:
    """Return a contribution of every provider to every meeting."""
    return [Row(held_on=meeting.held_on, rpa=rpa, contributed=True) for meeting in meetings for rpa in CODES]


def make_materials() -> list[Row]:
    """Return a national and two regional pieces of each provider."""
    national = {"reach": "national", "logos": True, "titled": True}
    regional = {"reach": "regional", "membership": True}
    pieces = (("handbook", national), ("leaflet", regional), ("page for schools", regional))
    return [
        Row(material_id=f"{code}-{kind.split()[0]}", rpa=rpa, kind=kind, used_from=dt.date(2022, 11, 1), **what)
        for rpa, code in CODES.items()
        for kind, what in pieces
    ]
