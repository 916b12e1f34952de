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
            what="NPQ providers (half a minute)",
        ),
    ),
)
