"""The tool for auditors and the naive draw agree on every population, and no damage goes unnoticed."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from tests.second_implementation import naive
from tests.second_implementation.examples import (
    drawn,
    file_row,
    freeze_content,
    frozen,
    partnership,
    scrutiny_content,
)
from tests.second_implementation.verifier import tool, verify

REUSED = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

identifiers = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]) | st.sampled_from(',";: É～𝄞'),
    min_size=1,
    max_size=6,
).filter(tool.is_identifier)
rates = st.fractions(0, 1, max_denominator=30).map(str)
small_ids = st.integers(1, 5).map(str)


@st.composite
def population_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Return the rows of a population in any order."""
    rows = []
    for case_id in draw(st.lists(identifiers, max_size=14, unique=True)):
        outcome = draw(st.sampled_from(["met", "met", "met", *tool.UNMET]))
        given_reasons = draw(st.sets(st.sampled_from(tool.REASONS), max_size=2)) if draw(st.booleans()) else set()
        reasons = [reason for reason in tool.REASONS if reason in given_reasons | ({outcome} - {"met"})]
        standards = draw(st.sets(st.integers(1, 12), max_size=3)) if "insufficient_evidence" in reasons else set()
        rows.append(
            file_row(
                case_id,
                "A" + draw(small_ids),
                "P" + draw(small_ids),
                outcome=outcome,
                reasons=";".join(reasons),
                tier=draw(st.sampled_from(tool.TIERS)),
                insufficient=";".join(map(str, sorted(standards))),
            )
        )
    return rows


@st.composite
def freezes(draw: st.DrawFn) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Return a population and what a freeze may say about it."""
    rows = draw(population_rows())
    columns = {"assessors": "assessor_id", "pops": "pop_id"}
    standards = draw(st.integers(0, 12))
    return rows, freeze_content(
        rows,
        needs_cover={
            kind: sorted(who for who in {row[column] for row in rows} if draw(st.integers(0, 3)))
            for kind, column in columns.items()
        },
        minimum_rate="0",
        rate=draw(rates),
        tiers={tier: draw(rates) for tier in tool.TIERS},
        national_standards=sorted(draw(st.sets(st.integers(1, 12), max_size=3)) & set(range(1, standards + 1))),
        standards=standards,
        standards_more=draw(st.integers(0, 13)),
    )


@REUSED
@given(freezes(), st.text(st.characters(exclude_categories=["C", "Z"]), min_size=20).filter(tool.is_plain))
def test_the_tool_accepts_what_the_page_demands(
    tmp_path: Path, freeze: tuple[list[dict[str, str]], dict[str, Any]], seed: str
) -> None:
    """Two implementations written from the page alone give the same bytes for every population, freeze and seed."""
    if len(seed) >= 20:
        code, said = verify(tmp_path, drawn(frozen(*freeze), seed=seed))
        assert code == 0, said


@REUSED
@given(population_rows(), st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_the_tool_accepts_every_scrutiny(tmp_path: Path, rows: list[dict[str, str]], numbers: list[int]) -> None:
    """The draw for scrutiny takes the same files in both implementations."""
    high, raised, standard = numbers
    freeze = scrutiny_content(rows, scrutiny_files={"high": high, "raised": raised, "standard": standard})
    code, said = verify(tmp_path, drawn(frozen(rows, freeze), reviewer_rpa="RPA North", seed_origin="rpa"))
    assert code == 0, said


@settings(deadline=None, max_examples=80)
@given(freezes())
def test_no_smaller_set_of_files_covers_everybody(freeze: tuple[list[dict[str, str]], dict[str, Any]]) -> None:
    """Brute force finds no cover with fewer files, and the proof names as many people, no two of them with one file."""
    rows, content = freeze
    content.update(rate="0", tiers=dict.fromkeys(tool.TIERS, "0"))
    proof = json.loads(drawn(frozen(rows, content))["draw.json"])["cover_proof"]
    met = [row for row in rows if row["stratum"] == "met"]
    certain = [row for row in rows if row["stratum"] != "met"]
    needs = {("A", who) for who in content["needs_cover"]["assessors"]}
    needs |= {("P", who) for who in content["needs_cover"]["pops"]}
    uncovered = needs - {person for row in certain for person in people(row)}
    sizes = (size for size in range(len(met) + 1) for few in combinations(met, size) if covers(few, uncovered))
    assert next(sizes) == len(proof["files"])
    assert covers([row for row in met if row["case_id"] in proof["files"]], uncovered)
    named = {("A", who) for who in proof["assessors"]} | {("P", who) for who in proof["pops"]}
    assert named <= uncovered
    assert len(named) == len(proof["files"])
    assert not any(people(row) <= named for row in met)


def people(row: dict[str, str]) -> set[tuple[str, str]]:
    """Return the assessor and the PoP of a file."""
    return {("A", row["assessor_id"]), ("P", row["pop_id"])}


def covers(rows: Any, uncovered: set[tuple[str, str]]) -> bool:
    """Whether everybody has one of these files."""
    return uncovered <= {person for row in rows for person in people(row)}


@pytest.mark.parametrize("seed", range(12))
def test_the_cover_is_as_small_as_graph_theory_allows(seed: int) -> None:
    """On graphs of hundreds of people the files are as many as the people less SciPy's maximum matching."""
    rng = random.Random(seed)
    assessors, pops = rng.randrange(20, 400), rng.randrange(20, 400)
    number = rng.randrange(30, 900)
    files = [
        tool.File(
            f"{i:04}", "met", "", "met", "standard", f"A{rng.randrange(assessors)}", f"P{rng.randrange(pops)}", ""
        )
        for i in range(number)
    ]
    who = sorted({file.assessor_id for file in files})
    where = sorted({file.pop_id for file in files})
    pairs = {(who.index(file.assessor_id), where.index(file.pop_id)) for file in files}
    graph = csr_array((np.ones(len(pairs)), tuple(np.array(sorted(pairs)).T)), shape=(len(who), len(where)))
    matched = int((maximum_bipartite_matching(graph) >= 0).sum())

    proof = tool.least_cover(files, {}, {"assessors": who, "pops": where})
    assert len(proof["files"]) == len(set(proof["files"])) == len(who) + len(where) - matched
    assert len(proof["assessors"]) + len(proof["pops"]) == len(proof["files"])
    chosen = [file for file in files if file.case_id in set(proof["files"])]
    assert {file.assessor_id for file in chosen} == set(who)
    assert {file.pop_id for file in chosen} == set(where)
    rows = [dict(file._asdict()) for file in files]
    assert proof == naive._cover(rows, {}, {"assessors": who, "pops": where})


def test_a_long_chain_of_matches_needs_no_recursion() -> None:
    """A search that rematches 5,000 PoPs one after the other, deeper than Python nests calls, ends well."""
    last = 5_000
    edges = {f"{i:04}": {f"{i:04}": "", f"{i + 1:04}": ""} for i in range(last)}
    edges[f"{last:04}"] = {"0000": ""}
    assert len(tool.match_pops(edges)) == last + 1


# --- damage ------------------------------------------------------------------------------------------------------

WHOLE = drawn(frozen(partnership(), freeze_content(partnership())))
REVIEWER = range(WHOLE["draw.json"].index(b'"reviewer"'), WHOLE["draw.json"].index(b',"sample_digest"'))
GARBLED = [
    b"",
    b"\n",
    b"\x00\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"{}\n",
    b"[]\n",
    b"null\n",
    b"NaN\n",
    b'{"rate":NaN}\n',
    b'{"rate":1e999}\n',
    b'{"standards":' + b"9" * 5_000 + b"}\n",
    b'{"a":1,"a":1}\n',
    b'{"seed":"\\ud800"}\n',
    b"[" * 100_000,
    b"[" * 990 + b"]" * 990 + b"\n",
    b'{"a":' * 400 + b"1" + b"}" * 400 + b"\n",
    b"a" * 200_000,
    b",\n" * 10,
    b"case_id\n",
    b'case_id,"\n',
]


@pytest.mark.parametrize("name", tool.FILES)
@pytest.mark.parametrize("garbled", GARBLED, ids=lambda data: repr(data[:20]))
def test_garbled_files_are_told_without_a_traceback(tmp_path: Path, name: str, garbled: bytes) -> None:
    """Whatever stands in a file's place is wrong, and said to be."""
    code, said = verify(tmp_path, {**WHOLE, name: garbled})
    assert code == 1, said


@REUSED
@given(st.sampled_from(tool.FILES), st.data())
def test_no_changed_byte_goes_unnoticed(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """Every byte of the four files is held by another, but for the reviewer's name, which the register holds."""
    whole = WHOLE[name]
    at = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: name != "draw.json" or at not in REVIEWER))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    code, said = verify(tmp_path, {**WHOLE, name: whole[:at] + bytes([byte]) + whole[at + 1 :]})
    assert code == 1, said


@REUSED
@given(st.sampled_from(tool.FILES), st.integers(0, 5_000))
def test_no_file_cut_short_goes_unnoticed(tmp_path: Path, name: str, length: int) -> None:
    """A file that ends early is told."""
    cut = WHOLE[name][: length % len(WHOLE[name])]
    assert verify(tmp_path, {**WHOLE, name: cut})[0] == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@REUSED
@given(st.sampled_from(["freeze.json", "draw.json"]), st.integers(0, 17), json_values)
@example("freeze.json", 0, {"policy": []})
def test_any_value_of_a_key_is_answered(tmp_path: Path, name: str, place: int, value: Any) -> None:
    """A value of the wrong kind under any key is told, never met with a traceback."""
    content = json.loads(WHOLE[name])
    key = sorted(content)[place % len(content)]
    changed = {**content, key: value}
    code, said = verify(tmp_path, {**WHOLE, name: tool.canonical(changed)})
    assert code == (0 if changed == content else 1) or key.startswith("reviewer"), said
