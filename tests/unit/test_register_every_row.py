"""No row of any table of the register can be changed, taken out or added without ``verify_register`` saying so."""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from register_scene import draw, freeze, full_register, give_back, rows, withdraw

from qa_lib.errors import RegisterError
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.receipts import draw_receipt, freeze_receipt, heads, receipt_problems
from qa_lib.register.recording import record_not_moderatable
from qa_lib.register.schema import FORMAT, METADATA
from qa_lib.register.store import Register, open_existing_register, open_register
from qa_lib.register.verify_chains import verify_register

TABLES = [table for table in METADATA.sorted_tables if table is not FORMAT]


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a register in which every table has rows."""
    path = tmp_path_factory.mktemp("honest") / "register.sqlite"
    full_register(path)
    return path


def problems_after(honest: Path, *statements: str, values: tuple[Any, ...] = ()) -> list[str]:
    """Return what is said of a copy of the register in which something was done past the library."""
    place = Path(shutil.copyfile(honest, honest.with_name("spoilt.sqlite")))
    with contextlib.closing(sqlite3.connect(place)) as connection:
        touched = sum(connection.execute(statement, values).rowcount for statement in statements)
        connection.commit()
    assert touched > 0, statements
    return verify_register(at(place))


@functools.cache
def at(place: Path) -> Register:
    """Return the register of a file, opened once: hundreds of spoilt copies come to one place."""
    return open_existing_register(str(place))


def another(value: Any) -> Any:
    """Return a value of the same kind that is not the same."""
    if isinstance(value, int):
        return 1 - value if value in (0, 1) else value + 1000
    return "x" if value is None else value + (b"x" if isinstance(value, bytes) else "x")


def test_an_honest_register_has_rows_in_every_table_and_no_problem(honest: Path) -> None:
    """What follows would show nothing of a table that is empty."""
    assert verify_register(open_existing_register(str(honest))) == []
    assert {name for name, found in rows(honest).items() if not found} == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_value_of_every_row_is_bound(table: sa.Table, honest: Path) -> None:
    """Whatever value of whatever row is changed, and whatever row is taken out, is found; of tables to come too."""
    for number, row in enumerate(rows(honest)[table.name]):
        this = f"rowid = (SELECT rowid FROM {table.name} LIMIT 1 OFFSET {number})"  # noqa: S608
        for column, value in zip(table.columns, row, strict=True):
            changed = f"UPDATE {table.name} SET {column.name} = ? WHERE {this}"  # noqa: S608
            assert problems_after(honest, changed, values=(another(value),)), f"{column}, row {number}"
        assert problems_after(honest, f"DELETE FROM {table.name} WHERE {this}"), f"{table.name}, row {number}"  # noqa: S608


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_emptied_table_is_found(table: sa.Table, honest: Path) -> None:
    """Also the record itself; and a value that is no text, or of another kind, stops no check."""
    assert problems_after(honest, f"DELETE FROM {table.name}")  # noqa: S608
    for column in table.columns:
        mangled = problems_after(honest, f"UPDATE {table.name} SET {column.name} = x'ff' || rowid")  # noqa: S608
        assert mangled, column
        mangled = problems_after(honest, f"UPDATE {table.name} SET {column.name} = CAST(rowid AS BLOB)")  # noqa: S608
        assert mangled, column


ADDED = {
    "INSERT INTO not_moderatable SELECT freeze_digest, 'North-2024-01-0', reason, recorded_at FROM not_moderatable": (
        "what is stored as not_moderatable North-2024-01-0 is bound by no entry of the record; "
        "it was added past the library"
    ),
    "INSERT INTO selected_files SELECT freeze_digest, 'c9', assessor_id, pop_id, selected_by FROM selected_files "
    "LIMIT 1": (
        "what is stored as selected_files is not what the record binds; it was changed, or a row was added or taken out"
    ),
}


@pytest.mark.parametrize("statement", ADDED)
def test_a_row_that_was_added_is_found(statement: str, honest: Path) -> None:
    """What steers the next draw cannot be slipped in either."""
    assert any(ADDED[statement] in one for one in problems_after(honest, statement))


@pytest.mark.parametrize(
    "statement",
    [
        *ADDED,
        "UPDATE not_moderatable SET reason = 'it was found again'",
        "UPDATE returns SET imported_by = 'somebody else' WHERE version = 1",
        "UPDATE returned_files SET changed = 1 - changed WHERE version = 2",
        "UPDATE draws SET seed_given_on = '2031-01-01'",
        "UPDATE freezes SET frozen_on = '2020-01-01' WHERE provider = 'South'",
        "UPDATE freezes SET frozen_on = '2020-01-01' WHERE state = 'drawn'",
        "UPDATE chain SET recorded_by = 'somebody else' WHERE provider = 'South'",
    ],
)
def test_later_acts_do_not_cover_a_change(statement: str, honest: Path, tmp_path: Path) -> None:
    """Each act binds what it writes and nothing that was there: a return, a lost file, a draw of the same freezes."""
    place = Path(shutil.copy(honest, tmp_path))
    with contextlib.closing(sqlite3.connect(place)) as connection:
        connection.execute(statement)
        connection.commit()
    register = open_existing_register(str(place))
    before = verify_register(register)
    drawn = draws_of_year(register, provider="North", year="2023-09")[0]
    give_back(register, drawn, "once more")
    record_not_moderatable(register, provider="North", reasons={"North-2024-01-0": "lost too"})
    draw(register, freeze(register, provider="South"))
    assert before
    assert set(before) <= set(verify_register(register))


CUTS = {
    "the last return with all that binds it": (
        [
            "DELETE FROM returned_standards WHERE version = 2",
            "DELETE FROM returned_files WHERE version = 2",
            "DELETE FROM returns WHERE version = 2",
            "DELETE FROM not_moderatable",
            "DELETE FROM record WHERE provider = 'North' AND position > 5",
        ],
        "the record has no entry between its numbers 5 and 8: what was recorded there was taken out",
    ),
    "the end of the draw chain": (
        ["DELETE FROM chain WHERE provider = 'North' AND position = 4"],
        "North: the draw chain has 3 of the 4 entries that the record binds; it was cut off",
    ),
    "the end of the record": (
        ["DELETE FROM record WHERE provider = 'South'"],
        "South: the record binds 0 of the 1 entries of the draw chain; the record was cut off",
    ),
    "a freeze": (
        ["DELETE FROM freezes WHERE provider = 'South'"],
        "a freeze that is gone: what is stored as freezes is gone; the record binds it",
    ),
    "who withdrew": (
        ["UPDATE chain SET recorded_by = 'somebody else' WHERE kind = 'withdrawal'"],
        "North, entry 2: not what the record binds; a person, a time or a value was changed",
    ),
    "when the seed was given": (
        ["UPDATE draws SET seed_given_on = '2031-01-01'"],
        "North 2024-01 month: what is stored as draws is not what the record binds; "
        "it was changed, or a row was added or taken out",
    ),
    "why a file could not be moderated": (
        ["UPDATE not_moderatable SET reason = 'it was found again'"],
        "North 2024-01 month: what is stored as not_moderatable North-2024-01-1 is not what the record binds; "
        "it was changed, or a row was added or taken out",
    ),
}


@pytest.mark.parametrize("cut", CUTS)
def test_what_was_cut_is_named(cut: str, honest: Path) -> None:
    """Each chain carries the head of the other, and entries are numbered through over all providers."""
    statements, said = CUTS[cut]
    told = problems_after(honest, *statements)
    assert said in [re.sub(r" \([0-9a-f]{12}…\)", "", one) for one in told], told


def test_only_a_receipt_shows_that_the_very_end_was_cut_off(tmp_path: Path) -> None:
    """A register put back to an earlier day is whole in itself; the head on a receipt of a later day is not in it."""
    register = open_register(str(tmp_path / "register.sqlite"))
    frozen = freeze(register)
    before = freeze_receipt(frozen, register)
    shutil.copyfile(tmp_path / "register.sqlite", tmp_path / "backup.sqlite")
    drawn = draw(register, frozen)
    receipt = draw_receipt(drawn, register)
    give_back(register, drawn)
    later = heads(register)["North"]["record head"]
    assert receipt_problems(register, [*before.values(), *receipt.values(), later]) == []

    put_back = open_register(str(tmp_path / "backup.sqlite"))
    assert verify_register(put_back) == []
    assert receipt_problems(put_back, before.values()) == []
    gone = [*list(receipt.values())[1:], later]
    told = receipt_problems(put_back, [f" {digest.upper()} " for digest in gone])
    assert [one.split("…")[0] for one in told] == [f"the receipt's digest {digest[:12]}" for digest in gone]
    with pytest.raises(RegisterError, match="'1234' is no digest of a receipt; expected 64 digits 0-9 and a-f"):
        receipt_problems(put_back, ["1234"])


def test_a_draw_has_one_receipt(tmp_path: Path) -> None:
    """Asked for again after later acts it is the same; without a register it holds the two digests only."""
    register = open_register(str(tmp_path / "register.sqlite"))
    drawn = draw(register, freeze(register))
    receipt = draw_receipt(drawn, register)
    give_back(register, drawn)
    record_not_moderatable(register, provider="North", reasons={"North-2024-01-1": "lost"})
    freeze(register, "2024-02")
    withdraw(register, "2024-02")
    assert draw_receipt(draw(register, drawn.freeze), register) == receipt
    assert list(receipt) == ["freeze digest", "sample digest", "chain head", "record head"]
    assert draw_receipt(drawn) == {name: receipt[name] for name in ("freeze digest", "sample digest")}


def test_a_receipt_of_a_record_that_was_cut_is_refused_in_a_sentence(honest: Path, tmp_path: Path) -> None:
    """No receipt is made up for a draw that the record does not bind."""
    place = Path(shutil.copy(honest, tmp_path))
    with contextlib.closing(sqlite3.connect(place)) as connection:
        connection.execute("DELETE FROM record")
        connection.commit()
    register = open_existing_register(str(place))
    with pytest.raises(RegisterError, match="the record does not bind it; see qa register verify"):
        freeze_receipt(freeze(register, provider="South"), register)
