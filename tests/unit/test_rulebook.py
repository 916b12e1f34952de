"""Rule books: typed dated values, and every way in which a rule book can be wrong."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from qa_lib.errors import QAError, RulebookError, RuleNotInForce
from qa_lib.rulebook import RULES, RuleBook, RuleValue, read_rulebook, rulebook_names
from qa_lib.scheme import load_rulebook

HEAD = """\
scheme: example
title: An example
sources:
  cop-2012: {title: "Code of practice, 2nd edition", published: "2012-06-01"}
  cop-2014: {title: "Code of practice, 3rd edition", published: "2014-06-01"}
rules:
"""
RULE = """\
  EX.{name}:
    title: A rule
    description: What it asks for.
    reading: How it is read.
    kind: rule
    severity: breach
    section: Minima
    who_acts: office
    what_to_do: look again
    {typed}
    checked_on: "2026-01-15"
    values:
{values}
"""
BOTH = """\
      "2012-09-01": {value: "4", cite: {source: cop-2012, clause: "4.10"}}
      "2014-09-01": {ended: true, cite: {source: cop-2014, clause: "2.1"}, note: Replaced by a rate.}"""
COUNT = "type: count\n    unit: portfolios"


def _rule(typed: str = COUNT, values: str = BOTH, name: str = "MINIMUM") -> str:
    return RULE.format(name=name, typed=typed, values=values)


def _one(value: str, typed: str) -> str:
    """Return a rule with one value of a type, beside one that cites the other source."""
    entry = f'      "2012-09-01": {{value: {value}, cite: {{source: cop-2012, clause: "1"}}}}'
    return _rule(typed, entry) + _rule(name="OTHER")


def _load(folder: Path, rules: str, head: str = HEAD) -> RuleBook:
    path = folder / "example.yaml"
    path.write_text(head + rules, encoding="utf-8")
    return load_rulebook(path)


def _faults(folder: Path, rules: str, head: str = HEAD) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        _load(folder, rules, head)
    return [line.split("example.yaml:")[1] for line in str(caught.value).splitlines()]


def test_a_value_arrives_with_its_clause_source_and_first_day(tmp_path: Path) -> None:
    """A value brings all that a report needs to cite it, and the clause 4.10 stays 4.10."""
    book = _load(tmp_path, _rule())
    assert book["EX.MINIMUM"].on("2013-01-01") == RuleValue(
        rule="EX.MINIMUM",
        value=4,
        text="4",
        cells={},
        clause="4.10",
        source="cop-2012",
        valid_from=dt.date(2012, 9, 1),
    )
    assert book.sources["cop-2012"].title == "Code of practice, 2nd edition"
    assert (book.scheme, len(book), [rule.id for rule in book]) == ("example", 1, ["EX.MINIMUM"])
    assert book.changes == [dt.date(2012, 9, 1), dt.date(2014, 9, 1)]


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        ("2012-08-31", False),
        ("2012-09-01", True),
        ("2012-09", True),
        ("2012-08", False),
        (dt.date(2014, 8, 31), True),
        (dt.datetime(2014, 8, 31, 23, 59), True),
        (dt.datetime(2014, 9, 1), False),
        ("2014-09-01", False),
        ("2090-01-01", False),
    ],
)
def test_a_rule_holds_from_its_first_day_to_the_day_before_its_end(
    tmp_path: Path, day: str | dt.date, in_force: bool
) -> None:
    """Dates are inclusive to the day; before the first and from an end on there is no value."""
    rule = _load(tmp_path, _rule())["EX.MINIMUM"]
    if in_force:
        assert rule.on(day).value == 4
    else:
        with pytest.raises(RuleNotInForce, match="it is in force from 2012-09-01 to 2014-08-31; ask for a day within"):
            rule.on(day)


def test_a_rule_can_change_end_and_start_again(tmp_path: Path) -> None:
    """What is in force is said in spans; a change inside a span does not divide it."""
    values = "\n".join(
        f'      "{day}": {{{entry}, cite: {{source: {source}, clause: "1"}}}}'
        for day, entry, source in (
            ("2012-09-01", 'value: "4"', "cop-2012"),
            ("2013-09-01", 'value: "5"', "cop-2012"),
            ("2014-09-01", "ended: true", "cop-2014"),
            ("2016-02-29", 'value: "6"', "cop-2014"),
        )
    )
    rule = _load(tmp_path, _rule(values=values))["EX.MINIMUM"]
    assert [rule.on(day).value for day in ("2013-08-31", "2013-09-01", "2014-08-31", "2016-02-29", "2026-01-01")] == [
        4, 5, 5, 6, 6,
    ]  # fmt: skip
    assert rule.in_force() == "from 2012-09-01 to 2014-08-31 and from 2016-02-29"
    with pytest.raises(RuleNotInForce):
        rule.on("2016-02-28")


@pytest.mark.parametrize(
    "day", ["2013", "01/09/2013", "2013-13-01", "2013-02-29", "20130901", "2013-W01-1", "٢٠١٣-٠١-٠١"]
)
def test_a_day_in_another_form_is_refused(tmp_path: Path, day: str) -> None:
    """Only days of the calendar as YYYY-MM-DD, and months as YYYY-MM, can be asked for."""
    with pytest.raises(RulebookError, match="expected a day of the calendar as YYYY-MM-DD, or a month as YYYY-MM"):
        _load(tmp_path, _rule())["EX.MINIMUM"].on(day)


TABLE = """type: table
    columns:
      rate: {type: proportion, unit: of files}
      days: {type: count, unit: days, optional: "true"}
      "*": {type: choice, options: [high, low]}"""


@pytest.mark.parametrize(
    ("typed", "written", "value"),
    [
        (COUNT, '"0"', 0),
        (COUNT, "100000", 100_000),
        ("type: proportion\n    unit: of files", '"0.05"', Fraction(1, 20)),
        ("type: proportion\n    unit: of files", "1", Fraction(1)),
        ("type: points\n    unit: marks", '"-2.50"', Fraction(-5, 2)),
        ("type: choice\n    options: [first_sight, NO]", "NO", "NO"),
        (TABLE, '{rate: "0.10", a: high}', {"rate": Fraction(1, 10), "a": "high"}),
        (TABLE, '{rate: "1", days: "3"}', {"rate": Fraction(1), "days": 3}),
    ],
)
def test_each_type_arrives_exactly(tmp_path: Path, typed: str, written: str, value: object) -> None:
    """Counts are int, proportions and points exact fractions, choices text, tables mappings of these."""
    found = _load(tmp_path, _one(written, typed))["EX.MINIMUM"].on("2012-09").value
    assert found == value
    assert type(found) is type(value)


def test_a_table_keeps_its_columns_as_written(tmp_path: Path) -> None:
    """A rate can be passed on as the text that stands in the rule book."""
    value = _load(tmp_path, _one('{rate: "0.10", a: high}', TABLE))["EX.MINIMUM"].on("2012-09")
    assert value.cells == {"rate": "0.10", "a": "high"}
    assert value.text == "rate 0.10; a high"


@pytest.mark.parametrize(
    ("typed", "written", "fault"),
    [
        (COUNT, '"-1"', "value is '-1'; expected a whole number, such as 5 (count; portfolios)"),
        (COUNT, "012", "value is '012'; expected a whole number"),
        (COUNT, "4.0", "value is '4.0'; expected a whole number"),
        (COUNT, "NO", "value is 'NO'; expected a whole number"),
        (COUNT, "٤", "value is '٤'; expected a whole number"),
        (COUNT, "9" * 5000, f"value is '{'9' * 60}'… (5000 characters); expected a whole number"),
        (COUNT, "''", "value is blank; expected a whole number"),
        (COUNT, "[4]", "value is a list; expected a whole number"),
        (
            "type: proportion\n    unit: of files",
            "5%",
            "value is '5%'; expected a decimal between 0 and 1, such as 0.05",
        ),
        ("type: proportion\n    unit: of files", "1.01", "value is '1.01'; expected a decimal between 0 and 1"),
        ("type: proportion\n    unit: of files", "1/20", "value is '1/20'; expected a decimal between 0 and 1"),
        ("type: proportion\n    unit: of files", "5e-2", "value is '5e-2'; expected a decimal between 0 and 1"),
        ("type: proportion\n    unit: of files", ".05", "value is '.05'; expected a decimal between 0 and 1"),
        ("type: points\n    unit: marks", "'1,5'", "value is '1,5'; expected a decimal, such as 10 or 2.5"),
        (
            "type: choice\n    options: [first_sight, month]",
            "first-sight",
            "value is 'first-sight'; expected one of first_s",
        ),
        ("type: choice\n    options: [a, b]", "{a: 1}", "value is a mapping; expected one of a, b"),
        (TABLE, "4", "value is '4'; expected a table with rate, days, *"),
        (TABLE, "{a: high}", "column 'rate' is missing from the table; add it"),
        (TABLE, '{rate: "2"}', "rate is '2'; expected a decimal between 0 and 1"),
        (TABLE, '{rate: "1", a: mid}', "a is 'mid'; expected one of high, low"),
        (TABLE.rpartition("\n")[0], '{rate: "1", rat: "1"}', "unknown column 'rat'; expected rate, days; did you mean"),
    ],
)
def test_a_value_of_another_type_is_a_fault_on_its_line(tmp_path: Path, typed: str, written: str, fault: str) -> None:
    """A value is never converted or guessed: what arrived and what is expected are said."""
    found = _faults(tmp_path, _one(written, typed))
    assert [line for line in found if line.split(": ", 1)[1].startswith(fault)] == found
    line = int(found[0].split(":")[0])
    text = (tmp_path / "example.yaml").read_text(encoding="utf-8").splitlines()
    assert '"2012-09-01"' in text[line - 1]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("type: count", "a count needs unit; add it"),
        ("type: count\n    unit: x\n    options: [a]", "a count has options; remove it"),
        (
            "type: count\n    unit: x\n    columns: {a: {type: count, unit: x}}",
            "a count has columns; only a table has them",
        ),
        ("type: choice\n    options: ['4']\n    unit: x", "a choice has unit; remove it"),
        ("type: choice\n    options: ['4', '4']", "an option repeats; keep one"),
        ("type: number", "type is 'number'; expected one of 'count', 'proportion', 'points', 'choice' or 'table'"),
        (
            COUNT + "\n    formula: a + b",
            "unknown key 'formula'; expected one of checked_on, columns, description, kind, ",
        ),
    ],
)
def test_a_type_needs_what_belongs_to_it_and_nothing_else(tmp_path: Path, typed: str, fault: str) -> None:
    """Units belong to numbers, options to choices, columns to tables; there are five types and no formulas."""
    (found,) = _faults(tmp_path, _rule(typed))
    assert found.split(": ", 1)[1].startswith(fault)


CARD = "    section: Minima\n    who_acts: office\n    what_to_do: look again\n"


@pytest.mark.parametrize("key", ["section", "who_acts", "what_to_do"])
def test_a_rule_without_its_card_is_a_fault_that_names_it_on_its_line(tmp_path: Path, key: str) -> None:
    """Findings of a rule need a heading, somebody who acts and what they do; a blank one is a fault too."""
    lines = CARD.splitlines(keepends=True)
    without = _rule().replace(CARD, "".join(line for line in lines if key not in line))
    assert _faults(tmp_path, without) == [f"7: EX.MINIMUM needs {key}, as findings speak of it; add it"]
    blank = _rule().replace(CARD, "".join(f"    {key}: ' '\n" if key in line else line for line in lines))
    assert [f"{key} is ' '; expected text that is not blank" in line for line in _faults(tmp_path, blank)] == [True]


def test_a_convention_has_a_whole_card_or_none(tmp_path: Path) -> None:
    """Only where findings speak of it: then a part of the card is a fault, as it is beside *timed*."""
    convention = _rule().replace("kind: rule", "kind: convention")
    assert _load(tmp_path, convention)["EX.MINIMUM"].who_acts == "office"
    bare = _load(tmp_path, convention.replace(CARD, ""))["EX.MINIMUM"]
    assert (bare.section, bare.who_acts, bare.what_to_do, bare.timed) == ("", "", "", None)
    for part in ("    section: Minima\n", "    timed: true\n"):
        assert any("EX.MINIMUM needs who_acts" in line for line in _faults(tmp_path, convention.replace(CARD, part)))


def test_what_is_asked_for_by_a_day_is_marked(tmp_path: Path) -> None:
    """``timed: true`` and nothing else."""
    assert _load(tmp_path, _rule().replace(CARD, f"{CARD}    timed: true\n"))["EX.MINIMUM"].timed
    (fault,) = _faults(tmp_path, _rule().replace(CARD, f"{CARD}    timed: maybe\n"))
    assert "timed is 'maybe'; expected one of 'true'" in fault


def test_a_table_without_columns_and_a_choice_without_options_are_faults(tmp_path: Path) -> None:
    """A table and a choice must say what they may hold."""
    found = _faults(tmp_path, _rule("type: table") + _rule("type: choice", name="OTHER"))
    assert "a table needs columns; add them" in found[0]
    assert any("a choice needs options; add it" in line for line in found)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (
            BOTH.replace("2012-09-01", "2015-09-01"),
            "2014-09-01 does not come after 2015-09-01; put the dates in ascending",
        ),
        (
            BOTH.replace("2012-09-01", "2012-09"),
            "date '2012-09'; expected a day of the calendar as YYYY-MM-DD, with the day",
        ),
        (BOTH.replace("2012-09-01", "2012-09-31"), "date '2012-09-31'; expected a day of the calendar as YYYY-MM-DD"),
        (BOTH.replace("2012-09-01", "always"), "date 'always'; expected a day of the calendar as YYYY-MM-DD"),
        (BOTH.replace('"2012-09-01"', '"2014-09-01"'), "key '2014-09-01' repeats; it stands on line"),
        (BOTH.replace("ended: true", 'ended: true, value: "4"'), "needs either a value or ended: true, and not both"),
        (BOTH.replace("ended: true, ", ""), "needs either a value or ended: true, and not both"),
        (BOTH.replace("ended: true", "ended: yes"), "ended is 'yes'; expected one of 'true'"),
        (
            BOTH.replace('value: "4"', "ended: true"),
            "EX.MINIMUM is not in force before 2012-09-01; there is nothing to end",
        ),
        (BOTH.replace(', cite: {source: cop-2014, clause: "2.1"}', ""), "key 'cite' is missing; add it"),
        (BOTH.replace(', clause: "2.1"', ""), "cite has no places; add them, or a clause where nothing can be located"),
        (BOTH.replace('clause: "2.1"', 'clause: " "'), "clause is ' '; expected text that is not blank"),
        (
            BOTH.replace("cop-2014", "cop-2104"),
            "source 'cop-2104' is not defined; expected one of cop-2012, cop-2014; did",
        ),
        ("      {}", "EX.MINIMUM has no values; expected at least one dated value"),
    ],
)
def test_entries_are_dated_ascending_and_cited(tmp_path: Path, values: str, fault: str) -> None:
    """Every date is a day, later than the one before; every entry cites a clause of a defined source."""
    assert any(fault in line for line in _faults(tmp_path, _rule(values=values)))


def test_unquoted_dates_mean_the_same_as_quoted_ones(tmp_path: Path) -> None:
    """A date is text with or without quotes; YAML does not get to turn it into anything else."""
    book = _load(tmp_path, _rule(values=BOTH.replace('"2012-09-01"', "2012-09-01")))
    assert book["EX.MINIMUM"].on("2012-09-01").value == 4


def test_faults_deep_inside_a_rule_are_said_as_plainly(tmp_path: Path) -> None:
    """An unknown key of a column, a bad day of a source and a blank id are named with what is expected there."""
    head = HEAD.replace("2012-06-01", "June 2012")
    rules = _rule(TABLE.replace("unit: days", "unti: days")) + '  "": 3\n'
    found = "\n".join(_faults(tmp_path, rules, head))
    assert "4: published is 'June 2012'; expected a day of the calendar as YYYY-MM-DD" in found
    assert "unknown key 'unti'; expected one of optional, options, type, unit; did you mean 'unit'?" in found
    assert "rule id ''; expected capitals, digits and dots" in found


def test_a_source_that_nothing_cites_is_a_fault(tmp_path: Path) -> None:
    """A source is defined because something is taken from it."""
    head = HEAD.replace("rules:", '  memo: {title: "A memo", published: "2013-01-01"}\nrules:')
    assert _faults(tmp_path, _rule(), head) == ["6: source 'memo' is never cited; cite it or remove it"]


def test_all_faults_of_a_book_are_reported_at_once(tmp_path: Path) -> None:
    """Faults of the top, of keys, of types and of dates come in one message, in the order of the file."""
    rules = _rule() + _rule("type: count", name="B") + _rule().replace("EX.MINIMUM", "ex.c").replace("title", "tittle")
    found = _faults(tmp_path, rules, HEAD.replace("title: An example", "titel: An example"))
    assert [line.split(": ", 1)[1] for line in found] == [
        "key 'title' is missing; add it",
        "unknown key 'titel'; expected one of rules, scheme, sources, title; did you mean 'title'?",
        "a count needs unit; add it",
        "key 'title' is missing; add it",
        "rule id 'ex.c'; expected capitals, digits and dots, as in HLTA.MOD.3",
        found[-1].split(": ", 1)[1],
    ]
    assert "unknown key 'tittle'" in found[-1]
    lines = [int(line.split(":")[0]) for line in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "scheme: [x]\n", HEAD, "rules: []\nsources: []\n", HEAD + "  A.B: 3\n"]
)
def test_a_file_that_is_no_rule_book_is_refused_in_words(tmp_path: Path, text: str) -> None:
    """Anything else than a rule book ends in a message for the user, never in a traceback."""
    assert _faults(tmp_path, "", text)


def test_an_unknown_id_suggests_the_nearest(tmp_path: Path) -> None:
    """A misspelt id names the one that was probably meant; a far one says where the list is."""
    book = _load(tmp_path, _rule())
    assert "EX.MINIMUM" in book
    with pytest.raises(
        RulebookError, match=r"no rule 'EX.MINMUM' in the rule book of example .* did you mean 'EX.MINIMUM'"
    ):
        book["EX.MINMUM"]
    with pytest.raises(RulebookError, match="it holds 1 rules: qa rules --scheme example"):
        book["QQQ"]


def test_an_unknown_scheme_says_which_there_are() -> None:
    """A misspelt scheme names those that have a rule book, and the nearest."""
    with pytest.raises(
        RulebookError, match=r"no rule book 'htla' under parameters/rules; there are .*did you mean 'hlta'"
    ):
        load_rulebook("htla")
    assert "hlta" in rulebook_names()


def test_a_path_that_is_not_there_is_said() -> None:
    """A path is taken as one when it has a folder or ends in .yaml."""
    for path in ("nowhere.yaml", "no/where", Path("nowhere")):
        with pytest.raises(RulebookError, match="cannot be read"):
            load_rulebook(path)


def test_rule_errors_are_errors_of_the_user() -> None:
    """Asking outside a rule's dates is shown plainly, as every error that a user can mend."""
    assert issubclass(RuleNotInForce, RulebookError)
    assert issubclass(RulebookError, QAError)


def test_loading_a_rule_book_does_not_load_pandas() -> None:
    """Reading rules stays quick: no table library comes with it."""
    code = (
        "import sys, qa_lib; qa_lib.load_rulebook('hlta'); sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_book_that_was_changed_is_read_again(tmp_path: Path) -> None:
    """What did not change is read once; a byte more is another book, and one that is gone cannot be read."""
    path = tmp_path / "book.yaml"
    path.write_bytes((RULES / "npq.yaml").read_bytes())
    book = read_rulebook(path)
    assert read_rulebook(path) is book
    path.write_bytes(path.read_bytes() + b"# changed\n")
    assert read_rulebook(path).sha256 != book.sha256
    path.unlink()
    with pytest.raises(RulebookError, match="cannot be read"):
        read_rulebook(path)
