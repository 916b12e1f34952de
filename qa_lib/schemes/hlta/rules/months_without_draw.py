"""Months that were moderated and that nobody froze: an RPA's own history, for HLTA.MOD.2 and HLTA.MOD.3."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable, once
from qa_lib.audit.audit import Tables
from qa_lib.audit.findings import Status
from qa_lib.audit.words import is_word
from qa_lib.sampling.protocol import ceil_share
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.draws.moderation_population import moderation_population
from qa_lib.schemes.hlta.draws.sampling_plan import population_readings, returned_counts
from qa_lib.schemes.hlta.event_days import event_over
from qa_lib.schemes.hlta.results.moderated_files import is_unable, recorded, returns_known
from qa_lib.schemes.hlta.rules.draw_checks import certain_missing
from qa_lib.schemes.hlta.rules.file_days import about


def month_subject(audit: Audit, month: str) -> dict[str, str]:
    """Return whom a statement about a month of the RPA is about."""
    return {"subject_type": "month", "subject": f"{audit.provider}/{month}"}


@once
def months_without_draw(audit: Audit) -> dict[str, pd.DataFrame]:
    """Return what was moderated in the months that nobody froze, by month: an RPA's own history without seeds."""
    frozen, files = {draw.freeze.month for draw in audit.month_draws}, recorded(audit)
    files = files[files["month"].isin(audit.months) & ~files["month"].isin(frozen) & ~is_unable(files)]
    return {str(month): rows for month, rows in files.groupby("month")}


def files_now(audit: Audit, month: str) -> pd.DataFrame:
    """Return the files of a month as they could be frozen by what the data say now."""
    return moderation_population(
        _with_gaps_only(audit),
        provider=audit.provider,
        month=month,
        returned_counts=returned_counts(audit.book, month, rules_on=audit.rules_on),
        returned=returns_known(audit),
        **population_readings(audit.book, month, rules_on=audit.rules_on),
    )[0]


def certain_without_draw(audit: Audit) -> tuple[list[Statement], int]:
    """Return the certain files that were not moderated in months without a draw, and how many are certain."""
    found, whole = [], 0
    for month, moderated_then in months_without_draw(audit).items():
        files, status = files_now(audit, month), _missing_status(audit, month)
        files = files.assign(sampled=files["case_id"].isin(moderated_then["case_id"]))
        missing, certain = certain_missing(files, audit.value("HLTA.MOD.2", f"{month}-01"))
        whole += certain
        message = "no moderation of it is recorded, though always to be in the sample: {}"
        found += [about(file, status, message.format(why)) for file, why in missing]
    return found, whole


def random_without_draw(audit: Audit) -> Iterator[Statement]:
    """Yield how many passes were moderated in months without a draw; that they were drawn at random nobody can see."""
    for month, moderated_then in months_without_draw(audit).items():
        files, rate = files_now(audit, month), audit.value("HLTA.MOD.3", f"{month}-01")
        ordinary = files.loc[files["reasons"] == "", "case_id"]
        passes = int((files["outcome"] == "met").sum())
        needed, taken = ceil_share(rate, passes), int(ordinary.isin(moderated_then["case_id"]).sum())
        figures = {"value": str(taken), "threshold": str(needed), **month_subject(audit, month)}
        message = f"moderated: {taken} ordinary passes of {passes} files that met the standards"
        if taken < min(needed, len(ordinary)):
            message += f"; expected at least {min(needed, len(ordinary))}"
            yield Statement(status=_missing_status(audit, month), message=message, **figures)
        else:
            why = f"no draw of the month is at hand: whether they were drawn at random cannot be seen; {message}"
            yield not_assessable(why, **figures)


def _missing_status(audit: Audit, month: str) -> Status:
    return "breach" if event_over(audit, month) else "information"


@once
def _with_gaps_only(audit: Audit) -> Tables:
    """Return the tables with the insufficient judgements alone: the others make no file certain, and are many."""
    if not audit.has("judgements", "judgement"):
        return audit.tables
    judgements = audit.tables["judgements"]
    return {**audit.tables, "judgements": judgements[is_word(judgements["judgement"], "insufficient")]}
