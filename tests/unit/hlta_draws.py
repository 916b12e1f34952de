"""Draws of small HLTA months for tests, and draws in which something is wrong."""

from __future__ import annotations

from dataclasses import replace

from hlta_frames import BOOK, MONTH, OTHER, RPA, frame

from qa_lib import draw, freeze, open_register

SEED = "1234 5624 1553 2461 4"


def month_draw(tables, month=MONTH, *, provider=RPA, seed=SEED, register=None, choices=None):
    """Return the draw of a month of these tables; without a seed the freeze that waits for one."""
    register = register or open_register("sqlite://")
    frozen = freeze(tables, BOOK, provider=provider, month=month, register=register, choices=choices)
    return draw(frozen, seed=seed, reviewer="R1", reviewer_rpa=OTHER, register=register)


def without(drawn, *case_ids):
    """Return a draw whose sample lacks these files, as no draw of this suite would."""
    return replace(drawn, sample=drawn.sample[~drawn.sample["case_id"].isin(case_ids)])


def moderations(*rows, **shared):
    """Return what moderators said, each row over an endorsement by M1 on the day of the month's event."""
    given = {"moderated_on": "2024-04-10", "moderator_id": "M1", "decision": "endorsed"}
    return frame("moderations", [{**given, **shared, **row} for row in rows])


def events(*days, month=MONTH, **more):
    """Return events of the RPA and month on these days."""
    return frame("events", [{"rpa": RPA, "month": month, "event_on": day, **more} for day in days])


def with_value(monkeypatch, given, rule_id, value):
    """Let a rule have another value for an audit than the rule book's."""
    real = type(given).value

    def other(case, rule, day=None):
        return value if rule == rule_id else real(case, rule, day)

    monkeypatch.setattr(type(given), "value", other)
