"""How planted facts are counted, as it stands beside the unit tests of the rules that they concern."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

UNIT = Path(__file__).parents[1] / "unit"


def counts_beside_tests(scheme: str) -> dict[str, Callable[[Any], Any]]:
    """Return by fact what ``PLANTED`` of the tests of a scheme's rules counts; no fact is counted twice."""
    tests = [import_module(path.stem) for path in sorted(UNIT.glob(f"test_{scheme}_*.py"))]
    counts = [pair for test in tests for pair in getattr(test, "PLANTED", {}).items()]
    assert len(dict(counts)) == len(counts)
    return dict(counts)
