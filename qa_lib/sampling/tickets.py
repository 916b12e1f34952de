"""Tickets: the SHA-256 of freeze digest, seed and case id, which anyone can compute (``docs/protocol.md`` §6).

A hash and not a random number generator: the order of rows does not matter, a larger draw begins with the
smaller one, and an auditor needs no Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

_WIDTH = 32  # bytes of a SHA-256


@dataclass(frozen=True)
class Tickets:
    """The tickets of files, in the files' order.

    Attributes
    ----------
    raw
        The hashes one after another, 32 bytes each.
    order
        Positions of the files by ascending ticket; files with equal tickets keep their order.
    """

    raw: bytearray
    order: NDArray[np.intp]

    def text(self, position: int) -> str:
        """Return the ticket of the file at ``position`` in hexadecimal digits."""
        return self.raw[position * _WIDTH : (position + 1) * _WIDTH].hex()


def tickets(case_ids: Sequence[str], *, digest: str, seed: str) -> Tickets:
    """Compute the tickets of all files.

    Parameters
    ----------
    case_ids
        Distinct normalised ids, in code-point order where equal tickets are to stand by id.
    digest, seed
        Freeze digest and seed.

    Examples
    --------
    >>> tickets(["A-1"], digest="0" * 64, seed="12345678901234567890").text(0)[:16]
    '02679e0ce51f4a70'
    """
    # What all tickets begin with is hashed once; each continues from a copy of that state.
    begun = sha256(f"{digest}:{seed}:".encode())
    raw = bytearray()
    for case_id in case_ids:
        state = begun.copy()
        state.update(case_id.encode())
        raw += state.digest()
    words = np.frombuffer(raw, dtype=">u8").reshape(-1, 4)
    leading = words[:, 0].astype(np.uint64)
    # Eight bytes decide but for one pair in 2^64; only where two agree are all 32 looked at.
    order = np.argsort(leading)
    ordered = leading[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.lexsort(words.T[::-1])
    return Tickets(raw, order)
