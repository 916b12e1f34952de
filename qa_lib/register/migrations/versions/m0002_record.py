"""The second format: the record, a second chain per provider that binds every row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the record's table; what is there already is bound when all steps are done."""
    op.create_table(
        "record",
        sa.Column("provider", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False, unique=True),
        sa.UniqueConstraint("provider", "previous", name="record_never_forks"),
    )
