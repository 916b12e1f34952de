"""What one file records besides who and when: dates in their order, eligibility, money, adjustments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.rows import Case
from qa_lib.schemes.hlta.made_up.scene import AREAS
from qa_lib.schemes.hlta.made_up.workdays import shift, shift_school

#: The national fee of the made-up Partnership, apart from regional charges.
FEE = "495.00"

_SETTINGS = (("primary school", 60), ("secondary school", 20), ("special school", 8), ("nursery", 6), ("college", 6))
_AGES = {
    "primary school": (5, 11),
    "secondary school": (11, 16),
    "special school": (5, 19),
    "nursery": (3, 4),
    "college": (16, 19),
}
_ADJUSTMENTS = ("a quarter more time", "large print", "a reader", "interview online", "breaks as needed")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is decided before the details: who assesses when, and with what outcome."""

    case_id: str
    rpa: str
    month: str
    assessed_on: dt.date
    submitted_on: dt.date
    assessor_id: str
    attempt: str = "first"
    outcome: str = "met"


def first_attempt(draft: Draft, candidate: str, pop: str, chance: Chance) -> Case:
    """Return the file of a candidate's first assessment."""
    key = draft.case_id
    allocated = shift(draft.assessed_on, -chance.between(8, 20, "allocated", key))
    qualified = shift(allocated, -chance.between(4, 15, "qualified", key))
    region, county, authority = _place(draft.rpa, pop, key, chance)
    registered = shift(qualified, chance.between(0, 3, "registered", key))
    first_session = shift(qualified, -chance.between(1, 6, "first session", key))
    setting = chance.weighted(_SETTINGS, "setting", key)
    disability = chance.happens(60, "disability", key)
    return Case(
        **vars(draft),
        candidate_id=candidate,
        pop_id=pop,
        school_urn=str(900000 + chance.between(0, 29999, "school", pop, key)),
        school_region=region,
        school_county=county,
        school_la=authority,
        difficult=chance.happens(10, "difficult", key),
        allocated_on=allocated,
        l2_english_submitted_on=qualified,
        l2_maths_submitted_on=qualified,
        standard11_verified_on=shift(allocated, -chance.between(0, 3, "standard 11", key)),
        registered_on=registered,
        paid_on=shift(draft.assessed_on, -chance.between(0, 7, "paid", key)),
        level2_checked_on=first_session,
        first_session_on=first_session,
        second_session_on=shift(registered, chance.between(0, 2, "second session", key)),
        fee=FEE,
        charges=chance.choose(("0.00", "0.00", "0.00", "35.00", "60.00"), "charges", key),
        preparation_concern=chance.happens(6, "concern", key),
        evidence_from=draft.assessed_on - dt.timedelta(days=chance.between(200, 350, "evidence", key)),
        evidence_to=draft.assessed_on - dt.timedelta(days=chance.between(5, 30, "evidence to", key)),
        setting=setting,
        ages_min=_AGES[setting][0],
        ages_max=_AGES[setting][1],
        disability_disclosed=disability,
        adjustments=chance.choose(_ADJUSTMENTS, "adjustments", key) if disability else "",
        paperwork_due_on=max(shift_school(draft.assessed_on, 5), draft.submitted_on),
        paperwork_on=draft.submitted_on,
        assessment_information_on=shift(registered, 2),
        appeals_information_on=shift(registered, 2),
    )


def further_attempt(earlier: Case, draft: Draft, chance: Chance) -> Case:
    """Return the file of a candidate who comes again: the same person, school and PoP with new dates."""
    fresh = first_attempt(draft, earlier.candidate_id, earlier.pop_id, chance)
    return replace(
        fresh,
        **{
            name: getattr(earlier, name)
            for name in (
                *("school_urn", "school_region", "school_county", "school_la", "setting", "ages_min", "ages_max"),
                *("disability_disclosed", "adjustments", "registered_on", "standard11_verified_on"),
                *("l2_english_submitted_on", "l2_maths_submitted_on", "level2_checked_on", "first_session_on"),
                *("second_session_on", "assessment_information_on", "appeals_information_on"),
            )
        },
        charges="0.00",
        previous_assessor_id=earlier.assessor_id,
    )


def _place(rpa: str, pop: str, key: str, chance: Chance) -> tuple[str, str, str]:
    """Return region, county and local authority of the school: mostly where the PoP is at home."""
    near = chance.happens(750, "near", key)
    return chance.choose(AREAS[rpa], "area", pop if near else key)
