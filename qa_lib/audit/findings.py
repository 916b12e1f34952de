"""A finding: one row of one shape for every rule of every scheme. Nothing else carries a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

Status = Literal["met", "breach", "warning", "information", "not_assessable"]

#: Every status, the worst first.
WORST_FIRST = ["breach", "warning", "not_assessable", "information", "met"]
#: What somebody has to act on.
ACTIONABLE = ["breach", "warning"]

COLUMNS = ["rule", "status", "subject_type", "subject", "message", "value", "threshold", "clause"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of one subject.

    Attributes
    ----------
    rule
        Id of the rule in its rule book, e.g. ``X.COVER``.
    status
        One of ``met``, ``breach``, ``warning``, ``information``, ``not_assessable``.
    subject_type, subject
        Whom it is about: ``file`` and its case id, ``assessor`` and its id, ``provider``, ``month`` ...
    message
        One plain sentence; where not assessable, it says because of what.
    value, threshold
        What was found and what the rule holds it against, as text; empty where neither applies.
    clause
        The clause of the source document, from the rule book.
    """

    rule: str
    status: Status
    subject_type: str
    subject: str
    message: str
    value: str = ""
    threshold: str = ""
    clause: str = ""


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a frame with the columns of :data:`COLUMNS`, sorted so that row order says nothing."""
    frame = pd.DataFrame([asdict(finding) for finding in findings], columns=COLUMNS, dtype="str")
    return frame.sort_values(COLUMNS, ignore_index=True)
