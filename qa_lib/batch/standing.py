"""What a report follows from beside the data, and whether one that was made before can stay as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound

from qa_lib.batch.manifest import MANIFEST, differences, read_manifest
from qa_lib.batch.plan import OVER_ALL, Report
from qa_lib.errors import QAError
from qa_lib.register.schema import FREEZES, RETURNS
from qa_lib.register.store import Register, frozen_files, stored_draw
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.months import year_of
from qa_lib.sampling.protocol import canonical_json, sha256_hex


def stands(folder: Path, basis: Mapping[str, Any], register: Register | None) -> bool:
    """Say whether a report folder is whole, was made from just this, and holds the draw that the register holds."""
    if not (folder / MANIFEST).is_file() or differences(folder):
        return False
    try:
        written = read_manifest(folder)
    except QAError:
        return False
    made_from = {name: value for name, value in written.items() if name != "outputs"}
    if canonical_json(made_from) != canonical_json(basis):
        return False
    if not (folder / "freeze.json").is_file():
        return True
    return register is not None and not against_register(folder, register)


def against_register(folder: Path, register: Register) -> list[str]:
    """Return how a draw folder differs from what the register holds of the same freeze."""
    digest = sha256_hex((folder / "freeze.json").read_bytes())
    with register.reading() as connection:
        try:
            frozen = frozen_files(connection, digest)
        except NoResultFound:
            return [f"the register holds no freeze {digest[:12]}…"]
        drawn = stored_draw(connection, digest) or (None, None)
    stored = dict(zip(("freeze.json", "population.csv", "draw.json", "sample.csv"), (*frozen, *drawn), strict=True))
    return [
        f"{name} is not the one in the register"
        if content is not None
        else f"the register holds no {name} of this freeze"
        for name, content in stored.items()
        if content != ((folder / name).read_bytes() if (folder / name).is_file() else None)
    ]


def returned_state(register: Register | None, report: Report, book: RuleBook) -> dict[str, str]:
    """Return what came back from the moderators up to a report's last month: ``provider/month/part`` -> its digests.

    A report made before a return came in follows from less than one made after it.
    """
    if register is None or not report.months:
        return {}
    last = report.months[-1]
    starts_in = book["HLTA.MOD.4"].on(report.rules_on).value["year_starts_in_month"]
    query = (
        sa.select(FREEZES.c.provider, FREEZES.c.month, FREEZES.c.part, RETURNS.c.version, RETURNS.c.content_digest)
        .join(FREEZES, FREEZES.c.digest == RETURNS.c.freeze_digest)
        .where(FREEZES.c.month <= last, FREEZES.c.year == year_of(last, starts_in=starts_in))
        .order_by(FREEZES.c.provider, FREEZES.c.month, FREEZES.c.part, RETURNS.c.version)
    )
    if report.per not in OVER_ALL:
        query = query.where(FREEZES.c.provider == report.provider)
    with register.reading() as connection:
        rows = connection.execute(query).all()
    # The last version of each draw stays; its number tells whether something was changed.
    return {f"{row.provider}/{row.month}/{row.part}": f"{row.version}:{row.content_digest}" for row in rows}
