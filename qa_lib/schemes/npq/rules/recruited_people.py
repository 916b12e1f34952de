"""Who counts as recruited: enrolled, not delivering the programme, and once only (NPQ.M1).

A person is known by teacher reference number (TRN) within a provider and level. Whose TRN is blank, or a word that says
that it is not known, is one person per row. An earlier attempt counts where its row is in the data; one that is not in
them, of which only ``previous_attempt`` tells, may have been counted elsewhere, and takes nobody out of the year that
is given.
"""

from __future__ import annotations

import pandas as pd

from qa_lib.audit.words import is_word
from qa_lib.lookalikes import letters_and_digits
from qa_lib.tables.open_words import is_unsaid, mapped

#: Why a row is not counted, in the order in which reasons are looked for.
NOT_ENROLLED = "no enrolment date"
LATER = "enrolled after the as-of day"
STAFF = "involved in delivering the programme"
AGAIN = "counted in another year or row of the same person and level"
NO_YEAR = "no year given"

_TRN_DIGITS = 7

COLUMNS = ["enrolled_on", "year", "staff_role", "previous_attempt"]


def count_once(participants: pd.DataFrame, *, as_of: pd.Timestamp, enrolled_again: str = "first_year") -> pd.DataFrame:
    """Say of every row whether it is recruited, and if not why.

    Parameters
    ----------
    participants
        The table of participants, with :data:`COLUMNS`.
    as_of
        Enrolments after this day are not known yet.
    enrolled_again
        ``first_year``: whoever enrols again after a withdrawal, deferral or fail counts in the first year only;
        ``last_year``: in the last.

    Returns
    -------
    DataFrame
        The participants with ``why_not`` (blank where recruited), ``earlier`` (recruited after an attempt that is not
        in the data) and ``doubtful`` (recruited, but it is blank whether they deliver, or nothing tells whether an
        earlier attempt is in the data: it is not said that there was none, and the TRN is blank).
    """
    frame = participants.copy()
    why = pd.Series("", index=frame.index, dtype="str")
    reasons = [
        (NOT_ENROLLED, frame["enrolled_on"].isna()),
        (LATER, frame["enrolled_on"] > as_of),
        (STAFF, frame["staff_role"].notna() & ~is_word(frame["staff_role"], "none")),
        (NO_YEAR, frame["year"].isna()),
    ]
    for reason, holds in reasons:
        why = why.mask(holds & (why == ""), reason)
    counting = why == ""
    why = why.mask(counting & _repeated(frame[counting], enrolled_again).reindex(frame.index, fill_value=False), AGAIN)
    frame["why_not"] = why
    first = ~_repeated(frame, "first_year")
    attempted = frame["previous_attempt"].isin(["withdrawn", "deferred", "failed"])
    frame["earlier"] = (why == "") & attempted & first
    untold = reference_number(frame).isna()
    untold &= ~is_word(frame["previous_attempt"], "none")
    frame["doubtful"] = (why == "") & (frame["staff_role"].isna() | untold)
    return frame


def _repeated(frame: pd.DataFrame, enrolled_again: str) -> pd.Series:
    """Mark the rows of a person and level but one: the first, or the last."""
    person = person_of(frame)
    ordered = frame.assign(_person=person).sort_values(["year", "enrolled_on", "participant_id"])
    keep = "first" if enrolled_again == "first_year" else "last"
    return ordered.duplicated(["provider", "level", "_person"], keep=keep).reindex(frame.index)  # type: ignore[arg-type]


def person_of(frame: pd.DataFrame) -> pd.Series:
    """Return what a person is known by: TRN, or the row's own id where there is none."""
    return ("TRN " + reference_number(frame)).fillna("row " + frame["participant_id"])


def reference_number(frame: pd.DataFrame) -> pd.Series:
    """Return the TRN of each row in one spelling; missing where the column is, or where it holds none.

    Examples
    --------
    >>> numbers = ["12/34567", "1234567", "0123456", "123456", "N/K", "0000000", None]
    >>> reference_number(pd.DataFrame({"trn": numbers})).tolist()
    ['1234567', '1234567', '0123456', '0123456', nan, nan, nan]
    """
    if "trn" not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    return mapped(frame["trn"], _number)


def _number(text: str) -> str | None:
    # Spreadsheets lose the noughts at the front; a number of noughts alone stands for none.
    number = letters_and_digits(text).zfill(_TRN_DIGITS)
    return None if is_unsaid(text) or not number.strip("0") else number
