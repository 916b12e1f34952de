"""Many people at once on a register that is not there yet: what was acknowledged is never lost.

With ``QA_LONG=1`` ten rounds of twenty programs and two hundred rounds of eight forked children are played.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from register_crowd import Told, forked, started, wrong_after

LONG = os.environ.get("QA_LONG") == "1"
PEOPLE = 20


def kinds(told: Told) -> set[str]:
    """Return the kinds of answers that were given."""
    return {str(one[0]) for one in told}


EVERY_KIND = {"freeze", "withdrawal", "draw", "return", "lost", "refused"}


def test_twenty_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    """Freezes with different rates, draws, withdrawals and returns on a new register, with refusals among them."""
    told: Told = []
    for start in range(10 if LONG else 1):
        with started(PEOPLE) as play:
            for number in range(1 if LONG else 2):
                place = tmp_path / f"{start}-{number}.sqlite"
                here = play(place)
                assert wrong_after(place, here) == []
                told += here
    print(sorted(Counter(str(one[0]) for one in told).items()))  # noqa: T201 - the figures of the long run
    assert kinds(told) == EVERY_KIND


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks processes")
def test_forked_children_lose_nothing(tmp_path: Path) -> None:
    """The same of children that share a register object that was opened before they were born."""
    told: Told = []
    for number in range(200 if LONG else 20):
        place = tmp_path / f"{number}.sqlite"
        here = forked(place, 8 if LONG else 4)
        assert wrong_after(place, here) == []
        told += here
    print(sorted(Counter(str(one[0]) for one in told).items()))  # noqa: T201 - the figures of the long run
    assert kinds(told) == EVERY_KIND
