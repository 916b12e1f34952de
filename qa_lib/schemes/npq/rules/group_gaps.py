"""Retention and achievement of groups (NPQ.M7): the threshold is the verdict, the statistics stand apart beside it.

Retention is presented of commenced, achievement passed of presented, in the closed cohort of NPQ.M4 and without a time
limit. Who presented and has no result yet is in no achievement rate, and counted as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, not_assessable, once
from qa_lib.audit.words import decimal_text, met, out_of, percent
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.readers.school_files import with_schools
from qa_lib.schemes.npq.rules.presentation import commenced
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.statistics.groups import COLUMNS, compare_groups

#: The groups that the framework names, as columns. ``fsm_30``: the school's share of free school meals.
CHARACTERISTICS = ("sex", "disability", "ethnicity", "phase", "type", "ofsted", "fsm_30")
MEASURES = ("retention", "achievement")
#: Characteristics that lie within others, as public registers and the words themselves tell: inner to outer.
NESTED = {"type": "phase", "la_district": "la", "la": "region", "ethnicity": "white_british"}
#: A further column with more groups than this is taken for a text or a number and not for a characteristic.
MOST_GROUPS = 30

#: The column that tells which people belong together, and the characteristics that they share.
SCHOOL, OF_SCHOOLS = "school_urn", ("phase", "type", "ofsted", "fsm_30")

_WORDS = {"retention": "presented, of those who commenced", "achievement": "passed, of those who presented"}


def cohort(audit: Audit) -> pd.DataFrame:
    """Return the people whom NPQ.M7 compares, with what is known of their schools.

    Returns
    -------
    DataFrame
        The participants who commenced 18 months or more before the as-of day, with ``retained`` and ``achieved``
        (missing: not known) for ``compare_groups`` and ``adjust_for_mix``. Empty where there are none, or where the
        columns are missing that would tell; the findings of NPQ.M7 say which.
    """
    return made_or_empty(_cohort, audit, {"provider": "str"})


@once
def _cohort(audit: Audit) -> pd.DataFrame:
    people = commenced(audit)
    people = people[people["closed"]].reset_index(drop=True)
    threshold = audit.value("NPQ.M7")["free_school_meals"]
    people = with_schools(people, audit.tables.get("schools"), threshold=threshold)
    people["retained"] = people["presented"].astype("boolean")
    result = people["result"] if "result" in people.columns else pd.Series(pd.NA, index=people.index, dtype="object")
    passed = result.map({"pass": True, "fail": False}).astype("boolean")
    people["achieved"] = passed.mask(~people["presented"])
    return people


def characteristics_of(people: pd.DataFrame, listed: Iterable[str] = ()) -> list[str]:
    """Return the columns whose groups are compared: the framework's, and further ones with few different values."""
    named = [name for name in CHARACTERISTICS if name in people.columns and people[name].notna().any()]
    further = [
        name
        for name in sorted(listed)
        if name not in TABLES["participants"].names
        and name in people.columns
        and 1 <= people[name].nunique() <= MOST_GROUPS
    ]
    return [*named, *further]


def group_gaps(audit: Audit, *, characteristics: Sequence[str] | None = None, mdd: bool = False) -> pd.DataFrame:
    """Compare every group's retention and achievement with its provider's, over all characteristics at once.

    Parameters
    ----------
    characteristics
        Columns; None: those the framework names and every further column of participants with few different values.
    mdd
        Also work out the smallest drop that would probably have been found, the chance by a model that a gap is truly
        beyond the margin, and the intervals corrected for skewness (slower).

    Returns
    -------
    DataFrame
        ``provider, level, measure`` (``retention``, ``achievement``), then the columns of ``compare_groups``: ``flag``
        is the rule's verdict, ``verdict`` what the statistics say. Holm's adjustment is within provider, level and
        measure. Empty where no cohort is closed or no characteristic is known.
    """
    people = cohort(audit)
    if characteristics is None:
        characteristics = characteristics_of(people, audit.table("participants").columns)
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
        return pd.DataFrame(columns=[*inside, *COLUMNS])
    there = people[people["presented"]]
    frame = pd.concat(
        [
            people.assign(measure="retention", outcome=people["retained"]),
            there.assign(measure="achievement", outcome=there["achieved"]),
        ],
        ignore_index=True,
    )
    table = compare_groups(
        frame, outcome="outcome", groups=list(characteristics), within=inside,
        margin=value["margin"], reading=value["reading"], mdd=mdd, fewest=fewest, pooled=mdd, scas=mdd,
        cluster=schools_of(people, characteristics),
    )  # fmt: skip
    return in_order(table)


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
    people = _cohort(audit)
    if people.empty:
        raise NotAssessable(f"no cohort had {audit.value('NPQ.M4')['within']} months by {audit.as_of.date()}")
    yield from _lacking(audit, people)
    table = group_gaps(audit)
    if table.empty:
        return
    for (level, measure), rows in table.groupby(["level", "measure"], sort=False):
        yield from _overall(audit, rows, str(level), str(measure))
    missing = set(audit.levels) - set(table["level"])
    for level in sorted(missing):
        yield not_assessable("nobody of a closed cohort is at this level", level=level)


def _lacking(audit: Audit, people: pd.DataFrame) -> Iterator[Statement]:
    for name in CHARACTERISTICS:
        if name not in people.columns or not people[name].notna().any():
            why = f"{name} of nobody is known"
            yield not_assessable(why, subject_type="characteristic", subject=f"{audit.provider} {name}")
    if "result" not in people.columns:
        yield not_assessable("the table participants has no column result, so achievement does not show")


def _overall(audit: Audit, rows: pd.DataFrame, level: str, measure: str) -> Iterator[Statement]:
    k, n, unknown = int(rows["k_overall"].iloc[0]), int(rows["n_overall"].iloc[0]), _unknown(rows)
    name = f"{measure}: {_WORDS[measure]}"
    flagged = rows[rows["flag"]].to_dict("records")
    tested = int((~rows["missing"] & (rows["n"] > 0)).sum())
    figure: dict[str, Any] = {"level": level, "measure": name, "numerator": k, "denominator": n}
    if not n:
        yield not_assessable(f"of nobody it is known ({unknown} unknown), so there is no rate of {measure}", **figure)
        return
    tail = f"; of {unknown} it is not known" if unknown else ""
    beyond = f"{len(flagged)} of {tested} groups vary by more than {_margin(audit)}"
    yield Statement(
        status=met(not flagged), message=f"{measure} {out_of(k, n)}; {beyond}{tail}", rate=Fraction(k, n),
        value=f"{len(flagged)} groups", threshold=_margin(audit), beside=beyond, **figure,
    )  # fmt: skip
    for row in flagged:
        yield _flagged(audit, row, level, measure)


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
        subject=f"{audit.provider} {level} {measure} {row['characteristic']} {row['group']}",
        value=f"{float(100 * (rate - overall)):+.2f} points", threshold=_margin(audit),
    )  # fmt: skip


def _fragile(row: dict[Any, Any]) -> str:
    """Say how many people of the group make the flag."""
    if pd.isna(row["people_to_change"]):
        return ""
    people = int(row["people_to_change"])
    return f"; {people} {'person' if people == 1 else 'people'} with the other outcome would clear it"
