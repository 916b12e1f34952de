"""The NPQ rule book is complete, and cites headings that the quality framework has."""

from __future__ import annotations

import re

import pytest

from qa_lib.rulebook import RuleBook
from qa_lib.scheme import load_rulebook

#: The groups of the rules, in the order of the framework.
GROUPS = ["M", "RET", "REQ", "REM", "AWD"]

#: The headings of the framework of October 2017 under which a rule can stand.
HEADINGS = {
    *(f"Section 2, Requirement {letter}" for letter in "ABCDEFGH"),
    *(f"Section 3, Requirement {letter}" for letter in "IJKLMNO"),
    *(f"Annex A, Metric {number}" for number in range(1, 8)),
    *("Section 1", "Section 4", "Section 5", "Annex A"),
}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    """Return the rule book of the scheme."""
    return load_rulebook("npq")


def test_the_rules_of_the_framework_stand_in_its_order(book: RuleBook) -> None:
    """Group by group; no fewer groups than the framework has."""
    groups = [re.fullmatch(r"NPQ\.([A-Z]+)\.?\d+", rule.id)[1] for rule in book if rule.kind == "rule"]
    assert list(dict.fromkeys(groups)) == GROUPS
    assert [rule.id for rule in book][len(groups) :] == ["X.YEAR", "X.GROUPS"]


def test_every_citation_begins_with_a_heading_of_the_framework(book: RuleBook) -> None:
    """A reader finds each place under a heading that the document has."""
    places = [place.at for rule in book if rule.kind == "rule" for entry in rule.entries for place in entry.places]
    assert {re.split(", (?:paragraph|list|table) ", at)[0] for at in places} <= HEADINGS


def test_each_metric_cites_its_own_table(book: RuleBook) -> None:
    """Metric n stands in the table of metric n, and on no day before the framework."""
    for number in range(1, 8):
        rule = book[f"NPQ.M{number}"]
        assert rule.on("2017-10-01").clause.startswith(f"Annex A, Metric {number}, ")
        assert (rule.severity, rule.in_force()) == ("breach", "from 2017-10-01")


def test_terms_divide_the_year_without_overlap(book: RuleBook) -> None:
    """Each month but August belongs to one term."""
    terms = book["NPQ.REQ.3"].on("2018-09").value
    months = [
        month
        for term in ("autumn", "spring", "summer")
        for month in range(terms[f"{term}_first_month"], terms[f"{term}_last_month"] + 1)
    ]
    assert sorted(months) == [month for month in range(1, 13) if month != 8]
