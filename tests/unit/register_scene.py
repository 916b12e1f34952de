"""A register in which every table has rows: two providers, a withdrawal, a draw, a return in two versions."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from qa_lib.register.formats import migrate
from qa_lib.register.recording import record_draw, record_freeze, record_not_moderatable, record_withdrawal
from qa_lib.register.return_record import FILE_COLUMNS, STANDARD_COLUMNS, Recorded, record_return
from qa_lib.register.store import Register, open_register
from qa_lib.sampling.drawing import Draw, make_draw
from qa_lib.sampling.frozen import Freeze, SamplingPlan
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import parse_rate
from tests.second_implementation.examples import file_row, seed_for

WHY = "two files were missing"


def freeze(register: Register, month: str = "2024-01", *, provider: str = "North", rate: str = "1") -> Freeze:
    """Freeze a month of two files; with the usual rate both are drawn."""
    plan = SamplingPlan(rate=parse_rate(rate), minimum_rate=parse_rate("5%"))
    rows = [file_row(f"{provider}-{month}-{number}", f"A{number}") for number in range(2)]
    files = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    return record_freeze(register, files, plan, provider=provider, month=month, by="operator")


def draw(register: Register, frozen: Freeze, *, seed: str = "") -> Draw:
    """Draw with a reviewer of another RPA, by default with a seed of this freeze alone."""
    seed = seed or seed_for(frozen.digest)
    return record_draw(register, frozen, lambda: make_draw(frozen, seed=seed, reviewer="R", reviewer_rpa="Far"))[0]


def withdraw(register: Register, month: str = "2024-01", *, provider: str = "North", reason: str = WHY) -> str:
    """Withdraw the month's open freeze."""
    return record_withdrawal(
        register, provider=provider, month=month, purpose="moderation", reason=reason, by="R. Clerk"
    )


def give_back(register: Register, drawn: Draw, said: str = "endorsed", *, workbook: bytes = b"") -> Recorded:
    """Record a return of every sampled file, by default in a workbook of its own for each content."""
    cases = drawn.sample["case_id"]
    files = [{**dict.fromkeys(FILE_COLUMNS, ""), "case_id": case, "decision": said} for case in cases]
    standards = [{**dict.fromkeys(STANDARD_COLUMNS, "met"), "case_id": case, "standard": 3} for case in cases]
    return record_return(
        register, drawn.freeze.digest, files, standards, workbook=workbook or said.encode(), by="officer"
    )


def full_register(path: Path) -> Register:
    """Return a register in a file with rows in every table; the last act is of the second provider."""
    register = open_register(str(path))
    freeze(register)
    withdraw(register)
    drawn = draw(register, freeze(register))
    give_back(register, drawn)
    give_back(register, drawn, "overturned")
    record_not_moderatable(register, provider="North", reasons={"North-2024-01-1": "the file is lost"})
    freeze(register, provider="South")
    return register


def of_the_first_format(path: Path) -> None:
    """Turn a register into one of the first format, as it was made before registers had a record."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE record; DROP TABLE alembic_version;")


def tables_by_steps(*, to: str) -> list[str]:
    """Return the statements that make an empty register by the steps for old ones, up to a format."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection, to=to)
        return statements(connection)


def statements(connection: sa.Connection) -> list[str]:
    """Return the statements by which the tables and indexes of a database are made, sorted."""
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql")
    return [" ".join(row[0].split()) for row in found]


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, read past the library."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
