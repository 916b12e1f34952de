"""``import_return``: a return in, of one workbook or of several, refused with every fault or recorded as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qa_lib.lookalikes import word_form
from qa_lib.register.merged_return import ENTERED_COLUMNS
from qa_lib.register.return_record import FILE_COLUMNS, STANDARD_COLUMNS, Recorded, record_return
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze
from qa_lib.schemes.hlta.forms.entries import Checks
from qa_lib.schemes.hlta.forms.files_sheet import check_files, possible_days, read_files
from qa_lib.schemes.hlta.forms.merging import AnyKey, Sent, kept, merged, sent_workbooks, who_entered
from qa_lib.schemes.hlta.forms.reading import Row, Sheet, read_sheets
from qa_lib.schemes.hlta.forms.return_faults import Place, Problem, Remarks, ReturnError
from qa_lib.schemes.hlta.forms.return_sheets import FORM_SHEETS, Told, check_form, drawn_by
from qa_lib.schemes.hlta.forms.return_workbook import RETURN_COLUMNS, given_files, given_standards
from qa_lib.schemes.hlta.forms.standards_sheet import Key, Wanted, check_standards, check_together, read_standards


@dataclass(frozen=True, kw_only=True)
class ImportedReturn:
    """What became of a returned workbook.

    Attributes
    ----------
    status
        ``accepted``; ``no change`` where the register held this content already; ``changed`` where it is a new version
        of a return that was accepted before.
    version
        The version that holds the content now, from 1.
    freeze_digest, provider, month, part
        The draw it belongs to.
    files, not_moderatable
        How many files came back, and which of them could not be moderated: they need cover again.
    notices
        What was accepted and should be looked at, with the columns of :class:`ReturnError`'s faults.
    changes
        What differs from the version before: ``case_id, standard, column, before, after``.
    entered
        Who entered what: one row per workbook and file, or standard of a file, in which it fills something in, with the
        columns of :data:`qa_lib.register.merged_return.ENTERED_COLUMNS`.
    """

    status: str
    version: int
    freeze_digest: str
    provider: str
    month: str
    part: str
    files: int
    not_moderatable: tuple[str, ...]
    notices: pd.DataFrame
    changes: pd.DataFrame
    entered: pd.DataFrame


def import_return(
    workbook: str | Path | bytes,
    *more: str | Path | bytes,
    register: Register,
    by: str = "",
    today: dt.date | None = None,
) -> ImportedReturn:
    """Check a filled moderation return and record it in the register, whole or not at all.

    Parameters
    ----------
    workbook
        The path of the ``.xlsx`` file, or its bytes.
    more
        Further workbooks of the same draw, where several people filled in a part each. They are put together: a filled
        cell counts, an empty one says nothing, and where two say different things the return is refused.
    register
        The register that holds the draw.
    by
        Who imports it; stands beside the return.
    today
        No file was moderated after this day; the clock's day where nothing is said.

    Raises
    ------
    IntakeError
        If a workbook cannot be read at all.
    ReturnError
        With every fault, if anything in it is wrong. Nothing is recorded then.
    """
    sent, faults, notices = sent_workbooks([workbook, *more]), Remarks(), Remarks()
    checked = _checked(sent, register, (faults, notices), today or dt.date.today())
    if faults or checked is None:
        raise ReturnError([one.name for one in sent], faults.frame(), hint=_hint(sent, checked, faults))
    draw = checked.draw
    files, judgements = _said_of_files(draw, checked.files), _said_of_standards(checked.standards)
    workbooks = kept(sent, checked.entered)
    recorded = record_return(register, draw.freeze.digest, files, judgements, workbook=workbooks, by=by)
    _notice_what_was_recorded(recorded, notices)
    return ImportedReturn(
        status=recorded.status,
        version=recorded.version,
        freeze_digest=draw.freeze.digest,
        provider=draw.freeze.provider,
        month=draw.freeze.month,
        part=draw.freeze.part,
        files=len(files),
        not_moderatable=tuple(row["case_id"] for row in files if row["not_moderatable_reason"]),
        notices=notices.frame(),
        changes=recorded.changes,
        entered=pd.DataFrame(checked.entered, columns=ENTERED_COLUMNS, dtype="str"),
    )


@dataclass(frozen=True)
class _Book:
    """A workbook whose sheets were read, what it tells of itself, and where its faults and notices go."""

    sheets: Mapping[str, Sheet]
    told: Told
    faults: Remarks
    notices: Remarks


@dataclass(frozen=True)
class _Checked:
    """The draw, its files, its standards, and who entered what."""

    draw: Draw
    files: Mapping[str, Row]
    standards: Mapping[Key, Row]
    entered: list[tuple[str, ...]]


def _checked(
    sent: Sequence[Sent], register: Register, remarks: tuple[Remarks, Remarks], today: dt.date
) -> _Checked | None:
    """Return what workbooks of one draw say together, having told every fault and notice."""
    opened = [_opened(one, register, remarks, alone=len(sent) == 1) for one in sent]
    books = [book for book in opened if book]
    if len(books) < len(sent) or not _of_one_draw(sent, books):
        return None
    draw, given_on, _ = books[0].told
    given = given_files(draw.sample, draw.freeze.population)
    wanted = _wanted(draw, given)
    days = possible_days(given_on, origin=draw.content["seed_origin"], month=draw.freeze.month, today=today)
    halves = [(on, read_files(on, given, days=days)) for _, on in _sheets(books, "Files")]
    on_files, rows = _one_sheet("Files", halves, remarks)
    if _is_whole(halves, len(books), "case_id"):
        check_files(on_files, rows, given)
    parts = [(on, read_standards(on, wanted, form=book.told.form)) for book, on in _sheets(books, "Standards")]
    on_standards, standards = _one_sheet("Standards", parts, remarks)
    if _is_whole(parts, len(books), "case_id", "standard"):
        check_standards(on_standards, standards, wanted, rows)
    if rows and standards:
        check_together(on_files, standards, rows, dict(zip(given["case_id"], given["outcome"], strict=True)))
    entered = [*who_entered(sent, [half for _, half in halves], rows, lambda _: RETURN_COLUMNS)]
    entered += who_entered(sent, [half for _, half in parts], rows, wanted.to_fill_in)
    return _Checked(draw, rows, standards, entered)


def _opened(sent: Sent, register: Register, remarks: tuple[Remarks, Remarks], *, alone: bool) -> _Book | None:
    """Return a workbook with its sheets; None where it does not tell its draw."""
    faults, notices = (kind.of("" if alone else sent.name) for kind in remarks)
    sheets = read_sheets(sent.data, sent.name, {word_form(title): title for title in FORM_SHEETS})
    check_form(sheets, faults, notices)
    facts = sheets.get("Draw")
    told = drawn_by(facts, register, faults) if facts and {"item", "value"} <= set(facts.letters) else None
    return _Book(sheets, told, faults, notices) if told else None


def _of_one_draw(sent: Sequence[Sent], books: Sequence[_Book]) -> bool:
    first, *others = (book.told.draw.freeze for book in books)
    for book, freeze in zip(books[1:], others, strict=True):
        if freeze.digest != first.digest:
            expected = f"the draw of {sent[0].name}, which is {_named(first)}; this one is of {_named(freeze)}"
            advice = "import the workbooks of each draw by themselves"
            book.faults.add(Place("Draw"), Problem("several_draws", expected, advice))
    return all(freeze.digest == first.digest for freeze in others)


def _named(freeze: Freeze) -> str:
    return f"{freeze.provider} {freeze.month}" + ("" if freeze.part == "month" else f" ({freeze.part})")


def _wanted(draw: Draw, given: pd.DataFrame) -> Wanted:
    return Wanted(
        given={(case_id, int(number)): judged for case_id, number, judged in given_standards(given)},
        cases=set(given["case_id"]),
        judged=set(given.loc[given["judged"], "case_id"]),
        standards=draw.freeze.content["standards"],
    )


def _sheets(books: Sequence[_Book], title: str) -> list[tuple[_Book, Checks]]:
    there = [book for book in books if title in book.sheets]
    return [(book, Checks(book.sheets[title], book.faults, book.notices)) for book in there]


def _one_sheet(
    title: str, halves: Sequence[tuple[Checks, Mapping[AnyKey, Row]]], remarks: tuple[Remarks, Remarks]
) -> tuple[Checks, dict[AnyKey, Row]]:
    """Return the sheets of several workbooks as one."""
    sheet = halves[0][0].sheet if halves else Sheet(title, {}, (), ())
    together = Checks(sheet, *remarks)
    return together, merged(halves, FORM_SHEETS[title], together)


def _is_whole(halves: Sequence[tuple[Checks, object]], books: int, *keys: str) -> bool:
    """Say whether every workbook has the sheet, and on it the columns by which its rows are known."""
    return len(halves) == books and all(set(keys) <= set(on.sheet.letters) for on, _ in halves)


def _hint(sent: Sequence[Sent], checked: _Checked | None, faults: Remarks) -> str:
    """Say what to do with a workbook in which nothing is wrong but that somebody else has the rest."""
    kinds = set(faults.frame()["kind"])
    begun = checked is not None and any(row.values for row in checked.files.values())
    if len(sent) > 1 or not begun or "not_filled_in" not in kinds or kinds - {"not_filled_in", "no_judgement"}:
        return ""
    return "If somebody else filled in the rest, import both together: qa import-return ONE.xlsx OTHER.xlsx"


def _said_of_files(draw: Draw, rows: Mapping[str, Row]) -> list[dict[str, str]]:
    population = draw.freeze.population
    outcomes = dict(zip(population["case_id"], population["outcome"], strict=True))
    said = []
    for case_id, row in sorted(rows.items()):
        values = {"case_id": case_id, **row.values}
        if values.get("decision") == "endorsed":
            values["final_outcome"] = outcomes[case_id]
        said.append({name: values.get(name, "") for name in FILE_COLUMNS})
    return said


def _said_of_standards(rows: Mapping[Key, Row]) -> list[dict[str, str | int]]:
    return [
        {"case_id": case_id, "standard": standard, **{name: row.values.get(name, "") for name in STANDARD_COLUMNS[2:]}}
        for (case_id, standard), row in sorted(rows.items())
        if row.values.get("moderator_judgement") or row.values.get("comment")
    ]


def _notice_what_was_recorded(recorded: Recorded, notices: Remarks) -> None:
    if recorded.same_as:
        advice = "if an older workbook was sent by mistake, import the newer one again"
        problem = Problem("older_version", f"something new: this is what version {recorded.same_as} said", advice)
        notices.add(Place("Files"), problem)
    for case_id in recorded.still_uncovered:
        expected = "a file that could be moderated"
        advice = f"accepted; {case_id} stays recorded as not moderatable, and its assessor and PoP need cover again"
        notices.add(Place("Files"), Problem("was_not_moderatable", expected, advice))
