"""What the made-up RPAs do about overturned results: they discuss them with the assessor, and review performance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from qa_lib.made_up.planting import Tables
from qa_lib.made_up.writing import Row
from qa_lib.schemes.hlta.made_up.workdays import shift, working_day_of

#: The days in June on which the year before and the year itself were looked back upon.
_REVIEWED = (working_day_of("2023-06", 15), working_day_of("2024-06", 15))


def make_performance_reviews(tables: Tables) -> list[Row]:
    """Return the reviews of assessors' performance: each June, and ten working days after a result was overturned."""
    due = {
        (row["assessor_id"], row["rpa"], day)
        for row in tables["assessors"]
        for day in _REVIEWED
        if row["started_on"] < day.isoformat()
    }
    due |= {(person, rpa, shift(day, 10)) for person, rpa, day, _ in _overturned(tables)}
    summary = "Feedback from moderation was gone through."
    return [
        Row(assessor_id=person, rpa=rpa, reviewed_on=day, by=_senior(tables, rpa, person), summary=summary)
        for person, rpa, day in sorted(due)
    ]


def make_discussions(tables: Tables) -> list[Row]:
    """Return the actions that follow a second overturned result, or a full reassessment, within five working days."""
    days: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
    for person, rpa, day, full in _overturned(tables):
        days[person, rpa] += [day] * (2 if full else 1)
    second = {key: sorted(found)[1] for key, found in sorted(days.items()) if len(found) > 1}
    return [
        Row(
            action_id=f"AC{number:03d}",
            assessor_id=person,
            rpa=rpa,
            procedure="discussion",
            opened_on=shift(day, 5),
            closed_on=shift(day, 15),
            responsible=_senior(tables, rpa, person),
            reason="Moderators overturned results.",
            result="Agreed how evidence is summed up.",
        )
        for number, ((person, rpa), day) in enumerate(second.items(), start=len(tables["actions"]) + 1)
    ]


def _overturned(tables: Tables) -> Iterator[tuple[str, str, dt.date, bool]]:
    """Yield the assessor, the RPA and the day of each overturned result, and whether to a full reassessment."""
    cases: Mapping[str, Mapping[str, str]] = {case["case_id"]: case for case in tables["cases"]}
    for row in tables["moderations"]:
        if row["decision"] == "overturned":
            case, full = cases[row["case_id"]], row["final_outcome"] == "full_reassessment"
            yield case["assessor_id"], case["rpa"], dt.date.fromisoformat(row["moderated_on"]), full


def _senior(tables: Tables, rpa: str, person: str) -> str:
    """Return the first senior assessor of an RPA who is somebody else."""
    own = (row for row in tables["assessors"] if row["rpa"] == rpa and "senior" in row["roles"])
    return next(row["assessor_id"] for row in own if row["assessor_id"] != person)
