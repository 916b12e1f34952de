"""Recruitment: to target, from schools with many free school meals, not white British (NPQ.M1, NPQ.M2, NPQ.M3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.schemes.answering import NotAssessable, exact, is_word, met, of, once, plain
from qa_lib.schemes.npq.case import Case, Said, answers, not_assessable
from qa_lib.schemes.npq.eligible import COLUMNS, count_once
from qa_lib.schemes.npq.schools import HIGH, with_schools

_WHITE_BRITISH = {
    *("whitebritish", "britishwhite", "wbri", "whiteenglishwelshscottishnorthernirishbritish"),
    *("whiteenglishwelshscottishnorthernirishorbritish", "englishwelshscottishnorthernirishorbritish"),
}
# "White" alone does not say whether British.
_UNKNOWN = {
    *("", "unknown", "notknown", "notstated", "notsaid", "notprovided", "notdeclared", "undeclared", "refused", "refu"),
    *("prefernottosay", "prefersnottosay", "nobt", "notobtained", "informationnotyetobtained", "withheld", "white"),
}


@once
def counted(case: Case) -> pd.DataFrame:
    """Return all participants of the provider with ``why_not`` they are not counted, blank where they are."""
    people = case.table("participants", *COLUMNS)
    return count_once(people, as_of=case.as_of, enrolled_again=case.value("NPQ.M1")["enrolled_again"])


@once
def recruited(case: Case) -> pd.DataFrame:
    """Return who is recruited in the period."""
    people = counted(case)
    return people[(people["why_not"] == "") & (people["year"] == case.period)].reset_index(drop=True)


@answers("NPQ.M1")
def recruited_to_target(case: Case) -> Iterator[Said]:
    """Hold the number recruited in the period against its target, per level; say who is left out and why."""
    people = recruited(case)
    least = case.value("NPQ.M1")["least"]
    targets = _targets(case, "M1")
    for level in case.levels:
        own = people[people["level"] == level]
        n, doubtful = len(own), int(own["doubtful"].sum())
        figure: dict[str, Any] = {
            "level": level,
            "measure": "recruited, of the target number",
            "numerator": n,
            "unit": "share",
        }
        target = targets.get(level)
        if target is None or target <= 0:
            why = f"no target is given for {case.period}" if target is None else f"the target is {plain(target)}"
            yield not_assessable(f"{why}; {n} recruited", value=str(n), **figure)
            continue
        rate = n / target
        figure |= {"denominator": target, "rate": rate, "target": least}
        message = f"{n} recruited in {case.period} against a target of {plain(target)}"
        if rate >= least and (n - doubtful) / target < least:
            why = f"whether they deliver or came earlier is blank for {doubtful} of those recruited, and decides"
            yield not_assessable(f"{why}; {message}", **figure)
            continue
        yield Said(status=met(rate >= least), message=message + _blanks(doubtful), **figure)
    yield from _left_out(case)


def _blanks(doubtful: int) -> str:
    return f"; whether they deliver or came earlier is blank for {doubtful} of them" if doubtful else ""


def _left_out(case: Case) -> Iterator[Said]:
    people = counted(case)
    here = (people["year"] == case.period) | people["year"].isna()
    out = people[here & (people["why_not"] != "")]
    for (level, why), rows in out.groupby(["level", "why_not"]):
        message = f"{len(rows)} row{'s' if len(rows) > 1 else ''} not counted as recruited: {why}"
        yield Said(status="information", message=message, value=str(len(rows)), level=str(level))


@answers("NPQ.M2")
def from_schools_with_free_meals(case: Case) -> Iterator[Said]:
    """Hold the share of all recruited from schools with 30 % free school meals against the target, per level."""
    value = case.value("NPQ.M2")
    people = recruited(case)
    schools = case.table("schools", "urn", "pupils", "fsm_pupils")
    case.table("participants", "school_urn")
    joined = with_schools(people, schools, threshold=value["free_school_meals"])
    side = joined["fsm_30"]
    targets = _targets(case, "M2")
    if _too_early(case, value["first_year_with_target"], bool(targets)):
        first = value["first_year_with_target"]
        message = f"not applicable: targets start in year {first}, and this is year {case.operating_year}"
        yield from _shares(case, joined, is_word(side, HIGH), side.notna(), {}, not_yet=message, metric="M2")
        return
    left_out = value["school_not_found"] == "left_out"
    yield from _shares(case, joined, is_word(side, HIGH), side.notna(), targets, only_known=left_out, metric="M2")


def _too_early(case: Case, first: int, any_target: bool) -> bool:
    """Say whether targets have not started. One that was allocated has, wherever the data set begins."""
    if case.operating_year is None and not any_target:
        raise NotAssessable(
            "the data do not tell which year of the provider this is, and no target is given; "
            "targets start in year " + str(first)
        )
    return not any_target and case.operating_year is not None and case.operating_year < first


@answers("NPQ.M3")
def not_white_british(case: Case) -> Iterator[Said]:
    """Hold the share of all recruited who do not identify as white British against the target, per level."""
    people = recruited(case)
    case.table("participants", "ethnicity")
    british = white_british(people["ethnicity"])
    left_out = case.value("NPQ.M3") == "unknown_left_out"
    other = british.eq(False).fillna(False).astype(bool)
    yield from _shares(case, people, other, british.notna(), _targets(case, "M3"), only_known=left_out, metric="M3")


def white_british(ethnicity: pd.Series) -> pd.Series:
    """Say who identifies as white British; missing where that is not known.

    Case, spaces and signs do not matter. Blank, *prefer not to say* and *White* alone are not known.

    Examples
    --------
    >>> import pandas as pd
    >>> white_british(pd.Series(["White - British", "Any other White background", "White", None])).tolist()
    [True, False, <NA>, <NA>]
    """
    meanings = {text: _meaning(text) for text in ethnicity.dropna().unique()}
    return ethnicity.map(meanings).astype("boolean")


def _meaning(text: str) -> bool | None:
    word = re.sub(r"[^a-z]", "", text.casefold())
    return None if word in _UNKNOWN else word in _WHITE_BRITISH


_MEASURES = {
    "M2": ("from schools with many free school meals, of all recruited", "whose school or its counts are not found"),
    "M3": ("not white British, of all recruited", "whose ethnicity is not known"),
}


def _shares(
    case: Case,
    people: pd.DataFrame,
    hit: pd.Series,
    known: pd.Series,
    targets: dict[str, Fraction],
    *,
    metric: str,
    only_known: bool = False,
    not_yet: str = "",
) -> Iterator[Said]:
    """Yield one share of the recruited per level, with the share of the known beside it."""
    measure, unknown_words = _MEASURES[metric]
    for level in case.levels:
        own = people["level"] == level
        everybody, matched, k = (int(column[own].sum()) for column in (own, known, hit))
        n = matched if only_known else everybody
        beside = f"of those known: {of(k, matched)}; {everybody - matched} {unknown_words}"
        figure: dict[str, Any] = {
            "level": level,
            "measure": measure,
            "numerator": k,
            "denominator": n,
            "beside": beside,
        }
        if n:
            figure["rate"] = Fraction(k, n)
        target = targets.get(level)
        message = f"{of(k, n)} recruited in {case.period}; {beside}"
        if not n:
            yield not_assessable(f"nobody was recruited in {case.period}", **figure)
        elif not_yet:
            yield Said(status="information", message=f"{not_yet}; {message}", **figure)
        elif target is None:
            yield not_assessable(f"no target is given for {case.period}; {message}", **figure)
        elif not 0 <= target <= 1:
            yield not_assessable(f"the target is {plain(target)}; expected a share from 0 to 1; {message}", **figure)
        elif not matched:
            yield not_assessable(f"of nobody it is known; {message}", **figure, target=target)
        else:
            yield Said(status=met(Fraction(k, n) >= target), message=message, target=target, **figure)


def _targets(case: Case, metric: str) -> dict[str, Fraction]:
    """Return the targets of the period, by level."""
    table = case.table("targets", "level", "year", "metric", "target")
    own = table[(table["metric"] == metric) & (table["year"] == case.period)]
    numbers = {str(row["level"]): exact(row["target"]) for row in own.to_dict("records")}
    return {level: number for level, number in numbers.items() if number is not None}
