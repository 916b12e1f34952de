"""Facts of participants: groups, time to present, who counts, targets, schools, missing values, awards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from qa_lib.demo.npq_model import Participant
from qa_lib.demo.npq_people import present, settle, weekday
from qa_lib.demo.npq_planting import CLOSED, OPEN, Planting, is_due
from qa_lib.demo.npq_scene import REGION_OF

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
    passed = [row for row in _closed(planting) if row.result == "pass" and row.commenced_on < dt.date(2018, 2, 1)]

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

    rows = planting.change_quietly([row for row in passed if _is_free(planting, row)], 2, start_late, "N14")
    what = "Enrolled in July 2018, in the first year, but active from 8 October 2018 only: not due before April 2020."
    planting.add("N14", "M4", "participants", what, [row.participant_id for row in rows], expect="none")


def _closed(planting: Planting) -> list[Participant]:
    """Return unused participants of large ordinary levels of the first year, where one person moves no rate far."""
    special = set(planting.scene.special.values())
    return [
        row
        for key, people in planting.cells.items()
        if key[2] == CLOSED and len(people) >= (40 if planting.whole else 14) and key not in special
        for row in people
        if _is_free(planting, row)
    ]


def _is_free(planting: Planting, row: Participant) -> bool:
    return row.participant_id not in planting.used


def _is_special(planting: Planting, row: Participant) -> bool:
    # In the slice only the planned levels are large enough to have anybody who left.
    years = (CLOSED, OPEN) if planting.whole else (OPEN,)
    return any((row.participant_id[:3], row.level, year) in planting.used for year in years)


def plant_enrolled_again(planting: Planting) -> None:
    """Plant people who enrol again at the same level after withdrawing, deferring or failing."""
    subjects = []
    wanted: Sequence[tuple[str, int, Callable[[Participant], bool]]] = (
        ("withdrawn", 3, lambda row: row.withdrawn_on is not None and row.withdrawn_on < dt.date(2018, 8, 1)),
        ("deferred", 2, lambda row: row.deferred_on is not None and row.deferred_on < dt.date(2018, 8, 1)),
        ("failed", 2, lambda row: row.result == "fail"),
    )
    for attempt, number, where in wanted:
        first = [
            row
            for row in planting.framework.participants
            if row.year == CLOSED and where(row) and (row.participant_id[:3], row.level, OPEN) in planting.cells
        ]
        first = [row for row in first if _is_free(planting, row) and not _is_special(planting, row)]
        names = planting.chance.shuffle((row.participant_id for row in first), "N22", attempt)
        for before in [row for row in first if row.participant_id in names[: number if planting.whole else 1]]:
            key = (before.participant_id[:3], before.level, OPEN)
            again = planting.enrol(before, key)
            again.previous_attempt, again.trn = attempt, before.trn
            present(again, planting.chance, late=False)
            settle(again, planting.chance, passed=True)
            planting.used.add(before.participant_id)
            subjects.append(again.participant_id)
    what = (
        "Enrolled again in 2018-19 after withdrawing, deferring or failing at the same level in 2017-18: counted once."
    )
    planting.add("N22", "M1", "participants", what, subjects, expect="information")


def plant_other_level(planting: Planting) -> None:
    """Plant people who go on to another level: they count at both."""
    subjects = []
    passed = [row for row in planting.framework.participants if row.level == "NPQML" and row.awarded_on]
    passed = [row for row in passed if row.year == CLOSED and _is_free(planting, row)]
    for name in planting.chance.shuffle((row.participant_id for row in passed), "N23"):
        before = next(row for row in passed if row.participant_id == name)
        same = ("provider", "sex", "ethnicity", "disability", "age_band")
        for row in planting.cells.get((name[:3], "NPQSL", OPEN), []):
            if _is_free(planting, row) and all(getattr(row, what) == getattr(before, what) for what in same):
                row.trn, row.name = before.trn, before.name
                planting.used |= {name, row.participant_id}
                subjects.append(row.participant_id)
                break
        if len(subjects) == 3:
            break
    what = "Took NPQML in 2017-18 and NPQSL in 2018-19, under one teacher reference number: counts at both levels."
    planting.add("N23", "M1", "participants", what, subjects, expect="none")


def plant_staff(planting: Planting) -> None:
    """Plant rows of people who deliver the programme, and a level that reaches its target only with them."""
    short = planting.free_cells("N21", OPEN, 1)[0]
    roles = ("administrator", "facilitator", "team") if planting.whole else ("facilitator",)
    others = planting.free_cells("N24", OPEN, 2) if planting.whole else []
    subjects = []
    for key in (short, *others):
        for role in roles if key == short else roles[:1]:
            row = planting.enrol(planting.chance.choose(planting.cells[key], "N24", role), key)
            row.staff_role, row.job_role = role, f"NPQ {role}"
            row.name = f"{row.name.split()[0]} Staff"
            subjects.append(row.participant_id)
    what = "Facilitators, administrators and team members involved in delivery: not recruited."
    planting.add("N24", "M1", "participants", what, subjects, expect="information")
    planting.target(short, "M1").target = str(planting.recruited(short) + 1)
    what = f"{planting.recruited(short)} recruited of {planting.recruited(short) + 1}: short by one person."
    what += " Counting the provider's own staff would reach the target."
    planting.add("N21", "M1", "targets", what, [planting.name(short)])


def plant_target_met(planting: Planting) -> None:
    """Plant a level that recruits exactly its target."""
    key = planting.free_cells("N20", OPEN, 1)[0]
    planting.target(key, "M1").target = str(planting.recruited(key))
    what = f"Exactly 100 %: {planting.recruited(key)} recruited of {planting.recruited(key)}."
    planting.add("N20", "M1", "targets", what, [planting.name(key)], expect="none")


def plant_free_meals(planting: Planting) -> None:
    """Set the targets of metric 2 to what the scene planned, and take two schools out of the census."""
    said = {
        "meals_met": ("N30", "Exactly at the target of 25 %, with those at schools of exactly 30.00 %", "none"),
        "meals_short": (
            "N31",
            "Short of the target of 25 % by one person; rounding of schools' rates would reach it",
            "",
        ),
        "meals_unmatched": (
            "N32",
            "Short of the target of 25 %, which is reached over the 48 whose school is found",
            "",
        ),
    }
    for name, (fact, what, expect) in said.items():
        if name not in planting.scene.special:
            continue
        key, people = planting.scene.special[name], planting.special(name)
        if name == "meals_unmatched":
            _unmatched(planting, [row for row in people if planting.schools[row.school_urn].fsm == "low"][:2])
        schools = [planting.schools.get(row.school_urn) for row in people]
        high = sum(school is not None and school.fsm == "high" for school in schools)
        planting.target(key, "M2").target = "0.25"
        what += f": {high} of {len(people)}."
        planting.add(fact, "M2", "targets", what, [planting.name(key)], expect="none" if expect else "breach")


def _unmatched(planting: Planting, people: Sequence[Participant]) -> None:
    for row in people:
        row.school_urn = str(199000 + planting.chance.between(0, 999, "unmatched", row.participant_id))
        planting.used.add(row.participant_id)


def plant_unmatched(planting: Planting) -> None:
    """Plant schools that are not in the census."""

    def change(row: Participant) -> None:
        _unmatched(planting, [row])

    number = 3 if planting.whole else 1
    early = planting.change_quietly([row for row in _closed(planting) if _at_low(planting, row)], number, change, "N33")
    late = planting.people(number, "N33", lambda row: row.year == OPEN and _at_low(planting, row))
    _unmatched(planting, late)
    known = planting.schools
    subjects = [row.participant_id for row in planting.framework.participants if row.school_urn not in known]
    what = "The school's URN is in no row of schools: phase, type, Ofsted rating and free school meals are unknown."
    planting.add("N33", "M2", "participants", what, subjects, expect="information")
    if len(early) + len(late) != 2 * number:
        raise AssertionError  # pragma: no cover - the scenes have room


def _at_low(planting: Planting, row: Participant) -> bool:
    school = planting.schools.get(row.school_urn)
    return school is not None and school.fsm == "low"


def plant_ethnicity(planting: Planting) -> None:
    """Set the targets of metric 3 to what the scene planned, with unknown ethnicities."""
    said = {
        "ethnicity_met": ("N40", "Exactly at the target of 20 % with 8 unknown: 20 of 100 recruited"),
        "ethnicity_short": ("N41", "Short of the target of 20 %: 19 of 100 recruited; 20.7 % of the 92 who are known"),
    }
    for name, (fact, what) in said.items():
        key = planting.scene.special[name]
        planting.target(key, "M3").target = "0.20"
        subjects = [planting.name(key)]
        planting.add(fact, "M3", "targets", f"{what}.", subjects, expect="none" if fact == "N40" else "breach")


def plant_missing(planting: Planting) -> None:
    """Plant missing characteristics; those of ethnicity come with metric 3."""
    for fact, column, number in (("N43", "sex", 4), ("N44", "disability", 5), ("N42", "ethnicity", 2)):

        def change(row: Participant, column: str = column) -> None:
            setattr(row, column, "")

        if planting.whole or column != "disability":
            rows = [row for row in _closed(planting) if row.presented_on and row.ethnicity == "White British"]
            planting.change_quietly(rows, number if planting.whole else 1, change, fact)
        unknown = ("", "Prefer not to say")
        people = planting.framework.participants
        subjects = [row.participant_id for row in people if getattr(row, column) in unknown]
        rule = "M3" if column == "ethnicity" else "M7"
        what = f"The {column} is unknown: blank" + (
            ", or not said." if column == "ethnicity" and planting.whole else "."
        )
        if subjects:
            planting.add(fact, rule, "participants", what, subjects, expect="information")


def plant_awards(planting: Planting) -> None:
    """Plant awards before the feedback, without it, and on its day."""
    few = planting.whole

    def awarded(row: Participant) -> bool:
        return row.awarded_on is not None and row.awarded_on < dt.date(2019, 12, 1) and row.staff_role == "none"

    rows = planting.people(3 if few else 1, "N62", awarded)
    for row in rows:
        row.awarded_on = row.feedback_completed_on and row.feedback_completed_on - _DAY
    what = "Awarded one day before the feedback was given."
    planting.add("N62", "M6", "participants", what, [row.participant_id for row in rows])
    rows = planting.people(2 if few else 1, "N63", awarded)
    for row in rows:
        row.feedback_completed_on = None
    what = "Awarded, and no feedback is recorded."
    planting.add("N63", "M6", "participants", what, [row.participant_id for row in rows], expect="not_assessable")
    row = planting.people(1, "N64", awarded)[0]
    row.awarded_on = row.feedback_completed_on
    what = "Awarded on the day of the feedback, which is in order."
    planting.add("N64", "M6", "participants", what, [row.participant_id], expect="none")


def plant_text(planting: Planting) -> None:
    """Plant text that must do no harm."""
    left = planting.people(3 if planting.whole else 1, "N95", lambda row: row.reason != "" and row.year == OPEN)
    for row, text in zip(left, ("=1+1", "+44 20 7946 0000 =cmd|' /C calc'!A0", "@SUM(A1:A9)"), strict=False):
        row.reason = text
    what = "The reason for leaving starts as a formula does."
    planting.add("N95", "X.SAFE", "participants", what, [row.participant_id for row in left], expect="none")
    rows = planting.people(2 if planting.whole else 1, "N96", lambda row: is_due(row) and row.result == "pass")
    for row in rows:
        row.job_role = '<script>alert("role")</script> & <b>Head</b>'
    what = "HTML and a script in the job role."
    planting.add("N96", "X.SAFE", "participants", what, [row.participant_id for row in rows], expect="none")
    row = planting.people(1, "N97", lambda row: row.result == "pass")[0]
    row.name = "Zoë \u202eأمل\u202c “O'Neill”, \U0001f393"
    what = "Quotes, a comma, right-to-left text and an emoji in a name."
    planting.add("N97", "X.SAFE", "participants", what, [row.participant_id], expect="none")
