"""Opening the register, and what is read from and written to it inside a transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from qa_lib.errors import RegisterError
from qa_lib.register.formats import bring_up_to_date, is_present
from qa_lib.register.refusals import database_words
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, NOT_MODERATABLE, SELECTED
from qa_lib.register.working_folder import DEFAULT as DEFAULT
from qa_lib.register.working_folder import working_folder
from qa_lib.sampling.protocol import NO_ENTRY, canonical_json, sha256_hex

ENVIRONMENT = "QA_REGISTER"
_SECONDS_TO_WAIT_FOR_ANOTHER_WRITER = 120
_READING = "only_reading"


@dataclass(frozen=True)
class StoredFreeze:
    """A freeze as the register holds it; ``state`` is ``open``, ``withdrawn`` or ``drawn``."""

    digest: str
    month: str
    part: str
    state: str
    frozen_on: str


class Register:
    """The database of record.

    Tables that are missing, and those of an earlier format, are brought up to date in the transaction that writes. A
    file is never deleted, and never made again where it was taken away.

    Parameters
    ----------
    engine
        A SQLAlchemy engine whose transactions begin with the write lock.
    new_file
        A file that the first transaction makes where there is none.

    Attributes
    ----------
    named
        How the user named it; empty where it was found. A command that is proposed names it in the same way.
    forgets
        Whether all that is recorded here is gone with the process.
    """

    named: str = ""
    forgets: bool = False

    def __init__(self, engine: sa.Engine, *, new_file: Path | None = None) -> None:
        self._engine, self._new_file = engine, new_file
        self._present = False

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Give one transaction that holds the write lock: all of it is recorded, or nothing."""
        if self._new_file and not self._present:
            _make_file(self._new_file)
        with _in_plain_words(self._engine.url.database), self._engine.begin() as connection:
            if not self._present:
                bring_up_to_date(connection)
            yield connection
        self._present = True

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a look at the register as it is at one moment, which changes nothing in it.

        A register of an earlier format stays as it is, also where it could not be written to: what is read is a copy
        in memory that was brought up to date. One that its first use has yet to make is empty.
        """
        if self._new_file and not self._present and not self._new_file.exists():
            with _in_memory() as nothing:
                yield nothing
            return
        with _in_plain_words(self._engine.url.database, reading=True), self._engine.connect() as bare:
            connection = bare.execution_options(**{_READING: True})
            with connection.begin():
                self._present = self._present or is_present(connection)
                with nullcontext(connection) if self._present else _in_memory(connection) as current:
                    yield current

    @property
    def takes_over(self) -> bool:
        """Whether the register has an earlier format, which the next thing recorded takes over."""
        with self.reading():
            return not self._present


@contextmanager
def _in_plain_words(place: str | None, *, reading: bool = False) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise RegisterError(database_words(error, place, reading=reading)) from error


@contextmanager
def _in_memory(filled_from: sa.Connection | None = None) -> Iterator[sa.Connection]:
    """Give a register in memory, with what another connection holds, or nothing, brought up to date."""
    memory = _engine("sqlite://")
    try:
        if filled_from is not None:
            with memory.connect() as beside:
                source: Any = filled_from.connection.driver_connection
                source.backup(beside.connection.driver_connection)
        with memory.begin() as beside:
            bring_up_to_date(beside)
            yield beside
    finally:
        memory.dispose()


def open_register(url: str | None = None, *, at_first_use: bool = False) -> Register:
    """Open the register, making it where there is none.

    Parameters
    ----------
    url
        A SQLAlchemy URL, or the path of a SQLite file. Without one: the environment variable ``QA_REGISTER``, then
        ``register.sqlite`` of the working folder. ``"sqlite://"`` lives in memory and is gone with the process.
    at_first_use
        Make it only when something is recorded: what is refused before leaves no file behind.

    Raises
    ------
    RegisterError
        If the place cannot be used, or what is there is no register, or one of a newer program.
    """
    target = register_location(url)
    register = Register(_engine(target), new_file=_file_of(target))
    if not at_first_use:
        with register.transaction():
            pass
    return register


def open_existing_register(url: str | None = None) -> Register:
    """Open a register that is there; refuse to make one, and leave it as it is until something is recorded.

    Raises
    ------
    RegisterError
        If there is no file at the place that :func:`register_location` names.
    """
    target = register_location(url)
    path = Path(target.removeprefix("sqlite:///"))
    if not path.is_file():
        raise RegisterError(f"there is no register at {path}; name it with --register or the variable {ENVIRONMENT}")
    return Register(_engine(target))


def _engine(target: str) -> sa.Engine:
    path, timeout = _file_of(target), _SECONDS_TO_WAIT_FOR_ANOTHER_WRITER
    # SQLite itself never makes the file: where it was taken away meanwhile, that is said and not covered up.
    place = ":memory:" if path is None else f"{_address(path)}?mode=rw"
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=None if path is None else str(path)),
        creator=lambda: sqlite3.connect(place, uri=True, timeout=timeout, check_same_thread=False),
        # No connection is kept: what this process opened must not be used by children that are forked from it.
        poolclass=sa.StaticPool if path is None else sa.NullPool,
    )
    _take_the_write_lock_at_the_start(engine)
    return engine


def _address(path: Path) -> str:
    """Return a path as SQLite reads it: of a network drive the server belongs to the path."""
    plain = path.as_posix()
    return "file://" + quote(plain if plain.startswith("/") else f"/{plain}", safe="/:")


def _file_of(target: str) -> Path | None:
    """Return the file that a path or an address names; None for a register in memory."""
    if "://" not in target:
        return Path(target).absolute()
    with _in_plain_words(None):
        address = sa.make_url(target)
    if address.get_backend_name() != "sqlite":
        raise RegisterError(
            f"the register's address begins with {address.drivername!r}; expected a file path or sqlite://"
        )
    if address.query:
        raise RegisterError("the register's address goes on behind a '?'; expected sqlite:/// and the path alone")
    return None if address.database in (None, "", ":memory:") else Path(str(address.database)).absolute()


def _make_file(path: Path) -> None:
    """Make an empty file where there is none, which to SQLite is an empty database; never touch one that is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o644))
    except OSError as error:
        raise RegisterError(
            f"there can be no register at {path} ({error.strerror}); name another place with --register"
        ) from error


def register_location(url: str | None = None) -> str:
    """Return where the register is: the argument, the environment variable, or that of the working folder."""
    return url or os.environ.get(ENVIRONMENT) or str(working_folder() / DEFAULT)


def _take_the_write_lock_at_the_start(engine: sa.Engine) -> None:
    """Begin with ``BEGIN IMMEDIATE`` unless it only reads, so that what was read is still true when it writes."""

    @sa.event.listens_for(engine, "connect")
    def no_implicit_transactions(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def chain_head(connection: sa.Connection, provider: str) -> tuple[int, str]:
    """Return how many entries a provider's chain has, and the hash of the last."""
    query = (
        sa.select(CHAIN.c.position, CHAIN.c.entry_hash)
        .where(CHAIN.c.provider == provider)
        .order_by(CHAIN.c.position.desc())
        .limit(1)
    )
    last = connection.execute(query).first()
    return (last.position, last.entry_hash) if last else (0, NO_ENTRY)


def append_entry(connection: sa.Connection, entry: dict[str, str], *, at: str, by: str) -> None:
    """Append one entry to the chain of ``entry["provider"]``.

    Parameters
    ----------
    entry
        ``digest, kind, month, part, provider, purpose``; ``previous`` is added here.
    at, by
        Clock and person; they do not enter the hash.
    """
    position, head = chain_head(connection, entry["provider"])
    linked = {**entry, "previous": head}
    row = {**linked, "position": position + 1, "entry_hash": entry_hash(linked), "recorded_at": at, "recorded_by": by}
    connection.execute(CHAIN.insert(), row)


def entry_hash(entry: dict[str, str]) -> str:
    """Return the hash of a chain entry: ``digest, kind, month, part, previous, provider, purpose``."""
    return sha256_hex(canonical_json(entry))


def stored_freezes(
    connection: sa.Connection, *, provider: str, purpose: str, month: str | None = None
) -> list[StoredFreeze]:
    """Return a provider's freezes that were not withdrawn, of one month or of all, in order of month and part."""
    columns = [getattr(FREEZES.c, name) for name in StoredFreeze.__dataclass_fields__]
    query = sa.select(*columns).where(
        FREEZES.c.provider == provider, FREEZES.c.purpose == purpose, FREEZES.c.state != "withdrawn"
    )
    if month is not None:
        query = query.where(FREEZES.c.month == month)
    found = [StoredFreeze(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda freeze: (freeze.month, part_number(freeze.part)))


def withdrawn_freezes(register: Register, *, provider: str) -> set[str]:
    """Return the digests of a provider's withdrawn freezes."""
    query = sa.select(FREEZES.c.digest).where(FREEZES.c.provider == provider, FREEZES.c.state == "withdrawn")
    with register.reading() as connection:
        return set(connection.execute(query).scalars())


def frozen_files(connection: sa.Connection, digest: str) -> tuple[bytes, bytes]:
    """Return ``freeze.json`` and ``population.csv`` of a freeze."""
    query = sa.select(FREEZES.c.freeze_json, FREEZES.c.population_csv).where(FREEZES.c.digest == digest)
    row = connection.execute(query).one()
    return row.freeze_json, row.population_csv


def part_number(part: str) -> int:
    """Return 0 for a month's own freeze, 1 for ``late-1`` and so on."""
    return 0 if part == "month" else int(part.removeprefix("late-"))


def sampled_entities(connection: sa.Connection, *, provider: str, year: str) -> dict[str, set[str]]:
    """Return the assessors and PoPs that have had a moderatable sampled file of a provider in a year."""
    spoilt = sa.exists().where(
        NOT_MODERATABLE.c.freeze_digest == SELECTED.c.freeze_digest, NOT_MODERATABLE.c.case_id == SELECTED.c.case_id
    )
    query = (
        sa.select(SELECTED.c.assessor_id, SELECTED.c.pop_id)
        .join(FREEZES, FREEZES.c.digest == SELECTED.c.freeze_digest)
        .where(FREEZES.c.provider == provider, FREEZES.c.year == year, FREEZES.c.purpose == "moderation", ~spoilt)
        .distinct()
    )
    rows = connection.execute(query).all()
    return {"assessors": {row.assessor_id for row in rows}, "pops": {row.pop_id for row in rows}}


def selected_of_year(connection: sa.Connection, *, provider: str, year: str) -> list[sa.Row[Any]]:
    """Return ``freeze_digest, month, part, case_id, assessor_id, pop_id, selected_by`` of a year's sampled files."""
    query = (
        sa.select(SELECTED, FREEZES.c.month, FREEZES.c.part)
        .join(FREEZES, FREEZES.c.digest == SELECTED.c.freeze_digest)
        .where(FREEZES.c.provider == provider, FREEZES.c.year == year, FREEZES.c.purpose == "moderation")
        .order_by(FREEZES.c.month, FREEZES.c.part, SELECTED.c.case_id)
    )
    return list(connection.execute(query))


def stored_draw(connection: sa.Connection, freeze_digest: str) -> tuple[bytes, bytes] | None:
    """Return ``draw.json`` and ``sample.csv`` of a freeze, or None where it has not been drawn."""
    row = connection.execute(
        sa.select(DRAWS.c.draw_json, DRAWS.c.sample_csv).where(DRAWS.c.freeze_digest == freeze_digest)
    ).first()
    return (row.draw_json, row.sample_csv) if row else None
