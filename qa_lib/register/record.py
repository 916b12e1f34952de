"""The record: a second chain per provider that binds every row, with persons and times (``docs/decisions/0012``).

The draw chain binds what was frozen, withdrawn and drawn, and nothing that differs when the same data are run again.
The record binds all the rest too: after every act one entry with a digest of every row that belongs to the freezes
concerned, table by table, and of the draw chain as it was then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any

import sqlalchemy as sa

from qa_lib.register.schema import CHAIN, FORMAT, FREEZES, METADATA, RECORD
from qa_lib.sampling.protocol import NO_ENTRY, canonical_json, sha256_hex

#: Tables of which every row belongs to a freeze. A new table is among them, or its rows must be bound in another way.
OF_A_FREEZE = [table for table in METADATA.sorted_tables if table not in (CHAIN, RECORD, FORMAT)]
#: The first entry about rows that were written before there was a record, or by an earlier format.
TAKEN_OVER = "taken over"
_HASHED = ("provider", "position", "number", "kind", "recorded_at", "content", "previous")

Row = dict[str, Any]
#: Freeze digest -> table -> digest of the rows that the table holds of the freeze.
State = dict[str, dict[str, str]]


def now() -> str:
    """Return the clock's time in UTC, to the second, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append_record(connection: sa.Connection, provider: str, kind: str, freezes: Collection[str]) -> None:
    """Bind all that the register holds of these freezes, and of the provider's draw chain, as it is now.

    Called at the end of every act that writes, in its transaction.

    Parameters
    ----------
    kind
        What was done: ``freeze``, ``withdrawal``, ``draw``, ``return``, ``not moderatable`` or :data:`TAKEN_OVER`.
    freezes
        The digests of the freezes whose rows were written or changed.
    """
    chain = [_digest(row) for row in _rows(connection, CHAIN, CHAIN.c.provider == provider)]
    bound = {"bound": _state(connection, freezes), "entries": len(chain), "chain": _prefixes(chain)[-1]}
    of_provider = sa.select(RECORD.c.position, RECORD.c.entry_hash).where(RECORD.c.provider == provider)
    last = connection.execute(of_provider.order_by(RECORD.c.position.desc()).limit(1)).first()
    number = connection.execute(sa.select(sa.func.max(RECORD.c.number))).scalar() or 0
    entry = {
        "provider": provider,
        "position": last.position + 1 if last else 1,
        "number": number + 1,
        "kind": kind,
        "recorded_at": now(),
        "content": canonical_json(bound).decode(),
        "previous": last.entry_hash if last else NO_ENTRY,
    }
    connection.execute(RECORD.insert(), {**entry, "entry_hash": _entry_hash(entry)})


def take_over(connection: sa.Connection) -> None:
    """Bind every row that is there, in one entry per provider: from now on a change of them is seen."""
    of_provider: dict[str, set[str]] = defaultdict(set)
    for provider in connection.execute(sa.select(CHAIN.c.provider)).scalars():
        of_provider[provider] = set()
    for provider, digest in connection.execute(sa.select(FREEZES.c.provider, FREEZES.c.digest)):
        of_provider[provider].add(digest)
    for provider, digests in sorted(of_provider.items()):
        append_record(connection, provider, TAKEN_OVER, digests)


def record_problems(connection: sa.Connection) -> list[str]:
    """Return every way in which the register is not what its record binds; an empty list: none."""
    entries: dict[str, list[Row]] = defaultdict(list)
    chains: dict[str, list[str]] = defaultdict(list)
    for entry in _rows(connection, RECORD):
        entries[entry["provider"]].append(entry)
    for row in _rows(connection, CHAIN):
        chains[row["provider"]].append(_digest(row))
    problems, bound = _missing_numbers(one for of_one in entries.values() for one in of_one), State()
    for provider in sorted({*entries, *chains}, key=str):
        problems += _broken_links(provider, entries[provider])
        contents = [json.loads(entry["content"]) for entry in entries[provider] if _holds(entry)]
        problems += _chain_problems(provider, contents, chains[provider])
        for content in contents:
            bound |= content["bound"]
    return problems + _changed_rows(connection, bound)


def _rows(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool] | None = None) -> Iterator[Row]:
    """Yield rows as the database holds them: read with its types, a changed value could stop the check or pass it."""
    columns = [sa.type_coerce(column, sa.types.NULLTYPE).label(column.name) for column in table.c]
    query = sa.select(*columns).order_by(*table.primary_key)
    for row in connection.execute(query if where is None else query.where(where)).mappings():
        yield dict(row)


def _digest(row: Row) -> str:
    return sha256_hex(canonical_json({name: _plain(value) for name, value in row.items()}))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"sha256": sha256_hex(value)}
    return int(value) if isinstance(value, bool) else value


def _prefixes(digests: Iterable[str]) -> list[str]:
    """Return a digest of no row, of the first, of the first two, and so on."""
    return list(accumulate(digests, lambda before, digest: sha256_hex(before + digest), initial=NO_ENTRY))


def _state(connection: sa.Connection, freezes: Collection[str] | None = None) -> State:
    """Return the digests of all that is stored of these freezes, or of every freeze."""
    state: State = defaultdict(dict)
    for table in OF_A_FREEZE:
        key = table.c.digest if table is FREEZES else table.c.freeze_digest
        of_freeze: dict[str, list[str]] = defaultdict(list)
        for row in _rows(connection, table, None if freezes is None else key.in_(freezes)):
            of_freeze[row[key.name]].append(_digest(row))
        for digest, rows in of_freeze.items():
            state[digest][table.name] = _prefixes(rows)[-1]
    return dict(state)


def _entry_hash(entry: Row) -> str:
    return sha256_hex(canonical_json({name: _plain(entry[name]) for name in _HASHED}))


def _holds(entry: Row) -> bool:
    return bool(_entry_hash(entry) == entry["entry_hash"])


def _missing_numbers(entries: Iterable[Row]) -> list[str]:
    """Name what is missing of the register's whole record: its entries are numbered through over all providers."""
    numbers = sorted(entry["number"] for entry in entries if isinstance(entry["number"], int))
    return [
        f"the record has no entry between its numbers {before} and {number}: what was recorded there was taken out"
        for before, number in pairwise([0, *numbers])
        if number > before + 1
    ]


def _broken_links(provider: str, entries: Sequence[Row]) -> list[str]:
    problems, position, previous = [], 0, NO_ENTRY
    for entry in entries:
        where = f"{provider}, record {entry['position']} ({entry['kind']}, {entry['recorded_at']})"
        if entry["position"] != position + 1:
            problems.append(f"{where}: follows record {position}; one is missing between")
        elif entry["previous"] != previous:
            problems.append(f"{where}: does not carry the hash of the one before it")
        if not _holds(entry):
            problems.append(f"{where}: its own hash does not fit what it says; it was changed")
        position, previous = entry["position"], entry["entry_hash"]
        if not isinstance(position, int):
            break
    return problems


def _chain_problems(provider: str, contents: Sequence[dict[str, Any]], chain: Sequence[str]) -> list[str]:
    """Hold a provider's draw chain, its persons and times included, against what the record binds of it."""
    there, last = len(chain), contents[-1]["entries"] if contents else 0
    if there < last:
        return [f"{provider}: the draw chain has {there} of the {last} entries that the record binds; it was cut off"]
    if there > last:
        return [f"{provider}: the record binds {last} of the {there} entries of the draw chain; the record was cut off"]
    prefixes, before = _prefixes(chain), 0
    for content in contents:
        if prefixes[content["entries"]] != content["chain"]:
            first, to = before + 1, content["entries"]
            which = f"entry {first}" if first == to else f"entries {first} to {to}"
            return [f"{provider}, {which}: not what the record binds; a person, a time or a value was changed"]
        before = content["entries"]
    return []


def _changed_rows(connection: sa.Connection, bound: State) -> list[str]:
    names = {row["digest"]: f"{row['provider']} {row['month']} {row['part']}" for row in _rows(connection, FREEZES)}
    state, problems = _state(connection), []
    for digest in sorted({*bound, *state}, key=str):
        where = f"{names.get(digest, 'a freeze that is gone')} ({str(digest)[:12]}…)"
        then, is_now = bound.get(digest, {}), state.get(digest, {})
        for table in sorted({*then, *is_now}):
            if then.get(table) != is_now.get(table):
                problems.append(f"{where}: {_how(table, then, is_now)}")
    return problems


def _how(table: str, then: dict[str, str], is_now: dict[str, str]) -> str:
    rows = f"the rows of the table {table}"
    if table not in is_now:
        return f"{rows} that the record binds are gone"
    if table not in then:
        return f"{rows} are bound by no entry of the record"
    return f"{rows} are not those that the record binds; a row was changed, added or taken out"
