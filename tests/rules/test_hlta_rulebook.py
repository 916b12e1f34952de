"""The HLTA rule book is complete, and cites headings that the code of practice has."""

from __future__ import annotations

import pytest

from qa_lib.rulebook import NOT_FOUND, RuleBook
from qa_lib.sampling.drawing import SHORTEST_SEED
from qa_lib.sampling.identifiers import MAX_LENGTH
from qa_lib.scheme import load_rulebook

#: The headings of the code of practice, November 2022, in its order.
HEADINGS = [
    "Introduction",
    "Preparation",
    "Assessment",
    "Pre-Upload Scrutiny",
    "Moderation",
    "Appeals",
    "Partnership Responsibilities",
    "Risk Management",
]

#: How severe a rule is whose places do not tell it by their verbs alone: what they ask for is agreed, normal, done
#: together or open to choice; how it is looked for is ours; or one of them obliges without a verb, beside a "should".
OTHERS = {
    "HLTA.PAR.6": "breach",
    **dict.fromkeys(("HLTA.PREP.5", "HLTA.ASR.2", "HLTA.ASR.9"), "warning"),
    **dict.fromkeys(("HLTA.REG.1", "HLTA.EQ.1", "HLTA.REC.1", "HLTA.MOD.14"), "information"),
    **dict.fromkeys(("HLTA.APP.4", "HLTA.PAR.3"), "information"),
}
#: The groups of the rules, in the order of the code.
GROUPS = ["REG", "EQ", "PREP", "ASR", "REC", "SCR", "MOD", "PEER", "APP", "PAR"]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    """Return the rule book of the scheme."""
    return load_rulebook("hlta")


def test_the_rules_of_the_code_stand_in_its_order_and_before_the_conventions(book: RuleBook) -> None:
    """Group by group; no fewer groups than the code has."""
    ids = [rule.id for rule in book if rule.kind == "rule"]
    assert list(dict.fromkeys(rule.split(".")[1] for rule in ids)) == GROUPS
    assert list(book.rules) == [*ids, *(rule.id for rule in book if rule.id.startswith("X."))]


def test_every_citation_begins_with_a_heading_of_the_code(book: RuleBook) -> None:
    """A reader finds each place under a heading that the document has; only the fee's amount was not found."""
    entries = [entry for rule in book if rule.kind == "rule" for entry in rule.entries]
    assert {entry.rule: entry.clause for entry in entries if not entry.places} == {"HLTA.PAR.2": NOT_FOUND}
    assert {place.at.split(", ")[0] for entry in entries for place in entry.places} <= set(HEADINGS)


def test_every_heading_with_rules_is_cited(book: RuleBook) -> None:
    """No section of the code was passed over."""
    places = [place for rule in book for entry in rule.entries for place in entry.places]
    assert {place.at.split(", ")[0] for place in places} == set(HEADINGS)


def test_the_code_is_in_force_from_november_2022(book: RuleBook) -> None:
    """All rules of the document start with it; no rule of it pretends to have held before."""
    starts = {rule.in_force() for rule in book if rule.id.startswith("HLTA.")}
    assert starts == {"from 2022-11-01"}


def test_must_is_a_breach_should_a_warning_may_information(book: RuleBook) -> None:
    """The severity of each rule follows the verbs of its places; a breach where nothing else is said.

    That the places have these verbs is held against the document in ``tests/real/test_sources.py``.
    """
    for rule in book:
        if rule.kind == "rule":
            verbs = {place.verb for place in rule.entries[-1].places} - {"none"}
            expected = OTHERS.get(rule.id, "warning" if verbs == {"should"} else "breach")
            assert rule.severity == expected, rule.id


def test_a_fee_that_the_partnership_enters_is_exact(book: RuleBook) -> None:
    """The fee has a column of its own that nobody has filled: the document gives no amount."""
    rule = book["HLTA.PAR.2"]
    assert "fee" not in rule.on("2024-01").value
    assert rule.columns is not None
    assert (rule.columns["fee"].type, rule.columns["fee"].optional) == ("points", "true")


def test_regions_divide_england_as_the_introduction_does(book: RuleBook) -> None:
    """Whole regions and single counties name their RPA; a county that nobody lists is in no row."""
    areas = book["HLTA.REG.1"].on("2024-01").value
    assert areas["East Midlands"] == areas["East of England/Norfolk"] == "University of Northampton"
    assert areas["East Midlands/North Lincolnshire"] == areas["West Midlands/Stoke-on-Trent"] == "HLTA North"
    assert areas["West Midlands/Birmingham"] == areas["South West"] == "Strictly Education 4S"
    assert not {"East of England", "West Midlands", "East of England/Bedfordshire"} & set(areas)


def test_the_draws_limits_are_those_of_the_protocol(book: RuleBook) -> None:
    """X.DRAW tells the reader what the protocol's version fixes in code; the two say the same."""
    limits = book["X.DRAW"].on("2024-01").value
    assert (limits["shortest_seed"], limits["longest_id"]) == (SHORTEST_SEED, MAX_LENGTH)
