"""Feedback to each assessor (HLTA.MOD.9, ASR.5): what moderators said of the sampled files, six criteria, open actions.

A sheet goes to whoever has a moderated file in the months or an open action. Reasons for changes are always on it; one
that is missing is named as missing.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from qa_lib.audit.words import blank, count_with_noun
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.results.moderated_files import judged_twice
from qa_lib.schemes.hlta.rules.competence import competence_profiles
from qa_lib.schemes.hlta.rules.feedback_given import sampled, words
from qa_lib.schemes.hlta.sheets.feedback_sheet import OUTCOMES, Part, Sheet, known, own_rows, texts, unfit_part

#: The six criteria of HLTA.ASR.5, in the order of the code of practice.
CRITERIA = {
    "preparation": "Preparation for assessments",
    "conduct": "Conduct of assessments",
    "outcomes_and_overturns": "Outcomes, including overturns",
    "paperwork_to_deadline": "Paperwork to agreed deadlines",
    "communication": "Communication with the RPA",
    "part_in_quality_assurance_and_training": "Part in quality assurance and training",
}
_RATE = re.compile(r"(\d+ of ([\d,]+)) \([\d.]+ %\)")
_OWED = "No reason is recorded. The moderators still owe it."
_SOURCE = (
    "Files are in a sample because a rule asks for them, by lot, or so that everyone is seen. These are counts of the "
    "files named here; they are no rate of all your work. What moderators said comes from their return of the month's "
    "event, open actions from the RPA's log, the six criteria (code of practice, Assessment) from the RPA's records."
)


def assessor_sheets(audit: Audit) -> list[Sheet]:
    """Return a sheet for each assessor of whom there is something to say, by id."""
    files, _ = known(lambda: _moderated(audit))
    standards = _standards(audit, files)
    actions, no_log = known(lambda: _open_actions(audit))
    profiles, unknown = known(lambda: competence_profiles(audit))
    own, _ = known(lambda: audit.files("assessor_id"))
    fewest = int(audit.value("X.INFER")["fewest"])
    people = {*files.get("assessor_id", ()), *actions.get("assessor_id", ())} - {""}
    return [
        _sheet(
            str(person),
            own_rows(files, "assessor_id", person),
            total=len(own_rows(own, "assessor_id", person)),
            more=(
                *_judgements(own_rows(standards, "assessor_id", person)),
                _criteria(own_rows(profiles, "assessor", person), unknown, fewest),
                _actions(own_rows(actions, "assessor_id", person), no_log),
            ),
        )
        for person in sorted(people)
    ]


def _moderated(audit: Audit) -> pd.DataFrame:
    """Return the sampled files of the months of which moderators said something."""
    files = sampled(audit)
    said = (files["decision"] != "") | (files["not_moderatable_reason"] != "")
    return files.assign(changed=is_changed(files))[said]


def _standards(audit: Audit, files: pd.DataFrame) -> pd.DataFrame:
    """Return judgements that came back for these files and differ from the assessor's, or were commented."""
    judged = judged_twice(audit)
    if judged.empty or files.empty:
        return pd.DataFrame()
    judged = judged.merge(files[["case_id", "assessor_id"]], on="case_id").fillna("")
    both = (judged["moderator_judgement"] != "") & (judged["assessor_judgement"] != "")
    differs = both & (judged["moderator_judgement"] != judged["assessor_judgement"])
    judged = judged[differs | ~blank(judged["comment"].astype("str"))]
    numbers, own = pd.to_numeric(judged["standard"]), judged["assessor_judgement"].replace("", "not known")
    return judged.assign(number=numbers, assessor_judgement=own).sort_values(["case_id", "number"], ignore_index=True)


def _open_actions(audit: Audit) -> pd.DataFrame:
    actions = audit.own("actions", "action_id", "assessor_id", "closed_on")
    open_ones = actions[actions["closed_on"].isna() & actions["assessor_id"].notna()]
    return open_ones.sort_values("action_id", ignore_index=True)


def _sheet(person: str, files: pd.DataFrame, *, total: int, more: tuple[Part, ...]) -> Sheet:
    moderated = files[files["decision"] != ""] if len(files) else files
    changes = moderated[moderated["changed"]] if len(files) else files
    unfit = len(files) - len(moderated)
    actions = more[-1].frame
    why = (
        (len(moderated), "moderated file", ""),
        (len(changes), "changed outcome", ""),
        (unfit, "file that could not be moderated", "files that could not be moderated"),
        (len(actions), "open action", ""),
    )
    were = "was" if len(moderated) == 1 else "were"
    seen = f"Of your {count_with_noun(total, 'file')}, {len(moderated)} {were} moderated"
    kept = count_with_noun(len(moderated) - len(changes), "recommended outcome")
    said = f": the moderators endorsed {kept} and changed {len(changes) or 'none'}." if len(moderated) else "."
    return Sheet(
        audience="assessor",
        subject=person,
        why=tuple(count_with_noun(count, one, many) for count, one, many in why if count),
        sentences=(seen + said,),
        parts=(*_files(files, changes), *more),
        source=_SOURCE,
    )


def _files(files: pd.DataFrame, changes: pd.DataFrame) -> tuple[Part, ...]:
    if files.empty:
        return ()
    said = files.assign(
        outcome=files["outcome"].map(words),
        final_outcome=[words(final or "not_recorded") for final in files["final_outcome"]],
        standards=files["standards"].str.replace(";", ", "),
        reason=files["reason"].where(~blank(files["reason"].astype("str")), _OWED),
    )
    unfit = said[said["decision"] == ""]
    noted = {
        "case_id": "file",
        "standards": "standards_looked_at",
        "strengths": "strengths",
        "weaknesses": "weaknesses",
    }
    parts = (
        Part(
            "changes",
            "What the moderators changed, and why",
            texts(said.loc[changes.index], {**OUTCOMES, "reason": "reason_for_the_change"}),
        ),
        Part(
            "noted",
            "Strengths and weaknesses named by the moderators",
            texts(said[said["decision"] != ""], noted),
            nothing="None of the files could be moderated.",
        ),
        unfit_part(unfit),
    )
    shown = {"changes": len(changes), "noted": True, "unfit": len(unfit)}
    return tuple(part for part in parts if shown[part.name])


def _judgements(standards: pd.DataFrame) -> tuple[Part, ...]:
    columns = {
        "case_id": "file",
        "standard": "standard",
        "assessor_judgement": "your_judgement",
        "moderator_judgement": "the_moderators'",
        "comment": "comment",
    }
    if standards.empty:
        return ()
    heading = "Standards that the moderators judged otherwise or commented on"
    return (Part("standards", heading, texts(standards, columns)),)


def _criteria(profile: pd.DataFrame, unknown: str, fewest: int) -> Part:
    row: dict[Any, Any] = profile.iloc[0].to_dict() if len(profile) else {}
    rows = [
        (heading, _without_small_rates(str(row[name]), fewest))
        for name, heading in CRITERIA.items()
        if name in row and not pd.isna(row[name])
    ]
    return Part(
        "criteria",
        "The six criteria, in the year so far",
        pd.DataFrame(rows, columns=["criterion", "what_the_records_show"]),
        nothing=f"The six criteria cannot be shown: {unknown or 'the records hold nothing on you'}.",
    )


def _without_small_rates(text: str, fewest: int) -> str:
    """Return a text in which ``1 of 1 (100 %)`` has lost its percentage: so few files are no rate."""
    return _RATE.sub(lambda found: found[1] if int(found[2].replace(",", "")) < fewest else found[0], text)


def _actions(actions: pd.DataFrame, no_log: str) -> Part:
    columns = {"action_id": "action", "procedure": "procedure", "opened_on": "opened_on", "reason": "reason"}
    if "reason" in actions.columns:
        actions = actions.assign(reason=actions["reason"].where(~blank(actions["reason"]), "No reason is recorded."))
    return Part(
        "actions",
        "Open actions",
        texts(actions, columns),
        nothing=f"Open actions cannot be shown: {no_log}." if no_log else "No action is open.",
    )
