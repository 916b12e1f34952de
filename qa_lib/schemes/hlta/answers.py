"""Which function answers which rule of the code of practice, in the order of the rule book."""

from __future__ import annotations

from qa_lib.audit.answering import Answering
from qa_lib.schemes.hlta.rules.actions import quality_procedures
from qa_lib.schemes.hlta.rules.allocation import level_2_before_allocation, paid_before_assessment
from qa_lib.schemes.hlta.rules.appeals import appeals_handled, candidates_know_how_to_appeal
from qa_lib.schemes.hlta.rules.assessors import first_solo_quality_assured, no_outside_assignment, senior_assessor_named
from qa_lib.schemes.hlta.rules.capacity import capacity_against_files
from qa_lib.schemes.hlta.rules.competence import competence_reported
from qa_lib.schemes.hlta.rules.consequences import review_before_release
from qa_lib.schemes.hlta.rules.eligibility import adjusted, eligible
from qa_lib.schemes.hlta.rules.enquiries import enquiries_in_time
from qa_lib.schemes.hlta.rules.feedback_given import feedback_on_preparation, feedback_to_assessors, what_can_improve
from qa_lib.schemes.hlta.rules.fees import fees_published, national_fee_charged
from qa_lib.schemes.hlta.rules.moderators import moderators_qualified
from qa_lib.schemes.hlta.rules.monthly_moderation import (
    certain_files_sampled,
    moderated_every_month,
    overturned_by_two,
    random_part_large_enough,
    standards_moderated,
    withdrawals_told,
)
from qa_lib.schemes.hlta.rules.panel import independent_panel
from qa_lib.schemes.hlta.rules.peer_review import (
    forum_attended,
    joint_report_in_time,
    pairings_change,
    peer_reviewer_of_another_rpa,
)
from qa_lib.schemes.hlta.rules.pre_upload_scrutiny import (
    every_assessor_scrutinised,
    forms_complete,
    no_further_evidence,
    reassessed_by_another,
    returned_files_come_again,
)
from qa_lib.schemes.hlta.rules.preparation import (
    checks_during_preparation,
    evidence_of_twelve_months,
    three_days_of_preparation,
)
from qa_lib.schemes.hlta.rules.regions import areas_of_schools
from qa_lib.schemes.hlta.rules.training import trained_and_developed
from qa_lib.schemes.hlta.rules.trends import trends_go_back_to_the_pop
from qa_lib.schemes.hlta.rules.weekly_workload import assessments_in_a_week
from qa_lib.schemes.hlta.rules.year_coverage import every_assessor_sampled, every_pop_sampled

_IN_ORDER = (
    areas_of_schools,
    eligible,
    level_2_before_allocation,
    three_days_of_preparation,
    paid_before_assessment,
    evidence_of_twelve_months,
    checks_during_preparation,
    feedback_on_preparation,
    first_solo_quality_assured,
    assessments_in_a_week,
    trained_and_developed,
    senior_assessor_named,
    competence_reported,
    quality_procedures,
    no_outside_assignment,
    adjusted,
    every_assessor_scrutinised,
    returned_files_come_again,
    reassessed_by_another,
    forms_complete,
    no_further_evidence,
    moderated_every_month,
    certain_files_sampled,
    random_part_large_enough,
    every_assessor_sampled,
    every_pop_sampled,
    standards_moderated,
    overturned_by_two,
    review_before_release,
    feedback_to_assessors,
    what_can_improve,
    trends_go_back_to_the_pop,
    moderators_qualified,
    peer_reviewer_of_another_rpa,
    pairings_change,
    joint_report_in_time,
    forum_attended,
    appeals_handled,
    independent_panel,
    candidates_know_how_to_appeal,
    enquiries_in_time,
    national_fee_charged,
    capacity_against_files,
    fees_published,
    # A convention of this suite, not a clause of the code: it speaks only where there is something to tell.
    withdrawals_told,
)
#: Rule id -> the function that answers it.
ANSWERS: dict[str, Answering] = {answer.rule: answer for answer in _IN_ORDER}
