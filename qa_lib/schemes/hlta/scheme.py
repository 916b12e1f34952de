"""HLTA as everything else sees it."""

from __future__ import annotations

from qa_lib.scheme import Scheme
from qa_lib.schemes.hlta.tables import TABLES

SCHEME = Scheme(
    name="hlta",
    title="Higher Level Teaching Assistant, moderation by Regional Providers of Assessment",
    tables=TABLES,
    provider_table="cases",
    provider_column="rpa",
    provider_word="RPA",
    spelled=("RPA", "RPAs", "PoP", "PoPs"),
    span="month",
    answers_in="qa_lib.schemes.hlta.rules",
    readers={"oulad_moderation": "qa_lib.schemes.hlta.readers.oulad_moderation:oulad_moderation"},
    month_draw="qa_lib.schemes.hlta.draws.month_draw:MONTH_DRAW",
)
