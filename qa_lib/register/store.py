"""Opening the register, and what is read from and written to it inside a transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from qa_lib.errors import QAError, RegisterError
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, METADATA, NOT_MODERATABLE, SELECTED
from qa_lib.register.working_folder import DEFAULT as DEFAULT
from qa_lib.register.working_folder import working_folder
from qa_lib.sampling.protocol import NO_ENTRY, canonical_json, sha256_hex

ENVIRONMENT = "QA_REGISTER"
_SECONDS_TO_WAIT_FOR_ANOTHER_WRITER = 120


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

    Parameters
    ----------
    engine
        A SQLAlchemy engine; tables that are missing are made.

    Attributes
    ----------
    named
        How the user named it; empty where it was found. A command that is proposed names it in the same way.
    forgets
        Whether all that is recorded here is gone with the process.
    """

    named: str = ""
    forgets: bool = False

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with self.transaction() as connection:
            METADATA.create_all(connection)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Give one transaction: all of it is recorded, or nothing."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise RegisterError(
                f"the register could not be read or written ({cause}); is it a register, and free?"
            ) from error


def open_register(url: str | None = None) -> Register:
    """Open the register, making it where there is none.

    Parameters
    ----------
    url
        A SQLAlchemy URL, or the path of a SQLite file. Without one: the environment variable ``QA_REGISTER``, then
        ``register.sqlite`` of the working folder. ``"sqlite://"`` lives in memory and is gone with the process.
    """
    target = register_location(url)
    if "://" not in target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        target = f"sqlite:///{target}"
    if not target.startswith("sqlite"):
        raise RegisterError(
            f"the register's address begins with {target.split('://')[0]!r}; expected a file path or sqlite://"
        )
    in_memory = target in ("sqlite://", "sqlite:///:memory:")
    engine = sa.create_engine(
        target,
        connect_args={"timeout": _SECONDS_TO_WAIT_FOR_ANOTHER_WRITER, "check_same_thread": False},
        poolclass=sa.StaticPool if in_memory else sa.NullPool,
    )
    _take_the_write_lock_at_the_start(engine)
    return Register(engine)


@contextmanager
def register_kept_if_used(url: str | None = None) -> Iterator[Register]:
    """Open the register for one act; where it was new and the act is refused, leave nothing behind."""
    path = Path(register_location(url).removeprefix("sqlite:///"))
    was_there = path.exists()
    register = open_register(url)
    try:
        yield register
    except QAError:
        if not was_there:
            path.unlink(missing_ok=True)
        raise


def open_existing_register(url: str | None = None) -> Register:
    """Open a register that is there; refuse to make one.

    Raises
    ------
    RegisterError
        If there is no file at the place that :func:`register_location` names.
    """
    target = register_location(url)
    path = Path(target.removeprefix("sqlite:///"))
    if not path.is_file():
        raise RegisterError(f"there is no register at {path}; name it with --register or the variable {ENVIRONMENT}")
    return open_register(url)


def register_location(url: str | None = None) -> str:
    """Return where the register is: the argument, the environment variable, or that of the working folder."""
    return url or os.environ.get(ENVIRONMENT) or str(working_folder() / DEFAULT)


def _take_the_write_lock_at_the_start(engine: sa.Engine) -> None:
    """Make every SQLite transaction ``BEGIN IMMEDIATE``, so that what it read is still true when it writes."""

    @sa.event.listens_for(engine, "connect")
    def no_implicit_transactions(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


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
    with register.transaction() as connection:
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
