"""The tool for auditors accepts every right folder of a draw, and says what is wrong with every other."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.second_implementation import naive
from tests.second_implementation.examples import (
    SEED,
    drawn,
    file_row,
    freeze_content,
    frozen,
    late,
    partnership,
    scrutiny_content,
    with_every_part,
)
from tests.second_implementation.verifier import TOOL, Content, tool, verify


def moderation(**changes: Any) -> Content:
    """Return the folder of the example, with the freeze's values changed before the draw."""
    rows = partnership()
    return drawn(frozen(rows, freeze_content(rows, **changes)))


def scrutiny(**changes: Any) -> Content:
    """Return a folder of the scrutiny before upload."""
    rows = partnership()
    return drawn(frozen(rows, scrutiny_content(rows, **changes)), reviewer_rpa="RPA North", seed_origin="rpa")


def series(seed: str = "back-run 2024/RPA North/2024-01", **changes: Any) -> Content:
    """Return a folder of a back-run by a seed series."""
    rows = partnership()
    files = frozen(rows, freeze_content(rows, **changes))
    return drawn(files, seed=seed, reviewer="operator", reviewer_rpa="", seed_origin="series")


def reseeded(**given: str) -> Content:
    """Return the example drawn with another seed or reviewer."""
    rows = partnership()
    return drawn(frozen(rows, freeze_content(rows)), **given)


def rows_changed(change: Callable[[list[dict[str, str]]], object]) -> Content:
    """Return a folder whose population was changed before the freeze, so that every digest fits."""
    rows = partnership()
    change(rows)
    rows.sort(key=lambda row: row["case_id"])
    return drawn(frozen(rows, freeze_content(rows)))


def edited(name: str, change: Callable[[Any], object]) -> Content:
    """Return the example with a JSON file changed after the draw and written canonically."""
    content = moderation()
    value = json.loads(content[name])
    change(value)
    return {**content, name: naive.canonical_json(value)}


def replaced(name: str, old: str, new: str, count: int = 1) -> Content:
    """Return the example with a text in one file replaced after the draw."""
    content = moderation()
    assert old.encode() in content[name], "the example must hold what is to be replaced"
    return {**content, name: content[name].replace(old.encode(), new.encode(), count)}


def sample_lines(change: Callable[[list[bytes]], object]) -> Content:
    """Return the example with the lines of ``sample.csv`` changed after the draw."""
    content = moderation()
    lines = content["sample.csv"].splitlines(keepends=True)
    change(lines)
    return {**content, "sample.csv": b"".join(lines)}


# --- right folders -----------------------------------------------------------------------------------------------


def test_a_right_folder_is_summed_up_in_one_line(tmp_path: Path) -> None:
    """A folder in which everything is right gives one line with the counts, the freeze digest and exit code 0."""
    content = moderation()
    counts = json.loads(content["draw.json"])["counts"]
    assert min(counts[step] for step in tool.STEPS) > 0, "the example must use every step"
    steps = ", ".join(f"{counts[step]} {step}" for step in tool.STEPS)
    digest = naive.sha256(content["freeze.json"])
    expected = f"OK  {tmp_path}: {counts['selected']} files selected of 64 ({steps}); freeze digest {digest}\n"
    assert verify(tmp_path, content) == (0, expected)


def test_a_folder_without_a_draw_waits_for_its_seed(tmp_path: Path) -> None:
    """Population and freeze alone are a normal state, said with the digest."""
    content = frozen(rows := partnership(), freeze_content(rows))
    code, said = verify(tmp_path, content)
    digest = naive.sha256(content["freeze.json"])
    assert (code, said) == (0, f"OK  {tmp_path}: waiting for seed, 64 files frozen; freeze digest {digest}\n")


EMPTY: list[dict[str, str]] = []
RIGHT = {
    "scrutiny": scrutiny,
    "scrutiny of nothing": lambda: drawn(
        frozen(EMPTY, scrutiny_content(EMPTY)), reviewer_rpa="rpa NORTH", seed_origin="rpa"
    ),
    "a population without rows": lambda: drawn(frozen(EMPTY, freeze_content(EMPTY))),
    "seed series": series,
    "seed series of late files": lambda: series("s/RPA North/2024-01/late-2", part="late-2"),
    "everything drawn": lambda: moderation(rate="1"),
    "tiers with all their files": lambda: moderation(tiers={"high": "1", "raised": "1", "standard": "1/3"}),
    "no standards": lambda: moderation(standards=0, standards_more=0, national_standards=[]),
    "more standards than there are": lambda: moderation(standards_more=99),
    "coverage from a month": lambda: moderation(coverage={"from_month": 5, "policy": "from_month"}),
    "white space around the seed": lambda: reseeded(seed=f"\u3000{SEED}\n"),
}


@pytest.mark.parametrize("build", RIGHT.values(), ids=RIGHT.keys())
def test_every_kind_of_right_folder_is_accepted(tmp_path: Path, build: Callable[[], Content]) -> None:
    """Each purpose, origin of the seed and policy of the protocol passes."""
    code, said = verify(tmp_path, build())
    assert (code, said[:3]) == (0, "OK "), said


def test_late_files_are_checked_with_their_month(tmp_path: Path) -> None:
    """Folders late-1, late-2 ... are checked too, each with a line of its own, in the order of their numbers."""
    code, said = verify(tmp_path, {**moderation(), **late("late-10", prefix="later"), **late("late-2")})
    assert code == 0
    assert [line.split(":")[0] for line in said.splitlines()] == [
        f"OK  {tmp_path}",
        f"OK  {tmp_path / 'late-2'}",
        f"OK  {tmp_path / 'late-10'}",
    ]


def test_late_files_of_another_month_are_told(tmp_path: Path) -> None:
    """A late part that is another part, of another month, or repeats the month's files, is wrong."""
    late = partnership()[:1]
    verify(tmp_path / "late-1", drawn(frozen(late, freeze_content(late, part="late-3", month="2024-02"))))
    code, said = verify(tmp_path, moderation())
    assert code == 1
    assert "part is late-3; expected late-1." in said
    assert "month is '2024-02'; the month's freeze has '2024-01'." in said
    assert "File 'N-000' is in the month's population as well." in said


def test_scrutiny_inside_a_month_is_checked_with_its_late_files(tmp_path: Path) -> None:
    """Every draw inside gets a line: the month's late parts, scrutiny, and late files of scrutiny."""
    code, said = verify(tmp_path, with_every_part())
    assert code == 0
    assert [line.split(":")[0] for line in said.splitlines()] == [
        f"OK  {tmp_path / part}" for part in ("", "late-1", "late-2", "scrutiny", "scrutiny/late-1")
    ]


def test_what_belongs_to_no_draw_is_told(tmp_path: Path) -> None:
    """A file, a folder that is no part and a link to a right part are named; the link is not followed."""
    verify(tmp_path / "elsewhere", {path[7:]: data for path, data in late().items()})
    (tmp_path / "draw").mkdir()
    (tmp_path / "draw" / "late-1").symlink_to(tmp_path / "elsewhere")
    code, said = verify(tmp_path / "draw", {**moderation(), "notes.txt": b"", "Late-2/freeze.json": b"{}\n"})
    assert code == 1
    assert said.splitlines()[:3] == [
        "  'late-1' is a link; links are not followed.",
        "  'Late-2' belongs to no draw; keep it in another folder.",
        "  'notes.txt' belongs to no draw; keep it in another folder.",
    ]
    assert said.count("WRONG") == 1


def test_a_file_in_two_late_parts_is_told(tmp_path: Path) -> None:
    """Each file of a month is frozen once, with the month or in one late part."""
    code, said = verify(tmp_path, {**moderation(), **late(), **late("late-2")})
    assert code == 1
    assert "File 'late 0' is in late-1's population as well." in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    """What is neither file nor folder is not opened."""
    content = moderation()
    content.pop("draw.json")
    os.mkfifo(tmp_path / "draw.json")
    code, said = verify(tmp_path, content)
    assert code == 1
    assert "  'draw.json' is neither a file nor a folder." in said


# --- wrong folders -----------------------------------------------------------------------------------------------

FORGED = "0" * 64
WRONG: dict[str, tuple[Callable[[], Content], str]] = {
    # after the draw
    "an id": (lambda: replaced("population.csv", "N-007", "N-0O7"), "population.csv is not what freeze.json binds"),
    "a row of the population": (lambda: replaced("population.csv", ",A3,P", ",A4,P"), "is not what draw.json binds"),
    "a seed digit": (
        lambda: edited("draw.json", lambda draw: draw.update(seed=SEED[:-1] + "5")),
        "With this seed the ticket of file 'C-1' would be",
    ),
    "a ticket digit": (
        lambda: sample_lines(lambda lines: lines.__setitem__(1, lines[1].replace(b"certainty,", b"certainty,x"))),
        "; 1 of ",
    ),
    "a row removed": (
        lambda: sample_lines(lambda lines: lines.pop(1)),
        "File 'C-1' is not in sample.csv but must be: certainty takes it.",
    ),
    "a row added": (
        lambda: sample_lines(lambda lines: lines.insert(1, b"B,met,,random,0,1/9,\n")),
        "File 'B' is in sample.csv but must not be: it is not in population.csv.",
    ),
    "a row exchanged": (lambda: exchanged(), "is in sample.csv but must not be: by ticket it is number"),
    "a row twice": (lambda: sample_lines(lambda lines: lines.insert(1, lines[1])), "has case_id 'C-1' more than once"),
    "order of rows": (lambda: sample_lines(lambda lines: lines.insert(1, lines.pop())), "is not sorted by case_id"),
    "who selected": (
        lambda: replaced("sample.csv", ",certainty,", ",random,"),
        "file 'C-1': selected_by is 'random'; expected 'certainty'.",
    ),
    "probability": (
        lambda: sample_lines(lambda lines: lines.__setitem__(1, lines[1].replace(b",1,", b",1/1,"))),
        "file 'C-1': random_probability is '1/1'; expected '1'.",
    ),
    "standards": (lambda: replaced("sample.csv", ";31", ""), "sample.csv, file 'C-1': standards_to_moderate is '2;3;"),
    "rate of the freeze": (
        lambda: edited("freeze.json", lambda freeze: freeze.update(rate="1/30")),
        "freeze.json was changed after the draw",
    ),
    "counts": (
        lambda: edited("draw.json", lambda draw: draw["counts"].update(random=1)),
        "counts random is 1; the draw made again has [02-9]",
    ),
    "a count that is true": (
        lambda: replaced("draw.json", '"coverage":4', '"coverage":true'),
        "counts coverage is True; the draw made again has 4",
    ),
    "a count more": (lambda: edited("draw.json", lambda draw: draw["counts"].update(fair=1)), "counts has 'fair'"),
    "a count less": (lambda: edited("draw.json", lambda draw: draw["counts"].pop("met")), "counts lacks met"),
    "proof": (
        lambda: edited("draw.json", lambda draw: draw["cover_proof"]["files"].pop()),
        "cover_proof files lacks '𝄞-1'",
    ),
    "a person of the proof": (
        lambda: edited("draw.json", lambda draw: draw["cover_proof"].update(pops=["P1"])),
        "cover_proof pops has 'P1' too much",
    ),
    "an extra key": (
        lambda: edited("draw.json", lambda draw: draw.update(note="ok")),
        "draw.json has the key 'note', which the protocol does not know.",
    ),
    "a missing key": (lambda: edited("draw.json", lambda draw: draw.pop("reviewer")), "draw.json lacks the key"),
    "sample digest": (
        lambda: edited("draw.json", lambda draw: draw.update(sample_digest=FORGED)),
        f"sample.csv is not what draw.json binds: its SHA-256 is .*, draw.json says {FORGED}.",
    ),
    "freeze digest": (
        lambda: edited("draw.json", lambda draw: draw.update(freeze_digest=FORGED)),
        "freeze.json is not what draw.json binds",
    ),
    "CRLF": (
        lambda: {**moderation(), "sample.csv": moderation()["sample.csv"].replace(b"\n", b"\r\n")},
        r"sample.csv holds carriage returns \(CR\)",
    ),
    "byte order mark": (
        lambda: {**moderation(), "population.csv": b"\xef\xbb\xbf" + moderation()["population.csv"]},
        "population.csv begins with a byte order mark",
    ),
    "last line end": (
        lambda: {**moderation(), "freeze.json": moderation()["freeze.json"].rstrip()},
        "freeze.json does not end with LF",
    ),
    "white space": (lambda: replaced("freeze.json", ":", ": "), "freeze.json is not canonical JSON: from byte"),
    "escapes": (lambda: replaced("draw.json", "RPA", "\\u0052PA"), "draw.json is not canonical JSON: from byte"),
    "needless quotes": (lambda: replaced("sample.csv", "C-1", '"C-1"'), "sample.csv is not in the protocol's CSV"),
    "columns": (lambda: replaced("sample.csv", "ticket", "hash"), "sample.csv has the columns"),
    "a field more": (lambda: replaced("population.csv", ",A3,", ",A3,,"), "has 9 fields; expected 8"),
    "draw.json gone": (lambda: {k: v for k, v in moderation().items() if k != "draw.json"}, "draw.json is missing."),
    "freeze.json gone": (lambda: {k: v for k, v in moderation().items() if k != "freeze.json"}, "freeze.json is miss"),
    # before the draw, so that every digest fits
    "an extra rate above 1": (
        lambda: moderation(tiers={"high": "7/2", "raised": "1", "standard": "1/3"}),
        "a rate in lowest terms, at most 1",
    ),
    "national standards beyond the scheme's": (
        lambda: moderation(national_standards=[1, 34], standards=33),
        "national_standards go beyond the 33 standards",
    ),
    "rate below the minimum": (lambda: moderation(rate="1/30"), "rate '1/30' is below minimum_rate '1/20'"),
    "rate above 1": (lambda: moderation(rate="21/20"), "rate '21/20' is above 1"),
    "rate not in lowest terms": (lambda: moderation(rate="2/40"), "rate is '2/40'; expected a rate in lowest terms"),
    "rate with a point": (lambda: moderation(rate="0.05"), "rate is '0.05'; expected a rate in lowest terms"),
    "somebody foreign": (
        lambda: altered(lambda freeze: freeze["needs_cover"]["pops"].append("𝄞𝄞")),
        "needs_cover pops names '𝄞𝄞', who is not in population.csv",
    ),
    "needs_cover not sorted": (
        lambda: altered(lambda freeze: freeze["needs_cover"]["pops"].reverse()),
        "expected assessors and pops, each a sorted list",
    ),
    "needs_cover too early": (
        lambda: moderation(coverage={"from_month": 6, "policy": "from_month"}),
        "needs_cover is not empty in month 5 of the year; expected nobody before month 6",
    ),
    "month outside the year": (lambda: moderation(year="2024-02"), "month 2024-01 is not in the year that begins"),
    "an unknown part": (lambda: moderation(part="late-0"), "part is 'late-0'"),
    "scrutiny files": (lambda: moderation(scrutiny_files={"high": 1, "raised": 1, "standard": 1}), "scrutiny_files is"),
    "cover in scrutiny": (
        lambda: scrutiny(needs_cover={"assessors": ["A1"], "pops": []}),
        "expected nobody for the purpose scrutiny",
    ),
    "short seed": (lambda: reseeded(seed="1234567890123456789"), "has 19 characters; expected 20 or more"),
    "control character": (lambda: reseeded(seed=f"{SEED}\x7f{SEED}"), "seed is .*expected normalised text"),
    "reviewer of the same RPA": (
        lambda: reseeded(reviewer_rpa="rpa north"),
        "from a reviewer of 'rpa north', the provider; expected another RPA",
    ),
    "reviewer of no RPA": (lambda: reseeded(reviewer_rpa=""), "reviewer_rpa is empty"),
    "origin of the seed": (lambda: reseeded(seed_origin="rpa"), "seed_origin is rpa, which a freeze for moderation"),
    "another's series": (lambda: series("back-run/RPA South/2024-01"), "is not a series and '/RPA North/2024-01'"),
    "a series without name": (lambda: series("/RPA North/2024-01"), "is not a series and"),
    "id not normalised": (
        lambda: rows_changed(lambda rows: rows.append(file_row("E\u0301-2"))),
        "case_id .* is not in normalisation form C",
    ),
    "id like a formula": (lambda: rows_changed(lambda rows: rows.append(file_row("=1+1"))), "'=1.1' begins with ="),
    "id twice": (
        lambda: rows_changed(lambda rows: rows.append(file_row("N-007"))),
        "has case_id 'N-007' more than once",
    ),
    "stratum": (lambda: rows_changed(lambda rows: rows[0].update(stratum="difficult")), "expected the first of the"),
    "reasons": (lambda: rows_changed(lambda rows: rows[0].update(reasons="unlucky")), "reasons is 'unlucky'"),
    "outcome": (lambda: rows_changed(lambda rows: rows[0].update(outcome="fail")), "outcome is 'fail'"),
    "outcome without reason": (
        lambda: rows_changed(lambda rows: rows[0].update(outcome="full_reassessment")),
        "outcome is full_reassessment, but reasons is ''",
    ),
    "tier": (lambda: rows_changed(lambda rows: rows[0].update(tier="low")), "tier is 'low'"),
    "insufficient": (
        lambda: rows_changed(lambda rows: rows[-12].update(insufficient="9;2")),
        "insufficient is '9;2'; expected ascending standards",
    ),
    "insufficient but met": (lambda: rows_changed(lambda rows: rows[0].update(insufficient="4")), "names standards"),
}


def altered(change: Callable[[dict[str, Any]], object]) -> Content:
    """Return the example drawn from a freeze that was altered before; nobody foreign is counted as covered."""
    content = moderation()
    freeze = json.loads(content["freeze.json"])
    change(freeze)
    return {**content, "freeze.json": naive.write_freeze(freeze)}


def exchanged() -> Content:
    """Return the example with one random row exchanged for a file that was not selected."""
    content = moderation()
    selected = {row["case_id"] for row in naive.read_csv(content["sample.csv"])}
    other = next(row["case_id"] for row in partnership() if row["case_id"] not in selected)
    mine = next(row["case_id"] for row in naive.read_csv(content["sample.csv"]) if row["selected_by"] == "random")
    return {**content, "sample.csv": content["sample.csv"].replace(mine.encode(), other.encode())}


@pytest.mark.parametrize(("build", "message"), WRONG.values(), ids=WRONG.keys())
def test_every_forgery_is_told_in_words(tmp_path: Path, build: Callable[[], Content], message: str) -> None:
    """Each thing that may be wrong gives exit code 1, its own sentence, and a last line that begins with WRONG."""
    code, said = verify(tmp_path, build())
    assert code == 1, said
    assert said.splitlines()[-1].startswith(f"WRONG  {tmp_path}: "), said
    assert re.search(message, said), said


# --- use of the command ------------------------------------------------------------------------------------------


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the tool as an auditor does: elsewhere, and without any library that is not Python's own."""
    order = [sys.executable, "-I", "-S", "-X", "utf8", str(TOOL), *arguments]
    return subprocess.run(order, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def test_the_command_runs_anywhere_without_libraries(tmp_path: Path) -> None:
    """From another folder, isolated from every installed package, several folders are checked one after the other."""
    verify(tmp_path / "right", moderation())
    verify(tmp_path / "wrong", WRONG["an id"][0]())
    run = command("right", "wrong", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.startswith("OK  right: ")
    assert run.stdout.splitlines()[-1].startswith("WRONG  wrong: ")
    assert command("right", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["--help"], ["nowhere"], ["empty"], ["a file"], ["nul\0"]])
def test_wrong_use_is_said_on_stderr(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder, an option, and folders that are none or hold no draw give exit code 2 and a sentence."""
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("a file").touch()
    assert tool.main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, bool(said.err)) == ("", True)


def test_the_worst_of_several_folders_decides_the_exit_code(tmp_path: Path) -> None:
    """One folder that is no draw makes the exit code 2, whatever the others are."""
    verify(tmp_path / "right", moderation())
    run = command("right", "nowhere", cwd=tmp_path)
    assert (run.returncode, run.stdout[:3]) == (2, "OK ")
    assert "nowhere cannot be read as a folder" in run.stderr


def test_the_tool_needs_nothing_but_python_3_9() -> None:
    """It is written in the grammar of Python 3.9 and imports the standard library only."""
    tree = ast.parse(TOOL.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_white_space_is_what_the_protocol_lists() -> None:
    """Python's own idea of white space, which the tool uses, is the protocol's."""
    assert "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1)))) == naive.WHITE_SPACE
