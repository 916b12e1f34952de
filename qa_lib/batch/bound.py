"""What a run's manifest binds of its register, and whether a register still holds it.

The register goes on growing: later months are drawn, returns come in. What is bound must stay in it, not at its end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from qa_lib.errors import RegisterError
from qa_lib.files import is_real_file
from qa_lib.register.schema import CHAIN, DRAWS, FREEZES, RETURNS
from qa_lib.register.store import DEFAULT, Register, open_existing_register, register_location
from qa_lib.sampling.identifiers import normalise_identifier
from qa_lib.sampling.protocol import read_canonical_json

#: Where a run's register was. Its address is never written down: it may hold a path or a password.
OWN, ELSEWHERE, NONE, UNREADABLE = "in the run's folder", "elsewhere", "none", "unreadable when the run ended"


def existing_register(place: str) -> Register | None:
    """Return the register where there is one already: looking into it makes none."""
    return open_existing_register(place) if register_file(place).is_file() else None


def register_file(place: str) -> Path:
    """Return the file that a register's path or URL names; the current folder, which is none, where it names none."""
    if "://" not in place:
        return Path(place)
    try:
        return Path(sa.make_url(place).database or "")
    except ArgumentError:
        return Path()


def bind_register(place: str, out: Path, providers: Collection[str] | None) -> dict[str, Any]:
    """Return what a run's manifest says of its register.

    Parameters
    ----------
    place
        Path or URL of the register; empty where the run had none.
    out
        The run's folder.
    providers
        Whose chains and returns are bound; None for everybody's.

    Returns
    -------
    dict
        ``place``, one of the four words of this module; ``chains``: provider -> head; ``returns``: draw -> the last
        version of its return and the digest of what it says.
    """
    nothing: dict[str, Any] = {"chains": {}, "place": NONE, "returns": {}}
    try:
        register = existing_register(place) if place else None
        if register is None:
            return nothing
        heads, returns = chain_heads(register), returned_versions(register)
    except RegisterError:  # the reports stand; their index must not be lost with the register
        return {**nothing, "place": UNREADABLE}
    wanted = None if providers is None else {normalise_identifier(name) for name in providers}
    return {
        "chains": {name: head for name, head in heads.items() if wanted is None or name in wanted},
        "place": OWN if register_file(place).resolve() == (out / DEFAULT).resolve() else ELSEWHERE,
        "returns": {
            f"{draw[0]}/{draw[1]}/{draw[2]}": versions[-1]
            for draw, versions in returns.items()
            if wanted is None or draw[0] in wanted
        },
    }


def holds_draws_by_hand(register: Path) -> bool:
    """Say whether people drew into a register with seeds that the data of a run need not hold."""
    # A run records the days that the data hold; by hand it is the clock's moment, with a T in it.
    query = sa.select(DRAWS.c.draw_json).where(DRAWS.c.seed_given_on.contains("T"))
    with open_existing_register(str(register)).reading() as connection:
        drawn = connection.execute(query).scalars().all()
    return any(read_canonical_json(content, name="draw.json")["seed_origin"] == "reviewer" for content in drawn)


def chain_heads(register: Register) -> dict[str, str]:
    """Return the hash of the last entry of every draw chain, by provider."""
    query = sa.select(CHAIN.c.provider, CHAIN.c.entry_hash).order_by(CHAIN.c.provider, CHAIN.c.position)
    with register.reading() as connection:
        return {row.provider: row.entry_hash for row in connection.execute(query)}


def returned_versions(register: Register, *conditions: sa.ColumnElement[bool]) -> dict[tuple[str, str, str], list[str]]:
    """Return every version of every return as ``version:digest``, by provider, month and part.

    Parameters
    ----------
    conditions
        On the freezes: returns of these alone.
    """
    query = (
        sa.select(FREEZES.c.provider, FREEZES.c.month, FREEZES.c.part, RETURNS.c.version, RETURNS.c.content_digest)
        .join(FREEZES, FREEZES.c.digest == RETURNS.c.freeze_digest)
        .where(*conditions)
        .order_by(FREEZES.c.provider, FREEZES.c.month, FREEZES.c.part, RETURNS.c.version)
    )
    found: dict[tuple[str, str, str], list[str]] = {}
    with register.reading() as connection:
        for row in connection.execute(query):
            found.setdefault((row.provider, row.month, row.part), []).append(f"{row.version}:{row.content_digest}")
    return found


def register_of_run(
    bound: Any, folder: Path, given: Register | None, *, has_draws: bool
) -> tuple[Register | None, list[str]]:
    """Return the register that a run is held against, and what it lacks of what the run's manifest binds.

    Parameters
    ----------
    bound
        What :func:`bind_register` gave; nothing in a manifest of the older format.
    given
        The register that the user named, which goes before any other.
    has_draws
        Whether the run's folder holds draws: they are not passed in silence where no register is there.

    Raises
    ------
    TypeError, KeyError, AttributeError
        If the manifest does not hold what a run writes.
    """
    said: dict[str, Any] = {"chains": {}, "place": NONE, "returns": {}} if bound is None else {**bound}
    chains, returns, place = said["chains"], said["returns"], said["place"]
    try:
        if register := given or _found(place, chains, folder):
            return register, [*lost_entries(chains, register), *lost_returns(returns, register)]
    except RegisterError as error:
        return None, [str(error)]
    return None, _NOT_THERE.get(place, [_NOT_KNOWN] if has_draws else [])


_NOT_KNOWN = (
    "not checked: the reports hold draws, and there is no register to hold them against; "
    "name the run's register with --register"
)
_NOT_THERE = {
    OWN: [f"{DEFAULT} is missing: this run recorded its draws in it; put it back, or give its copy with --register"],
    ELSEWHERE: [
        "not checked: this run recorded its draws in a register outside its folder; name that one with --register"
    ],
    UNREADABLE: ["not checked: the run could not read its register when it ended; name that one with --register"],
}


def _found(place: str, chains: Mapping[str, str], folder: Path) -> Register | None:
    """Return the run's register where nobody named one: its own, or the one that the commands find if it holds all."""
    own = folder / DEFAULT
    if place != ELSEWHERE:
        return open_existing_register(str(own)) if is_real_file(own) else None
    register = existing_register(register_location())
    return register if register is not None and not lost_entries(chains, register) else None


def lost_entries(chains: Mapping[str, str], register: Register) -> list[str]:
    """Say of which providers a register no longer holds the entry at which their chain stood when the run ended."""
    with register.reading() as connection:
        entries = connection.execute(sa.select(CHAIN.c.provider, CHAIN.c.entry_hash))
        held = {(entry.provider, entry.entry_hash) for entry in entries}
    return [
        f"the chain of {provider} lacks the entry {head[:12]}…, at which it stood when the run ended: "
        "entries were changed or taken out since, or this is another register"
        for provider, head in sorted(chains.items())
        if (provider, head) not in held
    ]


def lost_returns(returns: Mapping[str, str], register: Register) -> list[str]:
    """Say which returns, as a manifest names them, a register does not hold."""
    held = {"/".join(draw): versions for draw, versions in returned_versions(register).items()}
    return [
        f"the register lacks the return {number} of {draw} that the manifest names ({digest[:12]}…)"
        for draw, (number, _, digest) in sorted((draw, said.partition(":")) for draw, said in returns.items())
        if f"{number}:{digest}" not in held.get(draw, [])
    ]
