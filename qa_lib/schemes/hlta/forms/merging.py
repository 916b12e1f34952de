"""Several workbooks of one draw, each filled in in part, put together; where two contradict, both are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa_lib.errors import IntakeError
from qa_lib.register.merged_return import kept_together
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.schemes.hlta.forms.entries import Checks
from qa_lib.schemes.hlta.forms.reading import Row
from qa_lib.schemes.hlta.forms.return_faults import SHOWN, Place, Problem, shortened

#: What a row is known by: a file, or a file and a standard.
AnyKey = TypeVar("AnyKey", str, tuple[str, int])
#: Characters before the first difference of two long texts that are shown too.
_BEFORE = 10


@dataclass(frozen=True)
class Sent:
    """A workbook as it was sent: what to call it, its bytes, and their SHA-256."""

    name: str
    data: bytes
    digest: str


def sent_workbooks(workbooks: Sequence[str | Path | bytes]) -> list[Sent]:
    """Return workbooks in the order of their digests, so that it does not matter in which order they are named.

    The same bytes twice are one workbook. Files of one name are called by their paths.

    Raises
    ------
    IntakeError
        If a file cannot be read.
    """
    by_digest: dict[str, tuple[str | Path, bytes]] = {}
    for one in workbooks:
        data = one if isinstance(one, bytes) else _content(Path(one))
        by_digest.setdefault(sha256_hex(data), ("" if isinstance(one, bytes) else one, data))
    short = [Path(path).name for path, _ in by_digest.values()]
    sent = []
    for number, digest in enumerate(sorted(by_digest), start=1):
        path, data = by_digest[digest]
        name = Path(path).name if short.count(Path(path).name) == 1 else str(path)
        nameless = "the workbook" if len(by_digest) == 1 else f"workbook {number}"
        sent.append(Sent(name or nameless, data, digest))
    return sent


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IntakeError(f"{path} cannot be read ({error.strerror}); expected the .xlsx file of a return") from error


def kept(sent: Sequence[Sent], entered: Sequence[Sequence[str]]) -> bytes:
    """Return what the register keeps: the workbook as it came, or several of them with who entered what."""
    if len(sent) == 1:
        return sent[0].data
    return kept_together([(Path(one.name).name, one.data) for one in sent], entered)


def merged(
    halves: Sequence[tuple[Checks, Mapping[AnyKey, Row]]], columns: Sequence[str], into: Checks
) -> dict[AnyKey, Row]:
    """Return the rows of one sheet of several workbooks as one: a filled cell counts, an empty one says nothing.

    Parameters
    ----------
    halves
        The sheet of each workbook, and its rows as they were read.
    columns
        The form's columns of the sheet.
    into
        Where contradictions are told: every cell of which two workbooks say different things.
    """
    if len(halves) == 1:
        return dict(halves[0][1])
    keys = sorted({key for _, rows in halves for key in rows})
    return {
        key: _one_row([(checks, rows[key]) for checks, rows in halves if key in rows], columns, into) for key in keys
    }


def _one_row(same: Sequence[tuple[Checks, Row]], columns: Sequence[str], into: Checks) -> Row:
    result = Row(same[0][1].number, {}, unread={column for _, row in same for column in row.unread})
    for column in columns:
        filled = [(checks.place(row, column), row) for checks, row in same if row.values.get(column)]
        place, first = filled[0] if filled else (_shared_place(same, column), same[0][1])
        result.places[column], result.cells[column] = place, first.cell(column)
        others = [(there, row) for there, row in filled if row.values[column] != first.values[column]]
        for there, row in others:
            _tell_contradiction(into, place, there, (first.values[column], row.values[column]))
        if others:
            result.unread.add(column)
        elif filled:
            result.values[column] = first.values[column]
    return result


def _shared_place(same: Sequence[tuple[Checks, Row]], column: str) -> Place:
    """Return the place of a cell that is empty in every workbook; all are named where it is the same in all."""
    places = [checks.place(row, column) for checks, row in same]
    if len({place[:4] for place in places}) == 1:
        return places[0]._replace(workbook=" and ".join(place.workbook for place in places))
    return places[0]


def _tell_contradiction(into: Checks, here: Place, there: Place, said: tuple[str, str]) -> None:
    mine, other = _told_apart(*said)
    expected = f'what {there.workbook} says in row {there.row}, "{other}", or nothing'
    advice = "the two contradict each other: agree, and correct or clear one of them"
    into.faults.add(here, Problem("contradiction", expected, advice), mine)


def _told_apart(one: str, other: str) -> tuple[str, str]:
    """Return the beginnings of two texts, or the parts where they differ if they begin alike."""
    start = 0
    if shortened(one) == shortened(other):
        start = next(
            (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
        )
        start = max(start - _BEFORE, 0)
    dots = "..." if start else ""
    return dots + one[start : start + SHOWN], shortened(dots + other[start:])


def who_entered(
    sent: Sequence[Sent],
    halves: Sequence[Mapping[AnyKey, Row]],
    files: Mapping[str, Row],
    to_fill_in: Callable[[AnyKey], Sequence[str]],
) -> Iterator[tuple[str, ...]]:
    """Yield who entered what on one sheet, as the register keeps it.

    Parameters
    ----------
    sent, halves
        The workbooks, and the sheet's rows of each.
    files
        The rows of the sheet Files, put together.
    to_fill_in
        The columns of a row that people fill in.
    """
    for one, half in zip(sent, halves, strict=False):
        for key in sorted(half):
            case_id, standard = key if isinstance(key, tuple) else (key, "")
            filled = [column for column in to_fill_in(key) if half[key].values.get(column)]
            if filled and case_id in files:
                person = files[case_id].values.get("moderator_id", "")
                yield case_id, str(standard), one.name, one.digest, person, ";".join(filled)
