"""Receipts: what a person keeps of a freeze or a draw, so that a register that was cut off later is found out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import sqlalchemy as sa

from qa_lib.errors import RegisterError
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, RECORD
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze
from qa_lib.sampling.protocol import sha256_hex

CHAIN_HEAD, RECORD_HEAD = "chain head", "record head"
_DIGEST = re.compile("[0-9a-f]{64}")


def freeze_receipt(freeze: Freeze, register: Register) -> dict[str, str]:
    """Return freeze digest, and the heads of the provider's two chains after the freeze: what -> digest."""
    return {"freeze digest": freeze.digest, **_heads_after(register, "freeze", freeze.digest)}


def draw_receipt(draw: Draw, register: Register | None = None) -> dict[str, str]:
    """Return freeze digest, sample digest and, of a recorded draw, the heads of the two chains after it.

    A draw that is asked for again has the receipt that it had.
    """
    drawn = {"freeze digest": draw.freeze.digest, "sample digest": draw.content["sample_digest"]}
    return drawn if register is None else drawn | _heads_after(register, "draw", sha256_hex(draw.json))


def heads(register: Register) -> dict[str, dict[str, str]]:
    """Return the heads of the draw chain and of the record as they are now, by provider.

    A register of an earlier format has no record yet.
    """
    found: dict[str, dict[str, str]] = {}
    tables = {CHAIN_HEAD: CHAIN} if register.takes_over else {CHAIN_HEAD: CHAIN, RECORD_HEAD: RECORD}
    with register.reading() as connection:
        for name, table in tables.items():
            query = sa.select(table.c.provider, table.c.entry_hash).order_by(table.c.provider, table.c.position)
            for provider, entry_hash in connection.execute(query):
                found.setdefault(provider, {})[name] = entry_hash
    return found


def receipt_problems(register: Register, digests: Iterable[str]) -> list[str]:
    """Return which digests of receipts are not in the register: it was cut, or it is another one.

    Raises
    ------
    RegisterError
        If one is no digest.
    """
    asked = [digest.strip().lower() for digest in digests]
    for digest in asked:
        if not _DIGEST.fullmatch(digest):
            raise RegisterError(f"{digest[:70]!r} is no digest of a receipt; expected 64 digits 0-9 and a-f")
    known: set[str] = set()
    with register.reading() as connection:
        for column in (CHAIN.c.entry_hash, RECORD.c.entry_hash, FREEZES.c.digest):
            known.update(connection.execute(sa.select(column)).scalars())
        known.update(sha256_hex(sample) for sample in connection.execute(sa.select(DRAWS.c.sample_csv)).scalars())
    return [
        f"the receipt's digest {digest[:12]}… is not in this register: what was recorded then was taken out of it, "
        "or the receipt is of another register"
        for digest in asked
        if digest not in known
    ]


def _heads_after(register: Register, kind: str, digest: str) -> dict[str, str]:
    """Return the heads as they were when an act had been recorded, whatever came later."""
    entry = sa.select(CHAIN.c.provider, CHAIN.c.position, CHAIN.c.entry_hash)
    with register.reading() as connection:
        row = connection.execute(entry.where(CHAIN.c.kind == kind, CHAIN.c.digest == digest)).one()
        record = sa.select(RECORD.c.content, RECORD.c.entry_hash).where(RECORD.c.provider == row.provider)
        for content, entry_hash in connection.execute(record.order_by(RECORD.c.position)):
            if json.loads(content)["entries"] >= row.position:
                return {CHAIN_HEAD: row.entry_hash, RECORD_HEAD: entry_hash}
    raise RegisterError(f"there is no receipt of this {kind}: the record does not bind it; see qa register verify")
