"""What comes first: Level 2 evidence before allocation, payment and confirmed arrangements before assessment.

HLTA.PREP.2, HLTA.PREP.4 and HLTA.PREP.9.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.answering import Statement, all_parts, answers
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.rules.file_days import Order, in_order

_ENGLISH, _MATHS = (
    Order(
        first=f"l2_{column}_submitted_on",
        then="allocated_on",
        done=f"verification of Level 2 {subject} was submitted",
        held="the assessment was allocated",
        what=f"files had Level 2 {subject} submitted when they were allocated",
    )
    for column, subject in (("english", "English"), ("maths", "mathematics"))
)
_ASSESSED = Order(
    first="paid_on",
    then="assessed_on",
    done="payment was received",
    held="the candidate was assessed",
    what="files were paid for when they were assessed",
)
_RELEASED = Order(
    first="paid_on",
    then="result_released_on",
    done="payment was received",
    held="the result was released",
    what="released results were paid for when they were released",
    may_lie_ahead=True,
)
_CONFIRMED = Order(
    first="arrangements_confirmed_on",
    then="assessed_on",
    done="the arrangements of the assessment were confirmed to the candidate",
    held="the candidate was assessed",
    what="files had their arrangements confirmed to the candidate when they were assessed",
)


@answers("HLTA.PREP.2")
def level_2_before_allocation(audit: Audit) -> Iterator[Statement]:
    """Hold the days on which Level 2 English and mathematics were submitted against the day of allocation."""
    yield from all_parts(*(in_order(audit, "HLTA.PREP.2", order) for order in (_ENGLISH, _MATHS)))


@answers("HLTA.PREP.4")
def paid_before_assessment(audit: Audit) -> Iterator[Statement]:
    """Hold the day of payment against the day of assessment, and against the release of a result that is released."""
    yield from all_parts(*(in_order(audit, "HLTA.PREP.4", order) for order in (_ASSESSED, _RELEASED)))


@answers("HLTA.PREP.9")
def arrangements_confirmed(audit: Audit) -> Iterator[Statement]:
    """Hold the day on which the arrangements were confirmed to the candidate against the day of assessment."""
    yield from in_order(audit, "HLTA.PREP.9", _CONFIRMED)
