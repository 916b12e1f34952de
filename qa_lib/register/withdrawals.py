"""Which freezes of a month were withdrawn, why, when and by whom: what a reader of the draw must be told."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from qa_lib.register.schema import CHAIN, FREEZES
from qa_lib.sampling.frozen import Freeze, Withdrawal
from qa_lib.sampling.protocol import canonical_json, sha256_hex


def withdrawal_digest(freeze_digest: str, reason: str) -> str:
    """Return what the draw chain binds of a withdrawal (``docs/protocol.md`` §8)."""
    return sha256_hex(canonical_json({"freeze_digest": freeze_digest, "reason": reason}))


def with_withdrawals(connection: sa.Connection, freeze: Freeze) -> Freeze:
    """Return a freeze with every withdrawal of its month, which a freeze folder does not hold."""
    of_month = {key: freeze.content[key] for key in ("provider", "purpose", "month")}
    return replace(freeze, withdrawn=withdrawals_of_month(connection, **of_month))


def withdrawals_of_month(
    connection: sa.Connection, *, provider: str, purpose: str, month: str
) -> tuple[Withdrawal, ...]:
    """Return every withdrawal of a provider's month, its late parts too, in the order of the draw chain."""
    of_month = sa.select(FREEZES.c.digest, FREEZES.c.part, FREEZES.c.withdrawn_because).where(
        FREEZES.c.provider == provider,
        FREEZES.c.purpose == purpose,
        FREEZES.c.month == month,
        FREEZES.c.state == "withdrawn",
    )
    withdrawn = {withdrawal_digest(row.digest, str(row.withdrawn_because)): row for row in connection.execute(of_month)}
    in_order = (
        sa.select(CHAIN.c.digest, CHAIN.c.recorded_at, CHAIN.c.recorded_by)
        .where(CHAIN.c.provider == provider, CHAIN.c.kind == "withdrawal", CHAIN.c.digest.in_(withdrawn))
        .order_by(CHAIN.c.position)
    )
    return tuple(
        Withdrawal(
            freeze_digest=withdrawn[entry.digest].digest,
            part=withdrawn[entry.digest].part,
            reason=withdrawn[entry.digest].withdrawn_because,
            recorded_at=entry.recorded_at,
            recorded_by=entry.recorded_by,
        )
        for entry in connection.execute(in_order)
    )
