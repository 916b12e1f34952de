"""Who moderated: experienced assessors, trained for it, confirmed beforehand, and not in their own files (MOD.12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable, once
from qa_lib.audit.words import blank, word_forms
from qa_lib.lookalikes import word_form
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import has_role, held_role, holders, people_with_roles
from qa_lib.schemes.hlta.rules.file_days import about
from qa_lib.schemes.hlta.rules.monthly_moderation import judged_in_months

#: The topic of training that moderators need (HLTA.ASR.3 names it among the seven).
TOPIC = "moderation"


@answers("HLTA.MOD.12")
def moderators_qualified(audit: Audit) -> Iterator[Statement]:
    """Look at the moderator and the second moderator of each file that came back: role, training, confirmation."""
    files = judged_in_months(audit)
    unnamed = files[files["moderator_id"] == ""]
    yield from blanks(unnamed, "case_id", "file", "who moderated it is blank")
    yield from all_parts(_not_their_own(audit), _experienced(audit), _trained(audit), _confirmed(audit))


@once
def _moderators(audit: Audit) -> pd.DataFrame:
    """Return one row per file and moderator: ``case_id, assessor_id, moderated_on, person``."""
    files = judged_in_months(audit)[["case_id", "assessor_id", "moderated_on", "moderator_id", "second_moderator_id"]]
    long = files.melt(id_vars=["case_id", "assessor_id", "moderated_on"], value_name="person")
    return long[long["person"] != ""].drop_duplicates(["case_id", "person"]).sort_values(["case_id", "person"])


def _not_their_own(audit: Audit) -> Iterator[Statement]:
    files = _moderators(audit)
    own = files.loc[files["person"] == files["assessor_id"]]
    severity = audit.value("HLTA.MOD.12")["own_file"]
    message = "moderated by {}, who assessed it (ours)"
    found = [
        about(row.case_id, severity, message.format(row.person), value=str(row.person)) for row in own.itertuples()
    ]
    what = "files were moderated by others than their assessor"
    yield from with_summary(found, whole=files["case_id"].nunique(), what=what)


def _known(audit: Audit, *columns: str, also: str = "") -> pd.DataFrame:
    """Return the moderators of files with columns of ``assessors``.

    ``also`` is a column that may be missing. ``listed`` is *both* where the table has the person.
    """
    one = _people(audit, *columns).reindex(columns=["person", *columns, *filter(None, [also])])
    return _moderators(audit).merge(one, on="person", how="left", indicator="listed")


def _people(audit: Audit, *columns: str) -> pd.DataFrame:
    """Return a row of ``assessors`` per ``person``: the RPA's own before another's."""
    people = audit.table("assessors", "assessor_id", "rpa", *columns)
    ordered = people.assign(elsewhere=people["rpa"] != audit.provider).sort_values(["elsewhere", "rpa"])
    return ordered.drop_duplicates("assessor_id").rename(columns={"assessor_id": "person"})


@once
def _trials(audit: Audit) -> pd.DataFrame:
    """Return the trial moderations: ``case_id, person, under``, and whether whom it was under was ``fit`` by that day.

    A blank ``fit`` is not known. None where no column records them; the second moderator has full responsibility.
    """
    columns = ["case_id", "person", "under", "fit"]
    pair = ["case_id", "moderator_id"]
    if not audit.has("moderations", *pair, "trial_under"):
        return pd.DataFrame(columns=columns)
    under = audit.tables["moderations"].dropna(subset="trial_under").drop_duplicates(pair)
    trials = judged_in_months(audit)[[*pair, "moderated_on"]].merge(under[[*pair, "trial_under"]], on=pair)
    people = _people(audit, "roles", "moderator_confirmed_on")[["person", "roles", "moderator_confirmed_on"]]
    found = trials.merge(people, left_on="trial_under", right_on="person", how="left").drop(columns="person")
    confirmed = has_role(found["roles"], "moderator") & (found["moderator_confirmed_on"] <= found["moderated_on"])
    fit = confirmed & (found["trial_under"] != found["moderator_id"])
    known = found["roles"].notna() & found["moderated_on"].notna()
    found = found.assign(fit=fit.astype("boolean").where(known))
    return found.rename(columns={"moderator_id": "person", "trial_under": "under"})[columns]


def _on_trial(audit: Audit, files: pd.DataFrame) -> pd.Series:
    """Say in which files a moderator acted on trial under somebody who was confirmed, or of whom it is not known."""
    trials = _trials(audit)
    spared = trials[trials["fit"].fillna(True).astype(bool)]
    pairs = pd.MultiIndex.from_frame(files[["case_id", "person"]])
    return pd.Series(pairs.isin(pd.MultiIndex.from_frame(spared[["case_id", "person"]])), index=files.index)


def _supervised(audit: Audit) -> Iterator[Statement]:
    """Say of which trial moderations it is not known whether whom they were under was a confirmed moderator."""
    for row in _trials(audit).query("fit.isna()").to_dict("records"):
        why = f"{row['person']} moderated on trial under {row['under']}, whose roles, or the day, are not recorded"
        yield not_assessable(why, subject_type="file", subject=str(row["case_id"]))


def _judged(
    found: list[Statement],
    files: pd.DataFrame,
    unknown: pd.Series,
    *,
    why: str,
    what: str,
    unjudged: Collection[str] = (),
) -> Iterator[Statement]:
    """Yield who cannot be judged, once each, and what was found in the files of the others but the ``unjudged``."""
    for person in sorted(set(files.loc[unknown, "person"])):
        yield not_assessable(why, subject_type="assessor", subject=person)
    left = set(files["case_id"]) - set(files.loc[unknown, "case_id"])
    yield from with_summary(found, whole=len(left), what=what, unjudged=left & {*unjudged})


def _faults(files: pd.DataFrame, wrong: pd.Series, severity: str, why: str) -> list[Statement]:
    rows = files[wrong.to_numpy(dtype=bool)]
    return [
        about(row.case_id, severity, f"moderated by {row.person}, {why}", value=str(row.person))  # type: ignore[arg-type]
        for row in rows.itertuples()
    ]


def _experienced(audit: Audit) -> Iterator[Statement]:
    files, severity = _known(audit, "roles"), audit.value("HLTA.MOD.12")
    unknown = blank(files["roles"])
    roles = files["roles"].astype("object").fillna("").str.split(";")
    assessor, moderator = (
        roles.map(lambda held, role=role: role in held).astype(bool) for role in ("assessor", "moderator")
    )
    found = _faults(
        files, ~unknown & ~assessor, severity["not_an_experienced_assessor"], "who is not listed as an assessor"
    )
    unnamed = ~unknown & assessor & ~moderator & ~_on_trial(audit, files)
    found += _faults(files, unnamed, severity["not_confirmed"], "who is not named as a moderator")
    why = "they are not in the table assessors, or their roles are blank"
    # Of whom it is not known whether they were under a moderator the part on confirmation says it.
    doubtful = _trials(audit).query("fit.isna()")["case_id"]
    unjudged = set(files.loc[~unknown & ~moderator & files["case_id"].isin(doubtful), "case_id"])
    what = "files were moderated by assessors named as moderators"
    yield from _judged(found, files, unknown, why=why, what=what, unjudged=unjudged)
    yield from _less_experienced(audit)


def _less_experienced(audit: Audit) -> Iterator[Statement]:
    """Say who moderates with little experience: the document asks for experience and names no number."""
    if not audit.has("assessors", "assessments_before"):
        return
    people, fewest = _known(audit, "assessments_before").drop_duplicates("person"), int(audit.value("X.EXPERIENCE"))
    few = people[(people["assessments_before"] < fewest).fillna(False).astype(bool)]
    for row in few.itertuples():
        message = f"moderates after {row.assessments_before} assessments of their own; fewer than {fewest} (ours)"
        about_them = {"subject_type": "assessor", "subject": str(row.person)}
        yield Statement(status="information", message=message, value=str(row.assessments_before), **about_them)


def _trained(audit: Audit) -> Iterator[Statement]:
    files, day = _known(audit, also="trained"), pd.Series(pd.NaT, index=audit.table("assessors").index[:0])
    if audit.has("training", "assessor_id", "topic", "taken_on"):
        courses = audit.tables["training"]
        day = courses[word_forms(courses["topic"]) == TOPIC].groupby("assessor_id")["taken_on"].min()
    else:
        audit.table("assessors", "trained")
    topics = files["trained"].astype("object").fillna("")
    by_list = topics.str.split(";").map(lambda held: TOPIC in map(word_form, held)).astype(bool)
    day = pd.to_datetime(day.reindex(files["person"]).set_axis(files.index))
    in_time = day.notna() & ~(day > files["moderated_on"])
    unknown = (files["listed"] != "both") | ((topics == "") & day.isna())
    found = _faults(
        files,
        ~unknown & ~by_list & ~in_time,
        audit.value("HLTA.MOD.12")["not_trained"],
        "who was not trained in moderation by then",
    )
    why = "they are not in the table assessors, or no topic of training is recorded"
    yield from _judged(found, files, unknown, why=why, what="files were moderated by people trained in moderation")


def _confirmed(audit: Audit) -> Iterator[Statement]:
    files = _known(audit, "moderator_confirmed_on", also="moderator_confirmed_by")
    severity, asked = audit.value("HLTA.MOD.12")["not_confirmed"], audit.has("assessors", "moderator_confirmed_by")
    by = files["moderator_confirmed_by"].astype("object").fillna("")
    day, held = files["moderator_confirmed_on"], files["moderated_on"]
    # A day without who, or who without a day, is a gap in the record; neither of them says that nobody confirmed.
    gap = (day.notna() != (by != "")) if asked else pd.Series(False, index=files.index)
    unknown = (files["listed"] != "both") | gap | (day.notna() & held.isna())
    full = ~unknown & ~_on_trial(audit, files)
    found = [*_supervised(audit)]
    found += _faults(files, full & day.isna(), severity, "whose competence as a moderator nobody confirmed")
    found += _faults(files, full & (day > held), severity, "whose competence was confirmed only afterwards")
    found += _faults(files, ~unknown & (by == files["person"]), severity, "who confirmed their own competence")
    found += _confirmed_by_whom(audit, files.assign(by=by)[~unknown & (by != "") & (by != files["person"])])
    why = "they are not in the table assessors, or when or by whom their competence was confirmed is blank"
    yield from _judged(
        found, files, unknown, why=why, what="files were moderated by people whose competence was confirmed"
    )


def _confirmed_by_whom(audit: Audit, files: pd.DataFrame) -> Iterator[Statement]:
    """Yield moderators whom somebody confirmed who may not: the value says which role it takes, on that day."""
    value, listed = audit.value("HLTA.MOD.12"), people_with_roles(audit)
    seniors = {role: holders(audit, role) for role in ("senior_moderator", "senior")}
    named = has_role(audit.own("assessors", "roles")["roles"], "senior_moderator").any()
    role = "senior_moderator" if named or value["may_confirm"] == "senior_moderator" else "senior"
    called = (
        "a senior moderator" if role == "senior_moderator" else "a senior assessor, and there is no senior moderator"
    )
    for row in files.to_dict("records"):
        if row["by"] not in listed:
            why = f"the roles of {row['by']}, who confirmed {row['person']}, are not recorded"
            yield not_assessable(why, subject_type="assessor", subject=str(row["person"]))
        elif not held_role(seniors[role], row["by"], row["moderator_confirmed_on"]):
            message = f"moderated by {row['person']}, confirmed by {row['by']}, who was not {called}"
            yield about(row["case_id"], value["not_confirmed"], message, value=str(row["by"]))
