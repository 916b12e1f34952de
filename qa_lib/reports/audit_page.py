"""The first screen of the audit pages: what needs action, what is late, what is met; and the findings by section."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from qa_lib.reports.audit_words import TIMED, TO_DO
from qa_lib.reports.overview import WORST_FIRST, rule_overview
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.case import Case
from qa_lib.schemes.hlta.summary import section_of

_ACTIONABLE = ("breach", "warning")
_MOST_NAMED = 4
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def audit_sentences(findings: pd.DataFrame, case: Case) -> list[str]:
    """Return the first sentences of an RPA's page: what needs action, what is late, what is met.

    Parameters
    ----------
    findings
        Of :func:`qa_lib.schemes.hlta.summary.hlta_findings`.
    case
        The case that they are about.
    """
    overview = rule_overview(findings, case.book)
    breaches = findings[findings["status"] == "breach"]
    late = _timed(findings)
    unknown = overview.loc[overview["not_assessable"] > 0, "rule"]
    met = int((overview["status"] == "met").sum())
    return [
        f"{case.provider}, {months_in_words(case.months)}, as known on {case.as_of.date()}.",
        f"Needs action: {_number(len(breaches), 'breach', 'breaches')} of {_rules(breaches['rule'])}, and "
        f"{_number(int((findings['status'] == 'warning').sum()), 'warning')}; who has to do what stands below.",
        f"Late or missing on its day: {_number(len(late), 'entry', 'entries')}.",
        f"Met: {met} of {len(overview)} rules.",
        *(
            [f"Not assessable in part or whole, because data are missing: {', '.join(unknown)}."]
            if len(unknown)
            else []
        ),
        *_draw_sentences(case),
    ]


def _draw_sentences(case: Case) -> list[str]:
    waiting = [draw.freeze.month for draw in case.month_draws if draw.status != "drawn"]
    if waiting:
        return [f"The sample of {', '.join(waiting)} waits for its seed; what moderators found is not known yet."]
    return [] if case.month_draws else ["No sample was drawn: no file of these months could be moderated."]


def months_in_words(months: Iterable[str]) -> str:
    """Return months in words.

    Examples
    --------
    >>> months_in_words(["2024-03"]), months_in_words(["2023-09", "2023-12", "2023-11"])
    ('March 2024', 'September 2023 to December 2023')
    """
    ordered = sorted(months)
    words = [f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}" for month in (ordered[0], ordered[-1])]
    return words[0] if words[0] == words[1] else " to ".join(words)


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _rules(rules: pd.Series) -> str:
    return _number(rules.nunique(), "rule")


def action_table(findings: pd.DataFrame) -> pd.DataFrame:
    """Return who has to do what, one row per rule that is not met, breaches first and the most frequent first.

    Returns
    -------
    DataFrame
        ``status, who, what_to_do, number, which`` (the first subjects) and ``rule``.
    """
    open_ones = findings[findings["status"].isin(_ACTIONABLE)]
    rows = [
        {
            "status": status,
            "who": TO_DO[str(rule)][0],
            "what_to_do": TO_DO[str(rule)][1],
            "number": len(own),
            "which": _which(own["subject"]),
            "rule": rule,
        }
        for (status, rule), own in open_ones.groupby(["status", "rule"])
    ]
    table = pd.DataFrame(rows, columns=["status", "who", "what_to_do", "number", "which", "rule"])
    return table.sort_values(["status", "number", "rule"], ascending=[True, False, True], ignore_index=True)


def _which(subjects: pd.Series) -> str:
    names = sorted(set(subjects))
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def late_table(findings: pd.DataFrame) -> pd.DataFrame:
    """Return what is late or missing on its day: ``what, subject, message, rule``, breaches first."""
    late = _timed(findings)
    ordered = late.iloc[late["status"].map(WORST_FIRST.index).argsort(kind="stable")]
    what = ordered["rule"].map(lambda rule: TO_DO[rule][1])
    return ordered.assign(what_to_do=what)[["subject", "message", "what_to_do", "rule"]].reset_index(drop=True)


def _timed(findings: pd.DataFrame) -> pd.DataFrame:
    return findings[findings["rule"].isin(TIMED) & findings["status"].isin(_ACTIONABLE)]


def rule_table(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return a row per rule, the worst first, with the heading under which its findings stand.

    Returns
    -------
    DataFrame
        ``rule, title, status, breaches, warnings, not_assessable, first, section, clause``.
    """
    table = rule_overview(findings, book)
    warnings = findings.loc[findings["status"] == "warning", "rule"].value_counts()
    clauses = findings.groupby("rule")["clause"].first()
    columns = {
        "warnings": table["rule"].map(warnings).fillna(0).astype("int64"),
        "section": table["rule"].map(section_of),
        "clause": table["rule"].map(clauses),
    }
    order = ["rule", "title", "status", "breaches", "warnings", "not_assessable", "first", "section", "clause"]
    return table.assign(**columns)[order]


def section_findings(findings: pd.DataFrame, section: str) -> pd.DataFrame:
    """Return the findings that stand under a heading, the worst first: ``rule, status, subject, message``."""
    own = findings[findings["rule"].map(section_of) == section]
    own = own.assign(_rank=own["status"].map(WORST_FIRST.index)).sort_values(["_rank", "rule", "subject", "message"])
    shown = own.assign(status=own["status"].str.replace("_", " "))
    return shown[["status", "rule", "subject", "message"]].reset_index(drop=True)
