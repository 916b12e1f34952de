"""When a seed was there first: never before the freeze that it draws (``docs/protocol.md`` §5)."""

from __future__ import annotations

import sqlalchemy as sa

from qa_lib.errors import SampleError
from qa_lib.register.schema import DRAWS, FREEZES
from qa_lib.sampling.frozen import Freeze
from qa_lib.sampling.seeds import same_seed


def refuse_an_older_seed(given: str, frozen: str) -> None:
    """Refuse a seed that was given before its freeze.

    Raises
    ------
    SampleError
        With both times.
    """
    # A seed of the freeze's own day is in time.
    if _is_before(given, frozen):
        raise SampleError(
            f"the seed was given on {given}, before the freeze of {frozen}; a seed must be given after it, "
            "so ask the reviewer for another"
        )


def refuse_a_known_seed(connection: sa.Connection, seed: str, freeze: Freeze, frozen_on: str) -> None:
    """Refuse a seed that was in this register before the freeze: whoever froze could know what it would draw.

    Blanks, marks and letter case make no other seed. One lottery result may serve several RPAs whose files were all
    frozen before it.

    Raises
    ------
    SampleError
        With the draw that used it.
    """
    query = (
        sa.select(FREEZES.c.provider, FREEZES.c.purpose, FREEZES.c.month, FREEZES.c.part)
        .add_columns(DRAWS.c.seed_given_on, sa.func.json_extract(sa.cast(DRAWS.c.draw_json, sa.Text), "$.seed"))
        .join(FREEZES, FREEZES.c.digest == DRAWS.c.freeze_digest)
        .order_by(DRAWS.c.seed_given_on, FREEZES.c.provider, FREEZES.c.month, FREEZES.c.part)
    )
    # One freeze of a provider is open at a time: its own draws were all made before this one, whatever the clock says.
    own = (freeze.provider, freeze.content["purpose"])
    first = next(
        (
            row
            for row in connection.execute(query)
            if ((row.provider, row.purpose) == own or _is_before(row.seed_given_on, frozen_on))
            and same_seed(seed, str(row[-1]))
        ),
        None,
    )
    if first is not None:
        part = "" if first.part == "month" else f" ({first.part})"
        raise SampleError(
            f"the seed was used before, for {first.provider} {first.month}{part} on {first.seed_given_on}, and so was "
            f"known before this freeze of {frozen_on}; ask the reviewer for a new one"
        )


def _is_before(one: str, other: str) -> bool:
    """Compare two times; a date compares with a moment by its day only."""
    length = min(len(one), len(other))
    return one[:length] < other[:length]
