"""Whether each month is moderated, on the right files and standards, and by two where something is overturned."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, once
from qa_lib.audit.findings import Status
from qa_lib.audit.words import count_with_noun
from qa_lib.calendar.months import listed_months
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.draws.coming_again import again_reasons, seen_before
from qa_lib.schemes.hlta.draws.moderation_population import scrutiny_log
from qa_lib.schemes.hlta.draws.sampling_plan import returned_counts
from qa_lib.schemes.hlta.event_days import event_day, event_over, last_day
from qa_lib.schemes.hlta.results.moderated_files import (
    BEYOND,
    beyond,
    is_unable,
    moderated,
    overturned_judgements,
    recorded,
    returns_known,
)
from qa_lib.schemes.hlta.rules.draw_checks import (
    certain_files,
    certain_missing,
    national_part,
    random_part,
    withdrawn_before,
)
from qa_lib.schemes.hlta.rules.file_days import about
from qa_lib.schemes.hlta.rules.months_without_draw import (
    certain_without_draw,
    files_now,
    month_subject,
    months_without_draw,
    random_without_draw,
)
from qa_lib.schemes.hlta.rules.year_coverage import not_moderatable, unseen_months

#: Reasons of HLTA.MOD.2 -> the table and column that alone show them.
_SHOWN_BY = {
    "resubmitted and reassessed files": ("cases", "attempt"),
    "candidates seen before": ("cases", "candidate_id"),
    "difficult cases": ("cases", "difficult"),
    "first solo assessments": ("cases", "first_solo"),
    "passes with a standard judged insufficient": ("judgements", "judgement"),
    "files returned at scrutiny": ("scrutiny", "result"),
    "issues of principle": ("scrutiny", "issue_of_principle"),
}
_LOOKED_AT = ["standard", "files", "months", "last_month"]


@answers("HLTA.MOD.1")
def moderated_every_month(audit: Audit) -> Iterator[Statement]:
    """Ask for an event in every month that has files; until the end of the month after it may still come."""
    months, events = sorted(set(audit.files()["month"])), audit.own("events", "month", "event_on")
    needed, found = int(audit.value("HLTA.MOD.1")), []
    for month in months:
        own = events[events["month"] == month]
        held = int(own["event_on"].notna().sum())
        if held < needed:
            files = int((audit.files()["month"] == month).sum())
            found.append(_without_event(audit, month, files, undated=len(own) - held))
    waiting = [draw for draw in audit.month_draws if draw.status != "drawn" and len(draw.freeze.population)]
    for draw in waiting:
        message = f"the freeze of {len(draw.freeze.population)} files waits for its seed"
        found.append(Statement(status="information", message=message, **month_subject(audit, draw.freeze.month)))
    yield from with_summary(found, whole=len(months), what="months with files had a moderation event")


@answers("X.DRAW")
def withdrawals_told(audit: Audit) -> Iterator[Statement]:
    """Warn of every freeze of the months that was withdrawn before its draw; say nothing where none was."""
    warnings = {draw.freeze.month: warning for draw in audit.month_draws if (warning := withdrawn_before(draw))}
    for month, warning in sorted(warnings.items()):
        yield replace(warning, subject_type="month", subject=f"{audit.provider}/{month}")


def _without_event(audit: Audit, month: str, files: int, *, undated: int) -> Statement:
    whom = {**month_subject(audit, month), "value": "0", "threshold": str(audit.value("HLTA.MOD.1"))}
    if undated:
        return not_assessable("the day of the month's event is blank", **whom)
    last, were = f"{last_day(month):%Y-%m-%d}", count_with_noun(files, "file was", "files were")
    if audit.as_of < last_day(month):
        message = f"{were} submitted and no event has been held yet; it may come until {last}"
        return Statement(status="information", message=message, **whom)
    return Statement(status="breach", message=f"{were} submitted and no event was held by {last}", **whom)


def _draws(audit: Audit) -> list[Draw]:
    """Return the draws of the months that were made."""
    return [draw for draw in audit.month_draws if draw.status == "drawn"]


def _need_draw(audit: Audit) -> None:
    if len(audit.files()) and not audit.month_draws:
        raise NotAssessable("no draw of these months is at hand")


def undrawn(audit: Audit, *, but: Collection[str] = ()) -> Iterator[Statement]:
    """Yield the months whose files were not drawn, ``but`` those of which something is known all the same.

    Raises
    ------
    NotAssessable
        Where there are files, no month was frozen and nothing is known of any.
    """
    if not but:
        _need_draw(audit)
    drawn = {draw.freeze.month for draw in _draws(audit)}
    frozen = {draw.freeze.month for draw in audit.month_draws if len(draw.freeze.population)}
    for month in sorted(set(audit.files()["month"]) - drawn - {*but}):
        why = "the freeze waits for its seed" if month in frozen else "no file of the month was frozen"
        yield not_assessable(why, **month_subject(audit, month))


@answers("HLTA.MOD.2")
def certain_files_sampled(audit: Audit) -> Iterator[Statement]:
    """Ask that every file with a reason of the rule is in the sample, also one whose reason came after the freeze."""
    found, whole = certain_without_draw(audit)
    yield from undrawn(audit, but=months_without_draw(audit))
    for draw in _draws(audit):
        shares = audit.value("HLTA.MOD.2", _first(draw))
        missing, certain = certain_missing(certain_files(draw), shares)
        whole += certain
        found += [about(file, "breach", f"not in the sample, though always to be: {why}") for file, why in missing]
        found += [
            *_passes_with_a_gap(draw),
            *_certain_since(audit, draw, [reason for reason, share in shares.items() if share]),
        ]
    found += _seen_before(audit)
    unseen = _reasons_not_looked_for(audit)
    if whole or not unseen:
        yield from with_summary(found, whole=whole, what="certain files are in the sample")
    else:
        yield from found
    if unseen:
        yield not_assessable(f"some reasons to be always in the sample cannot be looked for: {'; '.join(unseen)}")


def _reasons_not_looked_for(audit: Audit) -> list[str]:
    """Return the reasons that the data set cannot show, with what it lacks."""
    return [
        f"{reason} ({_lack(audit, table, column)})"
        for reason, (table, column) in _SHOWN_BY.items()
        if not audit.tells(table, column)
    ]


def _lack(audit: Audit, table: str, column: str) -> str:
    if table not in audit.tables:
        return f"no table {table}"
    return f"{'nothing in' if audit.has(table, column) else 'no'} column {column} in {table}"


def _seen_before(audit: Audit) -> Iterator[Statement]:
    """Yield the files that count as resubmitted or reassessed though they do not say so, with the file before."""
    files, counts = audit.files(), returned_counts(audit.book, audit.months[0], rules_on=audit.rules_on)
    looks = scrutiny_log(audit.tables, None)
    before = seen_before(files, audit.tables, looks, returned=returns_known(audit))
    reasons = again_reasons(files, before, returned_counts=counts)
    for row in before[before["case_id"].isin(reasons.index)].to_dict("records"):
        result = str(row["result_before"]).replace("_", " ")
        ended = "was sent back" if result == "returned" else f"ended in {result}"
        counted = str(reasons[row["case_id"]]).replace("_", " ")
        message = f"counts as {counted}: {row['before']}, the candidate's file of {row['month_before']}, {ended}"
        yield about(row["case_id"], "information", message, value=str(row["before"]))


def _first(draw: Draw) -> str:
    return f"{draw.freeze.month}-01"


def _passes_with_a_gap(draw: Draw) -> Iterator[Statement]:
    """Yield sampled files recommended as met although a standard was judged insufficient."""
    files = draw.freeze.population
    odd = files[(files["outcome"] == "met") & (files["insufficient"] != "")]
    for row in odd[odd["case_id"].isin(draw.sample["case_id"])].to_dict("records"):
        gaps = str(row["insufficient"]).split(";")
        message = f"recommended as met although {_standards(gaps)} judged insufficient; in the sample for certain"
        yield about(str(row["case_id"]), "information", message, value=", ".join(gaps))


def _standards(numbers: list[str]) -> str:
    listed = ", ".join(numbers)
    return f"standard {listed} was" if len(numbers) == 1 else f"standards {listed} were"


def _certain_since(audit: Audit, draw: Draw, asked: Collection[str]) -> Iterator[Statement]:
    """Yield files that were frozen as ordinary passes, were not drawn, and are certain by what the data say now."""
    month = draw.freeze.month
    now = files_now(audit, month).set_index("case_id")["reasons"]
    frozen = draw.freeze.population
    left = frozen[(frozen["reasons"] == "") & ~frozen["case_id"].isin(draw.sample["case_id"])]
    for case_id, held in now.reindex(left["case_id"]).dropna().items():
        if since := [reason.replace("_", " ") for reason in held.split(";") if reason in asked]:
            message = f"not in the sample: frozen as an ordinary pass, and now marked as {', '.join(since)}"
            yield about(str(case_id), "warning", message)


@answers("HLTA.MOD.3")
def random_part_large_enough(audit: Audit) -> Iterator[Statement]:
    """Hold the random part of each draw against the exact share of all passes, never below the rule's rate."""
    history = list(random_without_draw(audit))
    yield from undrawn(audit, but=months_without_draw(audit))
    yield from history
    draws, found = _draws(audit), []
    for draw in draws:
        freeze = draw.freeze
        said = random_part(draw, least=audit.value("HLTA.MOD.3", _first(draw)))
        if said.status == "breach" or said.value != said.threshold:
            part = "" if freeze.part == "month" else f"/{freeze.part}"
            status: Status = "breach" if said.status == "breach" else "information"
            found.append(replace(said, status=status, **month_subject(audit, f"{freeze.month}{part}")))
    what = "draws hold the random part of the files that met the standards"
    if draws or not history:
        yield from with_summary(found, whole=len(draws), what=what)


@once
def sampled_files(audit: Audit) -> pd.DataFrame:
    """Return the sampled files of the months, as :func:`moderated` has them.

    Raises
    ------
    NotAssessable
        Where there are files and no month was frozen.
    """
    _need_draw(audit)
    files = moderated(audit)
    return files[files["month"].isin(audit.months)].reset_index(drop=True)


def judged_in_months(audit: Audit) -> pd.DataFrame:
    """Return the files of the months on which moderators said something, and not that they could not.

    Those that no sample holds are among them: every recorded moderation is judged.

    Raises
    ------
    NotAssessable
        Where nothing is recorded and no month was frozen, or nothing can have come back: no return, and no table
        ``moderations``.
    """
    files = recorded(audit)
    files = files[files["month"].isin(audit.months) & ~is_unable(files)]
    if files.empty:
        _need_draw(audit)
    if len(files) and "moderations" not in audit.tables and not len(audit.returned):
        raise NotAssessable("no return of the moderators is at hand, and the data set has no table moderations")
    return files[files["source"] != ""].reset_index(drop=True)


@answers("HLTA.MOD.6")
def standards_moderated(audit: Audit) -> Iterator[Statement]:
    """Ask for every insufficient judgement and every national standard in each file that came back."""
    yield from undrawn(audit)
    national = {draw.freeze.month: draw.freeze.content["national_standards"] for draw in audit.month_draws}
    for month, statement in sorted({draw.freeze.month: national_part(draw) for draw in _draws(audit)}.items()):
        if statement.status == "not_assessable":
            yield Statement(status=statement.status, message=statement.message, subject_type="month", subject=month)
    if not audit.month_draws or any(draw.freeze.content["standards"] for draw in audit.month_draws):
        files = judged_in_months(audit)
        files = files[files["selected_by"] != BEYOND]
        if len(files) and not (files["standards"] != "").any():
            raise NotAssessable("which standards were looked at is not recorded")
        found = [statement for row in files.to_dict("records") for statement in _gaps(row, national[str(row["month"])])]
        what = "files were moderated in every insufficient judgement and every national standard"
        yield from with_summary(found, whole=len(files), what=what)
        yield _all_standards(audit)


def _gaps(row: dict[Any, Any], national: list[int]) -> Iterator[Statement]:
    if not row["standards"]:
        why = "which standards were looked at in it is blank"
        yield not_assessable(why, subject_type="file", subject=row["case_id"])
        return
    looked = set(row["standards"].split(";"))
    insufficient = [number for number in row["insufficient"].split(";") if number]
    agreed = list(map(str, national))
    for numbers, why in ((insufficient, "judged insufficient"), (agreed, "nationally agreed for the month")):
        if missed := [number for number in numbers if number not in looked]:
            message = f"{_standards(missed)} {why} and not moderated"
            yield about(row["case_id"], "breach", message, value=", ".join(missed))


def _all_standards(audit: Audit) -> Statement:
    table = standards_looked_at(audit)
    never = [str(number) for number in table.loc[table["files"] == 0, "standard"]]
    so_far = "in the year" if audit.year_over else "so far this year"
    rest = f"; not yet: {', '.join(never)}" if never else ""
    unseen = unseen_months(audit)
    rest += f"; nothing is drawn of {listed_months(unseen)}" if unseen else ""
    message = f"{len(table) - len(never)} of {len(table)} standards were looked at {so_far} (ours){rest}"
    return Statement(
        status="information", message=message, value=str(len(table) - len(never)), threshold=str(len(table))
    )


def standards_looked_at(audit: Audit) -> pd.DataFrame:
    """Return how often each standard was looked at in the year so far, also those that never were.

    Returns
    -------
    DataFrame
        Columns ``standard, files, months, last_month``: in how many sampled files, in how many months, and when last.
    """
    files = moderated(audit)[["case_id", "month", "standards"]]
    each = files.assign(standard=files["standards"].str.split(";")).explode("standard")
    each = each[each["standard"].fillna("") != ""]
    each = each.assign(standard=each["standard"].astype("int64"))
    counted = each.groupby("standard").agg(
        files=("case_id", "nunique"), months=("month", "nunique"), last_month=("month", "max")
    )
    every = pd.RangeIndex(1, int(audit.value("HLTA.MOD.6")["standards_in_all"]) + 1, name="standard")
    table = counted.reindex(every).reset_index()
    kinds = {"standard": "int64", "files": "int64", "months": "int64"}
    return table.fillna({"files": 0, "months": 0, "last_month": ""}).astype(kinds)[_LOOKED_AT]


@answers("HLTA.MOD.7")
def overturned_by_two(audit: Audit) -> Iterator[Statement]:
    """Ask for a second moderator wherever a result or a judgement was overturned; ask for what did not return."""
    if audit.month_draws:
        yield from undrawn(audit, but=set(recorded(audit)["month"]))
        yield from _unreturned(audit)
    files = judged_in_months(audit)
    by_standard = files["case_id"].isin(overturned_judgements(audit).index)
    changed = files[is_changed(files) | by_standard]
    needed = int(audit.value("HLTA.MOD.7"))
    alone = changed[second_moderators(changed) < needed]
    found = [
        about(str(row["case_id"]), "breach", _alone(row) + beyond(row), value="0", threshold=str(needed))
        for row in alone.to_dict("records")
    ]
    undecided = files.loc[(files["decision"] == "") & ~is_changed(files) & ~by_standard, "case_id"]
    found += [not_assessable("the decision is blank", subject_type="file", subject=case_id) for case_id in undecided]
    whole = len(changed) + len(undecided)
    if not whole and len(files):
        message = f"{len(files)} of {len(files)} moderated files were endorsed; nothing was overturned"
        yield Statement(status="met", message=message, value="0")
    else:
        yield from with_summary(found, whole=whole, what="overturned files were reviewed by a second moderator")


def second_moderators(files: pd.DataFrame) -> pd.Series:
    """Count the further moderators of each file: one, or none where nobody but the first, or its assessor, is named."""
    second = files["second_moderator_id"]
    others = (second != "") & (second != files["moderator_id"]) & (second != files["assessor_id"])
    return others.astype("int64")


def _alone(row: dict[Any, Any]) -> str:
    what = "overturned"
    if row["decision"] == "endorsed" and row["outcome"] == row["final_outcome"]:
        what = "a judgement of a standard was overturned"
    elif row["decision"] != "overturned":
        what = f"{row['outcome']} became {row['final_outcome']}, recorded as {row['decision'] or 'nothing'},"
    if not row["second_moderator_id"]:
        return f"{what} without a second moderator".replace("_", " ")
    if row["second_moderator_id"] == row["assessor_id"]:
        return f"{what} with its own assessor {row['assessor_id']} as second moderator".replace("_", " ")
    return f"{what} with {row['moderator_id']} as first and as second moderator"


def _unreturned(audit: Audit) -> Iterator[Statement]:
    """Yield sampled files of which nothing came back: a warning once their event has been."""
    files = sampled_files(audit)
    why = [not_moderatable(audit).get(key, "") for key in zip(files["freeze_digest"], files["case_id"], strict=True)]
    files = files.assign(why=why)
    for row in files[(files["why"] != "") & (files["decision"] == "")].to_dict("records"):
        yield about(str(row["case_id"]), "information", f"could not be moderated: {row['why']}")
    for names, own in files.groupby(["month", "part"]):
        month, part = map(str, names)
        missing = own.loc[(own["source"] == "") & (own["why"] == ""), "case_id"]
        if missing.empty:
            continue
        day = event_day(audit, month, part)
        since = f"the event was on {day:%Y-%m-%d}" if day is not None else f"it was due by {last_day(month):%Y-%m-%d}"
        over = event_over(audit, month, part)
        status: Status = "warning" if over else "information"
        when = since if over else "its event has not been held yet"
        if len(missing) == len(own):
            message = f"nothing has come back on any of {len(own)} sampled files; {when}"
            yield Statement(
                status=status, message=message, value="0", threshold=str(len(own)), **month_subject(audit, month)
            )
        else:
            yield from (about(name, status, f"sampled, and nothing has come back on it; {when}") for name in missing)
