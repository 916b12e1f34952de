"""The record: a second chain per provider that binds every row, with persons and times.

Why there are two chains says ``docs/decisions/0012-record.md``.

The draw chain binds what was frozen, withdrawn and drawn, and nothing that differs when the same data are run again.
The record binds all the rest too: after every act one entry with digests of the rows that the act wrote, and of the
draw chain as it was then. A row is bound once, when it is written: what is changed later is not bound again by the next
act.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any

import sqlalchemy as sa

from qa_lib.register.schema import (
    CHAIN,
    FORMAT,
    FREEZES,
    METADATA,
    RECORD,
    RETURNED_FILES,
    RETURNED_STANDARDS,
    SELECTED,
)
from qa_lib.sampling.protocol import NO_ENTRY, canonical_json, sha256_hex

#: Tables of which every row belongs to a freeze. A new table is among them, or its rows must be bound in another way.
OF_A_FREEZE = [table for table in METADATA.sorted_tables if table not in (CHAIN, RECORD, FORMAT)]
#: Rows that are written together are bound together: those with the same values here. Any other row is bound alone.
_TOGETHER: dict[sa.Table, tuple[str, ...]] = {
    SELECTED: (),
    RETURNED_FILES: ("version",),
    RETURNED_STANDARDS: ("version",),
}
#: What of a freeze changes when it is drawn or withdrawn is bound apart from the rest of its row, and anew.
_CHANGES = ("state", "withdrawn_because")
STATE = "freezes, state"
#: The first entry about rows that were written before there was a record, or by an earlier format.
TAKEN_OVER = "taken over"
_HASHED = ("provider", "position", "number", "kind", "recorded_at", "content", "previous")

Row = dict[str, Any]
#: Freeze digest -> what is bound together, as :func:`rows_of` names it -> digest of its rows.
State = dict[str, dict[str, str]]


def now() -> str:
    """Return the clock's time in UTC, to the second, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def rows_of(table: sa.Table, *beside: object) -> str:
    """Return the name of rows that are bound together: their table, and what tells them from others of the freeze."""
    return " ".join(map(str, (table.name, *beside)))


def append_record(connection: sa.Connection, provider: str, kind: str, written: Mapping[str, Iterable[str]]) -> None:
    """Bind the rows that an act wrote, and the provider's draw chain as it is now.

    Called at the end of every act that writes, in its transaction.

    Parameters
    ----------
    kind
        What was done: ``freeze``, ``withdrawal``, ``draw``, ``return``, ``not moderatable`` or :data:`TAKEN_OVER`.
    written
        Freeze digest -> what was written of it, as :func:`rows_of` names it, and :data:`STATE`.
    """
    chain = [_digest(row) for row in _rows(connection, CHAIN, CHAIN.c.provider == provider)]
    state = _state(connection, written)
    wrote = {
        digest: {name: state[digest][name] for name in names if name in state[digest]}
        for digest, names in written.items()
    }
    bound = {"bound": wrote, "entries": len(chain), "chain": _prefixes(chain)[-1]}
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
    state = _state(connection)
    providers = connection.execute(sa.select(CHAIN.c.provider)).scalars()
    written: dict[str, dict[str, list[str]]] = {provider: {} for provider in providers}
    for provider, digest in connection.execute(sa.select(FREEZES.c.provider, FREEZES.c.digest)):
        written.setdefault(provider, {})[digest] = list(state[digest])
    for provider, rows in sorted(written.items()):
        append_record(connection, provider, TAKEN_OVER, rows)


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
            for digest, rows in content["bound"].items():
                bound.setdefault(digest, {}).update(rows)
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


def _state(connection: sa.Connection, freezes: Iterable[str] | None = None) -> State:
    """Return the digests of all that is stored of these freezes, or of every freeze."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table in OF_A_FREEZE:
        key = table.c.digest if table is FREEZES else table.c.freeze_digest
        for row in _rows(connection, table, None if freezes is None else key.in_(list(freezes))):
            for name, part in _parts(table, key.name, row):
                found[row[key.name]][name].append(_digest(part))
    return {digest: {name: _prefixes(rows)[-1] for name, rows in of_one.items()} for digest, of_one in found.items()}


def _parts(table: sa.Table, key: str, row: Row) -> Iterator[tuple[str, Row]]:
    """Yield what a row is bound as: its name, and the columns that are bound under it."""
    if table is FREEZES:
        yield STATE, {name: row[name] for name in _CHANGES}
        row = {name: value for name, value in row.items() if name not in _CHANGES}
    beside = _TOGETHER.get(table, tuple(column.name for column in table.primary_key if column.name != key))
    yield rows_of(table, *(row[name] for name in beside)), row


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
        for name in sorted({*then, *is_now}):
            if then.get(name) != is_now.get(name):
                problems.append(f"{where}: {_how(name, then, is_now)}")
    return problems


def _how(name: str, then: dict[str, str], is_now: dict[str, str]) -> str:
    rows = f"what is stored as {name}"
    if name not in is_now:
        return f"{rows} is gone; the record binds it"
    if name not in then:
        return f"{rows} is bound by no entry of the record; it was added past the library"
    return f"{rows} is not what the record binds; it was changed, or a row was added or taken out"
