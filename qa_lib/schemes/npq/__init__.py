"""NPQ: the quality framework of the National Professional Qualifications (October 2017).

One provider, from its tables to its return::

    book, data = qa.load_rulebook("npq"), qa.read_dataset("npq-2018-19")
    about = {"provider": provider, "as_of": "2020-03-01", "period": "2018-19"}
    draw = qa.draw_from_list(npq.SCRIPTS, data.tables, book, seed=seed, **about)   # scripts for national moderation
    audit = npq.make_audit(data.tables, book, script_draw=draw, **about)
    findings = qa.audit_findings(audit)                             # what every rule says
    report.say(*npq.audit_sentences(findings, book, **about))
    metrics = npq.metrics(audit)                                    # the seven metrics by level

After that come the return (``return_sheets``, ``return_workbook``), what is published of it (``public_tables``,
``public_files``), and groups that fare differently (``group_gaps``, ``group_sentences``, ``compare_within_strata``).
"""

from __future__ import annotations

from qa_lib.lazy_names import lazy_names

#: Public name -> where it is defined.
_HOMES = {
    "SCRIPTS": "qa_lib.schemes.npq.draws.script_draw:SCRIPTS",
    "analysis": "qa_lib.schemes.npq.pages.metric_tables:analysis",
    "audit_sentences": "qa_lib.schemes.npq.pages.provider_page:audit_sentences",
    "attempts": "qa_lib.schemes.npq.rules.presentation:attempts",
    "chance_by_size": "qa_lib.reports.chance_pages:chance_by_size",
    "chance_chart": "qa_lib.reports.chance_pages:chance_chart",
    "chi_squares": "qa_lib.schemes.npq.pages.group_tables:chi_squares",
    "cohort": "qa_lib.schemes.npq.rules.group_gaps:cohort",
    "compare_measures": "qa_lib.schemes.npq.pages.group_tables:compare_measures",
    "compare_within_strata": "qa_lib.schemes.npq.pages.group_tables:compare_within_strata",
    "completeness": "qa_lib.schemes.npq.rules.regulator_returns:completeness",
    "fair_chart": "qa_lib.reports.chance_pages:fair_chart",
    "fair_sentences": "qa_lib.reports.chance_pages:fair_sentences",
    "fair_shares": "qa_lib.reports.chance_pages:fair_shares",
    "fair_years": "qa_lib.reports.chance_pages:fair_years",
    "group_gaps": "qa_lib.schemes.npq.rules.group_gaps:group_gaps",
    "group_overview": "qa_lib.schemes.npq.pages.group_tables:group_overview",
    "group_sentences": "qa_lib.schemes.npq.pages.group_tables:group_sentences",
    "left_out": "qa_lib.schemes.npq.rules.recruitment:left_out",
    "make_audit": "qa_lib.schemes.npq.audit:make_audit",
    "make_audits": "qa_lib.schemes.npq.audit:make_audits",
    "metrics": "qa_lib.schemes.npq.pages.metric_tables:metrics",
    "mix_sentences": "qa_lib.schemes.npq.pages.group_tables:mix_sentences",
    "moderated": "qa_lib.schemes.npq.rules.script_moderation:moderated",
    "names_of": "qa_lib.schemes.npq.pages.group_tables:names_of",
    "ordered_trends": "qa_lib.schemes.npq.pages.ordered_groups:ordered_trends",
    "people_sentences": "qa_lib.schemes.npq.pages.group_tables:people_sentences",
    "people_to_compare": "qa_lib.schemes.npq.pages.group_tables:people_to_compare",
    "public_files": "qa_lib.schemes.npq.pages.public_summary:public_files",
    "public_notices": "qa_lib.schemes.npq.pages.public_summary:public_notices",
    "public_tables": "qa_lib.schemes.npq.pages.public_summary:public_tables",
    "read_schools": "qa_lib.schemes.npq.readers.school_files:read_schools",
    "return_rows": "qa_lib.schemes.npq.rules.regulator_returns:return_rows",
    "return_sheets": "qa_lib.schemes.npq.pages.regulator_workbook:return_sheets",
    "return_workbook": "qa_lib.schemes.npq.pages.regulator_workbook:return_workbook",
    "script_bounds": "qa_lib.schemes.npq.pages.provider_page:script_bounds",
    "script_draw_or_none": "qa_lib.schemes.npq.draws.script_draw:script_draw_or_none",
    "script_draw_table": "qa_lib.schemes.npq.pages.provider_page:script_draw_table",
    "script_list": "qa_lib.schemes.npq.draws.script_draw:script_list",
    "script_sentences": "qa_lib.schemes.npq.pages.provider_page:script_sentences",
    "shown_metrics": "qa_lib.schemes.npq.pages.provider_page:shown_metrics",
    "trend_lines": "qa_lib.schemes.npq.pages.provider_page:trend_lines",
    "trend_sentences": "qa_lib.schemes.npq.pages.ordered_groups:trend_sentences",
    "trend_table": "qa_lib.schemes.npq.pages.provider_page:trend_table",
    "trends": "qa_lib.schemes.npq.pages.metric_tables:trends",
    "work_list": "qa_lib.schemes.npq.rules.coming_due:work_list",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
