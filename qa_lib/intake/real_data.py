"""Where the real public data lies that some tests read: ``$QA_REAL_DATA``, or ``shared/data`` beside the project."""

from __future__ import annotations

import os
from pathlib import Path


def real_data_folder() -> Path | None:
    """Return the folder of the real public data, or None where there is none.

    It is never part of the project; what it holds and where it comes from is told in ``docs/``.
    """
    named = os.environ.get("QA_REAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return folder if folder.is_dir() else None
