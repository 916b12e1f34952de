"""The rules of the sheet Standards: every standard to moderate is judged, one by one (HLTA.MOD.6, MOD.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from qa_lib.forms.opening import Row
from qa_lib.forms.sheet_check import Key, SheetCheck
from qa_lib.intake.faults import Problem
from qa_lib.schemes.hlta.forms.moderation_return import JUDGEMENTS, MODERATION_RETURN

MET, INSUFFICIENT = JUDGEMENTS
_JUDGE = "choose met or insufficient"


def settle_assessor(sheet: SheetCheck, judged: Collection[str], *, edition: str) -> None:
    """Settle the assessor's judgement: as the draw holds it, else as the moderators report it, else not at all.

    Parameters
    ----------
    judged
        The files of which the draw holds every judgement of the assessor.
    edition
        The form's edition.
    """
    column = "assessor_judgement"
    for key, row in sheet.rows.items():
        if sheet.given.get(key, {}).get(column):
            continue
        if key[0] in judged:
            if row.values.get(column, MET) != MET:
                expected = "met: the assessor's insufficient standards are all given above"
                advice = "choose met; your own judgement goes into the next column"
                sheet.fault(row, column, Problem("not_so_judged", expected, advice))
            row.values[column] = MET
        elif edition == MODERATION_RETURN.editions[0] and row.values.get(column) == MET:
            del row.values[column]  # the form of that time printed it, or took nothing else, whoever judged what
        else:
            continue
        row.entered = [name for name in row.entered if name != column]


def check_standards(sheet: SheetCheck, files: SheetCheck) -> None:
    """Find what is missing on the sheet Standards, of one workbook or of several together.

    Parameters
    ----------
    files
        The sheet Files: nobody judges what is in a file that cannot be moderated.
    """
    lost: dict[str, list[str]] = defaultdict(list)
    for key, row in sheet.rows.items():
        _check_row(sheet, row, given=key in sheet.given, moderatable=_is_moderatable(files, key[0]))
    for case_id, standard in sorted(set(sheet.given) - set(sheet.rows), key=in_order):
        if _is_moderatable(files, case_id):
            lost[case_id].append(standard)
    for case_id, standards in lost.items():
        advice = "put its row back, or judge it in an empty row at the end"
        sheet.missing(f"a judgement of standard {', '.join(standards)} of the file {case_id}", advice)


def in_order(key: Key) -> tuple[str, list[int]]:
    """Return what sorts files, and the standards of a file as numbers."""
    return key[0], [int(number) for number in key[1:]]


def _is_moderatable(files: SheetCheck, case_id: str) -> bool:
    """Say whether the return does not declare a file impossible to moderate."""
    row = files.rows.get((case_id,))
    return row is None or not row.values.get("not_moderatable_reason")


def _check_row(sheet: SheetCheck, row: Row, *, given: bool, moderatable: bool) -> None:
    if not moderatable:
        if row.values.get("moderator_judgement"):
            expected = "an empty cell, as the file could not be moderated"
            advice = "clear it, or clear not_moderatable_reason on the sheet Files"
            sheet.fault(row, "moderator_judgement", Problem("judged_without", expected, advice))
    elif row.lacks("moderator_judgement"):
        expected = "your judgement of a standard that has to be moderated"
        advice = _JUDGE if given else f"{_JUDGE}, or clear the row"
        sheet.fault(row, "moderator_judgement", Problem("no_judgement", expected, advice))
    elif row.lacks("assessor_judgement"):
        expected = "the assessor's judgement, which this draw does not hold"
        advice = "accepted as not known: the moderators' judgement is compared with nothing"
        sheet.notice(row, "assessor_judgement", Problem("not_known", expected, advice))


def check_together(files: SheetCheck, standards: SheetCheck) -> None:
    """Hold the decision on each file against the judgements of its standards.

    A judgement that is not the assessor's is overturned: it too takes a second moderator and a reason, which may stand
    in the comment, also where the file's outcome stays and is endorsed (HLTA.MOD.7, MOD.9).
    """
    by_file: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for key in sorted(standards.rows, key=in_order):
        by_file[key[0]].append((key[1], standards.rows[key]))
    for key, row in files.rows.items():
        if row.values.get("decision") and not row.unread & {"decision", "final_outcome"}:
            _check_file(files, row, by_file[key[0]])


def _check_file(sheet: SheetCheck, row: Row, judged: Sequence[tuple[str, Row]]) -> None:
    outcome = row.values.get("outcome", "")
    final = row.values.get("final_outcome", outcome)
    differing = [(number, found) for number, found in judged if _differs(found)]
    gaps = [number for number, found in judged if found.values.get("moderator_judgement") == INSUFFICIENT]
    if row.values["decision"] == "endorsed" and differing:
        _check_overturned_judgements(sheet, row, differing)
    if final == MET and gaps:
        advice = f"accepted; please look again: standard {', '.join(gaps)} is judged insufficient"
        sheet.notice(row, "final_outcome", Problem("met_with_gaps", "no insufficient standard in a met file", advice))
    if row.values["decision"] == "overturned" and outcome == MET and not gaps:
        advice = "accepted; please look again: no standard is judged insufficient"
        sheet.notice(row, "final_outcome", Problem("not_met_without", "what is not met, standard by standard", advice))


def _check_overturned_judgements(sheet: SheetCheck, row: Row, differing: Sequence[tuple[str, Row]]) -> None:
    which = f"as your judgement of standard {', '.join(number for number, _ in differing)} is not the assessor's"
    if row.lacks("second_moderator_id"):
        advice = "a second moderator reviews every judgement that is overturned: write that person's id"
        sheet.fault(row, "second_moderator_id", Problem("judgement_alone", f"a second moderator, {which}", advice))
    if row.lacks("reason") and not all(found.values.get("comment") for _, found in differing):
        advice = "say why here, or in the comment beside the judgement"
        sheet.fault(row, "reason", Problem("judgement_unexplained", f"a reason, {which}", advice))


def _differs(row: Row) -> bool:
    """Say whether both judged, and otherwise."""
    judgements = {row.values.get("assessor_judgement"), row.values.get("moderator_judgement")}
    return judgements == {MET, INSUFFICIENT}
