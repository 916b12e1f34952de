"""A register of an earlier format is read as it is and taken over without loss; what cannot be opened is refused."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from register_scene import (
    draw,
    freeze,
    full_register,
    give_back,
    of_the_first_format,
    rows,
    statements,
    tables_by_steps,
    withdraw,
)

from qa_lib.batch.verify_run import verify_folder
from qa_lib.errors import RegisterError, SampleError
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.formats import PRESENT
from qa_lib.register.receipts import heads
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import Register, open_existing_register, open_register
from qa_lib.register.verify_chains import register_log, verify_register
from qa_lib.sampling.frozen import Freeze

#: The statements that made a register before it had a number, as SQLite keeps them, in one SHA-256.
FIRST_FORMAT = "da540ad8a6be5e80142b0b88434ab2dff4fd7ff6cdc2fc2c6a72d67ab1fa1e02"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a register of the first format in which every table has rows."""
    path = tmp_path_factory.mktemp("honest") / "register.sqlite"
    full_register(path)
    of_the_first_format(path)
    return path


@pytest.fixture
def old(honest: Path, tmp_path: Path) -> Path:
    """Return a copy of it that may be written to."""
    return Path(shutil.copy(honest, tmp_path))


def spoil(path: Path, *scripts: str) -> None:
    """Do something to a file past the library."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for script in scripts:
            connection.executescript(script)


# --- steps -----------------------------------------------------------------------------------------------------------


def test_the_first_step_is_the_first_format() -> None:
    """It makes the tables of that time to the letter, for registers stand by it."""
    made = [one for one in tables_by_steps(to="0001") if "alembic_version" not in one]
    assert hashlib.sha256("\n".join(made).encode()).hexdigest() == FIRST_FORMAT


def test_a_new_register_is_one_that_was_taken_over() -> None:
    """All steps together make the tables that a new register gets at once; a forgotten step would be seen here."""
    with open_register("sqlite://").transaction() as connection:
        assert statements(connection) == tables_by_steps(to=PRESENT)


# --- earlier formats -------------------------------------------------------------------------------------------------


def test_an_old_register_is_read_as_it_is(old: Path) -> None:
    """Log, audit, draws, returns and heads are there; no byte of the file changes, and nothing comes beside it."""
    before = old.read_bytes()
    old.chmod(0o444)
    register = open_existing_register(str(old))
    assert register.takes_over
    assert verify_register(register) == []
    assert register_log(register)["kind"].tolist() == ["freeze", "withdrawal", "freeze", "draw", "freeze"]
    assert [one.status for one in draws_of_year(register, provider="North", year="2023-09")] == ["drawn"]
    assert returned_files(register, provider="North", year="2023-09").versions["version"].tolist() == [1, 2]
    assert [list(of_one) for of_one in heads(register).values()] == [["chain head"]] * 2
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_draw_is_verified_against_an_old_register(old: Path, tmp_path: Path) -> None:
    """``qa verify`` finds the draw in it and changes no byte."""
    before = old.read_bytes()
    drawn = draws_of_year(open_existing_register(str(old)), provider="North", year="2023-09")[0]
    drawn.freeze.write(tmp_path / "month")
    drawn.write(tmp_path / "month")
    assert dict(verify_folder(tmp_path / "month", register=str(old))) == {"month": [], "register": []}
    assert old.read_bytes() == before


def test_an_old_register_is_taken_over_without_loss(old: Path) -> None:
    """Every row of every table is there afterwards; draws and returns go on, and all of it is bound."""
    before = rows(old)
    register = open_register(str(old))
    after = rows(old)
    assert {name: found for name, found in after.items() if name in before} == before
    assert [(row[0], row[3]) for row in after["record"]] == [("North", "taken over"), ("South", "taken over")]
    assert not register.takes_over
    assert verify_register(register) == []
    drawn = draws_of_year(register, provider="North", year="2023-09")[0]
    assert give_back(register, drawn, "later").version == 3
    draw(register, freeze(register, "2024-02"))
    withdraw(register, provider="South")
    assert verify_register(register) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE chain SET recorded_by = 'somebody else' WHERE position = 1 AND provider = 'North'",
        "UPDATE freezes SET frozen_on = '2020-01-01' WHERE provider = 'South'",
        "UPDATE returns SET imported_by = 'somebody else' WHERE version = 1",
        "DELETE FROM not_moderatable",
    ],
)
def test_what_was_taken_over_is_bound_from_then_on(change: str, old: Path) -> None:
    """A row that was written before there was a record can no longer be changed unseen."""
    open_register(str(old))
    spoil(old, change)
    assert verify_register(open_existing_register(str(old)))


def test_a_refusal_takes_nothing_over(old: Path) -> None:
    """The steps are part of the transaction that needed them: refused, the register is the old one."""
    before = rows(old)
    register = open_existing_register(str(old))
    with pytest.raises(SampleError, match="is drawn already"):
        withdraw(register, provider="North")
    assert rows(old) == before
    withdraw(register, provider="South")
    assert rows(old)["alembic_version"] == [(PRESENT,)]


# --- what is no register of this program -----------------------------------------------------------------------------

REFUSED = {
    "a newer format": (
        ["UPDATE alembic_version SET version_num = '0999'"],
        f"the register has the format '0999', this program knows those up to '{PRESENT}'; update qa_lib",
    ),
    "a format without a number": (
        ["DELETE FROM alembic_version"],
        "the register does not say which format it has; it was changed: take it from a backup",
    ),
    "a table that was dropped": (
        ["DROP TABLE record"],
        "the register has lost its table record; it was changed: take it from a backup",
    ),
    "the number's table dropped": (
        ["DROP TABLE alembic_version"],
        "the file is a database, but not a register; name the register with --register",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_changed_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    """For reading and for writing, and the file stays as it is."""
    scripts, said = REFUSED[case]
    path = tmp_path / "register.sqlite"
    open_register(str(path))
    spoil(path, *scripts)
    before = path.read_bytes()
    with pytest.raises(RegisterError) as writing:
        open_register(str(path))
    with pytest.raises(RegisterError) as reading:
        verify_register(open_existing_register(str(path)))
    assert str(writing.value) == str(reading.value) == said
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """No table of ours is made in it."""
    path = tmp_path / "contacts.sqlite"
    spoil(path, "CREATE TABLE contacts (name TEXT)")
    with pytest.raises(RegisterError, match="is a database, but not a register"):
        open_register(str(path))
    assert list(rows(path)) == ["contacts"]


# --- first use -------------------------------------------------------------------------------------------------------


def test_a_refused_first_use_leaves_an_empty_register(tmp_path: Path) -> None:
    """What is there afterwards can be read, holds nothing, and takes the next freeze."""
    path = tmp_path / "register.sqlite"
    register = open_register(str(path), at_first_use=True)
    assert not path.exists()
    with pytest.raises(SampleError, match="was never frozen"):
        withdraw(register)
    assert rows(path) == {}
    assert register_log(open_existing_register(str(path))).empty
    assert verify_register(open_existing_register(str(path))) == []
    assert freeze(register).part == "month"
    assert verify_register(open_existing_register(str(path))) == []


def test_a_refusal_never_takes_a_register_away(tmp_path: Path) -> None:
    """Of two who open a new register at once the one who is refused leaves the other's freeze where it is."""
    place = str(tmp_path / "register.sqlite")
    one, other = open_register(place, at_first_use=True), open_register(place, at_first_use=True)
    frozen = freeze(one)
    with pytest.raises(SampleError, match="rate was 1, now 1/2"):
        freeze(other, rate="1/2")
    assert isinstance(draw(other, frozen).freeze, Freeze)
    assert register_log(one)["kind"].tolist() == ["freeze", "draw"]


def test_a_register_that_was_taken_away_is_not_made_again(tmp_path: Path) -> None:
    """What was acknowledged in it is gone with it: that is said, and no new one covers it up."""
    path = tmp_path / "register.sqlite"
    for register in (open_register(str(path)), open_existing_register(str(path))):
        freeze(register)
        path.rename(tmp_path / "elsewhere.sqlite")
        with pytest.raises(RegisterError, match="the file cannot be opened or made there"):
            freeze(register, provider="South")
        assert not path.exists()
        (tmp_path / "elsewhere.sqlite").rename(path)


@pytest.mark.parametrize("name", ["a folder?x#1/register 100%.sqlite", "é/ö.sqlite"])
def test_any_name_of_a_file_will_do(name: str, tmp_path: Path) -> None:
    """Characters that mean something in an address are part of a path like others."""
    freeze(open_register(str(tmp_path / name)))
    assert verify_register(open_existing_register(str(tmp_path / name))) == []
    assert [path.name for path in (tmp_path / name).parent.iterdir()] == [Path(name).name]


def test_a_place_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """A file where a folder should be, and a folder where the register should be."""
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "register.sqlite", tmp_path):
        with pytest.raises(RegisterError, match=r"there can be no register at .*; name another place with --register"):
            open_register(str(place))


def test_an_open_register_stays_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going to another folder does not change which register a name stands for."""
    monkeypatch.chdir(tmp_path)
    register: Register = open_register("register.sqlite", at_first_use=True)
    (tmp_path / "below").mkdir()
    os.chdir(tmp_path / "below")
    freeze(register)
    assert [path.name for path in tmp_path.rglob("*.sqlite")] == ["register.sqlite"]
    assert (tmp_path / "register.sqlite").is_file()
