"""Retention and achievement of groups (NPQ.M7): the threshold is the verdict, the statistics stand apart beside it.

Retention is presented of commenced, achievement passed of presented, of people by their last attempt, in the cohorts
of NPQ.M4 whose time ended in the period, and without a time limit. Who presented and has no result yet is pending: they
are in the denominator, and while they could change a verdict it is provisional.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once, statement_on
from qa_lib.audit.words import decimal_text, out_of, percent
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.readers.school_files import with_schools
from qa_lib.schemes.npq.rules.characteristics import (
    CHARACTERISTICS,
    characteristics_of,
    not_compared,
    unread_characteristics,
    with_characteristics,
)
from qa_lib.schemes.npq.rules.pending_results import PENDING, PROVISIONAL, with_pending
from qa_lib.schemes.npq.rules.presentation import commenced, nobody_due
from qa_lib.statistics.groups import COLUMNS, compare_groups

MEASURES = ("retention", "achievement")
#: Characteristics that lie within others, as public registers and the words themselves tell: inner to outer.
NESTED = {"type": "phase", "la_district": "la", "la": "region", "ethnicity": "white_british"}

#: The column that tells which people belong together, and the characteristics that they share.
SCHOOL, OF_SCHOOLS = "school_urn", ("phase", "type", "ofsted", "fsm_30")

_WORDS = {"retention": "presented, of those who commenced", "achievement": "passed, of those who presented"}


def cohort(audit: Audit) -> pd.DataFrame:
    """Return the people whom NPQ.M7 compares, with what is known of their schools, in the groups that it compares.

    Returns
    -------
    DataFrame
        The participants whose 18 months ended in the period, or up to the as-of day where no period is judged, each by
        the last attempt, with ``retained`` and ``achieved`` (missing: not known) for ``compare_groups`` and
        ``adjust_for_mix``. Empty where there are none, or where the columns are missing that would tell; the findings
        of NPQ.M7 say which.
    """
    return made_or_empty(_characterised, audit, {"provider": "str"})


@once
def _characterised(audit: Audit) -> pd.DataFrame:
    return with_characteristics(audit, _cohort(audit))


def _cohort(audit: Audit) -> pd.DataFrame:
    people = _closed(audit)
    return people[people["of_period"]].reset_index(drop=True)


@once
def _closed(audit: Audit) -> pd.DataFrame:
    """Return the cohorts of every period whose time is over."""
    people = commenced(audit)
    people = people[people["closed"] & people["counts"]].reset_index(drop=True)
    threshold = audit.value("NPQ.M7")["free_school_meals"]
    people = with_schools(people, audit.tables.get("schools"), threshold=threshold)
    people["retained"] = people["presented"].astype("boolean")
    result = people["result"] if "result" in people.columns else pd.Series(pd.NA, index=people.index, dtype="object")
    passed = result.map({"pass": True, "fail": False}).astype("boolean")
    people["achieved"] = passed.mask(~people["presented"])
    return people


def group_gaps(audit: Audit, *, characteristics: Sequence[str] | None = None, mdd: bool = False) -> pd.DataFrame:
    """Compare every group's retention and achievement with its provider's, over all characteristics at once.

    Parameters
    ----------
    characteristics
        Columns; None: those the framework names and those declared when the audit was made.
    mdd
        Also work out the smallest drop that would probably have been found, the chance by a model that a gap is truly
        beyond the margin, and the intervals corrected for skewness (slower).

    Returns
    -------
    DataFrame
        ``provider, level, measure`` (``retention``, ``achievement``), then the columns of ``compare_groups``: ``flag``
        is the rule's verdict, ``verdict`` what the statistics say. Holm's adjustment is within provider, level and
        measure. Then ``pending`` (presented, without a result), ``pending_overall``, and ``open``: whether these could
        still flag or clear the group. Empty where no cohort is closed or no characteristic is known.
    """
    people = cohort(audit)
    if characteristics is None:
        characteristics = characteristics_of(people, audit.characteristics)
    fewest = audit.value("X.GROUPS")["fewest"]
    return compared(people, audit.value("NPQ.M7"), characteristics, fewest=fewest, mdd=mdd)


def compared(
    people: pd.DataFrame, value: Mapping[str, Any], characteristics: Sequence[str], *, fewest: int, mdd: bool = False
) -> pd.DataFrame:
    """Return ``compare_groups`` of a cohort's retention and achievement, after ``provider, level, measure``.

    ``value`` is that of NPQ.M7: its margin and reading decide the flag. What belongs to schools is tested by schools.
    """
    inside = ["provider", "level", "measure"]
    if people.empty or not characteristics:
        return pd.DataFrame(columns=[*inside, *COLUMNS, *PENDING])
    there = people[people["presented"]]
    # Without any result achievement is not known; with some, who has none yet has not passed so far.
    passed = there["achieved"] if there["achieved"].isna().all() else there["achieved"].fillna(False)
    frame = pd.concat(
        [
            people.assign(measure="retention", outcome=people["retained"]),
            there.assign(measure="achievement", outcome=passed),
        ],
        ignore_index=True,
    )
    table = compare_groups(
        frame, outcome="outcome", groups=list(characteristics), within=inside,
        margin=value["margin"], reading=value["reading"], mdd=mdd, fewest=fewest, pooled=mdd, scas=mdd,
        cluster=schools_of(people, characteristics),
    )  # fmt: skip
    return in_order(with_pending(table, there, value))


def schools_of(people: pd.DataFrame, characteristics: Sequence[str]) -> dict[str, str]:
    """Return the characteristics that belong to schools, each with the column that names the school."""
    known = OF_SCHOOLS if SCHOOL in people.columns else ()
    return {name: SCHOOL for name in characteristics if name in known}


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return a comparison with levels in the framework's order and retention before achievement."""
    places = {name: place for place, name in enumerate(("NPQML", "NPQSL", "NPQH", "NPQEL", *MEASURES))}

    def key(column: pd.Series) -> pd.Series:
        return column.map(places) if column.name in ("level", "measure") else column

    return table.sort_values(["provider", "level", "measure"], key=key, kind="stable", ignore_index=True)


@answers("NPQ.M7")
def groups_alike(audit: Audit) -> Iterator[Statement]:
    """Hold every group's retention and achievement against the provider's at the level: more than 10 is a breach."""
    people = _characterised(audit)
    if people.empty and _closed(audit).empty:
        raise NotAssessable(nobody_due(audit))
    if len(people):
        yield from _lacking(audit, people)
        yield from unread_characteristics(audit, people)
    yield from not_compared(audit)
    table = group_gaps(audit)
    for (level, measure), rows in table.groupby(["level", "measure"], sort=False):
        if not rows["missing"].all():
            yield from _overall(audit, rows, str(level), str(measure))
    known = set(table.loc[~table["missing"].astype(bool), "level"])
    for level in audit.levels:
        if level not in set(people["level"]):
            yield not_assessable(f"{nobody_due(audit)}{_so_far(audit, level)}", level=level)
        elif level not in known:
            yield not_assessable("no characteristic of anybody at this level is known: there is no group", level=level)


def _so_far(audit: Audit, level: str, *measures: str) -> str:
    """Return the rates over every period so far, where one period is judged."""
    people = _closed(audit)
    own = people[people["level"] == level]
    if not audit.period or own.empty:
        return ""
    there = own[own["presented"]]
    pending = int(there["achieved"].isna().sum())
    words = {
        "retention": out_of(len(there), len(own)),
        "achievement": out_of(int(there["achieved"].fillna(False).sum()), len(there))
        + (f" so far, provisional with {pending} pending" if pending else ""),
    }
    listed = ", ".join(f"{measure} {words[measure]}" for measure in measures or MEASURES)
    return f"; every cohort whose time is over: {listed}"


def _lacking(audit: Audit, people: pd.DataFrame) -> Iterator[Statement]:
    """Name each characteristic that is known of nobody, or of nobody at a level."""
    for name in (*CHARACTERISTICS, *audit.characteristics):
        cells = people[name] if name in people.columns else pd.Series(pd.NA, index=people.index)
        known = cells.notna().groupby(people["level"]).any()
        without = [str(level) for level in known.index[~known]]
        about = {"subject_type": "characteristic", "subject": f"{audit.provider} {name}"}
        if without:
            where = "" if len(without) == len(known) else f" at {' and '.join(without)}"
            yield not_assessable(f"{name} of nobody{where} is known", **about)
    if "result" not in people.columns:
        yield not_assessable("the table participants has no column result, so achievement does not show")


def _overall(audit: Audit, rows: pd.DataFrame, level: str, measure: str) -> Iterator[Statement]:
    first = rows.iloc[0].to_dict()
    k, n, pending = int(first["k_overall"]), int(first["n_overall"]), int(first["pending_overall"])
    figure: dict[str, Any] = {
        "level": level, "measure": f"{measure}: {_WORDS[measure]}", "numerator": k, "denominator": n,
    }  # fmt: skip
    if not n:
        why = f"of nobody it is known ({_unknown(rows)} unknown), so there is no rate of {measure}"
        yield not_assessable(why, **figure)
        return
    compared = rows[~rows["missing"] & (rows["n"] > 0)]
    beyond = f"{int(compared['flag'].sum())} of {len(compared)} groups vary by more than {_margin(audit)}"
    message = f"{measure} {out_of(k, n)}; {beyond}"
    if pending:
        low, high = Fraction(k, n), Fraction(k + pending, n)
        ends = f"{pending} pending, so between {percent(low)} and {percent(high)} in the end"
        message = f"{measure} {out_of(k, n)} so far, {ends}; {beyond}, {int(compared['open'].sum())} more may"
        figure |= {"low": low, "high": high}
    so_far = _so_far(audit, level, measure)
    figure |= {
        "rate": Fraction(k, n), "value": f"{int(compared['flag'].sum())} groups", "threshold": _margin(audit),
        "beside": beyond + _passed_of_commenced(audit, level, measure) + so_far,
    }  # fmt: skip
    yield _verdict(compared, message + so_far, figure)
    for row in compared[compared["flag"] | compared["open"]].to_dict("records"):
        yield _undecided(audit, row, level) if row["open"] else _flagged(audit, row, level, measure)


def _verdict(compared: pd.DataFrame, message: str, figure: dict[str, Any]) -> Statement:
    """Return the verdict of a level: provisional while a pending result could change it, or nothing is compared yet."""
    alone = bool((compared["n"] == figure["denominator"]).all())
    pending = bool((compared["pending_overall"] > 0).any())
    if compared["flag"].any():
        return Statement(status="breach", message=message, **figure)
    if pending and (alone or compared["open"].any()):
        return Statement(status="not_assessable", message=f"{PROVISIONAL}: {message}", **figure)
    if alone:
        return not_assessable(f"no characteristic has two groups to compare; {message}", **figure)
    return Statement(status="met", message=message, **figure)


def _passed_of_commenced(audit: Audit, level: str, measure: str) -> str:
    people = _cohort(audit)
    own = people[people["level"] == level]
    passed = own["achieved"].fillna(False)
    return f"; passed of commenced: {out_of(int(passed.sum()), len(own))}" if measure == "achievement" else ""


def _undecided(audit: Audit, row: dict[Any, Any], level: str) -> Statement:
    worst, best = (Fraction(row["k"] + more, row["n"]) for more in (0, row["pending"]))
    message = (
        f"{PROVISIONAL}: achievement of {row['characteristic']} {row['group']} will be between {percent(worst)} and "
        f"{percent(best)}; with the {row['pending_overall']} results that are pending it may vary by more than "
        f"{_margin(audit)}"
    )
    return statement_on(
        "group", _group_name(audit, row, level, "achievement"), "not_assessable", message, threshold=_margin(audit)
    )


def _group_name(audit: Audit, row: dict[Any, Any], level: str, measure: str) -> str:
    return f"{audit.provider} {level} {measure} {row['characteristic']} {row['group']}"


def _unknown(rows: pd.DataFrame) -> int:
    first = rows["characteristic"] == rows["characteristic"].iloc[0]
    return int(rows.loc[first, "unknown"].sum())


def _margin(audit: Audit) -> str:
    value = audit.value("NPQ.M7")
    in_points = value["reading"] == "points"
    return f"{decimal_text(100 * value['margin'])} points" if in_points else f"{percent(value['margin'])} of the rate"


def _flagged(audit: Audit, row: dict[Any, Any], level: str, measure: str) -> Statement:
    rate, overall = Fraction(row["k"], row["n"]), Fraction(row["k_overall"], row["n_overall"])
    words = {
        "different": "chance alone would rarely give this",
        "different but small": "chance alone would rarely give this, but it is small",
        "shown equivalent": "the true difference from the others is shown to be small",
        "cannot tell": "chance alone may give this: the numbers cannot tell",
        "too few": "too few people to be tested",
        "not tested": "there is nobody to compare with",
    }
    message = (
        f"{measure} of {row['characteristic']} {row['group']}: {out_of(row['k'], row['n'])}, "
        f"{float(100 * (rate - overall)):+.1f} points from {percent(overall)}; "
        f"apart from the rule: {words[row['verdict']]}{_fragile(row)}"
    )
    return Statement(
        status="breach", subject_type="group", message=message,
        subject=_group_name(audit, row, level, measure),
        value=f"{float(100 * (rate - overall)):+.2f} points", threshold=_margin(audit),
    )  # fmt: skip


def _fragile(row: dict[Any, Any]) -> str:
    """Say how many people of the group make the flag."""
    if pd.isna(row["people_to_change"]):
        return ""
    people = int(row["people_to_change"])
    return f"; {people} {'person' if people == 1 else 'people'} with the other outcome would clear it"
