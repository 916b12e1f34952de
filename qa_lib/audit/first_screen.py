"""The first screen of a report of any scheme: who has to do what, what is late, every rule; and findings by section.

What a list says of a rule (its title, who acts, what to do, whether it asks for something by a day, the section) stands
in the rule book.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.audit.findings import ACTIONABLE, WORST_FIRST
from qa_lib.audit.words import count_with_noun
from qa_lib.errors import first_few
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import find_scheme

_OVERVIEW = ["rule", "title", "status", "breaches", "not_assessable", "met", "first"]
_ACTIONS = ["what_to_do", "who", "number", "which", "status", "rule"]
#: Kinds of subject, beside the provider, that the page as a whole is about; any other is named before its message.
_WHOLE = ["level", "group", "return", "self-assessment"]
_NOUNS = {"breach": ("breach", "breaches"), "warning": ("warning", ""), "not_assessable": ("not assessable",) * 2}
_MOST_NAMED = 4


def first_sentences(findings: pd.DataFrame, book: RuleBook) -> list[str]:
    """Return what needs action, what is late, what is met and what is not assessable, a sentence each.

    Rules are named in words, with their id and the number of findings behind.
    """
    counts = rule_counts(findings)
    failing = {str(rule): _counted(own) for rule, own in counts[ACTIONABLE].iterrows() if own.any()}
    late = {rule: found for rule, found in failing.items() if book[rule].timed}
    unknown = {
        str(rule): count_with_noun(count, "finding") for rule, count in counts["not_assessable"].items() if count
    }
    met = int((rule_overview(findings, book)["status"] == "met").sum())

    def named(rules: Mapping[str, str]) -> str:
        return "; ".join(f"{book[rule].title} ({rule}: {found})" for rule, found in rules.items()) or "nothing"

    return [
        f"Needs action: {named({rule: found for rule, found in failing.items() if rule not in late})}.",
        f"Late, missing or incomplete: {named(late)}.",
        f"Met: {met} of {count_with_noun(len(counts), 'rule')}.",
        f"Not assessable, because something is missing or not due yet: {named(unknown)}.",
    ]


def action_table(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return who has to do what, one row per rule that is not met, breaches first and the most frequent first.

    Returns
    -------
    DataFrame
        ``what_to_do, who, number, which`` (the first subjects), ``status, rule``.
    """
    open_ones = findings[findings["status"].isin(ACTIONABLE)]
    rows = []
    for (status, rule), own in open_ones.groupby(["status", "rule"]):
        card, which = book[str(rule)], first_few(sorted(set(own["subject"])), _MOST_NAMED)
        rows.append((card.what_to_do, card.who_acts, len(own), which, status, rule))
    table = pd.DataFrame(rows, columns=_ACTIONS)
    return table.sort_values(["status", "number", "rule"], ascending=[True, False, True], ignore_index=True)


def late_table(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return what is late or missing on its day: ``subject, message, what_to_do, rule``, breaches first."""
    late = timed(findings, book)
    ordered = late.iloc[late["status"].map(WORST_FIRST.index).argsort(kind="stable")]
    what = ordered["rule"].map(lambda rule: book[rule].what_to_do)
    return ordered.assign(what_to_do=what)[["subject", "message", "what_to_do", "rule"]].reset_index(drop=True)


def timed(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return the breaches and warnings of rules that ask for something by a day."""
    by_a_day = [rule.id for rule in book if rule.timed]
    return findings[findings["rule"].isin(by_a_day) & findings["status"].isin(ACTIONABLE)]


def rule_overview(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return a row per rule, the worst first: ``rule, title, status`` (the worst), counts by status, ``first`` message.

    ``first`` is a message of the worst status, after the person, file or month that it is about.
    """
    whole = [*_WHOLE, find_scheme(book.scheme).provider_word.lower()]
    rows = []
    for rule, counts in rule_counts(findings).iterrows():
        own = findings[findings["rule"] == rule]
        worst = next(status for status in WORST_FIRST if counts[status])
        if worst == "information" and counts["met"]:
            worst = "met"
        first = own[own["status"] == worst].iloc[0]
        example = first["message"] if first["subject_type"] in whole else f"{first['subject']}: {first['message']}"
        numbers = (int(counts[status]) for status in ("breach", "not_assessable", "met"))
        rows.append((rule, book[str(rule)].title, worst, *numbers, example))
    table = pd.DataFrame(rows, columns=_OVERVIEW)
    place = table["status"].map(WORST_FIRST.index)
    table = table.iloc[place.sort_values(kind="stable").index].reset_index(drop=True)
    return table.assign(status=table["status"].str.replace("_", " "))


def rule_table(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return a row per rule, the worst first: ``rule, title, status, found, first`` message and ``section``.

    ``section`` is the heading under which its findings stand.
    """
    table = rule_overview(findings, book)
    found = table["rule"].map(rule_counts(findings).apply(_counted, axis="columns")) if len(table) else ""
    shown = table.assign(found=found, section=table["rule"].map(lambda rule: book[rule].section))
    return shown[["rule", "title", "status", "found", "first", "section"]]


def rule_counts(findings: pd.DataFrame) -> pd.DataFrame:
    """Return how many findings of each status a rule has: a row per rule, a column per status."""
    return pd.crosstab(findings["rule"], findings["status"]).reindex(columns=WORST_FIRST, fill_value=0)


def _counted(counts: pd.Series) -> str:
    """Return the counts of one rule in words, of what is not in order."""
    there = {status: int(counts.get(status, 0)) for status in _NOUNS}
    return ", ".join(count_with_noun(count, *_NOUNS[status]) for status, count in there.items() if count)


def section_findings(findings: pd.DataFrame, book: RuleBook, section: str) -> pd.DataFrame:
    """Return the findings that stand under a heading, the worst first: ``status, rule, subject, message``."""
    own = findings[findings["rule"].map(lambda rule: book[rule].section) == section]
    own = own.assign(_rank=own["status"].map(WORST_FIRST.index)).sort_values(["_rank", "rule", "subject", "message"])
    # What is about the provider as a whole need not repeat its name in every row.
    word = find_scheme(book.scheme).provider_word
    subject = own["subject"].mask(own["subject_type"] == word.lower(), word)
    shown = own.assign(status=own["status"].str.replace("_", " "), subject=subject)
    return shown[["status", "rule", "subject", "message"]].reset_index(drop=True)
