"""The NPQ framework as everything else sees it."""

from __future__ import annotations

from qa_lib.scheme import MadeUp, Scheme
from qa_lib.schemes.npq.tables import TABLES

SCHEME = Scheme(
    name="npq",
    title="National Professional Qualifications, quality framework",
    tables=TABLES,
    data_page="docs/data-npq.md",
    provider_table="participants",
    answers_in="qa_lib.schemes.npq.rules",
    list_draws={"scripts": "qa_lib.schemes.npq.draws.script_draw:SCRIPTS"},
    provider_rows="participants",
    readers={"oulad_groups": "qa_lib.schemes.npq.readers.oulad_groups:oulad_people"},
    made_up=(
        MadeUp(
            run_file="parameters/runs/npq_return.yaml",
            build="qa_lib.schemes.npq.made_up:build_npq_slice",
            what="NPQ providers",
            shown={"providers": ("Calderstone Institute of School Leadership",)},
            pages={
                "metrics_return.html": ("programme managers", "the seven metrics, and whether the return is complete"),
                "group_differences.html": ("programme managers", "which groups fare differently, and how sure that is"),
                "national_moderation.html": ("the body that moderates", "which scripts are moderated nationally"),
                "groups_across_providers.html": ("the regulator", "which groups fare differently over all providers"),
            },
        ),
    ),
)
