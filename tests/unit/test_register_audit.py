"""The audit of the register notices any value that was changed behind its back."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.register.recording import record_draw, record_freeze, record_withdrawal
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, SELECTED
from qa_lib.register.store import Register, open_register
from qa_lib.register.verify_chains import LOG_COLUMNS, register_log, verify_register
from qa_lib.sampling.drawing import make_draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import parse_rate
from tests.second_implementation.examples import file_row, seed_for


@pytest.fixture
def place(honest: Path, tmp_path: Path) -> Path:
    """Return a copy of the honest register, to be spoilt."""
    return Path(shutil.copy(honest, tmp_path))


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a register with two providers, a withdrawal, a draw each and an open freeze."""
    path = tmp_path_factory.mktemp("honest") / "register.sqlite"
    register = open_register(str(path))
    plan = SamplingPlan(rate=parse_rate("5%"), minimum_rate=parse_rate("5%"))
    for provider in ("M", "N"):
        for month in ("2024-01", "2024-01", "2024-02"):
            rows = [file_row(f"{provider}-{month}-{number}", f"A{number}") for number in range(3)]
            files = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
            frozen = record_freeze(register, files, plan, provider=provider, month=month, by="operator")
            if len(register_log(register, provider=provider)) == 1:
                record_withdrawal(register, provider=provider, month=month, purpose="moderation", reason="late upload")
            elif month == "2024-01":
                record_draw(
                    register,
                    frozen,
                    lambda frozen=frozen: make_draw(
                        frozen, seed=seed_for(frozen.digest), reviewer="R", reviewer_rpa="S"
                    ),  # type: ignore[misc]
                )
    return path


def change(path: Path, statement: str, *values: object) -> int:
    """Change the file past the library; return how many rows it touched."""
    with sqlite3.connect(path) as connection:
        return connection.execute(statement, values).rowcount


def problems(path: Path) -> list[str]:
    """Return what the audit says."""
    return verify_register(open_register(str(path)))


def test_an_honest_register_has_no_problem(place: Path) -> None:
    """Freezes, withdrawals and draws of two providers in their order: nothing is wrong."""
    assert problems(place) == []
    log = register_log(open_register(str(place)))
    assert list(log.columns) == LOG_COLUMNS
    kinds = ["freeze", "withdrawal", "freeze", "draw", "freeze"]
    assert log["kind"].tolist() == kinds * 2
    assert log["provider"].tolist() == ["M"] * 5 + ["N"] * 5
    assert register_log(open_register(str(place)), provider="M")["position"].tolist() == [1, 2, 3, 4, 5]
    assert register_log(open_register(str(place)), provider="X").empty
    assert verify_register(open_register("sqlite://")) == []


BESIDE = {"recorded_at", "recorded_by"}  # person and clock stand beside the chain, outside its hashes
TEXT = "0" * 64


@pytest.mark.parametrize("position", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("column", [column.name for column in CHAIN.columns if column.name not in BESIDE])
def test_each_value_of_the_chain_is_bound(column: str, position: int, place: Path) -> None:
    """Any changed value of any entry is noticed, the last entry included."""
    if (column, position) == ("previous", 1):
        value: object = "1" * 64
    else:
        value = (
            9
            if column == "position"
            else {"digest": TEXT, "previous": TEXT[1:] + "1", "entry_hash": TEXT}.get(column, "x")
        )
    touched = change(place, f"UPDATE chain SET {column} = ? WHERE provider = 'M' AND position = ?", value, position)  # noqa: S608
    assert touched == 1
    found = problems(place)
    assert any("M" in problem or "x" in problem for problem in found), found


@pytest.mark.parametrize("position", [1, 2, 3, 4, 5])
def test_an_entry_that_was_taken_out_is_missed(position: int, place: Path) -> None:
    """Deleting any entry, the last one too, is noticed."""
    change(place, "DELETE FROM chain WHERE provider = 'N' AND position = ?", position)
    assert problems(place)


@pytest.mark.parametrize("table", ["chain", "freezes", "draws", "selected_files"])
def test_an_emptied_table_is_missed(table: str, place: Path) -> None:
    """A table without its rows is noticed."""
    change(place, f"DELETE FROM {table}")  # noqa: S608
    assert problems(place)


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        *(("freezes", column.name, "state = 'drawn'") for column in FREEZES.columns if column.name != "frozen_on"),
        ("freezes", "withdrawn_because", "state = 'withdrawn'"),
        ("freezes", "state", "state = 'withdrawn'"),
        ("freezes", "state", "state = 'open'"),
        *(("draws", column.name, "1") for column in DRAWS.columns if column.name != "seed_given_on"),
        *(("selected_files", column.name, "1") for column in SELECTED.columns),
    ],
)
def test_each_value_that_steers_later_draws_is_bound(table: str, column: str, where: str, place: Path) -> None:
    """What is stored beside the chain is held against the files that the chain binds, value by value."""
    key = f"(SELECT rowid FROM {table} WHERE {where} LIMIT 1)"  # noqa: S608
    value: object = b"{}\n" if column.endswith("_json") else b"x" if column.endswith("_csv") else "x"
    assert change(place, f"UPDATE {table} SET {column} = ? WHERE rowid = {key}", value) == 1  # noqa: S608
    assert problems(place), f"{table}.{column}"


def test_a_swapped_draw_is_noticed(place: Path) -> None:
    """A draw that is whole in itself, but of another provider's freeze, does not pass."""
    with sqlite3.connect(place) as connection:
        one, other = connection.execute("SELECT freeze_digest, draw_json, sample_csv FROM draws").fetchall()
        for digest, (_, content, sample) in ((one[0], other), (other[0], one)):
            connection.execute(
                "UPDATE draws SET draw_json = ?, sample_csv = ? WHERE freeze_digest = ?", (content, sample, digest)
            )
    assert len(problems(place)) >= 2


def test_the_log_can_be_read_while_it_is_wrong(place: Path) -> None:
    """A broken chain is still printed, so that one can look at it."""
    change(place, "DELETE FROM chain WHERE provider = 'N' AND position = 2")
    assert len(register_log(Register(open_register(str(place))._engine))) == 9
