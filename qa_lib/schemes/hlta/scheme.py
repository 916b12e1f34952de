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
    span="month",
    readers={"oulad_moderation": "qa_lib.schemes.hlta.readers.oulad_moderation:oulad_moderation"},
    forms={"moderation return": "qa_lib.schemes.hlta.forms.moderation_return:MODERATION_RETURN"},
)
