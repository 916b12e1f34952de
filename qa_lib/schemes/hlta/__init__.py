"""HLTA: moderation by Regional Providers of Assessment (code of practice, November 2022).

One month of one RPA, from its files to its audit::

    book, data = qa.load_rulebook("hlta"), qa.read_dataset("year-2023-24")
    frozen = qa.freeze(data.tables, book, provider=rpa, month="2024-03", register=register)
    drawn = qa.draw(frozen, seed=seed, reviewer=reviewer, reviewer_rpa=other_rpa, register=register)
    report.files(hlta.draw_files(drawn))           # the protocol's files, and the return for the moderators

    audit = hlta.read_audit(data.tables, book, provider=rpa, month="2024-03", register=register)
    findings = qa.audit_findings(audit)            # what every rule of the code says
    report.say(*hlta.audit_sentences(findings, audit))

After that come the tables of each section (``section_findings``, ``coverage_table``, ``overturns_by_draw``, ...), the
sheets for assessors and PoPs (``feedback_files``), and over all RPAs ``read_audits`` and ``by_rpa``.
"""

from __future__ import annotations

from qa_lib.lazy_names import lazy_names

#: Public name -> where it is defined.
_HOMES = {
    "action_log": "qa_lib.schemes.hlta.rules.actions:action_log",
    "agreement_by_standard": "qa_lib.schemes.hlta.results.moderator_agreement:agreement_by_standard",
    "agreement_of_outcomes": "qa_lib.schemes.hlta.results.moderator_agreement:agreement_of_outcomes",
    "appeals_counts": "qa_lib.schemes.hlta.rules.appeals:appeals_counts",
    "appeals_log": "qa_lib.schemes.hlta.rules.appeals:appeals_log",
    "at_risk": "qa_lib.schemes.hlta.pages.coverage_page:at_risk",
    "audit_sentences": "qa_lib.schemes.hlta.pages.audit_page:audit_sentences",
    "by_rpa": "qa_lib.schemes.hlta.pages.partnership_page:by_rpa",
    "capacity_forecast": "qa_lib.schemes.hlta.rules.capacity:capacity_forecast",
    "capacity_sentence": "qa_lib.schemes.hlta.rules.capacity:capacity_sentence",
    "certainty_table": "qa_lib.schemes.hlta.pages.month_sample:certainty_table",
    "competence_profiles": "qa_lib.schemes.hlta.rules.competence:competence_profiles",
    "completeness_matrix": "qa_lib.schemes.hlta.rules.pre_upload_scrutiny:completeness_matrix",
    "composition_table": "qa_lib.schemes.hlta.pages.month_sample:composition_table",
    "coverage_sentences": "qa_lib.schemes.hlta.pages.audit_page:coverage_sentences",
    "coverage_so_far": "qa_lib.schemes.hlta.pages.partnership_page:coverage_so_far",
    "coverage_table": "qa_lib.schemes.hlta.pages.audit_page:coverage_table",
    "draw_files": "qa_lib.schemes.hlta.forms.draw_files:draw_files",
    "draw_missing_months": "qa_lib.schemes.hlta.draws.missing_months:draw_missing_months",
    "draw_missing_months_of_all": "qa_lib.schemes.hlta.draws.missing_months:draw_missing_months_of_all",
    "draws_table": "qa_lib.schemes.hlta.pages.month_sample:draws_table",
    "enquiry_counts": "qa_lib.schemes.hlta.rules.enquiries:enquiry_counts",
    "entered_by": "qa_lib.schemes.hlta.audit_from_register:entered_by",
    "feedback_files": "qa_lib.schemes.hlta.pages.feedback_pages:feedback_files",
    "feedback_table": "qa_lib.schemes.hlta.pages.feedback_pages:feedback_table",
    "files_by_area": "qa_lib.schemes.hlta.rules.regions:files_by_area",
    "forms_by_pop": "qa_lib.schemes.hlta.rules.trends:forms_by_pop",
    "frozen_table": "qa_lib.schemes.hlta.pages.month_sample:frozen_table",
    "harsh_by_assessor": "qa_lib.schemes.hlta.results.side_by_side:harsh_by_assessor",
    "import_return": "qa_lib.schemes.hlta.forms.importing:import_return",
    "issue_log": "qa_lib.schemes.hlta.rules.issues_forward:issue_log",
    "joint_report_files": "qa_lib.schemes.hlta.pages.joint_report_form:joint_report_files",
    "late_enquiries": "qa_lib.schemes.hlta.rules.enquiries:late_enquiries",
    "made_or_why": "qa_lib.schemes.hlta.pages.audit_page:made_or_why",
    "may_be_confirmed": "qa_lib.schemes.hlta.rules.consequences:may_be_confirmed",
    "met_by_month": "qa_lib.schemes.hlta.results.side_by_side:met_by_month",
    "moderation_population": "qa_lib.schemes.hlta.draws.moderation_population:moderation_population",
    "next_rota": "qa_lib.schemes.hlta.pages.partnership_page:next_rota",
    "not_met_by": "qa_lib.schemes.hlta.results.side_by_side:not_met_by",
    "outcomes_by_group": "qa_lib.schemes.hlta.rules.outcomes_by_group:outcomes_by_group",
    "overturns_by_assessor": "qa_lib.schemes.hlta.results.side_by_side:overturns_by_assessor",
    "overturns_by_draw": "qa_lib.schemes.hlta.results.overturns:overturns_by_draw",
    "overturns_by_moderator": "qa_lib.schemes.hlta.results.overturns_by_moderator:overturns_by_moderator",
    "overturns_by_pop": "qa_lib.schemes.hlta.results.side_by_side:overturns_by_pop",
    "overturns_by_selection": "qa_lib.schemes.hlta.results.overturns:overturns_by_selection",
    "overturns_of_year": "qa_lib.schemes.hlta.results.overturns:overturns_of_year",
    "partnership_findings": "qa_lib.schemes.hlta.pages.partnership_page:partnership_findings",
    "partnership_sentences": "qa_lib.schemes.hlta.pages.partnership_page:partnership_sentences",
    "proof_table": "qa_lib.schemes.hlta.pages.month_sample:proof_table",
    "read_audit": "qa_lib.schemes.hlta.audit_from_register:read_audit",
    "read_audits": "qa_lib.schemes.hlta.audit_from_register:read_audits",
    "results_sentences": "qa_lib.schemes.hlta.pages.results_sentences:results_sentences",
    "returned_versions": "qa_lib.schemes.hlta.audit_from_register:returned_versions",
    "review_pending": "qa_lib.schemes.hlta.rules.consequences:review_pending",
    "rpa_overview": "qa_lib.schemes.hlta.pages.partnership_page:rpa_overview",
    "rules_by_rpa": "qa_lib.schemes.hlta.pages.partnership_page:rules_by_rpa",
    "rules_used": "qa_lib.schemes.hlta.pages.month_sample:rules_used",
    "sample_findings": "qa_lib.schemes.hlta.pages.month_sample:sample_findings",
    "sample_table": "qa_lib.schemes.hlta.pages.month_sample:sample_table",
    "shared_actions": "qa_lib.schemes.hlta.pages.partnership_page:shared_actions",
    "shared_late": "qa_lib.schemes.hlta.pages.partnership_page:shared_late",
    "shared_pending": "qa_lib.schemes.hlta.pages.partnership_page:shared_pending",
    "standards_by_pop": "qa_lib.schemes.hlta.rules.trends:standards_by_pop",
    "standards_looked_at": "qa_lib.schemes.hlta.rules.monthly_moderation:standards_looked_at",
    "summary_sentences": "qa_lib.schemes.hlta.pages.month_sample:summary_sentences",
    "trends_of": "qa_lib.schemes.hlta.rules.trends:trends_of",
    "verdict_first": "qa_lib.schemes.hlta.pages.audit_page:verdict_first",
    "year_entities": "qa_lib.schemes.hlta.pages.coverage_page:year_entities",
    "year_findings": "qa_lib.schemes.hlta.pages.coverage_page:year_findings",
    "year_is_over": "qa_lib.schemes.hlta.pages.coverage_page:year_is_over",
    "year_sentences": "qa_lib.schemes.hlta.pages.coverage_page:year_sentences",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
