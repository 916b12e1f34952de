"""Files against the capacity of assessors: what the months brought, and a forecast with its assumption (HLTA.PAR.3).

The forecast is this project's own and simple on purpose: the mean of the last three months and, where the data know
it, of the same month a year earlier. It knows nothing of new assessors, holidays or growth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable
from qa_lib.audit.words import decimal_text, out_of
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.rules.assessor_facts import assessors_of, barring

#: Columns of :func:`capacity_forecast`.
FORECAST = ["rpa", "month", "files_seen", "files_expected", "assessors", "capacity", "unknown", "shortfall", "based_on"]
HORIZON = 3
_LAST = 3
_YEAR = 12


@answers("HLTA.PAR.3")
def capacity_against_files(audit: Audit) -> Iterator[Statement]:
    """Say in which months more files came, or are expected, than the RPA's assessors have room for.

    All of it is information. A month's file counts where it was submitted; an assessor of several RPAs has the room
    that each of them records.
    """
    people = assessors_of(audit, "capacity_per_month")
    for name in people.loc[people["capacity_per_month"].isna(), "assessor_id"]:
        yield not_assessable("the capacity per month is blank", subject_type="assessor", subject=str(name))
    frame = capacity_forecast(audit)
    frame = frame[frame["month"].isin(audit.months) | frame["files_seen"].isna()]
    for row in frame[frame["shortfall"].fillna(0) > 0].to_dict("records"):
        yield _too_many(row)
    seen = frame[frame["files_seen"].notna()]
    if not seen["files_seen"].sum():
        yield Statement(status="information", message="nothing to look at: 0 files in the months")
        return
    enough = int((seen["shortfall"].fillna(0) == 0).sum())
    message = f"{out_of(enough, len(seen))} months brought no more files than assessors have room for"
    yield Statement(status="information", message=message, value=str(enough), threshold=str(len(seen)))


def _too_many(row: dict[Any, Any]) -> Statement:
    ahead = pd.isna(row["files_seen"])
    files = row["files_expected"] if ahead else row["files_seen"]
    why = f" ({row['based_on']})" if ahead else ""
    message = (
        f"{row['month']} {'is expected to bring' if ahead else 'brought'} {files} files{why}, "
        f"{row['shortfall']} more than there is room for: "
        f"{row['capacity']} with {row['assessors']} assessors free to assess"
    )
    return Statement(status="information", message=message, value=str(files), threshold=str(row["capacity"]))


def capacity_forecast(audit: Audit, *, horizon: int = HORIZON) -> pd.DataFrame:
    """Return files against capacity: the months of the year so far, and so many months ahead.

    Parameters
    ----------
    audit
        Of :func:`qa_lib.schemes.hlta.audit.make_audit`.
    horizon
        How many months ahead.

    Returns
    -------
    DataFrame
        Columns :data:`FORECAST`, one row per month. ``files_seen`` is blank ahead, ``files_expected`` and ``based_on``
        before. ``capacity`` is the sum over ``assessors``: those on the RPA's register who have started by the end of
        the month and whom no suspension or removal bars for the whole of it; ``unknown`` of them have no capacity on
        record and count as nothing. ``shortfall`` is the files that are too many. Blank where the table ``assessors``
        or its capacity is missing.
    """
    counts = _files_by_month(audit)
    this = pd.Period(audit.months[-1], freq="M")
    ahead = [this + number for number in range(1, horizon + 1)]
    rows = [_row(audit, month, seen=number) for month, number in counts.items() if str(month) >= audit.year]
    rows += [_row(audit, month, based_on=_basis(counts, this, month)) for month in ahead]
    kinds = dict.fromkeys(FORECAST, "Int64") | dict.fromkeys(["rpa", "month", "based_on"], "str")
    return pd.DataFrame(rows, columns=FORECAST).astype(kinds)


def capacity_sentence(audit: Audit, *, horizon: int = HORIZON) -> str:
    """Return in words how the forecast is made and what it says."""
    frame = capacity_forecast(audit, horizon=horizon)
    ahead = frame[frame["files_seen"].isna()]
    how = (
        "Expected files of a month: the mean of the last three months and, where the data have it, of the same month a "
        "year earlier, rounded up. Room: what the assessors on the register who are free to assess can take. "
    )
    if ahead["capacity"].isna().any():
        return f"{how}Their capacity is not recorded, so nothing can be said of {audit.provider}."
    short = ahead[ahead["shortfall"] > 0]
    if short.empty:
        return f"{how}{audit.provider} is expected to have room for all files in the next {horizon} months."
    months = ", ".join(f"{row.shortfall} in {row.month}" for row in short.itertuples())
    return f"{how}{audit.provider} is expected to be short of room for files: {months}."


def _files_by_month(audit: Audit) -> dict[pd.Period, int]:
    """Return how many files each month brought, from the first in the data to the last of the months."""
    last = pd.Period(audit.months[-1], freq="M")
    counts = Counter(pd.Period(month, freq="M") for month in audit.own("cases")["month"])
    first = min([*counts, last])
    return {month: counts[month] for month in pd.period_range(first, last, freq="M")}


def _basis(counts: dict[pd.Period, int], this: pd.Period, month: pd.Period) -> dict[pd.Period, int]:
    """Return the months that a forecast rests on, with their files."""
    wanted = [this - number for number in reversed(range(_LAST))]
    earlier = month - _YEAR
    return {one: counts[one] for one in dict.fromkeys([earlier, *wanted]) if one in counts}


def _row(
    audit: Audit, month: pd.Period, *, seen: int | None = None, based_on: dict[pd.Period, int] | None = None
) -> dict[str, object]:
    mean = Fraction(sum(based_on.values()), len(based_on)) if based_on else None
    expected = None if mean is None else ceil(mean)
    files = expected if seen is None else seen
    assessors, capacity, unknown = _room(audit, month)
    listed = ", ".join(f"{number} in {one}" for one, number in (based_on or {}).items())
    return {
        "rpa": audit.provider,
        "month": str(month),
        "files_seen": seen,
        "files_expected": expected,
        "assessors": assessors,
        "capacity": capacity,
        "unknown": unknown,
        "shortfall": None if capacity is None or files is None else max(files - capacity, 0),
        "based_on": "" if mean is None else f"the mean of {listed} is {decimal_text(mean)}",
    }


def _room(audit: Audit, month: pd.Period) -> tuple[int | None, int | None, int | None]:
    """Return how many assessors are free in a month, their capacity, and how many have none on record."""
    try:
        people = assessors_of(audit, "capacity_per_month")
    except NotAssessable:
        return None, None, None
    first, last = month.start_time, month.end_time.normalize()
    barred = barring(audit)
    barred = barred[(barred["rpa"] == audit.provider) & (barred["opened_on"] <= first) & ~(barred["closed_on"] <= last)]
    free = ~people["assessor_id"].isin(barred["assessor_id"])
    if "started_on" in people.columns:
        free &= ~(people["started_on"] > last)
    room = people.loc[free, "capacity_per_month"]
    return len(room), int(room.sum()), int(room.isna().sum())
