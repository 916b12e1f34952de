"""The tables are described so that intake and the rules can rely on them."""

from __future__ import annotations

import re

import pandas as pd
import pandera.errors
import pytest

from qa_lib.errors import IntakeError
from qa_lib.scheme import find_scheme
from qa_lib.tables.schemas import PLAIN, frame_schema
from qa_lib.tables.vocabulary import DTYPES, Table

ALL = [(scheme, table) for scheme in ("hlta", "npq") for table in find_scheme(scheme).tables.values()]
IDS = [f"{scheme}-{table.name}" for scheme, table in ALL]


@pytest.mark.parametrize(("scheme", "table"), ALL, ids=IDS)
def test_names_keys_and_references_exist(scheme: str, table: Table) -> None:
    """Every key column and both ends of every reference are columns, and no column is named twice."""
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for reference in table.references:
        assert reference.column in table.names
        assert reference.target in find_scheme(scheme).tables[reference.table].names


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


def test_the_words_of_the_scheme_are_the_design_s() -> None:
    """Attempts, outcomes and judgements are the words of the code of practice as the design lists them."""
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
