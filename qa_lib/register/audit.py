"""Reading the register's log and proving its chains."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from qa_lib.register.schema import CHAIN, DRAWS, FREEZES
from qa_lib.register.store import Register, entry_hash
from qa_lib.sampling.protocol import NO_ENTRY, canonical_json, read_canonical_json, sha256_hex

LOG_COLUMNS = ["provider", "position", "kind", "purpose", "month", "part", "digest", "recorded_at", "recorded_by"]


def register_log(register: Register, *, provider: str | None = None) -> pd.DataFrame:
    """Return the entries of all draw chains, or of one provider's, in order."""
    query = sa.select(*(CHAIN.c[name] for name in LOG_COLUMNS)).order_by(CHAIN.c.provider, CHAIN.c.position)
    if provider is not None:
        query = query.where(CHAIN.c.provider == provider)
    with register.transaction() as connection:
        return pd.DataFrame(connection.execute(query).all(), columns=LOG_COLUMNS)


def verify_register(register: Register) -> list[str]:
    """Return everything that is wrong with the chains and with what they bind; an empty list where nothing is."""
    with register.transaction() as connection:
        entries = connection.execute(sa.select(CHAIN).order_by(CHAIN.c.provider, CHAIN.c.position)).mappings().all()
        return [*_broken_links(entries), *_contents(connection, entries)]


def _broken_links(entries: Sequence[sa.RowMapping]) -> list[str]:
    problems = []
    head: dict[str, tuple[int, str]] = {}
    for entry in entries:
        provider = entry["provider"]
        position, previous = head.get(provider, (0, NO_ENTRY))
        where = f"{provider}, entry {entry['position']} ({entry['kind']} {entry['month']} {entry['part']})"
        if entry["position"] != position + 1:
            problems.append(f"{where}: follows entry {position}; an entry is missing between")
        elif entry["previous"] != previous:
            problems.append(f"{where}: does not carry the hash of the entry before it")
        hashed = ("digest", "kind", "month", "part", "previous", "provider", "purpose")
        if entry_hash({key: entry[key] for key in hashed}) != entry["entry_hash"]:
            problems.append(f"{where}: its own hash does not fit what it says; it was changed")
        head[provider] = (entry["position"], entry["entry_hash"])
    return problems


def _contents(connection: sa.Connection, entries: Sequence[sa.RowMapping]) -> list[str]:
    """Hold freezes and draws against the digests in the chain."""
    bound = {kind: {entry["digest"]: entry for entry in entries if entry["kind"] == kind} for kind in _KINDS}
    problems = []
    withdrawals = set()
    for row in connection.execute(sa.select(FREEZES)).mappings():
        where = f"{row['provider']} {row['month']} {row['part']}"
        if sha256_hex(row["freeze_json"]) != row["digest"]:
            problems.append(f"{where}: the stored freeze.json is not the one of its digest {row['digest'][:12]}…")
            continue
        content = read_canonical_json(row["freeze_json"], name="freeze.json")
        if sha256_hex(row["population_csv"]) != content["population_digest"]:
            problems.append(f"{where}: the stored population.csv is not the one that was frozen")
        entry = bound["freeze"].pop(row["digest"], None)
        if entry is None:
            problems.append(f"{where}: the freeze {row['digest'][:12]}… is not in the chain")
        elif entry["previous"] != content["chain_head"]:
            problems.append(f"{where}: the freeze names another head of the chain than the entry before it")
        if row["state"] == "withdrawn":
            said = {"freeze_digest": row["digest"], "reason": row["withdrawn_because"]}
            withdrawals.add(sha256_hex(canonical_json(said)))
    for row in connection.execute(sa.select(DRAWS)).mappings():
        drawn = bound["draw"].pop(sha256_hex(row["draw_json"]), None)
        content = read_canonical_json(row["draw_json"], name="draw.json")
        if drawn is None:
            problems.append(f"the draw of freeze {row['freeze_digest'][:12]}… is not in the chain")
        if (
            sha256_hex(row["sample_csv"]) != content["sample_digest"]
            or content["freeze_digest"] != row["freeze_digest"]
        ):
            problems.append(
                f"the stored sample.csv of freeze {row['freeze_digest'][:12]}… is not the one that was drawn"
            )
    lost = [*bound["freeze"].values(), *bound["draw"].values()]
    lost += [entry for digest, entry in bound["withdrawal"].items() if digest not in withdrawals]
    problems += [
        f"{entry['provider']}, entry {entry['position']}: the {entry['kind']} that it binds is not in the register"
        for entry in lost
    ]
    return problems


_KINDS = ("freeze", "withdrawal", "draw")
