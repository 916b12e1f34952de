"""All plantings of the made-up framework in order: of participants before their scripts exist, then of the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa_lib.schemes.npq.made_up import planted_participants as people
from qa_lib.schemes.npq.made_up import planted_rates as rates
from qa_lib.schemes.npq.made_up import planted_tables as tables
from qa_lib.schemes.npq.made_up.framework_planting import Planting

#: What plants, and whether it also fits into the small slice.
_Plantings = Sequence[tuple[Callable[[Planting], None], bool]]
OF_PEOPLE: _Plantings = (
    (tables.plan_overturned, False),
    (rates.plant_groups, True),
    (rates.plant_reversal, False),
    (rates.plant_not_due, False),
    (rates.plant_month_end, False),
    (rates.plant_later_date, False),
    (people.plant_enrolled_again, True),
    (people.plant_other_level, False),
    (people.plant_staff, True),
    (people.plant_target_met, True),
    (people.plant_free_meals, True),
    (people.plant_unmatched, True),
    (people.plant_ethnicity, False),
    (people.plant_missing, True),
    (people.plant_awards, True),
    (people.plant_text, True),
)
OF_TABLES: _Plantings = (
    (tables.plant_overturned, False),
    (tables.plant_feedback, False),
    (tables.plant_unmoderated, True),
    (tables.plant_untrained, True),
    (tables.plant_leaders, False),
    (tables.plant_delivery, False),
    (tables.plant_area, True),
    (tables.plant_self_assessment, True),
    (tables.plant_publications, False),
    (tables.plant_returns, False),
    (tables.plant_malpractice, True),
    (tables.plant_actions, True),
)
