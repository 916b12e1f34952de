"""What the made-up moderators find in the files that were drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.planting import Tables
from qa_lib.made_up.writing import Row
from qa_lib.register.store import part_number
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.made_up.scene import STANDARDS

#: Recommended outcome -> (outcome after moderation, in how many of a thousand files); the others are endorsed.
_OVERTURNED = {
    "met": ("partial_reassessment", 15),
    "partial_reassessment": ("met", 60),
    "full_reassessment": ("partial_reassessment", 50),
    "insufficient_evidence": ("partial_reassessment", 50),
}
_REASONS = {
    "met": "The task sheets show sufficient evidence for standards {}.",
    "partial_reassessment": "The summaries of evidence do not support standards {}; the others are met.",
}
_STRENGTHS = (
    "Clear summaries of evidence.",
    "Focused questions that relate to the standards.",
    "Records of meetings are complete and legible.",
    "Judgements are well supported by the task sheets.",
)
_WEAKNESSES = (
    "none",
    "Some summaries are brief.",
    "Cross-references to the task sheets are missing here and there.",
    "The notes of one meeting are hard to read.",
)


def make_moderations(tables: Tables, draws: Iterable[Draw], chance: Chance) -> list[Row]:
    """Return a row per drawn file, of the day of its event, by a moderator of the provider who did not assess it.

    A moderator is somebody whose competence was confirmed by that day. The standards looked at are the insufficient
    ones, those agreed nationally for the month, and three more.
    """
    days, gaps, agreed = _days(tables, draws), defaultdict(list), defaultdict(list)
    for row in tables["judgements"]:
        if row["judgement"] == "insufficient":
            gaps[row["case_id"]].append(int(row["standard"]))
    for row in tables["national_standards"]:
        agreed[row["month"]].append(int(row["standard"]))
    rows = []
    for case in tables["cases"]:
        if day := days.get(name := case["case_id"]):
            people = [row for row in tables["assessors"] if row["rpa"] == case["rpa"] and _confirmed(row, day)]
            others = [row["assessor_id"] for row in people if row["assessor_id"] != case["assessor_id"]]
            first, second, *_ = chance.shuffle(others, "moderators", name)
            looked_at = [*agreed[case["month"]], *chance.shuffle(STANDARDS, "more standards", name)[:3]]
            rows.append(_moderation(case, day, gaps[name], looked_at, (first, second), chance))
    return rows


def _days(tables: Tables, draws: Iterable[Draw]) -> dict[str, str]:
    """Return the day on which each drawn file was moderated: of a month's first event, or of one for late files."""
    held = defaultdict(list)
    for row in sorted(tables["events"], key=lambda row: row["event_on"]):
        held[row["rpa"], row["month"]].append(row["event_on"])
    return {
        case_id: held[draw.freeze.provider, draw.freeze.month][part_number(draw.freeze.part)]
        for draw in draws
        for case_id in draw.sample["case_id"]
    }


def _confirmed(row: Mapping[str, str], day: str) -> bool:
    return "moderator" in row["roles"] and "" < row["moderator_confirmed_on"] <= day


def _moderation(
    case: Mapping[str, str], day: str, gaps: list[int], others: list[int], people: Sequence[str], chance: Chance
) -> Row:
    name = case["case_id"]
    row = Row(
        case_id=name,
        moderated_on=day,
        moderator_id=people[0],
        decision="endorsed",
        final_outcome=case["outcome"],
        strengths=chance.choose(_STRENGTHS, "strengths", name),
        weaknesses=chance.choose(_WEAKNESSES, "weaknesses", name),
        standards=sorted({*gaps, *others}),
    )
    outcome, per_thousand = _OVERTURNED[case["outcome"]]
    if chance.happens(per_thousand, "overturned", name):
        row.decision, row.final_outcome, row.second_moderator_id = "overturned", outcome, people[1]
        row.reason = _REASONS[outcome].format(", ".join(map(str, sorted(gaps or others[-3:-1]))))
    return row
