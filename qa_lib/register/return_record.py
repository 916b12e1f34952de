"""Recording what moderators sent back: once per content, every version kept.

A return of a draw is recorded whole and in one transaction. The same content again changes nothing; other content is a
new version beside the old one, and every file that differs is marked as changed after moderation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from qa_lib.register.record import append_record, now, rows_of
from qa_lib.register.recording import insert_not_moderatable, load_freeze
from qa_lib.register.schema import DRAWS, FREEZES, NOT_MODERATABLE, RETURNED_FILES, RETURNED_STANDARDS, RETURNS
from qa_lib.register.store import Register, stored_draw
from qa_lib.sampling.drawing import Draw, read_draw, waiting
from qa_lib.sampling.protocol import canonical_json, sha256_hex

#: What a return says of a file, and of a standard of a file.
FILE_COLUMNS = [
    column.name for column in RETURNED_FILES.c if column.name not in ("freeze_digest", "version", "changed")
]
STANDARD_COLUMNS = [column.name for column in RETURNED_STANDARDS.c if column.name not in ("freeze_digest", "version")]
CHANGE_COLUMNS = ["case_id", "standard", "column", "before", "after"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Recorded:
    """What recording a return did: ``accepted``, ``no change`` or ``changed``.

    Attributes
    ----------
    version
        The version that holds the content now.
    changes
        What differs from the version before, cell by cell, with the columns :data:`CHANGE_COLUMNS`.
    same_as
        An older version with the same content, or 0.
    still_uncovered
        Files recorded once as not moderatable, which this return moderates.
    """

    status: str
    version: int
    changes: pd.DataFrame
    same_as: int = 0
    still_uncovered: tuple[str, ...] = ()


def stored_moderation_draw(register: Register, digest: str) -> tuple[Draw, str] | None:
    """Return a moderation draw by its freeze digest, with the day of its seed; None where there is no such freeze."""
    with register.reading() as connection:
        query = sa.select(FREEZES.c.digest).where(
            FREEZES.c.digest == digest, FREEZES.c.purpose == "moderation", FREEZES.c.state != "withdrawn"
        )
        if connection.execute(query).first() is None:
            return None
        freeze, stored = load_freeze(connection, digest), stored_draw(connection, digest)
        given = connection.execute(sa.select(DRAWS.c.seed_given_on).where(DRAWS.c.freeze_digest == digest)).scalar()
    return (waiting(freeze) if stored is None else read_draw(freeze, *stored)), str(given or "")


def content_digest(files: Iterable[Row], standards: Iterable[Row]) -> str:
    """Return the SHA-256 of what a return says, whatever the order of its rows and the bytes of its workbook."""
    content = {
        "files": sorted([str(row[name]) for name in FILE_COLUMNS] for row in files),
        "standards": sorted([str(row[name]) for name in STANDARD_COLUMNS] for row in standards),
    }
    return sha256_hex(canonical_json(content))


def record_return(
    register: Register, digest: str, files: Sequence[Row], standards: Sequence[Row], *, workbook: bytes, by: str = ""
) -> Recorded:
    """Record what moderators sent back of a draw, whole or not at all.

    Parameters
    ----------
    digest
        The freeze digest of the draw.
    files, standards
        Checked rows with the columns :data:`FILE_COLUMNS` and :data:`STANDARD_COLUMNS`.
    workbook
        The workbook as it arrived, or several with who entered what
        (:func:`qa_lib.register.merged_return.kept_together`); it is kept. The latest one again changes nothing, also
        where less is read in it today than when it was recorded.
    """
    content, arrived = content_digest(files, standards), sha256_hex(workbook)
    with register.transaction() as connection:
        before = _versions(connection, digest)
        if before and (before[-1].content_digest == content or before[-1].file_digest == arrived):
            return Recorded("no change", before[-1].version, _changes({}, {}))
        version = len(before) + 1
        was = _cells(*stored_return(connection, digest, version - 1))
        changes = _changes(was, _cells(files, standards) if before else was)
        differing = set(changes["case_id"])
        key = {"freeze_digest": digest, "version": version}
        row = {"file_digest": arrived, "content_digest": content, "workbook": workbook}
        connection.execute(RETURNS.insert(), {**key, **row, "imported_at": now(), "imported_by": by})
        marked = [{**key, **_only(row, FILE_COLUMNS), "changed": row["case_id"] in differing} for row in files]
        _insert(connection, RETURNED_FILES, marked)
        _insert(connection, RETURNED_STANDARDS, [{**key, **_only(row, STANDARD_COLUMNS)} for row in standards])
        lost, uncovered = _record_what_could_not_be_moderated(connection, digest, files)
        of_version = (rows_of(table, version) for table in (RETURNS, RETURNED_FILES, RETURNED_STANDARDS))
        provider = connection.execute(sa.select(FREEZES.c.provider).where(FREEZES.c.digest == digest)).scalar_one()
        append_record(connection, provider, "return", {digest: [*of_version, *lost]})
    same = next((row.version for row in before if row.content_digest == content), 0)
    return Recorded("changed" if before else "accepted", version, changes, same, uncovered)


def _record_what_could_not_be_moderated(
    connection: sa.Connection, digest: str, files: Sequence[Row]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the rows that were written, and the files recorded once as not moderatable that are moderated here."""
    lost = [(row["case_id"], row["not_moderatable_reason"]) for row in files if row["not_moderatable_reason"]]
    new = [
        rows_of(NOT_MODERATABLE, case) for case, why in lost if insert_not_moderatable(connection, digest, case, why)
    ]
    query = sa.select(NOT_MODERATABLE.c.case_id).where(NOT_MODERATABLE.c.freeze_digest == digest)
    spoilt = set(connection.execute(query).scalars())
    return new, tuple(sorted(row["case_id"] for row in files if row["decision"] and row["case_id"] in spoilt))


def _only(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in columns}


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def _versions(connection: sa.Connection, digest: str) -> list[sa.Row[Any]]:
    columns = (RETURNS.c.version, RETURNS.c.content_digest, RETURNS.c.file_digest)
    query = sa.select(*columns).where(RETURNS.c.freeze_digest == digest)
    return list(connection.execute(query.order_by(RETURNS.c.version)))


def stored_return(connection: sa.Connection, digest: str, version: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of files and of standards of one version of a return."""
    parts: list[list[Row]] = []
    for table in (RETURNED_FILES, RETURNED_STANDARDS):
        query = sa.select(table).where(table.c.freeze_digest == digest, table.c.version == version)
        parts.append([dict(row) for row in connection.execute(query).mappings()])
    return parts[0], parts[1]


_Cells = dict[tuple[str, int, str], str]


def _cells(files: Iterable[Row], standards: Iterable[Row]) -> _Cells:
    """Return every cell of a return by case id, standard (0: of the file itself) and column."""
    cells = {(row["case_id"], 0, name): str(row[name]) for row in files for name in FILE_COLUMNS[1:]}
    for row in standards:
        cells |= {(row["case_id"], int(row["standard"]), name): str(row[name]) for name in STANDARD_COLUMNS[2:]}
    return cells


def _changes(before: _Cells, after: _Cells) -> pd.DataFrame:
    rows = [
        (case_id, str(standard or ""), column, before.get(key, ""), after.get(key, ""))
        for key in sorted({*before, *after})
        for case_id, standard, column in [key]
        if before.get(key, "") != after.get(key, "")
    ]
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS, dtype="str")
