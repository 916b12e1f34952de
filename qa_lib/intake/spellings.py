"""Text by which people are counted together: one spelling of one word, and a notice of everything that was read so.

A word of a column's open list is read whatever its signs and case, a school year however it is written. What is left
differs, where it does, in case, spaces or dashes alone: those are one value, in the spelling that most cells have. A
word that the list does not know is kept, and noticed.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.intake.faults import Problem
from qa_lib.lookalikes import shown_name
from qa_lib.tables.open_words import is_unsaid, near_word, one_spelling
from qa_lib.tables.vocabulary import GROUP, PERIOD, Column, Table
from qa_lib.tables.wording import in_words

READ_AS, UNKNOWN_WORD = "read_as", "unknown_word"
#: Most distinct values of a further column that still make groups.
GROUPS = 200
#: So many spellings of a column are noticed, and so many characters of one are shown.
MOST_NOTICED, _SHOWN = 50, 80


def makes_groups(cells: pd.Series) -> bool:
    """Say whether a further column holds a characteristic: not the same of everybody, nor everybody their own."""
    return 1 < cells.nunique() <= min(GROUPS, len(cells) / 2)


def in_one_spelling(values: pd.Series, column: Column, table: Table) -> pd.Series:
    """Return the texts of a column in one spelling each, where people are counted together by it."""
    grouping = column.names in (GROUP, PERIOD) if column.name in table.names else makes_groups(values)
    return one_spelling(values) if column.kind == "text" and grouping else values


def readings(
    cells: pd.Series, values: pd.Series, column: Column, words: Mapping[str, str]
) -> list[tuple[int, Problem]]:
    """Return what is to be noticed of a column of text, each at the position of the first cell of which it holds.

    Parameters
    ----------
    cells, values
        The texts as they arrived, and as they were read.
    column, words
        The column, and the value mapping: what that says needs no notice.
    """
    if column.kind != "text":
        return []
    pairs = pd.DataFrame({"text": cells.str.strip(), "value": values.to_numpy()}).dropna()
    pairs = pairs[(pairs["text"] != pairs["value"]) | (bool(column.options) & ~pairs["value"].isin(column.options))]
    found = pairs.assign(first=pairs.index, cells=1).groupby(["text", "value"]).agg({"first": "min", "cells": "sum"})
    noticed: list[tuple[int, Problem]] = []
    for row in found.sort_values("first").reset_index().to_dict("records"):
        problem = _problem(row["text"], row["value"], column, row["cells"], mapped=row["text"] in words)
        if problem and len(noticed) < MOST_NOTICED:
            noticed.append((row["first"], problem))
    return noticed


def _problem(text: str, value: str, column: Column, cells: int, *, mapped: bool) -> Problem | None:
    # What a further column holds is anybody's, and stands in no message.
    word = f"{shown_name(text[:_SHOWN])}, " if column.may_be_shown else ""
    many = f"{word}{cells:,} cell{'s' if cells != 1 else ''}"
    if not column.options or value in column.options:
        as_what = f"read as {shown_name(value)}" if column.may_be_shown else "read as the same in another spelling"
        return None if mapped or text == value else Problem(READ_AS, "one spelling of a word", f"{many}: {as_what}")
    if is_unsaid(value):
        return None
    near = near_word(column, value)
    hint = f'; did you mean "{near}"?' if near else ";"
    advice = (
        f'{many}: kept, and counted as not known{hint} map it to a known word: --values "{column.name}:THEIRS=OURS"'
    )
    return Problem(UNKNOWN_WORD, in_words(column), advice)
