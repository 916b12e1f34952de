"""The schema's verdicts and the references between tables, put into words for the person who mends the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
import pandera.errors

from qa_lib.errors import first_few
from qa_lib.intake.checking import Checked, listed
from qa_lib.intake.faults import Ledger, Problem
from qa_lib.intake.layout import nearest
from qa_lib.lookalikes import DIFFERENCES, folded_name
from qa_lib.sampling.identifiers import identifier_fault
from qa_lib.tables.schemas import BOUNDS, IDENTIFIER, OPTIONS, UNIQUE, frame_schema
from qa_lib.tables.vocabulary import Column, Reference
from qa_lib.tables.wording import in_bounds, in_words

BLANK = Problem("blank", "a value", "fill it in; NA, N/A, ? and - count as blank, too")
FOLLOWS = "it follows a row that was rejected: mend that one"
# A duplicate names the other rows of its kind, up to this many.
NAMED = 12
# Nearest words are looked for among this many different unknown ones; a column of nothing else is another column.
SUGGESTED = 500


def ask_schema(checked: Checked, ledger: Ledger) -> None:
    """Let pandera judge the typed rows, all at once, and reject the ones it does not accept."""
    if checked.frame.empty:
        return
    try:
        frame_schema(checked.table, list(checked.frame.columns)).validate(checked.frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        for (check, name), cases in errors.failure_cases.groupby(["check", "column"], dropna=False, sort=True):
            if check == UNIQUE:
                _duplicate(checked, ledger)
            else:
                positions = np.unique(cases["index"].to_numpy(dtype=np.int64))
                _WORDING[str(check)](checked, ledger, str(name), positions)


def _blank(checked: Checked, ledger: Ledger, name: str, positions: np.ndarray) -> None:
    # A cell that could not be read is blank by now, and its own fault says so already.
    positions = positions[~checked.unread[name][positions]]
    checked.reject(ledger, name, positions, [BLANK] * len(positions))


def _identifier(checked: Checked, ledger: Ledger, name: str, positions: np.ndarray) -> None:
    problems = [
        Problem("identifier", "an id that every program reads alike", f"it {identifier_fault(text)}: correct it")
        for text in listed(checked.frame[name], positions)
    ]
    checked.reject(ledger, name, positions, problems)


def _bounds(checked: Checked, ledger: Ledger, name: str, positions: np.ndarray) -> None:
    problem = Problem("number", in_bounds(checked.table.column(name)), "correct the number")
    checked.reject(ledger, name, positions, [problem] * len(positions))


def _unlisted(checked: Checked, ledger: Ledger, name: str, positions: np.ndarray) -> None:
    column, texts = checked.table.column(name), listed(checked.frame[name], positions)
    words = {text: _unknown_words(column, text) for text in sorted(set(texts))}
    near = {text: nearest(unknown, column.options) for text, unknown in list(words.items())[:SUGGESTED]}
    expected, advice = in_words(column), f'write a known word, or map this one to it: --values "{name}:THEIRS=OURS"'
    problems = {text: Problem("word", expected, advice + near.get(text, "")) for text in words}
    checked.reject(ledger, name, positions, [problems[text] for text in texts])


def _unknown_words(column: Column, text: str) -> str:
    words = text.split(";") if column.kind == "choices" else [text]
    return next(word for word in words if word not in column.options)


def _duplicate(checked: Checked, ledger: Ledger) -> None:
    key = list(checked.table.key)
    filled = checked.frame[[name for name in key if name in checked.table.filled]].notna().all(axis=1)
    positions = np.flatnonzero(checked.frame.duplicated(key, keep=False) & filled)
    if not len(positions):
        return
    keys = checked.frame[key].iloc[positions]
    groups, rows = keys.groupby(key, dropna=False, sort=False).ngroup().to_numpy(), checked.raw.rows[positions]
    order = np.lexsort((rows, groups))
    positions, ends = positions[order], np.flatnonzero(np.diff(groups[order])) + 1
    expected, problems = f"one row for each {' and '.join(key)}", []
    for twins in np.split(rows[order], ends):
        problems += [Problem("duplicate", expected, _twins(twins.tolist()))] * len(twins)
    checked.reject(ledger, key[0], positions, problems)


def _twins(rows: list[int]) -> str:
    return f"rows {first_few(list(map(str, rows)), NAMED)} have the same: keep one, or correct the others"


def check_references(tables: Mapping[str, Checked], ledger: Ledger) -> None:
    """Find rows that point to nothing in another table.

    A table that is absent or unusable cannot be pointed to, and nothing is said. A row that must point to something and
    points to a rejected row is rejected with it, so that every accepted row finds what it belongs to.
    """
    for checked in _parents_first(tables):
        for reference in checked.table.references:
            parent = tables.get(reference.table)
            if parent is not None and reference.column in checked.frame and reference.target in parent.frame:
                _check_reference(checked, reference, parent, ledger)


def _parents_first(tables: Mapping[str, Checked]) -> Iterable[Checked]:
    # No table that others point to with binding references has binding references itself.
    return sorted(tables.values(), key=lambda checked: (len(checked.table.references), checked.table.name))


def _check_reference(checked: Checked, reference: Reference, parent: Checked, ledger: Ledger) -> None:
    cells, goals = checked.frame[reference.column], parent.frame[reference.target]
    lost = cells.notna() & ~cells.isin(goals.dropna())
    goal = f"an id that stands in {reference.table}"
    if reference.binding:
        orphans = np.flatnonzero(lost & checked.good)
        checked.reject(ledger, reference.column, orphans, _pointing_nowhere(cells.iloc[orphans], goals, reference))
        followers = np.flatnonzero(checked.good & cells.notna() & ~cells.isin(goals[parent.good]))
        checked.reject(ledger, reference.column, followers, [Problem("follows", goal, FOLLOWS)] * len(followers))
        return
    kept = np.flatnonzero(lost & checked.good)
    checked.notice(ledger, reference.column, kept, _pointing_nowhere(cells.iloc[kept], goals, reference))


def _pointing_nowhere(lost: pd.Series, goals: pd.Series, reference: Reference) -> list[Problem]:
    """Return what is wrong with each id that stands in no row of the other table: it may be one spelled otherwise."""
    if lost.empty:
        return []
    goal, kept = f"an id that stands in {reference.table}", "" if reference.binding else "kept; "
    absent = Problem("reference", goal, f"{kept}add its row to {reference.table}, or correct the id")
    otherwise = Problem(
        "reference", goal, f"{kept}one there differs only in {DIFFERENCES}: write both alike, or map one to the other"
    )
    there = set(map(folded_name, goals.dropna().unique().tolist()))
    near = {text: folded_name(text) in there for text in lost.unique().tolist()}
    return [otherwise if near[text] else absent for text in lost.tolist()]


_WORDING: dict[str, Callable[[Checked, Ledger, str, np.ndarray], None]] = {
    "not_nullable": _blank,
    IDENTIFIER: _identifier,
    OPTIONS: _unlisted,
    BOUNDS: _bounds,
}
