"""People who use a new register at the same moment: what each of them was told, and whether the register holds it.

As a program it is one of them: it reads the place of a register from each line of its input, acts, and answers in a
line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from register_scene import draw, freeze, give_back, withdraw

from qa_lib.errors import SampleError
from qa_lib.register.recording import record_not_moderatable
from qa_lib.register.store import Register, open_existing_register, open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.sampling.protocol import sha256_hex

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
ROLES = 4
#: What a person was told: the kind of act, and what it names. ``refused`` and ``error`` come with their words.
Told = list[list[Any]]


def act(register: Register, person: int) -> Told:
    """Freeze, draw, withdraw, return and record as one of four people with the same provider; say what was told."""
    told: Told = []
    provider, role = f"P{person // ROLES}", person % ROLES

    def ask(kind: str, what: Callable[[], Any], *named: Any) -> Any:
        try:
            done = what()
        except SampleError as refusal:
            told.append(["refused", str(refusal)])
        except Exception as error:
            told.append(["error", repr(error)])
        else:
            told.append([kind, *named, _name(kind, done)])
            return done
        return None

    frozen = ask("freeze", lambda: freeze(register, provider=provider, rate=("1", "1/2")[role % 2]))
    if role == 2:
        ask("withdrawal", lambda: withdraw(register, provider=provider))
        frozen = ask("freeze", lambda: freeze(register, provider=provider, rate="1/2"))
    if frozen and (drawn := ask("draw", lambda: draw(register, frozen, seed=f"seed of a person {role:06}"))):
        ask("return", lambda: give_back(register, drawn, f"by {person}"), frozen.digest)
        ask("return", lambda: give_back(register, drawn, f"again by {person}"), frozen.digest)
        lost = {drawn.sample["case_id"][0]: "lost"}
        ask("lost", lambda: record_not_moderatable(register, provider=provider, reasons=lost), frozen.digest)
    if role == 3:
        ask("withdrawal", lambda: withdraw(register, provider=provider))
        ask("freeze", lambda: freeze(register, provider=f"Q{person}"))  # nobody else's, so it can be withdrawn
        ask("withdrawal", lambda: withdraw(register, provider=f"Q{person}"))
    return told


def _name(kind: str, done: Any) -> Any:
    """Return what an act names, as the register should hold it."""
    if kind == "freeze":
        return done.digest
    if kind == "draw":
        return sha256_hex(done.json)
    return done.version if kind == "return" else done


def missing(place: Path, told: Told) -> list[list[Any]]:
    """Return what was acknowledged and is not in the register."""
    held = {
        "freeze": "SELECT digest FROM freezes INTERSECT SELECT digest FROM chain WHERE kind = 'freeze'",
        "withdrawal": "SELECT digest FROM freezes WHERE state = 'withdrawn'",
        "draw": "SELECT digest FROM chain WHERE kind = 'draw'",
        "return": "SELECT freeze_digest, version FROM returns",
        "lost": "SELECT freeze_digest, '[\"' || case_id || '\"]' FROM not_moderatable UNION "
        "SELECT freeze_digest, '[]' FROM not_moderatable",
    }
    with contextlib.closing(sqlite3.connect(place)) as connection:
        there = {(kind, *row) for kind, query in held.items() for row in connection.execute(query)}
    named = ((one, tuple(json.dumps(part) if isinstance(part, list) else part for part in one)) for one in told)
    return [one for one, key in named if one[0] in held and key not in there]


def wrong_after(place: Path, told: Told) -> list[Any]:
    """Return what went wrong in a round: errors, entries that are missing, and what the register says of itself."""
    errors = [one for one in told if one[0] == "error"]
    return [*errors, *missing(place, told), *verify_register(open_existing_register(str(place)))]


def forked(place: Path, people: int) -> Told:
    """Let children of this process act at once with the register object that they were born with."""
    register = open_register(str(place), at_first_use=True)
    wait, go = os.pipe()
    answers = []
    for person in range(people):
        answer, said = os.pipe()
        if os.fork() == 0:
            _play(register, person, wait, go, said)
        os.close(said)
        answers.append(answer)
    os.close(wait)
    os.close(go)  # the end of this pipe is the sign that all of them wait for
    told: Told = []
    for answer in answers:
        with os.fdopen(answer) as file:
            told += json.loads(file.read() or '[["error", "the child ended without a word"]]')
    for _ in range(people):
        os.wait()
    return told


def _play(register: Register, person: int, wait: int, go: int, said: int) -> None:
    try:
        os.close(go)
        os.read(wait, 1)
        with os.fdopen(said, "w") as file:
            json.dump(act(register, person), file)
    finally:
        os._exit(0)


@contextlib.contextmanager
def started(people: int) -> Iterator[Callable[[Path], Told]]:
    """Start a program for each person; give a function that lets all of them act at once on a register."""
    command = [sys.executable, "-m", "register_crowd"]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])}
    programs = [
        subprocess.Popen([*command, str(person)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=found)
        for person in range(people)
    ]
    pipes = [(program.stdin, program.stdout) for program in programs if program.stdin and program.stdout]
    for _, answer in pipes:
        assert answer.readline() == "ready\n"

    def play(place: Path) -> Told:
        for order, _ in pipes:
            order.write(f"{place}\n")
            order.flush()
        return [one for _, answer in pipes for one in json.loads(answer.readline())]

    try:
        yield play
    finally:
        for program in programs:
            program.communicate()


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _answer("ready")
    for line in sys.stdin:
        _answer(json.dumps(act(open_register(line.strip(), at_first_use=True), int(sys.argv[1]))))
