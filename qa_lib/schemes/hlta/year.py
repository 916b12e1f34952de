"""What the rules say of a provider's year: who was sampled, who was not, who is at risk (HLTA.MOD.4, HLTA.MOD.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from qa_lib.findings import Finding, Status, findings_frame
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.months import place_in_year

_RULES = {"assessor": ("HLTA.MOD.4", "assessors"), "PoP": ("HLTA.MOD.5", "pops")}
_MONTHS = 12


def year_is_over(draws: Sequence[Draw], *, year: str) -> bool:
    """Say whether the last month of the year has been drawn, so that nobody can be sampled any more."""
    drawn = [place_in_year(draw.freeze.month, starts_in=int(year[5:])) for draw in draws if draw.status == "drawn"]
    return max(drawn, default=0) == _MONTHS


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
        As :func:`qa_lib.sampling.year.coverage_by_entity` returns it.
    tables
        The data set: assessors and PoPs that it lists for the provider and that have no file are not assessable.
    over
        Whether the year is over: somebody who was not sampled is then a breach, before it a warning.
    """
    findings: list[Finding] = []
    for kind, (rule, table) in _RULES.items():
        clause = book[rule].on(rules_on or f"{year}-01").clause
        own = entities[entities["kind"] == kind]
        sampled = int((own["status"] == "sampled").sum())
        everyone: Status = "met" if sampled == len(own) else "information"
        message = f"{sampled} of {len(own)} {kind}s with files have been in a sample"
        findings.append(_finding(rule, everyone, "rpa", provider, message, clause, value=f"{sampled} of {len(own)}"))
        for row in own[own["status"] != "sampled"].itertuples():
            why = "waits for a seed" if row.status == "waiting for seed" else "has not been in a sample"
            status: Status = "breach" if over else "warning"
            text = f"{why}: {row.files} files, last in {row.last_month}"
            findings.append(_finding(rule, status, kind.lower(), str(row.id), text, clause, value=str(row.files)))
        idle = sorted(_listed(tables, table, f"{kind.lower()}_id", provider) - set(own["id"]))
        findings += [
            _finding(
                rule,
                "not_assessable",
                kind.lower(),
                name,
                "not assessable, because no file of theirs was submitted in the year",
                clause,
            )
            for name in idle
        ]
    return findings_frame(findings)


def _finding(
    rule: str, status: Status, subject_type: str, subject: str, message: str, clause: str, *, value: str = ""
) -> Finding:
    return Finding(
        rule=rule,
        status=status,
        subject_type=subject_type,
        subject=subject,
        message=message,
        value=value,
        clause=clause,
    )


def _listed(tables: Mapping[str, pd.DataFrame], table: str, key: str, provider: str) -> set[str]:
    people = tables.get(table)
    if people is None or key not in people.columns:
        return set()
    own = people[people["rpa"] == provider] if "rpa" in people.columns else people
    return set(own[key])


def at_risk(entities: pd.DataFrame) -> pd.DataFrame:
    """Return who has files but no sampled one, those with the fewest files first: they are most easily missed."""
    open_ones = entities[entities["status"] != "sampled"]
    return open_ones.sort_values(["files", "kind", "id"], ignore_index=True)


def year_sentences(entities: pd.DataFrame, draws: Sequence[Draw], *, provider: str, year: str) -> tuple[str, ...]:
    """Return the first sentences of the year's page: what needs action, what is met."""
    drawn = sum(draw.status == "drawn" for draw in draws)
    files = sum(len(draw.sample) for draw in draws)
    first = f"{provider}, year from {year}: {drawn} draws, {files} files sampled."
    parts = []
    for kind in _RULES:
        own = entities[entities["kind"] == kind]
        parts.append(f"{int((own['status'] == 'sampled').sum())} of {len(own)} {kind}s")
    met = f"Sampled so far, of those with files: {' and '.join(parts)}."
    missing = int((entities["status"] != "sampled").sum())
    action = (
        f"Needs action: {missing} of them have no sampled file yet; they are listed below."
        if missing
        else "Needs action: nobody. Everyone who submitted a file has been in a sample."
    )
    return first, action, met
