"""What moderators sent back, out of the register: frames for the answers, and a check of what is stored."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from qa_lib.register.merged_return import ENTERED_COLUMNS, entered_in
from qa_lib.register.return_record import FILE_COLUMNS, STANDARD_COLUMNS, content_digest, stored_return
from qa_lib.register.schema import FREEZES, RETURNED_FILES, RETURNED_STANDARDS, RETURNS
from qa_lib.register.store import Register, part_number
from qa_lib.sampling.protocol import sha256_hex

VERSION_COLUMNS = ["month", "part", "version", "file_digest", "files", "changed"]
_DRAW = ["month", "part", "freeze_digest"]
_NUMBERS = {"version": "int64", "files": "int64", "changed": "int64", "standard": "int64"}


@dataclass(frozen=True)
class Returned:
    """What came back from the moderators of a provider's year.

    Attributes
    ----------
    files
        One row per file of the latest version of each draw's return: ``month, part, freeze_digest``, what was said of
        it, ``version``, and ``changed``: whether it was changed after it had been returned once.
    standards
        One row per file and standard of those versions.
    versions
        One row per version of each return, the earlier ones too: how many files, and how many differ from the one
        before.
    """

    files: pd.DataFrame
    standards: pd.DataFrame
    versions: pd.DataFrame


def returned_files(register: Register, *, provider: str, year: str) -> Returned:
    """Return what moderators sent back of a provider's draws of one year.

    Parameters
    ----------
    year
        First month of the year, e.g. ``2023-09``.
    """
    with register.reading() as connection:
        versions = _of_year(connection, RETURNS, provider, year, leaving_out="workbook")
        files = _of_year(connection, RETURNED_FILES, provider, year)
        standards = _of_year(connection, RETURNED_STANDARDS, provider, year)
    key = ["freeze_digest", "version"]
    counted = files.groupby(key)["changed"].agg(["size", "sum"]).reset_index()
    counted = counted.rename(columns={"size": "files", "sum": "changed"})
    versions = versions.merge(counted, on=key, how="left").fillna({"files": 0, "changed": 0})
    last = versions.groupby("freeze_digest", as_index=False)["version"].max()
    ever = files.groupby(["freeze_digest", "case_id"], as_index=False)["changed"].any()
    latest = files.drop(columns="changed").merge(last, on=key).merge(ever, on=["freeze_digest", "case_id"], how="left")
    return Returned(
        files=_typed(latest, [*_DRAW, *FILE_COLUMNS, "version", "changed"]).astype({"changed": "bool"}),
        standards=_typed(standards.merge(last, on=key), STANDARD_COLUMNS),
        versions=_typed(versions, VERSION_COLUMNS),
    )


def returned_so_far(register: Register) -> pd.DataFrame:
    """Return what the latest returns say of the files of every provider and year.

    Returns
    -------
    DataFrame
        ``provider, year, month, part``, and of each file ``case_id, moderated_on, decision, final_outcome,
        not_moderatable_reason`` as text, one row per file and draw.
    """
    names = ("case_id", "moderated_on", "decision", "final_outcome", "not_moderatable_reason")
    said = [RETURNED_FILES.c[name] for name in names]
    key = [RETURNED_FILES.c.freeze_digest, RETURNED_FILES.c.version]
    last = sa.select(RETURNS.c.freeze_digest, sa.func.max(RETURNS.c.version)).group_by(RETURNS.c.freeze_digest)
    draw = [FREEZES.c.provider, FREEZES.c.year, FREEZES.c.month, FREEZES.c.part]
    query = (
        sa.select(*draw, *said)
        .join(FREEZES, FREEZES.c.digest == RETURNED_FILES.c.freeze_digest)
        .where(sa.tuple_(*key).in_(last))
        .order_by(*draw, RETURNED_FILES.c.case_id)
    )
    with register.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return pd.DataFrame([dict(row) for row in rows], columns=[column.name for column in (*draw, *said)])


def returned_elsewhere(register: Register, *, provider: str, year: str) -> pd.DataFrame:
    """Return what the latest returns say of all files but those of one provider's year, as :func:`returned_so_far`."""
    found = returned_so_far(register)
    return found[(found["provider"] != provider) | (found["year"] != year)].reset_index(drop=True)


def merged_returns(register: Register, *, provider: str, year: str) -> pd.DataFrame:
    """Return who entered what of those returns of a provider's year that were put together from several workbooks.

    Returns
    -------
    DataFrame
        ``month, part, version`` of the latest version of each draw's return, and
        :data:`qa_lib.register.merged_return.ENTERED_COLUMNS`.
    """
    with register.reading() as connection:
        kept = _of_year(connection, RETURNS, provider, year)
    last = kept.drop_duplicates("freeze_digest", keep="last")
    draw = ["month", "part", "version"]
    found = [pd.DataFrame(columns=[*draw, *ENTERED_COLUMNS], dtype="str")]
    for row in last.to_dict("records"):
        own = entered_in(row["workbook"]).assign(**{name: row[name] for name in draw})
        found.append(own[found[0].columns])
    return pd.concat(found, ignore_index=True).astype({"version": "int64"})


def _of_year(
    connection: sa.Connection, table: sa.Table, provider: str, year: str, *, leaving_out: str = ""
) -> pd.DataFrame:
    wanted = [column for column in table.c if column.name != leaving_out]
    query = (
        sa.select(FREEZES.c.month, FREEZES.c.part, *wanted)
        .join(FREEZES, FREEZES.c.digest == table.c.freeze_digest)
        .where(FREEZES.c.provider == provider, FREEZES.c.year == year)
    )
    rows = connection.execute(query).mappings().all()
    order = [column.name for column in table.primary_key][1:]
    rows = sorted(rows, key=lambda row: (row["month"], part_number(row["part"]), *(row[name] for name in order)))
    return pd.DataFrame([dict(row) for row in rows], columns=["month", "part", *(column.name for column in wanted)])


def _typed(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    kinds = {name: _NUMBERS.get(name, "str") for name in columns if frame[name].dtype != bool}
    return frame[columns].astype(kinds).reset_index(drop=True)


def return_problems(connection: sa.Connection) -> list[str]:
    """Return everything that is wrong with the returns in the register: their bytes, their rows, their numbers."""
    names = {row.digest: f"{row.provider} {row.month} {row.part}" for row in connection.execute(sa.select(FREEZES))}
    expected: dict[str, int] = {}
    problems = []
    for row in connection.execute(sa.select(RETURNS).order_by(RETURNS.c.freeze_digest, RETURNS.c.version)):
        where = f"{names.get(row.freeze_digest, row.freeze_digest[:12])}, return {row.version}"
        expected[row.freeze_digest] = expected.get(row.freeze_digest, 0) + 1
        if row.version != expected[row.freeze_digest]:
            problems.append(f"{where}: follows return {expected[row.freeze_digest] - 1}; one is missing between")
            expected[row.freeze_digest] = row.version
        if sha256_hex(row.workbook) != row.file_digest:
            problems.append(f"{where}: the stored workbook is not the one that was imported")
        if content_digest(*stored_return(connection, row.freeze_digest, row.version)) != row.content_digest:
            problems.append(f"{where}: what is stored of its files and standards was changed")
    there = sa.select(RETURNS.c.freeze_digest, RETURNS.c.version)
    key = sa.tuple_(RETURNED_FILES.c.freeze_digest, RETURNED_FILES.c.version)
    orphans = sa.select(RETURNED_FILES.c.freeze_digest).where(key.not_in(there)).distinct()
    return problems + [
        f"{names.get(digest, digest[:12])}: files are stored of a return that is not there"
        for digest in sorted(connection.execute(orphans).scalars())
    ]
