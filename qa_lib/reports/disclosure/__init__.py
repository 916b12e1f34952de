"""Small numbers in anything that leaves the provider: what is hidden, and the intruder who tries to find it."""

from __future__ import annotations

from qa_lib.reports.disclosure.intruder import audit
from qa_lib.reports.disclosure.nesting import Nesting, find_nesting
from qa_lib.reports.disclosure.profiles import PROFILES, SYMBOLS
from qa_lib.reports.disclosure.publish import suppress
from qa_lib.reports.disclosure.relations import TOTAL, Relation, add_totals, additive_relations

__all__ = [
    "PROFILES",
    "SYMBOLS",
    "TOTAL",
    "Nesting",
    "Relation",
    "add_totals",
    "additive_relations",
    "audit",
    "find_nesting",
    "suppress",
]
