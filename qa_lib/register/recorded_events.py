"""What the data set's table ``events`` says of a month's moderation: its freeze, its seed, its peer reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import pandas as pd

from qa_lib.scheme import Scheme

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Event:
    """What the data set's ``events`` table says of one month's moderation; empty text where it says nothing."""

    frozen_on: str = ""
    seed: str = ""
    seed_given_on: str = ""
    peer_reviewer_id: str = ""
    peer_rpa: str = ""


def recorded_events(tables: Tables, scheme: Scheme, *, provider: str, month: str) -> list[Event]:
    """Return what ``events`` holds for a provider and month, by day: the month's own, then late files'."""
    events = tables.get("events")
    if events is None or not {scheme.provider_column, "month"} <= set(events.columns):
        return []
    rows = events[(events[scheme.provider_column] == provider) & (events["month"] == month)]
    names = [name for name in Event.__dataclass_fields__ if name in rows.columns]
    found = [
        Event(**{name: day_text(value) for name, value in zip(names, row, strict=True)})
        for row in rows[names].itertuples(index=False)
    ]
    return sorted(found, key=astuple)


def recorded_event(tables: Tables, scheme: Scheme, *, provider: str, month: str) -> Event:
    """Return the month's own event, or an empty one where the data set holds none."""
    return next(iter(recorded_events(tables, scheme, provider=provider, month=month)), Event())


def day_text(value: object) -> str:
    """Return a value of the table as text, a day as ``2024-01-31``."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
