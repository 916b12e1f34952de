"""Quality assurance of assessors: draw samples anyone can verify, cover the year, compare groups, report.

The flow, one direction only::

    read_dataset -> population -> freeze -> draw -> tables, charts, pages
                                    ^         |
                                    register <-

The public names below are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

#: Public name -> the module that defines it.
_HOME = {
    "Dataset": "qa_lib.intake.dataset",
    "PlanChoices": "qa_lib.schemes.hlta.plan",
    "QAError": "qa_lib.errors",
    "Rule": "qa_lib.rulebook",
    "RuleBook": "qa_lib.rulebook",
    "RuleValue": "qa_lib.rulebook",
    "Table": "qa_lib.reports.table",
    "adjust_for_mix": "qa_lib.statistics.mix",
    "adjust_p": "qa_lib.statistics.multiplicity",
    "agreement": "qa_lib.statistics.agreement",
    "at_risk": "qa_lib.schemes.hlta.year",
    "boschloo": "qa_lib.statistics.unconditional",
    "bounds_chart": "qa_lib.reports.charts",
    "bounds_chart_alt": "qa_lib.reports.charts",
    "bounds_frame": "qa_lib.reports.planning",
    "build_partnership": "qa_lib.demo",
    "build_slice": "qa_lib.demo",
    "certainty_table": "qa_lib.schemes.hlta.sample",
    "clopper_pearson_interval": "qa_lib.statistics.proportions",
    "compare_characteristics": "qa_lib.statistics.mix",
    "compare_groups": "qa_lib.statistics.groups",
    "composition_chart": "qa_lib.reports.charts",
    "composition_chart_alt": "qa_lib.reports.charts",
    "composition_table": "qa_lib.schemes.hlta.sample",
    "coverage_by_entity": "qa_lib.sampling.year",
    "coverage_by_month": "qa_lib.sampling.year",
    "coverage_chart": "qa_lib.reports.charts",
    "coverage_chart_alt": "qa_lib.reports.charts",
    "draw": "qa_lib.register.moderation",
    "draw_files": "qa_lib.reports.draw_files",
    "draw_late": "qa_lib.register.moderation",
    "draw_year": "qa_lib.register.moderation",
    "draws_of_year": "qa_lib.register.year",
    "draws_table": "qa_lib.schemes.hlta.sample",
    "equivalence": "qa_lib.statistics.differences",
    "explain_groups": "qa_lib.statistics.words",
    "finite_population_bounds": "qa_lib.statistics.finite",
    "fisher_midp": "qa_lib.statistics.exact_tests",
    "freeze": "qa_lib.register.moderation",
    "frozen_table": "qa_lib.schemes.hlta.sample",
    "funnel_curve": "qa_lib.statistics.funnel",
    "funnel_limits": "qa_lib.statistics.funnel",
    "hlta_plan": "qa_lib.schemes.hlta.plan",
    "inputs_table": "qa_lib.intake.summary",
    "judge_claim": "qa_lib.statistics.finite",
    "load_rulebook": "qa_lib.rulebook",
    "minimum_detectable_difference": "qa_lib.statistics.power",
    "moderation_population": "qa_lib.schemes.hlta.population",
    "newcombe_interval": "qa_lib.statistics.differences",
    "not_moderatable_of_year": "qa_lib.register.year",
    "npq_analysis": "qa_lib.schemes.npq.return_tables",
    "npq_cohort": "qa_lib.schemes.npq.people",
    "npq_completeness": "qa_lib.schemes.npq.return_tables",
    "npq_draw_scripts": "qa_lib.schemes.npq.scripts",
    "npq_findings": "qa_lib.schemes.npq.summary",
    "npq_freeze_scripts": "qa_lib.schemes.npq.people",
    "npq_groups": "qa_lib.schemes.npq.people",
    "npq_left_out": "qa_lib.schemes.npq.people",
    "npq_metrics": "qa_lib.schemes.npq.summary",
    "npq_moderated": "qa_lib.schemes.npq.people",
    "npq_return_rows": "qa_lib.schemes.npq.return_tables",
    "omnibus": "qa_lib.statistics.several",
    "open_register": "qa_lib.register.store",
    "open_report": "qa_lib.reports.folder",
    "operating_characteristic": "qa_lib.statistics.finite",
    "operating_characteristic_chart": "qa_lib.reports.charts",
    "operating_characteristic_chart_alt": "qa_lib.reports.charts",
    "passing_frame": "qa_lib.reports.planning",
    "planted_facts": "qa_lib.demo",
    "policy_costs": "qa_lib.sampling.year",
    "proof_table": "qa_lib.schemes.hlta.sample",
    "read_dataset": "qa_lib.intake.dataset",
    "read_freeze": "qa_lib.sampling.freeze",
    "read_run_file": "qa_lib.batch.runfile",
    "read_schools": "qa_lib.schemes.npq.schools",
    "recorded_event": "qa_lib.register.moderation",
    "register_log": "qa_lib.register.audit",
    "render_index": "qa_lib.reports.page",
    "render_page": "qa_lib.reports.page",
    "rules_used": "qa_lib.schemes.hlta.sample",
    "run_reports": "qa_lib.batch.run",
    "sample_findings": "qa_lib.schemes.hlta.sample",
    "sample_size": "qa_lib.statistics.finite",
    "sample_table": "qa_lib.schemes.hlta.sample",
    "score_interval": "qa_lib.statistics.differences",
    "stratified_difference": "qa_lib.statistics.strata",
    "stratified_rate": "qa_lib.statistics.year",
    "summary_sentences": "qa_lib.schemes.hlta.sample",
    "verify_draw_folder": "qa_lib.sampling.verify",
    "verify_folder": "qa_lib.batch.verify",
    "verify_register": "qa_lib.register.audit",
    "what_a_share_shows": "qa_lib.reports.planning",
    "wilson_interval": "qa_lib.statistics.proportions",
    "xmr": "qa_lib.statistics.control",
    "year_findings": "qa_lib.schemes.hlta.year",
    "year_is_over": "qa_lib.schemes.hlta.year",
    "year_sentences": "qa_lib.schemes.hlta.year",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'qa_lib' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
