"""One changed id, seed digit, row or cell makes the verifier say exactly what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_lib.sampling.verify import verify_draw_folder
from tests.second_implementation import naive
from tests.second_implementation.examples import SEED, drawn, freeze_content, frozen, partnership, scrutiny_content
from tests.second_implementation.verifier import Content, verify

ROWS = partnership()
DRAWN = drawn(frozen(ROWS, freeze_content(ROWS)))


def said(folder: Path, content: Content) -> list[str]:
    """Write a folder and return what the library says of it; the auditor's tool must agree on right and wrong."""
    code, words = verify(folder, content)
    problems = verify_draw_folder(folder)
    assert bool(problems) == bool(code), (problems, words)
    return problems


def edited(name: str, change: Callable[[Any], object], content: Content = DRAWN) -> Content:
    """Return a folder with one JSON file changed and written canonically."""
    value = json.loads(content[name])
    change(value)
    return {**content, name: naive.canonical_json(value)}


def replaced(name: str, old: bytes, new: bytes, content: Content = DRAWN) -> Content:
    """Return a folder with the first place of some bytes changed in one file."""
    assert old in content[name]
    return {**content, name: content[name].replace(old, new, 1)}


def test_a_right_folder_has_no_problem(tmp_path: Path) -> None:
    """The example, a back-run, a scrutiny, an empty month and a folder that waits for its seed are right."""
    series = drawn(
        frozen(ROWS, freeze_content(ROWS, part="late-1")),
        seed="back-run/RPA North/2024-01/late-1",
        reviewer="operator",
        reviewer_rpa="",
        seed_origin="series",
    )
    scrutiny = drawn(frozen(ROWS, scrutiny_content(ROWS)), reviewer_rpa="RPA North", seed_origin="rpa")
    right = [DRAWN, series, scrutiny, drawn(frozen([], freeze_content([]))), frozen(ROWS, freeze_content(ROWS))]
    assert [said(tmp_path / str(number), content) for number, content in enumerate(right)] == [[]] * 5


def test_one_changed_id_is_noticed(tmp_path: Path) -> None:
    """An id changed in the population is told by the population's digest, with both digests."""
    (problem,) = said(tmp_path, replaced("population.csv", b"N-001", b"N-0O1"))
    assert problem.startswith("population.csv is not the one that was frozen: its SHA-256 is ")


def test_one_changed_id_in_the_sample_is_noticed(tmp_path: Path) -> None:
    """An id changed in the sample is told as one file too many and one too few."""
    problems = said(tmp_path, replaced("sample.csv", b"C-1,", b"C-9,"))
    assert "sample.csv lacks C-1: the draw selects them" in problems
    assert "sample.csv holds C-9: the draw does not select them" in problems


def test_one_changed_seed_digit_is_noticed(tmp_path: Path) -> None:
    """With another digit in the seed no ticket fits, and another sample would have been drawn."""
    problems = said(tmp_path, edited("draw.json", lambda draw: draw.update(seed=SEED[:-1] + "7")))
    assert any(problem.startswith("ticket differs in ") for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"certainty", b"random", "selected_by differs in 1 of"),
        (b",1,", b",1/2,", "random_probability differs in 1 of"),
        (b";31", b";32", "standards_to_moderate differs in 1 of"),
        (b"first_solo,", b"difficult,", "reasons differs in 1 of"),
    ],
)
def test_one_changed_cell_is_noticed(old: bytes, new: bytes, says: str, tmp_path: Path) -> None:
    """The column, the file, what stands there and what should is told, and that the digest does not fit."""
    problems = said(tmp_path, replaced("sample.csv", old, new))
    assert any(problem.startswith(says) and "the draw gives" in problem for problem in problems), problems
    assert any(problem.startswith("draw.json binds another sample.csv") for problem in problems)


def test_a_row_taken_out_is_named_even_with_a_fitting_digest(tmp_path: Path) -> None:
    """Removing a selected file and mending the digest leaves the file missing by name, and the counts wrong."""
    lines = DRAWN["sample.csv"].splitlines(keepends=True)
    without = {**DRAWN, "sample.csv": b"".join(line for line in lines if not line.startswith(b"C-3,"))}
    digest = naive.sha256(without["sample.csv"])
    assert said(tmp_path, edited("draw.json", lambda draw: draw.update(sample_digest=digest), without)) == [
        "sample.csv lacks C-3: the draw selects them"
    ]


def test_rows_in_another_order_are_told_as_that(tmp_path: Path) -> None:
    """The right rows in another order are not called wrong rows."""
    head, *lines = DRAWN["sample.csv"].splitlines(keepends=True)
    turned = {**DRAWN, "sample.csv": b"".join([head, *reversed(lines)])}
    digest = naive.sha256(turned["sample.csv"])
    assert said(tmp_path, edited("draw.json", lambda draw: draw.update(sample_digest=digest), turned)) == [
        "sample.csv holds the right rows in another order; they stand by case_id"
    ]


def test_a_row_that_stands_twice_is_named(tmp_path: Path) -> None:
    """A doubled row is told by its id."""
    lines = DRAWN["sample.csv"].splitlines(keepends=True)
    problems = said(tmp_path, {**DRAWN, "sample.csv": b"".join([*lines, lines[-1]])})
    assert any("more than once" in problem for problem in problems)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda draw: draw["counts"].update(random=99), "draw.json: counts is"),
        (lambda draw: draw["cover_proof"].update(assessors=[]), "draw.json: cover_proof is"),
        (lambda draw: draw.update(reviewer_rpa="rpa north"), "whose own files these are"),
        (lambda draw: draw.update(seed="short"), "expected 20 or more"),
        (lambda draw: draw.update(seed_origin="series"), "in a back-run it ends with '/RPA North/2024-01'"),
        (lambda draw: draw.update(seed_origin="rpa"), "draw.json: seed_origin is 'rpa', the draw gives 'reviewer'"),
        (lambda draw: draw.update(freeze_digest="0" * 64), "draw.json binds another freeze.json"),
        (lambda draw: draw.update(population_digest="0" * 64), "draw.json binds another population.csv"),
        (lambda draw: draw.update(note="x"), "draw.json: note is 'x', the draw gives 'nothing'"),
        (lambda draw: draw.pop("protocol"), "draw.json: protocol is 'missing', the draw gives '1'"),
        (lambda draw: draw.update(seed=" " + SEED), "draw.json: seed is"),
    ],
)
def test_an_edited_draw_json_is_told_by_its_key(change: Callable[[Any], object], says: str, tmp_path: Path) -> None:
    """Each key of draw.json is held against the draw made again."""
    problems = said(tmp_path, edited("draw.json", change))
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda freeze: freeze.update(rate="1/10"), "draw.json binds another freeze.json"),
        (lambda freeze: freeze.update(rate="1/50"), "rate 1/50 is below 1/20"),
        (lambda freeze: freeze["needs_cover"]["pops"].clear(), "draw.json binds another freeze.json"),
        (lambda freeze: freeze["needs_cover"]["pops"].append("𝄞𝄞"), "who are not in population.csv"),
        (lambda freeze: freeze.update(tiers={"high": "0"}), "expected an extra rate for each"),
        (lambda freeze: freeze.update(standards="33"), "freeze.json: standards not as the protocol asks"),
        (lambda freeze: freeze.pop("year"), "other keys than the protocol's: ['year']"),
    ],
)
def test_an_edited_freeze_is_noticed(change: Callable[[Any], object], says: str, tmp_path: Path) -> None:
    """What the freeze binds cannot be changed after the draw, nor below the rules at any time."""
    problems = said(tmp_path, edited("freeze.json", change))
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("draw.json", "sample.csv is there without draw.json"),
        ("sample.csv", "draw.json is there without sample.csv"),
        ("freeze.json", "has no freeze.json"),
        ("population.csv", "has no population.csv"),
    ],
)
def test_a_missing_file_is_named(name: str, says: str, tmp_path: Path) -> None:
    """A folder that lost one of its files is not taken for one that waits."""
    (tmp_path / "x").mkdir()
    for kept, content in DRAWN.items():
        if kept != name:
            (tmp_path / "x" / kept).write_bytes(content)
    (problem,) = verify_draw_folder(tmp_path / "x")
    assert says in problem


@pytest.mark.parametrize("name", sorted(DRAWN))
@pytest.mark.parametrize("junk", [b"", b"\xff\xfe\x00", b"{}\n", b"null\n", b'{"a":[1e999]}\n', b"[" * 100_000])
def test_junk_is_told_not_stumbled_over(name: str, junk: bytes, tmp_path: Path) -> None:
    """Any file may hold anything: something is said, nothing breaks."""
    (tmp_path / "x").mkdir()
    for other, content in DRAWN.items():
        (tmp_path / "x" / other).write_bytes(junk if other == name else content)
    assert verify_draw_folder(tmp_path / "x")
