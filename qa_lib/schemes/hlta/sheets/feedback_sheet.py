"""What a feedback sheet holds, whoever it is for: why there is one, sentences, and tables of plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.schemes.hlta.rules.assessor_facts import day_text

Audience = Literal["assessor", "PoP"]


@dataclass(frozen=True)
class Part:
    """A part of a sheet: a table, or what is said in its place.

    Attributes
    ----------
    name
        Identifies the part: ``changes``, ``criteria`` ...
    heading
        What the table holds, in one phrase.
    frame
        Its rows, text only; the first column names the row.
    nothing
        The sentence in place of a table without rows; blank: none is needed.
    note
        How to read the table.
    labels
        Column -> heading, where it is not the column's name.
    """

    name: str
    heading: str
    frame: pd.DataFrame
    nothing: str = ""
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Feedback to one assessor or one PoP. It names nobody else.

    Attributes
    ----------
    audience, subject
        To whom it goes: ``assessor`` or ``PoP``, and the id.
    why
        Why there is something to say, in a few words each.
    sentences
        What comes first.
    parts
        The rest.
    source
        Where all of it comes from.
    """

    audience: Audience
    subject: str
    why: tuple[str, ...]
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    source: str


#: Columns of a table of outcomes that may have changed, by the names under which a sheet shows them.
OUTCOMES = {"case_id": "file", "outcome": "recommended", "final_outcome": "after_moderation"}


def known(make: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, str]:
    """Return a table, or an empty one and why there is none."""
    try:
        return make(), ""
    except NotAssessable as reason:
        return pd.DataFrame(), f"{reason}".rstrip(".")


def own_rows(frame: pd.DataFrame, column: str, subject: str) -> pd.DataFrame:
    """Return the rows of one subject; none of a table that is missing."""
    return frame[frame[column] == subject].reset_index(drop=True) if column in frame.columns else frame


def texts(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return columns of a table as text under new names, blank where there is nothing."""
    return pd.DataFrame({new: [_text(cell) for cell in frame[old]] for old, new in columns.items() if old in frame})


def unfit_part(files: pd.DataFrame, nothing: str = "") -> Part:
    """Return the part of sampled files that could not be moderated, each with the reason."""
    columns = {"case_id": "file", "not_moderatable_reason": "reason"}
    return Part("unfit", "Files that could not be moderated", texts(files, columns), nothing)


def _text(cell: object) -> str:
    if isinstance(cell, pd.Timestamp):
        return day_text(cell)
    return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]
