"""Every planted fact of the made-up Partnership year is found, by name; the year without them breaches nothing.

The year is drawn month by month and judged per RPA for the twelve months at once; of the clean year every return
workbook is filled in and imported first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from qa_lib import draw_year, load_rulebook, open_register, read_dataset
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.batch.rehearsal import rehearse_year
from qa_lib.forms.remarks import ReturnError
from qa_lib.made_up.fact import Fact
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import Register
from qa_lib.scheme import find_scheme
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up import build_partnership, planted_facts
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from qa_lib.schemes.hlta.results.moderated_files import moderated

BOOK = load_rulebook("hlta")
YEAR = "2023-09"
(MADE_UP,) = find_scheme("hlta").made_up
MONTHS = [f"2023-{number:02}" for number in range(9, 13)] + [f"2024-{number:02}" for number in range(1, 9)]
FEE = "495.00"
FACTS = {fact.id: fact for fact in planted_facts()}
OFF = ["breach", "warning", "not_assessable"]


@dataclass(frozen=True)
class Played:
    """A year that was drawn and judged; where its returns were played through, with what was refused of them."""

    cases: list[Audit]
    findings: pd.DataFrame
    register: Register
    refused: list[str]


def play(folder: Path, *, planted: bool) -> Played:
    """Build a year, draw every month, and judge the twelve months of each RPA at once.

    Of the clean year every return is filled in and imported; of the planted one the data set's own table counts.
    """
    build_partnership(folder / "data", planted=planted)
    dataset, place = read_dataset(folder / "data"), str(folder / "register.sqlite")
    refused = [] if planted else rehearse_year(dataset, BOOK, MADE_UP, register=place, out=folder)
    tables, register = dataset.tables, open_register(place)
    cases = []
    for rpa in sorted(tables["cases"]["rpa"].unique()):
        draw_year(tables, BOOK, provider=rpa, year=YEAR, register=register)
        cases.append(read_audit(tables, BOOK, provider=rpa, year=YEAR, register=register, national_fee=FEE))
    findings = pd.concat([audit_findings(audit).assign(rpa=audit.provider) for audit in cases], ignore_index=True)
    return Played(cases, findings, register, refused)


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


@pytest.mark.parametrize(
    ("fact_id", "month", "expected"),
    [
        ("F64", "2024-02", "expected a second moderator, as the file is overturned"),
        ("F68", "2024-02", "expected a reason, as the file is overturned"),
        ("F63", "2024-07", "expected your judgement of a standard that has to be moderated"),
    ],
)
def test_the_return_refuses_what_the_scheme_refuses(year: Played, fact_id: str, month: str, expected: str) -> None:
    """The three faults that no return may hold are refused by sheet, row and column, and with them the whole return."""
    case_id = FACTS[fact_id].subjects[0]
    audit = next(audit for audit in year.cases if case_id in set(audit.files()["case_id"]))
    drawn = next(draw for draw in audit.draws if draw.freeze.month == month and case_id in set(draw.sample["case_id"]))
    filled = fill_in_return(draw_files(drawn)[RETURN], audit.tables["moderations"])
    with pytest.raises(ReturnError, match=expected) as refused:
        import_return(filled, register=year.register)
    assert len(refused.value.faults) == 1
    returned = returned_files(year.register, provider=audit.provider, year=YEAR)
    assert returned.files.empty


def test_every_return_of_the_clean_year_comes_back(clean: Played) -> None:
    """With the returns of twelve months imported, every sampled file of every RPA has its decision from a return."""
    assert clean.refused == []
    for audit in clean.cases:
        found = moderated(audit)
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
