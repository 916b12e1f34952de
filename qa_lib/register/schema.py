"""The register's tables. They are SQLAlchemy Core, so that SQLite and other databases hold the same.

A change here needs a step in ``migrations``, or the registers that people have cannot be opened any more.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

#: The draw chain, one per provider (``docs/protocol.md`` §8). Append-only; person and clock stand beside the entry.
CHAIN = sa.Table(
    "chain",
    METADATA,
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

FREEZES = sa.Table(
    "freezes",
    METADATA,
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
    sa.Index("freezes_of_month", "provider", "purpose", "month"),
)

#: A draw's primary key is its freeze: there can never be two.
DRAWS = sa.Table(
    "draws",
    METADATA,
    sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
    sa.Column("seed_given_on", sa.String(32), nullable=False),
    sa.Column("draw_json", sa.LargeBinary, nullable=False),
    sa.Column("sample_csv", sa.LargeBinary, nullable=False),
)

SELECTED = sa.Table(
    "selected_files",
    METADATA,
    sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
    sa.Column("case_id", sa.String(100), primary_key=True),
    sa.Column("assessor_id", sa.String(100), nullable=False),
    sa.Column("pop_id", sa.String(100), nullable=False),
    sa.Column("selected_by", sa.String(20), nullable=False),
)

#: Sampled files that could not be moderated: recorded, never replaced (``docs/protocol.md`` §9).
NOT_MODERATABLE = sa.Table(
    "not_moderatable",
    METADATA,
    sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("freezes.digest"), primary_key=True),
    sa.Column("case_id", sa.String(100), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.String(32), nullable=False),
)

#: What moderators sent back of a draw: one row per version, with the workbook itself. Append-only.
RETURNS = sa.Table(
    "returns",
    METADATA,
    sa.Column("freeze_digest", sa.String(64), sa.ForeignKey("draws.freeze_digest"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("file_digest", sa.String(64), nullable=False),
    sa.Column("content_digest", sa.String(64), nullable=False),
    sa.Column("imported_at", sa.String(32), nullable=False),
    sa.Column("imported_by", sa.String(200), nullable=False),
    sa.Column("workbook", sa.LargeBinary, nullable=False),
)

#: Every sampled file in every version; ``changed`` says whether the file differs from the version before.
RETURNED_FILES = sa.Table(
    "returned_files",
    METADATA,
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

RETURNED_STANDARDS = sa.Table(
    "returned_standards",
    METADATA,
    sa.Column("freeze_digest", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(100), primary_key=True),
    sa.Column("standard", sa.Integer, primary_key=True),
    sa.Column("assessor_judgement", sa.String(20), nullable=False),
    sa.Column("moderator_judgement", sa.String(20), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["freeze_digest", "version", "case_id"],
        ["returned_files.freeze_digest", "returned_files.version", "returned_files.case_id"],
    ),
)

#: The record, one per provider: after every act one entry that binds all rows it touched (``record``). Append-only.
RECORD = sa.Table(
    "record",
    METADATA,
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

#: One row: the number of the register's format. Name and form are alembic's.
FORMAT = sa.Table(
    "alembic_version",
    METADATA,
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
