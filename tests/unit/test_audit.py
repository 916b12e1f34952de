"""The audit that every scheme begins with: whose rows, as known on which day, and the rule values of that day."""

import pandas as pd
import pytest

from qa_lib.audit.answering import NotAssessable, Statement, made_or_empty, once
from qa_lib.audit.audit import Audit, providers_of
from qa_lib.errors import IntakeError
from qa_lib.scheme import Scheme, load_rulebook
from qa_lib.tables.vocabulary import by_name, column, table

SCHEME = Scheme(
    name="made_up",
    title="A made-up scheme",
    tables=by_name(
        table("visits", "", column("centre", "text"), column("note", "text"), column("day", "date"), known_from="day")
    ),
    provider_table="visits",
    provider_column="centre",
    provider_word="Centre",
)
VISITS = pd.DataFrame(
    {"centre": ["West", "East", "West"], "day": pd.to_datetime(["2024-03-01", "2024-03-02", "2024-03-03"])}
)
BOOK = load_rulebook("hlta")


def audit(provider="West", as_of="2024-03-02", **own):
    """Return the audit of a centre."""
    return Audit.begin(SCHEME, {"visits": VISITS}, BOOK, provider=provider, as_of=as_of, **own)


def test_own_rows_are_the_providers_as_known_on_the_day():
    """By the column that the scheme names; the rows of others and of later days are not among them."""
    assert audit().own("visits", "day")["day"].astype("str").tolist() == ["2024-03-01"]
    assert len(audit(as_of="2024-03-03").own("visits")) == 2
    assert len(audit().table("visits")) == 2
    with pytest.raises(NotAssessable, match="visits has no column note"):
        audit().own("visits", "note")


def test_rules_are_those_of_the_as_of_day_unless_another_day_counts():
    """A day that is named for the whole audit goes before the day in question."""
    first = BOOK["HLTA.MOD.3"].on("2024-03-02")
    assert audit().rule("HLTA.MOD.3") == first
    early = audit(as_of="1999-01-01", rules_on="2024-03-02")
    assert early.rule("HLTA.MOD.3") == early.rule("HLTA.MOD.3", "1999-01-01") == first
    assert audit(as_of="1999-01-01").value("HLTA.MOD.3", pd.Timestamp("2024-03-02")) == first.value


def test_a_statement_without_a_subject_is_about_the_provider_or_its_level():
    """In the scheme's word for it; a rate and a target are shown where no text stands in their place."""
    rule = BOOK["HLTA.MOD.3"].on("2024-03-02")
    whole = Statement(status="met", message="fine", rate=1, target=1).finding(rule, "West", word="centre")
    assert (whole.subject_type, whole.subject, whole.value, whole.threshold) == ("centre", "West", "100 %", "100 %")
    part = Statement(status="met", message="fine", level="Level 2", rate=2, unit="points").finding(
        rule, "West", word="centre"
    )
    assert (part.subject_type, part.subject, part.value) == ("level", "West Level 2", "2")
    assert (part.rule, part.clause) == ("HLTA.MOD.3", rule.clause)


def test_what_is_made_of_an_audit_is_made_once_and_is_empty_where_data_are_missing():
    """The second call gives the same table; the empty one has its columns and their kinds."""

    @once
    def made(one):
        return one.table("visits")

    given = audit()
    assert made(given) is made(given)
    empty = made_or_empty(lambda one: one.table("nothing"), given, {"seen": "bool"})
    assert (len(empty), empty["seen"].dtype) == (0, "bool")


@pytest.mark.parametrize(
    ("provider", "as_of", "said"),
    [
        ("Wets", "2024-03-02", "no Centre 'Wets' in the data set; there are: East, West; did you mean 'West'"),
        ("West", "March", "the as-of day is 'March'; expected a date"),
    ],
)
def test_wrong_use_is_told(provider, as_of, said):
    """The nearest provider is named, and what a day looks like."""
    with pytest.raises(IntakeError, match=said):
        audit(provider, as_of)


def test_without_the_table_of_providers_there_is_no_audit():
    """The table and column that every answer needs are named."""
    with pytest.raises(IntakeError, match="no table visits with a column centre; every MADE_UP answer needs it"):
        providers_of(SCHEME, {})
