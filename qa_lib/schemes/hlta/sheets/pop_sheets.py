"""Feedback to each PoP (HLTA.MOD.11, PREP.7): standards against the rest, documentation, what was said of preparation.

A sheet goes to whoever has files of the months that are not met, an entry in the log, or a standard that stands out.
Nothing on it is about an assessor.
"""

from __future__ import annotations

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.audit.words import count_with_noun, out_of
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.results.compared_with_rest import ABOVE, BELOW, TOO_FEW
from qa_lib.schemes.hlta.rules.feedback_given import entries, sampled, words
from qa_lib.schemes.hlta.rules.trends import forms_by_pop, standards_by_pop
from qa_lib.schemes.hlta.sheets.feedback_sheet import Part, Sheet, known, own_rows, texts
from qa_lib.schemes.hlta.tables import OUTCOMES

#: What the log holds of a PoP, by subject, in the order shown.
ABOUT = {
    "harm": "harm done by preparation",
    "documents": "problem in the documents",
    "preparation": "preparation",
    "trend": "trend",
}
_VERDICTS = {
    ABOVE: "more often than elsewhere",
    BELOW: "less often than elsewhere",
    TOO_FEW: "too few files to compare",
}
#: Most standards in the table, unless more stand out; the rest is named below it.
_MOST_STANDARDS = 10
_SOURCE = (
    "Outcomes are those after moderation where a file was in the sample, else those that assessors recommended. "
    "Standards are counted in all files of the year so far, not only in the sample. Figures of a PoP hold what its "
    "assessors did too, since nobody hands out assessors by lot. Notes come from the RPA's feedback log."
)


def pop_sheets(audit: Audit) -> list[Sheet]:
    """Return a sheet for each PoP of which there is something to say, by id."""
    files, _ = known(lambda: _outcomes(audit))
    log = _log(audit)
    standards, forms = standards_by_pop(audit), forms_by_pop(audit)
    stand_out = standards.loc[standards["verdict"].isin([ABOVE, BELOW]), "pop_id"]
    not_met = files.loc[files["outcome"] != "met", "pop_id"] if len(files) else ()
    pops = sorted({*not_met, *log["pop_id"], *stand_out})
    fewest = int(audit.value("X.INFER")["fewest"])
    return [
        _sheet(
            str(pop),
            own_rows(files, "pop_id", pop),
            parts=(
                _standards(own_rows(standards, "pop_id", pop), fewest),
                _forms(own_rows(forms, "pop_id", pop), fewest),
                _notes(own_rows(log, "pop_id", pop)),
            ),
        )
        for pop in pops
    ]


def _outcomes(audit: Audit) -> pd.DataFrame:
    """Return the files of the months with their outcome, after moderation where it was changed."""
    files = audit.files("pop_id", "outcome")
    try:
        seen = sampled(audit)
    except NotAssessable:
        return files.assign(moved=False)
    final = seen[is_changed(seen) & (seen["final_outcome"] != "")].set_index("case_id")["final_outcome"]
    now = files["case_id"].map(final)
    return files.assign(outcome=now.fillna(files["outcome"].astype("object")), moved=now.notna())


def _log(audit: Audit) -> pd.DataFrame:
    """Return what the log holds of each PoP: by its own column, else by the PoP of the file."""
    kept = [pd.DataFrame(columns=["pop_id", "subject", "case_id", "raised_on", "told_pop_on", "note"], dtype="object")]
    home, _ = known(lambda: audit.own("cases", "case_id", "pop_id"))
    for subject in ABOUT:
        log, missing = known(lambda subject=subject: entries(audit, subject))  # type: ignore[misc]
        if missing:
            continue
        by_file = log["case_id"].map(home.set_index("case_id")["pop_id"]) if len(home) else None
        pop = log["pop_id"] if "pop_id" in log.columns else pd.Series(pd.NA, index=log.index, dtype="str")
        kept.append(log.assign(pop_id=pop if by_file is None else pop.fillna(by_file)).astype("object"))
    log = pd.concat([frame for frame in kept if len(frame)] or kept, ignore_index=True)
    return log.dropna(subset=["pop_id"]).reindex(columns=kept[0].columns)


def _sheet(pop: str, files: pd.DataFrame, *, parts: tuple[Part, Part, Part]) -> Sheet:
    standards, _, notes = parts
    counts = files["outcome"].value_counts() if len(files) else pd.Series(dtype="int64")
    listed = ": " * bool(len(counts)) + ", ".join(
        f"{counts[name]} {words(name)}" for name in OUTCOMES if name in counts
    )
    moved = int(files["moved"].sum()) if len(files) else 0
    stand_out = (
        int(standards.frame["reading"].isin([_VERDICTS[ABOVE], _VERDICTS[BELOW]]).sum()) if len(standards.frame) else 0
    )
    not_met = int((files["outcome"] != "met").sum()) if len(files) else 0
    why = (
        (not_met, "file not met", "files not met"),
        (stand_out, "standard that stands out", "standards that stand out"),
        (len(notes.frame), "entry in the feedback log", "entries in the feedback log"),
    )
    first = f"{count_with_noun(len(files), 'assessed file')} came from your candidates{listed}."
    second = (f"Moderators changed {count_with_noun(moved, 'outcome')} among them.",) if moved else ()
    return Sheet(
        audience="PoP",
        subject=pop,
        why=tuple(count_with_noun(count, one, many) for count, one, many in why if count),
        sentences=(first, *second),
        parts=parts,
        source=_SOURCE,
    )


def _standards(rows: pd.DataFrame, fewest: int) -> Part:
    out = rows["verdict"].isin([ABOVE, BELOW])
    found = rows[(rows["insufficient"] > 0) | out].assign(usual=~out, rank=-rows["insufficient"])
    found = found.sort_values(["usual", "rank", "standard"])
    most = max(_MOST_STANDARDS, int(out.sum()))
    cells = [
        (
            str(row["standard"]),
            _share(row["insufficient"], row["files"], fewest),
            _share(row["rest_k"], row["rest_n"], fewest),
            _VERDICTS.get(str(row["verdict"]), "no difference shown"),
        )
        for row in found.head(most).to_dict("records")
    ]
    return Part(
        "standards",
        "Standards that assessors judged insufficient, in the year so far",
        pd.DataFrame(cells, columns=["standard", "files_of_your_candidates", "files_of_other_pops", "reading"]),
        nothing="In the year so far no standard was judged insufficient in a file of your candidates."
        if rows["files"].sum()
        else "Standards cannot be shown: the data hold no judgements of your candidates' files.",
        note=_how_to_read(found.iloc[most:], fewest),
        labels={"files_of_other_pops": "Files of other PoPs"},
    )


def _how_to_read(rest: pd.DataFrame, fewest: int) -> str:
    listed = ", ".join(map(str, sorted(rest["standard"])))
    fewer = count_with_noun(rest["insufficient"].max(), "file")
    also = f"Also insufficient, in at most {fewer} each: {listed}. " if listed else ""
    return (
        f"{also}A difference is named where chance alone would rarely make one, all PoPs and standards taken together. "
        f"With fewer than {fewest} files nothing is compared and no percentage is given."
    )


def _share(k: int, n: int, fewest: int) -> str:
    return out_of(k, n) if n >= fewest else f"{k} of {n}"


def _forms(rows: pd.DataFrame, fewest: int) -> Part:
    lacking = rows[rows["incomplete"] > 0]
    cells = [
        (_share(row["incomplete"], row["files"], fewest), row["lacking"], _share(row["rest_k"], row["rest_n"], fewest))
        for row in lacking.to_dict("records")
    ]
    return Part(
        "documentation",
        "Documentation: files that lack a form, in the year so far",
        pd.DataFrame(cells, columns=["files_of_your_candidates", "what_they_lack", "files_of_other_pops"]),
        nothing="In the year so far no file of your candidates is known to lack a form.",
        labels={"files_of_other_pops": "Files of other PoPs"},
    )


def _notes(log: pd.DataFrame) -> Part:
    log = log.assign(
        subject=log["subject"].map(ABOUT), told=log["told_pop_on"].where(log["told_pop_on"].notna(), "with this sheet")
    )
    columns = {"subject": "about", "case_id": "file", "raised_on": "raised_on", "note": "note", "told": "told_to_you"}
    return Part(
        "notes",
        "What assessors and moderators noted of preparation and documents",
        texts(log, columns),
        nothing="The feedback log holds nothing on you in these months.",
    )
