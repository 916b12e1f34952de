"""The first screen of the audit pages: what needs action, what is late, what is met; and the findings by section."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from qa_lib.reports.audit_words import TIMED, TO_DO
from qa_lib.reports.overview import WORST_FIRST, rule_overview
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.months import month_in_words
from qa_lib.schemes.answering import BECAUSE, NotAssessable
from qa_lib.schemes.hlta.case import Case
from qa_lib.schemes.hlta.rules.actions import action_log
from qa_lib.schemes.hlta.rules.appeals import appeals_log
from qa_lib.schemes.hlta.rules.consequences import PENDING, review_pending
from qa_lib.schemes.hlta.rules.coverage import covered
from qa_lib.schemes.hlta.summary import section_of

_ACTIONABLE = ("breach", "warning")
_MOST_NAMED = 4


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
    late = len(timed(findings))
    unknown = ", ".join(overview.loc[overview["not_assessable"] > 0, "rule"])
    met = int((overview["status"] == "met").sum())
    return [
        f"Needs action: {_to_act_on(findings)}. Late or missing on its day: {number(late, 'entry', 'entries')}.",
        *_still_open(case),
        *_draw_sentences(case),
        f"Met: {met} of {len(overview)} rules. Not assessable in part or whole, because data are missing: "
        f"{unknown or 'none'}. {case.provider}, {months_in_words(case.months)}, as known on {case.as_of.date()}.",
    ]


def _to_act_on(findings: pd.DataFrame) -> str:
    """Return breaches and warnings in words, with the number of rules that they are of."""
    counts = findings["status"].value_counts()
    rules = findings.loc[findings["status"].isin(_ACTIONABLE), "rule"].nunique()
    found = [
        number(int(counts.get("breach", 0)), "breach", "breaches"),
        number(int(counts.get("warning", 0)), "warning"),
    ]
    return f"{' and '.join(found)} of {number(rules, 'rule')}" if rules else "nothing"


def _still_open(case: Case) -> list[str]:
    """Say what stays open from month to month; nothing where nothing is open."""
    actions, appeals = action_log(case), appeals_log(case)
    pending = made_or_why(review_pending, case)
    open_ones = [
        (int((pending["state"] == PENDING).sum()) if "state" in pending else 0, "file with review pending",
         "files with review pending"),
        (int(actions["state"].str.startswith("open").sum()), "action", "actions"),
        (int(appeals["status"].isin(["open", "overdue"]).sum()), "appeal", "appeals"),
    ]  # fmt: skip
    named = [number(count, one, many) for count, one, many in open_ones if count]
    return [f"Still open: {', '.join(named)}."] if named else []


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
    words = [month_in_words(month) for month in (ordered[0], ordered[-1])]
    return words[0] if words[0] == words[1] else " to ".join(words)


def number(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun; without ``many`` the noun takes an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def action_table(findings: pd.DataFrame) -> pd.DataFrame:
    """Return who has to do what, one row per rule that is not met, breaches first and the most frequent first.

    Returns
    -------
    DataFrame
        ``what_to_do, who, number, which`` (the first subjects), ``status, rule``.
    """
    open_ones = findings[findings["status"].isin(_ACTIONABLE)]
    rows = [
        {
            "what_to_do": TO_DO[str(rule)][1],
            "who": TO_DO[str(rule)][0],
            "number": len(own),
            "which": _which(own["subject"]),
            "status": status,
            "rule": rule,
        }
        for (status, rule), own in open_ones.groupby(["status", "rule"])
    ]
    table = pd.DataFrame(rows, columns=["what_to_do", "who", "number", "which", "status", "rule"])
    return table.sort_values(["status", "number", "rule"], ascending=[True, False, True], ignore_index=True)


def _which(subjects: pd.Series) -> str:
    names = sorted(set(subjects))
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def late_table(findings: pd.DataFrame) -> pd.DataFrame:
    """Return what is late or missing on its day: ``what, subject, message, rule``, breaches first."""
    late = timed(findings)
    ordered = late.iloc[late["status"].map(WORST_FIRST.index).argsort(kind="stable")]
    what = ordered["rule"].map(lambda rule: TO_DO[rule][1])
    return ordered.assign(what_to_do=what)[["subject", "message", "what_to_do", "rule"]].reset_index(drop=True)


def timed(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the breaches and warnings of rules that ask for something by a day."""
    return findings[findings["rule"].isin(TIMED) & findings["status"].isin(_ACTIONABLE)]


def rule_table(findings: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """Return a row per rule, the worst first: ``rule, title, status, found, first`` message and ``section``.

    ``section`` is the heading under which its findings stand.
    """
    table = rule_overview(findings, book)
    found = table["rule"].map(rule_counts(findings).apply(_counted, axis="columns")) if len(table) else ""
    shown = table.assign(found=found, section=table["rule"].map(section_of))
    return shown[["rule", "title", "status", "found", "first", "section"]]


def rule_counts(findings: pd.DataFrame) -> pd.DataFrame:
    """Return how many findings of each status a rule has: a row per rule, a column per status."""
    return pd.crosstab(findings["rule"], findings["status"]).reindex(columns=WORST_FIRST, fill_value=0)


def _counted(counts: pd.Series) -> str:
    words = {"breach": ("breach", "breaches"), "warning": ("warning", ""), "not_assessable": ("not assessable",) * 2}
    return ", ".join(number(int(counts[status]), *forms) for status, forms in words.items() if counts[status])


def section_findings(findings: pd.DataFrame, section: str) -> pd.DataFrame:
    """Return the findings that stand under a heading, the worst first: ``rule, status, subject, message``."""
    own = findings[findings["rule"].map(section_of) == section]
    own = own.assign(_rank=own["status"].map(WORST_FIRST.index)).sort_values(["_rank", "rule", "subject", "message"])
    # What is about the RPA as a whole need not repeat its name in every row.
    subject = own["subject"].mask(own["subject_type"] == "rpa", "RPA")
    shown = own.assign(status=own["status"].str.replace("_", " "), subject=subject)
    return shown[["status", "rule", "subject", "message"]].reset_index(drop=True)


def coverage_sentences(case: Case) -> list[str]:
    """Say whether every assessor and every PoP with files has been in a sample, or name who has not, and why."""
    entities = covered(case)
    over = "in the year" if case.year_over else "so far this year"
    sentences = []
    for kind in ("assessor", "PoP"):
        own = entities[entities["kind"] == kind]
        missing = own[own["sampled_files"] == 0].sort_values(["files", "id"])
        if missing.empty:
            sentences.append(f"Every {kind} with files {over} has been in a sample: {len(own)} of {len(own)}.")
            continue
        named = [
            f"{row['id']} ({number(row['files'], 'file')}, last in {row['last_month']}: {row['status']})"
            for row in missing.to_dict("records")
        ]
        sampled = len(own) - len(missing)
        sentences.append(f"{sampled} of {number(len(own), kind)} with files {over} have been in a sample.")
        sentences.append(f"Not in a sample: {'; '.join(named)}.")
    return sentences


def coverage_table(case: Case, *, everyone: bool = False) -> pd.DataFrame:
    """Return who has files in the year so far and no sampled one, those with the fewest files first.

    Parameters
    ----------
    everyone
        Those who were sampled too.
    """
    entities = covered(case)
    shown = entities if everyone else entities[entities["sampled_files"] == 0]
    return shown.sort_values(["files", "kind", "id"], ignore_index=True)


def made_or_why(make: Callable[[Case], pd.DataFrame], case: Case) -> pd.DataFrame:
    """Return a table of a case, or one row that says why it cannot be made."""
    try:
        return make(case)
    except NotAssessable as reason:
        return pd.DataFrame({"not_assessable": [f"{BECAUSE} {reason}"]})


def verdict_first(frame: pd.DataFrame, *, after: int = 1) -> pd.DataFrame:
    """Return a comparison with its verdict behind so many first columns, where a reader sees it without scrolling."""
    names = [name for name in frame.columns if name != "verdict"]
    return frame[[*names[:after], *(["verdict"] if "verdict" in frame.columns else []), *names[after:]]]
