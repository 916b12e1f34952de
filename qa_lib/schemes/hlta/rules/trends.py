"""Trends by PoP: standards that its candidates fall short of, and files that lack forms (HLTA.MOD.11).

By PoP and standard all judgements of assessors count, not those that moderators looked at: which these are depends on
the outcome. A PoP's figures hold what its assessors did too, for nobody hands out assessors by lot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once, statement_on
from qa_lib.audit.words import is_word, out_of
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.results.compared_with_rest import ABOVE, BELOW, TOO_FEW, compare_with_rest
from qa_lib.schemes.hlta.results.compared_with_rest import COLUMNS as COMPARED
from qa_lib.schemes.hlta.rules.pre_upload_scrutiny import GRID, required_forms

STANDARD_COLUMNS = ["pop_id", "standard", "files", "insufficient", *COMPARED]
#: Numbers of standards in a note: after the word, in a list, a span counting as all of it.
_SPAN = r"\s*(?:to|-|–)\s*"
_STANDARDS = re.compile(rf"\b(?:standards?|stds?\.?)\s*((?:\d+(?:{_SPAN}|\s*(?:,|;|/|&|and)\s*)?)+)", re.IGNORECASE)
FORM_COLUMNS = ["pop_id", "files", "incomplete", *COMPARED, "lacking"]


def standards_by_pop(audit: Audit) -> pd.DataFrame:
    """Return how often each standard was judged insufficient in the files of each PoP, in the year so far.

    Returns
    -------
    DataFrame
        Columns :data:`STANDARD_COLUMNS`, one row per PoP and standard with a judgement, by PoP and standard; empty
        where the data cannot say. ``insufficient`` of ``files``, compared with the RPA's files of other PoPs
        (:func:`compare_with_rest`): Holm's adjustment is over all PoPs and standards.
    """
    return made_or_empty(_standards_by_pop, audit, dict.fromkeys(STANDARD_COLUMNS, "object"))


@once
def _standards_by_pop(audit: Audit) -> pd.DataFrame:
    files = audit.files_of_year("pop_id")
    judgements = audit.table("judgements", "case_id", "standard", "judgement")
    known = judgements.dropna(subset=["standard", "judgement"]).merge(files[["case_id", "pop_id"]], on="case_id")
    if len(known) and not is_word(known["judgement"], "met").any():
        raise NotAssessable("the table judgements holds no judgement that is met, so there is no share")
    lacking = known.assign(lacking=is_word(known["judgement"], "insufficient").astype("int64"))
    counts = lacking.groupby(["pop_id", "standard"])["lacking"].agg(files="size", insufficient="sum").reset_index()
    whole = counts.groupby("standard")[["insufficient", "files"]].transform("sum")
    compared = compare_with_rest(
        counts["insufficient"], counts["files"], whole["insufficient"], whole["files"], audit=audit
    )
    kinds = {"pop_id": "object", "standard": "int64", "files": "int64", "insufficient": "int64"}
    return pd.concat([counts.astype(kinds), compared], axis=1)[STANDARD_COLUMNS]


def trends_of(audit: Audit) -> pd.DataFrame:
    """Return the rows of :func:`standards_by_pop` that stand out, above or below the rest."""
    rows = standards_by_pop(audit)
    return rows[rows["verdict"].isin([ABOVE, BELOW])].reset_index(drop=True)


def forms_by_pop(audit: Audit) -> pd.DataFrame:
    """Return how often files of each PoP lack a form that a complete file has (HLTA.SCR.4), in the year so far.

    Returns
    -------
    DataFrame
        Columns :data:`FORM_COLUMNS`, one row per PoP, by id; empty where the data cannot say. ``incomplete`` of
        ``files``, compared with the RPA's files of other PoPs; ``lacking`` are the forms with the number of files that
        lack them. Files of which no form at all is recorded are left out.
    """
    if not audit.has("forms", "case_id", "form"):
        return pd.DataFrame(columns=FORM_COLUMNS)
    required = required_forms(audit)
    files = audit.files_of_year("pop_id")
    held = audit.table("forms").dropna(subset=["form"])
    held = held.assign(form=held["form"].replace(GRID), there=True)
    there = held.drop_duplicates(["case_id", "form"]).pivot(index="case_id", columns="form", values="there")
    recorded = files[files["case_id"].isin(there.index)]
    absent = there.reindex(index=recorded["case_id"], columns=required).isna()
    by_pop = absent.assign(incomplete=absent.any(axis=1)).groupby(recorded["pop_id"].to_numpy())
    sums = by_pop.sum().astype("int64")
    counts = pd.DataFrame({"files": by_pop.size(), "incomplete": sums["incomplete"]})
    counts = counts.rename_axis("pop_id").reset_index()
    k, n = counts["incomplete"], counts["files"]
    lacking = [_named(row) for row in sums[required].to_dict("records")]
    compared = compare_with_rest(k, n, k.sum(), n.sum(), audit=audit)
    return pd.concat([counts, compared], axis=1).assign(lacking=lacking)[FORM_COLUMNS]


def _named(lacking: dict[Any, Any]) -> str:
    return "; ".join(f"{form} in {count}" for form, count in lacking.items() if count)


@answers("HLTA.MOD.11")
def trends_go_back_to_the_pop(audit: Audit) -> Iterator[Statement]:
    """Name PoPs and standards that stand out, and trends that were identified and not told to the PoP.

    A trend that the feedback log holds and that was not told is a breach from the day after it was raised: the code of
    practice gives no time. A trend that this page finds and the log does not hold is a warning.
    """
    rows = _standards_by_pop(audit)
    trends = trends_of(audit)
    yield from _found(trends)
    if trends.empty:
        few = int((rows["verdict"] == TOO_FEW).sum())
        message = f"no PoP and standard stands out among {len(rows) - few} that were compared; {few} rest on too few"
        message = f"{message} files to tell"
        yield Statement(status="information", message=message, value="0", threshold=str(len(rows) - few))
    log = audit.own("feedback_log", "feedback_id", "subject", "pop_id", "raised_on", "told_pop_on")
    logged = log[is_word(log["subject"], "trend")].sort_values("feedback_id")
    yield from _not_in_the_log(trends, logged)
    open_before = logged["told_pop_on"].isna() & ~(logged["raised_on"] > audit.year_so_far[1])
    shown = logged[audit.within(logged["raised_on"]) | open_before]
    what = "trends in the feedback log were told to the PoP"
    yield from with_summary(_untold(audit, shown), whole=len(shown), what=what)


def _found(trends: pd.DataFrame) -> Iterator[Statement]:
    for row in trends.to_dict("records"):
        more = "more" if row["verdict"] == ABOVE else "less"
        message = (
            f"standard {row['standard']} is insufficient {more} often than at the RPA's other PoPs: "
            f"in {out_of(row['insufficient'], row['files'])} files, "
            f"elsewhere in {out_of(row['rest_k'], row['rest_n'])}; "
            f"difference {row['diff_points']:+.1f} points "
            f"(interval {row['diff_low']:+.1f} to {row['diff_high']:+.1f}), adjusted p {row['p_adjusted']:.2g}"
        )
        value, threshold = str(row["insufficient"]), str(row["files"])
        yield statement_on("pop", row["pop_id"], "information", message, value=value, threshold=threshold)


def _not_in_the_log(trends: pd.DataFrame, logged: pd.DataFrame) -> Iterator[Statement]:
    """Yield PoPs whom the log does not show to have been told of the standards that stand out."""
    entries = logged[logged["told_pop_on"].notna()]
    notes = entries["note"].fillna("") if "note" in entries.columns else pd.Series("", index=entries.index)
    for pop, own in trends.groupby("pop_id"):
        named = {number for note in notes[entries["pop_id"] == pop] for number in standards_named(note)}
        missing = [standard for standard in own["standard"] if standard not in named]
        if missing:
            listed = ", ".join(map(str, missing))
            message = f"to be told: the feedback log holds no trend told to the PoP that names standards {listed}"
            yield Statement(status="warning", subject_type="pop", subject=str(pop), message=message, value=listed)


def standards_named(note: str) -> set[int]:
    """Return the standards that a note names: the numbers that follow the word, in a list or as a span.

    Examples
    --------
    >>> sorted(standards_named("12 March, 3 candidates: Standards 6, 17 and 29 are weak; std. 8 to 10 too"))
    [6, 8, 9, 10, 17, 29]
    >>> standards_named("12 March, 3 candidates")
    set()
    """
    found: set[int] = set()
    for listed in _STANDARDS.findall(note):
        for first, last in re.findall(rf"(\d+)(?:{_SPAN}(\d+))?", listed):
            found.update(range(int(first), min(int(last or first), 99) + 1))
    return found


def _untold(audit: Audit, logged: pd.DataFrame) -> Iterator[Statement]:
    for row in logged[logged["told_pop_on"].isna()].to_dict("records"):
        about: dict[str, Any] = {"subject_type": "feedback", "subject": str(row["feedback_id"])}
        raised = row["raised_on"]
        if pd.isna(row["pop_id"]):
            yield not_assessable("the trend names no PoP", **about)
        elif raised == audit.as_of:
            message = f"a trend at {row['pop_id']} was raised today and is still to be told"
            yield Statement(status="information", message=message, **about)
        else:
            since = "on an unknown day" if pd.isna(raised) else f"on {raised:%Y-%m-%d}"
            message = f"a trend at {row['pop_id']} was raised {since} and not told to the PoP by {audit.as_of:%Y-%m-%d}"
            yield Statement(status="breach", message=message, **about)
