"""Facts that moderation finds: lenient and harsh assessors, a weak PoP, reclassification, moderators' own faults.

Those that concern one file lie in files that every sample holds for certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from qa_lib.schemes.hlta.made_up.moderators_truth import overturn
from qa_lib.schemes.hlta.made_up.planting import Planting, anywhere
from qa_lib.schemes.hlta.made_up.rows import Case, Moderation
from qa_lib.schemes.hlta.made_up.scene import STRICTLY

WEAK_STANDARDS = (6, 17, 29)


def _second(planting: Planting, case: Case) -> str:
    first = planting.moderation(case).moderator_id
    return planting.moderators(case.rpa, first, case.assessor_id)[0].assessor_id


def _with_most_passes(planting: Planting, column: str, where: Callable[[Case], bool] = anywhere) -> tuple[str, int]:
    """Return who has the most unused ordinary passes, and how many."""
    fitting = (case for case in planting.year.cases if planting.is_ordinary_pass(case) and where(case))
    passes = Counter(getattr(case, column) for case in fitting)
    name = max(sorted(passes), key=passes.__getitem__)
    return name, passes[name]


def plant_lenient(planting: Planting) -> None:
    """Plant an assessor, with a serious difficulty in the past, whose passes do not hold."""
    serious = {name for name, row in planting.people.items() if row.past_difficulty == "serious"}
    assessor, passes = _with_most_passes(planting, "assessor_id", lambda case: case.assessor_id in serious)
    files = planting.ordinary_passes(passes, "F75", lambda case: case.assessor_id == assessor)
    for case in files:
        row = planting.moderation(case)
        overturn(row, "partial_reassessment", row.standards[:2], _second(planting, case))
    number = _turned(planting, assessor, "met", "partial_reassessment")
    what = f"A lenient assessor, with a serious difficulty in the past: moderators would overturn {number} passes."
    planting.add("F75", "ASR.5", "moderations", what, [assessor], count=number, expect="information")


def plant_harsh(planting: Planting) -> None:
    """Plant an assessor who recommends partial reassessment where the standards are met."""
    assessor, _ = _with_most_passes(planting, "assessor_id", lambda case: planting.is_ordinary(case.assessor_id))
    files = planting.ordinary_passes(8 if planting.whole else 3, "F76", lambda case: case.assessor_id == assessor)
    for case in files:
        _recommend_partial(planting, case, [10, 21])
        overturn(planting.moderation(case), "met", [10, 21], _second(planting, case))
    number = _turned(planting, assessor, "partial_reassessment", "met")
    what = f"A harsh assessor: moderators overturn {number} partial reassessments to met."
    planting.add("F76", "ASR.5", "moderations", what, [assessor], count=number, expect="information")


def _turned(planting: Planting, assessor: str, outcome: str, final: str) -> int:
    """Return how many of the assessor's files with an outcome get another: the planted ones, and what was there."""
    own = (case for case in planting.own[assessor] if case.outcome == outcome and case.case_id in planting.found)
    return sum(planting.moderation(case).final_outcome == final for case in own)


def _recommend_partial(planting: Planting, case: Case, standards: list[int]) -> None:
    row = planting.moderation(case)
    case.outcome = row.final_outcome = "partial_reassessment"
    planting.year.insufficient[case.case_id] = standards
    row.standards = sorted({*row.standards, *standards})


def plant_weak_pop(planting: Planting) -> None:
    """Plant a PoP whose candidates fall short of the same three standards again and again."""
    pop, _ = _with_most_passes(planting, "pop_id")
    files = planting.ordinary_passes(20 if planting.whole else 4, "F71", lambda case: case.pop_id == pop)
    for case in files:
        _recommend_partial(planting, case, list(WEAK_STANDARDS))
    what = f"In {len(files)} files of the PoP standards 6, 17 and 29 are insufficient together."
    planting.add("F71", "MOD.11", "judgements", what, [pop], count=3 * len(files), expect="information")


def plant_untold_trend(planting: Planting) -> None:
    """Plant a trend that never reached the PoP."""
    row = next(row for row in planting.year.feedback_log if row.subject == "trend")
    row.told_pop_on = None
    planting.add("F72", "MOD.11", "feedback_log", "A trend was identified and not told to the PoP.", [row.feedback_id])


def plant_reclassified(planting: Planting) -> None:
    """Plant a result reclassified as full reassessment, with other files of the assessor not yet confirmed."""

    def fits(case: Case) -> bool:
        pending = _pending(planting, case)
        alone = not any(other.case_id in planting.used or other.attempt != "first" for other in pending)
        return alone and 4 <= len(pending) <= 8 and planting.is_single(case.assessor_id)

    case = planting.certain_files(1, "F65", fits)[0]
    row = planting.moderation(case)
    gaps = planting.year.insufficient[case.case_id]
    overturn(row, "full_reassessment", gaps, _second(planting, case))
    pending = sorted(_pending(planting, case), key=lambda other: other.case_id)
    planting.used |= {other.case_id for other in pending}
    case.result_released_on = None
    for other in pending[1:]:
        other.result_released_on = None
    what = "The result is reclassified as full reassessment."
    planting.add("F65", "MOD.8", "moderations", what, [case.case_id], expect="information")
    what = f"Review pending on {row.moderated_on}: the other unconfirmed files of the assessor of F65."
    planting.add("F66", "MOD.8", "cases", what, [other.case_id for other in pending], expect="information")
    what = "One of the files of F66 is released all the same."
    planting.add("F67", "MOD.8", "cases", what, [pending[0].case_id])


def _pending(planting: Planting, case: Case) -> list[Case]:
    """Return the assessor's other files that are submitted and not confirmed on the day of moderation."""
    day = planting.moderation(case).moderated_on
    return [
        other
        for other in planting.own[case.assessor_id]
        if other is not case
        and other.submitted_on <= day
        and (other.result_released_on is None or other.result_released_on > day)
    ]


def plant_moderators_faults(planting: Planting) -> None:
    """Plant an overturn without second moderator, a change without reason, feedback without strengths, a gap missed."""
    alone, silent, bare, narrow = planting.certain_files(4, "F64")
    for case in (alone, silent):
        gaps = planting.year.insufficient[case.case_id]
        overturn(planting.moderation(case), "met", gaps, _second(planting, case))
    planting.moderation(alone).second_moderator_id = ""
    planting.add("F64", "MOD.7", "moderations", "Overturned without a second moderator.", [alone.case_id])
    planting.moderation(silent).reason = ""
    planting.add("F68", "MOD.9", "moderations", "Overturned without a reason.", [silent.case_id])
    planting.moderation(bare).strengths = planting.moderation(bare).weaknesses = ""
    what = "The feedback names neither strengths nor weaknesses."
    planting.add("F69", "MOD.9", "moderations", what, [bare.case_id], expect="warning")
    gap = planting.year.insufficient[narrow.case_id][0]
    planting.moderation(narrow).standards.remove(gap)
    what = f"Standard {gap} was judged insufficient and not moderated."
    planting.add("F63", "MOD.6", "moderations", what, [narrow.case_id])


def plant_own_file(planting: Planting) -> None:
    """Plant a moderator who assessed the file."""
    case = planting.certain_files(
        1, "F74", lambda case: case.assessor_id in {row.assessor_id for row in planting.moderators(case.rpa)}
    )[0]
    planting.moderation(case).moderator_id = case.assessor_id
    what = "The moderator is the assessor of the file."
    planting.add("F74", "MOD.12", "moderations", what, [case.case_id], expect="warning")


def plant_unconfirmed_moderator(planting: Planting) -> None:
    """Plant a moderator whose competence nobody confirmed, and who moderated three files that every sample holds."""
    person = planting.moderators(STRICTLY)[-1]
    person.moderator_confirmed_on, person.moderator_confirmed_by = None, ""
    for row in planting.year.moderations:
        _replace_moderator(planting, row, person.assessor_id)
    files = planting.certain_files(
        3, "F73", lambda case: case.rpa == STRICTLY and case.assessor_id != person.assessor_id
    )
    for case in files:
        planting.moderation(case).moderator_id = person.assessor_id
    what = f"Moderated by {person.assessor_id}, whose competence as a moderator nobody confirmed."
    planting.add("F73", "MOD.12", "moderations", what, [case.case_id for case in files])


def _replace_moderator(planting: Planting, row: Moderation, person: str) -> None:
    if person in (row.moderator_id, row.second_moderator_id):
        case = planting.cases[row.case_id]
        taken = (row.moderator_id, row.second_moderator_id, case.assessor_id)
        other = planting.moderators(case.rpa, *taken)[0].assessor_id
        if row.moderator_id == person:
            row.moderator_id = other
        else:
            row.second_moderator_id = other
