"""A column of text into a column of values, asking once per distinct text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from qa_lib.intake.faults import Problem
from qa_lib.intake.parsed import Parsed
from qa_lib.intake.raw import STR, TEXT
from qa_lib.intake.values import MISSING, parse
from qa_lib.lookalikes import bare_word
from qa_lib.tables.vocabulary import DTYPES, Column

#: Kinds of columns that hold words of a list: those are read in any case and with any spaces.
IN_ANY_FORM = ("choice", "choices", "bool")


class Typed(NamedTuple):
    """A column read: its values, and the positions of every problem and every remark."""

    values: pd.Series
    problems: list[tuple[Problem, np.ndarray]]
    remarks: list[tuple[str, np.ndarray]]


def typed(cells: pd.Series, marks: np.ndarray | None, column: Column, words: Mapping[str, str]) -> Typed:
    """Read a column.

    Parameters
    ----------
    cells, marks
        The texts, and what each cell was before it became text (None: text).
    column
        What the column holds.
    words
        Value mapping: the text that stands in the file, and the text to read in its place.
    """
    codes, texts, kinds = _distinct(cells, marks)
    alike, column = words_in_any_form(column, words), _without_mapped(column, words)
    parsed = [read_cell(column, text, kind, words, alike) for text, kind in zip(texts, kinds, strict=True)]
    values = _series([value for value, _, _ in parsed], column)
    problems: dict[Problem, list[int]] = {}
    remarks: dict[str, list[int]] = {}
    for code, (_, problem, remark) in enumerate(parsed):
        if problem is not None:
            problems.setdefault(problem, []).append(code)
        if remark is not None:
            for word in remark.split():
                remarks.setdefault(word, []).append(code)
    return Typed(
        values.iloc[codes].reset_index(drop=True),
        [(problem, np.flatnonzero(np.isin(codes, which))) for problem, which in problems.items()],
        [(word, np.flatnonzero(np.isin(codes, which))) for word, which in remarks.items()],
    )


def _without_mapped(column: Column, words: Mapping[str, str]) -> Column:
    """Return a column without the synonyms that the value mapping names in any form: what it says of them counts."""
    mapped = set(map(bare_word, words)) if column.synonyms else set()
    kept = tuple(pair for pair in column.synonyms if bare_word(pair[0]) not in mapped)
    return column if kept == column.synonyms else replace(column, synonyms=kept)


def _distinct(cells: pd.Series, marks: np.ndarray | None) -> tuple[np.ndarray, list[str], list[int]]:
    """Return codes, and for each code its text and its mark."""
    codes, distinct = pd.factorize(cells)
    texts: list[str] = distinct.to_numpy(dtype=object).tolist()
    if marks is None or not marks.any():
        return codes, texts, [TEXT] * len(texts)
    pairs, again = np.unique(codes * 8 + marks, return_inverse=True)
    return again, [texts[pair // 8] for pair in pairs], [int(pair % 8) for pair in pairs]


def read_cell(
    column: Column, text: str, mark: int, words: Mapping[str, str], alike: Mapping[str, str] = MappingProxyType({})
) -> Parsed:
    """Read one text: take spaces away, map it, see whether it is missing, then read it by kind.

    ``alike`` is the mapping once more, by texts as they are compared: see :func:`words_in_any_form`.
    """
    stripped = text.strip()
    replaced = words.get(stripped)
    otherwise = replaced is None and bool(alike)
    if otherwise:
        replaced = alike.get(bare_word(stripped))
    if replaced is not None:
        stripped, mark = replaced, TEXT
    if stripped.casefold() in MISSING:
        return None, None, None
    value, problem, remark = parse(column, stripped, mark)
    if replaced is None and len(stripped) != len(text) and problem is None:
        remark = f"spaces {remark}" if remark else "spaces"
    return value, problem, "word_form" if otherwise and replaced and problem is None else remark


def words_in_any_form(column: Column, words: Mapping[str, str]) -> dict[str, str]:
    """Return the value mapping of a column of words as it is read in any case and with any spaces; else nothing.

    Two texts of the mapping that differ in nothing else and stand for two words are read letter by letter.
    """
    if column.kind not in IN_ANY_FORM:
        return {}
    meant: dict[str, set[str]] = {}
    for text, word in words.items():
        meant.setdefault(bare_word(text), set()).add(word)
    return {text: min(one) for text, one in meant.items() if len(one) == 1}


def _series(values: list[object], column: Column) -> pd.Series:
    dtype = DTYPES[column.kind]
    if column.kind == "date":
        return pd.Series(np.array(values, dtype="datetime64[D]").astype(dtype))
    return pd.Series(values, dtype=STR if dtype == "str" else dtype)
