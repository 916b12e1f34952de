"""Findings by rule, the worst first: the overview that the pages of every scheme begin with."""

from __future__ import annotations

import pandas as pd

from qa_lib.rulebook import RuleBook

WORST_FIRST = ["breach", "warning", "not_assessable", "information", "met"]
_COLUMNS = ["rule", "title", "status", "breaches", "not_assessable", "met", "first"]
#: Kinds of subject that the page as a whole is about; a message of any other is shown with its subject.
_WHOLE = ("provider", "level", "group", "return", "self-assessment", "rpa")


def rule_overview(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return a row per rule, the worst first: ``rule, title, status`` (the worst), counts by status, ``first`` message.

    ``first`` is a message of the worst status.
    """
    rows = []
    for rule, own in findings.groupby("rule", sort=True):
        counts = own["status"].value_counts()
        worst = next(status for status in WORST_FIRST if status in counts.index)
        if worst == "information" and "met" in counts.index:
            worst = "met"
        rows.append(
            {
                "rule": rule,
                "title": book[str(rule)].title,
                "status": worst,
                "breaches": int(counts.get("breach", 0)),
                "not_assessable": int(counts.get("not_assessable", 0)),
                "met": int(counts.get("met", 0)),
                "first": with_subject(own[own["status"] == worst].iloc[0]),
            }
        )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    place = table["status"].map(WORST_FIRST.index)
    table = table.iloc[place.sort_values(kind="stable").index].reset_index(drop=True)
    return table.assign(status=table["status"].str.replace("_", " "))


def with_subject(finding: pd.Series[str]) -> str:
    """Return a finding's message, with the person, file or month that it is about."""
    return finding["message"] if finding["subject_type"] in _WHOLE else f"{finding['subject']}: {finding['message']}"
