"""What a page says of the files that were read."""

from __future__ import annotations

import pandas as pd

from qa_lib.intake.accepted import Dataset


def inputs_table(data: Dataset) -> pd.DataFrame:
    """Return ``file, sha256`` of everything that was read, by file name: the page's tie to its inputs."""
    return pd.DataFrame(sorted(data.inputs.items()), columns=["file", "sha256"], dtype="object")
