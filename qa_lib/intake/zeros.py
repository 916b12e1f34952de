"""Ids that lost their leading zeros: a spreadsheet that opens a text file takes ``0012`` for a number and saves ``12``.

That one cell cannot tell. A column can: where some ids are filled up with zeros to one length, shorter ones stand out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from qa_lib.intake.faults import Problem
from qa_lib.intake.raw import TEXT


def lost_zeros(cells: pd.Series, marks: np.ndarray | None) -> tuple[np.ndarray, Problem | None]:
    """Return which ids of a column seem to have lost zeros, and what to say of them.

    Parameters
    ----------
    cells, marks
        The texts, and what each cell was before it became text (None: text). Numbers are noticed for themselves.
    """
    distinct = cells.drop_duplicates()
    texts = distinct.str.strip()
    digits = texts[texts.str.fullmatch("[0-9]+")]
    lengths, padded = digits.str.len(), digits.str.startswith("0") & (digits != "0")
    if not padded.any():
        return np.empty(0, np.int64), None
    usual = int(lengths[padded].mode().max())
    short = cells.isin(distinct[digits[~padded & (lengths < usual) & (digits != "0")].index]).to_numpy(dtype=bool)
    positions = np.flatnonzero(short if marks is None else short & (marks == TEXT))
    advice = "leading zeros may be lost: format the column as text, and put them back"
    return positions, Problem("lost_zeros", f"{usual} digits, as ids of this column that begin with 0 have", advice)
