"""Facts are planted as their file says; a file that does not fit the tables is refused with all that is wrong."""

from __future__ import annotations

import re
import textwrap

import pytest

from qa_lib.errors import QAError
from qa_lib.made_up.facts import facts_of, read_facts, renewed_page
from qa_lib.made_up.planting import plant
from qa_lib.made_up.writing import Row, as_text
from qa_lib.tables.vocabulary import Column, Table

MARKS = ("good", "fair", "poor")
DECLARED = {
    "visits": Table(
        name="visits",
        columns=(
            Column(name="centre", kind="id"),
            Column(name="month", kind="month"),
            Column(name="held_on", kind="date"),
            Column(name="passed", kind="bool"),
            Column(name="marks", kind="choices", options=MARKS),
        ),
        key=("centre", "month"),
    ),
    "talks": Table(
        name="talks",
        columns=(
            Column(name="centre", kind="id"),
            Column(name="held_on", kind="date"),
            Column(name="guests", kind="count", least=1),
        ),
    ),
    "prizes": Table(name="prizes", columns=(Column(name="centre", kind="id"),)),
}

FACTS = """
F01 A.1:
  what: Nobody passed.
  whole:
    change:
      visits:
        North/2024-02: {passed: no, marks: fair;poor}
    alike:
      - {table: talks, rows: [North/2024-01-05, South/2024-01-05], change: {guests: 1}}
F02 A.2 warning:
  what: A visit is missing, another one was made.
  whole:
    remove: {visits: [South/2024-02]}
    add: {visits: [{after: North/2024-01, centre: East, month: 2024-03, passed: yes}]}
S01 A.3:
  what: As chance has it.
  table: visits
  whole: {subjects: [South, North]}
"""


def tables():
    """Return two small tables as they are made."""
    visits = [Row(centre=c, month=m, passed=True, marks=["good"]) for c in ("North", "South") for m in MONTHS]
    talks = [Row(centre=c, held_on="2024-01-05", guests=7) for c in ("North", "South")]
    return {"visits": as_text(DECLARED["visits"], visits), "talks": as_text(DECLARED["talks"], talks)}


MONTHS = ("2024-01", "2024-02")


def written(tmp_path, text):
    """Return the path of a file of facts."""
    path = tmp_path / "planted.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_and_rows_are_edited_and_nothing_else(tmp_path):
    """Changed cells, rows alike, a row added after another, one removed; every other row is as it was."""
    made, before = tables(), tables()
    plant(made, DECLARED, written(tmp_path, FACTS), "whole")
    first, east, second, third = made["visits"]
    assert (first, third) == (before["visits"][0], before["visits"][2])
    assert east == {"centre": "East", "month": "2024-03", "held_on": "", "passed": "yes", "marks": ""}
    assert second == {**before["visits"][1], "passed": "no", "marks": "fair;poor"}
    assert [row["guests"] for row in made["talks"]] == ["1", "1"]


SHORT = """
F01 A.1:
  what: Rows are named in short.
  both:
    alike: [{table: visits, rows: [North, South], each: [2024-01, 2024-02], change: {marks: poor}}]
  whole:
    alike: [{table: talks, rows: [North .. South], change: {guests: 2}}]
    add: {visits: [{centre: [East, West], month: 2024-05, like: North/2024-01}]}
"""


def test_rows_are_named_in_short(tmp_path):
    """By each of their ends, from one to another, with a list of values, and like another row; in both scopes alike."""
    path, whole, small = written(tmp_path, SHORT), tables(), tables()
    plant(whole, DECLARED, path, "whole")
    plant(small, DECLARED, path, "slice")
    assert {row["marks"] for row in small["visits"]} == {"poor"}
    assert small["talks"] == tables()["talks"]
    assert [row["guests"] for row in whole["talks"]] == ["2", "2"]
    new = {"month": "2024-05", "held_on": "", "passed": "yes", "marks": "poor"}
    assert whole["visits"][4:] == [{"centre": "East", **new}, {"centre": "West", **new}]
    (fact,) = facts_of(path, "whole")
    assert (fact.subjects, fact.count) == (("East", "North", "South", "West"), 6)


def test_a_scope_without_edits_and_tables_that_are_not_asked_for_stay(tmp_path):
    """The slice has none of these facts; tables that are not to be edited are not, even if they are not made yet."""
    path, made = written(tmp_path, FACTS), tables()
    plant(made, DECLARED, path, "slice")
    assert made == tables()
    del made["talks"]
    plant(made, DECLARED, path, "whole", into=["visits"])
    assert len(made["visits"]) == 4
    assert made["visits"] != tables()["visits"]


def test_who_a_fact_is_about_follows_from_its_edits(tmp_path):
    """Subjects are what the edited rows begin with, the count is of rows that are there; else they are said."""
    path = written(tmp_path, FACTS)
    found = [(fact.id, fact.table, fact.subjects, fact.count, fact.expect) for fact in facts_of(path, "whole")]
    assert found == [
        ("F01", "visits", ("North",), 1, "breach"),
        ("F02", "visits", ("East", "South"), 1, "warning"),
        ("S01", "visits", ("North", "South"), 2, "breach"),
    ]
    assert facts_of(path, "slice") == ()


WRONG = """
F01 A.1:
  what: Everything is wrong.
  whole:
    change:
      visits:
        North/2024-01: {passed: yes, marks: god, helt_on: 2024-01-01}
        North/2024-02: {passed: maybe, held_on: 2024-02-30, centre: ""}
        North: {passed: no}
      talk: {North: {guests: 3}}
      prizes: {North: {centre: South}}
    alike: [{table: talks, rows: [North, South], change: {guests: 0}}]
    add: {visits: [{centre: West, month: 24-01}, {centre: West}]}
F02 A.2:
  what: So is this.
  whole:
    remove: {talks: [North]}
"""


def test_everything_that_does_not_fit_is_said_at_once(tmp_path):
    """Unknown names, values that a column does not allow, edits that change nothing or meet: each with its line."""
    path = written(tmp_path, WRONG)
    with pytest.raises(QAError) as refused:
        plant(tables(), DECLARED, path, "whole")
    assert str(refused.value).replace(str(path), "").splitlines() == [
        ":7: marks is 'god'; expected good, fair, poor",
        ":7: passed is 'yes' already: the edit changes nothing",
        ":7: unknown column 'helt_on' of visits; did you mean 'held_on'?",
        ":8: centre is blank; no cell of it may be",
        ":8: held_on is '2024-02-30'; expected a day such as 2024-02-07",
        ":8: passed is 'maybe'; expected yes or no",
        ":9: 2 rows of visits are called 'North'; expected one",
        ":10: unknown table 'talk'; did you mean 'talks'?",
        ":11: unknown table 'prizes'",
        ":12: guests is '0'; expected a whole number within its bounds",
        ":13: month is '24-01'; expected a month such as 2024-02",
        ":13: month is blank; no cell of it may be",
        ":17: F01 edits guests of this row too",
    ]


def test_rows_from_one_to_another_do_not_tell_whom_a_fact_is_about(tmp_path):
    """Where the rows that show it are named so, the fact has to say its subjects and count."""
    text = FACTS.replace("rows: [North/2024-01-05, South/2024-01-05]", "rows: [North .. South]")
    assert facts_of(written(tmp_path, text), "whole")[0].subjects == ("North",)
    other = tmp_path / "other.yaml"
    other.write_text(
        text.replace("    change:\n      visits:\n        North/2024-02: {passed: no, marks: fair;poor}\n", "")
    )
    with pytest.raises(QAError, match="F01 shows in rows from one to another of talks; say its subjects"):
        facts_of(other, "whole")


def test_a_fact_is_read_strictly(tmp_path):
    """What is misspelt in the file itself is refused with its line."""
    path = written(tmp_path, FACTS.replace("A.2 warning", "A.2 warned").replace("alike:", "alik:"))
    with pytest.raises(QAError, match=r"(?s):8: unknown key 'alik'.*:10: expect is 'warned'"):
        facts_of(path, "whole")


def test_headings_and_counts_of_facts_are_read_strictly(tmp_path):
    """A number that two facts have, a heading with a word too many, a count below nothing or in words: each is said."""
    text = """
    F01 A.1: {what: A fact., whole: {count: -1}}
    F01 A.2: {what: Of the same number., whole: {count: many}}
    F02 A.2 warning of two: {what: It says too much., whole: {count: 0}}
    """
    with pytest.raises(QAError) as refused:
        read_facts(written(tmp_path, textwrap.dedent(text)))
    assert re.sub(r"(?m)^.*(?=:\d+:)", "", str(refused.value)).splitlines() == [
        ":2: count is '-1'; expected 0 or more",
        ":3: F01 is the number of 'F01 A.1', too; give one another",
        ":3: count is 'many'; expected a whole number",
        ":4: the heading 'F02 A.2 warning of two' has 5 words; expected id, rule, expect",
    ]


def test_rows_hold_declared_columns_only():
    """A mistyped column, and a blank where the table allows none, are refused when a row is written."""
    with pytest.raises(ValueError, match="look at centr, centre"):
        as_text(DECLARED["visits"], [Row(centr="North", month="2024-01")])
    rows = as_text(
        DECLARED["visits"], [Row(centre="N", month="2024-01", weather="dry")], without="marks", more="weather"
    )
    assert rows == [{"centre": "N", "month": "2024-01", "held_on": "", "passed": "", "weather": "dry"}]


def test_a_page_is_renewed_between_its_marks(tmp_path):
    """Tables of facts and the digest are put in; what is written by hand stays."""
    marks = "\n".join(f"<!-- {mark} -->\nold\n<!-- end -->\nby hand" for mark in PAGE)
    page = renewed_page(f"# Facts\n{marks}\n", written(tmp_path, FACTS), "abc")
    assert page.count("by hand") == 4
    assert "old" not in page
    assert "| F02 | A.2 | visits | A visit is missing, another one was made. | East, South | 1 | warning |" in page
    assert page == renewed_page(page, tmp_path / "planted.yaml", "abc")


PAGE = ("planted", "standing", "slice", "digest")


def test_a_row_is_added_to_a_table_that_has_none(tmp_path):
    """Its columns are the declared ones."""
    made = tables() | {"prizes": []}
    fact = "F01 A.1: {what: A prize., whole: {add: {prizes: [{centre: North}]}}}\n"
    plant(made, DECLARED, written(tmp_path, fact), "whole")
    assert made["prizes"] == [{"centre": "North"}]
