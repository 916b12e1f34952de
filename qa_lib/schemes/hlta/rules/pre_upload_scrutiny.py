"""Pre-upload scrutiny: of whom, what went back, what came again, and whether files are complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, answers, not_assessable, once
from qa_lib.audit.words import is_word
from qa_lib.sampling.population import TIERS
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.draws.coming_again import moderations_known, seen_before
from qa_lib.schemes.hlta.draws.moderation_population import scrutiny_log, tiers
from qa_lib.schemes.hlta.draws.sampling_plan import population_readings, returned_counts
from qa_lib.schemes.hlta.event_days import event_day, last_day
from qa_lib.schemes.hlta.results.moderated_files import is_unable, moderated, recorded, returns_known
from qa_lib.schemes.hlta.rules.file_days import about

#: The assessment grid is one form with two numbers; either of them stands for it.
GRID = {"F9": "F9/10", "F10": "F9/10"}
_AFTER_ALL = "and was moderated after all"


@once
def _looks(audit: Audit) -> pd.DataFrame:
    """Return every look at a file in the order of its day.

    Raises
    ------
    NotAssessable
        Where the data set has no table of scrutiny.
    """
    audit.table("scrutiny", "case_id", "scrutinised_on", "result")
    return scrutiny_log(audit.tables, None)


def _days_of(case_ids: pd.Series, days: pd.Series) -> pd.Series:
    """Return each file's day; blank where none is known, also where no file has any."""
    return pd.to_datetime(days.reindex(case_ids).set_axis(case_ids.index))


@answers("HLTA.SCR.1")
def every_assessor_scrutinised(audit: Audit) -> Iterator[Statement]:
    """Ask for a scrutinised file of each assessor and month, up to the day of the month's event."""
    files = audit.files("assessor_id")
    looks = _by_others(files, _looks(audit))
    seen = looks.groupby("case_id")["scrutinised_on"].min()
    found, whole = [], 0
    for month, own in files.groupby("month"):
        people = _people(audit, str(month), own, seen)
        whole += len(people)
        found += [statement for row in people.to_dict("records") for statement in _person(audit, str(month), row)]
    yield from with_summary(found, whole=whole, what="assessors had a file scrutinised, counted in each month")


def _by_others(files: pd.DataFrame, looks: pd.DataFrame) -> pd.DataFrame:
    """Return the looks that a file's own assessor did not make: nobody scrutinises their own file."""
    if "by" not in looks.columns:
        return looks
    return looks[~(looks["by"] == looks["case_id"].map(files.set_index("case_id")["assessor_id"]))]


@once
def _parts(audit: Audit) -> dict[str, str]:
    """Return in which part of its month each frozen file was drawn: with the month, or late."""
    return {case_id: draw.freeze.part for draw in audit.draws for case_id in draw.freeze.population["case_id"]}


def _people(audit: Audit, month: str, files: pd.DataFrame, seen: pd.Series) -> pd.DataFrame:
    """Return each assessor's files of a month: how many, how many looked at in time or on no day, and the tier."""
    height = tiers(files, audit.tables, **population_readings(audit.book, month, rules_on=audit.rules_on))
    looked, day = files["case_id"].isin(seen.index), _days_of(files["case_id"], seen)
    # A file that came late is drawn by itself, and so has an event of its own.
    parts = pd.Series([_parts(audit).get(name, "month") for name in files["case_id"]], index=files.index)
    limit = parts.map({part: event_day(audit, month, part) or last_day(month) for part in parts.unique()})
    marked = files.assign(
        height=height.map({tier: place for place, tier in enumerate(TIERS)}),
        looked=looked & (day <= limit),
        undated=looked & day.isna(),
    )
    named = {"files": ("case_id", "size"), "looked": ("looked", "sum"), "undated": ("undated", "sum")}
    return marked.groupby("assessor_id").agg(**named, height=("height", "max")).reset_index()  # type: ignore[call-overload, no-any-return, unused-ignore]


def _person(audit: Audit, month: str, row: dict[Any, Any]) -> Iterator[Statement]:
    files, looked, tier = row["files"], row["looked"], TIERS[row["height"]]
    needed = min(audit.value("HLTA.SCR.1", f"{month}-01"), files)
    wanted = min(audit.value("X.SCRUTINY", f"{month}-01")[tier], files)
    whom = {"subject_type": "assessor", "subject": f"{row['assessor_id']}/{month}", "value": str(looked)}
    share = f"{looked} of {files} files of {month} scrutinised"
    if looked >= needed:
        if looked < wanted:
            message = f"{share}; the tier {tier} asks for {wanted} (ours)"
            yield Statement(status="information", message=message, threshold=str(wanted), **whom)
    elif looked + row["undated"] >= needed:
        yield not_assessable(f"{share}, and the day of another look is blank", threshold=str(needed), **whom)
    elif event_day(audit, month) is None and audit.as_of < last_day(month):
        message = f"{share} so far; the month's event has not been held yet"
        yield Statement(status="information", message=message, threshold=str(needed), **whom)
    else:
        message = f"{share} before the month's event; expected at least {needed}"
        yield Statement(status="breach", message=message, threshold=str(needed), **whom)


@once
def _returned_by_moderators(audit: Audit) -> pd.DataFrame:
    """Return the RPA's files that moderators sent back as they lacked records, as looks that returned them.

    The day is that of their entry, else of the event; ``sent_in`` is the month of the draw, also where the table says
    it of a file that was drawn again since, or of the file without one.
    """
    own = audit.own("cases", "case_id", "month").set_index("case_id")["month"]
    said = moderations_known(audit.tables, own.index.to_series(), returned=returns_known(audit))
    said = said[(said["not_moderatable_reason"] != "") & (said["decision"] == "")]
    drawn = moderated(audit).pipe(lambda files: files[is_unable(files)]).drop_duplicates("case_id", keep="last")
    sent_in = own.to_dict() | dict(zip(drawn["case_id"], drawn["month"], strict=True))
    month = said["month"].where(said["month"] != "", said["case_id"].map(sent_in))
    part = said["part"].where(said["part"] != "", "month")
    events = [event_day(audit, *where) for where in zip(month, part, strict=True)]
    day = said["moderated_on"].fillna(pd.Series(events, index=said.index, dtype="datetime64[ns]"))
    looks = said[["case_id"]].assign(scrutinised_on=day, result="returned", sent_in=month)
    return looks.sort_values(["sent_in", "scrutinised_on"], ignore_index=True)


@once
def _came_again(audit: Audit) -> pd.DataFrame:
    """Return what came again without a look that says so, as looks that found it fit on the day after it was sent back.

    Its own row stands in a later month now, moderators decided on it after all, or a file of the same candidate has
    come in a later month; ``came_in`` says where.
    """
    looks = scrutiny_log(audit.tables, None)
    last = looks.drop_duplicates("case_id", keep="last")
    last = last[is_word(last["result"], "returned")][["case_id", "scrutinised_on"]]
    sent = pd.concat([last.assign(sent_in=""), _returned_by_moderators(audit)], ignore_index=True)
    files = audit.own("cases", "case_id", "month")
    sent = sent.merge(files[["case_id", "month"]], on="case_id").drop_duplicates("case_id", keep="last")
    moved = sent["month"].where((sent["sent_in"] != "") & (sent["month"] > sent["sent_in"]))
    after = seen_before(audit.tables["cases"], audit.tables, looks, returned=returns_known(audit))
    next_files = after.drop_duplicates("before").set_index("before")["case_id"]
    as_file = sent["case_id"].map(next_files).astype("object")
    decided = sent["case_id"].isin(recorded(audit).query("decision != ''")["case_id"]) & (sent["sent_in"] != "")
    came_in = "in " + moved
    came_in = came_in.fillna("as " + as_file).mask(decided & moved.isna(), _AFTER_ALL)
    came = sent.assign(came_in=came_in, result="fit", scrutinised_on=sent["scrutinised_on"] + pd.Timedelta(days=1))
    return came[came["came_in"].notna()]


@once
def _all_looks(audit: Audit) -> pd.DataFrame:
    """Return every look of scrutiny, and what moderators sent back, in the order of its day.

    Raises
    ------
    NotAssessable
        Where the data set has no table of scrutiny and moderators sent nothing back.
    """
    back = _returned_by_moderators(audit)
    looks = _looks(audit) if back.empty else scrutiny_log(audit.tables, None)
    every = [looks, back, _came_again(audit)]
    columns = ["case_id", "scrutinised_on", "result", "came_in"]
    found = pd.concat([frame.reindex(columns=columns) for frame in every if len(frame)] or [looks], ignore_index=True)
    # What moderators sent back on the day of another look came after it.
    return found.sort_values("scrutinised_on", kind="stable", na_position="first")


@once
def sent_back(audit: Audit) -> pd.DataFrame:
    """Return the RPA's files that were sent back, by scrutiny or moderators: of the months, and earlier open ones.

    Returns
    -------
    DataFrame
        ``case_id, month``, the first day they were ``returned_on``, the first day after it they were ``fit_on``, where
        they ``came_in`` if no look says it, and whether they are ``open``: the last look sent them back.
    """
    looks, files = _all_looks(audit), audit.own("cases", "case_id", "month")[["case_id", "month"]]
    own = looks[looks["case_id"].isin(files["case_id"])]
    returned = own[is_word(own["result"], "returned")].groupby("case_id")["scrutinised_on"].min()
    log = own.assign(returned_on=_days_of(own["case_id"], returned))
    fit = log[is_word(log["result"], "fit") & (log["scrutinised_on"] > log["returned_on"])]
    last = own.drop_duplicates("case_id", keep="last").set_index("case_id")
    back = files[files["case_id"].isin(own.loc[is_word(own["result"], "returned"), "case_id"])]
    back = back.assign(
        returned_on=_days_of(back["case_id"], returned),
        fit_on=_days_of(back["case_id"], fit.groupby("case_id")["scrutinised_on"].min()),
        came_in=back["case_id"].map(last["came_in"]) if "came_in" in last else None,
        open=is_word(back["case_id"].map(last["result"]), "returned"),
    )
    shown = back["month"].isin(audit.months) | (back["open"] & (back["month"] < audit.months[0]))
    return back[shown].sort_values("case_id", ignore_index=True)


@answers("HLTA.SCR.2")
def returned_files_come_again(audit: Audit) -> Iterator[Statement]:
    """List what was sent back and what became of it; a file that was moderated all the same is a breach."""
    files, counts = sent_back(audit), returned_counts(audit.book, audit.months[0], rules_on=audit.rules_on)
    by_moderators = set(_returned_by_moderators(audit)["case_id"])
    again = "counts as resubmitted" if counts else "does not count as resubmitted"
    found = []
    for row in files.to_dict("records"):
        day, file = _day(row["returned_on"]), row["case_id"]
        who = " by the moderators" if file in by_moderators else ""
        if row["open"]:
            waited = "" if pd.isna(row["returned_on"]) else str((audit.as_of - row["returned_on"]).days)
            message = f"sent back{who} on {day} and not come again{f' after {waited} days' if waited else ''}"
            found.append(about(file, "warning" if who else "information", message, value=waited))
        elif pd.notna(row["came_in"]):
            counted = "" if row["came_in"] == _AFTER_ALL else f" and {again}"
            message = f"sent back{who} on {day}; it came again {row['came_in']}{counted}"
            found.append(about(file, "information", message))
        elif pd.notna(row["fit_on"]):
            late = _parts(audit).get(file, "month")
            where = "" if late == "month" else f" as a late file ({late})"
            message = f"sent back on {day}, fit on {_day(row['fit_on'])}: it came again{where} and {again}"
            found.append(about(file, "information", message))
        else:
            found.append(about(file, "information", f"sent back on {day}; a later look did not find it fit"))
    yield from found
    what = "files were not moderated while sent back"
    yield from with_summary(_moderated_unfit(audit), whole=len(audit.files()), what=what)


def _day(day: pd.Timestamp) -> str:
    return "a day not recorded" if pd.isna(day) else f"{day:%Y-%m-%d}"


def _moderated_unfit(audit: Audit) -> Iterator[Statement]:
    """Yield files that were moderated while sent back. What moderators send back on the day itself came after."""
    files = moderated(audit)
    files = files[files["month"].isin(audit.months) & (files["decision"] != "")]
    looks = _all_looks(audit).merge(files[["case_id", "moderated_on"]], on="case_id", how="inner")
    before = (looks["scrutinised_on"] < looks["moderated_on"]) | (
        (looks["scrutinised_on"] == looks["moderated_on"]) & is_word(looks["result"], "fit")
    )
    last = looks[before].drop_duplicates("case_id", keep="last")
    for row in last[is_word(last["result"], "returned")].sort_values("case_id").to_dict("records"):
        sent, on = _day(row["scrutinised_on"]), _day(row["moderated_on"])
        yield about(row["case_id"], "breach", f"sent back on {sent} and moderated on {on} without being fit again")


@answers("HLTA.SCR.4")
def forms_complete(audit: Audit) -> Iterator[Statement]:
    """Name the forms that each file lacks."""
    found = []
    for row in completeness_matrix(audit).to_dict("records"):
        lacking = str(row["missing"]).split(", ")
        if row["recorded"]:
            message = f"the file lacks {row['missing']}"
            found.append(about(row["case_id"], "breach", message, value=str(len(lacking)), threshold="0"))
        else:
            why = "no form of the file is recorded"
            found.append(not_assessable(why, subject_type="file", subject=str(row["case_id"])))
    yield from with_summary(found, whole=len(audit.files()), what="files hold every form")


def required_forms(audit: Audit) -> list[str]:
    """Return the forms that a file must hold (HLTA.SCR.4)."""
    return [form for form, asked in audit.value("HLTA.SCR.4").items() if asked == "required"]


@once
def completeness_matrix(audit: Audit) -> pd.DataFrame:
    """Return the files of the months that lack something, against the forms that a file must hold.

    Returns
    -------
    DataFrame
        ``case_id``, one column per form with *held* or *missing*, ``missing`` (the forms by name) and ``recorded``:
        whether any form of the file is recorded.

    Raises
    ------
    NotAssessable
        Where the data set has no table of forms.
    """
    files, forms = audit.files(), audit.table("forms", "case_id", "form")
    needed = sorted(required_forms(audit), key=lambda form: int(form.partition("/")[0].removeprefix("F")))
    held = forms[forms["case_id"].isin(files["case_id"])]
    held = held.assign(form=held["form"].replace(GRID)).drop_duplicates(["case_id", "form"])
    there = pd.crosstab(held["case_id"], held["form"]).reindex(index=files["case_id"], columns=needed, fill_value=0) > 0
    lacking = there[~there.all(axis="columns")]
    table = lacking.replace({True: "held", False: "missing"}).astype("object")
    missing = [", ".join(form for form, has in zip(needed, row, strict=True) if not has) for row in lacking.to_numpy()]
    table = table.assign(missing=missing, recorded=lacking.index.isin(set(held["case_id"])))
    return table.reset_index().rename_axis(columns=None)


@answers("HLTA.SCR.5")
def no_further_evidence(audit: Audit) -> Iterator[Statement]:
    """Hold the day of the latest evidence against the day of the return; evidence of the day itself is in order."""
    sent = sent_back(audit)
    files = sent.merge(audit.own("cases", "case_id", "evidence_to")[["case_id", "evidence_to"]], on="case_id")
    unknown = files[["evidence_to", "returned_on"]].isna().any(axis="columns")
    found = [
        not_assessable("the day of the latest evidence, or of the return, is blank", subject_type="file", subject=name)
        for name in files.loc[unknown, "case_id"]
    ]
    for row in files[files["evidence_to"] > files["returned_on"]].to_dict("records"):
        evidence, returned = _day(row["evidence_to"]), _day(row["returned_on"])
        message = f"evidence is dated {evidence}, after the file was sent back on {returned}"
        found.append(about(row["case_id"], "breach", message, value=evidence, threshold=returned))
    found += list(_not_resubmitted(audit, files))
    yield from with_summary(found, whole=len(files), what="files that were sent back hold no evidence gathered since")


def _not_resubmitted(audit: Audit, files: pd.DataFrame) -> Iterator[Statement]:
    """Yield files that came again after they were sent back and were not frozen as resubmitted."""
    if not returned_counts(audit.book, audit.months[0], rules_on=audit.rules_on):
        return
    for draw in audit.draws:
        day = _frozen_on(audit, draw.freeze.month, draw.freeze.part)
        population = draw.freeze.population[["case_id", "reasons"]].merge(files, on="case_id")
        plain = ~population["reasons"].str.split(";").map(lambda held: "resubmission" in held).astype(bool)
        came = population["fit_on"].notna() & (population["fit_on"] <= day) if day is not None else plain & False
        for case_id in population.loc[plain & came, "case_id"]:
            yield about(case_id, "warning", "sent back and come again, and frozen without being marked as resubmitted")


def _frozen_on(audit: Audit, month: str, part: str) -> pd.Timestamp | None:
    if not audit.has("events", "rpa", "month", "frozen_on"):
        return None
    events = audit.own("events")
    days = sorted(events.loc[events["month"] == month, "frozen_on"].dropna())
    place = 0 if part == "month" else int(part.rpartition("-")[2])
    return days[place] if place < len(days) else None
