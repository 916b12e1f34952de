"""Facts of metrics 4 and 7: groups that are off or are not, a reversal, and who presents in time."""

from __future__ import annotations

import datetime as dt

from qa_lib.schemes.npq.made_up.framework_planting import Planting
from qa_lib.schemes.npq.made_up.framework_rows import Participant
from qa_lib.schemes.npq.made_up.framework_scene import REGION_OF
from qa_lib.schemes.npq.made_up.participants import settle, weekday

_DAY = dt.timedelta(days=1)


def plant_groups(planting: Planting) -> None:
    """Name the groups that the scene planned: a real difference, noise, exactly ten points and more than ten."""
    _add_real(planting)
    for fact, name in (("N03", "noise"), ("N04", "ten"), ("N05", "ten_and_one")):
        if name in planting.scene.special:
            _add_flagged(planting, fact, name)


def _add_real(planting: Planting) -> None:
    people = planting.special("real")
    men, women = ([row for row in people if row.sex == sex] for sex in ("Male", "Female"))
    gone = sum(row.presented_on is None for row in men)
    stayed = sum(row.presented_on is not None for row in women)
    what = (
        f"A real difference of 14 points: {len(men) - gone} of {len(men)} men are retained (84 %) and {stayed} of"
        f" {len(women)} women (98 %). Neither is more than 10 points from all, so the rule flags nobody. Rows: men who"
        " never presented."
    )
    subject = f"{planting.name(planting.scene.special['real'])}/retention/sex=Male"
    planting.add("N01", "M7", "participants", what, [subject], count=gone, expect="information")


def _add_flagged(planting: Planting, fact: str, name: str) -> None:
    people, place = planting.special(name), planting.name(planting.scene.special[name])
    flags = [f"{place}/{flag}" for flag in planting.flags(people)]
    secondary = [row for row in people if row.presented_on and planting.schools[row.school_urn].phase == "Secondary"]
    failed = sum(row.result == "fail" for row in secondary)
    passed = sum(row.result == "pass" for row in people)
    there = sum(row.presented_on is not None for row in people)
    numbers = f"{len(secondary) - failed} of {len(secondary)} in secondary schools pass, {passed} of {there} of all"
    if fact == "N03":
        gone = sum(row.presented_on is None for row in people)
        what = (
            f"{len(flags)} small groups are more than 10 points off, all because of {gone} people: chance does that,"
            " and after Holm no test is significant. Rows: those who never presented."
        )
        planting.add("N03", "M7", "participants", what, flags, count=gone)
    elif fact == "N04":
        what = (
            f"Exactly 10 points: {numbers}. Not flagged in points, flagged in the relative reading. Rows: those who"
            " fail in secondary schools."
        )
        subject = f"{place}/achievement/phase=Secondary"
        planting.add("N04", "M7", "participants", what, [subject], count=failed, expect="none")
    else:
        what = f"More than 10 points by one person: {numbers}. Rows: those who fail in secondary schools."
        planting.add("N05", "M7", "participants", what, flags, count=failed)


def plant_reversal(planting: Planting) -> None:
    """Name the reversal that the scene planned: women pass more often in each region, less often in both together."""
    rows = [row for row in planting.special("reversal") if row.presented_on]
    numbers: dict[str, list[int]] = {}
    for row in rows:
        region = REGION_OF[planting.schools[row.school_urn].la]
        for place in (f"{row.sex} {region}", f"{row.sex} together"):
            counts = numbers.setdefault(place, [0, 0])
            counts[0] += row.result == "pass"
            counts[1] += 1
    said = "; ".join(f"{place} {passed} of {size}" for place, (passed, size) in sorted(numbers.items()))
    what = (
        "Simpson's reversal: women pass more often than men in each of two regions, and less often in both together:"
        f" {said}. Rows: who presented."
    )
    subject = f"{planting.name(planting.scene.special['reversal'])}/achievement/sex"
    planting.add("N02", "M7", "participants", what, [subject], count=len(rows), expect="information")


def plant_not_due(planting: Planting) -> None:
    """Plant a level that fails metric 4 only where people are counted who are not yet due."""
    late = planting.special("not_due")[:60]
    for row in late:
        days = planting.chance.between(0, 60, "not due", row.participant_id)
        _start(row, weekday(dt.date(2019, 4, 29) + days * _DAY))
        _forget(row)
    place = "/".join(planting.name(planting.scene.special["not_due"]).split("/")[:2])
    what = (
        "Sixty people who commenced from April to June 2019 have not presented, and are not due before October 2020."
        " Metric 4 fails where they are counted, and passes over those who are due."
    )
    planting.add("N10", "M4", "participants", what, [place], count=len(late), expect="none")


def _start(row: Participant, day: dt.date) -> None:
    row.enrolled_on, row.commenced_on = weekday(day - 14 * _DAY), day


def _forget(row: Participant) -> None:
    row.presented_on = row.withdrawn_on = row.deferred_on = row.awarded_on = row.feedback_completed_on = None
    row.result, row.reason = "none", ""


def plant_month_end(planting: Planting) -> None:
    """Plant 18 months to the day at the end of a short month, and one day more."""
    for fact, name, day in (("N11", "in_time", dt.date(2020, 2, 29)), ("N12", "day_late", dt.date(2020, 3, 1))):

        def change(row: Participant, day: dt.date = day) -> None:
            _start(row, dt.date(2018, 8, 31))
            row.presented_on = day
            settle(row, planting.chance, passed=True)

        in_time = [row for row in planting.special(name) if row.result == "pass" and row.presented_on]
        in_time = [row for row in in_time if row.presented_on and (row.presented_on - row.commenced_on).days < 500]
        row = planting.change_quietly(in_time, 1, change, fact)[0]
        place = planting.name(planting.scene.special[name])
        if fact == "N11":
            what = (
                "Commenced on 31 August 2018 and presented on 29 February 2020: 18 months to the day, in time. With"
                f" it exactly 54 of 60 (90 %) of {place} are in time."
            )
            planting.add("N11", "M4", "participants", what, [row.participant_id], expect="none")
        else:
            what = (
                "Commenced on 31 August 2018 and presented on 1 March 2020: one day late. So 53 of 60 of"
                f" {place} are in time."
            )
            planting.add("N12", "M4", "participants", what, [row.participant_id])


def plant_later_date(planting: Planting) -> None:
    """Plant that the later of enrolled and active counts, in both directions."""
    passed = [row for row in planting.closed() if row.result == "pass" and row.commenced_on < dt.date(2018, 2, 1)]

    def enrol_late(row: Participant) -> None:
        row.commenced_on, row.enrolled_on, row.presented_on = dt.date(2017, 10, 16), dt.date(2017, 11, 13), None
        row.presented_on = dt.date(2019, 5, 13)
        settle(row, planting.chance, passed=True)

    rows = planting.change_quietly(passed, 1, enrol_late, "N13")
    what = (
        "Active from 16 October 2017 but enrolled on 13 November, presented on 13 May 2019: 18 months to the day from"
        " the later date, in time."
    )
    planting.add("N13", "M4", "participants", what, [row.participant_id for row in rows], expect="none")

    def start_late(row: Participant) -> None:
        row.enrolled_on, row.commenced_on = dt.date(2018, 7, 16), dt.date(2018, 10, 8)
        _forget(row)

    rows = planting.change_quietly([row for row in passed if planting.is_unused(row)], 2, start_late, "N14")
    what = "Enrolled in July 2018, in the first year, but active from 8 October 2018 only: not due before April 2020."
    planting.add("N14", "M4", "participants", what, [row.participant_id for row in rows], expect="none")
