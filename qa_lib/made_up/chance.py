"""Chance that is the same everywhere: every draw is SHA-256 of the seed and of what the draw is for.

There is no state, so a new draw never shifts the others, and only whole numbers are used, so no platform rounds
differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    """Draws named by text keys: the same seed and keys give the same result, in any order.

    Attributes
    ----------
    seed
        Text that all draws share.
    """

    seed: str

    def number(self, *keys: object) -> int:
        """Return a whole number of 64 bits."""
        text = "\x1f".join((self.seed, *map(str, keys)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def between(self, low: int, high: int, *keys: object) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + self.number(*keys) % (high - low + 1)

    def happens(self, per_thousand: int, *keys: object) -> bool:
        """Say yes in ``per_thousand`` of a thousand cases."""
        return self.number(*keys) % 1000 < per_thousand

    def choose(self, options: Sequence[T], *keys: object) -> T:
        """Return one of the options."""
        return options[self.number(*keys) % len(options)]

    def shuffle(self, items: Iterable[T], *keys: object) -> list[T]:
        """Return the items in a chance order that does not depend on the order in which they came."""
        return sorted(items, key=lambda item: (self.number(*keys, item), str(item)))

    def weighted(self, weights: Sequence[tuple[T, int]], *keys: object) -> T:
        """Return one of the options, each as likely as its whole weight."""
        place = self.number(*keys) % sum(weight for _, weight in weights)
        for option, weight in weights:
            place -= weight
            if place < 0:
                return option
        raise AssertionError  # pragma: no cover - the weights add up
