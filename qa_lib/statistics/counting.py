"""From people to counts: who is in which group, and who succeeded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.statistics.inputs import Ints, StatisticsError

#: How a missing value is shown. It is a group that counts and is not tested.
MISSING = "(missing)"
_WORDS = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "y": 1, "0": 0, "0.0": 0, "false": 0, "no": 0, "n": 0}
_SHOWN = 8


def check_columns(frame: pd.DataFrame, named: Mapping[str, Sequence[str]], *, result: Collection[str]) -> None:
    """Refuse columns that are not there, are asked for twice, or whose names within the result needs itself.

    Raises
    ------
    StatisticsError
        With all of them at once.
    """
    asked = [column for columns in named.values() for column in columns]
    faults = [
        f"{role} asks for column {column!r}, which is not in the table"
        for role, columns in named.items()
        for column in columns
        if column not in frame.columns
    ]
    faults += [f"column {column!r} is asked for twice" for column in dict.fromkeys(asked) if asked.count(column) > 1]
    taken = [column for column in named.get("within", ()) if column in result]
    faults += [f"within names column {column!r}, which the result also has: rename it" for column in taken]
    if faults:
        there = ", ".join(map(str, frame.columns))
        raise StatisticsError(f"{'; '.join(faults)}; the columns are: {there}")


def read_outcome(values: pd.Series[Any], *, positive: Any = None) -> Ints:
    """Return 1 for success, 0 for none, -1 where the outcome is missing.

    Parameters
    ----------
    values
        0 and 1, true and false, yes and no; anything else needs ``positive``.
    positive
        The value that counts as success; every other value that is there counts as none.

    Raises
    ------
    StatisticsError
        Where the values are of another kind, or none is the positive one.
    """
    codes, unique = pd.factorize(values)
    words = [_text(value).strip() for value in unique]
    there = sorted({word for word in words if word})
    if positive is not None:
        meaning = {word: int(word == _text(positive).strip()) for word in there}
        if there and not any(meaning.values()):
            raise StatisticsError(f"no outcome is {positive!r}; the column {values.name!r} holds {_some(there)}")
    else:
        strange = [word for word in there if word.lower() not in _WORDS]
        if strange:
            text = f"the outcome {values.name!r} holds {_some(strange)}; expected 0/1 or yes/no"
            raise StatisticsError(f"{text}: say which value counts as success (positive)")
        meaning = {word: _WORDS[word.lower()] for word in there}
    return np.array([*(meaning.get(word, -1) for word in words), -1], dtype=np.int64)[codes]


def label_codes(values: pd.Series[Any]) -> tuple[Ints, list[str]]:
    """Return a code per row and the labels in order: numbers by size, text by code point, missing last.

    An ordered categorical keeps its order.
    """
    codes, unique = pd.factorize(values)
    texts = [_text(value) for value in unique]
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        ranks = [float(code) for code in pd.Categorical(unique).codes]
        keys = [(rank, text) for rank, text in zip(ranks, texts, strict=True)]
    elif pd.api.types.is_numeric_dtype(values.dtype):
        keys = [(float(value), text) for value, text in zip(unique, texts, strict=True)]
    else:
        keys = [(0.0, text) for text in texts]
    blank = [text.strip() == "" for text in texts]
    labels = [text for _, text in sorted({key for key, none in zip(keys, blank, strict=True) if not none})]
    place = {text: index for index, text in enumerate(labels)}
    missing = len(labels)
    new = [missing if none else place[text] for text, none in zip(texts, blank, strict=True)]
    return np.array([*new, missing], dtype=np.int64)[codes], [*labels, MISSING]


def cells(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Ints, pd.DataFrame]:
    """Return a code per row for the combination of columns, and one row of labels per combination that occurs."""
    combined = np.zeros(len(frame), dtype=np.int64)
    coded = [label_codes(frame[column]) for column in columns]
    for codes, labels in coded:
        # Compressed at each step, so that many columns cannot overflow the code.
        combined = np.unique(combined * len(labels) + codes, return_inverse=True)[1]
    first = np.unique(combined, return_index=True)[1]
    table = {
        column: np.array(labels, dtype=object)[codes[first]]
        for column, (codes, labels) in zip(columns, coded, strict=True)
    }
    return combined, pd.DataFrame(table, index=range(len(first)), dtype="str")


def _text(value: Any) -> str:
    """Return a value as people write it: a whole number without a fraction."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _some(words: Sequence[str]) -> str:
    shown = ", ".join(repr(word) for word in words[:_SHOWN])
    return shown + (" and more" if len(words) > _SHOWN else "")
