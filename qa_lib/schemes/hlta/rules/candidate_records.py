"""How candidates' records are kept (HLTA.REC.1): what is filled in, what stands there twice, which days contradict.

It is shown for the office to mend, and judges nobody. What the code asks to come first, its own rules judge; here
stands what any file goes through in this order.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable
from qa_lib.audit.words import out_of
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.rules.file_days import about
from qa_lib.schemes.hlta.tables import TABLES

#: Days of a file of which the first cannot lie after the second, and what happened on each.
IN_ORDER = (
    ("first_session_on", "the first session", "second_session_on", "the second session"),
    ("second_session_on", "the second session", "final_session_on", "the final session"),
    ("registered_on", "the registration", "allocated_on", "the allocation"),
    ("allocated_on", "the allocation", "assessed_on", "the assessment"),
    ("assessed_on", "the assessment", "submitted_on", "the submission"),
    ("assessed_on", "the assessment", "paperwork_on", "the paperwork"),
    ("submitted_on", "the submission", "result_released_on", "the release of the result"),
    ("evidence_from", "the oldest evidence", "evidence_to", "the latest evidence"),
)
#: Blank where they are of no concern, as long as they are, or because nobody has to say it.
_NOT_OF_EVERY_FILE = {
    *("available_at_event", "disability_disclosed", "no_adjustment_agreed_on"),
    *("preparation_set_apart", "result_released_on"),
}
#: By which every file is judged: whatever decides a draw, each day, and each yes or no.
EXPECTED = tuple(
    column.name
    for column in TABLES["cases"].columns
    if (column.draw or column.kind in ("date", "bool")) and column.name not in _NOT_OF_EVERY_FILE
)


@answers("HLTA.REC.1")
def records_kept(audit: Audit) -> Iterator[Statement]:
    """Count the cells to judge by that are filled in, the files that stand there twice, and days that contradict."""
    yield from all_parts(_filled(audit), _twice(audit), _contradictions(audit))


def _filled(audit: Audit) -> Iterator[Statement]:
    files = audit.files()
    there = [column for column in EXPECTED if column in files.columns]
    cells, blank = files[there].size, files[there].isna().sum()
    filled = cells - int(blank.sum())
    named = ", ".join(f"{column} {count}" for column, count in blank[blank > 0].items())
    message = f"{out_of(filled, cells)} cells by which files are drawn and judged are filled in"
    yield _line(f"{message}; blank: {named}" if named else message, filled, cells)
    if lacking := [column for column in EXPECTED if column not in there]:
        yield not_assessable(f"the table cases lacks columns whose cells would count: {', '.join(lacking)}")


def _twice(audit: Audit) -> Iterator[Statement]:
    """Look for one assessment under two numbers: files of one candidate and one day of assessment, in any month."""
    same = ["candidate_id", "assessed_on"]
    every = audit.own("cases", "case_id", "month", *same).dropna(subset=same).sort_values("case_id")
    files, found = audit.files(*same), 0
    for (_, day), own in every[every.duplicated(same, keep=False)].groupby(same):
        for file in own.loc[own["month"].isin(audit.months), "case_id"]:
            found += 1
            others = ", ".join(own.loc[own["case_id"] != file, "case_id"])
            yield about(file, "information", f"the same candidate was assessed on {day:%Y-%m-%d} in {others} too")
    known = int(files[same].notna().all(axis=1).sum())
    message = f"{out_of(found, known)} files hold an assessment that another one holds too, by candidate and day"
    unknown = f"; {len(files) - known} name no candidate or no day" if known < len(files) else ""
    yield _line(message + unknown, found, known)


def _contradictions(audit: Audit) -> Iterator[Statement]:
    files, pairs, found = audit.files(), 0, dict[str, int]()
    lacking = {column for first, _, then, _ in IN_ORDER for column in (first, then)} - set(files.columns)
    for first, what, then, after in IN_ORDER:
        if lacking & {first, then}:
            continue
        pairs += int(files[[first, then]].notna().all(axis=1).sum())
        wrong = files[files[first] > files[then]]
        found |= {f"{what} after {after}": len(wrong)} if len(wrong) else {}
        for row in wrong.to_dict("records"):
            days = [f"{row[name]:%Y-%m-%d}" for name in (first, then)]
            message = f"the days contradict each other: {what} is of {days[0]}, {after} of {days[1]}"
            yield about(row["case_id"], "information", message, value=days[0], threshold=f"on or before {days[1]}")
    number = sum(found.values())
    message = f"{out_of(number, pairs)} pairs of days contradict each other"
    named = "; ".join(f"{which}: {count}" for which, count in found.items())
    yield _line(f"{message} ({named})" if named else message, number, pairs)
    if lacking:
        yield not_assessable(f"the table cases lacks days that would be compared: {', '.join(sorted(lacking))}")


def _line(message: str, part: int, whole: int) -> Statement:
    return Statement(status="information", message=message, value=str(part), threshold=str(whole))
