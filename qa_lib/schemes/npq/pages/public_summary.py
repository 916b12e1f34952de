"""What a provider publishes of its metrics (NPQ.RET.2): its performance, and of groups what is safe beside it.

The provider's own figures are always published (:mod:`qa_lib.schemes.npq.pages.public_performance`). So whoever looks
at groups knows every total, and by the verdict of metric 7 that no group is far from it. Who knows also how many people
a group has could narrow down what became of them. A group is therefore shown with all its figures or with none, in
retention and achievement alike. Hidden are the groups in which a number is small: of people, of those who presented, of
those who passed, or of the others; and with them the smallest further ones, until no such number of all the hidden
together is small. Sums over levels are shown of what is shown at every level. Of characteristics that lie within one
another more than the coarsest are shown only where no combination of their groups is small.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.reports.disclosure import TOTAL, Nesting, find_nesting
from qa_lib.reports.disclosure.nesting import MISSING
from qa_lib.reports.disclosure.profiles import find_profile, percent_of
from qa_lib.reports.open_data import OpenTable, open_data_files
from qa_lib.reports.public_tables import PublicTable, public_workbook
from qa_lib.schemes.npq.audit import Audit, year_number
from qa_lib.schemes.npq.pages.public_performance import PERFORMANCE, performance
from qa_lib.schemes.npq.rules.characteristics import characteristics_of
from qa_lib.schemes.npq.rules.group_gaps import NESTED, cohort
from qa_lib.schemes.npq.rules.regulator_returns import return_rows

PROFILE = "dfe"
WORKBOOK = "npq-public.xlsx"
_COUNT = re.compile(r"\d{1,4}")
_ROW = ["level", "characteristic", "group"]
#: Columns of a published table.
COLUMNS = [*_ROW, "n", "k", "rate"]
_LABELS = {"level": "Level", "characteristic": "Characteristic", "group": "Group"}
_PERFORMANCE = dict(
    zip(
        PERFORMANCE,
        ("Metric", "Level", "What is measured", "Target", "Result", "Number", "Out of", "Met or not met"),
        strict=True,
    )
)
_ABOUT = {
    "Recruitment": ("People recruited", "People of the group", "Share of the group (%)"),
    "Presentation": ("People who commenced", "Presented within 18 months", "Rate (%)"),
    "Retention": ("People who commenced", "Presented for final assessment", "Retention rate (%)"),
    "Achievement": ("Presented for final assessment", "Passed", "Achievement rate (%)"),
}
_NAMES = {
    "sex": "Sex",
    "disability": "Disability",
    "ethnicity": "Ethnicity",
    "phase": "Phase of school",
    "type": "Type of school",
    "ofsted": "Ofsted rating of school",
    "fsm_30": "School's free school meals",
    "age_band": "Age",
    "white_british": "White British",
}
_NOTES = {
    "hidden": "c: hidden, for a number in the group, or in another one of the characteristic, is small. "
    "u: a rate on too few people. x: not known. z: nobody is in this group.",
    "cohort": "Everyone whose 18 months since formally commencing are over, those who withdrew or deferred included.",
    "verdict": "Each metric is judged by its target alone. Not assessable: something is missing that would decide. Not "
    "applicable: no target is set yet. Metric 7 is met at a level where no group lies further from the result of all.",
}


def public_tables(audit: Audit, *, metrics: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Return what a provider may publish, by name of the table.

    Parameters
    ----------
    audit
        Of the provider and period.
    metrics
        What :func:`qa_lib.schemes.npq.pages.metric_tables.metrics` gave; with it there are ``Performance`` and
        ``Presentation`` too.

    Returns
    -------
    dict
        ``Performance`` (target, result and verdict of all metrics), then, where NPQ.RET.2 has more published than
        verdicts, ``Recruitment`` (metrics 1 to 3), ``Presentation`` (4), ``Retention`` and ``Achievement`` (7), each
        with :data:`COLUMNS` as text; one that would have no people is empty.
    """
    own = {} if metrics is None else {"Performance": performance(audit, metrics, find_profile(PROFILE))}
    if audit.value("NPQ.RET.2") == "verdicts_only":
        return {name: table.drop(columns=["result", "number", "out_of"]) for name, table in own.items()}
    recruited, people, named = _people(audit)
    in_time = {} if metrics is None else {"Presentation": _presentation(metrics)}
    return own | {"Recruitment": _recruitment(recruited)} | in_time | _of_cohort(people, named)


def _people(audit: Audit) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return those recruited with the two characteristics of metrics 2 and 3, the cohort, and its characteristics."""
    parts = [return_rows(audit, metric) for metric in ("M2", "M3")]
    recruited = parts[0].merge(parts[1].drop(columns="level"), on="participant_id", validate="one_to_one")
    people = cohort(audit)
    named = [] if people.empty else characteristics_of(people, audit.characteristics)
    return recruited.drop(columns="ethnicity", errors="ignore"), people, named


def _recruitment(people: pd.DataFrame) -> pd.DataFrame:
    """Return how the people of each level are shared out: n the level's people, k those of the group."""
    named = _shared(people)
    if people.empty or not named:
        return _nothing()
    counts = _counted(people.assign(n=1), named, ["n"])
    whole = counts[counts["characteristic"] == TOTAL].set_index("level")["n"]
    # One group of each is published as metric 2 or 3 in any case, so that another would follow from the rest.
    shown = _shown(counts, _combined(people.assign(n=1), named, ["n"]), ["n"], alone=False)
    return _table(counts, n=counts["level"].map(whole), k=counts["n"], shown=shown)


def _presentation(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return by level, and of all of them, how many of those who commenced presented in time, as metric 4 has it."""
    rows = metrics[(metrics["metric"] == "M4") & (metrics["denominator"] > 0)]
    if rows.empty:
        return _nothing()
    levels = rows.rename(columns={"denominator": "n", "numerator": "k"})[["level", "n", "k"]].sort_values("level")
    counts = pd.concat([pd.DataFrame([{"level": TOTAL, "n": levels["n"].sum(), "k": levels["k"].sum()}]), levels])
    counts = counts.assign(characteristic=TOTAL, group=TOTAL).astype({"n": "int64", "k": "int64"})
    counts = counts.reset_index(drop=True)
    return _table(counts, n=counts["n"], k=counts["k"], shown=counts["n"] > 0)


def _of_cohort(people: pd.DataFrame, named: list[str]) -> dict[str, pd.DataFrame]:
    if people.empty:
        return dict.fromkeys(("Retention", "Achievement"), _nothing())
    marked, steps = _outcomes(people), ["n", "presented", "passed"]
    counts, together = (make(marked, named, [*steps, "known"]) for make in (_counted, _combined))
    shown = _shown(counts, together, steps, alone=True)
    n, presented, passed = (counts[name] for name in steps)
    achievement = _table(counts, n=presented, k=passed, shown=shown)
    # Where nobody's result is known, nobody is known not to have passed.
    levels = counts.loc[(counts["characteristic"] == TOTAL) & (presented > 0) & (counts["known"] == 0), "level"]
    if len(levels):
        achievement.loc[achievement["level"].isin([TOTAL, *levels]), ["n", "k", "rate"]] = "x"
    return {
        "Retention": _table(counts, n=n, k=presented, shown=shown),
        "Achievement": achievement,
    }


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS, dtype="str")


def public_notices(audit: Audit) -> list[str]:
    """Say which characteristics are hidden together, since one lies within the other, and which nobody declared."""
    recruited, people, named = _people(audit)
    nested = [*_nested(recruited, _shared(recruited)), *_nested(people, named)]
    together = [f"Hidden together, since they tell of each other: {', '.join(one.characteristics)}." for one in nested]
    notices = list(dict.fromkeys([*together, *(notice for one in nested for notice in one.notices())]))
    return notices or ["No characteristic lies within another, so none are hidden together."]


def public_files(
    public: Mapping[str, pd.DataFrame], audit: Audit, *, tables: Mapping[str, pd.DataFrame]
) -> dict[str, bytes]:
    """Return the published workbook and the open data of each table, by file name; nothing where nobody is in them.

    Parameters
    ----------
    public, audit
        What :func:`public_tables` gave, and of what.
    tables
        The whole data set: no reference of it may be in the files, whoever's it is. Every cell is looked at.
    """
    there = {name: frame for name, frame in public.items() if len(frame)}
    if not there:
        return {}
    people, day = tables["participants"], str(audit.as_of.date())
    references = [
        str(text) for column in ("participant_id", "trn", "name") if column in people for text in people[column]
    ]
    # Nobody can tell the participant 57 from a count of 57.
    references = [text for text in references if not _COUNT.fullmatch(text)]
    provider, period = audit.provider, audit.period
    about = [
        f"Metrics of {provider} in the quality framework of National Professional Qualifications, {period}.",
        f"As known on {day}. Small numbers of groups are hidden by the rules of the Department for Education.",
    ]
    sheets = [_sheet(name, frame, provider) for name, frame in there.items()]
    files = {WORKBOOK: public_workbook(sheets, title=about[0], about=about, notes=_NOTES, references=references)}
    for name, frame in there.items():
        if name != "Performance":
            files |= open_data_files(_open(name, frame, audit), references=references)
    return files


def _sheet(name: str, frame: pd.DataFrame, provider: str) -> PublicTable:
    if name == "Performance":
        title = "Performance against the metrics of the quality framework, by level"
        return PublicTable(
            sheet=name, title=title, frame=frame, labels=_PERFORMANCE, notes={"": "hidden", "verdict": "verdict"},
            scope=provider,
        )  # fmt: skip
    notes = {"": "hidden"} | ({} if name == "Recruitment" else {"n": "cohort"})
    labels = _LABELS | dict(zip(("n", "k", "rate"), _ABOUT[name], strict=True))
    return PublicTable(
        sheet=name, title=f"{name} by level and group", frame=frame, labels=labels, notes=notes, scope=provider
    )


def _open(name: str, frame: pd.DataFrame, audit: Audit) -> OpenTable:
    stem, year = name.lower(), year_number(audit.period)
    # What belongs to no year is as collected on a day.
    time = (
        (str(audit.as_of.year), "Reporting year") if year is None else (f"{year}{(year + 1) % 100:02}", "Academic year")
    )
    return OpenTable(
        frame=frame.assign(provider=audit.provider),
        name=f"npq-{stem}",
        time_period=time[0],
        time_identifier=time[1],
        labels=_LABELS | dict(zip(("n", "k", "rate"), _ABOUT[name], strict=True)),
        indicators=(f"{stem}_people_count", f"{stem}_count", f"{stem}_percent"),
        provider="provider",
    )


def _shared(people: pd.DataFrame) -> list[str]:
    return [name for name in ("fsm_30", "white_british") if name in people.columns]


def _outcomes(people: pd.DataFrame) -> pd.DataFrame:
    """Return people with what became of them, a column of 0 and 1 for each figure."""
    known = people["achieved"].notna() & people["presented"]
    marks: dict[str, Any] = {
        "n": True,
        "presented": people["presented"],
        "known": known,
        "passed": people["achieved"].fillna(False).astype(bool) & known,
    }
    return people.assign(**marks).astype(dict.fromkeys(marks, "int64"))


def _group(people: pd.DataFrame, name: str) -> dict[str, Any]:
    return {"characteristic": _NAMES.get(name, name), "group": people[name].astype("str").fillna(MISSING)}


def _nested(people: pd.DataFrame, named: list[str]) -> list[Nesting]:
    """Return which of the published characteristics lie within one another, by the names under which they appear."""
    declared = {_NAMES.get(inner, inner): _NAMES.get(outer, outer) for inner, outer in _declared(named).items()}
    shown = people[named].rename(columns=_NAMES)
    return find_nesting(shown, list(shown.columns), declared=declared)


def _declared(named: list[str]) -> dict[str, str]:
    return {inner: outer for inner, outer in NESTED.items() if {inner, outer} <= set(named)}


def _long(people: pd.DataFrame, named: Sequence[str]) -> list[pd.DataFrame]:
    return [people.assign(**_group(people, name)) for name in named]


def _counted(people: pd.DataFrame, named: Sequence[str], figures: list[str]) -> pd.DataFrame:
    """Return the figures of every group at every level, with totals and sums over levels, these first."""
    long = pd.concat([people.assign(characteristic=TOTAL, group=TOTAL), *_long(people, named)], ignore_index=True)
    counts = pd.concat([long, long.assign(level=TOTAL)]).groupby(_ROW)[figures].sum()
    kinds = sorted(set(long[_ROW[1:]].itertuples(index=False, name=None)), key=_total_first)
    places = [(level, *kind) for level in (TOTAL, *sorted(set(people["level"]))) for kind in kinds]
    return counts.reindex(pd.MultiIndex.from_tuples(places, names=_ROW), fill_value=0).reset_index()


def _total_first(labels: tuple[str, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((label != TOTAL, label) for label in labels)


def _combined(people: pd.DataFrame, named: Sequence[str], figures: list[str]) -> pd.DataFrame:
    """Return the figures of combinations of nested groups, under each characteristic but the one of fewest groups.

    They are shown nowhere and follow from what is: primary academies are primary schools less the others of them.
    """
    columns = {_NAMES.get(name, name): name for name in named}
    parts = [people.head(0).assign(characteristic="", group="")]
    for nesting in _nested(people, list(named)):
        names = [columns[label] for label in nesting.characteristics]
        both = people[names].astype("str").fillna(MISSING).agg(" and ".join, axis=1)
        fewest = min(names, key=lambda name: people[name].nunique())
        others = [name for name in names if name != fewest]
        parts += _long(people.assign(**dict.fromkeys(others, both)), others)
    return pd.concat(parts, ignore_index=True).groupby(_ROW, as_index=False)[figures].sum()


def _shown(counts: pd.DataFrame, together: pd.DataFrame, steps: Sequence[str], *, alone: bool) -> pd.Series[bool]:
    """Say which rows of groups are shown; ``alone``: a group may be while others of its characteristic are hidden."""
    groups = counts[(counts["characteristic"] != TOTAL) & (counts["level"] != TOTAL)]
    combined = set(together.loc[_any_small(together, steps), _ROW[:2]].itertuples(index=False, name=None))
    hidden: set[tuple[str, ...]] = set()
    for (level, characteristic), rows in groups.groupby(_ROW[:2], sort=False):
        some = _hidden_groups(rows, steps)
        whole = (level, characteristic) in combined or (len(some) and not alone)
        for group in rows["group"] if whole else some:
            hidden |= {(str(level), str(characteristic), group), (TOTAL, str(characteristic), group)}
    places = counts[_ROW].itertuples(index=False, name=None)
    return pd.Series([place not in hidden for place in places], index=counts.index, dtype=bool)


def _hidden_groups(rows: pd.DataFrame, steps: Sequence[str]) -> pd.Series[str]:
    """Return which groups of a characteristic to hide: those with a small number and the smallest of the others."""
    small = _any_small(rows, steps)
    order = rows.assign(safe=~small).sort_values(["safe", steps[0], "group"])
    running = order[[*steps]].cumsum()
    enough = ~_any_small(running, steps).to_numpy() & (np.arange(1, len(order) + 1) >= max(2, small.sum()))
    count = int(enough.argmax()) + 1 if enough.any() else len(order)
    return order["group"].head(count if small.any() else 0)


def _any_small(counts: pd.DataFrame, steps: Sequence[str]) -> pd.Series[bool]:
    """Say of each row whether a number that follows from its figures is small; each figure is a part of the one before.

    Where the last of them and all differences of neighbours are nought or not small, so is every sum of these.
    """
    few = find_profile(PROFILE).few
    parts = [counts[steps[-1]], *(counts[more] - counts[fewer] for more, fewer in pairwise(steps))]
    return pd.concat([part.map(few) for part in parts], axis=1).any(axis=1)


def _table(counts: pd.DataFrame, *, n: pd.Series[int], k: pd.Series[int], shown: pd.Series[bool]) -> pd.DataFrame:
    """Return the figures as published: totals unless few people stand behind them, groups as ``shown``."""
    total = counts["characteristic"] == TOTAL
    few = set(counts.loc[total & n.map(find_profile(PROFILE).few), "level"])
    # With every other level shown, the sum would tell the one that is not.
    few |= {TOTAL} if few else set()
    seen = shown.where(~total, ~counts["level"].isin(few))
    cells = zip(n.tolist(), k.tolist(), seen, total, strict=True)
    figures = [
        (str(people), str(part), _rate(part, people, own=own)) if show else ("c", "c", "c")
        for people, part, show, own in cells
    ]
    return counts[_ROW].join(pd.DataFrame(figures, columns=COLUMNS[3:], index=counts.index)).astype("str")


def _rate(k: int, n: int, *, own: bool) -> str:
    """Return k of n in per cent; of a group of too few people a symbol, of the provider's own people never."""
    rules = find_profile(PROFILE)
    if n == 0:
        return "z"
    return percent_of(k, n) if own or n >= rules.base else rules.base_text
