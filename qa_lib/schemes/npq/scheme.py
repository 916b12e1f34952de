"""The NPQ framework as everything else sees it."""

from __future__ import annotations

from qa_lib.scheme import Scheme
from qa_lib.schemes.npq.tables import TABLES

SCHEME = Scheme(
    name="npq",
    title="National Professional Qualifications, quality framework",
    tables=TABLES,
    provider_table="participants",
    answers_in="qa_lib.schemes.npq.rules",
    list_draws={"scripts": "qa_lib.schemes.npq.draws:SCRIPTS"},
    readers={"oulad_groups": "qa_lib.schemes.npq.readers.oulad_groups:oulad_people"},
)
