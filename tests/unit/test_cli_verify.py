"""``qa verify`` as a command: draws and reports, one line each, exit code 0 or 1."""

from fractions import Fraction

import pandas as pd
import pytest

from qa_lib.batch.manifest import write_manifest
from qa_lib.cli import main
from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.store import open_register
from qa_lib.sampling.drawing import make_draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.population import COLUMNS

PLAN = SamplingPlan(rate=Fraction(1, 20), minimum_rate=Fraction(1, 20))


def code(*arguments):
    """Run ``qa`` and return its exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(list(map(str, arguments)))
    return stopped.value.code


@pytest.fixture
def drawn(tmp_path):
    """Return a draw folder, and the register that holds the draw."""
    rows = [(f"C{number:02d}", "met", "", "met", "standard", f"A{number % 3}", "P1", "") for number in range(20)]
    register = open_register(str(tmp_path / "register.sqlite"))
    frozen = record_freeze(register, pd.DataFrame(rows, columns=COLUMNS), PLAN, provider="North", month="2024-01")

    def made():
        return make_draw(frozen, seed="6 1 4 2 3 5 1 2 6 4 3 1", reviewer="R1", reviewer_rpa="South")

    draw = record_draw(register, frozen, made)[0]
    folder = tmp_path / "2024-01" / "north"
    folder.mkdir(parents=True)
    frozen.write(folder)
    draw.write(folder)
    return folder


def test_a_draw_that_is_as_it_was_is_one_line_and_exit_code_0(drawn, tmp_path, capsys):
    """With and without the register."""
    assert code("verify", drawn) == 0
    assert capsys.readouterr().out == "OK  north\n"
    assert code("verify", drawn, "--register", tmp_path / "register.sqlite") == 0
    assert capsys.readouterr().out == "OK  north\nOK  register\n"


def test_a_changed_seed_digit_is_named_and_exits_1(drawn, tmp_path, capsys):
    """The draw and the register both tell."""
    path = drawn / "draw.json"
    path.write_bytes(path.read_bytes().replace(b"6 1 4 2", b"6 1 4 3"))
    assert code("verify", drawn, "--register", tmp_path / "register.sqlite") == 1
    said = capsys.readouterr().out
    assert said.startswith("DIFFERS  north\n")
    assert "draw.json is not the one in the register" in said


def test_a_report_folder_is_held_against_its_manifest_too(drawn, capsys):
    """A file that the manifest does not know is named."""
    write_manifest(drawn, {})
    assert code("verify", drawn) == 0
    (drawn / "note.txt").write_text("x")
    assert code("verify", drawn) == 1
    assert "  note.txt was added\n" in capsys.readouterr().out


def test_a_folder_that_holds_nothing_to_verify_is_refused(tmp_path, capsys):
    """The message says what can be given; so does a register that is not there."""
    assert code("verify", tmp_path) == 2
    assert "give a draw folder, a report folder or the folder of a run" in capsys.readouterr().err
    assert code("verify", tmp_path / "none") == 2


def test_a_register_that_is_not_there_is_not_made(drawn, tmp_path, capsys):
    """Checking makes nothing."""
    assert code("verify", drawn, "--register", tmp_path / "other.sqlite") == 2
    assert "there is no register" in capsys.readouterr().err
    assert not (tmp_path / "other.sqlite").exists()
