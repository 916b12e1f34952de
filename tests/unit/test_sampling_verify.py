"""One changed id, seed digit, row or cell makes the verifier say exactly what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_lib.sampling.verify_draws import verify_draw_folder
from tests.second_implementation import naive
from tests.second_implementation.examples import (
    SEED,
    drawn,
    freeze_content,
    frozen,
    inside,
    late,
    partnership,
    scrutiny_content,
    with_every_part,
)
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


# --- draws inside, strays and links -------------------------------------------------------------------------------


def test_a_month_with_late_files_and_scrutiny_is_right(tmp_path: Path) -> None:
    """Parts that are drawn or wait, the moderators' form, and late files that were sent alone, have no problem."""
    assert said(tmp_path / "all", with_every_part()) == []
    assert said(tmp_path / "alone", late()) == []


def _lacking(name: str, folder: str) -> Content:
    return {path: data for path, data in with_every_part().items() if path != f"{folder}/{name}"}


ROWS_AGAIN = inside("late-3", drawn(frozen(ROWS, freeze_content(ROWS, part="late-3"))))
FOREIGN_PARTS: dict[str, tuple[Content, str]] = {
    "a forged sample": (
        replaced("late-1/sample.csv", b"late", b"lake", with_every_part()),
        "late-1: sample.csv lacks late",
    ),
    "a forged scrutiny": (
        replaced("scrutiny/draw.json", b'"seed":"4', b'"seed":"5', with_every_part()),
        "scrutiny: ticket differs in",
    ),
    "a forged late part of scrutiny": (
        replaced("scrutiny/late-1/population.csv", b"fresh", b"stale", with_every_part()),
        "scrutiny/late-1: population.csv is not the one that was frozen",
    ),
    "a freeze that is gone": (_lacking("freeze.json", "late-1"), "has no freeze.json"),
    "another month": (
        {**DRAWN, **late(month="2024-02")},
        "late-1: freeze.json: month is '2024-02'; by its folder it is '2024-01'",
    ),
    "another part": (
        {**DRAWN, **inside("late-2", {path[7:]: data for path, data in late().items()})},
        "late-2: freeze.json: part is 'late-1'; by its folder it is 'late-2'",
    ),
    "files frozen before": ({**DRAWN, **ROWS_AGAIN}, "late-3: 64 of its files are also in the month, the first C-1"),
    "files frozen before in a late part": (
        {**DRAWN, **late(), **late("late-2")},
        "late-2: 4 of its files are also in late-1, the first late 0",
    ),
    "scrutiny that is none": (
        {**DRAWN, **inside("scrutiny", DRAWN)},
        "scrutiny: freeze.json: purpose is 'moderation'; by its folder it is 'scrutiny'",
    ),
    "a late part in a late part": (
        {**DRAWN, **late(), **inside("late-1", late("late-2", prefix="later"))},
        "late-1/late-2: lies in the folder of another draw, where 'late-1/late-2' is not known; ",
    ),
    "a draw in any other folder": (
        {**DRAWN, **inside("Late-1", DRAWN)},
        "Late-1: lies in the folder of another draw, where 'Late-1' is not known; ",
    ),
    "a file": ({**DRAWN, "notes.txt": b""}, "notes.txt belongs to no draw; keep it in another folder"),
    "files": (
        {**DRAWN, **{f"tables/{number}.csv": b"" for number in range(7)}},
        "tables/0.csv, tables/1.csv, tables/2.csv, tables/3.csv, tables/4.csv and 2 more belong to no draw; "
        "keep them in another folder",
    ),
    "a file in a part": ({**with_every_part(), "late-1/.x": b""}, "late-1/.x belongs to no draw; keep it in another"),
    "a file called as a part": ({**DRAWN, "late-1": b""}, "late-1 belongs to no draw"),
}


@pytest.mark.parametrize(("content", "says"), FOREIGN_PARTS.values(), ids=FOREIGN_PARTS)
def test_what_does_not_belong_to_a_months_draw_is_told(content: Content, says: str, tmp_path: Path) -> None:
    """Draws inside are drawn again and held against the month's; whatever else lies there is named."""
    problems = said(tmp_path, content)
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize("folder", ["late-9", "scrutiny", "tables"])
def test_an_empty_folder_is_named(folder: str, tmp_path: Path) -> None:
    """A folder of a part in which no draw lies may have held one."""
    (tmp_path / folder).mkdir()
    assert said(tmp_path, DRAWN) == [f"{folder}/ belongs to no draw; keep it in another folder"]


@pytest.mark.parametrize("path", ["draw.json", "late-1", "late-1/freeze.json", "scrutiny", "moderation-return.xlsx"])
def test_a_link_is_named_and_not_followed(path: str, tmp_path: Path) -> None:
    """A link to the right bytes elsewhere is no part of a draw's folder."""
    verify(tmp_path / "draw", with_every_part())
    (tmp_path / "draw" / path).rename(tmp_path / "elsewhere")
    (tmp_path / "draw" / path).symlink_to(tmp_path / "elsewhere")
    problems = said(tmp_path / "draw", {})
    assert problems[0] == f"{path} is a link, and links are not followed; put the file or folder itself there"


def test_links_in_a_loop_end(tmp_path: Path) -> None:
    """A link to itself and one to the folder above are named once each."""
    (tmp_path / "late-1").symlink_to(tmp_path / "late-1")
    (tmp_path / "up").symlink_to(tmp_path)
    assert [problem.split()[0] for problem in said(tmp_path, DRAWN)] == ["late-1", "up"]


def test_a_reports_other_files_are_its_manifests_matter(tmp_path: Path) -> None:
    """Where a manifest lies beside the draw, it lists the other files; the draws are made again all the same."""
    report = {**with_every_part(), "manifest.json": b"{}\n", "page.html": b"", "tables/late.csv": b""}
    assert said(tmp_path / "right", report) == []
    assert said(tmp_path / "wrong", replaced("late-1/draw.json", b'"seed":"4', b'"seed":"5', report))
