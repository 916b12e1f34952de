"""What the NPQ pages show beside findings and metrics: the first screen, figures for the eye, the draw of scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.first_screen import first_sentences
from qa_lib.reports.cells import percent_text, shown_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList
from qa_lib.schemes.npq.audit import LEVELS
from qa_lib.statistics.finite import finite_population_bounds


def audit_sentences(findings: pd.DataFrame, book: RuleBook, *, provider: str, period: str, as_of: str) -> list[str]:
    """Return the first sentences of a provider's page: what needs action, what is late or missing, what is met."""
    return [f"{provider}, {period}, as known on {as_of}.", *first_sentences(findings, book)]


def shown_metrics(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return what ``metrics`` gave as text for the eye.

    The columns are ``metric, level, measure, counted, rate, target, interval, status, beside``.
    """
    rows = [
        {
            "metric": row["metric"],
            "level": row["level"] or "all",
            "measure": row["measure"],
            "counted": _counted(row),
            "rate": _figure(row["rate"], row),
            "target": _figure(row["target"], row),
            "interval": f"{_figure(row['low'], row)} to {_figure(row['high'], row)}" if pd.notna(row["low"]) else "",
            "status": str(row["status"]).replace("_", " "),
            "beside": row["beside"],
        }
        for row in metrics.to_dict("records")
    ]
    columns = ["metric", "level", "measure", "counted", "rate", "target", "interval", "status", "beside"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def trend_table(trends: pd.DataFrame) -> pd.DataFrame:
    """Return what ``trends`` gave as text for the eye: a row per figure, with a column for each period."""
    texts = [
        f"{_figure(row['rate'], row)} ({_counted(row)}), {str(row['status']).replace('_', ' ')}"
        for row in trends.to_dict("records")
    ]
    keys, periods = ["metric", "level", "measure"], sorted(trends["period"].unique())
    frame = trends[["period", *keys]].assign(level=trends["level"].replace("", "all"), text=texts)
    ordered = frame.sort_values(["metric", "level"], key=_framework_order, kind="stable")
    wide = frame.pivot(index=keys, columns="period", values="text").reindex(ordered.set_index(keys).index.unique())
    return wide.reindex(columns=periods).fillna("").rename_axis(columns=None).reset_index()


def _framework_order(column: pd.Series) -> pd.Series:
    places = {level: place for place, level in enumerate(("all", *LEVELS))}
    return column.map(places) if column.name == "level" else column


def trend_lines(trends: pd.DataFrame) -> pd.DataFrame:
    """Return for a chart the rates of metrics 4 and 7 in what ``trends`` gave: ``period, measure, series, share``."""
    drawn = trends[trends["metric"].isin(["M4", "M7"])]
    measure = drawn["measure"].str.replace("(:| within).*", "", regex=True)
    frame = {"period": drawn["period"], "measure": measure, "series": drawn["level"], "share": drawn["rate"]}
    return pd.DataFrame(frame).reset_index(drop=True)


def _figure(value: Any, row: Mapping[Any, Any]) -> str:
    return percent_text(value) if row["unit"] == "share" else shown_text(value)


def _counted(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["numerator"]):
        return ""
    of = (
        ""
        if pd.isna(row["denominator"])
        else f"{' over' if row['unit'] == 'points' else ' of'} {row['denominator']:,.0f}"
    )
    return f"{row['numerator']:,.10g}{of}"


def script_draw_table(script_draw: FrozenList) -> pd.DataFrame:
    """Return what was frozen and drawn as ``what, value`` rows."""
    rows = [
        ("Provider", str(script_draw.content["provider"])),
        ("Scripts that may be drawn", str(len(script_draw.population))),
        ("Rate", str(script_draw.content["rate"])),
        ("Scripts to moderate", str(script_draw.size)),
        ("Freeze digest", script_draw.digest),
        ("State", script_draw.status),
        ("Source of the seed", str(script_draw.content["seed_source"]) or "chosen by the body that moderates"),
        ("Seed", script_draw.seed or "none yet"),
    ]
    return pd.DataFrame(rows, columns=["what", "value"], dtype="str")


def script_bounds(script_draw: FrozenList, moderated: pd.DataFrame) -> pd.DataFrame:
    """Return what the moderated sample shows of all scripts, and of each level's: for a table and a bounds chart.

    Returns
    -------
    DataFrame
        ``label, scripts, sampled, back`` (moderated so far), ``overturned``, and as shares ``estimate, low, high``:
        exact bounds of 95 % for a finite population; a script not back may be either. Empty before the draw.
    """
    own = moderated[moderated["in_draw"]]
    levels = list(dict.fromkeys(script_draw.sample["level"]))
    parts = [("all levels", script_draw.population, script_draw.sample, own)] + [
        (level, *(table[table["level"] == level] for table in (script_draw.population, script_draw.sample, own)))
        for level in levels
        if len(levels) > 1
    ]
    rows = [_bounds_row(*part) for part in parts if len(part[2])]
    columns = ["label", "scripts", "sampled", "back", "overturned", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _bounds_row(label: str, population: pd.DataFrame, sample: pd.DataFrame, own: pd.DataFrame) -> dict[str, Any]:
    size, drawn, back = len(population), len(sample), int(own["returned"].sum())
    overturned = int(own["overturned"].sum())
    bounds = finite_population_bounds(size, drawn, overturned, missing=drawn - back)
    return {
        "label": label,
        "scripts": size,
        "sampled": drawn,
        "back": back,
        "overturned": overturned,
        "estimate": overturned / back if back else float("nan"),
        "low": float(bounds.low) / size,
        "high": float(bounds.high) / size,
    }


def script_sentences(script_draw: FrozenList, bounds: pd.DataFrame, *, tolerable: Any) -> list[str]:
    """Return the first sentences of the page on national moderation."""
    who = f"{script_draw.content['provider']}, {script_draw.content['period']}"
    if script_draw.status != "drawn":
        return [
            f"{who}: {len(script_draw.population)} scripts are frozen, {script_draw.size} are to be moderated. "
            "Waiting for seed.",
            f"Needs action: the body that moderates gives a seed for the freeze digest {script_draw.digest}.",
        ]
    lines = [f"{who}: {script_draw.size} of {len(script_draw.population)} scripts were drawn for national moderation."]
    lines += [f"{remark[0].upper()}{remark[1:]}." for remark in script_draw.remarks]
    if bounds.empty:
        return lines
    row = bounds.iloc[0].to_dict()
    waiting = int(row["sampled"] - row["back"])
    lines.append(f"Needs action: {waiting} of them have not come back." if waiting else "All of them have come back.")
    if row["back"]:
        limit = percent_text(tolerable)
        lines += [
            f"The rule looks at the sample: {row['overturned']} of {row['back']} moderated scripts were overturned "
            f"({percent_text(row['estimate'])}; at most {limit} may be).",
            f"What the sample shows of all {row['scripts']} scripts: between {percent_text(row['low'])} and "
            f"{percent_text(row['high'])} of them would be overturned (95 %).",
        ]
    return lines
