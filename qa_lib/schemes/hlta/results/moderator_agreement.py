"""How far moderators agree with assessors: on the outcome of a file, and on single judgements."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.moderated_files import judged_twice
from qa_lib.schemes.hlta.results.overturns import GRADES, judged_files
from qa_lib.statistics.agreement import Agreement, agreement
from qa_lib.statistics.proportions import wilson_interval

COLUMNS = [
    *("which", "files", "judged", "agreed", "rate", "low", "high", "kappa", "kappa_weighted", "ac1"),
    *("harsh", "lenient", "same_grade", "note"),
]
STANDARD_COLUMNS = ["standard", "judged", "agreed", "rate", "low", "high", "ac1", "harsh", "lenient", "note"]
#: From so large a share of one outcome on, kappa says little: chance agreement is nearly complete.
_NEARLY_ALL = 0.9
_JUDGEMENTS = ("insufficient", "met")
_GRADE_ORDER = tuple(sorted(set(GRADES.values())))


def agreement_of_outcomes(audit: Audit, *, months: Sequence[str] = ()) -> pd.DataFrame:
    """Return how far moderators and assessors agree on outcomes, of the random part, the other files, and all.

    Parameters
    ----------
    months
        Only these; all months of the year so far where none are named.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`: ``files`` sampled, ``judged`` by both, of these ``agreed``: not overturned, as
        :func:`qa_lib.schemes.hlta.results.overturns.judged_files` has it; with the share and Wilson's interval. The
        others by direction: ``harsh``, ``lenient``, ``same_grade``. Cohen's kappa, kappa with linear weights and Gwet's
        AC1 compare the results in three grades, met, partial and full reassessment (insufficient evidence counts with
        full), and what to bear in mind.
    """
    files = judged_files(audit, months=months)
    random = files["selected_by"] == "random"
    parts = [("random part", files[random]), ("chosen files", files[~random]), ("all sampled files", files)]
    return pd.DataFrame([_of_outcomes(which, part, audit) for which, part in parts], columns=COLUMNS)


def _of_outcomes(which: str, files: pd.DataFrame, audit: Audit) -> list[object]:
    confidence = float(audit.value("X.INFER")["confidence"])
    judged = files[(files["outcome"] != "") & (files["final_outcome"] != "")]
    agreed = wilson_interval(int((~judged["overturned"]).sum()), len(judged), confidence=confidence)
    grades = [list(judged[name].map(GRADES)) for name in ("outcome", "final_outcome")]
    plain = agreement(*grades, categories=_GRADE_ORDER)
    weighted = agreement(*grades, categories=_GRADE_ORDER, weights="linear")
    directions = [int(judged[name].sum()) for name in ("harsh", "lenient", "same_grade")]
    notes = [_note(plain)] + (["These files were chosen for a reason."] if which != "random part" else [])
    if int(judged["overturned"].sum()) > plain.pairs - int(plain.table.trace()):
        notes.append("Kappa and AC1 compare results: they do not see what was overturned within one.")
    return [
        *(which, len(files), len(judged), len(judged) - sum(directions)),
        *(agreed.estimate, agreed.low, agreed.high, plain.kappa, weighted.kappa, plain.ac1),
        *(*directions, " ".join(note for note in notes if note)),
    ]


def _note(found: Agreement) -> str:
    """Say what kappa cannot say of these judgements."""
    if found.note:
        return found.note
    first, second = found.table.sum(axis=1), found.table.sum(axis=0)
    if max(first.max(), second.max()) == found.pairs:
        return "One of the two judged all alike, so kappa is nought whatever the agreement: read the share and AC1."
    if (first + second).max() >= _NEARLY_ALL * 2 * found.pairs:
        return "Nearly all judgements are the same, so kappa says little: read the share and AC1."
    return ""


def agreement_by_standard(audit: Audit, *, months: Sequence[str] = ()) -> pd.DataFrame:
    """Return how far moderators and assessors agree judgement by judgement, where returns hold both.

    Parameters
    ----------
    months
        Only these; all months of the year so far where none are named.

    Returns
    -------
    DataFrame
        Columns :data:`STANDARD_COLUMNS`, one row per standard that was looked at, ascending; empty where no return
        came back. *Harsh*: the assessor judged insufficient what the moderator judged met; *lenient*: the reverse.
        Standards with an insufficient judgement are always looked at, so these are not shares of all judgements. What
        the assessor judged is not always known; such judgements are counted by :func:`judged_by_one` alone.
    """
    infer = audit.value("X.INFER")
    looked = _looked_at(audit, months)
    if looked.empty:
        return pd.DataFrame(columns=STANDARD_COLUMNS)
    judged = looked[looked["assessor_judgement"].isin(_JUDGEMENTS)]
    rows = []
    for standard, own in judged.groupby(judged["standard"].astype("int64")):
        first, second = (list(own[name]) for name in ("assessor_judgement", "moderator_judgement"))
        found = agreement(first, second, categories=_JUDGEMENTS, confidence=float(infer["confidence"]))
        share = found.agreed
        few = "too few to tell" if found.pairs < int(infer["fewest"]) else ""
        agreed = int(found.table.trace())
        interval = (share.estimate, share.low, share.high)
        rows.append([standard, found.pairs, agreed, *interval, found.ac1, found.harsher, found.milder, few])
    return pd.DataFrame(rows, columns=STANDARD_COLUMNS)


def judged_by_one(audit: Audit, *, months: Sequence[str] = ()) -> int:
    """Return how many judgements came back of which the assessor's is not known: they are in no figure."""
    looked = _looked_at(audit, months)
    return 0 if looked.empty else int((~looked["assessor_judgement"].isin(_JUDGEMENTS)).sum())


def _looked_at(audit: Audit, months: Sequence[str]) -> pd.DataFrame:
    """Return the moderators' judgements that came back for files of these months, each with the assessor's."""
    looked = judged_twice(audit)
    if looked.empty:
        return looked
    files = judged_files(audit, months=months)
    back = set(files.loc[files["source"] == "return", "case_id"])
    return looked[looked["moderator_judgement"].isin(_JUDGEMENTS) & looked["case_id"].isin(back)]
