"""The tables are described so that intake and the rules can rely on them."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pandas as pd
import pandera.errors
import pytest

from qa_lib.errors import IntakeError
from qa_lib.scheme import Scheme, find_scheme, schemes
from qa_lib.tables.declared import table_faults
from qa_lib.tables.schemas import PLAIN, frame_schema
from qa_lib.tables.vocabulary import DTYPES, Column, Table, column, table

ALL = [(scheme, table) for scheme in ("hlta", "npq") for table in find_scheme(scheme).tables.values()]
IDS = [f"{scheme}-{table.name}" for scheme, table in ALL]


def wrong(*columns: Column, meaning: str = "A row is a test.", **facts: Any) -> list[str]:
    """Return what is wrong with a table of some columns."""
    declared = table("tests", meaning, *columns, **facts)
    return list(table_faults(declared, {"tests": declared}))


TEST_ID = column("test_id", "id", "The test.")
PASSED = {"met": "Standards met", "not_met": "STANDARDS-MET"}


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (wrong(TEST_ID, meaning=""), "the table tests has no meaning; say what a row of it is"),
        (wrong(column("test_id", "id")), "tests.test_id has no meaning; say in one sentence what a cell of it says"),
        (wrong(TEST_ID, TEST_ID), "the table tests declares test_id twice"),
        (wrong(TEST_ID, key="test"), "the table tests has no column test, which its declaration names"),
        (wrong(TEST_ID, known_from="day"), "the table tests has no column day, which its declaration names"),
        (wrong(TEST_ID, to="test_id:cars.car_id"), "tests.test_id points to cars.car_id, which is not declared"),
        (wrong(column("town", "text", "Where.", names="school")), "tests.town names a school and is no id"),
        (wrong(column("town", "id", "Where.", names="group")), "tests.town names a group; expected text, for words of"),
        (
            wrong(column("passed", "choice", "The result.", words=PASSED)),
            "tests.passed reads standardsmet as more than one of its words; say each once",
        ),
    ],
)
def test_what_a_declaration_lacks_is_told(faults: list[str], said: str) -> None:
    """One fault each, before anything is read by it; a record with such a table is refused with all of them."""
    assert len(faults) == 1
    assert faults[0].startswith(said)


@pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))
def test_every_table_and_column_says_what_it_holds(scheme: Scheme) -> None:
    """In a sentence; keys, references and words fit, and a record that has such a fault is refused."""
    assert list(scheme.faults()) == []
    tables = scheme.tables.values()
    meanings = [table.meaning for table in tables] + [column.meaning for table in tables for column in table.columns]
    assert [text for text in meanings if not re.fullmatch(r"[A-Z][^.]*( \([^)]*\)[^.]*)?\.", text)] == []
    bare = dataclasses.replace(next(iter(tables)), meaning="")
    assert f"the table {bare.name} has no meaning" in next(
        dataclasses.replace(scheme, tables={**scheme.tables, bare.name: bare}).faults()
    )


def test_what_names_a_person_is_personal() -> None:
    """It need not be said, and nothing that may be shown to everyone is a person's name."""
    for scheme in schemes().values():
        for declared in scheme.tables.values():
            assert all(one.personal and not one.may_be_shown for one in declared.columns if one.names == "person")


@pytest.mark.parametrize(("scheme", "table"), ALL, ids=IDS)
def test_names_are_canonical_and_words_are_listed(scheme: str, table: Table) -> None:
    """Names are lower case with underscores; every column that takes one word of a list has a list."""
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in (table.name, *table.names))
    assert all(column.options for column in table.columns if column.kind == "choice")


@pytest.mark.parametrize("scheme", ["hlta", "npq"])
def test_rows_that_others_are_bound_to_are_bound_to_nothing(scheme: str) -> None:
    """One pass over the tables, those with the fewest references first, finds every row that must follow another."""
    tables = find_scheme(scheme).tables
    bound = [reference for table in tables.values() for reference in table.references if reference.binding]
    assert not [r for r in bound if any(other.binding for other in tables[r.table].references)]


def test_a_draw_needs_six_columns_of_cases_and_nothing_else() -> None:
    """Only what a draw needs is required of HLTA data."""
    required = {name: table.required for name, table in find_scheme("hlta").tables.items() if table.required}
    assert required == {"cases": ("case_id", "rpa", "month", "assessor_id", "pop_id", "outcome")}


def test_the_words_of_the_scheme_are_those_of_the_code_of_practice() -> None:
    """Attempts, outcomes and judgements, in the order in which it has them."""
    cases, judgements = find_scheme("hlta").tables["cases"], find_scheme("hlta").tables["judgements"]
    assert cases.column("attempt").options == ("first", "resubmission", "full_reassessment")
    assert cases.column("outcome").options == (
        "met",
        "partial_reassessment",
        "full_reassessment",
        "insufficient_evidence",
    )
    assert judgements.column("judgement").options == ("met", "insufficient")
    assert (judgements.column("standard").least, judgements.column("standard").most) == (1, 33)


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    """The message names what arrived and what there is."""
    with pytest.raises(
        IntakeError, match=r'no scheme is called "hlat"; choose one of: hlta, npq; did you mean .hlta.\?'
    ):
        find_scheme("hlat")


@pytest.mark.parametrize(("scheme", "table"), ALL, ids=IDS)
def test_every_table_has_a_schema_that_takes_an_empty_frame(scheme: str, table: Table) -> None:
    """A table without rows, typed as described, is valid."""
    frame = pd.DataFrame({column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.columns})
    frame_schema(table, list(frame.columns)).validate(frame, lazy=True)


def _judgements(standards: list[int | None]) -> pd.DataFrame:
    cases = pd.Series([f"A{number}" for number in range(len(standards))], dtype="str")
    return pd.DataFrame({"case_id": cases, "standard": pd.Series(standards, dtype="Int64")})


def test_standards_from_1_to_33_are_in_bounds() -> None:
    """Both ends are in, and one beyond either end is out."""
    schema = frame_schema(find_scheme("hlta").tables["judgements"], ["case_id", "standard"])
    schema.validate(_judgements([1, 33]), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        schema.validate(_judgements([0, 1, 34]), lazy=True)
    assert sorted(caught.value.failure_cases["index"]) == [0, 2]


def test_the_short_cut_for_plain_ids_takes_none_that_is_faulty() -> None:
    """Every character that begins or stands in a plain id is one that the identifier check takes, too."""
    from qa_lib.sampling.identifiers import identifier_fault

    plain = [text for code in range(256) for text in (chr(code), f"A{chr(code)}A") if re.fullmatch(PLAIN, text)]
    assert len(plain) > 100
    assert [text for text in [*plain, "A" * 99] if identifier_fault(text)] == []
