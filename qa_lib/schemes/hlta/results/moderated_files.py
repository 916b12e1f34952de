"""What moderators found in the sampled files: from the returns that came back, else from the data set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.answering import once
from qa_lib.audit.words import blank
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.draws.coming_again import RETURNED as COMING_AGAIN
from qa_lib.schemes.hlta.event_days import event_day, event_days
from qa_lib.schemes.hlta.forms.moderation_return import FILES

#: What a return, or the table ``moderations``, says of a file.
RETURNED = FILES.to_fill_in
SAMPLED = [
    *("month", "part", "freeze_digest", "case_id", "assessor_id", "pop_id", "stratum", "selected_by", "outcome"),
    *("insufficient", "standards_to_moderate"),
]
#: Stands in the place of how a file was selected where no draw did.
BEYOND = "beyond the draw"
COLUMNS = [*SAMPLED, *RETURNED, "standards", "source"]


@once
def moderated(audit: Audit) -> pd.DataFrame:
    """Return one row per sampled file of each draw of the year so far, in the order of draws and case ids.

    A file that the register's returns hold is taken from them; any other from the table ``moderations``, its latest
    row. A file that was sent back and drawn again has a row of each draw. What was recorded of files that no sample
    holds is not here, as it enters no estimate: :func:`recorded`.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, text but for ``moderated_on``; what nobody said is blank. ``standards`` are those that
        were looked at, joined by ``;``. ``source`` is *return*, *data set*, or blank where nothing came back.
    """
    sampled, key = _sampled(audit), ["case_id", "freeze_digest"]
    decisions = _of_draws(audit, _decisions(audit, sampled["case_id"]), sampled).drop_duplicates(key, keep="last")
    return _as_text(sampled.merge(decisions, on=key, how="left", validate="one_to_one"))


def _of_draws(audit: Audit, decisions: pd.DataFrame, sampled: pd.DataFrame) -> pd.DataFrame:
    """Fill in of which draw a decision is where it does not say so: the last one whose event had been by its day.

    The event of a month is often held in the next one, of which the file may be drawn again. Before the first event
    it is of the first draw.
    """
    since = {when: _moderated_from(audit, *when) for when in {*zip(sampled["month"], sampled["part"], strict=True)}}
    days = [since[when] for when in zip(sampled["month"], sampled["part"], strict=True)]
    held = pd.Series(days, index=sampled.index, dtype="datetime64[ns]")
    draws = sampled[["case_id", "freeze_digest"]].assign(place=range(len(sampled)), since=held)
    both = decisions.reset_index(names="row").merge(draws, on="case_id", suffixes=("", "_drawn"))
    said = both["freeze_digest"].notna()
    begun = both["since"].notna() & ~(pd.to_datetime(both["moderated_on"]) < both["since"])
    nearest = both["place"].where(begun, -both["place"])
    fits = both.assign(begun=begun, nearest=nearest)[~said | (both["freeze_digest"] == both["freeze_digest_drawn"])]
    last = fits.sort_values(["row", "begun", "nearest"]).drop_duplicates("row", keep="last")
    return last.assign(freeze_digest=last["freeze_digest_drawn"])[decisions.columns]


def _moderated_from(audit: Audit, month: str, part: str) -> pd.Timestamp | None:
    """Return the day of a draw's event; where the RPA's events are not recorded, the day on which the month begins."""
    return event_day(audit, month, part) if event_days(audit) else pd.Timestamp(f"{month}-01")


@once
def recorded(audit: Audit) -> pd.DataFrame:
    """Return every moderation of the year so far: the sampled files, and what was recorded of others.

    Returns
    -------
    DataFrame
        As :func:`moderated`; after it the files that no sample holds and of which a decision, a final outcome or why
        they could not be moderated is recorded, by case id: :data:`BEYOND` stands in their ``selected_by``, and what
        a draw would tell is blank.
    """
    sampled = moderated(audit)
    files = audit.files_of_year().reindex(columns=["case_id", "month", "assessor_id", "pop_id", "outcome"])
    decisions = _decisions(audit, files.loc[~files["case_id"].isin(sampled["case_id"]), "case_id"])
    decisions = decisions.drop(columns="freeze_digest").drop_duplicates("case_id", keep="last")
    said = (decisions[["decision", "final_outcome", "not_moderatable_reason"]].fillna("") != "").any(axis=1)
    beyond = decisions[said & ~decisions["case_id"].isin(sampled["case_id"])]
    rows = files.merge(beyond, on="case_id", validate="one_to_one").assign(selected_by=BEYOND, part="month")
    return pd.concat([sampled, _as_text(rows)], ignore_index=True) if len(rows) else sampled


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of what was moderated, text but for the day, with blanks where nothing is known."""
    frame = frame.reindex(columns=COLUMNS)
    texts = [column for column in COLUMNS if column != "moderated_on"]
    frame[texts] = frame[texts].astype("object").where(frame[texts].notna(), "")
    frame["moderated_on"] = pd.to_datetime(frame["moderated_on"])
    return frame


def beyond(row: Mapping[Any, Any]) -> str:
    """Return what is added to a sentence about a file that was moderated though no sample holds it."""
    return f" ({BEYOND})" if row["selected_by"] == BEYOND else ""


def is_unable(files: pd.DataFrame) -> pd.Series:
    """Say which files moderators sent back undecided, as they could not be moderated."""
    unable: pd.Series = (files["not_moderatable_reason"] != "") & (files["decision"] == "")
    return unable


def _sampled(audit: Audit) -> pd.DataFrame:
    frames = [pd.DataFrame(columns=SAMPLED, dtype="object")]
    for draw in audit.draws:
        population = draw.freeze.population[["case_id", "assessor_id", "pop_id", "outcome", "insufficient"]]
        sample = draw.sample[["case_id", "stratum", "selected_by", "standards_to_moderate"]]
        files = sample.merge(population, on="case_id", how="left", validate="one_to_one").sort_values("case_id")
        frames.append(
            files.assign(month=draw.freeze.month, part=draw.freeze.part, freeze_digest=draw.freeze.digest)[SAMPLED]
        )
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _decisions(audit: Audit, files: pd.Series) -> pd.DataFrame:
    """Return what was said of files, the decisive row of each last: a return goes before the table."""
    columns = ["case_id", "freeze_digest", *RETURNED, "standards", "source"]
    kept = [pd.DataFrame(columns=columns, dtype="object")]
    table = audit.tables.get("moderations")
    if table is not None and len(table):
        table = table[table["case_id"].isin(files)]  # a year of others would only be sorted and thrown away
        dated = table.sort_values("moderated_on") if "moderated_on" in table.columns else table
        kept.append(dated.assign(source="data set").reindex(columns=columns))
    returned = audit.returned
    if len(returned):
        returned = returned[~(pd.to_datetime(returned["moderated_on"]) > audit.as_of)]
        looked = audit.returned_standards
        if len(looked):
            looked = looked[looked["moderator_judgement"].isin(["met", "insufficient"])]
            numbers = looked.assign(number=looked["standard"].astype("int64")).sort_values("number")
            joined = numbers.groupby("case_id")["number"].agg(lambda found: ";".join(map(str, found)))
            returned = returned.assign(standards=returned["case_id"].map(joined))
        kept.append(returned.assign(source="return").reindex(columns=columns))
    return pd.concat([frame.astype("object") for frame in kept if len(frame)] or kept, ignore_index=True)


@once
def returns_known(audit: Audit) -> pd.DataFrame:
    """Return what the returns of every RPA and year say by the day of the audit, as later draws read it."""
    frames = [frame.reindex(columns=COMING_AGAIN) for frame in (audit.returned_elsewhere, audit.returned) if len(frame)]
    every = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COMING_AGAIN, dtype="object")
    return every[~(pd.to_datetime(every["moderated_on"]) > audit.as_of)]


@once
def judged_twice(audit: Audit) -> pd.DataFrame:
    """Return the returns' judgements by standard, the assessor's filled in from the data set where a return has none.

    A draw does not always hold what the assessor judged, and the moderators need not know it. Where neither the return
    nor the table ``judgements`` says it, it is blank: not known, and compared with nothing.
    """
    looked, table = audit.returned_standards, audit.tables.get("judgements")
    if looked.empty or table is None or not {"case_id", "standard", "judgement"} <= set(table.columns):
        return looked
    own = table[table["judgement"].isin(["met", "insufficient"])].dropna(subset=["case_id", "standard"])
    own = own.drop_duplicates(["case_id", "standard"], keep=False)
    known = own.assign(standard=own["standard"].astype("int64")).set_index(["case_id", "standard"])["judgement"]
    keys = pd.MultiIndex.from_arrays([looked["case_id"], looked["standard"].astype("int64")])
    there = looked["assessor_judgement"]
    filled = pd.Series(known.reindex(keys).to_numpy(), index=looked.index).fillna("")
    return looked.assign(assessor_judgement=there.where(there != "", filled))


@once
def overturned_judgements(audit: Audit) -> pd.DataFrame:
    """Return how many judgements of standards were overturned in each file, in either direction.

    Returns
    -------
    DataFrame
        By ``case_id``, files with at least one: ``harsh``, judged insufficient by the assessor and met by the
        moderators, and ``lenient``, the reverse; ``unexplained``, those of both without a comment. Of moderations that
        only the data set holds no judgement is known.
    """
    looked = judged_twice(audit).reindex(columns=["case_id", "assessor_judgement", "moderator_judgement", "comment"])
    first, second = looked["assessor_judgement"], looked["moderator_judgement"]
    harsh = (first == "insufficient") & (second == "met")
    turned = pd.DataFrame({"harsh": harsh, "lenient": (first == "met") & (second == "insufficient")})
    turned["unexplained"] = turned.any(axis=1) & blank(looked["comment"].astype("str"))
    return turned[turned.any(axis=1)].groupby(looked["case_id"]).sum().astype("int64")
