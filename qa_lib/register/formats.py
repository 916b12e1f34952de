"""Which format a register has; making a new one, and taking over one of an earlier format, under its write lock."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from qa_lib.errors import RegisterError
from qa_lib.register.record import take_over
from qa_lib.register.schema import CHAIN, FORMAT, METADATA, RECORD

#: The format of this program: the last step in ``migrations``; and those from which steps lead to it.
PRESENT, _EARLIER = "0002", ("0001",)
_MIGRATIONS = Path(__file__).parent / "migrations"


def is_present(connection: sa.Connection) -> bool:
    """Say whether the register has this program's format; False for an earlier one, and where there is nothing yet.

    Raises
    ------
    RegisterError
        If it is of a newer program, no register at all, or lacks a table that it had.
    """
    tables = set(sa.inspect(connection).get_table_names())
    if FORMAT.name not in tables:
        # The first registers carried no number; what has other tables only was never one.
        if (tables and CHAIN.name not in tables) or RECORD.name in tables:
            raise RegisterError("the file is a database, but not a register; name the register with --register")
        return False
    numbers = connection.execute(sa.select(FORMAT.c.version_num)).scalars().all()
    if len(numbers) != 1:
        raise RegisterError("the register does not say which format it has; it was changed: take it from a backup")
    if numbers[0] in _EARLIER:
        return False
    if numbers[0] != PRESENT:
        raise RegisterError(
            f"the register has the format {str(numbers[0])[:20]!r}, this program knows those up to {PRESENT!r}; "
            "update qa_lib"
        )
    if missing := sorted(set(METADATA.tables) - tables):
        raise RegisterError(f"the register has lost its table {missing[0]}; it was changed: take it from a backup")
    return True


def bring_up_to_date(connection: sa.Connection) -> None:
    """Make the tables of a new register, or take over one of an earlier format, in the transaction at hand."""
    if is_present(connection):
        return
    if not sa.inspect(connection).get_table_names():
        METADATA.create_all(connection)
        connection.execute(FORMAT.insert(), {"version_num": PRESENT})
        return
    migrate(connection)
    take_over(connection)


def migrate(connection: sa.Connection, *, to: str = PRESENT) -> None:
    """Take the steps from the register's format to a later one.

    Parameters
    ----------
    to
        The number of the format; tests make registers of earlier ones.
    """
    # Alembic is loaded for the few registers that need it.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_MIGRATIONS))
    context = MigrationContext.configure(connection)
    steps = list(scripts.iterate_revisions(to, context.get_current_revision() or "base"))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
    context.stamp(scripts, to)
