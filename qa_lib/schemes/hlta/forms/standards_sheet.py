"""The rules of the sheet Standards: every standard to moderate is judged, one by one (HLTA.MOD.6, MOD.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from qa_lib.lookalikes import word_form
from qa_lib.schemes.hlta.forms.entries import Checks, Reader, Word, check_given
from qa_lib.schemes.hlta.forms.reading import Row
from qa_lib.schemes.hlta.forms.return_faults import Problem
from qa_lib.schemes.hlta.forms.return_workbook import FORMS, JUDGEMENT_COLUMNS, JUDGEMENTS, STANDARD_COLUMNS

MET, INSUFFICIENT = JUDGEMENTS
_CLEAR = "or clear the row"
_JUDGE = "choose met or insufficient"
Key = tuple[str, int]


@dataclass(frozen=True)
class Wanted:
    """What the sheet has to hold.

    Attributes
    ----------
    given
        File and standard -> the assessor's judgement, for every standard to moderate; empty where the draw does not
        hold it.
    cases, judged
        The sample's files, and those of which the draw holds every judgement of the assessor.
    standards
        How many standards the scheme has.
    """

    given: Mapping[Key, str]
    cases: Collection[str]
    judged: Collection[str]
    standards: int

    def to_fill_in(self, key: Key) -> list[str]:
        """Return the columns that people fill in; the assessor's judgement where the draw does not hold it."""
        return [*(() if key[0] in self.judged or self.given.get(key) else STANDARD_COLUMNS[2:]), *JUDGEMENT_COLUMNS]


def read_standards(checks: Checks, wanted: Wanted, *, form: str) -> dict[Key, Row]:
    """Return the rows of the sheet Standards by file and standard, having read every cell.

    Parameters
    ----------
    form
        The form's version.
    """
    found = _keyed(checks, wanted) if {"case_id", "standard"} <= set(checks.sheet.letters) else {}
    for key, row in found.items():
        if key in wanted.given:
            values = (key[0], str(key[1]), *filter(None, [wanted.given[key]]))
            check_given(checks, row, dict(zip(STANDARD_COLUMNS, values, strict=False)))
        _read_assessor(checks, wanted, key, row, form=form)
        checks.read(row, "moderator_judgement", Word(JUDGEMENTS))
        checks.read(row, "comment", Reader())
    return found


def check_standards(checks: Checks, found: Mapping[Key, Row], wanted: Wanted, files: Mapping[str, Row]) -> None:
    """Find what is missing on the sheet Standards, of one workbook or of several together.

    Parameters
    ----------
    files
        The rows of the sheet Files: nobody judges what is in a file that cannot be moderated.
    """
    lost: dict[str, list[int]] = defaultdict(list)
    for key, row in found.items():
        _check_row(checks, row, given=key in wanted.given, moderatable=_is_moderatable(files, key[0]))
    for case_id, standard in sorted(set(wanted.given) - set(found)):
        if _is_moderatable(files, case_id):
            lost[case_id].append(standard)
    for case_id, standards in lost.items():
        advice = "put its row back, or judge it in an empty row at the end"
        checks.missing(f"a judgement of standard {_named(standards)} of the file {case_id}", advice)


def _is_moderatable(files: Mapping[str, Row], case_id: str) -> bool:
    """Say whether the return does not declare a file impossible to moderate."""
    return case_id not in files or not files[case_id].values.get("not_moderatable_reason")


def _keyed(checks: Checks, wanted: Wanted) -> dict[Key, Row]:
    rows: dict[Key, list[Row]] = defaultdict(list)
    for row in checks.sheet.rows:
        if key := _key(checks, wanted, row):
            rows[key].append(row)
    for same in rows.values():
        numbers = ", ".join(str(row.number) for row in same)
        for row in same if len(same) > 1 else ():
            advice = f"rows {numbers} are for the same standard: keep one"
            checks.fault(row, "standard", Problem("duplicate_standard", "one row for a file's standard", advice))
    return {key: same[0] for key, same in rows.items()}


def _key(checks: Checks, wanted: Wanted, row: Row) -> Key | None:
    case_id, number = row.cell("case_id").text, row.cell("standard").text
    if case_id not in wanted.cases:
        advice = f"choose the file from the list, {_CLEAR}"
        checks.fault(row, "case_id", Problem("standard_not_sampled", "a file of this sample", advice))
        return None
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= wanted.standards):
        expected = f"a standard from 1 to {wanted.standards}"
        checks.fault(row, "standard", Problem("unknown_standard", expected, f"choose it from the list, {_CLEAR}"))
        return None
    return case_id, int(number)


def _read_assessor(checks: Checks, wanted: Wanted, key: Key, row: Row, *, form: str) -> None:
    """Read the assessor's judgement: as the draw holds it, else as the moderators report it, else not at all."""
    column = "assessor_judgement"
    if held := wanted.given.get(key):
        row.values[column] = held
        return
    judged = key[0] in wanted.judged
    if form == FORMS[0] and not judged and word_form(row.cell(column).text) == MET:
        return  # the form of that time printed it, or took nothing else, whoever judged what
    checks.read(row, column, Word(JUDGEMENTS))
    if judged:
        if row.values.get(column, MET) != MET:
            expected = "met: the assessor's insufficient standards are all given above"
            advice = "choose met; your own judgement goes into the next column"
            checks.fault(row, column, Problem("not_so_judged", expected, advice))
        row.values[column] = MET


def _check_row(checks: Checks, row: Row, *, given: bool, moderatable: bool) -> None:
    if not moderatable:
        if row.values.get("moderator_judgement"):
            expected = "an empty cell, as the file could not be moderated"
            advice = "clear it, or clear not_moderatable_reason on the sheet Files"
            checks.fault(row, "moderator_judgement", Problem("judged_without", expected, advice))
    elif row.lacks("moderator_judgement"):
        expected = "your judgement of a standard that has to be moderated"
        advice = _JUDGE if given else f"{_JUDGE}, {_CLEAR}"
        checks.fault(row, "moderator_judgement", Problem("no_judgement", expected, advice))
    elif row.lacks("assessor_judgement"):
        expected = "the assessor's judgement, which this draw does not hold"
        advice = "accepted as not known: the moderators' judgement is compared with nothing"
        checks.notice(row, "assessor_judgement", Problem("not_known", expected, advice))


def check_together(
    files: Checks, found: Mapping[Key, Row], rows: Mapping[str, Row], outcomes: Mapping[str, str]
) -> None:
    """Hold the decision on each file against the judgements of its standards.

    A judgement that is not the assessor's is overturned: it too takes a second moderator and a reason, which may stand
    in the comment, also where the file's outcome stays and is endorsed (HLTA.MOD.7, MOD.9).
    """
    by_file: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for (case_id, standard), row in sorted(found.items()):
        by_file[case_id].append((standard, row))
    for case_id, row in rows.items():
        if row.values.get("decision") and not row.unread & {"decision", "final_outcome"}:
            _check_file(files, row, outcomes[case_id], by_file[case_id])


def _check_file(checks: Checks, row: Row, outcome: str, judged: Sequence[tuple[int, Row]]) -> None:
    final = row.values.get("final_outcome", outcome)
    differing = [(number, found) for number, found in judged if _differs(found)]
    gaps = [number for number, found in judged if found.values.get("moderator_judgement") == INSUFFICIENT]
    if row.values["decision"] == "endorsed" and differing:
        _check_overturned_judgements(checks, row, differing)
    if final == MET and gaps:
        advice = f"accepted; please look again: standard {_named(gaps)} is judged insufficient"
        checks.notice(row, "final_outcome", Problem("met_with_gaps", "no insufficient standard in a met file", advice))
    if row.values["decision"] == "overturned" and outcome == MET and not gaps:
        advice = "accepted; please look again: no standard is judged insufficient"
        checks.notice(row, "final_outcome", Problem("not_met_without", "what is not met, standard by standard", advice))


def _check_overturned_judgements(checks: Checks, row: Row, differing: Sequence[tuple[int, Row]]) -> None:
    which = f"as your judgement of standard {_named([number for number, _ in differing])} is not the assessor's"
    if row.lacks("second_moderator_id"):
        advice = "a second moderator reviews every judgement that is overturned: write that person's id"
        checks.fault(row, "second_moderator_id", Problem("judgement_alone", f"a second moderator, {which}", advice))
    if row.lacks("reason") and not all(found.values.get("comment") for _, found in differing):
        advice = "say why here, or in the comment beside the judgement"
        checks.fault(row, "reason", Problem("judgement_unexplained", f"a reason, {which}", advice))


def _differs(row: Row) -> bool:
    """Say whether both judged, and otherwise."""
    said = {row.values.get("assessor_judgement"), row.values.get("moderator_judgement")}
    return said == {MET, INSUFFICIENT}


def _named(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
