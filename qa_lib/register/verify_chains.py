"""Reading the register's log and proving its chains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from qa_lib.errors import SampleError
from qa_lib.register.record import record_problems
from qa_lib.register.returned_files import return_problems
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, SELECTED
from qa_lib.register.store import Register, entry_hash
from qa_lib.register.withdrawals import withdrawal_digest
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import NO_ENTRY, read_canonical_json, read_csv, sha256_hex
from qa_lib.sampling.selection import SAMPLE_COLUMNS

LOG_COLUMNS = ["provider", "position", "kind", "purpose", "month", "part", "digest", "recorded_at", "recorded_by"]


def register_log(register: Register, *, provider: str | None = None) -> pd.DataFrame:
    """Return the entries of all draw chains, or of one provider's, in order."""
    query = sa.select(*(CHAIN.c[name] for name in LOG_COLUMNS)).order_by(CHAIN.c.provider, CHAIN.c.position)
    if provider is not None:
        query = query.where(CHAIN.c.provider == provider)
    with register.reading() as connection:
        return pd.DataFrame(connection.execute(query).all(), columns=LOG_COLUMNS)


def verify_register(register: Register) -> list[str]:
    """Return what is wrong with the chains, with what they bind, and with any other row; an empty list: nothing."""
    with register.reading() as connection:
        checks = (_chain_problems, return_problems, record_problems)
        return [problem for check in checks for problem in _problems_of(check, connection)]


def _problems_of(check: Callable[[sa.Connection], list[str]], connection: sa.Connection) -> list[str]:
    """Return what a check finds; a value that it stumbles over was not written by this library."""
    try:
        return check(connection)
    except (SampleError, SQLAlchemyError, AttributeError, LookupError, TypeError, ValueError) as error:
        return [f"a stored value is of another kind than the register's ({type(error).__name__}); it was changed"]


def _chain_problems(connection: sa.Connection) -> list[str]:
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


_Bound = dict[tuple[str, str], sa.RowMapping]


def _contents(connection: sa.Connection, entries: Sequence[sa.RowMapping]) -> list[str]:
    """Hold what is stored beside the chain against the digests in it, value by value."""
    bound: _Bound = {(entry["kind"], entry["digest"]): entry for entry in entries}
    draws = {row["freeze_digest"]: row for row in connection.execute(sa.select(DRAWS)).mappings()}
    selected: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for digest, *of_file in connection.execute(sa.select(SELECTED.c.freeze_digest, *_OF_FILE)):
        selected[digest].add(tuple(of_file))
    problems = []
    for row in connection.execute(sa.select(FREEZES).order_by(FREEZES.c.digest)).mappings():
        where = f"{row['provider']} {row['month']} {row['part']}"
        drawn, chosen = draws.pop(row["digest"], None), selected.pop(row["digest"], set())
        found = _freeze_problems(row, bound)
        found += _state_problems(row, bound, is_drawn=drawn is not None)
        found += _draw_problems(row, drawn, bound, chosen)
        problems += [f"{where}: {problem}" for problem in found]
    strange = sorted({*draws, *selected})
    problems += [f"a draw or selected files of {digest[:12]}…, which is no freeze here" for digest in strange]
    problems += [
        f"{entry['provider']}, entry {entry['position']}: the {kind} that it binds is not in the register"
        for (kind, _), entry in bound.items()
    ]
    return problems


def _freeze_problems(row: sa.RowMapping, bound: _Bound) -> list[str]:
    entry = bound.pop(("freeze", row["digest"]), None)
    if sha256_hex(row["freeze_json"]) != row["digest"]:
        return [f"the stored freeze.json is not the one of its digest {row['digest'][:12]}…"]
    content = read_canonical_json(row["freeze_json"], name="freeze.json")
    problems = [
        f"{key} is stored as {row[key]}, the freeze says {content[key]}"
        for key in (*_IDENTITY, "year")
        if row[key] != content[key]
    ]
    if sha256_hex(row["population_csv"]) != content["population_digest"]:
        problems.append("the stored population.csv is not the one that was frozen")
    if entry is None:
        problems.append(f"the freeze {row['digest'][:12]}… is not in the chain")
    elif entry["previous"] != content["chain_head"] or any(entry[key] != content[key] for key in _IDENTITY):
        problems.append("the freeze names another month or head of the chain than its entry")
    return problems


def _state_problems(row: sa.RowMapping, bound: _Bound, *, is_drawn: bool) -> list[str]:
    digest = withdrawal_digest(row["digest"], row["withdrawn_because"])
    withdrawn = bound.pop(("withdrawal", digest), None) is not None
    state = "drawn" if is_drawn else "withdrawn" if withdrawn else "open"
    if row["state"] != state:
        return [f"its state is stored as {row['state']}, by the chain and the draws it is {state}"]
    if row["withdrawn_because"] is not None and not withdrawn:
        return ["it carries a reason for a withdrawal that is not in the chain"]
    return []


def _draw_problems(
    row: sa.RowMapping, drawn: sa.RowMapping | None, bound: _Bound, selected: set[tuple[str, ...]]
) -> list[str]:
    """Hold a draw, its sample and the selected files against each other and the chain."""
    if drawn is None:
        return ["files are stored as selected, but there is no draw"] if selected else []
    if bound.pop(("draw", sha256_hex(drawn["draw_json"])), None) is None:
        return ["its draw is not in the chain"]
    content = read_canonical_json(drawn["draw_json"], name="draw.json")
    if content["freeze_digest"] != row["digest"]:
        return ["the stored draw is one of another freeze"]
    if content["sample_digest"] != sha256_hex(drawn["sample_csv"]):
        return ["the stored sample.csv is not the one that was drawn"]
    if content["population_digest"] != sha256_hex(row["population_csv"]):
        return ["the stored population.csv is not the one that was drawn from"]
    sample = read_csv(drawn["sample_csv"], SAMPLE_COLUMNS, name="sample.csv")
    by_case = {case[0]: case for case in read_csv(row["population_csv"], COLUMNS, name="population.csv")}
    assessor, pop = COLUMNS.index("assessor_id"), COLUMNS.index("pop_id")
    expected = {(case, by_case[case][assessor], by_case[case][pop], by) for case, _, _, by, *_ in sample}
    if selected != expected:
        return ["the selected files are not those of the stored sample.csv"]
    return []


_IDENTITY = ("provider", "purpose", "month", "part")
_OF_FILE = (SELECTED.c.case_id, SELECTED.c.assessor_id, SELECTED.c.pop_id, SELECTED.c.selected_by)
