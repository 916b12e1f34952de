"""Leaving out a column or a table never stops an audit, and never turns a rule into *met*.

A few places each time; ``QA_LONG=1`` tries all of them, which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_lib import load_rulebook, open_register, read_dataset
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.project_files import ROOT
from qa_lib.register.monthly_draws import draw_year
from qa_lib.scheme import find_scheme
from qa_lib.schemes.hlta.audit import make_audit as make_hlta_audit
from qa_lib.schemes.npq.audit import make_audit as make_npq_audit

Tables = Mapping[str, pd.DataFrame]
#: Scheme -> the slice, and a provider of it.
SLICES = {
    "hlta": ("partnership", "University of Northampton"),
    "npq": ("npq", "Calderstone Institute of School Leadership"),
}
WORST_FIRST = ["breach", "warning", "not_assessable", "information", "met"]


@cache
def whole(scheme: str) -> Tables:
    """Return the slice of a scheme."""
    return read_dataset(ROOT / "notebooks" / "data" / SLICES[scheme][0], scheme=scheme).tables


@cache
def judge(scheme: str) -> Callable[[Tables], dict[str, str]]:
    """Return what gives each rule's worst status over tables; the draws stay those of the whole slice."""
    book, provider = load_rulebook(scheme), SLICES[scheme][1]
    if scheme == "hlta":
        record = open_register("sqlite://")
        draws = draw_year(whole(scheme), book, provider=provider, year="2023-09", register=record)
        given: dict[str, object] = {"months": ["2024-03"], "draws": draws, "national_fee": "495.00"}
        make = make_hlta_audit
    else:
        given, make = {"as_of": "2020-03-01", "period": "2018-19"}, make_npq_audit

    def statuses(tables: Tables) -> dict[str, str]:
        found = audit_findings(make(tables, book, provider=provider, **given))
        return found.groupby("rule")["status"].agg(lambda own: min(own, key=WORST_FIRST.index)).to_dict()

    return statuses


@cache
def before(scheme: str) -> dict[str, str]:
    """Return each rule's worst status over the whole slice."""
    return judge(scheme)(whole(scheme))


def places(scheme: str) -> list[tuple[str, str]]:
    """Return what may be left out: tables, and columns that their table does not need."""
    found, own = [], find_scheme(scheme)
    for name, table in own.tables.items():
        if name in whole(scheme):
            optional = set(whole(scheme)[name]) - {*table.identifying, own.provider_column}
            found += [(name, column) for column in sorted(optional)]
            found += [(name, "")] * (name != own.provider_table)
    return found


def without(scheme: str, name: str, column: str) -> Tables:
    """Return the slice without a column, or without a table."""
    left = dict(whole(scheme))
    table = left.pop(name)
    return left | ({name: table.drop(columns=column)} if column else {})


def holds(scheme: str, place: tuple[str, str]) -> None:
    """Judge the slice without one of its places, and hold it against the whole."""
    after = judge(scheme)(without(scheme, *place))
    assert set(after) == set(before(scheme))
    assert {rule for rule in after if after[rule] == "met" != before(scheme)[rule]} == set()


@pytest.mark.parametrize("scheme", SLICES)
def test_what_is_left_out_is_never_met(scheme: str) -> None:
    """Of a few places, chosen anew each time."""

    @given(st.sampled_from(places(scheme)))
    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    def one(place: tuple[str, str]) -> None:
        holds(scheme, place)

    one()


@pytest.mark.skipif(os.environ.get("QA_LONG") != "1", reason="takes minutes; QA_LONG=1 runs it")
@pytest.mark.parametrize("scheme", SLICES)
def test_nothing_that_is_left_out_is_met(scheme: str) -> None:
    """Of every place."""
    for place in places(scheme):
        holds(scheme, place)
