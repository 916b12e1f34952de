"""``qa verify`` over a run: every draw made again and held against the register, nothing unread passed in silence."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from verify_scene import (
    NORTH,
    OTHER_SEED,
    SERIES,
    SOUTH,
    WEST,
    change_json,
    draw_anew,
    drawn,
    edit_run,
    forge_register,
    frozen,
    reseal,
    write_draw,
    write_run,
    write_scripts,
)

from qa_lib.batch.index import write_index
from qa_lib.batch.manifest import differences, read_manifest
from qa_lib.batch.standing import stands
from qa_lib.batch.verify import verify_folder
from qa_lib.cli import main
from qa_lib.register.recording import record_withdrawal
from qa_lib.register.store import open_register
from qa_lib.sampling.drawing import waiting
from qa_lib.sampling.freeze import read_freeze
from qa_lib.sampling.protocol import sha256_hex

PARTS = [WEST, NORTH, SOUTH, "index.html", "register"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with a register of its own and of one whose register lies elsewhere."""
    place = tmp_path_factory.mktemp("runs")
    write_run(place / "own", str(place / "own" / "register.sqlite"))
    write_run(place / "away", str(place / "shared.sqlite"))
    return place


@pytest.fixture
def run(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the run with its own register; the commands find no other register here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_REGISTER", raising=False)
    return Path(shutil.copytree(runs / "own", tmp_path / "own"))


@pytest.fixture
def away(runs: Path, run: Path) -> Path:
    """Return a copy of the run whose register lies elsewhere; the register is not copied."""
    return Path(shutil.copytree(runs / "away", run.parent / "away"))


def wrong(folder: Path, **more: str) -> dict[str, list[str]]:
    """Return the parts with which something is wrong, and what."""
    return {name: problems for name, problems in verify_folder(folder, **more) if problems}


# --- every draw ---------------------------------------------------------------------------------------------------


def test_a_run_with_every_kind_of_draw_verifies(run: Path) -> None:
    """A late part, scrutiny, a month that waits for its seed and a draw of scripts are right as they are."""
    assert list(verify_folder(run)) == [(part, []) for part in PARTS]


def test_a_forged_late_draw_is_told_by_the_manifest_and_the_register(run: Path) -> None:
    """Drawn again with another seed, whole and consistent: its bytes are not those of the run, nor the register's."""
    draw_anew(run / NORTH / "late-1")
    assert wrong(run) == {
        NORTH: [
            "late-1/draw.json was changed",
            "late-1/sample.csv was changed",
            "late-1: draw.json is not the one in the register",
            "late-1: sample.csv is not the one in the register",
        ]
    }


def test_a_forged_late_draw_with_fitting_manifests_is_told_by_the_register(run: Path) -> None:
    """Whoever also makes every manifest fit is told by the register alone."""
    draw_anew(run / NORTH / "late-1")
    reseal(run)
    assert wrong(run) == {
        NORTH: [
            "late-1: draw.json is not the one in the register",
            "late-1: sample.csv is not the one in the register",
        ]
    }


def test_a_forged_late_draw_that_is_in_the_register_too_is_told_by_the_bound_head(run: Path) -> None:
    """Whoever also forges the register and links its chain anew is told by the head that the run's manifest binds."""
    forge_register(run / "register.sqlite", draw_anew(run / NORTH / "late-1"))
    reseal(run)
    head = read_manifest(run)["register"]["chains"]["North"]
    found = wrong(run)
    assert set(found) == {"register"}
    assert found["register"][0] == (
        f"the chain of North lacks the entry {head[:12]}…, at which it stood when the run ended: "
        "entries were changed or taken out since, or this is another register"
    )


@pytest.mark.parametrize("part", ["late-1", "scrutiny"])
def test_a_draw_inside_that_is_no_draw_of_its_freeze_is_told(run: Path, part: str) -> None:
    """A row taken out of a sample inside the month's folder, every digest made to fit, is told by name."""
    folder = run / NORTH / part
    head, row, *rest = (folder / "sample.csv").read_bytes().splitlines(keepends=True)
    (folder / "sample.csv").write_bytes(b"".join([head, *rest]))
    change_json(folder / "draw.json", sample_digest=sha256_hex((folder / "sample.csv").read_bytes()))
    reseal(run)
    case_id = row.split(b",")[0].decode()
    assert f"{part}: sample.csv lacks {case_id}: the draw selects them" in wrong(run)[NORTH]


def test_a_late_part_out_of_another_folder_is_told(run: Path) -> None:
    """A registered draw of another part, copied to the place of a late one, does not fit its folder."""
    shutil.copytree(run / NORTH / "late-1", run / NORTH / "late-2")
    shutil.copytree(run / SOUTH, run / NORTH / "late-3", ignore=shutil.ignore_patterns("manifest.json"))
    reseal(run)
    assert wrong(run)[NORTH] == [
        "late-2: freeze.json: part is 'late-1'; by its folder it is 'late-2'",
        "late-2: 7 of its files are also in 'late-1', the first L00",
        "late-3: freeze.json: provider is 'South'; by its folder it is 'North'",
        "late-3: freeze.json: part is 'month'; by its folder it is 'late-3'",
        "late-3: freeze.json: provider is 'South'; this report is about 'North'",
    ]


def test_a_draw_of_another_provider_in_a_report_is_told(run: Path) -> None:
    """North's own recorded draw in South's report is no draw of South."""
    for name in ("population.csv", "freeze.json", "sample.csv", "draw.json"):
        shutil.copy(run / NORTH / name, run / SOUTH / name)
    reseal(run)
    assert wrong(run) == {SOUTH: ["freeze.json: provider is 'North'; this report is about 'South'"]}


def _other_script(folder: Path) -> None:
    head, row, *rest = (folder / "scripts-sample.csv").read_bytes().splitlines(keepends=True)
    name = row.split(b",")[0]
    other = next(line for line in (folder / "scripts.csv").read_bytes().splitlines()[1:] if line.split(b",")[0] > name)
    row = row.replace(name, other.split(b",")[0])
    (folder / "scripts-sample.csv").write_bytes(b"".join([head, row, *rest]))
    digest = sha256_hex((folder / "scripts-sample.csv").read_bytes())
    change_json(folder / "scripts-draw.json", sample_digest=digest)


def _turned(folder: Path) -> None:
    head, *rows = (folder / "scripts-sample.csv").read_bytes().splitlines(keepends=True)
    (folder / "scripts-sample.csv").write_bytes(b"".join([head, *reversed(rows)]))
    digest = sha256_hex((folder / "scripts-sample.csv").read_bytes())
    change_json(folder / "scripts-draw.json", sample_digest=digest)


def _shorter(folder: Path) -> None:
    lines = (folder / "scripts.csv").read_bytes().splitlines(keepends=True)
    (folder / "scripts.csv").write_bytes(b"".join(lines[:-1]))


FORGED_SCRIPTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "another script": (_other_script, "scripts-sample.csv lacks S"),
    "another seed": (
        lambda folder: write_scripts(folder, OTHER_SEED),
        f"scripts-draw.json: the seed is '{OTHER_SEED}'; by the report's parameters it is '{SERIES}/West/2018-19'",
    ),
    "a shorter list": (_shorter, "scripts-freeze.json: population_digest is "),
    "a lower rate": (
        lambda folder: change_json(folder / "scripts-freeze.json", rate="1/30"),
        "scripts-draw.json: freeze_digest is ",
    ),
    "a rate in other words": (
        lambda folder: change_json(folder / "scripts-freeze.json", rate="2/20"),
        "scripts-freeze.json: rate is '2/20', the draw gives '1/10'",
    ),
    "another provider": (
        lambda folder: change_json(folder / "scripts-freeze.json", provider="East"),
        "scripts-freeze.json: provider is 'East'; this report is about 'West'",
    ),
    "rows in another order": (_turned, "holds the right rows in another order; they stand by participant_id"),
    "no sample": (lambda folder: (folder / "scripts-sample.csv").unlink(), "scripts-sample.csv is missing"),
    "no freeze": (lambda folder: (folder / "scripts-freeze.json").unlink(), "scripts-freeze.json is missing"),
    "a freeze that is a list": (
        lambda folder: (folder / "scripts-freeze.json").write_bytes(b"[]\n"),
        "scripts-freeze.json is not in canonical form",
    ),
}


@pytest.mark.parametrize(("forge", "says"), FORGED_SCRIPTS.values(), ids=FORGED_SCRIPTS)
def test_a_forged_draw_of_scripts_is_told(run: Path, forge: Callable[[Path], object], says: str) -> None:
    """The list is frozen and drawn once more, though every digest and manifest was made to fit."""
    forge(run / WEST)
    reseal(run)
    found = wrong(run)
    assert set(found) == {WEST}
    assert any(says in problem for problem in found[WEST]), found


def test_scripts_that_wait_for_a_seed_are_right(run: Path) -> None:
    """A frozen list without a draw is a normal state."""
    for name in ("scripts-sample.csv", "scripts-draw.json"):
        (run / WEST / name).unlink()
    reseal(run)
    assert wrong(run) == {}


def test_draws_made_by_hand_are_checked_below_one_folder(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each draw gets a line; a forged late part and a file between the draws are named."""
    draws = run.parent / "draws"
    for name in (NORTH, SOUTH):
        shutil.copytree(run / name, draws / name, ignore=shutil.ignore_patterns("manifest.json"))
    register = str(run / "register.sqlite")
    assert list(verify_folder(draws, register=register)) == [(NORTH, []), (SOUTH, []), ("register", [])]
    draw_anew(draws / NORTH / "late-1")
    (draws / "2024-01" / "notes.txt").write_text("x")
    assert wrong(draws, register=register) == {
        NORTH: [
            "late-1: draw.json is not the one in the register",
            "late-1: sample.csv is not the one in the register",
        ],
        "draws": ["2024-01/notes.txt belongs to no draw; keep it in another folder"],
    }
    with pytest.raises(SystemExit) as stopped:
        main(["verify", str(draws)])
    assert stopped.value.code == 1
    said = capsys.readouterr().out
    assert said.startswith(f"OK  {NORTH}\nOK  {SOUTH}\nDIFFERS  draws\n")


def test_a_withdrawn_freeze_is_told(run: Path) -> None:
    """A report that waits for the seed of a freeze which was withdrawn since waits for nothing."""
    record_withdrawal(
        open_register(str(run / "register.sqlite")), provider="South", month="2024-01", purpose="moderation", reason="x"
    )
    digest = sha256_hex((run / SOUTH / "freeze.json").read_bytes())
    assert wrong(run) == {SOUTH: [f"the freeze {digest[:12]}… was withdrawn; nothing may be drawn from it"]}


def test_a_month_drawn_by_hand_since_is_told_as_that(run: Path) -> None:
    """The page still waits for its seed; the register holds the draw."""
    drawn(open_register(str(run / "register.sqlite")), read_freeze(run / SOUTH))
    assert wrong(run) == {
        SOUTH: [f"{name} is missing; the register holds it, recorded by now" for name in ("draw.json", "sample.csv")]
    }


def test_a_report_whose_late_draw_is_not_the_registers_does_not_stand(run: Path) -> None:
    """Resuming makes a report anew where a draw at any depth is another than the register's."""
    folder, record = run / NORTH, open_register(str(run / "register.sqlite"))
    basis = {name: value for name, value in read_manifest(folder).items() if name != "outputs"}
    assert stands(folder, basis, record)
    draw_anew(folder / "late-1")
    reseal(run)
    assert differences(folder) == []
    assert not stands(folder, basis, record)
