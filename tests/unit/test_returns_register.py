"""The register keeps returns whole: through kills, through two people at once, in old files, and it proves them."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from register_crowd import processes
from returned import PROVIDER, TODAY, YEAR, changed, drawn, filled, form, put, said
from test_register_simultaneous import at_once

from qa_lib.register.recording import record_not_moderatable
from qa_lib.register.return_record import FILE_COLUMNS, STANDARD_COLUMNS, record_return
from qa_lib.register.returned_files import VERSION_COLUMNS, returned_files
from qa_lib.register.schema import METADATA, RETURNED_FILES, RETURNED_STANDARDS, RETURNS
from qa_lib.register.store import Register, open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return

TABLES = ("returned_standards", "returned_files", "returns")
#: How often an import is killed: before each statement that it sends from the lock on, before and after the commit.
MOST_STATEMENTS = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the folder of a register with a draw, and of its return with one file that could not be moderated."""
    draw = drawn(open_register(str(tmp_path / "register.sqlite")))
    lost = fill_in_return(form(draw), said(), not_moderatable={"c4": "The file is lost."})
    (tmp_path / "return.xlsx").write_bytes(lost)
    (tmp_path / "other.xlsx").write_bytes(filled(draw))
    return tmp_path


def opened(place: Path) -> Register:
    """Open the register of a folder."""
    return open_register(str(place / "register.sqlite"))


def counts(place: Path) -> dict[str, int]:
    """Return how many rows the tables have that an import writes."""
    with contextlib.closing(sqlite3.connect(place / "register.sqlite")) as connection:
        tables = (*TABLES, "not_moderatable")
        return {name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608


def killed_at(number: int, place: str) -> None:
    """Import a return and kill this very process before its statement of that number, counted from the write lock."""
    sent = 0
    register = open_register(f"{place}/register.sqlite")

    def tick(*_: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == number:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = register._engine
    sa.event.listen(engine, "before_cursor_execute", tick)
    sa.event.listen(engine, "commit", tick)
    import_return(f"{place}/return.xlsx", register=register, today=TODAY)
    os._exit(0)


def test_a_kill_at_any_moment_leaves_before_or_after(place: Path) -> None:
    """Killed before each statement and each commit in turn, the register holds nothing of the return or all of it."""
    empty = counts(place)
    assert set(empty.values()) == {0}
    context, killed = processes(), 0
    for number in range(1, MOST_STATEMENTS):
        process = context.Process(target=killed_at, args=(number, str(place)))
        process.start()
        process.join(60)
        assert verify_register(opened(place)) == []
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        assert counts(place) == empty
        killed += 1
    assert killed >= 10
    assert counts(place) == {"returns": 1, "returned_files": 6, "returned_standards": 13, "not_moderatable": 1}
    assert import_return(place / "return.xlsx", register=opened(place), today=TODAY).status == "no change"


def test_people_who_import_the_same_at_once_record_it_once(place: Path) -> None:
    """One is told that it was accepted, the others that nothing changed."""
    command = ["import-return", str(place / "return.xlsx"), "--register", str(place / "register.sqlite")]
    answers = at_once([command] * 4)
    assert [code for code, _ in answers] == [0] * 4, answers
    assert sorted(words.split(":")[0] for _, words in answers) == ["accepted", *["no change"] * 3]
    assert counts(place)["returns"] == 1


def test_people_who_import_different_returns_at_once_make_versions(place: Path) -> None:
    """One is the first version, the other a change of it; nothing is lost."""
    register = ["--register", str(place / "register.sqlite")]
    answers = at_once([["import-return", str(place / name), *register] for name in ("return.xlsx", "other.xlsx")])
    assert [code for code, _ in answers] == [0, 0], answers
    assert sorted(words.split(":")[0] for _, words in answers) == ["accepted", "changed after moderation"]
    versions = returned_files(opened(place), provider=PROVIDER, year=YEAR).versions
    assert versions[["version", "files", "changed"]].values.tolist() == [[1, 6, 0], [2, 6, 1]]
    assert verify_register(opened(place)) == []


def test_a_register_made_before_there_were_returns_takes_them(place: Path) -> None:
    """The tables that it lacks are made when something is recorded."""
    with contextlib.closing(sqlite3.connect(place / "register.sqlite")) as connection:
        for name in (*TABLES, "record", "alembic_version"):
            connection.execute(f"DROP TABLE {name}")
        connection.commit()
    assert import_return(place / "return.xlsx", register=opened(place), today=TODAY).status == "accepted"


def test_nothing_returned_is_empty_frames_with_all_columns() -> None:
    """Columns and kinds are the same with and without rows."""
    register = open_register("sqlite://")
    empty = returned_files(register, provider=PROVIDER, year=YEAR)
    import_return(filled(drawn(register)), register=register, today=TODAY)
    full = returned_files(register, provider=PROVIDER, year=YEAR)
    for before, after in (
        (empty.files, full.files),
        (empty.standards, full.standards),
        (empty.versions, full.versions),
    ):
        assert before.empty
        assert before.dtypes.tolist() == after.dtypes.tolist()
        assert list(before.columns) == list(after.columns)
    assert list(full.files) == ["month", "part", "freeze_digest", *FILE_COLUMNS, "version", "changed"]
    assert (list(full.standards), list(full.versions)) == (STANDARD_COLUMNS, VERSION_COLUMNS)


def test_a_file_that_scrutiny_sent_back_stays_so(place: Path) -> None:
    """What was recorded as not moderatable keeps its first reason, also when a return says another."""
    register = opened(place)
    record_not_moderatable(register, provider=PROVIDER, reasons={"c4": "sent back for revision on 2024-02-06"})
    imported = import_return(place / "return.xlsx", register=register, today=TODAY)
    assert imported.not_moderatable == ("c4",)
    assert counts(place)["not_moderatable"] == 1
    with contextlib.closing(sqlite3.connect(place / "register.sqlite")) as connection:
        assert connection.execute("SELECT reason FROM not_moderatable").fetchone()[0].startswith("sent back")


def test_a_return_of_an_unknown_draw_is_not_recorded(place: Path) -> None:
    """The database itself refuses it."""
    register = opened(place)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        record_return(register, "d" * 64, [], [], workbook=b"x")
    assert counts(place)["returns"] == 0


@pytest.mark.parametrize(
    ("statement", "said_of_it"),
    [
        ("UPDATE returns SET workbook = x'00'", "return 1: the stored workbook is not the one that was imported"),
        ("UPDATE returned_files SET reason = 'x'", "return 1: what is stored of its files and standards was changed"),
        ("UPDATE returned_standards SET moderator_judgement = 'met'", "files and standards was changed"),
        ("DELETE FROM returned_standards", "files and standards was changed"),
        ("UPDATE returns SET version = 3 WHERE version = 2", "return 3: follows return 1; one is missing between"),
        ("DELETE FROM returns WHERE version = 2", "files are stored of a return that is not there"),
    ],
)
def test_the_audit_notices_a_return_that_was_changed(statement: str, said_of_it: str, place: Path) -> None:
    """The workbook, what was read from it, and the numbers of the versions are all held against each other."""
    for name in ("return.xlsx", "other.xlsx"):
        import_return(place / name, register=opened(place), today=TODAY)
    assert verify_register(opened(place)) == []
    with contextlib.closing(sqlite3.connect(place / "register.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()
    problems = verify_register(opened(place))
    assert any(problem.startswith(f"{PROVIDER} 2024-01 month") and said_of_it in problem for problem in problems)


def test_the_workbook_is_kept_as_it_came(place: Path) -> None:
    """Byte by byte, in every version, with who imported it."""
    register = opened(place)
    for name in ("return.xlsx", "other.xlsx"):
        import_return(place / name, register=register, by="officer", today=TODAY)
    with register.transaction() as connection:
        rows = connection.execute(sa.select(RETURNS.c.workbook, RETURNS.c.imported_by).order_by(RETURNS.c.version))
        kept = [tuple(row) for row in rows]
    assert kept == [((place / name).read_bytes(), "officer") for name in ("return.xlsx", "other.xlsx")]


def test_a_refused_return_leaves_the_register_byte_for_byte(place: Path) -> None:
    """A workbook with a fault touches no table."""
    before = counts(place)
    wrong = changed((place / "return.xlsx").read_bytes(), put("c5", "reason", None))
    with pytest.raises(Exception, match="refused: 1 fault"):
        import_return(wrong, register=opened(place), today=TODAY)
    assert counts(place) == before
    assert {table.name for table in (RETURNS, RETURNED_FILES, RETURNED_STANDARDS)} <= set(METADATA.tables)
