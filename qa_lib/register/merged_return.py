"""A return that came in several workbooks: they are kept together, with who entered what.

One ZIP archive stands in the register where else the workbook does. It holds the workbooks as they arrived, numbered in
the order of their digests, and ``entered-by.csv``. The same workbooks give the same bytes, in whatever order they came.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

import pandas as pd

from qa_lib.files import zipped
from qa_lib.sampling.protocol import read_csv, write_csv

#: One row per workbook and file, or standard of a file, in which it fills something in: which columns those are.
#: ``moderator_id`` is the file's.
ENTERED_COLUMNS = ["case_id", "standard", "workbook", "file_digest", "moderator_id", "columns"]
_ENTERED = "entered-by.csv"


def kept_together(workbooks: Sequence[tuple[str, bytes]], entered: Iterable[Sequence[str]]) -> bytes:
    """Return one archive of several workbooks, by file name and content, and of who entered what."""
    parts = [(_ENTERED, write_csv(ENTERED_COLUMNS, entered))]
    parts += [(f"{number}/{name}", content) for number, (name, content) in enumerate(workbooks, start=1)]
    return zipped(parts, compression=zipfile.ZIP_STORED)


def entered_in(kept: bytes) -> pd.DataFrame:
    """Return who entered what of a return that was kept; nothing where it came in one workbook."""
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        there = _ENTERED in archive.namelist()
        rows = read_csv(archive.read(_ENTERED), ENTERED_COLUMNS, name=_ENTERED) if there else []
    return pd.DataFrame(rows, columns=ENTERED_COLUMNS, dtype="str")
