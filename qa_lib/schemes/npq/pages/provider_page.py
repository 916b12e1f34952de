"""What the NPQ pages show beside findings and metrics: the first screen, figures for the eye, the draw of scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from qa_lib.audit.overview import rule_overview
from qa_lib.errors import NothingToShow
from qa_lib.intake.near_providers import accepted_names, refuse_near_providers
from qa_lib.parameter_values import as_number_text, as_text
from qa_lib.reports.cells import percent_text, shown_text
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.seeds import new_seed
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.rules.script_moderation import npq_freeze_scripts
from qa_lib.schemes.npq.scripts import ScriptDraw, npq_draw_scripts
from qa_lib.statistics.finite import finite_population_bounds

#: Rules about something that has to be there by a day: their breaches are late or missing.
_TIMED = ("NPQ.RET.1", "NPQ.RET.2", "NPQ.REQ.1", "NPQ.REQ.5", "NPQ.REQ.6")


def npq_sentences(findings: pd.DataFrame, book: RuleBook, *, provider: str, period: str, as_of: str) -> list[str]:
    """Return the first sentences of a provider's page: what needs action, what is late or missing, what is met."""
    overview = rule_overview(findings, book).sort_values("rule")
    breached = overview[overview["breaches"] > 0]
    late = breached["rule"].isin(_TIMED)
    unknown = overview[overview["not_assessable"] > 0]
    fine = ", ".join(overview.loc[overview["status"] == "met", "rule"]) or "nothing"
    return [
        f"{provider}, {period}, as known on {as_of}.",
        f"Needs action: {_counted_rules(breached[~late], 'breaches')}.",
        f"Late, missing or incomplete: {_counted_rules(breached[late], 'breaches')}.",
        f"Met: {fine}.",
        f"Not assessable, because something is missing or not due yet: {_counted_rules(unknown, 'not_assessable')}.",
    ]


def _counted_rules(rows: pd.DataFrame, column: str) -> str:
    parts = [f"{rule} ({count})" for rule, count in zip(rows["rule"], rows[column], strict=True)]
    return ", ".join(parts) or "nothing"


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


def npq_script_draw(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    as_of: str,
    period: str,
    seed: str = "",
    seed_series: str = "",
    accept_near_equal: str = "",
) -> ScriptDraw:
    """Freeze a provider's scripts for national moderation and draw them, where there is a seed.

    Parameters
    ----------
    tables, book, provider, as_of, period
        As in :func:`qa_lib.schemes.npq.audit.make_audit`.
    seed
        Of the body that moderates; blank: none yet.
    seed_series
        In a back-run over old data: the seed is the series with provider and period, joined by ``/``.
    accept_near_equal
        Names of providers of their own that look like another's, with ``;`` between them.

    Raises
    ------
    NothingToShow
        Where the data set has no scripts.
    SampleError
        If an id or the seed is refused, or another provider's name looks like this one's and was not accepted.
    """
    provider, period = as_text(provider, name="provider"), as_number_text(period, name="period")
    seed, seed_series = as_text(seed, name="seed"), as_text(seed_series, name="seed_series")
    if "scripts" not in tables:
        raise NothingToShow(f"the data set has no table scripts, so nothing of {provider} can be drawn for moderation")
    refuse_near_providers(tables, provider=provider, accept=accepted_names(accept_near_equal))
    source = "a series that the operator chose" if seed_series and not seed else ""
    audit = make_audit(tables, book, provider=provider, as_of=as_of, period=period)
    frozen = npq_freeze_scripts(audit, seed_source=source)
    if seed:
        given, remarks = new_seed(seed, known=(frozen.digest, *frozen.content.values()))
        return replace(npq_draw_scripts(frozen, seed=given), remarks=remarks)
    return npq_draw_scripts(frozen, seed="/".join([seed_series, provider, period])) if seed_series else frozen


def script_draw_or_none(tables: Mapping[str, pd.DataFrame], book: RuleBook, **asked: str) -> ScriptDraw | None:
    """Return :func:`npq_script_draw` where the data set has scripts and there is a seed, else None."""
    if "scripts" not in tables or not (asked.get("seed") or asked.get("seed_series")):
        return None
    return npq_script_draw(tables, book, **asked)


def script_draw_files(drawn: ScriptDraw) -> dict[str, bytes]:
    """Return the files of a draw of scripts, by names that no other draw of a report has."""
    return {
        f"scripts-{name.removeprefix('scripts')}".replace("-.", "."): content for name, content in drawn.files().items()
    }


def script_draw_table(drawn: ScriptDraw) -> pd.DataFrame:
    """Return what was frozen and drawn as ``what, value`` rows."""
    rows = [
        ("Provider", str(drawn.content["provider"])),
        ("Scripts that may be drawn", str(len(drawn.population))),
        ("Rate", str(drawn.content["rate"])),
        ("Scripts to moderate", str(drawn.size)),
        ("Freeze digest", drawn.digest),
        ("State", drawn.status),
        ("Source of the seed", str(drawn.content["seed_source"]) or "chosen by the body that moderates"),
        ("Seed", drawn.seed or "none yet"),
    ]
    return pd.DataFrame(rows, columns=["what", "value"], dtype="str")


def script_bounds(drawn: ScriptDraw, moderated: pd.DataFrame) -> pd.DataFrame:
    """Return what the moderated sample shows of all scripts, and of each level's: for a table and a bounds chart.

    Returns
    -------
    DataFrame
        ``label, scripts, sampled, back`` (moderated so far), ``overturned``, and as shares ``estimate, low, high``:
        exact bounds of 95 % for a finite population; a script not back may be either. Empty before the draw.
    """
    own = moderated[moderated["in_draw"]]
    levels = list(dict.fromkeys(drawn.sample["level"]))
    parts = [("all levels", drawn.population, drawn.sample, own)] + [
        (level, *(table[table["level"] == level] for table in (drawn.population, drawn.sample, own)))
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


def script_sentences(drawn: ScriptDraw, bounds: pd.DataFrame, *, tolerable: Any) -> list[str]:
    """Return the first sentences of the page on national moderation."""
    who = f"{drawn.content['provider']}, {drawn.content['period']}"
    if drawn.status != "drawn":
        return [
            f"{who}: {len(drawn.population)} scripts are frozen, {drawn.size} are to be moderated. Waiting for seed.",
            f"Needs action: the body that moderates gives a seed for the freeze digest {drawn.digest}.",
        ]
    lines = [f"{who}: {drawn.size} of {len(drawn.population)} scripts were drawn for national moderation."]
    lines += [f"{remark[0].upper()}{remark[1:]}." for remark in drawn.remarks]
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
