"""Initial training in all topics before the first assessment, and development after it (HLTA.ASR.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, all_parts, answers, not_assessable, statement_on
from qa_lib.audit.words import word_forms
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.assessor_facts import assessors_of, day_text, registered

_LOG = ("training", "assessor_id", "stage", "topic", "taken_on")
_LISTS = ("assessors", "assessor_id", "trained")


@answers("HLTA.ASR.3")
def trained_and_developed(audit: Audit) -> Iterator[Statement]:
    """Say whose initial training lacks a topic, or came after an assessment, and who had no development.

    What one RPA of the Partnership has trained holds for all. Whoever assessed in the months must have taken every
    topic by the day of their first assessment in them; that day itself is in time.
    """
    yield from all_parts(_initial(audit), _development(audit))


def _initial(audit: Audit) -> Iterator[Statement]:
    value = audit.value("HLTA.ASR.3")
    topics = [name for name, needed in value.items() if needed == "required"]
    first = audit.files("assessor_id", "assessed_on").groupby("assessor_id")["assessed_on"].min()
    if first.empty:
        yield from with_summary([], whole=0, what=f"assessors with files had all {len(topics)} topics")
        return
    known = _topics(audit, first, topics)
    logged, before = audit.has(*_LOG), value["topics_due"] == "before_first_assessment"
    off = ~known["recorded"] | (
        before & (~(known["taken"] <= known["assessed"]) if logged else known["assessed"].isna())
    )
    found = []
    for name, rows in known[known["assessor_id"].isin(known.loc[off, "assessor_id"])].groupby("assessor_id"):
        found += list(_topics_of(str(name), rows, before=before, logged=logged))
    when = " before they assessed" if before and logged else ""
    yield from with_summary(found, whole=len(first), what=f"assessors with files had all {len(topics)} topics{when}")


def _topics(audit: Audit, first: pd.Series, topics: list[str]) -> pd.DataFrame:
    """Return per assessor and topic whether it is recorded, and the first day on which it was taken.

    Raises
    ------
    NotAssessable
        Where neither the log nor the lists of topics are there.
    """
    if not audit.has(*_LOG) and not audit.has(*_LISTS):
        raise NotAssessable("the data set has no table training and the table assessors no column trained")
    pairs = [(str(name), topic) for name in first.index for topic in topics]
    frame = pd.DataFrame(pairs, columns=["assessor_id", "topic"], dtype="str")
    key = pd.MultiIndex.from_frame(frame)
    frame["assessed"] = frame["assessor_id"].map(first)
    frame["recorded"], frame["taken"], frame["unlisted"] = False, pd.Series(pd.NaT, dtype="datetime64[ns]"), True
    if audit.has(*_LISTS):
        lists = audit.tables["assessors"][list(_LISTS[1:])].dropna()
        listed = lists.assign(topic=lists["trained"].str.split(";")).explode("topic")
        frame["recorded"] = key.isin(_pairs(listed))
        frame["unlisted"] = ~frame["assessor_id"].isin(lists["assessor_id"])
    if audit.has(*_LOG):
        log = audit.tables["training"]
        log = log[log["stage"] == "initial"]
        log = log.assign(topic=word_forms(log["topic"]))
        frame["recorded"] |= key.isin(_pairs(log))
        frame["taken"] = log.groupby(["assessor_id", "topic"])["taken_on"].min().reindex(key).to_numpy()
    return frame


def _pairs(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([rows["assessor_id"], word_forms(rows["topic"])])


def _topics_of(name: str, rows: pd.DataFrame, *, before: bool, logged: bool) -> Iterator[Statement]:
    """Yield what is missing, late or unknown in one assessor's topics."""
    first: Any = rows["assessed"].iloc[0]
    missing, late = rows[~rows["recorded"]], rows[before & (rows["taken"] > first)]
    if len(missing) and not logged and rows["unlisted"].all():
        yield not_assessable("the list of topics trained is blank", subject_type="assessor", subject=name)
        return
    if len(missing):
        message = f"initial training lacks {', '.join(missing['topic'])} although they assess"
        yield statement_on(
            "assessor", name, "breach", message, value=str(len(rows) - len(missing)), threshold=str(len(rows))
        )
    for row in late.itertuples():
        message = f"{row.topic} was taken on {day_text(row.taken)}, after they assessed on {day_text(first)}"
        yield statement_on("assessor", name, "breach", message, value=day_text(row.taken), threshold=day_text(first))
    undated = rows[rows["recorded"] & rows["taken"].isna()]
    if before and logged and len(undated):
        why = f"the log has no day for {', '.join(undated['topic'])}"
        yield not_assessable(why, subject_type="assessor", subject=name)
    elif before and pd.isna(first):
        yield not_assessable("the days of their assessments are blank", subject_type="assessor", subject=name)


def _development(audit: Audit) -> Iterator[Statement]:
    """Yield assessors of whom no development is recorded, and, as information, those whose last is long ago (ours).

    Asked are those who have been on the register for as long as may pass between two (X.YEARLY): the code of practice
    gives no time, so that nothing is overdue before.
    """
    # The log also holds the days of initial training, so its lack is said even where no development is due.
    log = audit.table(*_LOG)
    if audit.value("HLTA.ASR.3")["development_due"] == "not_required":
        return
    months = int(audit.value("X.YEARLY")["development"])
    people = registered(audit, since=audit.as_of - pd.DateOffset(months=months))
    log = log[log["stage"] == "development"]
    if not log["assessor_id"].isin(assessors_of(audit)["assessor_id"]).any():
        raise NotAssessable("the table training holds no development of an assessor of the RPA")
    what = f"assessors who have been on the register for {months} months have development recorded"
    yield from with_summary(_idle(audit, people, log, months), whole=len(people), what=what)


def _idle(audit: Audit, people: pd.DataFrame, log: pd.DataFrame, months: int) -> Iterator[Statement]:
    last = log.groupby("assessor_id")["taken_on"].max()
    undated = set(log.loc[log["taken_on"].isna(), "assessor_id"])
    for name, started in zip(people["assessor_id"], people["started_on"], strict=True):
        about: dict[str, Any] = {"subject_type": "assessor", "subject": str(name)}
        taken = last.get(name, pd.NaT)
        if taken >= audit.as_of - pd.DateOffset(months=months):
            continue
        if name in undated:
            yield not_assessable("the day of their development is blank", **about)
        elif pd.notna(taken):
            message = f"their last development, on {day_text(taken)}, is more than {months} months ago (ours)"
            yield Statement(status="information", message=message, value=day_text(taken), **about)
        elif pd.isna(started):
            yield not_assessable("no development is recorded, and since when they assess is blank", **about)
        else:
            message = f"no development is recorded, though they assess since {day_text(started)}"
            yield Statement(status="breach", message=message, value="0", threshold="1", **about)
