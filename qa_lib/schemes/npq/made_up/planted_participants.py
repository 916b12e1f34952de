"""Facts of participants: who counts, targets, schools, missing values, awards, and text that must do no harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qa_lib.made_up.fact import Expect
from qa_lib.schemes.npq.made_up.framework_planting import CLOSED, OPEN, Planting, is_due
from qa_lib.schemes.npq.made_up.framework_rows import Participant

_DAY = dt.timedelta(days=1)


def _is_special(planting: Planting, row: Participant) -> bool:
    # In the slice only the planned levels are large enough to have anybody who left.
    years = (CLOSED, OPEN) if planting.whole else (OPEN,)
    return any((*planting.key(row)[:2], year) in planting.used for year in years)


def plant_enrolled_again(planting: Planting) -> None:
    """Plant people who enrol again at the same level after withdrawing, deferring or failing."""
    subjects = []
    # How it ended, the column of the day on which it did, and before which day that was.
    wanted = (
        ("withdrawn", 3, "withdrawn_on", dt.date(2018, 8, 1)),
        ("deferred", 2, "deferred_on", dt.date(2018, 8, 1)),
        ("failed", 2, "presented_on", dt.date(2018, 11, 1)),
    )
    for attempt, number, column, limit in wanted:
        first = [
            row
            for row in planting.framework.participants
            if row.year == CLOSED and (day := getattr(row, column)) is not None and day < limit
            if (attempt != "failed" or row.result == "fail") and (*planting.key(row)[:2], OPEN) in planting.cells
        ]
        first = [row for row in first if planting.is_unused(row) and not _is_special(planting, row)]
        names = planting.chance.shuffle((row.participant_id for row in first), "N22", attempt)
        for before in [row for row in first if row.participant_id in names[: number if planting.whole else 1]]:
            key = (*planting.key(before)[:2], OPEN)
            again = planting.enrol(before, key)
            again.previous_attempt, again.trn = attempt, before.trn
            # Under way: whoever failed knew it in November 2018 at the latest.
            again.enrolled_on, again.commenced_on = dt.date(2019, 1, 7), dt.date(2019, 1, 21)
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
    passed = [row for row in passed if row.year == CLOSED and planting.is_unused(row)]
    for name in planting.chance.shuffle((row.participant_id for row in passed), "N23"):
        before = next(row for row in passed if row.participant_id == name)
        same = ("provider", "sex", "ethnicity", "disability", "age_band")
        for row in planting.cells.get((name[:3], "NPQSL", OPEN), []):
            if planting.is_unused(row) and all(getattr(row, what) == getattr(before, what) for what in same):
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
    short = "Short of the target of 25 %"
    said: dict[str, tuple[str, str, Expect]] = {
        "meals_met": ("N30", "Exactly at the target of 25 %, with those at schools of exactly 30.00 %", "none"),
        "meals_short": ("N31", f"{short} by one person; rounding of schools' rates would reach it", "breach"),
        "meals_unmatched": ("N32", f"{short}, which is reached over the 48 whose school is found", "breach"),
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
        planting.add(fact, "M2", "targets", what, [planting.name(key)], expect=expect)


def _unmatched(planting: Planting, people: Sequence[Participant]) -> None:
    for row in people:
        row.school_urn = str(199000 + planting.chance.between(0, 999, "unmatched", row.participant_id))
        planting.used.add(row.participant_id)


def plant_unmatched(planting: Planting) -> None:
    """Plant schools that are not in the census."""

    def change(row: Participant) -> None:
        _unmatched(planting, [row])

    number = 3 if planting.whole else 1
    early = planting.change_quietly([row for row in planting.closed() if _at_low(planting, row)], number, change, "N33")
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
            rows = [row for row in planting.closed() if row.presented_on and row.ethnicity == "White British"]
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
    left = planting.people(3 if planting.whole else 1, "N95", lambda row: row.reason != "", anywhere=True)
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
