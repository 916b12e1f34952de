"""How candidates were prepared: its length (HLTA.PREP.3), its evidence (HLTA.PREP.5), its checks (HLTA.PREP.6)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable
from qa_lib.audit.words import blank, decimal_text, exact
from qa_lib.schemes.hlta.audit import Audit, blanks
from qa_lib.schemes.hlta.rules.file_days import Order, about, by_month, in_order, over

#: Which severity of HLTA.PREP.6 -> the days that it is about.
_CHECKS = {
    "standard_11_verified": Order(
        first="standard11_verified_on",
        then="assessed_on",
        done="standard 11 was verified",
        held="the candidate was assessed",
        what="files had standard 11 verified when they were assessed",
    ),
    "level_2_checked_in_first_session": Order(
        first="level2_checked_on",
        then="first_session_on",
        done="Level 2 evidence was checked",
        held="the first session was held",
        what="files had Level 2 evidence checked by the end of the first session",
    ),
    "registered_by_second_session": Order(
        first="registered_on",
        then="second_session_on",
        done="the candidate registered",
        held="the second session was held",
        what="files were registered by the end of the second session",
    ),
}


@answers("HLTA.PREP.3")
def three_days_of_preparation(audit: Audit) -> Iterator[Statement]:
    """Look for preparation shorter than three days, and for more that is not set apart."""
    what = f"files had the equivalent of {audit.value('HLTA.PREP.3')} days of preparation"
    yield from over(by_month(audit, "HLTA.PREP.3", "preparation_days"), _length, what=what)


def _length(files: pd.DataFrame, expected: int) -> Iterator[Statement]:
    nothing = blank(files["preparation_days"])
    yield from blanks(files[nothing], "case_id", "file", "the days of preparation are blank")
    for row in files[~nothing].to_dict("records"):
        days = exact(row["preparation_days"])
        if days is None or days == expected:
            continue
        file, apart = str(row["case_id"]), row.get("preparation_set_apart")
        message = f"{decimal_text(days)} days of preparation; expected the equivalent of {expected}"
        if days > expected and (apart is None or pd.isna(apart)):
            whole = f"{decimal_text(days)} days of preparation"
            why = f"{whole}, and whether what goes beyond {expected} is set apart is blank"
            yield not_assessable(why, subject_type="file", subject=file)
        elif days < expected or not apart:
            message += ", with anything longer clearly set apart" if days > expected else ""
            yield about(file, "warning", message, value=decimal_text(days), threshold=str(expected))


@answers("HLTA.PREP.5")
def evidence_of_twelve_months(audit: Audit) -> Iterator[Statement]:
    """Count calendar months back from the day of assessment; the oldest evidence may be of that very day."""
    what = f"files rest on evidence of the last {audit.value('HLTA.PREP.5')} months"
    yield from over(by_month(audit, "HLTA.PREP.5", "evidence_from", "assessed_on"), _old, what=what)


def _old(files: pd.DataFrame, months: int) -> Iterator[Statement]:
    oldest, assessed = files["evidence_from"], files["assessed_on"]
    # Where the month is too short for the day, its last day counts: twelve months before 29 February is 28 February.
    limit = assessed - pd.DateOffset(months=months)
    yield from blanks(files[assessed.isna()], "case_id", "file", "no day of assessment is recorded")
    yield from blanks(
        files[oldest.isna() & assessed.notna()], "case_id", "file", "no day of the oldest evidence is recorded"
    )
    for row in files.assign(limit=limit)[oldest < limit].to_dict("records"):
        first, earliest, day = (row[name].date() for name in ("evidence_from", "limit", "assessed_on"))
        message = f"the oldest evidence is of {first}; {months} months before the assessment of {day} is {earliest}"
        yield about(row["case_id"], "warning", message, value=str(first), threshold=f"on or after {earliest}")


@answers("HLTA.PREP.6")
def checks_during_preparation(audit: Audit) -> Iterator[Statement]:
    """Look for standard 11, Level 2 evidence and registration that were not seen to in time, each as severe as it is.

    Earlier is in time, and so is the day itself.
    """
    yield from all_parts(
        *(in_order(audit, "HLTA.PREP.6", order, severity=severity) for severity, order in _CHECKS.items())
    )
