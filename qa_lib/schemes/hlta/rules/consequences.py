"""What follows where a result becomes a full reassessment: files to review, and which outcomes may be confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable, once
from qa_lib.errors import first_few
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.draws.coming_again import moderations_known
from qa_lib.schemes.hlta.draws.moderation_population import scrutiny_log
from qa_lib.schemes.hlta.event_days import event_day
from qa_lib.schemes.hlta.results.moderated_files import moderated, recorded, returns_known
from qa_lib.schemes.hlta.rules.assessor_facts import actions_by, day_text
from qa_lib.schemes.hlta.rules.file_days import about
from qa_lib.schemes.hlta.rules.monthly_moderation import judged_in_months, second_moderators
from qa_lib.schemes.hlta.rules.year_coverage import not_moderatable

FULL = "full_reassessment"
PENDING, REVIEWED = "review pending", "reviewed"
WITHOUT, BEFORE = "released without review", "released before its review"
_FLAGS = ["case_id", "rpa", "assessor_id", "because_of", "flagged_on", "reviewed_on", "by", "result", "released_on"]
_TO_CONFIRM = ["case_id", "month", "assessor_id", "recommended", "outcome", "decided", "why_not"]


@once
def reclassified(audit: Audit) -> pd.DataFrame:
    """Return the results that became a full reassessment: ``case_id, rpa, month, assessor_id, outcome, moderated_on``.

    Of every RPA and year, drawn or not: this RPA's year as :func:`recorded` has it; of everything else what its latest
    return says, or the table ``moderations`` where no return holds the file. An assessor who failed the process once
    may have failed it in any file, so that a flag too many is looked at, while one too few lets a result go. Where
    moderators require a full reassessment, whatever stood before, it is one; endorsed, it is what was recommended.
    """
    columns = ["case_id", "rpa", "month", "assessor_id", "outcome", "moderated_on"]
    cases = audit.tables["cases"][columns[:-1]]
    own = recorded(audit).assign(rpa=audit.provider)
    rest = cases[~cases["case_id"].isin(own["case_id"])]
    rest = rest.merge(_elsewhere(audit, rest["case_id"]), on="case_id")
    found = [frame for frame in (own, rest) if len(frame)] or [own]
    every = pd.concat([frame[[*columns, "decision", "final_outcome"]].astype("object") for frame in found])
    every = every[is_changed(every) & (every["final_outcome"] == FULL)]
    return every.assign(moderated_on=pd.to_datetime(every["moderated_on"]))[columns].sort_values(
        "case_id", ignore_index=True
    )


def _elsewhere(audit: Audit, files: pd.Series) -> pd.DataFrame:
    """Return the latest decision on each of some files, by returns and in the table."""
    said = moderations_known(audit.tables, files, returned=returns_known(audit))
    said = said[(said[["decision", "final_outcome"]] != "").any(axis="columns")]
    return said.drop_duplicates("case_id", keep="last")[["case_id", "moderated_on", "decision", "final_outcome"]]


@once
def review_pending(audit: Audit) -> pd.DataFrame:
    """Return the files that were flagged *review pending*, one row per file and reason, each with its end.

    Every other file of the assessor is flagged whose result was not released by the day on which one was reclassified,
    in any RPA and month, also one that is submitted later; spared is what was assessed after an investigation of the
    assessor was closed. A review that names the file ends the flag; it is in the table ``reviews``.

    Returns
    -------
    DataFrame
        ``case_id, rpa, assessor_id, because_of`` (the reclassified file), ``flagged_on, reviewed_on, by, result,
        released_on`` and ``state``: *review pending*, *reviewed*, *released without review*, or *released before its
        review*. This RPA's files, and those of others that are flagged because of this RPA's.
    """
    cases = audit.tables["cases"]
    dated = cases.reindex(columns=[*cases.columns.union(["assessed_on", "result_released_on"])])
    files = dated.assign(released_on=pd.to_datetime(dated["result_released_on"]))
    flags = [_flagged(audit, files, row) for row in reclassified(audit).to_dict("records")]
    empty = pd.DataFrame(columns=_FLAGS, dtype="object")
    every = pd.concat([frame for frame in flags if len(frame)] or [empty], ignore_index=True).reindex(columns=_FLAGS)
    every = _with_reviews(audit, every)
    return every.assign(state=[_state(row) for row in every.to_dict("records")]).sort_values(
        ["case_id", "because_of"], ignore_index=True
    )


def _flagged(audit: Audit, files: pd.DataFrame, row: dict[Any, Any]) -> pd.DataFrame:
    day = row["moderated_on"]
    same = (files["assessor_id"] == row["assessor_id"]) & (files["case_id"] != row["case_id"])
    if pd.isna(day):  # whichever result is still held may be one of those to review
        held = files["released_on"].isna()
    else:
        cleared = files["assessed_on"] > _investigated(audit, row["assessor_id"], day)
        held = ~(files["released_on"] <= day) & ~cleared
    return _in_reach(audit, row, files[same & held]).assign(because_of=row["case_id"], flagged_on=day)


def _in_reach(audit: Audit, row: dict[Any, Any], files: pd.DataFrame) -> pd.DataFrame:
    """Return the files that a reclassification of this RPA reaches, or this RPA's that one of another RPA reaches."""
    if row["rpa"] != audit.provider:
        files = files[files["rpa"] == audit.provider]
    if audit.value("HLTA.MOD.8", row["moderated_on"]) == "own_rpa":
        files = files[files["rpa"] == row["rpa"]]
    return files


def _investigated(audit: Audit, assessor: str, day: pd.Timestamp) -> pd.Timestamp:
    """Return the day on which an investigation of an assessor was first closed on or after a day; blank without one.

    To suspend an assessor is to suspend them while a senior assessor investigates (HLTA.ASR.6).
    """
    actions = actions_by(audit, "suspension")
    closed = actions.loc[(actions["assessor_id"] == assessor) & (actions["closed_on"] >= day), "closed_on"]
    first: pd.Timestamp = closed.min()
    return first


def _with_reviews(audit: Audit, flags: pd.DataFrame) -> pd.DataFrame:
    """Fill in the first review on or after the day of each flag, any one where that day is not known.

    Nobody reviews what they assessed themselves: such an entry ends nothing.
    """
    flags = flags.assign(**{name: pd.to_datetime(flags[name]) for name in ("flagged_on", "reviewed_on", "released_on")})
    if not audit.has("reviews", "case_id", "reviewed_on"):
        return flags.assign(by="", result="")
    reviews = audit.tables["reviews"].reindex(columns=["case_id", "reviewed_on", "by", "result"])
    both = flags[["case_id", "because_of", "flagged_on", "assessor_id"]].merge(reviews, on="case_id")
    both = both[~(both["by"] == both["assessor_id"])].drop(columns="assessor_id")
    ended = both[~(both["reviewed_on"] < both["flagged_on"])].sort_values("reviewed_on")
    ended = ended.drop_duplicates(["case_id", "because_of"]).drop(columns="flagged_on")
    flags = flags.drop(columns=["reviewed_on", "by", "result"]).merge(ended, on=["case_id", "because_of"], how="left")
    return flags.astype({"by": "object", "result": "object"}).fillna({"by": "", "result": ""})[_FLAGS]


def _state(row: dict[Any, Any]) -> str:
    if pd.isna(row["reviewed_on"]):
        return PENDING if pd.isna(row["released_on"]) else WITHOUT
    return BEFORE if row["released_on"] < row["reviewed_on"] else REVIEWED


@answers("HLTA.MOD.8")
def review_before_release(audit: Audit) -> Iterator[Statement]:
    """List each flag with its end, and name the files that were released before the review."""
    audit.table("cases", "result_released_on")
    yield from all_parts(_causes(audit), _flags_with_their_end(audit))


def _causes(audit: Audit) -> Iterator[Statement]:
    """Yield the RPA's results that were reclassified, and for those of any RPA what was confirmed before."""
    caused, flags = reclassified(audit), review_pending(audit)
    for row in caused[caused["month"].isin(audit.months)].to_dict("records"):
        if row["rpa"] == audit.provider:
            yield _reclassified(row, int((flags["because_of"] == row["case_id"]).sum()))
        yield from _confirmed_before(audit, row)


def _flags_with_their_end(audit: Audit) -> Iterator[Statement]:
    flags = review_pending(audit)
    if flags.empty:
        judged_in_months(audit)
    shown = flags[_of_these_months(audit, flags) | (flags["state"] == PENDING)]
    for row in shown.to_dict("records"):
        yield about(row["case_id"], "information", _flag(audit, row), value=row["state"])
    own = shown[shown["rpa"] == audit.provider]
    off = own[own["state"].isin([WITHOUT, BEFORE])].drop_duplicates("case_id")
    found = [
        about(row["case_id"], "breach", f"{row['state']}, on {row['released_on']:%Y-%m-%d}; flagged on {_since(row)}")
        for row in off.to_dict("records")
    ]
    bare = own[(own["state"] == REVIEWED) & ((own["by"] == "") | (own["result"] == ""))]
    why = "who reviewed it, or the result, is blank"
    found += blanks(bare.drop_duplicates("case_id"), "case_id", "file", why)
    what = "files under review were not released before it"
    yield from with_summary(found, whole=own["case_id"].nunique(), what=what)


def _of_these_months(audit: Audit, flags: pd.DataFrame) -> pd.Series:
    """Say which flags belong to the months: by their file, by what caused them, or because they ended since."""
    months = audit.tables["cases"].set_index("case_id")["month"]
    of_file, of_cause = (flags[name].map(months).isin(audit.months) for name in ("case_id", "because_of"))
    ended = flags[["reviewed_on", "released_on"]].max(axis="columns") >= pd.Timestamp(f"{audit.months[0]}-01")
    return of_file | of_cause | ended


def _reclassified(row: dict[Any, Any], flagged: int) -> Statement:
    if pd.isna(row["moderated_on"]):
        why = "the day is blank on which the result became a full reassessment; which files to review is not known"
        return not_assessable(why, subject_type="file", subject=row["case_id"])
    was = str(row["outcome"]).replace("_", " ")
    message = f"{was} became full reassessment on {row['moderated_on']:%Y-%m-%d}; other files to review: {flagged}"
    return about(row["case_id"], "information", message, value=str(flagged))


def _confirmed_before(audit: Audit, row: dict[Any, Any]) -> Iterator[Statement]:
    """Yield the assessor's files whose results went out in the twelve months before, of which no document asks."""
    files, day = audit.tables["cases"], row["moderated_on"]
    since = day - pd.DateOffset(months=12)
    out = (files["result_released_on"] > since) & (files["result_released_on"] <= day)
    own = files[out & (files["assessor_id"] == row["assessor_id"]) & (files["case_id"] != row["case_id"])]
    reached = _in_reach(audit, row, own).assign(because_of=row["case_id"], flagged_on=day).reindex(columns=_FLAGS)
    names = sorted(_with_reviews(audit, reached).loc[lambda rows: rows["reviewed_on"].isna(), "case_id"])
    if names:
        message = f"of {row['assessor_id']}, confirmed in the 12 months before and not reviewed (ours): "
        yield about(row["case_id"], "information", message + first_few(names, 10), value=str(len(names)))


def _since(row: dict[Any, Any]) -> str:
    return f"{day_text(row['flagged_on']) or 'a day not recorded'}, because of {row['because_of']}"


def _flag(audit: Audit, row: dict[Any, Any]) -> str:
    where = "" if row["rpa"] == audit.provider else f" ({row['rpa']} is to be told)"
    if row["state"] == PENDING:
        days = "" if pd.isna(row["flagged_on"]) else f" for {(audit.as_of - row['flagged_on']).days} days"
        return f"review pending{days}, since {_since(row)}{where}"
    if row["state"] == REVIEWED:
        by, result = row["by"] or "nobody named", str(row["result"]).replace("_", " ") or "no result"
        return f"reviewed on {row['reviewed_on']:%Y-%m-%d} by {by}: {result}; flagged on {_since(row)}{where}"
    return f"{row['state']}; flagged on {_since(row)}{where}"


def may_be_confirmed(audit: Audit) -> pd.DataFrame:
    """Return the unconfirmed files: which outcome may be confirmed on the day, or why none may.

    They are those of the year so far, and those of earlier years whose result has not been released.

    Returns
    -------
    DataFrame
        ``case_id, month, assessor_id, recommended, outcome`` (what may be confirmed; blank where nothing may),
        ``decided`` (*endorsed*, *overturned*, *not sampled*, *reviewed*) and ``why_not``, reasons joined by ``; ``.
    """
    frames = [_to_confirm(one) for one in (*audit.earlier, audit)]
    return pd.concat(frames, ignore_index=True).sort_values("case_id", ignore_index=True)


def _to_confirm(audit: Audit) -> pd.DataFrame:
    files = audit.files_of_year()
    if "result_released_on" in files.columns:
        files = files[files["result_released_on"].isna()]
    draws = {case_id: draw for draw in audit.draws for case_id in draw.freeze.population["case_id"]}
    looks = scrutiny_log(audit.tables, None).drop_duplicates("case_id", keep="last").set_index("case_id")["result"]
    back = recorded(audit).pipe(lambda rows: rows.assign(changed=is_changed(rows), further=second_moderators(rows)))
    found = {row["case_id"]: row for row in back.to_dict("records")}
    flags = dict(iter(review_pending(audit).groupby("case_id")))
    rows = []
    for row in files.sort_values("case_id").to_dict("records"):
        name = row["case_id"]
        why = _scrutiny_stops(looks.get(name, ""))
        why += [] if why else _moderation_stops(audit, draws.get(name), found.get(name))
        why += _payment_stops(row) + _review_stops(flags.get(name))
        outcome, decided = _outcome(str(row["outcome"]), found.get(name), flags.get(name))
        stopped = "; ".join(why)
        rows.append(
            {**row, "recommended": row["outcome"], "decided": decided, "why_not": stopped}
            | {"outcome": "" if stopped else outcome}
        )
    return pd.DataFrame(rows, columns=_TO_CONFIRM, dtype="object")


def _scrutiny_stops(look: str) -> list[str]:
    stops = {
        "returned": "sent back at scrutiny and not come again",
        FULL: "sent to full reassessment at scrutiny",
    }
    return [stops[look]] if look in stops else []


def _moderation_stops(audit: Audit, draw: Draw | None, moderation: dict[Any, Any] | None) -> list[str]:
    if draw is not None and draw.status != "drawn":
        return ["the freeze of its month waits for a seed"]
    if moderation is None:
        if draw is None:
            return ["in no frozen population"]
        return [] if _event_has_been(audit, draw) else ["not sampled, and the month's event has not been held"]
    if draw and (unable := not_moderatable(audit).get((draw.freeze.digest, moderation["case_id"]))):
        return [f"sampled, and could not be moderated: {unable}"]
    if draw is None and moderation["not_moderatable_reason"] and not moderation["decision"]:
        return [f"could not be moderated: {moderation['not_moderatable_reason']}"]
    if not moderation["decision"]:
        return ["sampled, and no decision has come back"]
    if moderation["changed"] and moderation["further"] < int(audit.value("HLTA.MOD.7")):
        return ["overturned without a second moderator"]
    return ["overturned without a final outcome"] if moderation["changed"] and not moderation["final_outcome"] else []


def _event_has_been(audit: Audit, draw: Draw) -> bool:
    """Say whether an event is recorded; where the data set has no events, whether anything has come back."""
    if audit.has("events", "rpa", "month", "event_on"):
        return event_day(audit, draw.freeze.month, draw.freeze.part) is not None
    files = moderated(audit)
    return bool(((files["freeze_digest"] == draw.freeze.digest) & (files["decision"] != "")).any())


def _payment_stops(row: dict[Any, Any]) -> list[str]:
    if "paid_on" not in row:
        return ["payments are not in the data set"]
    return ["no payment is recorded"] if pd.isna(row["paid_on"]) else []


def _review_stops(flags: pd.DataFrame | None) -> list[str]:
    if flags is None:
        return []
    rows = flags.to_dict("records")
    stops = [f"review pending since {_since(row)}" for row in rows if row["state"] == PENDING]
    if stops:
        return stops
    lacking = {"by": "its review names nobody who did it", "result": "its review has no result"}
    return [why for column, why in lacking.items() if any(not row[column] for row in rows)]


def _outcome(recommended: str, moderation: dict[Any, Any] | None, flags: pd.DataFrame | None) -> tuple[str, str]:
    """Return the outcome to confirm, and what decided on it: the review, else the moderators, else nobody else."""
    if flags is not None:
        last = flags.dropna(subset=["reviewed_on"]).sort_values("reviewed_on")
        if len(last) and last["result"].iloc[-1]:
            return str(last["result"].iloc[-1]), REVIEWED
    if moderation is None:
        return recommended, "not sampled"
    return str(moderation["final_outcome"] or recommended), str(moderation["decision"])
