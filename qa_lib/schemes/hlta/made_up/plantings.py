"""All plantings in order: those that move files between assessors first, so that the others see the final picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa_lib.schemes.hlta.made_up import planted_files as files
from qa_lib.schemes.hlta.made_up import planted_moderation as moderation
from qa_lib.schemes.hlta.made_up import planted_months as months
from qa_lib.schemes.hlta.made_up import planted_office as office
from qa_lib.schemes.hlta.made_up import planted_people as people
from qa_lib.schemes.hlta.made_up.planting import Planting

#: What plants, and whether it also fits into the small slice.
PLANTINGS: Sequence[tuple[Callable[[Planting], None], bool]] = (
    (people.plant_no_senior, False),
    (months.plant_no_event, False),
    (months.plant_report_in_time, False),
    (months.plant_late_report, True),
    (months.plant_no_report, False),
    (months.plant_own_reviewer, False),
    (months.plant_no_deputy, True),
    (months.plant_long_pairing, False),
    (months.plant_absent_from_forum, False),
    (months.plant_no_improvements, False),
    (months.plant_no_national_standards, False),
    (people.plant_heavy_week, False),
    (people.plant_heavy_seven_days, False),
    (months.plant_same_assessor, False),
    (months.plant_late_file, True),
    (people.plant_unscrutinised, False),
    (moderation.plant_unconfirmed_moderator, False),
    (moderation.plant_own_file, False),
    (moderation.plant_reclassified, False),
    (moderation.plant_lenient, True),
    (moderation.plant_harsh, True),
    (moderation.plant_weak_pop, True),
    (moderation.plant_moderators_faults, False),
    (moderation.plant_untold_trend, False),
    (office.plant_text, True),
    (people.plant_actions, False),
    (people.plant_first_solo, True),
    (people.plant_training, False),
    (people.plant_outside_assignment, False),
    (months.plant_returned, True),
    (months.plant_returned_for_good, True),
    (months.plant_later_evidence, False),
    (months.plant_scrutinised_to_reassessment, False),
    (files.plant_file_facts, True),
    (files.plant_missing_forms, True),
    (files.plant_met_with_gaps, True),
    (files.plant_told_late, False),
    (office.plant_appeals, False),
    (office.plant_enquiries, False),
    (office.plant_publications, False),
    (office.plant_capacity, False),
)
