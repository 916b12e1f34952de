"""Which function answers which rule of the quality framework."""

from __future__ import annotations

from qa_lib.audit.answering import Answering
from qa_lib.schemes.npq.rules.group_gaps import groups_alike
from qa_lib.schemes.npq.rules.participant_feedback import mean_feedback
from qa_lib.schemes.npq.rules.presentation import presented_in_time
from qa_lib.schemes.npq.rules.recruitment import from_schools_with_free_meals, not_white_british, recruited_to_target
from qa_lib.schemes.npq.rules.regulator_returns import performance_published, returned
from qa_lib.schemes.npq.rules.remedial import remedial_action
from qa_lib.schemes.npq.rules.requirements import (
    malpractice_reported,
    published,
    self_assessed,
    serving_leaders,
    throughout_the_area,
    trained_and_moderated,
    two_terms,
)
from qa_lib.schemes.npq.rules.script_moderation import overturned

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
