"""Every planted fact of the made-up Partnership year is found, by name; the year without them breaches nothing.

The year runs as it would: drawn month by month, its return workbooks filled in and imported, then judged per RPA for
the twelve months at once, and month by month.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from qa_lib import draw_year, load_rulebook, open_register, read_dataset
from qa_lib.demo import build_partnership, planted_facts
from qa_lib.demo.fact import Fact
from qa_lib.schemes.hlta.case import Case, hlta_case, rpas_of
from qa_lib.schemes.hlta.summary import hlta_findings

BOOK = load_rulebook("hlta")
YEAR = "2023-09"
MONTHS = [f"2023-{number:02}" for number in range(9, 13)] + [f"2024-{number:02}" for number in range(1, 9)]
FEE = "495.00"
FACTS = {fact.id: fact for fact in planted_facts()}
OFF = ["breach", "warning", "not_assessable"]


def cases_of(folder: Path, *, planted: bool) -> list[Case]:
    """Build a year, draw it and return the case of each RPA over its twelve months."""
    build_partnership(folder, planted=planted)
    tables = read_dataset(folder).tables
    register = open_register("sqlite://")
    return [
        hlta_case(
            tables,
            BOOK,
            provider=rpa,
            months=MONTHS,
            draws=draw_year(tables, BOOK, provider=rpa, year=YEAR, register=register),
            national_fee=FEE,
        )
        for rpa in rpas_of(tables)
    ]


def findings_of(cases: Iterable[Case]) -> pd.DataFrame:
    """Return the findings of every RPA."""
    return pd.concat([hlta_findings(case).assign(rpa=case.provider) for case in cases], ignore_index=True)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the findings of the year with its facts."""
    return findings_of(cases_of(tmp_path_factory.mktemp("year"), planted=True))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the findings of the year without facts."""
    return findings_of(cases_of(tmp_path_factory.mktemp("clean"), planted=False))


def named(findings: pd.DataFrame, fact: Fact) -> set[str]:
    """Return the subjects of a fact that its rule names as it should."""
    own = findings[(findings["rule"] == fact.rule) & findings["subject"].isin(fact.subjects)]
    if fact.expect == "none":
        return set(fact.subjects) - set(own.loc[own["status"].isin(OFF), "subject"])
    return set(own.loc[own["status"] == fact.expect, "subject"])


@pytest.mark.parametrize("fact_id", [name for name, fact in FACTS.items() if fact.rule.startswith("HLTA.")])
def test_each_planted_fact_is_found(year: pd.DataFrame, fact_id: str) -> None:
    """Every subject of the fact has a finding of its rule with the status that the fact expects."""
    fact = FACTS[fact_id]
    assert named(year, fact) == set(fact.subjects), fact.what


def test_the_clean_year_breaches_nothing(clean: pd.DataFrame) -> None:
    """Without planted facts no finding of any rule is a breach."""
    breaches = clean[clean["status"] == "breach"]
    assert breaches.empty, breaches[["rule", "subject", "message"]].to_string()
