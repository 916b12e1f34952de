"""National materials carry every partner's logo and the title, regional ones acknowledge membership (HLTA.PAR.6)."""

import hlta_counts as by
import pytest
from hlta_books import book_with
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.materials import materials_show_the_partnership

NATIONAL = {
    "material_id": "n", "rpa": RPA, "reach": "national", "kind": "handbook", "used_from": "2023-09-01",
    "withdrawn_on": None, "logos": True, "titled": True, "membership": None,
}  # fmt: skip
REGIONAL = NATIONAL | {"material_id": "r", "reach": "regional", "logos": None, "titled": None, "membership": True}


def materials(*rows):
    """Return a table of materials."""
    return frame("materials", rows)


def off(*rows, **given):
    """Return the (status, subject, message) of what is not in order."""
    said = told(materials_show_the_partnership(audit(materials=materials(*rows), **given)))
    return [one for one in said if one[0] not in ("met", "information")]


def test_what_carries_everything_is_met():
    """Regional materials need no logos and no title, national ones need not speak of membership."""
    said = told(materials_show_the_partnership(audit(materials=materials(NATIONAL, REGIONAL))))
    assert [status for status, _, _ in said] == ["met"] * 3


@pytest.mark.parametrize(
    ("row", "status", "message"),
    [
        (NATIONAL | {"logos": False}, "breach", "national material without the logo of every partner (handbook)"),
        (
            NATIONAL | {"titled": False},
            "breach",
            "national material that is not entitled HLTA National Assessment Partnership (handbook)",
        ),
        (
            REGIONAL | {"membership": False, "kind": None},
            "warning",
            "regional material that does not say that the RPA is a member of the Partnership",
        ),
    ],
)
def test_what_is_lacking_is_named_as_severe_as_the_document_is(row, status, message):
    """Logos and title are owed; that membership is acknowledged should be."""
    assert off(row) == [(status, row["material_id"], message)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (NATIONAL | {"logos": None}, "whether it carries the logo of every partner is blank"),
        (NATIONAL | {"titled": None}, "whether it has the Partnership's title is blank"),
        (REGIONAL | {"membership": None}, "whether it acknowledges membership of the Partnership is blank"),
        (NATIONAL | {"reach": None}, "whether it is for the whole country or for the region is blank"),
    ],
)
def test_a_blank_cannot_be_judged(row, why):
    """Neither yes nor no, and never met."""
    assert off(row) == [("not_assessable", row["material_id"], f"not assessable, because {why}")]


@pytest.mark.parametrize(
    ("days", "looked_at"),
    [
        ({"used_from": "2024-03-31"}, True),
        ({"used_from": "2024-04-01"}, False),
        ({"used_from": None}, True),
        ({"withdrawn_on": "2024-03-01"}, True),
        ({"withdrawn_on": "2024-02-29"}, False),
    ],
)
def test_what_was_used_in_the_months_is_looked_at(days, looked_at):
    """First and last day of use count; a blank day is no hindrance, and other RPAs' materials are theirs."""
    faulty = NATIONAL | {"logos": False} | days
    assert bool(off(faulty)) == looked_at
    assert off(faulty | {"rpa": OTHER}) == []


def test_how_severe_it_is_is_the_rule_books(tmp_path):
    """With another value the same piece is a warning."""
    book = book_with(tmp_path, "HLTA.PAR.6", "title_missing: breach", "title_missing: warning")
    tables = {"cases": files({}), "materials": materials(NATIONAL | {"titled": False})}
    said = told(materials_show_the_partnership(make_audit(tables, book, provider=RPA, months=["2024-03"])), "n")
    assert [status for status, _, _ in said] == ["warning"]


def test_missing_data_are_said():
    """The table once; a column silences only what needs it; no piece at all is no success."""
    assert [message for _, _, message in told(materials_show_the_partnership(audit()))] == [
        "not assessable, because the data set has no table materials"
    ]
    for column, met in (("logos", 2), ("titled", 2), ("membership", 2), ("reach", 0)):
        table = materials(NATIONAL, REGIONAL).drop(columns=column)
        said = [status for status, _, _ in told(materials_show_the_partnership(audit(materials=table)))]
        assert (said.count("met"), said.count("not_assessable")) == (met, 1)
    for column in ("used_from", "withdrawn_on", "kind"):
        table = materials(NATIONAL, REGIONAL | {"membership": False}).drop(columns=column)
        said = [status for status, _, _ in told(materials_show_the_partnership(audit(materials=table)))]
        assert said.count("warning") == 1
    assert off(NATIONAL | {"rpa": OTHER}) == []


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F143": by.table_rows("materials", "material_id", lambda rows: rows["logos"] == "no"),
    "F144": by.table_rows("materials", "material_id", lambda rows: rows["titled"] == "no"),
    "F145": by.table_rows("materials", "material_id", lambda rows: rows["membership"] == "no"),
}
