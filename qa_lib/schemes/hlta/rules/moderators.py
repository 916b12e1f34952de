"""Who moderated: experienced assessors, trained for it, confirmed beforehand, and not in their own files (MOD.12)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.lookalikes import word_form
from qa_lib.schemes.answering import Said, answers, blank, each, not_assessable, once, word_forms
from qa_lib.schemes.hlta.case import Case, blanks, overall
from qa_lib.schemes.hlta.rules.file_days import about
from qa_lib.schemes.hlta.rules.moderation import SECTION, judged_in_months

#: The topic of training that moderators need (HLTA.ASR.3 names it among the seven).
TOPIC = "moderation"


@answers("HLTA.MOD.12", section=SECTION)
def moderators_qualified(case: Case) -> Iterator[Said]:
    """Look at the moderator and the second moderator of each file that came back: role, training, confirmation."""
    files = judged_in_months(case)
    unnamed = files[files["moderator_id"] == ""]
    yield from blanks(unnamed, "case_id", "file", "who moderated it is blank")
    yield from each(_not_their_own(case), _experienced(case), _trained(case), _confirmed(case))


@once
def _moderators(case: Case) -> pd.DataFrame:
    """Return one row per file and moderator: ``case_id, assessor_id, moderated_on, person``."""
    files = judged_in_months(case)[["case_id", "assessor_id", "moderated_on", "moderator_id", "second_moderator_id"]]
    long = files.melt(id_vars=["case_id", "assessor_id", "moderated_on"], value_name="person")
    return long[long["person"] != ""].drop_duplicates(["case_id", "person"]).sort_values(["case_id", "person"])


def _not_their_own(case: Case) -> Iterator[Said]:
    files = _moderators(case)
    own = files.loc[files["person"] == files["assessor_id"]]
    severity = case.value("HLTA.MOD.12")["own_file"]
    message = "moderated by {}, who assessed it (ours)"
    found = [
        about(row.case_id, severity, message.format(row.person), value=str(row.person)) for row in own.itertuples()
    ]
    yield from overall(
        found, whole=files["case_id"].nunique(), what="files were moderated by others than their assessor"
    )


def _known(case: Case, *columns: str, also: str = "") -> pd.DataFrame:
    """Return the moderators of files with columns of ``assessors``: the RPA's row of a person before another's.

    ``also`` is a column that may be missing. ``listed`` is *both* where the table has the person.
    """
    people = case.table("assessors", "assessor_id", "rpa", *columns)
    ordered = people.assign(elsewhere=people["rpa"] != case.provider).sort_values(["elsewhere", "rpa"])
    one = ordered.drop_duplicates("assessor_id").rename(columns={"assessor_id": "person"})
    one = one.reindex(columns=["person", *columns, *filter(None, [also])])
    return _moderators(case).merge(one, on="person", how="left", indicator="listed")


def _each(found: list[Said], files: pd.DataFrame, unknown: pd.Series, *, why: str, what: str) -> Iterator[Said]:
    """Yield who cannot be judged, once each, and what was found in the files of the others."""
    for person in sorted(set(files.loc[unknown, "person"])):
        yield not_assessable(why, subject_type="assessor", subject=person)
    left = files["case_id"].isin(files.loc[unknown, "case_id"])
    yield from overall(found, whole=files.loc[~left, "case_id"].nunique(), what=what)


def _faults(files: pd.DataFrame, wrong: pd.Series, severity: str, why: str) -> list[Said]:
    rows = files[wrong.to_numpy(dtype=bool)]
    return [
        about(row.case_id, severity, f"moderated by {row.person}, {why}", value=str(row.person))  # type: ignore[arg-type]
        for row in rows.itertuples()
    ]


def _experienced(case: Case) -> Iterator[Said]:
    files, severity = _known(case, "roles"), case.value("HLTA.MOD.12")
    unknown = blank(files["roles"])
    roles = files["roles"].astype("object").fillna("").str.split(";")
    assessor, moderator = (
        roles.map(lambda held, role=role: role in held).astype(bool) for role in ("assessor", "moderator")
    )
    found = _faults(
        files, ~unknown & ~assessor, severity["not_an_experienced_assessor"], "who is not listed as an assessor"
    )
    found += _faults(
        files, ~unknown & assessor & ~moderator, severity["not_confirmed"], "who is not named as a moderator"
    )
    why = "they are not in the table assessors, or their roles are blank"
    yield from _each(found, files, unknown, why=why, what="files were moderated by assessors named as moderators")
    yield from _less_experienced(case)


def _less_experienced(case: Case) -> Iterator[Said]:
    """Say who moderates with little experience: the document asks for experience and names no number."""
    if not case.has("assessors", "assessments_before"):
        return
    people, fewest = _known(case, "assessments_before").drop_duplicates("person"), int(case.value("X.EXPERIENCE"))
    few = people[(people["assessments_before"] < fewest).fillna(False).astype(bool)]
    for row in few.itertuples():
        message = f"moderates after {row.assessments_before} assessments of their own; fewer than {fewest} (ours)"
        about_them = {"subject_type": "assessor", "subject": str(row.person)}
        yield Said(status="information", message=message, value=str(row.assessments_before), **about_them)


def _trained(case: Case) -> Iterator[Said]:
    files, day = _known(case, also="trained"), pd.Series(pd.NaT, index=case.table("assessors").index[:0])
    if case.has("training", "assessor_id", "topic", "taken_on"):
        courses = case.tables["training"]
        day = courses[word_forms(courses["topic"]) == TOPIC].groupby("assessor_id")["taken_on"].min()
    else:
        case.table("assessors", "trained")
    topics = files["trained"].astype("object").fillna("")
    by_list = topics.str.split(";").map(lambda held: TOPIC in map(word_form, held)).astype(bool)
    day = pd.to_datetime(day.reindex(files["person"]).set_axis(files.index))
    in_time = day.notna() & ~(day > files["moderated_on"])
    unknown = (files["listed"] != "both") | ((topics == "") & day.isna())
    found = _faults(
        files,
        ~unknown & ~by_list & ~in_time,
        case.value("HLTA.MOD.12")["not_trained"],
        "who was not trained in moderation by then",
    )
    why = "they are not in the table assessors, or no topic of training is recorded"
    yield from _each(found, files, unknown, why=why, what="files were moderated by people trained in moderation")


def _confirmed(case: Case) -> Iterator[Said]:
    files = _known(case, "moderator_confirmed_on", also="moderator_confirmed_by")
    severity, asked = case.value("HLTA.MOD.12")["not_confirmed"], case.has("assessors", "moderator_confirmed_by")
    by = files["moderator_confirmed_by"].astype("object").fillna("")
    day, held = files["moderator_confirmed_on"], files["moderated_on"]
    # A day without who, or who without a day, is a gap in the record; neither of them says that nobody confirmed.
    gap = (day.notna() != (by != "")) if asked else pd.Series(False, index=files.index)
    unknown = (files["listed"] != "both") | gap | (day.notna() & held.isna())
    found = _faults(files, ~unknown & day.isna(), severity, "whose competence as a moderator nobody confirmed")
    found += _faults(files, ~unknown & (day > held), severity, "whose competence was confirmed only afterwards")
    found += _faults(files, ~unknown & (by == files["person"]), severity, "who confirmed their own competence")
    why = "they are not in the table assessors, or when or by whom their competence was confirmed is blank"
    yield from _each(
        found, files, unknown, why=why, what="files were moderated by people whose competence was confirmed"
    )
