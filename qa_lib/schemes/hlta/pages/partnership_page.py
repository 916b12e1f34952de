"""The page over all RPAs: their findings side by side, and tables of each put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from qa_lib.audit.findings import COLUMNS, WORST_FIRST
from qa_lib.audit.first_screen import action_table, rule_counts, timed
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.audit.words import count_with_noun
from qa_lib.calendar.months import listed_months
from qa_lib.errors import QAError
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.pages.audit_page import made_or_why, months_in_words
from qa_lib.schemes.hlta.rules.consequences import review_pending
from qa_lib.schemes.hlta.rules.rota import proposed_rota
from qa_lib.schemes.hlta.rules.year_coverage import covered, unseen_months

#: RPA -> its audit.
Audits = Mapping[str, Audit]


def partnership_findings(audits: Audits) -> pd.DataFrame:
    """Return the findings of several RPAs: a column ``rpa`` before those of a finding, RPAs by name."""
    every = [audit_findings(audit).assign(rpa=name) for name, audit in sorted(audits.items())]
    return pd.concat([pd.DataFrame(columns=["rpa", *COLUMNS]), *every], ignore_index=True)[["rpa", *COLUMNS]]


def partnership_sentences(findings: pd.DataFrame, audits: Audits) -> list[str]:
    """Return the page's first sentences: who needs action, what is late, what waits."""
    audit = next(iter(audits.values()))
    breaches = findings[findings["status"] == "breach"]["rpa"].value_counts().reindex(sorted(audits), fill_value=0)
    late = timed(findings, audit.book)["rpa"].value_counts().reindex(sorted(audits), fill_value=0)
    waiting = [name for name, one in sorted(audits.items()) if any(draw.status != "drawn" for draw in one.month_draws)]
    empty = [name for name, one in sorted(audits.items()) if not one.month_draws]
    # What waits for its seed, and what was not drawn in the month itself, is said already.
    earlier = {name: set(unseen_months(one)) - set(one.months) for name, one in sorted(audits.items())}
    unseen = [f"{name} {listed_months(months)}" for name, months in earlier.items() if months]
    return [
        f"Needs action: {_of_each(breaches, 'breach', 'breaches')}.",
        f"Late or missing on its day: {_of_each(late, 'entry', 'entries')}.",
        *([f"Waiting for a seed: {', '.join(waiting)}."] if waiting else []),
        *([f"No draw is at hand: {', '.join(empty)}."] if empty else []),
        *([f"Not drawn in the year so far, and in none of its figures: {'; '.join(unseen)}."] if unseen else []),
        f"{count_with_noun(len(audits), 'RPA')}, {months_in_words(audit.months)}, as known on {audit.as_of.date()}.",
    ]


def _of_each(counts: pd.Series, one: str, many: str) -> str:
    named = [f"{name} {count_with_noun(int(count), one, many)}" for name, count in counts.items() if count]
    return "; ".join(named) or "nothing"


def rpa_overview(findings: pd.DataFrame, audits: Audits) -> pd.DataFrame:
    """Return a row per RPA, by name: numbers of findings are no ranking.

    Returns
    -------
    DataFrame
        ``rpa, files, sampled`` (in the months), counts of findings by status, ``late`` entries, rules ``met`` and
        ``rules`` in all.
    """
    rows = []
    for name, audit in sorted(audits.items()):
        own = findings[findings["rpa"] == name]
        counts, drawn = own["status"].value_counts(), audit.month_draws
        worst = rule_counts(own)
        met = worst[(worst[WORST_FIRST[:3]] == 0).all(axis="columns") & (worst["met"] > 0)]
        rows.append(
            {
                "rpa": name,
                "files": len(audit.files()),
                "sampled": sum(len(draw.sample) for draw in drawn),
                "breaches": int(counts.get("breach", 0)),
                "warnings": int(counts.get("warning", 0)),
                "late": len(timed(own, audit.book)),
                "not_assessable": int(counts.get("not_assessable", 0)),
                "met": len(met),
                "rules": len(worst),
            }
        )
    columns = ["rpa", "files", "sampled", "breaches", "warnings", "late", "not_assessable", "met", "rules"]
    return pd.DataFrame(rows, columns=columns)


def rules_by_rpa(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return the rules that some RPA does not meet: ``rule, title``, and of each RPA the worst status and its count."""
    rpas = sorted(set(findings["rpa"]))
    rows = []
    for rule, own in findings.groupby("rule"):
        worst = {name: _worst(own.loc[own["rpa"] == name, "status"]) for name in rpas}
        if any(word.startswith(("breach", "warning", "not")) for word in worst.values()):
            rows.append({"rule": rule, "title": book[str(rule)].title, **worst})
    return pd.DataFrame(rows, columns=["rule", "title", *rpas])


def _worst(statuses: pd.Series) -> str:
    counts = statuses.value_counts()
    worst = next((status for status in WORST_FIRST if status in counts.index), "")
    if worst in ("", "met", "information"):
        return "met" if "met" in counts.index else ""
    return f"{worst.replace('_', ' ')} ({counts[worst]})"


def shared_actions(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return who has to do what over all RPAs: ``what_to_do, who, number, rpas, status, rule``, the worst first."""
    table = action_table(findings, book)
    rpas = findings.groupby(["status", "rule"])["rpa"].agg(lambda names: ", ".join(sorted(set(names))))
    pairs = pd.MultiIndex.from_frame(table[["status", "rule"]])
    return table.assign(rpas=rpas.reindex(pairs).to_numpy())[["what_to_do", "who", "number", "rpas", "status", "rule"]]


def shared_late(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return what is late or missing on its day, over all RPAs: ``rpa, subject, message, what_to_do, rule``."""
    late = timed(findings, book).sort_values(["rpa", "rule", "subject"])
    return late.assign(what_to_do=late["rule"].map(lambda rule: book[rule].what_to_do))[
        ["rpa", "subject", "message", "what_to_do", "rule"]
    ].reset_index(drop=True)


def by_rpa(make: Callable[[Audit], pd.DataFrame], audits: Audits) -> pd.DataFrame:
    """Return a table of each RPA put together, with the RPA in its first column."""
    tables = [made_or_why(make, audit).assign(rpa=name) for name, audit in sorted(audits.items())]
    together = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    return together[["rpa", *(column for column in together.columns if column != "rpa")]]


def coverage_so_far(audits: Audits) -> pd.DataFrame:
    """Return how many have been in a sample in the year so far: ``rpa, kind, with_files, sampled, not_sampled``."""
    rows = []
    for name, audit in sorted(audits.items()):
        entities = covered(audit)
        for kind, own in entities.groupby("kind"):
            sampled = int((own["sampled_files"] > 0).sum())
            counts = {"with_files": len(own), "sampled": sampled, "not_sampled": len(own) - sampled}
            rows.append({"rpa": name, "kind": f"{kind}s", **counts})
    return pd.DataFrame(rows, columns=["rpa", "kind", "with_files", "sampled", "not_sampled"])


def shared_pending(audits: Audits) -> pd.DataFrame:
    """Return the files of all RPAs that were flagged *review pending*, each once, with the end of the flag."""
    every = by_rpa(review_pending, audits)
    key = ["case_id", "because_of"]
    return every.drop_duplicates(key, ignore_index=True) if set(key) <= set(every.columns) else every


def next_rota(tables: Mapping[str, pd.DataFrame], book: RuleBook, *, month: str, months: int = 6) -> pd.DataFrame:
    """Return a proposed rota of peer review for the months after a month; why there is none in its place."""
    first = str(pd.Period(month, freq="M") + 1)
    try:
        return proposed_rota(tables, book, first_month=first, months=months)
    except QAError as reason:
        return pd.DataFrame({"no_rota": [str(reason)]})
