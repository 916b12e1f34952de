"""Rows of made-up tables have the columns of the declaration: given, usual, or refused."""

from dataclasses import fields, replace

import pytest

from qa_lib.made_up.row import Row, row_of
from qa_lib.tables.vocabulary import column, table

VISITS = table(
    "visits",
    "A row is a visit.",
    *(column(name, "id") for name in ("visit_id", "centre")),
    *(column(name, "date") for name in ("held_on", "left_on")),
    column("passed", "bool"),
    key="visit_id",
)


@row_of(VISITS, without="left_on", passed=True)
class Visit(Row):
    """A row of ``visits``."""

    weather: str = "dry"


def test_its_fields_are_the_columns_of_the_table_in_their_order():
    """But what is left out; what the class annotates itself comes last."""
    assert [field.name for field in fields(Visit)] == ["visit_id", "centre", "held_on", "passed", "weather"]


def test_what_is_usual_need_not_be_said():
    """It is a blank, or what the class says; a column that must not be blank has to be given."""
    visit = Visit(visit_id="V1")
    assert (visit.centre, visit.held_on, visit.passed, visit.weather) == ("", None, True, "dry")
    assert replace(visit, centre="South") == Visit(visit_id="V1", centre="South")
    with pytest.raises(TypeError, match="visit_id"):
        Visit(centre="North")


def test_a_column_that_the_table_has_not_is_refused():
    """Where a row is made, and where it is changed: a mistyped name plants nothing in silence."""
    with pytest.raises(TypeError, match="center"):
        Visit(visit_id="V1", centre="North", center="North")
    with pytest.raises(AttributeError, match="left_on"):
        Visit(visit_id="V1", centre="North").left_on = "2024-03-01"
