"""Nothing from a file steers the terminal: escape sequences and turned lines are shown as what they are."""

from __future__ import annotations

import io
import sys
import traceback
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.cli import main
from qa_lib.screen import Screen, bare, harmless, harmless_output, one_line

CLEAR, TURN = "\x1b[2J\x9b1m", "\u202eevil"
STEERING = [chr(code) for code in [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x061C, 0x200E, 0x200F]]
STEERING += [chr(code) for code in [0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]]
HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome"


def qa(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run the command, and return everything that it writes."""
    with pytest.raises(SystemExit):
        main([str(one) for one in arguments])
    captured = capsys.readouterr()
    return captured.out + captured.err


def is_harmless(text: str) -> bool:
    """Say whether no character but a line break or a tab steers a terminal."""
    return not set(text) & (set(STEERING) - {"\n", "\t"})


@pytest.mark.parametrize("character", STEERING)
def test_every_character_that_steers_is_shown_as_its_escape(character: str) -> None:
    """Controls old and new, marks and turns of direction; within a line also its ends."""
    assert one_line(f"a{character}b").isascii()
    assert one_line(f"a{character}b") == f"a{character.encode('unicode_escape').decode()}b"
    assert harmless(character) == (character if character in "\n\t" else one_line(character))


def test_other_text_stays_as_it_is() -> None:
    """Accents, other scripts and joined letters are names of people."""
    names = "Zoë Ní Bhriain, Łukasz, محمد, क्‍ष, 李, O'Neill – 5 % \\x1b"
    assert one_line(names) == harmless(names) == names


def test_a_column_s_name_cannot_steer_or_feign_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An escape sequence, a turned line, and a line break before *Clean* in a header."""
    (tmp_path / "cases.csv").write_text(
        f'{HEADER},"fee{CLEAR}{TURN}\nClean: no fault was found."\nC1,N,2024-13,A,P,met,1\n'
    )
    shown = qa(capsys, "check", tmp_path)
    assert is_harmless(shown)
    assert r"fee\x1b[2j\x9b1m\u202eevil_clean:_no_fault_was_found." in shown
    assert "\nClean" not in shown


def test_sheet_and_file_names_cannot_steer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither where their table is counted, nor in notices, nor where they cannot be read."""
    frame = pd.DataFrame([["C1", "N", "2024-01", "A", "P", "met"]], columns=HEADER.split(","))
    with pd.ExcelWriter(tmp_path / f"cases{TURN}.xlsx") as book:
        frame.to_excel(book, sheet_name="Cases", index=False)
        frame.to_excel(book, sheet_name=f"list{TURN}", index=False)
    (tmp_path / f"notes{CLEAR}\nClean.csv").write_text("x\n")
    shown = qa(capsys, "check", tmp_path)
    assert is_harmless(shown)
    assert r"cases\u202eevil.xlsx, sheet list\u202eevil: expected" in shown
    assert r"notes\x1b[2J\x9b1m\nClean.csv: expected" in shown
    (tmp_path / f"pops{CLEAR}.xlsx").write_bytes(b"x")
    assert r"pops\x1b[2J\x9b1m.xlsx is a text file" in qa(capsys, "check", tmp_path)


def test_a_name_on_the_command_line_cannot_steer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern such as ``*`` puts names of foreign files there, and wrong use repeats them."""
    for arguments in (["check", "data", f"x{CLEAR}"], [f"fre{CLEAR}ze"], ["check", tmp_path / f"no{CLEAR}where"]):
        shown = qa(capsys, *arguments)
        assert is_harmless(shown)
        assert r"\x9b1m" in shown


def test_a_provider_and_a_group_cannot_steer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A provider that is asked for and is not there, and a group in the sentences of a comparison."""
    (tmp_path / "cases.csv").write_text(f"{HEADER}\nC1,North,2024-01,A,P,met\n")
    name = f"Nor{CLEAR}th"
    register = tmp_path / "register.sqlite"
    shown = qa(capsys, "freeze", tmp_path, "--provider", name, "--month", "2024-01", "--register", register)
    assert is_harmless(shown)
    people = "".join(f'"{name}\nNo difference",1\nSouth,0\n' for _ in range(30))
    (tmp_path / "people.csv").write_text("provider,passed\n" + people)
    shown = qa(capsys, "compare", tmp_path / "people.csv", "--outcome", "passed", "--groups", "provider")
    assert is_harmless(shown)
    assert r"Nor\x1b[2J\x9b1mth\nNo difference" in shown


def test_a_traceback_passes_the_screen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error of our own quotes is shown harmless, line by line as always."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    @harmless_output
    def fails() -> None:
        raise ValueError(f"column {CLEAR}")

    with pytest.raises(ValueError, match="column") as caught:
        fails()
    sys.excepthook(caught.type, caught.value, caught.tb)
    assert out.getvalue() == harmless("".join(traceback.format_exception(caught.value)))
    assert r"ValueError: column \x1b[2J\x9b1m" in out.getvalue()


def test_a_screen_is_otherwise_the_stream_behind_it() -> None:
    """It hides only the bytes behind the text; a progress bar reaches the stream itself, and streams come back."""
    stream = io.StringIO()
    screen = Screen(stream)
    assert (screen.write("a\x1b"), screen.isatty(), stream.getvalue()) == (5, False, r"a\x1b")
    assert not hasattr(screen, "buffer")
    assert bare(screen) is stream
    assert bare(stream) is stream
    before = sys.stdout
    assert harmless_output(lambda: isinstance(sys.stdout, Screen))()
    assert sys.stdout is before
