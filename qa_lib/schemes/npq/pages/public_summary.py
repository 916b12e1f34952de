"""What a provider publishes of its metrics (NPQ.RET.2): the accompanying analysis, small numbers hidden.

Several tables tell of the same people, so hiding in each by itself is not enough: who presented is the numerator of
retention and the denominator of achievement, and the difference of two shown figures is a figure too. Retention is
hidden by ``suppress``. Achievement and presentation in time are shown of a level and characteristic only where
retention hides nothing of it and no number in it, of whatever outcome, is small: there nothing is hidden that a sum
could bring back. Sums over levels are shown where every level is. Characteristics that lie within one another are
hidden together; so is recruitment with retention where both are of the same people.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.reports.cells import percent_text
from qa_lib.reports.disclosure import TOTAL, Nesting, add_totals, find_nesting, suppress
from qa_lib.reports.disclosure.nesting import MISSING
from qa_lib.reports.disclosure.profiles import find_profile, percent_of
from qa_lib.reports.open_data import OpenTable, open_data_files
from qa_lib.reports.public_tables import PublicTable, public_workbook
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.characteristics import characteristics_of
from qa_lib.schemes.npq.rules.group_gaps import NESTED, cohort
from qa_lib.schemes.npq.rules.regulator_returns import return_rows

PROFILE = "dfe"
WORKBOOK = "npq-public.xlsx"
#: Before the name of a characteristic of the recruited, while it is hidden together with those of the cohort.
_RECRUITED = "recruited: "
_ROW = ["level", "characteristic", "group"]
#: Columns of a published table.
COLUMNS = [*_ROW, "n", "k", "rate"]
_LABELS = {"level": "Level", "characteristic": "Characteristic", "group": "Group"}
_ABOUT = {
    "Recruitment": ("People recruited", "People of the group", "Share of the group (%)"),
    "Presentation": ("People who commenced", "Presented within 18 months", "Rate (%)"),
    "Retention": ("People who commenced", "Presented for final assessment", "Retention rate (%)"),
    "Achievement": ("People who presented and have a result", "Passed", "Achievement rate (%)"),
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
    "hidden": "c: a small number, or a figure from which one could be worked out. u: a rate on too few people. "
    "z: nobody is in this group.",
    "cohort": "Everyone who formally commenced 18 months or more before the day of the figures, those who withdrew or "
    "deferred included.",
}


def public_tables(audit: Audit, *, metrics: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Return what a provider may publish, by name of the table.

    Parameters
    ----------
    audit
        Of the provider and period.
    metrics
        What :func:`qa_lib.schemes.npq.pages.metric_tables.metrics` gave; with it there is a table ``Overall`` too: the
        share of the target number of metric 1, and metrics 5 and 6, as ``metric, level, figure, people, value``.

    Returns
    -------
    dict
        ``Recruitment`` (metrics 1 to 3), ``Presentation`` (4), ``Retention`` and ``Achievement`` (7), each with
        :data:`COLUMNS` as text; one that would have no people is empty.
    """
    recruited, people, named = _people(audit)
    if _same_people(recruited, people):
        found = _of_the_same(recruited, people, named)
    else:
        found = {"Recruitment": _shares(recruited), **_of_cohort(people, named)}
    return found if metrics is None else {"Overall": _overall(metrics, found["Recruitment"]), **found}


def _people(audit: Audit) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return those recruited with the two characteristics of metrics 2 and 3, the cohort, and its characteristics."""
    parts = [return_rows(audit, metric) for metric in ("M2", "M3")]
    recruited = parts[0].merge(parts[1].drop(columns="level"), on="participant_id", validate="one_to_one")
    people = cohort(audit)
    named = [] if people.empty else characteristics_of(people, audit.characteristics)
    return recruited.drop(columns="ethnicity", errors="ignore"), people, named


def _same_people(recruited: pd.DataFrame, people: pd.DataFrame) -> bool:
    if people.empty or recruited.empty:
        return False
    who = [set(some[["participant_id", "level"]].itertuples(index=False, name=None)) for some in (recruited, people)]
    return who[0] == who[1]


def _of_the_same(recruited: pd.DataFrame, people: pd.DataFrame, named: list[str]) -> dict[str, pd.DataFrame]:
    """Return all tables where those recruited are the cohort: one says of the same people what the other hides."""
    shared = {name: _RECRUITED + name for name in _shared(recruited)}
    columns = recruited[["participant_id", *shared]].rename(columns=shared)
    both = _of_cohort(people.merge(columns, on="participant_id"), [*named, *shared.values()])
    retention = both["Retention"]
    hidden = retention[(retention["characteristic"] == TOTAL) | retention["characteristic"].isin(shared.values())]
    names = {column: _NAMES[name] for name, column in shared.items()}
    hidden = hidden.assign(characteristic=hidden["characteristic"].replace(names))
    own = {
        name: table[~table["characteristic"].isin(shared.values())].reset_index(drop=True)
        for name, table in both.items()
    }
    return {"Recruitment": _share_rows(hidden) if shared else _nothing(), **own}


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS, dtype="str")


def _of_cohort(people: pd.DataFrame, named: list[str]) -> dict[str, pd.DataFrame]:
    if people.empty:
        return dict.fromkeys(("Presentation", "Retention", "Achievement"), _nothing())
    counts, nested = _outcomes(people, named), _nested(people, named)
    full = add_totals(counts.assign(k=counts["presented"]), within=["level"], across=["level"])
    retention = suppress(full, profile=PROFILE, within=["level"], nested=nested)
    together = _combined(people, named, nested)
    in_time = _beside(counts, retention, ("presented", "in_time"))
    return {
        "Presentation": in_time[in_time["characteristic"] == TOTAL].reset_index(drop=True),
        "Retention": retention,
        "Achievement": _beside(counts, retention, ("known", "passed"), together=together),
    }


def public_notices(audit: Audit) -> list[str]:
    """Say which characteristics are hidden together, since one lies within the other, and which nobody declared."""
    recruited, people, named = _people(audit)
    nested = [*_nested(recruited, _shared(recruited)), *_nested(people, named)]
    together = [f"Hidden together, since they tell of each other: {', '.join(one.characteristics)}." for one in nested]
    notices = list(dict.fromkeys([*together, *(notice for one in nested for notice in one.notices())]))
    return notices or ["No characteristic lies within another, so none are hidden together."]


def _overall(metrics: pd.DataFrame, recruitment: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that are no shares of groups: per cent of the target, overturned scripts, mean rating."""
    whole = recruitment[recruitment["characteristic"] == TOTAL].set_index("level")["n"].to_dict()
    rows = []
    for row in metrics[metrics["denominator"] > 0].to_dict("records"):
        figure = [row["metric"], row["level"] or TOTAL, row["measure"]]
        if row["metric"] == "M1":
            people = whole.get(row["level"], "c")
            rows.append([*figure, people, percent_text(row["rate"]).removesuffix(" %") if people != "c" else "c"])
        elif row["metric"] == "M5" and not row["level"]:
            one = pd.DataFrame(
                {"characteristic": [TOTAL], "group": [TOTAL], "n": [row["denominator"]], "k": [row["numerator"]]}
            )
            shown = suppress(one.astype({"n": "int64", "k": "int64"}), profile=PROFILE).iloc[0]
            rows.append([*figure, shown["n"], shown["rate"]])
        elif row["metric"] == "M6" and not row["level"]:
            rules, answers = find_profile(PROFILE), int(row["denominator"])
            mean = f"{row['rate']:.2f}" if answers >= rules.base else rules.base_text
            rows.append([*figure, str(answers) if answers > rules.small else rules.small_text, mean])
    return pd.DataFrame(rows, columns=["metric", "level", "figure", "people", "value"], dtype="str")


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
    provider, period = audit.provider, audit.period
    about = [
        f"Metrics of {provider} in the quality framework of National Professional Qualifications, {period}.",
        f"As known on {day}. Small numbers are hidden by the rules of the Department for Education.",
    ]
    sheets = [_sheet(name, frame, provider) for name, frame in there.items()]
    files = {WORKBOOK: public_workbook(sheets, title=about[0], about=about, notes=_NOTES, references=references)}
    for name, frame in there.items():
        if name == "Overall":
            continue
        files |= open_data_files(_open(name, frame, day), references=references)
    return files


def _sheet(name: str, frame: pd.DataFrame, provider: str) -> PublicTable:
    if name == "Overall":
        labels = {"metric": "Metric", "level": "Level", "figure": "Figure", "people": "Number", "value": "Value"}
        title = "Share of the target number (%), overturned scripts (%), mean rating"
        return PublicTable(sheet=name, title=title, frame=frame, labels=labels, notes={"": "hidden"}, scope=provider)
    notes = {"": "hidden"} | ({} if name == "Recruitment" else {"n": "cohort"})
    labels = _LABELS | dict(zip(("n", "k", "rate"), _ABOUT[name], strict=True))
    return PublicTable(
        sheet=name, title=f"{name} by level and group", frame=frame, labels=labels, notes=notes, scope=provider
    )


def _open(name: str, frame: pd.DataFrame, as_of: str) -> OpenTable:
    stem = name.lower()
    return OpenTable(
        frame=frame,
        name=f"npq-{stem}",
        time_period=as_of[:4],
        time_identifier="Calendar year",
        labels=_LABELS | dict(zip(("n", "k", "rate"), _ABOUT[name], strict=True)),
        indicators=(f"{stem}_people_count", f"{stem}_count", f"{stem}_percent"),
    )


def _shares(people: pd.DataFrame) -> pd.DataFrame:
    """Return how the people of each level are shared out: n the level's people, k those of the group."""
    named = _shared(people)
    if people.empty or not named:
        return _nothing()
    return _share_rows(_hidden(_counted(people, named, ["level"]), ["level"], _nested(people, named)))


def _share_rows(hidden: pd.DataFrame) -> pd.DataFrame:
    whole = hidden[hidden["characteristic"] == TOTAL].set_index("level")["n"]
    rows = [
        {**row, "n": whole[row["level"]], "k": row["n"], "rate": _rate(row["n"], whole[row["level"]])}
        for row in hidden.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def _shared(people: pd.DataFrame) -> list[str]:
    return [name for name in ("fsm_30", "white_british") if name in people.columns]


def _outcomes(people: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """Return by level, characteristic and group how many commenced (``n``) and what became of them."""
    known = people["achieved"].notna() & people["presented"]
    passed = people["achieved"].fillna(False).astype(bool) & known
    in_time = people["in_time"].fillna(False).astype(bool)
    marked = people.assign(known=known, passed=passed, in_time=in_time, n=1)
    long = pd.concat([marked.assign(**_group(marked, name)) for name in named], ignore_index=True)
    figures = ["n", "presented", "in_time", "known", "passed"]
    return long.groupby(_ROW, as_index=False)[figures].sum().astype(dict.fromkeys(figures, "int64"))


def _group(people: pd.DataFrame, name: str) -> dict[str, Any]:
    return {"characteristic": _NAMES.get(name, name), "group": people[name].astype("str").fillna(MISSING)}


def _nested(people: pd.DataFrame, named: list[str]) -> list[Nesting]:
    """Return which of the published characteristics lie within one another, by the names under which they appear."""
    declared = {_NAMES.get(inner, inner): _NAMES.get(outer, outer) for inner, outer in _declared(named).items()}
    shown = people[named].rename(columns=_NAMES)
    return find_nesting(shown, list(shown.columns), declared=declared)


def _declared(named: list[str]) -> dict[str, str]:
    return {inner: outer for inner, outer in NESTED.items() if {inner, outer} <= set(named)}


def _combined(people: pd.DataFrame, named: list[str], nested: list[Nesting]) -> pd.DataFrame:
    """Return the outcomes of combinations of nested groups, under each characteristic but the one of fewest groups.

    They are shown nowhere and follow from what is: primary academies are primary schools less the others of them.
    """
    columns = {_NAMES.get(name, name): name for name in named}
    parts = []
    for nesting in nested:
        names = [columns[label] for label in nesting.characteristics]
        both = people[names].astype("str").fillna(MISSING).agg(" and ".join, axis=1)
        fewest = min(names, key=lambda name: people[name].nunique())
        parts += [_outcomes(people.assign(**{name: both}), [name]) for name in names if name != fewest]
    return pd.concat(parts, ignore_index=True) if parts else _outcomes(people.head(0), named)


def _beside(
    counts: pd.DataFrame, retention: pd.DataFrame, figures: tuple[str, str], *, together: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return further figures of the people of retention, all of a level and characteristic or none of it."""
    base, part = figures
    first = counts[counts["characteristic"] == counts["characteristic"].min()]
    totals = first.assign(characteristic=TOTAL, group=TOTAL).groupby(_ROW, as_index=False).sum()
    levels = pd.concat([counts, totals], ignore_index=True)
    sums = levels.assign(level=TOTAL).groupby(_ROW, as_index=False).sum()
    full = retention.merge(pd.concat([levels, sums]), on=_ROW, how="left", suffixes=("", "_true"))
    true = full[["n_true", "presented", "in_time", "known", "passed"]].fillna(0).astype("int64")
    whole = true["n_true"] if base == "presented" else true["known"]
    safe = (full["n"] != "c") & (full["k"] != "c") & ~_any_small(true.rename(columns={"n_true": "n"}), figures)
    safe = safe.groupby([full["level"], full["characteristic"]]).transform("all")
    if together is not None:
        small = set(together.loc[_any_small(together, figures), _ROW[:2]].itertuples(index=False, name=None))
        pairs = full[_ROW[:2]].itertuples(index=False, name=None)
        safe &= np.array([pair not in small for pair in pairs], dtype=bool)
    every = safe.groupby(full["characteristic"]).transform("all")
    safe &= every | (full["level"] != TOTAL)
    shown = [
        (str(n), str(k), _rate(str(k), str(n))) if show else ("c", "c", "c")
        for n, k, show in zip(whole, true[part], safe, strict=True)
    ]
    return full[_ROW].assign(**dict(zip(("n", "k", "rate"), zip(*shown, strict=True), strict=True))).astype("str")


def _any_small(counts: pd.DataFrame, figures: tuple[str, str]) -> pd.Series[bool]:
    """Say of each row whether a count that follows from its shown figures is small."""
    steps = [counts["n"], counts["presented"], *(counts[name] for name in figures)]
    small = find_profile(PROFILE).small
    found = steps[-1].between(1, small)
    for more, fewer in pairwise(steps):
        found |= (more - fewer).between(1, small)
    return found


def _counted(people: pd.DataFrame, named: list[str], within: list[str]) -> pd.DataFrame:
    long = pd.concat([people.assign(**_group(people, name)) for name in named], ignore_index=True)
    return long.groupby([*within, "characteristic", "group"], as_index=False).size().rename(columns={"size": "n"})


def _hidden(counts: pd.DataFrame, within: list[str], nested: list[Nesting]) -> pd.DataFrame:
    # Everything is a number of people, so there are no successes to hide beside it.
    full = add_totals(counts.assign(k=0), within=within, across=within)
    return suppress(full, profile=PROFILE, within=within, nested=nested).drop(columns=["k", "rate"])


def _rate(k: str, n: str) -> str:
    if not (k.isdecimal() and n.isdecimal()):
        return "c"
    if n == "0":
        return "z"
    rules = find_profile(PROFILE)
    return rules.base_text if int(n) < rules.base else percent_of(int(k), int(n))
