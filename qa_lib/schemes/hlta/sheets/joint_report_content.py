"""What a joint report of peer reviewer and moderator begins with (HLTA.PEER.3): all that is known of a month's event.

What is not known is left to the two who sign it. Nothing is concluded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.results.moderated_files import moderated
from qa_lib.schemes.hlta.rules.assessor_facts import day_text
from qa_lib.schemes.hlta.rules.feedback_given import words
from qa_lib.schemes.hlta.rules.issues_forward import names_issues
from qa_lib.schemes.hlta.rules.values_then import deadline_then
from qa_lib.schemes.hlta.sheets.feedback_sheet import OUTCOMES, Part, texts, unfit_part


@dataclass(frozen=True, kw_only=True)
class JointReport:
    """One event's joint report, as far as it is known.

    Attributes
    ----------
    provider, month, part
        Whose event; ``part`` is ``month``, or ``late-1`` and so on for an event of late files.
    as_of
        The day up to which things are known.
    facts
        Item and what is known of it, in the order of the form; blank where the signatories fill it in.
    tables
        Changed outcomes, difficult cases and issues of principle, files that could not be moderated.
    no_issues
        Whether it is recorded that no issues were raised; None where nothing is recorded.
    issues, improvements
        What is recorded of them; blank where nothing is.
    """

    provider: str
    month: str
    part: str
    as_of: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Part, ...]
    no_issues: bool | None
    issues: str
    improvements: str


def joint_reports(audit: Audit) -> list[JointReport]:
    """Return a report for each event of the months, and for each draw whose event is not known yet."""
    return [_report(audit, *one) for month in audit.months for one in _events(audit, month)]


def _events(audit: Audit, month: str) -> Iterator[tuple[str, str, Mapping[str, Any], Draw | None]]:
    """Yield month, part, event and draw: the first event is the month's own, the others are of late files."""
    events: list[dict[Any, Any]] = []
    if audit.has("events", "rpa", "month"):
        table = audit.own("events")
        days = [column for column in ("event_on", "frozen_on") if column in table.columns]
        own = table[table["month"] == month]
        events = (own.sort_values(days) if days else own).to_dict("records")
    draws = [draw for draw in audit.month_draws if draw.freeze.month == month]
    for place in range(max(len(events), len(draws))):
        part = f"late-{place}" if place else "month"
        yield (
            month,
            part,
            events[place] if place < len(events) else {},
            next((draw for draw in draws if draw.freeze.part == part), None),
        )


def _report(audit: Audit, month: str, part: str, event: Mapping[str, Any], draw: Draw | None) -> JointReport:
    files = moderated(audit)
    files = files[(files["freeze_digest"] == draw.freeze.digest) if draw else files["month"].isna()]
    issues = _text(event, "issues")
    none = bool(issues.strip()) and not names_issues(issues)
    return JointReport(
        provider=audit.provider,
        month=month,
        part=part,
        as_of=day_text(audit.as_of),
        facts=(*_meeting(audit, event, draw, files), *_sample(draw, files), *_looked_at(draw, files)),
        tables=(_changes(files), _difficult(audit, draw), _unfit(files)),
        no_issues=none if issues.strip() else None,
        issues="" if none else issues,
        improvements=_text(event, "improvements"),
    )


def _text(event: Mapping[str, Any], name: str) -> str:
    cell = event.get(name)
    if cell is None or pd.isna(cell):
        return ""
    return day_text(cell) if isinstance(cell, pd.Timestamp) else str(cell)


def _meeting(
    audit: Audit, event: Mapping[str, Any], draw: Draw | None, files: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    held = event.get("event_on")
    due = ""
    if held is not None and not pd.isna(held):
        due = day_text(deadline_then(audit, "HLTA.PEER.3", "within")(held).due(held))
    # In a back-run the operator gave the seeds, and no reviewer did.
    given = draw.content if draw and draw.content.get("seed_origin") == "reviewer" else {}
    people = {*files["moderator_id"], *files["second_moderator_id"]} - {""}
    yield "Event held on", _text(event, "event_on")
    yield "Peer reviewer", _text(event, "peer_reviewer_id") or given.get("reviewer", "")
    yield "Peer reviewer's RPA", _text(event, "peer_rpa") or given.get("reviewer_rpa", "")
    yield "Deputy peer reviewer", _text(event, "deputy_id")
    yield "Moderators", ", ".join(sorted(people))
    yield "Report due on", due
    yield "Report exchanged on", _text(event, "joint_report_on")


def _sample(draw: Draw | None, files: pd.DataFrame) -> Iterator[tuple[str, str]]:
    drawn = draw is not None and draw.status == "drawn"
    by_step = files["selected_by"].value_counts()
    certain, random = int(by_step.get("certainty", 0)), int(by_step.get("random", 0))
    further = len(files) - certain - random
    decided = files["decision"] != ""
    unfit = ~decided & (files["not_moderatable_reason"] != "")
    detail = f"{len(files)}: {certain} that a rule asks for, {random} drawn at random, {further} for risk or coverage"
    yield "Files submitted in the month", str(len(draw.freeze.population)) if draw else ""
    yield "Files in the sample", detail if drawn else ""
    yield "Files moderated", str(int(decided.sum())) if drawn else ""
    yield "Files that could not be moderated", str(int(unfit.sum())) if drawn else ""
    yield "Files of which nothing has come back", str(int((~decided & ~unfit).sum())) if drawn else ""
    yield "Outcomes changed", str(int(is_changed(files).sum())) if decided.any() else ""


def _looked_at(draw: Draw | None, files: pd.DataFrame) -> Iterator[tuple[str, str]]:
    seen = {int(number) for cell in files["standards"] for number in cell.split(";") if number.strip()}
    national = draw.freeze.content["national_standards"] if draw else []
    yield "Standards agreed nationally for the month", ", ".join(map(str, national))
    yield "Standards looked at", ", ".join(map(str, sorted(seen)))


def _changes(files: pd.DataFrame) -> Part:
    moved = files[is_changed(files)]
    moved = moved.assign(outcome=moved["outcome"].map(words), final_outcome=moved["final_outcome"].map(words))
    columns = {**OUTCOMES, "second_moderator_id": "second_moderator", "reason": "reason"}
    return Part(
        "changes", "Changed outcomes", texts(moved, columns), nothing="No outcome is known to have been changed."
    )


def _difficult(audit: Audit, draw: Draw | None) -> Part:
    """Return the sampled files that are difficult or raise an issue of principle, and which of the two."""
    files = pd.Series(dtype="str")
    if draw and draw.status == "drawn":
        sample = draw.sample.sort_values("case_id")
        files = sample.loc[sample["reasons"].str.split(";").map(lambda reasons: "difficult" in reasons), "case_id"]
    hard, principle = set(), set()
    if audit.has("cases", "difficult"):
        hard = set(audit.tables["cases"].loc[audit.tables["cases"]["difficult"].fillna(False), "case_id"])
    if audit.has("scrutiny", "issue_of_principle"):
        scrutiny = audit.tables["scrutiny"]
        principle = set(scrutiny.loc[scrutiny["issue_of_principle"].fillna(False), "case_id"])
    rows = [(file, "; ".join(_kinds(file in hard, file in principle))) for file in files]
    return Part(
        "difficult",
        "Difficult cases and issues of principle",
        pd.DataFrame(rows, columns=["file", "what"], dtype="str"),
        nothing="No sampled file is recorded as difficult or as raising an issue of principle.",
    )


def _kinds(hard: bool, principle: bool) -> list[str]:
    named = ["difficult case"] * hard + ["issue of principle"] * principle
    return named or ["difficult case or issue of principle"]


def _unfit(files: pd.DataFrame) -> Part:
    rows = files[(files["decision"] == "") & (files["not_moderatable_reason"] != "")]
    return unfit_part(rows, "No file is recorded as one that could not be moderated.")
