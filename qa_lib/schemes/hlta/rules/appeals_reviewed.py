"""Working together in appeals, and how often their procedures are looked at (HLTA.APP.4)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers
from qa_lib.audit.deadlines import Deadline
from qa_lib.audit.words import is_word, met, out_of
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.rules.published import days_judged

#: Word of the table ``appeals_reviews`` -> what is looked at.
_LOOKED_AT = {
    "appeals_procedure": "how the RPA's appeals procedures work",
    "referral_process": "how appeals are referred to the Partnership",
}


@answers("HLTA.APP.4")
def appeals_reviewed(audit: Audit) -> Iterator[Statement]:
    """Look for the days of collaboration and of reviews in the months before; none is information (ours)."""
    yield from all_parts(_collaboration(audit), *(_reviews(audit, procedure) for procedure in _LOOKED_AT))


def _recent(audit: Audit, days: pd.Series) -> pd.Series:
    """Say which days lie in the months that the rule names, counted back from the last day that is judged."""
    deadline, last = _span(audit), _last_day(audit)
    reaching = pd.to_datetime(days.map(deadline.due, na_action="ignore"))
    recent: pd.Series = (days <= last) & (reaching >= last)
    return recent


def _span(audit: Audit) -> Deadline:
    return Deadline.from_rule(audit.book["HLTA.APP.4"], audit.value("HLTA.APP.4"))


def _last_day(audit: Audit) -> pd.Timestamp:
    return max(days_judged(audit), default=audit.as_of)


def _collaboration(audit: Audit) -> Iterator[Statement]:
    """Count the recent appeals in which another RPA took part; a panel of the Partnership is of other RPAs."""
    appeals = audit.own("appeals", "received_on", "collaborated_on")
    appeals = appeals[_recent(audit, appeals["received_on"])]
    together = appeals["collaborated_on"].notna()
    if "panel_on" in appeals.columns:
        together |= appeals["panel_on"].notna()
    span = f"in the {_span(audit)} to {_last_day(audit).date()}"
    if appeals.empty:
        yield Statement(status="information", message=f"nothing to look at: 0 appeals received {span}")
        return
    shared = int(together.sum())
    message = f"{out_of(shared, len(appeals))} appeals received {span} have a day on which other RPAs took part"
    figures = {"value": str(shared), "threshold": str(len(appeals))}
    yield Statement(status=met(shared == len(appeals), "information"), message=message, **figures)


def _reviews(audit: Audit, procedure: str) -> Iterator[Statement]:
    """Say when a procedure was last looked at: the RPA's own by itself, that of the Partnership by any RPA."""
    of_all = procedure == "referral_process"
    reviews = (audit.table if of_all else audit.own)("appeals_reviews", "procedure", "reviewed_on")
    days = reviews.loc[is_word(reviews["procedure"], procedure), "reviewed_on"]
    recent, span = days[_recent(audit, days)], _span(audit)
    if recent.empty:
        message = f"no review of {_LOOKED_AT[procedure]} is recorded in the {span} to {_last_day(audit).date()}"
        yield Statement(status="information", message=message, threshold=str(span))
    else:
        last = str(recent.max().date())
        message = f"{_LOOKED_AT[procedure]} was last reviewed on {last}"
        yield Statement(status="met", message=message, value=last, threshold=str(span))
