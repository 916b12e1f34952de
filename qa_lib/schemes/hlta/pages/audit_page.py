"""What the audit pages of an RPA say beside the lists of every scheme: first sentences, what stays open, coverage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import pandas as pd

from qa_lib.audit.answering import BECAUSE, NotAssessable
from qa_lib.audit.findings import ACTIONABLE
from qa_lib.audit.first_screen import rule_overview, timed
from qa_lib.audit.words import count_with_noun
from qa_lib.calendar.months import month_in_words
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.pages.months_seen import seen_sentences
from qa_lib.schemes.hlta.results.moderated_files import recorded
from qa_lib.schemes.hlta.rules.actions import action_log
from qa_lib.schemes.hlta.rules.appeals import appeals_log
from qa_lib.schemes.hlta.rules.consequences import PENDING, review_pending
from qa_lib.schemes.hlta.rules.issues_forward import issue_log
from qa_lib.schemes.hlta.rules.pre_upload_scrutiny import sent_back
from qa_lib.schemes.hlta.rules.year_coverage import covered, months_with_files


def audit_sentences(findings: pd.DataFrame, audit: Audit) -> list[str]:
    """Return the first sentences of an RPA's page: what needs action, what is late, what is met.

    Parameters
    ----------
    findings
        Of :func:`qa_lib.audit.rule_answers.audit_findings`.
    audit
        The audit that they are about.
    """
    overview = rule_overview(findings, audit.book)
    late = len(timed(findings, audit.book))
    lacking = overview[overview["not_assessable"] > 0]
    unknown = "; ".join(f"{title} ({rule})" for title, rule in zip(lacking["title"], lacking["rule"], strict=True))
    met = int((overview["status"] == "met").sum())
    return [
        f"Needs action: {_to_act_on(findings)}. "
        f"Late or missing on its day: {count_with_noun(late, 'entry', 'entries')}.",
        *_still_open(audit),
        *_draw_sentences(audit),
        f"Met: {met} of {len(overview)} rules. Not assessable in part or whole, because data are missing: "
        f"{unknown or 'none'}. {audit.provider}, {months_in_words(audit.months)}, as known on {audit.as_of.date()}.",
    ]


def _to_act_on(findings: pd.DataFrame) -> str:
    """Return breaches and warnings in words, with the number of rules that they are of."""
    counts = findings["status"].value_counts()
    rules = findings.loc[findings["status"].isin(ACTIONABLE), "rule"].nunique()
    found = [
        count_with_noun(int(counts.get("breach", 0)), "breach", "breaches"),
        count_with_noun(int(counts.get("warning", 0)), "warning"),
    ]
    return f"{' and '.join(found)} of {count_with_noun(rules, 'rule')}" if rules else "nothing"


def _still_open(audit: Audit) -> list[str]:
    """Say what stays open from month to month; nothing where nothing is open."""
    actions, appeals = action_log(audit), appeals_log(audit)
    pending, back = made_or_why(review_pending, audit), made_or_why(sent_back, audit)
    open_ones = [
        (int((pending["state"] == PENDING).sum()) if "state" in pending else 0, "file with review pending",
         "files with review pending"),
        (int(back["open"].sum()) if "open" in back else 0, "file sent back and not come again",
         "files sent back and not come again"),
        (int(actions["state"].str.startswith("open").sum()), "action", "actions"),
        (int(appeals["status"].isin(["open", "overdue"]).sum()), "appeal", "appeals"),
        (int(issue_log(audit)["state"].str.startswith("open").sum()), "issue taken forward", "issues taken forward"),
    ]  # fmt: skip
    named = [count_with_noun(count, one, many) for count, one, many in open_ones if count]
    return [f"Still open: {', '.join(named)}."] if named else []


def _draw_sentences(audit: Audit) -> list[str]:
    waiting = [draw.freeze.month for draw in audit.month_draws if draw.status != "drawn"]
    if waiting:
        return [f"The sample of {', '.join(waiting)} waits for its seed; what moderators found is not known yet."]
    if audit.month_draws:
        return []
    seen = recorded(audit)
    seen = seen[seen["month"].isin(audit.months) & (seen["decision"] != "")]
    return [f"No draw of these months is at hand; moderated without one: {count_with_noun(len(seen), 'file')}."]


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


def coverage_sentences(audit: Audit, *, later: Collection[str] = ()) -> list[str]:
    """Say whether every assessor and every PoP with files has been in a sample, or name who has not, and why.

    Parameters
    ----------
    later
        As in :func:`qa_lib.schemes.hlta.pages.months_seen.seen_sentences`, whose sentences come last.
    """
    entities = covered(audit)
    over = "in the year" if audit.year_over else "so far this year"
    sentences = []
    for kind in ("assessor", "PoP"):
        own = entities[entities["kind"] == kind]
        missing = own[own["sampled_files"] == 0].sort_values(["files", "id"])
        if missing.empty:
            sentences.append(f"Every {kind} with files {over} has been in a sample: {len(own)} of {len(own)}.")
            continue
        named = [
            f"{row['id']} ({count_with_noun(row['files'], 'file')}, last in {row['last_month']}: {row['status']})"
            for row in missing.to_dict("records")
        ]
        sampled = len(own) - len(missing)
        sentences.append(f"{sampled} of {count_with_noun(len(own), kind)} with files {over} have been in a sample.")
        sentences.append(f"Not in a sample: {'; '.join(named)}.")
    about = {"provider": audit.provider, "year": audit.year, "until": audit.months[-1]}
    return [
        *sentences,
        *seen_sentences(months_with_files(audit.tables["cases"], **about), audit.draws, later=later),
    ]


def coverage_table(audit: Audit, *, everyone: bool = False) -> pd.DataFrame:
    """Return who has files in the year so far and no sampled one, those with the fewest files first.

    Parameters
    ----------
    everyone
        Those who were sampled too.
    """
    entities = covered(audit)
    shown = entities if everyone else entities[entities["sampled_files"] == 0]
    return shown.sort_values(["files", "kind", "id"], ignore_index=True)


def made_or_why(make: Callable[[Audit], pd.DataFrame], audit: Audit) -> pd.DataFrame:
    """Return a table of an audit, or one row that says why it cannot be made."""
    try:
        return make(audit)
    except NotAssessable as reason:
        return pd.DataFrame({"not_assessable": [f"{BECAUSE} {reason}"]})


def verdict_first(frame: pd.DataFrame, *, after: int = 1) -> pd.DataFrame:
    """Return a comparison with its verdict behind so many first columns, where a reader sees it without scrolling."""
    names = [name for name in frame.columns if name != "verdict"]
    return frame[[*names[:after], *(["verdict"] if "verdict" in frame.columns else []), *names[after:]]]
