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
    write_report,
    write_run,
    write_scripts,
)

from qa_lib.batch.bound import returned_versions
from qa_lib.batch.index import write_index
from qa_lib.batch.manifest import differences, read_manifest, write_manifest
from qa_lib.batch.run_reports import RunResult
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.up_to_date import stands
from qa_lib.batch.verify_report import report_problems
from qa_lib.batch.verify_run import run_again, verify_folder
from qa_lib.cli import main
from qa_lib.errors import RunError
from qa_lib.project_files import ROOT
from qa_lib.register.recording import record_withdrawal
from qa_lib.register.store import open_register
from qa_lib.sampling.frozen import read_freeze
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


def test_a_late_part_that_is_only_in_the_register_is_said(run: Path) -> None:
    """Late files may be drawn after the run, or elsewhere: no fault, but the month's line says that there are more."""
    record = open_register(str(run / "register.sqlite"))
    drawn(record, frozen(record, "M", 3, late=True))
    north = f"{NORTH} (the register also holds late-2 of this month, which is not here)"
    assert list(verify_folder(run)) == [(north if part == NORTH else part, []) for part in PARTS]
    shutil.rmtree(run / NORTH / "late-1")
    reseal(run)
    assert "late-1, late-2 of this month" in list(dict(verify_folder(run)))[1]


def test_a_late_part_out_of_another_folder_is_told(run: Path) -> None:
    """A registered draw of another part, copied to the place of a late one, does not fit its folder."""
    shutil.copytree(run / NORTH / "late-1", run / NORTH / "late-2")
    shutil.copytree(run / SOUTH, run / NORTH / "late-3", ignore=shutil.ignore_patterns("manifest.json"))
    reseal(run)
    assert wrong(run)[NORTH] == [
        "late-2: freeze.json: part is 'late-1'; by its folder it is 'late-2'",
        "late-2: 7 of its files are also in late-1, the first L00",
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
    "a lower rate from the start": (
        lambda folder: write_scripts(folder, f"{SERIES}/West/2018-19", rate="1/30"),
        "scripts-freeze.json: rate is '1/30'; this report is about '1/10'",
    ),
    "a number from the start": (
        lambda folder: write_scripts(folder, f"{SERIES}/West/2018-19", rate=None, number=1),
        "scripts-freeze.json: rate is None; this report is about '1/10'",
    ),
    "another purpose from the start": (
        lambda folder: write_scripts(folder, f"{SERIES}/West/2018-19", purpose="training"),
        "scripts-freeze.json: purpose is 'training'; this report is about 'national moderation of scripts'",
    ),
    "a draw that the scheme does not make": (
        lambda folder: write_scripts(folder, f"{SERIES}/West/2018-19", name="visits"),
        "visits-freeze.json: no draw of visits belongs to the report's scheme",
    ),
    "a report of no scheme": (
        lambda folder: write_report(folder, "West", per="provider", intake={"scheme": "none"}),
        "scripts-freeze.json: no draw of scripts belongs to the report's scheme, or that is not installed here",
    ),
    "a report that says no scheme": (
        lambda folder: write_report(folder, "West", per="provider"),
        "scripts-freeze.json: no draw of scripts belongs to the report's scheme",
    ),
    "a count that is no number": (
        lambda folder: change_json(folder / "scripts-freeze.json", scripts=30.0),
        "scripts-freeze.json: scripts is 30.0, the draw gives 30",
    ),
    "a key with nothing in it": (
        lambda folder: change_json(folder / "scripts-freeze.json", more=None),
        "scripts-freeze.json: more is None, the draw gives 'nothing'",
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
    found = report_problems(run / WEST, None)
    assert any(says in problem for problem in found), found


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
        "beside the draws": ["2024-01/notes.txt belongs to no draw; keep it in another folder"],
    }
    with pytest.raises(SystemExit) as stopped:
        main(["verify", str(draws)])
    assert stopped.value.code == 1
    said = capsys.readouterr().out
    assert said.startswith(f"OK  {NORTH}\nOK  {SOUTH}\nDIFFERS  beside the draws\n")


def test_a_draw_of_scripts_made_by_hand_is_checked(run: Path) -> None:
    """Its files alone, without a report, are drawn again; a file beside them is named."""
    folder = Path(shutil.copytree(run / WEST, run.parent / "west", ignore=shutil.ignore_patterns("manifest.json")))
    assert list(verify_folder(folder)) == [("scripts", [])]
    _other_script(folder)
    (folder / "notes.txt").write_text("x")
    (lacks, *_), beside = (problems for _, problems in verify_folder(folder))
    assert lacks.startswith("scripts-sample.csv lacks S")
    assert beside == ["notes.txt belongs to no draw; keep it in another folder"]


def test_a_folder_of_reports_that_is_no_run_is_refused(run: Path) -> None:
    """One month of a run, or the folder over several runs, is not taken for a folder of draws."""
    for folder in (run / "2024-01", run.parent):
        with pytest.raises(RunError, match="give the folder of one report or of the whole run"):
            list(verify_folder(folder))


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


# --- the register -------------------------------------------------------------------------------------------------


def test_a_run_without_its_register_is_told(run: Path) -> None:
    """The register that the run had in its folder is missed by name; a copy of it is taken instead."""
    (run / "register.sqlite").rename(run.parent / "copy.sqlite")
    assert wrong(run) == {
        "register": [
            "register.sqlite is missing: this run recorded its draws in it; "
            "put it back, or give its copy with --register"
        ]
    }
    assert wrong(run, register=str(run.parent / "copy.sqlite")) == {}


def test_a_register_elsewhere_is_named_or_found_and_never_written_down(
    runs: Path, away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draws that were held against nothing do not pass in silence; the manifest says no path."""
    not_checked = {
        "register": [
            "not checked: this run recorded its draws in a register outside its folder; name that one with --register"
        ]
    }
    assert wrong(away) == not_checked
    place = str(runs / "shared.sqlite")
    assert list(verify_folder(away, register=place)) == [(part, []) for part in PARTS]
    monkeypatch.setenv("QA_REGISTER", place)
    assert list(verify_folder(away)) == [(part, []) for part in PARTS]
    open_register(str(away.parent / "other.sqlite"))
    monkeypatch.setenv("QA_REGISTER", str(away.parent / "other.sqlite"))
    assert wrong(away) == not_checked
    written = (away / "manifest.json").read_text()
    assert "shared" not in written
    assert str(runs) not in written


NOT_HELD = (
    "not checked: the reports hold draws, and there is no register to hold them against; "
    "name the run's register with --register"
)


def test_a_manifest_that_denies_its_register_is_told(run: Path) -> None:
    """Whoever takes the register away and writes that there was none does not get the draws passed."""
    (run / "register.sqlite").unlink()
    edit_run(run, lambda content: content.update(register={"chains": {}, "place": "none", "returns": {}}))
    assert wrong(run) == {"register": [NOT_HELD]}


def test_another_register_is_told_as_that(run: Path) -> None:
    """A register that never saw the run lacks every chain that the manifest binds."""
    open_register(str(run.parent / "other.sqlite"))
    found = wrong(run, register=str(run.parent / "other.sqlite"))
    assert [problem.partition(" lacks ")[0] for problem in found["register"]] == [
        "the chain of North",
        "the chain of South",
    ]


def test_a_register_whose_last_entries_were_cut_off_is_told(run: Path) -> None:
    """A draw taken out of the register with its entry, and out of the folder with all digests, leaves the head."""
    record = open_register(str(run / "register.sqlite"))
    write_draw(run / SOUTH, drawn(record, read_freeze(run / SOUTH)))
    reseal(run)
    write_index(run, run="r", title="T", made=[], failed={}, register=str(run / "register.sqlite"))
    assert wrong(run) == {}
    with closing(sqlite3.connect(run / "register.sqlite")) as connection, connection:
        for statement in (
            "DELETE FROM chain WHERE provider = 'South' AND kind = 'draw'",
            "DELETE FROM selected_files WHERE case_id LIKE 'S%'",
            "DELETE FROM draws WHERE freeze_digest IN (SELECT digest FROM freezes WHERE provider = 'South')",
            "UPDATE freezes SET state = 'open' WHERE provider = 'South'",
        ):
            connection.execute(statement)
    for name in ("sample.csv", "draw.json"):
        (run / SOUTH / name).unlink()
    reseal(run)
    assert wrong(run)["register"][0].startswith("the chain of South lacks the entry ")


def test_a_register_may_grow_after_the_run(run: Path) -> None:
    """Later months, another provider's and a seed that came in leave the run as it was."""
    record = open_register(str(run / "register.sqlite"))
    drawn(record, frozen(record, "F", 5, month="2024-02"))
    frozen(record, "E", 5, provider="East")
    assert wrong(run) == {}


def test_a_return_that_was_taken_out_is_told(run: Path) -> None:
    """The run and the report that saw a return name it, also where its rows are gone from every table."""
    record = open_register(str(run / "register.sqlite"))
    digest = sha256_hex((run / NORTH / "freeze.json").read_bytes())
    row = (digest, 1, "a" * 64, "b" * 64, "2024-02-07", "me", b"workbook")
    with closing(sqlite3.connect(run / "register.sqlite")) as connection, connection:
        connection.execute("INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    named = {"North/2024-01/month": f"1:{'b' * 64}"}
    assert {"/".join(draw): said[-1] for draw, said in returned_versions(record).items()} == named
    own = {name: value for name, value in read_manifest(run / NORTH).items() if name not in ("outputs", "returns")}
    write_manifest(run / NORTH, {**own, "returns": named})
    write_index(run, run="r", title="T", made=[], failed={}, register=str(run / "register.sqlite"))
    assert read_manifest(run)["register"]["returns"] == named
    lacks = f"the register lacks the return 1 of North/2024-01/month that the manifest names ({'b' * 12}…)"
    assert lacks not in wrong(run)["register"]
    with closing(sqlite3.connect(run / "register.sqlite")) as connection, connection:
        connection.execute("DELETE FROM returns")
    assert wrong(run) == {NORTH: [lacks], "register": [lacks]}


def test_a_manifest_of_the_older_format_verifies_and_says_what_it_does_not_bind(run: Path) -> None:
    """Runs made before the register was bound are checked as far as they can be."""
    edit_run(run, lambda content: [content.pop(name) for name in ("format", "register")])
    older = "manifest.json (of an older format: it does not bind what the register held)"
    assert list(verify_folder(run)) == [(part, []) for part in [*PARTS[:-1], older, "register"]]
    (run / "register.sqlite").unlink()
    assert wrong(run) == {"register": [NOT_HELD]}


@pytest.mark.parametrize("said", [[], "x", {}, {"chains": [], "place": "none", "returns": {}}, {"place": "own"}])
def test_a_manifest_that_says_of_the_register_what_no_run_writes_is_refused(run: Path, said: object) -> None:
    """What cannot be read is told, not stumbled over."""
    edit_run(run, lambda content: content.update(register=said))
    assert list(wrong(run)) == ["manifest.json"]


def test_a_run_binds_the_chains_of_its_own_providers_whatever_their_order(run: Path) -> None:
    """The manifest depends on neither other providers in the register nor who was frozen first."""
    other = run.parent / "turned"
    shutil.copytree(run, other, ignore=shutil.ignore_patterns("register.sqlite", "scrutiny"))
    record = open_register(str(other / "register.sqlite"))
    frozen(record, "E", 3, provider="East")
    frozen(record, "S", 6, provider="South")
    frozen(record, "W", 3, provider="West")
    write_index(other, run="r", title="T", made=[], failed={}, register=str(other / "register.sqlite"))
    bound = read_manifest(other)["register"]["chains"]
    assert sorted(bound) == ["South", "West"]
    assert bound["South"] == read_manifest(run)["register"]["chains"]["South"]


def test_a_run_about_everybody_binds_every_chain(run: Path) -> None:
    """A page over all providers rests on all of them."""
    frozen(open_register(str(run / "register.sqlite")), "E", 3, provider="East")
    (run / "2024-01" / "all-providers").mkdir()
    write_report(run / "2024-01" / "all-providers", "all", per="partnership")
    write_index(run, run="r", title="T", made=[], failed={}, register=str(run / "register.sqlite"))
    assert sorted(read_manifest(run)["register"]["chains"]) == ["East", "North", "South"]


def test_a_run_without_a_register_binds_none(run: Path) -> None:
    """Reports without draws in a register, such as those of scripts, need none."""
    for folder in (NORTH, SOUTH):
        shutil.rmtree(run / folder)
    (run / "2024-01").rmdir()
    (run / "register.sqlite").unlink()
    write_index(run, run="r", title="T", made=[], failed={}, register=str(run / "register.sqlite"))
    assert not (run / "register.sqlite").exists()
    assert read_manifest(run)["register"] == {"chains": {}, "place": "none", "returns": {}}
    assert list(verify_folder(run)) == [(WEST, []), ("index.html", [])]


def test_a_register_that_cannot_be_read_leaves_the_index_and_is_told(run: Path) -> None:
    """The reports stand: their index is written, and verifying says that nothing of the register is bound."""
    (run / "register.sqlite").write_bytes(b"no database at all" * 100)
    write_index(run, run="r", title="T", made=[], failed={}, register=str(run / "register.sqlite"))
    (run / "register.sqlite").unlink()
    assert wrong(run) == {
        "register": ["not checked: the run could not read its register when it ended; name that one with --register"]
    }


def test_a_register_in_the_run_that_cannot_be_read_is_told(run: Path) -> None:
    """What lies in the register's place and is no register is a finding like any other; the rest is checked."""
    (run / "register.sqlite").write_bytes(b"no database at all" * 100)
    found = wrong(run)
    assert list(found) == ["register"]
    assert found["register"][0].startswith(
        "the register own/register.sqlite could not be read, because the file is no register;"
    )


@pytest.mark.parametrize(
    ("saw", "given_on", "copied"),
    [
        ({}, "2024-02-05", False),
        ({"North/2024-01/month": "1:x"}, "2024-02-05", True),
        ({}, "2024-02-05T10:00:00+00:00", True),
    ],
    ids=["no returns", "returns", "drawn by hand"],
)
def test_running_again_takes_a_register_of_its_own(
    run: Path, monkeypatch: pytest.MonkeyPatch, saw: dict[str, str], given_on: str, copied: bool
) -> None:
    """The user's register is never written to; where reports rest on returns or on draws by hand, a copy is used."""
    mine = run.parent / "mine.sqlite"
    (run / "register.sqlite").rename(mine)
    with closing(sqlite3.connect(mine, isolation_level=None)) as connection:
        connection.execute("UPDATE draws SET seed_given_on = ?", [given_on])
    monkeypatch.setenv("QA_REGISTER", str(mine))
    own = {name: value for name, value in read_manifest(run / NORTH).items() if name != "outputs"}
    write_manifest(run / NORTH, {**own, "returns": saw})
    used = []

    def run_reports(_: object, out: Path, *, jobs: int, register: str) -> RunResult:
        used.append((Path(register).parent == out, Path(register).is_file() and Path(register).read_bytes()))
        return RunResult(out)

    monkeypatch.setattr("qa_lib.batch.verify_run.run_reports", run_reports)
    run_file = read_run_file(ROOT / "parameters" / "runs" / "hlta_sample.yaml")
    assert {problem for _, problems in run_again(run, run_file, register=str(mine)) for problem in problems} == {
        "is only in this run"
    }
    assert used == [(True, mine.read_bytes() if copied else False)]


# --- strays and links ---------------------------------------------------------------------------------------------

FOREIGN = "is no part of this run; keep it in another folder"
STRAYS = {
    "notes.txt": ("notes.txt", FOREIGN),
    ".hidden/x/manifest.json": (".hidden", FOREIGN),
    "draws/freeze.json": ("draws", FOREIGN),
    "2024-01/notes.txt": ("2024-01/notes.txt", FOREIGN),
    "2024-01/half/page.html": ("2024-01/half", "has no manifest.json: no run wrote it whole"),
    f"{NORTH}/notes.txt": (NORTH, "notes.txt was added"),
    f"{NORTH}/late-1/notes.txt": (NORTH, "late-1/notes.txt was added"),
    f"{NORTH}/late-2/": (NORTH, "late-2 was added, a folder"),
}


def test_whatever_no_run_wrote_is_named(run: Path) -> None:
    """A file or folder that is no part of the run is named at any depth, hidden and empty ones too."""
    for path in STRAYS:
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            (run / path).mkdir()
        else:
            (run / path).write_text("{}")
    found = [(name, problem) for name, problems in verify_folder(run) for problem in problems]
    assert sorted(found) == sorted(STRAYS.values())


def test_what_a_run_and_a_database_leave_is_no_stray(run: Path) -> None:
    """The lock, the folder of work of a killed run and what lies beside a register in use are known."""
    (run / ".work" / "2024-01-north").mkdir(parents=True)
    for name in (".lock", "register.sqlite-shm"):
        (run / name).write_bytes(b"")
    assert wrong(run) == {}


LINK = "is a link, and links are not followed; put the file or folder itself there"
OF_REPORTS = ("manifest.json", "late-1", "late-1/sample.csv", "freeze.json", "scrutiny/draw.json")
LINKS = {
    **{path: (path, LINK) for path in ("index.html", "register.sqlite", "2024-01", NORTH)},
    **{f"{NORTH}/{name}": (NORTH, f"{name} {LINK}") for name in OF_REPORTS},
    f"{WEST}/scripts-sample.csv": (WEST, f"scripts-sample.csv {LINK}"),
    "manifest.json": (
        "manifest.json",
        "the run's manifest.json cannot be read (it is not there as a file of its own); was the run interrupted? "
        "Run it again",
    ),
}


@pytest.mark.parametrize(("path", "said"), LINKS.items(), ids=LINKS)
def test_a_link_in_the_place_of_a_file_or_folder_is_named(run: Path, path: str, said: tuple[str, str]) -> None:
    """A link to the very same bytes elsewhere does not pass, though nothing in it differs."""
    outside = run.parent / "outside"
    (run / path).rename(outside)
    (run / path).symlink_to(outside)
    found = list(verify_folder(run))
    assert len(dict(found)) == len(found)
    assert said[1] in dict(found)[said[0]]


def test_links_to_nothing_in_a_loop_and_up_are_named(run: Path) -> None:
    """Links that lead nowhere, to themselves or to the folder above end no check and begin no endless one."""
    for name, target in {"loop": "loop", "up": "..", "nothing": "gone"}.items():
        (run / NORTH / name).symlink_to(target)
    assert wrong(run) == {NORTH: [f"{name} {LINK}" for name in ("loop", "nothing", "up")]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_named_and_not_waited_for(run: Path) -> None:
    """What is neither file nor folder is not opened."""
    (run / NORTH / "late-1" / "draw.json").unlink()
    os.mkfifo(run / NORTH / "late-1" / "draw.json")
    assert wrong(run)[NORTH] == ["late-1/draw.json is neither a file nor a folder; take it away"]


def test_a_name_that_holds_commands_for_a_terminal_is_written_out(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters in a file's name are shown, not sent."""
    (run / "\x1b[2Jx").write_text("x")
    with pytest.raises(SystemExit):
        main(["verify", str(run)])
    said = capsys.readouterr().out
    assert "DIFFERS  \\x1b[2Jx\n" in said
    assert "\x1b" not in said
