"""HLTA as everything else sees it."""

from __future__ import annotations

from qa_lib.scheme import MadeUp, Scheme
from qa_lib.schemes.hlta.tables import TABLES

SCHEME = Scheme(
    name="hlta",
    title="Higher Level Teaching Assistant, moderation by Regional Providers of Assessment",
    tables=TABLES,
    data_page="docs/data-hlta.md",
    provider_table="cases",
    provider_column="rpa",
    provider_word="RPA",
    provider_rows="files",
    spelled=("RPA", "RPAs", "PoP", "PoPs"),
    followed="assessor_id",  # one may assess for an RPA and moderate for another
    span="month",
    year_starts=("HLTA.MOD.4", "year_starts_in_month"),
    answers_in="qa_lib.schemes.hlta.rules",
    month_draw="qa_lib.schemes.hlta.draws.moderation_draw:MONTH_DRAW",
    draw_rules=(
        "HLTA.MOD.3 HLTA.MOD.4 HLTA.MOD.6 HLTA.SCR.2 "
        "X.COVER X.DIFFICULTY X.EXPERIENCE X.SCRUTINY X.SIGNALLED X.SIGNALS X.STANDARDS_MORE X.TIERS"
    ),
    readers={"oulad_moderation": "qa_lib.schemes.hlta.readers.oulad_moderation:oulad_moderation"},
    forms={"moderation return": "qa_lib.schemes.hlta.forms.moderation_return:MODERATION_RETURN"},
    made_up=(
        MadeUp(
            run_file="parameters/runs/hlta_monthly.yaml",
            build="qa_lib.schemes.hlta.made_up:build_partnership",
            what="Partnership year",
            year="2023-09",
            returns="qa_lib.schemes.hlta.made_up.filled_returns:return_year",
            shown={"month": "2024-06"},
            pages={
                "partnership_overview.html": ("the Partnership", "the month over all RPAs, and the year so far"),
                "moderation_sample.html": (
                    "peer reviewers and moderators",
                    "which files are moderated, and that nobody steered the choice",
                ),
                "monthly_audit.html": ("QA officers", "what needs action, what is late, what is met"),
                "joint-report-*.html": ("the RPA and its peer reviewer", "the month's report, for both to sign"),
                "feedback-assessors.html": ("assessors", "what the moderators found, a sheet for each"),
                "feedback-pops.html": ("Providers of Preparation", "what the moderators found, a sheet for each"),
                "annual_report.html": ("the RPA", "what the year shows"),
                "annual_coverage.html": ("the RPA and its peer reviewers", "who was in a sample over the year"),
            },
        ),
    ),
)
