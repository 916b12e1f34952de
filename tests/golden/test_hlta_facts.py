"""Every planted fact of the made-up Partnership year is found, by name; the year without them breaches nothing.

The year runs as it would: drawn month by month, its return workbooks filled in and imported, then judged per RPA for
the twelve months at once, and month by month.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from qa_lib import audit_case, load_rulebook, open_register, read_dataset
from qa_lib.batch.rehearsal import rehearse_year
from qa_lib.demo import build_partnership, planted_facts
from qa_lib.demo.fact import Fact
from qa_lib.schemes.hlta.case import Case, rpas_of
from qa_lib.schemes.hlta.moderated import moderated
from qa_lib.schemes.hlta.summary import hlta_findings

BOOK = load_rulebook("hlta")
YEAR = "2023-09"
MONTHS = [f"2023-{number:02}" for number in range(9, 13)] + [f"2024-{number:02}" for number in range(1, 9)]
FEE = "495.00"
FACTS = {fact.id: fact for fact in planted_facts()}
OFF = ["breach", "warning", "not_assessable"]


@dataclass(frozen=True)
class Played:
    """A year that was played through: drawn, returned and judged."""

    cases: list[Case]
    findings: pd.DataFrame
    refused: list[str]


def play(folder: Path, *, planted: bool) -> Played:
    """Build a year, draw every month, import its returns, and judge the twelve months of each RPA at once."""
    build_partnership(folder / "data", planted=planted)
    dataset, place = read_dataset(folder / "data"), str(folder / "register.sqlite")
    refused = rehearse_year(dataset, BOOK, year=YEAR, register=place, out=folder)
    tables, register = dataset.tables, open_register(place)
    cases = [
        audit_case(tables, BOOK, provider=rpa, year=YEAR, register=register, national_fee=FEE)
        for rpa in rpas_of(tables)
    ]
    findings = pd.concat([hlta_findings(case).assign(rpa=case.provider) for case in cases], ignore_index=True)
    return Played(cases, findings, refused)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Return the year with its facts."""
    return play(tmp_path_factory.mktemp("year"), planted=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Return the year without facts."""
    return play(tmp_path_factory.mktemp("clean"), planted=False)


def named(findings: pd.DataFrame, fact: Fact) -> set[str]:
    """Return the subjects of a fact that its rule names as it should."""
    own = findings[(findings["rule"] == fact.rule) & findings["subject"].isin(fact.subjects)]
    if fact.expect == "none":
        return set(fact.subjects) - set(own.loc[own["status"].isin(OFF), "subject"])
    return set(own.loc[own["status"] == fact.expect, "subject"])


@pytest.mark.parametrize("fact_id", [name for name, fact in FACTS.items() if fact.rule.startswith("HLTA.")])
def test_each_planted_fact_is_found(year: Played, fact_id: str) -> None:
    """Every subject of the fact has a finding of its rule with the status that the fact expects."""
    fact = FACTS[fact_id]
    assert named(year.findings, fact) == set(fact.subjects), fact.what


def test_what_nobody_planted_is_not_accused(year: Played) -> None:
    """A breach of the year names a planted subject, or follows from a planted fact as the page of facts says."""
    breaches = year.findings[year.findings["status"] == "breach"]
    planted = {subject for fact in FACTS.values() for subject in fact.subjects}
    others = breaches[~breaches["subject"].isin(planted)]
    assert others.empty, others[["rule", "subject", "message"]].to_string()


def test_the_return_refuses_what_the_scheme_refuses(year: Played) -> None:
    """The three faults that no return may hold (F64, F68, F63) are refused by sheet, row and column; no other is."""
    alone, silent, narrow = year.refused
    assert alone.startswith("HLTA North, 2024-02: ")
    assert silent.startswith("Strictly Education 4S, 2024-02: ")
    assert narrow.startswith("Strictly Education 4S, 2024-07: ")
    assert all(" is refused: 1 fault." in said for said in year.refused)
    assert "expected a second moderator, as the file is overturned" in alone
    assert "expected a reason, as the file is overturned" in silent
    assert "expected your judgement of a standard that has to be moderated" in narrow


def test_every_return_of_the_clean_year_comes_back(clean: Played) -> None:
    """With the returns of twelve months imported, every sampled file of every RPA has its decision from a return."""
    assert clean.refused == []
    for case in clean.cases:
        found = moderated(case)
        assert set(found["month"]) == set(MONTHS)
        assert set(found["source"]) == {"return"}


@pytest.mark.parametrize("rule", ["HLTA.MOD.4", "HLTA.MOD.5"])
def test_at_the_end_of_the_clean_year_everyone_has_been_sampled(clean: Played, rule: str) -> None:
    """For each RPA every assessor and every PoP with files has been in a sample; who had no file is named."""
    own = clean.findings[clean.findings["rule"] == rule]
    assert (own["status"] == "met").groupby(own["rpa"]).sum().tolist() == [1, 1, 1]
    assert set(own.loc[own["status"].isin(OFF), "subject"]) == (
        set(FACTS["S01"].subjects) if rule == "HLTA.MOD.4" else set()
    )


def test_the_clean_year_breaches_nothing(clean: Played) -> None:
    """Without planted facts no finding of any rule is a breach."""
    breaches = clean.findings[clean.findings["status"] == "breach"]
    assert breaches.empty, breaches[["rule", "subject", "message"]].to_string()
