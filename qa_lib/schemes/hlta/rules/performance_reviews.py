"""Reviews of assessors' performance, where quality issues are signalled and in the course of a year (HLTA.ASR.9)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, statement_on
from qa_lib.audit.words import count_with_noun
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import day_text, registered
from qa_lib.schemes.hlta.rules.quality_signals import signal_files, signalled, signals_in_words, unseen_signals


@answers("HLTA.ASR.9")
def performance_reviewed(audit: Audit) -> Iterator[Statement]:
    """Warn of assessors of whom something is signalled and who were not reviewed since; show who had no review lately.

    Files after the last review are counted, those of its day as known to it. Where they are enough only with files
    whose day is blank, which may be of before the review, nothing can be told.
    """
    reviews = audit.own("performance_reviews", "assessor_id", "reviewed_on")
    if reviews.empty:
        raise NotAssessable("the table performance_reviews holds no review of the RPA")
    last = reviews.groupby("assessor_id")["reviewed_on"].max()
    undated = set(reviews.loc[reviews["reviewed_on"].isna(), "assessor_id"])
    files, unseen = signal_files(audit)
    since = files["assessor_id"].map(last)
    after = since.isna() | (files["day"] > since)
    signals = signalled(audit, files[after])
    found = [_not_since(person, rows, last, undated) for person, rows in signals.groupby("assessor_id")]
    perhaps = signalled(audit, files[after | files["day"].isna()])["assessor_id"]
    for person in sorted({*perhaps} - {*signals["assessor_id"]}):
        why = "the days of some signalled files are blank, and whether a review came since is not known"
        found.append(not_assessable(why, subject_type="assessor", subject=str(person)))
    if unseen:  # what cannot be seen could stand after a review too
        yield from found
        yield from unseen_signals(audit)
    else:
        whole = signalled(audit, files)["assessor_id"].nunique()
        yield from with_summary(found, whole=whole, what="assessors of whom something is signalled were reviewed since")
    yield from _none_lately(audit, last, undated)


def _not_since(person: object, rows: pd.DataFrame, last: pd.Series, undated: set[str]) -> Statement:
    if person in undated:
        return not_assessable("the day of a review of theirs is blank", subject_type="assessor", subject=str(person))
    reviewed = day_text(last.get(person))
    when = f"since their last review on {reviewed}" if reviewed else "and no review of theirs is recorded"
    message = f"{signals_in_words(rows)} {when}; their performance has to be reviewed"
    return statement_on("assessor", person, "warning", message, value=str(rows["number"].max()), threshold=reviewed)


def _none_lately(audit: Audit, last: pd.Series, undated: set[str]) -> Iterator[Statement]:
    """Show those who are on the register for longer than the months of X.YEARLY and had no review in them (ours)."""
    months = int(audit.value("X.YEARLY")["performance_review"])
    begin = audit.as_of - pd.DateOffset(months=months)
    for person in registered(audit, since=begin)["assessor_id"]:
        if person not in undated and not last.get(person, pd.NaT) >= begin:
            reviewed = day_text(last.get(person))
            message = (
                f"no performance review in {count_with_noun(months, 'month')} up to {day_text(audit.as_of)} (ours)"
            )
            message += f"; the last was on {reviewed}" if reviewed else "; none is recorded"
            yield statement_on("assessor", person, "information", message, value=reviewed)
