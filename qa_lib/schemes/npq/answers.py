"""Which function answers which rule of the quality framework."""

from __future__ import annotations

from qa_lib.schemes.answering import Answering
from qa_lib.schemes.npq.feedback import mean_feedback
from qa_lib.schemes.npq.groups import groups_alike
from qa_lib.schemes.npq.moderation import overturned
from qa_lib.schemes.npq.presentation import presented_in_time
from qa_lib.schemes.npq.recruitment import from_schools_with_free_meals, not_white_british, recruited_to_target
from qa_lib.schemes.npq.remedial import remedial_action
from qa_lib.schemes.npq.requirements import (
    malpractice_reported,
    published,
    self_assessed,
    serving_leaders,
    throughout_the_area,
    trained_and_moderated,
    two_terms,
)
from qa_lib.schemes.npq.returns import performance_published, returned

#: Metrics 1 to 7.
METRICS = (
    recruited_to_target,
    from_schools_with_free_meals,
    not_white_british,
    presented_in_time,
    overturned,
    mean_feedback,
    groups_alike,
)
_OTHERS = (
    returned,
    performance_published,
    self_assessed,
    serving_leaders,
    two_terms,
    trained_and_moderated,
    published,
    malpractice_reported,
    throughout_the_area,
    remedial_action,
)
#: Rule id -> the function that answers it, in the framework's order; remedial action last, for it looks at the others.
ANSWERS: dict[str, Answering] = {answer.rule: answer for answer in (*METRICS, *_OTHERS)}
