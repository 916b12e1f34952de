"""Processes that freeze or draw the same month at the same moment record it once, and no other's work is lost."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from register_crowd import processes

from qa_lib.register.recording import record_freeze
from qa_lib.register.store import open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.sampling.frozen import Freeze, SamplingPlan
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import parse_rate, sha256_hex
from tests.second_implementation.examples import partnership

PEOPLE = 20
PATIENCE = 120  # seconds


def command(arguments: list[str], start: Any, answers: Any) -> None:
    """Wait for the others, run one ``qa`` command, and send back its exit code and what it said."""
    from qa_lib.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            start.wait(PATIENCE)
            main(arguments)
        except SystemExit as end:
            answers.put((end.code or 0, said.getvalue()))
        except BaseException as error:
            answers.put((99, repr(error)))
            raise


def at_once(commands: Sequence[list[str]]) -> list[tuple[int, str]]:
    """Run each command in a process of its own, all released together; return exit codes and words."""
    context = processes()
    start, answers = context.Barrier(len(commands)), context.Queue()
    people = [context.Process(target=command, args=(arguments, start, answers)) for arguments in commands]
    for person in people:
        person.start()
    said = [answers.get(timeout=PATIENCE) for _ in people]
    for person in people:
        person.join()
    return said


@pytest.fixture
def month(tmp_path: Path) -> Freeze:
    """Freeze a month of the example Partnership in a register, and write its folder once for each person."""
    plan = SamplingPlan(rate=parse_rate("5%"), minimum_rate=parse_rate("5%"))
    files = pd.DataFrame(partnership(), columns=COLUMNS, dtype="object")
    register = open_register(str(tmp_path / "register.sqlite"))
    frozen = record_freeze(register, files, plan, provider="N", month="2024-01")
    for person in range(PEOPLE):
        frozen.write(tmp_path / str(person))
    return frozen


def draw_command(folder: Path, person: int, seed: str) -> list[str]:
    """Return one person's command."""
    register = ["--register", str(folder / "register.sqlite")]
    return ["draw", str(folder / str(person)), "--seed", seed, "--reviewer", "R", "--reviewer-rpa", "S", *register]


def recorded(folder: Path) -> tuple[list[bytes], list[str]]:
    """Return the draws in the register and the digests of the chain's draw entries; the register must be whole."""
    assert verify_register(open_register(str(folder / "register.sqlite"))) == []
    with sqlite3.connect(folder / "register.sqlite") as connection:
        draws = [row[0] for row in connection.execute("SELECT draw_json FROM draws")]
        return draws, [row[0] for row in connection.execute("SELECT digest FROM chain WHERE kind = 'draw'")]


@pytest.mark.usefixtures("month")
def test_twenty_people_with_one_seed_hold_one_draw(tmp_path: Path) -> None:
    """One draw is recorded, all twenty commands end well, and every folder holds the same draw."""
    answers = at_once([draw_command(tmp_path, person, "31 41 59 26 53 58 97 93") for person in range(PEOPLE)])
    assert [code for code, _ in answers] == [0] * PEOPLE, answers
    draws, entries = recorded(tmp_path)
    assert len(draws) == 1
    assert entries == [sha256_hex(draws[0])]
    assert {(tmp_path / str(person) / "draw.json").read_bytes() for person in range(PEOPLE)} == set(draws)
    assert len({(tmp_path / str(person) / "sample.csv").read_bytes() for person in range(PEOPLE)}) == 1


@pytest.mark.usefixtures("month")
def test_of_twenty_seeds_exactly_one_counts(tmp_path: Path) -> None:
    """With twenty seeds one draw is recorded; nineteen are told politely, and their folders stay as they were."""
    answers = at_once([draw_command(tmp_path, person, f"seed of person {person:06}") for person in range(PEOPLE)])
    assert sorted(code for code, _ in answers) == [0] + [2] * (PEOPLE - 1), answers
    refusals = {words for code, words in answers if code}
    assert refusals == {
        "qa: N 2024-01 (month) was drawn before with another seed; a draw is never made again; "
        "the seed that counts is in draw.json and in the register\n"
    }
    draws, entries = recorded(tmp_path)
    assert entries == [sha256_hex(draws[0])]
    written = [person for person in range(PEOPLE) if (tmp_path / str(person) / "draw.json").exists()]
    assert [(tmp_path / str(person) / "draw.json").read_bytes() for person in written] == draws


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a small data set and no register."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    rows = "".join(f"c{number},North,2024-01,A1,P1,met\n" for number in range(5))
    (tmp_path / "data" / "cases.csv").write_text(f"case_id,rpa,month,assessor_id,pop_id,outcome\n{rows}")
    return tmp_path


def freeze_command(folder: str, *more: str, provider: str = "North") -> list[str]:
    """Return the command that freezes the month of a new register in the current folder."""
    given = ["--month", "2024-01", "--register", "register.sqlite", "--out", folder]
    return ["freeze", "data", "--provider", provider, *given, *more]


def frozen_in(place: Path) -> list[str]:
    """Return the digests of the freezes in the register; it must be whole."""
    assert verify_register(open_register(str(place / "register.sqlite"))) == []
    with sqlite3.connect(place / "register.sqlite") as connection:
        return [row[0] for row in connection.execute("SELECT digest FROM freezes")]


def test_of_freezes_with_different_rates_on_a_new_register_one_stands(data: Path) -> None:
    """Who was told a digest finds it in the register; the others are told which rate counts."""
    answers = at_once([freeze_command(str(number), "--rate", f"0.{10 + number}") for number in range(7)])
    assert sorted(code for code, _ in answers) == [0] + [2] * 6, answers
    (said,) = (words for code, words in answers if code == 0)
    assert frozen_in(data) == [said.splitlines()[0]]
    assert all("rate was " in words for code, words in answers if code)


def test_a_mistyping_takes_nothing_from_another_person(data: Path) -> None:
    """While others mistype, the right freeze succeeds on a register that is not there yet."""
    wrong = [
        freeze_command("wrong", "--rate", "0.01"),
        freeze_command("wrong", provider="Nroth"),
        freeze_command("wrong", "--late"),
    ]
    answers = at_once([*wrong, freeze_command("right"), *wrong, freeze_command("right too")])
    assert sorted(code for code, _ in answers) == [0, 0] + [2] * 6, answers
    (digest,) = {words.splitlines()[0] for code, words in answers if code == 0}
    assert frozen_in(data) == [digest]
