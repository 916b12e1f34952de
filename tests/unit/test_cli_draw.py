"""``qa freeze``, ``qa draw`` and ``qa register``: what they print, write and refuse."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa_lib.cli import main, qa
from qa_lib.sampling.verify_draws import verify_draw_folder
from tests.second_implementation.verifier import verify

SEED = "4416255316223641 dice"
REVIEWER = ["--reviewer", "R1", "--reviewer-rpa", "South"]
HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome\n"
Statement = tuple[int, str, str]
QA = Callable[..., Statement]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a data set of two months in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("QA_REGISTER", "QA_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    write_data(tmp_path)
    return tmp_path


def write_data(folder: Path) -> None:
    """Write 30 files of each of two months."""
    (folder / "data").mkdir()
    rows = [
        f"{month}-{n:02},North,{month},A{n % 4},P{n % 3},met\n" for month in ("2024-01", "2024-02") for n in range(30)
    ]
    (folder / "data" / "cases.csv").write_text(HEADER + "".join(rows), newline="\n")


@pytest.fixture
def qa_says(place: Path, capsys: pytest.CaptureFixture[str]) -> QA:
    """Return a function that runs one command and returns exit code, output and errors."""

    def run(*arguments: str) -> Statement:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return run


def freeze(month: str = "2024-01", *more: str) -> list[str]:
    """Return the arguments that freeze a month into a folder named as the month."""
    return ["freeze", "data", "--provider", "North", "--month", month, "--out", month, *more]


def draw(folder: str = "2024-01", *more: str, seed: str = SEED) -> list[str]:
    """Return the arguments that draw a folder."""
    return ["draw", folder, "--seed", seed, *REVIEWER, *more]


def left(place: Path) -> dict[str, bytes]:
    """Return every file below the folder, the register as its rows."""
    found = {}
    for path in sorted(place.rglob("*")):
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as connection:
                found[path.name] = "\n".join(connection.iterdump()).encode()
        elif path.is_file():
            found[path.relative_to(place).as_posix()] = path.read_bytes()
    return found


def test_a_month_from_freeze_to_sample(qa_says: QA, place: Path) -> None:
    """The digest printed is the SHA-256 of freeze.json; the draw writes three files; both verifiers pass."""
    code, out, err = qa_says(*freeze())
    digest = hashlib.sha256((place / "2024-01" / "freeze.json").read_bytes()).hexdigest()
    assert (code, out) == (0, digest + "\n")
    assert "30 files frozen in 2024-01" in err
    code, out, err = qa_says(*draw())
    assert code == 0
    assert out.startswith("North 2024-01: ")
    assert "2 random" in out
    assert "recorded in the register" in err
    names = ["draw.json", "freeze.json", "moderation-return.xlsx", "population.csv", "sample.csv"]
    assert sorted(path.name for path in (place / "2024-01").iterdir()) == names
    assert verify_draw_folder(place / "2024-01") == []
    assert verify(place / "2024-01")[0] == 0
    code, out, _ = qa_says("register", "verify")
    assert (code, out.splitlines()[0]) == (
        0,
        "OK  2 entries in 1 chains, each bound to the one before it; no row was changed",
    )
    code, out, _ = qa_says("register", "log")
    assert [line.split()[2] for line in out.splitlines()] == ["freeze", "draw"]
    assert digest in out


def test_both_commands_may_be_given_again(qa_says: QA, place: Path) -> None:
    """The same freeze and the same seed change no byte and end well."""
    for _ in range(2):
        assert qa_says(*freeze())[0] == 0
        assert qa_says(*draw())[0] == 0
        before = left(place)
    assert left(place) == before


def test_a_return_that_was_filled_in_is_kept_when_the_draw_is_asked_for_again(qa_says: QA, place: Path) -> None:
    """Drawing again writes what is missing and leaves the moderators' workbook alone; a missing one is made again."""
    qa_says(*freeze())
    qa_says(*draw())
    workbook = place / "2024-01" / "moderation-return.xlsx"
    blank = workbook.read_bytes()
    workbook.write_bytes(b"a moderator's day of work")
    (place / "2024-01" / "sample.csv").unlink()
    assert qa_says(*draw())[0] == 0
    assert workbook.read_bytes() == b"a moderator's day of work"
    workbook.unlink()
    assert qa_says(*draw())[0] == 0
    assert workbook.read_bytes() == blank
    assert verify_draw_folder(place / "2024-01") == []


def test_draw_json_is_the_last_file_of_a_draw(qa_says: QA, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds it finds all that belongs to the draw, also while the command is at work."""
    qa_says(*freeze())
    moved, move = [], Path.replace

    def note(path: Path, target: Path) -> Path:
        moved.append(target.name)
        return move(path, target)

    monkeypatch.setattr(Path, "replace", note)
    assert qa_says(*draw())[0] == 0
    assert moved[-1] == "draw.json"
    assert "moderation-return.xlsx" in moved


def test_a_freeze_that_its_folder_refuses_is_said_to_be_recorded(qa_says: QA, place: Path) -> None:
    """Where the folder holds the month's freeze of another register, the message says that this one has it now."""
    qa_says(*freeze())
    code, out, err = qa_says(*freeze("2024-01", "--rate", "0.5", "--register", "another.sqlite"))
    assert (code, out) == (2, "")
    assert err.startswith("qa: the freeze of North 2024-01 IS recorded in the register (digest ")
    assert "already holds another freeze" in err


def test_a_peer_reviewer_needs_only_the_folder(qa_says: QA, place: Path) -> None:
    """Without a register the same sample is drawn and said to be recorded nowhere."""
    qa_says(*freeze())
    (place / "register.sqlite").rename(place / "elsewhere.sqlite")
    code, _, err = qa_says(*draw())
    alone = (place / "2024-01" / "draw.json").read_bytes()
    assert code == 0
    assert "not recorded in a register" in err
    assert not (place / "register.sqlite").exists()
    assert qa_says(*draw("2024-01", "--register", "elsewhere.sqlite"))[0] == 0
    assert (place / "2024-01" / "draw.json").read_bytes() == alone


@pytest.fixture(scope="module")
def january_drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Freeze and draw January once, in a folder that tests copy."""
    folder = tmp_path_factory.mktemp("january")
    write_data(folder)
    with contextlib.chdir(folder):
        for arguments in (freeze(), draw()):
            with pytest.raises(SystemExit):
                main([*arguments, "--register", "register.sqlite"])
    return folder


def test_a_drawn_month_is_given_back_with_what_makes_files_certain_now(place: Path, qa_says: QA) -> None:
    """The same digest, and a notice that names the file; nothing is frozen anew."""
    digest = qa_says(*freeze())[1]
    qa_says(*draw())
    cases = (place / "data" / "cases.csv").read_text(encoding="utf-8").splitlines()
    marked = [f"{row},{'yes' if row.startswith('2024-01-07') else ''}" for row in cases[1:]]
    lines = [f"{cases[0]},difficult", *marked]
    (place / "data" / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, err = qa_says(*freeze())
    assert (code, out) == (0, digest)
    assert "Please look: changed since: 2024-01-07. The month is drawn and stands." in err


REFUSED: dict[str, tuple[list[str], str]] = {
    "a rate below five per cent": (freeze("2024-02", "--rate", "0.0499"), "is below 1/20"),
    "a rate above one": (freeze("2024-02", "--rate", "101%"), "from 0 to 1"),
    "a rate that is none": (freeze("2024-02", "--rate", "some"), "such as 0.05, 5% or 1/20"),
    "an unknown policy": (freeze("2024-02", "--policy", "sometimes"), "coverage policy is 'sometimes'"),
    "a policy without its month": (freeze("2024-02", "--policy", "from_month"), "from 1 to 12"),
    "a month that is none": (freeze("2024-2"), "expected a calendar month"),
    "no such data": (["freeze", "nowhere", "--provider", "North", "--month", "2024-02"], "nowhere"),
    "no late files": (freeze("2024-01", "--late"), "no late files"),
    "withdrawing what is drawn": (freeze("2024-01", "--withdraw", "a mistake"), "is drawn already"),
    "a second seed": (draw(seed="91 82 73 64 55 46 38"), "drawn already with another seed"),
    "a short seed": (draw(seed="9" * 19), "expected 20 or more"),
    "a seed of one digit": (draw(seed="9" * 20), 'the seed is nearly all "9"'),
    "a seed with a letter for a digit": (draw(seed="46l3 2265 1432 6651 2341"), 'among digits, in "46l3"'),
    "its own review": ([*draw()[:-1], "NORTH"], "whose own files these are"),
    "no freeze there": (draw("data"), "data has no freeze.json"),
    "a folder that is none": (draw("nowhere"), "nowhere has no freeze.json"),
    "not a register": (
        freeze("2024-02", "--register", "data/cases.csv"),
        "could not be read, because the file is no register",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_plain_message_and_writes_nothing(
    case: str, qa_says: QA, place: Path, january_drawn: Path
) -> None:
    """Each refusal ends with 2, says why on stderr without a traceback, and leaves register and folders alone."""
    arguments, says = REFUSED[case]
    shutil.copytree(january_drawn, place, dirs_exist_ok=True)
    before = left(place)
    code, out, err = qa_says(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("qa: ")
    assert says in err
    assert "Traceback" not in err
    assert left(place) == before


def test_a_folder_that_was_drawn_keeps_the_register_out(qa_says: QA, place: Path) -> None:
    """Where the folder holds a draw with another seed, none is recorded in the register either."""
    qa_says(*freeze())
    (place / "register.sqlite").rename(place / "elsewhere.sqlite")
    qa_says(*draw(seed="18 27 36 45 54 63 71"))
    before = left(place)
    assert qa_says(*draw("2024-01", "--register", "elsewhere.sqlite"))[0] == 2
    assert left(place) == before


def test_a_withdrawn_month_is_frozen_anew_in_its_folder(qa_says: QA, place: Path) -> None:
    """After a withdrawal the folder takes the new freeze; without one it keeps the old."""
    first = qa_says(*freeze())[1]
    with (place / "data" / "cases.csv").open("a", newline="\n") as cases:
        cases.write("2024-01-99,North,2024-01,A9,P1,met\n")
    code, _, err = qa_says(*freeze())
    assert (code, "new since" in err) == (2, True)
    assert qa_says(*freeze("2024-01", "--withdraw", "a file came on the same day"))[:2] == (0, f"withdrawn: {first}")
    code, second, _ = qa_says(*freeze())
    assert code == 0
    assert second != first
    assert "2024-01-99" in (place / "2024-01" / "population.csv").read_text()
    assert qa_says(*draw())[0] == 0


def test_late_files_have_a_folder_of_their_own(qa_says: QA, place: Path) -> None:
    """``--late`` freezes only what came since, into late-1 below the month's folder."""
    common = ["freeze", "data", "--provider", "North", "--month", "2024-01"]
    qa_says(*common)
    (month,) = (place / "outputs" / "draws" / "2024-01").iterdir()
    qa_says(*draw(str(month)))
    with (place / "data" / "cases.csv").open("a", newline="\n") as cases:
        cases.write("2024-01-99,North,2024-01,A9,P1,met\n")
    assert qa_says(*common, "--late")[0] == 0
    assert qa_says(*draw(str(month / "late-1"), seed="another seed of dice 31"))[0] == 0
    assert (month / "late-1" / "sample.csv").read_text().count("\n") == 2
    assert verify(month)[0] == 0


def test_a_seed_is_drawn_with_as_a_reader_sees_it(qa_says: QA, place: Path) -> None:
    """Blanks of another kind are made single spaces, the command says so, and either way of typing is one draw."""
    assert qa_says(*freeze())[0] == 0
    status, _, said = qa_says(*draw(seed="4613\u00a02265  1432 6651 2341"))
    assert status == 0
    assert "Please note: blanks in the seed were made single spaces; draw.json holds it as it was drawn with." in said
    assert '"seed":"4613 2265 1432 6651 2341"' in (place / "2024-01" / "draw.json").read_text(encoding="utf-8")
    before = left(place)
    status, _, said = qa_says(*draw(seed="4613 2265 1432 6651 2341"))
    assert (status, "Please note" in said) == (0, False)
    assert left(place) == before


def test_scrutiny_takes_the_rpas_own_seed(qa_says: QA, place: Path) -> None:
    """``--scrutiny`` chooses one file of each assessor; the RPA gives the seed itself; there is no return workbook."""
    assert qa_says(*freeze("2024-01", "--scrutiny"))[0] == 0
    assert qa_says(*[*draw()[:-1], "North"])[0] == 0
    assert (place / "2024-01" / "sample.csv").read_text().count(",scrutiny,") == 4
    assert not (place / "2024-01" / "moderation-return.xlsx").exists()


@pytest.mark.parametrize(
    "row", ["=1,North,2024-01,A1,P1,met", ",North,2024-01,A1,P1,met", "X,North,2024-01,A1,P1,maybe"]
)
def test_rejected_rows_stop_a_freeze(row: str, qa_says: QA, place: Path) -> None:
    """A row that intake rejects would be lost to the draw: the freeze is refused, or accepted in so many words."""
    with (place / "data" / "cases.csv").open("a", newline="\n") as cases:
        cases.write(row + "\n")
    code, _, err = qa_says(*freeze())
    assert (code, "cases.csv, row 62" in err) == (2, True)
    assert not (place / "2024-01").exists()
    assert qa_says(*freeze("2024-01", "--accept-rejected"))[0] == 0


def test_a_freeze_that_would_pass_over_a_month_says_so(qa_says: QA, place: Path) -> None:
    """While it can be taken back; not in its turn, not once it is drawn, not of what an earlier draw passed over."""
    with (place / "data" / "cases.csv").open("a") as cases:
        cases.write("m-1,North,2024-03,A1,P1,met\n")
    _, _, err = qa_says(*freeze("2024-02"))
    assert "there are files of 2024-01 too, never frozen; months are drawn in order" in err
    words = next(shlex.split(line) for line in err.splitlines() if line.startswith("  qa freeze"))
    assert qa_says(*words[1:])[0] == 0
    assert "never frozen" not in qa_says(*freeze("2024-01"))[2]
    qa_says("freeze", "--provider", "North", "--month", "2024-01", "--withdraw", "a rehearsal")
    qa_says(*freeze("2024-02"))
    qa_says(*draw("2024-02"))
    assert "never frozen" not in qa_says(*freeze("2024-02"))[2]
    assert "never frozen" not in qa_says(*freeze("2024-03"))[2]


def test_the_check_that_a_refused_freeze_names_can_be_pasted(qa_says: QA, place: Path) -> None:
    """With a blank in the path, and with the mapping that the freeze was asked with: it names the very fault."""
    (place / "data").rename(place / "our data")
    with (place / "our data" / "cases.csv").open("a", newline="\n") as cases:
        cases.write("X,North,2024-01,A1,P1,maybe\n")
    asked = ["freeze", "our data", "--provider", "North", "--month", "2024-01"]
    code, _, err = qa_says(*asked, "--values", "outcome:passed it=met", "--header-row", "cases=1")
    assert code == 2
    words = shlex.split(err.splitlines()[-1])
    assert words[:3] == ["qa", "check", "our data"]
    code, out, _ = qa_says(*words[1:])
    assert (code, '"maybe"; expected one of' in out, "passed it" in out) == (1, True, True)


def test_a_file_that_cannot_be_moderated_is_recorded_once(qa_says: QA, place: Path) -> None:
    """The register takes the reason once, refuses a file that was not sampled, and needs no other argument."""
    qa_says(*freeze())
    qa_says(*draw())
    case = (place / "2024-01" / "sample.csv").read_text().splitlines()[1].split(",")[0]
    record = ["register", "not-moderatable", "--provider", "North", "--reason", "damaged"]
    assert qa_says(*record, case)[:2] == (0, "recorded\n")
    assert qa_says(*record, case)[:2] == (0, "was recorded before; nothing changed\n")
    assert qa_says(*record, "nobody")[0] == 2


def test_register_commands_make_no_register(qa_says: QA, place: Path) -> None:
    """Looking for a register that is not there is refused, and leaves none behind."""
    for arguments in (["log"], ["verify"], ["not-moderatable", "1", "--provider", "N", "--reason", "x"]):
        code, _, err = qa_says("register", *arguments)
        assert (code, "there is no register at register.sqlite" in err) == (2, True)
    assert not (place / "register.sqlite").exists()


def test_a_tampered_register_fails_its_check(qa_says: QA, place: Path) -> None:
    """``qa register verify`` ends with 1 and says what was changed; an unknown provider has an empty log."""
    qa_says(*freeze())
    with sqlite3.connect(place / "register.sqlite") as connection:
        connection.execute("UPDATE chain SET month = '2024-03'")
    code, out, _ = qa_says("register", "verify")
    assert code == 1
    assert out.startswith("WRONG  North, entry 1")
    assert "no entry of Nobody" in qa_says("register", "log", "--provider", "Nobody")[2]


def test_wrong_use_is_clicks_own_message(place: Path) -> None:
    """A missing option and an unknown command end with 2 and name what is missing."""
    runner = CliRunner()
    for arguments, says in ((["draw", "x"], "Missing option"), (["frezze"], "No such command")):
        result = runner.invoke(qa, arguments)
        assert (result.exit_code, says in result.output) == (2, True)


def test_debug_shows_the_traceback(place: Path) -> None:
    """With ``--debug`` the error itself is raised."""
    with pytest.raises(Exception, match="has no freeze"):
        main([*draw("nowhere"), "--debug"])


def process(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qa_lib.cli", *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def test_real_processes_end_with_the_exit_codes(place: Path) -> None:
    """As separate processes, with the register from the environment: 0 for a freeze and draw, 2 for a second seed."""
    register = {"QA_REGISTER": str(place / "north.sqlite")}
    assert process(place, *freeze(), **register).returncode == 0
    assert process(place, *draw(), **register).returncode == 0
    refused = process(place, *draw(seed="91 82 73 64 55 46 38"), **register, PYTHONIOENCODING="cp1252")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("qa: 2024-01 was drawn already")
    assert (place / "north.sqlite").exists()
    assert not (place / "register.sqlite").exists()


def test_a_provider_typed_wrongly_freezes_nothing(qa_says: QA, place: Path) -> None:
    """The nearest name is suggested, and no file and no register is left behind."""
    before = left(place)
    code, out, err = qa_says("freeze", "data", "--provider", "Nroth", "--month", "2024-01")
    assert (code, out) == (2, "")
    assert "did you mean 'North'?" in err
    assert left(place) == before


def test_a_rate_below_the_rule_books_leaves_no_register(qa_says: QA, place: Path) -> None:
    """A refused first freeze leaves the folder as it was."""
    before = left(place)
    code, _, err = qa_says(*freeze("2024-01", "--rate", "0.04"))
    assert code == 2
    assert "never lowered" in err
    assert left(place) == before


def test_a_folder_of_another_month_is_asked_before_anything_is_recorded(qa_says: QA, place: Path) -> None:
    """Register and folder are as before."""
    assert qa_says(*freeze())[0] == 0
    assert qa_says(*draw())[0] == 0
    before = left(place)
    code, _, err = qa_says("freeze", "data", "--provider", "North", "--month", "2024-02", "--out", "2024-01")
    assert code == 2
    assert "holds the freeze of North 2024-01" in err
    assert left(place) == before


def test_a_freeze_says_how_large_the_sample_will_be(qa_says: QA, place: Path) -> None:
    """Before any seed: what is exact as a number, what chance decides as a range."""
    err = qa_says(*freeze())[2]
    assert "the sample is: 0 certain, 2 at random, 0 for risk, 2 to 4 for coverage." in err


def test_a_month_that_the_data_do_not_hold_freezes_nothing(qa_says: QA, place: Path) -> None:
    """The nearest month is suggested, and no file and no register is left behind."""
    before = left(place)
    code, out, err = qa_says(*freeze("2024-04"))
    assert (code, out) == (2, "")
    assert err == (
        "qa: no file of North is of 2024-04; there are files of 2024-01 and 2024-02; did you mean 2024-02?\n"
    )
    assert left(place) == before


def told_command(err: str) -> list[str]:
    """Return the arguments of the command that a message gives in a line of its own."""
    (line,) = [line.strip() for line in err.splitlines() if line.startswith("  qa ")]
    return shlex.split(line)[1:]


@pytest.mark.parametrize("register", [[], ["--register", "the register.sqlite"]])
@pytest.mark.parametrize("again", [freeze("2024-02"), freeze("2024-01", "--rate", "10%")])
def test_a_message_that_says_withdraw_gives_the_command(
    register: list[str], again: list[str], qa_says: QA, place: Path
) -> None:
    """Pasted as it stands it withdraws the freeze, in the register that was named; then the other freeze is made."""
    digest = qa_says(*freeze(), *register)[1]
    code, _, err = qa_says(*again, *register)
    assert code == 2
    assert qa_says(*told_command(err))[:2] == (0, f"withdrawn: {digest}")
    assert qa_says(*again, *register)[0] == 0


def test_withdrawing_what_was_never_frozen_names_what_waits(qa_says: QA, place: Path) -> None:
    """A slip in provider or month is seen at once; so is one in the log's provider."""
    qa_says(*freeze())
    code, _, err = qa_says("freeze", "--provider", "Nroth", "--month", "2024-01", "--withdraw", "x")
    assert (code, err.endswith("can be withdrawn; waiting are: North 2024-01\n")) == (2, True)
    assert "of Nroth; did you mean 'North'?" in qa_says("register", "log", "--provider", "Nroth")[2]


def test_what_is_drawn_is_not_said_to_be_withdrawable(qa_says: QA, place: Path, january_drawn: Path) -> None:
    """A freeze that has its seed stands, and no command is given."""
    shutil.copytree(january_drawn, place, dirs_exist_ok=True)
    assert qa_says(*freeze("2024-01", "--rate", "10%"))[2].endswith("rate was 1/20, now 1/10\nThe freeze stands.\n")


def test_without_a_data_set_nothing_but_a_withdrawal_is_done(qa_says: QA, place: Path) -> None:
    """The message names what is missing."""
    assert "Missing argument 'DATASET'" in qa_says("freeze", "--provider", "North", "--month", "2024-01")[2]


def test_a_reviewer_draws_beside_the_register_of_their_own_rpa(qa_says: QA, place: Path, january_drawn: Path) -> None:
    """That register holds no such freeze: the draw is made, recorded nowhere, and said to be so."""
    for name in ("freeze.json", "population.csv"):
        (place / "sent").mkdir(exist_ok=True)
        shutil.copy(january_drawn / "2024-01" / name, place / "sent" / name)
    qa_says(*freeze("2024-02"))
    before = left(place)["register.sqlite"]
    code, _, err = qa_says(*draw("sent"))
    assert (code, "not recorded in a register" in err) == (0, True)
    assert left(place)["register.sqlite"] == before
    assert (place / "sent" / "draw.json").read_bytes() == (january_drawn / "2024-01" / "draw.json").read_bytes()


def test_commands_work_from_a_folder_inside(qa_says: QA, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They find the register and the draws of the working folder, and make none of their own."""
    qa_says(*freeze()[:-2])
    (there,) = (place / "outputs" / "draws" / "2024-01").iterdir()
    monkeypatch.chdir(place / "data")
    assert "recorded in the register" in qa_says(*draw(f"outputs/draws/2024-01/{there.name}"))[2]
    assert qa_says("freeze", ".", "--provider", "North", "--month", "2024-02")[0] == 0
    assert [path.name for path in (place / "data").iterdir()] == ["cases.csv"]
    assert [line.split()[2] for line in qa_says("register", "log")[1].splitlines()] == ["freeze", "draw", "freeze"]


@pytest.mark.parametrize(
    ("rpa", "says"),
    [
        ("HLTA  North", None),
        ("hlta north", None),
        (
            "HLTA Nroth",
            "'HLTA Nroth'; known are HLTA North, Strictly Education 4S, University of Northampton; did you mean",
        ),
    ],
)
def test_an_rpa_that_nobody_knows_is_told(rpa: str, says: str | None, qa_says: QA, place: Path) -> None:
    """A slip of spaces or case is none; with another name the draw is made, and the reviewer is to be looked at."""
    qa_says(*freeze())
    code, _, err = qa_says(*draw()[:-1], rpa)
    assert code == 0
    assert "nobody knows" not in err if says is None else says in err


def test_an_rpa_that_has_draws_in_the_register_is_known(qa_says: QA, place: Path) -> None:
    """Who froze a month of their own there is an RPA, though the scheme's rule book does not list it."""
    with (place / "data" / "cases.csv").open("a") as cases:
        cases.write("S-1,South,2024-01,B1,Q1,met\n")
    qa_says("freeze", "data", "--provider", "South", "--month", "2024-01")
    qa_says(*freeze())
    assert "nobody knows" not in qa_says(*draw())[2]


@pytest.mark.parametrize("own", ["Nоrth", "N orth", "north "])
def test_ones_own_rpa_in_another_spelling_is_refused(own: str, qa_says: QA, place: Path) -> None:
    """A letter of another alphabet, a space or another case do not make another RPA; nothing is recorded."""
    qa_says(*freeze())
    before = left(place)
    code, _, err = qa_says(*draw()[:-1], own)
    assert (code, "whose own files these are" in err) == (2, True)
    assert left(place) == before


def test_a_return_that_was_filled_in_is_kept_when_the_draw_is_made_again(
    qa_says: QA, place: Path, january_drawn: Path
) -> None:
    """The same draw again leaves the workbook as people left it, and says so."""
    shutil.copytree(january_drawn, place, dirs_exist_ok=True)
    (place / "2024-01" / "moderation-return.xlsx").write_bytes(b"filled in")
    code, _, err = qa_says(*draw())
    assert (code, "moderation-return.xlsx was changed since it was written" in err) == (0, True)
    assert (place / "2024-01" / "moderation-return.xlsx").read_bytes() == b"filled in"


def test_a_first_freeze_looks_at_scrutiny_in_a_register_that_is_not_there_yet(qa_says: QA, place: Path) -> None:
    """What was sent back is asked of a register that the freeze itself makes; a refusal still makes none."""
    scrutiny = "case_id,scrutinised_on,result\n2024-01-03,2024-02-01,returned\n"
    (place / "data" / "scrutiny.csv").write_text(scrutiny, newline="\n")
    assert qa_says(*freeze("2024-01", "--rate", "0.04"))[0] == 2
    assert not (place / "register.sqlite").exists()
    code, _, err = qa_says(*freeze())
    assert (code, "29 files frozen in 2024-01; 1 left out at scrutiny" in err) == (0, True)


def test_a_draw_of_a_withdrawn_freeze_is_not_mixed_with_the_next_freeze(place: Path, qa_says: QA) -> None:
    """Who drew where no register was seen from a freeze that was withdrawn loses nothing, and no folder holds both."""
    freeze = ("freeze", "data", "--provider", "North", "--month", "2024-01")
    assert qa_says(*freeze)[0] == 0
    folder = next((place / "outputs" / "draws" / "2024-01").iterdir())
    (place / "register.sqlite").rename(place / "away.sqlite")
    assert qa_says("draw", str(folder), "--seed", SEED, *REVIEWER)[0] == 0
    (place / "away.sqlite").rename(place / "register.sqlite")
    assert qa_says("freeze", "--provider", "North", "--month", "2024-01", "--withdraw", "a tenth was agreed")[0] == 0
    code, out, said = qa_says(*freeze, "--rate", "10%")
    assert (code, out) == (2, "")
    assert "which was withdrawn; nothing of it counts" in said
    assert "IS recorded in the register" in said
    assert verify_draw_folder(folder) == []
    folder.rename(place / "kept")
    assert qa_says(*freeze, "--rate", "10%")[0] == 0
    assert verify_draw_folder(folder) == []


def test_draws_by_hand_are_held_against_the_register_that_is_found(place: Path, qa_says: QA) -> None:
    """A freeze that the register does not hold is named, though its folder is sound in itself; elsewhere none is."""
    assert qa_says("freeze", "data", "--provider", "North", "--month", "2024-01")[0] == 0
    assert qa_says("verify", "outputs/draws")[1].splitlines()[1:] == ["OK  register"]
    shutil.copytree(place / "outputs" / "draws", place / "sent")
    (place / "register.sqlite").unlink()
    assert qa_says("verify", "outputs/draws")[0] == 0
    assert qa_says("freeze", "data", "--provider", "North", "--month", "2024-02")[0] == 0
    code, out, _ = qa_says("verify", "outputs/draws")
    assert code == 1
    assert "the register holds no freeze" in out
    assert qa_says("verify", "sent")[0] == 0


def test_draws_are_verified_from_anywhere_inside_the_working_folder(qa_says: QA, place: Path) -> None:
    """The place that the freeze printed is found from a folder below, as every other command finds it."""
    assert qa_says("freeze", "data", "--provider", "North", "--month", "2024-01")[0] == 0
    (place / "data" / "below").mkdir()
    with contextlib.chdir(place / "data" / "below"):
        code, out, _ = qa_says("verify", "outputs/draws")
        assert (code, out.splitlines()[-1]) == (0, "OK  register")
        code, out, err = qa_says("verify", "nowhere")
        assert (code, out, err.startswith("qa: nothing is at nowhere; give a draw folder")) == (2, "", True)
