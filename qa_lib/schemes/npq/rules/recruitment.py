"""Recruitment: to target, from schools with many free school meals, not white British (NPQ.M1, NPQ.M2, NPQ.M3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once
from qa_lib.audit.words import count_with_noun, decimal_text, exact, is_word, met, out_of, percent
from qa_lib.errors import first_few
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.readers.school_files import HIGH, school_shares, with_schools
from qa_lib.schemes.npq.rules.characteristics import unread_words
from qa_lib.schemes.npq.rules.recruited_people import COLUMNS, count_once
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.tables.open_words import known_words

#: Columns of who is not counted as recruited.
LEFT_OUT = ["participant_id", "level", "year", "why_not"]
_ETHNICITY = TABLES["participants"].column("ethnicity")
_DECIDES = {"published_percentage": "published percentage", "exact_counts": "counts"}
_NAMED = 12
#: Why what was recruited so far is not held against the target of the whole period.
NOT_OVER = "the year is not over"
#: Ethnic groups of which nobody can tell whether they are white British.
_UNTOLD = ["White"]


@once
def counted(audit: Audit) -> pd.DataFrame:
    """Return all participants of the provider with ``why_not`` they are not counted, blank where they are."""
    people = audit.table("participants", *COLUMNS)
    return count_once(people, as_of=audit.as_of, enrolled_again=audit.value("NPQ.M1")["enrolled_again"])


@once
def recruited(audit: Audit) -> pd.DataFrame:
    """Return who is recruited in the period."""
    people = counted(audit)
    return people[(people["why_not"] == "") & (people["year"] == audit.period)].reset_index(drop=True)


@answers("NPQ.M1")
def recruited_to_target(audit: Audit) -> Iterator[Statement]:
    """Hold the number recruited in the period against its target, per level; say who is left out and why.

    A target that is reached stays reached; one that is not may be until the period is over.
    """
    people = recruited(audit)
    least = audit.value("NPQ.M1")["least"]
    targets = _targets(audit, "M1")
    for level in audit.levels:
        own = people[people["level"] == level]
        n, doubtful = len(own), int(own["doubtful"].sum())
        figure: dict[str, Any] = {"level": level, "measure": "recruited, of the target number", "numerator": n}
        target = targets.get(level)
        if target is None or target <= 0:
            why = (
                f"no target is given for {audit.period}" if target is None else f"the target is {decimal_text(target)}"
            )
            yield not_assessable(f"{why}; {n} recruited", value=str(n), **figure)
            continue
        rate = n / target
        figure |= {"denominator": target, "rate": rate, "target": least}
        message = f"{n} recruited in {audit.period} against a target of {decimal_text(target)}"
        if rate >= least and (n - doubtful) / target < least:
            why = f"whether they deliver or were counted before does not show of {doubtful} of those recruited"
            yield not_assessable(f"{why}, and decides; {message}", **figure)
            continue
        if rate < least and not audit.period_is_over:
            yield not_assessable(f"{NOT_OVER}; {message}{_blanks(doubtful)}", **figure)
            continue
        yield Statement(status=met(rate >= least), message=message + _blanks(doubtful), **figure)
    yield from _counted_elsewhere(people)
    yield from _not_counted(audit)


def _counted_elsewhere(people: pd.DataFrame) -> Iterator[Statement]:
    for level, rows in people[people["earlier"]].groupby("level"):
        message = (
            f"{len(rows)} of those recruited made an attempt at this level before that is in no row of the provider: "
            "it may have been counted elsewhere, and nobody is taken out for it"
        )
        yield Statement(status="information", message=message, value=str(len(rows)), level=str(level))


def _blanks(doubtful: int) -> str:
    return f"; whether they deliver or were counted before does not show of {doubtful} of them" if doubtful else ""


def left_out(audit: Audit) -> pd.DataFrame:
    """Return who is not counted as recruited in the period: ``participant_id, level, year, why_not``.

    Empty where the columns are missing that would tell; the findings of NPQ.M1 say which.
    """
    return made_or_empty(_left_out, audit, dict.fromkeys(LEFT_OUT, "str"))


def _left_out(audit: Audit) -> pd.DataFrame:
    people = counted(audit)
    here = (people["year"] == audit.period) | people["year"].isna()
    out = people.loc[here & (people["why_not"] != ""), LEFT_OUT]
    return out.sort_values("participant_id", ignore_index=True)


def _not_counted(audit: Audit) -> Iterator[Statement]:
    for (level, why), rows in _left_out(audit).groupby(["level", "why_not"]):
        message = f"{len(rows)} row{'s' if len(rows) > 1 else ''} not counted as recruited: {why}"
        yield Statement(status="information", message=message, value=str(len(rows)), level=str(level))


@answers("NPQ.M2")
def from_schools_with_free_meals(audit: Audit) -> Iterator[Statement]:
    """Hold the share of all recruited from schools with 30 % free school meals against the target, per level."""
    value = audit.value("NPQ.M2")
    people = recruited(audit)
    schools = audit.table("schools", "urn")
    if "fsm_percent" not in schools.columns or value["share"] == "exact_counts":
        audit.table("schools", "pupils", "fsm_pupils")
    audit.table("participants", "school_urn")
    joined = with_free_meals(audit, people)
    side = joined["fsm_30"]
    targets = _targets(audit, "M2")
    first, reading = value["first_year_with_target"], {"only_known": value["school_not_found"] == "left_out"}
    if _too_early(audit, first, bool(targets)):
        message = f"not applicable: targets start in year {first}, and this is year {audit.operating_year}"
        targets, reading = {}, {"not_yet": message}
    yield from _shares(audit, joined, is_word(side, HIGH), side.notna(), targets, metric="M2", **reading)
    yield from _shares_that_disagree(audit, people, value)


def with_free_meals(audit: Audit, people: pd.DataFrame) -> pd.DataFrame:
    """Return people with what is known of their school, its share of free school meals as NPQ.M2 reads it."""
    value = audit.value("NPQ.M2")
    return with_schools(
        people, audit.tables.get("schools"), threshold=value["free_school_meals"],
        published=value["share"] == "published_percentage",
    )  # fmt: skip


def _shares_that_disagree(audit: Audit, people: pd.DataFrame, value: Mapping[str, Any]) -> Iterator[Statement]:
    """Name the schools that the published percentage and the counts put on different sides of the threshold."""
    schools = audit.table("schools")
    theirs = schools[schools["urn"].isin(people["school_urn"])]
    shares = school_shares(theirs, threshold=value["free_school_meals"])
    torn = theirs[(shares["by_percentage"] != shares["by_counts"]).fillna(False).astype(bool)].sort_values("urn")
    if torn.empty:
        return
    told = [
        f"{row['urn']} ({row['fsm_percent']} % published, {row['fsm_pupils']} of {row['pupils']} counted)"
        for row in torn.to_dict("records")
    ]
    message = (
        f"of {count_with_noun(len(torn), 'school')} the published percentage and the counts lie on different sides of "
        f"{percent(value['free_school_meals'])}: {first_few(told, _NAMED)}; decided by the {_DECIDES[value['share']]}"
    )
    yield Statement(status="information", message=message, value=str(len(torn)))


def _too_early(audit: Audit, first: int, any_target: bool) -> bool:
    """Say whether targets have not started. One that was allocated has, wherever the data set begins."""
    if audit.operating_year is None and not any_target:
        raise NotAssessable(
            "the data do not tell which year of the provider this is, and no target is given; "
            "targets start in year " + str(first)
        )
    return not any_target and audit.operating_year is not None and audit.operating_year < first


@answers("NPQ.M3")
def not_white_british(audit: Audit) -> Iterator[Statement]:
    """Hold the share of all recruited who do not identify as white British against the target, per level."""
    people = recruited(audit)
    audit.table("participants", "ethnicity")
    british = white_british(people["ethnicity"])
    left_out = audit.value("NPQ.M3") == "unknown_left_out"
    other = british.eq(False).fillna(False).astype(bool)
    yield from _shares(audit, people, other, british.notna(), _targets(audit, "M3"), only_known=left_out, metric="M3")
    yield from unread_words(audit, people["ethnicity"], _ETHNICITY)


def white_british(ethnicity: pd.Series) -> pd.Series:
    """Say who identifies as white British; missing where that is not known.

    Labels and codes are read as :mod:`qa_lib.schemes.npq.words` has them. Blank, *prefer not to say*, *White* alone and
    words that are none of the list are not known.

    Examples
    --------
    >>> import pandas as pd
    >>> white_british(pd.Series(["White - British", "Any other White background", "White", None])).tolist()
    [True, False, <NA>, <NA>]
    """
    groups = known_words(ethnicity, _ETHNICITY)
    groups = groups.mask(groups.isin(_UNTOLD))
    return (groups == "White British").astype("boolean").mask(groups.isna())


_MEASURES = {
    "M2": ("from schools with many free school meals, of all recruited", "whose school or its counts are not found"),
    "M3": ("not white British, of all recruited", "whose ethnicity is not known"),
}


def _shares(
    audit: Audit,
    people: pd.DataFrame,
    hit: pd.Series,
    known: pd.Series,
    targets: dict[str, Fraction],
    *,
    metric: str,
    only_known: bool = False,
    not_yet: str = "",
) -> Iterator[Statement]:
    """Yield one share of the recruited per level, with the share of the known beside it."""
    measure, unknown_words = _MEASURES[metric]
    for level in audit.levels:
        own = people["level"] == level
        everybody, matched, k = (int(column[own].sum()) for column in (own, known, hit))
        n = matched if only_known else everybody
        beside = f"of those known: {out_of(k, matched)}; {everybody - matched} {unknown_words}"
        rate = Fraction(k, n) if n else None
        figure: dict[str, Any] = {"level": level, "measure": measure, "numerator": k, "denominator": n, "rate": rate}
        figure["beside"] = beside
        target = targets.get(level)
        message = f"{out_of(k, n)} recruited in {audit.period}; {beside}"
        if not n:
            yield not_assessable(f"nobody was recruited in {audit.period}", **figure)
        elif not_yet:
            yield Statement(status="information", message=f"{not_yet}; {message}", **figure)
        elif target is None:
            yield not_assessable(f"no target is given for {audit.period}; {message}", **figure)
        elif not 0 <= target <= 1:
            why = f"the target is {decimal_text(target)}; expected a share from 0 to 1; {message}"
            yield not_assessable(why, **figure)
        elif not matched:
            yield not_assessable(f"of nobody it is known; {message}", **figure, target=target)
        elif not audit.period_is_over:
            yield not_assessable(f"{NOT_OVER}; {message}", **figure, target=target)
        else:
            yield Statement(status=met(Fraction(k, n) >= target), message=message, target=target, **figure)


def _targets(audit: Audit, metric: str) -> dict[str, Fraction]:
    """Return the targets of the period, by level."""
    table = audit.table("targets", "level", "year", "metric", "target")
    own = table[(table["metric"] == metric) & (table["year"] == audit.period)]
    numbers = {str(row["level"]): exact(row["target"]) for row in own.to_dict("records")}
    return {level: number for level, number in numbers.items() if number is not None}
