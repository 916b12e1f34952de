"""What a programme and its provider have in place, by their own registers (NPQ.REQ.11, 12, 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, statement_on
from qa_lib.audit.words import count_with_noun
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.tables import TABLES

#: The level whose participants are placed in another school.
PLACED = "NPQH"
_PARTS = TABLES["provision"].column("part").options
_DECLARED = TABLES["declarations"].column("item").options


@answers("NPQ.REQ.11")
def every_part_of_provision(audit: Audit) -> Iterator[Statement]:
    """Look for each part of a provision at each level; one that participants do not have is a breach."""
    table = audit.table("provision", "level", "part", "in_place")
    for level in audit.levels:
        rows = table[table["level"] == level]
        blank = [part for part in _PARTS if part in set(rows.loc[rows["in_place"].isna(), "part"])]
        provided = set(rows.loc[rows["in_place"].fillna(False), "part"])
        lacking = [part for part in _PARTS if part not in provided and part not in blank]
        figure: dict[str, Any] = {"level": level, "threshold": str(len(_PARTS))}
        if rows.empty:
            yield not_assessable("no part of the provision is listed", **figure)
            continue
        if lacking:
            yield Statement(status="breach", message=f"not provided: {', '.join(lacking)}", **figure)
        if blank:
            yield not_assessable(f"whether it is provided is blank for {', '.join(blank)}", **figure)
        if not lacking and not blank:
            yield Statement(status="met", message=f"all {len(_PARTS)} parts are provided", **figure)


@answers("NPQ.REQ.12")
def suitable_venues(audit: Audit) -> Iterator[Statement]:
    """Look for suitable venues at each level, and for placement schools at NPQH.

    How many are enough the framework does not say: they are counted. None at all is a breach, and so is one that is
    known not to be suitable.
    """
    table = audit.table("venues", "venue_id", "kind", "suitable", "level")
    if table.empty:
        raise NotAssessable("no venue is listed")
    for venue in table.loc[table["suitable"].eq(False).fillna(False), "venue_id"].sort_values():
        yield statement_on("venue", venue, "breach", "is not well placed, fit for its purpose and worth its price")
    for level in audit.levels:
        own = table[table["level"].isna() | (table["level"] == level)]
        unclear = int(own["kind"].isna().sum())
        kinds = ("venue", "placement school") if level == PLACED else ("venue",)
        for kind in kinds:
            rows = own[own["kind"] == kind]
            suitable, blank = int(rows["suitable"].fillna(False).sum()), int(rows["suitable"].isna().sum())
            message = f"{count_with_noun(suitable, f'suitable {kind}')}"
            message += f"; of {blank} it is blank whether they are" if blank else ""
            message += f"; of {unclear} it is blank what they are" if unclear else ""
            if suitable or not blank + unclear:
                status = "met" if suitable else "breach"
                yield Statement(status=status, message=message, level=level, value=str(suitable), threshold="1")  # type: ignore[arg-type]
            else:
                yield not_assessable(f"what is blank decides; {message}", level=level)


@answers("NPQ.REQ.14")
def participants_comment_throughout(audit: Audit) -> Iterator[Statement]:
    """Look for a round of comments before the final one, of each cohort whose programme is over."""
    rounds = audit.table("comment_rounds", "level", "cohort", "kind", "held_on")
    ends = _ends_of_cohorts(audit, rounds)
    if not audit.has("delivery", "level", "cohort", "designed_to"):
        lacking = "last days of delivery (table delivery: level, cohort, designed_to) are not in the data"
        yield not_assessable(f"{lacking}, so cohorts without a final round do not show")
    elif not ends:
        raise NotAssessable("no cohort with a final round, or with a last day of delivery that has passed, is listed")
    for (level, cohort), end in sorted(ends.items()):
        own = rounds[(rounds["level"] == level) & (rounds["cohort"] == cohort) & (rounds["kind"] == "during")]
        before = int((own["held_on"] < end).sum())
        undated = int(own["held_on"].isna().sum())
        about: dict[str, Any] = {"subject_type": "cohort", "subject": f"{audit.provider} {level} {cohort}"}
        figure = {**about, "value": str(before), "threshold": "1"}
        if not before and undated:
            yield not_assessable(f"the day of {count_with_noun(undated, 'round')} is blank", **about)
            continue
        status: Any = "met" if before else "warning"
        message = f"{count_with_noun(before, 'round')} of comments before the end on {end.date()}"
        yield Statement(status=status, message=message, **figure)


def _ends_of_cohorts(audit: Audit, rounds: pd.DataFrame) -> dict[Any, pd.Timestamp]:
    """Return when participants commented for the last time: at the final round, or by the last day of delivery."""
    ends: dict[Any, pd.Timestamp] = {}
    if audit.has("delivery", "level", "cohort", "designed_to"):
        delivered = audit.tables["delivery"].dropna(subset=["level", "cohort", "designed_to"])
        over = delivered[delivered["designed_to"] <= audit.as_of]
        ends |= over.groupby(["level", "cohort"])["designed_to"].max().to_dict()
    final = rounds[rounds["kind"] == "final"].dropna(subset=["held_on"])
    return ends | final.groupby(["level", "cohort"])["held_on"].max().to_dict()


@answers("NPQ.REQ.15")
def declared_of_itself(audit: Audit) -> Iterator[Statement]:
    """Look for what a provider declares: that branding follows the guidance, that the lead school has its role."""
    table = audit.table("declarations", "item", "in_place")
    for item in _DECLARED:
        rows = table[table["item"] == item]
        about = {"subject_type": "declaration", "subject": f"{audit.provider} {item}"}
        if rows.empty or rows["in_place"].isna().any():
            yield not_assessable("nothing is declared", **about)
        elif not rows["in_place"].all():
            yield Statement(status="breach", message="is not so, by the provider's own word", **about)
        elif "evidence" not in rows.columns or rows["evidence"].isna().any():
            yield not_assessable("is so, by the provider's own word, and where the evidence is is blank", **about)
        else:
            yield Statement(status="met", message=f"is so; evidence: {rows['evidence'].iloc[0]}", **about)
