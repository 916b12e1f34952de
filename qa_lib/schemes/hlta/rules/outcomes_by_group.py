"""Outcomes of candidates by protected characteristic, where the data hold any (HLTA.EQ.1): restricted.

Each candidate counts once, by their last file of the year so far, with what moderation left of its outcome. Small
groups tell of single people: the table marks them, and nothing here may stand on a page that is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, made_or_empty, once, statement_on
from qa_lib.audit.words import count_with_noun, is_word
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.moderated_files import recorded
from qa_lib.schemes.hlta.tables import CHARACTERISTICS
from qa_lib.statistics.explanations import explain_groups
from qa_lib.statistics.groups import COLUMNS, compare_groups
from qa_lib.tables.open_words import said_in_one_spelling

#: Characteristics, with the yes or no on disability that HLTA.ASR.8 reads too.
_COMPARED = (*CHARACTERISTICS, "disability_disclosed")


@answers("HLTA.EQ.1")
def outcomes_of_groups(audit: Audit) -> Iterator[Statement]:
    """Say which groups differ from the RPA's other candidates, and of each characteristic how much cannot be told."""
    table = _outcomes(audit)
    apart = table[table["verdict"].isin(["different", "different but small"])]
    said = explain_groups(apart)
    for row, message in zip(apart.to_dict("records"), said, strict=True):
        subject = f"{row['characteristic']} {row['group']}"
        met, people = str(row["k"]), str(row["n"])
        yield statement_on("group", subject, "information", f"standards met: {message}", value=met, threshold=people)
    for name, rows in table.groupby("characteristic", sort=False):
        verdicts = Counter(rows.loc[~rows["missing"], "verdict"])
        counted = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
        people = count_with_noun(int(rows["n_overall"].iloc[0]), "candidate")
        missing = int(rows.loc[rows["missing"], "n"].sum())
        lacking = f"missing of {count_with_noun(missing, 'candidate')}"
        message = f"{people} by {name}, of groups: {counted or 'none'}; {lacking}"
        yield Statement(status="information", message=message, subject_type="characteristic", subject=str(name))
    if not_held := [name for name in _COMPARED if name not in set(table["characteristic"])]:
        yield Statement(status="information", message=f"not held, and so not looked at: {', '.join(not_held)}")


def outcomes_by_group(audit: Audit) -> pd.DataFrame:
    """Return how many candidates of each group met the standards, against the RPA's others, in the year so far.

    Returns
    -------
    DataFrame
        The columns of :func:`qa_lib.statistics.groups.compare_groups`; ``suppressed`` marks what is too small to
        publish. Empty where no characteristic is held; HLTA.EQ.1 says so.
    """
    return made_or_empty(_outcomes, audit, dict.fromkeys(COLUMNS, "object"))


@once
def _outcomes(audit: Audit) -> pd.DataFrame:
    people = _people(audit)
    held = [name for name in _COMPARED if name in people.columns and people[name].notna().any()]
    if not held:
        listed = ", ".join(_COMPARED)
        raise NotAssessable(f"no file of the year so far has a value in any of the columns {listed}")
    confidence = float(audit.value("X.INFER")["confidence"])
    margin = audit.value("HLTA.EQ.1")
    return compare_groups(people, outcome="met", groups=held, margin=margin, confidence=confidence, profile="dfe")


def _people(audit: Audit) -> pd.DataFrame:
    """Return a row per candidate of the year so far, with ``met`` and the groups, missing where nobody said."""
    files = audit.files_of_year("outcome").sort_values(["month", "case_id"])
    if "candidate_id" in files.columns:
        again = files["candidate_id"].notna() & files.duplicated("candidate_id", keep="last")
        files = files[~again]
    after = recorded(audit)
    after = after[after["final_outcome"] != ""]
    final = files["case_id"].map(dict(zip(after["case_id"], after["final_outcome"], strict=True))).astype("str")
    named = {name: _groups(files[name]) for name in _COMPARED if name in files.columns}
    return pd.DataFrame({"met": is_word(final.fillna(files["outcome"]), "met"), **named})


def _groups(cells: pd.Series) -> pd.Series:
    """Return groups in one spelling each; what says none is missing."""
    if cells.dtype == "boolean":
        return cells.map({True: "yes", False: "no"}).astype("str")
    return said_in_one_spelling(cells)
