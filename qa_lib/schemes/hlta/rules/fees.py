"""Fees: the national one is not deviated from (HLTA.PAR.2); contact, fee and charges are published (HLTA.PAR.4)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable
from qa_lib.audit.deadlines import Deadline
from qa_lib.audit.words import blank, count_with_noun, exact
from qa_lib.errors import RuleNotInForce
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.published import days_judged, in_force, published


@answers("HLTA.PAR.2")
def national_fee_charged(audit: Audit) -> Iterator[Statement]:
    """Hold the fee of each file, and the published one, against the national fee; regional charges stand apart."""
    yield from all_parts(_files(audit), _charges(audit), _page(audit))


def _files(audit: Audit) -> Iterator[Statement]:
    """Hold the files' fees against the fee of the day of registration; without one, of the month's first day."""
    files = audit.files("fee")
    days = pd.to_datetime(files["month"] + "-01")
    if "registered_on" in files.columns:
        days = files["registered_on"].fillna(days)
    national = days.map({day: _national(audit, day) for day in days.unique()})
    unknown = national.isna()
    if len(files) and unknown.all():
        raise NotAssessable("the rule book has no national fee, and the run gives none")
    what = "files were charged the national fee"
    yield from with_summary(_other(files, national, unknown), whole=len(files), what=what)


def _other(files: pd.DataFrame, national: pd.Series, unknown: pd.Series) -> Iterator[Statement]:
    nothing = blank(files["fee"])
    yield from blanks(files[nothing & ~unknown], "case_id", "file", "no fee is recorded")
    yield from blanks(files[unknown], "case_id", "file", "there is no national fee for the day of registration")
    known = files[~nothing & ~unknown]
    for file, fee, expected in zip(known["case_id"], known["fee"], national[known.index], strict=True):
        if exact(fee) != expected:
            message = f"a fee of {fee} pounds; the national fee is {pounds(expected)}"
            figures = {"value": str(fee), "threshold": pounds(expected)}
            yield Statement(status="breach", subject_type="file", subject=str(file), message=message, **figures)


def _national(audit: Audit, day: pd.Timestamp) -> Fraction | None:
    try:
        fee = audit.value("HLTA.PAR.2", day).get("fee")
    except RuleNotInForce:
        fee = None
    return audit.national_fee if fee is None else fee


def pounds(amount: Fraction) -> str:
    """Return an amount with pence.

    Examples
    --------
    >>> pounds(Fraction(495)), pounds(Fraction("60.5"))
    ('495.00', '60.50')
    """
    return f"{int(amount)}.{int(amount * 100) % 100:02d}"


def _charges(audit: Audit) -> Iterator[Statement]:
    if not audit.has("cases", "charges"):
        return
    charges = [amount for cell in audit.files("charges")["charges"] if (amount := exact(cell))]
    if charges:
        bear = count_with_noun(len(charges), "file bears", "files bear")
        message = f"{bear} regional charges beside the fee, {pounds(min(charges))}"
        message += f" to {pounds(max(charges))} pounds" if min(charges) < max(charges) else " pounds"
        yield Statement(status="information", message=message, value=str(len(charges)))


def _page(audit: Audit) -> Iterator[Statement]:
    """Hold each fee that was published in the months against the national fee on the last of its days in them."""
    rows, days = audit.own("publications", "item", "published_on", "amount"), days_judged(audit)
    for position in rows.index[rows["item"] == "fee"]:
        row = rows.loc[[position]]
        shown = days[in_force(row, days)]
        if shown.empty:
            continue
        fee, expected, since = row["amount"].iloc[0], _national(audit, shown[-1]), row["published_on"].iloc[0].date()
        if pd.isna(fee):
            yield not_assessable(f"the fee published on {since} has no amount")
        elif expected is None:
            continue  # said of the files
        elif exact(fee) != expected:
            message = f"the fee published on {since} is {fee} pounds; the national fee is {pounds(expected)}"
            yield Statement(status="breach", message=message, value=str(fee), threshold=pounds(expected))


@answers("HLTA.PAR.4")
def fees_published(audit: Audit) -> Iterator[Statement]:
    """Look for contact, fee and charges on the website on every day, and for a review of the fee in every year."""
    yield from all_parts(_item(audit, "contact"), _item(audit, "fee"), _item(audit, "charges"), _reviewed(audit))


def _item(audit: Audit, item: str) -> Iterator[Statement]:
    names = {"contact": "the named contact", "fee": "the fee", "charges": "the charges"}
    statement = published(audit, item, names[item])
    if item == "charges" and statement.status == "breach" and _without_charges(audit):
        statement = Statement(
            status="information", message="no file bears a regional charge, so there is none to publish"
        )
    yield statement


def _without_charges(audit: Audit) -> bool:
    """Say whether every file of the months is known to bear no charge."""
    if not audit.has("cases", "charges"):
        return False
    charges = [exact(cell) for cell in audit.files("charges")["charges"]]
    return bool(charges) and all(charge == 0 for charge in charges)


def _reviewed(audit: Audit) -> Iterator[Statement]:
    """Count the months from each review, or the first publication, to the next; the day itself is in time."""
    fee = audit.own("publications", "item", "published_on", "reviewed_on")
    fee, days = fee[fee["item"] == "fee"], days_judged(audit)
    deadline = Deadline.from_rule(audit.book["HLTA.PAR.4"], audit.value("HLTA.PAR.4"))
    reviews = set(fee["reviewed_on"].dropna())
    begun = {*reviews, *fee["published_on"].dropna().nsmallest(1)}
    if days.empty or not begun or min(begun) > days[-1]:
        raise NotAssessable("no fee is published, so that no review of it shows")
    after = days[-1] + pd.Timedelta(days=1)
    figures: dict[str, Any] = {"threshold": str(deadline)}
    for last, following in reversed(list(pairwise([*sorted(begun), after]))):
        due = deadline.due(last)
        if max(due + pd.Timedelta(days=1), days[0]) <= min(following, days[-1]):
            since = f"last reviewed on {last.date()}" if last in reviews else f"first published on {last.date()}"
            then = f", then reviewed on {following.date()}" if following in reviews else " and not reviewed since"
            message = f"the fee was {since}{then}; a review was due by {due.date()}"
            yield Statement(status="breach", message=message, value=str(last.date()), **figures)
            return
    latest = max(day for day in begun if day <= days[-1])
    what = "reviewed" if latest in reviews else "first published"
    yield Statement(status="met", message=f"the fee was {what} on {latest.date()}", value=str(latest.date()), **figures)
