"""Rows of made-up tables have the columns of the declaration: given, usual, or refused."""

from dataclasses import fields, replace

import pytest

from qa_lib.made_up.row import Row, row_of
from qa_lib.tables.vocabulary import columns, table

_, VISITS = table("visits", columns("id", "visit_id centre"), columns("date", "held_on left_on"), key="visit_id")


@row_of(VISITS, without="left_on", held_on=None)
class Visit(Row):
    """A row of ``visits``."""

    weather: str = "dry"


def test_its_fields_are_the_columns_of_the_table_in_their_order():
    """But what is left out; what the class annotates itself comes last."""
    assert [field.name for field in fields(Visit)] == ["visit_id", "centre", "held_on", "weather"]


def test_what_is_usual_need_not_be_said():
    """Of a copy too; everything else has to be given."""
    visit = Visit(visit_id="V1", centre="North")
    assert (visit.held_on, visit.weather) == (None, "dry")
    assert replace(visit, centre="South") == Visit(visit_id="V1", centre="South")
    with pytest.raises(TypeError, match="centre"):
        Visit(visit_id="V1")


def test_a_column_that_the_table_has_not_is_refused():
    """Where a row is made, and where it is changed: a mistyped name plants nothing in silence."""
    with pytest.raises(TypeError, match="center"):
        Visit(visit_id="V1", centre="North", center="North")
    with pytest.raises(AttributeError, match="left_on"):
        Visit(visit_id="V1", centre="North").left_on = "2024-03-01"
