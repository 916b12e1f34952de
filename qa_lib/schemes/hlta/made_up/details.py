"""What one file records besides who and when: dates in their order, eligibility, money, adjustments."""

from __future__ import annotations

import datetime as dt

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.scene import AREAS
from qa_lib.schemes.hlta.made_up.workdays import shift, shift_school

#: The national fee of the made-up Partnership, apart from regional charges.
FEE = "495.00"

_AGES = {
    "primary school": (5, 11),
    "secondary school": (11, 16),
    "special school": (5, 19),
    "nursery": (3, 4),
    "college": (16, 19),
}
_SETTINGS = tuple(zip(_AGES, (60, 20, 8, 6, 6), strict=True))
_ADJUSTMENTS = ("a quarter more time", "large print", "a reader", "interview online", "breaks as needed")
#: What is as at the first assessment where a candidate comes again.
_KEPT = (
    "school_urn school_region school_county school_la setting ages_min ages_max disability_disclosed adjustments "
    "registered_on standard11_verified_on l2_english_submitted_on l2_maths_submitted_on level2_checked_on "
    "first_session_on second_session_on assessment_information_on appeals_information_on"
)


def first_attempt(decided: Row, chance: Chance) -> Row:
    """Return the file of a candidate's first assessment from what is decided: who, where, when, with what outcome."""
    key, assessed, pop = decided.case_id, decided.assessed_on, decided.pop_id
    allocated = shift(assessed, -chance.between(8, 20, "allocated", key))
    qualified = shift(allocated, -chance.between(4, 15, "qualified", key))
    # The school mostly lies where the PoP is at home.
    near = chance.happens(750, "near", key)
    region, county, authority = chance.choose(AREAS[decided.rpa], "area", pop if near else key)
    registered = shift(qualified, chance.between(0, 3, "registered", key))
    first_session = shift(qualified, -chance.between(1, 6, "first session", key))
    setting = chance.weighted(_SETTINGS, "setting", key)
    disability = chance.happens(60, "disability", key)
    return Row(
        **vars(decided),
        school_urn=str(900000 + chance.between(0, 29999, "school", pop, key)),
        school_region=region,
        school_county=county,
        school_la=authority,
        difficult=chance.happens(10, "difficult", key),
        first_solo=False,
        allocated_on=allocated,
        l2_english_submitted_on=qualified,
        l2_maths_submitted_on=qualified,
        standard11_verified_on=shift(allocated, -chance.between(0, 3, "standard 11", key)),
        registered_on=registered,
        paid_on=shift(assessed, -chance.between(0, 7, "paid", key)),
        level2_checked_on=first_session,
        first_session_on=first_session,
        second_session_on=shift(registered, chance.between(0, 2, "second session", key)),
        fee=FEE,
        charges=chance.choose(("0.00", "0.00", "0.00", "35.00", "60.00"), "charges", key),
        preparation_days="3",
        preparation_set_apart=False,
        preparation_concern=chance.happens(6, "concern", key),
        evidence_from=assessed - dt.timedelta(days=chance.between(200, 350, "evidence", key)),
        evidence_to=assessed - dt.timedelta(days=chance.between(5, 30, "evidence to", key)),
        setting=setting,
        ages_min=_AGES[setting][0],
        ages_max=_AGES[setting][1],
        **dict.fromkeys(("funded", "judged_ready", "opportunity", "employer_support"), True),
        disability_disclosed=disability,
        adjustments=chance.choose(_ADJUSTMENTS, "adjustments", key) if disability else "",
        paperwork_due_on=max(shift_school(assessed, 5), decided.submitted_on),
        paperwork_on=decided.submitted_on,
        assessment_information_on=shift(registered, 2),
        appeals_information_on=shift(registered, 2),
    )


def further_attempt(earlier: Row, decided: Row, chance: Chance) -> Row:
    """Return the file of a candidate who comes again: the same person, school and PoP with new dates."""
    kept = {name: getattr(earlier, name) for name in _KEPT.split()}
    again = {"charges": "0.00", "previous_assessor_id": earlier.assessor_id}
    return Row(**{**vars(first_attempt(decided, chance)), **kept, **again})
