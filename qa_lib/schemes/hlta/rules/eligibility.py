"""Who may be assessed (HLTA.PREP.1), and who gets adjustments (HLTA.ASR.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable
from qa_lib.audit.words import blank, out_of, word_forms
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary
from qa_lib.schemes.hlta.rules.file_days import about, by_month, not_yes, over
from qa_lib.tables.open_words import is_unsaid

#: Column of a yes or no -> what no says, and what yes says of so many files.
_YES = {
    "funded": ("the candidate is not funded", "candidates are funded"),
    "judged_ready": ("the candidate was not judged ready", "candidates were judged ready through an application"),
    "opportunity": (
        "the job gives no opportunity to meet all standards",
        "candidates have the opportunity to meet all standards",
    ),
    "employer_support": ("the employer does not support the candidate", "candidates have their employer's support"),
}
_EVIDENCE = {"l2_english_submitted_on": "English", "l2_maths_submitted_on": "mathematics"}
#: Ways of writing a nursery that a school runs, as letters and single blanks. Nothing shorter says so.
_SCHOOL_RUN = re.compile(r"(a )?(school run nursery( class)?|nursery (class )?run by (a|the) school)")
#: Words that say of a nursery that a school may run it.
_SCHOOLS = {"school", "schools", "academy", "academies", "primary", "infant", "infants"}
#: Entries that say that no adjustment was made.
_NONE = ("none", "no", "nil", "0", "no_adjustment", "no_adjustments", "none_made", "not_made")
#: How an entry begins that says of none that it is needed.
_NOT_NEEDED = r"^(?:none|not|nothing|no_adjustments?)_(?:is_|are_|was_|were_)?(?:needed|required|necessary)"


@answers("HLTA.PREP.1")
def eligible(audit: Audit) -> Iterator[Statement]:
    """Look at each part of eligibility: four answers, the setting, the ages, and two pieces of evidence."""
    yield from all_parts(
        *(_yes(audit, column, no, yes) for column, (no, yes) in _YES.items()),
        _settings(audit),
        _ages(audit),
        *(_evidence(audit, column, subject) for column, subject in _EVIDENCE.items()),
    )


def _yes(audit: Audit, column: str, no: str, yes: str) -> Iterator[Statement]:
    files = audit.files(column)
    yield from with_summary(not_yes(files, column, no=no), whole=len(files), what=yes)


def _settings(audit: Audit) -> Iterator[Statement]:
    """Yield files that name no setting. Which setting is suitable no document says, so that none is judged here."""
    files = audit.files("setting")
    nothing = blank(files["setting"])
    yield from blanks(files[nothing], "case_id", "file", "the setting is blank")
    named = out_of(int((~nothing).sum()), len(files))
    message = f"{named} files name the setting; whether it is a suitable one is for the RPA to judge"
    yield Statement(status="information", message=message)


def _evidence(audit: Audit, column: str, subject: str) -> Iterator[Statement]:
    files, level = audit.files(column), audit.value("HLTA.PREP.1")["qualification_level"]
    what = f"evidence of Level {level} {subject}"
    found = blanks(files[files[column].isna()], "case_id", "file", f"no day of submission of {what} is recorded")
    yield from with_summary(found, whole=len(files), what=f"candidates have {what}")


def _ages(audit: Audit) -> Iterator[Statement]:
    value = audit.value("HLTA.PREP.1")
    what = f"candidates work with ages {value['youngest_age']} to {value['oldest_age']}"
    yield from over(by_month(audit, "HLTA.PREP.1", "ages_min", "ages_max"), _by_age, what=what)


def _by_age(files: pd.DataFrame, value: Mapping[str, int]) -> Iterator[Statement]:
    unknown = files["ages_min"].isna() | files["ages_max"].isna()
    yield from blanks(files[unknown], "case_id", "file", "the youngest or the oldest age is blank")
    known = files[~unknown]
    low, high = known["ages_min"], known["ages_max"]
    odd = (low < value["youngest_age"]) | (high > value["oldest_age"]) | (low > high)
    for row in known[odd].to_dict("records"):
        setting = row.get("setting")
        run = school_run("" if setting is None or pd.isna(setting) else str(setting))
        yield from _odd_ages(str(row["case_id"]), (int(row["ages_min"]), int(row["ages_max"])), run, value)


def _odd_ages(file: str, ages: tuple[int, int], run: bool | None, value: Mapping[str, int]) -> Iterator[Statement]:
    """Yield what is said of ages that are not all within the rule's.

    Work with older ones beside is no obstacle as long as some of the ages count. Work with younger ones beside is one,
    but for the 2-year-olds of a nursery that a school runs.
    """
    (low, high), youngest, oldest = ages, value["youngest_age"], value["oldest_age"]
    in_nursery = value["youngest_age_in_school_run_nursery"]
    shown = {"value": f"{low} to {high}", "threshold": f"{youngest} to {oldest}"}
    works = f"the candidate works with ages {low} to {high}"
    if low > high:
        why = f"the youngest age, {low}, is above the oldest, {high}"
        yield not_assessable(why, subject_type="file", subject=file, **shown)
    elif low > oldest:
        yield about(file, "breach", f"{works}; expected ages {youngest} to {oldest}", **shown)
    elif low < in_nursery or (low < youngest and run is False):
        message = f"{works}; expected {youngest} or older, or {in_nursery} in a nursery that a school runs"
        yield about(file, "breach", message, **shown)
    elif low < youngest and run is None:
        why = f"the setting does not say whether it is a nursery that a school runs; {works}"
        yield not_assessable(why, subject_type="file", subject=file, **shown)
    elif high > oldest:
        yield about(file, "information", f"{works}; those up to {oldest} count", **shown)


def school_run(setting: str) -> bool | None:
    """Say whether a setting is a nursery that a school runs; None where its words leave it open.

    A setting is free text. *School-run nursery* and *nursery run by a school* say so, in any case and with hyphens or
    blanks. Words that name a nursery and a school otherwise leave it open, as no words do. Anything else is none.

    Examples
    --------
    >>> school_run("School-run nursery"), school_run("nursery"), school_run("nursery class of a primary school")
    (True, False, None)
    """
    words = " ".join(re.findall(r"[a-z]+", setting.casefold()))
    if _SCHOOL_RUN.fullmatch(words):
        return True
    named = set(words.split())
    return None if not words or (named & _SCHOOLS and named & {"nursery", "nurseries"}) else False


@answers("HLTA.ASR.8")
def adjusted(audit: Audit) -> Iterator[Statement]:
    """Look for a disability that was disclosed, and neither an adjustment nor that none is needed on record.

    Nothing more is said: no value, no adjustment, and no number, for the number of those who disclosed one is nobody's
    business. An entry such as *none* is no adjustment, of *unknown* or *not applicable* nothing is known; that none is
    needed was agreed with the candidate on a day. Telling is voluntary; a blank is not taken for no.
    """
    files = audit.files("disability_disclosed", "adjustments")
    if files.empty:
        yield Statement(status="information", message="nothing to look at: 0 files")
        return
    entry = word_forms(files["adjustments"].str.rstrip(" ."))
    agreed = files.get("no_adjustment_agreed_on", pd.Series(pd.NaT, index=files.index)).notna()
    not_needed = entry.str.contains(_NOT_NEEDED).fillna(False).astype(bool)
    empty = blank(files["adjustments"])
    unsaid = ~empty & files["adjustments"].fillna("").map(is_unsaid).astype(bool)
    without = (empty | unsaid | entry.isin(_NONE) | not_needed) & ~agreed
    disclosed = files["disability_disclosed"].fillna(False).astype(bool)
    untold, unknown = files["disability_disclosed"].isna() & without, disclosed & without & unsaid
    undated, lacking = disclosed & without & not_needed, disclosed & without & ~not_needed & ~unsaid
    yield from blanks(files[untold], "case_id", "file", "whether a disability was disclosed is blank")
    yield from blanks(files[unknown], "case_id", "file", "the entry does not say whether an adjustment was made")
    why = "an entry says that no adjustment is needed, and no day on which that was agreed with the candidate"
    yield from blanks(files[undated], "case_id", "file", why)
    for file in files.loc[lacking, "case_id"]:
        message = "a disability was disclosed, and neither an adjustment nor an agreement on none is recorded"
        yield about(file, "breach", message)
    if not (untold | unknown | undated | lacking).any():
        message = "wherever a disability was disclosed, an adjustment or an agreement on none is recorded"
        yield Statement(status="met", message=message)
