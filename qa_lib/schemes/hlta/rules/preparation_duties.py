"""What PoPs owe the RPA during preparation, and what candidates and PoPs are owed (HLTA.PREP.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.feedback_given import entries, untold
from qa_lib.schemes.hlta.rules.file_days import Order, about, by_month, in_order, not_yes, over

_RULE = "HLTA.PREP.8"
#: The days on which evidence of Level 2 came in are those of its copies.
_COPIES = tuple(
    Order(
        first=f"l2_{column}_submitted_on",
        then="final_session_on",
        done=f"the copy of Level 2 {subject} reached the RPA",
        held="the final session was held",
        what=f"files had the copy of Level 2 {subject} with the RPA well before the final session",
    )
    for column, subject in (("english", "English"), ("maths", "mathematics"))
)
#: Which severity of the rule -> what a candidate was owed by the day of the assessment.
_OWED = {
    "form_for_standard_11_missing": Order(
        first="standard11_form_on",
        then="assessed_on",
        done="the candidate got the form and guidance for standard 11",
        held="the candidate was assessed",
        what="candidates had the form and guidance for standard 11 when they were assessed",
    ),
    "payment_first_untold": Order(
        first="payment_told_on",
        then="assessed_on",
        done="the candidate was told that nothing is assessed or released before payment",
        held="the candidate was assessed",
        what="candidates knew when they were assessed that nothing is assessed or released before payment",
    ),
}
#: Subject of the feedback log -> which severity of the rule, what was not told, and what is in order.
_TOLD = {
    "registration": (
        "mistake_or_change_unreported",
        "a mistake or a change in a registration",
        "mistakes and changes in registrations were reported to the RPA",
    ),
    "level_2": (
        "level_2_first_untold",
        "that Level 2 has to be met first",
        "candidates without Level 2 were told to meet it first",
    ),
}


@answers(_RULE)
def owed_in_preparation(audit: Audit) -> Iterator[Statement]:
    """Look for copies that came late or unsigned, and for what was not given, told or reported."""
    yield from all_parts(
        *(
            in_order(audit, _RULE, order, severity="copy_after_final_session", beside=_close(order))
            for order in _COPIES
        ),
        _signed(audit),
        *(in_order(audit, _RULE, order, severity=severity) for severity, order in _OWED.items()),
        *(_to_pops(audit, order, severity) for severity, order in _OWED.items()),
        *(_told(audit, subject) for subject in _TOLD),
    )


def _close(order: Order) -> Callable[[pd.DataFrame, Any], Iterator[Statement]]:
    """Return what looks for copies that came in time, and yet too close to the final session."""

    def close(files: pd.DataFrame, value: Mapping[str, Any]) -> Iterator[Statement]:
        least = value["days_before_final_session"]
        days = (files[order.then] - files[order.first]).dt.days
        for row in files.assign(days=days)[(days >= 0) & (days < least)].to_dict("records"):
            came, held = row[order.first].date(), row[order.then].date()
            message = f"{order.done} on {came}, {row['days']:g} days before the final session of {held}; "
            message += f"expected {least} or more"
            figures = {"value": f"{row['days']:g}", "threshold": str(least)}
            yield about(row["case_id"], value["copy_close_to_final_session"], message, **figures)

    return close


def _signed(audit: Audit) -> Iterator[Statement]:
    def unsigned(files: pd.DataFrame, value: Mapping[str, Any]) -> Iterator[Statement]:
        no = "the copies of the Level 2 evidence came without a signed verification"
        return not_yes(files, "l2_copies_signed", no=no, status=value["copy_unsigned"])

    what = "files had copies of the Level 2 evidence that were signed as exact"
    yield from over(by_month(audit, _RULE, "l2_copies_signed"), unsigned, what=what)


def _to_pops(audit: Audit, order: Order, severity: str) -> Iterator[Statement]:
    """Ask of each PoP what its candidates are owed too, by the first assessment of one of them in the months."""
    to_pop = replace(
        order,
        whose="PoP",
        key="pop_id",
        done=order.done.replace("the candidate", "the PoP"),
        held="a candidate of it was assessed",
        what=order.what.replace("candidates", "PoPs").replace("they were", "a candidate of theirs was"),
    )
    files = audit.files("pop_id", order.then).sort_values([order.then, "month"])
    first = files.groupby("pop_id", as_index=False)[["month", order.then]].first()
    told = audit.own("pops", "pop_id", order.first)[["pop_id", order.first]]
    rows = first.merge(told, on="pop_id", how="left", validate="one_to_one", indicator=True)
    listed = rows["_merge"] == "both"
    yield from in_order(audit, _RULE, to_pop, severity=severity, rows=rows[listed])
    yield from blanks(rows[~listed], "pop_id", "PoP", "the table pops does not list the PoP")


def _told(audit: Audit, subject: str) -> Iterator[Statement]:
    """Look for entries of the log that did not reach whom they had to reach."""
    severity, what, fine = _TOLD[subject]
    log = entries(audit, subject)
    found = untold(audit, log, what, status=audit.value(_RULE)[severity])
    yield from with_summary(found, whole=len(log), what=fine)
