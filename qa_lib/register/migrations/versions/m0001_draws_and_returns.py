"""The first format: draw chain, freezes, draws, selected files, returns. Registers of that time carry no number.

Each table is made only where it is missing: the registers of the first days had none for returns.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the first format."""
    _chain()
    _freezes()
    _draws()
    _returns()


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, *columns, if_not_exists=True)


def _chain() -> None:
    _table(
        "chain",
        sa.Column("provider", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.UniqueConstraint("provider", "previous", name="chain_never_forks"),
        sa.UniqueConstraint("kind", "digest", "previous", name="chain_entry_once"),
    )


def _freezes() -> None:
    _table(
        "freezes",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("provider", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("year", sa.String(7), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("frozen_on", sa.String(32), nullable=False),
        sa.Column("withdrawn_because", sa.Text),
        sa.Column("freeze_json", sa.LargeBinary, nullable=False),
        sa.Column("population_csv", sa.LargeBinary, nullable=False),
    )
    op.create_index("freezes_of_month", "freezes", ["provider", "purpose", "month"], if_not_exists=True)


def _draws() -> None:
    _table(
        "draws",
        sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
        sa.Column("seed_given_on", sa.String(32), nullable=False),
        sa.Column("draw_json", sa.LargeBinary, nullable=False),
        sa.Column("sample_csv", sa.LargeBinary, nullable=False),
    )
    _table(
        "selected_files",
        sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("assessor_id", sa.String(100), nullable=False),
        sa.Column("pop_id", sa.String(100), nullable=False),
        sa.Column("selected_by", sa.String(20), nullable=False),
    )
    _table(
        "not_moderatable",
        sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )


def _returns() -> None:
    _table(
        "returns",
        sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("draws.freeze_digest"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("file_digest", sa.String(64), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("imported_at", sa.String(32), nullable=False),
        sa.Column("imported_by", sa.String(200), nullable=False),
        sa.Column("workbook", sa.LargeBinary, nullable=False),
    )
    _table(
        "returned_files",
        sa.Column("freeze_digest", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("moderated_on", sa.String(10), nullable=False),
        sa.Column("moderator_id", sa.String(100), nullable=False),
        sa.Column("second_moderator_id", sa.String(100), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("final_outcome", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("strengths", sa.Text, nullable=False),
        sa.Column("weaknesses", sa.Text, nullable=False),
        sa.Column("not_moderatable_reason", sa.Text, nullable=False),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["freeze_digest", "version"], ["returns.freeze_digest", "returns.version"]),
    )
    of_file = ["freeze_digest", "version", "case_id"]
    _table(
        "returned_standards",
        sa.Column("freeze_digest", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("standard", sa.Integer, primary_key=True),
        sa.Column("assessor_judgement", sa.String(20), nullable=False),
        sa.Column("moderator_judgement", sa.String(20), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(of_file, [f"returned_files.{name}" for name in of_file]),
    )
