"""Where the project's own files lie: notebooks with their data, rule books, run files, guides. Nothing goes there.

In a checkout they stand beside the package; in an installed wheel inside it, as ``pyproject.toml`` has it put them.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "project"

#: The folder above ``notebooks``, ``parameters`` and ``docs``.
ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent
