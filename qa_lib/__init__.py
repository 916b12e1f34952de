"""Quality assurance of assessors: draw samples anyone can verify, cover the year, compare groups, report.

The flow, one direction only::

    read_dataset -> population -> freeze -> draw -> tables, charts, pages
                                    ^         |
                                    register <-

Here stands what serves any scheme; what belongs to one stands in its own room, e.g. ``qa_lib.schemes.hlta``. The names
are loaded when first used, so that importing the package costs nothing; ``docs/library.md`` shows them at work.
"""

from __future__ import annotations

from qa_lib.lazy_names import lazy_names

#: Public name -> where it is defined.
_HOMES = {
    "Chart": "qa_lib.reports.charts:Chart",
    "PlanChoices": "qa_lib.sampling.plan_choices:PlanChoices",
    "PublicTable": "qa_lib.reports.public_tables:PublicTable",
    "QAError": "qa_lib.errors:QAError",
    "action_table": "qa_lib.audit.first_screen:action_table",
    "add_totals": "qa_lib.reports.disclosure:add_totals",
    "adjust_for_mix": "qa_lib.statistics.mix:adjust_for_mix",
    "agreement": "qa_lib.statistics.agreement:agreement",
    "audit_findings": "qa_lib.audit.rule_answers:audit_findings",
    "bounds_frame": "qa_lib.reports.planning:bounds_frame",
    "charts": "qa_lib.reports.charts",
    "check_publishable": "qa_lib.reports.publishable:check_publishable",
    "compare_groups": "qa_lib.statistics.groups:compare_groups",
    "coverage_by_entity": "qa_lib.sampling.coverage_of_year:coverage_by_entity",
    "coverage_by_month": "qa_lib.sampling.coverage_of_year:coverage_by_month",
    "draw": "qa_lib.register.monthly_draws:draw",
    "draw_from_list": "qa_lib.register.list_draws:draw_from_list",
    "draw_year": "qa_lib.register.monthly_draws:draw_year",
    "exact_rate": "qa_lib.rates:exact_rate",
    "find_nesting": "qa_lib.reports.disclosure:find_nesting",
    "find_scheme": "qa_lib.scheme:find_scheme",
    "finite_population_bounds": "qa_lib.statistics.finite:finite_population_bounds",
    "fisher_midp": "qa_lib.statistics.exact_tests:fisher_midp",
    "forest_chart": "qa_lib.reports.forest:forest_chart",
    "forest_frame": "qa_lib.reports.forest:forest_frame",
    "freeze": "qa_lib.register.monthly_draws:freeze",
    "inputs_table": "qa_lib.intake.inputs_table:inputs_table",
    "judge_claim": "qa_lib.statistics.finite:judge_claim",
    "late_table": "qa_lib.audit.first_screen:late_table",
    "load_rulebook": "qa_lib.scheme:load_rulebook",
    "minimum_detectable_difference": "qa_lib.statistics.power:minimum_detectable_difference",
    "moderation_charts": "qa_lib.reports.moderation_charts",
    "not_moderatable_of_year": "qa_lib.register.draws_of_year:not_moderatable_of_year",
    "open_register": "qa_lib.register.store:open_register",
    "open_report": "qa_lib.reports.folder:open_report",
    "page_register": "qa_lib.register.sample_source:page_register",
    "passing_frame": "qa_lib.reports.planning:passing_frame",
    "policy_costs": "qa_lib.sampling.coverage_of_year:policy_costs",
    "public_workbook": "qa_lib.reports.public_tables:public_workbook",
    "read_dataset": "qa_lib.intake.dataset:read_dataset",
    "read_freeze": "qa_lib.sampling.frozen:read_freeze",
    "read_run_file": "qa_lib.batch.runfile:read_run_file",
    "recorded_event": "qa_lib.register.recorded_events:recorded_event",
    "rehearsal_sentences": "qa_lib.register.sample_source:rehearsal_sentences",
    "rule_table": "qa_lib.audit.first_screen:rule_table",
    "rules_table": "qa_lib.reports.rules_table:rules_table",
    "run_reports": "qa_lib.batch.run_reports:run_reports",
    "sample_size": "qa_lib.statistics.finite:sample_size",
    "sample_source": "qa_lib.register.sample_source:sample_source",
    "score_interval": "qa_lib.statistics.differences:score_interval",
    "section_findings": "qa_lib.audit.first_screen:section_findings",
    "stratified_rate": "qa_lib.statistics.year_estimate:stratified_rate",
    "suppress": "qa_lib.reports.disclosure:suppress",
    "verify_draw_folder": "qa_lib.sampling.verify_draws:verify_draw_folder",
    "verify_folder": "qa_lib.batch.verify_run:verify_folder",
    "verify_register": "qa_lib.register.verify_chains:verify_register",
    "what_a_share_shows": "qa_lib.reports.planning:what_a_share_shows",
    "what_can_be_said": "qa_lib.reports.group_words:what_can_be_said",
    "wilson_interval": "qa_lib.statistics.proportions:wilson_interval",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
