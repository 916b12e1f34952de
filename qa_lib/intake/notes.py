"""The row of notes that a template has below its header: recognised wherever it stands, and no row of data.

Every filled cell of it begins with the mark of a note; where one does not, somebody wrote a value into the row, and
the row is read: the notes in it are faults then, so that the value is not lost in silence.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qa_lib.intake.faults import Problem
from qa_lib.intake.raw import RawTable, without_records
from qa_lib.tables.wording import NOTE

NOTES_ALONE = Problem(
    "notes_alone",
    "rows below the notes",
    "not filled in, and therefore left out; to say that there are none, delete the row of notes",
)


def without_notes(raw: RawTable) -> RawTable:
    """Return a table without its rows of notes."""
    found, noted = np.arange(len(raw.rows)), np.zeros(len(raw.rows), bool)
    for number in raw.cells:
        # Hardly any record but the notes has nothing or a note in its first column: look on only at those.
        if not len(found):
            return raw
        cells = raw.cells[number].iloc[found].str.strip()
        marked = cells.str.startswith(NOTE).to_numpy(dtype=bool)
        noted[found[marked]] = True
        found = found[marked | (cells == "").to_numpy(dtype=bool)]
    notes = found[noted[found]]
    alone = len(notes) == len(raw.rows) > 0 and not raw.broken
    return replace(without_records(raw, notes), notes_alone=alone) if len(notes) else raw
