"""Which files of a month may be drawn, and why some are certain (HLTA.MOD.2, HLTA.ASR.1, HLTA.SCR.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.sampling.population import COLUMNS, REASONS, TIERS
from qa_lib.schemes.hlta.draws.coming_again import again_reasons, seen_before, sent_back_before
from qa_lib.schemes.hlta.draws.signals import signalled_before
from qa_lib.schemes.hlta.tables import TABLES

Tables = Mapping[str, pd.DataFrame]
#: The tier of those of whom quality issues were told, and how many files are enough for each signal.
Signals = tuple[str, Mapping[str, int]]
_NO_SIGNALS: Signals = ("standard", {})

NEEDED = TABLES["cases"].required
LEFT_OUT_COLUMNS = ["case_id", "why"]


def month_files(tables: Tables, *, provider: str, month: str) -> pd.DataFrame:
    """Return the files of one RPA and month, in whatever state.

    Raises
    ------
    IntakeError
        If the data set has no ``cases`` with what a draw needs.
    """
    cases = tables.get("cases")
    lacking = list(NEEDED) if cases is None else [column for column in NEEDED if column not in cases.columns]
    if cases is None or lacking:
        raise IntakeError(
            f"a draw needs the columns {', '.join(NEEDED)} of the table cases; this data set lacks "
            f"{', '.join(lacking)}: see qa check, which says what is called otherwise or stands elsewhere"
        )
    return cases[(cases["rpa"] == provider) & (cases["month"] == month)].reset_index(drop=True)


def moderation_population(
    tables: Tables,
    *,
    provider: str,
    month: str,
    experience: int,
    difficulty: Mapping[str, str],
    signals: Signals = _NO_SIGNALS,
    as_of: str | None = None,
    returned_counts: bool = True,
    returned: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the files that passed scrutiny, with their reasons and tiers, and those that did not.

    Parameters
    ----------
    tables
        Accepted tables of a data set. Without ``scrutiny`` all files count as passed.
    experience
        An assessor with fewer assessments than this before is sampled more heavily (X.EXPERIENCE).
    difficulty
        Tier of each past difficulty that may be recorded (X.DIFFICULTY).
    signals
        Tier of assessors of whom quality issues were told before the month (X.SIGNALLED, X.SIGNALS).
    as_of
        Date of the freeze: later scrutiny and later submissions are not known yet.
    returned_counts
        Whether a file that pre-upload scrutiny or moderators sent back, and that came again, counts as resubmitted
        (HLTA.SCR.2 is open).
    returned
        What the moderators' returns in a register say (:data:`qa_lib.schemes.hlta.draws.coming_again.RETURNED`).

    Returns
    -------
    tuple of DataFrame
        The population's columns, and ``case_id, why`` of the files left out.
    """
    files = month_files(tables, provider=provider, month=month)
    scrutiny = scrutiny_log(tables, as_of)
    latest = scrutiny.drop_duplicates("case_id", keep="last").set_index("case_id")["result"]
    result = files["case_id"].map(latest).astype("object").fillna("fit")
    if as_of is not None and "submitted_on" in files.columns:
        result = result.mask(files["submitted_on"] > pd.Timestamp(as_of), "late")
    left_out = pd.DataFrame({"case_id": files["case_id"], "why": result.map(_WHY)}, columns=LEFT_OUT_COLUMNS)
    insufficient = _insufficient(tables, files["case_id"])
    known: dict[str, Any] = {"returned": returned, "as_of": as_of or ""}
    sent_back = set(scrutiny.loc[scrutiny["result"] == "returned", "case_id"]) | sent_back_before(
        files, tables, **known
    )
    before = seen_before(files, tables, scrutiny, **known)
    again = again_reasons(files, before, returned_counts=returned_counts)
    marks = _marks(files, insufficient, scrutiny, sent_back=sent_back if returned_counts else (), again=again)
    tier = tiers(files, tables, experience=experience, difficulty=difficulty, signals=signals)
    population = described(files.assign(tier=tier), marks, insufficient)
    fit = (result == "fit").to_numpy(dtype=bool)
    return population[fit].reset_index(drop=True), left_out[~fit].sort_values("case_id", ignore_index=True)


_WHY = {
    "late": "submitted after the freeze: a late file, frozen and drawn by itself",
    "returned": "sent back for revision at pre-upload scrutiny; expected again (HLTA.SCR.2)",
    "full_reassessment": "too little evidence: full reassessment by another assessor (HLTA.SCR.3)",
}


def submitted_population(
    tables: Tables,
    *,
    provider: str,
    month: str,
    experience: int,
    difficulty: Mapping[str, str],
    signals: Signals = _NO_SIGNALS,
) -> pd.DataFrame:
    """Return all files submitted for the month: what pre-upload scrutiny chooses from (HLTA.SCR.1)."""
    files = month_files(tables, provider=provider, month=month)
    insufficient = _insufficient(tables, files["case_id"])
    marks = _marks(files, insufficient, scrutiny_log({}, None))
    tier = tiers(files, tables, experience=experience, difficulty=difficulty, signals=signals)
    return described(files.assign(tier=tier), marks, insufficient)


def described(files: pd.DataFrame, marks: Mapping[str, pd.Series], insufficient: pd.Series) -> pd.DataFrame:
    """Put the population's columns together from files, the marks of their reasons, and what was insufficient."""
    reasons = pd.Series("", index=files.index, dtype="object")
    for reason in REASONS:
        held = marks[reason].to_numpy(dtype=bool)
        reasons = reasons.where(~held, reasons + reason + ";")
    reasons = reasons.str.rstrip(";")
    standards = insufficient.reindex(files["case_id"]).fillna("").to_numpy(dtype=object)
    stratum = reasons.str.partition(";")[0].replace("", "met") if len(files) else reasons
    return files.assign(stratum=stratum, reasons=reasons, insufficient=standards)[COLUMNS].astype("object")


def _marks(
    files: pd.DataFrame,
    insufficient: pd.Series,
    scrutiny: pd.DataFrame,
    *,
    sent_back: Collection[str] = (),
    again: pd.Series | None = None,
) -> dict[str, pd.Series]:
    outcome, attempt = files["outcome"], files.get("attempt", pd.Series("first", index=files.index))
    before = files["case_id"].map({} if again is None else again.to_dict())
    principle = set(scrutiny.loc[scrutiny["issue_of_principle"], "case_id"])
    return {
        "insufficient_evidence": (outcome == "insufficient_evidence") | files["case_id"].isin(insufficient.index),
        "full_reassessment": (outcome == "full_reassessment")
        | (attempt == "full_reassessment")
        | (before == "full_reassessment"),
        "partial_reassessment": outcome == "partial_reassessment",
        "resubmission": (attempt == "resubmission")
        | (before == "resubmission")
        | files["case_id"].isin(list(sent_back)),
        "difficult": _flag(files, "difficult") | files["case_id"].isin(principle),
        "first_solo": _flag(files, "first_solo"),
    }


def _flag(files: pd.DataFrame, column: str) -> pd.Series:
    if column not in files.columns:
        return pd.Series(False, index=files.index)
    return files[column].astype("boolean").fillna(False).astype(bool)


def _insufficient(tables: Tables, case_ids: pd.Series) -> pd.Series:
    """Return, per case id, the standards judged insufficient, ascending, joined by ``;``."""
    judgements = tables.get("judgements")
    if judgements is None or judgements.empty or "judgement" not in judgements.columns:
        return pd.Series(dtype="object")
    lacking = judgements[judgements["judgement"] == "insufficient"]
    lacking = lacking[lacking["case_id"].isin(case_ids)].drop_duplicates(["case_id", "standard"])
    ordered = lacking.assign(number=lacking["standard"].astype("int64")).sort_values("number")
    return ordered.groupby("case_id")["number"].agg(lambda numbers: ";".join(map(str, numbers))).astype("object")


def scrutiny_log(tables: Tables, as_of: str | None) -> pd.DataFrame:
    """Return every look of scrutiny in the order of its day, those after ``as_of`` left out; none without a table."""
    columns = ["case_id", "scrutinised_on", "result", "issue_of_principle"]
    frame = tables.get("scrutiny")
    if frame is None or "result" not in frame.columns:
        empty = pd.DataFrame(columns=columns)
        return empty.astype({"issue_of_principle": bool})
    frame = frame.assign(
        scrutinised_on=frame.get("scrutinised_on", pd.Series(pd.NaT, index=frame.index)),
        issue_of_principle=_flag(frame, "issue_of_principle"),
    )
    if as_of is not None:
        frame = frame[~(frame["scrutinised_on"] > pd.Timestamp(as_of))]
    # Of two results on one day the stricter counts, so that the order of rows says nothing.
    strictness = frame["result"].map({"fit": 0, "returned": 1, "full_reassessment": 2})
    return frame.assign(strictness=strictness).sort_values(["scrutinised_on", "strictness"], na_position="first")


def tiers(
    files: pd.DataFrame,
    tables: Tables,
    *,
    experience: int,
    difficulty: Mapping[str, str],
    signals: Signals = _NO_SIGNALS,
) -> pd.Series:
    """Return each file's tier: the higher of its assessor's and its PoP's (HLTA.MOD.4, HLTA.MOD.5).

    ``difficulty`` gives the tier of a recorded past difficulty; an assessor with fewer than ``experience`` assessments
    is at least ``raised``, one of whom quality issues were told before the month at least what ``signals`` say. Where
    nothing is recorded the tier is ``standard``.
    """
    height = pd.Series(0, index=files.index)
    for table, key in (("assessors", "assessor_id"), ("pops", "pop_id")):
        people = tables.get(table)
        if people is None:
            continue
        named = ["rpa", key] if "rpa" in people.columns else [key]
        listed = people.dropna(subset=named)
        heights = _heights(listed, experience=experience, difficulty=difficulty)
        tallest: dict[tuple[str, ...], int] = {}
        for *whom, own in zip(*(listed[name] for name in named), heights, strict=True):
            tallest[tuple(whom)] = max(own, tallest.get(tuple(whom), 0))
        found = [tallest.get(whom, 0) for whom in zip(*(files[name] for name in named), strict=True)]
        height = height.clip(lower=pd.Series(found, index=files.index, dtype="int64"))
    told, fewest = signals
    if TIERS.index(told):
        for (provider, month), rows in files.groupby(["rpa", "month"]):
            told_of = signalled_before(tables, provider=str(provider), month=str(month), fewest=fewest)
            theirs = rows.index[rows["assessor_id"].isin(told_of)]
            height[theirs] = height[theirs].clip(lower=TIERS.index(told))
    return height.map(dict(enumerate(TIERS)))


def _heights(people: pd.DataFrame, *, experience: int, difficulty: Mapping[str, str]) -> pd.Series:
    recorded = people.get("past_difficulty", pd.Series("none", index=people.index))
    heights = {past: TIERS.index(tier) for past, tier in difficulty.items()}
    height = recorded.map(heights).fillna(0).astype("int64")
    if "assessments_before" in people.columns:
        new = (people["assessments_before"] < experience).fillna(False).astype(bool)
        height = height.where(~new, height.clip(lower=1))
    return height
