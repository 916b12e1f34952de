"""Which identifiers and files a population takes, and how every refused row is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qa_lib.errors import SampleError
from qa_lib.sampling.identifiers import identifier_fault, normalise_identifier
from qa_lib.sampling.population import COLUMNS, canonical_population, population_csv, read_population
from tests.second_implementation.examples import file_row, partnership
from tests.second_implementation.naive import WHITE_SPACE


def population(*rows: dict[str, str]) -> pd.DataFrame:
    """Return rows as a frame of text."""
    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="object")


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "x" * 100,
        "A-1",
        "a=b",
        "Éva",
        "～",
        "𝄞",
        'O\'Brien, "Ann"',
        "007",
        "1E5",
        "NA",
        "zero\u200dwidth",
        "_@_",
        "​",
    ],
)
def test_any_plain_name_is_an_identifier(text: str) -> None:
    """Letters of any script, digits, quotes, commas and signs inside are kept as they are."""
    assert normalise_identifier(text) == text
    assert identifier_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("x" * 101, "has 101 characters; at most 100"),
        ("=A1", 'starts with "="'),
        ("+44", 'starts with "\\+"'),
        ("-1", 'starts with "-"'),
        ("@x", 'starts with "@"'),
        ("A\tB", r"U\+0009 at position 2"),
        ("A\nB", r"U\+000A at position 2"),
        ("A\x00", r"U\+0000"),
        ("A\x7fB", r"U\+007F"),
        ("A\x85B", r"U\+0085"),
        ("A\u2028B", r"U\+2028"),
        ("A\u2029B", r"U\+2029"),
        ("A\ud800", r"U\+D800"),
    ],
)
def test_other_names_are_refused_with_the_reason(text: str, fault: str) -> None:
    """Empty, too long, a formula's first character, or a control character: each fault has its words."""
    with pytest.raises(SampleError, match=rf"row \[1\]: case_id .*{fault}"):
        canonical_population(population(file_row(text)))


def test_white_space_is_taken_off_at_the_ends_only() -> None:
    """All Unicode white space goes at the ends; a space or no-break space inside stays."""
    assert normalise_identifier(f"{WHITE_SPACE}A \u00a0B{WHITE_SPACE}") == "A \u00a0B"


def test_length_counts_after_normalisation() -> None:
    """100 letters typed as 200 code points with combining accents are 100 characters; one more is too many."""
    assert identifier_fault(normalise_identifier("e\u0301" * 100)) is None
    assert identifier_fault(normalise_identifier("e\u0301" * 101)) == "has 101 characters; at most 100 are allowed"


@pytest.mark.parametrize("twin", ["\u00c9-1", "E\u0301-1", " \u00c9-1 ", "\tE\u0301-1\u3000"])
def test_the_same_id_in_another_spelling_is_a_duplicate(twin: str) -> None:
    """Two ids that agree after normalisation are refused, naming both rows."""
    with pytest.raises(SampleError, match=r"rows \[1, 3\]: the same case_id, after Unicode normalisation"):
        canonical_population(population(file_row("\u00c9-1"), file_row("B"), file_row(twin)))


def test_letter_case_and_compatibility_forms_make_other_ids() -> None:
    """``a`` and ``A``, the ligature and its letters, full-width and plain digits are different files."""
    rows = [file_row(case) for case in ("a", "A", "ﬁ", "fi", "１", "1")]
    assert len(canonical_population(population(*rows))) == 6


def test_every_offending_row_is_named_at_once() -> None:
    """Faults of ids, duplicates and contradictions come in one message."""
    rows = [
        file_row("=1"),
        file_row("B", assessor_id=""),
        file_row("C", pop_id="x" * 101),
        file_row("D"),
        file_row("D "),
        file_row("E", tier="low"),
    ]
    with pytest.raises(SampleError) as refused:
        canonical_population(population(*rows))
    lines = str(refused.value).splitlines()
    assert lines[0] == "the population is refused:"
    assert [line.strip().split(":")[0] for line in lines[1:]] == [
        "row [1]",
        "row [2]",
        "row [3]",
        "rows [4, 5]",
        "row [6]",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"outcome": "Met"}, "outcome 'Met' is none of"),
        ({"outcome": ""}, "outcome '' is none of"),
        ({"tier": "low"}, "tier 'low' is none of"),
        ({"reasons": "unlucky"}, "reasons 'unlucky' are not among"),
        ({"reasons": "difficult;resubmission"}, "in this order"),
        ({"reasons": "difficult;difficult"}, "each once"),
        ({"reasons": "difficult", "stratum": "met"}, "stratum 'met' is not the first reason"),
        ({"stratum": "difficult"}, "stratum 'difficult' is not the first reason"),
        ({"outcome": "full_reassessment"}, "outcome full_reassessment is not among the reasons"),
        ({"outcome": "partial_reassessment", "reasons": "difficult"}, "is not among the reasons"),
        ({"insufficient": "3"}, "insufficient_evidence is not among the reasons"),
        ({"reasons": "insufficient_evidence", "insufficient": "3;2"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "03"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "0;1"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "2;2"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "٣"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "²"}, "ascending standards"),
        ({"reasons": "insufficient_evidence", "insufficient": "3;"}, "ascending standards"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(changes: dict[str, str], says: str) -> None:
    """Outcome, reasons, stratum, tier and insufficient standards must fit together."""
    with pytest.raises(SampleError, match=says):
        canonical_population(population(file_row("A", **changes)))


def test_a_certain_file_may_have_met_the_standards() -> None:
    """A standard judged insufficient makes the file certain even where its outcome is met."""
    row = file_row("A", reasons="insufficient_evidence", insufficient="3;12")
    assert canonical_population(population(row))["stratum"].tolist() == ["insufficient_evidence"]


def test_a_missing_column_is_named() -> None:
    """A population without PoPs and tiers is refused by the names of both columns."""
    with pytest.raises(SampleError, match=r"lacks the columns \['tier', 'pop_id'\]"):
        canonical_population(population(file_row("A")).drop(columns=["pop_id", "tier"]))


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_the_kind_of_text_column_says_nothing(dtype: str, missing: Any) -> None:
    """Python objects, pandas strings and categories, and each way to leave a cell empty, give the same bytes."""
    rows = [file_row("B"), file_row("A", reasons="difficult")]
    frame = population(*rows).replace({"": missing}).astype(pd.api.types.pandas_dtype(dtype))
    assert population_csv(canonical_population(frame)) == population_csv(canonical_population(population(*rows)))


def test_an_empty_population_is_allowed() -> None:
    """A month without files has a population of one header line."""
    empty = canonical_population(population())
    assert population_csv(empty) == (",".join(COLUMNS) + "\n").encode()
    assert read_population(population_csv(empty)).empty


def test_the_input_is_not_changed() -> None:
    """The caller's frame, its order and its index stay as they were."""
    frame = population(*partnership()).sample(frac=1, random_state=1)
    before = frame.copy()
    canonical_population(frame.assign(other=1))
    pd.testing.assert_frame_equal(frame, before)


def test_rows_out_of_order_are_not_read_back() -> None:
    """A population.csv whose rows stand in another order, or whose ids are not normalised, is no protocol file."""
    content = population_csv(canonical_population(population(file_row("A"), file_row("B"))))
    lines = content.splitlines(keepends=True)
    for other in (b"".join([lines[0], lines[2], lines[1]]), content.replace(b"\nA,", b"\nA ,")):
        with pytest.raises(SampleError, match="not sorted by case_id with normalised ids"):
            read_population(other)
