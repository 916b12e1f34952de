"""The register's tables. They are SQLAlchemy Core, so that SQLite and other databases hold the same.

A change here needs a step in ``migrations``, or the registers that people have cannot be opened any more.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

#: The draw chain, one per provider (``docs/protocol.md`` §8). Append-only; person and clock stand beside the entry.
CHAIN = Table(
    "chain",
    METADATA,
    Column("provider", String(100), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("month", String(7), nullable=False),
    Column("part", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("entry_hash", String(64), nullable=False, unique=True),
    Column("recorded_at", String(32), nullable=False),
    Column("recorded_by", String(200), nullable=False),
    UniqueConstraint("provider", "previous", name="chain_never_forks"),
    UniqueConstraint("kind", "digest", "previous", name="chain_entry_once"),
)

FREEZES = Table(
    "freezes",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("provider", String(100), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("month", String(7), nullable=False),
    Column("part", String(20), nullable=False),
    Column("year", String(7), nullable=False),
    Column("state", String(10), nullable=False),
    Column("frozen_on", String(32), nullable=False),
    Column("withdrawn_because", Text),
    Column("freeze_json", LargeBinary, nullable=False),
    Column("population_csv", LargeBinary, nullable=False),
    Index("freezes_of_month", "provider", "purpose", "month"),
)

#: A draw's primary key is its freeze: there can never be two.
DRAWS = Table(
    "draws",
    METADATA,
    Column("freeze_digest", String(64), ForeignKey("freezes.digest"), primary_key=True),
    Column("seed_given_on", String(32), nullable=False),
    Column("draw_json", LargeBinary, nullable=False),
    Column("sample_csv", LargeBinary, nullable=False),
)

SELECTED = Table(
    "selected_files",
    METADATA,
    Column("freeze_digest", String(64), ForeignKey("freezes.digest"), primary_key=True),
    Column("case_id", String(100), primary_key=True),
    Column("assessor_id", String(100), nullable=False),
    Column("pop_id", String(100), nullable=False),
    Column("selected_by", String(20), nullable=False),
)

#: Sampled files that could not be moderated: recorded, never replaced (``docs/protocol.md`` §9).
NOT_MODERATABLE = Table(
    "not_moderatable",
    METADATA,
    Column("freeze_digest", String(64), ForeignKey("freezes.digest"), primary_key=True),
    Column("case_id", String(100), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("recorded_at", String(32), nullable=False),
)

#: What moderators sent back of a draw: one row per version, with the workbook itself. Append-only.
RETURNS = Table(
    "returns",
    METADATA,
    Column("freeze_digest", String(64), ForeignKey("draws.freeze_digest"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("file_digest", String(64), nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("imported_at", String(32), nullable=False),
    Column("imported_by", String(200), nullable=False),
    Column("workbook", LargeBinary, nullable=False),
)

#: Every sampled file in every version; ``changed`` says whether the file differs from the version before.
RETURNED_FILES = Table(
    "returned_files",
    METADATA,
    Column("freeze_digest", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("case_id", String(100), primary_key=True),
    Column("moderated_on", String(10), nullable=False),
    Column("moderator_id", String(100), nullable=False),
    Column("second_moderator_id", String(100), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("final_outcome", String(30), nullable=False),
    Column("reason", Text, nullable=False),
    Column("strengths", Text, nullable=False),
    Column("weaknesses", Text, nullable=False),
    Column("not_moderatable_reason", Text, nullable=False),
    Column("changed", Boolean, nullable=False),
    ForeignKeyConstraint(["freeze_digest", "version"], ["returns.freeze_digest", "returns.version"]),
)

RETURNED_STANDARDS = Table(
    "returned_standards",
    METADATA,
    Column("freeze_digest", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("case_id", String(100), primary_key=True),
    Column("standard", Integer, primary_key=True),
    Column("assessor_judgement", String(20), nullable=False),
    Column("moderator_judgement", String(20), nullable=False),
    Column("comment", Text, nullable=False),
    ForeignKeyConstraint(
        ["freeze_digest", "version", "case_id"],
        ["returned_files.freeze_digest", "returned_files.version", "returned_files.case_id"],
    ),
)

#: The record, one per provider: after every act one entry that binds all rows it touched (``record``). Append-only.
RECORD = Table(
    "record",
    METADATA,
    Column("provider", String(100), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("content", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("entry_hash", String(64), nullable=False, unique=True),
    UniqueConstraint("provider", "previous", name="record_never_forks"),
)

#: One row: the number of the register's format. Name and form are alembic's.
FORMAT = Table(
    "alembic_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
