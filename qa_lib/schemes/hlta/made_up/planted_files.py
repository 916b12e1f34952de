"""Facts of single files: eligibility, dates, money, forms, regions. Each changes ordinary passes and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from qa_lib.made_up.fact import Expect
from qa_lib.schemes.hlta.made_up.administration import feedback_on_file
from qa_lib.schemes.hlta.made_up.planting import Planting, anywhere
from qa_lib.schemes.hlta.made_up.rows import Case
from qa_lib.schemes.hlta.made_up.scene import FORMS, NORTH, NORTHAMPTON, STRICTLY
from qa_lib.schemes.hlta.made_up.workdays import shift

LEAP_DAY = dt.date(2024, 2, 29)


@dataclass(frozen=True)
class FileFact:
    """A change to the fields of some files.

    Attributes
    ----------
    id, rule, what, expect
        As in :class:`qa_lib.made_up.fact.Fact`.
    change
        Changes one file.
    number, in_slice
        How many files of the year and of the slice.
    where
        Which files can carry it.
    """

    id: str
    rule: str
    number: int
    in_slice: int
    what: str
    change: Callable[[Case], None]
    expect: Expect = "breach"
    where: Callable[[Case], bool] = anywhere


def _set(**values: object) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        for name, value in values.items():
            setattr(case, name, value)

    return change


def _shifted(column: str, other: str, days: int) -> Callable[[Case], None]:
    """Return what sets a day so many working days after another one."""
    return lambda case: setattr(case, column, shift(getattr(case, other), days))


def _evidence_from(days: int) -> Callable[[Case], None]:
    return lambda case: setattr(case, "evidence_from", case.assessed_on - dt.timedelta(days=days))


def _next_area(case: Case) -> None:
    places = {
        STRICTLY: ("North West", "Lancashire", "Lancashire"),
        NORTH: ("East Midlands", "Derbyshire", "Derby"),
        NORTHAMPTON: ("East of England", "Essex", "Essex"),
    }
    case.school_region, case.school_county, case.school_la = places[case.rpa]


_NO_AREA = _set(school_region="East of England", school_county="Bedfordshire", school_la="Luton")
_TWO_YEAR_OLDS = {"ages_min": 2, "ages_max": 4}

FILE_FACTS = (
    FileFact("F01", "PREP.1", 1, 0, "The candidate is not funded.", _set(funded=False)),
    FileFact("F02", "PREP.1", 1, 0, "The candidate was not judged ready.", _set(judged_ready=False)),
    FileFact("F03", "PREP.1", 1, 0, "The job gives no opportunity to meet all standards.", _set(opportunity=False)),
    FileFact("F04", "PREP.1", 1, 0, "The employer does not support the candidate.", _set(employer_support=False)),
    FileFact(
        "F05",
        "PREP.1",
        1,
        0,
        "The candidate works with 2-year-olds in a nursery that no school runs.",
        _set(setting="nursery", **_TWO_YEAR_OLDS),
    ),
    FileFact(
        "F06",
        "PREP.1",
        1,
        0,
        "The candidate works with ages 20 to 25 only.",
        _set(setting="college", ages_min=20, ages_max=25),
    ),
    FileFact(
        "F07",
        "PREP.1",
        1,
        1,
        "The candidate works with 2-year-olds in a school-run nursery, which is in order.",
        _set(setting="school-run nursery", **_TWO_YEAR_OLDS),
        "none",
    ),
    FileFact(
        "F08",
        "PREP.2",
        1,
        0,
        "No day of submission of Level 2 maths is recorded.",
        _set(l2_maths_submitted_on=None),
        "not_assessable",
    ),
    FileFact(
        "F09",
        "PREP.2",
        2,
        0,
        "Allocated one working day before Level 2 English was submitted.",
        _shifted("l2_english_submitted_on", "allocated_on", 1),
    ),
    FileFact(
        "F10",
        "PREP.2",
        3,
        1,
        "Allocated one working day before Level 2 maths was submitted.",
        _shifted("l2_maths_submitted_on", "allocated_on", 1),
    ),
    FileFact("F11", "PREP.3", 2, 1, "Preparation of 2.5 days.", _set(preparation_days="2.5"), "warning"),
    FileFact(
        "F12", "PREP.3", 1, 0, "Preparation of 4 days, the fourth not set apart.", _set(preparation_days="4"), "warning"
    ),
    FileFact(
        "F13",
        "PREP.3",
        1,
        0,
        "Preparation of 5 days, clearly set apart, which is in order.",
        _set(preparation_days="5", preparation_set_apart=True),
        "none",
    ),
    FileFact(
        "F14",
        "PREP.4",
        3,
        1,
        "Assessed two working days before payment, released after it.",
        _shifted("paid_on", "assessed_on", 2),
    ),
    FileFact(
        "F15",
        "PREP.4",
        1,
        0,
        "Assessed and the result released before payment.",
        _shifted("paid_on", "result_released_on", 3),
    ),
    FileFact("F16", "PREP.4", 1, 0, "No payment is recorded.", _set(paid_on=None), "not_assessable"),
    FileFact(
        "F17",
        "PREP.5",
        4,
        1,
        "The oldest evidence is 400 days older than the assessment.",
        _evidence_from(400),
        "warning",
        lambda case: case.assessed_on != LEAP_DAY,
    ),
    FileFact(
        "F18",
        "PREP.5",
        1,
        0,
        "Assessed on 29 February 2024 with evidence from 28 February 2023, exactly twelve months, which is in order.",
        _set(evidence_from=dt.date(2023, 2, 28)),
        "none",
        lambda case: case.assessed_on == LEAP_DAY,
    ),
    FileFact(
        "F19",
        "PREP.5",
        1,
        0,
        "Assessed on 29 February 2024 with evidence from 27 February 2023, one day too old.",
        _set(evidence_from=dt.date(2023, 2, 27)),
        "warning",
        lambda case: case.assessed_on == LEAP_DAY,
    ),
    FileFact("F20", "PREP.6", 1, 1, "Standard 11 is not verified.", _set(standard11_verified_on=None)),
    FileFact(
        "F21",
        "PREP.6",
        1,
        0,
        "Standard 11 is verified three working days after the assessment.",
        _shifted("standard11_verified_on", "assessed_on", 3),
    ),
    FileFact(
        "F22",
        "PREP.6",
        2,
        0,
        "Registered one working day after the second session.",
        _shifted("second_session_on", "registered_on", -1),
        "warning",
    ),
    FileFact(
        "F23",
        "PREP.6",
        2,
        0,
        "Level 2 checked one working day after the first session.",
        _shifted("level2_checked_on", "first_session_on", 1),
        "warning",
    ),
    FileFact(
        "F24",
        "PREP.7",
        2,
        0,
        "The file says that preparation did harm; the log has no entry.",
        _set(preparation_concern=True),
    ),
    FileFact(
        "F27",
        "ASR.5",
        3,
        1,
        "Paperwork one working day late.",
        _shifted("paperwork_due_on", "paperwork_on", -1),
        "information",
    ),
    FileFact(
        "F28",
        "ASR.8",
        2,
        1,
        "A disability is disclosed and no adjustment recorded.",
        _set(disability_disclosed=True, adjustments=""),
    ),
    FileFact(
        "F32",
        "APP.3",
        2,
        0,
        "Information on appeals goes out five working days after the first assessment information.",
        _shifted("appeals_information_on", "assessment_information_on", 5),
    ),
    FileFact("F33", "PAR.2", 2, 1, "A national fee of 450.00 instead of 495.00.", _set(fee="450.00")),
    FileFact("F34", "REG.1", 3, 1, "The school lies in another provider's area.", _next_area, "information"),
    FileFact(
        "F35", "REG.1", 2, 1, "The school lies in Bedfordshire, which no provider lists.", _NO_AREA, "information"
    ),
)

#: Forms that some files lack: fact, files in the slice, forms.
_FORM_FACTS = (("F29", 1, {"F15"}), ("F30", 0, {"F9/10", "F11"}), ("F31", 0, set(FORMS) - {"F0"}))


def plant_file_facts(planting: Planting) -> None:
    """Plant all facts of :data:`FILE_FACTS`."""
    for fact in FILE_FACTS:
        if number := fact.number if planting.whole else fact.in_slice:
            files = planting.ordinary_passes(number, fact.id, fact.where)
            for case in files:
                fact.change(case)
            subjects = [case.case_id for case in files]
            planting.add(fact.id, fact.rule, "cases", fact.what, subjects, expect=fact.expect)


def plant_missing_forms(planting: Planting) -> None:
    """Plant files that lack forms; the count is of missing forms."""
    for fact, in_slice, forms in _FORM_FACTS:
        if planting.whole or in_slice:
            case = planting.ordinary_passes(1, fact)[0]
            planting.year.missing_forms[case.case_id] = forms
            named = ", ".join(form for form in FORMS if form in forms)
            what = f"The file lacks {named}." if len(forms) < 5 else "The file holds F0 and nothing else."
            planting.add(fact, "SCR.4", "forms", what, [case.case_id], count=len(forms))


def plant_met_with_gaps(planting: Planting) -> None:
    """Plant files recommended as met although a standard was judged insufficient."""
    number = 2 if planting.whole else 1
    files = planting.ordinary_passes(number, "F36")
    for case in files:
        planting.year.insufficient[case.case_id] = [13]
        planting.moderation(case).standards = sorted({*planting.moderation(case).standards, 13})
    what = "Recommended as met although standard 13 was judged insufficient: always in the sample."
    planting.add("F36", "MOD.2", "judgements", what, [case.case_id for case in files], expect="information")


def plant_told_late(planting: Planting) -> None:
    """Plant feedback on preparation that reached too few people, or too late."""
    harmed = planting.ordinary_passes(1, "F25")[0]
    harmed.preparation_concern = True
    day = shift(harmed.assessed_on, 2)
    note = "Preparation left out the guidance on the tasks."
    row = feedback_on_file(harmed, "harm", day, note, feedback_id="FB9001", told_candidate_on=day)
    planting.year.feedback_log.append(row)
    what = "Harm done by preparation is told to the candidate, not to the PoP."
    planting.add("F25", "PREP.7", "feedback_log", what, [harmed.case_id])
    late = planting.ordinary_passes(1, "F26")[0]
    day = shift(late.assessed_on, 1)
    note = "Two task sheets were unsigned."
    row = feedback_on_file(late, "documents", day, note, feedback_id="FB9002", told_candidate_on=day)
    planting.year.feedback_log.append(row)
    what = "A known problem in the documents is told to the candidate the working day after the assessment."
    planting.add("F26", "PREP.7", "feedback_log", what, [late.case_id])
