"""People who use a new register at the same moment: what each of them was told, and whether the register holds it."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from register_scene import draw, freeze, give_back, withdraw

from qa_lib.errors import SampleError
from qa_lib.register.recording import record_not_moderatable
from qa_lib.register.store import Register, open_existing_register, open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.sampling.protocol import sha256_hex

ROLES = 4
#: What a process has loaded when it starts.
PRELOADED = [
    "pytest",
    *("qa_lib.cli.draw", "qa_lib.cli.freeze", "qa_lib.cli.import_return"),
    *("qa_lib.intake.dataset", "qa_lib.register.monthly_draws", "qa_lib.register.receipts"),
    *("qa_lib.schemes.hlta.forms.draw_files", "qa_lib.schemes.hlta.forms.importing"),
    "qa_lib.schemes.hlta.made_up.filled_returns",
]
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


def processes() -> Any:
    """Return a way to start processes of which twenty cost little more than one."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    context.set_forkserver_preload(PRELOADED)
    return context


@contextlib.contextmanager
def started(people: int) -> Iterator[Callable[[Path], Told]]:
    """Start a program for each person; give a function that lets all of them act at once on a register."""
    context = processes()
    pipes = [context.Pipe() for _ in range(people)]
    programs = [context.Process(target=_person, args=(person, end)) for person, (_, end) in enumerate(pipes)]
    for program in programs:
        program.start()
    for here, _ in pipes:
        assert here.recv() == "ready"

    def play(place: Path) -> Told:
        for here, _ in pipes:
            here.send(str(place))
        return [one for here, _ in pipes for one in here.recv()]

    try:
        yield play
    finally:
        for here, _ in pipes:
            here.send("")
        for program in programs:
            program.join()


def _person(number: int, pipe: Any) -> None:
    """Act at each place that is named, until none is."""
    pipe.send("ready")
    for place in iter(pipe.recv, ""):
        pipe.send(act(open_register(place, at_first_use=True), number))
