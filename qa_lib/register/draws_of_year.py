"""A provider's year out of the register: its freezes and draws, and the files that could not be moderated."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from qa_lib.register.recording import load_freeze
from qa_lib.register.schema import FREEZES, NOT_MODERATABLE
from qa_lib.register.store import Register, part_number, stored_draw, stored_freezes
from qa_lib.sampling.drawing import Draw, read_draw, waiting
from qa_lib.sampling.frozen import Freeze


def draws_of_year(register: Register, *, provider: str, year: str, month: str = "") -> list[Draw]:
    """Return the moderation draws of a provider's year in order; a freeze without a seed is there as waiting.

    Parameters
    ----------
    year
        First month of the year, e.g. ``2023-09``.
    month
        Only the draws of this month and its late files.
    """
    query = _freezes_of_year(provider, year)
    if month:
        query = query.where(FREEZES.c.month == month)
    draws = []
    with register.reading() as connection:
        rows = connection.execute(query).all()
        for row in sorted(rows, key=lambda row: (row.month, part_number(row.part))):
            freeze, stored = load_freeze(connection, row.digest), stored_draw(connection, row.digest)
            draws.append(waiting(freeze) if stored is None else read_draw(freeze, *stored))
    return draws


def holds_year(register: Register, *, provider: str, year: str) -> bool:
    """Say whether a register holds any moderation freeze of a provider's year that was not withdrawn."""
    with register.reading() as connection:
        return connection.execute(_freezes_of_year(provider, year).limit(1)).first() is not None


def _freezes_of_year(provider: str, year: str) -> sa.Select[tuple[str, str, str]]:
    return sa.select(FREEZES.c.digest, FREEZES.c.month, FREEZES.c.part).where(
        FREEZES.c.provider == provider,
        FREEZES.c.year == year,
        FREEZES.c.purpose == "moderation",
        FREEZES.c.state != "withdrawn",
    )


def passed_over_by(register: Register, freeze: Freeze, *, months: Iterable[str]) -> list[str]:
    """Return which months, since the freeze before it, will be passed over for good once an open freeze is drawn."""
    with register.reading() as connection:
        every = stored_freezes(connection, provider=freeze.provider, purpose="moderation")
    if any(one.digest == freeze.digest and one.state == "drawn" for one in every):
        return []
    last = max((one.month for one in every if one.month < freeze.month), default="")
    return sorted({month for month in months if last < month < freeze.month})


def frozen_since(register: Register, *, provider: str, month: str) -> str:
    """Return when a month's own freeze, which was not withdrawn, was made; empty where there is none."""
    with register.reading() as connection:
        of_month = stored_freezes(connection, provider=provider, purpose="moderation", month=month)
    return next((freeze.frozen_on for freeze in of_month if freeze.part == "month"), "")


def holds_freeze(register: Register, freeze: Freeze) -> bool:
    """Say whether a register holds a freeze, in whatever state."""
    with register.reading() as connection:
        return (
            connection.execute(sa.select(FREEZES.c.digest).where(FREEZES.c.digest == freeze.digest)).first() is not None
        )


def recorded_draw(register: Register, freeze: Freeze) -> Draw | None:
    """Return the draw that the register holds of a freeze, or None."""
    with register.reading() as connection:
        stored = stored_draw(connection, freeze.digest)
    return None if stored is None else read_draw(freeze, *stored)


def not_moderatable_of_year(register: Register, *, provider: str, year: str) -> dict[tuple[str, str], str]:
    """Return why a sampled file could not be moderated, by freeze digest and case id."""
    query = (
        sa.select(NOT_MODERATABLE)
        .join(FREEZES, FREEZES.c.digest == NOT_MODERATABLE.c.freeze_digest)
        .where(FREEZES.c.provider == provider, FREEZES.c.year == year)
    )
    with register.reading() as connection:
        return {(row.freeze_digest, row.case_id): row.reason for row in connection.execute(query)}
