"""What the rules say of a provider's year: who was sampled, who was not, who is at risk (HLTA.MOD.4, HLTA.MOD.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from qa_lib.audit.findings import findings_frame
from qa_lib.calendar.months import place_in_year
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.coverage_of_year import coverage_by_entity
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.pages.months_seen import seen_sentences
from qa_lib.schemes.hlta.rules.year_coverage import (
    RULES,
    coverage_statements,
    listed_in,
    months_with_files,
    with_unfrozen,
)

_MONTHS = 12


def year_is_over(draws: Sequence[Draw], *, year: str) -> bool:
    """Say whether the last month of the year has been drawn, so that nobody can be sampled any more."""
    drawn = [place_in_year(draw.freeze.month, starts_in=int(year[5:])) for draw in draws if draw.status == "drawn"]
    return max(drawn, default=0) == _MONTHS


def year_entities(
    draws: Sequence[Draw],
    tables: Mapping[str, pd.DataFrame],
    *,
    provider: str,
    year: str,
    not_moderatable: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Return everyone with files in the year: those of its draws, and those whose months were not drawn.

    Parameters
    ----------
    draws, not_moderatable
        As in :func:`qa_lib.sampling.coverage_of_year.coverage_by_entity`.
    tables
        The data set.
    """
    entities = coverage_by_entity(draws, not_moderatable=not_moderatable)
    return with_unfrozen(entities, tables, provider=provider, year=year)


def year_findings(
    entities: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    provider: str,
    year: str,
    over: bool,
    rules_on: str = "",
) -> pd.DataFrame:
    """Return findings on the year's coverage: one for all who were sampled, one for each who was not.

    Parameters
    ----------
    entities
        As :func:`year_entities` returns it.
    tables
        The data set: assessors and PoPs that it lists for the provider and that have no file are not assessable.
    over
        Whether the year is over: somebody who was not sampled is then a breach, before it a warning.
    """
    findings = []
    names = {"assessor": listed_in(tables, "assessors", "assessor_id", provider=provider)}
    names["PoP"] = listed_in(tables, "pops", "pop_id", provider=provider)
    for kind, rule in RULES.items():
        value = book[rule].on(rules_on or f"{year}-01")
        findings += [
            statement.finding(value, provider, word="rpa")
            for statement in coverage_statements(entities, kind, names[kind], over=over)
        ]
    return findings_frame(findings)


def at_risk(entities: pd.DataFrame) -> pd.DataFrame:
    """Return who has files but no sampled one, those with the fewest files first: they are most easily missed."""
    open_ones = entities[entities["status"] != "sampled"]
    return open_ones.sort_values(["files", "kind", "id"], ignore_index=True)


def year_sentences(
    entities: pd.DataFrame,
    draws: Sequence[Draw],
    tables: Mapping[str, pd.DataFrame],
    *,
    provider: str,
    year: str,
    later: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the first sentences of the year's page: what needs action, what is met, which months it has not seen.

    Parameters
    ----------
    entities
        As :func:`year_entities` returns it.
    tables, later
        The data set, and months after it, as in :func:`qa_lib.schemes.hlta.pages.months_seen.seen_sentences`.
    """
    drawn = sum(draw.status == "drawn" for draw in draws)
    files = sum(len(draw.sample) for draw in draws)
    first = f"{provider}, year from {year}: {drawn} draws, {files} files sampled."
    parts = []
    for kind in RULES:
        own = entities[entities["kind"] == kind]
        parts.append(f"{int((own['status'] == 'sampled').sum())} of {len(own)} {kind}s")
    met = f"Sampled so far, of those with files: {' and '.join(parts)}."
    missing = int((entities["status"] != "sampled").sum())
    action = (
        f"Needs action: {missing} of them have no sampled file yet; they are listed below."
        if missing
        else "Needs action: nobody. Everyone who submitted a file has been in a sample."
    )
    months = months_with_files(tables["cases"], provider=provider, year=year)
    return first, action, met, *seen_sentences(months, draws, later=later)
